"""The review as a state machine: who may do what, in which state, with what written down. Pure: `step(...)` gives the next state or a refusal.

new -> in_review -> rated -> approved -> sent -> withdrawn; dismissed and needs_evidence beside it. The rater never approves; what is
edited after a rating goes back to review; a rating needs independent evidence, and evidence that supports the claim an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.claims import Evidence, EvidenceRelation
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Action, Assessment, Position, Review
from kiemtin.domain.staff import Staff

_OPEN = frozenset({AlertStatus.NEW, AlertStatus.IN_REVIEW, AlertStatus.NEEDS_EVIDENCE})
_PUBLIC = frozenset({AlertStatus.APPROVED, AlertStatus.SENT})
RATINGS = frozenset({Rating.FALSE, Rating.MISLEADING, Rating.MIXED, Rating.MOSTLY_TRUE, Rating.TRUE, Rating.UNPROVEN})

# From which states each step may be taken, and where it leads.
STEPS: dict[Action, tuple[frozenset[AlertStatus], AlertStatus | None]] = {
    Action.TAKE: (_OPEN | {AlertStatus.RATED}, None),
    Action.LEAVE: (_OPEN | {AlertStatus.RATED}, None),
    Action.RATE: (_OPEN, AlertStatus.RATED),
    Action.APPROVE: (frozenset({AlertStatus.RATED}), AlertStatus.APPROVED),
    Action.SEND_BACK: (frozenset({AlertStatus.RATED}), AlertStatus.IN_REVIEW),
    Action.DISMISS: (_OPEN | {AlertStatus.RATED}, AlertStatus.DISMISSED),
    Action.ASK_EVIDENCE: (_OPEN | {AlertStatus.RATED}, AlertStatus.NEEDS_EVIDENCE),
    Action.EDIT: (_PUBLIC | {AlertStatus.RATED, AlertStatus.DISMISSED, AlertStatus.WITHDRAWN}, AlertStatus.IN_REVIEW),
    Action.MERGE: (_OPEN, AlertStatus.DISMISSED),
    Action.SPLIT: (frozenset({AlertStatus.DISMISSED, AlertStatus.IN_REVIEW}), AlertStatus.IN_REVIEW),
    Action.WITHDRAW: (_PUBLIC | {AlertStatus.IN_REVIEW, AlertStatus.RATED, AlertStatus.NEEDS_EVIDENCE, AlertStatus.DISMISSED}, AlertStatus.WITHDRAWN),
}
_WITH_WORDS = frozenset({Action.SEND_BACK, Action.DISMISS, Action.ASK_EVIDENCE, Action.WITHDRAW})
MAX_WORDS = 5_000


class Refused(StrEnum):
    """Why a step is not taken; the desk says it in words."""

    ROLE = "role"
    STATE = "state"
    STALE = "stale"
    OWN_RATING = "own_rating"
    NO_REASON = "no_reason"
    TOO_LONG = "too_long"
    NO_EVIDENCE = "no_evidence"
    EVIDENCE_GONE = "evidence_gone"
    NOT_INDEPENDENT = "not_independent"
    UNANSWERED = "unanswered"
    NOT_PUBLIC = "not_public"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class Case:
    """What a step is judged on. `evidence`: all that is shown; `may_confirm`: ids of what an authority says of its own act (LIMITS 5).

    `public`: a correction of this claim stands on the public page now.
    """

    review: Review
    evidence: Sequence[Evidence]
    may_confirm: frozenset[str] = frozenset()
    public: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What a person asks for. `version` is the one that was on their screen; `words` the reason; `into` the alert to merge with."""

    action: Action
    version: int
    words: str = ""
    assessment: Assessment | None = None
    into: str | None = None


def step(case: Case, asked: Step, staff: Staff) -> Review | Refused:
    """The review after this step, one version on; or why it is refused. Nothing here is automatic."""
    refused = _refusal(case, asked, staff)
    if refused is not None:
        return refused
    old, after = case.review, STEPS[asked.action][1]
    new = replace(old, status=after or old.status, version=old.version + 1)
    match asked.action:
        case Action.TAKE:
            begun = AlertStatus.IN_REVIEW if old.status in _OPEN else old.status
            return replace(new, status=begun, assigned_to=staff.id)
        case Action.LEAVE:
            return replace(new, assigned_to=None)
        case Action.RATE:
            return replace(new, assessment=asked.assessment, rated_by=staff.id)
        case Action.MERGE:
            return replace(new, merged_into=asked.into)
        case Action.SPLIT:
            return replace(new, merged_into=None)
        case _:
            return new


def _refusal(case: Case, asked: Step, staff: Staff) -> Refused | None:
    old, action = case.review, asked.action
    if not _may(staff, action):
        return Refused.ROLE
    if asked.version != old.version:
        return Refused.STALE
    if old.status not in STEPS[action][0] or _is_merged_otherwise(old, action):
        return Refused.STATE
    if action in _WITH_WORDS and not asked.words.strip():
        return Refused.NO_REASON
    if len(asked.words) > MAX_WORDS:
        return Refused.TOO_LONG
    if action is Action.WITHDRAW and not case.public:
        return Refused.NOT_PUBLIC
    if action is Action.MERGE and asked.into in (None, old.alert_id):
        return Refused.ITSELF
    if action is Action.RATE:
        return why_not(case, asked.assessment)
    if action in (Action.APPROVE, Action.SEND_BACK) and old.rated_by == staff.id:
        return Refused.OWN_RATING
    return why_not(case, old.assessment) if action is Action.APPROVE else None


def _may(staff: Staff, action: Action) -> bool:
    if action in (Action.APPROVE, Action.SEND_BACK, Action.WITHDRAW):
        return staff.may_approve
    return staff.may_review


def _is_merged_otherwise(review: Review, action: Action) -> bool:
    """What was merged into another alert can only be split off again, and only that can."""
    return (action is Action.SPLIT) != (review.merged_into is not None)


def why_not(case: Case, assessment: Assessment | None) -> Refused | None:
    """Why an assessment cannot stand on the evidence as it is now: asked when it is written, and again when it is approved."""
    if assessment is None or not assessment.reason.strip():
        return Refused.NO_REASON
    if max(len(assessment.reason), len(assessment.answer), len(assessment.unknown)) > MAX_WORDS:
        return Refused.TOO_LONG
    if not assessment.evidence_ids:
        return Refused.NO_EVIDENCE
    shown = {piece.id: piece for piece in case.evidence}
    if not shown.keys() >= set(assessment.evidence_ids):
        return Refused.EVIDENCE_GONE
    if any(piece.relation is EvidenceRelation.SUPPORTS for piece in case.evidence) and not assessment.answer.strip():
        return Refused.UNANSWERED
    cited = [shown[one] for one in assessment.evidence_ids]
    if assessment.position is Position.RATED and (assessment.rating not in RATINGS or not carries_rating(cited, case.may_confirm)):
        return Refused.NOT_INDEPENDENT
    return None


def carries_rating(cited: Sequence[Evidence], may_confirm: frozenset[str] = frozenset()) -> bool:
    """Is there one independent piece among these, or an authority's word on what it itself issues?"""
    return any(piece.independent or piece.id in may_confirm for piece in cited if piece.relation is not EvidenceRelation.NOT_ENOUGH_INFO)


def delivered(review: Review) -> Review:
    """Everything has reached its destinations: what was approved is sent. Not a decision: the approval was."""
    return replace(review, status=AlertStatus.SENT) if review.status is AlertStatus.APPROVED else review


def steps_for(case: Case, staff: Staff) -> tuple[Action, ...]:
    """The steps that this person may take now, for the page to offer. The rating itself is judged when it is handed in."""
    offered = []
    for action, (states, _) in STEPS.items():
        if not _may(staff, action) or case.review.status not in states or _is_merged_otherwise(case.review, action):
            continue
        if action in (Action.APPROVE, Action.SEND_BACK) and case.review.rated_by == staff.id:
            continue
        if action is Action.WITHDRAW and not case.public:
            continue
        offered.append(action)
    return tuple(offered)
