"""Learn ``weights/<language>/event_dates.json``: which of the dates that a document tells is that of an event, if any.

A conditional logistic model (McFadden 1974) with L2 penalty: each event that the pipeline finds chooses among its options
(``events.date_options``) and "no date", which is also right for what is no event in gold. It is fitted twice, since the
dates of earlier events are features: at first those of the rules, then those that models of the first round give to
documents that they did not see. The threshold is chosen by F1 of dated events (``tuning``) over held-out folds; with
``--tune`` it and the share of the network are chosen on every second of other documents.

    python -m peristiwa.training.event_dates --data ../shared/data/events/train.jsonl --parses DIR
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.errors import UsageError
from peristiwa.evaluate.metrics import Pair
from peristiwa.events.attach import Story, find_dates
from peristiwa.events.coreference import load_coreference
from peristiwa.events.date_model import NAME, DateModel, Odds, find_all_cases, likeliest
from peristiwa.events.date_options import Case, Option, options
from peristiwa.events.encoding import Encoder, Encoding, load_encoder
from peristiwa.language import Language, load_language
from peristiwa.models import WEIGHTS
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.training.annotated import find_again, read_parses
from peristiwa.training.logistic import fit_choice, write_weights
from peristiwa.training.tuning import around, best_bar, best_of
from peristiwa.types import EventDate, Record

if TYPE_CHECKING:
    from spacy.tokens import Doc

MIN_COUNT = 8
PENALTY = 25.0
FOLDS = 4
ROUNDS = 2
ITERATIONS = 100
SHARES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7)
"""Shares of the network that are tried."""
THRESHOLDS = tuple(step / 100 for step in range(8, 52, 2))

Dates = list[EventDate | None]
Ranked = list[tuple[EventDate | None, float]]


@dataclass(slots=True)
class Solved:
    """One story, and for each of its events the date in gold: None for no date or no such event.

    ``cases`` and ``read`` are what the model asks for each event, and what the network thinks of it. As a dater
    (``events.date_model.Dater``) it keeps the story that it is given and lets the rules decide.
    """

    story: Story = field(default_factory=lambda: Story((), ()))
    gold: list[str | None] = field(default_factory=list)
    dated: int = 0
    cases: list[dict[str, Case]] = field(default_factory=list)
    read: list[Odds] = field(default_factory=list)

    def find_dates(self, story: Story, encoding: Encoding | None = None) -> Dates:
        self.story, self.cases = story, find_all_cases(story)
        self.read = [None] * len(story.events)
        if encoding is not None:
            self.read = encoding.date_odds(story.events, self.cases, story.published)
        return find_dates(story)

    def options(self, dates: Dates) -> list[list[Option]]:
        """The options of every event, given the dates of those before it."""
        return [options(at, self.story, dates[:at], cases) if cases else [] for at, cases in enumerate(self.cases)]

    def rank(self, model: DateModel) -> Ranked:
        """The likeliest date of every event and its probability by a model."""
        return list(map(likeliest, model.weigh_cases(self.story, self.cases, self.read)))


def read_story(
    doc: Doc, record: Record, ontology: Ontology, language: Language, encoder: Encoder | None = None
) -> tuple[Solved, Dates]:
    """The story of one annotated document, with the dates that the rules give."""
    solved = Solved()
    finder = load_coreference(language.code)
    events = find_again(doc, record, language, ontology, encoder, finder=finder, dater=solved)
    pairs = Pair(record, replace(record, events=tuple(events))).typed
    gold = {found.id: right.date.value if right.date is not None else None for right, found in pairs}
    solved.gold = [gold.get(event.id) for event in events]
    solved.dated = sum(event.date is not None for event in record.events)
    return solved, [event.date for event in events]


def fit(offered: Sequence[Sequence[Option]], gold: Sequence[str | None], penalty: float = PENALTY) -> DateModel:
    """The weights that make the right option of each event, or none of them, likeliest. Threshold 0.5 for the time being."""
    rows = [[option.names for option in members] for members in offered]
    right = [[option.date.value == date for option in members] for members, date in zip(offered, gold, strict=True)]
    return DateModel(fit_choice(rows, right, penalty=penalty, min_count=MIN_COUNT, iterations=ITERATIONS))


def held_out(stories: Sequence[Solved], offered: Sequence[list[list[Option]]], folds: int = FOLDS) -> list[Ranked]:
    """For every event its likeliest date and the probability, by a model that did not see its document."""
    found: dict[int, Ranked] = {}
    for fold in range(folds):
        model = fit(*_flat(stories, offered, [at for at in range(len(stories)) if at % folds != fold]))
        for at in range(fold, len(stories), folds):
            found[at] = stories[at].rank(model)
    return [found[at] for at in range(len(stories))]


def _flat(
    stories: Sequence[Solved], offered: Sequence[list[list[Option]]], chosen: Sequence[int]
) -> tuple[list[list[Option]], list[str | None]]:
    return [rows for at in chosen for rows in offered[at]], [date for at in chosen for date in stories[at].gold]


def dated_f1(stories: Sequence[Solved], ranked: Sequence[Ranked], threshold: float) -> float:
    """F1 of dated events, as ``evaluate`` counts it, from a probability on."""
    given = right = 0
    for solved, dates in zip(stories, ranked, strict=True):
        for event, gold, (date, chance) in zip(solved.story.events, solved.gold, dates, strict=True):
            if date is not None and event.sure * chance >= threshold:
                given += 1
                right += date.value == gold
    return 2 * right / (given + sum(solved.dated for solved in stories)) if given else 0.0


def learn(stories: Sequence[Solved], dates: Sequence[Dates]) -> tuple[DateModel, float]:
    """A date model, and its F1 of dated events on held-out folds. ``dates`` are what the rules give."""
    everything = range(len(stories))
    ranked: list[Ranked] = []
    for _ in range(ROUNDS):
        offered = [solved.options(told) for solved, told in zip(stories, dates, strict=True)]
        ranked = held_out(stories, offered)
        model = fit(*_flat(stories, offered, everything))
        # What is passed on is a date that is likelier than not; see DateModel.weigh.
        dates = [[date if chance >= 0.5 else None for date, chance in row] for row in ranked]
    f1 = by_threshold(stories, ranked)
    threshold = best_bar(f1)
    return replace(model, threshold=threshold), f1[threshold]


def by_threshold(stories: Sequence[Solved], ranked: Sequence[Ranked]) -> dict[float, float]:
    """F1 of dated events for each threshold of ``THRESHOLDS``."""
    return {threshold: dated_f1(stories, ranked, threshold) for threshold in THRESHOLDS}


def tune(model: DateModel, stories: Sequence[Solved]) -> DateModel:
    """The model with the share of the network and the threshold that are best on documents that neither was learnt from.

    On those learnt from, hardly a trigger is wrong, and a date that is given too freely costs less than it will.
    """
    tried: dict[float, tuple[float, float]] = {}
    for share in SHARES:
        mixed = replace(model, share=share)
        f1 = by_threshold(stories, [solved.rank(mixed) for solved in stories])
        threshold = best_bar(f1)
        tried[share] = (around(f1, threshold), threshold)
    share = best_of({share: f1 for share, (f1, _) in tried.items()})
    return replace(model, share=share, threshold=tried[share][1])


def save(model: DateModel, path: Path, made_by: dict[str, str]) -> None:
    """Write the weights, one feature a line."""
    write_weights(path, model.features, threshold=model.threshold, share=model.share, made_by=made_by)


def read_stories(data: Path, parses: Path, language: Language, encoder: Encoder | None = None) -> list[tuple[Solved, Dates]]:
    """The stories of all annotated documents of a file, each with the dates that the rules give. Raises UsageError.

    The network reads only documents that it has not learnt from (``encoder``): on others hardly an event is wrong.
    """
    records = list(read_records(data))
    ontology = load_ontology()
    return [
        read_story(doc, record, ontology, language, encoder)
        for doc, record in zip(read_parses(parses, records), records, strict=True)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Learn event_dates.json from annotated, parsed documents.")
    parser.add_argument("--data", type=Path, required=True, help="gold records, JSON lines")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument("--tune", type=Path, help="gold records for choosing threshold and share (every second one is used)")
    parser.add_argument("--tune-parses", type=Path, help="their folder of <doc_id>.conllu")
    parser.add_argument("--language", default="id")
    parser.add_argument("--out", type=Path, help="default: the shipped weights of the language")
    chosen = parser.parse_args(arguments)
    language = load_language(chosen.language)
    read = read_stories(chosen.data, chosen.parses, language)
    if not any(solved.story.events for solved, _ in read):
        raise UsageError("No event was found in the training documents; check that they are parsed.")
    model, f1 = learn([solved for solved, _ in read], [dates for _, dates in read])
    if chosen.tune is not None:
        others = read_stories(chosen.tune, chosen.tune_parses, language, load_encoder(language.code))[::2]
        model = tune(model, [solved for solved, _ in others])
    out = chosen.out or WEIGHTS / chosen.language / NAME
    made_by = {"data": chosen.data.name, "documents": str(len(read)), "held_out_dated_f1": f"{100 * f1:.1f}"}
    save(model, out, made_by)
    print(f"{out}: {len(model.features)} features, F1 of dated events {100 * f1:.1f} on held-out folds")


if __name__ == "__main__":
    main()
