"""Which rows the shipped models were learnt from, as hashes of their texts or, for messages, of their ids alone: so that a score on them can be told from a score on new ones."""

import hashlib
import io
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

from nlp.resources import load_bytes

_SUFFIX = "seen.npz"


def hash_of(text: str) -> int:
    """64 bits of the SHA-256 of a text without blanks at its ends: enough to know it again, too few to read."""
    return int.from_bytes(hashlib.sha256(text.strip().encode("utf-8", "replace")).digest()[:8], "big")


def pack(texts: Iterable[str]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, hashes=np.unique(np.array([hash_of(text) for text in texts], np.uint64)))
    return out.getvalue()


@cache
def _hashes(model: str) -> Any:
    with np.load(io.BytesIO(load_bytes(f"{model}/{_SUFFIX}")), allow_pickle=False) as stored:
        return stored["hashes"]


def count_seen(model: str, texts: Iterable[str]) -> int:
    """How many of these texts the model `models/<model>` was learnt from."""
    hashes = np.array([hash_of(text) for text in texts], np.uint64)
    return int(np.isin(hashes, _hashes(model)).sum())
