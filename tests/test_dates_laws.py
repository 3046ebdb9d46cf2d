"""Laws of time expressions: offsets are true, nothing raises, the three forms of a value agree, work stays linear."""

from __future__ import annotations

import time
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peristiwa.dates import find_times
from peristiwa.dates.values import extent, month_end
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
( ) , . - – / Nomor Rp di pada Lebaran Natal Nyepi Ramadan Syawal
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
            assert found.earliest.startswith(head) or "Ramadan" in found.text or "Syawal" in found.text or " H" in text
        if len(head) == 10 and "X" not in head and "W" not in head:
            assert found.earliest == found.latest == head


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
