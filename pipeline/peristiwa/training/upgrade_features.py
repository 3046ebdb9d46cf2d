"""What the converter of the old GSD trees looks at: features of a word, of an arc, and where a head may be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from peristiwa.training.upgrade_tokens import Word

Usual = Mapping[str, tuple[str, str]]
"""A form in lower case: its most frequent tag and relation."""

UNKNOWN_FORM = ("?", "?")
NOTHING = Word("", "-", -1, "-")


def word_features(words: Sequence[Word], here: int, usual: Usual) -> list[str]:
    """Features for the tag of a word; ``usual`` is what other modern treebanks mostly do with a form."""
    word, head = words[here], governor(words, here)
    lower, upos, relation = word.form.lower(), word.upos, word.relation
    before, after = neighbour(words, here - 1), neighbour(words, here + 1)
    tag, role = usual.get(lower, UNKNOWN_FORM)
    return [
        "bias",
        f"w={lower}",
        f"usual={tag}",
        f"usual,t={tag},{upos}",
        f"usual,t,r={tag},{upos},{relation}",
        f"usual,r={role},{upos},{relation}",
        f"w,t={lower},{upos}",
        f"w,r={lower},{relation}",
        f"t={upos}",
        f"t,r={upos},{relation}",
        f"shape={shape(word.form)}",
        f"t,shape={upos},{shape(word.form)}",
        f"t,first={here == 0},{upos},{word.form[:1].isupper()}",
        f"t,ht={upos},{head.upos},{relation}",
        f"t,end={upos},{lower[-3:]}",
        f"t,start={upos},{lower[:2]}",
        f"t,start3={upos},{lower[:3]}",
        f"w,after={lower},{after.upos}",
        f"w,before={lower},{before.upos}",
        f"t,after={upos},{after.form.lower()}",
        f"t,before={upos},{before.form.lower()}",
        f"t,clitic={upos},{word.clitic},{after.clitic and after.form.lower()}",
        f"feats={upos},{word.feats}",
        f"redup={'-' in lower and len(lower) > 4},{upos}",
    ]


def arc_features(words: Sequence[Word], old: Sequence[Word], here: int, usual: Usual) -> list[str]:
    """Features for the relation of a word: ``words`` have today's tags and heads, ``old`` those of 2017."""
    word, was = words[here], old[here]
    head, old_head = governor(words, here), governor(old, here)
    lower, relation = word.form.lower(), was.relation
    side = "<" if word.head > here else ">" if word.head >= 0 else "0"
    tags = f"{word.upos},{head.upos}"
    below = children(words, here)
    marks = sorted({words[child].form.lower() for child in below if words[child].upos in {"ADP", "SCONJ"}})
    yang = any(words[child].form.lower() == "yang" for child in below)
    subject = any(old[child].relation.startswith("nsubj") for child in below)
    number = any(words[child].upos == "NUM" for child in below)
    role = usual.get(lower, UNKNOWN_FORM)[1]
    return [
        "bias",
        f"r,usual={relation},{role}",
        f"r,usual,t={relation},{role},{word.upos}",
        f"r={relation}",
        f"r,tags={relation},{tags}",
        f"r,t={relation},{word.upos}",
        f"r,was={relation},{was.upos},{old_head.upos}",
        f"r,ht={relation},{head.upos},{side}",
        f"r,w={relation},{lower}",
        f"w,t={lower},{word.upos}",
        f"w,ht={lower},{head.upos}",
        f"r,h={relation},{head.form.lower()}",
        f"r,same={relation},{word.head == was.head},{side}",
        f"r,yang={relation},{yang},{subject},{word.upos}",
        f"r,mark={relation},{','.join(marks)}",
        f"r,any={relation},{bool(marks)},{tags}",
        f"r,number={relation},{number},{word.upos}",
        f"r,hr={relation},{old_head.relation},{tags}",
        f"r,distance={relation},{min(abs(here - word.head), 3)},{tags}",
        f"r,case={relation},{word.form[:1].isupper()},{head.form[:1].isupper()},{tags}",
        f"r,shape={relation},{shape(word.form)}",
        f"r,start={relation},{lower[:2]},{word.upos}",
        f"r,h.start={relation},{head.form.lower()[:2]},{head.upos}",
        f"r,h.end={relation},{head.form.lower()[-2:]},{head.upos}",
        f"r,below={relation},{bool(below)},{tags}",
        f"r,before={relation},{neighbour(words, here - 1).form.lower()}",
        f"r,after={relation},{neighbour(words, here + 1).form.lower()}",
        f"tags={tags},{side}",
    ]


def head_features(words: Sequence[Word], here: int, candidate: int) -> list[str]:
    """Features for an arc from ``candidate`` (-1: the root) to a word that is no punctuation."""
    word = words[here]
    other = words[candidate] if candidate >= 0 else NOTHING
    where = place(words, here, candidate)
    relation = word.relation
    distance = f"{'<' if candidate > here else '>'}{min(abs(here - candidate), 4)}"
    return [
        "bias",
        f"p={where}",
        f"p,r={where},{relation}",
        f"p,r,d={where},{relation},{distance}",
        f"p,r,t={where},{relation},{word.upos},{other.upos}",
        f"p,r,w={where},{relation},{word.form.lower()}",
        f"p,w={where},{word.form.lower()}",
        f"p,r,or={where},{relation},{other.relation}",
        f"p,ow={where},{other.form.lower()}",
        f"t,ot={word.upos},{other.upos},{distance[0]}",
        f"p,shape={where},{shape(word.form)},{other.upos}",
        f"p,many={where},{relation},{len(children(words, here)) > 0}",
        f"old={candidate == word.head}",
    ]


def morphology_features(form: str, upos: str, relation: str) -> list[str]:
    """Features for the morphological features of a word."""
    lower = form.lower()
    twice = "-" in lower and len(lower) > 4
    return [
        "bias",
        f"t={upos}",
        f"w,t={lower},{upos}",
        f"t,r={upos},{relation}",
        *(f"t,start={upos},{lower[:n]}" for n in (2, 3, 4)),
        f"t,end={upos},{lower[-2:]}",
        f"t,kind={upos},{lower.isdigit()},{lower.isalpha()},{twice}",
    ]


def head_candidates(words: Sequence[Word], here: int) -> list[int]:
    """Positions (-1: the root) where the head of a word may be today, its old head first."""
    head = words[here].head
    found = [head, -1, here - 1, here + 1, here - 2, here + 2, *children(words, here)]
    if head >= 0:
        above = words[head].head
        found += [above, *(child for child in children(words, head))]
        if above >= 0:
            found += [words[above].head, *children(words, above)]
    wanted = dict.fromkeys(found)
    return [n for n in wanted if n == -1 or (0 <= n < len(words) and n != here and words[n].upos != "PUNCT")]


def punctuation_candidates(words: Sequence[Word], here: int) -> list[int]:
    """Heads a punctuation mark may have: the words that end or begin beside it, with what governs them."""
    left = next((n for n in range(here - 1, -1, -1) if words[n].upos != "PUNCT"), -1)
    right = next((n for n in range(here + 1, len(words)) if words[n].upos != "PUNCT"), -1)
    found = [*chain(words, left), *chain(words, right), partner_head(words, here)]
    return [n for n in dict.fromkeys(found) if n >= 0]


def punctuation_features(words: Sequence[Word], old: Sequence[Word], here: int, candidate: int) -> list[str]:
    """Features for the head of a punctuation mark; ``words`` have today's heads for every other word."""
    form = words[here].form
    left = next((n for n in range(here - 1, -1, -1) if words[n].upos != "PUNCT"), -1)
    right = next((n for n in range(here + 1, len(words)) if words[n].upos != "PUNCT"), -1)
    tops = []
    for side, start in (("L", left), ("R", right)):
        up = chain(words, start)
        if candidate in up:
            # the highest word whose own arc stays on this side of the mark
            inside = [n for n in up if words[n].head < 0 or (words[n].head < here) == (n < here)]
            crossing = next((k for k, n in enumerate(up) if (words[n].head < here) != (n < here)), len(up) - 1)
            level = up.index(candidate)
            spot = "top" if level == crossing else "below" if level < crossing else "above"
            tops.append(f"{side}{spot}{min(level, 2) if spot != 'top' else ''}{'' if candidate in inside else 'x'}")
    spot = "+".join(tops)
    other = words[candidate]
    last = all(word.upos == "PUNCT" for word in words[here:])
    after, before = neighbour(words, here + 1), neighbour(words, here - 1)
    paired = candidate == partner_head(words, here)
    right_top = next((words[n].relation for n in chain(words, right) if n >= 0 and words[n].head < here), "-")
    left_top = next((words[n].relation for n in chain(words, left) if n >= 0 and words[n].head > here), "-")
    spans = covers(words, candidate, here)
    root = other.head < 0
    return [
        "bias",
        f"s={spot}",
        f"s,w={spot},{form}",
        f"s,w,last={spot},{form},{last},{root}",
        f"s,w,r={spot},{form},{other.relation}",
        f"s,w,tops={spot},{form},{left_top},{right_top}",
        f"s,w,rtop={spot},{form},{right_top}",
        f"s,w,ltop={spot},{form},{left_top}",
        f"s,t={spot},{other.upos},{form}",
        f"s,after={spot},{form},{after.upos}",
        f"s,before={spot},{form},{before.upos}",
        f"s,after.w={spot},{after.form.lower()}",
        f"old={old[here].head == candidate},{form}",
        f"old,s={old[here].head == candidate},{spot}",
        f"pair={paired},{form}",
        f"spans={spans},{form}",
        f"spans,s={spans},{spot},{form}",
        f"root={root},{last}",
    ]


def covers(words: Sequence[Word], candidate: int, here: int) -> bool:
    """Whether an arc from ``candidate`` to ``here`` crosses no other arc and no word in between is loose."""
    low, high = sorted((candidate, here))
    for n, word in enumerate(words):
        if word.upos == "PUNCT" or word.head < 0:
            continue
        start, end = sorted((n, word.head))
        if start < low < end < high or low < start < high < end or (start < here < end and not start <= candidate <= end):
            return False
    return True


def partner_head(words: Sequence[Word], here: int) -> int:
    """For a bracket or quotation mark, the topmost word between it and its partner, else -1."""
    pairs = {"(": ")", "[": "]", "“": "”", '"': '"', "'": "'", "``": "''"}
    form = words[here].form
    backward = {close: opening for opening, close in pairs.items()}
    inside: range | None = None
    same = [n for n in range(len(words)) if words[n].form == form]
    opens = form in pairs and not (form in backward and same.index(here) % 2)
    if opens:
        close = next((n for n in range(here + 1, len(words)) if words[n].form == pairs[form]), -1)
        inside = range(here + 1, close)
    elif form in backward:
        opening = next((n for n in range(here - 1, -1, -1) if words[n].form == backward[form]), -1)
        inside = range(opening + 1, here) if opening >= 0 else None
    if inside is None:
        return -1
    return next((n for n in inside if words[n].upos != "PUNCT" and words[n].head not in inside), -1)


def place(words: Sequence[Word], here: int, candidate: int) -> str:
    """Where a candidate stands to a word in the old tree."""
    head = words[here].head
    if candidate == head:
        return "head"
    if candidate < 0:
        return "root"
    if words[candidate].head == here:
        return f"child:{words[candidate].relation}"
    if head >= 0:
        if words[candidate].head == head:
            return f"sister:{words[candidate].relation}"
        if words[head].head == candidate:
            return f"above:{words[head].relation}"
    return "far" if abs(candidate - here) > 1 else "next"


def chain(words: Sequence[Word], start: int) -> list[int]:
    """A word and those above it, the root last."""
    found: list[int] = []
    while start >= 0 and start not in found:
        found.append(start)
        start = words[start].head
    return found


def children(words: Sequence[Word], here: int) -> list[int]:
    """The positions whose head is ``here``."""
    return [n for n, word in enumerate(words) if word.head == here]


def governor(words: Sequence[Word], here: int) -> Word:
    """The head of a word, an empty word above the root."""
    return words[words[here].head] if words[here].head >= 0 else NOTHING


def neighbour(words: Sequence[Word], here: int) -> Word:
    """The word at a position, an empty word outside of the sentence."""
    return words[here] if 0 <= here < len(words) else NOTHING


@lru_cache(maxsize=65536)
def shape(form: str) -> str:
    """ "ke-5" → "a-9", "Rp5.000" → "Aa9.9"."""
    return re.sub(r"([A-Za9])\1+", r"\1", re.sub(r"\d", "9", re.sub(r"[^\W\d_A-Z]", "a", re.sub(r"[A-Z]", "A", form))))[:8]
