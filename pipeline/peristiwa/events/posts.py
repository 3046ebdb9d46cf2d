"""Posts that a coordination or a bracket is part of, with who holds them: one filler, however the tree cuts it.

"Menteri Hukum dan HAM Yasonna Laoly", "Ketua Komisi Pemilihan Umum (KPU) Hasyim Asy'ari".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues
from peristiwa.events.tree import is_word
from peristiwa.types import Entity

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MARKS = frozenset({",", "&"})
LONGEST_SHORT_FORM = 4
"""Words in brackets."""


def find_posts(doc: Doc, names: Mapping[int, Entity], cues: Cues) -> dict[int, tuple[int, int]]:
    """For each token of such a post, and of the name that follows it, the tokens from the first to the last, end exclusive.

    ``names`` are the tokens of entities: a body or person after "dan" is another filler, as is another post
    ("Menteri Agama dan Menteri Sosial"). What goes on without a portfolio's capital letter is none of it.
    """
    found: dict[int, tuple[int, int]] = {}
    for token in doc:
        if token.i in found:
            continue
        end, held = None, token.lower_ in cues.person_nouns and token.i not in names
        capital = token.text[0].isupper()
        if capital and token.lower_ in cues.portfolios and _opens(token, names):
            end = _end(token, names, cues)
            if end is not None and token.i in names and not _is_person(end - 1, names):
                end = None
        elif capital and held:
            end = _end_of_body(token, names)
        if held or end is not None:
            end = _with_holder(token, end, names, cues) or end
        if end is not None:
            span = (_start(token, cues), end)
            found |= dict.fromkeys(range(*span), span)
    return found


def _opens(token: Token, names: Mapping[int, Entity]) -> bool:
    """Whether a token is in no name, or begins one, which may then be cut too short: "[Pusat Data], Informasi, dan …"."""
    return token.i not in names or token.i == token.sent.start or names.get(token.i - 1) != names[token.i]


def _end_of_body(post: Token, names: Mapping[int, Entity]) -> int | None:
    """Where the name behind a body of two fields ends: "Kepala [Pusat Data dan Informasi] Budi"; None for other posts."""
    doc, last = post.doc, post.sent.end
    body = names.get(post.i + 1) if post.i + 1 < last else None
    if body is None or body.type != "ORG":
        return None
    behind = next((at for at in range(post.i + 1, last) if names.get(at) != body), last)
    if not _is_person(behind, names):
        return None
    if all(doc[at].pos_ != "CCONJ" for at in range(post.i + 1, behind)):
        return None
    return next((at for at in range(behind, last) if names.get(at) != names[behind]), last)


def _with_holder(post: Token, end: int | None, names: Mapping[int, Entity], cues: Cues) -> int | None:
    """Where the name of a post's holder ends that a short form, or "terpilih", stands before; None where neither does.

    "Ketua Komisi Pemilihan Umum (KPU) | Hasyim Asy'ari", "Presiden terpilih AS | Joe Biden"; "Gubernur terpilih | menolak"
    has none. ``end`` is where the post ends by its portfolios, if it has several.
    """
    doc, last = post.doc, post.sent.end
    at, cut = end or post.i + 1, False
    while at < last and not _is_person(at, names):
        elect = at not in names and doc[at].lower_ in cues.elect
        behind = at + 1 if at in names or elect else behind_short_form(doc, at, last)
        if behind == at:
            if not (doc[at].text[0].isupper() and is_word(doc[at])):
                return at if doc[at - 1].lower_ in cues.elect and cut and doc[at].pos_ in ("VERB", "AUX") else None
            behind += 1
        cut = cut or elect or doc[at].text == "("
        at = behind
    return next((ahead for ahead in range(at, last) if not _is_person(ahead, names)), last) if cut and at < last else None


def behind_short_form(doc: Doc, at: int, limit: int) -> int:
    """Where the short form in brackets ends that stands at ``at``; ``at`` itself if none does."""
    if at >= limit or doc[at].text != "(":
        return at
    short = range(at + 2, min(at + LONGEST_SHORT_FORM + 2, limit))
    return next((close + 1 for close in short if doc[close].text == ")"), at)


def _start(post: Token, cues: Cues) -> int:
    """Where the post begins: "mantan Wakil | Menteri"."""
    before = range(post.i - 1, post.sent.start - 1, -1)
    words = (cues.person_nouns, cues.former)
    return next((at + 1 for at in before if all(post.doc[at].lower_ not in known for known in words)), post.sent.start)


def _end(post: Token, names: Mapping[int, Entity], cues: Cues) -> int | None:
    """Where the post ends, with the names beside it; None where its portfolio has but one part."""
    doc, last = post.doc, post.sent.end
    at, joined = post.i + 1, False
    while at < last:
        part = next((ahead for ahead in range(at, last) if not _joins(doc[ahead])), last)
        if part == last or not _is_part(doc[part], post, names, cues, opens=part > at):
            break
        joined = joined or any(doc[between].text != "," for between in range(at, part))
        at = part + 1
    if not joined:
        return None
    return next((behind for behind in range(at, last) if behind not in names), last)


def _joins(token: Token) -> bool:
    return token.pos_ == "CCONJ" or token.text in MARKS


def _is_part(token: Token, post: Token, names: Mapping[int, Entity], cues: Cues, *, opens: bool) -> bool:
    """Whether a token is a word of a portfolio: capitalised, in no other name and, behind "dan", the first of no other post."""
    if not token.text[0].isupper() or not is_word(token) or (opens and token.lower_ in cues.person_nouns):
        return False
    name = names.get(token.i)
    return name is None or name == names.get(post.i) or (opens and _holder_follows(token, names))


def _holder_follows(token: Token, names: Mapping[int, Entity]) -> bool:
    """Whether a name of one word has that of a person right behind it: no body, but a field of theirs ("dan UKM Teten")."""
    return _is_person(token.i + 1, names) and not _is_person(token.i, names)


def _is_person(at: int, names: Mapping[int, Entity]) -> bool:
    return at in names and names[at].type == "PER"
