"""The search index: which ClaimReviews and stories share words with a passage. Derived from Records, rebuilt at any time.

The index knows keys, not language: what a text is filed under is decided in `nlp.retrieval`.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import tantivy

from kiemtin.errors import DataDirError

INDEX_NAME = "index"
_KINDS = ("review", "story")
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
        """True where nothing was ever filed, or what was cannot be read: the index has to be rebuilt from Records."""
        ...

    def clear(self) -> None: ...


class TantivyIndex:
    """The embedded index: two tantivy directories under the data directory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._schemas = {kind: _schema(kind) for kind in _KINDS}
        self._indexes: dict[str, tantivy.Index] = {}

    def _open(self, kind: str) -> tantivy.Index:
        if kind not in self._indexes:
            path = self._root / kind
            with _named(path):
                path.mkdir(parents=True, exist_ok=True)
                self._indexes[kind] = tantivy.Index(self._schemas[kind], path=str(path))
        return self._indexes[kind]

    def _open_to_file(self, kind: str) -> tantivy.Index:
        """All kinds are made, so that one that is missing later was lost. What cannot be read goes: everything is filed anew then."""
        try:
            return {each: self._open(each) for each in _KINDS}[kind]
        except DataDirError:
            self._throw_away()
            return {each: self._open(each) for each in _KINDS}[kind]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One command files at a time, the others wait. The kernel lets go of the lock when its holder dies."""
        self._root.parent.mkdir(parents=True, exist_ok=True)
        directory = os.open(self._root.parent, os.O_RDONLY)  # the index's own may be thrown away
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            yield
        finally:
            os.close(directory)

    def file(self, kind: str, texts: Iterable[Filed]) -> None:
        with _named(self._root / kind), self._alone():
            index = self._open_to_file(kind)
            writer = index.writer(_HEAP_BYTES, 1)
            for text in texts:
                writer.delete_documents_by_term("id", text.id)
                if text.keys:
                    writer.add_document(_document(text))
            writer.commit()
            writer.wait_merging_threads()
            index.reload()

    def find(self, kind: str, keys: Sequence[str], limit: int) -> list[Hit]:
        if not keys:
            return []
        parts = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schemas[kind], "keys", key, "freq")) for key in keys]
        with _named(self._root / kind):
            searcher = self._open(kind).searcher()
            hits = searcher.search(tantivy.Query.boolean_query(parts), limit, count=False).hits
            stored = ((score, searcher.doc(address)) for score, address in hits)
            return [Hit(str(document["id"][0]), score, bytes(document.get_first("outline") or b"")) for score, document in stored]

    def count(self, kind: str) -> int:
        return int(self._open(kind).searcher().num_docs)

    def is_empty(self) -> bool:
        if not all((self._root / kind / "meta.json").exists() for kind in _KINDS):
            return True
        try:
            return not any(self.count(kind) for kind in _KINDS)
        except DataDirError:
            return True

    def clear(self) -> None:
        with _named(self._root), self._alone():
            self._throw_away()

    def _throw_away(self) -> None:
        self._indexes.clear()
        if self._root.is_file():
            self._root.unlink()
        shutil.rmtree(self._root, ignore_errors=True)


def open_index(data_dir: Path) -> TantivyIndex:
    return TantivyIndex(data_dir / INDEX_NAME)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What goes wrong in the index's files is said with their place, and with what mends them."""
    try:
        yield
    except BaseException as error:
        # A broken file can make tantivy panic, which is no Exception.
        if not isinstance(error, (OSError, ValueError)) and type(error).__module__ != "pyo3_runtime":
            raise
        raise DataDirError(f"{path}: {error} (if it stays so, `kiemtin reindex` builds the index anew)") from error


def _document(text: Filed) -> tantivy.Document:
    document = tantivy.Document(id=text.id, keys=" ".join(text.keys))
    if text.sketch:
        document.add_bytes("outline", text.sketch)
    return document


def _schema(kind: str) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    if kind == "review":
        builder.add_bytes_field("outline", stored=True)
    builder.add_text_field("keys", stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
