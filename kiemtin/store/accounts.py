"""The desk's own staff: accounts, log-ins, one-time links. Passwords and tokens are kept as digests only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.staff import Role, Staff, Tier
from kiemtin.store.records import upsert
from kiemtin.store.tables import logins, resets, staff


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is judged on."""

    staff: Staff
    password_digest: str
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Login:
    """One browser that is logged in. `form_key` is what its forms must carry."""

    token_digest: str
    staff_id: str
    form_key: str
    expires_at: datetime
    seen_at: datetime


def add(conn: sa.Connection, person: Staff, password_digest: str, now: datetime) -> bool:
    """False where the name is taken: an account's id is made from its name without regard to capitals."""
    if conn.scalar(sa.select(staff.c.id).where(staff.c.id == person.id)) is not None:
        return False
    row = _settings(person) | {"id": person.id, "name": person.name, "password_digest": password_digest, "failures": 0, "created_at": now}
    conn.execute(sa.insert(staff).values(row))
    return True


def save(conn: sa.Connection, person: Staff) -> None:
    """Role, mailbox and notices; the name and the password are not touched."""
    conn.execute(sa.update(staff).where(staff.c.id == person.id).values(_settings(person)))


def load(conn: sa.Connection, staff_id: str) -> Staff | None:
    row = conn.execute(sa.select(staff).where(staff.c.id == staff_id)).one_or_none()
    return None if row is None else _staff(row)


def load_all(conn: sa.Connection) -> list[Staff]:
    return [_staff(row) for row in conn.execute(sa.select(staff).order_by(staff.c.closed, staff.c.name))]


def credentials(conn: sa.Connection, staff_id: str) -> Credentials | None:
    row = conn.execute(sa.select(staff).where(staff.c.id == staff_id)).one_or_none()
    return None if row is None else Credentials(_staff(row), row.password_digest, row.failures, row.locked_until)


def note_failure(conn: sa.Connection, staff_id: str, failures: int, locked_until: datetime | None) -> None:
    conn.execute(sa.update(staff).where(staff.c.id == staff_id).values(failures=failures, locked_until=locked_until))


def set_password(conn: sa.Connection, staff_id: str, password_digest: str) -> None:
    """A new password ends every log-in and every open link of the account."""
    conn.execute(sa.update(staff).where(staff.c.id == staff_id).values(password_digest=password_digest, failures=0, locked_until=None))
    end_logins(conn, staff_id)
    conn.execute(sa.delete(resets).where(resets.c.staff_id == staff_id))


def save_login(conn: sa.Connection, login: Login) -> None:
    upsert(
        conn,
        logins,
        [{"token_digest": login.token_digest, "staff_id": login.staff_id, "form_key": login.form_key, "expires_at": login.expires_at, "seen_at": login.seen_at}],
    )  # fmt: skip


def load_login(conn: sa.Connection, token_digest: str, now: datetime) -> tuple[Login, Staff] | None:
    """The log-in and its account, unless it has expired or the account is closed."""
    query = sa.select(logins, staff).join(staff, staff.c.id == logins.c.staff_id)
    row = conn.execute(query.where(logins.c.token_digest == token_digest, logins.c.expires_at > now, staff.c.closed.is_(False))).one_or_none()
    return None if row is None else (Login(row.token_digest, row.staff_id, row.form_key, row.expires_at, row.seen_at), _staff(row))


def end_login(conn: sa.Connection, token_digest: str) -> None:
    conn.execute(sa.delete(logins).where(logins.c.token_digest == token_digest))


def end_logins(conn: sa.Connection, staff_id: str) -> None:
    conn.execute(sa.delete(logins).where(logins.c.staff_id == staff_id))


def forget_expired(conn: sa.Connection, now: datetime) -> None:
    conn.execute(sa.delete(logins).where(logins.c.expires_at <= now))
    conn.execute(sa.delete(resets).where(resets.c.expires_at <= now))


def save_reset(conn: sa.Connection, token_digest: str, staff_id: str, expires_at: datetime) -> None:
    """One open link an account: a new one ends the one before."""
    conn.execute(sa.delete(resets).where(resets.c.staff_id == staff_id))
    conn.execute(sa.insert(resets).values(token_digest=token_digest, staff_id=staff_id, expires_at=expires_at))


def load_reset(conn: sa.Connection, token_digest: str, now: datetime) -> str | None:
    """The account that a one-time link is for; using it (`set_password`) removes it."""
    return conn.scalar(sa.select(resets.c.staff_id).where(resets.c.token_digest == token_digest, resets.c.expires_at > now))


def _settings(person: Staff) -> dict[str, Any]:
    return {
        "role": person.role.value,
        "closed": person.closed,
        "mailbox": person.mailbox,
        "tier": person.tier.value,
        "daily_cap": person.daily_cap,
        "muted_until": person.muted_until,
    }


def _staff(row: sa.Row[Any]) -> Staff:
    return Staff(
        row._mapping[staff.c.id], row.name, Role(row.role), row.closed, row.mailbox, Tier(row.tier), row.daily_cap, row.muted_until
    )  # fmt: skip
