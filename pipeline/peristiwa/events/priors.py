"""How likely a reading names an event, learnt from annotated documents: a logistic model over named features.

The features are what a linguist would look at: the word and its derivation, its part of speech and relation, a light verb,
who acts and on whom, names and times in the clause, function words beside it, whether it is quoted or generic. Where the
trigger model has read the document, its log-odds are added with a weight of their own, ``trust``. The
weights are a small JSON file, one number per feature, made by ``python -m peristiwa.training.priors`` and readable by eye.
Features that the file does not know weigh nothing, so that a new entry of the ontology starts from its type and form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from peristiwa.events.context import is_number, right_of, sentence_bounds, word_after, word_before
from peristiwa.events.lexicon import Lexicon
from peristiwa.events.tagger import Scores, model_odds
from peristiwa.events.weights import logistic, read_weights
from peristiwa.models import WEIGHTS
from peristiwa.settings import Strict

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from peristiwa.events.candidate import Hit

FUNCTION_POS = frozenset({"ADP", "AUX", "SCONJ", "CCONJ", "ADV", "PART", "DET", "PUNCT", "PRON", "NUM"})
NAME = "trigger_priors.json"


class Thresholds(Strict):
    """The score from which a reading counts: by the rules alone, and with the trigger model's view (``both``)."""

    rules: float = 0.5
    both: float = 0.5


class PriorsFile(Strict):
    """The content of ``trigger_priors.json``; ``made_by`` says how."""

    thresholds: Thresholds = Thresholds()
    made_by: dict[str, str | float] = Field(default_factory=dict)
    features: dict[str, float]
    trust: float = 0.0


@dataclass(frozen=True)
class Priors:
    """Weights by feature name, and the thresholds chosen with them. Scores are probabilities.

    ``trust`` is the weight of the trigger model's log-odds beside those of the features.
    """

    features: dict[str, float] = field(default_factory=dict, repr=False)
    thresholds: Thresholds = field(default_factory=Thresholds)
    trust: float = 0.0

    def score(self, doc: Doc, hits: Sequence[Hit], lexicon: Lexicon, scores: Scores | None = None) -> list[float]:
        """The probability of each hit of a document; ``scores`` are the model's, if it has read the document.

        With no weights, or none of the type (a user's own), it is 1 for strong entries, 0.4 for weak and 0 for unmet ones.
        """
        if not self.features:
            return [_unlearnt(hit) for hit in hits]
        odds = [total(self.features, names) for names in features(doc, hits, lexicon)]
        if scores is not None:
            odds = [own + self.trust * model_odds(scores, hit) for own, hit in zip(odds, hits, strict=True)]
        return [
            logistic(value) if f"type={hit.reading.type}" in self.features else _unlearnt(hit)
            for value, hit in zip(odds, hits, strict=True)
        ]


def _unlearnt(hit: Hit) -> float:
    return 0.0 if hit.met < 0 else 0.4 if hit.reading.weak and not hit.met else 1.0


def total(weights: Mapping[str, float], names: Iterable[str]) -> float:
    """The summed weights of the features that hold: log-odds."""
    return sum(map(weights.get, names, repeat(0.0)))


@lru_cache(maxsize=4)
def load_priors(language: str, path: Path | None = None) -> Priors:
    """The priors of a language, or empty ones where none ship. Raises SettingsError if the file is damaged."""
    loaded = read_weights(PriorsFile, path or WEIGHTS / language / NAME, "peristiwa.training.priors")
    return Priors() if loaded is None else Priors(loaded.features, loaded.thresholds, loaded.trust)


def features(doc: Doc, hits: Sequence[Hit], lexicon: Lexicon) -> Iterator[list[str]]:
    """For each hit of a document the names of the features that hold, each once."""
    themes = Counter(hit.reading.type for hit in hits if hit.met >= 0)
    for hit in hits:
        reading = hit.reading
        # What else the document tells: an event of a type rarely comes alone.
        others = min(themes[reading.type] - (hit.met >= 0), 5)
        theme = [f"theme={others}", f"theme={others}:{hit.met >= 0}:{reading.weak}"]
        found = [*_lexical(hit), *_grammar(doc, hit, doc[hit.start]), *_neighbours(doc, hit)]
        found += [*_sentence(doc, hit, doc[hit.start]), *_support(doc, doc[hit.start], lexicon), *theme]
        yield list(dict.fromkeys(found))


def _lexical(hit: Hit) -> Iterator[str]:
    reading = hit.reading
    kind = reading.type
    yield "bias"
    yield f"type={kind}"
    yield f"key={kind}:{reading.key}"
    yield f"form={kind}:{reading.key}:{reading.affixes}"
    yield f"voice={kind}:{reading.voice}"
    yield f"rule={reading.rule}:{hit.met >= 0}"
    yield f"weak={reading.weak}:{min(hit.met, 2)}"
    if hit.met < 0:
        yield f"unmet={kind}"
        yield f"unmet={kind}:{reading.key}"


def _grammar(doc: Doc, hit: Hit, token: Token) -> Iterator[str]:
    voice = hit.reading.voice
    relation = token.dep_.split(":")[0]
    yield f"pos={token.pos_}:{voice}"
    yield f"dep={relation}:{voice}"
    relations = {child.dep_.split(":")[0] for child in token.children}
    for wanted in ("nsubj", "obj", "obl", "ccomp", "xcomp", "nmod", "amod", "det", "nummod", "compound", "case", "mark", "acl"):
        if wanted in relations:
            yield f"child={wanted}:{voice}"
    if "nsubj" not in relations and "obj" not in relations:
        yield f"bare={voice}"
    labels = {grand.ent_type_ for child in token.children for grand in (child, *child.children) if grand.ent_type_}
    for label in sorted(labels):  # a set has no order, and sums of floats depend on theirs
        yield f"argument={label}"
    if not labels:
        yield f"argument=none:{voice}"


def _neighbours(doc: Doc, hit: Hit) -> Iterator[str]:
    before, after = word_before(doc, hit.start), word_after(doc, hit.end - 1)
    for side, token in (("before", before), ("after", after)):
        if token is None:
            yield f"{side}=edge"
            continue
        if token.pos_ in FUNCTION_POS:
            yield f"{side}={token.text.lower() if not is_number(token) else '0'}"


def _sentence(doc: Doc, hit: Hit, token: Token) -> Iterator[str]:
    start, end = sentence_bounds(doc, hit.start)
    sentence = doc[start:end]
    quotes = sum(t.text in '"“”' for t in doc[start : hit.start])
    yield f"quoted={quotes % 2 == 1 or (quotes == 0 and any(t.text == '”' for t in sentence))}"
    yield f"near.number={any(is_number(t) for t in right_of(doc, hit.end, 6))}"
    if token.ent_type_:
        yield f"in={token.ent_type_}"
    if token.text[:1].isupper() and not token.is_sent_start:
        yield "capital"


def _support(doc: Doc, token: Token, lexicon: Lexicon) -> Iterator[str]:
    head = token.head
    relation = token.dep_.split(":")[0]
    if head.i != token.i and relation in ("obj", "nsubj") and lexicon.lends(head.text):
        yield f"light={relation}"
    if relation in ("obj", "nsubj", "obl", "nmod") and head.pos_ == "VERB":
        yield f"head.light={lexicon.lends(head.text)}"
    if head.i != token.i and lexicon.look_up(head.text):
        yield f"head.trigger={relation}"
