"""Editions, frozen: the first one of a day stays, whoever asks again. And what the office entered for its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.editions import Edition, EditionKind
from kiemtin.store.records import upsert
from kiemtin.store.tables import editions, events


def freeze(conn: sa.Connection, edition: Edition) -> Edition:
    """Keep it, unless there is one of this kind and day already; returns the one that is kept."""
    row = {"id": edition.id, "kind": edition.kind.value, "day": edition.day, "body": dict(edition.body), "frozen_at": edition.frozen_at}
    upsert(conn, editions, [row], keep=frozenset(row))
    return load(conn, edition.kind, edition.day) or edition


def load(conn: sa.Connection, kind: EditionKind, day: date) -> Edition | None:
    row = conn.execute(sa.select(editions).where(editions.c.kind == kind.value, editions.c.day == day)).one_or_none()
    return None if row is None else _edition(row)


def load_by_id(conn: sa.Connection, edition_id: str) -> Edition | None:
    row = conn.execute(sa.select(editions).where(editions.c.id == edition_id)).one_or_none()
    return None if row is None else _edition(row)


def latest(conn: sa.Connection, limit: int, kinds: Sequence[EditionKind] = tuple(EditionKind), before: date | None = None) -> list[Edition]:
    """The newest first; `before`: only of earlier days."""
    query = sa.select(editions).where(editions.c.kind.in_([kind.value for kind in kinds]))
    if before is not None:
        query = query.where(editions.c.day < before)
    return [_edition(row) for row in conn.execute(query.order_by(editions.c.day.desc(), editions.c.kind).limit(limit))]


def _edition(row: sa.Row[Any]) -> Edition:
    return Edition(row.id, EditionKind(row.kind), row.day, row.body, row.frozen_at)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that will happen, as the office entered it. `entered_by`: a staff account's id."""

    id: str
    day: date
    text: str
    entered_by: str


def save_event(conn: sa.Connection, event: Event, now: datetime) -> None:
    row = {"id": event.id, "day": event.day, "text": event.text, "entered_by": event.entered_by, "entered_at": now}
    upsert(conn, events, [row], keep=frozenset({"entered_at"}))


def remove_event(conn: sa.Connection, event_id: str) -> None:
    conn.execute(sa.delete(events).where(events.c.id == event_id))


def load_events(conn: sa.Connection, first: date, last: date) -> list[Event]:
    query = sa.select(events).where(events.c.day.between(first, last)).order_by(events.c.day, events.c.id)
    return [Event(row.id, row.day, row.text, row.entered_by) for row in conn.execute(query)]
