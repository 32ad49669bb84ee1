"""How many stories the next seven days will bring, where that can be said better than "as many as on the same weekday last week".

stories a day | holidays and uncollected days out | weekdays evened out | exponential smoothing | seven days, 80 % intervals
the same from up to twelve earlier days on | errors beside the naive forecast's | kept, or dropped
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gamma
from statsmodels.tsa.api import SimpleExpSmoothing

AHEAD_DAYS = 7
FEWEST_DAYS = 56  # eight weeks, collected or not
LONGEST_DAYS = 182  # what is older says nothing about next week
INTERVAL = 0.8
BETTER_THAN_NAIVE = 0.95  # the mean absolute error, over the naive forecast's, must stay below: a twentieth better at least

_FIRST_BACKTEST = 42  # days of history before the first
_BACKTESTS = 12
_SMOOTHING = (0.02, 0.05, 0.1, 0.2, 0.4)
_WEEKDAYS = 20.0  # stories: what a guess of no difference between weekdays is worth
_HOLIDAYS = 5.0  # the same between holidays and other days

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """Four in five such days have from `low` to `high` stories, both included."""

    day: date
    expected: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`error`, `naive_error`: mean absolute error in stories a day, over `backtests` seven-day forecasts; `covered`: share of days inside the interval."""

    days: tuple[ForecastDay, ...]
    error: float
    naive_error: float
    backtests: int
    covered: float


@dataclass(frozen=True, slots=True)
class _History:
    counts: Floats
    days: tuple[date, ...]
    holidays: frozenset[date]
    uncollected: frozenset[date]

    def until(self, at: int) -> "_History":
        return _History(self.counts[:at], self.days[:at], self.holidays, self.uncollected)

    def ordinary(self) -> NDArray[np.bool_]:
        return np.array([day not in self.holidays and day not in self.uncollected for day in self.days])


def forecast(counts: Sequence[int], last_day: date, holidays: Collection[date] = (), uncollected: Collection[date] = ()) -> Forecast | None:
    """The seven days after `last_day`; None without eight weeks of history, or where the naive forecast is as good.

    `counts`: oldest first. `holidays`: past ones and those to come; `uncollected`: days whose counts mean nothing.
    """
    recent = counts[-LONGEST_DAYS:]
    days = tuple(last_day - timedelta(days=ago) for ago in range(len(recent) - 1, -1, -1))
    history = _History(np.array(recent, float), days, frozenset(holidays), frozenset(uncollected))
    if len(recent) < FEWEST_DAYS or history.ordinary()[: _FIRST_BACKTEST - AHEAD_DAYS].sum() < 2 * AHEAD_DAYS:
        return None
    tested = [_backtest(history, at) for at in _starts(len(recent))]
    errors, naive_errors, inside = (np.concatenate([one[part] for one in tested]) for part in range(3))
    if not len(errors) or not errors.mean() < BETTER_THAN_NAIVE * naive_errors.mean():
        return None
    coming = tuple(last_day + timedelta(days=ahead) for ahead in range(1, AHEAD_DAYS + 1))
    return Forecast(_ahead(history, coming), float(errors.mean()), float(naive_errors.mean()), len(tested), float(inside.mean()))


def _starts(length: int) -> list[int]:
    """Where the backtests begin: evenly from the sixth week to the week before the last day."""
    step = max(1, -(-(length - AHEAD_DAYS - _FIRST_BACKTEST) // (_BACKTESTS - 1)))
    return list(range(length - AHEAD_DAYS, _FIRST_BACKTEST - 1, -step))


def _backtest(history: _History, at: int) -> tuple[Floats, Floats, Floats]:
    """Errors, errors of the naive forecast, and whether the count lay inside the interval, for the collected ones of seven days."""
    coming = history.days[at : at + AHEAD_DAYS]
    ahead, naive = _ahead(history.until(at), coming), _naive(history.until(at), coming)
    rows = [
        (abs(count - one.expected), abs(count - last), float(one.low <= count <= one.high))
        for one, last, count in zip(ahead, naive, history.counts[at : at + AHEAD_DAYS], strict=True)
        if one.day not in history.uncollected
    ]
    table = np.array(rows, float).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _naive(history: _History, coming: Sequence[date]) -> list[float]:
    """The last ordinary day of the same weekday."""
    last = {day.weekday(): float(count) for day, count, kept in zip(history.days, history.counts, history.ordinary(), strict=True) if kept}
    return [last.get(day.weekday(), float(history.counts[-1])) for day in coming]


def _ahead(history: _History, coming: Sequence[date]) -> tuple[ForecastDay, ...]:
    kept = history.ordinary()
    counts, weekdays = history.counts[kept], np.array([day.weekday() for day in history.days])[kept]
    factors = _weekday_factors(counts, weekdays)
    fitted, level = _smooth(counts / factors[weekdays])
    expected = np.maximum(fitted * factors[weekdays], 0.05)
    # Wider by what seven weekday factors cost: once because they were fitted to these days, once because they do not know the coming ones.
    spread = (1 + 2 * 7 / len(counts)) * float(np.mean(((counts - expected) ** 2 / expected)[AHEAD_DAYS:]))
    free_days = _holiday_factor(history, level, factors)
    means = [max(level * factors[day.weekday()] * (free_days if day in history.holidays else 1.0), 0.05) for day in coming]
    return tuple(ForecastDay(day, float(mean), *_interval(mean, spread)) for day, mean in zip(coming, means, strict=True))


def _weekday_factors(counts: Floats, weekdays: NDArray[np.int_]) -> Floats:
    mean = float(counts.mean())
    seen, awaited = np.bincount(weekdays, counts, 7), np.bincount(weekdays, minlength=7) * mean
    return np.asarray((_WEEKDAYS + seen) / (_WEEKDAYS + awaited), float)


def _smooth(even: Floats) -> tuple[Floats, float]:
    """One-step forecasts and the level at the end, with the smoothing that would have erred least."""
    if np.ptp(even) == 0:  # statsmodels takes the logarithm of the errors, which are none
        return even, float(even[-1])
    model: Any = SimpleExpSmoothing(even, initialization_method="known", initial_level=float(even[: 2 * AHEAD_DAYS].mean()))
    fits = [model.fit(smoothing_level=alpha, optimized=False) for alpha in _SMOOTHING]
    best = min(fits, key=lambda fit: float(fit.sse))
    return np.asarray(best.fittedvalues, float), float(best.level[-1])


def _holiday_factor(history: _History, level: float, factors: Floats) -> float:
    """What holidays bring beside ordinary days: from those in the history, pulled toward no difference."""
    past = [
        (float(count), level * factors[day.weekday()])
        for day, count in zip(history.days, history.counts, strict=True)
        if day in history.holidays and day not in history.uncollected
    ]
    return float((_HOLIDAYS + sum(count for count, _ in past)) / (_HOLIDAYS + sum(awaited for _, awaited in past)))


def _interval(mean: float, spread: float) -> tuple[int, int]:
    """The counts whose cells (a half to either side) touch the middle of a gamma distribution with this mean and spread."""
    outside = (1 - INTERVAL) / 2
    low, high = gamma.ppf([outside, 1 - outside], mean / max(spread, 0.05), scale=max(spread, 0.05))
    return max(int(np.ceil(low - 0.5)), 0), int(np.floor(high + 0.5))
