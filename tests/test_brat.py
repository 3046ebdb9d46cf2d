"""brat standoff: the exact layout, every malformed line named, and nothing lost on the way out and back."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peristiwa.brat import (
    annotation_conf,
    file_stem,
    read_brat,
    read_brat_folder,
    record_to_ann,
    write_brat,
    write_metadata,
)
from peristiwa.errors import GoldError
from peristiwa.types import (
    ENTITY_TYPES,
    MODALITIES,
    ROLES,
    TIME_TYPES,
    Argument,
    Document,
    Entity,
    Event,
    EventDate,
    Record,
    Time,
    Trigger,
)

TEXT = """\
Pada Januari 2031, Dewan Samudra mengesahkan Piagam Laut dan pedoman itu.
Malaka belum menandatangani piagam itu.
"""
ANN = """\
T1\tORG 19 32\tDewan Samudra
T2\tDATE 5 17\tJanuari 2031
T3\tADOPT 33 44\tmengesahkan
T4\tLAW 45 56\tPiagam Laut
T5\tARG 61 72\tpedoman itu
T6\tLOC 74 80\tMalaka
T7\tSIGN 87 101\tmenandatangani
T8\tARG 102 112\tpiagam itu
T9\tADOPT 45 51\tPiagam
E1\tADOPT:T3 agent:T1 object:T4 object2:T5 time:T2
E2\tSIGN:T7 agent:T6 object:T8
E3\tADOPT:T9
A1\tmodality E2 negated
A2\tphase E1 start
R1\tsame_as Arg1:E3 Arg2:E1
#1\tAnnotatorNotes T2\tvalue=2031-01;mod=START
#2\tAnnotatorNotes E1\tdate=2031-01
#3\tAnnotatorNotes T8\trefers_to=Piagam Laut
"""


def save(folder: Path, ann: str = ANN, text: str = TEXT, stem: str = "piagam") -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    txt, path = folder / f"{stem}.txt", folder / f"{stem}.ann"
    txt.write_bytes(text.encode())
    path.write_bytes(ann.encode())
    return txt, path


def test_reads_every_part_of_the_layout(tmp_path: Path) -> None:
    record = read_brat(*save(tmp_path))
    assert record.document.doc_id == "piagam"
    assert [(e.id, e.type, e.text) for e in record.entities] == [
        ("T1", "ORG", "Dewan Samudra"),
        ("T4", "LAW", "Piagam Laut"),
        ("T6", "LOC", "Malaka"),
    ]
    assert [(t.id, t.type, t.value, t.mod) for t in record.times] == [("T2", "DATE", "2031-01", "START")]
    adopt, sign, again = record.events
    assert (adopt.type, adopt.trigger.text, adopt.phase, adopt.modality) == (
        "ADOPT",
        "mengesahkan",
        "start",
        "asserted",
    )
    assert adopt.date == EventDate("2031-01", None, None, None, "argument")
    assert [(a.role, a.text, a.entity, a.time) for a in adopt.arguments] == [
        ("agent", "Dewan Samudra", "T1", None),
        ("object", "Piagam Laut", "T4", None),
        ("object", "pedoman itu", None, None),
        ("time", "Januari 2031", None, "T2"),
    ]
    assert sign.modality == "negated"
    assert sign.date is None
    assert sign.arguments[1].refers_to == "Piagam Laut"
    assert again.same_as == "E1"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("T1\tORG 19 32\tDewan Samudra", "T1\tORG 19 31\tDewan Samudra", 1, "quotes 'Dewan Samudra'"),
        ("T1\tORG 19 32\tDewan Samudra", "T1\tORG 19 932\tDewan Samudra", 1, "quotes"),
        ("T1\tORG 19 32\tDewan Samudra", "T1\tORG 19 24;25 32\tDewan Samudra", 1, "discontinuous"),
        ("T1\tORG 19 32\tDewan Samudra", "T1 ORG 19 32 Dewan Samudra", 1, "not an id"),
        ("T1\tORG 19 32\tDewan Samudra", "T1\tORG 19\tDewan", 1, "expected"),
        ("T2\tDATE", "T1\tDATE", 2, "T1 stands twice"),
        ("T5\tARG", "T5\tSTUFF", 5, "'STUFF'"),
        ("E1\tADOPT:T3", "E1\tADOPT:T33", 10, "'T33'"),
        ("E1\tADOPT:T3", "E1\tSIGN:T3", 10, "is a ADOPT"),
        ("E1\tADOPT:T3 agent:T1", "E1\tADOPT:T3 actor:T1", 10, "'actor:T1'"),
        ("E1\tADOPT:T3 agent:T1", "E1\tADOPT:T3 agent:T77", 10, "no annotation T77"),
        ("A1\tmodality E2 negated", "A1\tmodality E9 negated", 13, "no event E9"),
        ("A1\tmodality E2 negated", "A1\tmodality E2 maybe", 13, "'maybe'"),
        ("A2\tphase E1 start", "A2\tphase E1 begun", 14, "'begun'"),
        ("Arg2:E1", "Arg2:E8", 15, "no event E8"),
        ("Arg2:E1", "Arg2:E3", 15, "same as one other"),
        ("AnnotatorNotes T2", "AnnotatorNotes T44", 16, "no annotation T44"),
        ("value=2031-01;mod", "nilai=2031-01;mod", 16, "none of"),
        ("AnnotatorNotes E1\tdate", "AnnotatorNotes E1\tvalue", 17, "does not belong"),
        ("#2\tAnnotatorNotes E1\tdate=2031-01", "*\tEquiv T1 T2", 17, "not an id"),
    ],
)
def test_malformed_lines_are_named(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in ANN
    with pytest.raises(GoldError) as error:
        read_brat(*save(tmp_path, ANN.replace(old, new, 1)))
    assert f"piagam.ann, line {line}:" in str(error.value)
    assert says in str(error.value)


def test_a_span_across_lines_comes_in_fragments_only(tmp_path: Path) -> None:
    text = "Komite Alir\nBiru bersidang."
    good = read_brat(*save(tmp_path, "T1\tORG 0 11;12 16\tKomite Alir Biru\n", text))
    assert good.entities[0].text == "Komite Alir\nBiru"
    assert record_to_ann(good) == "T1\tORG 0 11;12 16\tKomite Alir Biru\n"
    with pytest.raises(GoldError, match=r"line 1:"):
        read_brat(*save(tmp_path, "T1\tORG 0 16\tKomite Alir Biru\n", text))


def test_a_folder_is_read_sorted_with_its_metadata(tmp_path: Path) -> None:
    for stem in ("b", "a"):
        save(tmp_path / "dev", stem=stem)
    (tmp_path / "metadata.csv").write_text(
        'doc_id,published,title,language,source\na,2031-02-01,"Laut, kita",id,arsip\nb,,,,\n', encoding="utf8"
    )
    first, second = read_brat_folder(tmp_path / "dev")
    assert first.document == Document("a", TEXT, "arsip", "id", datetime.date(2031, 2, 1), "Laut, kita")
    write_metadata([replace(first.document, title="Laut\u2028kita\x85"), second.document], tmp_path)
    assert read_brat_folder(tmp_path / "dev")[0].document.title == "Laut\u2028kita"  # stripped at its ends
    assert second.document.published is None
    (tmp_path / "metadata.csv").write_text("doc_id,published\na,kemarin\n", encoding="utf8")
    with pytest.raises(GoldError, match=r"metadata\.csv, line 2: published is 'kemarin'"):
        read_brat_folder(tmp_path / "dev")


def test_folders_without_annotation_and_with_half_of_it(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "c.txt").write_text("Belum.", encoding="utf8")
    assert read_brat_folder(tmp_path / "new") == []
    save(tmp_path / "new", stem="d")
    with pytest.raises(GoldError, match=r"c\.txt: there is no c\.ann"):
        read_brat_folder(tmp_path / "new")
    (tmp_path / "new" / "c.txt").unlink()
    (tmp_path / "new" / "d.txt").unlink()
    with pytest.raises(GoldError, match=r"d\.ann: there is no d\.txt"):
        read_brat_folder(tmp_path / "new")
    with pytest.raises(GoldError, match="no such folder"):
        read_brat_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("doc_id", ["a/b", "..", "../x", "c:d?", "100%", "é ü", "", ".x", "x" * 400])
def test_any_doc_id_makes_a_file_inside_the_folder(tmp_path: Path, doc_id: str) -> None:
    write_brat(Record(Document(doc_id, "Teks.")), tmp_path)
    (txt,) = tmp_path.glob("*.txt")
    assert txt.parent == tmp_path
    if 0 < len(doc_id) < 200:
        assert read_brat_folder(tmp_path)[0].document.doc_id == doc_id


def test_file_stems_of_different_documents_differ() -> None:
    ids = ["a/b", "a%2Fb", "a_b", "x" * 400, "x" * 401]
    assert len({file_stem(i) for i in ids}) == len(ids)


def test_a_long_doc_id_comes_back_by_the_metadata(tmp_path: Path) -> None:
    doc_id = "https://warta.example/" + "gempa-ambon/" * 30
    record = Record(Document(doc_id, "Gempa.", "arsip", "id", datetime.date(2019, 9, 26)))
    write_brat(record, tmp_path)
    assert read_brat_folder(tmp_path)[0].document.doc_id != doc_id
    write_metadata([record.document], tmp_path)
    assert read_brat_folder(tmp_path)[0].document == record.document


WORDS = st.text(st.sampled_from("abcé😀.,;= -%'\"\t"), min_size=1, max_size=6).map(lambda w: f"k{w}z")
NAMES = st.none() | st.text(st.sampled_from("abÇ .-"), min_size=1).map(lambda w: f"N{w}n")


@st.composite
def records(draw: st.DrawFn) -> Record:
    words = draw(st.lists(WORDS, min_size=1, max_size=12))
    text, spans = "", []
    for word in words:
        spans.append((len(text), len(text) + len(word)))
        text += word + draw(st.sampled_from([" ", "\n", " \n\n", ""]))
    index = st.integers(0, len(spans) - 1)
    span = st.tuples(index, index).map(lambda p: (spans[min(p)][0], spans[max(p)][1]))
    mentions = draw(st.lists(st.tuples(span, st.sampled_from((*ENTITY_TYPES, *TIME_TYPES))), max_size=6, unique=True))
    mentions.sort(key=lambda m: (m[0], m[1]))
    entities, times = [], []
    for number, ((start, end), kind) in enumerate(mentions):
        quoted = text[start:end]
        if kind in ENTITY_TYPES:
            entities.append(Entity(f"T{number}", kind, start, end, quoted, quoted))
        else:
            value = draw(st.none() | st.sampled_from(["2031-01", "P2W", "XXXX-03"]))
            mod = draw(st.none() | st.sampled_from(["START", "APPROX"]))
            times.append(Time(f"D{number}", kind, start, end, quoted, value, mod))
    events: list[Event] = []
    for number in range(draw(st.integers(0, 3))):
        start, end = draw(span)
        arguments = tuple(
            Argument(role, a, b, text[a:b], refers_to=draw(NAMES))
            for role, (a, b) in draw(st.lists(st.tuples(st.sampled_from(ROLES), span), max_size=4))
        )
        value = draw(st.none() | st.just("2031-02"))
        events.append(
            Event(
                f"E{number + 1}",
                draw(st.sampled_from(["ADOPT", "DIE"])),
                Trigger(start, end, text[start:end], ""),
                0,
                draw(st.sampled_from(MODALITIES)),
                draw(st.sampled_from([None, "start", "end"])),
                EventDate(value, None, None, None, "context") if value else None,
                arguments,
                draw(st.none() | st.sampled_from([e.id for e in events])) if events else None,
            )
        )
    return Record(Document("acak", text, "s", "id"), entities=tuple(entities), times=tuple(times), events=tuple(events))


def content(record: Record) -> tuple[object, ...]:
    """A record without the ids of its mentions, which brat numbers anew."""
    return (
        record.document.text,
        [replace(e, id="") for e in record.entities],
        [replace(t, id="") for t in record.times],
        [
            replace(
                e,
                arguments=tuple(
                    replace(a, entity=None, time=None, refers_to=" ".join(a.refers_to.split()) if a.refers_to else None)
                    for a in e.arguments
                ),
            )
            for e in record.events
        ],
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(records())
def test_round_trip(tmp_path: Path, record: Record) -> None:
    write_brat(record, tmp_path)
    write_metadata([record.document], tmp_path)
    (again,) = read_brat_folder(tmp_path)
    assert content(again) == content(record)
    assert again.document == record.document
    assert record_to_ann(again) == record_to_ann(record)


def test_links_to_mentions_survive(tmp_path: Path) -> None:
    write_brat(read_brat(*save(tmp_path)), tmp_path / "out")
    (again,) = read_brat_folder(tmp_path / "out")
    names = {e.id: e.text for e in again.entities} | {t.id: t.text for t in again.times}
    assert [names.get(a.entity or a.time or "") for a in again.events[0].arguments] == [
        "Dewan Samudra",
        "Piagam Laut",
        None,
        "Januari 2031",
    ]


def test_annotation_conf_lists_every_label() -> None:
    conf = annotation_conf(["ADOPT", "DIE"])
    sections = conf.split("\n\n")
    assert sections[0].split("\n") == ["[entities]", *ENTITY_TYPES, *TIME_TYPES, "ARG"]
    assert all(f"{role}*:<ENTITY>" in sections[2] for role in ROLES)
    assert "Value:negated|planned|possible" in sections[3]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_from_windows_are_read_as_a_run_reads_them(tmp_path: Path, mark: str) -> None:
    """The line ends of the text take two characters in the file, which is what brat counts, and one in the run."""
    text = TEXT.replace("\n", "\r\n")
    ann = ANN.replace("74 80", "75 81").replace("87 101", "88 102").replace("102 112", "103 113").replace("\n", "\r\n")
    plain, moved = read_brat(*save(tmp_path / "a")), read_brat(*save(tmp_path / "b", mark + ann, mark + text))
    assert moved.document.text == TEXT
    assert (moved.entities, moved.times, moved.events) == (plain.entities, plain.times, plain.events)


@pytest.mark.parametrize(
    ("old", "new", "line"), [("value=2031-01", "value=Januari", 16), ("date=2031-01", "date=1 Mei 2031", 17)]
)
def test_a_value_that_is_none_is_named(tmp_path: Path, old: str, new: str, line: int) -> None:
    with pytest.raises(GoldError, match=rf"piagam.ann, line {line}: {new} .*docs/annotation.md"):
        read_brat(*save(tmp_path, ANN.replace(old, new)))


def test_paths_may_be_strings(tmp_path: Path) -> None:
    save(tmp_path)
    (record,) = read_brat_folder(str(tmp_path))
    write_brat(record, str(tmp_path / "again"))
    write_metadata([record.document], str(tmp_path / "again"))
    assert len(read_brat_folder(str(tmp_path / "again"))) == 1
