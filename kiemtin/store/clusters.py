"""Clusters and every change of them: a merge or split is a row with the stories that moved, and can be undone from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.store.records import upsert
from kiemtin.store.tables import cluster_changes, clusters, kept_apart, shelf

MERGED, SPLIT = "merged", "split"


@dataclass(frozen=True, slots=True)
class ClusterChange:
    """`merged`: `stories` came from `other_id` into `cluster_id`; `split`: they went from `cluster_id` to `other_id`. `by`: "" is the system."""

    id: int
    kind: str
    cluster_id: str
    other_id: str
    stories: tuple[str, ...]
    by: str
    undone: bool
    at: datetime


def opened(conn: sa.Connection, cluster_id: str, first_story: str, moment: datetime) -> None:
    upsert(conn, clusters, [{"id": cluster_id, "first_story": first_story, "first_moment": moment, "merged_into": None}])


def stories_in(conn: sa.Connection, cluster_id: str) -> list[str]:
    return list(conn.scalars(sa.select(shelf.c.story_id).where(shelf.c.cluster_id == cluster_id).order_by(shelf.c.moment, shelf.c.story_id)))


def merge(conn: sa.Connection, cluster_id: str, other_id: str, by: str, now: datetime) -> None:
    """All stories of `other_id` into `cluster_id`; the other stays as a row that says where they went."""
    moved = stories_in(conn, other_id)
    _move(conn, moved, cluster_id)
    conn.execute(sa.update(clusters).where(clusters.c.id == other_id).values(merged_into=cluster_id))
    # Whoever was kept from the one is kept from the whole.
    part(conn, list(conn.scalars(sa.select(kept_apart.c.story_id).where(kept_apart.c.cluster_id == other_id))), cluster_id)
    _note(conn, MERGED, cluster_id, other_id, moved, by, now)


def split(conn: sa.Connection, cluster_id: str, other_id: str, moved: Sequence[str], by: str, now: datetime) -> None:
    """These stories out of `cluster_id` into a cluster of their own, for good: the system never joins them again."""
    moment = conn.scalar(sa.select(sa.func.min(shelf.c.moment)).where(shelf.c.story_id.in_(moved)))
    assert moment is not None
    opened(conn, other_id, moved[0], moment)
    _move(conn, moved, other_id)
    part(conn, moved, cluster_id)
    part(conn, stories_in(conn, cluster_id), other_id)
    _note(conn, SPLIT, cluster_id, other_id, moved, by, now)


def undo(conn: sa.Connection, change: ClusterChange) -> None:
    """Back to where the stories were. Of an undone merge the two clusters are kept apart; an undone split lets them be one again."""
    if change.kind == MERGED:
        conn.execute(sa.update(clusters).where(clusters.c.id == change.other_id).values(merged_into=None))
        _move(conn, change.stories, change.other_id)
        part(conn, change.stories, change.cluster_id)
        part(conn, stories_in(conn, change.cluster_id), change.other_id)
    else:
        stayed = stories_in(conn, change.cluster_id)
        _move(conn, stories_in(conn, change.other_id), change.cluster_id)  # also those that have joined it since
        _unpart(conn, change.stories, change.cluster_id)
        _unpart(conn, stayed, change.other_id)
        conn.execute(sa.update(clusters).where(clusters.c.id == change.other_id).values(merged_into=change.cluster_id))
    conn.execute(sa.update(cluster_changes).where(cluster_changes.c.id == change.id).values(undone=True))


def part(conn: sa.Connection, story_ids: Sequence[str], cluster_id: str) -> None:
    upsert(conn, kept_apart, [{"story_id": story_id, "cluster_id": cluster_id} for story_id in story_ids])


def _unpart(conn: sa.Connection, story_ids: Sequence[str], cluster_id: str) -> None:
    conn.execute(sa.delete(kept_apart).where(kept_apart.c.story_id.in_(story_ids), kept_apart.c.cluster_id == cluster_id))


def parted(conn: sa.Connection, cluster_ids: Sequence[str]) -> frozenset[tuple[str, str]]:
    """(story, cluster) that are kept apart, of these clusters."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(cluster_ids), 500):
        query = sa.select(kept_apart.c.story_id, kept_apart.c.cluster_id).where(kept_apart.c.cluster_id.in_(cluster_ids[start : start + 500]))
        found.update(conn.execute(query).tuples())
    return frozenset(found)


def changes_of(conn: sa.Connection, cluster_id: str) -> list[ClusterChange]:
    """The newest first."""
    mine = sa.or_(cluster_changes.c.cluster_id == cluster_id, cluster_changes.c.other_id == cluster_id)
    return [_change(row) for row in conn.execute(sa.select(cluster_changes).where(mine).order_by(cluster_changes.c.id.desc()))]


def touched_since(conn: sa.Connection, change: ClusterChange) -> bool:
    """Has either cluster been merged or split again since, and not been put back?"""
    both = (change.cluster_id, change.other_id)
    touched = sa.or_(cluster_changes.c.cluster_id.in_(both), cluster_changes.c.other_id.in_(both))
    later = sa.and_(cluster_changes.c.id > change.id, cluster_changes.c.undone.is_(False), touched)
    return bool(conn.scalar(sa.select(sa.exists().where(later))))


def load_change(conn: sa.Connection, change_id: int) -> ClusterChange | None:
    row = conn.execute(sa.select(cluster_changes).where(cluster_changes.c.id == change_id)).one_or_none()
    return None if row is None else _change(row)


def now_in(conn: sa.Connection, cluster_id: str) -> str | None:
    """The cluster that holds its stories today; None where there never was such a cluster."""
    for _ in range(1000):
        row = conn.execute(sa.select(clusters.c.merged_into).where(clusters.c.id == cluster_id)).one_or_none()
        if row is None:
            return None
        if row.merged_into is None:
            return cluster_id
        cluster_id = row.merged_into
    return cluster_id


def _move(conn: sa.Connection, story_ids: Sequence[str], to: str) -> None:
    for start in range(0, len(story_ids), 500):
        conn.execute(sa.update(shelf).where(shelf.c.story_id.in_(story_ids[start : start + 500])).values(cluster_id=to))


def _note(conn: sa.Connection, kind: str, cluster_id: str, other_id: str, moved: Sequence[str], by: str, now: datetime) -> None:
    row = {"kind": kind, "cluster_id": cluster_id, "other_id": other_id, "stories": list(moved), "by": by, "undone": False, "changed_at": now}
    conn.execute(sa.insert(cluster_changes).values(row))


def _change(row: sa.Row[Any]) -> ClusterChange:
    return ClusterChange(row.id, row.kind, row.cluster_id, row.other_id, tuple(row.stories), row.by, row.undone, row.changed_at)
