"""The streams of a running desk: read while it runs, their numbers stored by its end; a server that is away is told and ends nothing."""

import time
from datetime import date

import pytest

from crawlers.posts import mastodon
from kiemtin.desk.serve import _counting
from kiemtin.domain.repeats import Said
from kiemtin.pipeline import counting
from kiemtin.store import repeats as repeat_store
from kiemtin.store import reviews as review_store
from tests.support.desk import DeskRun
from tests.support.posts import MASTODON, WATCHED, check, mastodon_server


def test_a_desk_reads_its_streams_and_says_which_are_away(desk: DeskRun, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.workspace.records.change() as conn:
        review_store.save(conn, [check(text, number) for number, text in enumerate(WATCHED)], examined=True)
    monkeypatch.setattr(counting, "MastodonTimeline", lambda host, agent, ok: mastodon.MastodonTimeline(host, agent, ok, pause=0.05))
    with mastodon_server(("a",) * 7) as timeline:
        config = desk.workspace.config.model_copy(update={"count_mastodon": (timeline.host, "127.0.0.1:9")})
        object.__setattr__(desk.workspace, "config", config)
        with _counting(desk.desk):
            end = time.monotonic() + 20
            while timeline.pages_read < 4 or "127.0.0.1:9" not in desk.desk.streams:
                assert time.monotonic() < end
                time.sleep(0.05)
            with desk.browser() as anyone:
                ready = anyone.get("/readyz").json()
        assert ready["streams"] == {"127.0.0.1:9": "ConnectError"}
        assert ready["counting"] is True
    with desk.workspace.records.begin() as conn:
        stored = repeat_store.load(conn, date(2999, 1, 1))
    assert sum(count for cell, count in stored.items() if cell.said is Said.REPEAT) == MASTODON


def test_a_desk_without_streams_starts_nothing(desk: DeskRun) -> None:
    with _counting(desk.desk):
        assert desk.desk.streams == {}
