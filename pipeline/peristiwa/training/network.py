"""Train ``weights/<language>/events.pt``: the network that reads sentences with an event in them (``events.network``).

It learns four things at once from annotated, parsed documents: at every word where the ontology proposes an event, which
types are right; at every gold trigger, its modality; for every proposal beside it, the roles that it fills (labelled as
for ``training.roles``); for every event that the tables at hand find, which of its dates is right, if any. What the
annotators of a round mark more freely than the shared documents do is put down to them, by type. With
``--start`` it goes on from a network that has learnt from running text (``training.running``), or from one that has learnt
from these documents before, as when other models have parsed them. The rate falls to a
twentieth, and what is kept is the running mean of the weights over about the last two rounds, for which no held-out
documents are looked at. ``--beside`` takes the mean with another network from the same start: better than either where
one has learnt from fewer documents than the other.

    python -m peristiwa.training.network --data ../shared/data/events/train.jsonl --parses DIR
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.rnn import pad_sequence

from peristiwa.checkpoint import Vectors, load_vectors, read_checkpoint
from peristiwa.errors import UsageError
from peristiwa.events.cues import Cues, load_cues
from peristiwa.events.date_options import told_names
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.network import (
    COLUMNS,
    Asked,
    AskedDates,
    Lexicons,
    Network,
    Sentence,
    ask,
    ask_dates,
    encode,
    places_of,
    restore,
    rows_of,
    units_of,
)
from peristiwa.events.triggers import find_hits
from peristiwa.language import Language, load_language
from peristiwa.models import NETWORK, WEIGHTS
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.settings import best_precision
from peristiwa.training.annotated import read_parses
from peristiwa.training.event_dates import Solved, read_story
from peristiwa.training.refine import blend
from peristiwa.training.roles import Example as RoleExample
from peristiwa.training.roles import gold_candidate, make_examples
from peristiwa.training.standoff import round_of
from peristiwa.types import MODALITIES, ROLES, Record

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from torch import Tensor

    from peristiwa.events.candidate import Candidate, Hit
    from peristiwa.events.proposals import Proposal

SEED = 1234
ROUNDS = 8
RATE, LATER = 0.0015, 0.001
"""The highest learning rate, and that of a network which has learnt from running text."""
BATCH_WORDS = 2500
MODALITY, ROLE, DATE = 0.3, 0.5, 0.5
"""What an error of modality, of a role or of a date costs, one of type being 1."""
SELDOM = {"form": 4, "lemma": 3, "date": 20}
"""How often a unit must be seen to have a number; once in the other columns."""
WILD = 4.0
"""A batch whose loss is so many times the usual one is left out: rare, and it would undo a round."""


@dataclass(slots=True)
class Example:
    """One sentence with what gold says of it.

    ``rows`` are words at which types are proposed, ``right`` R × types; ``modal_rows`` triggers, ``modalities`` M × 4.
    """

    sentence: Sentence
    rows: Tensor
    right: Tensor
    modal_rows: Tensor
    modalities: Tensor
    asked: Asked | None
    roles: Tensor
    counted: Tensor


@dataclass(slots=True)
class Lesson:
    """What there is to learn in one document: its sentences, and which of the dates asked for are right.

    ``round`` is that of its annotation, 0 where it is marked as all documents are to be.
    """

    sentences: list[Example]
    asked: AskedDates | None = None
    right: Tensor = field(default_factory=lambda: torch.empty(0))
    round: int = 0

    @property
    def words(self) -> int:
        """How many words the network reads of it."""
        return sum(len(example.sentence.words) for example in self.sentences)


def collect_units(docs: Sequence[Doc], dated: Sequence[Solved], types: Sequence[str]) -> Lexicons:
    """The units of all columns, and what is told of dates, that are frequent enough, numbered from 1 on."""
    columns = zip(*(units_of(token) for doc in docs for token in doc), strict=True)
    counts = {column: Counter(units) for column, units in zip(COLUMNS, columns, strict=True)}
    told = (told_names(case, one.story.published) for one in dated for cases in one.cases for case in cases.values())
    counts["date"] = Counter(name for names in told for name in names)
    units = {}
    for column, seen in counts.items():
        kept = sorted(unit for unit, count in seen.items() if count >= SELDOM.get(column, 1))
        units[column] = {unit: number for number, unit in enumerate(kept, 1)}
    return Lexicons(units, tuple(types))


Labelled = tuple["Candidate", "Proposal", Sequence[float]]
"""A proposal beside an event, and how right each role is for it; below 0 where that is not to be asked."""
UNCLEAR = -1.0


def examples_of(
    doc: Doc,
    record: Record,
    hits: Sequence[Hit],
    roles: Sequence[RoleExample],
    ontology: Ontology,
    lexicons: Lexicons,
    vectors: Vectors,
) -> list[Example]:
    """The sentences of one document that the network will read, with what gold says of them."""
    gold = {(at, event.type) for event in record.events for at in _tokens(doc, event.trigger.start, event.trigger.end)}
    placed = [gold_candidate(doc, event, compile_lexicon(ontology)) for event in record.events]
    scored = [(float(any((at, hit.reading.type) in gold for at in range(hit.start, hit.end))), hit) for hit in hits]
    modal = [
        (candidate.start, [float(one == event.modality) for one in MODALITIES])
        for candidate, event in zip(placed, record.events, strict=True)
        if candidate is not None
    ]
    labelled = [
        (candidate, example.proposal, [UNCLEAR if role in example.unclear else float(role in example.right) for role in ROLES])
        for example in roles
        if (candidate := placed[example.event]) is not None
    ]
    return [example_of(sentence, scored, modal, labelled, lexicons) for sentence in encode(doc, hits, lexicons, vectors)]


def example_of(
    sentence: Sentence,
    scored: Sequence[tuple[float, Hit]],
    modal: Sequence[tuple[int, Sequence[float]]],
    labelled: Sequence[Labelled],
    lexicons: Lexicons,
) -> Example:
    """What there is to learn in a sentence, of all that is known of its document.

    ``scored`` says how right the type of each hit is, ``modal`` how right each modality is at a trigger's first token.
    """
    first, end = sentence.offset, sentence.offset + len(sentence.words)
    here = [(score, hit) for score, hit in scored if first <= hit.start < end and hit.reading.type in lexicons.numbers]
    starts = sorted({hit.start for _, hit in here})
    right = torch.zeros(len(starts), len(lexicons.types))
    for score, hit in here:
        right[starts.index(hit.start), lexicons.numbers[hit.reading.type]] = score
    told = [(start - first, row) for start, row in modal if first <= start < end]
    asked, labels, counted = _asked(labelled, (first, end), lexicons)
    return Example(
        sentence,
        torch.tensor(starts) - first,
        right,
        torch.tensor([start for start, _ in told], dtype=torch.long),
        torch.tensor([row for _, row in told], dtype=torch.float).reshape(-1, len(MODALITIES)),
        asked,
        labels,
        counted,
    )


def _tokens(doc: Doc, start: int, end: int) -> range:
    span = doc.char_span(start, end, alignment_mode="expand")
    return range(span.start, span.end) if span is not None else range(0)


def _asked(labelled: Sequence[Labelled], bounds: tuple[int, int], lexicons: Lexicons) -> tuple[Asked | None, Tensor, Tensor]:
    """The proposals of a sentence as the network is asked for them, how right each role is, and whether it counts."""
    first, end = bounds
    here = [
        (candidate, one, right)
        for candidate, one, right in labelled
        if candidate.type in lexicons.numbers
        and all(first <= at < end for at in (candidate.start, candidate.head, one.head, one.start, one.end - 1))
    ]
    if not here:
        return None, torch.empty(0), torch.empty(0)
    asked = ask([(candidate, one) for candidate, one, _ in here], lexicons, {at: at - first for at in range(first, end)})
    # A time expression fills the role of time and no other, all else the others.
    fits = torch.tensor([[(role == "time") == (one.time is not None) for role in ROLES] for _, one, _ in here])
    labels = torch.tensor([right for _, _, right in here], dtype=torch.float)
    return asked, labels.clamp(min=0.0), (fits & (labels >= 0)).float()


def read_dated(docs: Sequence[Doc], records: Sequence[Record], ontology: Ontology, language: Language) -> list[Solved]:
    """The events to be dated: those that the tables at hand find, or the rules without any."""
    return [read_story(doc, record, ontology, language)[0] for doc, record in zip(docs, records, strict=True)]


def types_of(records: Sequence[Record], ontology: Ontology) -> list[str]:
    """The event types of gold that the ontology has, sorted."""
    return sorted({event.type for record in records for event in record.events} & set(ontology.types))


def make_all(
    docs: Sequence[Doc],
    records: Sequence[Record],
    dated: Sequence[Solved],
    ontology: Ontology,
    cues: Cues,
    lexicons: Lexicons,
    vectors: Vectors,
) -> list[Lesson]:
    """What there is to learn in each document in which the ontology proposes an event."""
    lexicon = compile_lexicon(ontology)
    roles: list[list[RoleExample]] = [[] for _ in docs]
    for example in make_examples(docs, records, ontology, cues)[0]:
        roles[example.document].append(example)
    lessons = []
    for doc, record, told, own in zip(docs, records, dated, roles, strict=True):
        sentences = examples_of(doc, record, find_hits(doc, lexicon), own, ontology, lexicons, vectors)
        if sentences:
            asked, right = _asked_dates(doc, told, sentences, lexicons)
            lessons.append(Lesson(sentences, asked, right, round_of(record)))
    return lessons


def _asked_dates(doc: Doc, told: Solved, sentences: Sequence[Example], lexicons: Lexicons) -> tuple[AskedDates | None, Tensor]:
    row = rows_of([one.sentence for one in sentences])
    events, asked = ask_dates(told.story.events, told.cases, told.story.published, lexicons, row, places_of(doc, row))
    if not events:
        return None, torch.empty(0)
    return asked, torch.tensor([value == told.gold[at] for at in events for value in told.cases[at]])


def batches(lessons: Sequence[Lesson], chance: random.Random) -> list[list[Lesson]]:
    """Documents in random order, up to ``BATCH_WORDS`` words together."""
    found: list[list[Lesson]] = [[]]
    size = 0
    for lesson in chance.sample(lessons, len(lessons)):
        if size + lesson.words > BATCH_WORDS and found[-1]:
            found.append([])
            size = 0
        found[-1].append(lesson)
        size += lesson.words
    return found


def loss_of(network: Network, lessons: Sequence[Lesson], habits: Tensor) -> tuple[Tensor, int]:
    """The summed loss of a batch of documents, and the number of words at which types are proposed.

    ``habits`` (rounds of annotation x types) are added to the log-odds of the documents of each round.
    """
    batch = [example for lesson in lessons for example in lesson.sentences]
    states, heads = network.states([example.sentence for example in batch], [len(lesson.sentences) for lesson in lessons])
    lengths = torch.tensor([len(example.sentence.words) for example in batch])
    firsts = (lengths.cumsum(0) - lengths).tolist()
    rows = torch.cat([example.rows + first for example, first in zip(batch, firsts, strict=True)])
    right = torch.cat([example.right for example in batch])
    own = [lesson.round for lesson in lessons for _ in lesson.sentences]
    rounds = torch.tensor(own).repeat_interleave(torch.tensor([len(example.rows) for example in batch]))
    odds = network.types(states, heads, rows).float() + torch.cat([habits.new_zeros(1, habits.shape[1]), habits])[rounds]
    loss = binary_cross_entropy_with_logits(odds, right, reduction="sum")
    modal = torch.cat([example.modal_rows + first for example, first in zip(batch, firsts, strict=True)])
    if len(modal):
        told = torch.cat([example.modalities for example in batch])
        loss = loss - MODALITY * (told * network.modalities(states, heads, modal).float()).sum()
    asked = [(example, first) for example, first in zip(batch, firsts, strict=True) if example.asked is not None]
    if asked:
        joined = Asked(
            torch.cat([example.asked.rows + first for example, first in asked if example.asked]),
            torch.cat([example.asked.types for example, _ in asked if example.asked]),
            torch.cat([example.asked.distances for example, _ in asked if example.asked]),
            torch.cat([example.asked.told for example, _ in asked if example.asked]),
        )
        labels, counted = (torch.cat([getattr(e, name) for e, _ in asked]) for name in ("roles", "counted"))
        odds = network.roles(states, joined).float()
        loss = loss + ROLE * binary_cross_entropy_with_logits(odds, labels, weight=counted, reduction="sum")
    first = 0
    for lesson in lessons:
        if lesson.asked is not None:
            here = slice(first, first + lesson.words)
            loss = loss + DATE * choice_loss(network.dates(states[here], heads[here] - first, lesson.asked).float(), lesson)
        first += lesson.words
    return loss, len(rows)


def choice_loss(odds: Tensor, lesson: Lesson) -> Tensor:
    """The negative log-likelihood of the right date of each event, "no date" (odds 0) where none of those asked for is."""
    assert lesson.asked is not None
    sizes = lesson.asked.owners.bincount().tolist()
    none = odds.new_zeros(len(sizes), 1)
    rows = torch.cat([none, pad_sequence(list(torch.split(odds, sizes)), batch_first=True, padding_value=-torch.inf)], 1)
    right = pad_sequence(list(torch.split(lesson.right, sizes)), batch_first=True)
    right = torch.cat([~right.any(1, keepdim=True), right], 1)
    return (rows.logsumexp(1) - rows.masked_fill(~right, -torch.inf).logsumexp(1)).sum()


def train(
    network: Network, lessons: Sequence[Lesson], *, rounds: int = ROUNDS, seed: int = SEED, rate: float = RATE
) -> Network:
    """Train, in bfloat16 products where the processor has them, and return the network with the mean of its last weights."""
    torch.manual_seed(seed)
    chance = random.Random(seed)  # not a secret: batches are to come in the same order again
    kinds = lessons[0].sentences[0].right.shape[1]
    habits = torch.nn.Parameter(torch.zeros(max(lesson.round for lesson in lessons), kinds))
    trained = [*(weight for weight in network.parameters() if weight.requires_grad), habits]
    # A small eps or a long memory of squared gradients lets Adam run away late in training, when gradients are tiny.
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01, eps=1e-6, betas=(0.9, 0.98))
    steps = len(batches(lessons, random.Random(seed))) * rounds
    mean = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
    window = max(1, min(2 * steps // rounds, steps // 2))
    step, usual = 0, 0.0
    half = best_precision() == "half"
    for turn in range(rounds):
        network.train()
        whole, asked = 0.0, 0
        for batch in batches(lessons, chance):
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, step / 100) * max(0.05, 1 - 0.95 * step / steps)
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                loss, size = loss_of(network, batch, habits)
            loss = loss / max(size, 50)
            value = loss.item()
            if step > 100 and value > WILD * usual:
                continue
            usual = value if step <= 100 else 0.98 * usual + 0.02 * value
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            blend(mean, network.state_dict(), 1 / min(step, window))
            whole, asked = whole + value * size, asked + size
        print(f"round {turn + 1} of {rounds}: loss {whole / max(asked, 1):.4f}", flush=True)
    network.load_state_dict(mean)
    return network.eval()


def save(network: Network, lexicons: Lexicons, path: Path, made_by: dict[str, str]) -> None:
    """The weights in 16 bits, without the word vectors, and the lexicons."""
    weights = {name: w.half() for name, w in network.state_dict().items()}
    state = {
        "model": weights,
        "units": {n: dict(u) for n, u in lexicons.units.items()},
        "types": list(lexicons.types),
        "made_by": made_by,
    }
    torch.save(state, path, _use_new_zipfile_serialization=False)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train events.pt from annotated, parsed documents.")
    parser.add_argument("--data", type=Path, required=True, help="gold records, JSON lines")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument("--language", default="id")
    parser.add_argument("--start", type=Path, help="a network to go on from (training.running, or an earlier one)")
    parser.add_argument("--beside", type=Path, help="a network from the same start: the mean of both is written")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, help="default: the shipped weights of the language")
    options = parser.parse_args(arguments)
    records = list(read_records(options.data))
    docs = read_parses(options.parses, records)
    ontology, language = load_ontology(), load_language(options.language)
    vectors = load_vectors(WEIGHTS / options.language / "vectors.pt")
    dated = read_dated(docs, records, ontology, language)
    start = read_checkpoint(options.start) if options.start is not None else None
    torch.manual_seed(options.seed)
    if start is None:
        lexicons = collect_units(docs, dated, types_of(records, ontology))
        network = Network(lexicons, vectors.table)
    else:
        network, lexicons = restore(start, vectors.table)
        if unknown := set(types_of(records, ontology)) - set(lexicons.types):
            raise UsageError(f"{options.start}: does not know {', '.join(sorted(unknown))}. Make it again (training.running).")
    lessons = make_all(docs, records, dated, ontology, load_cues(language), lexicons, vectors)
    if not lessons:
        raise UsageError("No trigger was found in the training documents; check that they are parsed and annotated.")
    rate = RATE if start is None else LATER
    network = train(network, lessons, rounds=options.rounds, seed=options.seed, rate=rate)
    beside = read_checkpoint(options.beside) if options.beside is not None else None
    if beside is not None:
        if beside["units"] != lexicons.units or tuple(beside["types"]) != lexicons.types:
            raise UsageError(f"{options.beside}: has other lexicons, so that it is not from the same start.")
        blend(network.state_dict(), restore(beside, vectors.table)[0].state_dict(), 0.5)
    out = options.out or WEIGHTS / options.language / NETWORK
    made_by = {
        "data": options.data.name,
        "documents": str(len(records)),
        "sentences": str(sum(len(lesson.sentences) for lesson in lessons)),
    }
    if start is not None:
        before = start["made_by"]
        made_by["first"] = before.get("first") or f"{before['words']} words of running text"
    if beside is not None:
        made_by["beside"] = f"a network of {beside['made_by']['documents']} documents"
    save(network, lexicons, out, made_by)
    print(f"{out}: learnt from {made_by['sentences']} sentences of {len(records)} documents")


if __name__ == "__main__":
    main()
