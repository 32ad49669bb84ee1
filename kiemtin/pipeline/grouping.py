"""Clusters as people mend them: stories taken out, two made one, either undone. Each is logged, and the counts of their days follow."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kiemtin.coverage.volumes import count_day
from kiemtin.domain.staff import Staff
from kiemtin.domain.stories import content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.log import note
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import clippings, clusters, volumes


def take_out(workspace: Workspace, cluster_id: str, stories: Sequence[str], staff: Staff, now: datetime) -> str:
    """These stories become a cluster of their own; returns its id. Raises InputError where they are none of it, or all of it."""
    with workspace.records.change() as conn:
        there = clusters.stories_in(conn, cluster_id)
        moved = [story for story in there if story in set(stories)]
        if not moved or len(moved) == len(there):
            raise InputError("hãy chọn ít nhất một tin, và để lại ít nhất một tin")
        made = content_id("cluster", *moved, "apart", now.isoformat())
        clusters.split(conn, cluster_id, made, moved, staff.id, now)
        _recount(conn, cluster_id, made)
        note(conn, cluster_id, "cluster_split", staff.id, now, after=made, text=f"{len(moved)}")
    return made


def make_one(workspace: Workspace, cluster_id: str, other_id: str, staff: Staff, now: datetime) -> None:
    """All of the other cluster's stories into this one. Raises InputError where one of them is not there."""
    with workspace.records.change() as conn:
        if cluster_id == other_id or any(clusters.now_in(conn, one) != one for one in (cluster_id, other_id)):
            raise InputError("không tìm thấy nhóm tin để gộp")
        clusters.merge(conn, cluster_id, other_id, staff.id, now)
        _recount(conn, cluster_id)
        note(conn, cluster_id, "cluster_merged", staff.id, now, after=other_id)


def undo(workspace: Workspace, change_id: int, staff: Staff, now: datetime) -> str:
    """The change as if it had not been; returns the cluster that it was shown on. Raises InputError where that cannot be."""
    with workspace.records.change() as conn:
        change = clusters.load_change(conn, change_id)
        if change is None or change.undone:
            raise InputError("thay đổi này không còn để hoàn tác")
        if clusters.touched_since(conn, change):
            raise InputError("hãy hoàn tác thay đổi mới hơn trước")
        clusters.undo(conn, change)
        _recount(conn, change.cluster_id, change.other_id)
        note(conn, change.cluster_id, "cluster_undone", staff.id, now, after=change.other_id)
    return change.cluster_id


def _recount(conn: sa.Connection, *cluster_ids: str) -> None:
    for day in sorted(set().union(*(clippings.days_of_cluster(conn, cluster_id) for cluster_id in cluster_ids))):
        volumes.replace_day(conn, day, count_day(day, clippings.on_day(conn, day)))
