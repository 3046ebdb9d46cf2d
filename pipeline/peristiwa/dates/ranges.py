"""Expressions that share their parts: "12-15 Maret 2018", "Mei dan Juni 2020", "06.00-09.00 WIB", "2014-2019"."""

from __future__ import annotations

from peristiwa.dates.find import Found, counts_on
from peristiwa.dates.grammar import Grammar
from peristiwa.dates.lexer import Symbols
from peristiwa.dates.numbers import Slots
from peristiwa.dates.units import clock_of

DASHES = frozenset("-–—‑−")
HOURS = [("WD",), ("WD", "CK"), ("CK",)]
USUAL = (("WD",), ("WD", "CK"), ("CK",))
SPAN, FIRST = 40, 1000  # years that "1914–18" may span, and the first from which years are written so
FAR = 20  # characters between two expressions that are no range
INHERITED = ("month", "year", "hmonth", "hyear", "unit", "shift")


def link(
    text: str, founds: list[Found], beside: list[Found], symbols: Symbols, grammar: Grammar
) -> tuple[list[Found], frozenset[int]]:
    """The expressions with the first members of ranges added and filled from their neighbours; ``beside`` are those that
    have a link beside them. Returns them in text order, and the starts of those that stand in a range or list."""
    together = founds + _members(text, founds, beside, symbols, grammar) if beside else founds
    if len(together) < 2:
        return together, frozenset()
    if len(together) > len(founds):
        inside = {index for extra in together[len(founds) :] for index in range(extra.first, extra.last)}
        kept = [found for found in founds if found.first not in inside]
        together = sorted((*kept, *together[len(founds) :]), key=lambda found: found.start)
    linked: set[int] = set()
    listed = False  # whether a further member of a list follows ``there``
    for position in range(len(together) - 1, 0, -1):
        here, there = together[position - 1], together[position]
        gap, comma = text[here.end : there.start], listed and here.kinds == there.kinds
        listed = False
        if there.start - here.end >= FAR:
            continue
        if _apposed(text, here, there):  # "hari ini, Selasa (13/3/2018)": two names of one day
            dated = {name: there.slots[name] for name in ("day", "month", "year") if name in there.slots}
            together[position - 1] = here.having(**dated)
        elif _is_link(gap, grammar.links, comma) and _alike(here, there):
            listed = comma or _is_link(gap, grammar.lists)
            linked |= {here.start, there.start}
            together[position - 1] = _filled(here, there)
    for position in range(len(together) - 2):
        _opening_hours(together, position, linked)
    for position in range(1, len(together)):
        here, there = together[position - 1], together[position]
        if here.form == "set" and there.kinds in USUAL and _connected(text, here, there, grammar):
            together[position] = _usual(here, there)
        elif there.start in linked and here.start in linked and "hour" in here.slots and set(there.kinds) == {"CK"}:
            missing = {name: here.slots[name] for name in ("day", "month", "year", "weekday", "after") if name in here.slots}
            if missing and not set(missing) & set(there.slots):
                over = _is_span(text[here.end : there.start], grammar) and clock_of(there.slots) < clock_of(here.slots)
                together[position] = there.having(**missing, **({"over": 1} if over else {}))
        elif there.start in linked and _from_to(text[here.end : there.start], here, there, grammar):
            days = (int(there.slots["weekday"]) - int(here.slots["weekday"])) % 7
            together[position - 1 : position + 1] = here.having(until=days), there.having(after=1)
    for position in range(len(together) - 3):
        if together[position].start in linked and together[position].kinds == ("WD",):
            _dated(text, together, position, linked)
    return together, frozenset(linked)


def _members(text: str, founds: list[Found], beside: list[Found], symbols: Symbols, grammar: Grammar) -> list[Found]:
    """The members that stand as bare numbers beside expressions."""
    taken = bytearray(len(symbols))
    for found in founds:
        taken[found.first : found.last] = b"\1" * (found.last - found.first)
    added: list[Found] = []
    for found in beside:
        added += _before(text, found, symbols, grammar, taken)
        added += _clock_after(text, found, symbols, grammar, taken)
        added += _numbers_after(text, found, symbols, grammar, taken)
        added += _year_after(text, found, symbols, grammar, taken)
        added += _early_year_after(text, found, symbols, grammar, taken)
    return added


def _usual(here: Found, there: Found) -> Found:
    """The second member of a set: "setiap Senin dan Selasa", "setiap Senin pukul 08.00-10.00"."""
    if there.kinds != ("CK",):
        return there._replace(form="set")
    day = {"weekday": here.slots["weekday"]} if "weekday" in here.slots else {}
    return there.having(habit=1, **day)


def _from_to(gap: str, here: Found, there: Found, grammar: Grammar) -> bool:
    """Whether two weekdays begin and end a span, so that the second follows the first: "Senin hingga Rabu"."""
    if any("weekday" not in slots or "day" in slots for slots in (here.slots, there.slots)):
        return False
    return _is_span(gap, grammar)


def _opening_hours(together: list[Found], at: int, linked: set[int]) -> None:
    """Marks "Senin-Jumat pukul 08.00-16.00" as hours that hold on each of the days, where no tense says otherwise."""
    three = together[at : at + 3]
    if [found.kinds for found in three] != HOURS or any(found.start not in linked for found in three):
        return
    if not any({"tail", "unit"} & set(found.slots) for found in three):
        together[at : at + 3] = [found.having(hours=1) for found in three]


def _dated(text: str, together: list[Found], at: int, linked: set[int]) -> None:
    """Gives two weekdays the dates that follow in brackets: "Sabtu-Minggu (3-4/3)"."""
    days, dates = together[at : at + 2], together[at + 2 : at + 4]
    if any(found.kinds != ("WD",) for found in days) or any(found.start not in linked for found in (*days, *dates)):
        return
    if text[days[1].end : dates[0].start].strip() not in ("(", ",", ", ("):
        return
    for offset, (day, dated) in enumerate(zip(days, dates, strict=True)):
        together[at + offset] = day.having(**{n: dated.slots[n] for n in ("day", "month", "year") if n in dated.slots})


def _is_link(gap: str, links: frozenset[str], comma: bool = False) -> bool:
    """Whether the text between two members connects them: "-", "hingga", "s.d.", ", dan" (a bare comma in lists)."""
    gap = " ".join(gap.lower().split())
    return gap.removeprefix(",").strip() in links or (comma and gap == ",")


def _is_span(gap: str, grammar: Grammar) -> bool:
    """Whether the text between two members connects them as beginning and end."""
    return _is_link(gap, grammar.links) and not _is_link(gap, grammar.lists)


def _link_width(text: str, symbols: Symbols, index: int, grammar: Grammar, comma: bool) -> int:
    """How many symbols right before ``index`` are a link, 0 for none."""
    if not comma and symbols.string[index - 1] not in grammar.members["LINKEND"]:
        return 0
    begins = grammar.members["LINK"]
    for width in range(min(4, index - 1), 0, -1):
        if symbols.string[index - width] in begins and _is_link(
            text[symbols.ends[index - width - 1] : symbols.start(index)], grammar.links, comma
        ):
            return width
    return 0


def _connected(text: str, here: Found, there: Found, grammar: Grammar) -> bool:
    return there.start - here.end < FAR and _is_link(text[here.end : there.start], grammar.links)


def _apposed(text: str, here: Found, there: Found) -> bool:
    today = here.kinds[-1:] == ("DEI",) and here.slots.get("dayshift") == 0 and "from" not in here.slots
    dated = {"day", "month"} <= set(there.slots) and "hmonth" not in there.slots
    return today and "day" not in here.slots and dated and text[here.end : there.start] in (", ", " ", ",")


def _alike(here: Found, there: Found) -> bool:
    """Whether two connected expressions are of one sort, so that one may lend the other its parts."""
    if here.form != there.form or here.slots.get("bare") == "decade" or "pair" in there.slots:
        return False  # "era 80-an dan 90-an", but not "usia 40-an hingga 50-an"
    if here.kinds[-1:] == ("CENT",) and there.slots.get("bare") == "decade":
        return False  # "abad ke-5 dan 700-an orang"
    if here.kinds[-1:] in (("BAREYEAR",), ("YR",)) and there.kinds[:1] == ("BAREYEAR",):
        return here.slots.get("year", 0) <= there.slots.get("year", 0)  # type: ignore[operator]
    return True


def _filled(here: Found, there: Found) -> Found:
    """``here`` with what it lacks and ``there`` has: the month and year of the end of a range hold for its start."""
    slots, other = here.slots, there.slots
    if here.form == "duration" or "shift" in slots:  # "Maret tahun ini dan Mei 2020"
        return here
    if here.form == "feast":  # "H-3 hingga H+2 Lebaran"
        lent = ("feast", "year", "hyear") if "feast" not in slots else ()
        return here.having(**{name: other[name] for name in lent if name in other})
    new: Slots = {}
    if "day" in slots and "month" not in slots and "month" in other and "day" in other:
        new = {name: other[name] for name in INHERITED if name in other and name not in slots}
    elif "weekday" in slots and "weekday" in other and "day" not in slots and "day" not in other:
        new = {name: other[name] for name in ("unit", "shift", "tail") if name in other and name not in slots}
    elif ("month" in slots and "year" not in slots and "month" in other) or (
        ("quarter" in slots or "half" in slots) and "year" not in slots
    ):
        new = {name: other[name] for name in ("year", "unit", "shift") if name in other}
    return here.having(**new) if new else here


def _before(text: str, found: Found, symbols: Symbols, grammar: Grammar, taken: bytearray) -> list[Found]:
    """The members that stand as bare numbers before an expression: the 12 of "12-15 Maret", the 2 of "2-3 hari"."""
    out: list[Found] = []
    first = found.first
    short = found.kinds == ("DM",)
    day = (short or found.kinds[:1] == ("DT",)) and "day" in found.slots
    length = found.kinds[:1] == ("DUR",) and "n" in found.slots
    clock = found.kinds[:1] == ("CK",)
    era = found.kinds == ("YR",) and "bc" in found.slots
    if not (day or length or clock or era) or not (text[found.start].isdigit() or length):
        return out
    for _ in range(6):
        width = _link_width(text, symbols, first, grammar, bool(out))
        index = first - width - 1
        if not width or index < 0 or taken[index]:
            break
        if short and text[symbols.start(index) - 1 : symbols.start(index)] != "(":
            break  # scores and shares
        value, char = symbols.value(index), symbols.string[index]
        slots: Slots
        if short and not (isinstance(value, int) and value < int(found.slots["day"])):
            break
        if day and char in grammar.members["DAY"] and isinstance(value, int) and value < 32:
            slots = {name: found.slots[name] for name in INHERITED if name in found.slots} | {"day": value}
        elif length and char in grammar.members["NUM"] and isinstance(value, int | float):
            slots = {"n": value, "unit": found.slots["unit"]} if "unit" in found.slots else {}
        elif era and char in grammar.members["ANYYEAR"] and isinstance(value, int):
            slots = {"bc": value}  # "300–200 SM"
        elif clock and char in grammar.members["CLOCK"] and isinstance(value, dict):
            slots = {**value, **({"zone": found.slots["zone"]} if "zone" in found.slots else {})}
        else:
            break
        if not slots:
            break
        taken[index] = 1
        kind = "DM" if short else "DT" if day else "DUR" if length else "YR" if era else "CK"
        out.append(Found(symbols.start(index), symbols.ends[index], index, index + 1, "range", found.form, (kind,), slots))
        first = index
    return out


def _clock_after(text: str, found: Found, symbols: Symbols, grammar: Grammar, taken: bytearray) -> list[Found]:
    """The second clock of "pukul 08.00-10.00" where no zone follows."""
    if found.kinds[-1:] != ("CK",) or found.last + 1 >= len(symbols):
        return []
    index = found.last + 1
    if taken[index] or not _is_link(text[found.end : symbols.start(index)], grammar.links):
        return []
    value = symbols.value(index)
    if symbols.string[index] not in grammar.members["CLOCK"] or not isinstance(value, dict):
        return []
    taken[index] = 1
    clock = found._replace(start=symbols.start(index), end=symbols.ends[index], first=index, last=index + 1)
    return [clock._replace(rule="range", kinds=("CK",), slots=dict(value))]


def _numbers_after(text: str, found: Found, symbols: Symbols, grammar: Grammar, taken: bytearray) -> list[Found]:
    """The further members that stand as bare numbers behind a century, a quarter, a half year or a decade: "abad ke-7
    hingga ke-13", "kuartal I dan II 2017", "era 80-an dan 90-an"."""
    wanted = {
        "century": ("ORD", "ROMAN", "DAY"),
        "quarter": ("ORD", "ROMAN"),
        "half": ("ORD", "ROMAN"),
        "decade": ("SHORTDECADE",),
    }
    slot = next((name for name in wanted if name in found.slots), None)
    if slot is None or found.form != "calendar" or "year" in found.slots or "unit" in found.slots:
        return []
    out: list[Found] = []
    last = found.last
    for _ in range(6):
        index = next(
            (i for i in range(last + 1, min(last + 5, len(symbols))) if _member(symbols, i, wanted[slot], grammar)), None
        )
        if (
            index is None
            or taken[index]
            or not _is_link(text[symbols.ends[last - 1] : symbols.start(index)], grammar.links, True)
        ):
            break
        value, end = symbols.value(index), index + 1
        spelt = symbols.string[index] in grammar.members["ORD"] and not text[symbols.ends[index] - 1].isdigit()
        bare = symbols.string[index] in grammar.members["DAY"] and text[symbols.start(index)].isdigit()
        if bare and text[symbols.ends[last - 1] : symbols.start(index)] not in DASHES:
            break  # "abad ke-16–17", not "abad ke-16 dan 17 orang"
        if spelt and not (slot in ("quarter", "half") and _year_at(symbols, end, grammar)) and not _is_next(found, out, value):
            break  # "abad ke-19 dan ketiga negara", but "kuartal pertama dan kedua 2017"
        slots: Slots = (
            {slot: value[slot]}
            if isinstance(value, dict) and slot in value
            else {slot: value}
            if isinstance(value, int)
            else {}
        )
        slots["follows"] = 1
        if slot in ("quarter", "half") and (year := _year_at(symbols, end, grammar)):
            slots["year"] = year
            end += 1
        if slot not in slots:
            break
        for position in range(index, end):
            taken[position] = 1
        kinds = found.kinds[-1:]
        out.append(Found(symbols.start(index), symbols.ends[end - 1], index, end, "range", found.form, kinds, slots))
        last = end
    return out


def _year_after(text: str, found: Found, symbols: Symbols, grammar: Grammar, taken: bytearray) -> list[Found]:
    """The second year of "1914–18", of two digits; not of "1200-50", too far off, of "2014-03", or of "musim 2016-17"."""
    index = found.last + 1
    if found.rule != "year" or found.slots.keys() & {"bc", "tail"} or index >= len(symbols) or taken[index]:
        return []
    last, number = found.slots.get("year"), symbols.value(index)
    start, end = symbols.start(index), symbols.ends[index]
    if text[found.end : start] not in DASHES or end - start != 2 or not text[start:end].isdigit() or not isinstance(last, int):
        return []
    if not isinstance(number, int) or not 0 < number - last % 100 <= SPAN or last < FIRST or text[end : end + 1] in DASHES:
        return []
    if text[max(0, found.start - FAR) : found.start].lower().rstrip().endswith(tuple(grammar.guards["seasons"])):
        return []
    taken[index] = 1
    slots: Slots = {"year": last - last % 100 + number, "pair": 1}
    return [Found(start, end, index, index + 1, "range", found.form, ("BAREYEAR",), slots)]


def _early_year_after(text: str, found: Found, symbols: Symbols, grammar: Grammar, taken: bytearray) -> list[Found]:
    """The second year of "tahun 453 sampai 466", of three digits; not where it counts: "tahun 453 dan 466 orang"."""
    year = found.slots.get("year")
    if found.kinds != ("YR",) or not isinstance(year, int) or year >= FIRST or found.slots.keys() & {"bc", "tail"}:
        return []
    near = range(found.last + 1, min(found.last + 3, len(symbols)))
    index = next((at for at in near if _member(symbols, at, ("YEAR3",), grammar)), None)
    if index is None or taken[index] or not _is_link(text[found.end : symbols.start(index)], grammar.links):
        return []
    number = symbols.value(index)
    if not isinstance(number, int) or number <= year or counts_on(symbols, index, comma=False, grammar=grammar):
        return []
    taken[index] = 1
    start, end = symbols.start(index), symbols.ends[index]
    return [Found(start, end, index, index + 1, "range", found.form, ("YR",), {"year": number})]


def _is_next(found: Found, out: list[Found], value: object) -> bool:
    """Whether an ordinal in words goes on from a century in words: "abad kelima dan keenam"."""
    last = (out or [found])[-1].slots.get("century")
    number = value.get("century") if isinstance(value, dict) else value
    return isinstance(last, int) and isinstance(number, int) and number == last + 1


def _year_at(symbols: Symbols, index: int, grammar: Grammar) -> int:
    """The year that the symbol at ``index`` names, 0 for none."""
    if index >= len(symbols) or grammar.expressions.alphabet.kinds.get(symbols.string[index]) not in ("BAREYEAR", "YR"):
        return 0
    value = symbols.value(index)
    return int(value["year"]) if isinstance(value, dict) and "year" in value else 0


def _member(symbols: Symbols, index: int, classes: tuple[str, ...], grammar: Grammar) -> bool:
    kind = grammar.expressions.alphabet.kinds.get(symbols.string[index])
    if kind:
        return kind == "DEC2" and "SHORTDECADE" in classes
    return any(symbols.string[index] in grammar.members[name] for name in classes)
