"""One name has one type in a text: "Aures" is the place where "Kerajaan Aures" is told of.

Mentions with a cue of their own keep their type ("Presiden Washington", "di Washington"); of the others the text's
cues decide, then the most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from peristiwa.entities.around import AgreeWords
from peristiwa.entities.mention import Mention
from peristiwa.entities.told import ACTORS

REACH = 40


def agree(text: str, mentions: Sequence[Mention], words: AgreeWords, titled: re.Pattern[str]) -> list[Mention]:
    """The mentions, those of one name with the same type but where a cue tells otherwise."""
    if not words.places:
        return list(mentions)
    by_name: dict[str, list[int]] = {}
    for number, mention in enumerate(mentions):
        if mention.type in ACTORS and not mention.initials:
            by_name.setdefault(text[mention.start : mention.end], []).append(number)
    realms = {found.group(1) for m in mentions if m.type == "LOC" and (found := words.realm.fullmatch(text, m.start, m.end))}
    out = list(mentions)
    for name, numbers in by_name.items():
        types = Counter(mentions[number].type for number in numbers)
        if len(types) < 2 and name not in realms:
            continue
        cues = {number: _cue(text, mentions, number, words, titled) for number in numbers}
        told = Counter(cue for cue in cues.values() if cue)
        winner = "LOC" if name in realms and not told["PER"] else _winner(told, types)
        for number in numbers:
            if winner and cues[number] in (None, winner):
                out[number] = mentions[number]._replace(type=winner)
    return out


def _winner(told: Counter[str], types: Counter[str]) -> str | None:
    """The type of a name that is not everywhere a person's: the one that cues tell, else that of most mentions.

    A club and its city, an office and its building share a name: between a body and a place nothing is decided.
    """
    if len(types) != 2 or "PER" not in types:
        return None
    if len(told) == 1 and (only := next(iter(told))) in types:
        return only
    first, second = types.most_common(2)
    return first[0] if first[1] > second[1] else None


def _cue(text: str, mentions: Sequence[Mention], number: int, words: AgreeWords, titled: re.Pattern[str]) -> str | None:
    """What stands right before a mention tells of it: a word, or the name that it is short for ("PT Propertindo (Jakpro)")."""
    mention, before = mentions[number], mentions[number - 1] if number else None
    if before and before.type == mention.type and text[before.end : mention.start] == " (":
        return mention.type
    start = max(0, mention.start - REACH)
    if words.place_before.search(text, start, mention.start):
        return "LOC" if mention.type == "LOC" else None
    if mention.type == "ORG" and words.body_before.search(text, start, mention.start):
        return "ORG"
    return "PER" if mention.type == "PER" and titled.search(text, start, mention.start) else None
