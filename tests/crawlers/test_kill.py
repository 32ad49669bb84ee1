"""Killed at any moment and started again, a crawl ends where an uninterrupted one does, row for row."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.run import run_crawl
from kiemtin.config import Config
from kiemtin.errors import BusyError
from kiemtin.store import frontier
from kiemtin.store.records import open_records, writer_lock
from tests.support.site import Site, outlet

PAGES = 120
ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from crawlers.run import run_crawl
from kiemtin.config import Config
from kiemtin.store.records import writer_lock
from tests.support.site import outlet
with writer_lock(Path(sys.argv[1])) as lock:
    run_crawl(Path(sys.argv[1]), [outlet(feeds=tuple(sys.argv[2:]))], Config(), True, lock)
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, tuple[str, ...], dict[str, Any]]]:
    """A site, its feeds, and what an uninterrupted crawl stores of it."""
    data = tmp_path_factory.mktemp("whole")
    with Site() as site:
        pages = [site.page(f"/tin/{number}", f"Tin thứ {number} về hồ Trúc Lam") for number in range(PAGES)]
        feeds = (site.feed("/rss/1", pages[:80]), site.feed("/rss/2", [*pages[60:], site.url("/khong-co")]))
        with writer_lock(data) as lock:
            report = run_crawl(data, [outlet(feeds=feeds)], Config(), True, lock)
        assert (report.new, report.gone) == (PAGES, 1)
        yield site, feeds, stored(data)


@pytest.mark.parametrize("whom", ["parent", "group"])
def test_killed_three_times(tmp_path: Path, world: tuple[Site, tuple[str, ...], dict[str, Any]], whom: str) -> None:
    site, feeds, whole = world
    moments = sorted(random.sample(range(1, PAGES), 3))
    print(f"killed after {moments} requests")
    for number, moment in enumerate(moments):
        killed_after(site, tmp_path, feeds, moment - (moments[number - 1] if number else 0), whom)
    wait_until_free(tmp_path)
    with writer_lock(tmp_path) as lock:
        report = run_crawl(tmp_path, [outlet(feeds=feeds)], Config(), True, lock)
    assert report.resumed
    assert stored(tmp_path) == whole


def test_a_finished_crawl_that_is_run_again_changes_nothing(tmp_path: Path, world: tuple[Site, tuple[str, ...], dict[str, Any]]) -> None:
    _, feeds, whole = world
    for _ in range(2):
        with writer_lock(tmp_path) as lock:
            run_crawl(tmp_path, [outlet(feeds=feeds)], Config(), True, lock)
    assert stored(tmp_path) == whole
    records = open_records(tmp_path)
    with records.begin() as conn:
        frontier.finish_pass(conn, datetime.now(UTC))
    records.close()


def killed_after(site: Site, data: Path, feeds: tuple[str, ...], requests: int, whom: str) -> None:
    """Run the crawl as a command of its own and kill it, or its whole group, once it has asked so many times."""
    wait_until_free(data)
    site.forget()
    program = [sys.executable, "-c", PROGRAM, str(data), *feeds]
    command = subprocess.Popen(program, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)
    deadline = time.monotonic() + 60
    while len(site.paths()) <= requests and time.monotonic() < deadline:
        time.sleep(0.002)
    assert command.poll() is None, "it ended before it could be killed"
    if whom == "group":
        os.killpg(command.pid, signal.SIGKILL)
    else:
        os.kill(command.pid, signal.SIGKILL)
    command.wait()


def wait_until_free(data: Path) -> None:
    """The orphan holds the lock until it is gone, which is soon."""
    deadline = time.monotonic() + 5
    while True:
        try:
            with writer_lock(data):
                return
        except BusyError:
            assert time.monotonic() < deadline, "the crawl process outlives its parent"
            time.sleep(0.02)


def stored(data: Path) -> dict[str, Any]:
    """Every row of every table, without times of our own and attempts."""
    records = open_records(data)
    with records.begin() as conn:
        found = {
            table: sorted(
                repr({name: value for name, value in row.items() if not name.endswith("_at") and name != "attempts"})
                for row in conn.exec_driver_sql(f'SELECT * FROM "{table}"').mappings()
            )
            for table in sa.inspect(conn).get_table_names()
        }
    records.close()
    return found
