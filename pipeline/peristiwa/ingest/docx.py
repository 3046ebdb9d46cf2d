"""Word documents (.docx): the text of their paragraphs and tables, and of their notes behind it, as mammoth reads them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from peristiwa.errors import InputError
from peristiwa.ingest.raw import Raw

_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th")
_NOTE_MARKS = " | ".join(
    f"//sup[a[starts-with(@id, '{kind}-ref')]] | //a[starts-with(@href, '#{kind}-ref')]" for kind in ("footnote", "endnote")
)
"""The number of a note in the text, and the way back to it behind the note."""
_BETWEEN = re.compile(r"\s*\n\s*\n\s*")
_LOCKED = b"\xd0\xcf\x11\xe0"
"""The head of Word's old format, in which it also wraps documents with a password."""
_MOST_BYTES = 200_000_000
"""Bytes of unpacked XML that are read: a small file can be made to hold any number of them."""


def read_docx(path: Path) -> Iterator[Raw]:
    """The one document of a Word file. Insertions that are tracked are in its text, deletions are not, nor is what
    stands on the edge of every page. Raises InputError for what is no such file.

    Its title and dates are not taken over: they are those of its template, as often as not.
    """
    import mammoth
    from lxml import html

    with path.open("rb") as file:
        _check(file.read(len(_LOCKED)), path)
        try:
            page = mammoth.convert_to_html(file, convert_image=mammoth.images.img_element(lambda image: {})).value
        except Exception as error:  # of the archive, of its XML, of what mammoth expects in it
            raise InputError(f"a damaged Word document ({error}). Save it as .docx again, or its text as .txt.") from error
    tree = html.fromstring(f"<div>{page}</div>")
    for mark in tree.xpath(_NOTE_MARKS):
        mark.drop_tree()  # a sentence goes on behind the number of its note
    for end in tree.iter("br"):
        end.tail = "\n" + (end.tail or "")
    for block in tree.iter(*_BLOCKS):
        block.text = "\n\n" + (block.text or "")
        block.tail = "\n\n" + (block.tail or "")
    yield Raw(text=_BETWEEN.sub("\n\n", tree.text_content()).strip())


def _check(head: bytes, path: Path) -> None:
    """Raise InputError for a file that is no Word document, or too much of one."""
    if not head:
        raise InputError("empty: there is nothing in it.")
    if head == _LOCKED:
        raise InputError("this is a document of an old Word, or one with a password. Save it as .docx, without a password.")
    try:
        with zipfile.ZipFile(path) as parts:
            sizes = {part.filename: part.file_size for part in parts.infolist() if part.filename.endswith((".xml", ".rels"))}
    except zipfile.BadZipFile as error:
        raise InputError(f"this is no Word document ({error}). Save it as .docx again, or its text as .txt.") from error
    if "word/document.xml" not in sizes:
        raise InputError("this is an archive without a Word document in it. Save the document as .docx, or its text as .txt.")
    if sum(sizes.values()) > _MOST_BYTES:
        raise InputError(f"its text is larger than {_MOST_BYTES // 10**6} MB. Save it as .txt.")
