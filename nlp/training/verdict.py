"""The models of `nlp.verdict`: learnt from ViFactCheck rows, measured with the rows of one context kept together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.kernel import softmax
from nlp.profile import profile
from nlp.sentences import Reading
from nlp.training.corpus import VERDICTS, rows
from nlp.training.kernels import Rows, Shape, best_heat, fit, macro_f1, out_of_fold, pack, rows_of, threshold_for
from nlp.verdict import ALERT, REFUTED, document_features, features

SHAPE = Shape(alpha=0.3, gamma=0.012, linear=0.001, classes=3)
_SEEDS = 3
_PRECISION, _LEAST_SURE = 0.9, 20  # of refutations at the alert threshold, and how many of them it must rest on


def judged_rows(corpus: Path, whole: bool) -> Rows:
    """ViFactCheck rows: with their gold evidence, or with the whole context."""
    given = list(rows(corpus, VERDICTS))
    find: Callable[[Mapping[str, Any]], dict[str, float]] = _of_document if whole else _of_evidence
    return rows_of([find(row) for row in given], [int(row["label"]) for row in given], [row["context"] for row in given])


def _of_evidence(row: Mapping[str, Any]) -> dict[str, float]:
    return features(profile(row["statement"], True), profile(row["evidence"], True))


def _of_document(row: Mapping[str, Any]) -> dict[str, float]:
    return document_features(profile(row["statement"], True), Reading("", row["context"]))


@dataclass(frozen=True, slots=True)
class VerdictReport:
    """Out-of-fold macro F1 (mean over seeds), and, of the first seed, precision and recall of refutations at the alert threshold."""

    macro_f1: float
    by_seed: tuple[float, ...]
    refutes_precision: float
    refutes_recall: float


def learn_verdict(judged: Rows) -> tuple[bytes, VerdictReport]:
    """The artefact and its report."""
    folded = [out_of_fold(judged, SHAPE, seed) for seed in range(_SEEDS)]
    scores = tuple(round(macro_f1(judged.labels, values.argmax(axis=1)), 4) for values in folded)
    heat = best_heat(np.vstack(folded), np.tile(judged.labels, _SEEDS))
    refuted = softmax(folded[0] * heat)[:, REFUTED]
    alert = threshold_for(refuted, judged.labels == REFUTED, _PRECISION, _LEAST_SURE)
    sure = refuted >= alert
    precision = float((judged.labels[sure] == REFUTED).mean()) if sure.any() else 1.0
    report = VerdictReport(float(np.mean(scores)), scores, precision, float(sure[judged.labels == REFUTED].mean()))
    return pack(fit(judged, SHAPE, heat, {ALERT: alert})), report
