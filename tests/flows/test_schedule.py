"""The schedule as it runs: the briefing comes at its set minute in Vietnam, once, and nothing is left behind."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.schedule import TIMEZONE, Order, _settings
from kiemtin.desk.serve import _stop
from kiemtin.domain.deliveries import DeliveryState, Destination, DestinationKind, Wants
from kiemtin.domain.editions import EditionKind
from kiemtin.domain.stories import HANOI
from kiemtin.store import corrections, deliveries, editions
from kiemtin.store.records import Records, open_records
from kiemtin.store.tables import deliveries as delivery_table
from kiemtin.store.tables import editions as edition_table
from tests.support.briefing import correction
from tests.support.mailbox import wait_for
from tests.support.processes import knowing

ROOT = Path(__file__).parents[2]
AHEAD = timedelta(seconds=70)  # longer than Prefect's server takes to come up on a busy machine
FOLDER = Destination("d-folder", "Báo Gò Mây", DestinationKind.FOLDER, "go-may", wants=frozenset({Wants.DAILY}))


def order(data: Path, at: str = "07:00") -> Order:
    return Order(str(data), "", "", False, 30, at)


@pytest.mark.parametrize(
    ("at", "cron"), [("07:00", "0 7 * * *"), ("00:05", "5 0 * * *"), ("23:59", "59 23 * * *"), ("16:45", "45 16 * * *"), ("00:00", "0 0 * * *")]
)
def test_the_set_time_is_a_cron_line(at: str, cron: str) -> None:
    assert order(Path("data"), at).cron == cron


def test_the_command_carries_the_whole_order(tmp_path: Path) -> None:
    made = Order(str(tmp_path / "dữ liệu"), "a b.toml", "outlets.toml", True, 45, "16:45")
    python, *flags, given = made.command
    assert (python, flags) == (sys.executable, ["-m", "flows.schedule"])
    assert Order(**json.loads(given)) == made and json.loads(given) == asdict(made)


def test_what_prefect_writes_stays_under_the_data_directory_and_it_listens_here_only(tmp_path: Path) -> None:
    settings = _settings(order(tmp_path / "data"), 4711)
    assert settings["PREFECT_HOME"] == str((tmp_path / "data" / "prefect").resolve())
    assert settings["PREFECT_API_URL"].startswith("http://127.0.0.1:4711/")
    assert HANOI.key == TIMEZONE


def prepare(data: Path, set_time: datetime) -> Records:
    """A data directory whose briefing comes at this time, with a folder that wants it."""
    data.mkdir()
    (data / "kiemtin.toml").write_text(f'briefing_time = "{set_time:%H:%M}"\n', "utf-8")
    records = open_records(data)
    with records.change() as conn:
        corrections.save(conn, correction("một", set_time - timedelta(hours=1)))
        deliveries.save_destination(conn, FOLDER, "token", set_time - timedelta(hours=1))
    return records


def started(data: Path, places: dict[str, Path], set_time: datetime) -> "subprocess.Popen[bytes]":
    """As `kiemtin serve` starts it: a group of its own. Home, working directory and temporary files are watched."""
    for place in places.values():
        place.mkdir()
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "HOME": str(places["home"]), "TMPDIR": str(places["tmp"])}
    command = order(data, f"{set_time:%H:%M}").command
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=places["work"], env=env, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


@pytest.mark.slow
def test_the_briefing_comes_at_its_set_minute_once_and_nothing_is_left_behind(tmp_path: Path) -> None:
    data, places = tmp_path / "data", {name: tmp_path / name for name in ("home", "tmp", "work")}
    begun = datetime.now(HANOI)
    set_time = (begun + AHEAD + timedelta(minutes=1)).replace(second=0, microsecond=0)
    records = prepare(data, set_time)
    process = started(data, places, set_time)
    into = data / "outgoing" / FOLDER.target
    try:
        arrived = wait_for(lambda: process.poll() is not None or list(into.glob("*.json")), 200)
        assert process.poll() is None and arrived == [into / f"ban-tin-daily-{set_time:%Y-%m-%d}.json"]
        wait_for(lambda: outcome(records) == [(DeliveryState.DELIVERED.value, 1)], 20)
    finally:
        _stop(process)
    assert list(knowing(data)) == []
    with records.begin() as conn:
        edition = editions.load(conn, EditionKind.DAILY, set_time.date())
        assert conn.scalar(sa.select(sa.func.count()).select_from(edition_table)) == 1 + (set_time.weekday() == 0) + (set_time.day == 1)
    records.close()
    assert edition is not None and set_time <= edition.frozen_at < set_time + timedelta(minutes=1)
    body = json.loads(arrived[0].read_bytes())
    assert body == edition.body and body["last"] == set_time.isoformat()
    assert [path for place in places.values() for path in place.rglob("*") if path.is_file()] == []
    kept = b"".join(path.read_bytes() for path in (data / "prefect").rglob("*") if path.is_file())
    assert kept and body["corrections"][0]["statement"].encode() not in kept, "Prefect keeps numbers, no text"


def outcome(records: Records) -> list[tuple[str, int]]:
    """How each delivery stands, and after how many attempts."""
    with records.begin() as conn:
        return [(row.state, row.attempts) for row in conn.execute(sa.select(delivery_table.c.state, delivery_table.c.attempts))]
