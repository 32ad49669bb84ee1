"""A week ahead: better than last week's counts or not at all, with intervals that hold four days in five."""

import time
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.coverage.forecast import AHEAD_DAYS, BETTER_THAN_NAIVE, FEWEST_DAYS, forecast

SUNDAY = date(2026, 10, 4)
WEEK = np.array([1.1, 1.2, 1.1, 1.1, 1.1, 0.8, 0.6])


def weekly(mean: float, days: int, seed: int) -> list[int]:
    """Independent counts with poor week-ends, up to Sunday."""
    return np.random.default_rng(seed).poisson(mean * np.resize(WEEK, days + 7)[-days:]).tolist()


def test_seven_days_follow_with_their_weekdays() -> None:
    made = forecast(weekly(30, 126, 1), SUNDAY)
    assert made is not None
    assert [one.day for one in made.days] == [SUNDAY + timedelta(days=ahead) for ahead in range(1, AHEAD_DAYS + 1)]
    expected = np.array([one.expected for one in made.days])
    assert expected == pytest.approx(30 * WEEK, rel=0.25)
    assert all(one.low <= one.expected <= one.high for one in made.days)
    assert 10 <= made.backtests <= 12


def test_the_stated_error_is_better_than_the_naive_one() -> None:
    made = forecast(weekly(30, 119, 2), SUNDAY)
    assert made is not None
    assert made.error < BETTER_THAN_NAIVE * made.naive_error
    assert made.error / made.naive_error == pytest.approx(0.75, abs=0.12), "of independent counts a mean errs by a quarter less than last week's"


@pytest.mark.parametrize("mean", [4.0, 25.0, 120.0])
def test_four_days_in_five_lie_inside_the_interval(mean: float) -> None:
    inside, stated = [], []
    for seed in range(9):
        series = weekly(mean, 112, seed)
        made = forecast(series[:105], SUNDAY - timedelta(days=7))
        if made:
            inside += [one.low <= count <= one.high for one, count in zip(made.days, series[105:], strict=True)]
            stated.append(made.covered)
    assert len(stated) >= 6, "independent counts are seldom dropped"
    assert 0.74 <= np.mean(stated) <= 0.93, "counts are whole: of few stories the interval holds more than four in five"
    assert np.mean(inside) == pytest.approx(np.mean(stated), abs=0.1)


def test_eight_weeks_are_needed() -> None:
    series = weekly(30, FEWEST_DAYS, 3)
    assert forecast(series, SUNDAY) is not None
    assert forecast(series[1:], SUNDAY) is None
    assert forecast([], SUNDAY) is None


def test_where_last_week_says_as_much_it_is_dropped() -> None:
    same_every_week = [30, 34, 31, 33, 29, 12, 5] * 12
    assert forecast(same_every_week, SUNDAY) is None, "nothing beats a naive forecast that never errs"
    assert forecast([0] * 84, SUNDAY) is None
    each_weekday_for_itself = 80 + np.cumsum(np.random.default_rng(7).integers(-9, 10, (16, 7)), axis=0)
    assert forecast(each_weekday_for_itself.clip(0).ravel().tolist(), SUNDAY) is None


def test_uncollected_days_change_nothing() -> None:
    series = weekly(30, 100, 4)
    gone = {SUNDAY - timedelta(days=ago) for ago in (0, 3, 40)}
    for_nothing = [0 if SUNDAY - timedelta(days=99 - at) in gone else count for at, count in enumerate(series)]
    too_many = [500 if SUNDAY - timedelta(days=99 - at) in gone else count for at, count in enumerate(series)]
    assert forecast(for_nothing, SUNDAY, uncollected=gone) == forecast(too_many, SUNDAY, uncollected=gone)


def test_a_holiday_to_come_is_expected_to_be_like_holidays_before_it() -> None:
    series, coming = weekly(30, 119, 5), SUNDAY + timedelta(days=3)
    past = {SUNDAY - timedelta(days=ago) for ago in (11, 33, 68)}
    quiet = [5 if SUNDAY - timedelta(days=118 - at) in past else count for at, count in enumerate(series)]
    made, plain = forecast(quiet, SUNDAY, holidays={*past, coming}), forecast(quiet, SUNDAY, holidays=past)
    assert made is not None and plain is not None
    assert made.days[2].expected < 0.5 * plain.days[2].expected
    assert made.days[3] == plain.days[3]


def test_a_series_of_120_days_takes_no_third_of_a_second() -> None:
    series = weekly(12, 120, 6)
    forecast(series, SUNDAY)
    start = time.process_time()
    forecast(series, SUNDAY)
    assert time.process_time() - start < 0.3


@settings(max_examples=10, deadline=None)
@given(series=st.lists(st.integers(0, 60), min_size=FEWEST_DAYS, max_size=70), gone=st.sets(st.integers(0, 69), max_size=50))
def test_whatever_the_counts_it_is_whole_or_dropped(series: list[int], gone: set[int]) -> None:
    made = forecast(series, SUNDAY, uncollected={SUNDAY - timedelta(days=ago) for ago in gone})
    if made:
        assert len(made.days) == AHEAD_DAYS
        assert all(0 <= one.low <= one.high and one.expected > 0 for one in made.days)
        assert 0 <= made.covered <= 1
