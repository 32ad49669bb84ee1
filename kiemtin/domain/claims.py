"""Claims, the published checks of them, and what connects a text with a claim."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.stories import content_id


def claim_id_of(review_id: str) -> str:
    """The id of the claim that this ClaimReview is a check of."""
    return content_id("claim", review_id)


@dataclass(frozen=True, slots=True)
class ClaimReview:
    """A published check of one claim.

    `rating_text` is the rating as published. `derived` marks a check without review markup: a published story that
    reports the claim to be false; `quote` is then its denying passage and `attributed_to` who denies.
    `theme` is None where the theme is uncertain: such a check answers `check` and opens no alert.
    `wordings`: the same claim as the check's headline or lead words it; they help to find repeats and are never shown.
    """

    claim_reviewed: str
    rating: Rating
    rating_text: str
    review_url: str
    reviewed_by: str
    publisher_kind: PublisherKind
    language: str
    quote: str = ""
    published_at: datetime | None = None
    derived: bool = False
    attributed_to: str = ""
    theme: Theme | None = None
    wordings: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return content_id("review", self.review_url, self.claim_reviewed)

    @property
    def rating_words(self) -> str:
        """The rating as a person reads it: the publisher's own words, or ours where it gave only a number."""
        return self.rating_text if any(char.isalpha() for char in self.rating_text) else self.rating.alternate_name

    @property
    def claim_id(self) -> str:
        """One claim for one ClaimReview."""
        return claim_id_of(self.id)


class Relation(StrEnum):
    SAME = "same"
    OPPOSITE = "opposite"
    RELATED = "related"


@dataclass(frozen=True, slots=True)
class Reason:
    """One visible part of a decision: what was looked at, its value, its weight, and a sentence for people."""

    name: str
    value: float
    weight: float
    text: str


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """How one passage stands to one ClaimReview. `linked`: sure enough to act on; otherwise only suggested."""

    review_id: str
    relation: Relation
    linked: bool
    score: float
    quote: str
    offset: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable factual statement within a theme. `review_id` is set where a published check made it known."""

    id: str
    text: str
    theme: Theme | None
    kind: ClaimKind | None = None
    review_id: str | None = None


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where a claim stands in a published story: its exact words and their offset in the story's text (-1: the title).

    `also`: ids of other checks of the same claim that the same story matches.
    """

    claim_id: str
    story_id: str
    quote: str
    offset: int
    score: float
    linked: bool
    reasons: tuple[Reason, ...] = ()
    also: tuple[str, ...] = ()


class EvidenceRelation(StrEnum):
    REFUTES = "refutes"
    SUPPORTS = "supports"
    NOT_ENOUGH_INFO = "not_enough_info"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A published passage that bears on a claim, with the words that decide.

    `speaker` is whom the passage attributes its statement to, if to anyone: it then counts as the speaker's.
    """

    claim_id: str
    url: str
    publisher: str
    publisher_kind: PublisherKind
    relation: EvidenceRelation
    quote: str
    independent: bool
    rating: Rating | None = None
    speaker: str = ""
    published_at: datetime | None = None

    @property
    def id(self) -> str:
        """Changes with all that a reviewer weighed: where it stands, what it says, and to what effect."""
        return content_id("evidence", self.claim_id, self.url, self.quote, self.relation.value)
