"""Each claim as a case: what is known of it, what evidence bears on it, and what the decider makes of both."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from alerts.decide import Case, CloseAlert, Intent, OpenAlert, ReopenAlert, UpdateAlert, decide
from alerts.independence import Office, is_independent
from kiemtin.domain.alerts import Alert
from kiemtin.domain.claims import Appearance, Claim, ClaimReview, Evidence, EvidenceRelation
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.ratings import Rating
from kiemtin.pipeline import bulletins
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress
from kiemtin.store import queue as queue_store
from kiemtin.store import reviews as review_store

_BATCH = 100


@dataclass(slots=True)
class Outcome:
    """How many alerts were opened, updated, closed, reopened."""

    opened: int = 0
    updated: int = 0
    closed: int = 0
    reopened: int = 0


def decide_cases(workspace: Workspace, catalog: tuple[Outlet, ...], now: datetime, progress: Progress = no_progress) -> Outcome:
    """Decide every claim in the decision queue, and apply what was decided."""
    outcome = Outcome()
    office = Office(workspace.config.controller, workspace.config.state)
    with workspace.records.begin() as conn:
        waiting = queue_store.to_decide(conn)
    for start in range(0, len(waiting), _BATCH):
        with workspace.records.begin() as conn:
            for claim_id in waiting[start : start + _BATCH]:
                _decide_one(conn, claim_id, office, catalog, now, outcome)
        progress("xếp hàng đợi", start + len(waiting[start : start + _BATCH]), len(waiting))
    return outcome


def _decide_one(conn: sa.Connection, claim_id: str, office: Office, catalog: tuple[Outlet, ...], now: datetime, outcome: Outcome) -> None:  # noqa: PLR0913, PLR0917
    claim = queue_store.load_claim(conn, claim_id)
    queue_store.decided(conn, claim_id)
    if claim is None:
        return
    appearances = queue_store.load_appearances(conn, claim_id)
    found = gather_evidence(conn, claim, appearances, office, catalog)
    old = queue_store.load_alert(conn, claim_id)
    shown = frozenset(piece.id for piece in queue_store.load_evidence(conn, claim_id))
    intent = decide(Case(claim, appearances, found), old, shown, now)
    _apply(conn, intent, outcome)
    queue_store.replace_evidence(conn, claim_id, found)
    if not appearances and _is_untouched(old):
        queue_store.delete_claim(conn, claim_id)


def _is_untouched(alert: Alert | None) -> bool:
    return alert is None or alert.status == "new"


def _apply(conn: sa.Connection, intent: Intent | None, outcome: Outcome) -> None:
    match intent:
        case OpenAlert(alert):
            queue_store.save_alert(conn, alert)
            outcome.opened += 1
        case UpdateAlert(alert):
            queue_store.save_alert(conn, alert)
            outcome.updated += 1
        case ReopenAlert(alert):
            queue_store.save_alert(conn, alert)
            outcome.reopened += 1
        case CloseAlert(alert_id):
            queue_store.delete_alert(conn, alert_id)
            outcome.closed += 1
        case None:
            pass


def gather_evidence(conn: sa.Connection, claim: Claim, appearances: list[Appearance], office: Office, catalog: tuple[Outlet, ...]) -> list[Evidence]:
    """The check that made the claim known, every other check that its appearances match, and bulletins against it."""
    ids = {claim.review_id} if claim.review_id else set()
    ids.update(review_id for appearance in appearances for review_id in appearance.also)
    reviews = review_store.load(conn, sorted(filter(None, ids)))
    found = [from_review(review, claim, office, catalog) for review in reviews.values()]
    return found + bulletins.gather(conn, claim, appearances, office, catalog)


_RELATION = {Rating.TRUE: EvidenceRelation.SUPPORTS, Rating.MOSTLY_TRUE: EvidenceRelation.SUPPORTS}


def from_review(review: ClaimReview, claim: Claim, office: Office, catalog: tuple[Outlet, ...]) -> Evidence:
    """A published check as evidence. Without a body its quote is the claim and the rating as published."""
    relation = EvidenceRelation.REFUTES if review.rating.refutes else _RELATION.get(review.rating, EvidenceRelation.NOT_ENOUGH_INFO)
    publisher = next((outlet for outlet in catalog if outlet.name == review.reviewed_by), None)
    return Evidence(
        claim_id=claim.id,
        url=review.review_url,
        publisher=review.reviewed_by,
        publisher_kind=review.publisher_kind,
        relation=relation,
        quote=review.quote or f"“{review.claim_reviewed}”: {review.rating_words}",
        independent=is_independent(publisher, review.attributed_to, claim.text, office, catalog),
        rating=review.rating,
        speaker=review.attributed_to,
        published_at=review.published_at,
    )
