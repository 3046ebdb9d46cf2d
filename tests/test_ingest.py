"""Files in, Documents or Failures out; text changes in NFC and line ends only; nothing is lost or stops the run."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import tracemalloc
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.errors import InputError, UsageError
from peristiwa.ingest import clean, read_documents
from peristiwa.ingest.text import decode
from peristiwa.types import Document, Failure


def read(*paths: Path, **options) -> list[Document | Failure]:
    return list(read_documents(paths, **options))


def one(path: Path, **options) -> Document:
    [document] = read(path, **options)
    assert isinstance(document, Document), document
    return document


def failure(path: Path) -> Failure:
    [result] = read(path)
    assert isinstance(result, Failure), result
    assert result.stage == "ingest"
    return result


@pytest.fixture
def write(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


# clean


@given(st.text())
def test_clean_changes_line_ends_and_normal_form_only(text):
    try:
        cleaned = clean(text)
    except InputError:
        return
    assert clean(cleaned) == cleaned
    assert "\r" not in cleaned
    assert cleaned == unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def test_clean_keeps_what_looks_odd():
    text = " \u00a0dua  spasi\t\u200btanpa lebar\u2028\ufeff\f \n"
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        (" \r\n\t ", "empty"),
        ("a\x00b", "binary"),
        ("\x01\x02\x03 teks", "binary"),
        ("teks \ud83d putus", "lone surrogate .U.D83D. at character 5"),
    ],
)
def test_clean_refuses(text, said):
    with pytest.raises(InputError, match=said):
        clean(text)


# text files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(write, encoding):
    text = "Ia berkata: “Kafé itu ramai” – begitu katanya."
    latin = text if "16-" not in encoding else "Ia berkata: kafé itu ramai."  # no mark and no NUL: not to be told
    assert one(write("a.txt", latin.encode(encoding))).text == latin


@pytest.mark.parametrize("text", ["Ia lahir di São Paulo.", "“Ya”", "Harga naik 5½ persen – naïf!"])
def test_few_legacy_bytes_are_windows_1252(text):
    assert decode(text.encode("cp1252")) == text


def test_other_legacy_encodings():
    text = "これは日本語の文章です。今日はとても良い天気ですね。明日も晴れるでしょう。"
    assert decode(text.encode("shift_jis")) == text


def test_line_ends_and_normal_form(write):
    document = one(write("a.txt", "Kafe\u0301\r\nsatu\rdua\n"))
    assert document.text == "Kafé\nsatu\ndua\n"


def test_a_text_file_becomes_a_document(write):
    path = write("berita.txt", "Halo dunia.")
    assert one(path) == Document("berita", "Halo dunia.", source=str(path), language="id")
    assert one(path, language="ms").language == "ms"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"%PDF-1.7 teks", "binary: this is a PDF file"),
        (b"PK\x03\x04teks", "binary: this is a ZIP"),
        (b"abc\x00\x01\x02def\x00", "binary: it holds NUL"),
        (bytes(range(128, 256)) * 3 + b"\x81\x8d\x8f", "undecodable"),
    ],
)
def test_broken_text_files_are_failures(write, content, said):
    path = write("rusak.txt", content)
    result = failure(path)
    assert result.reason.startswith(said), result.reason
    assert (result.doc_id, result.source) == ("rusak", str(path))


def test_the_run_goes_on_after_a_failure(write, tmp_path):
    write("a.txt", "Satu.")
    write("b.txt", b"\x00")
    write("c.xyz", "Tiga.")
    write("d.txt", "Empat.")
    results = read(tmp_path)
    assert [type(result) for result in results] == [Document, Failure, Failure, Document]
    assert "no reader for .xyz" in results[2].reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_failure(write):
    path = write("a.txt", "Satu.")
    path.chmod(0)
    assert failure(path).reason == "cannot be read (Permission denied)."


def test_a_dangling_link_is_a_failure(tmp_path):
    path = tmp_path / "a.txt"
    path.symlink_to(tmp_path / "tidak-ada.txt")
    assert "No such file" in failure(path).reason


def test_a_missing_input_is_a_usage_error_at_once(tmp_path):
    with pytest.raises(UsageError, match=r"tidak-ada\.txt"):
        read_documents([tmp_path / "tidak-ada.txt"])


def test_file_names_in_broken_bytes_can_still_be_written(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/nama\xff.txt"))
    try:
        path.write_text("Halo.")
    except OSError:
        pytest.skip("this file system allows no such names")
    document = one(path)
    assert (document.doc_id + document.source).encode("utf8")


# folders and ids


def test_folders_are_read_recursively_and_sorted(write, tmp_path):
    for name in (
        "b.txt",
        "a/z.txt",
        "a/a.txt",
        "a/a.ann",
        "annotation.conf",
        "README.md",
        ".tersembunyi",
        ".git/x.txt",
    ):
        write(name, "Halo.")
    assert [result.doc_id for result in read(tmp_path)] == ["a", "z", "b"]


def test_ids_of_files_with_one_stem_are_their_paths(write, tmp_path):
    for name in ("2019/rapat.txt", "2020/rapat.txt", "sidang.txt"):
        write(name, "Halo.")
    assert [result.doc_id for result in read(tmp_path)] == ["2019/rapat.txt", "2020/rapat.txt", "sidang"]


def test_the_same_path_in_two_folders_still_gives_two_ids(write, tmp_path):
    for name in ("satu/rapat.txt", "dua/rapat.txt"):
        write(name, "Halo.")
    ids = [result.doc_id for result in read(tmp_path / "satu", tmp_path / "dua")]
    assert ids == ["rapat.txt", "rapat.txt@rapat.txt"]


def test_a_file_given_twice_is_read_once(write, tmp_path):
    path = write("a.txt", "Halo.")
    assert [result.doc_id for result in read(path, tmp_path, tmp_path)] == ["a"]


def test_standard_input():
    [document] = read(Path("-"), stdin=io.BytesIO("\ufeffKafé.\r\n".encode()))
    assert document == Document("stdin", "Kafé.\n", source="-")


# tables

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


# web pages

PAGE = """<!DOCTYPE html><html lang="id"><head><meta charset="{charset}"><title>Rapat di Kafé - Contoh</title>
<meta property="og:title" content="Rapat di Kafé">
<meta property="article:published_time" content="2018-03-14T09:30:00+07:00">
</head><body><nav><a href="/">Beranda</a><a href="/b">Berita</a></nav><article><h1>Rapat di Kafé</h1>
<p>Wali kota menggelar rapat dengan para pedagang kopi pada Senin pagi di balai kota yang baru selesai dibangun.</p>
<p>Menurut panitia, rapat itu membahas rencana penataan kawasan kuliner di tepi sungai serta jadwal pembangunannya.</p>
<p>Para pedagang meminta waktu dua bulan untuk pindah, dan wali kota menyetujuinya pada akhir rapat.</p>
</article><footer>Hak cipta 2024</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "iso-8859-1"])
def test_a_web_page_gives_text_title_and_date(write, charset):
    document = one(write("halaman.html", PAGE.format(charset=charset).encode(charset)))
    assert document.published == datetime.date(2018, 3, 14)
    assert document.title == "Rapat di Kafé"
    assert "Wali kota menggelar rapat" in document.text
    assert "meminta waktu dua bulan" in document.text
    assert "Hak cipta" not in document.text
    assert "Beranda" not in document.text
    assert "<" not in document.text


def test_a_page_without_a_date_has_none(write):
    page = "\n".join(line for line in PAGE.format(charset="utf-8").splitlines() if "published_time" not in line)
    assert one(write("halaman.htm", page)).published is None


@pytest.mark.parametrize("page", ["", "   ", "<html><body></body></html>", "<html><body><script>x()</script></body></html>"])
def test_a_page_without_text_is_a_failure(write, page):
    assert failure(write("kosong.html", page)).reason.startswith(("empty", "no main text"))
