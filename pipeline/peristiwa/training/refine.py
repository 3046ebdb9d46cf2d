"""Go on with a trained model on a chosen mix of sentences; the result is the running mean of its weights.

Stanza's ``--continue_from`` and ``--finetune`` number tags and relations by the file that they are given or keep the rate
of the model's file; here vocabularies are the model's own and the rate falls from ``rate`` to a tenth of it. The mean of
the weights over the last steps stands in for the slow end of a training (Polyak averaging), which two cores have no time
for. ``parser``, ``tagger`` and ``names`` make a trainee of a model; ``refine`` trains it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 1234


@dataclass(frozen=True, slots=True)
class Trainee:
    """A model in training: Stanza's trainer, an endless stream of batches, and its score on what is held out (0 to 1)."""

    trainer: Any
    optimizers: Sequence[Any]
    batches: Iterator[Any]
    score: Callable[[], float]


def refine(trainee: Trainee, target: Path, *, steps: int, rate: float, every: int = 100, mean_over: int = 150) -> float:
    """Train for ``steps`` batches, the mean of the weights looking back on about ``mean_over`` of them.

    Writes ``target`` whenever the mean scores better on what is held out than it did. Returns the best score.
    """
    trainer = trainee.trainer
    mean = {name: weight.detach().clone() for name, weight in trainer.model.state_dict().items()}
    print(f"before: {trainee.score():.4f}", flush=True)
    best = 0.0
    for step in range(1, steps + 1):
        _set_rate(trainee.optimizers, rate * (1 - 0.9 * step / steps))
        trainer.update(next(trainee.batches), eval=False)
        blend(mean, trainer.model.state_dict(), 1 / min(step, mean_over))
        if step % every == 0 or step == steps:
            own = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
            alone = trainee.score()
            trainer.model.load_state_dict(mean)
            score = trainee.score()
            print(f"step {step}: {alone:.4f}, the mean {score:.4f}", flush=True)
            if score > best:
                best = score
                trainer.save(str(target))
            trainer.model.load_state_dict(own)
    return best


def blend(mean: dict[str, Any], weights: Mapping[str, Any], share: float) -> None:
    """Move ``mean``, tensors by name, towards ``weights`` by ``share`` of the way; whole numbers stay."""
    for name, weight in weights.items():
        if weight.is_floating_point():
            mean[name].lerp_(weight, share)


def mix(file: Path, other: Path, *, share: float) -> None:
    """Move the weights in a model's ``file`` by ``share`` of the way to those of ``other``, which went on from it."""
    import torch

    own, later = (torch.load(path, map_location="cpu", weights_only=True) for path in (file, other))
    blend(own["model"], later["model"], share)
    torch.save(own, file, _use_new_zipfile_serialization=False)


def _set_rate(optimizers: Sequence[Any], rate: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


Files = Sequence[tuple[Path, float]]
"""Files of sentences, each with the share of the batches that comes from it."""


def parser(before: Path, vectors: Path, files: Files, dev: Path, *, seed: int = SEED) -> Trainee:
    """A dependency parser and CoNLL-U files; the score is LAS on ``dev``, tokens and tags given."""
    from stanza.models.common import utils
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.depparse.data import DataLoader, InfiniteBatch
    from stanza.models.depparse.trainer import Trainer
    from stanza.utils.conll import CoNLL

    utils.set_random_seed(seed)
    pretrain = Pretrain(str(vectors))
    trainer = Trainer.load(str(before), pretrain=pretrain, device="cpu", reset_history=True)

    def loader(file: Path, *, evaluation: bool) -> Any:
        document = CoNLL.conll2doc(str(file))
        size, arguments = trainer.args["batch_size"], trainer.args
        return DataLoader(
            document, size, arguments, pretrain, vocab=trainer.vocab, evaluation=evaluation, sort_during_eval=evaluation
        )

    batches = InfiniteBatch(*(loader(file, evaluation=False) for file, _ in files), weights=[share for _, share in files])
    held_out = loader(dev, evaluation=True)
    return Trainee(
        trainer, list(trainer.optimizer.values()), iter(batches.next_batch, None), lambda: _las(trainer, held_out, dev)
    )


def _las(trainer: Any, batches: Any, gold: Path) -> float:
    from stanza.models.common.doc import DEPREL, HEAD
    from stanza.models.depparse import scorer
    from stanza.models.parser import predict_dataset

    predicted = predict_dataset(trainer, batches)
    batches.doc.set([HEAD, DEPREL], [word for sentence in predicted for word in sentence])
    return float(scorer.score(io.StringIO(f"{batches.doc:C}\n\n"), str(gold))[2])


def tagger(before: Path, vectors: Path, files: Files, dev: Path, *, seed: int = SEED) -> Trainee:
    """A part-of-speech tagger and CoNLL-U files; the score is the accuracy of UPOS on ``dev``, tokens given."""
    from stanza.models.common import utils
    from stanza.models.common.doc import UPOS
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.pos.data import Dataset, ShuffledDataset
    from stanza.models.pos.trainer import Trainer
    from stanza.utils.conll import CoNLL

    utils.set_random_seed(seed)
    pretrain = Pretrain(str(vectors))
    trainer = Trainer(model_file=str(before), pretrain=pretrain, device="cpu")

    def dataset(file: Path, *, evaluation: bool) -> Any:
        document = CoNLL.conll2doc(str(file))
        return Dataset(
            document, trainer.args, pretrain, vocab=trainer.vocab, evaluation=evaluation, sort_during_eval=evaluation
        )

    sources = [dataset(file, evaluation=False) for file, _ in files]
    whole = sum(len(source) for source in sources)
    ratios = [share * whole / len(source) for source, (_, share) in zip(sources, files, strict=True)]
    train = ShuffledDataset(sources, trainer.args["batch_size"], ratios=ratios)
    held_out = dataset(dev, evaluation=True)

    def score() -> float:
        found = [tag for batch in held_out.to_loader(batch_size=100) for tag in trainer.predict(batch)]
        order = [at for batch in held_out.to_loader(batch_size=100) for at in batch.idx]
        pairs = zip(utils.unsort(found, order), held_out.doc.get(UPOS, as_sentences=True), strict=True)
        right: list[bool] = [tags[0] == upos for sentence, gold in pairs for tags, upos in zip(sentence, gold, strict=True)]
        return sum(right) / len(right)

    return Trainee(trainer, list(trainer.optimizers.values()), _endless(lambda: iter(train)), score)


def names(before: Path, vectors: Path, train: Path, dev: Path, *, seed: int = SEED) -> Trainee:
    """A tagger of spans (names, triggers) and files of Stanza's JSON; the score is F1 of exact spans on ``dev``."""
    from stanza.models.common import utils
    from stanza.models.common.doc import Document
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.ner import scorer
    from stanza.models.ner.data import DataLoader
    from stanza.models.ner.trainer import Trainer

    utils.set_random_seed(seed)
    trainer = Trainer(model_file=str(before), pretrain=Pretrain(str(vectors)), device="cpu")

    def loader(file: Path, *, evaluation: bool) -> Any:
        document = Document(json.loads(file.read_text(encoding="utf-8")))
        size, arguments = trainer.args["batch_size"], trainer.args
        most = trainer.args["max_batch_words"]
        return DataLoader(document, size, arguments, vocab=trainer.vocab, evaluation=evaluation, max_batch_words=most)

    batches, held_out = loader(train, evaluation=False), loader(dev, evaluation=True)
    gold = [[tags[trainer.args["predict_tagset"]] for tags in sentence] for sentence in held_out.tags]

    def score() -> float:
        found = [tags for batch in held_out for tags in trainer.predict(batch)]
        return float(scorer.score_by_entity(found, gold)[2])

    def shuffled() -> Iterator[Any]:
        batches.reshuffle()
        return iter(batches)

    return Trainee(trainer, [trainer.optimizer], _endless(shuffled), score)


def _endless(start: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    while True:
        yield from start()
