"""Optional dense retrieval: sentence embeddings beside the words, for those who install `kiemtin[semantic]` and name a model directory.

Off by default, and nothing is ever downloaded: the model is a directory on this machine. It only brings candidates; what is linked is
decided by `nlp.decision` all the same, so that a near vector alone never links anything.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kiemtin.errors import ConfigError


class Encoder(Protocol):
    """Texts to vectors of unit length, (n, d)."""

    def encode(self, texts: Sequence[str]) -> Any: ...


class SentenceEncoder:
    """A sentence-transformers model from a local directory."""

    def __init__(self, directory: Path) -> None:
        """Raises ConfigError where the extra is not installed, or the directory holds no such model."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ConfigError("semantic_model: cần cài thêm kiemtin[semantic]") from error
        if not directory.is_dir():
            raise ConfigError(f"semantic_model: {directory} không phải thư mục")
        try:
            self._model = SentenceTransformer(str(directory), local_files_only=True, trust_remote_code=False, device="cpu")
        except Exception as error:  # whatever a directory that is no model makes the library raise
            raise ConfigError(f"semantic_model: {directory}: {type(error).__name__}") from error

    def encode(self, texts: Sequence[str]) -> Any:
        return np.asarray(self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


class DenseShelf:
    """Texts by id with their vectors, searched by brute force: 100,000 of 384 dimensions take 150 MB and about 15 ms a query."""

    def __init__(self, encoder: Encoder, texts: Sequence[tuple[str, str]]) -> None:
        self._encoder = encoder
        self._ids = [text_id for text_id, _ in texts]
        self._vectors = encoder.encode([text for _, text in texts]) if texts else np.zeros((0, 1), np.float32)

    def find(self, text: str, limit: int) -> list[tuple[str, float]]:
        """The ids whose vectors are nearest, with their cosines, best first; equal ones by id."""
        if not self._ids:
            return []
        cosines = self._vectors @ self._encoder.encode([text])[0]
        best = sorted(range(len(self._ids)), key=lambda at: (-float(cosines[at]), self._ids[at]))[:limit]
        return [(self._ids[at], float(cosines[at])) for at in best]
