"""Learn ``weights/<language>/coreference.json``: which earlier mention, if any, tells the same happening.

A conditional logistic model with L2 penalty: each event that the pipeline finds chooses among the earlier ones of its
type (``events.coreference``) or none. The right one is the nearest that gold holds to be the same happening. What is no
event in gold takes no part. The threshold is chosen by F1 (``tuning``) of links, as MUC counts them (Vilain et al. 1995),
and of happenings, over held-out folds; with ``--tune`` on other documents, every second of which is used.

    python -m peristiwa.training.coreference --data ../shared/data/events/train.jsonl --parses DIR
                                             --tune ../shared/data/events/dev.jsonl --tune-parses DIR
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from peristiwa.errors import UsageError
from peristiwa.evaluate.align import best_pairs
from peristiwa.evaluate.metrics import Pair
from peristiwa.events.coreference import NAME, CoreferenceModel, Link, Mention, antecedents, likeliest, pair_features
from peristiwa.events.encoding import Encoder, load_encoder
from peristiwa.happenings import happenings
from peristiwa.language import Language, load_language
from peristiwa.models import WEIGHTS
from peristiwa.ontology import load_ontology
from peristiwa.records import read_records
from peristiwa.training.annotated import find_again, read_parses
from peristiwa.training.logistic import fit_choice, write_weights
from peristiwa.training.tuning import best_bar

MIN_COUNT = 6
PENALTY = 8.0
FOLDS = 4
THRESHOLDS = tuple(step / 100 for step in range(6, 62, 2))


@dataclass(slots=True)
class Telling:
    """The mentions of one document, and for each the number of its happening in gold, None where gold has no such event.

    A finder (``events.coreference.Finder``) that keeps what it is given and links nothing.
    """

    mentions: list[Mention] = field(default_factory=list)
    happening: list[int | None] = field(default_factory=list)
    happenings: int = 0
    links: int = 0

    def find(self, mention: Mention, earlier: Sequence[Mention]) -> Link:
        self.mentions.append(mention)
        return Link(None)

    def choices(self) -> tuple[list[list[list[str]]], list[list[bool]]]:
        """For each mention that gold knows the features of every earlier one on offer, and which is the right one."""
        groups, right = [], []
        for at, own in enumerate(self.happening):
            if own is None:
                continue
            offered = antecedents(self.mentions[at], self.mentions[:at])
            marks = [self.happening[index] == own for index in offered]
            groups.append(list(pair_features(self.mentions[at], self.mentions, offered)))
            right.append([mark and not any(marks[:rank]) for rank, mark in enumerate(marks)])
        return groups, right


def read_tellings(data: Path, parses: Path, language: Language, encoder: Encoder | None = None) -> list[Telling]:
    """The mentions that the pipeline finds in all annotated documents of a file; ``encoder`` as for ``event_dates``."""
    records, ontology = list(read_records(data)), load_ontology()
    found = []
    for doc, record in zip(read_parses(parses, records), records, strict=True):
        telling = Telling()
        events = find_again(doc, record, language, ontology, encoder, finder=telling)
        number = {id(m): at for at, happening in enumerate(happenings(record.events)) for m in happening.mentions}
        gold = {mine.id: number[id(right)] for right, mine in Pair(record, replace(record, events=tuple(events))).typed}
        telling.happening = [gold.get(event.id) for event in events]
        telling.happenings = len(set(number.values()))
        telling.links = len(record.events) - telling.happenings
        found.append(telling)
    return found


def fit(tellings: Sequence[Telling]) -> CoreferenceModel:
    """The weights that make the right choice of every mention likeliest. Threshold 0.5 for the time being."""
    groups, right = [], []
    for telling in tellings:
        offered, marks = telling.choices()
        groups += offered
        right += marks
    return CoreferenceModel(fit_choice(groups, right, penalty=PENALTY, min_count=MIN_COUNT))


Ranked = Sequence[Sequence[tuple[int | None, float]]]


def chained(ranked: Ranked, threshold: float) -> list[list[int]]:
    """For each mention of each document the first one of its happening, links being made from a probability on."""
    found = []
    for row in ranked:
        chain: list[int] = []
        for at, (index, chance) in enumerate(row):
            chain.append(at if index is None or chance < threshold else chain[index])
        found.append(chain)
    return found


def link_f1(tellings: Sequence[Telling], chains: Sequence[Sequence[int]]) -> float:
    """F1 of links as ``evaluate`` counts it."""
    shared = given = 0
    for telling, chain in zip(tellings, chains, strict=True):
        both = _met(telling, chain)
        given += len(chain) - len(set(chain))
        shared += both.total() - len(both)
    return _f1(shared, given, sum(telling.links for telling in tellings))


def happening_f1(tellings: Sequence[Telling], chains: Sequence[Sequence[int]]) -> float:
    """F1 of happenings as ``evaluate`` counts it: one to one, with the most shared mentions."""
    shared = given = 0
    for telling, chain in zip(tellings, chains, strict=True):
        shared += len(best_pairs({both: (number,) for both, number in _met(telling, chain).items()}))
        given += len(set(chain))
    return _f1(shared, given, sum(telling.happenings for telling in tellings))


def _met(telling: Telling, chain: Sequence[int]) -> Counter[tuple[int, int]]:
    """How many mentions the happenings of gold and those told share, two by two."""
    return Counter((own, told) for own, told in zip(telling.happening, chain, strict=True) if own is not None)


def _f1(shared: int, given: int, gold: int) -> float:
    return 2 * shared / (given + gold) if given + gold else 0.0


def learn(tellings: Sequence[Telling]) -> tuple[CoreferenceModel, float]:
    """A model, and its F1 of links on held-out folds."""
    ranked: dict[int, list[tuple[int | None, float]]] = {}
    for fold in range(FOLDS):
        model = fit([telling for at, telling in enumerate(tellings) if at % FOLDS != fold])
        for at in range(fold, len(tellings), FOLDS):
            ranked[at] = rank(model, tellings[at])
    rows = [ranked[at] for at in range(len(tellings))]
    threshold = best_threshold(tellings, rows)
    return replace(fit(tellings), threshold=threshold), link_f1(tellings, chained(rows, threshold))


def best_threshold(tellings: Sequence[Telling], ranked: Ranked) -> float:
    """The threshold with the best mean of the F1 of links and that of happenings: a wrong link loses a happening."""
    chains = {threshold: chained(ranked, threshold) for threshold in THRESHOLDS}
    return best_bar({one: (link_f1(tellings, told) + happening_f1(tellings, told)) / 2 for one, told in chains.items()})


def tune(model: CoreferenceModel, tellings: Sequence[Telling]) -> CoreferenceModel:
    """The model with the threshold that is best on documents that no trigger was learnt from; see ``event_dates.tune``."""
    return replace(model, threshold=best_threshold(tellings, [rank(model, telling) for telling in tellings]))


def rank(model: CoreferenceModel, telling: Telling) -> list[tuple[int | None, float]]:
    """For each mention the likeliest earlier one and its probability."""
    return [
        likeliest(model.choose(model.weigh(mention, telling.mentions[:at])).chances)
        for at, mention in enumerate(telling.mentions)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Learn coreference.json from annotated, parsed documents.")
    parser.add_argument("--data", type=Path, required=True, help="gold records, JSON lines")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument(
        "--tune", type=Path, help="other annotated documents, to choose the threshold (every second one is used)"
    )
    parser.add_argument("--tune-parses", type=Path)
    parser.add_argument("--language", default="id")
    parser.add_argument("--out", type=Path, help="default: the shipped weights of the language")
    chosen = parser.parse_args(arguments)
    language = load_language(chosen.language)
    tellings = read_tellings(chosen.data, chosen.parses, language)
    if not any(telling.links for telling in tellings):
        raise UsageError("No happening is told twice in the training documents; nothing can be learnt from them.")
    model, f1 = learn(tellings)
    if chosen.tune is not None:
        model = tune(model, read_tellings(chosen.tune, chosen.tune_parses, language, load_encoder(language.code))[::2])
    out = chosen.out or WEIGHTS / chosen.language / NAME
    made_by = {"data": chosen.data.name, "documents": str(len(tellings)), "held_out_link_f1": f"{100 * f1:.1f}"}
    write_weights(out, model.features, threshold=model.threshold, made_by=made_by)
    print(f"{out}: {len(model.features)} features, threshold {model.threshold}, F1 of links {100 * f1:.1f} on held-out folds")


if __name__ == "__main__":
    main()
