"""Polite crawling of organisations (LIMITS 8) as Scrapy middlewares: every hop of every request passes all of them."""

import asyncio
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import ip_address
from time import monotonic, time
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.failures import Refused, may_pass, reason_of
from crawlers.guard import is_loopback_name
from crawlers.order import Manners
from crawlers.refused_hosts import is_refused, plain_host
from crawlers.settings import MAX_ATTEMPTS, ROBOTS_NAME
from crawlers.territory import organisation_at
from crawlers.urls import canonicalize, host_of
from kiemtin.domain.stories import RefusalReason

# A host that asks for more patience than this is left alone until the next pass.
MAX_RETRY_AFTER_SECONDS = 60.0
MAX_ROBOTS_DELAY_SECONDS = 60.0
RETRY_STATUSES = frozenset((408, 429, 500, 502, 503, 504, 522, 524))
_DISALLOW_ALL = b"User-agent: *\nDisallow: /"


class TimedHandler(HTTP11DownloadHandler):
    """Counts the requests that really go out, and the seconds that a page has cost with all its redirects."""

    async def download_request(self, request: Request) -> Response:
        started = monotonic()
        self._crawler.spider.requests += 1  # type: ignore[union-attr]
        try:
            return await super().download_request(request)
        finally:
            request.meta["spent"] = request.meta.get("spent", 0.0) + monotonic() - started


class Doorman:
    """Looks at each address before anything is sent: scheme, host, pace, and the time left for the page."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._manners: Manners = crawler.spider.manners

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Doorman":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        try:
            host = host_of(request.url)
        except ValueError as error:
            raise Refused(RefusalReason.BAD_ADDRESS) from error
        name = urlsplit(request.url).hostname or ""
        if is_refused(plain_host(name)):
            raise Refused(RefusalReason.BAD_ADDRESS, "mạng xã hội hoặc nơi viết cá nhân")
        if organisation_at(request.url) not in self._crawler.spider.territory and not self._guarded(name):
            raise Refused(RefusalReason.BAD_ADDRESS, "ngoài danh mục nguồn")
        left = self._manners.timeout_seconds - request.meta.get("spent", 0.0)
        if left <= 0:
            raise Refused(RefusalReason.TOO_SLOW)
        request.meta["download_timeout"] = left
        request.meta["download_slot"] = host
        self._crawler.engine.downloader.per_slot_settings.setdefault(host, slot_settings(host, self._manners, None))

    def _guarded(self, name: str) -> bool:
        """An address that the guard refuses at connect time, and says so more exactly."""
        try:
            return not self._crawler.spider.guard.allows(ip_address(name))
        except ValueError:
            return False

    def process_response(self, request: Request, response: Response) -> Response:
        # The resolver has already refused such addresses; this holds it to the peer that really answered.
        if response.ip_address is not None and not self._crawler.spider.guard.allows(response.ip_address):
            raise Refused(RefusalReason.PRIVATE_ADDRESS)
        return response


class Robots(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 reads: 4xx allows, 5xx and silence forbid. A `Crawl-delay` lengthens the host's pause."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._silent: dict[str, Refused] = {}

    def process_request_2(self, rp: Any, request: Request) -> None:
        silent = self._silent.get(urlsplit(request.url).netloc)
        if silent is not None:
            raise Refused(silent.reason, silent.detail)
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise Refused(RefusalReason.ROBOTS) from error

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if _says_later(response.status):
            self._silent[netloc] = Refused(RefusalReason.UNREACHABLE, f"robots.txt: {response.status}")
        await super()._parse_robots(response.replace(body=robots_meaning(response.status, response.body)), netloc, request)
        self._slow_down(netloc, request.url)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        host = urlsplit(f"//{netloc}").hostname or ""
        reason, detail = reason_of(exc, self.crawler.spider.guard.refused(host))  # type: ignore[union-attr]
        self._silent[netloc] = Refused(reason, f"robots.txt: {detail}" if detail else "")
        super()._robots_error(IgnoreRequest(), netloc)

    def _slow_down(self, netloc: str, url: str) -> None:
        parser: Any = self._parsers[netloc]
        crawler: Any = self.crawler
        downloader = crawler.engine.downloader
        host = host_of(url)
        settings = slot_settings(host, crawler.spider.manners, parser.crawl_delay(ROBOTS_NAME))
        downloader.per_slot_settings[host] = settings
        if host in downloader.slots:
            downloader.slots[host].delay = settings["delay"]


class Redirect(RedirectMiddleware):
    """At most five hops, http(s) only, never from https down to http, and no word about where we came from."""

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Request | Response:
        try:
            result: Request | Response = super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refused(RefusalReason.TOO_MANY_REDIRECTS) from error
        except ValueError as error:
            raise Refused(RefusalReason.BAD_ADDRESS, "chuyển hướng") from error
        if isinstance(result, Request):
            check_hop(request.url, result.url)
        elif response.status in (301, 302, 303, 307, 308):
            raise Refused(RefusalReason.BAD_ADDRESS, "chuyển hướng")
        return result


class Retry:
    """Asks again after a pause, three times in all, where that may help. `Retry-After` is heeded up to a minute."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Retry":
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in RETRY_STATUSES:
            return response
        asked = retry_after(response.headers.get(b"Retry-After"), time())
        return await self._again(request, asked) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        refused = self._crawler.spider.guard.refused(urlsplit(request.url).hostname or "")
        return await self._again(request, None) if may_pass(exception, refused) and not isinstance(exception, Refused) else None

    async def _again(self, request: Request, asked: float | None) -> Request | None:
        attempts = request.meta.get("attempts", 1)
        pause = retry_pause(attempts, asked, self._at_home(request))
        if pause is None:
            return None
        await asyncio.sleep(pause)
        return request.replace(meta={**request.meta, "attempts": attempts + 1, "spent": 0.0})

    def _at_home(self, request: Request) -> bool:
        manners: Manners = self._crawler.spider.manners
        return manners.loopback_ok and is_loopback_name(urlsplit(request.url).netloc)


def slot_settings(host: str, manners: Manners, robots_delay: float | None) -> dict[str, Any]:
    """Connections and pause of one host: the configured pause or the longer one that its robots.txt asks for, up to a minute."""
    if manners.loopback_ok and is_loopback_name(host):
        return {"concurrency": 1, "delay": 0.0, "jitter": 0.0}
    asked = min(robots_delay or 0.0, MAX_ROBOTS_DELAY_SECONDS)
    return {"concurrency": 1, "delay": max(manners.delay_seconds, asked), "jitter": 0.0}


def robots_meaning(status: int, body: bytes) -> bytes:
    """The rules that an answer to /robots.txt stands for (RFC 9309, 2.3.1)."""
    if _says_later(status):
        return _DISALLOW_ALL
    return body if status == HTTPStatus.OK else b""


def _says_later(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def check_hop(old: str, new: str) -> None:
    """Raises Refused for a redirect that leaves TLS or leads to no address."""
    try:
        canonicalize(new)
    except ValueError as error:
        raise Refused(RefusalReason.BAD_ADDRESS, "chuyển hướng") from error
    if urlsplit(old).scheme == "https" and urlsplit(new).scheme == "http":
        raise Refused(RefusalReason.BAD_ADDRESS, "chuyển hướng từ https xuống http")


def retry_after(header: bytes | None, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks for (a number or a date, against the Unix time `now`); None where it says nothing."""
    if header is None:
        return None
    text = header.decode("latin-1").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment: float = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return moment - now if moment > now else 0.0


def retry_pause(attempts: int, asked: float | None, at_home: bool) -> float | None:
    """Seconds to wait before asking again, or None to give up: after three attempts, or where more than a minute was asked for."""
    if attempts >= MAX_ATTEMPTS or (asked or 0.0) > MAX_RETRY_AFTER_SECONDS:
        return None
    backoff = (0.05 if at_home else 2.0) * 2.0**attempts
    return max(backoff, asked or 0.0)
