"""Plain text files, and bytes to text for every reader that begins with bytes."""

from __future__ import annotations

import codecs
import io
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from peristiwa.errors import InputError
from peristiwa.ingest.raw import Raw

_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-zip archive",
    b"PAR1": "a Parquet file",
}
_FEW, _FEW_SHARE = 4, 0.03
_SAMPLE = 1 << 20
"""Bytes that are looked at to tell a legacy encoding."""
_PIECE = 1 << 12
"""Bytes that are decoded at once: most pieces of this size have no character beyond Latin-1, so that one byte each does."""


def read_text(path: Path) -> Iterator[Raw]:
    """The one document of a text file. Raises InputError, OSError."""
    yield Raw(text=decode(path.read_bytes()))


def decode(data: bytes, hint: str | None = None) -> str:
    """Bytes as text: by their byte order mark, as UTF-8, by ``hint``, as UTF-16 without a mark, or in the legacy
    encoding that charset-normalizer finds. Raises InputError when they are binary or in no encoding.
    """
    return "".join(_decoded(data, find_encoding(data, hint)))


def _decoded(data: bytes, encoding: str) -> Iterator[str]:
    """The text in pieces: one rare character makes Python hold a text, and what it was while it grew, at four bytes each."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for at in range(0, len(data), _PIECE):
        begin = at - len(decoder.getstate()[0])
        try:
            yield decoder.decode(data[at : at + _PIECE], final=at + _PIECE >= len(data))
        except UnicodeDecodeError as error:
            raise InputError(f"undecodable: not {encoding} at byte {begin + error.start}. Save it as UTF-8.") from error


def find_encoding(data: bytes, hint: str | None = None) -> str:
    """The encoding of ``data``, as ``decode`` tells it. Raises InputError."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    for magic, kind in _BINARY.items():
        if data.startswith(magic):
            raise InputError(f"binary: this is {kind}, whatever its name says. Give it the suffix of what it is.")
    if b"\x00" in data:
        return _wide_encoding(data)
    if _fits(data, "utf-8"):
        return "utf-8"
    if _is_damaged(data):  # any single-byte encoding would fit, and make letters of other letters without a word
        deque(_decoded(data, "utf-8"), maxlen=0)  # raises, with the byte
    return hint if hint and _fits(data, hint) else _legacy_encoding(data)


def _fits(data: bytes, encoding: str) -> bool:
    try:
        io.TextIOWrapper(io.BytesIO(), encoding)  # which knows the encodings of text from other codecs ("hex")
        return all(True for _ in _decoded(data, encoding))
    except (InputError, LookupError):
        return False


def _is_damaged(data: bytes) -> bool:
    """Whether most bytes beyond ASCII are UTF-8, though not all."""
    good = len(data.decode("utf-8", "ignore").encode())
    high = sum(count for byte, count in Counter(data).items() if byte >= 0x80)
    return good - (len(data) - high) > high / 2


def _wide_encoding(data: bytes) -> str:
    """UTF-16 without a mark: in Latin script, nearly every other byte is NUL."""
    half = len(data) // 2
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        if data[first::2].count(0) > 0.7 * half and data[1 - first :: 2].count(0) == 0 and _fits(data, encoding):
            return encoding
    raise InputError("binary: it holds NUL bytes. Give the text of the document instead.")


def _legacy_encoding(data: bytes) -> str:
    """Windows-1252 for text that is ASCII but for a few bytes, else what charset-normalizer finds.

    A handful of curly quotes, dashes and accents is too little to tell encodings apart by statistics
    (charset-normalizer takes "São" for Big5), and in text in Latin script they are nearly always Windows-1252's.
    """
    high = sum(count for byte, count in Counter(data).items() if byte >= 0x80)
    if high <= max(_FEW, _FEW_SHARE * len(data)) and _fits(data, "cp1252"):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        raise InputError("undecodable: neither UTF-8 nor any encoding that can be told. Save it as UTF-8.")
    return best.encoding
