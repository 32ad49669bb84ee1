"""Has this been checked? One text in, matches and evidence out. The text is neither stored nor logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.independence import Office, is_independent
from kiemtin.domain.claims import Claim, ClaimMatch, ClaimReview, Evidence, EvidenceRelation, Relation
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.stories import Story
from kiemtin.errors import InputError
from kiemtin.pipeline.cases import from_review
from kiemtin.pipeline.indexing import CandidateFinder, sync_index
from kiemtin.pipeline.own import OwnCorrections
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import outlets as outlet_store
from kiemtin.store import reviews as review_store
from kiemtin.store import stories as story_store
from nlp.bearing import Bearing, bearing_of
from nlp.compare import coverage
from nlp.decision import match_text
from nlp.derive import find_speaker
from nlp.profile import Profile, profile
from nlp.proposition import proposition
from nlp.retrieval import query_terms
from nlp.scope import Scope, scope_of
from nlp.semantic import DenseShelf, SentenceEncoder
from nlp.sentences import Reading

# What supports a text is shown first (LIMITS 5).
_SHOWN_FIRST = (EvidenceRelation.SUPPORTS, EvidenceRelation.REFUTES, EvidenceRelation.NOT_ENOUGH_INFO)
MAX_CHARS = 5_000
_CANDIDATES = 40  # looked at in outline: recall comes first
_STORY_TERMS, _STORIES, _SHOWN = 20, 40, 3  # published texts that are looked for when no check covers a text for sure
_COMPARED = 8  # of these are held against the text in full
_LEAST_HELD = 0.12  # share of a check's words from which it is worth it


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known about one text. `evidence` is empty for a text out of scope."""

    text: str
    scope: Scope
    matches: tuple[tuple[ClaimMatch, ClaimReview], ...]
    evidence: tuple[Evidence, ...]


class Checker:
    """Answers one text after another from one opened workspace."""

    def __init__(self, workspace: Workspace) -> None:
        sync_index(workspace)
        self._find = CandidateFinder(workspace, _CANDIDATES)
        self._own = OwnCorrections(workspace)
        self._dense = _dense_shelf(workspace)
        self._index = workspace.index
        self._records = workspace.records
        self._office = Office(workspace.config.controller, workspace.config.state)
        with workspace.records.begin() as conn:
            self.catalog: tuple[Outlet, ...] = outlet_store.load_outlets(conn)

    def check(self, text: str) -> Checked:
        """Hold one text against the published checks; raises InputError for an empty or overlong one."""
        if not text.strip():
            raise InputError("văn bản cần kiểm tra đang trống")
        if len(text) > MAX_CHARS:
            raise InputError(f"văn bản dài quá {MAX_CHARS} ký tự")
        passage = profile(text)
        scope = scope_of(passage)
        matches = self._matches(passage)
        evidence = self._evidence(matches) if scope.in_scope else ()
        if scope.in_scope and not any(match.linked for match, _ in matches):
            evidence += self._bearing(passage)
        return Checked(text, scope, matches, tuple(sorted(evidence, key=lambda one: _SHOWN_FIRST.index(one.relation))))

    def _matches(self, passage: Profile) -> tuple[tuple[ClaimMatch, ClaimReview], ...]:
        leads = self._find.leads(query_terms(passage))
        held = {lead.review_id: max((coverage(sketch, passage) for sketch in lead.sketches), default=0.0) for lead in leads}
        nearest = sorted((one for one in held if held[one] >= _LEAST_HELD), key=lambda one: (-held[one], one))[:_COMPARED]
        if self._dense is not None:
            nearest += [one for one, _ in self._dense.find(passage.text, _COMPARED) if one not in nearest]
        own = self._own.current()
        candidates = [*self._find.load(nearest).values(), *(candidate for candidate, _ in own.values())]
        found = [match for candidate in candidates if (match := match_text(candidate, passage)) is not None]
        reviews = self._find.reviews([match.review_id for match in found]) | {review.id: review for _, review in own.values()}
        ranked = sorted(found, key=lambda match: (-match.score, match.review_id))
        return tuple((match, reviews[match.review_id]) for match in ranked if match.review_id in reviews)

    def _bearing(self, passage: Profile) -> tuple[Evidence, ...]:
        """What authorities and fact-checkers have published that speaks about a text which no check covers for sure: at most three."""
        hits = self._index.find("story", query_terms(passage, _STORY_TERMS), _STORIES)
        publishers = {outlet.name: outlet for outlet in self.catalog if outlet.kind is not OutletKind.NEWS}
        with self._records.begin() as conn:
            found = {story.id: story for story in story_store.load_stories(conn, [hit.id for hit in hits])} if publishers and hits else {}
        evidence: list[Evidence] = []
        for story in (found[hit.id] for hit in hits if hit.id in found and found[hit.id].outlet in publishers):
            bearing = bearing_of(passage, Reading(story.title, story.text))
            if bearing is not None:
                evidence.append(self._as_evidence(passage, story, publishers[story.outlet], bearing))
        return tuple(sorted(evidence, key=lambda one: _SHOWN_FIRST.index(one.relation))[:_SHOWN])

    def _as_evidence(self, passage: Profile, story: Story, publisher: Outlet, bearing: Bearing) -> Evidence:
        speaker = find_speaker(bearing.quote)
        if speaker.casefold() in {name.casefold() for name in (publisher.name, publisher.legal_name, *publisher.speaks_for)}:
            speaker = ""
        return Evidence(
            claim_id="",
            url=story.canonical_url,
            publisher=publisher.name,
            publisher_kind=PublisherKind(publisher.kind.value),
            relation=bearing.relation,
            quote=bearing.quote,
            independent=is_independent(publisher, speaker, passage.text, self._office, self.catalog),
            speaker=speaker,
            published_at=story.published_at,
        )

    def _evidence(self, matches: Sequence[tuple[ClaimMatch, ClaimReview]]) -> tuple[Evidence, ...]:
        return tuple(
            from_review(review, Claim(review.claim_id, review.claim_reviewed, review.theme), self._office, self.catalog)
            for match, review in matches
            if match.relation in (Relation.SAME, Relation.OPPOSITE)
        )


def _dense_shelf(workspace: Workspace) -> DenseShelf | None:
    """All indexed checks with their vectors, where a model is configured: they only bring more candidates."""
    if not workspace.config.semantic_model:
        return None
    with workspace.records.begin() as conn:
        texts = [(review.id, proposition(review.claim_reviewed)) for review in review_store.load_all(conn)]
    return DenseShelf(SentenceEncoder(Path(workspace.config.semantic_model)), texts)
