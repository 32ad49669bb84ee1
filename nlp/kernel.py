"""Kernel ridge regression as it ships: numbers learnt from labelled rows, read without pickle, explained by the features it looks at.

features by name | squash counts | standardise | Laplacian kernel to some of the learnt rows, and a linear part | softmax

The training is scikit-learn's (`Nystroem`, `Ridge`); what is kept are the coefficients (see `nlp.training.kernels`).
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from nlp.resources import load_bytes


@dataclass(frozen=True, slots=True)
class KernelModel:
    """`vectors` (m, d) are the standardised features of some learnt rows, `weights` (m, k) their coefficients for k classes; `linear`
    (d, k) are those of the features themselves.

    The kernel of two rows is exp(-gamma * the sum of absolute differences). `heat` multiplies the values before the softmax. `thresholds`: probabilities from which something is done, by name (see the model's card).
    """

    names: tuple[str, ...]
    mean: Any
    scale: Any
    vectors: Any
    weights: Any
    linear: Any
    gamma: float
    heat: float
    thresholds: Mapping[str, float]

    def values(self, rows: Any) -> Any:
        """Raw features (n, d) to one value a class (n, k)."""
        from scipy.spatial.distance import cdist

        x = (squash(rows) - self.mean) / self.scale
        return np.exp(-self.gamma * cdist(x, self.vectors, "cityblock")) @ self.weights + x @ self.linear

    def probabilities(self, found: Sequence[Mapping[str, float]]) -> Any:
        """Features by name to class probabilities (n, k)."""
        return softmax(self.values(np.array([[row[name] for name in self.names] for row in found], float).reshape(-1, len(self.names))) * self.heat)


def softmax(values: Any) -> Any:
    """Each row of values as shares of one."""
    shares = np.exp(values - values.max(axis=1, keepdims=True)) if len(values) else values
    return shares / shares.sum(axis=1, keepdims=True) if len(values) else values


def squash(rows: Any) -> Any:
    """Counts grow in meaning by their logarithm: the second lost word says less than the first."""
    return np.sign(rows) * np.log1p(np.abs(rows))


@cache
def kernel_model(name: str) -> KernelModel:
    """The shipped model `models/<name>`."""
    with np.load(io.BytesIO(load_bytes(name)), allow_pickle=False) as stored:
        mean, scale, vectors, weights, linear = (stored[part].astype(np.float64) for part in ("mean", "scale", "vectors", "weights", "linear"))
        thresholds = {str(key): float(value) for key, value in zip(stored["threshold_names"], stored["threshold_values"], strict=True)}
        return KernelModel(
            tuple(map(str, stored["names"])), mean, scale, vectors, weights, linear, float(stored["gamma"]), float(stored["heat"]), thresholds
        )
