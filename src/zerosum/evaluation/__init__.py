"""Generators measured: samples beside real ones, as numbers, verdicts and files."""

from zerosum.evaluation.evaluation import METRICS, SAMPLES, Evaluation, evaluate
from zerosum.evaluation.files import as_json, write
from zerosum.evaluation.measure import Measure, Verdict

__all__ = ["METRICS", "SAMPLES", "Evaluation", "Measure", "Verdict", "as_json", "evaluate", "write"]
