"""`kiemtin outlets check`: every feed and sitemap of an outlet and one page of each, with the crawl's manners; nothing is stored."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from crawlers.articles import Extraction
from crawlers.failures import REASONS_VI
from crawlers.feeds import Listing
from crawlers.order import Order, manners_of
from crawlers.process import running
from crawlers.work import Answer
from kiemtin.config import Config
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import Refusal, RefusalReason
from kiemtin.store.frontier import Entry, Role

# A listing may begin with a gallery or a video: so many of its pages are tried until one is an article.
MAX_TRIES = 3
_MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What one address gave. `items` for feeds and sitemaps; `title_found`, `text_length` (characters) and `date_found` for pages."""

    url: str
    role: str
    ok: bool
    reason: str = ""
    items: int = 0
    title_found: bool = False
    text_length: int = 0
    date_found: bool = False
    reviews: int = 0


@dataclass(frozen=True, slots=True)
class OutletCheck:
    """All findings of one outlet. `ok`: every feed and sitemap parses, and of what they list at least one page is an article."""

    outlet: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        listings = [finding for finding in self.findings if finding.role != Role.PAGE.value]
        pages = [finding for finding in self.findings if finding.role == Role.PAGE.value]
        return bool(listings) and all(finding.ok for finding in listings) and any(finding.ok for finding in pages)


def check_outlets(outlets: Sequence[Outlet], config: Config, loopback_ok: bool) -> Iterator[OutletCheck]:
    """Try each outlet; yields one result as soon as it is there. Raises CrawlError if the crawl process cannot run."""
    order = Order("check", "", tuple(outlets), manners_of(config, loopback_ok), 0, "", 0)
    with running(order, None) as events:
        for event in events:
            if event["event"] == "outlet":
                yield OutletCheck(event["outlet"], tuple(Finding(**finding) for finding in event["findings"]))


class CheckWork:
    """The same answers as a crawl's, looked at and let go."""

    def __init__(self, outlets: Sequence[Outlet], emit: Callable[[dict[str, Any]], None]) -> None:
        self._emit = emit
        self._waiting = {outlet.name: deque(_first_entries(outlet)) for outlet in outlets}
        self._open = {name: len(waiting) for name, waiting in self._waiting.items()}
        self._findings: dict[str, list[Finding]] = {outlet.name: [] for outlet in outlets}
        self._more: dict[str, deque[str]] = {}
        self._depth: dict[str, int] = {}
        self._tried: set[tuple[str, str]] = set()

    def fetch(self, outlet: str, limit: int) -> list[Entry]:
        waiting = self._waiting[outlet]
        return [waiting.popleft() for _ in range(min(limit, len(waiting)))]

    def listed(self, entry: Entry, listing: Listing, answer: Answer) -> None:
        finding = Finding(entry.url, entry.role.value, ok=True, items=len(listing.items) + len(listing.sitemaps))
        pages = deque(item.url for item in listing.items[: 10 * MAX_TRIES])
        depth = self._depth.get(entry.url, 0)
        if not pages and listing.sitemaps and depth < _MAX_DEPTH:
            self._depth[listing.sitemaps[0]] = depth + 1
            self._add(entry.outlet, listing.sitemaps[0], Role.SITEMAP)
        self._try_next(entry.outlet, deque(list(pages)[:MAX_TRIES]))
        self._close(entry, finding)

    def extracted(self, entry: Entry, extraction: Extraction, answer: Answer) -> None:
        story = extraction.story
        self._close(
            entry,
            Finding(
                entry.url,
                entry.role.value,
                ok=True,
                title_found=bool(story.title),
                text_length=len(story.text),
                date_found=story.published_at is not None,
                reviews=len(extraction.reviews),
            ),
        )

    def unchanged(self, entry: Entry, answer: Answer) -> None:
        self.refused(entry, Refusal(entry.url, entry.outlet, RefusalReason.HTTP_STATUS, "304"), answer)

    def refused(self, entry: Entry, refusal: Refusal, answer: Answer) -> None:
        detail = f" {refusal.detail}" if refusal.detail else ""
        if entry.role is Role.PAGE:
            self._try_next(entry.outlet, self._more.pop(entry.url, deque()))
        self._close(entry, Finding(entry.url, entry.role.value, ok=False, reason=REASONS_VI[refusal.reason] + detail))

    def _try_next(self, outlet: str, pages: deque[str]) -> None:
        while pages:
            url = pages.popleft()
            if (outlet, url) not in self._tried:
                self._more[url] = pages
                self._add(outlet, url, Role.PAGE)
                return

    def _add(self, outlet: str, url: str, role: Role) -> None:
        if (outlet, url) not in self._tried:
            self._tried.add((outlet, url))
            self._waiting[outlet].append(Entry(url, outlet, role))
            self._open[outlet] += 1

    def _close(self, entry: Entry, finding: Finding) -> None:
        self._findings[entry.outlet].append(replace(finding, reason=finding.reason[:300]))
        self._open[entry.outlet] -= 1
        if self._open[entry.outlet] == 0:
            self._emit({"event": "outlet", "outlet": entry.outlet, "findings": [asdict(one) for one in self._findings[entry.outlet]]})


def _first_entries(outlet: Outlet) -> list[Entry]:
    feeds = [Entry(url, outlet.name, Role.FEED) for url in outlet.feeds]
    return feeds + [Entry(url, outlet.name, Role.SITEMAP) for url in outlet.sitemaps]
