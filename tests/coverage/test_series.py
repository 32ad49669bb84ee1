"""What is seen in the counted series: spikes of subjects, themes and watchlists, the week ahead, holidays, and days on which nothing was collected."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.coverage.forecast import AHEAD_DAYS, FEWEST_DAYS, LONGEST_DAYS, forecast
from kiemtin.coverage.spikes import BASELINE_DAYS, find_spike
from kiemtin.coverage.volumes import count_day
from kiemtin.domain.coverage import LISTED_ONLY, SUBJECT_NAMES_VI, Counted, DayCount, OnDay, Subject, Watchlist
from kiemtin.domain.scope import THEME_NAMES_VI, Theme
from kiemtin.pipeline.coverage import forecast_volume, holiday, holidays_between, holidays_of, names_of, not_collected, spikes_between, troubles_on
from kiemtin.store import volumes, watchlists
from kiemtin.store.records import DATABASE_NAME, open_records

DAY = date(2026, 10, 12)  # a Monday; the last holiday before it is in early September
FIRST = DAY - timedelta(days=BASELINE_DAYS)
USUAL = (11, 8, 12, 10, 9, 13, 7, 10, 12, 9, 11, 8, 10, 14, 9, 10, 8, 12, 11, 7, 10, 9, 13, 10, 11, 8, 12, 10)
WEEK = np.array([1.1, 1.2, 1.1, 1.1, 1.1, 0.8, 0.6])
FISH = Watchlist("w1", "Con tôm")
Planted = dict[tuple[Counted, str], DayCount]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory's database with nothing in it: to copy is quicker than to migrate."""
    folder = tmp_path_factory.mktemp("blank")
    open_records(folder).close()
    return folder / DATABASE_NAME


@pytest.fixture
def conn(blank: Path, tmp_path: Path) -> Iterator[sa.Connection]:
    shutil.copy(blank, tmp_path / DATABASE_NAME)
    records = open_records(tmp_path)
    with records.begin() as opened:
        yield opened
    records.close()


def plant(conn: sa.Connection, key: tuple[Counted, str], numbers: dict[date, int], everything: Callable[[date], int] = lambda _: 60) -> None:
    """Counts of one series; days of it that are not named are without a story of it, and `everything` says how many came in at all."""
    for ago in range(BASELINE_DAYS + 7, -2, -1):
        day = DAY - timedelta(days=ago)
        counts: Planted = {(Counted.ALL, ""): DayCount(day, everything(day), 5)} if everything(day) else {}
        if numbers.get(day):
            counts[key] = DayCount(day, numbers[day], 1)
        volumes.replace_day(conn, day, counts)


def usual(today: int) -> dict[date, int]:
    """About ten stories on each of 28 days, and so many on the last."""
    return {FIRST + timedelta(days=at): number for at, number in enumerate((*USUAL, today))}


# --- spikes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ((Counted.SUBJECT, "07"), SUBJECT_NAMES_VI[Subject.HEALTH]),
        ((Counted.THEME, "health"), THEME_NAMES_VI[Theme.HEALTH]),
        ((Counted.WATCHLIST, FISH.id), FISH.name),
    ],
)
def test_a_spike_is_found_in_every_kind_of_series_with_its_name(conn: sa.Connection, key: tuple[Counted, str], name: str) -> None:
    watchlists.save(conn, FISH)
    plant(conn, key, usual(60))
    (found,) = spikes_between(conn, DAY, DAY)
    assert ((found.kind, found.key), found.name) == (key, name)
    assert found.spike == find_spike(USUAL, 60, DAY)
    assert (found.spike.day, found.spike.count) == (DAY, 60)


def test_a_usual_day_has_none(conn: sa.Connection) -> None:
    plant(conn, (Counted.SUBJECT, "07"), usual(13))
    assert spikes_between(conn, DAY, DAY) == []
    assert spikes_between(conn, DAY + timedelta(days=30), DAY + timedelta(days=40)) == [], "nor have days to come"


@pytest.mark.parametrize("key", [(Counted.OUTLET, "Báo Trúc Lam"), (Counted.WATCHLIST, "gone"), (Counted.THEME, "gone")])
def test_neither_an_outlet_nor_what_is_gone_has_spikes(conn: sa.Connection, key: tuple[Counted, str]) -> None:
    plant(conn, key, usual(60))
    assert spikes_between(conn, DAY, DAY) == []


def test_all_that_was_collected_has_none_either(conn: sa.Connection) -> None:
    plant(conn, (Counted.SUBJECT, "07"), usual(10), lambda day: 900 if day == DAY else 60)
    assert spikes_between(conn, DAY, DAY) == []


def test_each_day_is_judged_by_the_days_before_it_only(conn: sa.Connection) -> None:
    numbers = usual(60) | {DAY + timedelta(days=1): 11}
    plant(conn, (Counted.SUBJECT, "07"), numbers)
    found = spikes_between(conn, FIRST, DAY + timedelta(days=1))
    assert [one.spike.day for one in found] == [DAY]
    assert found == spikes_between(conn, DAY, DAY)


def test_of_a_subject_that_seldom_comes_days_without_it_are_zeros(conn: sa.Connection) -> None:
    plant(conn, (Counted.SUBJECT, "13"), {DAY: 9, DAY - timedelta(days=9): 1})
    (found,) = spikes_between(conn, DAY, DAY)
    assert found.spike.expected < 1


def test_days_on_which_nothing_came_in_are_no_zeros(conn: sa.Connection) -> None:
    """After three weeks of zeros and one of ten a day, sixty are a spike; after one week that is all that is known, nothing is."""
    gone = {DAY - timedelta(days=ago) for ago in range(8, BASELINE_DAYS + 1)}
    numbers = {day: count for day, count in usual(60).items() if day not in gone}
    plant(conn, (Counted.SUBJECT, "07"), numbers)
    assert len(spikes_between(conn, DAY, DAY)) == 1
    plant(conn, (Counted.SUBJECT, "07"), numbers, lambda day: 0 if day in gone else 60)
    assert spikes_between(conn, DAY, DAY) == []


def test_a_few_days_without_collecting_change_little(conn: sa.Connection) -> None:
    gone = {DAY - timedelta(days=ago) for ago in (3, 4, 5)}
    numbers = {day: count for day, count in usual(30).items() if day not in gone}
    plant(conn, (Counted.SUBJECT, "07"), numbers, lambda day: 0 if day in gone else 60)
    (found,) = spikes_between(conn, DAY, DAY)
    assert found.spike.expected == pytest.approx(10, abs=1)


def test_a_holiday_is_no_baseline_and_no_spike(conn: sa.Connection) -> None:
    """The same counts, moved so that the last day is the second of September, and then the day after."""
    national = date(2026, 9, 2)
    for day, found in ((national, 0), (national + timedelta(days=1), 1)):
        before = {day - timedelta(days=ago): count for ago, count in zip(range(BASELINE_DAYS, 0, -1), USUAL, strict=True)}
        for one, count in (before | {day: 60}).items():
            volumes.replace_day(conn, one, {(Counted.ALL, ""): DayCount(one, 90, 9), (Counted.SUBJECT, "07"): DayCount(one, count, 1)})
        assert len(spikes_between(conn, day, day)) == found


def test_spikes_come_in_one_order(conn: sa.Connection) -> None:
    watchlists.save(conn, FISH)
    keys = [(Counted.SUBJECT, "07"), (Counted.SUBJECT, "13"), (Counted.THEME, "health"), (Counted.WATCHLIST, FISH.id)]
    for day, count in usual(60).items():
        volumes.replace_day(conn, day, {(Counted.ALL, ""): DayCount(day, 90, 9), **{key: DayCount(day, count, 1) for key in reversed(keys)}})
    assert [(one.kind, one.key) for one in spikes_between(conn, DAY, DAY)] == keys


@pytest.mark.parametrize("subject", sorted(LISTED_ONLY))
def test_a_subject_that_is_listed_only_never_spikes(conn: sa.Connection, subject: Subject) -> None:
    """Counted as the pipeline counts: sixty stories in a day after a month of ten."""
    watchlists.save(conn, FISH)
    for day, number in usual(60).items():
        told = [OnDay("Báo Trúc Lam", subject, "health", (FISH.id,), f"c{at}") for at in range(number)]
        volumes.replace_day(conn, day, count_day(day, told))
    assert volumes.load_series(conn, Counted.ALL, "", DAY, 1) == [DayCount(DAY, 60, 60)]
    assert spikes_between(conn, FIRST, DAY) == []


# --- what was not collected ----------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, 20)))
def test_a_day_was_collected_if_anything_at_all_came_in(came: set[int]) -> None:
    days = [DAY - timedelta(days=ago) for ago in range(20, -1, -1)]
    counted = {(Counted.ALL, ""): {days[at]: DayCount(days[at], 1, 1) for at in came}, (Counted.SUBJECT, "07"): {days[0]: DayCount(days[0], 1, 1)}}
    assert not_collected(counted, days[0], DAY) == [day for at, day in enumerate(days) if at not in came]
    assert not_collected({}, days[0], DAY) == days


def test_of_no_day_there_is_nothing_to_say() -> None:
    assert not_collected({}, DAY, DAY - timedelta(days=1)) == []
    assert not_collected({}, DAY, DAY) == [DAY]


# --- holidays ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name"), [(date(2026, 9, 2), "Quốc khánh"), (date(2027, 1, 1), "Tết Dương lịch"), (date(2026, 2, 17), "Tết Nguyên Đán"), (DAY, "")]
)
def test_holidays_are_vietnams_with_their_names(day: date, name: str) -> None:
    assert holiday(day) == name


def test_holidays_are_known_across_the_turn_of_a_year() -> None:
    found = holidays_between(date(2026, 12, 20), date(2027, 2, 6))
    assert date(2027, 1, 1) in found
    assert date(2027, 2, 6) in found, "the first day of Tết"
    assert all(date(2026, 12, 20) <= day <= date(2027, 2, 6) for day in found)
    assert holidays_between(DAY, DAY) == []
    assert holidays_between(date(2026, 9, 2), date(2026, 9, 2)) == [date(2026, 9, 2)]


@settings(max_examples=50, deadline=None)
@given(st.integers(2020, 2040))
def test_every_year_has_the_days_that_do_not_move(year: int) -> None:
    known = holidays_of(year)
    assert {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)} <= set(known)
    assert all(day.year == year and name for day, name in known.items())


# --- the week ahead ------------------------------------------------------------------------------------------------------


def plant_all(conn: sa.Connection, series: list[int]) -> None:
    """So many stories a day, up to DAY; a day with none has no row."""
    for ago, number in enumerate(reversed(series)):
        day = DAY - timedelta(days=ago)
        volumes.replace_day(conn, day, {(Counted.ALL, ""): DayCount(day, number, 1)} if number else {})


def weekly(days: int, seed: int) -> list[int]:
    """Independent counts with poor week-ends, up to DAY; none is zero."""
    week = [WEEK[(DAY - timedelta(days=ago)).weekday()] for ago in range(days - 1, -1, -1)]
    return [max(1, int(count)) for count in np.random.default_rng(seed).poisson(40 * np.array(week))]


def test_seven_days_follow_the_last(conn: sa.Connection) -> None:
    series = weekly(126, 1)
    plant_all(conn, series)
    made = forecast_volume(conn, DAY)
    assert made is not None
    assert [one.day for one in made.days] == [DAY + timedelta(days=ahead) for ahead in range(1, AHEAD_DAYS + 1)]
    assert made == forecast(series, DAY, holidays_between(DAY - timedelta(days=LONGEST_DAYS), DAY + timedelta(days=7)))
    assert made.error < made.naive_error


def test_what_came_later_changes_nothing(conn: sa.Connection) -> None:
    plant_all(conn, weekly(126, 1))
    before = forecast_volume(conn, DAY)
    day = DAY + timedelta(days=1)
    volumes.replace_day(conn, day, {(Counted.ALL, ""): DayCount(day, 4_000, 1)})
    assert forecast_volume(conn, DAY) == before


@pytest.mark.parametrize(("days", "made"), [(0, False), (1, False), (FEWEST_DAYS - 1, False), (FEWEST_DAYS, True)])
def test_eight_weeks_are_counted_from_the_first_day_on_which_anything_came(conn: sa.Connection, days: int, made: bool) -> None:
    plant_all(conn, weekly(days, 3))
    assert (forecast_volume(conn, DAY) is not None) is made


def test_where_last_week_says_as_much_there_is_none(conn: sa.Connection) -> None:
    plant_all(conn, [30, 34, 31, 33, 29, 12, 5] * 12)
    assert forecast_volume(conn, DAY) is None


def test_a_holiday_to_come_is_known(conn: sa.Connection) -> None:
    """Ten quiet holidays lie behind the last week of December, New Year's Day ahead of it."""
    last = date(2026, 12, 30)
    for ago in range(LONGEST_DAYS):
        day = last - timedelta(days=ago)
        number = 4 if holiday(day) else max(1, int(np.random.default_rng(ago).poisson(40)))
        volumes.replace_day(conn, day, {(Counted.ALL, ""): DayCount(day, number, 1)})
    made = forecast_volume(conn, last)
    assert made is not None
    by_day = {one.day: one.expected for one in made.days}
    assert by_day[date(2027, 1, 1)] < 0.7 * by_day[date(2027, 1, 2)]


# --- names and troubles --------------------------------------------------------------------------------------------------


def test_everything_that_is_watched_has_a_name(conn: sa.Connection) -> None:
    watchlists.save(conn, FISH)
    assert names_of(conn, Counted.WATCHLIST) == {FISH.id: FISH.name}
    assert names_of(conn, Counted.SUBJECT).keys() >= set(Subject) - LISTED_ONLY
    assert names_of(conn, Counted.THEME).keys() == set(Theme)
    assert names_of(conn, Counted.ALL) == names_of(conn, Counted.OUTLET) == {}


def test_without_a_pass_there_is_no_trouble(conn: sa.Connection) -> None:
    assert troubles_on(conn, DAY, day_is_over=True) == []
