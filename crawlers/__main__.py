"""The crawl process: `python -m crawlers`, its order on standard input, its events on standard output, one JSON document a line.

Started by `crawlers.process` only. It ends at once when its parent does: standard input then reaches its end, and on Linux
the kernel kills it. Everything it keeps is written in whole transactions, so that this is safe at any moment.
"""

import asyncio
import ctypes
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from scrapy.utils.reactor import install_reactor

from crawlers.check import CheckWork
from crawlers.guard import Guard, GuardedResolver
from crawlers.order import Order, order_from_json
from crawlers.settings import scrapy_settings
from crawlers.work import StoreWork, Work, load_save
from kiemtin.errors import DataDirError
from kiemtin.store.records import open_records

_PR_SET_PDEATHSIG = 1
_PROGRESS_SECONDS = 0.5


class Events:
    """Writes events where the parent listens; nothing else may write there."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def emit(self, event: dict[str, Any]) -> None:
        try:
            self._out.write(json.dumps(event) + "\n")
            self._out.flush()
        except BrokenPipeError:
            os._exit(1)

    def abort(self, error: BaseException) -> NoReturn:
        """Say why and end at once: the transaction under way is rolled back, the rest is in the frontier."""
        known = isinstance(error, DataDirError)
        self.emit({"event": "failed", "kind": "data" if known else "crash", "message": str(error) if known else _where(error)})
        os._exit(1)


def main() -> None:
    events = Events()
    # Scrapy and the parsers may put words of a page into their messages; what matters is in the events.
    logging.disable(logging.CRITICAL)
    order = order_from_json(sys.stdin.buffer.readline().decode())
    _die_with_parent(order.parent)
    try:
        if order.task == "check":
            _crawl(order, CheckWork(order.outlets, events.emit), lambda _requests: None, events)
        else:
            _crawl_into_records(order, events)
    except Exception as error:
        events.abort(error)
    # Not through the interpreter's end: threads that still wait for a name server would hold it up.
    os._exit(0)


def _crawl_into_records(order: Order, events: Events) -> None:
    started = time.monotonic()
    records = open_records(Path(order.data_dir))
    work = StoreWork(records, order.outlets, load_save(order.save), order.pages_per_outlet)
    work.start(datetime.now(UTC), order.revisit_hours)
    requests = _crawl(order, work, _reporter(work, events), events)
    left = work.finish(datetime.now(UTC))
    report = work.tally.report(requests, time.monotonic() - started, work.resumed, left)
    records.close()
    events.emit({"event": "report", "report": asdict(report)})


def _reporter(work: StoreWork, events: Events) -> Callable[[int], None]:
    last = 0.0

    def report(requests: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _PROGRESS_SECONDS:
            counts = work.tally.counts
            stories = counts["new"] + counts["changed"] + counts["same"] + counts["not_modified"]
            events.emit({"event": "progress", "requests": requests, "stories": stories, "waiting": work.waiting()})
            last = time.monotonic()

    return report


def _crawl(order: Order, work: Work, on_done: Callable[[int], None], events: Events) -> int:
    """Run one spider to its end; returns how many requests went out."""
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    # Imported late: they must not install another reactor first.
    from scrapy.crawler import AsyncCrawlerRunner
    from twisted.internet import reactor as installed

    from crawlers.spider import NewsSpider

    reactor: Any = installed
    guard = Guard(order.manners.loopback_ok)
    reactor.installNameResolver(GuardedResolver(reactor.nameResolver, guard))
    runner = AsyncCrawlerRunner(scrapy_settings(order.manners))
    crawler = runner.create_crawler(NewsSpider)

    async def crawl() -> None:
        try:
            await runner.crawl(
                crawler,
                work=work,
                outlets=order.outlets,
                manners=order.manners,
                guard=guard,
                on_done=lambda: on_done(_requests(crawler)),
                abort=events.abort,
            )
        except BaseException as error:
            events.abort(error)
        reactor.stop()

    reactor.callWhenRunning(lambda: tasks.append(asyncio.ensure_future(crawl())))
    tasks: list[asyncio.Future[None]] = []
    reactor.run(installSignalHandlers=False)
    return _requests(crawler)


def _requests(crawler: Any) -> int:
    count: int = crawler.spider.requests
    return count


def _die_with_parent(parent: int) -> None:
    # Ctrl-C reaches the whole group: the parent decides, by closing our standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=_exit_at_end_of_input, daemon=True).start()


def _exit_at_end_of_input() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


def _where(error: BaseException) -> str:
    """Kind and place of an error; its message is left out, since it may hold words of a page."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


if __name__ == "__main__":
    main()
