"""Whether a day brought far more stories than its last four weeks would lead one to expect.

stories a day | up to 28 collected days before | level, weekday factors, spread, odd days set aside | how rare today's count is | spike or none
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln

FALSE_ALARMS = 1 / 1000  # for each series and day on which nothing happened: about one in three years of days
FEWEST = 5  # stories: fewer are never a spike, however quiet the weeks before were
BASELINE_DAYS = 28
FEWEST_DAYS = 14  # collected days in the baseline

# The figures below were chosen on the first half of ten months of three papers' feeds (benchmarks/coverage_spikes.py).
_ODD = 0.001  # share of days taken to be unlike the others (earlier spikes, half-collected days): they lose their weight
_ODD_REACH = 6.0  # an odd day has anything between nothing and this many times the expected count
_SPREADS = 1.25 ** np.arange(-4, 13)  # variance over mean: 1 is independent stories; a feed with a fixed number of places has less
_RARER = 1.0  # before a day is seen a spread of s, or of 1/s, is s ** _RARER times less likely than one of 1
_CAUTION = 1.08  # times the spread: 28 days show too little of what is rare
_WEEKDAYS, _WEEKDAY_GROUPS = 0.005, 7.0  # variance of the weekday factors before a day is seen, and how many weekdays that guess is worth
_NEARLY_ONE = 1e-3  # no distribution with a size comes nearer to Poisson's
_ROUNDS = 4  # of setting odd days aside and fitting again; more change the third digit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spike:
    """`probability`: how often chance alone brings as many stories (half of the days with exactly as many are counted)."""

    day: date
    count: int
    expected: float
    probability: float


@dataclass(frozen=True, slots=True)
class _Usual:
    """What today would bring if nothing happened: the mean, and for each of `_SPREADS` how probable it is and what it becomes with the mean's own doubt."""

    expected: float
    likely: Floats
    spreads: Floats


def find_spike(before: Sequence[int], today: int, day: date, left_out: Collection[date] = ()) -> Spike | None:
    """Is `today`, the count of `day`, a spike after the counts `before` (oldest first, the last one is of the day before `day`)?

    `left_out`: days that were not collected and holidays; they do not count as baseline, and are no spikes themselves.
    """
    if today < FEWEST or day in left_out:
        return None
    days = [day - timedelta(days=ago) for ago in range(min(len(before), BASELINE_DAYS), 0, -1)]
    kept = [(count, one.weekday()) for count, one in zip(before[-len(days) :], days, strict=True) if one not in left_out] if days else []
    if len(kept) < FEWEST_DAYS:
        return None
    usual = _usual(np.array([count for count, _ in kept], float), np.array([weekday for _, weekday in kept]), day.weekday())
    probability = _rarity(today, usual)
    return Spike(day, today, usual.expected, probability) if probability < FALSE_ALARMS and today > usual.expected else None


def find_spikes(counts: Sequence[int], last_day: date, left_out: Collection[date] = ()) -> list[Spike]:
    """The spikes of a whole series, each day judged by the days before it only."""
    days = [last_day - timedelta(days=ago) for ago in range(len(counts) - 1, -1, -1)]
    found = (find_spike(counts[max(0, at - BASELINE_DAYS) : at], counts[at], day, left_out) for at, day in enumerate(days))
    return [spike for spike in found if spike]


def _usual(counts: Floats, weekdays: NDArray[np.int_], today: int) -> _Usual:
    """Level, weekday factors and spread, fitted again and again with the weight of odd days taken away.

    A day is held against what the others lead one to expect of it, as today is: the doubt of the mean is then in the spread.
    """
    factors, spread = _first_factors(counts, weekdays), 1.5
    weights = _first_weights(counts / factors[weekdays])
    same = (weekdays[:, None] == weekdays).astype(float)
    others = 1 - np.eye(len(counts))
    for _ in range(_ROUNDS):
        steady = _steadiness(weights, counts, factors, weekdays, spread)
        expected, doubt = _expected(weights * others, counts, factors[weekdays], same, steady, spread)
        mass = _mass(counts, expected, _SPREADS[:, None] * (1 + expected * doubt / spread))
        odd = _ODD / (_ODD_REACH * expected + FEWEST)
        logs = np.log((1 - _ODD) * mass + odd).sum(axis=1) - _RARER * np.abs(np.log(_SPREADS))
        likely = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
        usual = (1 - _ODD) * (likely @ mass)
        weights, spread = usual / (usual + odd), float(likely @ _SPREADS)
        factors = _factors(weights, counts, factors, weekdays, steady, spread)
    steady = _steadiness(weights, counts, factors, weekdays, spread)
    expected, doubt = _expected(weights[None, :], counts, factors[weekdays], (weekdays == today).astype(float)[None, :], steady, spread)
    return _Usual(float(expected[0]), likely, _CAUTION * _SPREADS * (1 + expected[0] * doubt[0] / spread))


def _first_factors(counts: Floats, weekdays: NDArray[np.int_]) -> Floats:
    """From medians: where every Sunday is poor, no Sunday may be set aside as odd."""
    middle = float(np.median(counts))
    medians = np.array([np.median(counts[weekdays == weekday]) if np.any(weekdays == weekday) else middle for weekday in range(7)])
    steady = 50.0  # stories
    return np.asarray((steady + 4 * medians) / (steady + 4 * middle), float)


def _first_weights(even: Floats) -> Floats:
    """The highest tenth does not count at first."""
    return (even <= np.quantile(even, 0.9)).astype(float)


def _expected(weights: Floats, counts: Floats, factor: Floats, same: Floats, steady: float, spread: float) -> tuple[Floats, Floats]:
    """The mean of a day and its relative variance, once for each row of weights; `same` marks the days of that day's weekday."""
    stories, room = weights @ counts + 0.5, weights @ factor + 1e-9  # half a story: after a month of zeros one story is no miracle
    level = stories / room
    seen, awaited = (weights * same) @ counts / spread, level * (weights * same).sum(axis=1) / spread
    return level * (steady + seen) / (steady + awaited), spread / stories + 1 / (steady + awaited)


def _factors(weights: Floats, counts: Floats, factors: Floats, weekdays: NDArray[np.int_], steady: float, spread: float) -> Floats:
    level = (weights @ counts + 0.5) / (weights @ factors[weekdays] + 1e-9)
    seen, days = np.bincount(weekdays, weights * counts, 7), np.bincount(weekdays, weights, 7)
    return np.asarray((steady + seen / spread) / (steady + level * days / spread), float)


def _steadiness(weights: Floats, counts: Floats, factors: Floats, weekdays: NDArray[np.int_], spread: float) -> float:
    """One over the variance of the weekday factors: by moments over seven weekdays, pulled toward what is usual (empirical Bayes)."""
    level = (weights @ counts + 0.5) / (weights @ factors[weekdays] + 1e-9)
    seen, awaited = np.bincount(weekdays, weights * counts, 7), np.bincount(weekdays, weights * level, 7) + 1e-9
    excess = float(np.sum((seen - awaited) ** 2 / (spread * awaited))) - 6
    worth = float(np.sum(awaited)) / spread
    prior = _WEEKDAY_GROUPS * worth / 7
    return 1 / max((excess + prior * _WEEKDAYS) / (worth + prior), 1e-4)


def _mass(counts: Floats | float, mean: Floats | float, spread: Floats) -> Floats:
    """Of the counts: negative binomial for a spread (variance over mean) above 1, binomial with places of any size below."""
    counts, mean, spread = np.broadcast_arrays(np.asarray(counts, float), mean, spread)
    size = mean / np.maximum(np.abs(spread - 1), _NEARLY_ONE)
    above = gammaln(counts + size) - gammaln(size) + size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    room = np.maximum(size - counts, 0)
    below = gammaln(size + 1) - gammaln(room + 1) + counts * np.log(mean / size) + room * np.log1p(-np.minimum(mean / size, 1 - _NEARLY_ONE))
    logs = np.where(spread > 1, above, np.where(counts <= size, below, -np.inf)) - gammaln(counts + 1)
    return np.asarray(np.exp(logs), float)


def _at_least(count: int, mean: float, spread: Floats) -> Floats:
    """Of `count` and all above, with the same distributions."""
    size = mean / np.maximum(np.abs(spread - 1), _NEARLY_ONE)
    above = betainc(count, size, mean / (size + mean))
    below = betainc(count, np.maximum(size - count + 1, _NEARLY_ONE), mean / size)
    return np.asarray(np.where(spread > 1, above, np.where(count <= size, below, 0.0)), float)


def _rarity(today: int, usual: _Usual) -> float:
    """How often a count as high comes by chance, over all that the spread may be; half of the exact ties are counted."""
    rarity = _at_least(today, usual.expected, usual.spreads) - _mass(float(today), usual.expected, usual.spreads) / 2
    return float(usual.likely @ rarity)
