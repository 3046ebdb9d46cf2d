"""Training files for the treebank models (tokenize, mwt, pos, lemma, depparse).

What is held out is fixed here: the last 15 % of the CSUI train file and the last 20 % of the GSD dev file,
which are never trained on and are the development set of every figure in the model card. PUD is all training.
The sentences of GSD that exist in the annotation of 2017 only come in through ``upgrade.py``, for the parser:
that release carried an older, non-commercial notice, while the treebank is CC BY-SA 4.0 today.
Entity and trigger data is in ``spans.py``.
"""

from __future__ import annotations

import lzma
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from peristiwa.training.morphology import silver_types

SEED = 20261125

TREEBANKS = {
    "csui": ("ud/id_csui-ud-train.conllu", 0.15),
    "pud": ("ud/id_pud-ud-test.conllu", 0.0),
    "gsd": ("ud/id_gsd-ud-dev.conllu", 0.20),
}
"""File and the share of its end that is held out."""

DROPPED_FEATURES = frozenset({"Abbr", "ExtPos", "Typo"})
"""Marked in some of the three treebanks only, and used by nothing downstream."""

ACRONYMS = """AI API APBN AS ASEAN BBM BBC BI BMKG BNPB BPBD BPK BUMN CIA DIY DPR DPRD FBI FIFA FTP GB G20 HAM IDI IKN IMF IP
KM KPK KPU KTP LSM MA MD MK MPR MUI NATO NGO NTB NTT OJK OTT PAN PBB PDIP PKB PLN PMI PNS POM PSSI QRIS RI RS RT RW SD
SFTP SMA SMS TNI TV UE UI UKM UMKM UNESCO URL USB UU WHO WIB WITA WNA WNI WTO XML cm gram ha hektare kg km meter
ton""".split()

ID, FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS, MISC = range(10)

WordType = tuple[str, str, str]
"""(form, UPOS, lemma)."""


@dataclass(slots=True)
class Tree:
    """One sentence of a treebank: its text and its CoNLL-U rows (ten columns, multi-word lines included)."""

    text: str
    rows: list[list[str]] = field(default_factory=list)

    def words(self) -> list[list[str]]:
        """The rows that are syntactic words."""
        return [row for row in self.rows if row[ID].isdigit()]

    def tokens(self) -> list[str]:
        """Surface tokens; a multi-word token counts once."""
        found: list[str] = []
        inside_until = 0
        for row in self.rows:
            if "-" in row[ID]:
                found.append(row[FORM])
                inside_until = int(row[ID].split("-")[1])
            elif int(row[ID]) > inside_until:
                found.append(row[FORM])
        return found


def read_conllu(path: Path) -> list[Tree]:
    """Read a treebank file, which may be compressed (``.xz``); empty nodes are skipped."""
    content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    trees: list[Tree] = []
    for block in content.decode("utf8").split("\n\n"):
        text, rows = "", []
        for line in block.splitlines():
            if line.startswith("# text = "):
                text = line.removeprefix("# text = ")
            elif line and not line.startswith("#"):
                row = line.split("\t")
                if "." not in row[ID]:
                    rows.append(row)
        if rows:
            trees.append(Tree(text, rows))
    return trees


def write_conllu(trees: Iterable[Tree], path: Path) -> None:
    """Write trees with their ``# text`` lines."""
    blocks = (
        "\n".join([f"# sent_id = {number}", f"# text = {tree.text}", *("\t".join(row) for row in tree.rows)])
        for number, tree in enumerate(trees, start=1)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(blocks) + "\n\n", encoding="utf8")


def hold_out(trees: Sequence[Tree], share: float) -> tuple[list[Tree], list[Tree]]:
    """Split off the last ``share``: neighbours come from one article, so a random split would leak."""
    cut = len(trees) - round(len(trees) * share)
    return list(trees[:cut]), list(trees[cut:])


def clean_rows(tree: Tree) -> Tree:
    """Blank XPOS (each treebank has its own set), keep shared features and ``SpaceAfter`` only."""
    rows = []
    for row in tree.rows:
        row = list(row)
        features = [f for f in row[FEATS].split("|") if f.split("=")[0] not in DROPPED_FEATURES]
        row[XPOS], row[DEPS] = "_", "_"
        row[FEATS] = "|".join(features) or "_"
        row[MISC] = "SpaceAfter=No" if "SpaceAfter=No" in row[MISC] else "_"
        rows.append(row)
    return Tree(tree.text, rows)


def harmonise_lemmas(trees: Sequence[Tree]) -> list[Tree]:
    """One lemma convention: names keep their form, every other word has its root in lower case.

    CSUI leaves capitalised nouns as they are ("Pendanaan"), GSD lower-cases names. A capitalised common word takes
    the lemma that its lower-case form has most often with the same tag, else its lower-case form.
    """
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for tree in trees:
        for row in tree.words():
            if row[FORM].islower() and row[LEMMA] != "_":
                seen[row[FORM], row[UPOS]][row[LEMMA].lower()] += 1
    for tree in trees:
        for row in tree.words():
            if row[UPOS] == "PROPN":
                row[LEMMA] = row[FORM]
            elif row[LEMMA] == row[FORM] and not row[FORM].islower():
                known = seen.get((row[FORM].lower(), row[UPOS]))
                row[LEMMA] = known.most_common(1)[0][0] if known else row[FORM].lower()
            elif row[LEMMA] == "_":
                row[LEMMA] = row[FORM].lower()
            else:
                row[LEMMA] = row[LEMMA].lower()
    return list(trees)


def lemma_types(trees: Sequence[Tree], more: Sequence[WordType], seed: int, capitalised: float = 0.3) -> list[Tree]:
    """Each word type once, the most frequent first, as one-word trees: ten times less work than running text.

    Stanza's dictionary takes the first lemma where counts are equal, hence the order. Common words get some
    capitalised copies, as they look at the start of a sentence. ``more`` are silver types (``morphology.py``).
    """
    counts = Counter((row[FORM], row[UPOS], row[LEMMA]) for tree in trees for row in tree.words())
    random_ = random.Random(seed)
    types: list[WordType] = []
    for form, upos, lemma in [*(word for word, _ in counts.most_common()), *more]:
        if upos in {"PUNCT", "NUM", "SYM"} and form == lemma and random_.random() < 0.7:
            continue
        types.append((form, upos, lemma))
        if form.islower() and random_.random() < capitalised:
            types.append((form.capitalize(), upos, lemma))
    return [Tree(form, [["1", form, lemma, upos, "_", "_", "0", "root", "_", "_"]]) for form, upos, lemma in types]


def prepare_lemma(data: Path, work: Path) -> None:
    """Write ``work/ud/lemma.conllu``: the word types of the training trees, and silver ones of the vectors' words."""
    import torch

    prepare_treebanks(data, work)
    trees = read_conllu(work / "ud" / "train.conllu")
    words = [row for tree in trees for row in tree.words()]
    lemmas = Counter(row[LEMMA] for row in words if row[UPOS] not in {"PROPN", "X", "PUNCT"})
    seen = frozenset(row[FORM].lower() for row in words)
    vectors = torch.load(work / "models" / "vectors.pt", weights_only=True)
    vocabulary = vectors["vocab"]["_unit2id"]
    write_conllu(lemma_types(trees, silver_types(vocabulary, lemmas, seen), SEED), work / "ud" / "lemma.conllu")


def odd_suffixes(trees: Sequence[Tree], reference: Sequence[Tree]) -> set[int]:
    """Positions of trees that leave a ``-nya`` whole which the reference treebanks split or do not know.

    CSUI and PUD split ``-nya`` alike (all but lexicalised adverbs such as "akhirnya"); GSD forgets some.
    """
    whole = {t.lower() for tree in reference for t in single_tokens(tree)}
    return {
        number
        for number, tree in enumerate(trees)
        if any(t.lower().endswith("nya") and len(t) > 5 and t.lower() not in whole for t in single_tokens(tree))
    }


def single_tokens(tree: Tree) -> list[str]:
    """Tokens that are one word."""
    inside: set[str] = set()
    for row in tree.rows:
        if "-" in row[ID]:
            start, end = map(int, row[ID].split("-"))
            inside.update(str(i) for i in range(start, end + 1))
    return [row[FORM] for row in tree.words() if row[ID] not in inside]


def load_treebanks(data: Path) -> tuple[dict[str, list[Tree]], dict[str, list[Tree]]]:
    """Training and held-out trees by treebank, cleaned and with harmonised lemmas."""
    train: dict[str, list[Tree]] = {}
    held: dict[str, list[Tree]] = {}
    for name, (file, share) in TREEBANKS.items():
        trees = [clean_rows(tree) for tree in read_conllu(data / file)]
        train[name], held[name] = hold_out(trees, share)
    harmonise_lemmas([tree for part in (train, held) for trees in part.values() for tree in trees])
    return train, held


def paragraphs(trees: Sequence[Tree], seed: int, longest: int = 8, glued: float = 0.04) -> str:
    """Running text of 1 to ``longest`` sentences a paragraph, a few of them glued ("2025.Dia") as on web pages.

    Stanza reads a single line break as a space, so that hard line breaks need no examples of their own.
    """
    random_ = random.Random(seed)
    parts: list[str] = []
    left = 0
    for tree in trees:
        if left == 0:
            left = random_.randint(1, longest)
            parts.append("\n\n" if parts else "")
        else:
            can_glue = parts[-1][-1] in ".?!" and tree.text[0].isupper()
            parts.append("" if can_glue and random_.random() < glued else " ")
        parts.append(tree.text)
        left -= 1
    return "".join(parts) + "\n"


def end_in_acronym(trees: Sequence[Tree], seed: int, share: float = 0.12) -> list[Tree]:
    """Copies of some trees whose last word before the full stop is an acronym or a unit ("... atau SFTP.").

    The treebanks have too few such ends, and a model takes the stop for that of an abbreviation ("dr.").
    """
    random_ = random.Random(seed)
    copies = []
    for tree in trees:
        if len(tree.rows) < 4 or tree.rows[-1][FORM] != "." or "-" in tree.rows[-3][ID]:
            continue
        last = tree.rows[-2]
        ending = f"{last[FORM]}."
        if last[FORM].isalpha() and tree.text.endswith(f" {ending}") and random_.random() < share:
            copy = Tree(tree.text, [list(row) for row in tree.rows])
            copy.rows[-2][FORM] = random_.choice(ACRONYMS)
            copy.text = tree.text.removesuffix(ending) + copy.rows[-2][FORM] + "."
            copies.append(copy)
    return copies


def surface_matches(tree: Tree) -> bool:
    """Whether the tokens spell the text; a tree that does not cannot be labelled character by character."""
    return re.sub(r"\s", "", "".join(tree.tokens())) == re.sub(r"\s", "", tree.text)


def prepare_treebanks(data: Path, work: Path) -> None:
    """Write ``work/ud/{train,dev}.conllu``, per-treebank held-out files, and the tokenizer's texts and labels."""
    from stanza.utils.datasets import prepare_tokenizer_data

    train, held = load_treebanks(data)
    folder = work / "ud"
    everything = [tree for trees in train.values() for tree in trees]
    write_conllu(everything, folder / "train.conllu")
    write_conllu([tree for trees in held.values() for tree in trees], folder / "dev.conllu")
    for name, trees in held.items():
        if trees:
            write_conllu(trees, folder / f"dev-{name}.conllu")

    reference = train["csui"] + train["pud"]
    odd = odd_suffixes(train["gsd"], reference)
    split = reference + [tree for number, tree in enumerate(train["gsd"]) if number not in odd]
    split = [tree for tree in split if surface_matches(tree)]
    split += end_in_acronym(split, SEED)
    dev = [tree for trees in held.values() for tree in trees]
    for name, trees, text in (
        ("tokenize-train", split, paragraphs(split, SEED)),
        ("tokenize-dev", dev, paragraphs(dev, SEED, longest=20, glued=0.0)),
    ):
        write_conllu(trees, folder / f"{name}.conllu")
        (folder / f"{name}.txt").write_text(text, encoding="utf8")
        prepare_tokenizer_data.main(
            [
                *(str(folder / f"{name}{suffix}") for suffix in (".txt", ".conllu")),
                *("-o", str(folder / f"{name}.labels"), "-m", str(folder / f"{name}.mwt.json")),
            ]
        )
