"""What stands in public, and every version that stood there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.reviews import Correction, CorrectionState
from kiemtin.store.records import upsert
from kiemtin.store.tables import claims, correction_versions, corrections


def save(conn: sa.Connection, correction: Correction) -> None:
    row = {
        "id": correction.id,
        "claim_id": correction.claim_id,
        "revision": correction.revision,
        "state": correction.state.value,
        "theme": correction.theme,
        "published_at": correction.published_at,
        "changed_at": correction.changed_at,
        "body": dict(correction.body),
    }
    upsert(conn, corrections, [row])
    version = {"correction_id": correction.id, "revision": correction.revision, "body": dict(correction.body), "changed_at": correction.changed_at}
    upsert(conn, correction_versions, [version], keep=frozenset({"changed_at"}))


def load(conn: sa.Connection, correction_id: str) -> Correction | None:
    row = conn.execute(sa.select(corrections).where(corrections.c.id == correction_id)).one_or_none()
    return None if row is None else _correction(row)


def of_claim(conn: sa.Connection, claim_id: str) -> Correction | None:
    row = conn.execute(sa.select(corrections).where(corrections.c.claim_id == claim_id)).one_or_none()
    return None if row is None else _correction(row)


def page(conn: sa.Connection, limit: int, before: datetime | None = None, theme: str | None = None) -> list[Correction]:
    """What changed last stands first: a withdrawal comes up again."""
    query = sa.select(corrections).order_by(corrections.c.changed_at.desc(), corrections.c.id).limit(limit)
    if before is not None:
        query = query.where(corrections.c.changed_at < before)
    if theme is not None:
        query = query.where(corrections.c.theme == theme)
    return [_correction(row) for row in conn.execute(query)]


def versions(conn: sa.Connection, correction_id: str) -> list[Mapping[str, Any]]:
    """The bodies that stood there, the newest first."""
    query = sa.select(correction_versions.c.body).where(correction_versions.c.correction_id == correction_id)
    return list(conn.scalars(query.order_by(correction_versions.c.revision.desc())))


def without_check(conn: sa.Connection) -> list[Correction]:
    """Public corrections with a rating, of claims that no published check has made known."""
    query = sa.select(corrections).join(claims, claims.c.id == corrections.c.claim_id)
    query = query.where(corrections.c.state == CorrectionState.PUBLISHED.value, claims.c.review_id.is_(None))
    return [_correction(row) for row in conn.execute(query) if row.body["rating"] is not None]


def to_recheck(conn: sa.Connection, today: str) -> list[str]:
    """Claims whose public official position was to be looked at again by now. `today`: an ISO date."""
    query = sa.select(corrections).where(corrections.c.state == CorrectionState.PUBLISHED.value)
    due = (row for row in conn.execute(query) if row.body["recheck_on"] and row.body["recheck_on"] <= today and not row.body["under_review"])
    return [row.claim_id for row in due]


def _correction(row: sa.Row[Any]) -> Correction:
    return Correction(
        row.id, row.claim_id, row.revision, CorrectionState(row.state), row.theme, row.published_at, row.changed_at, row.body
    )  # fmt: skip
