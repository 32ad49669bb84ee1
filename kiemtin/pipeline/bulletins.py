"""What authorities have published lately, held against what news pages say."""

from datetime import timedelta
from functools import cached_property

import sqlalchemy as sa

from alerts.independence import Office, is_independent
from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.stories import Story, content_id
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import stories as story_store
from nlp.denial import is_check_title
from nlp.evidence import anchors, contradiction
from nlp.scope import scope_of
from nlp.sentences import Reading
from nlp.themes import theme_of

_PREFIX = "bulletin:"
# A bulletin speaks about its day: stories that came out more than this before or after it are not held against it.
_WINDOW = timedelta(days=7)
_SHELF = 2_000


class BulletinShelf:
    """The authorities' latest stories, taken apart once, found by the names and numbers they are about."""

    def __init__(self, workspace: Workspace, catalog: dict[str, Outlet]) -> None:
        self._workspace = workspace
        self._authorities = [name for name, outlet in catalog.items() if outlet.kind is OutletKind.AUTHORITY]

    @cached_property
    def _by_anchor(self) -> dict[str, list[tuple[Story, Reading]]]:
        with self._workspace.records.begin() as conn:
            stories = story_store.latest_of(conn, self._authorities, _SHELF)
        shelf: dict[str, list[tuple[Story, Reading]]] = {}
        for story in stories:
            reading = Reading(story.title, story.text)
            for anchor in anchors(reading.lead):
                shelf.setdefault(anchor, []).append((story, reading))
        return shelf

    def about(self, reading: Reading) -> list[tuple[Story, Reading]]:
        """Bulletins that share a name or number with this story, in the order of their addresses."""
        if not self._authorities or not self._by_anchor:
            return []
        mine = frozenset().union(anchors(reading.lead), *(anchors(part) for part in reading.profiles))
        found = {story.id: (story, other) for anchor in mine for story, other in self._by_anchor.get(anchor, ())}
        return sorted(found.values(), key=lambda pair: pair[0].canonical_url)


def match_bulletins(story: Story, reading: Reading, shelf: BulletinShelf) -> tuple[list[Claim], list[Appearance]]:
    """Passages of a story that a bulletin contradicts: one claim for one bulletin."""
    claims: list[Claim] = []
    found: list[Appearance] = []
    for bulletin, other in shelf.about(reading):
        if is_check_title(reading.title) or not _same_days(story, bulletin):
            continue
        about = theme_of(other.lead.tokens, other.lead.marked)
        for at in range(-1, len(reading.sentences)):
            passage = reading.title if at < 0 else reading.profiles[at]
            scope = scope_of(passage, about)
            against = contradiction(passage, other, reading.lead) if scope.in_scope else None
            if against is None:
                continue
            quote, offset = (reading.title_text, -1) if at < 0 else (reading.sentences[at].text, reading.sentences[at].offset)
            claim_id = content_id("claim", "bulletin", bulletin.id)
            claims.append(Claim(claim_id, quote, scope.theme, scope.kind))
            also = (f"{_PREFIX}{bulletin.id}:{against.offset}",)
            found.append(Appearance(claim_id, story.id, quote, offset, against.score, True, against.reasons, also))
            break
    return claims, found


def _same_days(story: Story, bulletin: Story) -> bool:
    if story.published_at is None or bulletin.published_at is None:
        return True
    return abs(story.published_at - bulletin.published_at) <= _WINDOW


def gather(conn: sa.Connection, claim: Claim, appearances: list[Appearance], office: Office, catalog: tuple[Outlet, ...]) -> list[Evidence]:
    """The bulletins' sentences that the claim's appearances were held against."""
    places = sorted({place for appearance in appearances for place in appearance.also if place.startswith(_PREFIX)})
    found: list[Evidence] = []
    for place in places:
        story_id, offset = place.removeprefix(_PREFIX).rsplit(":", 1)
        story = next(story_store.load_stories(conn, [story_id]), None)
        publisher = next((outlet for outlet in catalog if story is not None and outlet.name == story.outlet), None)
        if story is None or publisher is None:
            continue
        found.append(
            Evidence(
                claim_id=claim.id,
                url=story.canonical_url,
                publisher=publisher.name,
                publisher_kind=PublisherKind(publisher.kind.value),
                relation=EvidenceRelation.REFUTES,
                quote=_sentence_at(story, int(offset)),
                independent=is_independent(publisher, "", claim.text, office, catalog),
                published_at=story.published_at,
            )
        )
    return found


def _sentence_at(story: Story, offset: int) -> str:
    reading = Reading(story.title, story.text)
    return next((sentence.text for sentence in reading.sentences if sentence.offset == offset), reading.title_text)
