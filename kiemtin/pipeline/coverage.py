"""The counted series with what is seen in them: spikes, changes of level, a forecast; and what was not collected."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

import sqlalchemy as sa

from kiemtin.coverage.edition import NamedSpike
from kiemtin.coverage.forecast import LONGEST_DAYS, Forecast, forecast
from kiemtin.coverage.health import BASELINE_DAYS, Trouble, find_troubles
from kiemtin.coverage.spikes import Spike, find_spike
from kiemtin.domain.coverage import LISTED_ONLY, SUBJECT_NAMES_VI, Counted, DayCount, Subject
from kiemtin.domain.scope import THEME_NAMES_VI, Theme
from kiemtin.store import collected, volumes
from kiemtin.store import outlets as outlet_store
from kiemtin.store import watchlists as watchlist_store

_WATCHED = (Counted.SUBJECT, Counted.THEME, Counted.WATCHLIST)


@cache
def holidays_of(year: int) -> Mapping[date, str]:
    """Vietnam's public holidays, with their names."""
    import holidays

    return dict(holidays.country_holidays("VN", years=year, language="vi"))


def holiday(day: date) -> str:
    """Its name, "" on any other day."""
    return holidays_of(day.year).get(day, "")


def holidays_between(first: date, last: date) -> list[date]:
    return [day for year in range(first.year, last.year + 1) for day in holidays_of(year) if first <= day <= last]


def names_of(conn: sa.Connection, kind: Counted) -> dict[str, str]:
    """{key: name for people} of what is counted under a kind, listed-only subjects left out (LIMITS 9); an outlet is its own name."""
    match kind:
        case Counted.SUBJECT:
            return {subject.value: SUBJECT_NAMES_VI[subject] for subject in Subject if subject not in LISTED_ONLY}
        case Counted.THEME:
            return {theme.value: THEME_NAMES_VI[theme] for theme in Theme}
        case Counted.WATCHLIST:
            return {one.id: one.name for one in watchlist_store.load_all(conn)}
        case Counted.OUTLET | Counted.ALL:
            return {}


def spikes_between(conn: sa.Connection, first: date, last: date) -> list[NamedSpike]:
    """Of every counted subject, theme and watchlist, each day judged by the four weeks before it."""
    start = first - timedelta(days=BASELINE_DAYS)
    counted = volumes.load_between(conn, start, last)
    left_out = [*not_collected(counted, start, last), *holidays_between(start, last)]
    names = {kind: names_of(conn, kind) for kind in _WATCHED}
    found = []
    for (kind, key), by_day in sorted(counted.items()):
        if kind in names and key in names[kind]:
            found += [NamedSpike(kind, key, names[kind][key], spike) for spike in _spikes(by_day, first, last, left_out)]
    return found


def _spikes(by_day: Mapping[date, DayCount], first: date, last: date, left_out: Sequence[date]) -> Iterator[Spike]:
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        before = [by_day[past].stories if past in by_day else 0 for past in _days(day - timedelta(days=BASELINE_DAYS), BASELINE_DAYS)]
        spike = find_spike(before, by_day[day].stories, day, left_out) if day in by_day else None
        if spike is not None:
            yield spike


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=at) for at in range(count)]


def not_collected(counted: Mapping[tuple[Counted, str], Mapping[date, DayCount]], first: date, last: date) -> list[date]:
    """Days on which nothing at all came in: they say nothing about how much there was to collect."""
    everything = counted.get((Counted.ALL, ""), {})
    return [day for day in _days(first, (last - first).days + 1) if day not in everything]


def forecast_volume(conn: sa.Connection, last: date) -> Forecast | None:
    """Of all stories, seven days ahead; None where it would not beat last week's same days."""
    series = volumes.load_series(conn, Counted.ALL, "", last, LONGEST_DAYS)
    first = next((at for at, one in enumerate(series) if one.stories), len(series))
    ahead = last + timedelta(days=7)
    missing = [one.day for one in series[first:] if not one.stories]
    return forecast([one.stories for one in series[first:]], last, holidays_between(series[0].day, ahead), missing)


def troubles_on(conn: sa.Connection, day: date, day_is_over: bool) -> list[Trouble]:
    stock = collected.load_stock(conn, day - timedelta(days=BASELINE_DAYS), day)
    declared = {one.name: one.min_stories_per_day for one in outlet_store.load_outlets(conn) if one.min_stories_per_day}
    return find_troubles(day, stock, declared, day_is_over)
