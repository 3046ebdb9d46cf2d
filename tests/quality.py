"""The gold sets of the repository and the layers that are gated on them; run it to pin new floors.

python tests/quality.py           raise tests/floors.json to what the pipeline reaches now
python tests/quality.py --lower   lower it where it must be; say why in the commit
"""

from __future__ import annotations

import sys
from pathlib import Path

from peristiwa import load
from peristiwa.brat import read_brat_folder
from peristiwa.evaluate import Scores, evaluate_events, gold_hash, pin_floors
from peristiwa.extract import Extractor
from peristiwa.types import Record

ROOT = Path(__file__).parents[1]
FLOORS = ROOT / "tests" / "floors.json"
GOLD = ("corpus/id/dev", "corpus/id/test")
LAYERS = (
    "entity strict",
    "time value",
    "trigger found",
    "event typed",
    "argument",
    "record",
    "event dated",
    "modality",
)
MARGIN = 0.01
"""Below what was measured: another processor rounds differently, and a tie may fall to the other side."""


def measure(name: str, extractor: Extractor) -> tuple[Scores, str]:
    """The scores of the shipped pipeline on one gold set, and the gold's hash."""
    gold = read_brat_folder(ROOT / name)
    found = [r for r in extractor.extract_many(record.document for record in gold) if isinstance(r, Record)]
    return evaluate_events(gold, found, name), gold_hash(gold)


if __name__ == "__main__":
    shipped = load()
    for gold_set in GOLD:
        scores, sha256 = measure(gold_set, shipped)
        print(gold_set, pin_floors(FLOORS, gold_set, scores, sha256, LAYERS, margin=MARGIN, lower="--lower" in sys.argv))
