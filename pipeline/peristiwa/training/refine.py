"""Go on with a trained parser on a chosen mix of sentences; the result is the running mean of its weights.

Stanza's ``parser --continue_from`` numbers tags and relations by the file that it is given, so that another mix of the
same trees would change their places; here the vocabularies are the model's own. The mean of the weights over the last
steps stands in for the slow end of a training (Polyak averaging), which two cores have no time for.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MEAN_OVER = 150
"""Steps that the mean looks back on, about."""


def refine(
    before: Path,
    target: Path,
    vectors: Path,
    mix: Sequence[tuple[Path, float]],
    dev: Path,
    *,
    steps: int,
    rate: float = 0.0007,
    every: int = 100,
    seed: int = 1234,
) -> float:
    """Train the parser in ``before`` for ``steps`` batches, drawn from the CoNLL-U files of ``mix`` by their shares.

    Writes ``target`` whenever the mean of the weights scores better on ``dev`` than it did. Returns the best LAS (0 to 1).
    """
    from stanza.models.common import utils
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.depparse.data import DataLoader, InfiniteBatch
    from stanza.models.depparse.trainer import Trainer
    from stanza.utils.conll import CoNLL

    utils.set_random_seed(seed)
    pretrain = Pretrain(str(vectors))
    trainer = Trainer.load(str(before), pretrain=pretrain, args={"lr": rate}, device="cpu", reset_history=True)

    def loader(file: Path, *, evaluation: bool) -> Any:
        document = CoNLL.conll2doc(str(file))
        size, arguments = trainer.args["batch_size"], trainer.args
        return DataLoader(
            document, size, arguments, pretrain, vocab=trainer.vocab, evaluation=evaluation, sort_during_eval=evaluation
        )

    batches = InfiniteBatch(*(loader(file, evaluation=False) for file, _ in mix), weights=[share for _, share in mix])
    held_out = loader(dev, evaluation=True)
    mean = {name: weight.detach().clone() for name, weight in trainer.model.state_dict().items()}
    print(f"before: LAS {_score(trainer, held_out, dev):.4f}", flush=True)
    best = 0.0
    for step in range(1, steps + 1):
        _set_rate(trainer, rate * (1 - 0.9 * step / steps))
        trainer.update(batches.next_batch(), eval=False)
        blend(mean, trainer.model.state_dict(), 1 / min(step, MEAN_OVER))
        if step % every == 0 or step == steps:
            own = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
            alone = _score(trainer, held_out, dev)
            trainer.model.load_state_dict(mean)
            score = _score(trainer, held_out, dev)
            print(f"step {step}: LAS {alone:.4f}, of the mean {score:.4f}", flush=True)
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


def _set_rate(trainer: Any, rate: float) -> None:
    for optimizer in trainer.optimizer.values():
        for group in optimizer.param_groups:
            group["lr"] = rate


def _score(trainer: Any, batches: Any, gold: Path) -> float:
    """LAS on ``gold``, tokens and tags given."""
    from stanza.models.common.doc import DEPREL, HEAD
    from stanza.models.depparse import scorer
    from stanza.models.parser import predict_dataset

    predicted = predict_dataset(trainer, batches)
    batches.doc.set([HEAD, DEPREL], [word for sentence in predicted for word in sentence])
    return float(scorer.score(io.StringIO(f"{batches.doc:C}\n\n"), str(gold))[2])
