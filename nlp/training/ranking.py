"""The weights of `nlp.ranking`: logistic regression on differences (the right check's features less another's), after Joachims (2002)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.ranking import FEATURES, Shelf

_C = 0.1
_OTHERS = 40
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One query's candidates with their features, and which of them are right. `right`: how many checks are right in all."""

    ids: tuple[str, ...]
    features: tuple[tuple[float, ...], ...]
    gold: frozenset[str]

    @property
    def is_found(self) -> bool:
        return any(one in self.gold for one in self.ids)


def ask(shelf: Shelf, text: str, gold: frozenset[str]) -> Asked:
    found = shelf.candidates(text)
    return Asked(tuple(one for one, _ in found), tuple(tuple(features) for _, features in found), gold)


def learn_ranking(asked: Sequence[Asked]) -> dict[str, object]:
    """The artefact `ranking/weights.json`."""
    from sklearn.linear_model import LogisticRegression

    kept = [one for one in asked if one.is_found]
    scale = np.maximum(np.vstack([np.array(one.features) for one in kept]).std(axis=0), 1e-6)
    differences = np.vstack([_differences(one) / scale for one in kept])
    both = np.vstack([differences, -differences])
    targets = np.repeat([1, 0], len(differences))
    model = LogisticRegression(C=_C, max_iter=1000, fit_intercept=False).fit(both, targets)
    return {"weights": {name: round(float(weight), 5) for name, weight in zip(FEATURES, model.coef_[0] / scale, strict=True)}}


def _differences(one: Asked) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    rows = np.array(one.features)
    right = [at for at, name in enumerate(one.ids) if name in one.gold]
    others = [at for at, name in enumerate(one.ids) if name not in one.gold][:_OTHERS]
    return np.vstack([rows[at] - rows[others] for at in right])


def cross_validated(asked: Sequence[Asked]) -> list[tuple[Asked, list[str]]]:
    """Each query with the order that weights learnt from the other folds give; queries with a check in common share a fold."""
    folds = _folds(asked)
    found: list[tuple[Asked, list[str]]] = []
    for fold in range(_FOLDS):
        weights = learn_ranking([one for one, place in zip(asked, folds, strict=True) if place != fold])["weights"]
        assert isinstance(weights, dict)
        line = np.array([weights[name] for name in FEATURES])
        for one in (one for one, place in zip(asked, folds, strict=True) if place == fold):
            values = np.array(one.features) @ line if one.ids else np.zeros(0)
            found.append((one, [one.ids[at] for at in np.argsort(-values, kind="stable")]))
    return found


def _folds(asked: Sequence[Asked]) -> list[int]:
    checks = sorted({min(one.gold) for one in asked if one.gold})
    random.Random(0).shuffle(checks)
    place = {check: at % _FOLDS for at, check in enumerate(checks)}
    return [place[min(one.gold)] if one.gold else 0 for one in asked]
