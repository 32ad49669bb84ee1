"""What leaves the house: one public JSON object for each correction, from which the page, the feeds and every delivery are made.

    claim, assessment, cited evidence, spread | public_body | JSON, ClaimReview markup

No other key may leave (LIMITS 7): `KEYS` is the allow-list, and it names neither who carried the claim nor where it stood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kiemtin.domain.claims import Claim, Evidence, EvidenceRelation
from kiemtin.domain.reviews import Assessment, Correction, CorrectionState, Position

NOTICE = "Nội dung này nói về một phát biểu, theo những gì biết được vào ngày ghi trên đây; đây không phải là kết luận về bất kỳ ai."
NOTICE_EN = "This concerns a statement, as known at this date; it is no finding against anyone."
OFFICIAL = "Quan điểm chính thức, chưa được kiểm chứng độc lập"
RECHECK = timedelta(days=14)  # LIMITS 5

EVIDENCE_KEYS = frozenset({"url", "publisher", "publisher_kind", "independent", "relation", "quote", "published_at", "rating"})
KEYS = frozenset(
    {
        "id", "url", "revision", "status", "office", "statement", "theme", "position", "rating", "rating_value", "rating_name", "reason", "answer",
        "not_known", "evidence", "spread", "published_at", "changed_at", "recheck_on", "under_review", "withdrawal_reason", "notice", "notice_en",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issuer:
    """Under whose name corrections stand, and where: `public_url` without a slash at its end."""

    office: str
    public_url: str


def public_body(
    correction_id: str, claim: Claim, assessment: Assessment, evidence: Sequence[Evidence], spread: Sequence[tuple[date, int]], issuer: Issuer
) -> dict[str, Any]:
    """What does not depend on when it stands. `evidence`: the cited pieces, and all that supports the claim, first. `spread`: pages a day."""
    cited = set(assessment.evidence_ids)
    shown = [piece for piece in evidence if piece.id in cited or piece.relation is EvidenceRelation.SUPPORTS]
    rating = assessment.rating
    return {
        "id": correction_id,
        "url": f"{issuer.public_url}/corrections/{correction_id}",
        "office": issuer.office,
        "statement": claim.text,
        "theme": claim.theme.value if claim.theme else None,
        "position": assessment.position.value,
        "rating": rating.code if rating else None,
        "rating_value": rating.rating_value if rating else None,
        "rating_name": rating.alternate_name if rating else OFFICIAL,
        "reason": assessment.reason.strip(),
        "answer": assessment.answer.strip() or None,
        "not_known": assessment.unknown.strip() or None,
        "evidence": [_evidence(piece) for piece in sorted(shown, key=lambda piece: piece.relation is not EvidenceRelation.SUPPORTS)],
        "spread": [{"day": day.isoformat(), "pages": pages} for day, pages in spread],
        "notice": NOTICE,
        "notice_en": NOTICE_EN,
    }


def _evidence(piece: Evidence) -> dict[str, Any]:
    return {
        "url": piece.url,
        "publisher": piece.publisher,
        "publisher_kind": piece.publisher_kind.value,
        "independent": piece.independent,
        "relation": piece.relation.value,
        "quote": piece.quote,
        "published_at": piece.published_at.isoformat() if piece.published_at else None,
        "rating": piece.rating.code if piece.rating else None,
    }


def issue(old: Correction | None, body: Mapping[str, Any], claim: Claim, now: datetime) -> Correction:
    """The first version, or the next one of what stands there: it keeps its address and its first day."""
    official = body["position"] == Position.OFFICIAL.value
    first = old.published_at if old else now
    revision = old.revision + 1 if old else 1
    dated = {
        "revision": revision,
        "status": CorrectionState.PUBLISHED.value,
        "published_at": first.isoformat(),
        "changed_at": now.isoformat(),
        "recheck_on": (now + RECHECK).date().isoformat() if official else None,
        "under_review": False,
        "withdrawal_reason": None,
    }
    theme = claim.theme.value if claim.theme else ""
    return Correction(body["id"], claim.id, revision, CorrectionState.PUBLISHED, theme, first, now, {**body, **dated})


def withdraw(old: Correction, reason: str, now: datetime) -> Correction:
    """The mistake is said at the same address: the statement, that it is withdrawn, when and why."""
    body = {
        **old.body,
        "revision": old.revision + 1,
        "status": CorrectionState.WITHDRAWN.value,
        "changed_at": now.isoformat(),
        "recheck_on": None,
        "under_review": False,
        "withdrawal_reason": reason.strip(),
    }
    return Correction(old.id, old.claim_id, old.revision + 1, CorrectionState.WITHDRAWN, old.theme, old.published_at, now, body)


def mark_under_review(old: Correction, under_review: bool) -> Correction:
    """Reopened by people or by new evidence: the page says so at once. No new version: what it says has not changed."""
    return Correction(
        old.id, old.claim_id, old.revision, old.state, old.theme, old.published_at, old.changed_at, {**old.body, "under_review": under_review}
    )


def claim_review(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """schema.org ClaimReview (https://schema.org/ClaimReview); None for an official position (LIMITS 5) and for what is withdrawn."""
    if body["rating"] is None or body["status"] != CorrectionState.PUBLISHED.value:
        return None
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": body["rating_name"]}
    if body["rating_value"] is not None:
        rating |= {"ratingValue": body["rating_value"], "bestRating": 5, "worstRating": 1}
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": body["url"],
        "claimReviewed": body["statement"],
        "inLanguage": "vi",
        "datePublished": body["published_at"],
        "dateModified": body["changed_at"],
        "author": {"@type": "Organization", "name": body["office"]},
        "itemReviewed": {"@type": "Claim", "name": body["statement"]},
        "reviewRating": rating,
        "reviewBody": body["reason"],
        "citation": [{"@type": "CreativeWork", "url": piece["url"], "publisher": {"@type": "Organization", "name": piece["publisher"]}} for piece in body["evidence"]],
    }  # fmt: skip
