"""Stopped at any moment (kill -9, Ctrl-C, SIGTERM, a reader that leaves), then the same command: nothing is lost, nothing is stored twice."""

import os
import random
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import pytest

from kiemtin.errors import BusyError
from kiemtin.store.records import writer_lock
from tests.support.cli import Cli, checked_world, kill, rows, stored, wait_for, write_catalog
from tests.support.site import Reply, Site, article, outlet

PAGES, CHECKS = 30, 4
STEPS = ["stories", "claim_reviews WHERE examined", "appearances"]


@dataclass(frozen=True, slots=True)
class Whole:
    """A site, the command that reads it, and what it stores when nobody interrupts it."""

    words: tuple[str, ...]
    rows: dict[str, list[str]]


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    cli = Cli(tmp_path / "whole")
    with Site() as site:
        words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", checked_world(site, PAGES, CHECKS)), "--loopback-ok", "--json")
        report = cli(*words).document()
        assert (report["crawl"]["new"], report["analysis"]["opened"]) == (PAGES, CHECKS)
        yield Whole(words, stored(cli.data))


def test_killed_as_soon_as_each_step_has_begun(whole: Whole, tmp_path: Path) -> None:
    """`python -m benchmarks.kill_runs` kills a longer run at random moments; here one kill falls into each step."""
    cli = Cli(tmp_path)
    for step in STEPS:
        whom = random.choice(["parent", "group"])
        print(f"{step}: kill the {whom}")
        process = cli.start(*whole.words)
        wait_for(lambda process=process, step=step: process.poll() is not None or has_rows(cli.data, step))
        if process.poll() is not None:
            pytest.fail(f"it ended before {step} was seen: {process.communicate()}")
        kill(process, whom)
        wait_for(lambda: is_free(cli.data), 10)
    assert cli(*whole.words).code == 0
    assert stored(cli.data) == whole.rows


def has_rows(data: Path, table: str) -> bool:
    """Looked at from outside, read-only, so that the command is left alone."""
    path = data / "records.sqlite3"
    if not path.exists():
        return False
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return bool(database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())
    except sqlite3.OperationalError:
        return False  # the table is not there yet
    finally:
        database.close()


def is_free(data: Path) -> bool:
    """An orphaned crawl process may hold the data directory for a moment."""
    try:
        with writer_lock(data):
            return True
    except BusyError:
        return False


@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, "kiemtin: đã dừng; chạy lại cùng lệnh để làm tiếp"), (signal.SIGTERM, -signal.SIGTERM, "")]
)
def test_a_run_that_is_told_to_stop_stops_at_once_and_the_next_goes_on(
    cli: Cli, site: Site, tmp_path: Path, number: int, code: int, said: str
) -> None:
    pages = [site.page(f"/tin/{page}", f"Nước hồ Trúc Lam dâng {page} mét") for page in range(40)]
    site.routes["/tin/12"] = lambda before: Reply(article("Trang chậm về hồ Trúc Lam"), drip=0 if before else 0.02)
    words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", [outlet(feeds=(site.feed("/rss", pages),))]), "--loopback-ok")
    running = cli.start(*words)
    wait_for(lambda: site.asked("/tin/12"))
    os.killpg(running.pid, number)  # what a terminal or a service manager sends: to the crawl process too
    _, err = running.communicate(timeout=30)
    assert running.returncode == code
    assert [line for line in err.decode().splitlines() if line and not line.startswith("… ")] == [said] * bool(said)
    wait_for(lambda: is_free(cli.data), 10)
    report = cli(*words, "--json").document()["crawl"]
    assert report["resumed"] and 0 < report["new"] < 40
    assert len(rows(cli.data, "SELECT id FROM stories")) == 40
    assert {path for path in site.paths() if path.startswith("/tin/") and site.paths().count(path) > 1} <= {"/tin/12"}


def listened_to(process: Popen[bytes], first: int) -> tuple[bytes, bytes, int]:
    """Read so many bytes of what it prints, as `| head -c` does, and leave."""
    assert process.stdout is not None and process.stderr is not None
    head = process.stdout.read(first) if first else b""
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    return head, said, process.wait(60)


@pytest.mark.parametrize(("words", "first"), [(("alerts", "--json"), 0), (("claims",), 10)])
def test_a_reader_that_leaves_early_is_no_error(full: Cli, words: tuple[str, ...], first: int) -> None:
    head, said, code = listened_to(full.start(*words), first)
    assert (len(head), said) == (first, b"") and code in (0, 1, 141)
