"""Write events.csv: one row per happening, for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from peristiwa.emit.atomic import writing
from peristiwa.emit.tables import TABLES, Cell, Groups
from peristiwa.types import Record

# What makes a spreadsheet read a cell as a formula (OWASP, "CSV Injection"), full-width forms included.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def write_csv(records: Iterable[Record], folder: Path, groups: Groups) -> list[Path]:
    """Write events.csv (UTF-8, comma, header); an apostrophe guards texts that a spreadsheet would run as a formula.

    A byte order mark tells spreadsheets that it is UTF-8, for which they take no file without one.
    """
    table = TABLES["events"]
    path = folder / "events.csv"
    with writing(path) as out:
        out.write("\ufeff")
        writer = csv.DictWriter(out, [column.name for column in table.columns], lineterminator="\n")
        writer.writeheader()
        for record in records:
            for row in table.rows(record, groups):
                writer.writerow({name: escape_cell(cell) for name, cell in row.items()})
    return [path]


def escape_cell(cell: Cell) -> Cell:
    """``cell`` with an apostrophe in front where it is text that a spreadsheet would take for a formula."""
    if isinstance(cell, str) and (cell.lstrip().startswith(_FORMULA) or cell.startswith(("\t", "\r", "\n"))):
        return "'" + cell
    return cell
