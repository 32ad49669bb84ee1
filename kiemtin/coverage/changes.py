"""When the level of coverage changed for good, over up to ten months of daily counts.

stories a day | square roots | weekdays evened out | one wild day tamed | PELT | first days of a new level, mean before and after
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import ruptures
from numpy.typing import NDArray

LONGEST_DAYS = 305  # ten months
SHORTEST_LEVEL = 14  # days: what lasts less is a story, not a level
# Modified BIC: Zhang and Siegmund, Biometrics 63 (2007) 22-32: a change of level costs 3 log n in -2 log likelihood of unit variance.
PENALTY_LOGS = 3.0
_TAME = 3.0  # standard deviations: a spike of one day weighs no more than this
_ROUND_TRIPS = 2  # of weekdays and levels, each found with the other taken away

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """`day` is the first of the new level; `before` and `after` are stories a day up to the change before and the change after."""

    day: date
    before: float
    after: float


def find_changes(counts: Sequence[int], last_day: date, uncollected: Collection[date] = ()) -> list[Change]:
    """The days on which the level changed, oldest first. Only the last ten months are looked at."""
    recent = counts[-LONGEST_DAYS:]
    days = [last_day - timedelta(days=ago) for ago in range(len(recent) - 1, -1, -1)]
    kept = [(day, count) for day, count in zip(days, recent, strict=True) if day not in uncollected]
    if len(kept) < 2 * SHORTEST_LEVEL:
        return []
    collected = [day for day, _ in kept]
    values = np.array([count for _, count in kept], float)
    ends = _ends(values, np.array([day.weekday() for day in collected]))
    starts = [0, *ends, len(kept)]
    means = [float(values[start:end].mean()) for start, end in pairwise(starts)]
    return [Change(collected[at], before, after) for at, (before, after) in zip(ends, pairwise(means), strict=True)]


def _ends(values: Floats, weekdays: NDArray[np.int_]) -> list[int]:
    """The index of the first day of each new level."""
    steady = 2 * np.sqrt(values + 3 / 8)  # Anscombe (1948): independent stories then vary by 1 at any level
    ends: list[int] = []
    for _ in range(_ROUND_TRIPS):
        even = steady - _by_weekday(steady - _levels(steady, ends), weekdays)
        deviation = _deviation(even)
        rest = even - _rolling_median(even)
        tamed = even - rest + np.clip(rest, -_TAME * deviation, _TAME * deviation)
        search: Any = ruptures.KernelCPD(kernel="linear", min_size=SHORTEST_LEVEL)  # PELT on squared distances, in C: a hundred times ruptures.Pelt
        found = search.fit((tamed / deviation)[:, None]).predict(pen=PENALTY_LOGS * np.log(len(values)))
        ends = [int(end) for end in found[:-1]]
    return ends


def _levels(steady: Floats, ends: list[int]) -> Floats:
    parts = np.split(steady, ends)
    return np.concatenate([np.full(len(part), part.mean()) for part in parts])


def _by_weekday(rest: Floats, weekdays: NDArray[np.int_]) -> Floats:
    """For each day what its weekday usually adds."""
    usual = np.array([np.median(rest[weekdays == weekday]) if np.any(weekdays == weekday) else 0.0 for weekday in range(7)])
    return np.asarray((usual - usual.mean())[weekdays], float)


def _deviation(even: Floats) -> float:
    """Of one day, or of a week where weeks vary more than their days account for: neighbouring days of one story are not independent."""
    weeks = even[len(even) % 7 :].reshape(-1, 7).mean(axis=1)
    of_days, of_weeks = _typical_step(even), _typical_step(weeks) * np.sqrt(7)
    return float(max(of_days, of_weeks, 0.5))


def _typical_step(values: Floats) -> float:
    """Standard deviation from the steps between neighbours, which a change of level or a spike hardly touches."""
    return float(1.4826 * np.median(np.abs(np.diff(values))) / np.sqrt(2))


def _rolling_median(values: Floats, reach: int = 7) -> Floats:
    padded = np.pad(values, reach, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1), float)
