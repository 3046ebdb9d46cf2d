"""Trees end to end: a treebank's raw text through the annotator, with the metrics of the CoNLL 2018 shared task.

The official evaluation (``udtools.udeval``, pure Python, which Stanza itself requires and uses) does the counting.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.errors import GoldError, UsageError
from peristiwa.evaluate.compare import summarise
from peristiwa.evaluate.scores import Counts, Scores
from peristiwa.records import read_utf8

if TYPE_CHECKING:
    from udtools.udeval import Score as UdScore

METRICS = ("Tokens", "Sentences", "Words", "UPOS", "UFeats", "Lemmas", "UAS", "LAS", "CLAS", "MLAS", "BLEX")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence's lines, and how many characters other than spaces its tokens have."""

    lines: str
    size: int


def evaluate_ud(path: Path | str, annotate: Callable[[str], str]) -> Scores:
    """Precision, recall and F1 of ``annotate`` (raw text → CoNLL-U) on the treebank at ``path``.

    Intervals by bootstrap over stretches of text at whose ends gold and output both end a sentence; counts add up over
    them. Raises GoldError when the treebank is malformed, UsageError when the output is, or has other text.
    """
    path = Path(path)
    gold = _read(path)
    _official(gold, path, GoldError)  # first, so that its faults are not blamed on the output
    if not any(line[:1].isdigit() for line in gold.split("\n")):
        raise GoldError(f"{path}: no trees here. Expected a treebank in CoNLL-U.")
    return score_ud(gold, annotate(raw_text(gold)), path)


def _read(path: Path) -> str:
    text = read_utf8(path).removeprefix("\ufeff").replace("\r\n", "\n")
    return unicodedata.normalize("NFC", text)  # as every text that enters the pipeline


def raw_text(conllu: str) -> str:
    """The raw text of a treebank, as the shared task gave it.

    Its tokens with the spaces that SpaceAfter tells of, one sentence after the other, an empty line before a new
    paragraph or document.
    """
    out: list[str] = []
    space = ""
    inside_until = 0
    for line in conllu.split("\n"):
        if line.startswith(("# newpar", "# newdoc")) and out:
            space = "\n\n"
        if not line or line.startswith("#"):
            inside_until = 0 if not line else inside_until
            continue
        columns = line.split("\t")
        number = columns[0]
        if "." in number:
            continue
        if "-" in number:
            inside_until = int(number.split("-")[1])
        elif int(number) <= inside_until:
            continue
        out += [space, columns[1]]
        space = "" if "SpaceAfter=No" in columns[9].split("|") else " "
    return "".join(out) + "\n"


def score_ud(gold: str, system: str, path: Path) -> Scores:
    """Scores of CoNLL-U ``system`` against ``gold``, a valid treebank; ``path`` names it in messages."""
    _official(system, path, UsageError)
    whole = _evaluate(gold, system, path)
    counts: dict[str, dict[str, dict[str, Counts]]] = {}
    stretches = list(_stretches(list(_sentences(gold)), list(_sentences(system))))
    width = len(str(len(stretches)))
    for number, (one, two) in enumerate(stretches, 1):
        scores = _evaluate(one, two, path)
        counts[f"{number:0{width}}"] = {name: {"": _counts(scores[name])} for name in METRICS}
    result = summarise(f"Trees of {path.name}", "stretches", counts)
    for name in METRICS:
        layer = result.layers[name]
        if (layer.correct, layer.gold, layer.predicted) != _counts(whole[name]):
            raise AssertionError(f"{name}: the stretches' counts do not add up to the official ones")
    return result


def _official(conllu: str, path: Path, error_type: type[GoldError] | type[UsageError]) -> None:
    from udtools.udeval import UDError, load_conllu

    try:
        load_conllu(io.StringIO(_ended(conllu)), str(path), {})
    except (UDError, ValueError, IndexError) as error:
        whose = "the treebank" if error_type is GoldError else "the annotator's output"
        raise error_type(f"{path}: {whose} is not valid CoNLL-U: {error}") from error


def _evaluate(gold: str, system: str, path: Path) -> dict[str, UdScore]:
    from udtools.udeval import UDError, evaluate, load_conllu

    try:
        one, two = (load_conllu(io.StringIO(_ended(text)), str(path), {}) for text in (gold, system))
        scores: dict[str, UdScore] = evaluate(one, two)
    except UDError as error:
        raise UsageError(f"{path}: the annotator's output has other text than the treebank: {error}") from error
    return scores


def _ended(conllu: str) -> str:
    return conllu.rstrip("\n") + "\n\n" if conllu.strip() else ""


def _counts(score: UdScore) -> Counts:
    return Counts(score.correct, score.gold_total, score.system_total)


def _sentences(conllu: str) -> Iterator[_Sentence]:
    for block in conllu.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith("#")]
        size = inside_until = 0
        for line in lines:
            number, form = line.split("\t")[:2]
            if "-" in number:
                inside_until = int(number.split("-")[1])
            elif "." in number or int(number) <= inside_until:
                continue
            size += sum(unicodedata.category(c) != "Zs" for c in form)  # as udeval does
        if lines:
            yield _Sentence("\n".join(lines) + "\n\n", size)


def _stretches(gold: list[_Sentence], system: list[_Sentence]) -> Iterator[tuple[str, str]]:
    """The shortest runs of sentences that begin and end together in gold and output."""
    i = j = 0
    while i < len(gold) and j < len(system):
        one, two = gold[i].lines, system[j].lines
        left, right = gold[i].size, system[j].size
        i, j = i + 1, j + 1
        while left != right:
            if left < right:
                left, one, i = left + gold[i].size, one + gold[i].lines, i + 1
            else:
                right, two, j = right + system[j].size, two + system[j].lines, j + 1
        yield one, two
