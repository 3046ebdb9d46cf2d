"""Tags of tokens to mentions over words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from peristiwa.annotate.convert import CLITIC_UPOS, Mention, Parse, Token
from peristiwa.types import ENTITY_NAMES


def to_parse(tokens: tuple[Token, ...], tags: Mapping[str, Sequence[str | None]]) -> Parse:
    """A sentence with the mentions that BIOES tags of its tokens tell of: names by ``ner``, triggers by ``triggers``.

    Of names only those of our types are kept, since official models have tag sets of their own; a name ends before the
    clitics of its last token.
    """
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token.words))
    entities = tuple(
        Mention(ENTITY_NAMES[label], starts[first], starts[last] - _clitics(tokens[last - 1]))
        for label, first, last in runs(tags.get("ner", ()))
        if label in ENTITY_NAMES
    )
    triggers = tuple(Mention(label, starts[first], starts[last]) for label, first, last in runs(tags.get("triggers", ())))
    return Parse(tokens, entities=entities, triggers=triggers)


def runs(tags: Sequence[str | None]) -> Iterator[tuple[str, int, int]]:
    """Label, first and last place (end exclusive) of each mention in a sequence of BIOES tags, broken ones included."""
    label, first = "", -1
    for index, tag in enumerate(tags):
        kind, _, own = (tag or "O").partition("-")
        if kind not in ("B", "I", "E", "S", "O"):
            continue
        if first >= 0 and kind in ("B", "S", "O"):
            yield label, first, index
            first = -1
        if kind == "O":
            continue
        label, first = own, index if first < 0 else first
        if kind in ("E", "S"):
            yield label, first, index + 1
            first = -1
    if first >= 0:
        yield label, first, len(tags)


def _clitics(token: Token) -> int:
    """How many words at the end of a token of several are clitics."""
    count = 0
    for word in reversed(token.words[1:]):
        if word.upos not in CLITIC_UPOS:
            break
        count += 1
    return count
