"""From stored stories to a decided queue.

examine checks | derive checks from debunking stories | index | match stories | decide cases

Every step takes its work from Records and marks it done in the transaction that writes its result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from kiemtin.domain.claims import Appearance, Claim, ClaimMatch, ClaimReview, Relation
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.stories import Story
from kiemtin.pipeline.bulletins import BulletinShelf, match_bulletins
from kiemtin.pipeline.cases import decide_cases
from kiemtin.pipeline.indexing import CandidateFinder, sync_index
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress
from kiemtin.store import outlets as outlet_store
from kiemtin.store import queue as queue_store
from kiemtin.store import reviews as review_store
from kiemtin.store import stories as story_store
from nlp.denial import is_check_title
from nlp.derive import derive_check
from nlp.examine import examine
from nlp.match import match_story
from nlp.profile import profile
from nlp.retrieval import query_terms
from nlp.scope import kind_of
from nlp.sentences import Reading
from nlp.themes import theme_of

# Changes when the analysis would come to other results: stored stories are then looked at again.
ANALYSER = "1"
_BATCH = 50
_REMATCH_STORIES = 200


@dataclass(frozen=True, slots=True)
class AnalysisReport:
    """What one analysis did. `out_of_scope_checks` were removed unindexed; the rest are counts of the steps."""

    stories: int
    checks: int
    out_of_scope_checks: int
    derived_checks: int
    appearances: int
    opened: int
    updated: int
    closed: int
    reopened: int


def analyse(workspace: Workspace, now: datetime, progress: Progress = no_progress) -> AnalysisReport:
    """Bring the queue up to date with what is stored. May be killed and called again at any point."""
    with workspace.records.begin() as conn:
        catalog = {outlet.name: outlet for outlet in outlet_store.load_outlets(conn)}
        waiting = story_store.ids_to_analyse(conn, ANALYSER)
    checks, out_of_scope = examine_checks(workspace)
    derived = _derive_checks(workspace, waiting, catalog)
    sync_index(workspace, progress)
    waiting = _with_rematches(workspace, waiting)
    appearances = _match_stories(workspace, waiting, catalog, progress)
    outcome = decide_cases(workspace, tuple(catalog.values()), now, progress)
    return AnalysisReport(len(waiting), checks, out_of_scope, derived, appearances, outcome.opened, outcome.updated, outcome.closed, outcome.reopened)


def examine_checks(workspace: Workspace) -> tuple[int, int]:
    """Look at newly saved checks: keep those in scope, remove the others. Returns (kept, removed)."""
    kept: list[ClaimReview] = []
    removed: list[str] = []
    with workspace.records.begin() as conn:
        pages = review_store.unexamined_pages(conn)
        for review in review_store.unexamined(conn):
            found = examine(review.claim_reviewed, _page(conn, pages.get(review.id)))
            if found is None:
                removed.append(review.id)
            else:
                kept.append(replace(review, theme=found.theme, wordings=found.wordings, quote=review.quote or found.quote))
        review_store.remove(conn, removed)
        review_store.mark_examined(conn, kept)
    return len(kept), len(removed)


def _page(conn: sa.Connection, story_id: str | None) -> Reading | None:
    story = next(story_store.load_stories(conn, [story_id]), None) if story_id else None
    return Reading(story.title, story.text) if story is not None else None


def _batches(workspace: Workspace, ids: Sequence[str]) -> Iterator[list[Story]]:
    for start in range(0, len(ids), _BATCH):
        with workspace.records.begin() as conn:
            stories = list(story_store.load_stories(conn, ids[start : start + _BATCH]))
        yield stories


def _derive_checks(workspace: Workspace, ids: Sequence[str], catalog: dict[str, Outlet]) -> int:
    changed = 0
    for stories in _batches(workspace, ids):
        with workspace.records.begin() as conn:
            for story in stories:
                changed += review_store.replace_derived(conn, story.id, _derived_from(story, catalog.get(story.outlet), conn))
    return changed


def _derived_from(story: Story, outlet: Outlet | None, conn: sa.Connection) -> list[ClaimReview]:
    """A debunking story of an outlet without review markup, as a check; none where the page carries its own markup."""
    if outlet is None or not is_check_title(profile(story.title)) or review_store.has_published(conn, story.id):
        return []
    reading = Reading(story.title, story.text)
    about = theme_of(reading.lead.tokens, reading.lead.marked)
    check = derive_check(reading, about)
    if check is None:
        return []
    speaker = "" if outlet.kind is OutletKind.AUTHORITY else check.speaker
    return [
        ClaimReview(
            claim_reviewed=check.claim,
            rating=Rating.FALSE,
            rating_text="",
            review_url=story.canonical_url,
            reviewed_by=outlet.name,
            publisher_kind=PublisherKind(outlet.kind.value),
            language=story.language,
            quote=check.quote,
            published_at=story.published_at,
            derived=True,
            attributed_to=speaker,
            theme=check.theme,
            wordings=check.wordings,
        )
    ]


def _with_rematches(workspace: Workspace, waiting: Sequence[str]) -> list[str]:
    """The waiting stories, and the stored ones that a new, changed or removed check may concern."""
    with workspace.records.begin() as conn:
        changed = review_store.to_rematch(conn)
        reviews = review_store.load(conn, changed)
        concerned = queue_store.stories_of_reviews(conn, changed)
    # An index without stories (the first import of checks) has none to look for.
    for review in reviews.values() if workspace.index.count("story") else ():
        keys = query_terms(profile(review.claim_reviewed))
        concerned.update(hit.id for hit in workspace.index.find("story", keys, _REMATCH_STORIES))
    with workspace.records.begin() as conn:
        story_store.mark_unanalysed(conn, sorted(concerned))
        review_store.rematched(conn, changed)
        return sorted(set(waiting) | set(story_store.ids_to_analyse(conn, ANALYSER)))


def _match_stories(workspace: Workspace, ids: Sequence[str], catalog: dict[str, Outlet], progress: Progress) -> int:
    find = CandidateFinder(workspace)
    shelf = BulletinShelf(workspace, catalog)
    with workspace.records.begin() as conn:
        known = frozenset(alert.claim_id for alert in queue_store.load_alerts(conn))
    done = found = 0
    for stories in _batches(workspace, ids):
        results = [(story, match_one(story, catalog.get(story.outlet), find, shelf, known)) for story in stories]
        with workspace.records.begin() as conn:
            for story, (claims, appearances) in results:
                queue_store.save_claims(conn, claims)
                queue_store.replace_appearances(conn, story.id, appearances)
                story_store.mark_analysed(conn, story, ANALYSER)
                found += len(appearances)
        done += len(stories)
        progress("phân tích", done, len(ids))
    return found


def match_one(
    story: Story, outlet: Outlet | None, find: CandidateFinder, shelf: BulletinShelf, known: frozenset[str]
) -> tuple[list[Claim], list[Appearance]]:
    """Only published news repeats claims: a fact-checker's page checks them, an authority's page is evidence.

    `known`: claims that have an alert already; they keep their appearances when another check of the same claim comes.
    """
    if outlet is None or outlet.kind is not OutletKind.NEWS:
        return [], []
    reading = Reading(story.title, story.text)
    if reading.marked and theme_of(reading.title.tokens, True) is None and theme_of(reading.tokens, True) is None:
        return [], []  # unmarked text says too little of its theme to be left by it
    matches = [match for match in match_story(reading, find) if match.relation is Relation.SAME]
    reviews = find.reviews([match.review_id for match in matches])
    matches = [match for match in matches if match.review_id in reviews and reviews[match.review_id].review_url != story.canonical_url]
    claims, appearances = _appearances(story, matches, reviews, known)
    if not any(appearance.linked for appearance in appearances):
        more_claims, more = match_bulletins(story, reading, shelf)
        claims, appearances = claims + more_claims, appearances + more
    return claims, appearances


def _rank(match: ClaimMatch, review: ClaimReview, known: frozenset[str]) -> tuple[bool, bool, bool, bool, float, str]:
    """The check that gives the claim its name: linked, in the queue already, marked up, by a fact-checker, best match."""
    return (
        not match.linked,
        review.claim_id not in known,
        review.derived,
        review.publisher_kind is not PublisherKind.FACT_CHECKER,
        -match.score,
        review.id,
    )


def _appearances(
    story: Story, matches: Sequence[ClaimMatch], reviews: dict[str, ClaimReview], known: frozenset[str]
) -> tuple[list[Claim], list[Appearance]]:
    """One appearance for each passage: checks of one claim that the same passage matches are one claim with more evidence."""
    by_passage: dict[int, list[ClaimMatch]] = {}
    for match in matches:
        by_passage.setdefault(match.offset, []).append(match)
    claims: list[Claim] = []
    appearances: dict[str, Appearance] = {}
    for offset in sorted(by_passage):
        ranked = sorted(by_passage[offset], key=lambda match: _rank(match, reviews[match.review_id], known))
        first, review = ranked[0], reviews[ranked[0].review_id]
        claims.append(to_claim(review))
        also = tuple(match.review_id for match in ranked[1:] if match.linked)
        appearance = Appearance(review.claim_id, story.id, first.quote, first.offset, first.score, first.linked, first.reasons, also)
        other = appearances.get(review.claim_id)
        if other is None or (appearance.linked, appearance.score) > (other.linked, other.score):
            appearances[review.claim_id] = appearance
    return claims, list(appearances.values())


def to_claim(review: ClaimReview) -> Claim:
    """One claim for one ClaimReview."""
    return Claim(review.claim_id, review.claim_reviewed, review.theme, kind_of(profile(review.claim_reviewed), reviewed=True), review.id)
