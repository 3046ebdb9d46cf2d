"""One record, readable in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from peristiwa.report.chronology import rows
from peristiwa.types import ROLES, Document, Record

if TYPE_CHECKING:
    from rich.console import Console

    from peristiwa.events.trace import Trace
    from peristiwa.events.trace_choices import Weights


def show_record(record: Record) -> None:
    """Print the events of a record: type, trigger, date and modality, then one line per role, then the sentence."""
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=not sys.stdout.isatty())
    events = rows(record)
    console.print(
        Text.assemble(
            (record.document.doc_id, "bold"),
            f" · {len(record.sentences)} sentences · {len(record.entities)} names · {len(record.times)} times"
            f" · {len(events)} events",
        )
    )
    for row in events:
        head = Text.assemble("\n", (row.id, "dim"), " ", (row.type, "bold cyan"), " ", (row.trigger, "bold"))
        if row.date:
            head.append(f"  {row.date}", "green")
            head.append(f" ({row.basis})", "dim")
        if row.modality != "asserted":
            head.append(f"  {row.modality}", "yellow")
        console.print(head)
        for role in ROLES:
            if filler := getattr(row, role):
                console.print(Text.assemble("   ", (f"{role:<9}", "dim"), " ", filler))
        console.print(Text(f"   “{row.sentence}”", "dim italic"))
    if not events:
        console.print("no events of the ontology's types", style="dim")


def show_trace(document: Document, trace: Trace) -> None:
    """Print why each event was found and what spoke for its parts, then what was considered and dropped, and why."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(Text("\nwhy", style="bold"))
    for one in trace.events:
        told = [f"{name} {value:.2f}" for name, value in (("score", one.score), ("needed", one.bar)) if value is not None]
        told += [f"confidence {one.confidence:.2f}"] if one.confidence is not None else []
        head = Text.assemble("\n", (one.event or "", "dim"), " ", (one.type, "bold cyan"), " ", (one.text, "bold"))
        console.print(head.append(f"  {one.rule}").append(f"  {' · '.join(told)}", "dim"))
        _show_weights(console, one.weights)
        for choice in one.choices:
            words = "" if choice.start is None else f" “{document.text[choice.start : choice.end]}”"
            sure = "" if choice.probability is None else f" {choice.probability:.2f}"
            line = Text.assemble("   ", (choice.kind, "dim"), " ", choice.value, words, (sure, "dim"))
            console.print(line.append(f" – not: {choice.reason}", "yellow") if choice.reason else line)
            _show_weights(console, choice.weights)
    if trace.dropped:
        console.print(Text("\nwhy not", style="bold"))
    for one in trace.dropped:
        head = Text.assemble("  ", (one.type, "cyan"), " ", (one.text, "bold"), f" [{one.start}:{one.end}]  {one.rule}")
        console.print(head.append(f" – {one.reason}", "yellow"))
        _show_weights(console, one.weights)


def _show_weights(console: Console, weights: Weights) -> None:
    from rich.text import Text

    if weights:
        console.print(Text("      " + "  ".join(f"{weight:+.2f} {name}" for name, weight in weights), style="dim"))
