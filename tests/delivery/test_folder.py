"""A folder gets both files whole, or neither shows."""

import json
import os
from pathlib import Path

import pytest

from kiemtin.delivery import folder
from kiemtin.delivery.outcome import Failed, Sent
from kiemtin.delivery.topic import docx_of
from tests.delivery import first, withdrawn


def test_both_files_stand_in_the_folder_and_again_changes_nothing(tmp_path: Path) -> None:
    assert folder.send(tmp_path, "go-may", first().body) == Sent("k1-1.json")
    into = tmp_path / "outgoing" / "go-may"
    before = {path.name: path.read_bytes() for path in into.iterdir()}
    assert json.loads(before["k1-1.json"]) == first().body
    assert before == {"k1-1.json": before["k1-1.json"], "k1-1.docx": docx_of(first().body)}
    assert folder.send(tmp_path, "go-may", first().body) == Sent("k1-1.json")
    assert {path.name: path.read_bytes() for path in into.iterdir()} == before


def test_each_version_has_its_own_files(tmp_path: Path) -> None:
    folder.send(tmp_path, "go-may", first().body)
    folder.send(tmp_path, "go-may", withdrawn().body)
    assert sorted(path.name for path in (tmp_path / "outgoing" / "go-may").iterdir()) == ["k1-1.docx", "k1-1.json", "k1-2.docx", "k1-2.json"]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc", "-a", "A", "gò-mây", "a b", "a\n", "a\x00", "a" * 62])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    outcome = folder.send(tmp_path, name, first().body)
    assert isinstance(outcome, Failed) and outcome.final
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_the_way_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    (tmp_path / "outgoing").write_text("x")
    outcome = folder.send(tmp_path, "go-may", first().body)
    assert isinstance(outcome, Failed) and not outcome.final


def test_a_failure_half_way_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert folder.send(tmp_path, "go-may", first().body) == Failed("không ghi được vào thư mục: No space left on device")
    assert list((tmp_path / "outgoing" / "go-may").iterdir()) == []


def test_where_the_json_cannot_stand_the_failure_may_pass_and_no_json_shows(tmp_path: Path) -> None:
    """Whoever watches the folder waits for the JSON: it comes last, and only where the document is there."""
    into = tmp_path / "outgoing" / "go-may"
    (into / "k1-1.json").mkdir(parents=True)
    outcome = folder.send(tmp_path, "go-may", first().body)
    assert isinstance(outcome, Failed) and not outcome.final
    assert sorted(path.name for path in into.iterdir() if path.is_file()) == ["k1-1.docx"]
    (into / "k1-1.json").rmdir()
    assert folder.send(tmp_path, "go-may", first().body) == Sent("k1-1.json")


def test_a_folder_that_may_not_be_written_is_a_failure_that_may_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object, **_keys: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refused)
        assert folder.send(tmp_path, "go-may", first().body) == Failed("không ghi được vào thư mục: Permission denied")
    assert list((tmp_path / "outgoing" / "go-may").iterdir()) == []


def test_what_a_kill_left_beside_it_is_written_over(tmp_path: Path) -> None:
    into = tmp_path / "outgoing" / "go-may"
    into.mkdir(parents=True)
    (into / ".k1-1.json.new").write_text("nửa vời")
    folder.send(tmp_path, "go-may", first().body)
    assert sorted(path.name for path in into.iterdir()) == ["k1-1.docx", "k1-1.json"]
    assert json.loads((into / "k1-1.json").read_bytes()) == first().body
