"""Counts of what is said again in public posts. No number below ten is ever written: the table refuses it too."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from kiemtin.domain.claims import claim_id_of
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.repeats import FEWEST, Cell, Platform, Said
from kiemtin.domain.reviews import CorrectionState
from kiemtin.store.tables import claim_reviews, claims, corrections, repeat_counts

_AT_ONCE = 500
_REFUTING = tuple(rating.code for rating in Rating if rating.refutes)


def public_claims(conn: sa.Connection) -> dict[str, str]:
    """The claims that may be counted, and their words: corrected here with a rating that refutes them, or rated so by a catalogued fact-checker, on a theme.

    Derived checks, and those of newspapers, authorities and publishers outside the catalogue, make no claim public.
    """
    checks = sa.select(claim_reviews.c.id, claim_reviews.c.claim_reviewed).where(
        claim_reviews.c.publisher_kind == PublisherKind.FACT_CHECKER.value,
        claim_reviews.c.rating.in_(_REFUTING),
        claim_reviews.c.theme.is_not(None),
        claim_reviews.c.derived.is_(False),
        claim_reviews.c.examined.is_(True),
    )
    found = {claim_id_of(row.id): row.claim_reviewed for row in conn.execute(checks.order_by(claim_reviews.c.id))}
    own = sa.select(claims.c.id, claims.c.text, corrections.c.body).join(claims, claims.c.id == corrections.c.claim_id)
    for row in conn.execute(own.where(corrections.c.state == CorrectionState.PUBLISHED.value)):
        if row.body["rating"] in _REFUTING:
            found[row.id] = row.text
    return found


def addresses(conn: sa.Connection, claim_ids: Sequence[str], public_url: str) -> dict[str, str]:
    """Where each of these claims is answered in public: the correction here, else the check that made it public."""
    wanted = frozenset(claim_ids)
    checks = conn.execute(sa.select(claim_reviews.c.id, claim_reviews.c.review_url)) if wanted else ()
    found = {claim_id_of(row.id): row.review_url for row in checks if claim_id_of(row.id) in wanted}
    own = sa.select(corrections.c.claim_id, corrections.c.id).where(
        corrections.c.claim_id.in_(claim_ids), corrections.c.state == CorrectionState.PUBLISHED.value
    )
    return found | {row.claim_id: f"{public_url}/corrections/{row.id}" for row in conn.execute(own)}


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


def delete_claim(conn: sa.Connection, claim_id: str) -> None:
    """Its correction has been withdrawn: nothing is left of what was counted."""
    conn.execute(sa.delete(repeat_counts).where(repeat_counts.c.claim_id == claim_id))


def keep_only(conn: sa.Connection, watched: Collection[str]) -> list[str]:
    """Drop the numbers of claims that are public no more; returns their ids."""
    gone = sorted(set(conn.scalars(sa.select(repeat_counts.c.claim_id).distinct())) - set(watched))
    for start in range(0, len(gone), _AT_ONCE):
        conn.execute(sa.delete(repeat_counts).where(repeat_counts.c.claim_id.in_(gone[start : start + _AT_ONCE])))
    return gone
