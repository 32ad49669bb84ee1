"""The frontier: what is asked for, in which order, and what a pass asks again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import RefusalReason
from kiemtin.store import frontier as f
from kiemtin.store.frontier import State, Validators
from kiemtin.store.tables import frontier as table
from kiemtin.store.tables import metadata
from tests.support.site import outlet

NOW = datetime(2026, 3, 20, 7, 30, tzinfo=UTC)
FEED = "https://truclam.example/rss"
MAP = "https://truclam.example/sitemap.xml"
A, B, C = (f"https://truclam.example/{name}" for name in "abc")
PAPER = outlet(feeds=(FEED,), sitemaps=(MAP,))
NAME = PAPER.name
OTHER = outlet("Đài Suối Ngọc", feeds=("https://suoingoc.example/rss",))


@dataclass(frozen=True, slots=True)
class Item:
    url: str
    title: str | None = "Tin"
    published_at: datetime | None = None
    updated_at: datetime | None = None


@pytest.fixture
def conn() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def start(conn: sa.Connection, *outlets: Outlet, now: datetime = NOW, hours: int = 48) -> f.CrawlPass:
    return f.start_pass(conn, outlets or (PAPER,), now, hours)


def dated(url: str, field: str, date: datetime) -> Item:
    return Item(url, published_at=date) if field == "published_at" else Item(url, updated_at=date)


def pending(conn: sa.Connection, name: str = NAME) -> list[str]:
    return [entry.url for entry in f.next_batch(conn, name, 1_000)]


def state(conn: sa.Connection, url: str) -> str | None:
    return conn.scalar(sa.select(table.c.state).where(table.c.url == url))


def end(conn: sa.Connection, now: datetime = NOW) -> None:
    f.crawl_finished(conn, now)
    f.finish_pass(conn, now)


def all_done(conn: sa.Connection) -> None:
    for url in pending(conn):
        f.mark_done(conn, url, NOW, Validators(f'"{url[-1]}"', "Fri, 20 Mar 2026 07:30:00 GMT"))


def test_feeds_come_first_then_sitemaps_then_the_newest_pages(conn: sa.Connection) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A), Item(B, published_at=NOW - timedelta(days=1)), Item(C, published_at=NOW)], NOW)
    assert pending(conn) == [FEED, MAP, C, B, A]
    assert [entry.url for entry in f.next_batch(conn, NAME, 9, pages=False)] == [FEED, MAP]
    assert [entry.url for entry in f.next_batch(conn, NAME, 1)] == [FEED]


def test_an_unfinished_pass_is_gone_on_with(conn: sa.Connection) -> None:
    first = start(conn)
    f.mark_done(conn, FEED, NOW, Validators())
    again = start(conn, now=NOW + timedelta(hours=1))
    assert (first.resumed, again.resumed) == (False, True)
    assert again.id == first.id
    assert again.started_at == NOW
    assert pending(conn) == [MAP]


def test_a_crawled_pass_that_was_not_analysed_is_gone_on_with_too(conn: sa.Connection) -> None:
    start(conn)
    all_done(conn)
    f.crawl_finished(conn, NOW)
    assert start(conn).resumed
    assert pending(conn) == []


def test_a_new_pass_asks_listings_and_young_pages_again(conn: sa.Connection) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A)], NOW - timedelta(hours=60))
    f.add_listed(conn, NAME, [Item(B)], NOW)
    all_done(conn)
    end(conn)
    later = start(conn, now=NOW + timedelta(hours=1))
    assert not later.resumed
    assert pending(conn) == [FEED, MAP, B]
    (entry,) = [entry for entry in f.next_batch(conn, NAME, 9) if entry.url == B]
    assert (entry.etag, entry.last_modified) == ('"b"', "Fri, 20 Mar 2026 07:30:00 GMT")


def test_not_modified_keeps_the_validators(conn: sa.Connection) -> None:
    start(conn)
    all_done(conn)
    f.mark_done(conn, FEED, NOW)
    assert conn.scalar(sa.select(table.c.etag).where(table.c.url == FEED)) == '"s"'


@pytest.mark.parametrize("tag", ["x" * 257, '"a\r\nb"'])
def test_a_validator_that_cannot_be_sent_back_whole_is_not_kept(conn: sa.Connection, tag: str) -> None:
    start(conn)
    f.mark_done(conn, FEED, NOW, Validators(tag, "ok"))
    row = conn.execute(sa.select(table.c.etag, table.c.last_modified).where(table.c.url == FEED)).one()
    assert tuple(row) == ("", "ok")


def test_who_lists_a_page_first_keeps_it(conn: sa.Connection) -> None:
    start(conn, PAPER, OTHER)
    assert f.add_listed(conn, NAME, [Item(A), Item(A)], NOW) == 1
    assert f.add_listed(conn, OTHER.name, [Item(A, "Khác"), Item(B)], NOW) == 1
    owners = conn.execute(sa.select(table.c.url, table.c.outlet).where(table.c.role == "page")).tuples()
    assert dict(owners.all()) == {A: NAME, B: OTHER.name}


@pytest.mark.parametrize("field", ["published_at", "updated_at"])
def test_only_a_newer_listed_date_asks_a_page_again(conn: sa.Connection, field: str) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A, published_at=NOW), Item(B)], NOW)
    all_done(conn)
    f.add_listed(conn, NAME, [dated(A, field, NOW), Item(B)], NOW)
    assert pending(conn) == []
    f.add_listed(conn, NAME, [dated(A, field, NOW + timedelta(seconds=1)), Item(B)], NOW)
    assert pending(conn) == [A]


def test_a_newer_date_does_not_bring_back_what_is_gone(conn: sa.Connection) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A)], NOW)
    f.mark_gone(conn, A, "410", NOW)
    f.add_listed(conn, NAME, [Item(A, updated_at=NOW)], NOW)
    assert state(conn, A) == State.GONE


def test_quarantine_holds_address_and_reason_and_can_be_replayed(conn: sa.Connection) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A)], NOW)
    f.mark_done(conn, A, NOW, Validators('"a"', ""))
    f.mark_quarantined(conn, A, RefusalReason.EMPTY, "x" * 999, NOW, attempts=3)
    row = conn.execute(sa.select(table).where(table.c.url == A)).mappings().one()
    assert (row["state"], row["reason"], len(row["detail"]), row["etag"], row["attempts"]) == ("quarantined", "no_text", 200, "", 3)
    assert f.replay_quarantine(conn) == 1
    assert A in pending(conn)
    assert f.replay_quarantine(conn) == 0


@pytest.mark.parametrize(
    ("reason", "detail", "again"),
    [
        (RefusalReason.UNREACHABLE, "", True),
        (RefusalReason.TOO_SLOW, "", True),
        (RefusalReason.HTTP_STATUS, "503", True),
        (RefusalReason.HTTP_STATUS, "403", False),
        (RefusalReason.ROBOTS, "", False),
        (RefusalReason.NOT_ARTICLE, "", False),
    ],
)
def test_what_passes_by_itself_is_asked_again_in_the_next_pass(conn: sa.Connection, reason: RefusalReason, detail: str, again: bool) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A)], NOW)
    f.mark_quarantined(conn, A, reason, detail, NOW)
    f.add_listed(conn, NAME, [Item(B)], NOW - timedelta(hours=60))
    f.mark_quarantined(conn, B, reason, detail, NOW)
    end(conn)
    start(conn)
    assert (A in pending(conn)) is again
    assert B not in pending(conn)


def test_a_failed_feed_is_asked_in_every_pass(conn: sa.Connection) -> None:
    start(conn)
    f.mark_gone(conn, FEED, "404", NOW)
    f.mark_quarantined(conn, MAP, RefusalReason.MALFORMED, "", NOW)
    end(conn)
    start(conn, now=NOW + timedelta(days=30))
    assert pending(conn) == [FEED, MAP]


def test_what_left_the_catalogue_is_no_longer_asked_for(conn: sa.Connection) -> None:
    start(conn, PAPER, OTHER)
    f.add_listed(conn, NAME, [Item(A), Item(B)], NOW)
    f.mark_done(conn, A, NOW, Validators('"a"'))
    start(conn, OTHER)
    assert pending(conn) == []
    assert (state(conn, A), state(conn, B), state(conn, FEED)) == (None, None, None)
    assert pending(conn, OTHER.name) == list(OTHER.feeds)


def test_an_outlet_under_a_new_name_keeps_its_feeds(conn: sa.Connection) -> None:
    start(conn)
    all_done(conn)
    renamed = outlet("Báo Trúc Lam mới", feeds=(FEED,), sitemaps=(MAP,))
    start(conn, renamed)
    assert pending(conn, renamed.name) == [FEED, MAP]


def test_a_feed_that_its_outlet_no_longer_names_is_forgotten(conn: sa.Connection) -> None:
    start(conn)
    start(conn, outlet(feeds=(A,)))
    assert pending(conn) == [A]


def test_a_feed_new_in_the_catalogue_joins_a_running_pass(conn: sa.Connection) -> None:
    start(conn)
    all_done(conn)
    start(conn, PAPER, OTHER)
    assert pending(conn, OTHER.name) == list(OTHER.feeds)


def test_a_sitemap_index_without_end_is_cut_at_both_ends(conn: sa.Connection) -> None:
    start(conn)
    urls = [f"https://truclam.example/map/{number:04}" for number in range(5_000)]
    assert f.add_sitemaps(conn, NAME, urls, NOW) == f.MAX_SITEMAPS - 1
    assert f.add_sitemaps(conn, NAME, urls, NOW) == 0
    assert {urls[0], urls[-1]} <= set(pending(conn))


def test_counts(conn: sa.Connection) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A), Item(B)], NOW)
    f.mark_done(conn, A, NOW)
    assert f.counts(conn) == {State.PENDING: 3, State.DONE: 1, State.QUARANTINED: 0, State.GONE: 0}
    assert f.pending_per_outlet(conn) == {NAME: 3}
    assert f.pages_asked_since(conn, NOW) == {NAME: 1}


def test_titles_that_no_database_takes_are_cleaned(conn: sa.Connection) -> None:
    start(conn)
    f.add_listed(conn, NAME, [Item(A, "a\0b\ud800" + "c" * 999)], NOW)
    title = conn.scalar(sa.select(table.c.listed_title).where(table.c.url == A))
    assert title is not None
    assert title.startswith("ab?c")
    assert len(title) <= 500


def test_fifty_thousand_listed_pages_take_seconds_not_minutes(conn: sa.Connection) -> None:
    start(conn)
    items = [Item(f"https://truclam.example/{number}") for number in range(50_000)]
    began = datetime.now(UTC)
    assert f.add_listed(conn, NAME, items, NOW) == 50_000
    assert f.add_listed(conn, NAME, items, NOW) == 0
    assert datetime.now(UTC) - began < timedelta(seconds=20)
