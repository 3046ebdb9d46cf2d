"""Read brat standoff; the layout is in the package's docstring. Strict: every error names its file and line."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, cast, get_args
from urllib.parse import unquote

from peristiwa.brat.write import file_stem
from peristiwa.errors import GoldError
from peristiwa.records import check_record, read_utf8
from peristiwa.types import (
    ENTITY_TYPES,
    MODALITIES,
    ROLES,
    TIME_TYPES,
    Argument,
    Basis,
    Document,
    Entity,
    Event,
    EventDate,
    Modality,
    Phase,
    Record,
    Role,
    Time,
    Trigger,
)

FILLER = "ARG"

_NOTE_KEYS = {"T": ("value", "mod", "refers_to"), "E": ("date",)}
_NOTE = re.compile(r"(?:^|;)(value|mod|refers_to|date)=")
_VALUE = re.compile(r"[0-9A-Z:.+-]+|[A-Z]+_REF")
_ROLE = re.compile(r"([a-z]+)\d*:(T\d+)$")


@dataclass(slots=True)
class _Bound:
    """A text-bound annotation and the line that it stands on."""

    id: str
    type: str
    start: int
    end: int
    text: str
    line: int


@dataclass(slots=True)
class _Lines:
    """The lines of one .ann file, sorted by kind; ids as in the file."""

    path: Path
    bounds: dict[str, _Bound] = field(default_factory=dict)
    events: dict[str, tuple[int, str]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)
    notes: dict[str, dict[str, str]] = field(default_factory=dict)

    def fail(self, line: int, what: str) -> NoReturn:
        raise GoldError(f"{self.path}, line {line}: {what}")


def read_brat(
    txt: Path, ann: Path, metadata: Mapping[str, Mapping[str, str]] | None = None, doc_id: str | None = None
) -> Record:
    """The record of one document; ``metadata`` maps doc_id to a row of metadata.csv (see read_metadata).

    ``doc_id`` is what the files are named for, where their names, which a file system keeps short, do not tell it whole.

    Entities and times are in text order with the ids of the file, events in file order. Raises GoldError with file
    and line.
    """
    doc_id = unquote(txt.stem) if doc_id is None else doc_id
    row = (metadata or {}).get(doc_id, {})
    raw = read_utf8(txt).removeprefix("\ufeff")
    lines = _parse(ann, raw)
    document = Document(
        doc_id=doc_id,
        text=_with_plain_ends(raw, lines),
        source=row.get("source") or txt.as_posix(),
        language=row.get("language") or "id",
        published=datetime.date.fromisoformat(row["published"]) if row.get("published") else None,
        title=row.get("title") or None,
    )
    record = _record(document, lines)
    check_record(record, str(ann))
    return record


def _with_plain_ends(raw: str, lines: _Lines) -> str:
    """A text with the line ends that a run gives it; what was marked in a file from Windows moves along."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if "\r\n" in raw:
        for bound in lines.bounds.values():
            bound.start -= raw.count("\r\n", 0, bound.start)
            bound.end -= raw.count("\r\n", 0, bound.end)
            bound.text = text[bound.start : bound.end]
    return text


def _parse(ann: Path, text: str) -> _Lines:
    lines = _Lines(ann)
    seen: set[str] = set()
    later: list[tuple[int, str, str]] = []
    for number, line in enumerate(read_utf8(ann).removeprefix("\ufeff").split("\n"), 1):
        if not line.strip():
            continue
        key, _, rest = line.rstrip("\r").partition("\t")
        if not re.fullmatch(r"[TEAR#]\d+", key):
            lines.fail(number, f"{key!r} is not an id of this layout; expected T, E, A, R or # with a number, then a tab.")
        if key in seen:
            lines.fail(number, f"the id {key} stands twice in this file.")
        seen.add(key)
        if key[0] == "T":
            lines.bounds[key] = _bound(lines, number, key, rest, text)
        elif key[0] == "E":
            lines.events[key] = (number, rest.strip())
        else:
            later.append((number, key, rest))
    for number, key, rest in later:  # they may stand before what they point at
        {"A": _attribute, "R": _relation, "#": _note}[key[0]](lines, number, rest)
    return lines


def _bound(lines: _Lines, number: int, key: str, rest: str, text: str) -> _Bound:
    head, tab, quoted = rest.partition("\t")
    match = re.fullmatch(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)", head)
    if not match or not tab:
        lines.fail(number, f"expected '{key}<tab>TYPE START END<tab>TEXT'.")
    fragments = [(int(a), int(b)) for a, b in (pair.split() for pair in match[2].split(";"))]
    start, end = fragments[0][0], fragments[-1][1]
    for (_, left), (right, _) in itertools.pairwise(fragments):
        gap = text[left:right]
        if "\n" not in gap or gap.strip():
            lines.fail(number, f"{key} is discontinuous ({match[2]}); a span here is one stretch of text.")
    pieces = [text[a:b] for a, b in fragments]
    if any(not 0 <= a < b <= len(text) for a, b in fragments) or " ".join(pieces) != quoted:
        lines.fail(
            number,
            f"{key} quotes {quoted!r} but the text at {match[2]} is {' '.join(pieces)!r}. "
            "Offsets count code points, end exclusive.",
        )
    if any("\n" in piece for piece in pieces):
        lines.fail(number, f"{key} crosses a line break; brat writes such a span in fragments around the break.")
    return _Bound(key, match[1], start, end, text[start:end], number)


def _attribute(lines: _Lines, number: int, rest: str) -> None:
    parts = rest.split()
    allowed = {"modality": MODALITIES, "phase": get_args(Phase)}
    if len(parts) != 3 or parts[0] not in allowed:
        lines.fail(number, f"expected 'modality E1 VALUE' or 'phase E1 VALUE', found {rest!r}.")
    name, event, value = parts
    if event not in lines.events:
        lines.fail(number, f"there is no event {event} in this file.")
    if value not in allowed[name]:
        lines.fail(number, f"{name} {value!r} is unknown; known are {', '.join(allowed[name])}.")
    if (event, name) in lines.attributes:
        lines.fail(number, f"{event} has two attributes {name}.")
    lines.attributes[event, name] = value


def _relation(lines: _Lines, number: int, rest: str) -> None:
    match = re.fullmatch(r"same_as Arg1:(\S+) Arg2:(\S+)", rest.strip())
    if not match:
        lines.fail(number, f"expected 'same_as Arg1:E5 Arg2:E1', found {rest!r}.")
    for event in match.groups():
        if event not in lines.events:
            lines.fail(number, f"there is no event {event} in this file.")
    if match[1] == match[2] or match[1] in lines.same_as:
        lines.fail(number, f"{match[1]} can be the same as one other event.")
    lines.same_as[match[1]] = match[2]


def _note(lines: _Lines, number: int, rest: str) -> None:
    head, _, note = rest.partition("\t")
    match = re.fullmatch(r"AnnotatorNotes ([TE]\d+)", head)
    if not match:
        lines.fail(number, f"expected 'AnnotatorNotes T2<tab>NOTE', found {rest!r}.")
    owner = match[1]
    if owner not in lines.bounds and owner not in lines.events:
        lines.fail(number, f"there is no annotation {owner} in this file.")
    found = list(_NOTE.finditer(note))
    if not found or found[0].start() != 0:
        lines.fail(number, f"the note {note!r} holds none of value=, mod=, date=, refers_to=.")
    ends = [*(m.start() for m in found[1:]), len(note)]
    values = lines.notes.setdefault(owner, {})
    for m, end in zip(found, ends, strict=True):
        value = note[m.end() : end].strip()
        if m[1] not in _NOTE_KEYS[owner[0]] or m[1] in values or not value:
            lines.fail(number, f"the note {note!r} on {owner}: {m[1]}= is empty, doubled, or does not belong there.")
        if m[1] in ("value", "date") and not _VALUE.fullmatch(value):
            lines.fail(number, f"{m[1]}={value} on {owner}: no value of docs/annotation.md, such as 2019-12, P3D, PAST_REF.")
        values[m[1]] = value


def _record(document: Document, lines: _Lines) -> Record:
    bounds = sorted(lines.bounds.values(), key=lambda b: (b.start, b.end, b.type, b.line))
    notes = lines.notes
    entities = tuple(Entity(b.id, b.type, b.start, b.end, b.text, b.text) for b in bounds if b.type in ENTITY_TYPES)
    times = tuple(
        Time(
            b.id, b.type, b.start, b.end, b.text,
            value=notes.get(b.id, {}).get("value"), mod=notes.get(b.id, {}).get("mod"),
        )
        for b in bounds
        if b.type in TIME_TYPES
    )  # fmt: skip
    triggers: set[str] = set()
    events = tuple(
        _event(document, lines, key, number, rest, entities, times, triggers) for key, (number, rest) in lines.events.items()
    )
    known = {*ENTITY_TYPES, *TIME_TYPES, FILLER}
    for b in bounds:
        if b.type not in known and b.id not in triggers:
            lines.fail(b.line, f"{b.id} has the type {b.type!r}, no entity, time or trigger of an event.")
        note = notes.get(b.id, {})
        if b.type not in TIME_TYPES and ("value" in note or "mod" in note):
            lines.fail(b.line, f"{b.id} is a {b.type}, and only times have value= and mod=.")
    return Record(document, entities=entities, times=times, events=events)


def _event(
    document: Document,
    lines: _Lines,
    key: str,
    number: int,
    rest: str,
    entities: tuple[Entity, ...],
    times: tuple[Time, ...],
    triggers: set[str],
) -> Event:
    first, *others = rest.split() or [""]
    kind, _, trigger_id = first.partition(":")
    trigger = lines.bounds.get(trigger_id)
    if trigger is None:
        lines.fail(number, f"{key} has no trigger: there is no annotation {trigger_id!r} in this file.")
    reserved = {*ENTITY_TYPES, *TIME_TYPES, FILLER}
    if trigger.type != kind or kind in reserved:
        lines.fail(number, f"{key} is of type {kind!r} but its trigger {trigger_id} is a {trigger.type}.")
    triggers.add(trigger_id)
    arguments = []
    for part in others:
        match = _ROLE.match(part)
        if not match or match[1] not in ROLES:
            lines.fail(number, f"{key}: {part!r} is not ROLE:T1 with one of the roles {', '.join(ROLES)}.")
        filler = lines.bounds.get(match[2])
        if filler is None:
            lines.fail(number, f"{key}: there is no annotation {match[2]} in this file.")
        arguments.append(
            Argument(
                cast(Role, match[1]), filler.start, filler.end, filler.text,
                entity=None if match[1] == "time" else _mention(filler, entities),
                time=_mention(filler, times) if match[1] == "time" else None,
                refers_to=lines.notes.get(filler.id, {}).get("refers_to"),
            )
        )  # fmt: skip
    value = lines.notes.get(key, {}).get("date")
    return Event(
        id=key,
        type=kind,
        trigger=Trigger(trigger.start, trigger.end, trigger.text, ""),
        sentence=0,
        modality=cast(Modality, lines.attributes.get((key, "modality"), "asserted")),
        phase=cast("Phase | None", lines.attributes.get((key, "phase"))),
        date=EventDate(value, None, None, None, _basis(document, value, arguments, times)) if value else None,
        arguments=tuple(arguments),
        same_as=lines.same_as.get(key),
    )


def _mention(filler: _Bound, mentions: tuple[Entity, ...] | tuple[Time, ...]) -> str | None:
    """The id of the mention that a filler is, else of the only one that it contains."""
    inside = [m for m in mentions if filler.start <= m.start and m.end <= filler.end]
    same = [m for m in inside if (m.start, m.end) == (filler.start, filler.end)]
    if filler.id in (m.id for m in same):
        return filler.id
    if same:
        return same[0].id
    return inside[0].id if len(inside) == 1 else None


def _basis(document: Document, value: str, arguments: list[Argument], times: tuple[Time, ...]) -> Basis:
    """Where a gold date comes from, as far as the annotation tells: brat has the value only."""
    values = {time.id: time.value for time in times}
    if any(a.time is not None and values[a.time] == value for a in arguments):
        return "argument"
    published = document.published.isoformat() if document.published else None
    return "publication" if value == published else "context"


def read_metadata(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of metadata.csv in ``folder``, else in its parent, by doc_id; empty without such a file."""
    path = next((p for p in (folder / "metadata.csv", folder.parent / "metadata.csv") if p.exists()), None)
    if path is None:
        return {}
    reader = csv.DictReader(io.StringIO(read_utf8(path).removeprefix("\ufeff"), newline=""))
    if "doc_id" not in (reader.fieldnames or ()):
        raise GoldError(f"{path}, line 1: no column doc_id. Its columns are {', '.join(reader.fieldnames or ())}.")
    rows: dict[str, dict[str, str]] = {}
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        values = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        if None in row:
            raise GoldError(f"{where}: more cells than the header has columns. Quote cells that hold commas.")
        if values["doc_id"] in rows:
            raise GoldError(f"{where}: the doc_id {values['doc_id']!r} stands twice.")
        try:
            if values.get("published"):
                datetime.date.fromisoformat(values["published"])
        except ValueError as error:
            raise GoldError(f"{where}: published is {values['published']!r}, not a date YYYY-MM-DD.") from error
        rows[values["doc_id"]] = values
    return rows


def read_brat_folder(folder: Path | str) -> list[Record]:
    """The records of all .txt/.ann pairs of ``folder``, sorted by file name.

    A folder that is not annotated yet (no .ann at all) has none. Raises GoldError where a pair is incomplete or a file
    is malformed.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise GoldError(f"{folder}: no such folder.")
    texts = {path.stem: path for path in folder.glob("*.txt")}
    anns = {path.stem: path for path in folder.glob("*.ann")}
    if not anns:
        return []
    for stem in sorted(texts.keys() ^ anns.keys()):
        there, lacks = (texts[stem], ".ann") if stem in texts else (anns[stem], ".txt")
        raise GoldError(f"{there}: there is no {stem}{lacks} beside it. An empty .ann marks nothing.")
    metadata = read_metadata(folder)
    named = {file_stem(doc_id): doc_id for doc_id in metadata}
    return [read_brat(texts[stem], anns[stem], metadata, named.get(stem)) for stem in sorted(texts)]
