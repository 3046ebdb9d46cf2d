"""Write brat standoff; the layout is in the package's docstring."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import get_args

from peristiwa.errors import GoldError
from peristiwa.types import ENTITY_TYPES, MODALITIES, ROLES, TIME_TYPES, Argument, Document, Entity, Phase, Record, Time

FILLER = "ARG"
METADATA = ("doc_id", "published", "title", "language", "source")

_UNSAFE = re.compile(r'[/\\:*?"<>|%\x00-\x1f\x7f]|^\.')
_Row = tuple[int, int, str, str, str]  # start, end, type, what tells two alike apart, note


def file_stem(doc_id: str) -> str:
    """``doc_id`` as a file name without suffix: what a file system may refuse is percent-encoded, as reading undoes."""
    stem = _UNSAFE.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), doc_id) or "%00"
    if len(stem.encode()) > 200:  # most file systems allow 255 bytes
        stem = stem[:40] + "-" + hashlib.sha256(doc_id.encode()).hexdigest()[:16]
    return stem


def write_brat(record: Record, folder: Path | str) -> None:
    """Write ``record`` as DOC_ID.txt and DOC_ID.ann. Raises GoldError when ``same_as`` names no event of it."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stem = file_stem(record.document.doc_id)
    (folder / f"{stem}.txt").write_bytes(record.document.text.encode())
    (folder / f"{stem}.ann").write_bytes(record_to_ann(record).encode())


def write_metadata(documents: Iterable[Document], folder: Path | str) -> None:
    """Write metadata.csv for ``documents`` into ``folder``."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "metadata.csv").open("w", encoding="utf8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(METADATA)
        for d in documents:
            writer.writerow([d.doc_id, d.published.isoformat() if d.published else "", d.title or "", d.language, d.source])


def record_to_ann(record: Record) -> str:
    """The .ann text of ``record``; annotations numbered in text order, so that equal records give equal bytes."""
    text = record.document.text
    plan: list[_Row] = []
    plain: dict[tuple[int, int], _Row] = {}
    refers = _references(record)
    mentions: list[Entity | Time] = [*record.entities, *record.times]
    for mention in mentions:
        notes = [f"value={mention.value}"] if isinstance(mention, Time) and mention.value else []
        notes += [f"mod={mention.mod}"] if isinstance(mention, Time) and mention.mod else []
        span = (mention.start, mention.end)
        shared = refers.get(span, set())
        if span not in plain and len(shared) == 1 and None not in shared:
            notes += [f"refers_to={name}" for name in shared]
        row = (*span, mention.type, mention.id, ";".join(notes))
        plain.setdefault(span, row)
        plan.append(row)
    for event in record.events:
        plan.append((event.trigger.start, event.trigger.end, event.type, "", ""))
        for argument in event.arguments:
            if _filler(argument, refers, plain)[2] == FILLER:
                plan.append(_filler(argument, refers, plain))
    rows = sorted(set(plan))
    number = {row: f"T{i}" for i, row in enumerate(rows, 1)}
    out = [f"{number[row]}\t{row[2]} {_fragments(text, row[0], row[1])}" for row in rows]
    notes_out = [(number[row], row[4]) for row in rows if row[4]]
    attributes: list[str] = []
    relations: list[str] = []
    ids = {event.id: f"E{i}" for i, event in enumerate(record.events, 1)}
    for event in record.events:
        key = ids[event.id]
        parts = [f"{event.type}:{number[event.trigger.start, event.trigger.end, event.type, '', '']}"]
        used: dict[str, int] = {}
        for argument in event.arguments:
            used[argument.role] = used.get(argument.role, 0) + 1
            suffix = "" if used[argument.role] == 1 else str(used[argument.role])
            parts.append(f"{argument.role}{suffix}:{number[_filler(argument, refers, plain)]}")
        out.append(f"{key}\t{' '.join(parts)}")
        attributes += [f"modality {key} {event.modality}"] if event.modality != "asserted" else []
        attributes += [f"phase {key} {event.phase}"] if event.phase else []
        notes_out += [(key, f"date={event.date.value}")] if event.date else []
        if event.same_as is not None:
            if event.same_as not in ids:
                raise GoldError(f"{record.document.doc_id}: {event.id} is the same as {event.same_as}, which is missing.")
            relations.append(f"same_as Arg1:{key} Arg2:{ids[event.same_as]}")
    out += [f"A{i}\t{line}" for i, line in enumerate(attributes, 1)]
    out += [f"R{i}\t{line}" for i, line in enumerate(relations, 1)]
    out += [f"#{i}\tAnnotatorNotes {owner}\t{note}" for i, (owner, note) in enumerate(notes_out, 1)]
    return "".join(line + "\n" for line in out)


def _references(record: Record) -> dict[tuple[int, int], set[str | None]]:
    """What each filler's span refers to, over all events."""
    refers: dict[tuple[int, int], set[str | None]] = {}
    for event in record.events:
        for a in event.arguments:
            refers.setdefault((a.start, a.end), set()).add(_one_line(a.refers_to))
    return refers


def _filler(
    argument: Argument,
    refers: Mapping[tuple[int, int], set[str | None]],
    plain: Mapping[tuple[int, int], _Row],
) -> _Row:
    """The text-bound annotation of a filler: the mention with its span, else an ARG of its own.

    Where the fillers of one span refer to different things, those that refer to something have an ARG each, for brat
    keeps the note at the span.
    """
    span = (argument.start, argument.end)
    name = _one_line(argument.refers_to)
    if span in plain and (name is None or len(refers[span]) == 1):
        return plain[span]
    return (*span, FILLER, name or "", f"refers_to={name}" if name else "")


def _one_line(name: str | None) -> str | None:
    return " ".join(name.split()) or None if name else None


def _fragments(text: str, start: int, end: int) -> str:
    """'START END<tab>TEXT', in fragments around line breaks, as brat writes a span that goes over lines."""
    pieces = [(start, end)]
    if "\n" in text[start:end]:
        lines = re.finditer(r"[^\n]*[^\n\s][^\n]*", text[start:end])
        pieces = [(start + line.start(), start + line.end()) for line in lines]
    if not pieces:
        raise GoldError(f"the span {start} {end} covers nothing but white space, and brat cannot show that.")
    offsets = ";".join(f"{a} {b}" for a, b in pieces)
    return f"{offsets}\t{' '.join(text[a:b] for a, b in pieces)}"


def annotation_conf(event_types: Iterable[str]) -> str:
    """The annotation.conf with which brat opens this layout."""
    roles = ", ".join(f"{role}*:<ENTITY>" for role in ROLES)
    return "\n".join(
        [
            "[entities]", *ENTITY_TYPES, *TIME_TYPES, FILLER, "",
            "[relations]", "same_as\tArg1:<EVENT>, Arg2:<EVENT>",
            "<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>", "",
            "[events]", *(f"{kind}\t{roles}" for kind in event_types), "",
            "[attributes]", f"modality\tArg:<EVENT>, Value:{'|'.join(MODALITIES[1:])}",
            f"phase\tArg:<EVENT>, Value:{'|'.join(get_args(Phase))}", "",
        ]
    )  # fmt: skip
