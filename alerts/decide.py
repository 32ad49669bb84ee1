"""Old and new side by side in, intents out: which alerts open, change or reopen. No clock, no store.

The system knows two moves only: it opens an alert (`new`), and it takes one that people have worked on back into review
when its evidence has changed. Every other step is a person's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.priority import DEFAULT, Spread, prioritise
from kiemtin.domain.alerts import Alert, AlertStatus
from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation
from kiemtin.domain.stories import content_id
from kiemtin.domain.weights import Weights


@dataclass(frozen=True, slots=True)
class OpenAlert:
    alert: Alert


@dataclass(frozen=True, slots=True)
class UpdateAlert:
    alert: Alert


@dataclass(frozen=True, slots=True)
class ReopenAlert:
    """People have decided, and the evidence is no longer what they saw."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class CloseAlert:
    """Nobody has worked on it yet, and nothing supports it any more: the page or the check has changed."""

    alert_id: str


Intent = OpenAlert | UpdateAlert | ReopenAlert | CloseAlert

_UNTOUCHED = frozenset({AlertStatus.NEW})
_DECIDED = frozenset({AlertStatus.RATED, AlertStatus.APPROVED, AlertStatus.SENT, AlertStatus.DISMISSED, AlertStatus.NEEDS_EVIDENCE})


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known about one claim. `days`: when the pages that repeat it were published; `counted`: see `alerts.priority.Spread`. Posts open no alert."""

    claim: Claim
    appearances: Sequence[Appearance]
    evidence: Sequence[Evidence]
    days: Sequence[datetime] = ()
    weights: Weights = DEFAULT
    counted: Sequence[int] = ()


def decide(case: Case, old: Alert | None, old_evidence: frozenset[str], now: datetime) -> Intent | None:
    """What to do about one claim. `old_evidence`: the ids of the evidence that the alert has shown so far."""
    if not _is_warranted(case):
        return _without_ground(case, old, old_evidence)
    new = _alert(case, old, now)
    if old is None:
        return OpenAlert(new)
    if old.status in _DECIDED and _is_contrary(case, old_evidence):
        return ReopenAlert(replace(new, status=AlertStatus.IN_REVIEW))
    return UpdateAlert(new) if new != old else None


def reopen_for_recheck(old: Alert) -> ReopenAlert | None:
    """An official position is looked at again after its fourteen days (LIMITS 5); what people have since moved is left to them."""
    return ReopenAlert(replace(old, status=AlertStatus.IN_REVIEW)) if old.status in (AlertStatus.APPROVED, AlertStatus.SENT) else None


def open_for_person(case: Case, now: datetime) -> OpenAlert | None:
    """A reviewer has restated a tip and put the published passage beside it that contradicts it: their alert, already in review.

    Nothing opens without such a passage, and nothing without a theme.
    """
    if case.claim.theme is None or not _is_refuted(case):
        return None
    return OpenAlert(replace(_alert(case, None, now), status=AlertStatus.IN_REVIEW))


def _without_ground(case: Case, old: Alert | None, old_evidence: frozenset[str]) -> Intent | None:
    """Nothing opens; what nobody has touched closes; what people have decided goes back to them if its evidence has changed."""
    if old is None:
        return None
    if old.status in _UNTOUCHED:
        return CloseAlert(old.id)
    if old.status in _DECIDED and _is_contrary(case, old_evidence):
        return ReopenAlert(replace(old, status=AlertStatus.IN_REVIEW, independent_evidence=_has_independent(case)))
    return None


def _has_independent(case: Case) -> bool:
    return any(piece.independent and piece.relation is EvidenceRelation.REFUTES for piece in case.evidence)


def _is_warranted(case: Case) -> bool:
    """A published page repeats the claim, published evidence that a reader can open and read contradicts it, its theme is certain."""
    return case.claim.theme is not None and _is_refuted(case) and any(appearance.linked for appearance in case.appearances)


def _is_refuted(case: Case) -> bool:
    return any(piece.relation is EvidenceRelation.REFUTES and piece.url and piece.quote.strip() for piece in case.evidence)


def _is_contrary(case: Case, old_evidence: frozenset[str]) -> bool:
    """Has evidence come that nobody has weighed, or has evidence that was weighed gone?"""
    current = frozenset(piece.id for piece in case.evidence)
    return current != old_evidence


def _alert(case: Case, old: Alert | None, now: datetime) -> Alert:
    assert case.claim.theme is not None  # _is_warranted
    priority, reasons = prioritise(case.claim, case.appearances, case.evidence, Spread(case.days, now, case.counted), case.weights)
    return Alert(
        id=content_id("alert", case.claim.id),
        claim_id=case.claim.id,
        status=old.status if old is not None else AlertStatus.NEW,
        theme=case.claim.theme,
        priority=priority,
        reasons=reasons,
        independent_evidence=_has_independent(case),
        opened_at=old.opened_at if old is not None else now,
    )
