"""What the team sets in the desk, every version of it kept."""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from kiemtin.domain.weights import Weights
from kiemtin.store.tables import priority_weights


@dataclass(frozen=True, slots=True)
class WeightsVersion:
    """`set_by` is a staff account's id."""

    version: int
    weights: Weights
    set_by: str
    set_at: datetime


def load_weights(conn: sa.Connection) -> Weights:
    """The weights in force; the defaults where nobody has set any."""
    found = conn.scalar(sa.select(priority_weights.c.weights).order_by(priority_weights.c.version.desc()).limit(1))
    return Weights(**found) if found else Weights()


def weights_history(conn: sa.Connection) -> list[WeightsVersion]:
    query = sa.select(priority_weights).order_by(priority_weights.c.version.desc())
    return [WeightsVersion(row.version, Weights(**row.weights), row.set_by, row.set_at) for row in conn.execute(query)]


def set_weights(conn: sa.Connection, weights: Weights, by: str, now: datetime) -> None:
    newest = conn.scalar(sa.select(sa.func.max(priority_weights.c.version))) or 0
    conn.execute(sa.insert(priority_weights).values(version=newest + 1, weights=asdict(weights), set_by=by, set_at=now))
