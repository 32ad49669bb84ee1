"""What people do with an alert: the steps, what is written down at each, and what leaves the house in the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.ratings import Rating


class Action(StrEnum):
    """A person's step. Each is one line of the decision log."""

    TAKE = "take"
    LEAVE = "leave"
    RATE = "rate"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    DISMISS = "dismiss"
    ASK_EVIDENCE = "ask_evidence"
    EDIT = "edit"
    MERGE = "merge"
    SPLIT = "split"
    WITHDRAW = "withdraw"


class Position(StrEnum):
    """What an approval says: a rating on independent evidence, or only what the office or an authority holds (LIMITS 5)."""

    RATED = "rated"
    OFFICIAL = "official_position"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a reviewer wrote. `rating` None: an official position without a rating. `answer`: to the evidence that supports the claim.

    `unknown`: what is not known, in the reviewer's words. `evidence_ids`: the pieces that the reason rests on.
    """

    rating: Rating | None
    reason: str
    evidence_ids: tuple[str, ...]
    answer: str = ""
    unknown: str = ""

    @property
    def position(self) -> Position:
        return Position.OFFICIAL if self.rating is None else Position.RATED


@dataclass(frozen=True, slots=True)
class Review:
    """Where one alert stands with people. `version` counts every change of it, by people and by the system: two who edit at once are told.

    `rated_by` is the account that wrote the assessment: it never approves.
    """

    alert_id: str
    status: AlertStatus
    version: int
    assigned_to: str | None = None
    assessment: Assessment | None = None
    rated_by: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the append-only log. `text_digest` seals the words, which lie apart and can be erased; `digest` seals the line and the one before."""

    seq: int
    subject: str
    action: str
    before: str
    after: str
    by: str
    at: datetime
    text_digest: str
    previous: str
    digest: str


class CorrectionState(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Correction:
    """What two people approved, as the public JSON shows it. `body` is that JSON (see `alerts.corrections`): everything else is made from it."""

    id: str
    claim_id: str
    revision: int
    state: CorrectionState
    theme: str
    published_at: datetime
    changed_at: datetime
    body: Mapping[str, Any]
