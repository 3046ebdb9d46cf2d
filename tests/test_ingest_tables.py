"""Tables in (JSON lines, CSV, Parquet), a Document or a Failure per row; metadata.csv beside text files."""

from __future__ import annotations

import csv
import datetime
import io
import json
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

from peristiwa.ingest import read_documents
from peristiwa.types import Document, Failure
from reading import failure, one, read

ROWS = [
    {
        "doc_id": "satu",
        "text": "Teks satu.",
        "published": "2018-03-14",
        "title": "Judul",
        "language": "ms",
        "source": "s",
    },
    {"doc_id": "", "text": "Teks dua,\nbaris dua.", "published": "", "title": "", "language": "", "source": ""},
]


def as_jsonl(rows) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def as_csv(rows, delimiter=",") -> str:
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_table(path: Path, rows) -> Path:
    if path.suffix == ".parquet":
        pd.DataFrame(rows).to_parquet(path)
    else:
        text = as_csv(rows) if path.suffix == ".csv" else as_jsonl(rows)
        path.write_text(text, encoding="utf8", newline="")
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_tables(tmp_path, suffix):
    path = write_table(tmp_path / f"tabel{suffix}", [{**row, "extra": 1} for row in ROWS])
    assert read(path) == [
        Document("satu", "Teks satu.", "s", "ms", datetime.date(2018, 3, 14), "Judul"),
        Document("tabel-2", "Teks dua,\nbaris dua.", f"{path}:2"),
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_only_text_is_required(tmp_path, suffix):
    path = write_table(tmp_path / f"t{suffix}", [{"text": "Satu."}, {"text": ""}, {"text": "Tiga."}])
    results = read(path)
    assert [result.doc_id for result in results] == ["t-1", "t-2", "t-3"] if suffix != ".csv" else ["t-1", "t-2"]
    assert isinstance(results[-1], Document)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_without_text_are_failures(tmp_path, suffix):
    path = write_table(tmp_path / f"t{suffix}", [{"isi": "Satu.", "judul": "x"}])
    assert failure(path).reason.startswith("there is no column 'text'")
    assert failure(path).reason.endswith("found 'isi', 'judul'.")


def test_bad_lines_of_jsonl_are_failures_with_their_number(write):
    lines = [
        '\ufeff{"text": "Satu."}',
        "{rusak",
        "",
        '["daftar"]',
        '{"teks": "x"}',
        '{"text": 5}',
        '{"text": "\\ud800"}',
        '{"text": "Tujuh.", "doc_id": 7, "published": "14/3/18"}',
        '{"text": "Delapan.", "doc_id": 8, "published": "2018-03-14T09:30:00Z"}',
        '{"text": "Sembilan.", "title": ["x"]}',
    ]
    path = write("t.jsonl", b"\n".join([*map(str.encode, lines), b'{"text": "Kaf\xe9"}', b'{"text": "Dua belas."}']))
    results = {result.doc_id: result for result in read(path)}
    reasons = {doc_id: result.reason for doc_id, result in results.items() if isinstance(result, Failure)}
    assert {doc_id for doc_id in results if doc_id not in reasons} == {"t-1", "8", "t-12"}
    assert results["8"].published == datetime.date(2018, 3, 14)
    assert reasons["t-2"].startswith("line 2: not JSON")
    assert reasons["t-4"] == "line 4: expected a JSON object, found list."
    assert reasons["t-5"] == "line 5: the text is missing."
    assert reasons["t-6"] == "line 6: the text is of type int, not a string."
    assert reasons["t-7"].startswith("undecodable: a lone surrogate")
    assert reasons["7"] == "its date of publication '14/3/18' is not of the form 2018-03-14."
    assert reasons["t-10"] == "its title is of type list, not a string."
    assert reasons["t-11"] == "line 11: undecodable: not UTF-8 at byte 13. Save it as UTF-8."
    assert results["t-2"].source == f"{path}:2"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.jsonl", b"", "empty"),
        ("t.csv", b"", "empty"),
        ("t.csv", b"text\n", "empty"),
        ("t.parquet", b"", "not a Parquet file"),
        ("t.parquet", b"text\nSatu.\n", "not a Parquet file"),
        ("t.csv", b"PAR1\x00\x01\xff", "binary: this is a Parquet file"),
    ],
)
def test_empty_and_broken_tables_are_failures(write, name, content, said):
    result = failure(write(name, content))
    assert result.doc_id == "t"
    assert result.reason.startswith(said), result.reason


def test_a_broken_line_does_not_hide_the_file(write):
    assert failure(write("t.jsonl", b"\x00\x01\x02")).reason.startswith("line 1: not JSON")


def test_csv_of_other_delimiters_and_encodings(write):
    text = as_csv([{"text": "Kafé; ramai", "title": "“A”"}], delimiter=";")
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        document = one(write("t.csv", text.encode(encoding)))
        assert (document.text, document.title) == ("Kafé; ramai", "“A”")


def test_bad_rows_of_csv_are_failures_with_their_line(write):
    path = write("t.csv", 'text,title\n"dua\nbaris",a\nsatu,b,c,d\ntiga,e\n"empat" x,f\nlima,g\n"tak ditutup,h\nenam,i\n')
    results = read(path)
    assert [result.text if isinstance(result, Document) else result.reason[:8] for result in results] == [
        "dua\nbaris",
        "line 4: ",
        "tiga",
        "line 6: ",
        "lima",
        "line 8: ",
    ]


def test_a_long_cell_is_no_failure(write):
    text = "kata " * 100_000
    assert one(write("t.csv", as_csv([{"text": text}]))).text == text


def test_dates_and_missing_values_as_pandas_writes_them(tmp_path):
    frame = pd.DataFrame({"doc_id": [1.0, None], "text": ["Satu.", "Dua."], "published": pd.to_datetime(["2018-03-14", None])})
    frame.to_parquet(tmp_path / "t.parquet")
    results = read(tmp_path / "t.parquet")
    assert [result.doc_id for result in results] == ["1", "t-2"]
    assert [result.published for result in results] == [datetime.date(2018, 3, 14), None]


def test_doubled_ids_are_told_apart(write, tmp_path):
    rows = [{"doc_id": "a", "text": "Satu."}, {"doc_id": "a", "text": "Dua."}]
    write("t.jsonl", as_jsonl(rows))
    write("a.txt", "Nol.")
    assert [(result.doc_id, result.text) for result in read(tmp_path)] == [
        ("a", "Nol."),
        ("a@t.jsonl:1", "Satu."),
        ("a@t.jsonl:2", "Dua."),
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_tables_are_read_as_streams(tmp_path, suffix):
    if suffix == ".parquet":
        frame = pd.DataFrame({"text": [f"{n} " + "kata " * 2000 for n in range(1500)]})
        frame.to_parquet(tmp_path / "t.parquet", row_group_size=100, compression=None)
    else:
        write_table(tmp_path / f"t{suffix}", ({"text": f"{n} " + "kata " * 2000} for n in range(1500)))
    assert (tmp_path / f"t{suffix}").stat().st_size > 14e6 or suffix == ".parquet"
    tracemalloc.start()
    try:
        count = sum(isinstance(result, Document) for result in read_documents([tmp_path / f"t{suffix}"]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 1500
    assert peak < 9e6


# metadata.csv


def test_metadata_beside_text_files(write, tmp_path):
    write(
        "metadata.csv",
        "doc_id,published,title,language,source,register\n"
        "a,2018-03-14,Judul A,ms,arsip,berita\n"
        "b.txt,,,,,\n"
        "c,14 Maret 2018,,,,\n"
        "d,2018-03-14,,,,\nd,2018-03-15,,,,\n",
    )
    for name in "abcde":
        write(f"{name}.txt", "Halo.")
    a, b, c, d, e = read(tmp_path)
    assert a == Document("a", "Halo.", "arsip", "ms", datetime.date(2018, 3, 14), "Judul A")
    assert b == Document("b", "Halo.", str(tmp_path / "b.txt"))
    assert c.reason == "its date of publication '14 Maret 2018' is not of the form 2018-03-14."
    assert d.reason == f"{tmp_path / 'metadata.csv'} has two rows for 'd'. Keep one."
    assert isinstance(e, Document)
    assert one(tmp_path / "a.txt").published == datetime.date(2018, 3, 14)


def test_broken_metadata_is_told_and_not_passed_over(write):
    write("metadata.csv", "id,published\na,2018-03-14\n")
    path = write("a.txt", "Halo.")
    assert "there is no column 'doc_id'" in failure(path).reason
