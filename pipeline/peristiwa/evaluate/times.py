"""Times on TimeML: a folder of .tml files against a finder, with the metrics of TempEval-3 (UzZaman et al. 2013)."""

from __future__ import annotations

import datetime
import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from pathlib import Path

from peristiwa.errors import GoldError
from peristiwa.evaluate.compare import summarise
from peristiwa.evaluate.metrics import TIME_METRICS, Pair
from peristiwa.evaluate.scores import Scores
from peristiwa.types import TIME_TYPES, Document, Record, Time

_ENTITY = re.compile(r"&(#\d+;|#x[0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)?")
_XML_ENTITIES = ("amp;", "lt;", "gt;", "quot;", "apos;")
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


def read_tml(path: Path | str) -> Record:
    """The text of <TEXT> (of the whole file where there is none) with its TIMEX3 times, past all other tags.

    ``published`` is the document creation time. Offsets are into the text exactly as it stands, white space included;
    a span loses the white space at its ends. A TIMEX3 without text (an implicit time) marks no span and is left out,
    as in TempEval-3. HTML entities and stray ampersands, common in .tml made from web pages, are understood. Raises
    GoldError.
    """
    path = Path(path)
    # A document type could declare entities that blow up (or name files), and the root's attributes often have a prefix
    # that nothing declares; neither is needed.
    content = re.sub(r"<!DOCTYPE[^>\[]*(\[[^\]]*\]\s*)?>", "", _decode(path)).lstrip()
    content = re.sub(r"<TimeML\b[^>]*>", "<TimeML>", content, count=1)
    try:
        root = ET.fromstring(_ENTITY.sub(_plain_entity, content))
    except ET.ParseError as error:
        raise GoldError(f"{path}, line {error.position[0]}: not well-formed XML ({error}).") from error
    body = next((e for e in root.iter() if _name(e) == "TEXT"), root)
    pieces: list[str] = []
    marked: list[tuple[int, int, ET.Element]] = []
    _walk(body, pieces, marked, 0)
    text = "".join(pieces)
    times: list[Time] = []
    for start, end, element in sorted(marked, key=lambda m: (m[0], -m[1])):
        quoted = text[start:end]
        start += len(quoted) - len(quoted.lstrip())
        end = start + len(quoted.strip())
        if start >= end:
            continue
        kind = element.get("type", "").upper()
        if kind not in TIME_TYPES:
            raise GoldError(f"{path}: TIMEX3 {element.get('tid')}: the type {kind!r} is none of {', '.join(TIME_TYPES)}.")
        times.append(
            Time(
                f"D{len(times) + 1}", kind, start, end, text[start:end],
                value=(element.get("value") or "").strip() or None, mod=element.get("mod") or None,
            )
        )  # fmt: skip
    return Record(Document(path.stem, text, path.as_posix(), published=_published(root)), times=tuple(times))


def _decode(path: Path) -> str:
    try:
        content = path.read_bytes()
        declared = re.match(rb"<\?xml[^>]*encoding=[\"']([\w-]+)[\"']", content)
        return content.decode(declared[1].decode() if declared else "utf-8-sig")
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, LookupError) as error:
        raise GoldError(f"{path}: cannot be decoded ({error}). Save it as UTF-8 and declare that.") from error


def _plain_entity(match: re.Match[str]) -> str:
    """XML's own entities stay, HTML's become their characters, and a stray ampersand becomes a written one."""
    name = match[1]
    if name is None:
        return "&amp;"
    if name.startswith("#") or name in _XML_ENTITIES:
        return match[0]
    character = html.unescape(match[0])
    return html.escape(character, quote=False) if character != match[0] else f"&amp;{name}"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2].upper() if isinstance(element.tag, str) else ""


def _walk(element: ET.Element, pieces: list[str], marked: list[tuple[int, int, ET.Element]], start: int) -> int:
    """Gather text and TIMEX3 spans in document order; the offset after ``element``, without its tail."""
    at = start
    pieces.append(element.text or "")
    at += len(pieces[-1])
    for child in element:
        at = _walk(child, pieces, marked, at)
        pieces.append(child.tail or "")
        at += len(pieces[-1])
    if _name(element) == "TIMEX3":
        marked.append((start, at, element))
    return at


def _published(root: ET.Element) -> datetime.date | None:
    """The document creation time: the TIMEX3 of <DCT>, else one that says so of itself, else the text of <DCT>."""
    dct = [t for e in root.iter() if _name(e) == "DCT" for t in e.iter() if _name(t) == "TIMEX3"]
    told = [
        e for e in root.iter() if _name(e) == "TIMEX3" and e.get("functionInDocument") in ("CREATION_TIME", "PUBLICATION_TIME")
    ]
    written = ["".join(e.itertext()) for e in root.iter() if _name(e) == "DCT"]
    for value in (*(e.get("value") or "" for e in (*dct, *told)), *written):
        match = _DATE.match(value.strip())
        if match:
            try:
                return datetime.date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue
    return None


def evaluate_times(folder: Path | str, find: Callable[[str, datetime.date | None], Sequence[Time]]) -> Scores:
    """Strict, relaxed, type and value F1 of ``find(text, published)`` over all .tml files of ``folder`` and below.

    Relaxed is any overlap; type and value ask for an equal attribute on top, as the headline of TempEval-3 does.
    Intervals by bootstrap over documents. Raises GoldError when a file is malformed or there is none.
    """
    folder = Path(folder)
    paths = sorted(folder.rglob("*.tml")) if folder.is_dir() else [folder]
    if not paths:
        raise GoldError(f"{folder}: no .tml files here.")
    counts = {}
    for path in paths:
        gold = read_tml(path)
        predicted = Record(gold.document, times=tuple(find(gold.document.text, gold.document.published)))
        counts[path.as_posix()] = {name: metric(Pair(gold, predicted)) for name, metric in TIME_METRICS.items()}
    return summarise(f"Times of {folder.name}", "documents", counts)
