"""What went wrong once: an edition of the wrong day, a run that begins early, characters that turn the direction, addresses that are none."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows import briefing as flow
from kiemtin.briefing.letter import text_of
from kiemtin.briefing.page import html_of, pdf_of, safe_link
from kiemtin.domain.deliveries import DestinationKind, Wants
from kiemtin.domain.editions import EditionKind, period_of
from kiemtin.domain.staff import Role, Staff
from kiemtin.errors import InputError
from kiemtin.pipeline import newsrooms
from kiemtin.pipeline.briefing import draft, edition_for, set_time
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import deliveries as delivery_store

FRIDAY = date(2026, 11, 20)
ADMIN = Staff("a", "Quản Trị", Role.ADMIN)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("kind", [EditionKind.WEEKLY, EditionKind.MONTHLY])
def test_a_weekly_or_monthly_edition_of_another_day_is_refused_and_queued_for_nobody(workspace: Workspace, kind: EditionKind) -> None:
    now = period_of(EditionKind.DAILY, FRIDAY, set_time(workspace)).last + timedelta(hours=1)
    wanted = newsrooms.Wanted("Đài Lam Giang", DestinationKind.FOLDER, "lam-giang", frozenset(), frozenset({Wants.WEEKLY, Wants.MONTHLY}))
    newsrooms.add_destination(workspace, wanted, ADMIN, now)
    with pytest.raises(InputError, match="thứ Hai"):
        edition_for(workspace, kind, FRIDAY, now)
    with workspace.records.begin() as conn:
        assert delivery_store.counts(conn) == {}


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2026, 11, 21)])
def test_a_day_out_of_reach_is_refused(workspace: Workspace, day: date) -> None:
    with pytest.raises(InputError):
        edition_for(workspace, EditionKind.DAILY, day, datetime(2026, 11, 20, 5, tzinfo=UTC))


def test_a_run_that_begins_a_moment_early_waits_for_the_set_time(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    due = period_of(EditionKind.DAILY, FRIDAY, set_time(workspace)).last
    clock = {"now": due - timedelta(seconds=0.3)}

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return clock["now"]

    monkeypatch.setattr(flow, "datetime", Clock)
    monkeypatch.setattr(flow.time, "sleep", lambda seconds: clock.update(now=clock["now"] + timedelta(seconds=seconds)))
    assert flow._not_early(workspace) >= due
    clock["now"] = due - timedelta(hours=1)
    assert flow._not_early(workspace) == due - timedelta(hours=1), "who asks an hour early is not kept waiting"


def test_no_character_that_turns_the_direction_reaches_a_reader(workspace: Workspace) -> None:
    body = dict(draft(workspace, EditionKind.DAILY, FRIDAY, datetime(2026, 11, 20, 5, tzinfo=UTC)).body)
    body |= {"events": [{"day": "2026-11-21", "text": "Lễ hội\u202e\x1b[31m Bến Lúa"}], "office": "Văn phòng\u2066 Lam Giang"}
    for text in (text_of(body), html_of(body).decode()):
        assert [char for char in text if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"] == []
        assert "Bến Lúa" in text


@pytest.mark.parametrize("url", ["https://[x/y", "javascript:alert(1)", "data:text/html,x", ""])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert safe_link(url) == ""


def test_a_print_asks_no_address(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    body = draft(workspace, EditionKind.DAILY, FRIDAY, datetime(2026, 11, 20, 5, tzinfo=UTC)).body
    page = html_of(body).replace(b"<main>", b'<main><img src="http://127.0.0.1:9/x.png" alt="">')
    monkeypatch.setattr("kiemtin.briefing.page.html_of", lambda _body: page)
    assert pdf_of(body).startswith(b"%PDF")
