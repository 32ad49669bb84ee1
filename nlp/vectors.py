"""Which words keep company with which: small word vectors learnt from news, as a soft hint beside exact words.

Near vectors mean the same subject, not the same statement (`tăng` and `giảm` are neighbours), so they never decide alone.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from kiemtin.errors import ConfigError
from nlp.profile import Profile, Term
from nlp.resources import models_dir

Matrix = np.ndarray[Any, Any]
_NAME = "vectors/vectors.npz"


@cache
def _table() -> tuple[dict[str, int], np.ndarray]:
    try:
        body = (models_dir() / _NAME).read_bytes()
        manifest = json.loads((models_dir() / "manifest.json").read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"models/{_NAME}: {error.strerror}") from error
    if manifest.get(_NAME, {}).get("sha256") != hashlib.sha256(body).hexdigest():
        raise ConfigError(f"models/{_NAME}: does not match the manifest; it is not loaded")
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        words = {str(word): at for at, word in enumerate(stored["words"])}
        vectors = stored["vectors"].astype(np.float32)
    return words, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _vector(term: Term) -> np.ndarray | None:
    words, vectors = _table()
    for key in (term.form, term.concept):
        if key in words:
            return np.asarray(vectors[words[key]])
    known = [words[part] for part in term.form.split() if part in words]
    return np.asarray(vectors[known].mean(axis=0)) if known else None


@dataclass(frozen=True, slots=True)
class _Words:
    """A passage's words that have a vector: unit vectors (a row each), weights, and which of them are verbs."""

    matrix: Matrix
    weights: Matrix
    verbs: Matrix


# Kept as long as the passage itself, and no longer.
_words_of: WeakKeyDictionary[Profile, _Words] = WeakKeyDictionary()


def _words(passage: Profile) -> _Words:
    known = _words_of.get(passage)
    if known is None:
        known = _words_of[passage] = _look_up(passage.terms)
    return known


def _look_up(terms: tuple[Term, ...]) -> _Words:
    found = [(term, vector) for term in terms if (vector := _vector(term)) is not None]
    verbs = np.array([term.verb for term, _ in found], bool)
    weights = np.array([term.weight for term, _ in found], np.float32)
    if not found:
        return _Words(np.zeros((0, 1), np.float32), weights, verbs)
    matrix = np.stack([vector for _, vector in found])
    return _Words(matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9), weights, verbs)


def nearness(claim: Profile, passage: Profile) -> tuple[float, float]:
    """How near the passage's words come to the claim's, and to the claim's verbs alone, word by word, by weight; each 0..1.

    0 for unmarked text, of which nothing is known; the second is 1 for a claim without verbs.
    """
    if not (claim.marked and passage.marked):
        return 0.0, 0.0
    mine, other = _words(claim), _words(passage)
    without_verbs = 0.0 if any(term.verb for term in claim.terms) else 1.0
    if not len(mine.matrix) or not len(other.matrix):
        return 0.0, without_verbs
    best = (mine.matrix @ other.matrix.T).max(axis=1)
    return _mean(best, mine.weights), _mean(best[mine.verbs], mine.weights[mine.verbs]) if mine.verbs.any() else without_verbs


def _mean(values: Matrix, weights: Matrix) -> float:
    return float((values * weights).sum() / max(weights.sum(), 1e-9))
