"""Statements against evidence and against whole texts: ViFactCheck rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kiemtin.errors import InputError
from kiemtin.evaluation.files import read_rows
from kiemtin.evaluation.scores import Outcome, Report, Score, interval, macro_f1
from nlp.seen import count_seen
from nlp.verdict import REFUTED, judge_document, judge_evidence

_LABELS = {"0": 0, "1": 1, "2": 2, "supported": 0, "refuted": 1, "nei": 2, "not enough information": 2}


def evaluate_verdict(files: Sequence[Path]) -> Outcome:
    """0 supported, 1 refuted, 2 not enough information; from the gold evidence, and from the whole context."""
    rows = [row for path in files for row in read_rows(path, "statement", "evidence", "context", "label")]
    if not rows:
        raise InputError("không có dòng nào để đo")
    gold = np.array([_label(row) for row in rows])
    verdicts = {
        "gold": [judge_evidence(str(row["statement"]), str(row["evidence"])) for row in rows],
        "context": [judge_document(str(row["statement"]), str(row["context"])) for row in rows],
    }
    groups = [str(row["context"]) for row in rows]
    metrics: dict[str, float] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for name, given in verdicts.items():
        found = np.array([verdict.label for verdict in given])
        sure = np.array([verdict.sure for verdict in given])
        for key, score, columns in _scores(name, gold, found, sure):
            metrics[key] = round(score(*columns), 4)
            intervals[key] = interval(score, *columns, groups=groups)
    seen = count_seen("verdict", (str(row["statement"]) for row in rows))
    notes = (f"{seen} of {len(rows)} rows were trained on; cross-validated figures come from `kiemtin train`",) if seen else ()
    predictions = [{"gold": mine.label, "context": other.label} for mine, other in zip(verdicts["gold"], verdicts["context"], strict=True)]
    return Outcome(Report("verdict", len(gold), metrics, intervals, notes), predictions)


def _label(row: dict[str, Any]) -> int:
    label = _LABELS.get(str(row["label"]).strip().lower())
    if label is None:
        raise InputError(f"nhãn không biết: {str(row['label'])[:40]!a} (cần 0, 1 hoặc 2)")
    return label


def _scores(name: str, gold: Any, found: Any, sure: Any) -> list[tuple[str, Score, tuple[Any, ...]]]:
    labels = sorted(set(gold.tolist()))
    return [
        (f"macro_f1_{name}", macro_f1(labels), (gold, found)),
        (f"refutes_precision_{name}", _precision, (gold, sure)),
        (f"refutes_recall_{name}", _recall, (gold, sure)),
    ]


def _precision(gold: Any, sure: Any) -> float:
    """Of those surely refuted, the share that is; 1 where none is."""
    return float(np.mean(gold[sure] == REFUTED)) if sure.any() else 1.0


def _recall(gold: Any, sure: Any) -> float:
    return float(np.mean(sure[gold == REFUTED])) if (gold == REFUTED).any() else 0.0
