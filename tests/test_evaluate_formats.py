"""Scores on public formats: BIO entities, TimeML times, UD trees."""

from __future__ import annotations

import datetime
import random
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peristiwa.errors import GoldError, UsageError
from peristiwa.evaluate import Counts, Scores, evaluate_ner, evaluate_times, evaluate_ud, read_bio, read_tml
from peristiwa.evaluate.ner import chunks
from peristiwa.evaluate.ud import raw_text
from peristiwa.types import Time


def counts(scores: Scores, layer: str) -> Counts:
    s = scores.layers[layer]
    return Counts(s.correct, s.gold, s.predicted)


# --- entities ------------------------------------------------------------------------------------------------------

BIO = """\
Rini	B-PERSON
Laut	I-PERSON
ke	O
Malaka	B-GPE

Bank	B-ORGANISATION
Samudra	I-ORGANISATION
membeli	O
dua	B-CARDINAL
kapal	O
"""


def write(path: Path, content: str) -> Path:
    path.write_bytes(content.encode())
    return path


def constant(*sentences: str):  # type: ignore[no-untyped-def]
    return lambda *_: [s.split() for s in sentences]


def test_entities_hand_counted_with_foreign_tags(tmp_path: Path) -> None:
    path = write(tmp_path / "a.bio", BIO)
    tag = constant("B-PER O O B-LOC", "B-LAW I-LAW O B-ORG B-LOC")
    scores = evaluate_ner(path, tag)
    # PER too short; LOC right; ORG missed and found elsewhere; LOC once too often; LAW is not in the file.
    assert counts(scores, "entity") == (1, 3, 4)
    assert {k: (s.correct, s.gold, s.predicted) for k, s in scores.parts["entity"].items()} == {
        "PER": (0, 1, 1),
        "LOC": (1, 1, 2),
        "ORG": (0, 1, 1),
    }
    perfect = evaluate_ner(path, lambda *_: [[t for _, t in s] for s in read_bio(path)])
    assert counts(perfect, "entity") == (3, 3, 3)
    assert evaluate_ner(path, constant("O O O O", "O O O O O")).layers["entity"].f1 == 0.0


def test_tagger_sees_the_tokens_and_must_tag_them_all(tmp_path: Path) -> None:
    path = write(tmp_path / "a.bio", BIO)
    seen: list[list[list[str]]] = []

    def tag(sentences: list[list[str]], labels: set[str]) -> list[list[str]]:
        seen.append(sentences)
        assert labels == {tag[2:] for tag in BIO.split() if tag[1:2] == "-"}
        return [["O"] * len(s) for s in sentences[:1]]

    with pytest.raises(UsageError, match="one tag for each token"):
        evaluate_ner(path, tag)
    assert seen == [[["Rini", "Laut", "ke", "Malaka"], ["Bank", "Samudra", "membeli", "dua", "kapal"]]]


@pytest.mark.parametrize(
    ("content", "line"),
    [("Rini\tB-PER\nLaut\n", 2), ("Rini\tPER\n", 1), ("Rini\tB-\n", 1), ("\tO\n", 1)],
)
def test_malformed_bio_is_named(tmp_path: Path, content: str, line: int) -> None:
    with pytest.raises(GoldError, match=rf"a\.bio, line {line}:"):
        read_bio(write(tmp_path / "a.bio", content))


def test_bio_files_as_they_come(tmp_path: Path) -> None:
    path = write(tmp_path / "a.bio", "\ufeff-DOCSTART- O\r\n\r\nkata kerja\tO\r\nRini B-PER\r\n\r\n\r\n#\tO\r\n")
    assert read_bio(path) == [[("kata kerja", "O"), ("Rini", "B-PER")], [("#", "O")]]
    with pytest.raises(GoldError, match="no tokens"):
        evaluate_ner(write(tmp_path / "b.bio", "\n"), constant())
    with pytest.raises(GoldError, match=r"none of its types \(ORANG, TEMPAT\) is known; rename them"):
        evaluate_ner(write(tmp_path / "c.bio", "Rini B-ORANG\nAmbon B-TEMPAT\n"), constant("O O"))


TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"])
SENTENCES = st.lists(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=8), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SENTENCES)
def test_entities_agree_with_seqeval(tmp_path: Path, sentences: list[list[tuple[str, str]]]) -> None:
    from seqeval.metrics import classification_report

    gold, predicted = ([[pair[side] for pair in s] for s in sentences] for side in (0, 1))
    path = write(tmp_path / "a.bio", "\n\n".join("\n".join(f"w\t{t}" for t in s) for s in gold) + "\n")
    scores = evaluate_ner(path, lambda *_: predicted)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = classification_report(gold, predicted, output_dict=True, zero_division=0)
    for kind, score in scores.parts["entity"].items():  # the types that gold has
        assert score.gold == report[kind]["support"]
        assert score.correct == round(report[kind]["recall"] * score.gold)
        assert score.f1 == pytest.approx(report[kind]["f1-score"])


def test_chunks_of_bioes() -> None:
    assert list(chunks(["B-PER", "E-PER", "S-PER", "I-LOC", "E-LOC", "E-LOC", "O"])) == [
        ("PER", 0, 2),
        ("PER", 2, 3),
        ("LOC", 3, 5),
        ("LOC", 5, 6),
    ]


# --- times ---------------------------------------------------------------------------------------------------------

TML = """\
<?xml version="1.0" ?>
<!DOCTYPE TimeML SYSTEM "TimeML.dtd">
<TimeML xsi:noNamespaceSchemaLocation="http://timeml.org/timeMLdocs/TimeML_1.2.1.xsd">
<DOCID>uji</DOCID>
<DCT><TIMEX3 tid="t0" type="DATE" value="2031-03-05" functionInDocument="CREATION_TIME">5 Maret 2031</TIMEX3></DCT>
<TEXT>
Riset &amp; R&D &eacute;: rapat <EVENT eid="e1" class="OCCURRENCE">dibuka</EVENT> pada <TIMEX3 tid="t1" type="DATE"
 value="2031-03-03"><b>Senin</b> (3/3)</TIMEX3> dan
lagi <TIMEX3 tid="t2" type="date" value="2031-04"> bulan
 depan </TIMEX3>, <SIGNAL sid="s1">selama</SIGNAL> <TIMEX3 tid="t3" type="DURATION" value="P2D">dua hari</TIMEX3>.
<TIMEX3 tid="t4" type="DURATION" value="P1D" beginPoint="t1"/>
</TEXT>
<MAKEINSTANCE eventID="e1" eiid="ei1"/>
</TimeML>
"""


def test_tml_is_read_with_offsets_into_its_text(tmp_path: Path) -> None:
    record = read_tml(write(tmp_path / "uji.tml", TML))
    text = record.document.text
    assert text.startswith("\nRiset & R&D é: rapat dibuka pada Senin (3/3) dan\nlagi  bulan\n depan ,")
    assert "uji" not in text
    assert record.document.published == datetime.date(2031, 3, 5)
    assert [(t.type, t.text, t.value) for t in record.times] == [
        ("DATE", "Senin (3/3)", "2031-03-03"),
        ("DATE", "bulan\n depan", "2031-04"),
        ("DURATION", "dua hari", "P2D"),
    ]
    assert all(text[t.start : t.end] == t.text for t in record.times)


@pytest.mark.parametrize(
    ("dct", "published"),
    [
        ("<DCT>2031-03-05</DCT>", datetime.date(2031, 3, 5)),
        ('<DCT><TIMEX3 tid="t0" type="TIME" value="20310305T0900">x</TIMEX3></DCT>', datetime.date(2031, 3, 5)),
        (
            '<X><TIMEX3 tid="t0" type="DATE" value="2031-03-05" functionInDocument="CREATION_TIME">x</TIMEX3></X>',
            datetime.date(2031, 3, 5),
        ),
        ('<DCT><TIMEX3 tid="t0" type="DATE" value="2031-99-05">x</TIMEX3></DCT>', None),
        ("", None),
    ],
)
def test_publication_dates(tmp_path: Path, dct: str, published: datetime.date | None) -> None:
    record = read_tml(write(tmp_path / "a.tml", f"<TimeML>{dct}<TEXT>Kini.</TEXT></TimeML>"))
    assert record.document.published == published


def test_times_hand_counted(tmp_path: Path) -> None:
    write(tmp_path / "uji.tml", TML)
    write(tmp_path / "kosong.tml", "<TimeML><TEXT>Tanpa waktu.</TEXT></TimeML>")
    asked: list[datetime.date | None] = []

    def find(text: str, published: datetime.date | None) -> list[Time]:
        asked.append(published)
        found = [("DATE", "Senin", "2031-03-03"), ("DATE", "bulan\n depan", "2031-05"), ("SET", "dua hari", "P2D")]
        found += [("DATE", "Tanpa", "X")]
        return [
            Time("", kind, text.index(q), text.index(q) + len(q), q, value)  # type: ignore[arg-type]
            for kind, q, value in found
            if q in text
        ]

    scores = evaluate_times(tmp_path, find)
    assert asked == [None, datetime.date(2031, 3, 5)]
    assert {name: counts(scores, name) for name in scores.layers} == {
        "time relaxed": (3, 3, 4),
        "time strict": (2, 3, 4),
        "time type": (2, 3, 4),
        "time value": (2, 3, 4),
    }
    assert scores.layers["time value"].f1_interval is not None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<TimeML><TEXT>a</TimeML>", "line 1: not well-formed"),
        ('<TimeML><TEXT><TIMEX3 tid="t9" type="DAY">a</TIMEX3></TEXT></TimeML>', "t9: the type 'DAY'"),
    ],
)
def test_malformed_tml_is_named(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(GoldError, match=says):
        read_tml(write(tmp_path / "a.tml", content))
    (tmp_path / "x").mkdir()
    with pytest.raises(GoldError, match=r"no \.tml"):
        evaluate_times(tmp_path / "x", lambda text, published: [])


def test_entities_declared_in_a_document_type_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE TimeML [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><TimeML><TEXT>&a;&b;</TEXT></TimeML>'
    assert read_tml(write(tmp_path / "a.tml", bomb)).document.text == "&a;&b;"


# --- trees ---------------------------------------------------------------------------------------------------------


def sentence(*rows: str, comments: str = "") -> str:
    """CoNLL-U from 'ID FORM LEMMA UPOS HEAD DEPREL MISC'; a range has ID and FORM and MISC."""
    out = comments
    for row in rows:
        c = row.split(" ")
        if "-" in c[0]:
            out += "\t".join([c[0], c[1], *"_" * 7, c[2]]) + "\n"
        else:
            out += "\t".join([c[0], c[1], c[2], c[3], "_", "_", c[4], c[5], "_", c[6]]) + "\n"
    return out + "\n"


FIRST = (
    "1 Kapal kapal NOUN 3 nsubj _",
    "2-3 datanglah SpaceAfter=No",
    "2 datang datang VERB 0 root _",
    "3 lah lah PART 2 advmod _",
    "4 . . PUNCT 2 punct _",
)
GOLD = (
    sentence(*FIRST[:1], *FIRST[1:], comments="# newdoc id = a\n# sent_id = 1\n").replace("3\tnsubj", "2\tnsubj")
    + sentence("1 Rapat rapat NOUN 2 nsubj _", "2 batal batal VERB 0 root SpaceAfter=No", "3 . . PUNCT 2 punct _")
    + sentence("1 Selesai selesai VERB 0 root SpaceAfter=No", "2 . . PUNCT 1 punct _", comments="# newpar\n")
)
SYSTEM = (  # the first two sentences run together, one head and one lemma wrong
    sentence(
        "1 Kapal kapal NOUN 2 nsubj _",
        "2-3 datanglah SpaceAfter=No",
        "2 datang datang VERB 0 root _",
        "3 lah -lah PART 2 advmod _",
        "4 . . PUNCT 2 punct _",
        "5 Rapat rapat NOUN 4 nsubj _",
        "6 batal batal VERB 2 conj SpaceAfter=No",
        "7 . . PUNCT 6 punct _",
    )
    + sentence("1 Selesai selesai ADJ 0 root SpaceAfter=No", "2 . . PUNCT 1 punct _")
)


def test_raw_text_of_a_treebank() -> None:
    assert raw_text(GOLD) == "Kapal datanglah. Rapat batal.\n\nSelesai.\n"


def test_trees_hand_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conllu", GOLD)
    asked: list[str] = []

    def annotate(text: str) -> str:
        asked.append(text)
        return SYSTEM

    scores = evaluate_ud(path, annotate)
    assert asked == [raw_text(GOLD)]
    assert len(scores.units) == 2
    assert counts(scores, "Tokens") == (8, 8, 8)
    assert counts(scores, "Words") == (9, 9, 9)
    assert counts(scores, "Sentences") == (1, 3, 2)
    assert counts(scores, "UPOS") == (8, 9, 9)
    assert counts(scores, "Lemmas") == (8, 9, 9)
    assert counts(scores, "UAS") == (7, 9, 9)
    assert counts(scores, "LAS") == (7, 9, 9)
    perfect = evaluate_ud(path, lambda _: GOLD)
    assert all(s.f1 == 1.0 for s in perfect.layers.values())


def test_treebanks_are_read_in_the_form_that_texts_enter_with(tmp_path: Path) -> None:
    composed = sentence("1 Café kafe NOUN 0 root _", "2 1\u00a0000 seribu NUM 1 nummod _")
    path = write(tmp_path / "a.conllu", composed.replace("é", "e\u0301").replace("\n", "\r\n"))

    def annotate(text: str) -> str:
        assert text == "Café 1\u00a0000\n"
        return composed

    assert counts(evaluate_ud(path, annotate), "LAS") == (2, 2, 2)


def test_faults_of_treebank_and_output_are_told_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "a.conllu", GOLD)
    with pytest.raises(UsageError, match="other text"):
        evaluate_ud(path, lambda _: SYSTEM.replace("Selesai", "Rampung"))
    with pytest.raises(UsageError, match="output is not valid"):
        evaluate_ud(path, lambda _: SYSTEM.replace("\t4\tnsubj", "\t99\tnsubj"))
    broken = write(tmp_path / "b.conllu", GOLD.replace("\t0\troot", "\t77\troot", 1))
    with pytest.raises(GoldError, match="treebank is not valid"):
        evaluate_ud(broken, lambda _: GOLD)
    for content in ("1\tKapal\n\n", "satu dua\n\n"):
        with pytest.raises(GoldError, match="treebank is not valid"):
            evaluate_ud(write(tmp_path / "c.conllu", content), lambda _: GOLD)
    with pytest.raises(GoldError, match="no trees"):
        evaluate_ud(write(tmp_path / "d.conllu", "\n"), lambda _: GOLD)


def test_stretches_add_up_whatever_the_sentence_breaks(tmp_path: Path) -> None:
    """evaluate_ud checks its sums against the official counts; here over random segmentations of one text."""
    words = [f"kata{i}" for i in range(40)]

    def split(seed: int) -> str:
        rng = random.Random(seed)
        out, rest = "", words
        while rest:
            n = rng.randint(1, 5)
            heads = [0, *(rng.randint(1, i) for i in range(1, min(n, len(rest))))]
            rows = zip(range(1, n + 1), rest, heads, strict=False)
            out += sentence(*(f"{i} {w} {w} NOUN {h} {'dep' if h else 'root'} _" for i, w, h in rows))
            rest = rest[n:]
        return out

    path = write(tmp_path / "a.conllu", split(0))
    for seed in range(1, 15):
        scores = evaluate_ud(path, lambda _, seed=seed: split(seed))  # type: ignore[misc]
        assert counts(scores, "Words") == (40, 40, 40)
        assert counts(scores, "UAS").correct < 40
