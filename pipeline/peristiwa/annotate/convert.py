"""Parsed sentences to a spaCy ``Doc`` whose text is the document's text, exactly, for every input there is.

A parse says where its tokens stand in the text and what words they hold. The surface of every spaCy token is cut out
of the text itself, never taken from the parse, so nothing that a tokenizer normalises, shortens or forgets can
change the text. What lies between tokens becomes one trailing space or a whitespace token of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peristiwa.errors import InputError

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

UPOS = frozenset("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
CLITIC_UPOS = frozenset({"PRON", "PART", "DET", "ADP"})
"""What the clitics of multi-word tokens are: -nya, -ku, -mu, ku- (PRON or DET), -lah, -kah, -pun (PART)."""

TRIGGERS = "triggers"
MULTIWORD = "multiword"
"""Keys of ``doc.spans``: trigger-model mentions, and tokens of the surface that were split into several words."""
TRIGGER_SCORES = "trigger_scores"
"""Key of ``doc.user_data``: by token index, the event types that the trigger model thinks possible, with probabilities."""

MOST_WORDS = 100_000
"""Word forms that a vocabulary may have before another takes its place: 50 MB."""
_vocabs: dict[str, Vocab] = {}


@dataclass(frozen=True, slots=True)
class Word:
    """A syntactic word. ``head`` is the 1-based index of a word of the sentence, 0 for the root, None if unparsed.

    ``triggers`` are the trigger model's event types for it with their probabilities.
    """

    text: str
    lemma: str = ""
    upos: str = ""
    feats: str = ""
    head: int | None = None
    deprel: str = ""
    triggers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the surface, ``text[start:end]``, with the words it holds (more than one in a multi-word token)."""

    start: int
    end: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A labelled run of words of one sentence, 0-based, end exclusive."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parse:
    """One sentence as a parser or a CoNLL-U file gives it."""

    tokens: tuple[Token, ...]
    entities: tuple[Mention, ...] = ()
    triggers: tuple[Mention, ...] = ()


@dataclass(slots=True)
class _Row:
    """One token of the Doc under construction; ``head`` is an index into the rows."""

    text: str
    space: bool = False
    lemma: str = ""
    upos: str = ""
    feats: str = ""
    head: int = -1
    deprel: str = ""
    sentence_start: bool = False


def to_doc(text: str, sentences: Sequence[Parse], *, language: str = "id") -> Doc:
    """The Doc of a parsed text. ``doc.text == text`` holds for every text without lone surrogates.

    Tokens are UD words. A multi-word token whose words spell its surface is split into them (recorded as a span of
    ``doc.spans["multiword"]``), any other stays one token with lemma, part of speech and features of its first word
    that is not a clitic and the head of its highest word. Text between tokens is one plain space after a token, or a
    whitespace token (pos SPACE, dep "", its own head, so that no subtree holds it).
    ``doc.ents`` are the parse's entities, ``doc.spans["triggers"]`` its triggers, ``doc.user_data["trigger_scores"]``
    the event types of its words with their probabilities, by token index.

    Raises InputError when offsets overlap or leave the text, or a sentence is not a tree with one root.
    """
    from spacy.tokens import Doc

    rows: list[_Row] = []
    entities: list[tuple[str, int, int]] = []
    triggers: list[tuple[str, int, int]] = []
    multiword: list[tuple[int, int]] = []
    scores: dict[int, dict[str, float]] = {}
    position = 0
    for number, sentence in enumerate(sentences, 1):
        if not sentence.tokens:
            continue
        words = [word for token in sentence.tokens for word in token.words]
        _check_tree(words, number)
        row_of_word: list[int] = []
        for token in sentence.tokens:
            _check_offsets(token, position, text, number)
            _add_gap(rows, text[position : token.start])
            first = len(rows)
            _add_token(rows, row_of_word, text[token.start : token.end], token.words)
            if len(token.words) > 1 and len(set(row_of_word[-len(token.words) :])) > 1:
                multiword.append((first, len(rows)))
            position = token.end
        _set_heads(rows, row_of_word, words)
        rows[row_of_word[0]].sentence_start = True
        entities += [_place(mention, row_of_word, number) for mention in sentence.entities]
        triggers += [_place(mention, row_of_word, number) for mention in sentence.triggers]
        scores |= {row: dict(word.triggers) for row, word in zip(row_of_word, words, strict=True) if word.triggers}
    _add_gap(rows, text[position:])
    _settle_whitespace(rows)

    doc = Doc(
        shared_vocab(language),
        words=[row.text for row in rows],
        spaces=[row.space for row in rows],
        pos=[row.upos for row in rows],
        morphs=[row.feats for row in rows],
        lemmas=[row.lemma for row in rows],
        heads=[row.head for row in rows],
        deps=[row.deprel for row in rows],
    )
    _set_sentence_starts(doc, rows)
    doc.set_ents([_span(doc, *mention) for mention in without_overlaps(entities)], default="outside")
    doc.spans[TRIGGERS] = [_span(doc, *mention) for mention in without_overlaps(triggers)]
    doc.spans[MULTIWORD] = [_span(doc, "", start, end) for start, end in multiword]
    doc.user_data[TRIGGER_SCORES] = scores
    return doc


def shared_vocab(language: str) -> Vocab:
    """A vocabulary for Docs of this process to share, another one after ``MOST_WORDS`` words: it would grow with the run."""
    vocab = _vocabs.get(language)
    if vocab is None or len(vocab) > MOST_WORDS:
        vocab = _vocabs[language] = _new_vocab(language)
    return vocab


def _new_vocab(language: str) -> Vocab:
    """``spacy.blank`` would make a tokenizer as well, of 16,000 exceptions for Indonesian: most of a second for nothing."""
    from spacy.util import get_lang_class
    from spacy.vocab import create_vocab

    try:
        defaults = get_lang_class(language).Defaults
    except ImportError:  # a language that spaCy has no data for
        language, defaults = "xx", get_lang_class("xx").Defaults
    return create_vocab(language, defaults)


def without_overlaps(mentions: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Mentions (label, start, end) in text order, the longer and then the earlier winning where two overlap."""
    kept: list[tuple[str, int, int]] = []
    taken: set[int] = set()
    for mention in sorted(mentions, key=lambda m: (m[1] - m[2], m[1], m[0])):
        covered = range(mention[1], mention[2])
        if taken.isdisjoint(covered):
            taken.update(covered)
            kept.append(mention)
    return sorted(kept, key=lambda m: m[1])


def _check_offsets(token: Token, position: int, text: str, number: int) -> None:
    if not position <= token.start < token.end <= len(text) or not token.words:
        raise InputError(
            f"sentence {number}: the token at [{token.start}:{token.end}] overlaps the one before it (which ends at "
            f"{position}), leaves the text of {len(text)} characters, or has no words. Check the parse."
        )


def _check_tree(words: Sequence[Word], number: int) -> None:
    """Raise InputError unless the sentence is wholly unparsed or a tree with exactly one root."""
    heads = [word.head for word in words]
    if all(head is None for head in heads):
        return
    roots = heads.count(0)
    if roots != 1:
        raise InputError(f"sentence {number}: {roots} words have head 0; a tree has exactly one root.")
    reached = {0}  # heads known to lead to the root
    for index, head in enumerate(heads, 1):
        path: list[int] = []
        current: int | None = index
        while current is not None and current not in reached:
            if not 1 <= current <= len(heads):
                raise InputError(f"sentence {number}: a word has head {current} of {len(heads)} words.")
            path.append(current)
            reached.add(current)
            current = heads[current - 1]
            if current in path:
                raise InputError(f"sentence {number}: the heads of word {index} run in a circle.")
        if current is None:
            raise InputError(f"sentence {number}: word {index} hangs from a word without a head (its head: {head}).")


def _add_gap(rows: list[_Row], gap: str) -> None:
    """Text between tokens: nothing, one plain space of the token before it, or a whitespace token."""
    if gap == " " and rows:
        rows[-1].space = True
    elif gap:
        rows.append(_Row(gap, upos="SPACE"))


def _add_token(rows: list[_Row], row_of_word: list[int], surface: str, words: Sequence[Word]) -> None:
    """Append the rows of one surface token and note for each of its words which row it went to."""
    if len(words) == 1:
        row_of_word.append(len(rows))
        rows.append(_row(surface, words[0]))
        return
    places = _spell(surface, words)
    if places is None:
        word = next((w for w in words if w.upos not in CLITIC_UPOS), words[0])
        row_of_word += [len(rows)] * len(words)
        rows.append(_row(surface, word))
        return
    position = 0
    for word, (start, end) in zip(words, places, strict=True):
        _add_gap(rows, surface[position:start])
        row_of_word.append(len(rows))
        rows.append(_row(surface[start:end], word))
        position = end


def _row(surface: str, word: Word) -> _Row:
    if word.upos and word.upos not in UPOS:
        raise InputError(f"word {word.text!r} has the part of speech {word.upos!r}, which is none of UD's 17.")
    lemma = " ".join(word.lemma.split())
    if lemma in ("", "_"):  # CoNLL-U's "none", unless the word is an underscore
        lemma = "_" if surface == "_" else ""
    return _Row(surface, lemma=lemma, upos=word.upos, feats=word.feats, deprel=word.deprel)


def _spell(surface: str, words: Sequence[Word]) -> list[tuple[int, int]] | None:
    """Where each word stands in the surface, if the words spell it out but for case and inner spaces; else None."""
    places: list[tuple[int, int]] = []
    position = 0
    for word in words:
        while position < len(surface) and surface[position].isspace():
            position += 1
        end = position + len(word.text)
        if not word.text or surface[position:end].casefold() != word.text.casefold():
            return None
        places.append((position, end))
        position = end
    return places if position == len(surface) else None


def _set_heads(rows: list[_Row], row_of_word: list[int], words: Sequence[Word]) -> None:
    """Heads between rows. A row that holds several words hangs where its highest word hangs, so no circle can arise."""
    depth = _depths(words) if len(set(row_of_word)) < len(words) else []
    highest: dict[int, int] = {}
    for index, row in enumerate(row_of_word):
        if row not in highest or depth[index] < depth[highest[row]]:
            highest[row] = index
    for row, index in highest.items():
        head = words[index].head
        if head is None:
            rows[row].head, rows[row].deprel = row, ""
        elif head == 0:
            rows[row].head, rows[row].deprel = row, "ROOT"
        else:
            deprel = words[index].deprel
            rows[row].head = row_of_word[head - 1]
            rows[row].deprel = "dep" if deprel.lower() in ("", "root") else deprel


def _depths(words: Sequence[Word]) -> list[int]:
    """Steps from each word to the root (0 for unparsed words)."""
    depths: list[int] = []
    for word in words:
        steps, head = 0, word.head
        while head:
            steps, head = steps + 1, words[head - 1].head
        depths.append(steps)
    return depths


def _settle_whitespace(rows: list[_Row]) -> None:
    """Whitespace stands alone, out of every subtree; at the start of the text it belongs to the first sentence."""
    for index, row in enumerate(rows):
        if row.upos == "SPACE":
            row.head = index
    if len(rows) > 1 and rows[0].upos == "SPACE":
        rows[1].sentence_start = False
    if rows:
        rows[0].sentence_start = True


def _set_sentence_starts(doc: Doc, rows: Sequence[_Row]) -> None:
    """spaCy derives sentences from heads, which fails without heads and in deeply crossing trees; ours are given."""
    import numpy

    if not rows:
        return
    starts = numpy.array([1 if row.sentence_start else -1 for row in rows], dtype=numpy.int64).astype(numpy.uint64)
    if (doc.to_array(["SENT_START"]) != starts).any():
        doc.from_array(["SENT_START"], starts.reshape(-1, 1))  # type: ignore[arg-type]  # stub: thinc's arrays


def _place(mention: Mention, row_of_word: Sequence[int], number: int) -> tuple[str, int, int]:
    if not 0 <= mention.start < mention.end <= len(row_of_word):
        raise InputError(f"sentence {number}: mention {mention} leaves its {len(row_of_word)} words.")
    return mention.label, row_of_word[mention.start], row_of_word[mention.end - 1] + 1


def _span(doc: Doc, label: str, start: int, end: int) -> Span:
    from spacy.tokens import Span

    return Span(doc, start, end, label=label)
