"""Columns of a spaCy Doc read at once: each look at a token makes a Python object of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy

if TYPE_CHECKING:
    from spacy.tokens import Doc


def numbers_of(doc: Doc, names: Sequence[str]) -> list[list[int]]:
    """Rows of a token's attributes (spaCy's names of them) that are numbers, as spaCy keeps them."""
    rows: list[list[int]] = doc.to_array(list(names)).astype(numpy.int64).tolist()
    return rows


def strings_of(doc: Doc, names: Sequence[str]) -> list[list[str]]:
    """Rows of a token's attributes that are strings."""
    hashes = doc.to_array(list(names))
    known = {key: doc.vocab.strings[key] for key in numpy.unique(hashes).tolist()}
    return [[known[key] for key in row] for row in hashes.tolist()]


def text_of(doc: Doc) -> str:
    """``doc.text``, which spaCy puts together token by token each time it is asked."""
    known = doc.vocab.strings
    return "".join(known[key] + " " * space for key, space in doc.to_array(["ORTH", "SPACY"]).tolist())
