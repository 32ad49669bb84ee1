"""Keeping the search index in step with Records, and finding candidates in it."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.claims import ClaimReview
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress
from kiemtin.store import index_queue
from kiemtin.store import reviews as review_store
from kiemtin.store import stories as story_store
from kiemtin.store.index import Filed
from kiemtin.store.records import Records
from nlp.match import Candidate, Lead
from nlp.profile import profile
from nlp.proposition import proposition
from nlp.retrieval import index_terms, story_terms
from nlp.sketch import read_sketches, write_sketches

_BATCH = 2_000
_CACHE = 2_000  # candidates, about 30 kB each
CANDIDATES = 40


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
        filed = {review.id: _filed_review(review) for review in review_store.load(conn, ids).values()}
    else:
        stories = story_store.load_stories(conn, ids)
        filed = {story.id: Filed(story.id, story_terms(f"{story.title}\n{story.text}")) for story in stories}
    return [filed.get(text_id, Filed(text_id, ())) for text_id in ids]


def _filed_review(review: ClaimReview) -> Filed:
    candidate = to_candidate(review)
    wordings = (candidate.claim, *candidate.wordings)
    keys = {key for wording in wordings for key in index_terms(wording)}
    return Filed(review.id, tuple(sorted(keys)), write_sketches(wordings))


class CandidateFinder:
    """The checks that share most words with a passage; those that were asked for last are kept in memory, taken apart."""

    def __init__(self, workspace: Workspace, limit: int = CANDIDATES) -> None:
        self._index = workspace.index
        self._records: Records = workspace.records
        self._limit = limit
        self._known: OrderedDict[str, Candidate] = OrderedDict()

    def __call__(self, keys: Sequence[str]) -> list[Candidate]:
        """The candidates themselves, best first."""
        ids = [hit.id for hit in self._index.find("review", keys, self._limit)]
        found = self.load(ids)
        return [found[review_id] for review_id in ids if review_id in found]

    def leads(self, keys: Sequence[str]) -> list[Lead]:
        """The same as sketches, without reading any of them from Records."""
        return [Lead(hit.id, read_sketches(hit.sketch)) for hit in self._index.find("review", keys, self._limit)]

    def load(self, ids: Sequence[str]) -> dict[str, Candidate]:
        """Candidates by id, all that are not in memory read at once; ids that are gone are left out."""
        missing = [review_id for review_id in ids if review_id not in self._known]
        found = {review_id: self._known[review_id] for review_id in ids if review_id in self._known}
        fresh = {review_id: to_candidate(review) for review_id, review in self.reviews(missing).items()}
        self._known.update(fresh)
        _shrink(self._known)
        return found | fresh

    def reviews(self, ids: Sequence[str]) -> dict[str, ClaimReview]:
        """The checks themselves; ids that are gone are left out."""
        with self._records.begin() as conn:
            return review_store.load(conn, ids) if ids else {}


def _shrink(kept: OrderedDict[str, Any]) -> None:
    while len(kept) > _CACHE:
        kept.popitem(last=False)


def to_candidate(review: ClaimReview) -> Candidate:
    return Candidate(review.id, profile(proposition(review.claim_reviewed)), tuple(profile(text) for text in review.wordings))
