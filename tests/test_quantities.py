"""Numbers with scales, units and bounds, and numbers that count nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.entities import find_quantities
from peristiwa.language import Language, load_language

INDONESIAN = load_language("id")


def found(text: str) -> list[tuple[str, float, str | None, str | None]]:
    return [(q.text, q.value, q.unit, q.bound) for q in find_quantities(text, INDONESIAN)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sedikitnya 65 orang tewas", ("sedikitnya 65 orang", 65, "orang", "at_least")),
        ("senilai Rp1,5 triliun", ("Rp1,5 triliun", 1.5e12, "IDR", None)),
        ("seharga Rp 12.500", ("Rp 12.500", 12500, "IDR", None)),
        ("sekitar US$ 3 juta", ("sekitar US$ 3 juta", 3e6, "USD", "about")),
        ("10 ribu dolar AS", ("10 ribu dolar AS", 1e4, "USD", None)),
        ("naik 2,5 persen", ("2,5 persen", 2.5, "persen", None)),
        ("naik 12%", ("12%", 12, "persen", None)),
        ("dua pertiga anggota", ("dua pertiga anggota", 0.6667, "anggota", None)),
        ("ratusan warga", ("ratusan warga", 100, "warga", "at_least")),
        ("puluhan ribu pengungsi", ("puluhan ribu pengungsi", 20000, "pengungsi", "at_least")),
        ("dua ratus lima puluh ribu ton", ("dua ratus lima puluh ribu ton", 250_000, "ton", None)),
        ("sebelas rumah", ("sebelas rumah", 11, "rumah", None)),
        ("tujuh belas kapal", ("tujuh belas kapal", 17, "kapal", None)),
        ("satu setengah jam", ("satu setengah jam", 1.5, "jam", None)),
        ("kurang dari 40 kilometer", ("kurang dari 40 kilometer", 40, "kilometer", "at_most")),
        ("68 telah pergi", ("68", 68, None, None)),
        ("1.234.567 suara", ("1.234.567 suara", 1_234_567, "suara", None)),
    ],
)
def test_values(text: str, expected: tuple[str, float, str | None, str | None]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,000 orang", 3000),
        ("1,234,567 suara", 1_234_567),
        ("1,500", 1500),
        ("8,013 pemilih", 8013),
        ("1,753 meter", 1.753),
        ("2,425 miliar yuan", 2.425e9),
        ("Rp100,166 triliun", 1.00166e14),
        ("0,191 persen", 0.191),
        ("42,795", 42.795),
        ("1,5 juta orang", 1.5e6),
    ],
)
def test_a_comma_parts_thousands_before_what_is_counted(text: str, value: float) -> None:
    assert [quantity[1] for quantity in found(text)] == [value]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("lima atau enam penyerang", ["penyerang", "penyerang"]),
        ("Rp 5 juta hingga Rp 10 juta", ["IDR", "IDR"]),
        ("3 kapal atau 5 pesawat", ["kapal", "pesawat"]),
        ("separuh atau 50 persen", ["persen"]),
    ],
)
def test_two_numbers_of_which_one_is_meant(text: str, units: list[str]) -> None:
    assert [(unit, bound) for _, _, unit, bound in found(text)] == [(unit, None) for unit in units]


@pytest.mark.parametrize(
    "text", ["UU Nomor 11 Tahun 2008", "peringkat ke-19", "skor 2-1", "pukul 09.30", "versi 2.0.1", "satu", "Pasal 5"]
)
def test_numbers_that_count_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("belasan rumah rusak", [("belasan rumah", 11.0, "rumah", "at_least")]),
        ("ribuan pengungsi", [("ribuan pengungsi", 1000.0, "pengungsi", "at_least")]),
        ("tumbuh 3–5 persen", [("3", 3.0, "persen", None), ("5 persen", 5.0, "persen", None)]),
        ("tumbuh 3-5 persen", [("3", 3.0, "persen", None), ("5 persen", 5.0, "persen", None)]),
        ("antara 10 hingga 20 kapal", [("10", 10.0, "kapal", None), ("20 kapal", 20.0, "kapal", None)]),
        ("10 sampai 15 ton beras", [("10", 10.0, "ton", None), ("15 ton", 15.0, "ton", None)]),
        ("dua hingga tiga korban", [("dua", 2.0, "korban", None), ("tiga korban", 3.0, "korban", None)]),
        ("lebih dari seratus ribu suara", [("lebih dari seratus ribu suara", 100000.0, "suara", "at_least")]),
        ("hampir separuh penduduk", [("hampir separuh penduduk", 0.5, "penduduk", "about")]),
        ("puluhan juta dolar AS", [("puluhan juta dolar AS", 20000000.0, "USD", "at_least")]),
        ("sekitar 2,3 juta jiwa", [("sekitar 2,3 juta jiwa", 2300000.0, "jiwa", "about")]),
        ("maksimal 12 peserta", [("maksimal 12 peserta", 12.0, "peserta", "at_most")]),
        ("hingga 40 ekor sapi", [("hingga 40 ekor", 40.0, "ekor", "at_most")]),
        ("tidak lebih dari 5 pemain", [("tidak lebih dari 5 pemain", 5.0, "pemain", "at_most")]),
        ("tidak kurang dari 300 warga", [("tidak kurang dari 300 warga", 300.0, "warga", "at_least")]),
        ("500 orang lebih mengungsi", [("500 orang lebih", 500.0, "orang", "at_least")]),
        ("200-an warga", [("200-an warga", 200.0, "warga", "about")]),
        ("dua orang saksi", [("dua orang", 2.0, "orang", None)]),
        ("kedua negara sepakat", [("kedua negara", 2.0, "negara", None)]),
        ("ketiga tersangka ditahan", [("ketiga tersangka", 3.0, "tersangka", None)]),
        ("seperempat lahan", [("seperempat lahan", 0.25, "lahan", None)]),
        ("tiga per empat suara", [("tiga per empat suara", 0.75, "suara", None)]),
        ("dua perlima wilayah", [("dua perlima wilayah", 0.4, "wilayah", None)]),
        ("1/3 anggota", [("1/3 anggota", 0.3333, "anggota", None)]),
        ("Rp 2.500.000,00", [("Rp 2.500.000,00", 2500000.0, "IDR", None)]),
        ("Rp. 75 juta", [("Rp. 75 juta", 75000000.0, "IDR", None)]),
        ("Rp5-7 miliar", [("Rp5", 5000000000.0, "IDR", None), ("7 miliar", 7000000000.0, "IDR", None)]),
        ("USD 3,2 miliar", [("USD 3,2 miliar", 3200000000.0, "USD", None)]),
        ("€20 juta", [("€20 juta", 20000000.0, "EUR", None)]),
        ("seribu dua ratus pelajar", [("seribu dua ratus pelajar", 1200.0, "pelajar", None)]),
        ("dua puluh satu desa", [("dua puluh satu desa", 21.0, "desa", None)]),
        ("seratus lima puluh tiga pasien", [("seratus lima puluh tiga pasien", 153.0, "pasien", None)]),
        ("tiga belas ribu lima ratus hektare", [("tiga belas ribu lima ratus hektare", 13500.0, "hektare", None)]),
        ("dua setengah juta ton", [("dua setengah juta ton", 2500000.0, "ton", None)]),
        ("setengah juta orang", [("setengah juta orang", 500000.0, "orang", None)]),
        ("ratusan ribu buruh", [("ratusan ribu buruh", 100000.0, "buruh", "at_least")]),
        ("magnitudo 6,7", [("magnitudo 6,7", 6.7, "magnitudo", None)]),
        ("berkekuatan 5,4 SR", [("5,4 SR", 5.4, "SR", None)]),
        ("gempa M 6,1", [("M 6,1", 6.1, "magnitudo", None)]),
        ("0,75 poin persentase", [("0,75 poin persentase", 0.75, "poin persentase", None)]),
        ("25 basis poin", [("25 basis poin", 25.0, "basis poin", None)]),
        ("suhu 38 derajat Celsius", [("38 derajat Celsius", 38.0, "derajat Celsius", None)]),
        ("seluas 12 km²", [("12 km²", 12.0, "km²", None)]),
        ("kecepatan 80 km/jam", [("80 km/jam", 80.0, "km/jam", None)]),
        ("500 meter persegi", [("500 meter persegi", 500.0, "meter persegi", None)]),
        ("3 kali lipat", [("3 kali lipat", 3.0, "kali lipat", None)]),
        ("dua kali", [("dua kali", 2.0, "kali", None)]),
        ("15 unit mobil", [("15 unit", 15.0, "unit", None)]),
        ("65 (enam puluh lima) orang", [("65 (enam puluh lima) orang", 65.0, "orang", None)]),
        ("nol korban", [("nol korban", 0.0, "korban", None)]),
        ("beberapa orang", []),
        ("juara dua", []),
        ("Pasal 5 dan Pasal 6", []),
        ("skor 3-1", []),
        ("kelas 5", []),
        ("Jl. Merdeka No. 17", []),
        ("telepon 021-5551234", []),
        ("Boeing 737 jatuh", []),
        ("U-23", []),
        ("peringkat 4", []),
        ("abad ke-20", []),
        ("nomor urut 2", []),
        ("RT 05/RW 02", []),
        ("rapat 4 mata", [("4 mata", 4.0, "mata", None)]),
        ("paling lama 5 tahun penjara", [("paling lama 5 tahun", 5.0, "tahun", "at_most")]),
        ("paling singkat empat bulan", [("paling singkat empat bulan", 4.0, "bulan", "at_least")]),
        ("seluruh 38 provinsi", [("38 provinsi", 38.0, "provinsi", None)]),
    ],
)
def test_ranges_shares_bounds_and_units(text: str, expected: list[tuple[str, float, str | None, str | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anggaran Rp1,5 M", [("Rp1,5 M", 1.5e9, "IDR", None)]),
        ("sewa Rp 500 jt setahun", [("Rp 500 jt", 5e8, "IDR", None)]),
        ("tunggakan Rp 2,5 T", [("Rp 2,5 T", 2.5e12, "IDR", None)]),
        ("denda Rp12 M.", [("Rp12 M", 12e9, "IDR", None)]),
        ("uang Rp500jt", [("Rp500jt", 5e8, "IDR", None)]),
        ("ongkos 20 rb rupiah", [("20 rb rupiah", 20_000, "IDR", None)]),
        ("kerugian 1,5 M rupiah", [("1,5 M rupiah", 1.5e9, "IDR", None)]),
        ("pipa Rp 500 m", [("Rp 500", 500, "IDR", None)]),
        ("gempa M 6,1", [("M 6,1", 6.1, "magnitudo", None)]),
        ("15 T", [("15 T", 15, "T", None)]),
        ("biaya A$ 20 juta", [("A$ 20 juta", 2e7, "AUD", None)]),
        ("pinjaman AU$20 juta", [("AU$20 juta", 2e7, "AUD", None)]),
        ("kerugian HK$ 2 miliar", [("HK$ 2 miliar", 2e9, "HKD", None)]),
        ("upah 300 riyal", [("300 riyal", 300, "SAR", None)]),
        ("5 juta dolar Hong Kong", [("5 juta dolar Hong Kong", 5e6, "HKD", None)]),
    ],
)
def test_money(text: str, expected: list[tuple[str, float, str | None, str | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20.000 lebih warga mengungsi", [("20.000 lebih warga", 20_000, "warga", "at_least")]),
        ("50 lebih demonstran ditahan", [("50 lebih demonstran", 50, "demonstran", "at_least")]),
        ("Sekitar 3.000 lebih buruh", [("Sekitar 3.000 lebih buruh", 3000, "buruh", "at_least")]),
        ("Dua puluh lebih kota", [("Dua puluh lebih kota", 20, "kota", "at_least")]),
        ("Rp1.200 triliun lebih", [("Rp1.200 triliun lebih", 1.2e15, "IDR", "at_least")]),
        ("sekitar 4 ton lebih", [("sekitar 4 ton lebih", 4, "ton", "at_least")]),
        ("Ada 500 lebih.", [("500 lebih", 500, None, "at_least")]),
        ("harganya 6 kali lebih mahal", [("6 kali", 6, "kali", None)]),
        ("seratusan orang", [("seratusan orang", 100, "orang", "about")]),
        ("sepuluhan orang", [("sepuluhan orang", 10, "orang", "about")]),
        ("dua ratusan warga", [("dua ratusan warga", 200, "warga", "about")]),
        ("tiga puluhan ribu ton", [("tiga puluhan ribu ton", 30_000, "ton", "about")]),
        ("Satuan Reserse", []),
        ("naik 15%-20%", [("15%", 15, "persen", None), ("20%", 20, "persen", None)]),
        ("bunga 10 %-12 %", [("10 %", 10, "persen", None), ("12 %", 12, "persen", None)]),
        ("bunga 3 persen-5 persen", [("3 persen", 3, "persen", None), ("5 persen", 5, "persen", None)]),
        ("seharga Rp 40.000-Rp 45.000", [("Rp 40.000", 40_000, "IDR", None), ("Rp 45.000", 45_000, "IDR", None)]),
        ("Rp 2 juta-Rp 4 juta", [("Rp 2 juta", 2e6, "IDR", None), ("Rp 4 juta", 4e6, "IDR", None)]),
    ],
)
def test_more_and_about_and_ranges(text: str, expected: list[tuple[str, float, str | None, str | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20-30 orang", [("20", 20, "orang", None), ("30 orang", 30, "orang", None)]),
        ("5-7 pemuda", [("5", 5, "pemuda", None), ("7 pemuda", 7, "pemuda", None)]),
        ("1.000-2.000 warga", [("1.000", 1000, "warga", None), ("2.000 warga", 2000, "warga", None)]),
        ("kalah 1-3 babak kedua", []),
        ("menaklukkan Persija 1-2 babak kedua", []),
        ("2-1 gol", []),
        ("1-3 di kandang", []),
        ("Pasal 5-7 undang-undang", []),
        ("telepon 0812-555 pagi", []),
        ("Tiga dari lima terdakwa", [("Tiga", 3, "terdakwa", None), ("lima terdakwa", 5, "terdakwa", None)]),
        ("satu dari 3 juta warga", [("satu", 1, "warga", None), ("3 juta warga", 3e6, "warga", None)]),
        ("salah satu dari tiga calon", [("tiga calon", 3, "calon", None)]),
    ],
)
def test_ranges_of_what_is_counted_and_parts_of_it(
    text: str, expected: list[tuple[str, float, str | None, str | None]]
) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Selusin orang", ("Selusin orang", 12, "orang", None)),
        ("sepasang suami istri", ("sepasang suami", 2, "suami", None)),
        ("dua lusin telur", ("dua lusin telur", 24, "telur", None)),
        ("12 lusin telur", ("12 lusin telur", 144, "telur", None)),
        ("dua puluh satu lusin telur", ("dua puluh satu lusin telur", 252, "telur", None)),
        ("setengah lusin kapal", ("setengah lusin kapal", 6, "kapal", None)),
    ],
)
def test_dozens(text: str, expected: tuple[str, float, str | None, str | None]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("33,2 miliar dolar AS", [33_200_000_000]),
        ("Rp1,1 triliun", [1_100_000_000_000]),
        ("4,35-4,8 juta ton", [4_350_000, 4_800_000]),
    ],
)
def test_a_scale_leaves_no_dust(text: str, values: list[float]) -> None:
    assert [quantity[1] for quantity in found(text)] == values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sedikitnya 12 ditangkap", [("Sedikitnya 12", 12, None, "at_least")]),
        ("3 tewas, 5 luka-luka", [("3", 3, None, None), ("5", 5, None, None)]),
        ("Dua tewas", [("Dua", 2, None, None)]),
        ("yang satu menolak", []),
        ("Rp 20 juta kepada ahli waris", [("Rp 20 juta", 2e7, "IDR", None)]),
        ("20 juta kepada ahli waris", [("20 juta", 2e7, None, None)]),
        ("dari 36 menjadi 50 siswa", [("36", 36, None, None), ("50 siswa", 50, "siswa", None)]),
        ("12 terdakwa", [("12 terdakwa", 12, "terdakwa", None)]),
        ("3 menteri", [("3 menteri", 3, "menteri", None)]),
        ("25 meter", [("25 meter", 25, "meter", None)]),
        ("dua berkas", [("dua berkas", 2, "berkas", None)]),
        ("40 dirham", [("40 dirham", 40, "dirham", None)]),
        ("60 persen anggota", [("60 persen", 60, "persen", None)]),
        ("1.500 ha lahan", [("1.500 ha", 1500, "ha", None)]),
        ("200 wajib pajak", [("200 wajib pajak", 200, "wajib pajak", None)]),
    ],
)
def test_a_unit_is_a_noun(text: str, expected: list[tuple[str, float, str | None, str | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Brigade 9", []),
        ("pesawat JT 610 jatuh", []),
        ("nomor 1 dan 2", []),
        ("Pasal 27, 28, dan 29 UU ITE", []),
        ("Pasal 5 ayat (3)", []),
        ("ayat (1) dan (2)", []),
        ("Nomor: 123/HM", []),
        ("putusan 55/PUU-X", []),
        ("1. Menolak gugatan;\n2. Menghukum tergugat.", []),
        ("harga Rp 5.000/KG", [("Rp 5.000", 5000, "IDR", None)]),
        ("kelas 5 dan 20 siswa", [("20 siswa", 20, "siswa", None)]),
        ("nomor 5 dan Rp 10 ribu", [("Rp 10 ribu", 10_000, "IDR", None)]),
        ("sebuah divisi 5 orang", [("5 orang", 5, "orang", None)]),
        ("Budi (45)", [("45", 45, None, None)]),
        ("Penerbangan 703 jatuh", []),
        ("ruang 12 rumah sakit", []),
        ("Bom di kafe Palopo 3 itu", []),
        ("Di kota Bogor 3 tewas", [("3", 3, None, None)]),
        ("Pabrik milik PTPN 2 menanam tebu", []),
        ("Ia salah satu tokoh di se Jawa", []),
        ("Ia satu tokoh", [("satu tokoh", 1, "tokoh", None)]),
        ("Kode 0153 itu", []),
        ("menang 3 - 0, gol pada menit ke - 25 dan (45’)", []),
        ("sekali 3 - 4 kali", [("3", 3, "kali", None), ("4 kali", 4, "kali", None)]),
        ("Anggaran BSU 2025 sebesar Rp 10 triliun", [("Rp 10 triliun", 1e13, "IDR", None)]),
        ("Aturan itu dicabut. 2 Setelah itu", []),
        ("Ia pergi. 12 WNI tewas", [("12 WNI", 12, "WNI", None)]),
        ("pria setengah baya", []),
    ],
)
def test_designators(text: str, expected: list[tuple[str, float, str | None, str | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text", ["500 orang lebih banyak", "Perang Dunia Kedua berakhir", "negara kedua", "telepon 0812-555", "2/1 suara"]
)
def test_look_alikes(text: str) -> None:
    assert all(bound is None and unit not in ("berakhir", "suara") for _, _, unit, bound in found(text))


def test_spans_of_dates_are_left_out() -> None:
    text = "Pada 17 Agustus 1945 ada 3 orang"
    assert [q.text for q in find_quantities(text, INDONESIAN, [SimpleNamespace(start=5, end=20)])] == ["3 orang"]


@given(st.text(max_size=60))
def test_never_raises_and_quotes_the_text(text: str) -> None:
    assert all(text[q.start : q.end] == q.text for q in find_quantities(text, INDONESIAN))


@given(st.integers(0, 10**9))
def test_grouped_digits_have_their_value(number: int) -> None:
    text = f"{number:,}".replace(",", ".") + " orang"
    assert [q.value for q in find_quantities(text, INDONESIAN)] == [number]


def test_values_are_finite_and_odd_letters_cost_nothing() -> None:
    assert found("9" * 400 + " orang") == []
    assert found("r\u0131buan orang") == []  # IGNORECASE takes a dotless i for an i


def test_a_language_without_words_for_quantities_still_has_numbers() -> None:
    bare = Language("xx", Path("xx.yaml"), {})
    assert [(q.text, q.value) for q in find_quantities("5 ships, 12%, ke-3", bare)] == [("5 ships", 5), ("12%", 12)]


def test_long_runs_end() -> None:
    for text in ("1" * 100_000, "1." * 50_000, "dua " * 20_000, "ratus " * 20_000):
        find_quantities(text, INDONESIAN)
