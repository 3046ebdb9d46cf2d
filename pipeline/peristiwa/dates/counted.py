"""Days that are counted from a date with a name: "tiga hari sebelum Lebaran", "sebulan setelah 5 Mei 2021"."""

from __future__ import annotations

from collections.abc import Iterator

from peristiwa.dates.context import BEFORE, WORD
from peristiwa.dates.find import Found
from peristiwa.dates.grammar import Grammar
from peristiwa.timex import unit_of

LENGTH = frozenset(("n", "unit", "seunit", "approx"))  # what a length may say that is counted


def counted(text: str, founds: list[Found], linked: frozenset[int], grammar: Grammar) -> Iterator[Found]:
    """The expressions, a length and the day before or after which it lies as one; the members of ranges and lists
    (``linked``: their starts) stay as they are."""
    here: Found | None = None
    for there in founds:
        if here is None or here.form != "duration" or here.start in linked:
            sign = 0
        else:
            sign = grammar.sides.get(text[here.end : there.start].strip(), 0)
        if here and sign and _is_length(text, here, grammar) and _is_day(there):
            merged = {**here.slots, "count": here.slots.get("n", 1), "of": there.form, "at": there.start, "sign": sign}
            merged["counted"] = here.slots.get("unit") or here.slots["seunit"]
            kept = {name: value for name, value in merged.items() if name not in ("n", "unit", "seunit")}
            here = there._replace(start=here.start, first=here.first, form="counted", slots={**there.slots, **kept})
            continue
        if here:
            yield here
        here = there
    if here:
        yield here


def _is_length(text: str, found: Found, grammar: Grammar) -> bool:
    """ "tiga hari", not "tiga hari terakhir" nor "selama tiga hari"."""
    slots = found.slots
    code = slots.get("unit") or slots.get("seunit")
    if code is None or not set(slots) <= LENGTH or len(found.kinds) != found.last - found.first or unit_of(code).clock:
        return False
    words = WORD.findall(text, max(0, found.start - BEFORE), found.start)
    return not words or words[-1].lower() not in grammar.section.tense.length


def _is_day(found: Found) -> bool:
    """A feast, or a day of a month."""
    wanted = {"feast": {"feast"}, "calendar": {"day", "month"}}.get(found.form)
    return wanted is not None and wanted <= set(found.slots)
