"""Stories and their revisions: a changed page is a new revision of the same story."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import Story
from kiemtin.store import reviews as review_store
from kiemtin.store.records import upsert
from kiemtin.store.tables import index_queue, shelf_queue, stories, story_revisions


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """What saving did to the story, and how many of its ClaimReviews were new or changed."""

    kind: Literal["new", "changed", "same"]
    reviews: int


def save_extraction(conn: sa.Connection, outlet: Outlet, story: Story, found: Sequence[ClaimReview], now: datetime) -> SaveOutcome:
    """Save what one page gave. Saving the same twice changes nothing."""
    kind = _save_story(conn, outlet, story, now)
    changed = review_store.replace_for_story(conn, story.id, found)
    return SaveOutcome(kind, changed)


def _save_story(conn: sa.Connection, outlet: Outlet, story: Story, now: datetime) -> Literal["new", "changed", "same"]:
    known = conn.execute(sa.select(stories.c.content_hash, stories.c.revision).where(stories.c.id == story.id)).one_or_none()
    if known is not None and known.content_hash == story.content_hash:
        return "same"
    revision = 1 if known is None else known.revision + 1
    row = {
        "id": story.id,
        "canonical_url": story.canonical_url,
        "outlet": outlet.name,
        "title": story.title,
        "language": story.language,
        "published_date": story.published_at,
        "date_note": story.date_note,
        "content_hash": story.content_hash,
        "revision": revision,
        "analysed_hash": "",
        "first_seen_at": now,
    }
    upsert(conn, stories, [row], keep=frozenset({"first_seen_at", "outlet"}))
    body = {"story_id": story.id, "revision": revision, "content_hash": story.content_hash, "title": story.title, "text": story.text, "seen_at": now}
    upsert(conn, story_revisions, [body])
    upsert(conn, index_queue, [{"kind": "story", "id": story.id}])
    upsert(conn, shelf_queue, [{"story_id": story.id}])
    return "new" if known is None else "changed"


_CURRENT = (
    sa.select(stories, story_revisions.c.text)
    .join(story_revisions, sa.and_(story_revisions.c.story_id == stories.c.id, story_revisions.c.revision == stories.c.revision))
    .where(story_revisions.c.text.is_not(None))
)


def load_stories(conn: sa.Connection, ids: Sequence[str]) -> Iterator[Story]:
    """The current revisions of these stories whose body is still kept, in the order of their addresses."""
    for start in range(0, len(ids), 500):
        query = _CURRENT.where(stories.c.id.in_(ids[start : start + 500])).order_by(stories.c.canonical_url)
        yield from (_story(row) for row in conn.execute(query))


def load_by_url(conn: sa.Connection, url: str) -> Story | None:
    """The current revision of the story at this address, if its body is still kept."""
    row = conn.execute(_CURRENT.where(stories.c.canonical_url == url)).one_or_none()
    return None if row is None else _story(row)


def latest_of(conn: sa.Connection, outlets: Sequence[str], limit: int) -> list[Story]:
    """The current revisions of the last `limit` stories of these outlets, in the order of their addresses."""
    query = _CURRENT.where(stories.c.outlet.in_(outlets)).order_by(stories.c.published_date.desc(), stories.c.canonical_url).limit(limit)
    return sorted((_story(row) for row in conn.execute(query)), key=lambda story: story.canonical_url)


def ids_to_analyse(conn: sa.Connection, analyser: str) -> list[str]:
    """Stories whose current revision this version of the analyser has not seen, in the order of their addresses."""
    query = (
        sa.select(stories.c.id)
        .join(story_revisions, sa.and_(story_revisions.c.story_id == stories.c.id, story_revisions.c.revision == stories.c.revision))
        .where(stories.c.analysed_hash != stories.c.content_hash + ":" + analyser, story_revisions.c.text.is_not(None))
        .order_by(stories.c.canonical_url)
    )
    return list(conn.scalars(query))


def mark_analysed(conn: sa.Connection, story: Story, analyser: str) -> None:
    conn.execute(sa.update(stories).where(stories.c.id == story.id).values(analysed_hash=f"{story.content_hash}:{analyser}"))


def mark_unanalysed(conn: sa.Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), 500):
        conn.execute(sa.update(stories).where(stories.c.id.in_(ids[start : start + 500])).values(analysed_hash=""))


def forget_bodies(conn: sa.Connection, now: datetime, days: int) -> int:
    """Drop the bodies that were seen more than `days` days ago; titles, links and cited quotes stay. Returns how many."""
    old = sa.and_(story_revisions.c.seen_at < now - timedelta(days=days), story_revisions.c.text.is_not(None))
    ids = list(conn.scalars(sa.select(story_revisions.c.story_id).where(old)))
    upsert(conn, index_queue, [{"kind": "story", "id": story_id} for story_id in sorted(set(ids))])
    conn.execute(sa.update(story_revisions).where(old).values(text=None))
    return len(ids)


def count(conn: sa.Connection) -> int:
    return conn.scalar(sa.select(sa.func.count()).select_from(stories)) or 0


def _story(row: sa.Row[tuple[object, ...]]) -> Story:
    return Story(
        canonical_url=row.canonical_url,
        outlet=row.outlet,
        title=row.title,
        text=row.text,
        published_at=row.published_date,
        language=row.language,
        date_note=row.date_note,
    )
