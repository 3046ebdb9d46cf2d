"""How training files are made: splits, harmonised columns, paragraphs, entity and trigger tags. No model is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from peristiwa.errors import UsageError
from peristiwa.training import annotated, data, morphology, recipes, refine, spans
from peristiwa.types import Document

TREEBANK = """\
# sent_id = 1
# text = Bukunya dibawa Rina.
1-2\tBukunya\t_\t_\t_\t_\t_\t_\t_\t_
1\tBuku\tBuku\tNOUN\tNN\tNumber=Sing|Typo=Yes\t3\tnsubj:pass\t_\t_
2\tnya\tnya\tPRON\tPRP\tPerson=3\t1\tnmod:poss\t_\t_
3\tdibawa\tbawa\tVERB\tVB\tVoice=Pass\t0\troot\t_\tMorf=x
4\tRina\trina\tPROPN\tNNP\t_\t3\tobl\t_\tSpaceAfter=No|Morf=y
5\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_

# sent_id = 2
# text = Harga buku naik.
1\tHarga\tHarga\tNOUN\tNN\t_\t3\tnsubj\t_\t_
2\tbuku\tbuku\tNOUN\tNN\t_\t1\tnmod\t_\t_
2.1\tkosong\t_\t_\t_\t_\t_\t_\t_\t_
3\tnaik\tnaik\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_

"""


@pytest.fixture
def trees(tmp_path: Path) -> list[data.Tree]:
    path = tmp_path / "t.conllu"
    path.write_text(TREEBANK, encoding="utf8")
    return data.read_conllu(path)


def test_read_conllu_keeps_multiword_lines_and_skips_empty_nodes(trees: list[data.Tree]) -> None:
    assert [len(tree.rows) for tree in trees] == [6, 4]
    assert trees[0].tokens() == ["Bukunya", "dibawa", "Rina", "."]
    assert data.single_tokens(trees[0]) == ["dibawa", "Rina", "."]
    assert all(data.surface_matches(tree) for tree in trees)


def test_written_trees_read_back(trees: list[data.Tree], tmp_path: Path) -> None:
    data.write_conllu(trees, tmp_path / "sub" / "out.conllu")
    assert data.read_conllu(tmp_path / "sub" / "out.conllu") == trees


def test_clean_rows_blanks_what_the_treebanks_do_not_share(trees: list[data.Tree]) -> None:
    first = data.clean_rows(trees[0]).rows[1]
    assert (first[data.XPOS], first[data.FEATS]) == ("_", "Number=Sing")
    assert [row[data.MISC] for row in data.clean_rows(trees[0]).rows][-2:] == ["SpaceAfter=No", "_"]


def test_lemmas_are_lower_case_roots_and_names_keep_their_form(trees: list[data.Tree]) -> None:
    data.harmonise_lemmas(trees)
    lemmas = {row[data.FORM]: row[data.LEMMA] for tree in trees for row in tree.words()}
    assert lemmas["Buku"] == "buku"
    assert lemmas["Rina"] == "Rina"
    assert lemmas["Harga"] == "harga"


def test_hold_out_takes_the_end() -> None:
    numbered = [data.Tree(str(n)) for n in range(10)]
    kept, held = data.hold_out(numbered, 0.2)
    assert [tree.text for tree in held] == ["8", "9"]
    assert len(kept) == 8
    assert data.hold_out(numbered, 0.0)[1] == []


def test_paragraphs_keep_every_sentence_and_are_repeatable() -> None:
    many = [data.Tree(f"Kalimat nomor {n} selesai.") for n in range(50)]
    text = data.paragraphs(many, seed=1)
    assert text == data.paragraphs(many, seed=1)
    assert "".join(text.split()) == "".join("".join(tree.text for tree in many).split())
    assert 7 <= len(text.split("\n\n")) <= 50
    assert "selesai.Kalimat" in data.paragraphs(many, seed=1, glued=1.0)


def test_acronym_copies_change_only_the_last_word(trees: list[data.Tree]) -> None:
    copies = data.end_in_acronym(trees, seed=1, share=1.0)
    assert len(copies) == 2
    assert copies[1].rows[2][data.FORM] in data.ACRONYMS
    assert copies[1].text == f"Harga buku {copies[1].rows[2][data.FORM]}."
    assert trees[1].rows[2][data.FORM] == "naik"
    assert data.surface_matches(copies[1])


def test_unsplit_nya_is_noticed_only_where_the_reference_does_not_have_it() -> None:
    def tree(word: str) -> data.Tree:
        return data.Tree(word, [["1", word, *["_"] * 8]])

    assert data.odd_suffixes([tree("akhirnya"), tree("ombaknya")], [tree("Akhirnya")]) == {1}


# Entities and triggers


def test_bio_round_trip_and_a_lone_inside_tag_begins_a_span() -> None:
    tags = ["B-PER", "I-PER", "B-PER", "O", "I-LOC"]
    found = spans.spans_of(tags)
    assert [(s.start, s.end, s.type) for s in found] == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]
    assert spans.tags_of(found, 5) == ["B-PER", "I-PER", "B-PER", "O", "B-LOC"]


def test_titles_leave_per_but_a_title_alone_stays() -> None:
    mapping = spans.ENTITY_SETS["spacyndo_gsd18"]
    words = ["Sultan", "Hasan", "menemui", "Raja"]
    found = spans.our_spans(words, [spans.TokenSpan(0, 2, "PERSON"), spans.TokenSpan(3, 4, "PERSON")], mapping)
    assert found == [spans.TokenSpan(1, 2, "PER"), spans.TokenSpan(3, 4, "PER")]


def test_a_closing_abbreviation_is_a_mention_of_its_own_but_one_in_mid_name_is_not() -> None:
    mapping = {"ORG": "ORG"}
    closing = ["Badan", "Uji", "Coba", "(", "BUC", ")"]
    assert [(s.start, s.end) for s in spans.our_spans(closing, [spans.TokenSpan(0, 6, "ORG")], mapping)] == [
        (0, 3),
        (4, 5),
    ]
    middle = ["Badan", "Uji", "(", "BU", ")", "Bandung"]
    assert [(s.start, s.end) for s in spans.our_spans(middle, [spans.TokenSpan(0, 6, "ORG")], mapping)] == [(0, 6)]


@pytest.mark.parametrize(
    ("words", "expected"), [(["Partai", "Uji"], "ORG"), (["PDU"], "ORG"), (["Sunda"], None), (["orang", "Sunda"], None)]
)
def test_norp_is_a_party_or_nothing(words: list[str], expected: str | None) -> None:
    assert spans.party_or_none(words) == expected


@pytest.mark.parametrize(
    ("text", "tags", "expected"),
    [
        ("menjuarai Piala Uji", "O O O", True),
        ("menjuarai Piala Uji", "O B-EVT I-EVT", False),
        ("membaca UU Nomor 1", "O O O O", True),
        ("pada hari Senin", "O O O", False),
        ("belajar di Universitas Uji", "O O B-LOC I-LOC", True),
        ("belajar di Universitas Uji", "O O B-ORG I-ORG", False),
        ("belajar di sekolah itu", "O O O O", False),
    ],
)
def test_sentences_in_doubt(text: str, tags: str, expected: bool) -> None:
    assert spans.in_doubt(text.split(), tags.split()) is expected


def test_a_public_set_keeps_its_own_layer_and_masks_ours_where_in_doubt(tmp_path: Path) -> None:
    folder = tmp_path / "indonlu_nergrit"
    folder.mkdir()
    (folder / "train.bio").write_text("Rina\tB-PERSON\nmenang\tO\n\nPiala\tO\nUji\tO\nbatal\tO\n", encoding="utf8")
    clear, doubtful = spans.layered_set(tmp_path, "indonlu_nergrit")
    assert spans.LAYERS[:3] == ("own", "idner2k", "indonlu_nergrit")
    assert clear == [("Rina", ("B-PER", "-", "B-PERSON", "-", "-")), ("menang", ("O", "-", "O", "-", "-"))]
    assert [tags for _, tags in doubtful] == [("-", "-", "O", "-", "-")] * 3


def whitespace_tokens(text: str) -> list[list[tuple[int, int]]]:
    offsets, position = [], 0
    for word in text.split():
        start = text.index(word, position)
        position = start + len(word)
        offsets.append((start, position))
    return [offsets]


def test_document_sentences_tag_entities_and_triggers() -> None:
    text = "Rina Sari menandatangani perjanjian itu"
    document = {
        "text": text,
        "entities": [{"start": 0, "end": 9, "type": "PER"}, {"start": 25, "end": 35, "type": "OTHER"}],
        "events": [{"type": "SIGN", "trigger": {"start": 10, "end": 24}}],
    }
    entities = spans.document_sentences([document], "entities", whitespace_tokens)
    assert [tag for _, tag in entities[0]] == ["B-PER", "I-PER", "O", "O", "O"]
    events = spans.document_sentences([document], "events", whitespace_tokens)
    assert [tag for _, tag in events[0]] == ["O", "O", "B-SIGN", "O", "O"]


def test_align_gives_a_token_to_the_first_mark_that_touches_it() -> None:
    tokens = [(0, 5), (6, 12)]
    found = spans.align(tokens, [(0, 8, "ORG"), (8, 12, "LOC")])
    assert found == [spans.TokenSpan(0, 2, "ORG")]


# Recipes


def test_every_recipe_names_its_files_and_seed(tmp_path: Path) -> None:
    for name, recipe in recipes.RECIPES.items():
        for command in recipe.commands(name, tmp_path):
            assert "{" not in " ".join(command)
            assert command[command.index("--save_name") + 1] == f"{name}.pt"
            assert command[-2:] == ["--seed", recipes.SEED]
    assert len(recipes.RECIPES["ner"].commands("ner", tmp_path)) == 2
    assert all(recipes.RECIPES[name].finish for name in ("pos", "depparse", "ner", "triggers"))


def test_a_later_stage_begins_at_its_own_rate(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"config": {"lr": 0.1, "seed": 1}}, tmp_path / "ner.pt")
    recipes._set_rate(tmp_path / "ner.pt", 0.03)
    assert torch.load(tmp_path / "ner.pt", weights_only=True) == {"config": {"lr": 0.03, "seed": 1}}


def test_the_running_mean_of_weights_leaves_whole_numbers() -> None:
    torch = pytest.importorskip("torch")
    mean = {"w": torch.tensor([0.0, 4.0]), "n": torch.tensor([7])}
    refine.blend(mean, {"w": torch.tensor([1.0, 0.0]), "n": torch.tensor([9])}, 0.25)
    assert (mean["w"].tolist(), mean["n"].tolist()) == ([0.25, 3.0], [7])


def test_two_stages_of_a_model_are_mixed(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    for name, value in (("ner.pt", 0.0), ("later.pt", 1.0)):
        torch.save({"config": {"name": name}, "model": {"w": torch.tensor([value])}}, tmp_path / name)
    refine.mix(tmp_path / "ner.pt", tmp_path / "later.pt", share=0.25)
    mixed = torch.load(tmp_path / "ner.pt", weights_only=True)
    assert (mixed["config"], mixed["model"]["w"].tolist()) == ({"name": "ner.pt"}, [0.25])


def test_training_says_what_is_wrong_before_it_starts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no recipe for 'poz'"):
        recipes.train("poz", tmp_path, tmp_path)
    with pytest.raises(UsageError, match="not the folder of training data"):
        recipes.train("pos", tmp_path, tmp_path)
    (tmp_path / "ud").mkdir()
    with pytest.raises(UsageError, match="run `peristiwa train vectors`"):
        recipes.train("pos", tmp_path, tmp_path)


# Regular derivations


@pytest.mark.parametrize(
    ("root", "form", "upos"),
    [
        ("tulis", "menulis", "VERB"),
        ("sapu", "menyapu", "VERB"),
        ("pukul", "pemukulan", "NOUN"),
        ("kirim", "mengirimkan", "VERB"),
        ("ambil", "pengambilan", "NOUN"),
        ("cat", "mengecat", "VERB"),
        ("baca", "dibacakan", "VERB"),
        ("rapat", "merapat", "VERB"),
        ("prakarsa", "memprakarsai", "VERB"),
        ("renang", "berenang", "VERB"),
        ("besar", "memperbesar", "VERB"),
        ("adil", "keadilan", "NOUN"),
    ],
)
def test_derivations(root: str, form: str, upos: str) -> None:
    assert morphology.derivations(root)[form] == upos


def test_silver_types_come_from_known_or_productive_roots() -> None:
    vocabulary = ["retas", "meretas", "diretas", "peretasan", "menulis", "penulis", "tulisnya", "kata", "pelan"]
    found = morphology.silver_types(vocabulary, {"tulis": 5}, frozenset({"penulis"}))
    assert found == [
        ("diretas", "VERB", "retas"),
        ("menulis", "VERB", "tulis"),
        ("meretas", "VERB", "retas"),
        ("peretasan", "NOUN", "retas"),
    ]


def test_lemma_types_put_the_frequent_lemma_first(trees: list[data.Tree]) -> None:
    data.harmonise_lemmas(trees)
    types = data.lemma_types(trees, [("diretas", "VERB", "retas")], seed=1, capitalised=0.0)
    rows = [(tree.rows[0][data.FORM], tree.rows[0][data.LEMMA]) for tree in types]
    assert rows[-1] == ("diretas", "retas")
    assert ("buku", "buku") in rows
    assert len(rows) == len(set(rows))


def test_a_stop_costs_no_parse_of_the_annotated_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Parser:
        batch_words, batch_documents = 100, 2

        def __init__(self, _models: object) -> None:
            pass

        def annotate(self, documents: list[Document]) -> list[Document]:
            if any(document.doc_id == "d4" for document in documents) and "d4" not in asked:
                asked.append("d4")
                raise KeyboardInterrupt
            asked.extend(document.doc_id for document in documents)
            return documents

    monkeypatch.setattr(annotated, "Annotator", Parser)
    monkeypatch.setattr(annotated, "doc_to_conllu", lambda doc, _doc_id: doc.text)
    documents = [Document(f"d{number}", f"Teks {number}.") for number in range(5)]
    with pytest.raises(KeyboardInterrupt):
        annotated.parse_missing(documents, tmp_path)
    annotated.parse_missing(documents, tmp_path)
    annotated.parse_missing(documents, tmp_path)
    assert asked == ["d0", "d1", "d2", "d3", "d4", "d4"]
    assert {path.stem: path.read_text(encoding="utf8") for path in tmp_path.iterdir()} == {d.doc_id: d.text for d in documents}
