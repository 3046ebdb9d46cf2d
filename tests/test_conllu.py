"""Docs to CoNLL-U and back without loss; Stanza's and plain UD files are read too."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc
from stanza.models.common.doc import Document as StanzaDocument
from stanza.utils.conll import CoNLL

from peristiwa.annotate.conllu import doc_to_conllu, docs_from_conllu, read_conllu
from peristiwa.annotate.convert import MULTIWORD, TRIGGERS, to_doc
from peristiwa.errors import GoldError
from strategies import ANY_TEXT, parsed_texts


def facts(doc: Doc) -> dict[str, object]:
    """All that a Doc of ours holds."""
    return {
        "text": doc.text,
        "tokens": [(t.text, t.whitespace_, t.lemma_, t.pos_, str(t.morph), t.dep_, t.head.i, t.is_sent_start) for t in doc],
        "ents": [(e.start, e.end, e.label_) for e in doc.ents],
        **{key: [(s.start, s.end, s.label_) for s in doc.spans[key]] for key in (TRIGGERS, MULTIWORD)},
    }


@given(parsed_texts(), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_back_equal(parsed, doc_id):
    text, sentences = parsed
    doc = to_doc(text, sentences)
    written = doc_to_conllu(doc, doc_id)
    [(read_id, read)] = read_conllu(written)
    assert facts(read) == facts(doc)
    assert read_id == (doc_id or "1")
    assert doc_to_conllu(read, doc_id) == written


@given(st.lists(parsed_texts(), max_size=4))
@settings(deadline=None)
def test_documents_follow_one_another(parsed):
    docs = [to_doc(text, sentences) for text, sentences in parsed]
    written = "".join(doc_to_conllu(doc, f"dokumen {n}") for n, doc in enumerate(docs))
    read = list(read_conllu(written))
    assert [doc_id for doc_id, _ in read] == [f"dokumen {n}" for n in range(len(docs))]
    assert [facts(doc) for _, doc in read] == [facts(doc) for doc in docs]


@given(ANY_TEXT)
@settings(deadline=None)
def test_texts_without_words_survive(text):
    [read] = docs_from_conllu(doc_to_conllu(to_doc(text, []), "x"))
    assert read.text == text


PLAIN = """# newdoc id = cerita
# sent_id = 1
# text = Bukunya dibaca Sari.
1-2\tBukunya\t_\t_\t_\t_\t_\t_\t_\t_
1\tBuku\tbuku\tNOUN\t_\tNumber=Sing\t3\tnsubj:pass\t_\t_
2\tnya\tnya\tPRON\t_\tPerson=3\t1\tnmod:poss\t_\t_
3\tdibaca\tbaca\tVERB\t_\tVoice=Pass\t0\troot\t_\t_
4\tSari\tSari\tPROPN\t_\t_\t3\tobl:agent\t_\tSpaceAfter=No|NER=B-PER
5\t.\t.\tPUNCT\t_\t_\t3\tpunct\t_\t_

# newpar
# sent_id = 2
# text = Ia senang
1\tIa\tdia\tPRON\t_\t_\t2\tnsubj\t_\t_
1.1\tyang\tyang\tPRON\t_\t_\t_\t_\t_\t_
2\tsenang\tsenang\tADJ\t_\t_\t0\troot\t_\t_
"""


def test_a_plain_ud_file():
    [(doc_id, doc)] = read_conllu(PLAIN)
    assert doc_id == "cerita"
    assert doc.text == "Bukunya dibaca Sari.\n\nIa senang"
    assert [t.text for t in doc] == ["Buku", "nya", "dibaca", "Sari", ".", "\n\n", "Ia", "senang"]
    assert [t.head.text for t in doc][:5] == ["dibaca", "Buku", "dibaca", "dibaca", "dibaca"]
    assert [t.dep_ for t in doc][:5] == ["nsubj:pass", "nmod:poss", "ROOT", "obl:agent", "punct"]
    assert [s.text.strip() for s in doc.sents] == ["Bukunya dibaca Sari.", "Ia senang"]
    assert [(e.text, e.label_) for e in doc.ents] == [("Sari", "PER")]


def test_the_written_form_is_plain_conllu():
    [doc] = docs_from_conllu(PLAIN)
    written = doc_to_conllu(doc, "cerita")
    assert "1-2\tBukunya\t_\t_\t_\t_\t_\t_\t_\t_" in written.splitlines()
    assert "4\tSari\tSari\tPROPN\t_\t_\t3\tobl:agent\t_\tNER=B-PER|SpaceAfter=No" in written.splitlines()
    assert "5\t.\t.\tPUNCT\t_\t_\t3\tpunct\t_\tSpacesAfter=\\n\\n" in written.splitlines()
    stanza = CoNLL.conll2doc(input_str=written)
    assert [[word.text for word in sentence.words] for sentence in stanza.sentences] == [
        ["Buku", "nya", "dibaca", "Sari", "."],
        ["Ia", "senang"],
    ]


def test_stanzas_own_output_is_read():
    text = "\nKata  Hatta.\nPBB-nya bubar"
    rows = [
        [("Kata", 1, 5, 0), ("Hatta", 7, 12, 1), (".", 12, 13, 1)],
        [("PBB-nya", 14, 21, 2), ("bubar", 22, 27, 0)],
    ]
    sentences = [
        [
            {"id": (n,), "text": form, "start_char": start, "end_char": end, "head": head, "deprel": "dep"}
            for n, (form, start, end, head) in enumerate(sentence, 1)
        ]
        for sentence in rows
    ]
    document = StanzaDocument(sentences, text=text)
    document.set(["ner"], ["O", "S-PER", "O", "S-ORG", "O"], to_token=True)
    written = f"{document:C}"
    assert "start_char=7" in written
    [doc] = docs_from_conllu(written)
    assert doc.text == text
    assert [(e.text, e.label_) for e in doc.ents] == [("Hatta", "PER"), ("PBB-nya", "ORG")]


def test_offsets_alone_give_the_spaces_of_old_stanza_output():
    rows = [("Kata", 0, 4), ("Hatta", 5, 10), (".", 10, 11)]
    lines = [f"{n}\t{w}\t_\tX\t_\t_\t_\t_\t_\tstart_char={s}|end_char={e}" for n, (w, s, e) in enumerate(rows, 1)]
    [doc] = docs_from_conllu("\n".join(lines))
    assert doc.text == "Kata Hatta."


def test_the_tag_of_a_range_line_holds_for_its_words():
    text = PLAIN.replace("1-2\tBukunya\t_\t_\t_\t_\t_\t_\t_\t_", "1-2\tBukunya\t_\t_\t_\t_\t_\t_\t_\tner=S-EVT")
    [doc] = docs_from_conllu(text)
    assert [(e.text, e.label_) for e in doc.ents] == [("Bukunya", "EVT"), ("Sari", "PER")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\tPunct\t", "", None),
        ("1\tBuku\tbuku", "1\tBuku", "line 5: expected the ten columns"),
        ("3\tdibaca", "7\tdibaca", "line 7: expected word 3, found '7'"),
        ("\tVERB\t", "\tKATA\t", "line 7: 'KATA' is not one of UD's 17"),
        ("Voice=Pass", "Pasif", "line 7: 'Pasif' are no features"),
        ("\t0\troot\t_\t_\n4", "\t4\troot\t_\t_\n4", "document 'cerita' from line 1: sentence 1: 0 words have head 0"),
        ("3\tobl:agent", "x\tobl:agent", "line 8: the head 'x' is not a number"),
        ("1-2\t", "2-3\t", "line 4: the range 2-3 does not begin at the next word, 1"),
        ("1-2\t", "1-9\t", "the sentence ends before the words of its last range"),
    ],
)
def test_broken_files_are_refused_with_their_line(old, new, said):
    text = PLAIN.replace(old, new)
    if said is None:  # the unchanged file is sound, so that each case below fails for its own reason
        assert len(docs_from_conllu(text)) == 1
        return
    assert text != PLAIN
    with pytest.raises(GoldError, match="berkas.conllu.*" + re.escape(said)):
        docs_from_conllu(text, where="berkas.conllu")
