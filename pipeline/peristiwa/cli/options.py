"""What the commands share: options, documents from the arguments, and what they tell at the end."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peristiwa.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peristiwa.types import Document, Failure

Language = Annotated[str | None, typer.Option("--language", "-l", help="Language code, a file of config/languages.")]
Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings of your own over the defaults (YAML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar, no summary.")]


def read_inputs(inputs: list[str], language: str) -> Iterator[Document | Failure]:
    from peristiwa.ingest import as_paths, read_documents

    return read_documents(as_paths(inputs), language=language)


def read_date(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--published {text}: not a date. Write it as YYYY-MM-DD.") from error


def tell_failures(failures: list[Failure]) -> None:
    for failure in failures:
        typer.echo(str(failure), err=True)
    if failures:
        raise typer.Exit(3)
