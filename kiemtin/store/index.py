"""The search index: which ClaimReviews and stories share words with a passage. Derived from Records, rebuilt at any time.

The index knows keys, not language: what a text is filed under is decided in `nlp.retrieval`.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import tantivy

from kiemtin.errors import DataDirError

INDEX_NAME = "index"
_HEAP_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Filed:
    """One text under its keys; no keys at all: the text is to be taken out of the index. `sketch` comes back with a hit, unread."""

    id: str
    keys: tuple[str, ...]
    sketch: bytes = b""


@dataclass(frozen=True, slots=True)
class Hit:
    id: str
    score: float
    sketch: bytes = b""


class SearchIndex(Protocol):
    """What every index can do. `kind` is "review" or "story". Filing twice changes nothing."""

    def file(self, kind: str, texts: Iterable[Filed]) -> None: ...

    def find(self, kind: str, keys: Sequence[str], limit: int) -> list[Hit]:
        """The texts that share most with these keys, best first."""
        ...

    def count(self, kind: str) -> int: ...

    def is_empty(self) -> bool:
        """True where nothing was ever filed: the index has to be rebuilt from Records."""
        ...

    def clear(self) -> None: ...


class TantivyIndex:
    """The embedded index: two tantivy directories under the data directory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._schemas = {kind: _schema(kind) for kind in ("review", "story")}
        self._indexes: dict[str, tantivy.Index] = {}

    def _open(self, kind: str) -> tantivy.Index:
        if kind not in self._indexes:
            path = self._root / kind
            try:
                path.mkdir(parents=True, exist_ok=True)
                self._indexes[kind] = tantivy.Index(self._schemas[kind], path=str(path))
            except (OSError, ValueError) as error:
                raise DataDirError(f"{path}: {error}") from error
        return self._indexes[kind]

    def file(self, kind: str, texts: Iterable[Filed]) -> None:
        index = self._open(kind)
        try:
            writer = index.writer(_HEAP_BYTES, 1)
            for text in texts:
                writer.delete_documents_by_term("id", text.id)
                if text.keys:
                    writer.add_document(_document(text))
            writer.commit()
            writer.wait_merging_threads()
        except (OSError, ValueError) as error:
            raise DataDirError(f"{self._root / kind}: {error}") from error
        index.reload()

    def find(self, kind: str, keys: Sequence[str], limit: int) -> list[Hit]:
        if not keys:
            return []
        searcher = self._open(kind).searcher()
        parts = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schemas[kind], "keys", key, "freq")) for key in keys]
        hits = searcher.search(tantivy.Query.boolean_query(parts), limit, count=False).hits
        stored = ((score, searcher.doc(address)) for score, address in hits)
        return [Hit(str(document["id"][0]), score, bytes(document.get_first("sketch") or b"")) for score, document in stored]

    def count(self, kind: str) -> int:
        return int(self._open(kind).searcher().num_docs)

    def is_empty(self) -> bool:
        return not any((self._root / kind / "meta.json").exists() and self.count(kind) for kind in ("review", "story"))

    def clear(self) -> None:
        self._indexes.clear()
        shutil.rmtree(self._root, ignore_errors=True)


def open_index(data_dir: Path) -> TantivyIndex:
    return TantivyIndex(data_dir / INDEX_NAME)


def _document(text: Filed) -> tantivy.Document:
    document = tantivy.Document(id=text.id, keys=" ".join(text.keys))
    if text.sketch:
        document.add_bytes("sketch", text.sketch)
    return document


def _schema(kind: str) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    if kind == "review":
        builder.add_bytes_field("sketch", stored=True)
    builder.add_text_field("keys", stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
