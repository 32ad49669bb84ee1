"""The weights of `nlp.match`: a logistic regression whose signs are fixed beforehand, over bags of comparisons.

More agreement may only raise, more conflict may only lower the probability: otherwise the pairs, in which near misses share
nearly all words on purpose, teach that agreement is suspicious (tried: recall on the worlds fell from 0.60 to 0.40).
A bag counts by its best comparison: at first the one with most agreement, then, again and again, the one the weights find best.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.compare import Comparison
from nlp.match import FEATURES, vector
from nlp.training.examples import Bag

LINK, SUGGEST = 0.5, 0.2
_LOWERS = frozenset(
    [
        "numbers_conflict",
        "numbers_missing",
        "dates_conflict",
        "dates_missing",
        "names_conflict",
        "names_missing",
        "extra_numbers",
        "extra_names",
        "near_lost",
        "missing_in_order",
        "extra_in_order",
    ]
)
_FREE = frozenset({"bare", "facts", "claim_size"})
_L2 = 0.0005
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Example:
    features: list[float]
    same: bool
    weight: float
    event: str


def learn_match(bags: Sequence[Bag]) -> dict[str, object]:
    """The artefact `match/weights.json`."""
    kept = [bag for bag in bags if bag.comparisons]
    best = [max(bag.comparisons, key=_agreement) for bag in kept]
    weights, bias = fit([Example(vector(one), bag.same, bag.weight, bag.event) for one, bag in zip(best, kept, strict=True)])
    vectors = [[vector(one) for one in bag.comparisons] for bag in kept]
    for _ in range(_ROUNDS - 1):
        chosen = [max(rows, key=_scorer(weights)) for rows in vectors]
        weights, bias = fit([Example(row, bag.same, bag.weight, bag.event) for row, bag in zip(chosen, kept, strict=True)])
    return {"bias": bias, "weights": dict(zip(FEATURES, weights, strict=True)), "link": LINK, "suggest": SUGGEST}


def _scorer(weights: Sequence[float]) -> Callable[[Sequence[float]], float]:
    return lambda row: sum(weight * value for weight, value in zip(weights, row, strict=True))


def fit(examples: list[Example]) -> tuple[list[float], float]:
    """Weighted logistic loss with L2 on features of unit deviation, by L-BFGS-B with one-sided bounds."""
    from scipy.optimize import minimize

    raw = np.array([example.features for example in examples])
    scale = np.maximum(raw.std(axis=0), 1e-3)
    x = raw / scale
    y = np.array([float(example.same) for example in examples])
    w = np.array([example.weight for example in examples])

    def loss(theta: Any) -> tuple[float, Any]:
        p = 1 / (1 + np.exp(-np.clip(x @ theta[:-1] + theta[-1], -30, 30)))
        value = -(w * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum() / w.sum() + _L2 * (theta[:-1] ** 2).sum() / 2
        error = w * (p - y) / w.sum()
        return float(value), np.append(x.T @ error + _L2 * theta[:-1], error.sum())

    bounds = [_bounds(name) for name in FEATURES] + [(None, None)]
    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2000})
    return [float(value) for value in found.x[:-1] / scale], float(found.x[-1])


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in _FREE:
        return None, None
    return (None, 0.0) if name in _LOWERS else (0.0, None)


def _agreement(c: Comparison) -> float:
    agreement = c.claim_covered + 0.6 * c.action_covered + 0.5 * c.verbs_covered + 0.2 * c.text_covered
    return agreement - (c.numbers.conflict > 0) - 0.5 * c.dates.conflict - 0.2 * c.numbers.missing
