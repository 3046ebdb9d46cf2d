"""Commands on texts: annotate, tag, show, dates."""

from __future__ import annotations

import json
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peristiwa.cli.options import AsJson, Config, Language, read_date, read_inputs, tell_failures
from peristiwa.errors import UsageError
from peristiwa.loading import collector_at_rest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peristiwa.types import Document, Failure


def annotate(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="File or folder; '-' reads standard input.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="CoNLL-U file to write.")],
    language: Language = None,
    config: Config = None,
) -> None:
    """Tokens, lemmas, UPOS, features, heads, and names in MISC, as CoNLL-U."""
    from peristiwa.annotate import doc_to_conllu
    from peristiwa.emit import writing
    from peristiwa.extract import load
    from peristiwa.types import Failure

    extractor = load(language, config)
    documents = read_inputs([source], extractor.settings.language)
    failures: list[Failure] = []
    done = 0
    with writing(out) as file:
        for item in extractor.annotate_many(documents, literally=True):
            if isinstance(item, Failure):
                failures.append(item)
            else:
                document, doc = item
                file.write(doc_to_conllu(doc, document.doc_id))
                done += 1
    typer.echo(f"{done} documents → {out}", err=True)
    tell_failures(failures)


def tag(
    file: Annotated[Path, typer.Argument(help="Tokens, one a line, blank line between sentences; a tag column is ignored.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="BIO file to write: token TAB tag.")],
    like: Annotated[
        str, typer.Option(help="Tags of a public set whose guideline to follow, such as PERSON,PLACE,ORGANISATION.")
    ] = "",
    language: Language = None,
    config: Config = None,
) -> None:
    """Named entities on given tokens."""
    from peristiwa.emit import writing
    from peristiwa.evaluate.ner import read_tokens
    from peristiwa.extract import load

    sentences = read_tokens(file)
    asked = [label for label in like.split(",") if label]
    tagged = load(language, config).annotator.tag(sentences, asked)
    if asked and (strange := {label[2:] for labels in tagged for label in labels if label != "O"} - {*map(str.upper, asked)}):
        told = ", ".join(sorted(strange))
        raise UsageError(f"--like {like}: the model has learnt no set with exactly these tags, and gave {told}.")
    blocks = (
        "".join(f"{token}\t{label}\n" for token, label in zip(tokens, labels, strict=True))
        for tokens, labels in zip(sentences, tagged, strict=True)
    )
    with writing(out) as target:
        target.write("\n".join(blocks))
    typer.echo(f"{len(sentences)} sentences → {out}", err=True)


def show(
    text: Annotated[str, typer.Argument(metavar="TEXT-or-FILE", help="A text, a file, or '-' for standard input.")],
    published: Annotated[str | None, typer.Option(help="Publication date, YYYY-MM-DD: relative dates count from it.")] = None,
    language: Language = None,
    config: Config = None,
    why: Annotated[
        bool, typer.Option("--why", help="Also what spoke for each event, and what was dropped and why; --json: a line each.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The events of one text, readable in the terminal."""
    with collector_at_rest():
        from dataclasses import replace

        from peristiwa.events.trace import trace_to_dict
        from peristiwa.extract import explain, load
        from peristiwa.ingest import clean
        from peristiwa.records import record_to_json
        from peristiwa.report.terminal import show_record, show_trace
        from peristiwa.types import Document, Failure

        extractor = load(language, config)
        code, date = extractor.settings.language, read_date(published)
        found: Iterator[Document | Failure] = (
            read_inputs([text], code) if _is_input(text) else iter([Document("text", clean(text), language=code)])
        )
        documents = (replace(item, published=date) if date and isinstance(item, Document) else item for item in found)
        annotated = extractor.annotate_many(documents)
        results = ((item, item if isinstance(item, Failure) else extractor.finish(*item)) for item in annotated)
        first = list(islice(results, 1))
    failures = []
    for item, result in chain(first, results):
        if isinstance(item, Failure) or isinstance(result, Failure):
            failures += [result] if isinstance(result, Failure) else []
            continue
        trace = explain(extractor, *item) if why else None
        if as_json:
            told = record_to_json(result) if trace is None else json.dumps(trace_to_dict(result, trace), ensure_ascii=False)
            typer.echo(told)
            continue
        show_record(result)
        if trace is not None:
            show_trace(result.document, trace)
    tell_failures(failures)


def dates(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text file or folder; '-' reads standard input.")],
    published: Annotated[str | None, typer.Option(help="Publication date, YYYY-MM-DD: relative dates count from it.")] = None,
    language: Language = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Time expressions and their values; needs no model."""
    from dataclasses import asdict

    from peristiwa.dates import find_times
    from peristiwa.language import load_language
    from peristiwa.settings import load_settings
    from peristiwa.types import Failure

    known = load_language(language or load_settings(config).language)
    day = read_date(published)
    failures: list[Failure] = []
    for item in read_inputs([file], known.code):
        if isinstance(item, Failure):
            failures.append(item)
            continue
        times = find_times(item.text, day or item.published, known)
        if as_json:
            told = {"doc_id": item.doc_id, "times": [asdict(time) for time in times]}
            typer.echo(json.dumps(told, ensure_ascii=False))
            continue
        for time in times:
            value = " ".join(part for part in (time.value or "-", time.mod) if part)
            span = f"{time.earliest}..{time.latest}" if time.earliest else "-"
            cells = (item.doc_id, str(time.start), str(time.end), time.type, value, time.edtf or "-", span, time.anchor)
            typer.echo("\t".join((*cells, " ".join(time.text.split()))))
    tell_failures(failures)


def _is_input(text: str) -> bool:
    """Whether a word of the command line names a file rather than being a text itself. Raises UsageError if it is not there."""
    from peristiwa.ingest import READERS

    if text == "-":
        return True
    try:
        found = bool(text) and Path(text).exists()
    except OSError:  # a text longer than a file name may be
        return False
    if not found and len(text.split()) == 1 and Path(text).suffix.lower() in READERS:
        raise UsageError(f"no such file: {text}.")
    return found
