"""Which words keep company with which: small word vectors learnt from news, as a soft hint beside exact words.

Near vectors mean the same subject, not the same statement (`tăng` and `giảm` are neighbours), so they never decide alone.
"""

import io
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from nlp.profile import Profile, Term
from nlp.resources import load_bytes

Matrix = np.ndarray[Any, Any]
_NAME = "vectors/vectors.npz"


@cache
def _table() -> tuple[dict[str, int], np.ndarray]:
    with np.load(io.BytesIO(load_bytes(_NAME)), allow_pickle=False) as stored:
        words = {str(word): at for at, word in enumerate(stored["words"])}
        vectors = stored["vectors"].astype(np.float32)
    return words, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def word_vector(form: str) -> Matrix | None:
    """The unit vector of a word or syllable; None where it has none."""
    words, vectors = _table()
    return vectors[words[form]] if form in words else None


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


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a passage's words come to a claim's, word by word, by weight; each 0..1.

    `verbs`: of the verbs alone (1 where there are none); `held`, `lost`: the share of words that have a near
    one, and of those that have not even a distant one.
    """

    verbs: float
    held: float
    lost: float


_NEAR, _FAR = 0.6, 0.42  # cosines: above, mostly the same word or a synonym; below, mostly another subject


def nearness(claim: Profile, passage: Profile) -> Nearness | None:
    """None for unmarked text and for passages without a known word: of these nothing is known."""
    if not (claim.marked and passage.marked):
        return None
    mine, other = _words(claim), _words(passage)
    if not len(mine.matrix) or not len(other.matrix):
        return None
    best = (mine.matrix @ other.matrix.T).max(axis=1)
    verbs = _mean(best[mine.verbs], mine.weights[mine.verbs]) if mine.verbs.any() else 1.0
    return Nearness(verbs, _mean(best > _NEAR, mine.weights), _mean(best < _FAR, mine.weights))


def _mean(values: Matrix, weights: Matrix) -> float:
    return float((values * weights).sum() / max(weights.sum(), 1e-9))
