"""Which version goes to whom, and when a delivery that failed is tried again. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from kiemtin.domain.deliveries import Delivery, DeliveryState, Destination, DestinationKind, Wants
from kiemtin.domain.editions import Edition
from kiemtin.domain.reviews import Correction, CorrectionState
from kiemtin.domain.stories import content_id

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
MAX_ATTEMPTS = 12  # about two days


def addressed(correction: Correction, destinations: Iterable[Destination], had: frozenset[str], now: datetime) -> list[Delivery]:
    """One delivery for each destination that wants the theme; a change or withdrawal also goes to whoever got an earlier version (`had`)."""
    found = []
    for destination in destinations:
        wants = Wants.CORRECTIONS in destination.wants and (not destination.themes or correction.theme in destination.themes)
        first_news = correction.state is CorrectionState.PUBLISHED
        if destination.kind is DestinationKind.FEED or destination.gone or not ((wants and first_news) or destination.id in had):
            continue
        key = content_id("delivery", destination.id, correction.id, str(correction.revision))
        found.append(Delivery(key, destination.id, correction.id, correction.revision, DeliveryState.WAITING, 0, now))
    return found


def addressed_editions(edition: Edition, destinations: Iterable[Destination], now: datetime) -> list[Delivery]:
    """One delivery for each destination that wants editions of this kind. The key is the edition's and the destination's: made twice, it goes once."""
    mine = [one for one in destinations if Wants(edition.kind.value) in one.wants and one.kind is not DestinationKind.FEED and not one.gone]
    return [Delivery(content_id("delivery", one.id, edition.id, "0"), one.id, edition.id, 0, DeliveryState.WAITING, 0, now) for one in mine]


def succeeded(delivery: Delivery, receipt: str, now: datetime) -> Delivery:
    return replace(delivery, state=DeliveryState.DELIVERED, attempts=delivery.attempts + 1, receipt=receipt[:200], failure="", delivered_at=now)


def failed(delivery: Delivery, failure: str, now: datetime, final: bool = False) -> Delivery:
    """Tried again after 30 s, 1 min, 2 min ... 6 h at most; given up after twelve attempts, or at once where trying again cannot help."""
    attempts = delivery.attempts + 1
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    state = DeliveryState.FAILED if final or attempts >= MAX_ATTEMPTS else DeliveryState.WAITING
    return replace(delivery, state=state, attempts=attempts, next_try_at=now + wait, failure=failure[:200])


def replayed(delivery: Delivery, now: datetime) -> Delivery:
    """Asked for again by a person: the same key, so that a recipient who has it can tell."""
    return replace(delivery, state=DeliveryState.WAITING, attempts=0, next_try_at=now, failure="")
