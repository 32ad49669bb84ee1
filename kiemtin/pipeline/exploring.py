"""What the explore page shows of a period: a series with its spikes, changes and forecast, counts by outlet and subject, and stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from kiemtin.coverage.changes import LONGEST_DAYS, Change, find_changes
from kiemtin.coverage.forecast import Forecast, forecast
from kiemtin.coverage.health import BASELINE_DAYS
from kiemtin.coverage.spikes import Spike, find_spikes
from kiemtin.domain.coverage import LISTED_ONLY, Counted, DayCount, Listed, Subject
from kiemtin.pipeline.coverage import holidays_between
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import clippings, volumes
from kiemtin.store.clippings import Sought
from nlp.profile import profile
from nlp.retrieval import query_terms

_MOST_FOUND = 400


@dataclass(frozen=True, slots=True)
class Series:
    """One counted series over a period, and what is seen in it. `forecast`: None where it would not beat last week's same days."""

    kind: Counted
    key: str
    days: tuple[DayCount, ...]
    spikes: tuple[Spike, ...]
    changes: tuple[Change, ...]
    forecast: Forecast | None


def series_of(conn: sa.Connection, kind: Counted, key: str, first: date, last: date) -> Series:
    """Raises ListedOnlyError for a subject of which stories are listed only (LIMITS 9)."""
    shown = (last - first).days + 1
    history = volumes.load_series(conn, kind, key, last, max(LONGEST_DAYS, shown + BASELINE_DAYS))
    collected = {one.day for one in volumes.load_series(conn, Counted.ALL, "", last, len(history)) if one.stories}
    known = history[next((at for at, one in enumerate(history) if one.day in collected), len(history)) :]
    if not known:
        return Series(kind, key, tuple(history[-shown:]), (), (), None)
    missing = [one.day for one in known if one.day not in collected]
    days_off = holidays_between(known[0].day, last + timedelta(days=7))
    counts = [one.stories for one in known]
    near = counts[-(shown + BASELINE_DAYS) :]
    spikes = [spike for spike in find_spikes(near, last, [*missing, *days_off]) if spike.day >= first]
    changes = [change for change in find_changes(counts[-LONGEST_DAYS:], last, missing) if change.day >= first]
    return Series(kind, key, tuple(history[-shown:]), tuple(spikes), tuple(changes), forecast(counts, last, days_off, missing))


def counts_between(conn: sa.Connection, kind: Counted, first: date, last: date) -> list[tuple[str, int, int]]:
    """(key, stories, clusters a day added up) of a kind, by key: the order says nothing of who has more."""
    found = volumes.load_between(conn, first, last)
    return [
        (key, sum(one.stories for one in by_day.values()), sum(one.clusters for one in by_day.values()))
        for (which, key), by_day in sorted(found.items())
        if which is kind
    ]


def stories_of(workspace: Workspace, sought: Sought, words: str, limit: int, skip: int) -> list[Listed]:
    """The newest first; with `words`, the ones that the index finds nearest to them, within the same filters."""
    with workspace.records.begin() as conn:
        if not words.strip():
            return clippings.listed(conn, sought, limit, skip)
        hits = [hit.id for hit in workspace.index.find("story", query_terms(profile(words)), _MOST_FOUND)]
        found = clippings.listed_of(conn, hits)
    return [found[hit] for hit in hits if hit in found and _is_wanted(found[hit], sought)][skip : skip + limit]


def _is_wanted(one: Listed, sought: Sought) -> bool:
    wanted: Sequence[tuple[str, bool]] = (
        (sought.outlet, one.outlet == sought.outlet),
        (sought.subject, one.shelf.subject.value == sought.subject),
        (sought.theme, one.shelf.theme == sought.theme),
        (sought.watchlist, sought.watchlist in one.watchlists),
    )
    return sought.first <= one.day <= sought.last and all(met for asked, met in wanted if asked)


def may_be_counted(subject: str) -> bool:
    return not subject or Subject(subject) not in LISTED_ONLY
