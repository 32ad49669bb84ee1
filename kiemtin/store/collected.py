"""How each outlet's collecting went, by day, in numbers: taken from the frontier and the stories after each pass."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from kiemtin.domain.coverage import Stock
from kiemtin.domain.stories import HANOI, RefusalReason
from kiemtin.store.frontier import Role, State
from kiemtin.store.records import upsert
from kiemtin.store.tables import collected, frontier, stories

# A page that was fetched and could not be read; refusals by robots.txt or by the network say nothing of our reading.
_UNREAD = tuple(
    reason.value
    for reason in (RefusalReason.NOT_ARTICLE, RefusalReason.EMPTY, RefusalReason.PARSER_FAILED, RefusalReason.MALFORMED, RefusalReason.NOT_HTML)
)


def take_stock(conn: sa.Connection, outlets: Sequence[str], day: date) -> None:
    """Count this day anew for each outlet; `passes` goes up by one."""
    start = datetime.combine(day, time.min, HANOI)
    end = start + timedelta(days=1)
    pages = sa.and_(frontier.c.role == Role.PAGE.value, frontier.c.fetched_at >= start, frontier.c.fetched_at < end)
    set_aside = sa.and_(pages, frontier.c.state == State.QUARANTINED.value)
    fresh = sa.and_(stories.c.first_seen_at >= start, stories.c.first_seen_at < end)
    seen = sa.and_(frontier.c.role == Role.PAGE.value, frontier.c.first_seen_at >= start, frontier.c.first_seen_at < end)
    counts = {
        "feeds_failed": _by_outlet(conn, frontier, sa.and_(frontier.c.role != Role.PAGE.value, frontier.c.state == State.QUARANTINED.value)),
        "listed": _by_outlet(conn, frontier, seen),
        "parsed": _by_outlet(conn, stories, fresh),
        "read": _by_outlet(conn, frontier, sa.and_(pages, frontier.c.state == State.DONE.value)),
        "refused": _by_outlet(conn, frontier, sa.and_(set_aside, frontier.c.reason.in_(_UNREAD))),
        "undated": _by_outlet(conn, stories, sa.and_(fresh, stories.c.published_date.is_(None))),
        "future_dated": _by_outlet(conn, frontier, sa.and_(set_aside, frontier.c.reason == RefusalReason.FUTURE_DATE.value)),
    }
    before = {one.outlet: one.passes for one in load_stock(conn, day, day)}
    rows = [
        {"day": day, "outlet": outlet, "passes": before.get(outlet, 0) + 1, **{name: found.get(outlet, 0) for name, found in counts.items()}}
        for outlet in outlets
    ]  # fmt: skip
    upsert(conn, collected, rows)


def _by_outlet(conn: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> dict[str, int]:
    return dict(conn.execute(sa.select(table.c.outlet, sa.func.count()).where(which).group_by(table.c.outlet)).tuples().all())


def load_stock(conn: sa.Connection, first: date, last: date) -> list[Stock]:
    query = sa.select(collected).where(collected.c.day.between(first, last)).order_by(collected.c.day, collected.c.outlet)
    return [Stock(**{field.name: row[field.name] for field in fields(Stock)}) for row in conn.execute(query).mappings()]
