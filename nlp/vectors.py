"""Which words keep company with which: small word vectors learnt from news, as a soft hint beside exact words.

Near vectors mean the same subject, not the same statement (`tăng` and `giảm` are neighbours), so they never decide alone.
"""

import hashlib
import io
import json
from functools import cache, lru_cache

import numpy as np

from kiemtin.errors import ConfigError
from nlp.profile import Profile, Term
from nlp.resources import models_dir

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


@lru_cache(maxsize=4096)
def _matrix(terms: tuple[Term, ...]) -> tuple[np.ndarray, np.ndarray]:
    found = [(term.weight, vector) for term in terms if (vector := _vector(term)) is not None]
    if not found:
        return np.zeros((0, 1), np.float32), np.zeros(0, np.float32)
    matrix = np.stack([vector for _, vector in found])
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9), np.array([weight for weight, _ in found], np.float32)


def nearness(claim: Profile, passage: Profile, verbs_only: bool = False) -> float:
    """How near the passage's words come to the claim's (or only to its verbs), word by word, by weight; 0..1.

    0 for unmarked text, of which nothing is known; 1 for a claim without verbs where only these are asked for.
    """
    if not (claim.marked and passage.marked):
        return 0.0
    terms = tuple(term for term in claim.terms if term.verb) if verbs_only else claim.terms
    if verbs_only and not terms:
        return 1.0
    (mine, weights), (other, _) = _matrix(terms), _matrix(passage.terms)
    if not len(mine) or not len(other):
        return 0.0
    best = (mine @ other.T).max(axis=1)
    return float((best * weights).sum() / max(weights.sum(), 1e-9))
