"""A spike is a rare count, seldom found where nothing happened, and hidden neither by poor Sundays nor by a spike before it."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.coverage.spikes import BASELINE_DAYS, FALSE_ALARMS, FEWEST, FEWEST_DAYS, find_spike, find_spikes

MONDAY = date(2026, 9, 28)
USUAL = [11, 8, 12, 10, 9, 13, 7, 10, 12, 9, 11, 8, 10, 14, 9, 10, 8, 12, 11, 7, 10, 9, 13, 10, 11, 8, 12, 10]
POOR_SUNDAYS = [40, 43, 38, 41, 39, 22, 10, 42, 37, 44, 40, 38, 20, 8, 39, 41, 40, 43, 36, 21, 11, 38, 42, 40, 37, 41, 19, 9]
counts = st.lists(st.integers(0, 300), min_size=0, max_size=40)


def away(days: int) -> frozenset[date]:
    """The `days` days before Monday."""
    return frozenset(MONDAY - timedelta(days=ago) for ago in range(1, days + 1))


def test_three_times_the_usual_is_a_spike_and_a_third_more_is_none() -> None:
    spike = find_spike(USUAL, 30, MONDAY)
    assert spike is not None
    assert (spike.day, spike.count) == (MONDAY, 30)
    assert spike.expected == pytest.approx(10.0, abs=1.0)
    assert spike.probability < FALSE_ALARMS
    assert find_spike(USUAL, 13, MONDAY) is None


def test_fewer_than_five_are_never_a_spike() -> None:
    assert find_spike([0] * BASELINE_DAYS, FEWEST - 1, MONDAY) is None
    assert find_spike([0] * BASELINE_DAYS, FEWEST, MONDAY) is not None


@pytest.mark.parametrize(("left_out", "found"), [(BASELINE_DAYS - FEWEST_DAYS, True), (BASELINE_DAYS - FEWEST_DAYS + 1, False)])
def test_fourteen_collected_days_are_needed(left_out: int, found: bool) -> None:
    assert (find_spike(USUAL, 60, MONDAY, away(left_out)) is not None) is found
    assert (find_spike(USUAL[-BASELINE_DAYS + left_out :], 60, MONDAY) is not None) is found


def test_a_day_left_out_is_no_spike_and_changes_no_baseline() -> None:
    assert find_spike(USUAL, 60, MONDAY, {MONDAY}) is None
    strange = [*USUAL[:-3], 0, 200, 0]
    assert find_spike(strange, 25, MONDAY, away(3)) == find_spike(USUAL, 25, MONDAY, away(3))


def test_each_weekday_is_held_against_its_own() -> None:
    sunday = MONDAY + timedelta(days=6)
    through_saturday = [*POOR_SUNDAYS[6:], 40, 41, 39, 42, 38, 20]
    assert find_spike(through_saturday, 40, sunday) is not None, "forty are usual on other days only"
    assert find_spike(POOR_SUNDAYS, 43, MONDAY) is None
    monday = find_spike(POOR_SUNDAYS, 80, MONDAY)
    assert monday is not None
    assert monday.expected > np.mean(POOR_SUNDAYS) + 3


@pytest.mark.parametrize("ago", [1, 6, 7, 14])
def test_an_earlier_spike_does_not_hide_the_next(ago: int) -> None:
    burst = list(USUAL)
    burst[-ago] = 90
    with_burst, without = find_spike(burst, 30, MONDAY), find_spike(USUAL, 30, MONDAY)
    assert with_burst is not None and without is not None
    assert with_burst.expected == pytest.approx(without.expected, rel=0.2)


def test_what_jumps_about_has_to_jump_higher() -> None:
    restless = [2, 25, 4, 1, 18, 9, 30, 3, 0, 14, 22, 5, 7, 1, 28, 6, 3, 16, 2, 11, 24, 0, 8, 4, 19, 1, 13, 5]
    assert find_spike(USUAL, 28, MONDAY) is not None
    assert find_spike(restless, 28, MONDAY) is None


@pytest.mark.parametrize(("mean", "spread"), [(3.0, 1.0), (12.0, 1.0), (12.0, 2.5), (90.0, 1.0), (90.0, 2.5)])
def test_false_alarms_stay_near_what_is_stated(mean: float, spread: float) -> None:
    """About 500 days for each pair: only a rate many times too high is seen here; the benchmark measures it."""
    alarms = sum(len(find_spikes(series, MONDAY)) for series in quiet(mean, spread, series=5, days=108))
    assert alarms <= 3


def quiet(mean: float, spread: float, series: int, days: int) -> list[list[int]]:
    chance = np.random.default_rng([int(mean), int(10 * spread)])
    if spread > 1:
        size = mean / (spread - 1)
        drawn = chance.negative_binomial(size, size / (size + mean), (series, days))
    else:
        drawn = chance.poisson(mean, (series, days))
    return [row.tolist() for row in drawn]


def test_a_whole_series_is_judged_by_the_days_before_each_day_only() -> None:
    series = [*USUAL, 40, *USUAL[:10]]
    last_day = MONDAY + timedelta(days=10)
    assert [(spike.day, spike.count) for spike in find_spikes(series, last_day)] == [(MONDAY, 40)]
    assert find_spikes(series[:29], MONDAY) == find_spikes(series, last_day)
    assert find_spikes([], MONDAY) == []


@settings(max_examples=40, deadline=None)
@given(before=counts, today=st.integers(0, 1_000))
def test_whatever_the_counts_a_spike_is_rare_and_above_what_was_expected(before: list[int], today: int) -> None:
    spike = find_spike(before, today, MONDAY)
    if spike:
        assert 0 <= spike.probability < FALSE_ALARMS
        assert 0 < spike.expected < spike.count == today
        assert today >= FEWEST and len(before) >= FEWEST_DAYS


@settings(max_examples=40, deadline=None)
@given(before=st.lists(st.integers(0, 300), min_size=14, max_size=28), today=st.integers(5, 500), more=st.integers(1, 200))
def test_more_stories_are_no_less_of_a_spike(before: Sequence[int], today: int, more: int) -> None:
    less, spike = find_spike(before, today, MONDAY), find_spike(before, today + more, MONDAY)
    if less:
        assert spike is not None
        assert spike.probability <= less.probability
