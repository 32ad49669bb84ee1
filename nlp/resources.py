"""Word lists and learnt numbers that ship with the project, loaded once and checked against their hashes."""

import hashlib
import json
import sys
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from kiemtin.errors import ConfigError


def models_dir() -> Path:
    """Where the artefacts stand: `models/` beside the packages, or inside the wheel."""
    beside = Path(__file__).resolve().parent.parent / "models"
    return beside if (beside / "manifest.json").exists() else Path(str(resources.files("kiemtin"))) / "_models"


@cache
def load_artefact(name: str) -> Any:
    """The JSON artefact `name`; raises ConfigError where its SHA-256 is not the manifest's."""
    return json.loads(load_bytes(name))


def load_bytes(name: str) -> bytes:
    """The artefact `models/<name>` as it stands, if its SHA-256 is the one in the manifest; raises ConfigError otherwise."""
    root = models_dir()
    try:
        manifest = json.loads((root / "manifest.json").read_text("utf-8"))
        body = (root / name).read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigError(f"models/{name}: {error}") from error
    entry = manifest.get(name) if isinstance(manifest, dict) else None
    if not isinstance(entry, dict) or entry.get("sha256") != hashlib.sha256(body).hexdigest():
        raise ConfigError(f"models/{name}: does not match the manifest; it is not loaded")
    return body


def load_manifest() -> dict[str, dict[str, str]]:
    """Every artefact by name with its SHA-256; raises ConfigError where it cannot be read."""
    try:
        found: dict[str, dict[str, str]] = json.loads((models_dir() / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"models/manifest.json: {error}") from error
    return found


def forget() -> None:
    """Let go of what was loaded from `models/`, in every module of this package that keeps some: the files have changed."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == __name__.split(".")[0]:
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()


def verify_manifest() -> list[str]:
    """The artefacts whose SHA-256 is not the manifest's, or that are missing; the manifest itself where it cannot be read."""
    root = models_dir()
    try:
        manifest = json.loads((root / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ["manifest.json"]
    return [name for name, entry in manifest.items() if not isinstance(entry, dict) or not _is(root / name, entry.get("sha256", ""))]


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def read_lines(name: str) -> tuple[str, ...]:
    """The lines of `nlp/data/<name>`, without comments and blank ones."""
    text = (resources.files("nlp") / "data" / name).read_text("utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
