"""One record, readable in a terminal."""

from __future__ import annotations

from peristiwa.report.chronology import rows
from peristiwa.types import ROLES, Record


def show_record(record: Record) -> None:
    """Print the events of a record: type, trigger, date and modality, then one line per role, then the sentence."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
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
