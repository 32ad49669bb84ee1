"""The queue of e-mails to staff: an alert's id or the day of a digest, never a claim (LIMITS 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Tier
from kiemtin.store.records import upsert
from kiemtin.store.tables import alerts, notices, staff

_WAITING, _SENT, _FAILED = "waiting", "sent", "failed"
_DIGESTS = ("daily:", "weekly:")
_FIRST_WAIT, _MAX_ATTEMPTS = timedelta(minutes=1), 8


class Addressed(Protocol):
    @property
    def staff_id(self) -> str: ...
    @property
    def subject(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DueNotice:
    """`theme` of the alert it tells of; None for a digest, and for an alert that is there no more.

    `mailbox`: "" where the account is closed or has none.
    """

    staff_id: str
    mailbox: str
    subject: str
    attempts: int
    theme: Theme | None

    @property
    def is_digest(self) -> bool:
        return self.subject.startswith(_DIGESTS)

    @property
    def is_moot(self) -> bool:
        """Nobody to tell, or nothing to tell of."""
        return not self.mailbox or (self.theme is None and not self.is_digest)


def add(conn: sa.Connection, found: Sequence[Addressed], now: datetime) -> int:
    """Queue notices; one that was queued before, sent or not, stays as it is. Returns how many are new."""
    before = conn.scalar(sa.select(sa.func.count()).select_from(notices)) or 0
    rows = [{"staff_id": one.staff_id, "subject": one.subject, "state": _WAITING, "attempts": 0, "next_try_at": now, "made_at": now} for one in found]
    upsert(conn, notices, rows, keep=frozenset(notices.columns.keys()))
    return (conn.scalar(sa.select(sa.func.count()).select_from(notices)) or 0) - before


def new_alerts(conn: sa.Connection, since: datetime) -> list[str]:
    """Ids of alerts opened since then that nobody has touched; the most urgent first."""
    query = sa.select(alerts.c.id).where(alerts.c.status == AlertStatus.NEW.value, alerts.c.opened_at >= since)
    return list(conn.scalars(query.order_by(alerts.c.priority.desc(), alerts.c.opened_at, alerts.c.id).limit(1000)))


def told(conn: sa.Connection) -> Mapping[str, frozenset[str]]:
    """What each person has been told of."""
    found: dict[str, set[str]] = {}
    for staff_id, subject in conn.execute(sa.select(notices.c.staff_id, notices.c.subject)):
        found.setdefault(staff_id, set()).add(subject)
    return {staff_id: frozenset(subjects) for staff_id, subjects in found.items()}


def made_since(conn: sa.Connection, moment: datetime) -> dict[str, int]:
    """How many notices each person has been given since then."""
    query = sa.select(notices.c.staff_id, sa.func.count()).where(notices.c.made_at >= moment).group_by(notices.c.staff_id)
    return dict(conn.execute(query).tuples().all())


def due_notices(conn: sa.Connection, now: datetime, limit: int) -> list[DueNotice]:
    """Also those that are moot by now (a closed account, no mailbox, not wanted any more): the caller drops them. Silence is waited out."""
    wanted = sa.and_(staff.c.closed.is_(False), staff.c.tier != Tier.NONE.value)
    mailbox = sa.case((wanted, staff.c.mailbox), else_="").label("mailbox")
    heard = sa.or_(staff.c.muted_until.is_(None), staff.c.muted_until <= now)
    query = (
        sa.select(notices, mailbox, alerts.c.theme)
        .join(staff, staff.c.id == notices.c.staff_id, isouter=True)
        .join(alerts, alerts.c.id == notices.c.subject, isouter=True)
        .where(notices.c.state == _WAITING, notices.c.next_try_at <= now, heard)
        .order_by(notices.c.made_at, notices.c.staff_id, notices.c.subject)
        .limit(limit)
    )
    return [DueNotice(row.staff_id, row.mailbox, row.subject, row.attempts, Theme(row.theme) if row.theme else None) for row in conn.execute(query)]


def drop(conn: sa.Connection, notice: DueNotice) -> None:
    conn.execute(sa.delete(notices).where(_same(notice)))


def save_notice_outcome(conn: sa.Connection, notice: DueNotice, sent: bool, now: datetime, final: bool = False) -> None:
    """Tried again after 1, 2, 4 ... minutes, eight times at most; not at all where a failure is final."""
    attempts = notice.attempts + 1
    state = _SENT if sent else _FAILED if final or attempts >= _MAX_ATTEMPTS else _WAITING
    conn.execute(sa.update(notices).where(_same(notice)).values(state=state, attempts=attempts, next_try_at=now + _FIRST_WAIT * 2**notice.attempts))


def _same(notice: DueNotice) -> sa.ColumnElement[bool]:
    return sa.and_(notices.c.staff_id == notice.staff_id, notices.c.subject == notice.subject)


def open_by_theme(conn: sa.Connection) -> dict[Theme, int]:
    """How many alerts nobody has decided, for a digest."""
    waiting = (AlertStatus.NEW.value, AlertStatus.IN_REVIEW.value, AlertStatus.NEEDS_EVIDENCE.value)
    query = sa.select(alerts.c.theme, sa.func.count()).where(alerts.c.status.in_(waiting)).group_by(alerts.c.theme).order_by(alerts.c.theme)
    return {Theme(theme): count for theme, count in conn.execute(query)}
