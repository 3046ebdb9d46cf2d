"""A Doc read once into plain Python objects, for code that asks each token many times.

Every attribute of a spaCy token is computed when it is asked for: a new object for each look at a token, a search of the
string store, a pass over the sentence for its children. The event stage looks some hundred times at every token of a
sentence with an event in it, so it reads them all once, as one array of numbers. What it asks of a Doc, a sentence and a
Token, and nothing more, is answered here as spaCy answers it; training and tests may give the stage spaCy's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import count, pairwise, repeat
from typing import TYPE_CHECKING, Any, TypeVar, cast

from peristiwa.columns import numbers_of, strings_of, text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

STRINGS = ("ORTH", "LOWER", "LEMMA", "POS", "DEP", "ENT_TYPE")
NUMBERS = ("IDX", "IS_SPACE", "SENT_START", "ENT_IOB", "HEAD")
SENTENCE_STARTS = {1: True, 0: None, -1: False}
IOB = ("", "I", "O", "B")

F = TypeVar("F", bound=Callable[..., Any])


def on_view(function: F) -> F:
    """``function`` of a Doc, which reads it as a view; what it returns must not hold a token of it."""

    @wraps(function)
    def run(doc: Doc | View, *arguments: Any, **options: Any) -> Any:
        if isinstance(doc, View):
            return function(doc, *arguments, **options)
        view = View(doc)
        try:
            return function(view, *arguments, **options)
        finally:
            view.take_apart()

    return cast("F", run)


def once(function: F) -> F:
    """``function`` of a token or sentence, and of what can be hashed: those of a view keep its answers."""

    @wraps(function)
    def ask(item: Any, *more: Any) -> Any:
        if not isinstance(item, _Keeping):
            return function(item, *more)
        known = item.known
        if known is None:
            known = item.known = {}
        key = (function, *more) if more else function
        if key not in known:
            known[key] = function(item, *more)
        return known[key]

    return cast("F", ask)


class _Keeping:
    """What keeps the answers of ``once``; most tokens are never asked."""

    __slots__ = ("known",)

    known: dict[Any, Any] | None


class View(list["_Token"]):
    """A Doc; a slice of it is a list of tokens."""

    def __init__(self, doc: Doc) -> None:
        numbers = numbers_of(doc, NUMBERS)
        super().__init__(map(_Token, repeat(self), count(), strings_of(doc, STRINGS), numbers))
        self.asked = doc  # for what is asked of few tokens
        self.text = text_of(doc)
        self.spans = doc.spans
        self.user_data = doc.user_data
        for token, (*_, away) in zip(self, numbers, strict=True):
            token.head = self[token.i + away]
            if away:
                token.head.children = [*token.head.children, token]
        starts = [token.i for token in self if token.is_sent_start or token.i == 0]
        self.sents = [_Sentence(self, start, end) for start, end in pairwise([*starts, len(self)])]
        for sentence in self.sents:
            for token in sentence:
                token.sent = sentence

    def take_apart(self) -> None:
        """Cut the references in circles, in which only the garbage collector would find that nobody needs this any more."""
        for item in (*self, *self.sents):
            item.known = None
        for token in self:
            token.children = ()
            del token.doc, token.head, token.sent
        self.clear()
        self.sents.clear()

    def char_span(self, start: int, end: int, **options: Any) -> Any:
        """As ``Doc.char_span``, its tokens being spaCy's own."""
        return self.asked.char_span(start, end, **options)


class _Sentence(_Keeping):
    __slots__ = ("doc", "end", "start", "start_char", "text")

    def __init__(self, doc: View, start: int, end: int) -> None:
        self.doc = doc
        self.start = start
        self.end = end
        self.start_char = doc[start].idx
        self.text = doc.text[self.start_char : doc[end - 1].idx + len(doc[end - 1].text)]
        self.known = None

    def __iter__(self) -> Iterator[_Token]:
        return iter(self.doc[self.start : self.end])


class _Token(_Keeping):
    __slots__ = (
        "children", "dep_", "doc", "ent_iob_", "ent_type_", "head", "i", "idx", "is_sent_start", "is_space", "lemma_",
        "lower_", "pos_", "sent", "text",
    )  # fmt: skip

    head: _Token
    sent: _Sentence

    def __init__(self, doc: View, i: int, strings: Sequence[str], numbers: Sequence[int]) -> None:
        self.doc = doc
        self.i = i
        self.text, self.lower_, self.lemma_, self.pos_, self.dep_, self.ent_type_ = strings
        self.idx, space, start, iob, _ = numbers
        self.is_space = space != 0
        self.is_sent_start = SENTENCE_STARTS[start]
        self.ent_iob_ = IOB[iob]
        self.children: Sequence[_Token] = ()
        self.known = None

    @property
    def morph(self) -> Any:
        return self.doc.asked[self.i].morph

    def nbor(self) -> _Token:
        return self.doc[self.i + 1]

    @property
    def subtree(self) -> Iterator[_Token]:
        below = [self]
        for token in below:
            below += token.children
        return iter(below)
