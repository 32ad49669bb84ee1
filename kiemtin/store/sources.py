"""What `/sources` shows changing: which outlets, destinations and models came, changed or went, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from kiemtin.store.tables import source_changes, source_states


@dataclass(frozen=True, slots=True)
class Change:
    """`part`: outlets, destinations or models; `change`: added, changed or removed."""

    at: datetime
    part: str
    change: str
    name: str


def note_part(conn: sa.Connection, part: str, current: Mapping[str, str]) -> None:
    """Compare with what was there before (name to fingerprint), and write each difference down with its time."""
    query = sa.select(source_states.c.name, source_states.c.state).where(source_states.c.part == part)
    before = {row.name: row.state for row in conn.execute(query)}
    changes = [(name, "added") for name in current if name not in before]
    changes += [(name, "changed") for name in current if name in before and before[name] != current[name]]
    changes += [(name, "removed") for name in before if name not in current]
    if not changes:
        return
    now = datetime.now(UTC)
    conn.execute(sa.insert(source_changes), [{"changed_at": now, "part": part, "change": change, "name": name} for name, change in changes])
    conn.execute(sa.delete(source_states).where(source_states.c.part == part))
    if current:
        conn.execute(sa.insert(source_states), [{"part": part, "name": name, "state": state} for name, state in current.items()])


def has_part(conn: sa.Connection, part: str) -> bool:
    """Was anything of this part ever noted?"""
    return bool(conn.scalar(sa.select(sa.exists().where(source_changes.c.part == part))))


def load_changes(conn: sa.Connection, limit: int = 200) -> list[Change]:
    query = sa.select(source_changes).order_by(source_changes.c.id.desc()).limit(limit)
    return [Change(row.changed_at, row.part, row.change, row.name) for row in conn.execute(query)]
