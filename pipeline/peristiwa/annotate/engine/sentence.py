"""What the models of the engine hand on: a sentence with its tokens and words, filled layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, field

LONGEST_SENTENCE = 400
"""Words. The parser's memory grows with the square of the sentence: 5 GB for a list of 5,000 words without a stop."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A token of the text: what the models read of it, where it stands, and whether it holds several words."""

    text: str
    start: int
    end: int
    multiword: bool = False


@dataclass(slots=True)
class Sentence:
    """Tokens with the number of words in each, and one entry a word in every filled layer.

    ``tags`` and ``scores`` have one entry a token: by name tagger its BIOES tags, and what the trigger tagger thinks likely.
    """

    tokens: list[Surface]
    widths: list[int]
    words: list[str]
    upos: list[str] = field(default_factory=list)
    feats: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deprels: list[str] = field(default_factory=list)
    tags: dict[str, list[str]] = field(default_factory=dict)
    scores: list[tuple[tuple[str, float], ...]] = field(default_factory=list)


def split_long(sentence: Sentence, text: str, limit: int = LONGEST_SENTENCE) -> list[Sentence]:
    """The sentence in pieces of at most ``limit`` words, but for tokens that hold more.

    A cut comes where the text has a line end or ";" in the second half of the limit, else at the limit.
    """
    if len(sentence.words) <= limit:
        return [sentence]
    pieces: list[Sentence] = []
    first = size = 0
    cut = None
    ends = [token.start for token in sentence.tokens[1:]] + [sentence.tokens[-1].end]
    for index, (token, width) in enumerate(zip(sentence.tokens, sentence.widths, strict=True)):
        if index > first and size + width > limit:
            last = cut or index
            pieces.append(_piece(sentence, first, last))
            first, cut = last, None
            size = sum(sentence.widths[first:index])
        size += width
        if size > limit // 2 and (token.text == ";" or "\n" in text[token.end : ends[index]]):
            cut = index + 1
    pieces.append(_piece(sentence, first, len(sentence.tokens)))
    return pieces


def _piece(sentence: Sentence, first: int, last: int) -> Sentence:
    start = sum(sentence.widths[:first])
    widths = sentence.widths[first:last]
    return Sentence(sentence.tokens[first:last], widths, sentence.words[start : start + sum(widths)])
