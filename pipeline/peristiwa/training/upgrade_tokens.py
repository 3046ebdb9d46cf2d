"""Old GSD tokens cut as today's treebanks cut them: reduplications in one token, clitics as words of their own.

The release of 2017 writes "anak - anak" in three tokens and leaves "-nya", "-lah" and the like on their hosts.
"""

from __future__ import annotations

import html
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from peristiwa.training.data import DEPREL, FEATS, FORM, HEAD, ID, MISC, UPOS, Tree, single_tokens

PRONOUNS = ("nya", "ku", "mu")
PARTICLES = ("lah", "kah", "pun")
FUNCTION = frozenset({"ADV", "AUX", "PRON", "DET", "PART"})
FUSED = frozenset(
    """adapun andaipun ataupun bagaimanapun biarpun kalaupun kendatipun maupun meskipun sekalipun sungguhpun
    walaupun""".split()
)
"""The conjunctions whose "-pun" is part of the word by the spelling rules (EYD)."""

ROOTS_IN_NYA = ("tanya", "punya")
SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Word:
    """A syntactic word: heads are positions in the sentence counted from 0, -1 for the root.

    ``clitic`` marks a word cut from the end of the one before, ``spaced`` that a space follows in the text.
    """

    form: str
    upos: str
    head: int
    relation: str
    feats: str = "_"
    clitic: bool = False
    spaced: bool = True


@dataclass(frozen=True, slots=True)
class Splits:
    """What today's treebanks do with a token: how often whole or cut, and the tags of each word form."""

    whole: Counter[str] = field(default_factory=Counter)
    cut: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)
    tags: dict[str, Counter[str]] = field(default_factory=dict)


def learn_splits(trees: Iterable[Tree], old: Iterable[Tree] = ()) -> Splits:
    """Count the whole and the cut tokens of modern trees; the words of ``old`` ones are known with their tags."""
    whole: Counter[str] = Counter()
    cut: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    tags: dict[str, Counter[str]] = defaultdict(Counter)
    for tree in trees:
        whole.update(form.lower() for form in single_tokens(tree))
        words = tree.words()
        for row in words:
            tags[row[FORM].lower()][row[UPOS]] += 1
        for row in tree.rows:
            if "-" in row[ID]:
                start, end = map(int, row[ID].split("-"))
                cut[row[FORM].lower()][tuple(word[FORM].lower() for word in words[start - 1 : end])] += 1
    for tree in old:
        for row in tree.words():
            tags[row[FORM].lower()][row[UPOS]] += 1
    return Splits(whole, dict(cut), dict(tags))


def clitic_of(form: str, upos: str, splits: Splits) -> str:
    """The clitic at the end of an old token, "" when it stays whole.

    Known tokens do as they mostly do in today's treebanks. Of the unknown ones "-nya" is cut from all but names,
    lexicalised adverbs and conjunctions ("tampaknya"), and the others from known words of a kind that takes them
    ("namaku" and "akankah", but not "bangku" or "makalah").
    """
    lower = form.lower()
    cuts = splits.cut.get(lower, Counter())
    if sum(cuts.values()) < splits.whole[lower] or not lower.isascii() or lower in FUSED:
        return ""
    if cuts:
        parts = cuts.most_common(1)[0][0]
        return parts[1] if len(parts) == 2 and "".join(parts) == lower else ""
    clitic = next((c for c in (*PRONOUNS, *PARTICLES) if lower.endswith(c)), "")
    stem = lower.removesuffix(clitic).removesuffix("-")
    if not clitic or len(stem) < SHORTEST_STEM or upos in {"PUNCT", "X"}:
        return ""
    if upos == "PROPN" or (lower.endswith(ROOTS_IN_NYA) and stem not in splits.tags):
        return clitic if stem + clitic != lower and clitic in PRONOUNS else ""
    return clitic if _takes(splits.tags.get(stem, Counter()), clitic, upos) else ""


def _takes(known: Counter[str], clitic: str, upos: str) -> bool:
    """Whether a stem of these tags takes a clitic when the whole is tagged ``upos``."""
    usual = known.most_common(1)[0][0] if known else ""
    if clitic == "nya":
        return usual in {"NOUN", "ADP"} or upos not in {"ADV", "SCONJ", "CCONJ", "ADP", "DET"}
    if clitic in PRONOUNS:
        return usual == upos or (usual in {"NOUN", "VERB", "ADP"} and upos in {"NOUN", "PRON", "VERB", "ADP", "ADV"})
    return usual == upos or usual in FUNCTION or (usual in {"VERB", "ADJ"} and upos != "NOUN")


def joins(left: str, right: str) -> bool:
    """Whether two tokens around a hyphen are one today: "anak - anak", "diiris - iris", "ke - 5", "1960 - an"."""
    left, right = left.lower(), right.lower()
    if right.isdigit():
        return left == "ke"
    if left.isdigit():
        return right == "an"
    if len(left) < 3 or len(right) < 3 or not (left + right).isalpha():
        return left == "se"
    return right.startswith(left) or left.endswith(right) or right.removesuffix("nya").endswith(left[1:]) or left == "anti"


def retokenise(tree: Tree, splits: Splits) -> list[Word]:
    """The words of an old tree in today's tokens, with the old annotation; cut clitics get a first guess at theirs."""
    return _cut(_join(_words(tree)), splits)


def _words(tree: Tree) -> list[Word]:
    return [
        Word(
            html.unescape(row[FORM]),
            row[UPOS],
            int(row[HEAD]) - 1,
            row[DEPREL],
            row[FEATS],
            spaced=row[MISC] != "SpaceAfter=No",
        )
        for row in tree.words()
    ]


def _join(words: Sequence[Word]) -> list[Word]:
    groups: list[list[int]] = []
    position = 0
    while position < len(words):
        trio = words[position : position + 3]
        joined = len(trio) == 3 and trio[1].form == "-" and joins(trio[0].form, trio[2].form)
        groups.append(list(range(position, position + (3 if joined else 1))))
        position = groups[-1][-1] + 1
    group_of = {member: number for number, group in enumerate(groups) for member in group}
    found = []
    for group in groups:
        outer = next((words[i] for i in group if words[i].head not in group), words[group[0]])
        found.append(
            replace(
                outer,
                form="".join(words[i].form for i in group),
                head=group_of.get(outer.head, -1),
                spaced=words[group[-1]].spaced,
            )
        )
    return found


def _cut(words: Sequence[Word], splits: Splits) -> list[Word]:
    cuts = [clitic_of(word.form, word.upos, splits) for word in words]
    place: list[int] = []
    total = 0
    for cut in cuts:
        place.append(total)
        total += 2 if cut else 1
    governs = {word.head for word in words}
    # a preposition with a pronoun ("kepadanya") hands its place in the tree to the pronoun
    handed = {
        n for n, (word, cut) in enumerate(zip(words, cuts, strict=True))
        if cut in PRONOUNS and word.upos == "ADP" and (word.relation != "case" or n in governs)
    }  # fmt: skip
    found: list[Word] = []
    for number, (word, cut) in enumerate(zip(words, cuts, strict=True)):
        head = -1 if word.head < 0 else place[word.head] + (word.head in handed)
        if not cut:
            found.append(replace(word, head=head))
            continue
        here = place[number]
        host = replace(word, form=word.form[: -len(cut)], head=head, spaced=False)
        upos, relation = _clitic_role(host, cut)
        clitic = Word(word.form[-len(cut) :], upos, here, relation, clitic=True, spaced=word.spaced)
        if number in handed:
            clitic = replace(clitic, head=head, relation=word.relation)
            host = replace(host, head=here + 1, relation="case")
        found += [host, clitic]
    return found


def _clitic_role(host: Word, clitic: str) -> tuple[str, str]:
    if clitic in PARTICLES:
        return "PART", "advmod:emph"
    if host.upos == "VERB":
        return "PRON", "obl:agent" if host.form.lower().startswith("di") else "obj"
    return "PRON", "nmod:poss"
