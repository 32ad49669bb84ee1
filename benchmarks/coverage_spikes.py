"""Spikes, forecasts and changes of level on real daily counts, beside the plain ways to find them.

items of daily news | day in Hà Nội | series a source, category, share of a paper, pair of words | spikes put in, one at a time | found, false alarms
the same series | seven-day forecasts | errors beside "as last week"        the same days in another order | changes of level, all of them false

A share of a paper (an eighth of its stories, by their ids) has the size of a client's topic and no topic: nothing happens in it. Pairs of words
from titles are topics, in which things do happen: their false alarms are partly real. Tune with `--half first`; report `--half second` once.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import holidays as holiday_tables
import numpy as np

from benchmarks import measure
from benchmarks.measure import say
from kiemtin.coverage.changes import find_changes
from kiemtin.coverage.forecast import Forecast, forecast
from kiemtin.coverage.spikes import BASELINE_DAYS, FALSE_ALARMS, FEWEST, find_spike
from kiemtin.domain.stories import HANOI

SIZES: tuple[tuple[str, float, int], ...] = (  # name, times the expected count, stories added
    ("x1.5", 1.5, 0),
    ("x2", 2.0, 0),
    ("x3", 3.0, 0),
    ("+5", 1.0, 5),
    ("+10", 1.0, 10),
    ("+20", 1.0, 20),
)
SPIKES = 60  # of each size in each group
_HARDLY = 0.5  # a day with fewer than this part of the usual number of items, over all papers, was hardly collected
_PLAIN_Z = 3.0
_SHARES = {True: 8, False: 2}  # of a large source, of a small one
_LARGE = 20_000
_WORDS, _WORD_ROWS = 60, 280  # pairs of words from titles, and the fewest items with each


@dataclass(frozen=True, slots=True)
class Series:
    group: str
    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The days measured; `first` is the first of the counts, `start` and `end` what is looked at."""

    first: date
    start: int
    end: int
    left_out: frozenset[date]

    def day(self, at: int) -> date:
        return self.first + timedelta(days=at)

    def judged(self) -> list[int]:
        return [at for at in range(self.start, self.end) if self.day(at) not in self.left_out]


def read_series(path: Path) -> tuple[date, list[Series], frozenset[date]]:
    """The first day, the series, and the days that were hardly collected. Series with the same counts stand once."""
    rows = [(datetime.fromisoformat(row["published"]).astimezone(HANOI).date(), row) for row in measure.read_rows(path)]
    a_day = Counter(day for day, _ in rows)
    usual = float(np.median(list(a_day.values())))
    first = min(day for day, count in a_day.items() if count >= _HARDLY * usual)
    length = (max(a_day) - first).days + 1
    hardly = frozenset(day for at in range(length) if a_day[day := first + timedelta(days=at)] < _HARDLY * usual)
    tables: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * length)
    words = _frequent_pairs(row["title"] for _, row in rows)
    sizes = Counter(row["source"] for _, row in rows)
    for day, row in rows:
        if (at := (day - first).days) >= 0:
            for key in _keys(row, words, sizes[row["source"]] >= _LARGE):
                tables[key][at] += 1
    seen: dict[tuple[int, ...], Series] = {}
    for (group, name), counts in tables.items():
        seen.setdefault(tuple(counts), Series(group, name, tuple(counts)))
    return first, sorted(seen.values(), key=lambda one: (one.group, one.name)), hardly


def _pairs(title: str) -> set[str]:
    words = re.findall(r"\w+", title.lower())
    return {f"{left} {right}" for left, right in pairwise(words)}


def _frequent_pairs(titles: Iterable[str]) -> frozenset[str]:
    counted = Counter(pair for title in titles for pair in _pairs(title) if not re.search(r"\d", pair))
    frequent = sorted(pair for pair, count in counted.items() if count >= _WORD_ROWS)
    return frozenset(random.Random(1).sample(frequent, min(_WORDS, len(frequent))))


def _keys(row: dict[str, Any], words: frozenset[str], large: bool) -> list[tuple[str, str]]:
    source, category = row["source"], row["category"]
    share = int(row["id"], 16) % _SHARES[large]
    return [("feeds", source), ("feeds", category), ("shares", f"{source} {share}"), *(("words", pair) for pair in _pairs(row["title"]) & words)]


def plain_z(before: Sequence[int], today: int) -> float:
    """Standard deviations above the mean of the 28 days before."""
    deviation = float(np.std(before, ddof=1))
    return (today - float(np.mean(before))) / deviation if deviation else (float("inf") if today > before[0] else 0.0)


def before(series: Series, at: int) -> tuple[int, ...]:
    return series.counts[max(0, at - BASELINE_DAYS) : at]


def is_spike(series: Series, at: int, today: int, period: Period) -> bool:
    return find_spike(before(series, at), today, period.day(at), period.left_out) is not None


@dataclass(frozen=True, slots=True)
class Alarms:
    """On untouched days; `scores` are the z of those with enough stories, the highest first."""

    days: int
    ours: int
    plain: int
    scores: tuple[float, ...]

    def above(self, limit: float) -> int:
        return sum(score > limit for score in self.scores)


def count_alarms(group: Sequence[Series], period: Period) -> Alarms:
    days = [(series, at) for series in group for at in period.judged()]
    ours = sum(is_spike(series, at, series.counts[at], period) for series, at in days)
    scores = [(plain_z(before(series, at), series.counts[at]), series.counts[at]) for series, at in days]
    worthy = sorted((score for score, count in scores if count >= FEWEST), reverse=True)
    return Alarms(len(days), ours, sum(score > _PLAIN_Z for score, _ in scores), tuple(worthy))


def limit_for(alarms: Sequence[Alarms]) -> float:
    """The z above which as many untouched days lie as are false alarms of ours."""
    scores = sorted((score for one in alarms for score in one.scores), reverse=True)
    return scores[sum(one.ours for one in alarms)]


def find_injected(group: Sequence[Series], period: Period, seed: int, limits: tuple[float, float]) -> list[dict[str, Any]]:
    """For each size, how many of the spikes put in are found by each way."""
    table: list[dict[str, Any]] = []
    for name, times, added in SIZES:
        chance = np.random.default_rng([seed, len(table)])
        found = np.zeros(4)
        for _ in range(SPIKES):
            series, at = group[int(chance.integers(len(group)))], int(chance.choice(period.judged()))
            usual = float(np.mean(before(series, at)))
            today = series.counts[at] + int(chance.poisson((times - 1) * usual)) + added
            score = plain_z(before(series, at), today)
            tuned = [score > limit and today >= FEWEST for limit in limits]
            found += [is_spike(series, at, today, period), score > _PLAIN_Z, *tuned]
        ours, plain, one, own = (float(part) for part in found / SPIKES)
        table.append({"size": name, "ours": ours, "z>3": plain, "one_z": one, "own_z": own, "ratio": round(ours / one, 2) if one else None})
    return table


def forecasts(group: Sequence[Series], period: Period, public: frozenset[date], hardly: frozenset[date]) -> list[tuple[str, Forecast | None]]:
    last = period.day(period.end - 1)
    return [(series.name, forecast(series.counts[period.start : period.end], last, public, hardly)) for series in group]


def changes_in_shuffled(group: Sequence[Series], first: date, seed: int) -> float:
    """Changes a series, in the same days in another order (each weekday for itself): there are none to find."""
    chance, found = np.random.default_rng(seed), 0
    for series in group:
        counts = np.array(series.counts)
        for weekday in range(7):
            counts[weekday::7] = chance.permutation(counts[weekday::7])
        found += len(find_changes(counts.tolist(), first + timedelta(days=len(counts) - 1)))
    return found / len(group)


def measure_group(
    group: Sequence[Series], alarms: Alarms, one_z: float, period: Period, sets: tuple[frozenset[date], frozenset[date]], seed: int
) -> dict[str, Any]:
    public, hardly = sets
    own_z = limit_for([alarms])
    made = forecasts(group, period, public, hardly)
    kept = [one for _, one in made if one]
    last_day = period.first + timedelta(days=len(group[0].counts) - 1)
    return {
        "group": group[0].group,
        "series": len(group),
        "stories_a_day": round(float(np.mean([np.mean(series.counts) for series in group])), 1),
        "series_days": alarms.days,
        "false_alarms": {"ours": alarms.ours, "z>3": alarms.plain, "one_z": alarms.above(one_z), "own_z": alarms.above(own_z)},
        "limits": {"one_z": round(one_z, 2), "own_z": round(own_z, 2)},
        "a_series_month": {way: round(30 * count / alarms.days, 4) for way, count in (("ours", alarms.ours), ("z>3", alarms.plain))},
        "of_the_stated_rate": {way: round(count / alarms.days / FALSE_ALARMS, 2) for way, count in (("ours", alarms.ours), ("z>3", alarms.plain))},
        "found": find_injected(group, period, seed, (one_z, own_z)),
        "forecast": {
            "dropped": len(made) - len(kept),
            "error_over_naive": round(float(np.mean([one.error / one.naive_error for one in kept])), 3),
            "covered": round(float(np.mean([one.covered for one in kept])), 3),
        },
        "forecast_rows": [(one, made_one and (made_one.error, made_one.naive_error, made_one.covered)) for one, made_one in made],
        "changes_a_series": round(float(np.mean([len(find_changes(series.counts, last_day, hardly)) for series in group])), 2),
        "changes_in_shuffled": round(changes_in_shuffled(group, period.first, seed), 2),
    }


def show(table: dict[str, Any]) -> None:
    alarms, rate, stated, limits = table["false_alarms"], table["a_series_month"], table["of_the_stated_rate"], table["limits"]
    print(f"\n{table['group']}: {table['series']} series, {table['stories_a_day']} stories a day, {table['series_days']:,} untouched series-days")
    print(f"  false alarms: ours {alarms['ours']} ({rate['ours']} a series-month, {stated['ours']} of the stated rate), ", end="")
    print(f"z>3 {alarms['z>3']} ({rate['z>3']}, {stated['z>3']}), ", end="")
    print(f"one z>{limits['one_z']} for all groups {alarms['one_z']}, its own z>{limits['own_z']} {alarms['own_z']}")
    print(f"  found of {SPIKES}: size  ours   z>3  one z  own z  ours/one z")
    for row in table["found"]:
        ratio = "-" if row["ratio"] is None else f"{row['ratio']:.2f}"
        print(f"  {row['size']:>15} {row['ours']:>5.2f} {row['z>3']:>5.2f} {row['one_z']:>6.2f} {row['own_z']:>6.2f} {ratio:>11}")
    made = table["forecast"]
    print(f"  forecast: error {made['error_over_naive']} of the naive one's, {made['dropped']} dropped, 80 % interval covers {made['covered']:.0%}")
    if table["group"] == "feeds":
        for name, row in table["forecast_rows"]:
            print(f"  {name:>24}  " + (f"{row[0]:6.2f} / {row[1]:6.2f} = {row[0] / row[1]:.2f}, covers {row[2]:.0%}" if row else "dropped"))
    print(f"  changes of level: {table['changes_a_series']} a series of ten months, {table['changes_in_shuffled']} with the days in another order")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage_spikes", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("items", type=Path, help="gzipped JSON Lines with id, title, source, category, published")
    parser.add_argument("--half", choices=("first", "second"), default="second", help="the half of the period that is measured")
    parser.add_argument("--seed", type=int, default=1, help="where the spikes are put in")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args(arguments)
    if not chosen.items.exists():
        say(f"coverage_spikes: {chosen.items} is absent: nothing to measure with")
        return 1
    first, all_series, hardly = read_series(chosen.items)
    length = len(all_series[0].counts)
    public = frozenset(holiday_tables.country_holidays("VN", years=range(first.year, first.year + 2)))
    start, end = (BASELINE_DAYS, length // 2) if chosen.half == "first" else (length // 2, length)
    period = Period(first, start, end, public | hardly)
    say(f"From {first}, {length} days; {chosen.half} half; hardly collected: {', '.join(map(str, sorted(hardly))) or 'none'}")
    groups = [[one for one in all_series if one.group == name] for name in ("feeds", "shares", "words")]
    alarms = [count_alarms(group, period) for group in groups]
    one_z = limit_for(alarms)
    tables = [measure_group(group, one, one_z, period, (public, hardly), chosen.seed) for group, one in zip(groups, alarms, strict=True)]
    if not chosen.json:
        for table in tables:
            show(table)
    if chosen.json:
        print(json.dumps(tables, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
