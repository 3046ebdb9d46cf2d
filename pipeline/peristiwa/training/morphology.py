"""More words for the lemmatizer: regular derivations of known roots that running text really has.

The treebanks show some 4,000 roots in a few forms each. A root's regular derivations ("retas": meretas, diretas,
peretas, peretasan …) that are also among the 50,000 words of the vectors teach the lemmatizer the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

VOWELS = "aiueo"


def nasal(root: str) -> tuple[str, str]:
    """The nasal of meN- and peN- before a root, and the root as it appears after it: ("n", "ulis") for "tulis"."""
    first = root[0]
    if first == "k" and not root.startswith("kh"):
        return "ng", root[1:]
    if first == "p" and root[1] in VOWELS:
        return "m", root[1:]
    if first == "t" and root[1] in VOWELS:
        return "n", root[1:]
    if first == "s" and root[1] in VOWELS:
        return "ny", root[1:]
    if first in VOWELS or first in "gh" or root.startswith("kh"):
        return "ng", root
    if first in "bfvp":
        return "m", root
    if first in "dcjzts":
        return "n", root
    return "", root


def derivations(root: str) -> dict[str, str]:
    """Regular derived forms of a root and their word class."""
    n, rest = nasal(root)
    active, agent = f"me{n}{rest}", f"pe{n}{rest}"
    if sum(letter in VOWELS for letter in root) == 1:
        active, agent = f"menge{root}", f"penge{root}"
    ber = f"be{root}" if root[0] == "r" else f"ber{root}"
    per = f"pe{root}" if root[0] == "r" else f"per{root}"
    forms: dict[str, str] = {}
    for stem in (active, f"di{root}", f"mem{per}", f"di{per}"):
        forms |= dict.fromkeys((stem, f"{stem}kan", f"{stem}i"), "VERB")
    forms |= dict.fromkeys((f"ter{root}", ber, f"{ber}an", f"{ber}kan", f"{root}kan", f"ter{root}kan"), "VERB")
    forms |= dict.fromkeys((agent, f"{agent}an", f"{per}an", f"ke{root}an", f"{root}an", f"pe{root}"), "NOUN")
    return forms


def silver_types(vocabulary: Iterable[str], lemmas: Mapping[str, int], seen: frozenset[str]) -> list[tuple[str, str, str]]:
    """(form, word class, root) for words of ``vocabulary`` that are regular derivations of one root.

    Roots are the treebanks' lemmas, with their counts, and words that have at least three derivations in the
    vocabulary. Forms that the treebanks show (``seen``) or that are lemmas themselves are left to them.
    """
    words = {w for w in vocabulary if w.isascii() and w.isalpha() and len(w) > 2 and not w.endswith("nya")}
    roots = {lemma: count for lemma, count in lemmas.items() if lemma.isalpha() and lemma.islower() and len(lemma) > 2}
    derived_from_known = {form for root in roots for form in derivations(root)}
    for word in words - derived_from_known - set(roots):
        if len(word) > 3 and len(words.intersection(derivations(word))) >= 3:
            roots[word] = 0
    candidates: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for root, count in roots.items():
        for form, upos in derivations(root).items():
            if form in words and form not in seen and form not in lemmas:
                candidates[form][root, upos] = count
    found = []
    for form, options in sorted(candidates.items()):
        (root, upos), _ = max(options.items(), key=lambda item: (item[1], len(item[0][0]), item[0]))
        found.append((form, upos, root))
    return found
