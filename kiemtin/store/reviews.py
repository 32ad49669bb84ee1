"""ClaimReviews, and the two queues that a change of one fills: for the index, and for matching stored stories again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.scope import Theme
from kiemtin.store.records import upsert
from kiemtin.store.tables import claim_reviews, index_queue, rematch_queue

_BATCH = 500


def replace_for_story(conn: sa.Connection, story_id: str, found: Sequence[ClaimReview]) -> int:
    """Make the page's published checks exactly these: a check that the page no longer carries goes. Returns how many changed."""
    mine = sa.and_(claim_reviews.c.story_id == story_id, claim_reviews.c.derived.is_(False))
    gone = set(conn.scalars(sa.select(claim_reviews.c.id).where(mine))) - {review.id for review in found}
    remove(conn, sorted(gone))
    return save(conn, found, story_id) + len(gone)


def replace_derived(conn: sa.Connection, story_id: str, found: Sequence[ClaimReview]) -> int:
    """The same for checks derived from a story, which the analysis has looked at already."""
    mine = sa.and_(claim_reviews.c.story_id == story_id, claim_reviews.c.derived.is_(True))
    gone = set(conn.scalars(sa.select(claim_reviews.c.id).where(mine))) - {review.id for review in found}
    remove(conn, sorted(gone))
    return save(conn, found, story_id, examined=True) + len(gone)


def save(conn: sa.Connection, found: Sequence[ClaimReview], story_id: str | None = None, examined: bool = False) -> int:
    """Save checks; returns how many were new or changed. Each of those is queued for the index and for re-matching."""
    changed = 0
    for start in range(0, len(found), _BATCH):
        batch = {review.id: review for review in found[start : start + _BATCH]}
        query = sa.select(claim_reviews).where(claim_reviews.c.id.in_(list(batch)))
        known = {row.id: _review(row) for row in conn.execute(query)}
        fresh = [review for review in batch.values() if not _is_known(known.get(review.id), review, examined)]
        upsert(conn, claim_reviews, [_row(review, story_id, examined) for review in fresh])
        if examined:
            enqueue(conn, [review.id for review in fresh])
        changed += len(fresh)
    return changed


def _is_known(known: ClaimReview | None, review: ClaimReview, examined: bool) -> bool:
    return known is not None and (known if examined else replace(known, theme=review.theme, quote=review.quote, wordings=review.wordings)) == review


def enqueue(conn: sa.Connection, ids: Sequence[str]) -> None:
    upsert(conn, index_queue, [{"kind": "review", "id": review_id} for review_id in ids])
    upsert(conn, rematch_queue, [{"review_id": review_id} for review_id in ids])


def remove(conn: sa.Connection, ids: Sequence[str]) -> None:
    """Delete checks; what matched them is decided again."""
    enqueue(conn, ids)
    for start in range(0, len(ids), _BATCH):
        conn.execute(sa.delete(claim_reviews).where(claim_reviews.c.id.in_(ids[start : start + _BATCH])))


def unexamined(conn: sa.Connection) -> list[ClaimReview]:
    query = sa.select(claim_reviews).where(claim_reviews.c.examined.is_(False)).order_by(claim_reviews.c.id)
    return [_review(row) for row in conn.execute(query)]


def mark_examined(conn: sa.Connection, found: Sequence[ClaimReview]) -> None:
    """These checks are in scope: keep what was found out about them and queue them for the index."""
    if not found:
        return
    names = ("theme", "quote", "wordings")
    update = sa.update(claim_reviews).where(claim_reviews.c.id == sa.bindparam("of_id"))
    rows = [
        {"of_id": review.id, "theme": review.theme.value if review.theme else None, "quote": review.quote, "wordings": list(review.wordings)}
        for review in found
    ]
    conn.execute(update.values(examined=True, **{name: sa.bindparam(name) for name in names}), rows)
    enqueue(conn, [review.id for review in found])


def load(conn: sa.Connection, ids: Sequence[str]) -> dict[str, ClaimReview]:
    """Examined checks by id; ids that are gone are left out."""
    found: dict[str, ClaimReview] = {}
    for start in range(0, len(ids), _BATCH):
        query = sa.select(claim_reviews).where(claim_reviews.c.id.in_(ids[start : start + _BATCH]), claim_reviews.c.examined.is_(True))
        found.update((row.id, _review(row)) for row in conn.execute(query))
    return found


def load_all(conn: sa.Connection) -> Iterator[ClaimReview]:
    query = sa.select(claim_reviews).where(claim_reviews.c.examined.is_(True)).order_by(claim_reviews.c.id)
    yield from (_review(row) for row in conn.execution_options(yield_per=1000).execute(query))


def unexamined_pages(conn: sa.Connection) -> dict[str, str]:
    """Of the checks that nobody has looked at yet, those that were crawled: the stories on whose pages they stand."""
    query = sa.select(claim_reviews.c.id, claim_reviews.c.story_id)
    return {row.id: row.story_id for row in conn.execute(query.where(claim_reviews.c.examined.is_(False), claim_reviews.c.story_id.is_not(None)))}


def to_rematch(conn: sa.Connection) -> list[str]:
    return list(conn.scalars(sa.select(rematch_queue.c.review_id).order_by(rematch_queue.c.review_id)))


def rematched(conn: sa.Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _BATCH):
        conn.execute(sa.delete(rematch_queue).where(rematch_queue.c.review_id.in_(ids[start : start + _BATCH])))


def has_published(conn: sa.Connection, story_id: str) -> bool:
    """Does this story's page carry review markup of its own?"""
    query = sa.select(claim_reviews.c.id).where(claim_reviews.c.story_id == story_id, claim_reviews.c.derived.is_(False)).limit(1)
    return conn.scalar(query) is not None


def count(conn: sa.Connection) -> int:
    return conn.scalar(sa.select(sa.func.count()).select_from(claim_reviews)) or 0


def _row(review: ClaimReview, story_id: str | None, examined: bool) -> dict[str, Any]:
    return {
        "id": review.id,
        "claim_reviewed": review.claim_reviewed,
        "rating": review.rating.code,
        "rating_text": review.rating_text,
        "review_url": review.review_url,
        "reviewed_by": review.reviewed_by,
        "publisher_kind": review.publisher_kind.value,
        "language": review.language,
        "quote": review.quote,
        "published_date": review.published_at,
        "derived": review.derived,
        "attributed_to": review.attributed_to,
        "theme": review.theme.value if review.theme else None,
        "wordings": list(review.wordings),
        "story_id": story_id,
        "examined": examined,
    }


def _review(row: sa.Row[Any]) -> ClaimReview:
    return ClaimReview(
        claim_reviewed=row.claim_reviewed,
        rating=Rating.from_code(row.rating),
        rating_text=row.rating_text,
        review_url=row.review_url,
        reviewed_by=row.reviewed_by,
        publisher_kind=PublisherKind(row.publisher_kind),
        language=row.language,
        quote=row.quote,
        published_at=row.published_date,
        derived=row.derived,
        attributed_to=row.attributed_to,
        theme=Theme(row.theme) if row.theme else None,
        wordings=tuple(row.wordings),
    )
