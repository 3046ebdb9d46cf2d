"""Entities on given tokens: a BIO file against a tagger, exact entity F1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from peristiwa.errors import GoldError, UsageError
from peristiwa.evaluate.compare import summarise
from peristiwa.evaluate.metrics import count_by_label
from peristiwa.evaluate.scores import Scores
from peristiwa.records import read_utf8
from peristiwa.types import ENTITY_NAMES

Sentence = list[tuple[str, str]]  # (token, tag)
Chunk = tuple[str, int, int]  # type, first token, token after the last


def read_bio(path: Path | str) -> list[Sentence]:
    """The sentences of a file with a token and its tag (BIO, IOB1, BIOES) a line, blank lines between sentences.

    Token and tag are parted by the last tab, or without a tab by the last white space. Raises GoldError with the line.
    """
    sentences: list[Sentence] = []
    current: Sentence = []
    for number, line in enumerate(read_utf8(path).removeprefix("\ufeff").split("\n"), 1):
        line = line.rstrip("\r")
        if not line.strip() or line.startswith("-DOCSTART-"):
            if current:
                sentences.append(current)
            current = []
            continue
        parts = line.rsplit("\t", 1) if "\t" in line else line.rsplit(None, 1)
        if len(parts) != 2 or not parts[0]:
            raise GoldError(f"{path}, line {number}: expected a token and its tag, found {line!r}.")
        tag = parts[1].strip()
        if tag != "O" and (tag[:2] not in ("B-", "I-", "E-", "S-") or len(tag) < 3):
            raise GoldError(f"{path}, line {number}: {tag!r} is not a tag such as O, B-PER, I-PER, E-PER or S-PER.")
        current.append((parts[0], tag))
    if current:
        sentences.append(current)
    return sentences


def read_tokens(path: Path | str) -> list[list[str]]:
    """The sentences of a file with a token a line, blank lines between sentences; further columns are left out.

    Raises GoldError when the file cannot be read or is not UTF-8.
    """
    sentences: list[list[str]] = [[]]
    for line in read_utf8(path).removeprefix("\ufeff").split("\n"):
        if line.strip():
            sentences[-1].append(line.split("\t")[0].strip() if "\t" in line else line.split()[0])
        else:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def chunks(tags: Sequence[str]) -> Iterator[Chunk]:
    """The entities of one sentence's tags, as conlleval reads them: I- of another type or after O begins an entity."""
    kind, start, last = "", 0, "O"
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, type_ = tag.partition("-")
        goes_on = prefix in ("I", "E") and type_ == kind and last in ("B", "I")
        if kind and not goes_on:
            yield kind, start, i
            kind = ""
        if prefix != "O" and not goes_on:
            kind, start = type_, i
        last = prefix


Tagger = Callable[[list[list[str]], set[str]], list[list[str]]]
"""From sentences of tokens, and the labels that the file uses, to a tag for each token."""


def evaluate_ner(path: Path | str, tag: Tagger) -> Scores:
    """Exact entity F1 (same type, same tokens) of ``tag`` on the tokens of a BIO file, by type, over the types it has.

    A tagger that has learnt the guideline of a public set may know it by its labels and follow it. Tag sets are mapped
    by ENTITY_NAMES on both sides; entities of types that the file does not have are not scored on either side. Intervals
    by bootstrap over sentences. Raises GoldError for a file that cannot be read, or whose types are all unknown.
    """
    path = Path(path)
    sentences = read_bio(path)
    if not sentences:
        raise GoldError(f"{path}: no tokens here. Expected a token and its tag on each line.")
    labels = {tag[2:] for sentence in sentences for _, tag in sentence if tag != "O"}
    if labels and labels.isdisjoint(ENTITY_NAMES):
        unknown, known_names = ", ".join(sorted(labels)[:5]), ", ".join(sorted(ENTITY_NAMES))
        raise GoldError(f"{path}: none of its types ({unknown}) is known; rename them. Known are {known_names}.")
    predicted = tag([[token for token, _ in sentence] for sentence in sentences], labels)
    if [len(tags) for tags in predicted] != [len(sentence) for sentence in sentences]:
        raise UsageError("the tagger did not give one tag for each token of each sentence.")
    gold = [_mapped([t for _, t in sentence]) for sentence in sentences]
    known = {kind for entities in gold for kind, _, _ in entities}
    found = [{chunk for chunk in _mapped(tags) if chunk[0] in known} for tags in predicted]
    width = len(str(len(sentences)))
    counts = {
        f"{number:0{width}}": {
            "entity": count_by_label((kind for kind, _, _ in g & p), (kind for kind, _, _ in g), (k for k, _, _ in p))
        }
        for number, (g, p) in enumerate(zip(gold, found, strict=True), 1)
    }
    return summarise(f"Entities of {path.name}", "sentences", counts)


def _mapped(tags: Sequence[str]) -> set[Chunk]:
    return {(ENTITY_NAMES[kind], start, end) for kind, start, end in chunks(tags) if kind in ENTITY_NAMES}
