"""`kill -9` at any moment of `kiemtin run`, then the same command: Records and index end as an uninterrupted run's, row for row."""

import random
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.cli import Cli, checked_world, kill, stored, wait_for, write_catalog
from tests.support.site import Site

PAGES, CHECKS = 60, 6
KILLS = 3


@dataclass(frozen=True, slots=True)
class Whole:
    """A site, the command that reads it, how long that takes, and what it stores when nobody interrupts it."""

    site: Site
    words: tuple[str, ...]
    seconds: float
    rows: dict[str, list[str]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole")
    cli = Cli(folder)
    with Site() as site:
        words = ("run", "--catalog", write_catalog(folder / "outlets.toml", checked_world(site, PAGES, CHECKS)), "--loopback-ok", "--json")
        started = time.monotonic()
        ran = cli(*words)
        seconds = time.monotonic() - started
        report = ran.document()
        assert (report["crawl"]["new"], report["analysis"]["opened"]) == (PAGES, CHECKS)
        yield Whole(site, words, seconds, stored(cli.data))


@pytest.mark.parametrize("whom", ["parent", "group"])
def test_killed_at_random_moments(whole: Whole, tmp_path: Path, whom: str) -> None:
    cli = Cli(tmp_path)
    moments = [random.uniform(0.3, 1.0) * whole.seconds / (number + 1) for number in range(KILLS)]
    print(f"killed after {[round(moment, 2) for moment in moments]} of {whole.seconds:.2f} seconds")
    for moment in moments:
        run_and_kill(cli, whole, moment, whom)
    finish(cli, whole)
    assert stored(cli.data) == whole.rows


@pytest.mark.parametrize("step", ["sqlite_master", "stories", "claim_reviews WHERE examined", "appearances", "alerts"])
def test_killed_as_soon_as_a_step_has_begun(whole: Whole, tmp_path: Path, step: str) -> None:
    """Random moments fall into the crawl mostly; these fall into each step of the analysis too."""
    cli = Cli(tmp_path)
    process = cli.start(*whole.words)
    wait_for(lambda: process.poll() is not None or has_rows(cli.data, f"SELECT 1 FROM {step}"))
    kill(process, "group")
    finish(cli, whole)
    assert stored(cli.data) == whole.rows


def run_and_kill(cli: Cli, whole: Whole, seconds: float, whom: str) -> None:
    process = cli.start(*whole.words)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill(process, whom)


def finish(cli: Cli, whole: Whole) -> None:
    """The same command until it has its turn: an orphaned crawl process may hold the data directory for a moment."""
    deadline = time.monotonic() + 10
    while (ran := cli(*whole.words)).code != 0:
        assert "another kiemtin command" in ran.refusal() and time.monotonic() < deadline


def has_rows(data: Path, query: str) -> bool:
    """Looked at from outside, read-only, so that the command is left alone."""
    path = data / "records.sqlite3"
    if not path.exists():
        return False
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return bool(db.execute(query).fetchmany(1))
    except sqlite3.OperationalError:
        return False  # the table is not there yet
    finally:
        db.close()
