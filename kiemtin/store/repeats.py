"""Counts of what is said again in public posts. No number below ten is ever written: the table refuses it too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kiemtin.domain.claims import claim_id_of
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.repeats import FEWEST, Cell, Platform, Said
from kiemtin.domain.reviews import CorrectionState
from kiemtin.store.tables import claim_reviews, claims, corrections, repeat_counts

_REFUTING = tuple(rating.code for rating in Rating if rating.refutes)


@dataclass(frozen=True, slots=True)
class PublicClaim:
    """`url`: where it is answered in public: the correction here, else the check. `checked_by`: whose check made it public, "" where two people corrected it here."""

    text: str
    url: str
    checked_by: str = ""

    @property
    def is_ours(self) -> bool:
        """Only then may its words leave the house (LIMITS 6): another's check may be of a claim that still waits in the queue."""
        return not self.checked_by


def public_claims(conn: sa.Connection) -> dict[str, PublicClaim]:
    """The claims that may be counted, by id: corrected here with a rating that refutes them, or rated so by a catalogued fact-checker, on a theme.

    Derived checks, and those of newspapers, authorities and publishers outside the catalogue, make no claim public. What the office itself has said
    goes before another's check: a claim whose correction was withdrawn, or carries another rating or none, is not counted.
    """
    c = claim_reviews.c
    checks = sa.select(c.id, c.claim_reviewed, c.review_url, c.reviewed_by).where(
        c.publisher_kind == PublisherKind.FACT_CHECKER.value,
        c.rating.in_(_REFUTING),
        c.theme.is_not(None),
        c.derived.is_(False),
        c.examined.is_(True),
    )
    found = {claim_id_of(row.id): PublicClaim(row.claim_reviewed, row.review_url, row.reviewed_by) for row in conn.execute(checks.order_by(c.id))}
    for row in conn.execute(
        sa.select(claims.c.id, claims.c.text, corrections.c.state, corrections.c.body).join(claims, claims.c.id == corrections.c.claim_id)
    ):
        found.pop(row.id, None)
        if row.state == CorrectionState.PUBLISHED.value and row.body["rating"] in _REFUTING:
            found[row.id] = PublicClaim(row.text, row.body["url"])
    return found


def add(conn: sa.Connection, counts: Mapping[Cell, int]) -> None:
    """More of what is there, or a new number; `conn` is a writing transaction. What would begin below ten is left out."""
    for cell, count in sorted(counts.items()):
        here = _is(cell)
        grown = conn.execute(sa.update(repeat_counts).where(here).values(times=repeat_counts.c.times + count))
        if not grown.rowcount and count >= FEWEST:
            row = {"claim_id": cell.claim_id, "day": cell.day, "platform": cell.platform.value, "said": cell.said.value, "times": count}
            conn.execute(sa.insert(repeat_counts), row)


def _is(cell: Cell) -> sa.ColumnElement[bool]:
    c = repeat_counts.c
    return sa.and_(c.claim_id == cell.claim_id, c.day == cell.day, c.platform == cell.platform.value, c.said == cell.said.value)


def published(conn: sa.Connection, since: date) -> set[Cell]:
    """Which numbers there are of these days."""
    return set(_cells(conn, sa.select(repeat_counts).where(repeat_counts.c.day >= since)))


def load(conn: sa.Connection, before: date, claim_id: str | None = None, since: date | None = None) -> dict[Cell, int]:
    """Numbers of the days that have ended: `before` is today in Viet Nam. In order of claim and day."""
    query = sa.select(repeat_counts).where(repeat_counts.c.day < before)
    if claim_id is not None:
        query = query.where(repeat_counts.c.claim_id == claim_id)
    if since is not None:
        query = query.where(repeat_counts.c.day >= since)
    return dict(sorted(_cells(conn, query).items()))


def _cells(conn: sa.Connection, query: sa.Select[tuple[object, ...]]) -> dict[Cell, int]:
    return {Cell(row.claim_id, row.day, Platform(row.platform), Said(row.said)): row.times for row in conn.execute(query)}


def counted(conn: sa.Connection) -> set[str]:
    """Ids of the claims that have a number."""
    return set(conn.scalars(sa.select(repeat_counts.c.claim_id).distinct()))


def delete_claim(conn: sa.Connection, claim_id: str) -> None:
    """Its correction has been withdrawn, or it is public no more: nothing is left of what was counted."""
    conn.execute(sa.delete(repeat_counts).where(repeat_counts.c.claim_id == claim_id))
