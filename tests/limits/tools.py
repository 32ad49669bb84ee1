"""What the limits' tests share: the program as a command, its source as trees, and a thorough look for words that must be nowhere."""

import ast
import io
import json
import re
import shutil
import sqlite3
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote

from kiemtin.cli import main
from kiemtin.demo.server import WorldServer
from kiemtin.demo.world import BYLINE, COMMENTS, World
from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.store.index import TantivyIndex
from nlp.profile import profile
from nlp.retrieval import index_terms

ROOT = Path(__file__).parents[2]
TEXTS = Path(__file__).parent / "texts"
PACKAGES = ("alerts", "crawlers", "flows", "kiemtin", "nlp")

# What a page shows of persons, beside the story itself. The word `canary` stands in nothing else.
CLAIMANT = "Canary Người Nói"
CANARIES = (BYLINE, CLAIMANT, *(words for comment in COMMENTS for words in comment.values()), "0900 000 000", "0900000000", "canary")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TEXTS / name).read_text("utf-8").splitlines() if line.strip()]


def texts(name: str) -> list[str]:
    return [row["text"] for row in rows(name)]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> Any:
        return json.loads(self.output)


def kiemtin(*words: object) -> Ran:
    """The command line's own entry point, in this process."""
    output, errors = io.StringIO(), io.StringIO()
    with mock.patch.object(sys, "argv", ["kiemtin", *map(str, words)]), redirect_stdout(output), redirect_stderr(errors):
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return Ran(code, output.getvalue(), errors.getvalue())


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module that ships: its path from the root, and its syntax tree."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in paths)


@cache
def source(tree: ast.Module) -> str:
    """A module's code without its comments, in one spelling."""
    return ast.unparse(tree)


@cache
def imported(tree: ast.Module) -> set[str]:
    """The full names of the modules that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return found


@cache
def called(tree: ast.Module) -> list[str]:
    """The dotted names of everything that a module calls."""
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@cache
def defined(tree: ast.Module) -> set[str]:
    """The names that a module gives: functions, classes, arguments, variables, attributes."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found


@cache
def name_words(name: str) -> set[str]:
    """`MAX_TitleLength` → max, title, length; plurals also without their s."""
    words = {word.lower() for word in re.findall(r"[A-Za-z][a-z]*|[A-Z]+(?![a-z])", name)}
    return words | {word.removesuffix("s") for word in words}


@cache
def spellings(words: str) -> set[bytes]:
    """The bytes under which words could lie in a file, in small letters."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in (words, words.lower(), words.upper())}
    written = forms | {json.dumps(form)[1:-1] for form in forms} | {quote(form) for form in forms}
    return {form.encode(encoding).lower() for form in written for encoding in ("utf-8", "utf-16-le")}


def found_in(data: bytes | str, words: tuple[str, ...]) -> list[str]:
    """Which of these words stand there in any spelling."""
    small = (data.encode() if isinstance(data, str) else data).lower()
    return [one for one in words if any(form in small for form in spellings(one))]


def traces(folder: Path, words: tuple[str, ...]) -> list[str]:
    """Where any of these words lie below a folder: in the bytes of its files, in its databases' values, in its index."""
    found = [f"{path.name}: {one}" for path in _files(folder) for one in found_in(path.read_bytes(), words)]
    found += [f"{path.name} (name): {one}" for path in _files(folder) for one in found_in(str(path.relative_to(folder)), words)]
    # The index's own threads may still tidy up when its folder goes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        copy = Path(temporary) / "copy"  # opening a database folds its log in
        shutil.copytree(folder, copy)
        for database in copy.rglob("*.sqlite3"):
            found += [f"{database.name}, {table}: {one}" for table, text in _values(database) for one in found_in(text, words)]
        for index in (path.parent for path in copy.rglob("index/*/meta.json")):
            found += [f"index {index.name}: {one}" for one in words if _is_filed(index, one)]
    return found


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _values(database: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield table, "\n".join(_decoded(value) for value in row)


def _decoded(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    try:
        return text + json.dumps(json.loads(text), ensure_ascii=False) if text[:1] in "[{" else text
    except ValueError:
        return text


def _is_filed(index: Path, words: str) -> bool:
    """Is any text filed under all the keys of these words? (One word alone is filed under itself.)"""
    keys = index_terms(profile(words)) or (words.lower(),)
    opened = TantivyIndex(index.parent)
    every = [{hit.id for hit in opened.find(index.name, [key], 10_000)} for key in keys]
    return bool(set.intersection(*every))


def fewer_pages(world: World, each: int, kinds: tuple[str, ...] = ()) -> World:
    """The same world with so many pages of each outlet, and all pages of some kinds."""
    kept: dict[str, int] = {}
    pages = []
    for page in world.data["pages"]:
        kept[page["outlet"]] = kept.get(page["outlet"], 0) + 1
        if kept[page["outlet"]] <= each or page["kind"] in kinds:
            pages.append(page)
    world.data["pages"] = pages
    return world


def write_catalog(data: Path, world: World) -> Path:
    path = data / "outlets.toml"
    data.mkdir(parents=True, exist_ok=True)
    path.write_text(world.catalog(), "utf-8")
    return path


def served_paths(server: WorldServer) -> list[str]:
    return [path for path, _ in server.asked]


def outlet(
    name: str, kind: OutletKind = OutletKind.NEWS, controller: str | None = None, state: str | None = None, speaks_for: tuple[str, ...] = ()
) -> Outlet:
    """An outlet on a host of its own; its controller is itself unless another is given ("": not declared)."""
    host = "".join(char for char in name.lower() if char.isascii() and char.isalnum())
    home = f"https://{host}.example"
    return Outlet(
        name,
        kind,
        home,
        "vi",
        name,
        "1 đường Trúc Lam",
        name if controller is None else controller,
        (f"{home}/rss",),
        state=state,
        speaks_for=speaks_for,
    )


def check_of(claim: str, publisher: Outlet, rating: Rating = Rating.FALSE, path: str = "/kiem-chung") -> ClaimReview:
    """A check that a catalogued outlet has published."""
    return ClaimReview(claim, rating, rating.alternate_name, publisher.home + path, publisher.name, PublisherKind(publisher.kind.value), "vi")
