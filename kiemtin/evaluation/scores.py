"""Scores with their 95 % intervals, as `kiemtin eval --json` prints them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_RESAMPLES, _SEED, _LEVEL = 1_000, 7, 0.95
Score = Callable[..., float]


@dataclass(frozen=True, slots=True)
class Report:
    """`intervals` are bootstrap percentiles over the rows (or over the groups, where rows hang together). `notes`: what to bear in mind."""

    task: str
    n: int
    metrics: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        found = {
            "task": self.task,
            "n": self.n,
            "metrics": dict(self.metrics),
            "intervals": {name: list(pair) for name, pair in self.intervals.items()},
        }
        return found | ({"notes": list(self.notes)} if self.notes else {})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A report and one prediction a row, in the order of the input."""

    report: Report
    predictions: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def interval(score: Score, *columns: Any, groups: Sequence[str] | None = None) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a score over paired columns: 1,000 resamples, seeded; whole groups where given."""
    arrays = [np.asarray(column) for column in columns]
    rng = np.random.default_rng(_SEED)
    draw = _rows(len(arrays[0])) if groups is None else _groups(groups)
    values = [score(*(array[chosen] for array in arrays)) for chosen in (draw(rng) for _ in range(_RESAMPLES))]
    low, high = np.quantile(values, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return round(float(low), 4), round(float(high), 4)


def _rows(size: int) -> Callable[[np.random.Generator], Any]:
    return lambda rng: rng.integers(0, size, size)


def _groups(groups: Sequence[str]) -> Callable[[np.random.Generator], Any]:
    numbers: dict[str, int] = {}
    place = np.array([numbers.setdefault(group, len(numbers)) for group in groups])  # whole texts as array items would fill the memory
    members = [np.flatnonzero(place == at) for at in range(len(numbers))]
    return lambda rng: np.concatenate([members[at] for at in rng.integers(0, len(members), len(members))])


def accuracy(gold: Any, found: Any) -> float:
    """The share of rows that are right."""
    return float(np.mean(gold == found))


def macro_f1(labels: Sequence[Any]) -> Score:
    """The mean F1 over these labels."""
    from sklearn.metrics import f1_score

    return lambda gold, found: float(f1_score(gold, found, labels=labels, average="macro", zero_division=0))
