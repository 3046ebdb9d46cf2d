"""What stands before the subject and is taken for a part of it, hung beside: a dateline, or a word of time.

Parsers read the line that a report begins with ("Jakarta (ANTARA) -") as the beginning of its first sentence: the place is
the subject, and who acts a part of its name ("Jakarta … [Fraksi Golkar] menolak RUU itu"). What stands behind the dash takes
the place's part in the tree, which hangs from the root. So does the name behind "Kemarin", and the noun behind "Sekiranya".
"""

from __future__ import annotations

import re
from itertools import accumulate

import numpy

from peristiwa.annotate.engine.sentence import Sentence
from peristiwa.annotate.engine.tree import are_trees

DASHES = frozenset(["-", "–", "—", "--"])
REACH = 12
"""Words within which the dash stands."""
SITE = re.compile(r"\w+\.(?:com|net|org|co|id|co\.id|go\.id|or\.id)", re.IGNORECASE)
OPENS = 6
"""Words that a sentence may open with."""
LOOSE = "dep"
"""The relation of what has no part in the sentence."""


def settle(sentence: Sentence, opening: re.Pattern[str] | None = None) -> None:
    """Hang the dateline of a sentence, if it has one, from the root, or the words of time that it opens with.

    ``opening`` fits these in small letters, with the space behind them.
    """
    dash = _dash(sentence)
    if dash is None:
        if opening is not None and sentence.heads:
            _settle_time(sentence, opening)
        return
    heads, relations = list(sentence.heads), list(sentence.deprels)
    inside = range(1, dash + 2)  # as heads tell them: from 1, the root 0
    behind = [at for at in range(dash + 1, len(heads)) if heads[at] in inside]
    first = next((at for at in behind if relations[at] != "punct"), None)
    top = next(at for at in range(dash + 1) if heads[at] not in inside) if first is None else heads[first] - 1
    while heads[top] in inside:
        top = heads[top] - 1
    if first is not None:
        above, part = heads[top], relations[top]
        told = any(heads[at] == above and relations[at] == part for at in range(dash + 1, len(heads)))
        for at in behind:
            heads[at] = first + 1
        heads[first], relations[first] = above, LOOSE if told else part
    heads[top], relations[top] = next((at + 1 for at, head in enumerate(heads) if head == 0 and at != top), 0), LOOSE
    if are_trees(numpy.array([[0, *heads]]), True)[0]:
        sentence.heads, sentence.deprels = heads, relations


def _settle_time(sentence: Sentence, opening: re.Pattern[str]) -> None:
    """ "Kemarin sore [Jokowi] melantik menteri": the name is the subject, the words before it say when.

    Behind a conjunction ("Sekiranya [polisi] menolak") any noun is, behind a war ("Selama Perang Dunia I [Jerman]") any name.
    """
    found = opening.match(" ".join(sentence.words[:OPENS]).lower())
    if found is None:
        return
    heads, relations = list(sentence.heads), list(sentence.deprels)
    name = found.group().count(" ")
    conjunction = found.groupdict().get("conjunction")
    if conjunction and heads[0] > 1:
        sentence.upos[0], relations[0] = "SCONJ", relations[0] if relations[0] in ("mark", "advmod") else "mark"
        sentence.deprels = list(relations)
    if not (conjunction or sentence.words[name][:1].isupper()) or not 0 < heads[name] <= name:
        return
    first = next(at for at in range(name) if not 0 < heads[at] <= name)  # the head of the words of time
    above = heads[first]
    told = any(
        head == above and relation.startswith("nsubj")
        for head, relation in zip(heads[name : above if conjunction else None], relations[name:], strict=False)
    )
    if told and above:
        return
    subject = sentence.deprels[first]
    part = subject if subject.startswith(("nsubj", "root")) else "nsubj"
    for at in range(name + 1, len(heads)):
        if 0 < heads[at] <= name:
            heads[at] = name + 1
    if found.groupdict().get("war") and above and "Voice=Pass" in sentence.feats[above - 1]:
        part = "nsubj:pass"
    heads[name], relations[name] = above, part
    heads[first], relations[first] = above or name + 1, _part(found)
    if are_trees(numpy.array([[0, *heads]]), True)[0]:
        sentence.heads, sentence.deprels = heads, relations
        sentence.upos[first] = "NOUN" if sentence.upos[first] == "PROPN" else sentence.upos[first]


def _part(opening: re.Match[str]) -> str:
    """The relation of the words that a sentence opens with."""
    groups = opening.groupdict()
    return "mark" if groups.get("conjunction") else "obl" if groups.get("war") else "advmod"


def _dash(sentence: Sentence) -> int | None:
    """The dash of a dateline: capitalised words before it, a bracket, comma or site among them, and space around it.

    Two names alike are a pair ("Rusia - Ukraina"), and a second dash closes what the first opens ("Inter - klub Italia -").
    """
    words = sentence.words
    dashes = [at for at, word in enumerate(words) if word in DASHES]
    if not sentence.heads or not dashes or not 0 < dashes[0] < min(REACH, len(words) - 1):
        return None
    if any(at <= dashes[0] + REACH for at in dashes[1:]):
        return None
    before = words[: dashes[0]]
    named = before[0][:1].isupper() and not any(word[:1].islower() and SITE.fullmatch(word) is None for word in before)
    told = any(word in (",", "(") or SITE.fullmatch(word) for word in before)
    return dashes[0] if named and told and _stands_free(sentence, dashes[0]) else None


def _stands_free(sentence: Sentence, word: int) -> bool:
    """Whether a word is a token with space on both sides: no "3-1", no "Pro-Palestina"."""
    ends = list(accumulate(sentence.widths))
    at = ends.index(word + 1) if word + 1 in ends else 0
    tokens = sentence.tokens
    return 0 < at < len(tokens) - 1 and tokens[at - 1].end < tokens[at].start and tokens[at].end < tokens[at + 1].start
