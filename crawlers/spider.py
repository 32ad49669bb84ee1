"""outlets | fetch feeds and sitemaps | fetch pages | extract | save: the spider is the middle of it, between the lanes and the work."""

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawlers.articles import Extraction, extract_page
from crawlers.failures import reason_of
from crawlers.feeds import Listing, ListingError, parse_feed
from crawlers.guard import Guard
from crawlers.lanes import Lanes
from crawlers.order import Manners
from crawlers.sitemaps import parse_sitemap
from crawlers.territory import territory_of
from crawlers.urls import canonicalize
from crawlers.work import Answer, Work
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import Page, Refusal, RefusalReason
from kiemtin.errors import DataDirError
from kiemtin.store.frontier import Entry, Role, Validators

# Reading one body may not hold up every other host: an honest page takes a fraction of a second.
MAX_READING_SECONDS = 20.0
Reading = Listing | Extraction | Refusal


class NewsSpider(Spider):
    """Asks for what the lanes deal out; every answer or failure ends in exactly one call of the work, then frees its lane."""

    name = "kiemtin"

    def __init__(
        self,
        work: Work,
        outlets: tuple[Outlet, ...],
        manners: Manners,
        guard: Guard,
        on_done: Callable[[], None],
        abort: Callable[[BaseException], None],
    ) -> None:
        super().__init__()
        self.work = work
        self.manners = manners
        self.guard = guard
        self.territory = territory_of(outlets)
        self.requests = 0
        self.lanes = Lanes([outlet.name for outlet in outlets], work.fetch)
        self._languages = {outlet.name: outlet.language for outlet in outlets}
        self._on_done = on_done
        self._abort = abort

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the scheduler deals out the frontier."""
        return
        yield

    def request_for(self, entry: Entry) -> Request:
        """The request for one entry, conditional where an earlier answer gave the means."""
        headers = {"If-None-Match": entry.etag, "If-Modified-Since": entry.last_modified}
        sent = {name: value for name, value in headers.items() if value}
        return Request(entry.url, headers=sent, callback=self.answered, errback=self.failed, meta={"entry": entry}, dont_filter=True)

    def answered(self, response: Response) -> None:
        assert response.request is not None
        entry: Entry = response.meta["entry"]
        answer = Answer(response.url, datetime.now(UTC), _validators(response), response.meta.get("attempts", 1))
        self._settle(entry, answer, lambda: self._take_in(entry, response, answer))

    def failed(self, failure: TwistedFailure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: Entry = request.meta["entry"]
        assert failure.value is not None  # a failure of a request always carries its exception
        reason, detail = reason_of(failure.value, self.guard.refused(urlsplit(request.url).hostname or ""))
        answer = Answer(request.url, datetime.now(UTC), attempts=request.meta.get("attempts", 1))
        self._settle(entry, answer, lambda: self.work.refused(entry, Refusal(entry.url, entry.outlet, reason, detail), answer))

    def _settle(self, entry: Entry, answer: Answer, act: Callable[[], None]) -> None:
        """Do it and free the lane. What one page's content breaks is that page's; a store that cannot be written ends the crawl."""
        try:
            try:
                act()
            except (DataDirError, sa.exc.SQLAlchemyError, OSError, MemoryError):
                raise
            except Exception as error:  # hostile content must not stop the crawl, now or at every later run
                self.work.refused(entry, Refusal(entry.url, entry.outlet, RefusalReason.PARSER_FAILED, type(error).__name__), answer)
            self.lanes.release(entry)
            self._on_done()
        except BaseException as error:
            self._abort(error)

    def _take_in(self, entry: Entry, response: Response, answer: Answer) -> None:
        if response.status == HTTPStatus.NOT_MODIFIED and (entry.etag or entry.last_modified):
            self.work.unchanged(entry, answer)
            return
        reading = refusal_by_header(entry, response) or self._read(entry, response, answer.at)
        if isinstance(reading, Refusal):
            self.work.refused(entry, reading, answer)
        elif isinstance(reading, Listing):
            self.work.listed(entry, reading, answer)
            self.lanes.look_again()
        else:
            self.work.extracted(entry, reading, answer)

    def _read(self, entry: Entry, response: Response, now: datetime) -> Reading:
        try:
            with time_limit(MAX_READING_SECONDS):
                return read_body(entry, response, now, self._languages[entry.outlet])
        except _TookTooLongError:
            return Refusal(entry.url, entry.outlet, RefusalReason.PARSER_FAILED, "đọc quá lâu")


def read_body(entry: Entry, response: Response, now: datetime, language: str) -> Reading:
    """Bytes to what they list or tell; a refusal where they are neither."""
    if entry.role is Role.PAGE:
        return extract_page(_page(entry, response, now), now, language)
    read = parse_feed(response.body, response.url, now) if entry.role is Role.FEED else parse_sitemap(response.body, response.url)
    return Refusal(entry.url, entry.outlet, read.reason, read.detail) if isinstance(read, ListingError) else read


def refusal_by_header(entry: Entry, response: Response) -> Refusal | None:
    """The refusal that status and headers alone call for."""
    if response.status != HTTPStatus.OK:
        return Refusal(entry.url, entry.outlet, RefusalReason.HTTP_STATUS, str(response.status))
    if response.headers.get(b"Content-Encoding"):
        return Refusal(entry.url, entry.outlet, RefusalReason.MALFORMED, "kiểu nén lạ")
    return None


class _TookTooLongError(BaseException):
    """Not an Exception: parsers swallow those."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop the block after so long (wall clock), as soon as Python code runs again. Main thread only."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _TookTooLongError

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _page(entry: Entry, response: Response, now: datetime) -> Page:
    content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")[:200]
    return Page(canonicalize(response.url), entry.outlet, response.body, content_type, now, entry.listed_title or None, entry.listed_date)


def _validators(response: Response) -> Validators:
    etag, modified = (response.headers.get(name) or b"" for name in (b"ETag", b"Last-Modified"))
    return Validators(etag.decode("latin-1"), modified.decode("latin-1"))
