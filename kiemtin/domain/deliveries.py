"""Newsrooms and where what was approved goes: subscriber, theme filter, destination, one queue each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiemtin.domain.scope import Theme


class DestinationKind(StrEnum):
    """`feed`: nothing is sent, the destination fetches with its token."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    FOLDER = "folder"
    FEED = "feed"


class Wants(StrEnum):
    """What a destination gets."""

    CORRECTIONS = "corrections"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Destination:
    """`subscriber` is an organisation's name; `target` its mailbox, web address or folder name; no themes: all of them.
    `wants`: corrections, and which editions of the briefing.

    `secret` signs what a webhook gets. `gone`: no longer served, kept because deliveries name it.
    """

    id: str
    subscriber: str
    kind: DestinationKind
    target: str
    themes: frozenset[Theme] = frozenset()
    secret: str = ""
    paused: bool = False
    gone: bool = False
    wants: frozenset[Wants] = frozenset({Wants.CORRECTIONS})


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One version of one correction for one destination, or an edition of the briefing (`correction_id` is its id, `revision` 0). `id` is the idempotency key: it is made from what is sent and to whom."""

    id: str
    destination_id: str
    correction_id: str
    revision: int
    state: DeliveryState
    attempts: int
    next_try_at: datetime
    receipt: str = ""
    failure: str = ""
    delivered_at: datetime | None = None
