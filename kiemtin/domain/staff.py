"""The desk's own accounts: the only people whom the system names."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """A viewer reads; a reviewer rates; an approver rates and approves what others rated; an admin keeps accounts and settings, and decides nothing."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    ADMIN = "admin"


class Tier(StrEnum):
    """How often staff are told of new alerts by e-mail."""

    NONE = "none"
    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Staff:
    """One account. `mailbox` "" where none is known; `muted_until`: no notices before then; `daily_cap`: notices a day at most."""

    id: str
    name: str
    role: Role
    closed: bool = False
    mailbox: str = ""
    tier: Tier = Tier.NONE
    daily_cap: int = 10
    muted_until: datetime | None = None

    @property
    def may_review(self) -> bool:
        return not self.closed and self.role in (Role.REVIEWER, Role.APPROVER)

    @property
    def may_approve(self) -> bool:
        return not self.closed and self.role is Role.APPROVER

    @property
    def may_administer(self) -> bool:
        return not self.closed and self.role is Role.ADMIN
