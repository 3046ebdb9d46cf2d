"""The penalty behind whom it is for: "memvonis Budi [tujuh tahun penjara]", "mendenda bank itu [dua miliar rupiah]".

A second object without a preposition, which parsers take for a time or for a part of the name before it. Right behind the
verb it is an argument like any other, but for how long a punishment lasts: "hukuman penjara [lima tahun]".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import tokens_of
from peristiwa.types import Argument

if TYPE_CHECKING:
    from spacy.tokens import Doc

BETWEEN = frozenset({"NOUN", "PROPN", "DET", "ADJ", "PRON"})
"""Parts of speech of whom the penalty is for."""


def with_penalty(
    doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> tuple[Argument, ...]:
    """The arguments with the penalty as topic, and without it at the end of another's phrase."""
    span = _find(doc, candidate, mentions, cues) or _term(doc, candidate, mentions, cues)
    if span is None or any(argument.role == "topic" for argument in arguments):
        return tuple(arguments)
    start, end = span
    found = [mentions.argument("topic", start, end)]
    for argument in arguments:
        own = tokens_of(doc, argument.start, argument.end)
        if own.start < start < own.stop and argument.role != "source":
            found.append(mentions.argument(argument.role, own.start, start))
        elif not start <= own.start < end:
            found.append(argument)
    return tuple(sorted(found, key=lambda a: (a.start, a.end, a.role)))


def _find(doc: Doc, candidate: Candidate, mentions: Mentions, cues: Cues) -> tuple[int, int] | None:
    """The tokens of the penalty behind whom a verb sentences, or who sentences."""
    head, limit = doc[candidate.head], doc[candidate.head].sent.end
    if not is_in(head, cues.sentencing):
        return None
    start = candidate.end
    while start < limit and doc[start].pos_ in BETWEEN and not _is_part(doc, start, cues):
        start += 1
    end = start
    while end < limit and _is_part(doc, end, cues):
        end += 1
    time = mentions.time_at(doc[start]) if start < limit else None
    dated = time is not None and mentions.times[time].type != "DURATION"  # "memvonis Rudi lima tahun lalu"
    return (start, end) if candidate.end < start < end - 1 and not dated else None


def _term(doc: Doc, candidate: Candidate, mentions: Mentions, cues: Cues) -> tuple[int, int] | None:
    """The tokens of how long a punishment lasts, right behind it: "hukuman penjara [paling lama lima tahun]"."""
    if candidate.type != "CONVICT":
        return None
    at, limit, start = candidate.end, doc[candidate.head].sent.end, None
    while at < limit and (time := mentions.time_at(doc[at])) is None:
        if doc[at].lower_ in cues.penalty_bounds:
            start = at if start is None and doc[at].pos_ != "ADP" else start  # "selama"
        elif not is_in(doc[at], cues.penalties):
            return None
        at += 1
    if at == limit or time is None or mentions.times[time].type != "DURATION":
        return None
    end = tokens_of(doc, mentions.times[time].start, mentions.times[time].end).stop
    end += end < limit and doc[end].lower_ in cues.penalties
    return (at if start is None else start, end)


def _is_part(doc: Doc, at: int, cues: Cues) -> bool:
    """Whether a token may stand in a penalty: a number, or a word of it."""
    return doc[at].pos_ == "NUM" or is_in(doc[at], cues.penalties)
