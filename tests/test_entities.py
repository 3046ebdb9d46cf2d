"""Names: repairs, laws and named happenings by grammar, abbreviations, canonical names, links."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span

from peristiwa.entities import find_entities
from peristiwa.entities.gazetteer import known_names, province_codes
from peristiwa.entities.places import Town, choose
from peristiwa.errors import SettingsError
from peristiwa.language import load_language

INDONESIAN = load_language("id")
BLANK = spacy.blank("id")


def names(text: str, **spans: str) -> list[tuple[str, str, str]]:
    """(type, text, name) of the entities in ``text``, the model having found ``PER="…|…"``, ``ORG="…"``."""
    doc = BLANK(text)
    found = [
        doc.char_span(text.index(name), text.index(name) + len(name), label=label, alignment_mode="expand")
        for label, joined in spans.items()
        for name in joined.split("|")
    ]
    doc.set_ents(found)
    doc[0].is_sent_start = True
    for token in doc[1:]:
        token.is_sent_start = doc[token.i - 1].text in ".!?"
    entities = find_entities(doc, INDONESIAN)
    assert all(text[e.start : e.end] == e.text for e in entities)
    return [(e.type, e.text, e.name) for e in entities]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Menurut Presiden Sukarno, rapat batal.", "Presiden Sukarno", ["Sukarno"]),
        ("Menurut Prof. Dr. Siti Aminah, M.Si. data itu keliru.", "Prof. Dr. Siti Aminah, M.Si.", ["Siti Aminah"]),
        ("Jenderal Sudirman wafat.", "Jenderal Sudirman", ["Sudirman"]),
        ("“Raden Saleh” melukis.", "“Raden Saleh”", ["Raden Saleh"]),
        ("Rini Astuti, S.H., M.H. hadir.", "Rini Astuti|S.H.|M.H.", ["Rini Astuti"]),
        ("Anton Wijaya, M.Sc., Ph.D. hadir.", "Anton Wijaya|M.Sc., Ph.D.", ["Anton Wijaya"]),
        ("Wulan Sari, A.Md.Keb., Sp.OG(K) hadir.", "Wulan Sari, A.Md.Keb.|Sp.OG(K)", ["Wulan Sari"]),
        ("Saksi M.H. hadir.", "M.H.", ["M.H."]),  # initials
        ("Laporan Ir. itu keliru.", "Ir.", []),
        ("Brigjen Pol. Yosua Tamba hadir.", "Pol. Yosua Tamba", ["Yosua Tamba"]),
        ("Kol. Inf. Yosua Tamba hadir.", "Kol. Inf. Yosua Tamba", ["Yosua Tamba"]),
        ("Kang Emil hadir.", "Kang Emil", ["Emil"]),
        ("Kang Ho Dong hadir.", "Kang Ho Dong", ["Kang Ho Dong"]),
        ("Pangeran Mas Sirno hadir.", "Mas Sirno", ["Mas Sirno"]),
        ("HM Zazuli hadir.", "HM Zazuli", ["Zazuli"]),
        ("Putrinya Laras lahir.", "Putrinya Laras", ["Laras"]),
        ("Raymond dari Poitiers tiba.", "Raymond|Poitiers", ["Raymond dari Poitiers"]),
        ("Surat untuk Rina dari Anton hilang.", "Rina|Anton", ["Rina", "Anton"]),
    ],
)
def test_titles_degrees_and_quotes_stand_outside_a_person(text: str, found: str, expected: list[str]) -> None:
    assert [name for _, name, _ in names(text, PER=found)] == expected


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Seksi Pidana Khusus (Pidsus) Kejaksaan Negeri Bantul", "Pidsus) Kejaksaan Negeri Bantul", "Kejaksaan Negeri Bantul"),
        ("Menurut Badan Karantina (lihat bab 2) begitu.", "Badan Karantina (", "Badan Karantina"),
        ("Kantor PT Karya (Persero) tutup.", "PT Karya (Persero)", "PT Karya (Persero)"),
    ],
)
def test_a_bracket_that_is_not_of_the_name_ends_it(text: str, found: str, expected: str) -> None:
    assert expected in [name for _, name, _ in names(text, ORG=found)]


def test_a_bracketed_abbreviation_is_a_second_mention_with_the_full_name() -> None:
    text = "Badan Pusat Statistik (BPS) merilis data. BPS menghitung ulang."
    assert names(text, ORG="Badan Pusat Statistik (BPS)") == [
        ("ORG", "Badan Pusat Statistik", "Badan Pusat Statistik"),
        ("ORG", "BPS", "Badan Pusat Statistik"),
    ]


def test_an_abbreviation_that_the_model_missed_is_added() -> None:
    assert [n for _, n, _ in names("Palang Merah Indonesia (PMI) hadir.", ORG="Palang Merah Indonesia")] == [
        "Palang Merah Indonesia",
        "PMI",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ia memimpin upacara Hari Perhubungan Nasional (Harhubnas) ke-55.", ["Hari Perhubungan Nasional", "Harhubnas"]),
        ("Ia membuka peringatan Hari Air Sedunia 2022 (selesai).", ["Hari Air Sedunia 2022"]),
        ("Peringatan Hari Batik Nasional batal.", []),  # 2 October
        ("Hari Libur Nasional ditetapkan.", []),
    ],
)
def test_days_that_are_kept_each_year_are_happenings(text: str, expected: list[str]) -> None:
    assert [name for type_, name, _ in names(text) if type_ == "EVT"] == expected


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("DPR mengesahkan UU Nomor 7 Tahun 2017 kemarin.", "UU Nomor 7 Tahun 2017"),
        (
            "Undang-Undang Nomor 11 Tahun 2008 tentang Informasi dan Transaksi Elektronik direvisi.",
            "Undang-Undang Nomor 11 Tahun 2008 tentang Informasi dan Transaksi Elektronik",
        ),
        ("Peraturan Pemerintah (PP) Nomor 47 Tahun 2015 berlaku.", "Peraturan Pemerintah (PP) Nomor 47 Tahun 2015"),
        ("Mereka menggugat Pasal 27 ayat (3) UU ITE.", "Pasal 27 ayat (3) UU ITE"),
        ("Resolusi DK PBB 1325 diadopsi.", "Resolusi DK PBB 1325"),
        ("Negara itu meratifikasi Protokol Montreal.", "Protokol Montreal"),
        ("KUHP baru disahkan.", "KUHP"),
        ("Perpu 2/2017 terbit.", "Perpu 2/2017"),
        (
            "Aturan itu ada dalam Peraturan Menteri Energi dan Sumber Daya Mineral Nomor 26 Tahun 2018.",
            "Peraturan Menteri Energi dan Sumber Daya Mineral Nomor 26 Tahun 2018",
        ),
        (
            "Hakim membaca Putusan Mahkamah Konstitusi Nomor 12/PUU-XX/2022 kemarin.",
            "Putusan Mahkamah Konstitusi Nomor 12/PUU-XX/2022",
        ),
        ("Ketetapan MPR Nomor XXV/MPRS/1966 dibahas.", "Ketetapan MPR Nomor XXV/MPRS/1966"),
        ("Menurut Pasal 33 UUD 1945 hal itu wajib.", "Pasal 33 UUD 1945"),
        ("UU RI No.35 Tahun 2009 berlaku.", "UU RI No.35 Tahun 2009"),
        (
            "Keppres Nomor 3 Tahun 2019 tentang pembentukan dan susunan Dewan Air terbit.",
            "Keppres Nomor 3 Tahun 2019 tentang pembentukan dan susunan Dewan Air",
        ),
        ("RUU tentang Daerah Rawan Banjir (DRB) dibahas.", "RUU tentang Daerah Rawan Banjir (DRB)"),
        ("Kedua pihak meneken Pacific Trade Agreement kemarin.", "Pacific Trade Agreement"),
        ("UU No. 8 thn 1974 tentang Pasar Rakyat berlaku.", "UU No. 8 thn 1974 tentang Pasar Rakyat"),
        (
            "Ia membahas rancangan undang-undang (RUU) tentang Pasar Rakyat.",
            "rancangan undang-undang (RUU) tentang Pasar Rakyat",
        ),
        ("Ia meneken peraturan presiden (perpres) tentang Beras pada Mei.", "peraturan presiden (perpres) tentang Beras"),
    ],
)
def test_laws_by_grammar(text: str, law: str) -> None:
    assert law in [found for kind, found, _ in names(text) if kind == "LAW"]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("KTT ke-43 ASEAN digelar.", "KTT ke-43 ASEAN"),
        ("Piala Dunia 2022 usai.", "Piala Dunia 2022"),
        ("Perang Dunia II pecah.", "Perang Dunia II"),
        ("Sejak Pemilu 2019 partai itu bubar.", "Pemilu 2019"),
        ("Gempa Bumi Yogyakarta 2006 merusak.", "Gempa Bumi Yogyakarta 2006"),
        ("Sejak pemilu 1999 partai itu bubar.", "pemilu 1999"),
        ("Ia kalah dalam pemilihan presiden dan wakil presiden 2009.", "pemilihan presiden dan wakil presiden 2009"),
        ("Setelah kudeta Argentina 1976 ia pergi.", "kudeta Argentina 1976"),
        ("Korban genosida Armenia diperingati.", "genosida Armenia"),
        (
            "Konferensi Tingkat Tinggi (KTT) Luar Biasa ke-3 ASEAN usai.",
            "Konferensi Tingkat Tinggi (KTT) Luar Biasa ke-3 ASEAN",
        ),
        ("Musyawarah Nasional II Ikatan Petani Kopi (IPK) usai.", "Musyawarah Nasional II Ikatan Petani Kopi (IPK)"),
        ("Ia tampil di Pacific Music Awards 2011.", "Pacific Music Awards 2011"),
        ("Delegasi itu menghadiri COP29.", "COP29"),
        ("Operasi Badai Gurun dimulai.", "Operasi Badai Gurun"),
        ("Topan Mawar mendekat.", "Topan Mawar"),
        ("Akibat Siklon Tropis Anggrek kapal karam.", "Siklon Tropis Anggrek"),
    ],
)
def test_named_happenings_by_grammar(text: str, event: str) -> None:
    assert event in [found for kind, found, _ in names(text) if kind == "EVT"]


@pytest.mark.parametrize(
    "text",
    [
        "Gempa mengguncang Padang.",
        "Perjanjian itu batal.",
        "Undang-undang melarangnya.",
        "Perang melanda negeri itu.",
        "Sidang digelar Senin.",
        "Operasi Pasar digelar.",
        "Perjanjian Bilateral disusun.",
        "Pemilu akan digelar.",
        "Siklon Tropis melemah.",
        "Badai Salju melanda.",
    ],
)
def test_common_nouns_are_no_names(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "found", "people"),
    [
        ("Pelaku berinisial AS (36) ditangkap.", {"LOC": "AS"}, ["AS"]),
        ("Inisial RN, KL, dan D.P. disebut.", {}, ["RN", "KL", "D.P."]),
        ("Tersangka AB dan CD ditahan.", {}, ["AB", "CD"]),
        ("RS alias Ucok ditahan.", {"PER": "Ucok"}, ["RS", "Ucok"]),
        ("Korban MK (12) dirawat.", {"ORG": "MK"}, ["MK"]),
        ("Pelaku berinisial MA kabur. Polisi memburu MA.", {}, ["MA", "MA"]),
        ("Medali diraih China (38) dan AS (39).", {"LOC": "China|AS"}, []),
        ("Kursi PDIP (12) dan PKS (9) bertambah.", {"ORG": "PDIP|PKS"}, []),
        ("Warga AS (32) tiba.", {"LOC": "AS"}, []),
        ("Tersangka UU itu ditahan.", {}, []),
        ("Korban RS Harapan melapor.", {}, []),
        ("Korban KPK dan TNI melapor.", {"ORG": "KPK|TNI"}, []),
        ("Korban PP Nomor 5 melapor.", {}, []),
        ("Putusan MA mengikat.", {"PER": "MA"}, []),
        ("Polisi menahan MA, warga Depok.", {"PER": "MA"}, ["MA"]),
        ("Pelaku berinisial MK. Mahkamah Konstitusi (MK) bersidang. MK menolak.", {"ORG": "Mahkamah Konstitusi"}, ["MK"]),
    ],
)
def test_who_is_told_by_initials_is_a_person(text: str, found: dict[str, str], people: list[str]) -> None:
    told = [name for name in names(text, **found) if name[0] == "PER"]
    assert [text for _, text, _ in told] == people
    assert all(name == text for _, text, name in told)


def test_letters_beside_a_persons_name_stand_for_it() -> None:
    text = "Rudi Hartono (RH) dan Puan Maharani (PDIP) hadir. RH pergi."
    told = names(text, PER="Rudi Hartono|Puan Maharani", ORG="RH|PDIP")
    assert [(kind, text, name) for kind, text, name in told if text == "RH"] == [("PER", "RH", "Rudi Hartono")] * 2
    assert ("ORG", "PDIP", "Partai Demokrasi Indonesia Perjuangan") in told


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("PT PLN (Persero) hadir.", "PT PLN|Persero", ["PT PLN (Persero)"]),
        ("PT Timah,Tbk dan Perum Bulog hadir.", "PT Timah|Tbk|Perum Bulog", ["PT Timah,Tbk", "Perum Bulog"]),
        ("Fraksi PKB DPR hadir.", "PKB|DPR", ["Fraksi PKB DPR"]),
        ("Badan Anti-Doping hadir.", "Badan Anti-Doping", ["Badan Anti-Doping"]),
        ("Aksi Pro-Rakyat digelar.", "Pro-Rakyat", []),
        (
            "Ketua Komisi Pemilihan Umum (KPU) Sleman Ahmad hadir.",
            "Komisi Pemilihan Umum (KPU) Sleman Ahmad",
            ["Komisi Pemilihan Umum (KPU) Sleman", "Ahmad"],
        ),
        (
            "Kepala Lembaga Pemasyarakatan (Lapas) Cipinang hadir.",
            "Lembaga Pemasyarakatan (Lapas) Cipinang",
            ["Lembaga Pemasyarakatan (Lapas) Cipinang"],
        ),
        ("Direktur PT Timah Tbk Danang hadir.", "PT Timah Tbk Danang", ["PT Timah Tbk", "Danang"]),
    ],
)
def test_where_a_body_ends(text: str, found: str, expected: list[str]) -> None:
    assert [name for _, name, _ in names(text, ORG=found)] == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Operasi tangkap tangan (OTT) digelar.", {"ORG": "OTT"}),
        ("Dana desa siaga bencana (DDSB) cair, lalu DDSB habis.", {"ORG": "DDSB"}),
        ("Dana IPO cair.", {"ORG": "IPO"}),
        ("Almarhum meninggalkan dua anak.", {"PER": "Almarhum"}),
        ("Promotor berjanji.", {"ORG": "Promotor"}),
        ("Menteri PUPR tiba.", {"ORG": "PUPR"}),
        ("Menteri KKP tiba.", {"ORG": "KKP"}),
        ("KRI Bung Hatta berlayar.", {"ORG": "KRI Bung Hatta"}),
        ("Kapal USS Abraham tiba.", {"PER": "Abraham"}),
        ("Mobil F 7712 AB terguling.", {"ORG": "F 7712 AB"}),
        ('Film "Perang Terakhir" tayang.', {}),
        ('Novel berjudul "Tragedi Malam" terbit.', {"EVT": "Tragedi Malam"}),
        ('Buku "Sukarno" terbit.', {"PER": "Sukarno"}),
        ("SIARAN PERS\n\nrapat batal.", {"ORG": "SIARAN PERS"}),
        ("MEMUTUSKAN:\n\nrapat batal.", {"ORG": "MEMUTUSKAN"}),
        ("PERJANJIAN KERJA SAMA\n\nrapat batal.", {"LAW": "PERJANJIAN KERJA SAMA"}),
        ("Gempa BUMI GUNCANG\nGEMPA BUMI GUNCANG KOTA\nitu", {"ORG": "GEMPA BUMI GUNCANG KOTA"}),
        ("Peristiwa Penembakan Laskar diusut.", {}),
        ("Peristiwa Sabtu itu mengejutkan.", {}),
        ("Kerangka Acuan Kerja disusun.", {}),
        ("Agenda 12 Juni dibatalkan.", {}),
        ("Rapat 1 Juni dibatalkan.", {}),
        ("Serangan 12 Mei itu gagal.", {}),
        ("Dasarnya perjanjian 1891 itu.", {"LAW": "perjanjian 1891"}),
        ("Banyak perang meletus.", {"EVT": "perang"}),
        ("Ia diundang ke KTT berikutnya.", {"EVT": "KTT"}),
    ],
)
def test_what_the_model_takes_for_a_name(text: str, found: dict[str, str]) -> None:
    assert names(text, **found) == []


def test_a_numbered_event_may_be_small_and_no_name_ends_in_a_conjunction() -> None:
    assert names("Partai itu kalah pada pemilu 2024.", EVT="pemilu 2024") == [("EVT", "pemilu 2024", "pemilu 2024")]
    words = "Para pihak menaati Konvensi Wina dan putusan itu .".split()
    doc = Doc(BLANK.vocab, words, sent_starts=[True, *[False] * (len(words) - 1)])
    doc[5].pos_ = "CCONJ"
    doc.set_ents([Span(doc, 3, 6, "LAW")])
    assert [entity.text for entity in find_entities(doc, INDONESIAN)] == ["Konvensi Wina"]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Menteri PKS mundur.", {"ORG": "PKS"}, ["PKS"]),
        ("Menteri AS tiba.", {"LOC": "AS"}, ["AS"]),
        ("Menteri Agama dan MUI bertemu.", {"ORG": "MUI"}, ["MUI"]),
        ("Tim olah TKP Polda Jabar tiba.", {"ORG": "TKP Polda Jabar"}, ["Polda Jabar"]),
        ('Majalah "Tempo" digugat.', {"ORG": "Tempo"}, ["Tempo"]),
        ('Buku tentang "Perang Dunia II" terbit.', {}, ["Perang Dunia II"]),
        ('Presiden menyebut "Perang Dunia II" lagi.', {}, ["Perang Dunia II"]),
        ("Sebuah organisasi kesehatan dunia (WHO) hadir.", {"ORG": "WHO"}, ["WHO"]),
        ("Kantor di MT Haryono terbakar.", {"LOC": "MT Haryono"}, ["MT Haryono"]),
        ("BANK INDONESIA\n\nrapat batal.", {"ORG": "BANK INDONESIA"}, ["BANK INDONESIA"]),
        ("KEMENTERIAN LUAR NEGERI\n\nrapat batal.", {"ORG": "KEMENTERIAN LUAR NEGERI"}, ["KEMENTERIAN LUAR NEGERI"]),
        ("PBB KECAM SERANGAN KOTA\nitu", {"ORG": "PBB KECAM SERANGAN KOTA"}, ["PBB"]),
        ("Serangan Umum 1 Maret usai.", {}, ["Serangan Umum 1 Maret"]),
        ("Tragedi 12 Mei 1998 diusut.", {}, ["Tragedi 12 Mei 1998"]),
        ("Mereka mengenang Kerusuhan 27 Juli.", {}, ["Kerusuhan 27 Juli"]),
        ("Dekrit Presiden 5 Juli 1959 dibacakan.", {}, ["Dekrit Presiden 5 Juli 1959"]),
        ("Peristiwa Madiun dikenang.", {"LOC": "Madiun"}, ["Peristiwa Madiun"]),
        ("Mereka mendukung Agenda 2030 itu.", {}, ["Agenda 2030"]),
        ("Kerangka Windsor diteken.", {"LOC": "Windsor"}, ["Kerangka Windsor"]),
        ("Liga 1 2022/2023 usai.", {"EVT": "Liga 1 2022"}, ["Liga 1 2022/2023"]),
        ("Piala Presiden 2022/2023 usai.", {}, ["Piala Presiden 2022/2023"]),
        ("Bom Bali 12 Oktober meledak.", {"EVT": "Bom Bali 12"}, ["Bom Bali"]),
        ("Kodam Jaya/Jayakarta bergerak.", {"ORG": "Kodam Jaya", "PER": "Jayakarta"}, ["Kodam Jaya/Jayakarta"]),
        ("Brigif 15/Kujang II bergerak.", {}, ["Brigif 15/Kujang II"]),
        ("Danrem 072/Pamungkas Puji Cahyono tiba.", {"PER": "Pamungkas Puji Cahyono"}, ["072/Pamungkas", "Puji Cahyono"]),
        ("Korem 032/Wirabraja Brigjen Yudi tiba.", {"PER": "Wirabraja Brigjen Yudi"}, ["Korem 032/Wirabraja", "Yudi"]),
        ("Tim SAR/TNI bergerak.", {"ORG": "Tim SAR|TNI"}, ["Tim SAR", "TNI"]),
        ("Raden Mas Suwardi tiba.", {"PER": "Raden Mas Suwardi"}, ["Suwardi"]),
        ("Teuku Umar tiba.", {"PER": "Teuku Umar"}, ["Teuku Umar"]),
    ],
)
def test_names_as_the_guidelines_want_them(text: str, found: dict[str, str], expected: list[str]) -> None:
    assert [name for _, name, _ in names(text, **found)] == expected


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Dosen Universitas Andalas Asrin hadir.", {"ORG": "Universitas Andalas Asrin"}, ["Universitas Andalas", "Asrin"]),
        ("Dosen Universitas Airlangga Herman hadir.", {"PER": "Airlangga Herman"}, ["Universitas Airlangga", "Herman"]),
        ("Ketua KONI Papua Kenius hadir.", {"ORG": "KONI Papua Kenius"}, ["KONI Papua", "Kenius"]),
        (
            "Ketua DPD Golkar Jabar Bahtiar hadir.",
            {"ORG": "DPD Golkar", "PER": "Jabar Bahtiar"},
            ["DPD Golkar Jabar", "Bahtiar"],
        ),
        ("Presiden Persib Glenn hadir.", {"PER": "Persib Glenn"}, ["Persib", "Glenn"]),
        ("Kepala Satpol PP Jakarta Timur hadir.", {"ORG": "Satpol PP Jakarta", "PER": "Timur"}, ["Satpol PP Jakarta Timur"]),
        ("Kepala Dinas Darat Letkol Laut Ari hadir.", {"ORG": "Dinas Darat Letkol Laut Ari"}, ["Dinas Darat", "Ari"]),
        ("Harian Inggris The Sun hadir.", {"ORG": "Harian Inggris The Sun"}, ["Inggris", "The Sun"]),
        ("Harian Indonesia Raya hadir.", {"ORG": "Harian Indonesia Raya"}, ["Harian Indonesia Raya"]),
        ("Di Perang Dunia I Jerman kalah.", {"EVT": "Perang Dunia I Jerman"}, ["Perang Dunia I", "Jerman"]),
        ("Di Revolusi Prancis Raja Louis kalah.", {"EVT": "Revolusi Prancis Raja Louis"}, ["Revolusi Prancis", "Louis"]),
        ("Bupati Sleman Kustini hadir.", {"PER": "Sleman Kustini"}, ["Sleman", "Kustini"]),
        ("Dirut Pertamina Nicke hadir.", {"ORG": "Pertamina Nicke"}, ["Pertamina Nicke"]),  # it may be a branch
        ("Nicke pergi. Dirut PLN Nicke hadir.", {"ORG": "PLN Nicke", "PER": "Nicke"}, ["PLN", "Nicke"]),
        ("Wali Kota Bima Arya hadir.", {"PER": "Bima Arya"}, ["Bima Arya"]),
        ("Wartawan Kompas TV Rio Johan hadir.", {"ORG": "Kompas TV", "PER": "Rio Johan"}, ["Kompas TV", "Rio Johan"]),
        ("Dosen Universitas Indonesia Depok hadir.", {"ORG": "Universitas Indonesia Depok"}, ["Universitas Indonesia Depok"]),
        ("Dirut Pertamina Hulu Energi hadir.", {"ORG": "Pertamina Hulu Energi"}, ["Pertamina Hulu Energi"]),
    ],
)
def test_a_body_and_its_speaker_are_two_names(text: str, found: dict[str, str], expected: list[str]) -> None:
    doc = BLANK(text)
    spans = [(text.rindex(name), name, label) for label, name in found.items()]
    if "Nicke pergi" in text:
        spans[1] = (0, "Nicke", "PER")
        expected = ["Nicke", *expected]
    doc.set_ents([doc.char_span(at, at + len(name), label=label) for at, name, label in spans])
    for token in doc:
        token.is_sent_start = token.i == 0
    assert [entity.text for entity in find_entities(doc, INDONESIAN)] == expected


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Senja Merah adalah film drama.", {"PER": "Senja Merah"}, []),
        ("Two Days in Italia adalah film.", {"ORG": "Two Days in Italia"}, []),
        ("Wadung merupakan salah satu desa di sana.", {"PER": "Wadung"}, ["LOC Wadung"]),
        ("Boven (1911) adalah surat kabar.", {"LOC": "Boven"}, ["ORG Boven"]),
        ("Margonda adalah seorang pahlawan.", {"LOC": "Margonda"}, ["PER Margonda"]),
        ("Budi adalah bintang film.", {"PER": "Budi"}, ["PER Budi"]),
        ("Adik Budi adalah kota.", {"PER": "Budi"}, ["PER Budi"]),
        ("Hoek Polder dibentuk dari lima desa. Munisipalitas ini ramai.", {"ORG": "Hoek Polder"}, ["LOC Hoek Polder"]),
        ("PT Sari digugat di Solo. Kota ini ramai.", {"ORG": "PT Sari", "LOC": "Solo"}, ["ORG PT Sari", "LOC Solo"]),
        ("Ia menulis di surat kabar De Telegraaf.", {"PER": "De Telegraaf"}, ["ORG De Telegraaf"]),
        ("Kapal perang De Ruyter karam.", {"PER": "De Ruyter"}, []),
        ("Mobil Alonso mogok.", {"PER": "Alonso"}, ["PER Alonso"]),
        ("Novel Siti Nurbaya karya Marah Rusli terbit.", {"PER": "Siti Nurbaya|Marah Rusli"}, ["PER Marah Rusli"]),
        ("Swann Re, perusahaan asuransi, merugi.", {"PER": "Swann Re"}, ["ORG Swann Re"]),
        ("Menurut Yuyu, perusahaan itu merugi.", {"PER": "Yuyu"}, ["PER Yuyu"]),
    ],
)
def test_what_the_text_says_that_a_name_is(text: str, found: dict[str, str], expected: list[str]) -> None:
    assert [f"{kind} {name}" for kind, name, _ in names(text, **found)] == expected


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Pangeran Samudra lari.", {"LOC": "Pangeran Samudra"}, ["PER Samudra"]),
        ("Raja Kusan datang.", {"LOC": "Raja Kusan"}, ["LOC Kusan"]),
        ("Warga di Raja Basa resah.", {"LOC": "Raja Basa"}, ["LOC Raja Basa"]),
        ("Sultan Deli datang.", {"PER": "Deli"}, ["LOC Deli"]),
        ("Sultan Agung datang.", {"PER": "Agung"}, ["PER Agung"]),
        ("Gubernur Bali Beratha hadir.", {"LOC": "Bali Beratha"}, ["LOC Bali", "PER Beratha"]),
        ("Gubernur Papua Barat Daya hadir.", {"LOC": "Papua Barat Daya"}, ["LOC Papua Barat Daya"]),
        ("Jenderal Wellington menang.", {"LOC": "Wellington"}, ["PER Wellington"]),
        ("Jenderal Prancis menang.", {"LOC": "Prancis"}, ["LOC Prancis"]),
        ("Kaisar Romawi Diokletianus wafat.", {}, ["LOC Romawi", "PER Diokletianus"]),
        ("Kapolres Kertalaya, AKBP Rudi, hadir.", {"PER": "Kertalaya|Rudi"}, ["LOC Kertalaya", "PER Rudi"]),
        ("Kapolsek Sukaraya AKP Joni hadir.", {"PER": "Joni"}, ["LOC Sukaraya", "PER Joni"]),
        ("Kapolres Rudi hadir.", {"PER": "Rudi"}, ["PER Rudi"]),
        ("Rabbi Elazar dan KH. Wahid hadir.", {"PER": "Rabbi Elazar|KH. Wahid"}, ["PER Elazar", "PER Wahid"]),
        ("Letkol Inf Bayu hadir.", {"PER": "Inf Bayu"}, ["PER Bayu"]),
        ("Peran KSAL dan Komodor penting.", {"ORG": "KSAL", "PER": "Komodor"}, []),
    ],
)
def test_what_a_title_tells(text: str, found: dict[str, str], expected: list[str]) -> None:
    assert [f"{kind} {name}" for kind, name, _ in names(text, **found)] == expected


def tagged(text: str, *spans: tuple[int, str, str]) -> list[str]:
    """Type and text of the entities, the model having found ``spans``: the how-manieth of a name, the name, its type."""
    doc = BLANK(text)
    found = []
    for number, name, label in spans:
        at = -1
        for _ in range(number):
            at = text.index(name, at + 1)
        found.append(doc.char_span(at, at + len(name), label=label, alignment_mode="expand"))
    doc.set_ents(found)
    for token in doc:
        token.is_sent_start = token.i == 0
    return [f"{entity.type} {entity.text}" for entity in find_entities(doc, INDONESIAN)]


def test_one_name_has_one_type_but_where_a_cue_tells_otherwise() -> None:
    text = "Kerajaan Aures jatuh, dan Aures hancur."
    assert tagged(text, (1, "Kerajaan Aures", "LOC"), (2, "Aures", "PER")) == ["LOC Kerajaan Aures", "LOC Aures"]
    text = "Tomas, Tomas, dan Tomas hadir."
    assert tagged(text, (1, "Tomas", "PER"), (2, "Tomas", "LOC"), (3, "Tomas", "PER")) == ["PER Tomas"] * 3
    text = "Jenderal Lincoln tiba di Lincoln, dan Lincoln ramai."
    assert tagged(text, (1, "Lincoln", "PER"), (2, "Lincoln", "LOC"), (3, "Lincoln", "LOC"))[:2] == [
        "PER Lincoln",
        "LOC Lincoln",
    ]
    text = "Liverpool menang di Liverpool, Liverpool hebat."
    spans = ((1, "Liverpool", "ORG"), (2, "Liverpool", "LOC"), (3, "Liverpool", "ORG"))
    assert tagged(text, *spans) == ["ORG Liverpool", "LOC Liverpool", "ORG Liverpool"]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Kassym-Jomart Tokayev hadir.", {"PER": "Kassym|Jomart Tokayev"}, ["PER Kassym-Jomart Tokayev"]),
        ("Ganjar-Mahfud Md menang, kata Ganjar.", {"PER": "Ganjar|Mahfud Md"}, ["PER Ganjar", "PER Mahfud Md"]),
        ("John (Jack) Reed hadir.", {"PER": "John|Jack|Reed"}, ["PER John (Jack) Reed"]),
        ("John (Belgia) Reed hadir.", {"PER": "John|Reed", "LOC": "Belgia"}, ["PER John", "LOC Belgia", "PER Reed"]),
        ("Partai Maju (Fremskritt, FrP) menang.", {"ORG": "Partai Maju (Fremskritt"}, ["ORG Partai Maju", "ORG Fremskritt"]),
        ("Austria-Hungaria menyerang.", {"LOC": "Austria|Hungaria"}, ["LOC Austria-Hungaria"]),
        ("Batas Polandia-Jerman ditutup.", {"LOC": "Polandia|Jerman"}, ["LOC Polandia", "LOC Jerman"]),
        ("Persekutuan Prancis-Austria pecah.", {"LOC": "Prancis|Austria"}, ["ORG Persekutuan Prancis-Austria"]),
        ("Ia menjuarai Prancis Terbuka 2019.", {"LOC": "Prancis"}, ["EVT Prancis Terbuka 2019"]),
        ("Ia kuliah di Universitas Terbuka.", {"ORG": "Universitas Terbuka"}, ["ORG Universitas Terbuka"]),
        ("Resimen Marinir ke-5 mendarat.", {"ORG": "Resimen Marinir"}, ["ORG Resimen Marinir ke-5"]),
        ("Armada ke-7 Amerika Serikat tiba.", {"LOC": "Amerika Serikat"}, ["ORG Armada ke-7 Amerika Serikat"]),
        ("Klub itu turun ke Divisi 1.", {}, []),
        ("Setelah PD II ia pulang.", {"ORG": "PD II"}, ["EVT PD II"]),
        ("Surat dalam bahasa Rusia dan Inggris.", {"LOC": "Rusia|Inggris"}, []),
        ("Palu itu patah.", {"LOC": "Palu"}, []),
        ("Palu diguncang gempa.", {"LOC": "Palu"}, ["LOC Palu"]),
        ("YS, pegawai dinas itu, tewas.", {}, ["PER YS"]),
        ("Pukul 10.00 WIB, pria itu tiba.", {}, []),
        ("Dengan kode saham BBTN bank itu tumbuh.", {"ORG": "BBTN"}, []),
        ("Lewat Pacific Trade Agreement mereka berdagang.", {}, ["LAW Pacific Trade Agreement"]),
        ("Instruksi Wakil Gubernur Nomor 5 Tahun 2020 terbit.", {}, ["LAW Instruksi Wakil Gubernur Nomor 5 Tahun 2020"]),
        ("Liga Bangsa-Bangsa bubar.", {"EVT": "Liga Bangsa-Bangsa"}, ["ORG Liga Bangsa-Bangsa"]),
    ],
)
def test_pieces_numbers_and_letters(text: str, found: dict[str, str], expected: list[str]) -> None:
    assert [f"{kind} {name}" for kind, name, _ in names(text, **found)] == expected


def test_the_title_of_a_law_in_capitals_is_one_name() -> None:
    title = "KEPUTUSAN KETUA KPU\nNOMOR: 12/PL.02/2022\nTENTANG\nJADWAL PEMILU"
    text = f"SALINAN\n{title}\nDENGAN RAHMAT TUHAN YANG MAHA ESA\nKETUA KPU,"
    assert ("LAW", title, " ".join(title.split()).replace("KPU", "Komisi Pemilihan Umum")) in names(text)
    assert "NORWEGIA" not in str(names("KEPUTUSAN BERSAMA\nNORWEGIA DAN SWEDIA\n"))


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ("Undang-Undang", []),
        ("Revisi UU Desa", ["UU Desa"]),
        ("Hukum Dasar Andora atau Undang-Undang Andora", ["Hukum Dasar Andora", "Undang-Undang Andora"]),
    ],
)
def test_the_models_laws_are_tidied(law: str, expected: list[str]) -> None:
    assert [name for _, name, _ in names(f"{law} dibahas.", LAW=law)] == expected


def test_a_body_that_looks_like_an_instrument_is_no_law() -> None:
    assert ("LAW", "Pakta Pertahanan Atlantik Utara") not in [
        n[:2] for n in names("Pakta Pertahanan Atlantik Utara bersidang.")
    ]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("LOC", "Uni Afrika", "ORG"),
        ("EVT", "Liga Arab", "ORG"),
        ("ORG", "Papua Nugini", "LOC"),
        ("LOC", "Universitas Indonesia", "LOC"),  # the place, where the model says so
    ],
)
def test_what_the_tables_know_has_their_type(kind: str, name: str, expected: str) -> None:
    assert names(f"Mereka menyebut {name} kemarin.", **{kind: name}) == [(expected, name, name)]


@pytest.mark.parametrize(
    ("title", "rest", "voice"),
    [("retribusi pasar", "dicabut", "Pass"), ("retribusi pasar", "mengatur tarif", "Act"), ("larangan merokok", "", "Act")],
)
def test_a_law_ends_before_its_verb(title: str, rest: str, voice: str) -> None:
    law = f"Perda Nomor 4 Tahun 2015 tentang {title}"
    words = f"{law} {rest}".split()
    verbs = [word in ("dicabut", "mengatur", "merokok") for word in words]
    doc = Doc(
        BLANK.vocab,
        words,
        pos=["VERB" if verb else "NOUN" for verb in verbs],
        morphs=[f"Voice={voice}" if verb else "" for verb in verbs],
        sent_starts=[i == 0 for i in range(len(words))],
    )
    assert [entity.text for entity in find_entities(doc, INDONESIAN)] == [law]


@pytest.mark.parametrize(
    ("text", "kind", "found", "expected"),
    [
        ("DPR RI bersidang.", "ORG", "DPR RI", ["Dewan Perwakilan Rakyat"]),
        (
            "Majelis Umum PBB bersidang; Majelis Umum setuju.",
            "ORG",
            "Majelis Umum PBB|Majelis Umum",
            ["Majelis Umum Perserikatan Bangsa-Bangsa"] * 2,
        ),
        ("Dewan Eropa bersidang. Dewan menolak.", "ORG", "Dewan Eropa|Dewan", ["Dewan Eropa"] * 2),
        (
            "Dewan Eropa dan Dewan Pers bertemu. Dewan menolak.",
            "ORG",
            "Dewan Eropa|Dewan Pers|Dewan",
            ["Dewan Eropa", "Dewan Pers", "Dewan"],
        ),
        ("PT Mandala Tbk untung. Mandala naik.", "ORG", "PT Mandala Tbk|Mandala", ["Mandala"] * 2),
        ("Bank BRI dan BRI.", "ORG", "Bank BRI|BRI", ["Bank Rakyat Indonesia"] * 2),
        ("Pasar Kue Bali (PKB) dibuka. PKB ramai.", "ORG", "Pasar Kue Bali|PKB", ["Pasar Kue Bali"] * 3),
        (
            "UU No. 9 Tahun 1998 tentang Unjuk Rasa. UU 9/1998.",
            "LAW",
            "",
            ["Undang-Undang Nomor 9 Tahun 1998 tentang Unjuk Rasa"] * 2,
        ),
        ("Keputusan Presiden (Keppres) No. 61/2019 terbit.", "LAW", "", ["Keputusan Presiden Nomor 61 Tahun 2019"]),
        ("UU No. 8 Th. 1974 berlaku.", "LAW", "", ["Undang-Undang Nomor 8 Tahun 1974"]),
        ("MEDAN, Rabu.", "LOC", "MEDAN", ["Medan"]),
        ("JAWA TIMUR, Rabu.", "LOC", "JAWA TIMUR", ["Jawa Timur"]),
        ("Widodo tiba. Joko Widodo pergi.", "PER", "Widodo|Joko Widodo", ["Joko Widodo"] * 2),
        (
            "Badan Pengawas Laut (BPL) Jepang bersidang.",
            "ORG",
            "Badan Pengawas Laut (BPL) Jepang",
            ["Badan Pengawas Laut Jepang"],
        ),
        ("Rakyat AS dan Cina.", "LOC", "AS|Cina", ["Amerika Serikat", "Tiongkok"]),
    ],
)
def test_one_actor_has_one_name(text: str, kind: str, found: str, expected: list[str]) -> None:
    doc = BLANK(text)
    spans, at = [], 0
    for name in filter(None, found.split("|")):
        start = text.index(name, at)
        at = start + len(name)
        spans.append(doc.char_span(start, at, label=kind))
    if kind == "ORG" and "(PKB)" in text:
        spans[1:] = [doc.char_span(text.rindex("PKB"), text.rindex("PKB") + 3, label=kind)]
    doc.set_ents(spans)
    for token in doc:
        token.is_sent_start = token.i == 0
    assert [entity.name for entity in find_entities(doc, INDONESIAN)] == expected


def test_a_surname_takes_the_full_name_told_before() -> None:
    assert names("Megawati Soekarnoputri hadir. Megawati berpidato.", PER="Megawati Soekarnoputri")[0][1:] == (
        "Megawati Soekarnoputri",
        "Megawati Soekarnoputri",
    )
    doc_names = names("Joko Widodo tiba. Sementara itu Widodo pergi.", PER="Joko Widodo")
    assert doc_names[0] == ("PER", "Joko Widodo", "Joko Widodo")


@pytest.mark.parametrize(
    ("place", "link"),
    [
        ("Jepang", "iso3166:JP"),
        ("Jawa Barat", "iso3166-2:ID-JB"),
        ("Jabar", "iso3166-2:ID-JB"),
        ("Papua Pegunungan", "iso3166-2:ID-PE"),
        ("Provinsi Jambi", "iso3166-2:ID-JA"),
        ("Jambi", None),  # the province or its capital
        ("Jakarta", "geonames:1642911"),
        ("Kota Bandung", "geonames:1650357"),
        ("Kabupaten Malang", None),
        ("Kabupaten Bandung", None),
        ("Jenewa", "geonames:2660646"),
        ("MEDAN", "geonames:1214520"),
        ("SULAWESI UTARA", "iso3166-2:ID-SA"),
        ("NTT", "iso3166-2:ID-NT"),
        ("Ethiopia", "iso3166:ET"),
        ("Republik Islam Iran", "iso3166:IR"),
        ("Santiago", None),  # several large towns
        ("Gedung Merdeka", None),
    ],
)
def test_places_have_identifiers_that_can_be_checked_or_none(place: str, link: str | None) -> None:
    doc = BLANK(f"Mereka tiba di {place} kemarin.")
    doc.set_ents([doc.char_span(15, 15 + len(place), label="LOC")])
    for token in doc:
        token.is_sent_start = token.i == 0
    assert [(e.text, e.link) for e in find_entities(doc, INDONESIAN)] == [(place, link)]


def test_the_tables_of_names_are_whole() -> None:
    provinces = set(province_codes("id").values()) - {"ID-JW", "ID-SM", "ID-KA", "ID-SL", "ID-NU"}
    assert len(provinces) == 38
    assert {"ID-PD", "ID-PE", "ID-PS", "ID-PT"} <= provinces
    assert len({short for _, short in known_names("id")}) >= 250
    assert all(short != full for (_, short), full in known_names("id").items())


def test_a_language_without_tables_has_no_known_names() -> None:
    assert known_names("xx") == {}
    assert province_codes("xx") == {}


def test_a_broken_table_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gazetteers").mkdir()
    (tmp_path / "gazetteers" / "names.qq.tsv").write_text("# short, full, type\nKPK\tKomisi\n", encoding="utf8")
    monkeypatch.setattr("peristiwa.entities.gazetteer.config_folder", lambda: tmp_path)
    with pytest.raises(SettingsError, match=r"names.qq.tsv, line 2"):
        known_names("qq")


def test_a_home_town_goes_before_a_larger_one_abroad_and_twins_decide_nothing() -> None:
    ours, theirs = Town(90_000, True, "ID", 1), Town(400_000, True, "MX", 2)
    assert choose([ours, theirs], "ID") == 1
    assert choose([ours, Town(80_000, True, "ID", 3)], "ID") is None
    assert choose([ours, Town(9_000_000, True, "MX", 2)], "ID") is None
    assert choose([theirs], "ID") == 2
    assert choose([theirs, Town(200_000, True, "ES", 4)], "ID") is None
    assert choose([Town(30_000, True, "ES", 4)], "ID") is None
    assert choose([], "ID") is None


@given(st.text(min_size=1, max_size=80))
def test_any_text_gives_true_disjoint_spans(text: str) -> None:
    doc = BLANK(text)
    for token in doc:
        token.is_sent_start = token.i == 0
    entities = find_entities(doc, INDONESIAN)
    assert all(doc.text[e.start : e.end] == e.text for e in entities)
    assert all(a.end <= b.start for a, b in pairwise(entities))
