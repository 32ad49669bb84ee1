"""Where people are with each alert: the review's state, rulings on pages, evidence added by hand, answers on usefulness, saved searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.alerts import Alert, AlertStatus
from kiemtin.domain.claims import EvidenceRelation
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Assessment, Review
from kiemtin.domain.scope import Theme
from kiemtin.store.queue import MOST_URGENT, RULED, SAME_PAGE, reasons_from
from kiemtin.store.records import upsert
from kiemtin.store.tables import added_evidence, alert_feedback, alerts, appearances, claims, rulings, saved_searches, stories


def load_review(conn: sa.Connection, alert_id: str) -> Review | None:
    row = conn.execute(sa.select(alerts).where(alerts.c.id == alert_id)).one_or_none()
    return None if row is None else _review(row)


def review_of_claim(conn: sa.Connection, claim_id: str) -> Review | None:
    row = conn.execute(sa.select(alerts).where(alerts.c.claim_id == claim_id)).one_or_none()
    return None if row is None else _review(row)


def save_review(conn: sa.Connection, review: Review) -> None:
    """Bring the alert's row to this review; the caller has checked the version inside the same writing transaction."""
    values = {
        "status": review.status.value,
        "version": review.version,
        "assigned_to": review.assigned_to,
        "assessment": _assessment_row(review.assessment),
        "rated_by": review.rated_by,
        "merged_into": review.merged_into,
    }
    conn.execute(sa.update(alerts).where(alerts.c.id == review.alert_id).values(values))


def claim_of_alert(conn: sa.Connection, alert_id: str) -> str | None:
    return conn.scalar(sa.select(alerts.c.claim_id).where(alerts.c.id == alert_id))


# --- the queue ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the queue is asked for. `words`: folded words that all must stand in the claim; `after`: the last row of the page before."""

    statuses: tuple[AlertStatus, ...] = ()
    theme: Theme | None = None
    assigned_to: str | None = None
    words: tuple[str, ...] = ()
    after: tuple[int, datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `pages`: how many published pages repeat the claim."""

    alert: Alert
    text: str
    pages: int
    assigned_to: str | None


def queue_page(conn: sa.Connection, wanted: Wanted, limit: int) -> list[QueueRow]:
    """The most urgent first, then the oldest; one row more than `limit` tells that there is a next page."""
    order = (alerts.c.rank, alerts.c.opened_at, alerts.c.id)
    # The ids first, from the index alone: wide rows are read for one page only.
    page = sa.select(alerts.c.id).where(*_conditions(wanted)).order_by(*order).limit(limit + 1).scalar_subquery()
    query = sa.select(alerts, claims.c.text).join(claims, claims.c.id == alerts.c.claim_id).where(alerts.c.id.in_(page)).order_by(*order)
    return [QueueRow(_alert(row), row.text, row.pages, row.assigned_to) for row in conn.execute(query)]


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if len(wanted.statuses) == 1:
        found.append(alerts.c.status == wanted.statuses[0].value)
    elif len(wanted.statuses) < len(AlertStatus):
        # As an expression, so that no index on the state is taken: most rows pass, and sorting them all costs more than skipping a few.
        found.append(sa.func.coalesce(alerts.c.status, "").in_([status.value for status in wanted.statuses]))
    if wanted.theme is not None:
        found.append(alerts.c.theme == wanted.theme.value)
    if wanted.assigned_to is not None:
        found.append(alerts.c.assigned_to == wanted.assigned_to)
    found += [alerts.c.searchable.contains(word, autoescape=True) for word in wanted.words]
    if wanted.after is not None:
        priority, opened_at, alert_id = wanted.after
        rank = MOST_URGENT - priority
        later = sa.and_(alerts.c.opened_at == opened_at, alerts.c.id > alert_id)
        found.append(sa.or_(alerts.c.rank > rank, sa.and_(alerts.c.rank == rank, sa.or_(alerts.c.opened_at > opened_at, later))))
    return found


def counts_by_status(conn: sa.Connection) -> dict[AlertStatus, int]:
    query = sa.select(alerts.c.status, sa.func.count()).group_by(alerts.c.status)
    return {AlertStatus(status): count for status, count in conn.execute(query)}


def open_by_theme(conn: sa.Connection, statuses: Sequence[AlertStatus]) -> dict[Theme, int]:
    query = sa.select(alerts.c.theme, sa.func.count()).where(alerts.c.status.in_([status.value for status in statuses])).group_by(alerts.c.theme)
    return {Theme(theme): count for theme, count in conn.execute(query)}


# --- appearances, spread and evidence -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repeat:
    """One page that repeats the claim, or may: what the alert page shows of it."""

    story_id: str
    url: str
    outlet: str
    title: str
    quote: str
    linked: bool
    score: float
    published_at: datetime | None
    reasons: tuple[Any, ...]


def repeats_of(conn: sa.Connection, claim_id: str, limit: int = 500) -> list[Repeat]:
    """The earliest first, then those without a date."""
    query = (
        sa.select(appearances, RULED.label("ruled"), stories.c.canonical_url, stories.c.outlet, stories.c.title, stories.c.published_date)
        .join(stories, stories.c.id == appearances.c.story_id)
        .join(rulings, SAME_PAGE, isouter=True)
        .where(appearances.c.claim_id == claim_id)
        .order_by(RULED.desc(), stories.c.published_date.is_(None), stories.c.published_date, stories.c.canonical_url)
        .limit(limit)
    )
    return [
        Repeat(row.story_id, row.canonical_url, row.outlet, row.title, row.quote, row.ruled, row.score, row.published_date, reasons_from(row.reasons))
        for row in conn.execute(query)
    ]


def days_of(conn: sa.Connection, claim_id: str) -> list[datetime]:
    """When the pages that repeat a claim were published (or first seen, where they give no date)."""
    when = sa.func.coalesce(stories.c.published_date, stories.c.first_seen_at)
    query = (
        sa.select(sa.type_coerce(when, stories.c.published_date.type))
        .join(appearances, appearances.c.story_id == stories.c.id)
        .join(rulings, SAME_PAGE, isouter=True)
        .where(appearances.c.claim_id == claim_id, RULED.is_(True))
    )
    return list(conn.scalars(query))


def save_ruling(conn: sa.Connection, claim_id: str, story_id: str, repeats: bool, now: datetime) -> None:
    upsert(conn, rulings, [{"claim_id": claim_id, "story_id": story_id, "repeats": repeats, "ruled_at": now}])


def load_rulings(conn: sa.Connection, claim_id: str) -> dict[str, bool]:
    query = sa.select(rulings.c.story_id, rulings.c.repeats).where(rulings.c.claim_id == claim_id)
    return {row.story_id: row.repeats for row in conn.execute(query)}


@dataclass(frozen=True, slots=True)
class Added:
    """A passage of a published story that a reviewer put beside a claim."""

    claim_id: str
    url: str
    quote: str
    relation: EvidenceRelation
    publisher: str


def save_added(conn: sa.Connection, added: Added, now: datetime) -> None:
    row = {"claim_id": added.claim_id, "url": added.url, "quote": added.quote, "relation": added.relation.value, "publisher": added.publisher}
    upsert(conn, added_evidence, [row | {"added_at": now}], keep=frozenset({"added_at"}))


def remove_added(conn: sa.Connection, claim_id: str, url: str, quote: str) -> None:
    same = sa.and_(added_evidence.c.claim_id == claim_id, added_evidence.c.url == url, added_evidence.c.quote == quote)
    conn.execute(sa.delete(added_evidence).where(same))


def load_added(conn: sa.Connection, claim_id: str) -> list[Added]:
    query = sa.select(added_evidence).where(added_evidence.c.claim_id == claim_id).order_by(added_evidence.c.url, added_evidence.c.quote)
    return [Added(row.claim_id, row.url, row.quote, EvidenceRelation(row.relation), row.publisher) for row in conn.execute(query)]


# --- what staff keep for themselves -------------------------------------------------------------------------------------


def save_feedback(conn: sa.Connection, alert_id: str, staff_id: str, useful: bool, now: datetime) -> None:
    upsert(conn, alert_feedback, [{"alert_id": alert_id, "staff_id": staff_id, "useful": useful, "given_at": now}])


def load_feedback(conn: sa.Connection, alert_id: str, staff_id: str) -> bool | None:
    mine = sa.and_(alert_feedback.c.alert_id == alert_id, alert_feedback.c.staff_id == staff_id)
    return conn.scalar(sa.select(alert_feedback.c.useful).where(mine))


def feedback_by_day(conn: sa.Connection) -> list[tuple[datetime, bool]]:
    """(when the alert opened, useful): an alert counts once, useful where at least half of those who answered say so."""
    share = sa.func.avg(sa.case((alert_feedback.c.useful, 1.0), else_=0.0))
    query = sa.select(alerts.c.opened_at, share).join(alerts, alerts.c.id == alert_feedback.c.alert_id).group_by(alerts.c.id, alerts.c.opened_at)
    return [(opened_at, useful >= 0.5) for opened_at, useful in conn.execute(query)]  # noqa: PLR2004


def save_search(conn: sa.Connection, staff_id: str, name: str, query: str) -> None:
    upsert(conn, saved_searches, [{"staff_id": staff_id, "name": name, "query": query}])


def remove_search(conn: sa.Connection, staff_id: str, name: str) -> None:
    conn.execute(sa.delete(saved_searches).where(saved_searches.c.staff_id == staff_id, saved_searches.c.name == name))


def load_searches(conn: sa.Connection, staff_id: str) -> list[tuple[str, str]]:
    query = sa.select(saved_searches.c.name, saved_searches.c.query).where(saved_searches.c.staff_id == staff_id).order_by(saved_searches.c.name)
    return [(row.name, row.query) for row in conn.execute(query)]


def _assessment_row(assessment: Assessment | None) -> dict[str, Any] | None:
    if assessment is None:
        return None
    return {
        "rating": assessment.rating.code if assessment.rating else None,
        "reason": assessment.reason,
        "evidence_ids": list(assessment.evidence_ids),
        "answer": assessment.answer,
        "unknown": assessment.unknown,
    }


def _assessment(row: Mapping[str, Any] | None) -> Assessment | None:
    if row is None:
        return None
    rating = Rating.from_code(row["rating"]) if row["rating"] else None
    return Assessment(rating, row["reason"], tuple(row["evidence_ids"]), row["answer"], row["unknown"])


def _review(row: sa.Row[Any]) -> Review:
    return Review(
        row.id, AlertStatus(row.status), row.version, row.assigned_to, _assessment(row.assessment), row.rated_by, row.merged_into
    )  # fmt: skip


def _alert(row: sa.Row[Any]) -> Alert:
    return Alert(
        row.id, row.claim_id, AlertStatus(row.status), Theme(row.theme), row.priority, reasons_from(row.reasons), row.independent_evidence,
        row.opened_at,
    )  # fmt: skip
