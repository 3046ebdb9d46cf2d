"""PDF: the text layer of its pages in the order in which it was set, as PDFium reads it, in paragraphs (``layout``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.errors import InputError
from peristiwa.ingest.layout import HYPHEN, Line, join_lines
from peristiwa.ingest.raw import Raw

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_END_OF_LINE_HYPHEN = "\x02"
"""PDFium's own mark, in the place of a hyphen and the line end behind it."""
_LINE_END = re.compile(rf"{_END_OF_LINE_HYPHEN}|[\r\n]+")
_UNREADABLE = re.compile(r"[\x00-\x01\x03-\x08\x0e-\x1f\ufffd\ue000-\uefff\uf100-\uf8ff]")
"""What a font without a table of its letters gives."""
_MOST_UNREADABLE = 0.05
_DRESS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u00a0": " "}
    | dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf076\uf0fc", "•")
)
"""What printing makes of letters: ligatures, hard spaces, bullets of the fonts Symbol and Wingdings."""
_OCR = "Run OCR on it first, as with 'ocrmypdf --force-ocr -l ind IN.pdf OUT.pdf'."


def read_pdf(path: Path) -> Iterator[Raw]:
    """The one document of a PDF file, pages parted by form feeds. Raises InputError for what has no text to be read.

    Its title and dates are not taken over: they are those of the program that made it, as often as not.
    """
    import pypdfium2

    if not path.stat().st_size:
        raise InputError("empty: there is nothing in it.")
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            pages = [_lines(pdf, number) for number in range(len(pdf))]
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError("it is locked with a password. Save it without one.") from error
        raise InputError(f"this is no PDF that can be read ({error}). Save it as PDF again, or its text as .txt.") from error
    pictures = sum(lines is None for lines in pages)
    if pictures > sum(map(bool, pages)):
        raise InputError(f"a scan: {pictures} of its {len(pages)} pages are pictures without text. {_OCR}")
    text = join_lines([lines or [] for lines in pages])
    if len(_UNREADABLE.findall(text)) > _MOST_UNREADABLE * len(text):
        raise InputError(f"unreadable: its fonts do not tell which letters they show. {_OCR}")
    yield Raw(text=_UNREADABLE.sub("", text))


def _lines(pdf: PdfDocument, number: int) -> list[Line] | None:
    """The printed lines of a page, None where a picture is all there is. Raises InputError for a page that is broken."""
    import pypdfium2

    try:
        page = pdf[number]
    except pypdfium2.PdfiumError as error:
        raise InputError(f"page {number + 1} of {len(pdf)} is broken. Save it as PDF again, or its text as .txt.") from error
    try:
        text = page.get_textpage()
        try:
            return _read(text) or (None if _has_picture(page) else [])
        finally:
            text.close()
    finally:
        page.close()


def _has_picture(page: PdfPage) -> bool:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return any(True for _ in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))


def _read(page: PdfTextPage) -> list[Line]:
    """A page's lines in the order of the file. Characters are asked for one by one: those of the whole text leave some out."""
    from pypdfium2.raw import FPDFText_GetUnicode

    characters = "".join(chr(FPDFText_GetUnicode(page, index)) for index in range(page.count_chars()))
    lines = []
    start = 0
    for end in [*_LINE_END.finditer(characters), None]:
        stop = end.start() if end else len(characters)
        line = _line(page, characters[start:stop], start, hyphen=end is not None and end[0] == _END_OF_LINE_HYPHEN)
        if line is not None:
            lines.append(line)
        start = end.end() if end else stop
    return lines


def _line(page: PdfTextPage, characters: str, start: int, *, hyphen: bool) -> Line | None:
    """The line that ``characters`` make, from character ``start`` of the page on, None when they are white space."""
    text = characters.strip()
    if not text:
        return None
    printed = [start + at for at, character in enumerate(characters) if not character.isspace()]
    left, _, _, _ = page.get_charbox(printed[0], loose=True)
    _, _, right, _ = page.get_charbox(printed[-1], loose=True)
    _, bottom, _, top = page.get_charbox(printed[len(printed) // 2], loose=True)  # neither a bullet nor a raised number
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # characters beyond 16 bits come in two
    return Line(whole.translate(_DRESS) + HYPHEN * hyphen, left, max(right, left), bottom, top - bottom)
