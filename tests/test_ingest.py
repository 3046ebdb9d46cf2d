"""Files in, Documents or Failures out; text changes in NFC and line ends only; nothing is lost or stops the run."""

from __future__ import annotations

import codecs
import datetime
import io
import json
import os
import sys
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.errors import InputError, UsageError
from peristiwa.ingest import as_paths, clean, read_documents
from peristiwa.ingest.text import decode
from peristiwa.types import Document, Failure
from reading import failure, one, read

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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("shift", range(4))
def test_characters_are_whole_wherever_a_piece_ends(encoding, shift):
    text = "a" * shift + "\U0001f600é" * 5000
    assert decode(text.encode(encoding), "gb18030") == text


def test_the_byte_that_is_wrong_is_counted_from_the_beginning():
    data = codecs.BOM_UTF8 + "é".encode() * 10_000
    with pytest.raises(InputError, match="not utf-8-sig at byte 20003"):
        decode(data + b"\xff")


@pytest.mark.parametrize("hint", [None, "cp1252"])
def test_damaged_utf_8_is_not_taken_for_another_encoding(hint):
    with pytest.raises(InputError, match=r"not utf-8 at byte 14\. Save it as UTF-8"):
        decode("Kafé “ramai".encode() + b"\xff naif", hint)
    assert decode(b"Caf\xc3", hint) == "CafÃ"  # one byte tells nothing


def test_a_hint_that_is_no_encoding_of_text_is_passed_over():
    assert decode("São Paulo".encode("cp1252"), "hex") == "São Paulo"


def test_a_long_text_is_tidied_without_a_second_one_in_memory():
    text = "Kafe\u0301 ramai.\r\nIa datang.\rLagi \U0001f600.\n" * 100_000
    tidy = clean(text)
    assert tidy == unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    marked = tidy + "\u0323\u0308"  # marks of which only the whole tells whether they are in normal form
    tracemalloc.start()
    try:
        assert clean(marked) == marked
        assert tracemalloc.get_traced_memory()[1] < sys.getsizeof(marked)
    finally:
        tracemalloc.stop()


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
    assert results[2].reason == (
        "no reader for .xyz; what can be read is .txt, .html, .htm, .pdf, .docx, .jsonl, .csv, .tsv, .parquet."
        " Save it as one of these."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_failure(write):
    path = write("a.txt", "Satu.")
    path.chmod(0)
    assert failure(path).reason == "cannot be read (Permission denied)."


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_costs_itself_alone(write, tmp_path):
    write("in/a.txt", "Satu.")
    (tmp_path / "in" / "tutup").mkdir(mode=0)
    document, failed = read(tmp_path / "in")
    assert (document.doc_id, failed.doc_id, failed.reason) == ("a", "tutup", "Permission denied.")


def test_metadata_that_is_not_readable_is_named(write, tmp_path, monkeypatch):
    path = write("in/a.txt", "Satu.")
    write("in/metadata.csv", "doc_id\na\n")

    def closed(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("peristiwa.ingest.metadata.read_rows", closed)
    assert failure(path).reason == f"{tmp_path / 'in' / 'metadata.csv'} cannot be used: it cannot be read (Permission denied)."


def test_a_dangling_link_is_a_failure(tmp_path):
    path = tmp_path / "a.txt"
    path.symlink_to(tmp_path / "tidak-ada.txt")
    assert "No such file" in failure(path).reason


def test_a_link_to_a_folder_inside_a_folder_is_told(tmp_path, write):
    write("elsewhere/b.txt", "Dua.")
    write("in/a.txt", "Satu.")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "elsewhere")
    document, failed = read(tmp_path / "in")
    assert document.doc_id == "a"
    assert (failed.doc_id, "not followed" in failed.reason) == ("linked", True)


def test_a_link_to_itself_and_a_pipe_cost_themselves_alone(tmp_path, write):
    write("in/teks.txt", "Isi")
    (tmp_path / "in" / "diri.txt").symlink_to("diri.txt")
    os.mkfifo(tmp_path / "in" / "pipa.txt")
    found = {item.doc_id: item for item in read_documents([tmp_path / "in"])}
    assert isinstance(found["teks"], Document)
    assert "links" in found["diri"].reason
    assert "pipe" in found["pipa"].reason


def test_a_run_inside_a_folder_is_no_document_of_it(tmp_path, write):
    write("in/teks.txt", "Isi")
    for name in ("manifest.json", "annotations.jsonl", "events.csv"):
        write(f"in/out/{name}", "{}")
    assert [item.doc_id for item in read_documents([tmp_path / "in"])] == ["teks"]


def test_an_empty_path_is_not_the_current_folder():
    with pytest.raises(UsageError, match="empty path"):
        as_paths(["teks.txt", ""])


def test_a_path_may_be_a_string_and_stand_alone(write, tmp_path):
    path = write("in/a.txt", "Satu.")
    for inputs in (path, str(path), [str(path)], tmp_path / "in", str(tmp_path / "in")):
        assert [item.text for item in read_documents(inputs)] == ["Satu."]


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


@pytest.mark.parametrize("charset", ["iso-8859-1", "ISO-8859-1", "us-ascii"])
def test_pages_that_name_latin_1_are_windows_1252(write, charset):
    page = PAGE.format(charset=charset).replace("rapat itu", "“rapat” itu – katanya –")
    assert "“rapat” itu – katanya –" in one(write("halaman.html", page.encode("cp1252"))).text


def test_a_page_without_a_date_has_none(write):
    page = "\n".join(line for line in PAGE.format(charset="utf-8").splitlines() if "published_time" not in line)
    assert one(write("halaman.htm", page)).published is None


@pytest.mark.parametrize("page", ["", "   ", "<html><body></body></html>", "<html><body><script>x()</script></body></html>"])
def test_a_page_without_text_is_a_failure(write, page):
    assert failure(write("kosong.html", page)).reason.startswith(("empty", "no main text"))


def test_the_folder_of_a_run_is_no_input(tmp_path, write):
    """Its tables have columns "text", of names and times: each would be taken for a document."""
    write("out/manifest.json", "{}")
    write("out/annotations.jsonl", json.dumps({"doc_id": "a", "text": "Satu."}) + "\n")
    with pytest.raises(UsageError, match=r"is the folder of a run.*annotations\.jsonl"):
        read_documents(tmp_path / "out")
    assert [item.doc_id for item in read_documents(tmp_path / "out" / "annotations.jsonl")] == ["a"]


def test_a_file_is_named_as_itself_and_not_as_a_link_to_it(tmp_path, write):
    write("berita.txt", "Satu.")
    (tmp_path / "akhir.txt").symlink_to("berita.txt")
    assert [item.doc_id for item in read_documents(tmp_path)] == ["berita"]
