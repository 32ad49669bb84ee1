"""Kernel ridge regression as it ships: numbers learnt from labelled rows, read without pickle, explained by the features it looks at.

features by name | squash counts | standardise | Laplacian kernel to the learnt rows, and a linear part | softmax

The training is scikit-learn's `KernelRidge`; what is kept are its coefficients (see `nlp.training.kernels`).
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
    """`vectors` (n, d) are the standardised features of the learnt rows, `weights` (n, k) their coefficients for k classes.

    The kernel of two rows is exp(-gamma * the sum of absolute differences) + linear * their product. `heat` multiplies the values
    before the softmax. `thresholds`: probabilities from which something is done, by name (see the model's card).
    """

    names: tuple[str, ...]
    mean: Any
    scale: Any
    vectors: Any
    weights: Any
    gamma: float
    linear: float
    heat: float
    thresholds: Mapping[str, float]

    def values(self, rows: Any) -> Any:
        """Raw features (n, d) to one value a class (n, k)."""
        x = ((squash(rows) - self.mean) / self.scale).astype(np.float32)
        distances = np.stack([np.abs(row - self.vectors).sum(axis=1) for row in x]) if len(x) else np.zeros((0, len(self.vectors)))
        return (np.exp(-self.gamma * distances) + self.linear * (x @ self.vectors.T)) @ self.weights

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
        mean, scale, vectors, weights = (stored[part].astype(np.float32) for part in ("mean", "scale", "vectors", "weights"))
        gamma, linear, heat = (float(stored[part]) for part in ("gamma", "linear", "heat"))
        thresholds = {str(key): float(value) for key, value in zip(stored["threshold_names"], stored["threshold_values"], strict=True)}
        return KernelModel(tuple(map(str, stored["names"])), mean, scale, vectors, weights, gamma, linear, heat, thresholds)
