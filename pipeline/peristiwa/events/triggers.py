"""Which words name an event: the ontology's rules, the trigger model, or both.

The rules propose every reading of every word whose conditions hold, and ``priors`` weighs each by what it learnt from
annotated documents (a word, its derivation, its grammar and what stands around it); readings below the threshold are
dropped, and of overlapping ones the best stays. Where the trigger model has read the document, its probabilities are
weighed in: one decision over both, in which the ontology says what may be an event at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from peristiwa.events.candidate import Candidate, Hit
from peristiwa.events.context import UNMET, conditions_met, right_of, sentence_bounds, word_after, word_before
from peristiwa.events.generic import in_definition, is_usual
from peristiwa.events.lexicon import Lexicon, compile_lexicon
from peristiwa.events.predicate import voice
from peristiwa.events.priors import Priors, load_priors
from peristiwa.events.provisions import in_provision
from peristiwa.events.tagger import MODEL_KEY, model_scores
from peristiwa.events.tree import children, relation
from peristiwa.ontology import Ontology

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from peristiwa.events.encoding import Encoder, Encoding

Mode = Literal["both", "rules", "model"]
# No trigger is one of these; verbs and nouns get other tags too often to ask for them.
NO_TRIGGER = frozenset({"ADP", "PRON", "CCONJ", "SCONJ", "NUM", "DET", "PUNCT", "SYM", "SPACE"})
QUOTES = frozenset("\"“”'‘’")
BODIES = frozenset({"PER", "ORG", "LOC"})
BARE_VERB = frozenset({"0", "0-kan", "0-i"})
HEADLINE, HEADLINE_SUBJECT = 14, 4
"""Words of a headline, and of the name that it begins with, at most."""
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
LINK_LENGTH = 40
"""Characters that open a link, at most."""
LIGHT_REACH = 3
SURE = 2  # conditions
NEVER = "never a trigger in this ontology"
"""Unless an entry lists the word as it stands and is sure: "menyatakan kemerdekaan"."""


def find_triggers(
    doc: Doc, ontology: Ontology, mode: Mode = "both", priors: Priors | None = None, encoding: Encoding | None = None
) -> list[Candidate]:
    """The triggers of a document in text order; no two overlap.

    ``mode`` chooses the ontology's rules, the trigger model's spans, or the two together. ``priors`` are those that ship
    for the ontology's language unless given; ``encoding`` is the network's, for "both". Without the view of either of them
    "both" equals "rules".
    """
    if mode == "model":
        return [_model_candidate(doc, *span) for span in model_spans(doc, ontology)]
    lexicon = compile_lexicon(ontology)
    weighed = weigh_hits(doc, lexicon, mode, priors if priors is not None else load_priors(ontology.language), encoding)
    chosen = list(recalled(doc, weighed))
    nouns = {at for _, hit in chosen for at in range(hit.start, hit.end) if doc[hit.start].lower_ not in lexicon.attending}
    return [
        candidate_of(doc, hit, lexicon, score) for score, hit in chosen if not _only_attends(doc[hit.start], nouns, lexicon)
    ]


class WeighedHits(NamedTuple):
    """Every hit of a document with the network's log-odds (None where it has none), its probability, its score beside the
    other readings of its word, and from which score on it counts: ``bar``.
    """

    hits: Sequence[Hit]
    read: Sequence[float | None]
    probabilities: Sequence[float]
    scores: Sequence[float]
    bar: float

    def chosen(self) -> list[tuple[float, Hit]]:
        """The hits that become events, each with its probability."""
        best = {id(hit) for hit in best_hits(list(zip(self.scores, self.hits, strict=True)), self.bar)}
        return [(one, hit) for one, hit in zip(self.probabilities, self.hits, strict=True) if id(hit) in best]


def recalled(doc: Doc, weighed: WeighedHits) -> Iterator[tuple[float, Hit]]:
    """The chosen hits; a noun with a demonstrative keeps the sense it had: "menggelar sidang umum … Dalam sidang itu"."""
    known: dict[str, str] = {}
    for score, hit in weighed.chosen():
        word, after = doc[hit.start].lower_, word_after(doc, hit.end - 1)
        if word in known and doc[hit.start].pos_ == "NOUN" and after is not None and after.pos_ == "DET":
            alike = (one for one in weighed.hits if (one.start, one.end) == (hit.start, hit.end))
            hit = next((one for one in alike if one.reading.type == known[word]), hit)
        known[word] = hit.reading.type
        yield score, hit


def weigh_hits(doc: Doc, lexicon: Lexicon, mode: Mode, priors: Priors, encoding: Encoding | None) -> WeighedHits:
    """What ``priors`` make of every hit, with the views that the mode asks for: see ``find_triggers``."""
    hits = find_hits(doc, lexicon) if encoding is None else encoding.hits
    read = encoding.trigger_odds() if encoding is not None else [None] * len(hits)
    scores = model_scores(doc) if mode == "both" else None
    bar = priors.thresholds.rules if scores is None and encoding is None else priors.thresholds.both
    probabilities = [
        max(score, bar) if _speaks_for_itself(hit, priors) or _is_in_headline(doc, hit) else score
        for hit, score in zip(hits, priors.score(doc, hits, lexicon, scores, read), strict=True)
    ]
    return WeighedHits(hits, read, probabilities, priors.joined(hits, probabilities), bar)


def _speaks_for_itself(hit: Hit, priors: Priors) -> bool:
    """An entry of which nothing was learnt yet counts where it is sure of its surroundings: it lacks a weight, not a reason."""
    return is_sure(hit) and bool(priors.features) and f"rule={hit.reading.rule}:True" not in priors.features


def _is_in_headline(doc: Doc, hit: Hit) -> bool:
    """The bare verb of a headline, a noun to taggers: "Israel serang Gaza", "KPK tahan Bupati Kudus"."""
    if hit.met < 0 or hit.reading.weak or hit.reading.affixes not in BARE_VERB:
        return False
    start, end = sentence_bounds(doc, hit.start)
    if not 0 < hit.start - start <= HEADLINE_SUBJECT:
        return False
    words = [token for token in doc[start:end] if not token.is_space]
    after = word_after(doc, hit.end - 1)
    if len(words) > HEADLINE or words[-1].pos_ == "PUNCT" or after is None or after.pos_ not in ("PROPN", "NOUN", "NUM"):
        return False
    subject = doc[start : hit.start]
    named = all(token.ent_type_ in ("ORG", "LOC", "PER") for token in subject)
    return named and not doc[hit.start].ent_type_ and doc[hit.start].text.islower()


def asks_model(language: str, mode: Mode, *, half: bool = False) -> bool:
    """Whether the trigger model's view counts: "both" asks for it where the tables give it a weight, or no network ships."""
    if mode != "both":
        return mode == "model"
    from peristiwa.events.encoding import load_encoder  # torch takes a second to import

    return load_priors(language).trust > 0 or load_encoder(language, half=half) is None


def encode_sentences(doc: Doc, ontology: Ontology, mode: Mode, encoder: Encoder | None) -> Encoding | None:
    """What a network makes of the sentences in which the ontology proposes an event; None where the mode asks for none."""
    return encoder.encode(doc, find_hits(doc, compile_lexicon(ontology))) if encoder is not None and mode == "both" else None


def find_hits(doc: Doc, lexicon: Lexicon) -> list[Hit]:
    """Every reading whose conditions hold, in text order, overlaps and light verbs with an event noun left out."""
    hits: list[Hit] = []
    for token in doc:
        if not lexicon.look_up(token.text):
            continue
        refused = veto(token, lexicon)
        if refused is None:
            hits += _longest(_hits_at(doc, token.i, lexicon))
        elif refused == NEVER:
            hits += _longest(hit for hit in _hits_at(doc, token.i, lexicon) if hit.reading.voice == "word" and is_sure(hit))
    nouns = {hit.start for hit in hits if hit.met != UNMET and not lexicon.is_light(doc[hit.start].text)}
    return [hit for hit in hits if not _lends_itself(doc, hit, nouns, lexicon)]


def _hits_at(doc: Doc, start: int, lexicon: Lexicon) -> Iterator[Hit]:
    for reading in lexicon.look_up(doc[start].text):
        end = match_rest(doc, start, reading.rest)
        if end is None:
            continue
        met = conditions_met(doc, start, end, reading)
        if met is not None:
            yield Hit(start, end, reading, met)


def match_rest(doc: Doc, start: int, rest: tuple[str, ...]) -> int | None:
    """The end of a phrase that begins at ``start``, or None if its other words do not follow, or open a longer name.

    "melantai di bursa", but "melantai" di "Bursa Efek Jakarta".
    """
    end = start + 1
    for word in rest:
        while end < len(doc) and doc[end].is_space:
            end += 1
        if end >= len(doc) or doc[end].text.lower() not in (word, word + "nya"):
            return None
        end += 1
    cut = rest and end < len(doc) and doc[end].ent_iob_ == "I" and doc[end].ent_type_ in BODIES
    return None if cut and doc[start].ent_iob_ == "O" else end


def _longest(hits: Iterator[Hit]) -> list[Hit]:
    """Of the hits at one token those that no longer strong phrase and no surer entry replaces; per type the strongest, longest,
    first one.
    """
    found = list(hits)
    longest = max((hit.end for hit in found if _is_strong(hit)), default=0)
    best: dict[str, Hit] = {}
    for hit in found:
        known = best.get(hit.reading.type)
        if hit.end >= longest and (known is None or _rank(hit) > _rank(known)):
            best[hit.reading.type] = hit
    surest = max((hit.met for hit in best.values() if is_sure(hit)), default=UNMET)
    return [hit for hit in best.values() if hit.met >= surest]


def is_sure(hit: Hit) -> bool:
    """Two conditions or more hold of a strong entry: no other reading of the word stands beside it."""
    return hit.met >= SURE and not hit.reading.weak


def _is_strong(hit: Hit) -> bool:
    return hit.met > 0 or (hit.met == 0 and not hit.reading.weak)


def _rank(hit: Hit) -> tuple[bool, int, int]:
    return (_is_strong(hit), hit.end, hit.met)


def veto(token: Token, lexicon: Lexicon) -> str | None:
    """Why a word is never a trigger: a function word, a reporting verb, a part of a name; None where it may be one."""
    lower = token.text.lower()
    if token.pos_ in NO_TRIGGER:
        return f"is {token.pos_}"
    if lower in lexicon.never:
        return NEVER
    if lower in lexicon.reporting:
        return "reports what is said"
    if _in_entity(token):
        return f"inside a name ({token.ent_type_})"
    if _in_name(token):
        return "inside a name that only its capitals show"
    if _in_title(token, lexicon):
        return "inside the title of a work"
    if in_definition(token, lexicon):
        return "inside a definition"
    if is_usual(token, lexicon):
        return "tells what is usual"
    if in_provision(token, lexicon.provisions):
        return "inside an article of a law"
    return "inside a link to another text" if _in_link(token, lexicon) else None


def _in_title(token: Token, lexicon: Lexicon) -> bool:
    """In quotation marks behind the noun of something that has a title: film "Penculikan di Bali"."""
    doc = token.doc
    start, end = sentence_bounds(doc, token.i)
    marks = [at for at in range(start, token.i) if doc[at].text in QUOTES]
    if len(marks) % 2 == 0 or all(doc[at].text not in QUOTES for at in range(token.i + 1, end)):
        return False
    before = word_before(doc, marks[-1])
    return before is not None and before.i >= start and before.lower_ in lexicon.works


def _in_link(token: Token, lexicon: Lexicon) -> bool:
    """Behind an invitation to read something else: "Baca juga: KPK Tahan Bupati", "(Simak juga: Gempa di Ambon)"."""
    doc = token.doc
    start, end = sentence_bounds(doc, token.i)
    above = next((at for at in range(start - 1, -1, -1) if not doc[at].is_space), None)
    if above is not None and doc[above].text == ":":
        start = sentence_bounds(doc, above)[0]
    for at in range(token.i - 1, start - 1, -1):
        if doc[at].lower_ in lexicon.link_words and (length := _opens_link(doc[at], lexicon)):
            behind = [word for word in doc[at : token.i] if word.idx >= doc[at].idx + length]
            return _is_open(doc[at], behind, token, end)
    return False


def _opens_link(token: Token, lexicon: Lexicon) -> int:
    """How many characters a link opens with at a token, 0 if it does not; it begins with a capital or behind a bracket."""
    if not (token.text[:1].isupper() or _is_bracketed(token)):
        return 0
    text = token.doc.text[token.idx : token.idx + LINK_LENGTH].lower()
    return max((len(phrase) for phrase in lexicon.links if text.startswith(phrase)), default=0)


def _is_bracketed(token: Token) -> bool:
    return token.i > 0 and token.doc[token.i - 1].text in OPENING


def _is_open(opener: Token, behind: Sequence[Token], token: Token, end: int) -> bool:
    """Whether a link goes on up to a token, ``behind`` being the words between: to its bracket, or the end of the sentence.

    Texts without line breaks go on behind it: "Baca juga: KPK Tahan Bupati Kudus Polisi kemudian memeriksa saksi."
    """
    if _is_bracketed(opener):
        return all(word.text not in CLOSING for word in behind)
    capitals = [word.text[:1].isupper() for word in behind if word.text[:1].isalpha()]
    if capitals[:2] != [True, True] or all(word.text != "." for word in token.doc[token.i : end]):
        return True
    return token.text[:1].isupper() and all(first or second for first, second in pairwise(capitals))


def _in_entity(token: Token) -> bool:
    """Inside a named entity; priors decide where it is a happening (Pemilu 2019) or this word alone (OTT as ORG)."""
    if token.ent_type_ in ("", "EVT"):
        return False
    following = token.doc[token.i + 1].ent_iob_ if token.i + 1 < len(token.doc) else "O"
    return token.ent_iob_ == "I" or following == "I"


def _in_name(token: Token) -> bool:
    """A capital in mid-sentence beside another one: part of a name that the model did not see (Badan Penanggulangan).

    Not a verb: that is a headline in mid-text (Baca juga: Polisi Tangkap Enam Tersangka).
    """
    if not token.text[:1].isupper() or token.is_sent_start or token.text.isupper() or token.pos_ == "VERB":
        return False
    before = word_before(token.doc, token.i)
    if before is None or not before.text[:1].isalpha():
        return False
    after = word_after(token.doc, token.i)
    return before.text[:1].isupper() and (
        not before.is_sent_start or (before.pos_ not in NO_TRIGGER and after is not None and after.text[:1].isupper())
    )


def support_verb(doc: Doc, start: int, lexicon: Lexicon) -> int | None:
    """The light verb that lends the event noun at token ``start`` its arguments, or None.

    In the tree the noun is the object of the active verb or the subject of the passive or intransitive one; in the text, the
    verb stands right before the noun.
    """
    token = doc[start]
    head = token.head
    if head.i != token.i and token.dep_.split(":")[0] in ("obj", "nsubj", "xcomp", "ccomp") and lexicon.lends(head.text):
        return int(head.i)
    before = word_before(doc, start)
    return int(before.i) if before is not None and lexicon.lends(before.text) else None


def _lends_itself(doc: Doc, hit: Hit, nouns: set[int], lexicon: Lexicon) -> bool:
    """True for a light verb whose object is itself a trigger (memberikan bantuan, menggelar rapat), unless it is a sure one
    ("meluncurkan rudal ke Kyiv")."""
    if not lexicon.is_light(doc[hit.start].text) or hit.end > hit.start + 1 or is_sure(hit):
        return False
    near = {token.i for token in right_of(doc, hit.end, LIGHT_REACH)}
    tree = {c.i for c in doc[hit.start].children if c.dep_.split(":")[0] in ("obj", "nsubj")}
    return any(doc[i].pos_ in ("NOUN", "") or i in tree for i in (near | tree) & nouns)


def _only_attends(verb: Token, nouns: set[int], lexicon: Lexicon) -> bool:
    """True for a verb of being present at a happening that is found itself: "menghadiri rapat", "rapat yang dihadiri menteri".

    Who attends takes part in that; of an "acara" the verb alone tells.
    """
    if verb.lower_ not in lexicon.attending:
        return False
    around = children(verb, "nsubj" if voice(verb) == "passive" else "obj")
    if voice(verb) == "passive" and relation(verb) == "acl":
        around.append(verb.head)
    return any(noun.i in nouns for noun in around)


def best_hits(scored: Sequence[tuple[float, Hit]], bar: float) -> list[Hit]:
    """The best of overlapping hits that reach a bar: by score, conditions, length, the ontology's order; in text order."""
    ranked = sorted(
        (pair for pair in scored if pair[0] >= bar),
        key=lambda pair: (-pair[0], -pair[1].met, pair[1].start - pair[1].end, pair[1].start),
    )
    taken: set[int] = set()
    kept = []
    for _, hit in ranked:
        span = range(hit.start, hit.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def model_spans(doc: Doc, ontology: Ontology) -> list[tuple[str, int, int]]:
    """(type, start, end) of the trigger model's spans that the ontology knows, first come first kept."""
    found: list[tuple[str, int, int]] = []
    end = 0
    for span in sorted(doc.spans.get(MODEL_KEY, ()), key=lambda span: (span.start, -span.end)):
        if span.label_ in ontology.types and span.start >= end:
            found.append((span.label_, span.start, span.end))
            end = span.end
    return found


def candidate_of(doc: Doc, hit: Hit, lexicon: Lexicon, score: float) -> Candidate:
    """The candidate that a hit with this score becomes."""
    rule = f"{hit.reading.rule}:{hit.reading.key}"
    verbal = doc[hit.start].pos_ == "VERB" and hit.reading.voice in ("active", "passive", "middle")
    verb = None if verbal else support_verb(doc, hit.start, lexicon)
    return Candidate(hit.reading.type, hit.start, hit.end, _head(doc, hit.start, hit.end), rule, verb, round(score, 4))


def _model_candidate(doc: Doc, label: str, start: int, end: int) -> Candidate:
    return Candidate(label, start, end, _head(doc, start, end), "model", None, None)


def _head(doc: Doc, start: int, end: int) -> int:
    """The token of the span whose head lies outside it; the first one if there are several."""
    for token in doc[start:end]:
        if token.head.i == token.i or not start <= token.head.i < end:
            return int(token.i)
    return start
