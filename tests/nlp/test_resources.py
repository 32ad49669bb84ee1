"""What is loaded is what the manifest says, or nothing; and nothing that is loaded can run code."""

import ast
import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiemtin.errors import ConfigError
from nlp import resources, vectors
from nlp.resources import load_artefact, models_dir, read_lines, verify_manifest
from nlp.training.artefacts import write_manifest

ROOT = Path(__file__).parents[2]
WEIGHTS, VECTORS = "match/weights.json", "vectors/vectors.npz"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped artefacts that may be spoilt. The loaders start without memory, and forget what they saw."""
    copy = tmp_path / "models"
    shutil.copytree(models_dir(), copy)
    monkeypatch.setattr(resources, "models_dir", lambda: copy)
    _forget()
    yield copy
    _forget()


def _forget() -> None:
    load_artefact.cache_clear()
    vectors._table.cache_clear()


def enter(models: Path, name: str, body: bytes) -> None:
    """Put an artefact there, with its own hash in the manifest."""
    (models / name).write_bytes(body)
    manifest = json.loads((models / "manifest.json").read_text("utf-8"))
    manifest[name] = {"sha256": hashlib.sha256(body).hexdigest()}
    (models / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_the_shipped_artefacts_match_their_manifest() -> None:
    assert verify_manifest() == []
    names = json.loads((models_dir() / "manifest.json").read_text("utf-8"))
    there = {path.relative_to(models_dir()).as_posix() for path in models_dir().rglob("*") if path.is_file() and path.suffix != ".md"}
    assert there - {"manifest.json"} == set(names), "every artefact is in the manifest, and nothing else"


def test_an_untouched_copy_loads(models: Path) -> None:
    assert verify_manifest() == []
    assert load_artefact(WEIGHTS)["weights"]
    assert len(vectors._table()[0]) > 100


def test_another_byte_is_refused(models: Path) -> None:
    body = (models / WEIGHTS).read_bytes()
    (models / WEIGHTS).write_bytes(body + b" ")
    with pytest.raises(ConfigError, match="does not match the manifest"):
        load_artefact(WEIGHTS)
    assert verify_manifest() == [WEIGHTS]


def test_other_vectors_are_refused(models: Path) -> None:
    body = bytearray((models / VECTORS).read_bytes())
    body[-1] ^= 1
    (models / VECTORS).write_bytes(body)
    with pytest.raises(ConfigError, match="does not match the manifest"):
        vectors._table()
    assert verify_manifest() == [VECTORS]


def test_an_artefact_that_no_manifest_names_is_refused(models: Path) -> None:
    (models / "match" / "extra.json").write_text("{}", "utf-8")
    with pytest.raises(ConfigError):
        load_artefact("match/extra.json")


def test_a_missing_artefact_is_refused_in_one_line(models: Path) -> None:
    (models / WEIGHTS).unlink()
    with pytest.raises(ConfigError) as caught:
        load_artefact(WEIGHTS)
    assert WEIGHTS in str(caught.value) and "\n" not in str(caught.value)
    assert verify_manifest() == [WEIGHTS]


def test_missing_vectors_are_refused_in_one_line(models: Path) -> None:
    (models / VECTORS).unlink()
    with pytest.raises(ConfigError):
        vectors._table()


@pytest.mark.parametrize("manifest", [b"", b"{", b"\xff\xfe"])
def test_a_broken_manifest_is_refused(models: Path, manifest: bytes) -> None:
    (models / "manifest.json").write_bytes(manifest)
    with pytest.raises(ConfigError):
        load_artefact(WEIGHTS)


def test_without_a_manifest_nothing_loads(models: Path) -> None:
    (models / "manifest.json").unlink()
    with pytest.raises(ConfigError):
        load_artefact(WEIGHTS)


def test_objects_that_would_have_to_be_unpickled_are_refused(models: Path) -> None:
    packed = io.BytesIO()
    np.savez(packed, words=np.array([{"a": 1}], dtype=object), vectors=np.zeros((1, 2), np.int8))
    enter(models, VECTORS, packed.getvalue())
    with pytest.raises(ValueError, match="allow_pickle"):
        vectors._table()


def test_no_artefact_is_a_pickle() -> None:
    for path in models_dir().rglob("*"):
        assert path.is_dir() or path.suffix in (".json", ".npz", ".md"), path
    with np.load(models_dir() / VECTORS, allow_pickle=False) as stored:
        assert {stored[name].dtype.kind for name in stored.files} <= {"U", "i"}


def test_no_module_that_ships_unpickles_anything() -> None:
    for package in ("kiemtin", "crawlers", "nlp", "alerts", "flows"):
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
            names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert not {name.split(".")[0] for name in names} & {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal", "torch"}, path
            allowed = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "allow_pickle"]
            assert all(isinstance(node.value, ast.Constant) and node.value.value is False for node in allowed), path


def test_a_manifest_written_by_the_training_is_the_shipped_one(models: Path) -> None:
    before = json.loads((models / "manifest.json").read_text("utf-8"))
    write_manifest(models)
    assert json.loads((models / "manifest.json").read_text("utf-8")) == before


def test_lines_come_without_comments_and_blanks() -> None:
    lines = read_lines("synonyms_vi.txt")
    assert lines
    assert all(line == line.strip() and line and not line.startswith("#") for line in lines)
