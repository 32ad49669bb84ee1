"""The queue's values. The system opens and reopens alerts; every other step is a person's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiemtin.domain.claims import Reason
from kiemtin.domain.scope import Theme


class AlertStatus(StrEnum):
    NEW = "new"
    IN_REVIEW = "in_review"
    RATED = "rated"
    APPROVED = "approved"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    NEEDS_EVIDENCE = "needs_evidence"


@dataclass(frozen=True, slots=True)
class Alert:
    """A claim that published evidence contradicts and that published pages repeat. `priority` is 0..100."""

    id: str
    claim_id: str
    status: AlertStatus
    theme: Theme
    priority: int
    reasons: tuple[Reason, ...]
    independent_evidence: bool
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Tip:
    """A scrubbed text that someone chose to send. Lives 72 hours at most; nothing about its sender exists."""

    id: str
    text: str
    received_at: datetime
    theme: Theme
