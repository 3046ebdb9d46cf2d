"""Paths to documents: find the files, give each to the reader of its suffix, check and clean what comes out.

Nothing is dropped silently: every file found and every row of a table becomes a Document or a Failure. What is no
document is passed over: hidden files, brat's ``.ann`` and ``.conf``, ``metadata.csv`` and ``README*``.

Document ids: a file's stem, or its path from the folder that was given where several files share the stem; in tables
the ``doc_id`` of the row, or stem-N with the number of the line or row. An id that was given out already becomes
``id@path:N``, so that no two documents of a run share one.
"""

from __future__ import annotations

import datetime
import os
import sys
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from peristiwa.errors import ColumnError, InputError, UsageError
from peristiwa.ingest.clean import clean
from peristiwa.ingest.docx import read_docx
from peristiwa.ingest.html import read_html
from peristiwa.ingest.metadata import NAME as METADATA
from peristiwa.ingest.metadata import Metadata
from peristiwa.ingest.pdf import read_pdf
from peristiwa.ingest.raw import Raw
from peristiwa.ingest.tables import read_csv, read_jsonl, read_parquet, read_tsv
from peristiwa.ingest.text import decode, read_text
from peristiwa.types import Document, Failure

READERS: dict[str, Callable[[Path], Iterator[Raw]]] = {
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".parquet": read_parquet,
}
FIRST_ROWS = 10
"""Rows that are looked at to tell whether a table can be read at all."""
ONE_DOCUMENT = frozenset({".txt", ".html", ".htm", ".pdf", ".docx"})
"""Suffixes of files that hold one document, whose id follows from the file's path alone."""

PASSED_OVER = frozenset({".ann", ".conf"})
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
STDIN = Path("-")
RUN = ("manifest.json", "annotations.jsonl")
"""The files that make a folder that of a run."""
_NO_FILE = "no regular file but a pipe, a socket or a device. Save what comes out of it as a file."
_LINKED = "a link to a folder, which is not followed. Give that folder itself."


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: its path, how it is called in messages and ids, and what went wrong in finding it."""

    path: Path
    name: str
    error: str | None = None


def read_documents(
    inputs: Path | str | Sequence[Path | str], *, language: str = "id", stdin: BinaryIO | None = None
) -> Iterator[Document | Failure]:
    """The documents of files, folders (recursively, sorted) and standard input ("-"), in order, as a stream.

    ``language`` is that of documents which do not name their own. A file that is given twice is read once.
    Raises UsageError at once when an input does not exist; whatever else goes wrong is a Failure of stage "ingest".
    """
    paths = as_paths([inputs] if isinstance(inputs, Path | str) else inputs)  # a string is a sequence of letters, too
    check_inputs(paths)
    return _documents(paths, language, stdin)


def as_paths(names: Sequence[Path | str]) -> list[Path]:
    """The paths of a command line. Raises UsageError for an empty one, which would mean the current folder."""
    if "" in names:
        raise UsageError("an empty path was given (a variable that is not set?). Name a file or folder; this folder is '.'.")
    return [Path(name) for name in names]


def check_inputs(inputs: Sequence[Path]) -> None:
    """Raise UsageError when an input does not exist, or is what a run wrote: its tables have texts that are no documents."""
    missing = [str(path) for path in inputs if path != STDIN and not os.path.lexists(path)]
    if missing:
        raise UsageError(f"no such file or folder: {', '.join(missing)}.")
    for path in inputs:
        if path != STDIN and is_run(path):
            again = path / "annotations.jsonl"
            raise UsageError(f"{path}: is the folder of a run, not of documents. To read its documents again, give {again}.")


def check_tables(inputs: Sequence[Path]) -> None:
    """Raise UsageError when an input is a table of which nothing can be read because of its columns, or of its first rows.

    In a folder of many such a table costs itself; of one that was given by name its user should hear at once.
    """
    for path in inputs:
        suffix = path.suffix.lower()
        if path == STDIN or suffix in ONE_DOCUMENT or suffix not in READERS:
            continue
        try:
            rows = list(islice(READERS[suffix](path), FIRST_ROWS))
        except ColumnError as error:
            raise UsageError(f"{path}: {error}") from error
        except Exception:  # it is read again, and told then
            continue
        if rows and all(row.error for row in rows):
            raise UsageError(f"{path}: none of its first rows can be read. {rows[0].error}")


def _documents(inputs: Sequence[Path], language: str, stdin: BinaryIO | None) -> Iterator[Document | Failure]:
    files: dict[str, File] = {}
    for file in find_files(inputs):
        files.setdefault(real_path(file), file)
    stems = Counter(file.path.stem for file in files.values())
    given_out: set[str] = set()
    folders: dict[Path, Metadata | InputError] = {}
    for file in files.values():
        for result, number in read_file(file, file_id(file, stems[file.path.stem] > 1), language, stdin, folders):
            doc_id = result.doc_id
            if doc_id in given_out:
                doc_id = another_id(doc_id, file, number, given_out)
            given_out.add(doc_id)
            yield replace(result, doc_id=doc_id)


def find_files(inputs: Sequence[Path]) -> Iterator[File]:
    """The files of all inputs, folders in sorted order, as a stream; what is given twice comes twice (``real_path``)."""
    for path in inputs:
        if path != STDIN and path.is_dir():
            for found, error in _walk(path):
                yield File(found, _printable(found.relative_to(path)), error)
        else:
            yield File(path, _printable(path))


def stray_rows(inputs: Sequence[Path]) -> Iterator[str]:
    """What is wrong with rows of metadata.csv that cost no document, since they are for none of the files beside them."""
    for folder in _folders(inputs):
        if os.path.isfile(folder / METADATA):
            with suppress(InputError, OSError):  # that costs its documents, and is told with them
                names = [name for name in os.listdir(folder) if not _is_passed_over(name)]
                yield from Metadata(folder).strays(names)


def _folders(inputs: Sequence[Path]) -> list[Path]:
    """The folders that files of ``inputs`` are in, with those above them up to the one that was given."""
    found: dict[Path, None] = {}
    for path in inputs:
        for file in find_files([path]) if path != STDIN else ():
            for folder in file.path.parents:
                if folder in found:
                    break
                found[folder] = None
                if path in (folder, file.path):
                    break
    return list(found)


def real_path(file: File) -> str:
    """What two ways to one file have in common."""
    return str(file.path) if file.path == STDIN else os.path.realpath(file.path)


def file_id(file: File, shared: bool) -> str:
    """The id of a file's document: its stem, or its name where the stem is ``shared`` with another file."""
    if shared:
        return file.name
    return "stdin" if file.path == STDIN else _printable(file.path.stem)


def read_file(
    file: File,
    doc_id: str,
    language: str,
    stdin: BinaryIO | None = None,
    folders: dict[Path, Metadata | InputError] | None = None,
) -> Iterator[tuple[Document | Failure, int | None]]:
    """What one file holds, each with the number of its line or row (None in a file of one document).

    ``folders`` keeps each folder's metadata.csv between calls. Ids are those that the file gives, unique or not.
    """
    for raw in _read(file, stdin, {} if folders is None else folders):
        yield _finish(raw, file, doc_id, language), raw.number


def _walk(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """The files of a folder and of those in it, sorted by the parts of their paths, links last, each with what is wrong.

    Folders in it that hold a run are passed over: what came out of documents is none.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: (entry.is_symlink(), entry.name))  # a file is named as itself
    except OSError as error:
        yield folder, f"{error.strerror}."
        return
    for entry in entries:
        path = folder / entry.name
        try:
            is_folder, is_file = entry.is_dir(), entry.is_file()
        except OSError as error:  # a link to itself
            yield path, f"{error.strerror}."
            continue
        if is_folder:
            if entry.name.startswith(".") or is_run(path):
                continue
            if entry.is_symlink():
                yield path, _LINKED
            else:
                yield from _walk(path)
        elif not _is_passed_over(entry.name):
            yield path, None if is_file or entry.is_symlink() else _NO_FILE


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a finished run, which no input lies in."""
    return all(os.path.isfile(folder / name) for name in RUN)  # Path.is_file raises in a folder that may not be looked into


def _is_passed_over(name: str) -> bool:
    suffix = os.path.splitext(name)[1].lower()
    hidden = name.startswith((".", "~$")) or name.lower() in SYSTEM_FILES  # "~$" begins the lock of a document open in Word
    return hidden or name.startswith("README") or name == METADATA or suffix in PASSED_OVER


def _read(file: File, stdin: BinaryIO | None, folders: dict[Path, Metadata | InputError]) -> Iterator[Raw]:
    """What the file's reader finds; whatever stops it becomes a last Raw with the reason."""
    number = 0
    try:
        if file.error is not None:
            raise InputError(file.error)
        if file.path == STDIN:
            yield Raw(text=decode((stdin or sys.stdin.buffer).read()))
            return
        suffix = file.path.suffix.lower()
        reader = READERS.get(suffix)
        if reader is None:
            known = ", ".join(READERS)
            what = suffix or "files without a suffix"
            raise InputError(f"no reader for {what}; what can be read is {known}. Save it as one of these.")
        for number, raw in enumerate(reader(file.path), 1):  # noqa: B007
            yield raw if raw.number is not None else _with_metadata(raw, file.path, folders)
        if number == 0:
            raise InputError("empty: there is no document in it.")
    except InputError as error:
        yield Raw(error=str(error))
    except OSError as error:
        yield Raw(error=f"cannot be read ({error.strerror or error}).")
    except Exception as error:  # a library's own errors cost this file, not the run
        yield Raw(error=f"cannot be read ({type(error).__name__}: {error}).")


def _with_metadata(raw: Raw, path: Path, folders: dict[Path, Metadata | InputError]) -> Raw:
    """The file's row of metadata.csv wins over what the file says itself."""
    folder = path.parent
    if folder not in folders:
        try:
            folders[folder] = Metadata(folder)
        except InputError as error:
            folders[folder] = error
        except OSError as error:
            folders[folder] = InputError(f"it cannot be read ({error.strerror or error}).")
    metadata = folders[folder]
    if isinstance(metadata, InputError):
        raise InputError(f"{folder / METADATA} cannot be used: {metadata}")
    row = metadata.of(path)
    if row is None:
        return raw
    told = {name: value for name, value in row.cells.items() if value.strip()}
    try:
        published = _date(told.get("published"))
    except InputError as error:
        raise InputError(f"{metadata.path}: line {row.line}: {error}") from error
    return replace(
        raw,
        published=published or raw.published,
        title=told.get("title", raw.title),
        language=told.get("language", raw.language),
        source=told.get("source", raw.source),
    )


def _finish(raw: Raw, file: File, file_id: str, language: str) -> Document | Failure:
    """Check and clean one document."""
    place = "" if raw.number is None else f":{raw.number}"
    source = f"{_printable(file.path)}{place}"
    doc_id = file_id if raw.number is None else f"{file_id}-{raw.number}"
    try:
        doc_id = _string(raw.doc_id, "doc_id") or doc_id
        if raw.error is not None:
            raise InputError(raw.error)
        return Document(
            doc_id=doc_id,
            text=clean(raw.text),
            source=_string(raw.source, "source") or source,
            language=(_string(raw.language, "language") or language).lower(),
            published=_date(raw.published),
            title=_string(raw.title, "title"),
        )
    except InputError as error:
        return Failure(doc_id, source, "ingest", str(error))


def _string(value: Any, name: str) -> str | None:
    """A cell as text, None where there is none. Raises InputError for what is no text or number."""
    if value is None or value != value:  # NaN, pandas' missing value
        return None
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise InputError(f"its {name} is of type {type(value).__name__}, not a string.")
    if isinstance(value, float) and value.is_integer():  # what pandas makes of whole numbers beside empty cells
        value = int(value)
    text = str(value).strip()
    return clean(text) if text else None


def _date(value: Any) -> datetime.date | None:
    """A date of publication: a date, or a string that begins with one in ISO 8601 form. Raises InputError."""
    if value is None or value != value:
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    text = str(value).strip()
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 else datetime.datetime.fromisoformat(text).date()
    except ValueError:
        raise InputError(f"its date of publication {text!r} is not of the form 2018-03-14.") from None


def another_id(doc_id: str, file: File, number: int | None, given_out: Container[str]) -> str:
    """An id that was not given out, for a document whose own one was."""
    place = "" if number is None else f":{number}"
    candidate = f"{doc_id}@{file.name}{place}"
    count = 1
    while candidate in given_out:
        count += 1
        candidate = f"{doc_id}@{file.name}{place}+{count}"
    return candidate


def _printable(path: Path | str) -> str:
    """A path as text that can be written as UTF-8, whatever bytes the file system holds."""
    return os.fsencode(Path(path).as_posix()).decode("utf8", "replace")
