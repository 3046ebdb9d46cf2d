"""spaCy Docs to CoNLL-U and back, losing nothing: the frozen form of a parse, and what ``peristiwa annotate`` writes.

The text of a document is rebuilt exactly from its token lines. What stands between tokens is in MISC, in UDPipe's
convention: ``SpaceAfter=No``, ``SpacesAfter=``, ``SpacesBefore=`` (first token) and ``SpacesInToken=`` with the escapes
\\s (space) \\t \\r \\n \\p (|) \\\\ (\\); nothing there means one space. Entities and triggers are ``NER=B-ORG`` and
``Trigger=B-MEET`` in MISC, what the trigger model thinks possible ``TriggerScores=MEET:0.62,CALL:0.11``; whitespace
tokens are no CoNLL-U tokens, multi-word tokens have their range lines.

Read are also files as Stanza writes them (``start_char|end_char``, ``ner=S-PER``) and plain UD treebanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from peristiwa.annotate.convert import MULTIWORD, TRIGGER_SCORES, TRIGGERS, UPOS, Mention, Parse, Token, Word, to_doc
from peristiwa.errors import GoldError, InputError

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.tokens import Token as SpacyToken

WORDLESS = "text_without_words"
"""Comment that holds the text of a document without a single word, which has no token lines to hold it."""

_ESCAPES = {" ": "\\s", "\t": "\\t", "\r": "\\r", "\n": "\\n", "|": "\\p", "\\": "\\\\"}
_UNESCAPES = {escape[1]: character for character, escape in _ESCAPES.items()}
_COMMENT = re.compile(r"#\s*([^=]+?)\s*=\s?(.*)", re.DOTALL)
_FEATS = re.compile(r"[^=|]+=[^=|]+(\|[^=|]+=[^=|]+)*")
_RANGE = re.compile(r"([1-9][0-9]*)-([1-9][0-9]*)")


def _escape(text: str) -> str:
    return re.sub(r"[\t\r\n|\\ ]", lambda match: _ESCAPES[match[0]], text)


def _escape_comment(text: str) -> str:
    return re.sub(r"[\t\r\n\\]", lambda match: _ESCAPES[match[0]], text)


def _unescape(text: str) -> str:
    """Undo the escapes; ``\\u00A0`` is one that Stanza writes and we do not."""
    return re.sub(
        r"\\(u([0-9A-Fa-f]{4})|.)",
        lambda match: chr(int(match[2], 16)) if match[2] else _UNESCAPES.get(match[1], match[0]),
        text,
    )


# Writing


def doc_to_conllu(doc: Doc, doc_id: str) -> str:
    """The CoNLL-U of one document, ending in an empty line; ``docs_from_conllu`` gives back an equal Doc."""
    head = f"# newdoc id = {_escape_comment(doc_id)}\n"
    whole = doc.text  # built anew each time it is asked for
    sentences = _sentences(doc)
    if not sentences:
        return head + (f"# {WORDLESS} = {_escape_comment(whole)}\n" if whole else "") + "\n"
    spaces = _spaces(doc, [token for sentence in sentences for token in sentence])
    tags = {
        "NER": _tags(doc.ents),
        "Trigger": _tags(doc.spans.get(TRIGGERS, ())),
        "TriggerScores": {i: _scores(found) for i, found in doc.user_data.get(TRIGGER_SCORES, {}).items()},
    }
    ranges = {span.start: span for span in doc.spans.get(MULTIWORD, ())}
    blocks: list[str] = []
    for number, sentence in enumerate(sentences, 1):
        text = whole[sentence[0].idx : sentence[-1].idx + len(sentence[-1])]
        comments = [f"# sent_id = {number}", f"# text = {' '.join(text.split())}"]
        blocks.append("\n".join([*comments, *_rows(sentence, ranges, spaces, tags)]) + "\n\n")
    return head + "".join(blocks)


def _sentences(doc: Doc) -> list[list[SpacyToken]]:
    """The words of each sentence; whitespace tokens are left out."""
    sentences: list[list[SpacyToken]] = []
    starts = True
    for token in doc:
        starts = starts or bool(token.is_sent_start)
        if token.pos_ == "SPACE":
            continue
        if starts:
            sentences.append([])
            starts = False
        sentences[-1].append(token)
    return sentences


def _spaces(doc: Doc, words: Sequence[SpacyToken]) -> dict[int, list[str]]:
    """For each word (by its index in the Doc) the MISC entries that tell what stands around it in the text."""
    text = doc.text
    spaces: dict[int, list[str]] = {}
    for position, word in enumerate(words):
        is_last = position + 1 == len(words)
        gap = text[word.idx + len(word) : len(text) if is_last else words[position + 1].idx]
        before = text[: word.idx] if position == 0 else ""
        entries = [f"SpacesBefore={_escape(before)}"] if before else []
        if gap == "":
            entries.append("SpaceAfter=No")
        elif gap != " " or is_last:
            entries.append(f"SpacesAfter={_escape(gap)}")
        spaces[word.i] = entries
    return spaces


def _tags(spans: Sequence[Span] | tuple[Span, ...]) -> dict[int, str]:
    """BIO tags by token index."""
    return {token.i: f"{'B' if token.i == span.start else 'I'}-{_escape(span.label_)}" for span in spans for token in span}


def _scores(found: Mapping[str, float]) -> str:
    return ",".join(f"{_escape(label)}:{probability:g}" for label, probability in found.items())


def _rows(
    sentence: Sequence[SpacyToken],
    ranges: Mapping[int, Span],
    spaces: Mapping[int, list[str]],
    tags: Mapping[str, Mapping[int, str]],
) -> Iterator[str]:
    number = {token.i: n for n, token in enumerate(sentence, 1)}
    inside_until = -1
    for token in sentence:
        span = ranges.get(token.i)
        if span is not None:
            inside_until = span.end
            last = span[-1]
            before = [entry for entry in spaces[token.i] if entry.startswith("SpacesBefore")]
            after = [entry for entry in spaces[last.i] if not entry.startswith("SpacesBefore")]
            misc = [*before, *after, *_in_token(span.text)]
            yield _row(f"{number[token.i]}-{number[last.i]}", span.text, misc=misc)
        misc = [f"{name}={by_token[token.i]}" for name, by_token in tags.items() if token.i in by_token]
        misc += [] if token.i < inside_until else spaces[token.i]
        parsed = bool(token.dep_)
        yield _row(
            str(number[token.i]),
            token.text,
            token.lemma_ or "_",
            token.pos_ or "_",
            str(token.morph) or "_",
            ("0" if token.head.i == token.i else str(number[token.head.i])) if parsed else "_",
            ("root" if token.dep_ == "ROOT" else token.dep_) if parsed else "_",
            [*misc, *_in_token(token.text)],
        )


def _in_token(surface: str) -> list[str]:
    return [f"SpacesInToken={_escape(surface)}"] if re.search(r"[\t\r\n]", surface) else []


def _row(
    number: str,
    form: str,
    lemma: str = "_",
    upos: str = "_",
    feats: str = "_",
    head: str = "_",
    deprel: str = "_",
    misc: Sequence[str] = (),
) -> str:
    form = re.sub(r"[\t\r\n]", " ", form)  # SpacesInToken keeps them
    return "\t".join([number, form, lemma, upos, "_", feats, head, deprel, "_", "|".join(misc) or "_"])


# Reading


@dataclass(slots=True)
class _Unit:
    """A surface token under construction: its rows' words and MISC entries."""

    form: str
    misc: dict[str, str]
    words: list[Word] = field(default_factory=list)
    word_misc: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """A document under construction. ``line`` is where it begins; ``sentences`` go with whether a paragraph begins."""

    doc_id: str
    line: int
    text: str = ""
    sentences: list[tuple[bool, list[_Unit]]] = field(default_factory=list)


def docs_from_conllu(text: str, *, language: str = "id", where: str = "CoNLL-U") -> list[Doc]:
    """The Docs of a CoNLL-U text, one per ``# newdoc`` (a file without is one document). Raises GoldError."""
    return [doc for _, doc in read_conllu(text, language=language, where=where)]


def read_conllu(text: str, *, language: str = "id", where: str = "CoNLL-U") -> Iterator[tuple[str, Doc]]:
    """The documents of a CoNLL-U text with their ids ("1", "2" … where ``# newdoc`` has none).

    Raises GoldError, naming ``where`` and the line, when the text is not CoNLL-U or a sentence is not a tree.
    """
    for block in _blocks(text, where):
        try:
            yield block.doc_id, _to_doc(block, language)
        except InputError as error:
            raise GoldError(f"{where}, document {block.doc_id!r} from line {block.line}: {error}") from error


def _blocks(text: str, where: str) -> Iterator[_Block]:
    block: _Block | None = None
    count = 0
    comments: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    lines = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
    for number, line in enumerate([*lines, ""], 1):
        if line.startswith("#") and not rows:
            comments.append(line)
        elif line and not line.isspace():
            rows.append((number, _columns(line, f"{where}, line {number}")))
        elif rows or comments:
            keys = dict(_comment(comment) for comment in comments)
            newdoc = next((key for key in keys if key in ("newdoc", "newdoc id")), None)
            if newdoc is not None or block is None:
                if block is not None:
                    yield block
                count += 1
                block = _Block(_unescape(keys.get("newdoc id") or str(count)), number - len(rows) - len(comments))
            if WORDLESS in keys:
                block.text = _unescape(keys[WORDLESS])
            if rows:
                starts_paragraph = any(key in ("newpar", "newpar id") for key in keys)
                block.sentences.append((starts_paragraph, _units(rows, where)))
            comments, rows = [], []
    if block is not None:
        yield block


def _comment(line: str) -> tuple[str, str]:
    match = _COMMENT.fullmatch(line)
    return (match[1], match[2]) if match else (line.lstrip("#").strip(), "")


def _columns(line: str, where: str) -> list[str]:
    columns = line.split("\t")
    if len(columns) != 10:
        raise GoldError(f"{where}: expected the ten columns of CoNLL-U, separated by tabs, found {len(columns)}.")
    return columns


def _units(rows: Sequence[tuple[int, list[str]]], where: str) -> list[_Unit]:
    """Surface tokens of a sentence's rows; empty nodes (8.1) are skipped."""
    units: list[_Unit] = []
    words = inside_until = 0
    for number, columns in rows:
        here = f"{where}, line {number}"
        if re.fullmatch(r"[0-9]+\.[0-9]+", columns[0]):
            continue
        misc = _misc(columns[9])
        span = _RANGE.fullmatch(columns[0])
        if span is not None:
            if int(span[1]) != words + 1 or int(span[2]) < int(span[1]) or words < inside_until:
                raise GoldError(f"{here}: the range {columns[0]} does not begin at the next word, {words + 1}.")
            inside_until = int(span[2])
            units.append(_Unit(columns[1], misc))
            continue
        if columns[0] != str(words + 1):
            raise GoldError(f"{here}: expected word {words + 1}, found {columns[0]!r}.")
        if words >= inside_until:
            units.append(_Unit(columns[1], misc))
        words += 1
        units[-1].words.append(_word(columns, misc, here))
        units[-1].word_misc.append(misc)
    if words < inside_until or not words:
        raise GoldError(f"{where}, line {rows[0][0]}: the sentence ends before the words of its last range.")
    return units


def _misc(column: str) -> dict[str, str]:
    entries = (entry.partition("=") for entry in column.split("|")) if column != "_" else ()
    return {key: value for key, _, value in entries}


def _word(columns: Sequence[str], misc: Mapping[str, str], where: str) -> Word:
    _, form, lemma, upos, _, feats, head, deprel, _, _ = columns
    if not form:
        raise GoldError(f"{where}: the word has no form.")
    if upos != "_" and upos not in UPOS:
        raise GoldError(f"{where}: {upos!r} is not one of UD's 17 parts of speech.")
    if feats != "_" and not _FEATS.fullmatch(feats):
        raise GoldError(f"{where}: {feats!r} are no features (Name=Value, joined by |).")
    if head != "_" and not re.fullmatch(r"[0-9]+", head):
        raise GoldError(f"{where}: the head {head!r} is not a number.")
    return Word(
        text=_unescape(misc["SpacesInToken"]) if "SpacesInToken" in misc else form,
        lemma="" if lemma == "_" and form != "_" else lemma,
        upos="" if upos == "_" else upos,
        feats="" if feats == "_" else feats,
        head=None if head == "_" else int(head),
        deprel="" if deprel == "_" else deprel,
        triggers=_read_scores(misc.get("TriggerScores", ""), where),
    )


def _read_scores(entry: str, where: str) -> tuple[tuple[str, float], ...]:
    try:
        pairs = [part.rpartition(":") for part in entry.split(",") if part]
        return tuple((_unescape(label), float(probability)) for label, _, probability in pairs)
    except ValueError:
        raise GoldError(f"{where}: TriggerScores={entry} are no scores (TYPE:0.5, joined by commas).") from None


def _to_doc(block: _Block, language: str) -> Doc:
    """Put the text together from the surface tokens and what their MISC says about spaces."""
    if not block.sentences:
        return to_doc(block.text, [], language=language)
    pieces: list[str] = []
    length = 0
    before: _Unit | None = None
    parses: list[Parse] = []
    for starts_paragraph, units in block.sentences:
        tokens: list[Token] = []
        for position, unit in enumerate(units):
            gap = _gap(before, unit, "\n\n" if starts_paragraph and position == 0 else " ")
            misc = unit.misc
            surface = _unescape(misc["SpacesInToken"]) if "SpacesInToken" in misc else unit.form
            start = length + len(gap)
            length = start + len(surface)
            pieces += [gap, surface]
            tokens.append(Token(start, length, tuple(unit.words)))
            before = unit
        parses.append(Parse(tuple(tokens), _mentions(units, ("NER", "ner")), _mentions(units, ("Trigger",))))
    if before is not None:
        pieces.append(_spaces_after(before) or "")
    return to_doc("".join(pieces), parses, language=language)


def _gap(before: _Unit | None, unit: _Unit, usual: str) -> str:
    """What stands before a surface token: what MISC says, else what the offsets say, else the usual space."""
    if before is None:
        return _unescape(unit.misc.get("SpacesBefore", ""))
    spaces = _spaces_after(before)
    if spaces is not None:
        return spaces
    end, start = before.misc.get("end_char", ""), unit.misc.get("start_char", "")
    if end.isdecimal() and start.isdecimal() and int(end) <= int(start):
        return " " * (int(start) - int(end))
    return usual


def _spaces_after(unit: _Unit) -> str | None:
    if "SpacesAfter" in unit.misc:
        return _unescape(unit.misc["SpacesAfter"])
    return "" if unit.misc.get("SpaceAfter") == "No" else None


def _mentions(units: Sequence[_Unit], keys: Sequence[str]) -> tuple[Mention, ...]:
    """Mentions of BIO or BIOES tags in MISC; the tag of a range line holds for all its words."""
    tags: list[str] = []
    for unit in units:
        own = [_tag(misc, keys) for misc in unit.word_misc]
        whole = _tag(unit.misc, keys)
        if len(own) > 1 and whole != "O" and set(own) == {"O"}:
            own = [whole, *[f"I-{whole[2:]}"] * (len(own) - 1)]
        tags += own
    mentions: list[Mention] = []
    for position, tag in enumerate([*tags, "O"]):
        label = _unescape(tag[2:])
        if tag.startswith("I-") and mentions and mentions[-1].end == position and mentions[-1].label == label:
            mentions[-1] = Mention(label, mentions[-1].start, position + 1)
        elif tag != "O":
            mentions.append(Mention(label, position, position + 1))
    return tuple(mentions)


def _tag(misc: Mapping[str, str], keys: Sequence[str]) -> str:
    """The BIO tag of a MISC column, "O" where there is none."""
    tag = next((misc[key] for key in keys if key in misc), "O")
    return {"S-": "B-", "E-": "I-"}.get(tag[:2], tag[:2]) + tag[2:] if tag[:2] in ("B-", "I-", "S-", "E-") else "O"
