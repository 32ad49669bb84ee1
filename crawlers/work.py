"""What becomes of an answer: the frontier row and all that the answer brought are written in one transaction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pkgutil import resolve_name
from typing import Any, Protocol

import sqlalchemy as sa

from crawlers.articles import Extraction
from crawlers.failures import line_vi
from crawlers.feeds import Listing
from crawlers.order import CrawlReport, Failure
from crawlers.reviews import to_claim_review
from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import Refusal, RefusalReason, Story
from kiemtin.store import frontier
from kiemtin.store.frontier import Entry, Role, State, Validators
from kiemtin.store.records import Records

# A broken site must not flood the report; the counts hold them all.
MAX_FAILURES_PER_OUTLET = 20
_GONE = ("404", "410")
# Refusals that are no fault of anybody: counted, not listed as failures.
_USUAL = (RefusalReason.NOT_ARTICLE, RefusalReason.ROBOTS)


class Saved(Protocol):
    """What saving a story did: `kind` is "new", "changed" or "same"."""

    @property
    def kind(self) -> str: ...


SaveStory = Callable[[sa.Connection, Outlet, Story, Sequence[ClaimReview], datetime], Saved]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered request: the address it came from in the end, when, and after how many attempts."""

    url: str
    at: datetime
    validators: Validators = field(default_factory=Validators)
    attempts: int = 1


class Work(Protocol):
    """Where entries come from and where what they brought goes. Each method below `fetch` deals with one entry for good."""

    def fetch(self, outlet: str, limit: int) -> list[Entry]: ...
    def listed(self, entry: Entry, listing: Listing, answer: Answer) -> None: ...
    def extracted(self, entry: Entry, extraction: Extraction, answer: Answer) -> None: ...
    def unchanged(self, entry: Entry, answer: Answer) -> None: ...
    def refused(self, entry: Entry, refusal: Refusal, answer: Answer) -> None: ...


@dataclass(slots=True)
class Tally:
    """Counts of one crawl, and its failures in words."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[Failure]] = field(default_factory=dict)

    def refuse(self, entry: Entry, refusal: Refusal) -> None:
        self.refusals[refusal.reason.value] += 1
        if refusal.reason in _USUAL and entry.role is Role.PAGE:
            return
        line = line_vi(entry.outlet, refusal.reason, refusal.detail, entry.url)
        known = self.failures.setdefault(entry.outlet, [])
        # A feed that fails matters more than any page: it is always said.
        if entry.role is not Role.PAGE or len(known) < MAX_FAILURES_PER_OUTLET:
            known.append(Failure(entry.outlet, entry.url, refusal.reason.value, line))

    def report(self, requests: int, seconds: float, resumed: bool, left: Mapping[str, int]) -> CrawlReport:
        counted = {name: self.counts[name] for name in ("not_modified", "new", "changed", "same", "reviews", "gone")}
        failures = tuple(failure for known in self.failures.values() for failure in known)
        return CrawlReport(
            requests=requests,
            duration_seconds=round(seconds, 3),
            resumed=resumed,
            refusals=dict(self.refusals),
            failures=failures,
            left=dict(left),
            **counted,
        )


class StoreWork:
    """The crawl proper, on Records. Its methods raise DataDirError where the store cannot be written."""

    def __init__(self, records: Records, outlets: Sequence[Outlet], save: SaveStory, pages_per_outlet: int) -> None:
        self.tally = Tally()
        self.resumed = False
        self._records = records
        self._outlets = {outlet.name: outlet for outlet in outlets}
        self._save = save
        self._share = pages_per_outlet
        self._asked: Counter[str] = Counter()

    def start(self, now: datetime, revisit_hours: int) -> None:
        """Begin or go on with a pass."""
        with self._records.begin() as conn:
            begun = frontier.start_pass(conn, tuple(self._outlets.values()), now, revisit_hours)
            self._asked.update(frontier.pages_asked_since(conn, begun.started_at))
        self.resumed = begun.resumed

    def finish(self, now: datetime) -> dict[str, int]:
        """Note the crawl's end; returns the pages per outlet that wait for the next pass."""
        with self._records.begin() as conn:
            frontier.crawl_finished(conn, now)
            return frontier.pending_per_outlet(conn)

    def waiting(self) -> int:
        with self._records.begin() as conn:
            return frontier.counts(conn)[State.PENDING]

    def fetch(self, outlet: str, limit: int) -> list[Entry]:
        room = self._share - self._asked[outlet]
        with self._records.begin() as conn:
            entries = frontier.next_batch(conn, outlet, limit, pages=room > 0)
        pages = [entry for entry in entries if entry.role is Role.PAGE]
        kept = pages[: max(0, room)]
        self._asked[outlet] += len(kept)
        return [entry for entry in entries if entry.role is not Role.PAGE] + kept

    def listed(self, entry: Entry, listing: Listing, answer: Answer) -> None:
        with self._records.begin() as conn:
            frontier.add_listed(conn, entry.outlet, listing.items, answer.at)
            frontier.add_sitemaps(conn, entry.outlet, listing.sitemaps, answer.at)
            frontier.mark_done(conn, entry.url, answer.at, answer.validators, answer.attempts)

    def extracted(self, entry: Entry, extraction: Extraction, answer: Answer) -> None:
        outlet, story = self._outlets[entry.outlet], extraction.story
        reviews = [to_claim_review(review, outlet, answer.url, story.language) for review in extraction.reviews]
        with self._records.begin() as conn:
            saved = self._save(conn, outlet, story, reviews, answer.at)
            frontier.mark_done(conn, entry.url, answer.at, answer.validators, answer.attempts)
        self.tally.counts[saved.kind] += 1
        self.tally.counts["reviews"] += len(reviews)

    def unchanged(self, entry: Entry, answer: Answer) -> None:
        with self._records.begin() as conn:
            frontier.mark_done(conn, entry.url, answer.at, None, answer.attempts)
        self.tally.counts["not_modified"] += 1

    def refused(self, entry: Entry, refusal: Refusal, answer: Answer) -> None:
        gone = refusal.reason is RefusalReason.HTTP_STATUS and refusal.detail in _GONE
        with self._records.begin() as conn:
            if gone:
                frontier.mark_gone(conn, entry.url, refusal.detail, answer.at, answer.attempts)
            else:
                frontier.mark_quarantined(conn, entry.url, refusal.reason, refusal.detail, answer.at, answer.attempts)
        if gone and entry.role is Role.PAGE:
            self.tally.counts["gone"] += 1
        else:
            self.tally.refuse(entry, refusal)


def load_save(name: str) -> SaveStory:
    """The function that keeps a story, by its name "module:function"."""
    function: Any = resolve_name(name)
    return function  # type: ignore[no-any-return]
