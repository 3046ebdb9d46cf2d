"""What the text itself says a name is: "Wadung adalah desa", "surat kabar De Locomotief", "Swann Re, perusahaan asuransi".

The model guesses from the sound of a name; the noun beside it knows. A name of a film, a ship or a species has no type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from peristiwa.entities.kinds import NONE, KindWords
from peristiwa.entities.mention import Mention

ACTORS = ("PER", "ORG", "LOC")
OPENING = re.compile(r"(?:^|\n|[.!?]\s|\n[\"“])\s*$")
"""What stands before the first word of a sentence."""
REACH = 40


def told(text: str, mentions: Sequence[Mention], kinds: KindWords, titled: re.Pattern[str]) -> list[Mention]:
    """The mentions with the type that the text tells, ``NONE`` for what has none.

    What a sentence defines ("Zuidplas adalah munisipalitas") holds for the name wherever it stands in the text, a title of
    one word ("Mulan adalah film") on its line only; what stands behind a title of office is a person all the same.
    """
    if not kinds.copulas:
        return list(mentions)
    mentions = _parties(text, _short_firms(text, mentions, kinds, titled), kinds)
    defined: dict[str, tuple[str, int]] = {}
    places = [mention.start for mention in mentions if mention.type == "LOC"]
    for mention in mentions:
        if mention.type in (*ACTORS, "EVT") and (kind := _defined(text, mention, kinds, places)):
            if mention.type == "EVT" and kind != "ORG":
                continue  # "Liga Hadhrami adalah gerakan", but "Festival Danau Toba adalah acara"
            defined.setdefault(text[mention.start : mention.end], (kind, text.find("\n", mention.end)))
    return [_as_told(text, mention, defined, kinds, titled) for mention in mentions]


def _as_told(
    text: str, mention: Mention, defined: Mapping[str, tuple[str, int]], kinds: KindWords, titled: re.Pattern[str]
) -> Mention:
    name = text[mention.start : mention.end]
    kind, line_end = defined.get(name, (None, -1)) if mention.type in (*ACTORS, "EVT") else (None, -1)
    if kind == NONE and " " not in name and -1 < line_end < mention.start:
        kind = None
    if kind and kind != "PER" and titled.search(text, max(0, mention.start - REACH), mention.start):
        kind = None
    kind = kind or _beside(text, mention, kinds)
    return mention._replace(type=kind) if kind else mention


def _defined(text: str, mention: Mention, kinds: KindWords, places: Sequence[int]) -> str | None:
    """What the sentence that a name opens says that it is, or the next one takes it for ("Munisipalitas ini …").

    The next one may take up a place that the first tells of besides.
    """
    if not OPENING.search(text, max(0, mention.start - 4), mention.start):
        return None
    if match := kinds.definition.match(text, mention.end):
        return kinds.kind(match["noun"])
    match = kinds.next_sentence.match(text, mention.end) if mention.type != "LOC" else None
    kind = kinds.kind(match["noun"].lower()) if match else None
    if match and kind == "LOC" and any(mention.end < place < match.end() for place in places):
        return None
    return kind if kind == NONE or mention.type == "ORG" else None


def _short_firms(text: str, mentions: Sequence[Mention], kinds: KindWords, titled: re.Pattern[str]) -> list[Mention]:
    """A name that ends a firm's, told before it, is the firm's: "PT Cipta Skynindo … Skynindo".

    Not where somebody of the text bears it ("PT Hadi Wijaya … Budi Wijaya"), nor behind a title.
    """
    firms = [m for m in mentions if m.type == "ORG" and kinds.firm.match(text, m.start)]
    names = {text[m.start : m.end] for m in mentions if m.type == "PER"} if firms else set()
    borne = {word for name in names if " " in name for word in name.split()}
    out = []
    for mention in mentions:
        name = text[mention.start : mention.end]
        if mention.type == "PER" and name not in borne and any(f.end < mention.start for f in firms):
            ends = any(f.end < mention.start and text.endswith(f" {name}", 0, f.end) for f in firms)
            if ends and not titled.search(text, max(0, mention.start - REACH), mention.start):
                mention = mention._replace(type="ORG")
        out.append(mention)
    return out


def _parties(text: str, mentions: Sequence[Mention], kinds: KindWords) -> list[Mention]:
    """ "John McCain (Republik)": in brackets behind a person stands a party."""
    people = {mention.end for mention in mentions if mention.type == "PER"}
    return [
        mention._replace(type="ORG")
        if mention.type == "LOC" and text[mention.start : mention.end] in kinds.parties and mention.start - 2 in people
        else mention
        for mention in mentions
    ]


def _beside(text: str, mention: Mention, kinds: KindWords) -> str | None:
    """What the noun right before a name, or behind a comma, says of one that the model takes for a person's."""
    if mention.type != "PER":
        return None
    if match := kinds.noun_before.search(text, max(0, mention.start - REACH), mention.start):
        return kinds.kind(match["noun"].lower())
    if kinds.work_before.search(text, max(0, mention.start - REACH), mention.start) and kinds.by_after.match(text, mention.end):
        return NONE
    return "ORG" if kinds.body_behind.match(text, mention.end) else None
