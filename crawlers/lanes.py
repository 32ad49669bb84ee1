"""The order of a crawl: one lane a host, one request at a time in each, feeds before sitemaps before pages.

The queue itself is the frontier in Records; only a handful of addresses an outlet are held here, so that a kill loses nothing.
"""

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from crawlers.urls import host_of
from kiemtin.store.frontier import Entry, Role

_BATCH = 100
_RANK = {Role.FEED: 0, Role.SITEMAP: 1, Role.PAGE: 2}
Fetch = Callable[[str, int], list[Entry]]


class Lanes:
    """Deals out entries: `take` gives the next one of an idle host, `release` says that it has been dealt with."""

    def __init__(self, outlets: Sequence[str], fetch: Fetch) -> None:
        self._fetch = fetch
        self._rank = {name: number for number, name in enumerate(outlets)}
        self._lanes: dict[str, list[tuple[int, int, int, Entry]]] = {}
        self._ready: deque[str] = deque()
        self._busy: set[str] = set()
        self._open: dict[str, set[str]] = {name: set() for name in outlets}
        self._dry: set[str] = set()
        self._serial = 0

    def take(self) -> Entry | None:
        """The next entry, or None while every host that has any is busy."""
        self._refill()
        if not self._ready:
            return None
        host = self._ready.popleft()
        self._busy.add(host)
        return heapq.heappop(self._lanes[host])[3]

    def has_more(self) -> bool:
        """Whether entries wait here or may wait in the frontier."""
        self._refill()
        return any(self._lanes.values())

    def release(self, entry: Entry) -> None:
        """The entry has been dealt with and is written down: its host is idle again."""
        host = _host(entry)
        self._open[entry.outlet].discard(entry.url)
        self._busy.discard(host)
        if self._lanes.get(host):
            self._ready.append(host)
        else:
            self._lanes.pop(host, None)

    def look_again(self) -> None:
        """A listing has made addresses pending: its own outlet's, and perhaps ones that another outlet's feed had listed first."""
        self._dry.clear()

    def _refill(self) -> None:
        for name, held in self._open.items():
            if not held and name not in self._dry:
                entries = self._fetch(name, _BATCH)
                if not entries:
                    self._dry.add(name)
                for entry in entries:
                    held.add(entry.url)
                    self._push(entry)

    def _push(self, entry: Entry) -> None:
        host = _host(entry)
        lane = self._lanes.setdefault(host, [])
        if not lane and host not in self._busy:
            self._ready.append(host)
        self._serial += 1
        heapq.heappush(lane, (_RANK[entry.role], self._rank[entry.outlet], self._serial, entry))


class LaneScheduler(BaseScheduler):
    """Scrapy's view of the lanes. Redirect hops and retries come back here and go out first: their host's lane still waits for them."""

    def __init__(self) -> None:
        self._again: deque[Request] = deque()
        self._spider: Any = None

    def open(self, spider: Any) -> None:
        self._spider = spider

    def has_pending_requests(self) -> bool:
        return bool(self._again) or self._spider.lanes.has_more()

    def enqueue_request(self, request: Request) -> bool:
        self._again.append(request)
        return True

    def next_request(self) -> Request | None:
        if self._again:
            return self._again.popleft()
        entry = self._spider.lanes.take()
        return None if entry is None else self._spider.request_for(entry)


def _host(entry: Entry) -> str:
    try:
        return host_of(entry.url)
    except ValueError:
        return ""
