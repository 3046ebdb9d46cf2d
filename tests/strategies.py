"""Hypothesis strategies that several tests draw from."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from peristiwa.annotate.convert import Mention, Parse, Token, Word

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SURFACE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
GAP = st.one_of(st.sampled_from(["", " ", "  ", "\n", "\n\n", "\t", "\u00a0", " \n", "\u0085", "\u2028"]), ANY_TEXT)
LABELS = st.sampled_from(["PER", "ORG", "LOC"])


@st.composite
def trees(draw, size: int) -> list[int]:
    """Heads of a random tree over ``size`` words, crossing arcs and all."""
    order = draw(st.permutations(range(1, size + 1)))
    heads = [0] * size
    for position, word in enumerate(order[1:], 1):
        heads[word - 1] = order[draw(st.integers(0, position - 1))]
    return heads


@st.composite
def parsed_texts(draw) -> tuple[str, list[Parse]]:
    """A text with a parse of it: any characters, any gaps, words that spell their token and words that do not."""
    text = draw(GAP)
    sentences = []
    for _ in range(draw(st.integers(0, 3))):
        spans: list[tuple[int, int, list[str]]] = []
        for _ in range(draw(st.integers(1, 5))):
            kind = draw(st.sampled_from(["word", "word", "spelled", "unspelled"]))
            words = [draw(SURFACE) for _ in range(1 if kind == "word" else draw(st.integers(2, 3)))]
            surface = draw(SURFACE) if kind == "unspelled" else "".join(words)
            spans.append((len(text), len(text) + len(surface), words))
            text += surface + draw(GAP)
        size = sum(len(words) for _, _, words in spans)
        heads = draw(st.one_of(trees(size), st.just([None] * size)))
        upos = draw(st.lists(st.sampled_from(["NOUN", "VERB", "PRON", "PART", ""]), min_size=size, max_size=size))
        numbers = iter(range(size))
        tokens = tuple(
            Token(start, end, tuple(_word(word, next(numbers), heads, upos) for word in words)) for start, end, words in spans
        )
        mentions = draw(st.lists(st.tuples(LABELS, st.integers(0, size - 1), st.integers(1, 3)), max_size=3))
        found = tuple(Mention(label, start, min(start + length, size)) for label, start, length in mentions)
        sentences.append(Parse(tokens, entities=found, triggers=found[:1]))
    return text, sentences


def _word(text: str, index: int, heads: Sequence[int | None], upos: Sequence[str]) -> Word:
    head = heads[index]
    deprel = {None: "", 0: "root"}.get(head, "nmod:poss")
    feats = "Number=Sing|Person=3" if upos[index] == "PRON" else ""
    return Word(text, text.lower(), upos[index], feats, head, deprel)
