"""New weights: kept with their day and maker, and every alert's priority added up anew from its own parts."""

from dataclasses import asdict, replace
from datetime import datetime

from kiemtin.domain.claims import Reason
from kiemtin.domain.staff import Staff
from kiemtin.domain.weights import Weights
from kiemtin.pipeline.log import note
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import queue as queue_store
from kiemtin.store import settings


def reweigh(reasons: tuple[Reason, ...], weights: Weights) -> tuple[int, tuple[Reason, ...]]:
    """The same parts under other weights; a part that has none keeps its own."""
    named = asdict(weights)
    new = tuple(replace(reason, weight=float(named.get(reason.name, reason.weight))) for reason in reasons)
    return round(sum(reason.value * reason.weight for reason in new)), new


def set_weights(workspace: Workspace, weights: Weights, staff: Staff, now: datetime) -> None:
    with workspace.records.change() as conn:
        settings.set_weights(conn, weights, staff.id, now)
        note(conn, "weights", "weights_set", staff.id, now, text=", ".join(f"{name} {value}" for name, value in asdict(weights).items()))
        queue_store.reprioritise(conn, lambda reasons: reweigh(reasons, weights))
