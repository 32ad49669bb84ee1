"""The JSON shapes that scripts depend on (the command-line contract), made in one place."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.alerts import Alert, AlertStatus
from kiemtin.domain.claims import Claim, ClaimReview, Evidence, Reason
from kiemtin.domain.coverage import day_of
from kiemtin.domain.repeats import Cell, Said, shown
from kiemtin.pipeline.checks import Checked
from kiemtin.pipeline.counts import by_claim, cells_view, total
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import queue as queue_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store import reviews as review_store


def alerts_view(workspace: Workspace, status: AlertStatus | None = None) -> dict[str, Any]:
    with workspace.records.begin() as conn:
        return {"alerts": [_alert_view(conn, alert) for alert in queue_store.load_alerts(conn, status)]}


def _alert_view(conn: sa.Connection, alert: Alert) -> dict[str, Any]:
    claim = queue_store.load_claim(conn, alert.claim_id)
    assert claim is not None  # a foreign key
    return {
        "id": alert.id,
        "status": alert.status.value,
        "theme": alert.theme.value,
        "priority": alert.priority,
        "claim": {"id": claim.id, "text": claim.text},
        "appearances": queue_store.appearance_details(conn, claim.id),
        "evidence": [evidence_view(piece) for piece in queue_store.load_evidence(conn, claim.id)],
        "independent_evidence": alert.independent_evidence,
        "reasons": [asdict(reason) for reason in (*alert.reasons, *_match_reasons(conn, claim.id))],
    }


def _match_reasons(conn: sa.Connection, claim_id: str) -> tuple[Reason, ...]:
    """Why the best appearance was matched."""
    linked = [appearance for appearance in queue_store.load_appearances(conn, claim_id) if appearance.linked]
    return max(linked, key=lambda appearance: appearance.score).reasons if linked else ()


def evidence_view(piece: Evidence) -> dict[str, Any]:
    return {
        "url": piece.url,
        "publisher": piece.publisher,
        "publisher_kind": piece.publisher_kind.value,
        "relation": piece.relation.value,
        "rating": piece.rating.code if piece.rating else None,
        "quote": piece.quote,
    }


def check_view(checked: Checked) -> dict[str, Any]:
    return {
        "text": checked.text,
        "theme": checked.scope.theme.value if checked.scope.theme else None,
        "in_scope": checked.scope.in_scope,
        "matches": [
            {
                "relation": match.relation.value,
                "linked": match.linked,
                "score": match.score,
                "claim_reviewed": review.claim_reviewed,
                "rating": review.rating.code,
                "review_url": review.review_url,
                "reviewed_by": review.reviewed_by,
                "reasons": [asdict(reason) for reason in match.reasons],
            }
            for match, review in checked.matches
        ],
        "evidence": [evidence_view(piece) for piece in checked.evidence],
    }


def claims_view(workspace: Workspace, now: datetime) -> dict[str, Any]:
    """Every claim, and every indexed check rated false or misleading as one, with the numbers of the days that have ended; no number is below ten."""
    with workspace.records.begin() as conn:
        reviews = {review.id: review for review in review_store.load_all(conn)}
        claims = {claim.id: claim for claim in queue_store.load_claims(conn)}
        public = repeat_store.public_claims(conn)
        counts = {one: found for one, found in by_claim(repeat_store.load(conn, day_of(now))).items() if one in public}
    for review in reviews.values():
        if review.rating.refutes:
            claims.setdefault(review.claim_id, Claim(review.claim_id, review.claim_reviewed, review.theme, None, review.id))
    return {"claims": [_claim_view(claim, reviews, counts.get(claim.id, {})) for claim in sorted(claims.values(), key=lambda claim: claim.id)]}


def _claim_view(claim: Claim, reviews: Mapping[str, ClaimReview], counts: Mapping[Cell, int]) -> dict[str, Any]:
    return {
        "id": claim.id,
        "text": claim.text,
        "theme": claim.theme.value if claim.theme else None,
        "review_url": reviews[claim.review_id].review_url if claim.review_id and claim.review_id in reviews else None,
        "repeats": cells_view(counts, Said.REPEAT),
        "repeats_total": shown(total(counts)),
    }
