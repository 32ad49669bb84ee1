"""What a story is about, for coverage: a linear classifier over syllables and their neighbours. A neutral shelf mark, never a judgement.

text | lower case, one tone placement | hashed syllables and pairs | sublinear tf-idf | one linear score a topic

Two heads share the code: `vntc`, the ten sections of the VNTC corpus, to be measured on it; and `iptc`, IPTC Media Topics (top level).
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from nlp.resources import load_bytes
from nlp.text import nfc, unify_tone

VNTC, IPTC = "topics/vntc.npz", "topics/iptc.npz"
BUCKETS = 2**19
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class TopicModel:
    """`weights` (buckets, topics), `idf` (buckets,): float32; a bucket without weight says nothing."""

    topics: tuple[str, ...]
    idf: Any
    weights: Any
    bias: Any

    def scores(self, texts: Sequence[str]) -> Any:
        """One score a topic for each text: (n, topics); the highest is the topic."""
        return weigh(count(texts), self.idf) @ self.weights + self.bias

    def label(self, texts: Iterable[str]) -> list[str]:
        found: list[str] = []
        batch: list[str] = []
        for text in texts:
            batch.append(text)
            if len(batch) == _BATCH:
                found += self._best(batch)
                batch.clear()
        return found + (self._best(batch) if batch else [])

    def _best(self, texts: Sequence[str]) -> list[str]:
        return [self.topics[at] for at in np.asarray(self.scores(texts)).argmax(axis=1)]


def count(texts: Iterable[str]) -> Any:
    """How often each bucket of syllables and neighbouring pairs stands in each text: a sparse (n, buckets) matrix."""
    from sklearn.feature_extraction.text import HashingVectorizer

    counter = HashingVectorizer(
        token_pattern=r"(?u)[^\W_]+", ngram_range=(1, 2), n_features=BUCKETS, alternate_sign=False, norm=None, lowercase=False, dtype=np.float32
    )
    return counter.transform(unify_tone(nfc(text).lower()) for text in texts)


def weigh(counts: Any, idf: Any) -> Any:
    """Sublinear tf-idf rows of unit length: (1 + ln count) * idf."""
    from scipy.sparse import diags
    from sklearn.preprocessing import normalize

    rows = counts.copy()
    rows.data = 1 + np.log(rows.data)
    return normalize(rows @ diags(idf))


@cache
def topic_model(name: str) -> TopicModel:
    """A shipped head."""
    return read_model(load_bytes(name))


def read_model(body: bytes) -> TopicModel:
    """An artefact: weights are stored as signed bytes with one scale a topic."""
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        places, packed, scale = stored["buckets"], stored["weights"], stored["scale"]
        weights = np.zeros((BUCKETS, packed.shape[1]), np.float32)
        weights[places] = packed.astype(np.float32) * scale
        idf = np.zeros(BUCKETS, np.float32)
        idf[places] = stored["idf"].astype(np.float32)
        return TopicModel(tuple(str(topic) for topic in stored["topics"]), idf, weights, stored["bias"].astype(np.float32))
