"""Destinations and their queues. A delivery's key is made from what is sent and to whom: queueing it twice is queueing it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.deliveries import Delivery, DeliveryState, Destination, DestinationKind, Wants
from kiemtin.domain.scope import Theme
from kiemtin.store.records import upsert
from kiemtin.store.tables import alerts, correction_versions, corrections, deliveries, destinations, editions

_GONE = "nơi nhận đã bị gỡ bỏ"
_WAITS = deliveries.c.state == DeliveryState.WAITING.value


def save_destination(conn: sa.Connection, destination: Destination, token_digest: str, now: datetime) -> None:
    row = {
        "id": destination.id,
        "subscriber": destination.subscriber,
        "kind": destination.kind.value,
        "target": destination.target,
        "themes": sorted(theme.value for theme in destination.themes),
        "wants": sorted(one.value for one in destination.wants),
        "secret": destination.secret,
        "token_digest": token_digest,
        "paused": destination.paused,
        "gone": destination.gone,
        "created_at": now,
    }
    upsert(conn, destinations, [row], keep=frozenset({"created_at"}))


def load_destinations(conn: sa.Connection, with_gone: bool = False) -> list[Destination]:
    query = sa.select(destinations).order_by(destinations.c.subscriber, destinations.c.id)
    return [_destination(row) for row in conn.execute(query if with_gone else query.where(destinations.c.gone.is_(False)))]


def load_destination(conn: sa.Connection, destination_id: str) -> Destination | None:
    row = conn.execute(sa.select(destinations).where(destinations.c.id == destination_id)).one_or_none()
    return None if row is None else _destination(row)


def destination_of_token(conn: sa.Connection, token_digest: str) -> Destination | None:
    if not token_digest:  # what a removed destination has
        return None
    mine = sa.and_(destinations.c.token_digest == token_digest, destinations.c.gone.is_(False))
    row = conn.execute(sa.select(destinations).where(mine)).one_or_none()
    return None if row is None else _destination(row)


def set_paused(conn: sa.Connection, destination_id: str, paused: bool) -> None:
    conn.execute(sa.update(destinations).where(destinations.c.id == destination_id).values(paused=paused))


def remove_destination(conn: sa.Connection, destination_id: str) -> None:
    """Its row stays, because deliveries name it; where it led to and its secrets go.

    What waits for it is given up: added again later, it would otherwise get old versions without the withdrawals it missed.
    """
    conn.execute(sa.update(destinations).where(destinations.c.id == destination_id).values(gone=True, target="", secret="", token_digest=""))
    mine = sa.and_(deliveries.c.destination_id == destination_id, _WAITS)
    conn.execute(sa.update(deliveries).where(mine).values(state=DeliveryState.FAILED.value, failure=_GONE))


def enqueue(conn: sa.Connection, found: Sequence[Delivery]) -> None:
    """A key that is there already stays exactly as it is."""
    rows = [_row(delivery) for delivery in found]
    upsert(conn, deliveries, rows, keep=frozenset(deliveries.columns.keys()))


def had(conn: sa.Connection, correction_id: str) -> frozenset[str]:
    """Destinations for which any version of this correction was ever queued."""
    return frozenset(conn.scalars(sa.select(deliveries.c.destination_id).where(deliveries.c.correction_id == correction_id)))


def ever_sent_to(conn: sa.Connection, destination_id: str) -> list[str]:
    """Ids of the corrections of which any version was ever queued for a destination."""
    mine = sa.select(deliveries.c.correction_id).where(deliveries.c.destination_id == destination_id, deliveries.c.revision > 0)
    return list(conn.scalars(mine.distinct().order_by(deliveries.c.correction_id)))


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery with where it goes, and the correction's version or the edition that goes there."""

    delivery: Delivery
    destination: Destination
    body: Mapping[str, Any]
    is_edition: bool = False


def due(conn: sa.Connection, now: datetime, limit: int) -> list[Due]:
    """What waits and may be tried now. A later version never overtakes an earlier one that still waits for the same destination.

    The destinations take turns: a long queue for one that does not answer holds nobody else up.
    """
    earlier = deliveries.alias("earlier")
    overtakes = sa.exists().where(
        earlier.c.destination_id == deliveries.c.destination_id,
        earlier.c.correction_id == deliveries.c.correction_id,
        earlier.c.revision < deliveries.c.revision,
        earlier.c.state == DeliveryState.WAITING.value,
    )
    version = sa.and_(correction_versions.c.correction_id == deliveries.c.correction_id, correction_versions.c.revision == deliveries.c.revision)
    turn = sa.func.row_number().over(partition_by=deliveries.c.destination_id, order_by=(deliveries.c.next_try_at, deliveries.c.id))
    query = (
        sa.select(deliveries, correction_versions.c.body, editions.c.body.label("edition"), turn.label("turn"))
        .join(destinations, destinations.c.id == deliveries.c.destination_id)
        .outerjoin(correction_versions, version)
        .outerjoin(editions, editions.c.id == deliveries.c.correction_id)
        .where(_WAITS, deliveries.c.next_try_at <= now, ~overtakes)
        .where(destinations.c.paused.is_(False), destinations.c.gone.is_(False))
        .order_by(sa.literal_column("turn"), deliveries.c.next_try_at, deliveries.c.id)
        .limit(limit)
    )
    rows = conn.execute(query).all()
    known = {destination.id: destination for destination in load_destinations(conn)} if rows else {}
    return [
        Due(_delivery(row), known[row.destination_id], row.edition or row.body, row.edition is not None)
        for row in rows
        if row.destination_id in known
    ]


def save_outcome(conn: sa.Connection, delivery: Delivery) -> None:
    conn.execute(sa.update(deliveries).where(deliveries.c.id == delivery.id).values(_row(delivery)))


def is_done(conn: sa.Connection, correction_id: str) -> bool:
    """True where none of its deliveries waits any more, whether it arrived or was given up."""
    return not conn.scalar(sa.select(sa.exists().where(deliveries.c.correction_id == correction_id, _WAITS)))


def load_delivery(conn: sa.Connection, delivery_id: str) -> Delivery | None:
    row = conn.execute(sa.select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
    return None if row is None else _delivery(row)


def of_destination(conn: sa.Connection, destination_id: str, limit: int) -> list[Delivery]:
    """The newest first."""
    query = sa.select(deliveries).where(deliveries.c.destination_id == destination_id)
    return [_delivery(row) for row in conn.execute(query.order_by(deliveries.c.next_try_at.desc(), deliveries.c.id).limit(limit))]


def counts(conn: sa.Connection) -> dict[str, dict[str, int]]:
    """{destination id: {state: how many}}."""
    query = sa.select(deliveries.c.destination_id, deliveries.c.state, sa.func.count()).group_by(deliveries.c.destination_id, deliveries.c.state)
    found: dict[str, dict[str, int]] = {}
    for destination_id, state, count in conn.execute(query):
        found.setdefault(destination_id, {})[state] = count
    return found


def corrections_done(conn: sa.Connection) -> list[str]:
    """Claims whose alert is approved and of whose correction nothing waits any more."""
    waits = sa.exists().where(deliveries.c.correction_id == corrections.c.id, _WAITS)
    query = sa.select(corrections.c.claim_id).join(alerts, alerts.c.claim_id == corrections.c.claim_id)
    return list(conn.scalars(query.where(alerts.c.status == AlertStatus.APPROVED.value, ~waits).order_by(corrections.c.claim_id)))


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "destination_id": delivery.destination_id,
        "correction_id": delivery.correction_id,
        "revision": delivery.revision,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_try_at": delivery.next_try_at,
        "delivered_at": delivery.delivered_at,
        "receipt": delivery.receipt,
        "failure": delivery.failure,
    }


def _delivery(row: sa.Row[Any]) -> Delivery:
    state = DeliveryState(row.state)
    return Delivery(
        row.id, row.destination_id, row.correction_id, row.revision, state, row.attempts, row.next_try_at, row.receipt, row.failure, row.delivered_at
    )  # fmt: skip


def _destination(row: sa.Row[Any]) -> Destination:
    themes = frozenset(Theme(theme) for theme in row.themes)
    return Destination(
        row.id,
        row.subscriber,
        DestinationKind(row.kind),
        row.target,
        themes,
        row.secret,
        row.paused,
        row.gone,
        frozenset(Wants(one) for one in row.wants),
    )
