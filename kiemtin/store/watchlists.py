"""Watchlists as people keep them, with their free terms and who proposed and confirmed each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.coverage import FreeTerm, Sector, Subject, Watchlist
from kiemtin.store.records import upsert
from kiemtin.store.tables import watchlist_terms, watchlists


def save(conn: sa.Connection, watchlist: Watchlist, position: int | None = None) -> None:
    """Its terms are kept apart: see `propose` and `confirm`. Without a `position` it keeps its own, or comes last."""
    last = conn.scalar(sa.select(sa.func.max(watchlists.c.position))) or 0
    known = conn.scalar(sa.select(watchlists.c.position).where(watchlists.c.id == watchlist.id))
    row = {
        "id": watchlist.id,
        "name": watchlist.name,
        "places": sorted(watchlist.places),
        "sectors": sorted(sector.value for sector in watchlist.sectors),
        "subjects": sorted(subject.value for subject in watchlist.subjects),
        "position": position if position is not None else known if known is not None else last + 1,
    }
    upsert(conn, watchlists, [row])


def remove(conn: sa.Connection, watchlist_id: str) -> None:
    conn.execute(sa.delete(watchlist_terms).where(watchlist_terms.c.watchlist_id == watchlist_id))
    conn.execute(sa.delete(watchlists).where(watchlists.c.id == watchlist_id))


def load_all(conn: sa.Connection) -> list[Watchlist]:
    terms: dict[str, list[FreeTerm]] = {}
    for row in conn.execute(sa.select(watchlist_terms).order_by(watchlist_terms.c.term)):
        terms.setdefault(row.watchlist_id, []).append(FreeTerm(row.term, row.proposed_by, row.confirmed_by))
    rows = conn.execute(sa.select(watchlists).order_by(watchlists.c.position, watchlists.c.id))
    return [_watchlist(row, terms.get(row.id, [])) for row in rows]


def load_one(conn: sa.Connection, watchlist_id: str) -> Watchlist | None:
    return next((one for one in load_all(conn) if one.id == watchlist_id), None)


def propose(conn: sa.Connection, watchlist_id: str, term: str, by: str, now: datetime) -> None:
    """A term that is there already stays as it is."""
    row = {"watchlist_id": watchlist_id, "term": term, "proposed_by": by, "confirmed_by": "", "proposed_at": now, "confirmed_at": None}
    upsert(conn, watchlist_terms, [row], keep=frozenset(row))


def confirm(conn: sa.Connection, watchlist_id: str, term: str, by: str, now: datetime) -> None:
    mine = sa.and_(watchlist_terms.c.watchlist_id == watchlist_id, watchlist_terms.c.term == term)
    conn.execute(sa.update(watchlist_terms).where(mine).values(confirmed_by=by, confirmed_at=now))


def drop_term(conn: sa.Connection, watchlist_id: str, term: str) -> None:
    conn.execute(sa.delete(watchlist_terms).where(watchlist_terms.c.watchlist_id == watchlist_id, watchlist_terms.c.term == term))


def _watchlist(row: sa.Row[Any], terms: Sequence[FreeTerm]) -> Watchlist:
    return Watchlist(
        row.id, row.name, frozenset(row.places), frozenset(Sector(sector) for sector in row.sectors),
        frozenset(Subject(subject) for subject in row.subjects), tuple(terms),
    )  # fmt: skip
