"""What was not collected is named on the day it was not: feeds that broke, pages that lost their article, dates to come, silence, too little."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kiemtin.demo
from crawlers.catalog import load_catalog
from kiemtin.coverage.health import BASELINE_DAYS, Trouble, TroubleKind, find_troubles
from kiemtin.demo.world import World, slug
from kiemtin.domain.coverage import Stock, day_of
from kiemtin.pipeline.coverage import troubles_on
from kiemtin.pipeline.passes import run_pass
from kiemtin.pipeline.workspace import Workspace, open_workspace, utc_now
from kiemtin.store.records import upsert
from kiemtin.store.tables import collected as collected_table
from tests.support.site import Reply, Site

DAY = date(2026, 11, 20)
PAPER = "Báo Trúc Lam"
TODAY = Stock(DAY, PAPER, passes=4, listed=12, parsed=12, read=12)


def before(days: int = 10, **numbers: int) -> list[Stock]:
    """So many days that all went as these numbers say."""
    usual = replace(TODAY, **{"listed": 12, "parsed": 12, "read": numbers.get("parsed", 12), **numbers})
    return [replace(usual, day=DAY - timedelta(days=ago)) for ago in range(days, 0, -1)]


def troubles(today: Stock, past: list[Stock] | None = None, least: int = 0, day_is_over: bool = True) -> list[Trouble]:
    return find_troubles(DAY, [*(before() if past is None else past), today], {PAPER: least} if least else {}, day_is_over)


def kinds(found: list[Trouble]) -> list[TroubleKind]:
    return [one.kind for one in found]


def test_a_usual_day_is_no_trouble() -> None:
    assert troubles(TODAY) == []
    assert troubles(TODAY, []) == [], "nor is the first one"
    assert find_troubles(DAY, before(), {PAPER: 5}, day_is_over=True) == [], "of an outlet without a pass today nothing is known"


# --- feeds and silence ---------------------------------------------------------------------------------------------------


def test_a_failed_feed_is_said_at_once_and_explains_the_silence() -> None:
    broken = replace(TODAY, feeds_failed=1, listed=0, parsed=0)
    assert troubles(broken, day_is_over=False) == [Trouble(PAPER, TroubleKind.FEED_FAILED, 1, 1, 0.0)]
    assert kinds(troubles(broken)) == [TroubleKind.FEED_FAILED]


@pytest.mark.parametrize(("parsed", "silent"), [(0, True), (2, True), (3, False), (12, False)])
def test_silence_is_less_than_a_quarter_of_the_usual_day(parsed: int, silent: bool) -> None:
    quiet = replace(TODAY, parsed=parsed, listed=parsed)
    assert troubles(quiet) == ([Trouble(PAPER, TroubleKind.SILENT, parsed, parsed, 12.0)] if silent else [])


def test_silence_is_known_only_when_the_day_is_over_and_after_three_days() -> None:
    quiet = replace(TODAY, parsed=0, listed=0)
    assert troubles(quiet, day_is_over=False) == []
    assert troubles(quiet, before(2)) == []
    assert kinds(troubles(quiet, before(3))) == [TroubleKind.SILENT]


def test_the_usual_day_is_a_median_of_the_last_four_weeks() -> None:
    one_flood = [*before(9, parsed=4), *before(1, parsed=900)]
    assert troubles(replace(TODAY, parsed=1), one_flood) == []
    long_ago = [replace(one, day=one.day - timedelta(days=BASELINE_DAYS)) for one in before()]
    assert troubles(replace(TODAY, parsed=0), long_ago) == []
    assert troubles(replace(TODAY, parsed=0), before(parsed=0)) == [], "who never publishes is not silent"


def test_pages_that_cannot_be_read_are_no_silence() -> None:
    assert kinds(troubles(replace(TODAY, parsed=0, read=0, refused=12))) == [TroubleKind.PARSE_FALLEN]


@pytest.mark.parametrize(("parsed", "least", "under"), [(4, 5, True), (5, 5, False), (0, 1, True), (0, 0, False)])
def test_less_than_the_outlet_declares(parsed: int, least: int, under: bool) -> None:
    given_less = replace(TODAY, parsed=parsed, listed=7)
    expected = [Trouble(PAPER, TroubleKind.UNDER_YIELD, parsed, 7, float(least))] if under else []
    assert troubles(given_less, [], least) == expected
    assert troubles(given_less, [], least, day_is_over=False) == []


# --- reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("parsed", "refused", "fallen"), [(5, 7, True), (6, 6, False), (1, 3, True), (1, 2, False), (0, 4, True), (0, 3, False)])
def test_reading_has_fallen_where_under_half_of_four_pages_or_more_gave_a_story(parsed: int, refused: int, fallen: bool) -> None:
    today = replace(TODAY, parsed=parsed, read=parsed, refused=refused)
    expected = [Trouble(PAPER, TroubleKind.PARSE_FALLEN, refused, parsed + refused, 1.0)] if fallen else []
    assert troubles(today, day_is_over=False) == expected


@pytest.mark.parametrize(("refused_before", "fallen"), [(0, True), (5, True), (6, False)])
def test_reading_cannot_fall_where_it_never_was_good(refused_before: int, fallen: bool) -> None:
    """Twelve of 17 are seven in ten and more, twelve of 18 are less."""
    assert bool(troubles(replace(TODAY, parsed=1, read=1, refused=9), before(refused=refused_before), day_is_over=False)) is fallen


def test_an_outlet_that_could_never_be_read_is_named_on_its_first_day() -> None:
    assert troubles(replace(TODAY, parsed=0, read=0, refused=8), [], day_is_over=False) == [Trouble(PAPER, TroubleKind.PARSE_FALLEN, 8, 8, 0.0)]


@pytest.mark.parametrize(("undated", "of", "lost"), [(3, 10, True), (2, 10, False), (2, 4, True), (1, 4, False), (3, 3, False), (0, 12, False)])
def test_dates_were_lost_where_three_in_ten_stories_have_none(undated: int, of: int, lost: bool) -> None:
    today = replace(TODAY, parsed=of, undated=undated)
    assert troubles(today, day_is_over=False) == ([Trouble(PAPER, TroubleKind.UNDATED, undated, of, 0.0)] if lost else [])


@pytest.mark.parametrize(("undated_before", "lost"), [(0, True), (3, True), (4, False)])
def test_dates_cannot_be_lost_where_there_were_few(undated_before: int, lost: bool) -> None:
    """Three of twenty are 15 in a hundred."""
    assert bool(troubles(replace(TODAY, undated=12), before(parsed=20, undated=undated_before), day_is_over=False)) is lost


@pytest.mark.parametrize(("future", "parsed", "said"), [(3, 12, True), (3, 13, False), (2, 0, False), (3, 0, True), (20, 60, True)])
def test_dates_to_come_are_said_from_three_pages_and_a_fifth_on(future: int, parsed: int, said: bool) -> None:
    today = replace(TODAY, parsed=parsed, future_dated=future)
    expected = [Trouble(PAPER, TroubleKind.FUTURE_DATES, future, parsed + future, 0.0)] if said else []
    assert troubles(today, [], day_is_over=False) == expected


# --- all together --------------------------------------------------------------------------------------------------------


def test_each_outlet_is_judged_by_itself_in_order_of_name() -> None:
    other = replace(TODAY, outlet="Báo Bến Lúa", feeds_failed=2)
    found = find_troubles(DAY, [*before(), replace(TODAY, parsed=1), other], {}, day_is_over=True)
    assert [(one.outlet, one.kind) for one in found] == [("Báo Bến Lúa", TroubleKind.FEED_FAILED), (PAPER, TroubleKind.SILENT)]


numbers = st.integers(0, 40)
stocks = st.builds(
    Stock, st.dates(DAY - timedelta(days=40), DAY), st.sampled_from(["A", "B"]), numbers, st.integers(0, 3), numbers, numbers, numbers, numbers, numbers
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(stocks, max_size=30, unique_by=lambda one: (one.day, one.outlet)), st.booleans())
def test_whatever_the_numbers_a_trouble_shows_its_own(stock: list[Stock], day_is_over: bool) -> None:
    found = find_troubles(DAY, stock, {"A": 5}, day_is_over)
    today = {one.outlet: one for one in stock if one.day == DAY}
    assert len({(one.outlet, one.kind) for one in found}) == len(found)
    assert {one.outlet for one in found} <= set(today)
    for one in found:
        assert one.count >= 0 and one.of >= 0 and one.usual >= 0
        assert day_is_over or one.kind not in (TroubleKind.SILENT, TroubleKind.UNDER_YIELD)
        assert one.kind is not TroubleKind.FEED_FAILED or one.count == today[one.outlet].feeds_failed > 0
    assert [one for one in find_troubles(DAY, stock, {"A": 5}, True) if one in found] == found, "the end of the day only adds"


# --- from a crawl --------------------------------------------------------------------------------------------------------

BROKEN, REDESIGNED, AHEAD, FINE = "Báo Đồng Xanh", "Nhật báo Sông Mây", "Tin Bến Lúa", "Shell Bay Courier"
OUTLETS = (BROKEN, REDESIGNED, AHEAD, FINE)
PAGES = 4


def made_up(base: str) -> World:
    """Four papers of the demo's world with four pages each, all of this morning."""
    world = World(Path(kiemtin.demo.__file__).parent, base)
    world.data["pages"] = [page for name in OUTLETS for page in [page for page in world.data["pages"] if page["outlet"] == name][:PAGES]]
    for at, page in enumerate(world.data["pages"]):
        page["published"] = (utc_now() - timedelta(minutes=20 + at)).isoformat(timespec="seconds")
    return world


def serve(site: Site, world: World) -> None:
    site.routes.update({path: Reply(document.body, content_type=document.content_type) for path, document in world.documents().items()})


def break_it(site: Site, world: World) -> None:
    """One paper's feed answers 500, another's pages are empty frames for a script, a third's clock is a week ahead."""
    for page in world.data["pages"]:
        if page["outlet"] == AHEAD:
            page["published"] = (datetime.fromisoformat(page["published"]) + timedelta(days=7)).isoformat(timespec="seconds")
    serve(site, world)
    site.routes[f"/{slug(BROKEN)}/rss.xml"] = Reply(b"", 500, "text/plain")
    frame = b'<!doctype html><html lang="vi"><head><title>Trang</title></head><body><div id="app"></div><script>start()</script></body></html>'
    for page in world.data["pages"]:
        if page["outlet"] == REDESIGNED:
            site.routes[world.address(page).removeprefix(world.base)] = Reply(frame)


def plant_history(workspace: Workspace, day: date) -> None:
    """A week on which every paper gave four stories."""
    rows: list[dict[str, Any]] = [
        {
            "day": day - timedelta(days=ago),
            "outlet": name,
            "passes": 9,
            "feeds_failed": 0,
            "listed": PAGES,
            "parsed": PAGES,
            "read": PAGES,
            "refused": 0,
            "undated": 0,
            "future_dated": 0,
        }
        for ago in range(1, 8)
        for name in OUTLETS
    ]
    with workspace.records.begin() as conn:
        upsert(conn, collected_table, rows)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, date]]:
    """One pass over the broken world, after a good week; and the day of it."""
    data = tmp_path_factory.mktemp("data")
    with Site() as site, open_workspace(data) as workspace:
        world = made_up(site.url("").rstrip("/"))
        break_it(site, world)
        (data / "outlets.toml").write_text(world.catalog(), "utf-8")
        catalog = [one for one in load_catalog(data / "outlets.toml") if one.name in OUTLETS]
        day = day_of(utc_now())
        plant_history(workspace, day)
        run_pass(workspace, catalog, loopback_ok=True)
        yield workspace, day


def test_what_broke_is_named_on_the_day_it_broke(crawled: tuple[Workspace, date]) -> None:
    workspace, day = crawled
    with workspace.records.begin() as conn:
        found = troubles_on(conn, day, day_is_over=False)
    assert {one.outlet: (one.kind, one.count, one.of, one.usual) for one in found} == {
        BROKEN: (TroubleKind.FEED_FAILED, 1, 1, 0.0),
        REDESIGNED: (TroubleKind.PARSE_FALLEN, PAGES, PAGES, 1.0),
        AHEAD: (TroubleKind.FUTURE_DATES, PAGES, PAGES, 0.0),
    }
