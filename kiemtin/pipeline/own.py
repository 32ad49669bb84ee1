"""The office's own corrections as checks to be found: those of claims that no published check has made known (tips, bulletins)."""

from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Correction
from kiemtin.domain.scope import Theme
from kiemtin.pipeline.indexing import to_candidate
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import corrections as correction_store
from nlp.match import Candidate

_Own = dict[str, tuple[Candidate, ClaimReview]]


class OwnCorrections:
    """Few, and changing at any moment: read again with every question, prepared once a version."""

    def __init__(self, workspace: Workspace) -> None:
        self._records = workspace.records
        self._office = workspace.config.office_name
        self._ready: _Own = {}

    def current(self) -> _Own:
        """Under correction and revision: what to compare with, and the check that is shown."""
        with self._records.begin() as conn:
            found = {f"{one.id}-{one.revision}": one for one in correction_store.without_check(conn)}
        self._ready = {key: self._ready.get(key) or self._prepare(one) for key, one in found.items()}
        return self._ready

    def _prepare(self, correction: Correction) -> tuple[Candidate, ClaimReview]:
        """Shown under the office's name, never independent: its own word is no evidence for anything (LIMITS 5)."""
        body = correction.body
        rating = Rating.from_code(body["rating"])
        theme = Theme(correction.theme) if correction.theme else None
        review = ClaimReview(
            body["statement"], rating, rating.alternate_name, body["url"], self._office, PublisherKind.UNLISTED, "vi", body["reason"],
            correction.published_at, theme=theme,
        )  # fmt: skip
        return to_candidate(review), review
