"""Destinations as administrators keep them: added, paused, given a new token, removed; and a delivery asked for again. Each is logged."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from alerts.outbox import addressed, replayed
from kiemtin.domain.deliveries import Delivery, DeliveryState, Destination, DestinationKind, Wants
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Staff
from kiemtin.domain.stories import content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.accounts import digest
from kiemtin.pipeline.log import note
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import corrections as correction_store
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import editions as edition_store
from kiemtin.store.sources import note_part


@dataclass(frozen=True, slots=True)
class Wanted:
    """A destination as it is asked for; no themes: all of them."""

    subscriber: str
    kind: DestinationKind
    target: str
    themes: frozenset[Theme]
    wants: frozenset[Wants] = frozenset({Wants.CORRECTIONS})


@dataclass(frozen=True, slots=True)
class Issued:
    """Shown once: the token with which the destination reads the API, and the secret that signs what a webhook gets."""

    destination: Destination
    token: str


def add_destination(workspace: Workspace, wanted: Wanted, staff: Staff, now: datetime) -> Issued:
    """Raises InputError where the same organisation already gets it there."""
    token, made = secrets.token_urlsafe(32), content_id("destination", wanted.subscriber, wanted.kind.value, wanted.target)
    destination = Destination(made, wanted.subscriber, wanted.kind, wanted.target, wanted.themes, secrets.token_hex(32), wants=wanted.wants)
    with workspace.records.change() as conn:
        known = delivery_store.load_destination(conn, made)
        if known is not None and not known.gone:
            raise InputError("đơn vị này đã có nơi nhận ở đúng địa chỉ đó")
        delivery_store.save_destination(conn, destination, digest(token), now)
        _catch_up(conn, destination, now)
        _note_sources(conn)
        note(conn, made, "destination_added", staff.id, now, after=wanted.kind.value, text=wanted.subscriber)
    return Issued(destination, token)


def _catch_up(conn: sa.Connection, destination: Destination, now: datetime) -> None:
    """One that was removed and comes again hears of every change and withdrawal of what it had got before."""
    for correction_id in delivery_store.ever_sent_to(conn, destination.id):
        correction = correction_store.load(conn, correction_id)
        for delivery in addressed(correction, [destination], frozenset({destination.id}), now) if correction else ():
            known = delivery_store.load_delivery(conn, delivery.id)
            if known is not None and known.state is DeliveryState.FAILED:
                delivery_store.save_outcome(conn, replayed(known, now))
            delivery_store.enqueue(conn, [delivery])


def _note_sources(conn: sa.Connection) -> None:
    """Who gets corrections is public, under the organisation's name; where to is not."""
    found = delivery_store.load_destinations(conn)
    note_part(conn, "destinations", {f"{one.subscriber} ({one.kind.value})": ",".join([*sorted(one.themes), *sorted(one.wants)]) for one in found})


def new_token(workspace: Workspace, destination: Destination, staff: Staff, now: datetime) -> Issued:
    """The old token and the old signing secret end at once. Raises InputError for a destination that was removed."""
    token = secrets.token_urlsafe(32)
    with workspace.records.change() as conn:
        current = delivery_store.load_destination(conn, destination.id)
        if current is None or current.gone:
            raise InputError("nơi nhận này đã được gỡ")
        renewed = replace(current, secret=secrets.token_hex(32))
        delivery_store.save_destination(conn, renewed, digest(token), now)
        note(conn, destination.id, "destination_token", staff.id, now)
    return Issued(renewed, token)


def pause(workspace: Workspace, destination: Destination, paused: bool, staff: Staff, now: datetime) -> None:
    """Deliveries wait in the queue and go out when it is resumed."""
    with workspace.records.change() as conn:
        delivery_store.set_paused(conn, destination.id, paused)
        note(conn, destination.id, "destination_paused" if paused else "destination_resumed", staff.id, now)


def remove(workspace: Workspace, destination: Destination, staff: Staff, now: datetime) -> None:
    with workspace.records.change() as conn:
        delivery_store.remove_destination(conn, destination.id)
        _note_sources(conn)
        note(conn, destination.id, "destination_removed", staff.id, now, text=destination.subscriber)


def replay(workspace: Workspace, destination: Destination, delivery_id: str, staff: Staff, now: datetime) -> bool:
    """False where the destination has no such delivery, was removed, or the version has been replaced: an old one would stand as if it were valid."""
    with workspace.records.change() as conn:
        delivery = delivery_store.load_delivery(conn, delivery_id)
        current = delivery_store.load_destination(conn, destination.id)
        if delivery is None or delivery.destination_id != destination.id or current is None or current.gone:
            return False
        if not _stands(conn, delivery):
            return False
        delivery_store.save_outcome(conn, replayed(delivery, now))
        note(conn, destination.id, "delivery_replayed", staff.id, now, text=delivery_id)
    return True


def _stands(conn: sa.Connection, delivery: Delivery) -> bool:
    """An edition for ever; of a correction only its last version."""
    if delivery.revision == 0:
        return edition_store.load_by_id(conn, delivery.correction_id) is not None
    correction = correction_store.load(conn, delivery.correction_id)
    return correction is not None and correction.revision == delivery.revision
