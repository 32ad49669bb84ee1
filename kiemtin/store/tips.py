"""Tips without a match: 72 hours, outside back-ups and search, then gone without a trace (LIMITS 3)."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from kiemtin.domain.alerts import Tip
from kiemtin.domain.scope import Theme
from kiemtin.store.records import upsert
from kiemtin.store.tables import tips

LIFETIME = timedelta(hours=72)


def save_tip(conn: sa.Connection, tip: Tip) -> None:
    """Keep a scrubbed tip for a reviewer; the same text sent twice is one tip and lives no longer for it."""
    row = {"id": tip.id, "text": tip.text, "theme": tip.theme.value, "received_at": tip.received_at}
    upsert(conn, tips, [row], keep=frozenset({"received_at"}))


def load_tips(conn: sa.Connection, now: datetime) -> list[Tip]:
    query = sa.select(tips).where(tips.c.received_at > now - LIFETIME).order_by(tips.c.received_at, tips.c.id)
    return [Tip(row.id, row.text, row.received_at, Theme(row.theme)) for row in conn.execute(query)]


def forget_tips(conn: sa.Connection, now: datetime) -> int:
    """Delete the tips older than 72 hours; returns how many. The caller then calls `erase_traces`."""
    return conn.execute(sa.delete(tips).where(tips.c.received_at <= now - LIFETIME)).rowcount
