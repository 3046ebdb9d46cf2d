"""The command line: thin, so that everything it does the library does too.

Heavy modules are imported inside the commands: ``peristiwa --help`` must answer at once.
Exit codes: 0 all documents done · 2 wrong use · 3 some documents failed.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from peristiwa.cli import resources, runs, scoring, texts
from peristiwa.errors import PeristiwaError

app = typer.Typer(
    name="peristiwa",
    help="Indonesian documents in, citable event records out: who did what to whom, when, where, according to whom.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (
    runs.run,
    runs.join,
    runs.merge,
    texts.annotate,
    texts.tag,
    texts.show,
    texts.dates,
    runs.report,
    runs.trace,
    resources.train,
):
    app.command()(command)
app.add_typer(scoring.evaluate, name="evaluate")
app.add_typer(resources.models, name="models")
app.add_typer(resources.ontology, name="ontology")


def _version(value: bool) -> None:
    if value:
        from peristiwa import __version__

        typer.echo(f"peristiwa {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Version, and end.")] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """Entry point: an error that the package raised on purpose is a message, never a traceback."""
    try:
        app()
    except PeristiwaError as error:
        typer.echo(f"peristiwa: {error}", err=True)
        sys.exit(2)
    except OSError as error:  # results that cannot be written: no right to, no room
        what = f"{error.filename or 'writing'}: {error.strerror or error}"
        typer.echo(f"peristiwa: {what}. Check the path, its permissions and the free space.", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        _tell_interrupted()
        sys.exit(130)
    except SystemExit as end:
        if end.code == 130:  # what typer makes of an interrupt
            _tell_interrupted()
        raise


def _tell_interrupted() -> None:
    typer.echo("peristiwa: interrupted. What a run has done is kept: the same command goes on.", err=True)
