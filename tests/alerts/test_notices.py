"""Whom to tell, and when: tiers, caps, silence; and nothing of a claim."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from alerts.notices import Notice, notices_due
from kiemtin.domain.staff import Role, Staff, Tier

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 08:00 in Vietnam
PERSON = Staff("s1", "Người Một", Role.REVIEWER, mailbox="mot@vanphong.example", tier=Tier.IMMEDIATE, daily_cap=3)


def subjects(person: Staff, alerts: list[str], told: int = 0, now: datetime = MORNING) -> list[str]:
    return [one.subject for one in notices_due([person], alerts, {"s1": frozenset({"old"})}, {"s1": told}, now)]


def test_immediate_tells_of_each_alert_up_to_the_cap() -> None:
    assert subjects(PERSON, ["a", "b"]) == ["a", "b"]
    assert subjects(PERSON, ["a", "b", "c", "d"]) == ["a", "b", "c"]
    assert subjects(PERSON, ["a", "b"], told=2) == ["a"]
    assert subjects(PERSON, ["a"], told=5) == []
    assert subjects(PERSON, ["old", "a"]) == ["a"], "nobody is told twice"


def test_silence_a_closed_account_and_no_mailbox() -> None:
    assert subjects(replace(PERSON, muted_until=MORNING + timedelta(hours=1)), ["a"]) == []
    assert subjects(replace(PERSON, muted_until=MORNING), ["a"]) == ["a"]
    assert subjects(replace(PERSON, closed=True), ["a"]) == []
    assert subjects(replace(PERSON, mailbox=""), ["a"]) == []
    assert subjects(replace(PERSON, tier=Tier.NONE), ["a"]) == []


def test_a_digest_comes_when_the_team_opens_the_queue() -> None:
    daily, weekly = replace(PERSON, tier=Tier.DAILY), replace(PERSON, tier=Tier.WEEKLY)
    assert subjects(daily, [], now=MORNING - timedelta(minutes=31)) == []
    assert subjects(daily, []) == ["daily:2026-11-23"]
    assert subjects(weekly, []) == ["weekly:2026-W48"]
    assert subjects(weekly, [], now=MORNING + timedelta(days=1)) == []


def test_a_notice_holds_an_id_or_a_day_and_nothing_else() -> None:
    assert [field.name for field in fields(Notice)] == ["staff_id", "subject"]
