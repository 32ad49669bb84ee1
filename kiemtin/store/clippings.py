"""Press clipping in Records: what waits to be shelved, where each story stands, and what is on a day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.coverage import Listed, OnDay, Sector, Shelf, Subject, day_of
from kiemtin.store.records import upsert
from kiemtin.store.tables import alerts, appearances, claim_reviews, claims, shelf, shelf_queue, stories, story_revisions

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Clipping:
    """A stored story as clipping reads it. `moment`: when it was published, or first seen where the page does not say."""

    story_id: str
    outlet: str
    language: str
    title: str
    text: str
    moment: datetime
    content_hash: str
    cluster_id: str = ""


def waiting(conn: sa.Connection) -> list[str]:
    """Ids of the stories to be shelved, the oldest first."""
    query = sa.select(shelf_queue.c.story_id).join(stories, stories.c.id == shelf_queue.c.story_id)
    return list(conn.scalars(query.order_by(sa.func.coalesce(stories.c.published_date, stories.c.first_seen_at), stories.c.id)))


def wait_again(conn: sa.Connection, since: date) -> None:
    """Have every story of these last days shelved anew: a watchlist has changed."""
    rows = conn.scalars(sa.select(shelf.c.story_id).where(shelf.c.day >= since))
    upsert(conn, shelf_queue, [{"story_id": story_id} for story_id in rows])


def load(conn: sa.Connection, ids: Sequence[str], longest: int) -> list[Clipping]:
    """These stories, with the cluster that they are in, if any; of a body at most `longest` characters."""
    found: list[Clipping] = []
    for start in range(0, len(ids), _CHUNK):
        found += _read(conn, stories.c.id.in_(ids[start : start + _CHUNK]), longest)
    return sorted(found, key=lambda one: (one.moment, one.story_id))


def load_between(conn: sa.Connection, first: datetime, last: datetime, longest: int) -> list[Clipping]:
    """Shelved stories of these days, the oldest first."""
    found = _read(conn, stories.c.id.in_(sa.select(shelf.c.story_id).where(shelf.c.moment >= first, shelf.c.moment <= last)), longest)
    return sorted(found, key=lambda one: (one.moment, one.story_id))


def _read(conn: sa.Connection, which: sa.ColumnElement[bool], longest: int) -> list[Clipping]:
    body = sa.func.substr(sa.func.coalesce(story_revisions.c.text, ""), 1, longest)
    query = (
        sa.select(stories, body.label("body"), shelf.c.cluster_id)
        .join(story_revisions, sa.and_(story_revisions.c.story_id == stories.c.id, story_revisions.c.revision == stories.c.revision))
        .outerjoin(shelf, shelf.c.story_id == stories.c.id)
        .where(which)
    )
    return [
        Clipping(
            row.id, row.outlet, row.language, row.title, row.body, row.published_date or row.first_seen_at, row.content_hash, row.cluster_id or ""
        )
        for row in conn.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Shelved:
    """What is to be written of one story. `copy_of` and `score` say why it is in its cluster."""

    clipping: Clipping
    shelf: Shelf
    watchlists: tuple[str, ...]
    cluster_id: str
    copy_of: str | None
    score: float


def save(conn: sa.Connection, found: Sequence[Shelved]) -> set[date]:
    """Write them, take them from the queue, and return the days whose counts have changed."""
    ids = [one.clipping.story_id for one in found]
    days = {day_of(one.clipping.moment) for one in found}
    days |= set(conn.scalars(sa.select(shelf.c.day).where(shelf.c.story_id.in_(ids)).distinct()))
    upsert(conn, shelf, [_row(one) for one in found if not one.clipping.cluster_id])
    for one in found:
        if one.clipping.cluster_id:  # an update of a story is no new story: it stays in its cluster
            row = _row(one)
            changed = {name: row[name] for name in ("day", "moment", "subject", "theme", "places", "sectors", "watchlists", "shelved_hash")}
            conn.execute(sa.update(shelf).where(shelf.c.story_id == one.clipping.story_id).values(changed))
    conn.execute(sa.delete(shelf_queue).where(shelf_queue.c.story_id.in_(ids)))
    return days


def _row(one: Shelved) -> dict[str, Any]:
    return {
        "story_id": one.clipping.story_id,
        "day": day_of(one.clipping.moment),
        "moment": one.clipping.moment,
        "outlet": one.clipping.outlet,
        "subject": one.shelf.subject.value,
        "theme": one.shelf.theme,
        "places": sorted(one.shelf.places),
        "sectors": sorted(sector.value for sector in one.shelf.sectors),
        "watchlists": sorted(one.watchlists),
        "cluster_id": one.cluster_id,
        "copy_of": one.copy_of,
        "score": round(one.score, 3),
        "shelved_hash": one.clipping.content_hash,
    }


def on_day(conn: sa.Connection, day: date) -> list[OnDay]:
    query = sa.select(shelf.c.outlet, shelf.c.subject, shelf.c.theme, shelf.c.watchlists, shelf.c.cluster_id).where(shelf.c.day == day)
    return [OnDay(row.outlet, Subject(row.subject), row.theme, tuple(row.watchlists), row.cluster_id) for row in conn.execute(query)]


_LISTING = sa.select(
    shelf, stories.c.canonical_url, stories.c.title, stories.c.language, stories.c.published_date,
).join(stories, stories.c.id == shelf.c.story_id)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sought:
    """What a reader of clippings asks for; empty: everything."""

    first: date
    last: date
    outlet: str = ""
    subject: str = ""
    theme: str = ""
    watchlist: str = ""


def listed(conn: sa.Connection, sought: Sought, limit: int, skip: int = 0) -> list[Listed]:
    """The newest first."""
    query = _LISTING.where(*_asked(sought)).order_by(shelf.c.moment.desc(), shelf.c.story_id).limit(limit).offset(skip)
    return [_listed(row) for row in conn.execute(query)]


def listed_of(conn: sa.Connection, ids: Iterable[str]) -> Mapping[str, Listed]:
    """{story id: as it is listed}, of those that are shelved."""
    wanted = sorted(set(ids))
    chunks = (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
    return {row.story_id: _listed(row) for chunk in chunks for row in conn.execute(_LISTING.where(shelf.c.story_id.in_(chunk)))}


def members(conn: sa.Connection, cluster_ids: Sequence[str]) -> dict[str, list[Listed]]:
    """{cluster id: its stories, the oldest first}."""
    found: dict[str, list[Listed]] = {cluster_id: [] for cluster_id in cluster_ids}
    for start in range(0, len(cluster_ids), _CHUNK):
        query = _LISTING.where(shelf.c.cluster_id.in_(cluster_ids[start : start + _CHUNK])).order_by(shelf.c.moment, shelf.c.story_id)
        for row in conn.execute(query):
            found[row.cluster_id].append(_listed(row))
    return found


def clusters_on(conn: sa.Connection, first: date, last: date) -> list[str]:
    """Clusters that have a story on these days."""
    return list(conn.scalars(sa.select(shelf.c.cluster_id).where(shelf.c.day.between(first, last)).distinct().order_by(shelf.c.cluster_id)))


def clusters_in(conn: sa.Connection, first: datetime, last: datetime, watchlist: str) -> list[str]:
    """Clusters that have a story on this watchlist from `first` up to but without `last`."""
    mine = sa.and_(shelf.c.moment >= first, shelf.c.moment < last, _is_on(watchlist))
    return list(conn.scalars(sa.select(shelf.c.cluster_id).where(mine).distinct().order_by(shelf.c.cluster_id)))


def of_alerts(conn: sa.Connection) -> frozenset[str]:
    """Stories that repeat a claim that is or was in the queue, and the checks of claims that wait there.

    They stay on the shelf and in the desk, and out of whatever leaves the house: before two people have approved nothing of a claim
    does, and whoever carried one is never named (LIMITS 6 and 7).
    """
    repeated = sa.select(appearances.c.story_id).join(alerts, alerts.c.claim_id == appearances.c.claim_id)
    repeated = repeated.where(alerts.c.status != AlertStatus.DISMISSED.value)
    waiting = [status.value for status in AlertStatus if status not in (AlertStatus.APPROVED, AlertStatus.SENT, AlertStatus.DISMISSED)]
    checked = (
        sa.select(claim_reviews.c.story_id)
        .join(claims, claims.c.review_id == claim_reviews.c.id)
        .join(alerts, alerts.c.claim_id == claims.c.id)
        .where(alerts.c.status.in_(waiting), claim_reviews.c.story_id.is_not(None))
    )
    return frozenset(conn.scalars(repeated)) | frozenset(conn.scalars(checked))


def days_of_cluster(conn: sa.Connection, cluster_id: str) -> set[date]:
    return set(conn.scalars(sa.select(shelf.c.day).where(shelf.c.cluster_id == cluster_id).distinct()))


def _asked(sought: Sought) -> Iterator[sa.ColumnElement[bool]]:
    yield shelf.c.day.between(sought.first, sought.last)
    for column, wanted in ((shelf.c.outlet, sought.outlet), (shelf.c.subject, sought.subject), (shelf.c.theme, sought.theme)):
        if wanted:
            yield column == wanted
    if sought.watchlist:
        yield _is_on(sought.watchlist)


def _is_on(watchlist: str) -> sa.ColumnElement[bool]:
    """A JSON list of ids of hexadecimal digits, looked at as text: portable, and exact because no id holds a quotation mark."""
    return sa.cast(shelf.c.watchlists, sa.Text).contains(f'"{watchlist}"', autoescape=True)


def newest_day(conn: sa.Connection) -> date | None:
    found: date | None = conn.scalar(sa.select(sa.func.max(shelf.c.day)))
    return found


def _listed(row: sa.Row[Any]) -> Listed:
    on_shelf = Shelf(Subject(row.subject), row.theme, frozenset(row.places), frozenset(Sector(sector) for sector in row.sectors))
    return Listed(
        row.story_id,
        row.canonical_url,
        row.title,
        row.outlet,
        row.language,
        row.day,
        row.moment,
        row.published_date,
        row.cluster_id,
        on_shelf,
        tuple(row.watchlists),
    )
