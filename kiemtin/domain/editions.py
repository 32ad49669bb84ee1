"""Editions of the briefing: which there are, and what time each covers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from kiemtin.domain.stories import HANOI, content_id


class EditionKind(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Period:
    """An edition's time, from `first` up to but without `last` (its set time on `day`); `first_day`, `last_day`: the whole days that are counted."""

    kind: EditionKind
    day: date
    first: datetime
    last: datetime

    @property
    def id(self) -> str:
        return content_id("edition", self.kind.value, self.day.isoformat())

    @property
    def last_day(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def first_day(self) -> date:
        return self.first.astimezone(HANOI).date()


def period_of(kind: EditionKind, day: date, at: time) -> Period:
    """The day, week or month that ends at the set time of `day`, in Vietnam. A month begins on its first."""
    last = datetime.combine(day, at, HANOI)
    match kind:
        case EditionKind.DAILY:
            first = last - timedelta(days=1)
        case EditionKind.WEEKLY:
            first = last - timedelta(days=7)
        case EditionKind.MONTHLY:
            first = datetime.combine((day - timedelta(days=1)).replace(day=1), at, HANOI)
    return Period(kind, day, first, last)


def kinds_due(day: date) -> tuple[EditionKind, ...]:
    """Every day, on Mondays for the week before, on the first for the month before."""
    weekly = (EditionKind.WEEKLY,) if day.weekday() == 0 else ()
    monthly = (EditionKind.MONTHLY,) if day.day == 1 else ()
    return (EditionKind.DAILY, *weekly, *monthly)


@dataclass(frozen=True, slots=True)
class Edition:
    """One briefing as it was frozen: `body` is all that any rendering reads."""

    id: str
    kind: EditionKind
    day: date
    body: Mapping[str, Any]
    frozen_at: datetime
