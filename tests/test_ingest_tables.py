"""Tables in (JSON lines, CSV, Parquet), a Document or a Failure per row; metadata.csv beside text files."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import json
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

from peristiwa.ingest import read_documents, stray_rows
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
        text = as_jsonl(rows) if path.suffix == ".jsonl" else as_csv(rows, "\t" if path.suffix == ".tsv" else ",")
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
    assert reasons["t-5"] == "line 5: the text is missing; found 'teks'."
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
    for encoding in ("cp1252", "utf-16", "utf-8-sig", "utf-32"):
        document = one(write("t.csv", text.encode(encoding)))
        assert (document.text, document.title) == ("Kafé; ramai", "“A”")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_tables_in_utf_16_without_a_mark(write, encoding):
    assert one(write("t.csv", "text,title\nKafé,b\n".encode(encoding))).text == "Kafé"
    assert one(write("t.jsonl", '{"text": "Kafé"}\r\n'.encode(encoding))).text == "Kafé"


def test_a_legacy_byte_late_in_a_file_of_ascii_is_read(write):
    path = write("t.csv", b"text\n" + b"kata " * 300_000 + b"\n" + "“Kafé”\n".encode("cp1252"))
    assert [result.text for result in read(path)][1:] == ["“Kafé”"]


@pytest.mark.parametrize(
    "content", ['[\n{"text": "a"},\n{"text": "b"}\n]\n', '[{"text": "a"},\n{"text": "b"}]', '\ufeff{\n "text": "a"\n}\n']
)
def test_json_over_several_lines_is_one_failure(write, content):
    assert failure(write("t.jsonl", content)).reason.startswith("line 1: JSON that goes over several lines. Write one object a")


def test_the_language_of_a_row_may_be_in_capitals(write):
    assert one(write("t.jsonl", '{"text": "a", "language": "ID"}')).language == "id"


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


CLOSE = 'Close it, and write a quote that belongs to the text twice ("").'


@pytest.mark.parametrize(
    ("rows", "told", "read_all_the_same"),
    [
        ('a,"b\nc,d\ne,f\n', f"line 2: the quote that opens here is not closed by the end of the file (line 4); {CLOSE}", []),
        ('"a\nb","c\nd\n', f"line 3: the quote that opens here is not closed by the end of the file (line 4); {CLOSE}", []),
        ('a,"b\nc,"d"\ne,f\n', f"line 2: the quote that opens here closes in line 3 only, and in mid-cell; {CLOSE}", ["e"]),
        ('"a" b,c\ne,f\n', "line 2: a quoted cell goes on after its closing quote. Write a quote", ["e"]),
        ('"a ""b"" ,c\n"d",e\n', f"line 2: the quote that opens here closes in line 3 only, and in mid-cell; {CLOSE}", []),
    ],
)
def test_a_quote_that_goes_wrong_is_told_where_it_opens(write, rows, told, read_all_the_same):
    first, *others = read(write("t.csv", "text,title\n" + rows))
    assert first.reason.replace("nothing in between could be read. ", "").startswith(told)
    assert [document.text for document in others] == read_all_the_same


@pytest.mark.parametrize(
    ("content", "lines_before"),
    [("\n \n;;\ntext;title\n", 4), ("sep=;\r\ntext;title\r\n", 2), ('"sep=;"\n\nTitle;Text\n', 3)],
)
def test_what_stands_before_the_header_is_passed_over(write, content, lines_before):
    path = write("t.csv", content + "satu, dua;tiga, empat\n'a;b;c;d\n")
    document, failed = read(path)
    assert sorted((document.text, document.title)) == ["satu, dua", "tiga, empat"]
    assert failed.reason.startswith(f"line {lines_before + 2}: 4 cells")


def test_empty_lines_alone_have_no_header(write):
    assert failure(write("t.csv", "\n\n")).reason == "there is no column 'text' in the header line; found nothing."


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet"])
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("publised", "published"),
        ("titel", "title"),
        ("sources", "source"),
        ("doc-id", "doc_id"),
        ("publisher", None),
        ("tit", None),
    ],
)
def test_a_column_that_is_misspelt_is_told(tmp_path, suffix, name, meant):
    path = write_table(tmp_path / f"t{suffix}", [{"text": "Satu.", name: "x"}])
    [result] = read(path)
    if meant is None:
        assert isinstance(result, Document)
    else:
        assert f"there is a column {name!r}. If it is {meant!r}, name it so; if not, name it otherwise." in result.reason
    path = write_table(tmp_path / f"t{suffix}", [{"text": "Satu.", name: "x", meant or "title": "2018-03-14"}])
    assert isinstance(one(path), Document)


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_small_letters_are_asked_for(tmp_path, suffix):
    reason = failure(write_table(tmp_path / f"t{suffix}", [{"Text": "Satu."}])).reason
    assert "there is a column 'Text'. If it is 'text', name it so" in reason


@pytest.mark.parametrize("name", ["text", "published"])
def test_a_column_that_is_there_twice_is_refused_by_name(write, name):
    path = write("t.csv", f"text,{name.upper()},published,isi,isi\na,b,c,d,e\n")
    assert failure(path).reason == f"there are 2 columns {name!r}. Keep one, or rename the others."


def test_tabs_between_cells(write):
    assert one(write("t.tsv", "text\nGempa, lalu tsunami\n")).text == "Gempa, lalu tsunami"
    document = one(write("t.tsv", 'title\ttext\n"Judul; panjang"\tGempa, lalu tsunami\n'))
    assert (document.title, document.text) == ("Judul; panjang", "Gempa, lalu tsunami")
    assert "there is no column 'text'" in failure(write("t.tsv", "title,text\na,b\n")).reason


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
    table = tmp_path / "metadata.csv"
    assert c.reason == f"{table}: line 4: its date of publication '14 Maret 2018' is not of the form 2018-03-14."
    assert d.reason == f"{table} has 2 rows for 'd', at lines 5 and 6. Keep one."
    assert isinstance(e, Document)
    assert one(tmp_path / "a.txt").published == datetime.date(2018, 3, 14)


METADATA = """doc_id,published,title
a,2018-03-14,"Judul
b,2018-03-15,"Judul b"
c,2018-03-15,Judul, lain
d,2018-03-16,Judul d
e,2018-03-16,"Judul "e
lain,2018-03-16,Judul
,2018-03-16,Judul
jauh,2018-03-16,"Judul" x
f,2018-03-16,"Judul f
g,2018-03-16,Judul g
"""


def test_a_bad_row_of_metadata_costs_its_own_document(write, tmp_path):
    table = write("metadata.csv", METADATA)
    for name in "abcdefg":
        write(f"{name}.txt", "Halo.")
    results = {result.doc_id: result for result in read(tmp_path)}
    reasons = {name: result.reason for name, result in results.items() if isinstance(result, Failure)}
    assert reasons == {
        "a": f"{table}: line 2: the quote that opens here closes in line 3 only, and in mid-cell. {CLOSE}",
        "c": f"{table}: line 4: 4 cells, but the header has 3. Quote cells that hold ','.",
        "e": f"{table}: line 6: a quoted cell goes on after its closing quote. {CLOSE.replace('Close it, and w', 'W')}",
        "f": f"{table}: line 10: the quote that opens here is not closed by the end of the file (line 11). {CLOSE}",
    }
    assert {name: results[name].title for name in "bdg"} == {"b": "Judul b", "d": "Judul d", "g": "Judul g"}


def test_rows_of_metadata_that_are_for_no_file_are_told(write, tmp_path):
    table = write("in/metadata.csv", METADATA)
    for name in "abcdefg":
        write(f"in/{name}.txt", "Halo.")
    write("in/lain.ann", "T1")
    told = [
        f"{table}: line 7: there is no file 'lain' beside it, so the row is for nothing.",
        f"{table}: line 8: no doc_id, so the row is for nothing. Write the name of its file.",
        f"{table}: line 9: a quoted cell goes on after its closing quote. {CLOSE.replace('Close it, and w', 'W')}",
    ]
    assert list(stray_rows([tmp_path])) == told
    assert list(stray_rows([tmp_path / "in" / "a.txt", Path("-")])) == told
    assert list(stray_rows([Path(__file__).parents[1] / "corpus"])) == []
    write("in/metadata.csv", "id\n")
    assert list(stray_rows([tmp_path])) == []


def test_a_row_by_a_files_name_leaves_that_by_its_stem_for_nothing_and_says_so(write, tmp_path):
    table = write("in/metadata.csv", "doc_id,published\na,2019-05-03\na.txt,2019-05-04\nb.txt,2019-05-05\nb,2019-05-06\n")
    for name in ("a.txt", "b.txt", "b.html"):
        write(f"in/{name}", "<p>Dewan mengesahkan pasal itu kemarin.</p>")
    assert list(stray_rows([tmp_path])) == [f"{table}: line 2: the row for 'a.txt' is line 3, so this one is for nothing."]


def test_metadata_is_for_the_files_beside_it_and_not_for_those_below(write, tmp_path):
    write("in/2019/mei/a.txt", "Halo.")
    table = write("in/metadata.csv", "doc_id,published\na,2019-05-03\n")
    write("metadata.csv", "doc_id\nb\n")
    assert one(tmp_path / "in").published is None
    assert list(stray_rows([tmp_path / "in"])) == [
        f"{table}: line 2: there is no file 'a' beside it, so the row is for nothing."
    ]
    assert list(stray_rows([tmp_path / "in" / "2019"])) == []


def test_metadata_that_ends_in_other_bytes_is_not_used_in_part(write, tmp_path):
    write("metadata.csv", codecs.BOM_UTF8 + b"doc_id,title\na,A\n" + b"x,y\n" * 10_000 + b"b,\xff\n")
    assert "metadata.csv cannot be used: line " in failure(write("a.txt", "Halo.")).reason


def test_broken_metadata_is_told_and_not_passed_over(write):
    write("metadata.csv", "id,published\na,2018-03-14\n")
    path = write("a.txt", "Halo.")
    assert "there is no column 'doc_id'" in failure(path).reason
    write("metadata.csv", "doc_id,publised\na,2018-03-14\n")
    assert "metadata.csv cannot be used: there is a column 'publised'. If it is 'published'" in failure(path).reason
