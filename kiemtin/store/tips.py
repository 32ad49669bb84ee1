"""Tips without a match: 72 hours, outside back-ups and search, then gone without a trace (LIMITS 3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from kiemtin.domain.alerts import Tip
from kiemtin.domain.scope import Theme
from kiemtin.store.records import upsert
from kiemtin.store.tables import tip_receipts, tips

LIFETIME = timedelta(hours=72)
RECEIPT_LIFETIME = timedelta(days=90)


def save_tip(conn: sa.Connection, tip: Tip) -> None:
    """Keep a scrubbed tip for a reviewer; the same text sent twice is one tip and lives no longer for it."""
    row = {"id": tip.id, "text": tip.text, "theme": tip.theme.value, "received_at": tip.received_at}
    upsert(conn, tips, [row], keep=frozenset({"received_at"}))


def load_tips(conn: sa.Connection, now: datetime) -> list[Tip]:
    query = sa.select(tips).where(tips.c.received_at > now - LIFETIME).order_by(tips.c.received_at, tips.c.id)
    return [Tip(row.id, row.text, row.received_at, Theme(row.theme)) for row in conn.execute(query)]


def forget_tips(conn: sa.Connection, now: datetime) -> int:
    """Delete the tips older than 72 hours; returns how many. The caller then calls `erase_traces`."""
    conn.execute(sa.delete(tip_receipts).where(tip_receipts.c.expires_at <= now))
    return conn.execute(sa.delete(tips).where(tips.c.received_at <= now - LIFETIME)).rowcount


def load_tip(conn: sa.Connection, tip_id: str, now: datetime) -> Tip | None:
    return next((tip for tip in load_tips(conn, now) if tip.id == tip_id), None)


class TipOutcome(StrEnum):
    """What became of a tip, for whoever holds its code. A tip that nobody took up within 72 hours is gone: `waiting` then reads as that."""

    WAITING = "waiting"
    TAKEN_UP = "taken_up"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Receipt:
    """`claim_id`: what the tip was restated as, "" if it was not. `waits`: the tip itself is still there."""

    outcome: TipOutcome
    claim_id: str
    waits: bool


def save_receipt(conn: sa.Connection, code_digest: str, tip_id: str, now: datetime) -> None:
    row = {"code_digest": code_digest, "outcome": TipOutcome.WAITING.value, "tip_id": tip_id, "claim_id": "", "expires_at": now + RECEIPT_LIFETIME}
    upsert(conn, tip_receipts, [row])


def load_receipt(conn: sa.Connection, code_digest: str, now: datetime) -> Receipt | None:
    row = conn.execute(sa.select(tip_receipts).where(tip_receipts.c.code_digest == code_digest, tip_receipts.c.expires_at > now)).one_or_none()
    return None if row is None else Receipt(TipOutcome(row.outcome), row.claim_id, load_tip(conn, row.tip_id, now) is not None)


def settle_tip(conn: sa.Connection, tip_id: str, outcome: TipOutcome, claim_id: str = "") -> None:
    """The original goes in every case; its receipts tell what became of it. The caller then calls `erase_traces`."""
    conn.execute(sa.update(tip_receipts).where(tip_receipts.c.tip_id == tip_id).values(outcome=outcome.value, claim_id=claim_id, tip_id=""))
    conn.execute(sa.delete(tips).where(tips.c.id == tip_id))
