"""Whom to tell of what by e-mail, and when. Pure: nothing of a claim is looked at (LIMITS 6), only ids, themes and days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from kiemtin.domain.staff import Staff, Tier
from kiemtin.domain.stories import HANOI

DIGEST_AT = time(7, 30)  # when the team opens the queue
_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """`subject`: an alert's id, `daily:2026-11-27` or `weekly:2026-W48`."""

    staff_id: str
    subject: str


def notices_due(
    people: Iterable[Staff], new_alerts: Iterable[str], told: Mapping[str, frozenset[str]], told_today: Mapping[str, int], now: datetime
) -> list[Notice]:
    """`new_alerts`: ids of alerts that nobody has touched yet. `told`: what each person has been told of; `told_today`: how often since midnight.

    Whoever has asked for silence, has no mailbox or has had as many as they want is left in peace; nobody is told twice.
    """
    alerts = tuple(new_alerts)
    found: list[Notice] = []
    for person in people:
        if person.closed or not person.mailbox or (person.muted_until is not None and now < person.muted_until):
            continue
        room = max(0, person.daily_cap - told_today.get(person.id, 0))
        match person.tier:
            case Tier.IMMEDIATE:
                news = [alert_id for alert_id in alerts if alert_id not in told.get(person.id, ())]
                found += [Notice(person.id, alert_id) for alert_id in news[:room]]
            case Tier.DAILY | Tier.WEEKLY if room and (subject := _digest(person.tier, now)) and subject not in told.get(person.id, ()):
                found.append(Notice(person.id, subject))
    return found


def _digest(tier: Tier, now: datetime) -> str | None:
    here = now.astimezone(HANOI)
    if here.time() < DIGEST_AT:
        return None
    if tier is Tier.DAILY:
        return f"daily:{here.date().isoformat()}"
    year, week, day = here.isocalendar()
    return f"weekly:{year}-W{week:02}" if day == _MONDAY + 1 else None
