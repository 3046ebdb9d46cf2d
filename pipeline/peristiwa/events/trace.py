"""Why this event, and why not that one: every reading that was considered, what spoke for and against it, how it ended.

A run keeps no trace: ``explain`` decides a document once more, by the same functions and weights, and writes down what it
meets. The weights of a reading are on the scale of log-odds and add up to the score's, what the other readings of its word
lend it among them; only the strongest are kept.
What was chosen for an event beside its trigger (roles, modality, date) is in ``trace_choices``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from peristiwa.events.candidate import Candidate, Hit
from peristiwa.events.confidence import Way, load_confidence, log_odds, with_confidence
from peristiwa.events.context import UNMET, conditions_met, mentions, region
from peristiwa.events.lexicon import Lexicon, Reading, compile_lexicon
from peristiwa.events.prior_features import features
from peristiwa.events.priors import Priors, load_priors
from peristiwa.events.tagger import Scores, model_odds, model_scores
from peristiwa.events.trace_choices import Choice, Weights, explain_choices, strongest
from peristiwa.events.triggers import encode_sentences, find_triggers, match_rest, veto, weigh_hits
from peristiwa.language import Language, load_language
from peristiwa.ontology import Ontology
from peristiwa.types import Entity, Event, Record, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.events.encoding import Encoding


@dataclass(frozen=True, slots=True)
class Considered:
    """One reading of some words: ``event`` is the id of the event it became, ``reason`` why it became none.

    ``score`` is what its finder gives it (None where it was not asked), ``bar`` the score it needed, ``confidence`` the
    calibrated probability; ``weights`` the strongest ones, the largest first.
    """

    type: str
    start: int
    end: int
    text: str
    rule: str
    score: float | None = None
    bar: float | None = None
    confidence: float | None = None
    event: str | None = None
    reason: str | None = None
    weights: Weights = ()
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """The readings of one document, in text order: those that became events, and those that did not."""

    events: tuple[Considered, ...]
    dropped: tuple[Considered, ...]


def explain(
    doc: Doc,
    times: Sequence[Time],
    entities: Sequence[Entity],
    ontology: Ontology,
    *,
    published: datetime.date | None = None,
    mode: Way = "both",
    language: Language | None = None,
    min_confidence: float = 0.0,
    half: bool = False,
) -> Trace:
    """The trace of what ``find_events`` finds with the same arguments; twice its work."""
    from peristiwa.events.encoding import load_encoder  # torch takes a second to import

    language = language or load_language(ontology.language)
    priors = load_priors(ontology.language)
    encoding = encode_sentences(doc, ontology, mode, load_encoder(language.code, half=half))
    found = find_triggers(doc, ontology, mode, priors, encoding)
    candidates = with_confidence(doc, found, mode, load_confidence(language.code), encoded=encoding is not None)
    kept = [c for c in candidates if c.confidence is None or c.confidence >= min_confidence]
    lexicon = compile_lexicon(ontology)
    scores = model_scores(doc) if mode == "both" else None
    hits = [] if mode == "model" else list(_weigh(doc, lexicon, mode, priors, scores, encoding))
    known = {(one.start, one.end, one.type): one for one in hits}
    events, choices = explain_choices(doc, kept, times, entities, ontology, language, published=published, encoding=encoding)
    told = tuple(
        replace(
            known.get((event.trigger.start, event.trigger.end, event.type)) or _bare(doc, event),
            event=event.id,
            reason=None,
            confidence=event.confidence,
            choices=chosen,
        )
        for event, chosen in zip(events, choices, strict=True)
    )
    taken = {(one.start, one.end, one.type) for one in told}
    dropped = [one for one in hits if (one.start, one.end, one.type) not in taken]
    dropped = [_doubted(one, doc, candidates, min_confidence) for one in dropped]
    if mode != "model":
        dropped += _vetoed(doc, lexicon, {*known})
    return Trace(told, tuple(sorted(dropped, key=lambda one: (one.start, one.end, one.type, one.rule))))


def trace_to_dict(record: Record, trace: Trace) -> dict[str, Any]:
    """The JSON object of one document's trace, a line of a stored trace (``peristiwa show --why --json``)."""
    return {"doc_id": record.document.doc_id, **asdict(trace)}


def _bare(doc: Doc, event: Event) -> Considered:
    """An event that no reading of the rules stands for: the model's alone."""
    return Considered(event.type, event.trigger.start, event.trigger.end, event.trigger.text, event.rule or "")


def _weigh(
    doc: Doc, lexicon: Lexicon, mode: Way, priors: Priors, scores: Scores | None, encoding: Encoding | None
) -> Iterator[Considered]:
    """Every hit with its score and weights; the reason says what kept it out, if anything did."""
    weighed = weigh_hits(doc, lexicon, mode, priors, encoding)
    hits, read, own, values, bar = weighed
    best = [hit for _, hit in weighed.chosen()]
    winners = {id(hit) for hit in best}
    for hit, alone, score, names, odds in zip(hits, own, values, features(doc, hits, lexicon), read, strict=True):
        reason = None
        if score < bar:
            reason = f"its score {score:.2f} is below {bar:.2f}" + _unmet(doc, hit)
        elif id(hit) not in winners:
            winner = next(other for other in best if other.start < hit.end and hit.start < other.end)
            reason = f"{winner.reading.type} on the same words scores higher"
        weights = _weights(hit, names, priors, scores, odds)
        if score > alone:
            weights.append(("other readings", log_odds(score) - log_odds(alone)))
        yield _considered(doc, hit.start, hit.end, hit.reading, reason, round(score, 4), bar, strongest(weights))


def _considered(
    doc: Doc,
    start: int,
    end: int,
    reading: Reading,
    reason: str | None,
    score: float | None = None,
    bar: float | None = None,
    weights: Weights = (),
) -> Considered:
    span = doc[start:end]
    rule = f"{reading.rule}:{reading.key}"
    return Considered(reading.type, span.start_char, span.end_char, span.text, rule, score, bar, reason=reason, weights=weights)


def _weights(
    hit: Hit, names: Iterable[str], priors: Priors, scores: Scores | None, odds: float | None = None
) -> list[tuple[str, float]]:
    """The contributions to the log-odds of a hit's score, by name; none for a type that nothing was learnt about."""
    if f"type={hit.reading.type}" not in priors.features:
        return []
    own = 1.0 if odds is None else 1.0 - priors.share
    found = [(name, own * priors.features[name]) for name in names if name in priors.features]
    if odds is not None:
        found.append(("network", priors.share * odds))
    if scores is not None:
        found.append(("trigger model", priors.trust * model_odds(scores, hit)))
    return found


def _unmet(doc: Doc, hit: Hit) -> str:
    if hit.met != UNMET:
        return ""
    voice = _voice(doc, hit.start, hit.reading)
    missing = [
        name for name, words in hit.reading.required if not mentions(region(doc, hit.start, hit.end, voice, name), words)
    ]
    return f", and its entry asks for another {' and '.join(missing)}"


def _voice(doc: Doc, start: int, reading: Reading) -> str:
    """As ``conditions_met`` reads it."""
    return "noun" if reading.voice == "word" and doc[start].pos_ == "NOUN" else reading.voice


def _doubted(one: Considered, doc: Doc, candidates: Sequence[Candidate], least: float) -> Considered:
    """A reading that only ``--min-confidence`` kept out, with the reason; others as they are."""
    if one.reason is not None:
        return one
    spans = ((c, doc[c.start : c.end]) for c in candidates if c.type == one.type)
    found = next((c for c, span in spans if (span.start_char, span.end_char) == (one.start, one.end)), None)
    confidence = found.confidence if found is not None else None
    return replace(one, confidence=confidence, reason=f"its confidence {confidence} is below {least:.2f}")


def _vetoed(doc: Doc, lexicon: Lexicon, known: set[tuple[int, int, str]]) -> Iterator[Considered]:
    """Readings of the ontology that were never weighed: the word is none to look at, the context excludes the entry, a
    longer phrase or an event noun takes its place."""
    for token in doc:
        if token.is_space:
            continue
        seen: set[tuple[int, str]] = set()
        for reading in lexicon.look_up(token.text):
            end = match_rest(doc, token.i, reading.rest)
            if end is None or (end, reading.type) in seen:
                continue
            seen.add((end, reading.type))
            span = doc[token.i : end]
            if (span.start_char, span.end_char, reading.type) not in known:
                yield _considered(doc, token.i, end, reading, _veto(doc, token.i, end, reading, lexicon))


def _veto(doc: Doc, start: int, end: int, reading: Reading, lexicon: Lexicon) -> str:
    reason = veto(doc[start], lexicon)
    if reason is not None:
        return reason
    if conditions_met(doc, start, end, reading) is None:
        voice = _voice(doc, start, reading)
        names = [n for n, words in reading.excluded if mentions(region(doc, start, end, voice, n), words)]
        return f"its entry excludes this {' and '.join(names)}"
    if lexicon.is_light(doc[start].text) and end == start + 1:
        return "lends its arguments to the event noun beside it"
    return "another entry or a longer phrase of the ontology stands for these words"
