"""What is known about a text, made ready to show: matching checks, and the office's own correction where there is one."""

from dataclasses import dataclass

from kiemtin.desk.context import Desk
from kiemtin.domain.claims import ClaimMatch, ClaimReview, Evidence
from kiemtin.domain.reviews import Correction
from kiemtin.pipeline.checks import Checked
from kiemtin.store import corrections as correction_store


@dataclass(frozen=True, slots=True)
class Found:
    """One published check, and the office's correction of the same claim, if any."""

    match: ClaimMatch
    review: ClaimReview
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class Answer:
    """`sure`: at least one check covers the text for certain."""

    checked: Checked
    found: tuple[Found, ...]
    evidence: tuple[Evidence, ...]

    @property
    def sure(self) -> bool:
        return any(one.match.linked for one in self.found)


def answer_of(desk: Desk, checked: Checked) -> Answer:
    with desk.workspace.records.begin() as conn:
        found = tuple(Found(match, review, correction_store.of_claim(conn, review.claim_id)) for match, review in checked.matches)
    return Answer(checked, found, checked.evidence)
