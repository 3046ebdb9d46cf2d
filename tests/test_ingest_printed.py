"""PDF and Word documents in, paragraphs out: lines that the paper broke are whole again, what is no text says why."""

from __future__ import annotations

import pytest

from peristiwa.ingest.layout import HYPHEN, Line, join_lines
from printed import PICTURE, column, printed, word_paragraph, write_docx, write_pdf
from reading import failure, one

LETTER, LEADING = 5.0, 14.0


def lines(*texts: str, left: float = 70.0, top: float = 780.0, height: float = 11.0) -> list[Line]:
    """Printed lines below each other, all letters of one width, indented by the spaces before them."""
    found = []
    for at, text in enumerate(texts):
        start = left + LETTER * (len(text) - len(text.lstrip()))
        stripped = text.strip()
        found.append(Line(stripped, start, start + LETTER * len(stripped.removesuffix(HYPHEN)), top - LEADING * at, height))
    return found


def joined(*pages: list[Line]) -> list[str]:
    return join_lines(pages).split("\n\n")


# lines to paragraphs


def test_full_lines_run_on_and_short_ones_end_a_paragraph():
    page = lines(
        "Presiden meresmikan bandara itu pada hari",
        "Rabu, 28 Agustus 2020.",
        "Menteri hadir di sana bersama para gubernur",
        "Jawa.",
    )
    assert joined(page) == [
        "Presiden meresmikan bandara itu pada hari Rabu, 28 Agustus 2020.",
        "Menteri hadir di sana bersama para gubernur Jawa.",
    ]


def test_an_indented_line_begins_a_paragraph():
    page = lines(
        "     Presiden meresmikan bandara itu pada",
        "hari Rabu di hadapan gubernur dan menteri.",
        "     Menteri hadir di sana bersama para",
        "gubernur.",
    )
    assert [paragraph.split()[0] for paragraph in joined(page)] == ["Presiden", "Menteri"]


def test_items_of_a_list_hang():
    page = lines(
        "(1) Penyelenggara wajib memiliki izin usaha dari",
        "    Otoritas Jasa Keuangan paling lambat hari",
        "    Jumat.",
        "(2) Izin itu dicabut apabila:",
        "    a. penyelenggara dinyatakan pailit; atau",
        "    b. penyelenggara dibubarkan oleh rapat umum",
        "       pemegang saham.",
        "    Ketentuan lebih lanjut diatur dalam peraturan.",
    )
    assert [paragraph[:8] for paragraph in joined(page)] == ["(1) Peny", "(2) Izin", "a. penye", "b. penye", "Ketentua"]
    assert joined(page)[0].endswith("hari Jumat.")


def test_a_number_in_running_text_begins_no_item():
    page = lines("Hal itu dimaksud dalam Pasal 3 ayat", "(2) huruf a peraturan ini dan berlaku.")
    assert joined(page) == ["Hal itu dimaksud dalam Pasal 3 ayat (2) huruf a peraturan ini dan berlaku."]


def test_headings_far_lines_and_other_sizes_stand_alone():
    heading = lines("LAPORAN TAHUNAN BADAN PENANGGULANGAN BENCANA", height=16.0)
    body = lines("Banjir melanda tiga kabupaten pada bulan", "Januari lalu dan merusak ratusan rumah.", top=760.0)
    far = lines("Gempa mengguncang Majene pada Februari.", top=700.0)
    assert [paragraph.split()[0] for paragraph in joined(heading + body + far)] == ["LAPORAN", "Banjir", "Gempa"]


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ("meng", "hasilkan", "menghasilkan"),
        ("sifat", "sifat", "sifat-sifat"),
        ("perundang", "undangan", "perundang-undangan"),
        ("sayur", "mayur", "sayur-mayur"),
        ("non", "Blok", "non-Blok"),
        ("abad ke", "21", "abad ke-21"),
    ],
)
def test_hyphens_of_the_printer_go_and_those_of_the_word_stay(first, second, word):
    assert joined(lines(first + HYPHEN, f"{second} itu.")) == [f"{word} itu."]


def test_a_sentence_goes_on_overleaf_and_in_the_next_column():
    left = lines("Presiden meresmikan bandara", "itu pada hari Rabu di depan", top=200.0)
    right = lines("menteri dan gubernur serta", "para bupati.", left=330.0)
    overleaf = lines("Gempa mengguncang Majene.")
    assert join_lines([left + right, overleaf]) == (
        "Presiden meresmikan bandara itu pada hari Rabu di depan menteri dan gubernur serta para bupati."
        "\n\n\fGempa mengguncang Majene."
    )
    half = join_lines([lines("Presiden meresmikan bandara itu"), lines("di Kulon Progo.")])
    assert half == "Presiden meresmikan bandara itu\fdi Kulon Progo."
    assert half.count("\f", 0, half.index("Kulon")) + 1 == 2


def test_a_page_without_text_is_counted():
    assert join_lines([lines("Satu."), [], lines("Tiga.")]) == "Satu.\n\n\f\fTiga."
    assert join_lines([[], []]) == ""


def test_running_heads_feet_and_page_numbers_are_left_out():
    pages = [
        [
            *lines("PRESIDEN", "REPUBLIK INDONESIA", top=820.0),
            *lines(text, top=700.0),
            *lines(f"- {number} -", top=30.0),
        ]
        for number, text in enumerate(("Gempa mengguncang Majene.", "Banjir melanda Demak.", "Kapal itu karam."), 9)
    ]
    assert join_lines(pages) == "Gempa mengguncang Majene.\n\n\fBanjir melanda Demak.\n\n\fKapal itu karam."


def test_pages_that_differ_in_nothing_but_a_number_stay():
    assert joined(*[lines(f"Sertifikat nomor {number}.") for number in (1, 2, 3)])[-1] == "\fSertifikat nomor 3."


def test_what_is_repeated_inside_of_a_page_stays():
    pages = [[*lines(f"Nama: {name}.", "Pekerjaan: petani.", f"Alamat: {name}.")] for name in ("Ani", "Budi", "Citra")]
    assert join_lines(pages).count("Pekerjaan: petani.") == 3


def test_catchwords_are_left_out():
    first = [*lines("17. Direksi adalah pengurus perusahaan."), *lines("18. Dewan …", left=400.0, top=40.0)]
    second = lines("18. Dewan Komisaris adalah pengawas perusahaan.")
    assert joined(first, second) == [
        "17. Direksi adalah pengurus perusahaan.",
        "\f18. Dewan Komisaris adalah pengawas perusahaan.",
    ]
    kept = [*lines("Ia berkata …", top=40.0)]
    assert "…" in join_lines([kept, second])


# PDF


def test_a_pdf_becomes_a_document(tmp_path):
    first = printed(
        *column(
            "Presiden Joko Widodo meresmikan Bandara Internasional Yogyakarta di Kulon Progo pada hari",
            "Jumat.",
            "Gempa bumi mengguncang Majene dan merusak ratusan rumah serta sebuah rumah sakit di kota",
        )
    )
    second = printed(*column("itu."))
    document = one(write_pdf(tmp_path / "laporan.pdf", [first, second]))
    assert document.doc_id == "laporan"
    assert document.text == (
        "Presiden Joko Widodo meresmikan Bandara Internasional Yogyakarta di Kulon Progo pada hari Jumat.\n\n"
        "Gempa bumi mengguncang Majene dan merusak ratusan rumah serta sebuah rumah sakit di kota\fitu."
    )


def test_metadata_of_a_pdf_comes_from_the_table_beside_it(tmp_path):
    write_pdf(tmp_path / "laporan.pdf", [printed((70, 700, "Gempa mengguncang Majene."))])
    (tmp_path / "metadata.csv").write_text("doc_id,published,title\nlaporan,2021-01-15,Gempa\n")
    document = one(tmp_path / "laporan.pdf")
    assert (str(document.published), document.title) == ("2021-01-15", "Gempa")


def test_bullets_and_curly_quotes_are_kept(tmp_path):
    assert one(write_pdf(tmp_path / "a.pdf", [printed((70, 700, "• satu “butir”"))])).text == "• satu “butir”"


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([PICTURE, PICTURE, printed((70, 700, "Sampul."))], "a scan: 2 of its 3 pages"),
        ([b""], "empty: there is no text"),
        ([printed((70, 700, "\x01\x03\x04\x05 \x06\x07 a"))], "its fonts do not tell"),
    ],
)
def test_a_pdf_without_text_says_why(tmp_path, pages, said):
    assert said in failure(write_pdf(tmp_path / "a.pdf", pages)).reason


def test_a_picture_beside_text_costs_nothing(tmp_path):
    assert one(write_pdf(tmp_path / "a.pdf", [printed((70, 700, "Satu.")) + PICTURE, PICTURE])).text == "Satu."


def test_broken_and_locked_pdfs_are_failures(tmp_path):
    whole = write_pdf(tmp_path / "a.pdf", [printed((70, 700, "Satu."))], locked=True)
    assert "locked with a password" in failure(whole).reason
    half = write_pdf(tmp_path / "d.pdf", [printed((70, 700, "Satu.")), printed((70, 700, "Dua."))])
    half.write_bytes(half.read_bytes().replace(b"/Kids[5 0 R 7 0 R]", b"/Kids[5 0 R 99 0 R]"))
    assert "page 2 of 2 is broken" in failure(half).reason
    (tmp_path / "b.pdf").write_text("<html>not found</html>")
    assert "no PDF that can be read" in failure(tmp_path / "b.pdf").reason
    (tmp_path / "c.pdf").write_bytes(b"")
    assert "empty" in failure(tmp_path / "c.pdf").reason


# Word


def test_a_word_document_becomes_a_document(tmp_path):
    body = (
        word_paragraph(
            "Presiden ",
            "<w:ins><w:r><w:t>Joko Widodo</w:t></w:r></w:ins>",
            "<w:del><w:r><w:delText>lama</w:delText></w:r></w:del>",
        )
        + word_paragraph(
            "Ia meresmikan bandara",
            '<w:r><w:footnoteReference w:id="2"/></w:r>',
            " baru.",
            "<w:r><w:br/></w:r>",
            "Lalu pulang.",
        )
        + f"<w:sdt><w:sdtContent>{word_paragraph('Isian formulir.')}</w:sdtContent></w:sdt>"
        + f"<w:tbl><w:tr><w:tc>{word_paragraph('Majene')}</w:tc><w:tc>{word_paragraph('42 tewas')}</w:tc></w:tr></w:tbl>"
    )
    notes = f'<w:footnote w:id="2">{word_paragraph("Lihat lampiran.")}</w:footnote>'
    document = one(write_docx(tmp_path / "laporan.docx", body, notes))
    assert document.doc_id == "laporan"
    assert document.text.split("\n\n") == [
        "Presiden Joko Widodo",
        "Ia meresmikan bandara baru.\nLalu pulang.",
        "Isian formulir.",
        "Majene",
        "42 tewas",
        "Lihat lampiran.",
    ]


def test_broken_and_locked_word_documents_are_failures(tmp_path, monkeypatch):
    path = tmp_path / "a.docx"
    for content, said in [
        (b"", "empty"),
        (b"teks", "no Word document"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "an old Word, or one with a password"),
    ]:
        path.write_bytes(content)
        assert said in failure(path).reason
    write_docx(path, word_paragraph("x" * 5000))
    monkeypatch.setattr("peristiwa.ingest.docx._MOST_BYTES", 4000)
    assert "larger than" in failure(path).reason


def test_a_damaged_word_document_says_what_to_do(tmp_path):
    path = write_docx(tmp_path / "a.docx", word_paragraph("Presiden tiba di Majene."))
    path.write_bytes(path.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05"))  # the heads of the archive's files
    assert "a damaged Word document" in failure(path).reason
    assert "Save it as .docx again" in failure(path).reason


def test_an_archive_that_is_no_word_document_is_a_failure(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("content.xml", "<a/>")
    assert "without a Word document in it" in failure(tmp_path / "a.docx").reason


def test_an_empty_word_document_is_a_failure(tmp_path):
    assert "empty: there is no text" in failure(write_docx(tmp_path / "a.docx", "")).reason
