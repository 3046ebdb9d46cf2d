"""What the converter of the old GSD trees learns from the sentences that exist in both annotations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from peristiwa.training.data import DEPREL, FEATS, FORM, HEAD, LEMMA, UPOS, Tree
from peristiwa.training.logistic import feature_matrix, fit_logistic
from peristiwa.training.upgrade_features import (
    Usual,
    arc_features,
    head_candidates,
    head_features,
    morphology_features,
    punctuation_candidates,
    punctuation_features,
    word_features,
)
from peristiwa.training.upgrade_tokens import Splits, Word, learn_splits, retokenise

if TYPE_CHECKING:
    import numpy as np

Pair = tuple[Tree, Tree]
"""One sentence: its tree of 2017, its tree of today."""

Example = tuple[list[str], str]
"""Features and class."""

UNKNOWN = -9
"""A head that has no counterpart."""

MODERN_WEIGHT = 3
"""How often today's GSD sentences count beside the other treebanks for features and lemmas."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """One-against-rest logistic weights of classes by feature."""

    columns: dict[str, int]
    classes: tuple[str, ...]
    weights: np.ndarray = field(repr=False)

    def probabilities(self, rows: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """Per row, the probability of each class; they add up to one but for a classifier of one class."""
        import numpy as np

        margins = feature_matrix(rows, self.columns) @ self.weights
        values = 1.0 / (1.0 + np.exp(-margins))
        if len(self.classes) > 1:
            values = values / values.sum(axis=1, keepdims=True)
        return [dict(zip(self.classes, line, strict=True)) for line in values.tolist()]


@dataclass(frozen=True, slots=True)
class Converter:
    """What was learnt: token cuts, the classifiers, features and lemmas by word and tag."""

    splits: Splits
    usual: Usual
    tags: Classifier
    heads: Classifier
    relations: Classifier
    marks: Classifier
    feats: Classifier
    lemmas: Mapping[tuple[str, str], str]


def learn(pairs: Sequence[Pair], reference: Sequence[Tree], more: Sequence[Tree] = (), penalty: float = 0.3) -> Converter:
    """Learn from pairs of trees.

    ``reference`` are more modern trees, for the cuts of tokens, features and lemmas; ``more`` are further trees of 2017,
    for the words that they know. ``penalty`` is that of the logistic models.
    """
    splits = learn_splits([*reference, *(new for _, new in pairs)], more)
    usual = usual_annotation(reference)
    tags: list[Example] = []
    heads: list[Example] = []
    relations: list[Example] = []
    marks: list[Example] = []
    for old_tree, new_tree in pairs:
        old = retokenise(old_tree, splits)
        projected = _project(old, new_tree)
        new = [word or was for word, was in zip(projected, old, strict=True)]
        for here, word in enumerate(projected):
            if word is None:
                continue
            tags.append((word_features(old, here, usual), word.upos))
            if word.head == UNKNOWN:
                continue
            if word.upos == "PUNCT" and word.relation == "punct":
                marks += [
                    (punctuation_features(new, old, here, n), _yes(n == word.head)) for n in punctuation_candidates(new, here)
                ]
            else:
                heads += [(head_features(old, here, n), _yes(n == word.head)) for n in head_candidates(old, here)]
                relations.append((arc_features(new, old, here, usual), word.relation))
    modern = [*reference, *(new_tree for _, new_tree in pairs for _ in range(MODERN_WEIGHT))]
    rows = [row for tree in modern for row in tree.words()]
    morphology = [(morphology_features(row[FORM], row[UPOS], row[DEPREL]), row[FEATS]) for row in rows]
    return Converter(
        splits=splits,
        usual=usual,
        tags=_fit(tags, penalty),
        heads=_fit(heads, penalty),
        relations=_fit(relations, penalty),
        marks=_fit(marks, penalty),
        feats=_fit(morphology, penalty, min_count=3),
        lemmas=_usual_lemmas(rows),
    )


def _yes(condition: bool) -> str:
    return "yes" if condition else "no"


def usual_annotation(trees: Iterable[Tree]) -> dict[str, tuple[str, str]]:
    """The most frequent tag and relation of the forms that occur more than once."""
    counts: dict[str, tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    for tree in trees:
        for row in tree.words():
            tags, relations = counts[row[FORM].lower()]
            tags[row[UPOS]] += 1
            relations[row[DEPREL]] += 1
    return {
        form: (tags.most_common(1)[0][0], relations.most_common(1)[0][0])
        for form, (tags, relations) in counts.items()
        if tags.total() > 1
    }


def _project(old: Sequence[Word], tree: Tree) -> list[Word | None]:
    """Today's annotation of the words of an old tree, None where the words differ; unmatched heads are UNKNOWN."""
    rows = tree.words()
    match = align([word.form for word in old], [row[FORM] for row in rows])
    back = {j: i for i, j in match.items()}
    found: list[Word | None] = []
    for here, word in enumerate(old):
        if here not in match:
            found.append(None)
            continue
        row = rows[match[here]]
        head = int(row[HEAD]) - 1
        found.append(replace(word, upos=row[UPOS], head=head if head < 0 else back.get(head, UNKNOWN), relation=row[DEPREL]))
    return found


def align(left: Sequence[str], right: Sequence[str]) -> dict[int, int]:
    """Which word of ``left`` is which of ``right``, case aside."""
    matcher = SequenceMatcher(None, [w.lower() for w in left], [w.lower() for w in right], autojunk=False)
    return {a + k: b + k for a, b, size in matcher.get_matching_blocks() for k in range(size)}


def _fit(examples: Sequence[tuple[list[str], str]], penalty: float, min_count: int = 2) -> Classifier:
    import numpy as np

    rows = [row for row, _ in examples]
    counts = Counter(label for _, label in examples)
    labels = ["yes"] if set(counts) <= {"yes", "no"} else sorted(label for label, n in counts.items() if n > 1)
    targets = {label: [found == label for _, found in examples] for label in labels}
    weights = fit_logistic(rows, targets, penalty=penalty, min_count=min_count)
    columns = {name: n for n, name in enumerate(weights)}
    table = np.zeros((len(columns), len(labels)))
    for name, by_label in weights.items():
        for label, value in by_label.items():
            table[columns[name], labels.index(label)] = value
    return Classifier(columns, tuple(labels), table)


def _usual_lemmas(rows: Iterable[Sequence[str]]) -> dict[tuple[str, str], str]:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row[FORM].lower(), row[UPOS]][row[LEMMA].lower()] += 1
    return {word: found.most_common(1)[0][0] for word, found in counts.items()}
