"""A command line on an empty data directory, one on a filled one, and a site to crawl."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import Cli, checked_world, made_once, write_catalog
from tests.support.site import Site


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def fill(folder: Path) -> None:
    cli = Cli(folder)
    with Site() as site:
        ran = cli("run", "--catalog", write_catalog(folder / "outlets.toml", checked_world(site, 12, 3)), "--loopback-ok", "--json")
    assert ran.document()["analysis"]["opened"] == 3


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with 12 stories, 3 checks, 3 alerts and an index; not to be written to."""
    return made_once(tmp_path_factory, "filled", fill) / "data"


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> Cli:
    """A copy of it."""
    shutil.copytree(filled, tmp_path / "data")
    return Cli(tmp_path)
