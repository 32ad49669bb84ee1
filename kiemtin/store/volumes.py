"""Stories and clusters by day, as they were last counted."""

from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa

from kiemtin.domain.coverage import LISTED_ONLY, Counted, DayCount, ListedOnlyError, Subject
from kiemtin.store.tables import volumes


def replace_day(conn: sa.Connection, day: date, counts: Mapping[tuple[Counted, str], DayCount]) -> None:
    conn.execute(sa.delete(volumes).where(volumes.c.day == day))
    rows = [
        {"kind": kind.value, "key": key, "day": day, "stories": count.stories, "clusters": count.clusters}
        for (kind, key), count in sorted(counts.items())
    ]  # fmt: skip
    if rows:
        conn.execute(sa.insert(volumes), rows)


def load_series(conn: sa.Connection, kind: Counted, key: str, last: date, days: int) -> list[DayCount]:
    """One count a day, the oldest first, zeros included. Raises ListedOnlyError for a subject of which stories are listed only (LIMITS 9)."""
    if kind is Counted.SUBJECT and Subject(key) in LISTED_ONLY:
        raise ListedOnlyError(f"subject {key} is listed only: no series is made of it")
    first = last - timedelta(days=days - 1)
    query = sa.select(volumes.c.day, volumes.c.stories, volumes.c.clusters)
    rows = conn.execute(query.where(volumes.c.kind == kind.value, volumes.c.key == key, volumes.c.day.between(first, last)))
    known = {row.day: DayCount(row.day, row.stories, row.clusters) for row in rows}
    every = (first + timedelta(days=at) for at in range(days))
    return [known.get(day, DayCount(day, 0, 0)) for day in every]


def load_between(conn: sa.Connection, first: date, last: date) -> dict[tuple[Counted, str], dict[date, DayCount]]:
    """Every count of these days at once: {(kind, key): {day: count}}."""
    found: dict[tuple[Counted, str], dict[date, DayCount]] = {}
    for row in conn.execute(sa.select(volumes).where(volumes.c.day.between(first, last))):
        found.setdefault((Counted(row.kind), row.key), {})[row.day] = DayCount(row.day, row.stories, row.clusters)
    return found
