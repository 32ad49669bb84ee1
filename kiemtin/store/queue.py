"""Claims, where they appear, what contradicts them, and the alerts made of these."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.alerts import Alert, AlertStatus
from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation, Reason
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.store.records import upsert
from kiemtin.store.tables import alerts, appearances, claims, decision_queue, evidence, rulings, stories

# People's ruling on a page, and where there is none what the matcher found.
MOST_URGENT = 100
MAX_SEARCHABLE = 500  # it stands in an index; PostgreSQL's take no more than 2,700 bytes
SAME_PAGE = sa.and_(rulings.c.claim_id == appearances.c.claim_id, rulings.c.story_id == appearances.c.story_id)
RULED = sa.func.coalesce(rulings.c.repeats, appearances.c.linked, type_=sa.Boolean)


def save_claims(conn: sa.Connection, found: Iterable[Claim]) -> None:
    rows = [
        {"id": claim.id, "text": claim.text, "theme": claim.theme, "kind": claim.kind, "review_id": claim.review_id}
        for claim in {claim.id: claim for claim in found}.values()
    ]
    upsert(conn, claims, rows)


def replace_appearances(conn: sa.Connection, story_id: str, found: Sequence[Appearance]) -> None:
    """Make the story's appearances exactly these, and queue every claim that gained, lost or changed one."""
    before = set(conn.scalars(sa.select(appearances.c.claim_id).where(appearances.c.story_id == story_id)))
    conn.execute(sa.delete(appearances).where(appearances.c.story_id == story_id))
    upsert(conn, appearances, [_appearance_row(appearance) for appearance in found])
    queue_decision(conn, before | {appearance.claim_id for appearance in found})


def queue_decision(conn: sa.Connection, claim_ids: Iterable[str]) -> None:
    upsert(conn, decision_queue, [{"claim_id": claim_id} for claim_id in sorted(set(claim_ids))])


def to_decide(conn: sa.Connection) -> list[str]:
    return list(conn.scalars(sa.select(decision_queue.c.claim_id).order_by(decision_queue.c.claim_id)))


def decided(conn: sa.Connection, claim_id: str) -> None:
    conn.execute(sa.delete(decision_queue).where(decision_queue.c.claim_id == claim_id))


def load_claim(conn: sa.Connection, claim_id: str) -> Claim | None:
    row = conn.execute(sa.select(claims).where(claims.c.id == claim_id)).one_or_none()
    return None if row is None else _claim(row)


def load_claims(conn: sa.Connection) -> list[Claim]:
    return [_claim(row) for row in conn.execute(sa.select(claims).order_by(claims.c.id))]


def load_appearances(conn: sa.Connection, claim_id: str) -> list[Appearance]:
    """What the matcher found, as people have ruled on it: a ruling outlasts every new analysis."""
    query = sa.select(appearances, RULED.label("ruled")).join(rulings, SAME_PAGE, isouter=True).where(appearances.c.claim_id == claim_id)
    return [replace(_appearance(row), linked=bool(row.ruled)) for row in conn.execute(query.order_by(appearances.c.story_id))]


def fresh_claims(conn: sa.Connection, since: datetime) -> list[str]:
    """Claims of alerts that a page has repeated since then: the recency in their priority still changes."""
    query = (
        sa.select(appearances.c.claim_id)
        .join(stories, stories.c.id == appearances.c.story_id)
        .join(alerts, alerts.c.claim_id == appearances.c.claim_id)
        .where(stories.c.published_date >= since)
        .distinct()
    )
    return list(conn.scalars(query))


def stories_of_reviews(conn: sa.Connection, review_ids: Sequence[str]) -> set[str]:
    """Stories in which one of these checks' claims appears, under its own claim or together with another check's."""
    found: set[str] = set()
    own = sa.select(appearances.c.story_id).join(claims, claims.c.id == appearances.c.claim_id)
    for start in range(0, len(review_ids), 500):
        found.update(conn.scalars(own.where(claims.c.review_id.in_(review_ids[start : start + 500]))))
    wanted = frozenset(review_ids)
    if wanted:
        shared = sa.select(appearances.c.story_id, appearances.c.also).where(sa.cast(appearances.c.also, sa.Text) != "[]")
        found.update(row.story_id for row in conn.execute(shared) if not wanted.isdisjoint(row.also))
    return found


def appearance_details(conn: sa.Connection, claim_id: str) -> list[dict[str, Any]]:
    """Linked appearances as the contract shows them: url, outlet, published_at, quote; the earliest first."""
    query = (
        sa.select(stories.c.canonical_url, stories.c.outlet, stories.c.published_date, appearances.c.quote)
        .join(stories, stories.c.id == appearances.c.story_id)
        .join(rulings, SAME_PAGE, isouter=True)
        .where(appearances.c.claim_id == claim_id, RULED.is_(True))
        .order_by(stories.c.published_date, stories.c.canonical_url)
    )
    return [
        {
            "url": row.canonical_url,
            "outlet": row.outlet,
            "published_at": row.published_date.isoformat() if row.published_date else None,
            "quote": row.quote,
        }
        for row in conn.execute(query)
    ]


def replace_evidence(conn: sa.Connection, claim_id: str, found: Sequence[Evidence]) -> None:
    conn.execute(sa.delete(evidence).where(evidence.c.claim_id == claim_id))
    upsert(conn, evidence, [_evidence_row(piece) for piece in found])


def load_evidence(conn: sa.Connection, claim_id: str) -> list[Evidence]:
    """What supports first (it must be answered), then the independent, then the rest."""
    query = sa.select(evidence).where(evidence.c.claim_id == claim_id).order_by(evidence.c.id)
    found = [_evidence(row) for row in conn.execute(query)]
    return sorted(found, key=lambda piece: (piece.relation is not EvidenceRelation.SUPPORTS, not piece.independent, piece.id))


def load_alert(conn: sa.Connection, claim_id: str) -> Alert | None:
    row = conn.execute(sa.select(alerts).where(alerts.c.claim_id == claim_id)).one_or_none()
    return None if row is None else _alert(row)


def load_alerts(conn: sa.Connection, status: AlertStatus | None = None) -> list[Alert]:
    """The queue: the most urgent first, then the oldest."""
    query = sa.select(alerts).order_by(alerts.c.rank, alerts.c.opened_at, alerts.c.id)
    if status is not None:
        query = query.where(alerts.c.status == status.value)
    return [_alert(row) for row in conn.execute(query)]


def save_alert(conn: sa.Connection, alert: Alert, searchable: str = "", pages: int = 0) -> None:
    """What the system found; where people are with it is kept, but its version grows: what they have on screen is no longer all.

    `searchable`: the claim's words without marks. `pages`: how many repeat it.
    """
    row = {
        "id": alert.id,
        "claim_id": alert.claim_id,
        "status": alert.status.value,
        "theme": alert.theme.value,
        "priority": alert.priority,
        "rank": MOST_URGENT - alert.priority,
        "reasons": [asdict(reason) for reason in alert.reasons],
        "independent_evidence": alert.independent_evidence,
        "opened_at": alert.opened_at,
        "version": 0,
        "searchable": searchable[:MAX_SEARCHABLE],
        "pages": pages,
    }
    upsert(conn, alerts, [row], keep=frozenset({"opened_at", "version"}))
    conn.execute(sa.update(alerts).where(alerts.c.id == alert.id).values(version=alerts.c.version + 1))


def reopen(conn: sa.Connection, alert: Alert) -> None:
    """Only the state changes; the version grows, as with every change."""
    conn.execute(sa.update(alerts).where(alerts.c.id == alert.id).values(status=alert.status.value, version=alerts.c.version + 1))


def reprioritise(conn: sa.Connection, weigh: Callable[[tuple[Reason, ...]], tuple[int, tuple[Reason, ...]]]) -> None:
    """Add up every alert's priority anew from the parts it has. What people have on screen is not touched: no version grows."""
    rows = [(row.id, *weigh(reasons_from(row.reasons))) for row in conn.execute(sa.select(alerts.c.id, alerts.c.reasons))]
    update = (
        sa.update(alerts)
        .where(alerts.c.id == sa.bindparam("of_id"))
        .values(priority=sa.bindparam("to"), rank=sa.bindparam("place"), reasons=sa.bindparam("parts"))
    )
    if rows:
        conn.execute(
            update,
            [
                {"of_id": alert_id, "to": priority, "place": MOST_URGENT - priority, "parts": [asdict(part) for part in parts]}
                for alert_id, priority, parts in rows
            ],
        )


def delete_alert(conn: sa.Connection, alert_id: str) -> None:
    conn.execute(sa.delete(alerts).where(alerts.c.id == alert_id))


def delete_claim(conn: sa.Connection, claim_id: str) -> None:
    """A claim that no check and no page carries any more, and that people have not worked on."""
    conn.execute(sa.delete(evidence).where(evidence.c.claim_id == claim_id))
    conn.execute(sa.delete(claims).where(claims.c.id == claim_id))


def reasons_from(rows: Sequence[dict[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason(**row) for row in rows)


def _appearance_row(appearance: Appearance) -> dict[str, Any]:
    return {
        "claim_id": appearance.claim_id,
        "story_id": appearance.story_id,
        "quote": appearance.quote,
        "offset": appearance.offset,
        "score": appearance.score,
        "linked": appearance.linked,
        "reasons": [asdict(reason) for reason in appearance.reasons],
        "also": list(appearance.also),
    }


def _appearance(row: sa.Row[Any]) -> Appearance:
    return Appearance(row.claim_id, row.story_id, row.quote, row.offset, row.score, row.linked, reasons_from(row.reasons), tuple(row.also))


def _claim(row: sa.Row[Any]) -> Claim:
    return Claim(row.id, row.text, Theme(row.theme) if row.theme else None, ClaimKind(row.kind) if row.kind else None, row.review_id)


def _evidence_row(piece: Evidence) -> dict[str, Any]:
    return {
        "id": piece.id,
        "claim_id": piece.claim_id,
        "url": piece.url,
        "publisher": piece.publisher,
        "publisher_kind": piece.publisher_kind.value,
        "relation": piece.relation.value,
        "quote": piece.quote,
        "independent": piece.independent,
        "rating": piece.rating.code if piece.rating else None,
        "speaker": piece.speaker,
        "published_date": piece.published_at,
    }


def _evidence(row: sa.Row[Any]) -> Evidence:
    return Evidence(
        claim_id=row.claim_id,
        url=row.url,
        publisher=row.publisher,
        publisher_kind=PublisherKind(row.publisher_kind),
        relation=EvidenceRelation(row.relation),
        quote=row.quote,
        independent=row.independent,
        rating=Rating.from_code(row.rating) if row.rating else None,
        speaker=row.speaker,
        published_at=row.published_date,
    )


def _alert(row: sa.Row[Any]) -> Alert:
    return Alert(
        id=row.id,
        claim_id=row.claim_id,
        status=AlertStatus(row.status),
        theme=Theme(row.theme),
        priority=row.priority,
        reasons=reasons_from(row.reasons),
        independent_evidence=row.independent_evidence,
        opened_at=row.opened_at,
    )
