"""The old GSD trees in today's annotation: 4,477 training sentences that exist in the annotation of 2017 only.

559 sentences exist in both annotations (today's dev file). From the first 80 % of them (``data.hold_out``; the rest
stays held out) logistic models learn what changed: tags, heads, relations and, last, the heads of punctuation marks.
Tokens are cut by ``upgrade_tokens``, features are in ``upgrade_features``. Features and lemmas follow the majority of
word and tag in the modern treebanks.

Licence: the treebank is CC BY-SA 4.0 today, but its release of 2017, which is read here, carried the older CC BY-NC-SA
notice. A model trained on the result says so in its card.

``python -m peristiwa.training.upgrade --data DATA`` prints the scores of the converter.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from peristiwa.annotate.engine.tree import best_tree
from peristiwa.training.data import (
    DEPREL,
    FEATS,
    FORM,
    HEAD,
    TREEBANKS,
    UPOS,
    Tree,
    clean_rows,
    hold_out,
    load_treebanks,
    prepare_treebanks,
    read_conllu,
    write_conllu,
)
from peristiwa.training.upgrade_features import (
    arc_features,
    head_candidates,
    head_features,
    morphology_features,
    punctuation_candidates,
    punctuation_features,
    word_features,
)
from peristiwa.training.upgrade_learn import UNKNOWN, Converter, Pair, align, learn
from peristiwa.training.upgrade_tokens import Word, retokenise

OLD_TRAIN = "ud/id_gsd-ud2.0-train.OLD.conllu.xz"
OLD_DEV = "ud/id_gsd-ud2.0-dev.OLD.conllu"
MODERN_TEXT = "ud/id_gsd-ud2.13-train.rawtext.txt"

SHARE = 0.95
"""The share of the converted sentences that is kept, the least certain left out."""

REPEATS = {"csui": 3, "pud": 2, "gsd": 2}
"""How often the sentences of the modern treebanks count beside the converted ones for the parser."""


def convert(tree: Tree, converter: Converter) -> tuple[Tree, float]:
    """An old tree in today's annotation, and the mean certainty of its heads, relations and tags (0 to 1)."""
    old = retokenise(tree, converter.splits)
    tagged, tag_certainty = _tag(old, converter)
    attached, head_certainty = _attach(old, tagged, converter)
    labelled, relation_certainty = _label(old, attached, converter)
    finished = _punctuate(old, labelled, converter)
    certainty = [*tag_certainty, *head_certainty, *relation_certainty]
    return _to_tree(finished, converter), sum(certainty) / len(certainty)


def _best(options: Mapping[str, float]) -> tuple[str, float]:
    return max(options.items(), key=lambda option: option[1])


def _tag(old: Sequence[Word], converter: Converter) -> tuple[list[Word], list[float]]:
    options = converter.tags.probabilities([word_features(old, n, converter.usual) for n in range(len(old))])
    best = [_best(option) for option in options]
    return [replace(word, upos=tag) for word, (tag, _) in zip(old, best, strict=True)], [value for _, value in best]


def _attach(old: Sequence[Word], tagged: Sequence[Word], converter: Converter) -> tuple[list[Word], list[float]]:
    """The best tree over all words but punctuation marks."""
    import numpy as np

    words = [n for n, word in enumerate(tagged) if word.upos != "PUNCT"]
    if not words:
        return [replace(word, head=-1 if n == 0 else 0) for n, word in enumerate(tagged)], []
    place = {n: row for row, n in enumerate(words, start=1)} | {-1: 0}
    arcs = [(n, candidate) for n in words for candidate in head_candidates(old, n) if candidate in place]
    scores = np.full((len(words) + 1, len(words) + 1), -40.0)
    for (n, candidate), option in zip(
        arcs, converter.heads.probabilities([head_features(old, n, candidate) for n, candidate in arcs]), strict=True
    ):
        scores[place[n], place[candidate]] = np.log(option["yes"] + 1e-12)
    tree = best_tree(scores)
    found, certainty = list(tagged), []
    for n in words:
        chosen = int(tree[place[n]])
        found[n] = replace(tagged[n], head=words[chosen - 1] if chosen else -1)
        certainty.append(float(np.exp(scores[place[n], chosen])))
    root = next(n for n in words if found[n].head < 0)
    return [replace(word, head=root) if word.upos == "PUNCT" else word for word in found], certainty


def _label(old: Sequence[Word], attached: Sequence[Word], converter: Converter) -> tuple[list[Word], list[float]]:
    options = converter.relations.probabilities([arc_features(attached, old, n, converter.usual) for n in range(len(old))])
    found, certainty = [], []
    for word, option in zip(attached, options, strict=True):
        if word.upos == "PUNCT":
            found.append(replace(word, relation="punct"))
        elif word.head < 0:
            found.append(replace(word, relation="root"))
        else:
            relation, value = _best({name: value for name, value in option.items() if name not in {"root", "punct"}})
            found.append(replace(word, relation=relation))
            certainty.append(value)
    return found, certainty


def _punctuate(old: Sequence[Word], labelled: Sequence[Word], converter: Converter) -> list[Word]:
    found = list(labelled)
    for here, word in enumerate(labelled):
        candidates = punctuation_candidates(labelled, here) if word.upos == "PUNCT" and word.head >= 0 else []
        if candidates:
            rows = [punctuation_features(labelled, old, here, n) for n in candidates]
            values = [option["yes"] for option in converter.marks.probabilities(rows)]
            found[here] = replace(word, head=candidates[values.index(max(values))])
    return found


def _to_tree(words: Sequence[Word], converter: Converter) -> Tree:
    feats = converter.feats.probabilities([morphology_features(word.form, word.upos, word.relation) for word in words])
    rows: list[list[str]] = []
    text = ""
    for n, (word, options) in enumerate(zip(words, feats, strict=True)):
        space = "_" if word.spaced else "SpaceAfter=No"
        parts = words[n : n + 2] if n + 1 < len(words) and words[n + 1].clitic else ()
        if parts:
            last = "_" if parts[1].spaced else "SpaceAfter=No"
            rows.append([f"{n + 1}-{n + 2}", parts[0].form + parts[1].form, *["_"] * 7, last])
        inside = bool(parts) or word.clitic
        lemma = converter.lemmas.get((word.form.lower(), word.upos), word.form.lower())
        lemma = word.form if word.upos == "PROPN" else lemma
        shown = [str(n + 1), word.form, lemma, word.upos, "_", _best(options)[0], str(word.head + 1), word.relation, "_"]
        rows.append([*shown, "_" if inside else space])
        text += word.form + (" " if word.spaced else "")
    return Tree(text.rstrip(), rows)


@dataclass(frozen=True, slots=True)
class Agreement:
    """F1 in per cent of words, and of words with the right tag, features, head, head and relation."""

    words: float
    upos: float
    feats: float
    uas: float
    las: float


def agreement(trees: Sequence[Tree], gold: Sequence[Tree]) -> Agreement:
    """Score trees against others of the same sentences; words are aligned by their forms."""
    counts = dict.fromkeys(("words", "upos", "feats", "uas", "las"), 0)
    total = 0
    for tree, truth in zip(trees, gold, strict=True):
        left, right = tree.words(), truth.words()
        match = align([row[FORM] for row in left], [row[FORM] for row in right]) | {-1: -1}
        total += len(left) + len(right)
        for a, b in match.items():
            if a < 0:
                continue
            head = match.get(int(left[a][HEAD]) - 1, UNKNOWN) == int(right[b][HEAD]) - 1
            counts["words"] += 1
            counts["upos"] += left[a][UPOS] == right[b][UPOS]
            counts["feats"] += left[a][FEATS] == right[b][FEATS]
            counts["uas"] += head
            counts["las"] += head and left[a][DEPREL] == right[b][DEPREL]
    return Agreement(**{name: 200.0 * count / total for name, count in counts.items()})


def pairs_of(data: Path) -> tuple[list[Pair], list[Pair]]:
    """The sentences that exist in both annotations: those to learn from and those held out."""
    file, share = TREEBANKS["gsd"]
    modern = [clean_rows(tree) for tree in read_conllu(data / file)]
    old = read_conllu(data / OLD_DEV)
    known, held = hold_out(modern, share)
    return [*zip(old[: len(known)], known, strict=True)], [*zip(old[len(known) :], held, strict=True)]


def reference_trees(data: Path) -> list[Tree]:
    """The training trees of the other modern treebanks."""
    trees: list[Tree] = []
    for name, (file, share) in TREEBANKS.items():
        if name != "gsd":
            trees += hold_out([clean_rows(tree) for tree in read_conllu(data / file)], share)[0]
    return trees


def key(text: str) -> str:
    """A sentence without spaces, punctuation and case, for finding it elsewhere."""
    return re.sub(r"\W", "", text).lower()


def upgraded(data: Path, share: float = SHARE) -> list[Tree]:
    """The old training trees in today's annotation, the most certain ``share`` of them, in their order.

    Left out are sentences of the other treebanks, held-out ones included, and those that today's training file does
    not have (they may stand in its test file).
    """
    pairs, held = pairs_of(data)
    old = read_conllu(data / OLD_TRAIN)
    converter = learn(pairs, reference_trees(data), old)
    known = {key(new.text) for _, new in (*pairs, *held)}
    known |= {key(tree.text) for name, (file, _) in TREEBANKS.items() if name != "gsd" for tree in read_conllu(data / file)}
    modern = key((data / MODERN_TEXT).read_text(encoding="utf8"))
    found = [convert(tree, converter) for tree in old if key(tree.text) not in known and key(tree.text) in modern]
    surest = sorted(range(len(found)), key=lambda n: -found[n][1])[: round(len(found) * share)]
    return [found[n][0] for n in sorted(surest)]


def prepare_upgraded(data: Path, work: Path) -> None:
    """As ``prepare_treebanks``, and ``work/ud/parse-train.conllu`` for the parser.

    It has all modern training trees, repeated, and the old ones converted, which no other model learns from. The parts
    stand beside it, ``parse-csui.conllu`` and so on to ``parse-converted.conllu``.
    """
    prepare_treebanks(data, work)
    train, _ = load_treebanks(data)
    parts = {**train, "converted": upgraded(data)}
    for name, trees in parts.items():
        write_conllu(trees, work / "ud" / f"parse-{name}.conllu")
    repeated = [tree for name, trees in parts.items() for _ in range(REPEATS.get(name, 1)) for tree in trees]
    write_conllu(repeated, work / "ud" / "parse-train.conllu")


def main(argv: Sequence[str] | None = None) -> None:
    """Print how the converter scores: five folds of the sentences to learn from, then the held-out ones."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args(argv)
    pairs, held = pairs_of(options.data)
    reference, more = reference_trees(options.data), read_conllu(options.data / OLD_TRAIN)
    print(f"{'':22} words  UPOS feats   UAS   LAS")
    converted: list[Tree] = []
    size = -(-len(pairs) // options.folds) if options.folds else len(pairs)
    for start in range(0, len(pairs) if options.folds else 0, size):
        converter = learn([*pairs[:start], *pairs[start + size :]], reference, more)
        converted += [convert(old, converter)[0] for old, _ in pairs[start : start + size]]
    if converted:
        _show("folds, as in 2017", [old for old, _ in pairs], [new for _, new in pairs])
        _show("folds, converted", converted, [new for _, new in pairs])
    converter = learn(pairs, reference, more)
    found = [convert(old, converter) for old, _ in held]
    gold = [new for _, new in held]
    _show("held out, as in 2017", [old for old, _ in held], gold)
    _show("held out, converted", [tree for tree, _ in found], gold)
    order = sorted(range(len(found)), key=lambda n: -found[n][1])
    for share in (0.9, 0.75, 0.5):
        kept = order[: round(share * len(order))]
        _show(f"  surest {share:.0%}", [found[n][0] for n in kept], [gold[n] for n in kept])


def _show(name: str, trees: Sequence[Tree], gold: Sequence[Tree]) -> None:
    s = agreement(trees, gold)
    print(f"{name:22} {s.words:5.1f} {s.upos:5.1f} {s.feats:5.1f} {s.uas:5.1f} {s.las:5.1f}", flush=True)


if __name__ == "__main__":
    main()
