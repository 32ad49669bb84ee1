"""The decision log cannot be edited unseen: `kiemtin doctor` says at which line it no longer holds."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from kiemtin.cli import cli
from kiemtin.domain.staff import Role
from kiemtin.pipeline.log import broken_at, note
from kiemtin.pipeline.workspace import open_workspace, utc_now
from kiemtin.store import decisions as decision_store
from kiemtin.store.records import erase_traces
from tests.support.desk import START, DeskRun, make_alert, open_desk

CLAIM = "Uống nước lá sen chữa khỏi bệnh sởi"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in which two people have decided through the pages, after a line for each account."""
    data = tmp_path_factory.mktemp("log") / "data"
    with open_desk(data) as desk:
        _decide(desk)
    return data


def _decide(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        for browser, action, words in (
            (first, "take", ""),
            (second, "take", ""),
            (first, "dismiss", "Chỉ là một lời đùa."),
            (second, "edit", ""),
            (second, "ask_evidence", "Cần lời của bệnh viện."),
        ):
            sent = browser.send(f"/alerts/{alert_id}/step", action=action, version=desk.version(alert_id), words=words)
            assert sent.status_code == 303, sent.text


@pytest.fixture
def data(written: Path, tmp_path: Path) -> Path:
    """A copy of it for each test."""
    return Path(shutil.copytree(written, tmp_path / "data"))


def examined(data: Path) -> tuple[bool, str]:
    """What `kiemtin doctor` says of the log."""
    ran = CliRunner().invoke(cli, ["doctor", "--json", "--data", str(data)], standalone_mode=False)
    (found,) = (one for one in json.loads(ran.stdout)["findings"] if one["part"] == "Nhật ký quyết định")
    assert bool(found["mend"]) is not found["ok"]
    return found["ok"], found["text"]


def change(data: Path, *statements: str) -> None:
    """As somebody with the file would."""
    with open_workspace(data) as workspace, workspace.records.change() as conn:
        for statement in statements:
            conn.execute(sa.text(statement))


def line_of(data: Path, action: str) -> int:
    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        return int(conn.execute(sa.text("SELECT seq FROM decisions WHERE action = :action"), {"action": action}).scalar_one())


def length(data: Path) -> int:
    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        last = decision_store.last(conn)
        assert last is not None
        return last.seq


def test_whole_as_it_was_written(data: Path) -> None:
    assert examined(data) == (True, f"{length(data)} dòng, chuỗi nguyên vẹn")


@pytest.mark.parametrize(
    "edit",
    [
        "\"by\" = 'somebody else'",
        "action = 'approve'",
        "subject = 'another'",
        "\"before\" = 'rated'",
        "\"after\" = 'approved'",
        "decided_at = '2020-01-01 00:00:00.000000'",
        "text_digest = previous",
        "previous = digest",
        "digest = previous",
    ],
)
def test_every_field_of_a_line(data: Path, edit: str) -> None:
    seq = line_of(data, "dismiss")
    change(data, f"UPDATE decisions SET {edit} WHERE seq = {seq}")
    assert examined(data) == (False, f"chuỗi bị đứt ở dòng {seq}")


@pytest.mark.parametrize("edit", ["text = 'Đây là sự thật.'", "text = ''", "salt = 'another'"])
def test_the_words_of_a_line(data: Path, edit: str) -> None:
    seq = line_of(data, "dismiss")
    change(data, f"UPDATE decision_texts SET {edit} WHERE seq = {seq}")
    assert examined(data) == (False, f"chuỗi bị đứt ở dòng {seq}")


def test_a_line_taken_out(data: Path) -> None:
    seq = line_of(data, "dismiss")
    change(data, f"DELETE FROM decisions WHERE seq = {seq}", f"DELETE FROM decision_texts WHERE seq = {seq}")
    assert examined(data) == (False, f"chuỗi bị đứt ở dòng {seq}")


def test_a_line_taken_out_and_the_rest_moved_up(data: Path) -> None:
    seq = line_of(data, "dismiss")
    moved = [f"UPDATE {table} SET seq = seq - 1 WHERE seq > {seq}" for table in ("decisions", "decision_texts")]
    change(data, f"DELETE FROM decisions WHERE seq = {seq}", f"DELETE FROM decision_texts WHERE seq = {seq}", *moved)
    assert examined(data) == (False, f"chuỗi bị đứt ở dòng {seq}")


def test_a_line_put_in_at_the_end(data: Path) -> None:
    """A copy of an earlier line, the last line's digest before it: its own digest cannot fit."""
    last = length(data)
    columns = '"action", "before", "after", "by", decided_at, text_digest'
    copy = f"SELECT {last + 1}, subject, {columns}, (SELECT digest FROM decisions WHERE seq = {last}), digest FROM decisions WHERE action = 'dismiss'"
    change(data, f"INSERT INTO decisions (seq, subject, {columns}, previous, digest) {copy}")
    assert examined(data) == (False, f"chuỗi bị đứt ở dòng {last + 1}")


def test_a_line_put_in_between(data: Path) -> None:
    seq = line_of(data, "dismiss")
    columns = 'subject, "action", "before", "after", "by", decided_at, text_digest, previous, digest'
    # Backwards through the negative numbers, so that no two lines have the same number at any moment.
    room = [f"UPDATE decisions SET seq = -seq - 1 WHERE seq >= {seq}", "UPDATE decisions SET seq = -seq WHERE seq < 0"]
    change(data, *room, f"INSERT INTO decisions (seq, {columns}) SELECT {seq}, {columns} FROM decisions WHERE seq = {seq - 1}")
    assert examined(data) == (False, f"chuỗi bị đứt ở dòng {seq}")


def test_words_that_are_erased_leave_it_whole(data: Path) -> None:
    seq, lines = line_of(data, "dismiss"), length(data)
    with open_workspace(data) as workspace:
        with workspace.records.change() as conn:
            decision_store.erase_text(conn, seq)
        erase_traces(workspace.records)
        with workspace.records.begin() as conn:
            (line,) = (one for one in decision_store.latest(conn, lines) if one.decision.seq == seq)
            assert line.text is None
    assert examined(data) == (True, f"{lines} dòng, chuỗi nguyên vẹn")
    assert all("lời đùa".encode() not in path.read_bytes() for path in data.glob("records.sqlite3*"))


def test_lines_go_on_after_words_were_erased(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "data") as workspace, workspace.records.change() as conn:
        for word in ("một", "hai", "ba"):
            last = note(conn, "alert", "take", "somebody", START, text=word)
        decision_store.erase_text(conn, last.seq)
        note(conn, "alert", "leave", "somebody", utc_now(), text="bốn")
        assert broken_at(conn) is None
