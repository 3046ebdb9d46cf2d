"""Time expressions: hand-written cases, the examples that stand beside the rules, and the parts below them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.dates import find_times
from peristiwa.dates.grammar import Example, compile_grammar, load_grammar
from peristiwa.dates.lexer import lex
from peristiwa.dates.numbers import read_number, read_roman
from peristiwa.errors import SettingsError
from peristiwa.language import Language, load_language
from peristiwa.timex import day_number, extent, numbered_day

DEFAULT = "2018-03-14"
CASES: list[dict] = yaml.safe_load((Path(__file__).parent / "dates_cases.yaml").read_text(encoding="utf-8"))


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_case(case: dict) -> None:
    language = load_language(case["language"]) if "language" in case else None
    found = find_times(case["text"], day(case.get("published", DEFAULT)), language)
    wanted = [(text, kind, None if value is None else str(value), *mod) for text, kind, value, *mod in case["times"]]
    assert [(t.text, t.type, t.value, *([t.mod] if t.mod else [])) for t in found] == wanted
    if "edtf" in case:
        assert [t.edtf for t in found] == case["edtf"]


def test_there_are_enough_cases() -> None:
    assert all({"text", "times"} <= set(case) <= {"text", "published", "language", "times", "edtf"} for case in CASES)
    assert len({(case["text"], case.get("published", DEFAULT)) for case in CASES}) == len(CASES) >= 600
    assert sum(not case["times"] for case in CASES) >= 100, "what is no time needs cases too"


def examples(code: str) -> list[tuple[str, Example]]:
    section = load_grammar(code).section
    return [(rule.name, example) for rule in (*section.pieces, *section.expressions) for example in rule.examples]


@pytest.mark.parametrize("code", ["id", "en"])
def test_examples_beside_the_rules(code: str) -> None:
    language = load_language(code)
    wrong = []
    for name, example in examples(code):
        found = find_times(example.text, day(example.published), language)
        got = {t.text: f"{t.value}{' ' + t.mod if t.mod else ''}" for t in found}
        if got != {text: str(value) for text, value in example.finds.items()}:
            wrong.append(f"{name}: {example.text}: wanted {example.finds}, got {got}")
    assert not wrong, "\n".join(wrong)


def test_times_are_numbered_and_quoted() -> None:
    text = "Ia lahir 3 Mei 2012, lalu pindah pada 2015."
    found = find_times(text)
    assert [time.id for time in found] == ["D1", "D2"]
    assert all(text[time.start : time.end] == time.text for time in found)


@pytest.mark.parametrize(
    ("text", "published", "anchor"),
    [
        ("Ia lahir 3 Mei 2012.", "2018-03-14", "explicit"),
        ("Ia tiba kemarin.", "2018-03-14", "publication"),
        ("Ia lahir 3 Mei 2012. Keesokan harinya hujan.", "2018-03-14", "narrative"),
        ("Ia tiba kemarin.", None, "unresolved"),
        ("Ia tiba pada Maret.", None, "unresolved"),
    ],
)
def test_anchor(text: str, published: str | None, anchor: str) -> None:
    assert find_times(text, day(published))[-1].anchor == anchor


@pytest.mark.parametrize(
    ("value", "mod", "edtf", "earliest", "latest"),
    [
        ("2019-12", None, "2019-12", "2019-12-01", "2019-12-31"),
        ("2016-02", None, "2016-02", "2016-02-01", "2016-02-29"),
        ("2019", "END", "2019-09-01/2019-12-31~", "2019-09-01", "2019-12-31"),
        ("2019-04", "START", "2019-04-01/2019-04-10~", "2019-04-01", "2019-04-10"),
        ("1965", "APPROX", "1965~", "1965-01-01", "1965-12-31"),
        ("199", None, "199X", "1990-01-01", "1999-12-31"),
        ("18", None, "18XX", "1800-01-01", "1899-12-31"),
        ("2020-Q3", None, "2020-35", "2020-07-01", "2020-09-30"),
        ("2020-H1", None, "2020-40", "2020-01-01", "2020-06-30"),
        ("2018-W10", None, "2018-03-05/2018-03-11", "2018-03-05", "2018-03-11"),
        ("2018-W11-WE", None, "2018-03-17/2018-03-18", "2018-03-17", "2018-03-18"),
        ("BC0044", None, "-0043", "-0043-01-01", "-0043-12-31"),
        ("XXXX-03", None, "XXXX-03", None, None),
        ("2017-XX-XX", None, "2017-XX-XX", "2017-01-01", "2017-12-31"),
        ("2018-03-12TNI", None, "2018-03-12", "2018-03-12", "2018-03-12"),
        ("2018-03-12T09:30", None, "2018-03-12T09:30:00", "2018-03-12", "2018-03-12"),
        ("2018-02-30", None, None, None, None),
        ("PRESENT_REF", None, None, None, None),
        ("P2W", None, None, None, None),
        ("XXXX-WXX-1", None, None, None, None),
    ],
)
def test_extent(value: str, mod: str | None, edtf: str | None, earliest: str | None, latest: str | None) -> None:
    found = extent(value, mod)
    assert (found.edtf, found.earliest, found.latest) == (edtf, earliest, latest)


def test_zone_goes_into_edtf() -> None:
    (time,) = find_times("Rapat digelar 12 Maret 2018 pukul 09.30 WITA.")
    assert time.edtf == "2018-03-12T09:30:00+08:00"


def test_wrapped_lines_are_read_as_one() -> None:
    text = "Sidang perkara itu menurut jadwal akan digelar\npada Senin. Gedungnya dibangun sejak\n"
    text += "tahun 1975 dan dipugar\npada 2001. Ia lahir 3\nMei 1960 di Solo."
    found = find_times(text, date(2018, 3, 14))
    assert [(t.text, t.value) for t in found] == [
        ("Senin", "2018-03-19"),
        ("tahun 1975", "1975"),
        ("2001", "2001"),
        ("3\nMei 1960", "1960-05-03"),
    ]
    assert find_times("Sidang akan digelar\n\nSenin hujan turun.", date(2018, 3, 14))[0].value == "2018-03-12"


def test_hijri_month_has_its_own_interval() -> None:
    (time,) = find_times("Pasar ramai selama bulan Ramadan 1439 H.")
    assert (time.edtf, time.earliest, time.latest) == ("2018-05-16/2018-06-14", "2018-05-16", "2018-06-14")


def test_year_inside_the_name_of_an_event_is_no_time() -> None:
    spacy = pytest.importorskip("spacy")
    doc = spacy.blank("id")("Panitia menutup pameran Jakarta pada 2019.")
    assert [time.text for time in find_times(doc)] == ["2019"]
    doc.ents = [doc.char_span(doc.text.index("pameran"), doc.text.index("."), label="EVT")]
    assert find_times(doc) == []


def test_numbers() -> None:
    assert [read_roman(text) for text in ("IV", "XIX", "XXXIX", "IIII", "", "ABC")] == [4, 19, 39, None, None, None]
    assert [read_number(text, ",") for text in ("2.500", "6,4", "1.25", "12.500,5", "9" * 40)] == [
        2500,
        6.4,
        None,
        12500.5,
        None,
    ]
    symbols = lex("dua puluh lima, ke-19, seratus dua puluh", load_grammar("id").lexicon)
    assert [symbols.value(index) for index in range(len(symbols)) if symbols.quote(index) != ","] == [25, 19, 120]


def test_language_without_dates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no section 'dates'"):
        compile_grammar(Language("xx", tmp_path / "xx.yaml", {}))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("NOSUCHCLASS", "no word has the class"),
        ("@nosuchpart", "no part is named"),
        ("a $ b", "cannot read the pattern"),
    ],
)
def test_wrong_pattern_is_refused(tmp_path: Path, pattern: str, message: str) -> None:
    sections = {"dates": {**load_language("en").section("dates")}}
    rule = {"name": "wrong", "kind": "DT", "pattern": pattern, "examples": [{"text": "x"}]}
    sections["dates"]["pieces"] = [*sections["dates"]["pieces"], rule]
    with pytest.raises(SettingsError, match=message):
        compile_grammar(Language("xx", tmp_path / "xx.yaml", sections))


def test_rule_without_example_is_refused(tmp_path: Path) -> None:
    sections = {"dates": {**load_language("en").section("dates")}}
    sections["dates"]["pieces"] = [{"name": "bare", "kind": "DT", "pattern": "YEAR"}]
    with pytest.raises(SettingsError, match="examples"):
        compile_grammar(Language("xx", tmp_path / "xx.yaml", sections))


def test_importing_dates_loads_nothing_heavy() -> None:
    code = "import sys, peristiwa.dates; print([m for m in ('spacy', 'torch', 'holidays', 'hijridate') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_command_prints_times_as_rows_and_as_json(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from peristiwa.cli import app

    file = tmp_path / "kabar.txt"
    file.write_text("Sidang digelar Senin (12/3) malam, lalu dilanjutkan\nbesok.", encoding="utf-8")
    runner = CliRunner()
    rows = runner.invoke(app, ["dates", str(file), "--published", "2018-03-14"])
    assert rows.exit_code == 0
    assert [row.split("\t")[0:5] + row.split("\t")[-1:] for row in rows.stdout.splitlines()] == [
        ["kabar", "15", "33", "TIME", "2018-03-12TNI", "Senin (12/3) malam"],
        ["kabar", "52", "57", "DATE", "2018-03-15", "besok"],
    ]
    told = json.loads(runner.invoke(app, ["dates", str(file), "--published", "2018-03-14", "--json"]).stdout)
    assert [(time["text"], time["value"], time["anchor"]) for time in told["times"]] == [
        ("Senin (12/3) malam", "2018-03-12TNI", "publication"),
        ("besok", "2018-03-15", "publication"),
    ]


def test_command_reads_another_language(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from peristiwa.cli import app

    file = tmp_path / "news.txt"
    file.write_text("She left yesterday.", encoding="utf-8")
    done = CliRunner().invoke(app, ["dates", str(file), "--published", "2018-03-14", "--language", "en"])
    assert "\t2018-03-13\t" in done.stdout


TML = """<?xml version="1.0" ?>
<TimeML xsi:noNamespaceSchemaLocation="http://timeml.org/timeMLdocs/TimeML_1.2.1.xsd">
<DOCID>uji</DOCID>
<DCT><TIMEX3 tid="t0" type="{type}" value="{dct}" functionInDocument="CREATION_TIME">{dct}</TIMEX3></DCT>
<TITLE>Sidang Ditunda</TITLE>
<TEXT>
Sidang di Solo ditunda
<TIMEX3 tid="t1" type="DATE" value="2018-03-13">kemarin</TIMEX3>. Hakim
sakit sejak <TIMEX3 tid="t2" type="TIME" value="2018-03-12TNI">Senin malam</TIMEX3>
dan dirawat <TIMEX3 tid="t3" type="DURATION" value="P2D">dua hari</TIMEX3>. Sidang berikutnya
akan digelar <TIMEX3 tid="t4" type="TIME" value="2018-03-19T10:00">Senin pukul 10.00 WIB</TIMEX3> &amp; terbuka.
</TEXT>
</TimeML>
"""


@pytest.mark.parametrize(("type", "dct"), [("DATE", "2018-03-14"), ("TIME", "2018-03-14T08:15"), ("DATE", "20180314")])
def test_timeml_counts_from_its_creation_time(tmp_path: Path, type: str, dct: str) -> None:
    from peristiwa.evaluate import evaluate_times

    (tmp_path / "uji.tml").write_text(TML.format(type=type, dct=dct), encoding="utf-8")
    scores = evaluate_times(tmp_path, find_times)
    assert {name: (score.correct, score.gold, score.predicted) for name, score in scores.layers.items()} == dict.fromkeys(
        ("time strict", "time relaxed", "time type", "time value"), (4, 4, 4)
    )


@given(st.integers(-3_600_000, date.max.toordinal()))
def test_days_are_numbered_through_all_years(number: int) -> None:
    told = numbered_day(number)
    assert day_number(told) == number
    if number > 0:
        assert told == date.fromordinal(number).isoformat()


def test_days_before_the_year_1() -> None:
    assert day_number("0000-12-31") == 0
    assert day_number("0000-03-01") - day_number("0000-02-28") == 2  # 1 BC is a leap year
    assert day_number("-0001-12-31") == day_number("0000-01-01") - 1
    assert numbered_day(-146_096) == "-0399-01-01"
