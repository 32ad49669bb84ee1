"""What the search index has still to take in. Rows go only after the index has committed."""

from collections.abc import Sequence

import sqlalchemy as sa

from kiemtin.store.tables import claim_reviews, index_queue, stories


def next_batch(conn: sa.Connection, kind: str, limit: int) -> list[str]:
    query = sa.select(index_queue.c.id).where(index_queue.c.kind == kind).order_by(index_queue.c.id).limit(limit)
    return list(conn.scalars(query))


def done(conn: sa.Connection, kind: str, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), 500):
        conn.execute(sa.delete(index_queue).where(index_queue.c.kind == kind, index_queue.c.id.in_(ids[start : start + 500])))


def waiting(conn: sa.Connection) -> int:
    return conn.scalar(sa.select(sa.func.count()).select_from(index_queue)) or 0


def enqueue_everything(conn: sa.Connection) -> None:
    """Queue every examined check and every story: the index is empty."""
    conn.execute(sa.delete(index_queue))
    reviews = sa.select(sa.literal("review"), claim_reviews.c.id).where(claim_reviews.c.examined.is_(True))
    conn.execute(sa.insert(index_queue).from_select(["kind", "id"], reviews))
    conn.execute(sa.insert(index_queue).from_select(["kind", "id"], sa.select(sa.literal("story"), stories.c.id)))
