"""Who gets which version, and when a failed delivery is tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.outbox import LONGEST_WAIT, MAX_ATTEMPTS, addressed, failed, replayed, succeeded
from kiemtin.domain.deliveries import DeliveryState, Destination, DestinationKind
from kiemtin.domain.reviews import Correction, CorrectionState
from kiemtin.domain.scope import Theme

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
CORRECTION = Correction("k1", "c1", 1, CorrectionState.PUBLISHED, "health", NOW, NOW, {})
ALL = Destination("d1", "Báo Lam Giang", DestinationKind.MAIL, "toasoan@lamgiang.example")
HEALTH = replace(ALL, id="d2", themes=frozenset({Theme.HEALTH}))
FISH = replace(ALL, id="d3", themes=frozenset({Theme.FOOD_FISHERIES}))
FEED = replace(ALL, id="d4", kind=DestinationKind.FEED)
GONE = replace(ALL, id="d5", gone=True)
NONE: frozenset[str] = frozenset()


def to(correction: Correction, had: frozenset[str] = NONE) -> list[str]:
    return [one.destination_id for one in addressed(correction, [ALL, HEALTH, FISH, FEED, GONE], had, NOW)]


def test_it_goes_to_those_who_want_its_theme() -> None:
    assert to(CORRECTION) == ["d1", "d2"]


def test_a_change_or_withdrawal_goes_to_everyone_who_had_the_first_version() -> None:
    withdrawn = replace(CORRECTION, revision=2, state=CorrectionState.WITHDRAWN)
    assert to(withdrawn, frozenset({"d2", "d3"})) == ["d2", "d3"]
    assert to(withdrawn) == [], "nobody is told of a mistake they never heard"
    assert to(replace(CORRECTION, revision=2), frozenset({"d3"})) == ["d1", "d2", "d3"]


def test_the_key_is_made_of_what_is_sent_and_to_whom() -> None:
    first, again = addressed(CORRECTION, [ALL], NONE, NOW), addressed(CORRECTION, [ALL], NONE, NOW + timedelta(days=1))
    assert first[0].id == again[0].id
    keys = {one.id for correction in (CORRECTION, replace(CORRECTION, revision=2), replace(CORRECTION, id="k2")) for one in addressed(correction, [ALL, HEALTH], NONE, NOW)}  # fmt: skip
    assert len(keys) == 6


def test_a_failure_waits_longer_each_time_and_ends_some_day() -> None:
    (delivery,) = addressed(CORRECTION, [ALL], NONE, NOW)
    waits = []
    while delivery.state is DeliveryState.WAITING:
        delivery = failed(delivery, "500", NOW)
        waits.append(delivery.next_try_at - NOW)
    assert len(waits) == MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert (waits[0], max(waits)) == (timedelta(seconds=30), LONGEST_WAIT)
    assert delivery.state is DeliveryState.FAILED
    assert replayed(delivery, NOW).state is DeliveryState.WAITING
    assert replayed(delivery, NOW).id == delivery.id


def test_what_cannot_be_helped_is_given_up_at_once_and_what_succeeds_is_done() -> None:
    (delivery,) = addressed(CORRECTION, [ALL], NONE, NOW)
    assert failed(delivery, "410", NOW, final=True).state is DeliveryState.FAILED
    done = succeeded(delivery, "HTTP 204", NOW)
    assert (done.state, done.receipt, done.delivered_at) == (DeliveryState.DELIVERED, "HTTP 204", NOW)
