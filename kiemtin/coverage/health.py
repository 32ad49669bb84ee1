"""What was not collected: sources that fell silent, stopped being readable, lost their dates, or gave less than they declare.

today's numbers, the weeks before, what the outlet declares | troubles, each with the numbers that show it

A judgement of our own collecting, never of an outlet.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from kiemtin.domain.coverage import Stock

BASELINE_DAYS = 28
_ENOUGH_PAGES = 4  # of fewer nothing is said
_READ_BEFORE, _READ_NOW = 0.7, 0.5
_UNDATED_BEFORE, _UNDATED_NOW = 0.15, 0.3
_FUTURE_PAGES, _FUTURE_SHARE = 3, 0.2
_SILENT_BELOW = 0.25  # of the usual day
_DAYS_KNOWN = 3  # before which no usual day is known


class TroubleKind(StrEnum):
    FEED_FAILED = "feed_failed"
    SILENT = "silent"
    PARSE_FALLEN = "parse_fallen"
    UNDATED = "undated"
    FUTURE_DATES = "future_dates"
    UNDER_YIELD = "under_yield"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that was not collected as it should be. `count` of `of` what the kind is about; `usual`: what is usual or declared."""

    outlet: str
    kind: TroubleKind
    count: int
    of: int
    usual: float


def find_troubles(day: date, stock: Sequence[Stock], declared: dict[str, int], day_is_over: bool) -> list[Trouble]:
    """`stock`: this day's and those of the weeks before; `declared`: least stories a day, where an outlet says so."""
    first = day - timedelta(days=BASELINE_DAYS)
    today = [one for one in stock if one.day == day]
    return [
        trouble
        for one in sorted(today, key=lambda one: one.outlet)
        for trouble in _of_outlet(one, [past for past in stock if past.outlet == one.outlet and first <= past.day < day], declared, day_is_over)
    ]


def _of_outlet(today: Stock, past: Sequence[Stock], declared: dict[str, int], day_is_over: bool) -> Iterator[Trouble]:
    usual = median(one.parsed for one in past) if len(past) >= _DAYS_KNOWN else 0.0
    if today.feeds_failed:
        yield Trouble(today.outlet, TroubleKind.FEED_FAILED, today.feeds_failed, today.feeds_failed, 0.0)
    elif day_is_over and usual and today.parsed < _SILENT_BELOW * usual and not today.refused:
        yield Trouble(today.outlet, TroubleKind.SILENT, today.parsed, today.listed, usual)
    yield from _reading(today, past)
    least = declared.get(today.outlet)
    if day_is_over and least and today.parsed < least:
        yield Trouble(today.outlet, TroubleKind.UNDER_YIELD, today.parsed, today.listed, float(least))


def _reading(today: Stock, past: Sequence[Stock]) -> Iterator[Trouble]:
    pages = today.read + today.refused
    read_before = _share(past, lambda one: one.read, lambda one: one.read + one.refused)
    if pages >= _ENOUGH_PAGES and today.read < _READ_NOW * pages and (read_before is None or read_before >= _READ_BEFORE):
        yield Trouble(today.outlet, TroubleKind.PARSE_FALLEN, today.refused, pages, read_before or 0.0)
    undated_before = _share(past, lambda one: one.undated, lambda one: one.parsed)
    if (
        today.parsed >= _ENOUGH_PAGES
        and today.undated >= _UNDATED_NOW * today.parsed
        and (undated_before is None or undated_before <= _UNDATED_BEFORE)
    ):
        yield Trouble(today.outlet, TroubleKind.UNDATED, today.undated, today.parsed, undated_before or 0.0)
    dated = today.parsed + today.future_dated
    if today.future_dated >= _FUTURE_PAGES and today.future_dated >= _FUTURE_SHARE * dated:
        yield Trouble(today.outlet, TroubleKind.FUTURE_DATES, today.future_dated, dated, 0.0)


def _share(past: Sequence[Stock], part: Callable[[Stock], int], whole: Callable[[Stock], int]) -> float | None:
    """Over all these days; None where there was nothing."""
    total = sum(whole(one) for one in past)
    return sum(part(one) for one in past) / total if total else None
