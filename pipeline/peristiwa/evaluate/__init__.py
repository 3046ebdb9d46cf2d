"""Scores against gold: events and their parts, and public formats (UD trees, BIO entities, TimeML times)."""

from peristiwa.evaluate.compare import Comparison, compare_runs
from peristiwa.evaluate.events import check_common, evaluate_confidence, evaluate_events, read_gold, read_run
from peristiwa.evaluate.gate import check_floors, gold_hash, pin_floors, read_floors
from peristiwa.evaluate.ner import evaluate_ner, read_bio
from peristiwa.evaluate.reliability import Reliability, curve_table, reliability_table
from peristiwa.evaluate.scores import Counts, Score, Scores, score_table
from peristiwa.evaluate.times import evaluate_times, read_tml
from peristiwa.evaluate.ud import evaluate_ud

__all__ = [
    "Comparison",
    "Counts",
    "Reliability",
    "Score",
    "Scores",
    "check_common",
    "check_floors",
    "compare_runs",
    "curve_table",
    "evaluate_confidence",
    "evaluate_events",
    "evaluate_ner",
    "evaluate_times",
    "evaluate_ud",
    "gold_hash",
    "pin_floors",
    "read_bio",
    "read_floors",
    "read_gold",
    "read_run",
    "read_tml",
    "reliability_table",
    "score_table",
]
