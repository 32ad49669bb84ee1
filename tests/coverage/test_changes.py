"""Changes of level: found near their day, and hardly ever where the level stays."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.coverage.changes import LONGEST_DAYS, SHORTEST_LEVEL, Change, find_changes

LAST = date(2026, 10, 4)
WEEK = np.array([1.1, 1.2, 1.1, 1.1, 1.1, 0.8, 0.6])
DAYS = 300


def day(at: int, days: int = DAYS) -> date:
    return LAST - timedelta(days=days - 1 - at)


def drawn(means: Sequence[float] | np.ndarray, seed: int) -> list[int]:
    """Independent counts around the means, with poor week-ends."""
    return np.random.default_rng(seed).poisson(np.asarray(means) * np.resize(WEEK, len(means))).tolist()


@pytest.mark.parametrize("mean", [0.3, 2.0, 15.0, 120.0])
def test_a_flat_series_has_hardly_ever_a_change(mean: float) -> None:
    found = sum(len(find_changes(drawn([mean] * DAYS, seed), LAST)) for seed in range(50))
    assert found <= 2, "in fifty series of ten months"


def test_stories_that_follow_each_other_are_no_change_of_level() -> None:
    found = 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        logs = np.zeros(DAYS)
        for at in range(1, DAYS):
            logs[at] = 0.6 * logs[at - 1] + 0.2 * chance.standard_normal()
        found += len(find_changes(drawn(20 * np.exp(logs), seed), LAST))
    assert found <= 4


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_new_level_is_found_near_its_day(factor: float) -> None:
    near = 0
    for seed in range(10):
        found = find_changes(drawn([20.0] * 170 + [20 * factor] * 130, seed), LAST)
        if len(found) == 1 and abs((found[0].day - day(170)).days) <= 5:
            near += 1
            assert found[0].before == pytest.approx(20, rel=0.1)
            assert found[0].after == pytest.approx(20 * factor, rel=0.1)
    assert near >= 9


def test_there_and_back_again() -> None:
    found = find_changes(drawn([30.0] * 120 + [60.0] * 60 + [30.0] * 120, 1), LAST)
    assert len(found) == 2
    up, down = found
    assert abs((up.day - day(120)).days) <= 2 and abs((down.day - day(180)).days) <= 2
    assert up.after == down.before > up.before


def test_spikes_and_a_short_story_are_no_change() -> None:
    series = drawn([20.0] * DAYS, 3)
    for at in (40, 41, 150, 220):
        series[at] = 150
    assert find_changes(series, LAST) == []


def test_uncollected_days_are_passed_over() -> None:
    series = drawn([20.0] * DAYS, 4)
    gone = {day(at) for at in range(100, 130)}
    series[100:130] = [0] * 30
    assert len(find_changes(series, LAST)) == 2
    assert find_changes(series, LAST, gone) == []


def test_only_the_last_ten_months_are_looked_at() -> None:
    old = [200] * 60
    series = drawn([20.0] * LONGEST_DAYS, 5)
    assert find_changes(old + series, LAST) == find_changes(series, LAST) == []


def test_short_and_empty_series_have_none() -> None:
    assert find_changes([], LAST) == []
    assert find_changes([0] * 200, LAST) == []
    assert find_changes([1] * (2 * SHORTEST_LEVEL - 1), LAST) == []
    assert find_changes([1] * SHORTEST_LEVEL + [90] * SHORTEST_LEVEL, LAST) == [Change(day(14, 28), 1.0, 90.0)]


@settings(max_examples=30, deadline=None)
@given(series=st.lists(st.integers(0, 200), max_size=120))
def test_levels_last_two_weeks_and_stand_in_order(series: list[int]) -> None:
    found = find_changes(series, LAST)
    edges = [day(0, len(series)), *(change.day for change in found), LAST + timedelta(days=1)]
    assert not found or all((later - earlier).days >= SHORTEST_LEVEL for earlier, later in pairwise(edges))
    assert all(first.after == second.before for first, second in pairwise(found))
