"""Learn ``weights/<language>/roles.json``: which phrases of a sentence fill which role of an event.

One logistic model with L2 penalty per role over the features of ``events.role_features``, fitted by L-BFGS on every proposal
beside every gold trigger of annotated documents. A proposal is right for a role if it is the one that best covers a gold
argument (Jaccard over words at least 0.5); others that cover it as well count neither way. The thresholds are chosen by
F1 (``tuning``) over folds of whole documents that were held out. Features seen fewer than ``MIN_COUNT`` times are left out.
With ``--tune`` the share of the network, and the thresholds with it, are chosen by F1 on other documents, every second
of which is used: the network has learnt from all of the first. Seven thresholds are much to choose on so few documents:
``--tune-too`` adds those of a gold folder.

    python -m peristiwa.training.roles --data ../shared/data/events/train.jsonl --parses DIR
                                       --tune ../shared/data/events/dev.jsonl --tune-parses DIR --tune-too corpus/id/dev
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from peristiwa.errors import UsageError
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, load_cues
from peristiwa.events.encoding import Encoder, load_encoder
from peristiwa.events.lexicon import Lexicon, compile_lexicon
from peristiwa.events.predicate import voice
from peristiwa.events.proposals import Proposal, propose
from peristiwa.events.reach import barred
from peristiwa.events.role_features import features
from peristiwa.events.role_model import NAME, RoleModel, RoleOdds, choose, without
from peristiwa.events.roles import Mentions, frame_of
from peristiwa.events.tree import characters
from peristiwa.events.triggers import find_hits, support_verb
from peristiwa.language import load_language
from peristiwa.models import WEIGHTS
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.training.annotated import read_corpus, read_parses
from peristiwa.training.logistic import fit_logistic, write_weights
from peristiwa.training.tuning import best_bar, best_of
from peristiwa.types import ROLES, Argument, Event, Record, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc

MIN_COUNT = 3
PENALTY = 4.0
SMALLEST = 0.09
"""Of the largest table, weights closer to zero are left out, for the limit of all weights together."""
FOLDS = 4
SHARES = (0.0, 0.25, 0.4, 0.5, 0.6, 0.75)
"""Shares of the network that are tried."""
THRESHOLDS = tuple(step / 100 for step in range(5, 71, 3))
ITERATIONS = 100
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Example:
    """One proposal: its document and event, its features, the roles that it fills and those that it may not be asked for.

    ``read`` are the network's log-odds of the roles, ``barred`` those that the grammar rules out.
    """

    document: int
    event: int
    proposal: Proposal
    names: tuple[str, ...]
    right: frozenset[Role]
    unclear: frozenset[Role]
    read: Mapping[Role, float] | None = None
    barred: frozenset[Role] = frozenset()


def gold_candidate(doc: Doc, event: Event, lexicon: Lexicon) -> Candidate | None:
    """The candidate that a gold trigger is, or None where it cannot be placed on tokens."""
    span = doc.char_span(event.trigger.start, event.trigger.end, alignment_mode="expand")
    if span is None:
        return None
    head = span.root
    verb = support_verb(doc, span.start, lexicon) if voice(head) == "noun" else None
    return Candidate(event.type, span.start, span.end, head.i, "gold", verb)


def jaccard(text: str, one: tuple[int, int], other: tuple[int, int]) -> float:
    """Shared words over all words of two character spans."""
    mine, theirs = (
        {(match.start() + start, match.end() + start) for match in WORD.finditer(text[start:end])}
        for start, end in (one, other)
    )
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


def make_examples(
    docs: Sequence[Doc], records: Sequence[Record], ontology: Ontology, cues: Cues, encoder: Encoder | None = None
) -> tuple[list[Example], list[list[Event]]]:
    """All proposals of all gold triggers, and per document the events that they belong to."""
    lexicon = compile_lexicon(ontology)
    found, events = [], []
    for number, (doc, record) in enumerate(zip(docs, records, strict=True)):
        mentions = Mentions(doc, record.entities, record.times)
        events.append(list(record.events))
        encoding = encoder.encode(doc, find_hits(doc, lexicon)) if encoder is not None else None
        for at, event in enumerate(record.events):
            candidate = gold_candidate(doc, event, lexicon)
            if candidate is None:
                continue
            frame = frame_of(cues.roles, ontology.types[event.type].roles)
            proposals = propose(doc, candidate, frame, mentions, cues)
            right, unclear = label(doc, proposals, event.arguments)
            read: Sequence[RoleOdds] = [None] * len(proposals)
            if encoding is not None:
                [read] = encoding.role_odds([candidate], [proposals])
            bars = barred(doc, candidate, proposals, mentions, cues)
            for index, names in enumerate(features(doc, candidate, proposals, mentions, cues)):
                filled, dim = frozenset(right[index]), frozenset(unclear[index])
                found.append(Example(number, at, proposals[index], tuple(names), filled, dim, read[index], bars[index]))
    return found, events


def label(doc: Doc, proposals: Sequence[Proposal], gold: Sequence[Argument]) -> tuple[list[set[Role]], list[set[Role]]]:
    """Per proposal the roles that it is best for, and those that it covers too, but less well than another."""
    right: list[set[Role]] = [set() for _ in proposals]
    unclear: list[set[Role]] = [set() for _ in proposals]
    spans = [characters(doc, proposal.start, proposal.end) for proposal in proposals]
    for argument in gold:
        covered = [jaccard(doc.text, span, (argument.start, argument.end)) for span in spans]
        fitting = [
            (value, -index)
            for index, value in enumerate(covered)
            if value >= 0.5 and (proposals[index].time is not None) == (argument.role == "time")
        ]
        if not fitting:
            continue
        _, best = max(fitting)
        right[-best].add(argument.role)
        for _, index in fitting:
            if -index != -best:
                unclear[-index].add(argument.role)
    return right, unclear


def fit_all(examples: Sequence[Example], penalty: float = PENALTY) -> RoleModel:
    """A model of all roles, thresholds 0.4 for the time being; time is learnt from times, the others from the rest."""
    times = [example for example in examples if example.proposal.time is not None]
    others = [example for example in examples if example.proposal.time is None]
    roles: tuple[Role, ...] = tuple(role for role in ROLES if role != "time")
    weights: dict[str, dict[str, float]] = {}
    for members, asked in ((times, ("time",)), (others, roles)):
        learnt = fit_logistic(
            [example.names for example in members],
            {role: [role in example.right for example in members] for role in asked},
            counted={role: [role not in example.unclear for example in members] for role in asked},
            penalty=penalty,
            min_count=MIN_COUNT,
            iterations=ITERATIONS,
            smallest=SMALLEST,
        )
        for name, row in learnt.items():
            weights.setdefault(name, {}).update(row)
    return RoleModel(cast("dict[str, dict[Role, float]]", dict(sorted(weights.items()))), dict.fromkeys(ROLES, 0.4))


Scored = list[tuple[Example, dict[Role, float]]]


def held_out(examples: Sequence[Example], folds: int = FOLDS, penalty: float = PENALTY) -> Scored:
    """Every example with its probabilities by a model that did not see its document."""
    found: Scored = []
    for fold in range(folds):
        model = fit_all([e for e in examples if e.document % folds != fold], penalty)
        found += [(e, without(model.probabilities(e.names), e.barred)) for e in examples if e.document % folds == fold]
    return found


def count(scored: Scored, thresholds: dict[Role, float]) -> dict[Role, tuple[int, int]]:
    """Per role how many arguments were given, and how many of them were right."""
    groups: dict[tuple[int, int], Scored] = {}
    for example, score in scored:
        groups.setdefault((example.document, example.event), []).append((example, score))
    given: Counter[Role] = Counter()
    right: Counter[Role] = Counter()
    for members in groups.values():
        by_proposal = {id(e.proposal): e for e, _ in members}
        for proposal, role in choose([e.proposal for e, _ in members], [s for _, s in members], thresholds):
            example = by_proposal[id(proposal)]
            given[role] += 1
            right[role] += role in example.right or role in example.unclear
    return {role: (given[role], right[role]) for role in ROLES}


def set_thresholds(scored: Scored, gold: Counter[Role]) -> dict[Role, float]:
    """The threshold of each role with the best F1 of that role (``best_bar``), the roles apart."""
    found: dict[Role, float] = {}
    for role in ROLES:
        sure = [
            (score[role], role in example.right or role in example.unclear)
            for example, score in scored
            if (example.proposal.time is not None) == (role == "time")
        ]

        def f1(threshold: float, sure: list[tuple[float, bool]] = sure, total: int = gold[role]) -> float:
            given = [right for value, right in sure if value >= threshold]
            return 2 * sum(given) / (len(given) + total) if given else 0.0

        found[role] = best_bar({threshold: f1(threshold) for threshold in THRESHOLDS})
    return found


def argument_f1(scored: Scored, thresholds: dict[Role, float], gold: Counter[Role]) -> float:
    """F1 of all arguments, chosen as in use."""
    counts = count(scored, thresholds)
    given, right = (sum(pair[at] for pair in counts.values()) for at in (0, 1))
    return 2 * right / (given + sum(gold.values()))


def learn(docs: Sequence[Doc], records: Sequence[Record], ontology: Ontology, cues: Cues) -> tuple[RoleModel, float]:
    """A role model from annotated documents, and its argument F1 (gold triggers) on held-out folds."""
    examples, events = make_examples(docs, records, ontology, cues)
    if not examples:
        raise UsageError("No gold trigger could be placed in the training documents; check that they are parsed.")
    gold = Counter(argument.role for found in events for event in found for argument in event.arguments)
    scored = held_out(examples)
    thresholds = set_thresholds(scored, gold)
    return replace(fit_all(examples), thresholds=thresholds), argument_f1(scored, thresholds, gold)


def tune(model: RoleModel, examples: Sequence[Example], gold: Counter[Role]) -> RoleModel:
    """The model with the share of the network, and the thresholds with it, that give the best F1 on these examples.

    It is in the midst of the shares that are as good (``tuning``), so that a lucky one does not win.
    """
    tried: dict[float, tuple[float, dict[Role, float]]] = {}
    for share in SHARES:
        mixing = replace(model, share=share)
        scored = [(e, without(mixing.probabilities(e.names, e.read), e.barred)) for e in examples]
        thresholds = set_thresholds(scored, gold)
        tried[share] = argument_f1(scored, thresholds, gold), thresholds
    share = best_of({share: f1 for share, (f1, _) in tried.items()})
    return replace(model, share=share, thresholds=tried[share][1])


def save(model: RoleModel, path: Path, made_by: dict[str, str]) -> None:
    """Write the weights, one feature a line."""
    head = {"roles": list(ROLES), "thresholds": model.thresholds, "share": model.share, "made_by": made_by}
    write_weights(path, model.features, **head)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Learn roles.json from annotated, parsed documents.")
    parser.add_argument("--data", type=Path, required=True, help="gold records, JSON lines")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument("--tune", type=Path, help="other gold records, for the network's share (every second one is used)")
    parser.add_argument("--tune-parses", type=Path)
    parser.add_argument("--tune-too", type=Path, help="folder of brat gold, all of which is used besides; parsed here")
    parser.add_argument("--language", default="id")
    parser.add_argument("--out", type=Path, help="default: the shipped weights of the language")
    options = parser.parse_args(arguments)
    records = list(read_records(options.data))
    docs = read_parses(options.parses, records)
    ontology, cues = load_ontology(), load_cues(load_language(options.language))
    model, f1 = learn(docs, records, ontology, cues)
    encoder = load_encoder(options.language)
    if options.tune is not None and encoder is not None:
        others = list(read_records(options.tune))[::2]
        parsed = read_parses(options.tune_parses, others)
        if options.tune_too is not None:
            corpus, read = read_corpus(options.tune_too, options.language)
            others, parsed = [*others, *corpus], [*parsed, *read]
        examples, events = make_examples(parsed, others, ontology, cues, encoder)
        model = tune(model, examples, Counter(a.role for found in events for event in found for a in event.arguments))
    out = options.out or WEIGHTS / options.language / NAME
    save(
        model,
        out,
        {"data": options.data.name, "documents": str(len(records)), "held_out_argument_f1": f"{100 * f1:.1f}"},
    )
    print(f"{out}: {len(model.features)} features, argument F1 {100 * f1:.1f} on held-out folds with gold triggers")


if __name__ == "__main__":
    main()
