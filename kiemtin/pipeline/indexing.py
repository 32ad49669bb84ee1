"""Keeping the search index in step with Records, and finding candidates in it."""

from collections import OrderedDict
from collections.abc import Sequence

import sqlalchemy as sa

from kiemtin.domain.claims import ClaimReview
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress
from kiemtin.store import index_queue
from kiemtin.store import reviews as review_store
from kiemtin.store import stories as story_store
from kiemtin.store.index import Filed
from kiemtin.store.records import Records
from nlp.denial import strip_framing
from nlp.match import Candidate
from nlp.profile import profile
from nlp.retrieval import index_terms

_BATCH = 2_000
_CACHE = 20_000
CANDIDATES = 12


def sync_index(workspace: Workspace, progress: Progress = no_progress) -> int:
    """File whatever has changed since the index was last committed; an empty index is filled from Records. Returns how many."""
    if workspace.index.is_empty():
        with workspace.records.begin() as conn:
            index_queue.enqueue_everything(conn)
    done = 0
    for kind in ("review", "story"):
        while True:
            with workspace.records.begin() as conn:
                ids = index_queue.next_batch(conn, kind, _BATCH)
                texts = _filed(conn, kind, ids)
            if not ids:
                break
            workspace.index.file(kind, texts)
            with workspace.records.begin() as conn:
                index_queue.done(conn, kind, ids)
            done += len(ids)
            progress("lập chỉ mục", done, 0)
    return done


def reindex(workspace: Workspace, progress: Progress = no_progress) -> int:
    """Throw the index away and build it anew from Records."""
    workspace.index.clear()
    return sync_index(workspace, progress)


def _filed(conn: sa.Connection, kind: str, ids: Sequence[str]) -> list[Filed]:
    if kind == "review":
        reviews = review_store.load(conn, ids)
        keys = {review_id: _review_keys(review) for review_id, review in reviews.items()}
    else:
        stories = story_store.load_stories(conn, ids)
        keys = {story.id: index_terms(profile(f"{story.title}\n{story.text}")) for story in stories}
    return [Filed(text_id, keys.get(text_id, ())) for text_id in ids]


def _review_keys(review: ClaimReview) -> tuple[str, ...]:
    texts = (strip_framing(review.claim_reviewed), *review.wordings)
    return tuple(sorted({key for text in texts for key in index_terms(profile(text))}))


class CandidateFinder:
    """The checks that share most words with a passage, taken apart and kept in memory as long as there is room."""

    def __init__(self, workspace: Workspace, limit: int = CANDIDATES) -> None:
        self._index = workspace.index
        self._records: Records = workspace.records
        self._limit = limit
        self._known: OrderedDict[str, Candidate | None] = OrderedDict()

    def __call__(self, keys: Sequence[str]) -> list[Candidate]:
        ids = [hit.id for hit in self._index.find("review", keys, self._limit)]
        self._load([review_id for review_id in ids if review_id not in self._known])
        return [found for found in map(self._known.get, ids) if found is not None]

    def reviews(self, ids: Sequence[str]) -> dict[str, ClaimReview]:
        """The checks themselves; ids that are gone are left out."""
        with self._records.begin() as conn:
            return review_store.load(conn, ids) if ids else {}

    def _load(self, ids: list[str]) -> None:
        if not ids:
            return
        with self._records.begin() as conn:
            reviews = review_store.load(conn, ids)
        for review_id in ids:
            self._known[review_id] = to_candidate(reviews[review_id]) if review_id in reviews else None
        while len(self._known) > _CACHE:
            self._known.popitem(last=False)


def to_candidate(review: ClaimReview) -> Candidate:
    return Candidate(review.id, profile(strip_framing(review.claim_reviewed)), tuple(profile(text) for text in review.wordings))
