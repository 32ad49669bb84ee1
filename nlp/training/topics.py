"""The heads of `nlp.topics`: linear support vector machines, their weights rounded to signed bytes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.topics import count, weigh
from nlp.training.corpus import ARTICLES, rows

_MIN_DOCUMENTS = 3
_C = 0.7
_BYTE = 127


@dataclass(frozen=True, slots=True)
class Labelled:
    """`weight`: how much the row counts beside others (labels by hand count more than labels that follow from a section)."""

    text: str
    topic: str
    weight: float = 1.0


def vntc_rows(corpus: Path) -> list[Labelled]:
    return [Labelled(row["text"], row["topic"]) for row in rows(corpus, ARTICLES)]


def learn_topics(labelled: Sequence[Labelled], min_documents: int = _MIN_DOCUMENTS, c: float = _C) -> bytes:
    """An artefact for `nlp.topics.topic_model`."""
    from sklearn.svm import LinearSVC

    counts = count(row.text for row in labelled)
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.where(documents >= min_documents, np.log((1 + len(labelled)) / (1 + documents)) + 1, 0.0)
    places = np.flatnonzero(idf)
    model = LinearSVC(C=c, random_state=0)
    model.fit(weigh(counts, idf)[:, places], [row.topic for row in labelled], sample_weight=[row.weight for row in labelled])
    return _pack(model, places, idf[places])


def _pack(model: Any, places: Any, idf: Any) -> bytes:
    weights = model.coef_.T
    scale = np.abs(weights).max(axis=0) / _BYTE
    packed = np.round(weights / scale).astype(np.int8)
    kept = packed.any(axis=1)
    out = io.BytesIO()
    np.savez_compressed(
        out,
        topics=np.array(model.classes_, dtype="U"),
        buckets=places[kept].astype(np.int32),
        weights=packed[kept],
        scale=scale.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        idf=idf[kept].astype(np.float16),
    )
    return out.getvalue()
