"""Fitting and packing `nlp.kernel` models: ridge regression on one-of-k targets over a Laplacian kernel, folds that keep groups whole.

The kernel is Nyström's approximation (Williams and Seeger, 2001): exact where there are no more rows than landmarks.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.kernel import KernelModel, softmax, squash

FOLDS = 5
_HEATS = np.arange(1.0, 12.1, 0.25)


@dataclass(frozen=True, slots=True)
class Rows:
    """Features (n, d) by name, labels 0..k-1, and groups that never stand on both sides of a split; `weights`: how much each row counts."""

    names: tuple[str, ...]
    table: Any
    labels: Any
    groups: tuple[str, ...]
    weights: Any

    def only(self, places: Any) -> "Rows":
        return Rows(self.names, self.table[places], self.labels[places], tuple(self.groups[at] for at in places), self.weights[places])


def rows_of(found: Sequence[Mapping[str, float]], labels: Sequence[int], groups: Sequence[str], weights: Sequence[float] = ()) -> Rows:
    names = tuple(found[0])
    table = np.array([[row[name] for name in names] for row in found], float)
    return Rows(names, table, np.array(labels), tuple(groups), np.array(weights) if len(weights) else np.ones(len(labels)))


@dataclass(frozen=True, slots=True)
class Shape:
    """`alpha`: the ridge; `gamma`: the kernel's width; `linear`: the share of a linear kernel beside it; `landmarks`: rows kept at most."""

    alpha: float
    gamma: float
    linear: float
    classes: int
    landmarks: int = 2500


def fit(rows: Rows, shape: Shape, heat: float = 1.0, thresholds: Mapping[str, float] | None = None) -> KernelModel:
    """Every label weighs the same in all, whatever its share of the rows."""
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(squash(rows.table))
    x = scaler.transform(squash(rows.table))
    kernel = Nystroem(kernel="laplacian", gamma=shape.gamma, n_components=min(shape.landmarks, len(x)), random_state=0).fit(x)
    shares = np.bincount(rows.labels, weights=rows.weights, minlength=shape.classes) / rows.weights.sum()
    weights = rows.weights / (shape.classes * np.maximum(shares[rows.labels], 1e-9))
    root = shape.linear**0.5
    model = Ridge(alpha=shape.alpha, fit_intercept=False)
    model.fit(np.hstack([kernel.transform(x), root * x]), np.eye(shape.classes)[rows.labels] - 1 / shape.classes, weights)
    size = len(kernel.components_)
    return KernelModel(
        rows.names,
        scaler.mean_,
        scaler.scale_,
        kernel.components_,
        kernel.normalization_.T @ model.coef_[:, :size].T,
        root * model.coef_[:, size:].T,
        shape.gamma,
        heat,
        dict(thresholds or {}),
    )


def out_of_fold(rows: Rows, shape: Shape, seed: int = 0) -> Any:
    """The values (n, k) that each row gets from the other folds."""
    from sklearn.model_selection import StratifiedGroupKFold

    values = np.zeros((len(rows.labels), shape.classes))
    for known, unknown in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(rows.table, rows.labels, rows.groups):
        values[unknown] = fit(rows.only(known), shape).values(rows.table[unknown])
    return values


def best_heat(values: Any, labels: Any) -> float:
    """What values are multiplied by so that their softmax is likeliest on rows that were not learnt from."""
    losses = [-np.log(softmax(values * heat)[np.arange(len(labels)), labels] + 1e-9).mean() for heat in _HEATS]
    return float(_HEATS[int(np.argmin(losses))])


def threshold_for(scores: Any, is_right: Any, precision: float, least: int) -> float:
    """The lowest score from which at least `precision` of `least` and more rows are right; above 1 where there is none."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(is_right[order])
    last = np.append(scores[order][1:] < scores[order][:-1], True)  # of rows with one score: all pass or none
    good = [place for place in range(least - 1, len(order)) if last[place] and hits[place] / (place + 1) >= precision]
    return float(scores[order[max(good)]]) if good else 1.01


def macro_f1(gold: Any, found: Any) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(gold, found, average="macro"))


def pack(model: KernelModel) -> bytes:
    """The artefact as `nlp.kernel.kernel_model` loads it."""
    out = io.BytesIO()
    arrays: dict[str, Any] = {part: getattr(model, part).astype(np.float32) for part in ("mean", "scale", "weights", "linear")}
    np.savez_compressed(
        out,
        names=np.array(model.names, dtype="U"),
        vectors=model.vectors.astype(np.float16),
        gamma=model.gamma,
        heat=model.heat,
        threshold_names=np.array(list(model.thresholds), dtype="U"),
        threshold_values=np.array(list(model.thresholds.values()), dtype=float),
        **arrays,
    )
    return out.getvalue()
