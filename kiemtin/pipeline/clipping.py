"""From stored stories to clippings: shelved, clustered, counted by day.

stories waiting | shelve | place among the clusters of the last days | save | count the days that changed

Each batch is one transaction: killed between two, the next call goes on with what still waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa

from kiemtin.coverage.volumes import count_day
from kiemtin.domain.coverage import Shelf, Watchlist
from kiemtin.pipeline.watching import seed_watchlists
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress
from kiemtin.store import clippings, clusters, volumes
from kiemtin.store import watchlists as watchlist_store
from kiemtin.store.clippings import Clipping, Shelved
from nlp.clustering import WINDOW_DAYS, Known, Placement, place
from nlp.events import trace_of
from nlp.shelving import is_on, shelve, telling_of
from nlp.text import has_diacritics, nfc, tokenize, unify_tone

_BATCH = 400
_LONGEST = 4_000  # characters of a body: enough to tell a copy
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class ClipReport:
    """What one run did. `clusters`: opened; `copies`: stories that repeat another's text; `merged`: clusters found to be one with an older one."""

    stories: int = 0
    updates: int = 0
    clusters: int = 0
    copies: int = 0
    merged: int = 0


def clip(workspace: Workspace, now: datetime, progress: Progress = no_progress) -> ClipReport:
    """Shelve and cluster whatever waits. May be killed and called again at any point."""
    with workspace.records.begin() as conn:
        seed_watchlists(conn)
        ids = clippings.waiting(conn)
    total = ClipReport()
    for start in range(0, len(ids), _BATCH):
        total = _add(total, _clip_batch(workspace, ids[start : start + _BATCH], now))
        progress("điểm tin", min(start + _BATCH, len(ids)), len(ids))
    return total


def _add(left: ClipReport, right: ClipReport) -> ClipReport:
    return ClipReport(
        left.stories + right.stories, left.updates + right.updates, left.clusters + right.clusters, left.copies + right.copies, left.merged + right.merged
    )  # fmt: skip


def _clip_batch(workspace: Workspace, ids: Sequence[str], now: datetime) -> ClipReport:
    with workspace.records.begin() as conn:
        batch = clippings.load(conn, ids, _LONGEST)
        if not batch:
            return ClipReport()
        span = timedelta(days=WINDOW_DAYS)
        around = clippings.load_between(conn, batch[0].moment - span, batch[-1].moment + span, _LONGEST)
        watched = watchlist_store.load_all(conn)
        apart = clusters.parted(conn, sorted({one.cluster_id for one in around}))
    shelves = shelve([telling_of(one.title, one.text) for one in batch])
    fresh = {one.story_id for one in batch if not one.cluster_id}
    window = [_known(one) for one in around if one.story_id not in fresh]
    placements = {one.story_id: one for one in place(window, [_known(one) for one in batch if one.story_id in fresh], apart)}
    found = [_shelved(one, shelf, watched, placements.get(one.story_id)) for one, shelf in zip(batch, shelves, strict=True)]
    with workspace.records.change() as conn:
        days = clippings.save(conn, found)
        days |= _settle(conn, found, placements, now)
        for day in days:
            volumes.replace_day(conn, day, count_day(day, clippings.on_day(conn, day)))
    made = placements.values()
    return ClipReport(
        len(fresh), len(batch) - len(fresh), sum(one.opens for one in made), sum(one.copy_of is not None for one in made), sum(len(one.merged) for one in made)
    )  # fmt: skip


def _known(one: Clipping) -> Known:
    trace = _trace(one.story_id, one.outlet, one.language, one.moment.timestamp() / _SECONDS_A_DAY, telling_of(one.title, one.text))
    return Known(trace, f"{one.title}\n{one.text}", one.cluster_id)


# The stories of the last days come by again with every batch of a long run.
_trace = lru_cache(maxsize=2_500)(trace_of)


def _shelved(one: Clipping, shelf: Shelf, watched: Sequence[Watchlist], placement: Placement | None) -> Shelved:
    telling = telling_of(one.title, one.text)
    tokens = tokenize(unify_tone(nfc(telling.text)))
    folded = f" {' '.join(token.folded for token in tokens)} "
    forms = f" {' '.join(token.form for token in tokens)} " if has_diacritics(telling.text) else ""
    lists = tuple(watchlist.id for watchlist in watched if is_on(watchlist, shelf, folded, forms))
    if placement is None:
        return Shelved(one, shelf, lists, one.cluster_id, None, 0.0)
    return Shelved(one, shelf, lists, placement.cluster_id, placement.copy_of, placement.score)


def _settle(conn: sa.Connection, found: Sequence[Shelved], placements: dict[str, Placement], now: datetime) -> set[date]:
    """Clusters that were opened, and merges with what they move; in the order in which the stories came."""
    days: set[date] = set()
    for one in found:
        placement = placements.get(one.clipping.story_id)
        if placement is None:
            continue
        if placement.opens:
            clusters.opened(conn, placement.cluster_id, placement.story_id, one.clipping.moment)
        for other in placement.merged:
            days |= clippings.days_of_cluster(conn, other)
            clusters.merge(conn, placement.cluster_id, other, "", now)
    return days
