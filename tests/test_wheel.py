"""The built wheel, installed in an environment of its own: the command starts there, and the models load from inside it."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_RUN = "not run: wheel cannot be built here"
# What uv says where the build backend cannot be had: anything else is a fault of the project.
UNREACHABLE = ("hatchling", "network", "connect", "dns", "offline", "fetch")
_SOURCES = ("kiemtin", "crawlers", "nlp", "alerts", "flows", "models", "outlets.toml", "pyproject.toml", "README.md")


def run(*words: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A process without the caller's Python settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KIEMTIN_", "COV_", "VIRTUAL_ENV"))}
    return subprocess.run([*map(str, words)], cwd=cwd, env={**kept, **more}, capture_output=True, text=True, timeout=180, check=False)


def uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        pytest.skip(NOT_RUN)
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is written beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in _SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (folder / "source").mkdir(exist_ok=True)
            shutil.copy(source, folder / "source" / name)
    for extra in ("benchmarks", "tests"):
        (folder / "source" / extra).mkdir()
        (folder / "source" / extra / "__init__.py").write_text("", "utf-8")
    done = run(uv(), "build", "--wheel", "--out-dir", folder / "dist", folder / "source", cwd=folder)
    if done.returncode and any(word in done.stderr.lower() for word in UNREACHABLE) and "resol" in done.stderr.lower():
        pytest.skip(NOT_RUN)
    assert done.returncode == 0, done.stderr[-3000:]
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that holds the wheel, and sees this environment's other packages but not its editable install."""
    folder = tmp_path_factory.mktemp("installed")
    done = run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    assert done.returncode == 0, done.stderr
    python = folder / "venv" / "bin" / "python"
    done = run(uv(), "pip", "install", "--no-deps", "--offline", "--python", python, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # A path file adds the folder, and does not read the path files inside it: the editable install stays out.
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
    return python.parent


def test_what_is_inside_and_what_is_not(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"kiemtin", "crawlers", "nlp", "alerts", "flows"}
    assert "kiemtin/_models/manifest.json" in names
    assert "kiemtin/outlets.toml" in names
    assert any(name.startswith("nlp/data/") for name in names)
    assert any(name.startswith("kiemtin/store/migrations/versions/") for name in names)
    assert any(name.startswith("kiemtin/demo/templates/") for name in names)
    assert "kiemtin/demo/world.json" in names
    assert not [name for name in names if name.endswith((".sqlite3", ".pyc", ".lock", ".whl", ".pkl"))]


def test_every_file_of_the_packages_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    for package in ("kiemtin", "crawlers", "nlp", "alerts", "flows"):
        there = {path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*.py")}
        assert there <= names, sorted(there - names)


def test_the_command_starts(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "kiemtin", "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("demo", "run", "check", "alerts", "doctor"):
        assert command in done.stdout


def test_doctor_finds_every_part_well(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "kiemtin", "doctor", "--json", "--data", tmp_path / "data", cwd=tmp_path)
    assert done.stderr == ""
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 0, findings
    assert all(finding["ok"] for finding in findings)


def test_code_and_models_are_the_wheels_own(installed: Path, tmp_path: Path) -> None:
    program = """
import nlp, kiemtin
from nlp.resources import load_artefact, models_dir, verify_manifest
from nlp.vectors import _table
assert load_artefact("match/weights.json") and _table() and verify_manifest() == []
print(nlp.__file__, kiemtin.__file__, models_dir(), sep="\\n")
"""
    done = run(installed / "python", "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.split():
        assert Path(line).is_relative_to(installed.parent), line


def test_a_text_is_answered(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "kiemtin", "check", "Đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập", "--json", "--data", tmp_path / "data", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["theme"] == "disaster"
