"""Numbers in memory: days, the smallest number, posts that come twice, and what goes wrong while they are stored."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiemtin.counting import tally as tally_module
from kiemtin.counting.tally import Tally
from kiemtin.domain.repeats import Cell, Platform, Said, platform_of, shown
from kiemtin.errors import DataDirError
from kiemtin.pipeline import counting
from kiemtin.pipeline.passes import forget_counts
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import repeats as repeat_store
from tests.support.posts import watched_data

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # noon in Viet Nam
DAY = date(2026, 11, 20)
CELL = Cell("a", DAY, Platform.SOCIAL, Said.REPEAT)


def filled(count: int, live: bool = False) -> Tally:
    tally = Tally(live)
    for number in range(count):
        tally.add(CELL, f"name {number}")
    return tally


@pytest.mark.parametrize(
    ("created_at", "day"),
    [
        (NOON, DAY),
        (datetime(2026, 11, 19, 17, 0, tzinfo=UTC), DAY),  # 00:00 in Viet Nam
        (datetime(2026, 11, 19, 16, 59, 59, tzinfo=UTC), None),  # the day before is over
        (NOON + timedelta(minutes=4), DAY),
        (NOON + timedelta(minutes=6), None),
        (NOON - timedelta(days=400), None),
    ],
)
def test_a_stream_counts_today(created_at: datetime, day: date | None) -> None:
    assert Tally(live=True).day_for(created_at, NOON) == day


def test_a_stream_counts_yesterdays_late_posts_for_ten_minutes() -> None:
    midnight, late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC), datetime(2026, 11, 20, 16, 58, tzinfo=UTC)
    assert Tally(live=True).day_for(late, midnight + timedelta(minutes=9)) == DAY
    assert Tally(live=True).day_for(late, midnight + timedelta(minutes=11)) is None


def test_a_file_counts_any_day_but_a_future_one() -> None:
    tally = Tally(live=False)
    assert tally.day_for(datetime(2020, 1, 1, tzinfo=UTC), NOON) == date(2020, 1, 1)
    assert tally.day_for(NOON + timedelta(days=1), NOON) is None


def test_nothing_below_ten_is_handed_over_and_then_everything() -> None:
    tally = filled(9)
    assert tally.take() == {}
    tally.add(CELL, "tenth")
    assert tally.take() == {CELL: 10}
    tally.add(CELL, "eleventh")
    assert tally.take() == {CELL: 1}, "the number is there already"
    assert tally.take() == {}


def test_a_number_that_is_stored_already_grows_by_less_than_ten() -> None:
    assert filled(3, live=True).take({CELL}) == {CELL: 3}


def test_at_the_days_end_the_small_remainder_is_gone() -> None:
    tally = filled(9, live=True)
    tally.close(NOON)
    tally.add(CELL, "tenth")
    tally.close(NOON + timedelta(days=1))
    assert tally.take() == {}


def test_a_post_counts_once_a_day_and_one_without_a_name_each_time() -> None:
    tally = Tally(live=False)
    assert [tally.add(CELL, "same") for _ in range(3)] == [True, False, False]
    assert [tally.add(CELL, "") for _ in range(3)] == [True, True, True]
    assert tally.add(Cell("a", date(2026, 11, 19), Platform.SOCIAL, Said.REPEAT), "same")
    assert tally.repeats == 5


def test_where_there_is_no_room_to_know_a_post_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally_module, "_MOST_SEEN", 3)
    tally = Tally(live=False)
    assert [tally.add(CELL, str(number)) for number in range(5)] == [True, True, True, False, False]


def test_two_runs_know_each_others_posts_by_nothing() -> None:
    """The key is random: the same post has another hash in each tally."""
    first, second = tally_module._Seen(), tally_module._Seen()
    first.is_new("same")
    second.is_new("same")
    assert first._hashes != second._hashes
    assert b"same" not in b"".join(first._hashes)


def test_a_claim_that_is_no_longer_public_is_dropped_from_memory() -> None:
    tally = filled(12)
    tally.drop({"b"})
    assert tally.take() == {}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(watched_data(tmp_path / "data")) as opened:
        yield opened


def public(workspace: Workspace) -> str:
    with workspace.records.begin() as conn:
        return next(iter(repeat_store.public_claims(conn)))


def stored(workspace: Workspace) -> dict[Cell, int]:
    with workspace.records.begin() as conn:
        return repeat_store.load(conn, date(2999, 1, 1))


def test_what_was_certainly_not_stored_is_stored_next_time(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = Cell(public(workspace), DAY, Platform.SOCIAL, Said.REPEAT)
    tally = Tally(live=False)
    for number in range(12):
        tally.add(cell, str(number))

    def full_disk(*_words: object) -> None:
        raise DataDirError("Records: disk full")

    monkeypatch.setattr(repeat_store, "add", full_disk)
    with pytest.raises(DataDirError):
        counting.flush(workspace, tally)
    monkeypatch.undo()
    assert stored(workspace) == {}
    counting.flush(workspace, tally)
    counting.flush(workspace, tally)
    assert stored(workspace) == {cell: 12}


def test_what_may_have_been_stored_is_never_stored_twice(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The confirmation is lost after the writing: the numbers may be lost, they never grow."""
    cell, tally = Cell(public(workspace), DAY, Platform.SOCIAL, Said.REPEAT), Tally(live=False)
    for number in range(12):
        tally.add(cell, str(number))
    real = type(workspace.records).change

    def confirmed_and_broken(records: object) -> object:
        class Broken:
            def __enter__(self) -> object:
                self.inner = real(records)  # type: ignore[arg-type]
                return self.inner.__enter__()

            def __exit__(self, *words: object) -> None:
                self.inner.__exit__(*words)  # type: ignore[arg-type]
                raise DataDirError("Records: connection lost")

        return Broken()

    monkeypatch.setattr(type(workspace.records), "change", confirmed_and_broken)
    with pytest.raises(DataDirError):
        counting.flush(workspace, tally)
    monkeypatch.undo()
    counting.flush(workspace, tally)
    assert stored(workspace) == {cell: 12}


def test_a_claim_withdrawn_meanwhile_is_not_stored(workspace: Workspace) -> None:
    tally = Tally(live=False)
    for number in range(12):
        tally.add(Cell("withdrawn", DAY, Platform.SOCIAL, Said.REPEAT), str(number))
    counting.flush(workspace, tally)
    assert stored(workspace) == {}


def test_numbers_of_claims_that_are_public_no_more_go(workspace: Workspace) -> None:
    one = public(workspace)
    with workspace.records.change() as conn:
        repeat_store.add(conn, {Cell(claim, DAY, Platform.SOCIAL, Said.REPEAT): 20 for claim in (one, "other")})
    forget_counts(workspace)
    assert {cell.claim_id for cell in stored(workspace)} == {one}


@pytest.mark.parametrize(
    ("name", "platform"),
    [("Facebook", Platform.SOCIAL), (" TikTok ", Platform.VIDEO), ("zalo", Platform.MESSAGING), ("social", Platform.SOCIAL), ("diễn đàn", Platform.OTHER), ("", Platform.OTHER)],
)  # fmt: skip
def test_a_platform_is_one_of_four_classes(name: str, platform: Platform) -> None:
    assert platform_of(name) is platform


def test_small_numbers_are_shown_as_less_than_ten() -> None:
    assert [shown(count) for count in (0, 1, 9, 10, 11)] == ["<10", "<10", "<10", 10, 11]
