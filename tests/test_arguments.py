"""Roles from hand-built trees: voices, passives without "oleh", relative clauses, control, coordination, nouns, light verbs."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.events.arguments import find_arguments
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import load_cues
from peristiwa.events.predicate import new_subject, subjects, voice
from peristiwa.events.roles import Mentions, frame_of
from peristiwa.events.tree import bare_phrase, chunk, phrase
from peristiwa.language import load_language
from peristiwa.ontology import load_ontology
from peristiwa.types import Entity, Time

CUES = load_cues(load_language("id"))
VOCAB = spacy.blank("id").vocab


def tree(text: str) -> Doc:
    """A Doc from ``word/POS/head/relation`` pieces; heads are 1-based, 0 is the root; "_" before a word glues it."""
    rows = [piece.rsplit("/", 3) for piece in text.split()]
    words = [row[0].removeprefix("_") for row in rows]
    spaces = [not (i + 1 < len(rows) and rows[i + 1][0].startswith("_")) for i in range(len(rows))]
    heads = [i if row[2] == "0" else int(row[2]) - 1 for i, row in enumerate(rows)]
    deps = ["ROOT" if row[2] == "0" else row[3] for row in rows]
    morphs = ["Voice=Pass" if row[0].startswith("di") and row[1] == "VERB" else "" for row in rows]
    return Doc(
        VOCAB,
        words=words,
        spaces=spaces,
        heads=heads,
        deps=deps,
        pos=[row[1] for row in rows],
        morphs=morphs,
        lemmas=[word.lower() for word in words],
        sent_starts=[i == 0 for i in range(len(rows))],
    )


def arguments(
    doc: Doc, trigger: str, type_: str, *, light: str | None = None, names: str = "", time: str | None = None
) -> set[tuple[str, str]]:
    """(role, text) of the arguments of the event that ``trigger`` names; ``names``: "ORG:PBB|LOC:Rusia"."""
    words = [token.text for token in doc]
    at = words.index(trigger)
    candidate = Candidate(type_, at, at + 1, at, "test", words.index(light) if light else None)
    entities = []
    for number, name in enumerate(filter(None, names.split("|")), 1):
        kind, _, text = name.partition(":")
        start = doc.text.index(text)
        entities.append(Entity(f"T{number}", kind, start, start + len(text), text, text))  # type: ignore[arg-type]
    times = []
    if time is not None:
        start = doc.text.index(time)
        times.append(Time("D1", "DATE", start, start + len(time), time, "2019"))
    frame = frame_of(CUES.roles, load_ontology().types[type_].roles)
    found = find_arguments(doc, candidate, frame, Mentions(doc, entities, times), CUES)
    assert all(doc.text[a.start : a.end] == a.text for a in found)
    assert all(a.time == "D1" for a in found if a.role == "time")
    return {(a.role, a.text) for a in found}


def test_an_active_verb_has_its_subject_as_agent_and_its_object_as_object() -> None:
    doc = tree(
        "Polisi/NOUN/2/nsubj menangkap/VERB/0/root dua/NUM/4/nummod pencuri/NOUN/2/obj di/ADP/6/case Solo/PROPN/2/obl "
        "pada/ADP/8/case 2019/NUM/2/obl:tmod"
    )
    assert arguments(doc, "menangkap", "ARREST", names="LOC:Solo", time="2019") == {
        ("agent", "Polisi"),
        ("object", "dua pencuri"),
        ("place", "Solo"),
        ("time", "2019"),
    }


def test_a_passive_turns_them_round() -> None:
    doc = tree(
        "Dua/NUM/2/nummod pencuri/NOUN/3/nsubj:pass ditangkap/VERB/0/root oleh/ADP/5/case polisi/NOUN/3/obl:agent "
        "kota/NOUN/5/nmod"
    )
    assert arguments(doc, "ditangkap", "ARREST") == {("object", "Dua pencuri"), ("agent", "polisi kota")}


def test_a_passive_without_oleh_has_the_acting_noun_after_it_as_agent() -> None:
    doc = tree("Konvensi/PROPN/3/nsubj:pass itu/DET/1/det diratifikasi/VERB/0/root 32/NUM/5/nummod negara/NOUN/3/obj")
    assert arguments(doc, "diratifikasi", "RATIFY") == {("object", "Konvensi itu"), ("agent", "32 negara")}


def test_a_passive_before_its_subject_keeps_it_an_object() -> None:
    doc = tree("Di/ADP/2/case sana/PRON/4/obl telah/AUX/4/aux didirikan/VERB/0/root sebuah/DET/6/det pabrik/NOUN/4/nsubj:pass")
    assert ("object", "sebuah pabrik") in arguments(doc, "didirikan", "ESTABLISH")


def test_a_pronoun_passive_has_the_pronoun_as_agent_and_the_described_noun_as_object() -> None:
    doc = tree(
        "Naskah/NOUN/6/nsubj yang/PRON/4/obj kami/PRON/4/nsubj tandatangani/VERB/1/acl:relcl kemarin/NOUN/4/obl:tmod "
        "berlaku/VERB/0/root"
    )
    assert arguments(doc, "tandatangani", "SIGN") == {("agent", "kami"), ("object", "Naskah")}


def test_the_subject_of_a_relative_clause_is_the_noun_it_describes() -> None:
    doc = tree(
        "Presiden/NOUN/8/nsubj Rama/PROPN/1/flat:name yang/PRON/4/nsubj meresmikan/VERB/1/acl:relcl "
        "jembatan/NOUN/4/obj itu/DET/5/det ,/PUNCT/4/punct pulang/VERB/0/root"
    )
    assert arguments(doc, "meresmikan", "LAUNCH", names="PER:Rama") == {
        ("agent", "Presiden Rama"),
        ("object", "jembatan itu"),
    }
    assert ("agent", "Presiden Rama") in arguments(doc, "pulang", "TRAVEL", names="PER:Rama")


def test_a_subject_is_shared_through_control_and_coordination() -> None:
    doc = tree(
        "Parlemen/NOUN/2/nsubj sepakat/VERB/0/root untuk/SCONJ/4/mark membentuk/VERB/2/xcomp panitia/NOUN/4/obj "
        "dan/CCONJ/7/cc merevisi/VERB/4/conj aturan/NOUN/7/obj"
    )
    assert arguments(doc, "membentuk", "ESTABLISH") == {("agent", "Parlemen"), ("object", "panitia")}
    assert arguments(doc, "merevisi", "AMEND") == {("agent", "Parlemen"), ("object", "aturan")}
    assert ("topic", "membentuk panitia dan merevisi aturan") in arguments(doc, "sepakat", "AGREE")


def test_who_is_asked_controls_what_is_asked() -> None:
    doc = tree(
        "Bupati/NOUN/2/nsubj meminta/VERB/0/root warga/NOUN/2/obj untuk/SCONJ/5/mark mengungsi/VERB/2/xcomp "
        "ke/ADP/7/case balai/NOUN/5/obl"
    )
    assert [token.text for token in subjects(doc[4], CUES)] == ["warga"]
    assert arguments(doc, "meminta", "CALL") == {
        ("agent", "Bupati"),
        ("recipient", "warga"),
        ("topic", "mengungsi ke balai"),
    }


def test_two_counted_agents_of_two_coordinated_verbs_stay_apart() -> None:
    doc = tree(
        "Kini/ADV/5/advmod 65/NUM/3/nummod negara/NOUN/5/nsubj telah/AUX/5/aux meratifikasi/VERB/0/root "
        "pakta/NOUN/5/obj itu/DET/6/det dan/CCONJ/11/cc 68/NUM/11/nsubj telah/AUX/11/aux menandatangani/VERB/5/conj "
        "_nya/PRON/11/obj"
    )
    assert arguments(doc, "meratifikasi", "RATIFY") == {("agent", "65 negara"), ("object", "pakta itu")}
    assert arguments(doc, "menandatangani", "SIGN") == {("agent", "68"), ("object", "nya")}


def test_each_conjunct_is_an_argument_of_its_own() -> None:
    doc = tree("Turki/PROPN/6/nsubj ,/PUNCT/3/punct Mesir/PROPN/1/conj dan/CCONJ/5/cc Oman/PROPN/1/conj berunding/VERB/0/root")
    names = "LOC:Turki|LOC:Mesir|LOC:Oman"
    assert arguments(doc, "berunding", "NEGOTIATE", names=names) == {
        ("agent", "Turki"),
        ("agent", "Mesir"),
        ("agent", "Oman"),
    }


def test_the_possessor_of_a_transitive_noun_is_its_object() -> None:
    doc = tree(
        "Penangkapan/NOUN/5/nsubj pencuri/NOUN/1/nmod oleh/ADP/4/case polisi/NOUN/1/nmod berlangsung/VERB/0/root "
        "di/ADP/7/case Solo/PROPN/5/obl"
    )
    assert arguments(doc, "Penangkapan", "ARREST", names="LOC:Solo") == {
        ("object", "pencuri"),
        ("agent", "polisi"),
        ("place", "Solo"),
    }


def test_the_possessor_of_an_attack_is_its_agent() -> None:
    doc = tree("Serangan/NOUN/5/nsubj Sparta/PROPN/1/nmod terhadap/ADP/4/case kota/NOUN/1/nmod gagal/VERB/0/root")
    assert arguments(doc, "Serangan", "ATTACK", names="LOC:Sparta") == {("agent", "Sparta"), ("object", "kota")}


def test_a_light_verb_lends_its_arguments() -> None:
    doc = tree(
        "Pasukan/NOUN/2/nsubj melancarkan/VERB/0/root serangan/NOUN/2/obj ke/ADP/5/case Troya/PROPN/2/obl "
        "pada/ADP/7/case 2019/NUM/2/obl:tmod"
    )
    found = arguments(doc, "serangan", "ATTACK", light="melancarkan", names="LOC:Troya", time="2019")
    assert {("agent", "Pasukan"), ("time", "2019")} <= found
    assert "Troya" in {text for _, text in found}


def test_who_undergoes_a_light_verb_is_the_object() -> None:
    doc = tree("Kepala/NOUN/3/nsubj dinas/NOUN/1/nmod menjalani/VERB/0/root pemeriksaan/NOUN/3/obj")
    assert arguments(doc, "pemeriksaan", "INVESTIGATE", light="menjalani") == {("object", "Kepala dinas")}


def test_the_dead_are_objects_whatever_the_verb() -> None:
    doc = tree(
        "Tiga/NUM/2/nummod nelayan/NOUN/3/nsubj tewas/VERB/0/root setelah/SCONJ/6/mark kapal/NOUN/6/nsubj karam/VERB/3/advcl"
    )
    assert arguments(doc, "tewas", "DIE") == {("object", "Tiga nelayan")}


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        (
            "Banjir/NOUN/2/nsubj merendam/VERB/0/root desa/NOUN/2/obj ,/PUNCT/5/punct kata/VERB/2/parataxis Sari/PROPN/5/nsubj",
            "Banjir",
            ("source", "Sari"),
        ),
        (
            "Menurut/ADP/2/case Sari/PROPN/4/obl banjir/NOUN/4/nsubj merendam/VERB/0/root desa/NOUN/4/obj",
            "banjir",
            ("source", "Sari"),
        ),
        (
            "Sari/PROPN/2/nsubj mengatakan/VERB/0/root bahwa/SCONJ/5/mark banjir/NOUN/5/nsubj merendam/VERB/2/ccomp "
            "desa/NOUN/5/obj",
            "banjir",
            ("source", "Sari"),
        ),
    ],
)
def test_a_claim_has_its_source(text: str, trigger: str, expected: tuple[str, str]) -> None:
    assert expected in arguments(tree(text), trigger, "DISASTER", names="PER:Sari")


def test_what_the_reporter_does_is_not_attributed_to_the_speaker() -> None:
    doc = tree(
        "Sari/PROPN/4/nsubj yang/PRON/3/nsubj terluka/VERB/1/acl:relcl mengatakan/VERB/0/root cuaca/NOUN/6/nsubj "
        "membaik/VERB/4/ccomp"
    )
    assert not {role for role, _ in arguments(doc, "terluka", "INJURE", names="PER:Sari")} & {"source"}


def test_a_noun_phrase_ends_before_its_relative_clause_and_its_apposition() -> None:
    doc = tree(
        "Menteri/NOUN/11/nsubj Luar/PROPN/1/flat:name Negeri/PROPN/1/flat:name ,/PUNCT/5/punct Sari/PROPN/1/appos "
        ",/PUNCT/1/punct yang/PRON/8/nsubj sakit/ADJ/1/acl:relcl itu/DET/1/det ,/PUNCT/1/punct pulang/VERB/0/root"
    )
    assert doc[slice(*phrase(doc[0]))].text == "Menteri Luar Negeri"


def test_a_coordination_inside_a_title_belongs_to_it() -> None:
    doc = tree("Kementerian/NOUN/5/nsubj Energi/NOUN/1/nmod dan/CCONJ/4/cc Mineral/NOUN/2/conj pindah/VERB/0/root")
    assert doc[slice(*phrase(doc[0]))].text == "Kementerian Energi dan Mineral"


def test_voice_is_read_from_the_form() -> None:
    doc = tree("dituntut/VERB/0/root menuntut/VERB/1/conj bertemu/VERB/1/conj tuntutan/NOUN/1/obj dinas/NOUN/1/obj")
    assert [voice(token) for token in doc] == ["passive", "active", "middle", "noun", "noun"]


def test_a_subject_that_the_parser_hung_as_a_number_is_still_the_subject_of_its_clause() -> None:
    doc = tree(
        "65/NUM/2/nummod negara/NOUN/3/nsubj meratifikasi/VERB/0/root pakta/NOUN/3/obj dan/CCONJ/8/cc "
        "68/NUM/8/nummod telah/AUX/8/aux menandatangani/VERB/3/conj _nya/PRON/8/obj"
    )
    assert [token.text for token in subjects(doc[7], CUES)] == ["68"]
    assert new_subject(doc[7]) == doc[5]
    assert new_subject(doc[2]) is None
    assert arguments(doc, "menandatangani", "SIGN") == {("agent", "68"), ("object", "nya")}


def test_a_list_before_a_verb_is_one_subject() -> None:
    doc = tree("Turki/PROPN/4/nsubj dan/CCONJ/3/cc Mesir/PROPN/1/conj berunding/VERB/0/root")
    assert new_subject(doc[3]) is None
    assert [token.text for token in subjects(doc[3], CUES)] == ["Turki", "Mesir"]


def test_a_number_belongs_to_the_noun_after_it_wherever_it_hangs() -> None:
    doc = tree("65/NUM/3/nsubj negara/NOUN/3/nsubj meratifikasi/VERB/0/root pakta/NOUN/3/obj")
    assert ("agent", "65 negara") in arguments(doc, "meratifikasi", "RATIFY")


def test_a_phrase_has_shorter_and_longer_readings() -> None:
    doc = tree("Anggota/NOUN/5/nsubj dari/ADP/3/case partai/NOUN/1/nmod itu/DET/1/det pulang/VERB/0/root")
    assert doc[slice(*phrase(doc[0]))].text == "Anggota dari partai itu"
    assert doc[slice(*bare_phrase(doc[0]))].text == "Anggota"
    assert doc[slice(*chunk(doc[2]))].text == "partai itu"


def test_how_a_verb_is_done_is_none_of_its_object() -> None:
    doc = tree("Iran/PROPN/2/nsubj mengecam/VERB/0/root keras/ADJ/4/amod serangan/NOUN/2/obj itu/DET/4/det")
    assert arguments(doc, "mengecam", "ACCUSE", names="LOC:Iran") == {("agent", "Iran"), ("object", "serangan itu")}
    doc = tree("MA/PROPN/2/nsubj menonaktifkan/VERB/0/root sementara/SCONJ/4/case ketua/NOUN/2/obj itu/DET/4/det")
    assert ("object", "ketua itu") in arguments(doc, "menonaktifkan", "DISMISS", names="ORG:MA")


def test_what_someone_is_asked_to_do_is_none_of_the_phrase() -> None:
    doc = tree("Warga/NOUN/2/nsubj meminta/VERB/0/root bupati/NOUN/2/obj mundur/VERB/3/acl")
    assert arguments(doc, "meminta", "CALL") == {("agent", "Warga"), ("recipient", "bupati"), ("topic", "mundur")}
    doc = tree("Buruh/NOUN/2/nsubj menuntut/VERB/0/root uang/NOUN/2/obj makan/VERB/3/acl")
    assert all(text != "uang" for _, text in arguments(doc, "menuntut", "CALL"))


def test_a_short_form_in_brackets_parts_no_post_from_its_holder() -> None:
    doc = tree(
        "Ketua/NOUN/8/nsubj Dewan/PROPN/1/nmod Pers/PROPN/2/flat (/PUNCT/5/punct _DP/PROPN/1/appos _)/PUNCT/5/punct "
        "Rina/PROPN/1/flat menolak/VERB/0/root itu/PRON/8/obj"
    )
    found = arguments(doc, "menolak", "REJECT", names="ORG:Dewan Pers|ORG:DP|PER:Rina")
    assert ("agent", "Ketua Dewan Pers (DP) Rina") in found


def test_a_stage_before_the_verb_is_none_of_the_name() -> None:
    doc = tree("Belanda/PROPN/4/nsubj awal/NOUN/1/amod _nya/PRON/1/nmod menolak/VERB/0/root usul/NOUN/4/obj itu/DET/5/det")
    assert ("agent", "Belanda") in arguments(doc, "menolak", "REJECT", names="LOC:Belanda")
    doc = tree("Tujuan/NOUN/4/nsubj:pass akhir/NOUN/1/amod _nya/PRON/2/nmod disepakati/VERB/0/root")
    assert "Tujuan akhirnya" in {text for _, text in arguments(doc, "disepakati", "AGREE")}


def test_a_name_takes_in_who_else_and_a_noun_how_old() -> None:
    doc = tree("Anwar/PROPN/3/nsubj:pass dkk/NOUN/3/advmod diperiksa/VERB/0/root")
    assert ("object", "Anwar dkk") in arguments(doc, "diperiksa", "INVESTIGATE", names="PER:Anwar")
    doc = tree(
        "Wanita/NOUN/6/nsubj berusia/VERB/1/acl 40/NUM/4/nummod tahun/NOUN/2/obl itu/DET/4/det menyerang/VERB/0/root "
        "pos/NOUN/6/obj"
    )
    assert ("agent", "Wanita berusia 40 tahun itu") in arguments(doc, "menyerang", "ATTACK", time="40 tahun")


def test_who_is_new_behind_a_passive_without_subject_is_its_object() -> None:
    doc = tree("Telah/AUX/2/aux ditangkap/VERB/0/root seorang/DET/4/det hakim/NOUN/2/obl")
    assert arguments(doc, "ditangkap", "ARREST") == {("object", "seorang hakim")}
    doc = tree("Kemarin/ADV/2/advmod ditangkap/VERB/0/root polisi/NOUN/2/obl")
    assert arguments(doc, "ditangkap", "ARREST") == {("agent", "polisi")}


def test_both_sides_of_a_fight_do_it() -> None:
    doc = tree(
        "Bentrokan/NOUN/2/nsubj terjadi/VERB/0/root antara/ADP/4/case polisi/NOUN/2/obl dengan/ADP/6/case warga/NOUN/2/obl"
    )
    assert arguments(doc, "Bentrokan", "ATTACK") == {("agent", "polisi"), ("agent", "warga")}


def test_a_second_object_has_a_place_of_its_own() -> None:
    doc = tree(
        "Ia/PRON/2/nsubj membangun/VERB/0/root benteng/NOUN/2/obj di/ADP/5/case Solo/PROPN/3/nmod dan/CCONJ/7/cc "
        "istana/NOUN/5/conj di/ADP/9/case Yogya/PROPN/7/nmod"
    )
    found = arguments(doc, "membangun", "ESTABLISH", names="LOC:Solo|LOC:Yogya")
    assert {text for role, text in found if role == "place"} == {"Solo", "Yogya"}
