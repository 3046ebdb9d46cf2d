"""Laws of time expressions: offsets are true, nothing raises, the three forms of a value agree, work stays linear."""

from __future__ import annotations

import random
import re
import sys
import time
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import peristiwa.dates
from peristiwa.dates import find_times, lexer
from peristiwa.dates.automaton import Automaton, Reading
from peristiwa.dates.find import pieces
from peristiwa.dates.grammar import Grammar, Rule, atoms, load_grammar
from peristiwa.timex import extent, month_end
from peristiwa.types import TIME_TYPES, Time

VOCABULARY = """
Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember
Senin Selasa Rabu Kamis Jumat Sabtu Minggu
minggu pekan bulan tahun hari abad dekade jam menit kuartal semester
lalu ini depan mendatang kemarin besok lusa itu kemudian sebelumnya yang sama terakhir ke
pagi siang sore malam dini pukul WIB setempat waktu awal akhir pertengahan sekitar hampir lebih dari
setiap kali sekali dua tiga puluh belas setengah pertama kedua ke- satu seribu beberapa
1 2 12 31 99 30 0000 9999 1945 2018 17/8 17/8/1945 09.30 6,4 1990-an 44 SM H 1439 XIX I
'98 90-an 20-an 1x24 H-7 H+3 (12/3) 12/3 s.d. tanggal tgl nanti tadi sampai dengan hingga dan lagi
per belasan puluhan seabad sewindu II caturwulan windu pertama lebih Muharram 1343 masehi tiap hampir H- 99999999
( ) , . - – / Nomor Rp di pada Lebaran Natal Nyepi Ramadan Syawal puasa
paruh Q1 kuartal- versi zaman generasi kerja Budi mengatakan buka
"""
WORDS = [*VOCABULARY.split(), "\n", "\n\n"]
MONTHS, WEEKDAYS = WORDS[:12], WORDS[12:19]
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
PUBLISHED = st.one_of(st.none(), DAYS)
TEXTS = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=14).map("".join),
)


def is_sound(text: str, times: list[Time]) -> None:
    end = 0
    for number, found in enumerate(times, 1):
        assert found.id == f"D{number}"
        assert found.type in TIME_TYPES
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        assert found.text == found.text.strip()
        end = found.end


@settings(max_examples=400, deadline=None)
@given(TEXTS, PUBLISHED)
@example("31 Februari 2019", date(2018, 3, 14))
@example("99 abad lalu 9999 tahun lagi", date(1, 1, 1))
@example("1 Muharram 99999 H", None)
@example("٣ Maret ²²", None)
@example("İ Senin ǅ", date(9999, 12, 31))
def test_offsets_are_true_and_nothing_raises(text: str, published: date | None) -> None:
    is_sound(text, find_times(text, published))


@settings(max_examples=200, deadline=None)
@given(TEXTS, PUBLISHED)
def test_same_input_same_output(text: str, published: date | None) -> None:
    assert find_times(text, published) == find_times(text, published)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), PUBLISHED)
def test_interval_ties_with_value(text: str, published: date | None) -> None:
    for found in find_times(text, published):
        assert (found.earliest is None) == (found.latest is None)
        if found.value is None or "REF" in found.value or found.type in ("DURATION", "SET"):
            assert found.earliest is None
            continue
        if found.earliest is None or found.latest is None or found.value.startswith("BC"):
            continue
        assert date.fromisoformat(found.earliest) <= date.fromisoformat(found.latest)
        head = found.value.split("T")[0]
        if head[4:].replace("-", "").isdigit() or len(head) == 4:
            assert (
                found.earliest.startswith(head)
                or "Ramadan" in found.text
                or "Syawal" in found.text
                or "puasa" in found.text
                or " H" in text
            )
        if len(head) == 10 and "X" not in head and "W" not in head:
            assert found.earliest == found.latest == head


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("\n \n 12/3/2018\t'98  dikonfirmasiSelasa\n\n")
def test_symbols_cover_the_text(text: str) -> None:
    """Between two symbols stands nothing but white space, and a symbol is neither empty nor begins or ends with any."""
    symbols = lexer.lex(text, load_grammar("id").lexicon)
    end = 0
    for index in range(len(symbols)):
        assert not text[end : symbols.start(index)].strip()
        quoted, end = symbols.quote(index), symbols.ends[index]
        assert quoted == quoted.strip()
        assert quoted or "\n" in text
    assert len(symbols.string) == len(symbols)
    assert not text[end:].strip()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
@example("waktu Roma Timur 3 tahun 6 bulan lalu, awal September 1998 pukul 10.00 WIB")
def test_the_rules_are_read_at_once_as_one_by_one(text: str) -> None:
    grammar = load_grammar("id")
    for automaton, symbols in (
        (grammar.pieces, lexer.lex(text, grammar.lexicon)),
        (grammar.expressions, pieces(text, grammar)),
    ):
        string = symbols.string
        begins = {match.start() for match in re.finditer(f"(?={automaton.start.pattern})", string)}
        for index in range(len(string)):
            single = [(rule.regex.match(string, index), rule) for rule in automaton.rules if not rule.several]
            wanted = [(match.end() - index, rule.name) for match, rule in single if match and match.end() > index]
            found = [(one.length, one.compiled.name) for one in automaton.read(string, index) if not one.compiled.several]
            assert found == sorted(wanted, key=lambda pair: -pair[0])
            assert index in begins or not found


SUB_YEAR = {21: (3, 3), 22: (6, 3), 23: (9, 3), 24: (12, 3), 40: (1, 6), 41: (7, 6)}
SUB_YEAR |= {33 + n: (1 + 3 * n, 3) for n in range(4)} | {37 + n: (1 + 4 * n, 4) for n in range(3)}


def edtf_interval(edtf: str) -> tuple[str | None, str | None]:
    """First and last day of an EDTF expression, read here a second time and without the code under test."""
    if "/" in edtf:
        first, last = edtf.rstrip("~?%").split("/")
        return edtf_interval(first)[0], edtf_interval(last)[1]
    head = edtf.rstrip("~?%").split("T")[0]
    if head.startswith("-"):
        return f"{head}-01-01", f"{head}-12-31"
    year, month, day = (*head.split("-"), "", "")[:3]
    if year.startswith("XX") or year == "XXXX":
        return None, None
    if "X" in year:
        return f"{max(int(year.replace('X', '0')), 1):04d}-01-01", f"{year.replace('X', '9')}-12-31"
    if not month or month == "XX":
        return f"{year}-01-01", f"{year}-12-31"
    first, length = SUB_YEAR.get(int(month), (int(month), 1))
    ends = int(year) * 12 + first - 1 + length - 1
    last = f"{ends // 12:04d}-{ends % 12 + 1:02d}-{monthrange(ends // 12, ends % 12 + 1)[1]:02d}"
    return (f"{head}", f"{head}") if day and day != "XX" else (f"{year}-{first:02d}-01", last)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), PUBLISHED)
@example("musim dingin 2018 caturwulan III 2017 44 SM paruh kedua 1999", None)
@example("kuartal II 2016, semester I 2017, musim gugur 2015, awal abad ke-19", None)
def test_edtf_and_interval_are_the_same(text: str, published: date | None) -> None:
    for found in find_times(text, published):
        if found.edtf is None:
            unknown = found.value is None or found.type in ("DURATION", "SET") or "REF" in found.value or "X" in found.value
            assert unknown or found.earliest is None or found.value.startswith("BC"), found
            continue
        assert edtf_interval(found.edtf) == (found.earliest, found.latest), found


def value_interval(value: str) -> tuple[date, date]:
    """First and last day of a TIMEX3 value that is wholly known, read here a second time from the guidelines."""
    head = value.split("T")[0]
    if head.startswith("BC"):
        raise ValueError(value)  # before the calendar of Python
    if re.search("-W[0-9]", head):
        year, week, *weekend = head.replace("W", "").split("-")
        monday = date.fromisocalendar(int(year), int(week), 1)
        return (monday + timedelta(5) if weekend else monday), monday + timedelta(6)
    year, _, part = head.partition("-")
    if len(year) < 4:  # decades and centuries
        low, high = int(year.ljust(4, "0")), int(year.ljust(4, "9"))
        return date(max(low, 1), 1, 1), date(high, 12, 31)
    begins, months = {
        "": (1, 12), "H1": (1, 6), "H2": (7, 6), "Q1": (1, 3), "Q2": (4, 3), "Q3": (7, 3), "Q4": (10, 3),
        "SP": (3, 3), "SU": (6, 3), "FA": (9, 3), "WI": (12, 3),
    }.get(part) or (int(part[:2]), 1)  # fmt: skip
    if len(part) == 5:
        return date.fromisoformat(head), date.fromisoformat(head)
    last = int(year) * 12 + begins - 1 + months - 1
    return date(int(year), begins, 1), month_end(last // 12, last % 12 + 1)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), st.dates(date(1000, 1, 1), date(2900, 12, 31)))
@example("pekan lalu, akhir pekan ini, kuartal II 2016, abad ke-19, 1990-an", date(2018, 3, 14))
@example("paruh pertama abad ke-1, paruh kedua 1990-an, paruh pertama abad ke-19", date(2018, 3, 14))
@example("musim dingin 2018, paruh kedua 1999, Senin malam, awal Maret 2017, Selasa (12/3/2018)", date(2018, 3, 14))
def test_value_and_interval_are_the_same(text: str, published: date) -> None:
    """The interval is that of the value; START, MID and END and what has no value of its own lie within it."""
    for found in find_times(text, published):
        if found.earliest is None or found.latest is None or found.value is None or "X" in found.value:
            continue
        if (
            found.value.startswith("BC")
            or re.search(r"\bH\b", text)
            or {"Ramadan", "Syawal", "Muharram", "puasa"} & set(text.split())
        ):
            continue  # a Hijri month begins in the month that is its value
        first, last = (day.isoformat() for day in value_interval(re.sub("(?<=[0-9])T[A-Z]{2}$", "", found.value)))
        third = found.mod in ("START", "MID", "END") or (found.edtf or "")[5:7] in ("37", "38", "39")
        third = third or (len(found.value) < 4 and "/" in (found.edtf or ""))  # half of a decade or century
        if third and "T" not in found.value:
            assert first <= found.earliest <= found.latest <= last, found
        else:
            assert (first, last) == (found.earliest, found.latest), found


UNITS = {"tahun": "Y", "bulan": "M", "pekan": "W", "hari": "D", "jam": "H", "menit": "M", "detik": "S"}
NUMBERS = {
    1: "satu",
    2: "dua",
    3: "tiga",
    7: "tujuh",
    11: "sebelas",
    15: "lima belas",
    25: "dua puluh lima",
    120: "seratus dua puluh",
}
ROMAN = (
    "",
    "I",
    "II",
    "III",
    "IV",
    "V",
    "VI",
    "VII",
    "VIII",
    "IX",
    "X",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
    "XVI",
    "XVII",
    "XVIII",
    "XIX",
    "XX",
    "XXI",
)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, str]:
    """An expression with the type and the value that it must have, by a writer drawn at random."""
    year, number = draw(st.integers(1000, 2199)), draw(st.sampled_from(sorted(NUMBERS)))
    spelt = draw(st.sampled_from([str(number), NUMBERS[number]]))
    unit, month = draw(st.sampled_from(sorted(UNITS))), draw(st.integers(1, 12))
    third, quarter, nth = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 21))
    hour, minute = draw(st.integers(0, 23)), draw(st.integers(0, 59))
    day, weekday = draw(st.dates(date(1000, 1, 1), date(2199, 12, 31))), draw(st.integers(1, 7))
    mark = draw(st.sampled_from([".", ":"]))
    clock = "T" if unit in ("jam", "menit", "detik") else ""
    century = draw(st.sampled_from([f"abad ke-{nth}", f"abad {ROMAN[nth]}"]))
    return draw(
        st.sampled_from(
            [
                (f"tahun {year}", "DATE", str(year)),
                (f"bulan {MONTHS[month - 1]} {year}", "DATE", f"{year}-{month:02d}"),
                (f"{MONTHS[month - 1].upper()} {year}", "DATE", f"{year}-{month:02d}"),
                (f"{day.day} {MONTHS[day.month - 1]} tahun {day.year}", "DATE", day.isoformat()),
                (f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}", "DATE", day.isoformat()),
                (f"tahun {year // 10 * 10}-an", "DATE", str(year // 10)),
                (f"era {year // 10 * 10}an", "DATE", str(year // 10)),
                (century, "DATE", f"{nth - 1:02d}"),
                (f"tahun {year} SM", "DATE", f"BC{year}"),
                (f"kuartal {ROMAN[quarter]} {year}", "DATE", f"{year}-Q{quarter}"),
                (f"triwulan ke-{quarter} tahun {year}", "DATE", f"{year}-Q{quarter}"),
                (f"semester {(quarter + 1) // 2} {year}", "DATE", f"{year}-H{(quarter + 1) // 2}"),
                (f"{day.isoformat()} {hour:02d}:{minute:02d}", "TIME", f"{day.isoformat()}T{hour:02d}:{minute:02d}"),
                (
                    f"{day.day} {MONTHS[day.month - 1]} {day.year} pukul {hour:02d}{mark}{minute:02d} WITA",
                    "TIME",
                    f"{day.isoformat()}T{hour:02d}:{minute:02d}",
                ),
                (f"{spelt} {unit}", "DURATION", f"P{clock}{number}{UNITS[unit]}"),
                (f"setiap {spelt} {unit}", "SET", f"P{clock}{number}{UNITS[unit]}"),
                (f"setiap {WEEKDAYS[weekday - 1]}", "SET", f"XXXX-WXX-{weekday}"),
                (f"pekan ke-{nth} tahun {year}", "DATE", f"{year}-W{nth:02d}"),
                (f"caturwulan {ROMAN[third]} {year}", "DATE", str(year)),
            ]
        )
    )


@settings(max_examples=600, deadline=None)
@given(written(), st.sampled_from(["Rapat digelar pada {}.", "Ia menunggu {} di sana", "Sejak {}, kota itu sepi."]), PUBLISHED)
def test_what_is_written_comes_back(wanted: tuple[str, str, str], frame: str, published: date | None) -> None:
    text, kind, value = wanted
    assert [(t.text, t.type, t.value) for t in find_times(frame.format(text), published)] == [(text, kind, value)]


def generated(rule: Rule, grammar: Grammar, pick: random.Random, depth: int = 0) -> str:
    """A random string of a rule: every class becomes one of its words, every piece one of its rules."""
    words: dict[str, list[str]] = {
        name: [word for listed in table.values() for word in listed] for name, table in grammar.section.values.items()
    } | dict(grammar.section.words)
    numbers = {
        "INT": "7", "NUM": "2,5", "DAY": "12", "HOUR": "9", "YEAR": "1998", "ANYYEAR": "79", "YEAR3": "863", "YEAR2": "98",
        "SHORTYEAR": "'98", "ORD": "ke-3", "ROMAN": "IV", "CLOCK": "09.30", "FULLDATE": "12/3/2018",
        "SHORTDATE": "12/3", "ISODATE": "2018-03-12", "DECADE": "1990-an", "SHORTDECADE": "90-an", "HOURISH": "10-an",
        "TIMES": "1x24", "HALFTO": "setengah tujuh", "HALF": "setengah",
        "SPELT": "tiga", "SPELTDAY": "sebelas", "SPELTYEAR": "dua ribu satu", "CAP": "Roma",
    }  # fmt: skip

    def atom(name: str) -> str:
        pieces = [piece for piece in grammar.section.pieces if piece.kind == name]
        if pieces:
            return generated(pick.choice(pieces), grammar, pick, depth + 1)
        if name == "FEAST":
            return pick.choice(pick.choice(grammar.section.feasts).names).title()
        chosen = numbers.get(name) or pick.choice(words[name])
        return chosen.capitalize() if name in ("MONTH", "WEEKDAY", "HMONTH") else chosen

    tokens = list(atoms(rule.pattern, grammar.section.parts, rule.name))

    def sequence(position: int) -> tuple[list[str], int]:
        choices: list[list[str]] = [[]]
        while position < len(tokens):
            token = tokens[position]
            if token["operator"] == "|":
                choices.append([])
                position += 1
                continue
            if token["operator"] == ")":
                break
            if token["operator"] == "(":
                made, position = sequence(position + 1)
            else:
                made = [atom(token["upper"]) if token["upper"] else token["quoted"] or token["word"]]
            position += 1
            following = tokens[position]["operator"] if position < len(tokens) else None
            if following in ("?", "*"):
                position += 1
                made = made if pick.random() < 0.5 else []
            choices[-1] += made
        return pick.choice(choices), position

    return " ".join(sequence(0)[0]).replace(" - ", "-").replace("( ", "(").replace(" )", ")")


@pytest.mark.parametrize("rule", load_grammar("id").section.expressions, ids=lambda rule: rule.name)
def test_what_the_grammar_generates_is_found(rule: Rule) -> None:
    """Of 60 random strings of each rule nearly all hold a time, and all of them are sound."""
    grammar, pick = load_grammar("id"), random.Random(rule.name)
    found = 0
    for _ in range(60):
        text = FRAMES.get(rule.name, "Ia tiba 3 Mei 2012. Rapat digelar pada {} di kota itu.").format(
            generated(rule, grammar, pick)
        )
        times = find_times(text, date(2018, 3, 14))
        is_sound(text, times)
        found += len(times) > 1
    assert found >= (60 if rule.name in SURE else 30), f"{rule.name}: {found} of 60"


FRAMES = {  # what is no time alone
    "short-date-in-range": "Rapat digelar Sabtu-Minggu (3-{}) di kota itu.",
    "short-decade-alone": "Ia tiba 3 Mei 2012. Rapat dihadiri generasi {} di kota itu.",
}
SURE = ("weekday-led", "date-led", "ago", "month", "set")


@given(st.dates(date(1000, 1, 1), date(2199, 12, 31)))
def test_interval_of_days_months_and_years(day: date) -> None:
    assert extent(day.isoformat()).earliest == extent(day.isoformat()).latest == day.isoformat()
    month = extent(day.isoformat()[:7])
    assert month.earliest == day.replace(day=1).isoformat()
    assert month.latest == month_end(day.year, day.month).isoformat()
    thirds = [extent(day.isoformat()[:7], mod) for mod in ("START", "MID", "END")]
    assert thirds[0].earliest == month.earliest
    assert thirds[2].latest == month.latest
    for one, two in pairwise(thirds):  # the thirds follow each other without a gap
        assert one.latest is not None
        assert (date.fromisoformat(one.latest) + timedelta(days=1)).isoformat() == two.earliest


@given(st.dates(date(1000, 1, 1), date(2199, 12, 31)), st.integers(0, 3))
def test_written_dates_come_back(day: date, style: int) -> None:
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    written = (
        f"{day.day} {month} {day.year:04d}",
        f"{weekday} ({day.day}/{day.month}/{day.year:04d})",
        f"hari {weekday} tanggal {day.day} {month} {day.year:04d}",
        day.isoformat(),
    )[style]
    (found,) = find_times(f"Rapat digelar pada {written}.")
    assert (found.text, found.value, found.anchor) == (written, day.isoformat(), "explicit")


@given(st.dates(date(1000, 1, 1), date(2199, 12, 31)), st.integers(0, 6))
def test_a_weekday_against_its_date_is_flagged(day: date, weekday: int) -> None:
    (found,) = find_times(f"Rapat digelar {WEEKDAYS[weekday]} ({day.day}/{day.month}/{day.year:04d}).")
    assert (found.value, found.earliest) == (day.isoformat(), day.isoformat())
    assert found.edtf == day.isoformat() + ("" if day.weekday() == weekday else "?")


@given(DAYS.filter(lambda day: date(2, 1, 1) < day < date(9998, 1, 1)), st.sampled_from(range(7)))
def test_a_bare_weekday_lies_in_the_week_before_publication(published: date, weekday: int) -> None:
    (found,) = find_times(f"Rapat digelar {WEEKDAYS[weekday]}.", published)
    assert found.value is not None
    day = date.fromisoformat(found.value)
    assert day.weekday() == weekday
    assert 0 <= (published - day).days < 7


@settings(deadline=None)
@given(st.integers(1, 99), st.sampled_from(["tahun", "bulan", "pekan", "hari"]), DAYS)
def test_ago_and_later_are_inverse(count: int, unit: str, published: date) -> None:
    back, forth = (find_times(f"Ia tiba {count} {unit} {word}.", published)[0].earliest for word in ("lalu", "lagi"))
    if back and forth:
        assert back <= published.isoformat()
        assert forth >= published.isoformat()[:4]


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "1",
            "(",
            "12/",
            "12/3/",
            "1.",
            "1.a",
            "a'",
            "2018-",
            "2018, ",
            "12 Maret ",
            "Senin, ",
            "pukul 10.00-",
            "\n ",
        ),
        *(
            "dua ",
            "ke-",
            "'98",
            "1x2",
            "Mei Lan ",
            "Mei ",
            "awal ",
            "setengah ",
            "hari itu ",
            "tanggal 3, ",
            "hari ini, ",
        ),
        *("2-", "tahun ", "seratus dua puluh ", "antara ", "s.d. ", '"', "Minggu lalu "),
    ],
)
def test_work_is_linear(unit: str) -> None:
    """100,000 characters take about a second; anything that grows with the square would take minutes."""
    text = (unit * 100_000)[:100_000]
    started = time.process_time()
    is_sound(text, find_times(text, date(2018, 3, 14)))
    assert time.process_time() - started < 15


@dataclass
class Counted:
    """A pattern that counts the positions it reads."""

    pattern: re.Pattern[str]
    steps: list[int]

    def match(self, text: str, at: int = 0) -> re.Match[str] | None:
        found = self.pattern.match(text, at)
        self.steps[0] += 1 + (found.end() - at if found else 0)
        return found

    def search(self, text: str, at: int = 0) -> re.Match[str] | None:
        found = self.pattern.search(text, at)
        self.steps[0] += 1 + (found.start() if found else len(text)) - at
        return found

    def findall(self, text: str, at: int = 0, end: int = sys.maxsize) -> list[str]:
        found: list[str] = self.pattern.findall(text, at, end)
        self.steps[0] += len(found)
        return found

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        for found in self.pattern.finditer(text):
            self.steps[0] += 1
            yield found


class Watched(Automaton):
    """An automaton that counts the symbols that it walks over and those that its rules read."""

    def __init__(self, automaton: Automaton, steps: list[int]) -> None:
        rules = [replace(rule, regex=Counted(rule.regex, steps)) for rule in automaton.rules]  # type: ignore[arg-type]
        super().__init__(rules, automaton.alphabet)
        self.start = Counted(self.start, steps)  # type: ignore[assignment]
        self.steps = steps

    def read(self, string: str, index: int) -> tuple[Reading, ...]:
        self.steps[0] += min(self.longest, len(string) - index)
        return super().read(string, index)


QUOTED = '"Hari ini kami pergi," kata Budi, Selasa (13/3).\n'


@pytest.mark.parametrize("unit", ["1", "(", "12/", "12 Maret ", "Mei Lan ", "dua ", "kuartal I dan ", QUOTED])
def test_a_megabyte_takes_steps_in_proportion(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens, positions searched and rules tried: at most so many for each character, and not more for longer texts."""
    steps = [0]

    def counted(thing: Any) -> Any:
        return Counted(thing, steps)

    grammar = load_grammar("id")
    watched = replace(
        grammar,
        pieces=Watched(grammar.pieces, steps),
        expressions=Watched(grammar.expressions, steps),
        lexicon=replace(grammar.lexicon, spelling=counted(grammar.lexicon.spelling)),
    )
    monkeypatch.setattr(lexer, "TOKEN", counted(lexer.TOKEN))
    monkeypatch.setattr(lexer, "TOKENS", counted(lexer.TOKENS))
    monkeypatch.setattr(peristiwa.dates, "_grammar", lambda language: watched)
    taken = []
    for size in (62_500, 1_000_000) if len(unit) <= 3 else (31_250, 125_000):
        steps[0] = 0
        find_times((unit * size)[:size], date(2018, 3, 14))
        taken.append(steps[0] / size)
    assert taken[1] <= 60
    assert taken[1] <= taken[0] * 1.05 + 0.01
