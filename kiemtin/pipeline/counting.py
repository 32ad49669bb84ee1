"""Counting what is said again in public posts: which claims may be counted, and numbers from memory into Records. No post comes in here (LIMITS 2).

Records: public claims → watch | kiemtin.counting: posts → numbers in memory | flush: ten and more → Records
"""

import resource
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO

import sqlalchemy as sa

from crawlers.posts.bluesky import BlueskyStream
from crawlers.posts.lines import LineReader
from crawlers.posts.mastodon import MastodonTimeline
from crawlers.posts.source import Source
from kiemtin.counting.pump import PumpError, Watch, count_all, threads
from kiemtin.counting.tally import Tally
from kiemtin.domain.coverage import day_of
from kiemtin.domain.repeats import shown
from kiemtin.errors import InputError
from kiemtin.pipeline.cases import decide_now
from kiemtin.pipeline.counts import by_claim
from kiemtin.pipeline.passes import forget_counts
from kiemtin.pipeline.workspace import Workspace, utc_now
from kiemtin.store import queue as queue_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store.repeats import PublicClaim
from nlp.repeats.board import Board

LEAST_POSTS = 1_000
FLUSH_SECONDS = 60.0  # the most that a restart loses of a stream
_YESTERDAY, _WEIGHED = timedelta(days=1), timedelta(days=30)  # what is older has long been weighed down again


def watch_public(conn: sa.Connection) -> Watch:
    """The claims that may be counted, taken apart: about 0.7 ms each."""
    return _watch(repeat_store.public_claims(conn))


def _watch(claims: Mapping[str, PublicClaim]) -> Watch:
    return Watch(Board([claim.text for claim in claims.values()]), tuple(claims))


def no_core_dumps() -> None:
    """A process that holds posts leaves no image of its memory behind when it dies."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@dataclass(frozen=True, slots=True)
class CountReport:
    """What one file or one standard input gave. `matched`: posts counted as repeats, "<10" below ten."""

    read: int
    matched: int | str
    seconds: float
    unreadable: int


def count_lines(workspace: Workspace, stream: BinaryIO, endless: bool) -> CountReport:
    """Count the posts of JSON Lines. `endless`: numbers are stored as they come; else all at the end, so that a file that breaks counts for nothing.

    Raises InputError for fewer than 1,000 posts, and where reading or comparing fails: then nothing of a file is counted.
    """
    no_core_dumps()
    began = time.monotonic()
    with workspace.records.begin() as conn:
        watch = watch_public(conn)
    tally, lines, flushed = Tally(live=False), LineReader(stream), [began]

    def now_and_then(read: int) -> None:
        if endless and read >= LEAST_POSTS and time.monotonic() - flushed[0] >= FLUSH_SECONDS:
            flush(workspace, tally)
            flushed[0] = time.monotonic()

    try:
        read = count_all(lines, watch, tally, now_and_then)
    except PumpError as error:
        raise InputError(f"việc đếm đã dừng ({error}); {'phần đã ghi được giữ lại' if endless else 'không có gì được đếm'}") from None
    if read < LEAST_POSTS:
        raise InputError(f"cần ít nhất 1.000 bài đăng để đếm, ở đây có {read}: ít hơn thì con số có thể chỉ vào một người")
    flush(workspace, tally)
    weigh_anew(workspace, utc_now())
    return CountReport(read, shown(tally.repeats), round(time.monotonic() - began, 3), lines.unreadable)


def flush(workspace: Workspace, tally: Tally, known: bool = False) -> None:
    """Hand ready numbers over to Records. `known`: a number that is there already may grow by less than ten (the same day's stream after a restart).

    What was certainly not written is counted later; what may have been written is not counted again.
    """
    with workspace.records.begin() as conn:
        there = repeat_store.published(conn, day_of(utc_now() - _YESTERDAY)) if known else ()
    taken, written = tally.take(there), False
    if not taken:
        return
    try:
        with workspace.records.change() as conn:
            watched = repeat_store.public_claims(conn).keys()
            repeat_store.add(conn, {cell: count for cell, count in taken.items() if cell.claim_id in watched})
            written = True
    except Exception:
        if not written:
            tally.give_back(taken)
        raise


class Counting:
    """The streams of one running desk: a thread each; numbers in memory; `tend` by the clock."""

    def __init__(self, workspace: Workspace, loopback_ok: bool = False) -> None:
        self._workspace = workspace
        self._tally = Tally(live=True)
        self._claims: dict[str, PublicClaim] = {}
        self._watch = _watch({})
        self._over = threading.Event()
        self.troubles: dict[str, str] = {}
        self._threads = threads(_sources(workspace, loopback_ok), lambda: self._watch, self._tally, self._over, self.troubles)
        self._weighed_on: date | None = None

    @property
    def is_on(self) -> bool:
        return bool(self._threads)

    def start(self) -> None:
        no_core_dumps()
        self.tend()
        for thread in self._threads.values():
            thread.start()

    def stop(self) -> None:
        """The last numbers are handed over."""
        self._over.set()
        for thread in self._threads.values():
            thread.join(timeout=5.0)
        flush(self._workspace, self._tally, known=True)

    def tend(self) -> None:
        """Every minute: the claims as they are public now, the numbers into Records, days that are over closed."""
        with self._workspace.records.begin() as conn:
            claims = repeat_store.public_claims(conn)
        forget_counts(self._workspace)
        if claims != self._claims:
            self._tally.drop(claims)
            self._claims, self._watch = claims, _watch(claims)
        flush(self._workspace, self._tally, known=True)
        now = utc_now()
        self._tally.close(now)
        if self._weighed_on != day_of(now):
            self._weighed_on = day_of(now)
            weigh_anew(self._workspace, now)


def _sources(workspace: Workspace, loopback_ok: bool) -> list[Source]:
    config = workspace.config
    agent = f"KiemTin (+{config.contact})"
    timelines: list[Source] = [MastodonTimeline(host, agent, loopback_ok) for host in config.count_mastodon]
    return [*timelines, *(BlueskyStream(host, agent, loopback_ok) for host in config.count_bluesky)]


def weigh_anew(workspace: Workspace, now: datetime) -> None:
    """Numbers of days that have ended weigh in the priority of alerts that are there; those that have grown old weigh no more. No alert is opened by them."""
    with workspace.records.change() as conn:
        for claim_id in sorted(by_claim(repeat_store.load(conn, day_of(now), since=day_of(now) - _WEIGHED))):
            if queue_store.load_alert(conn, claim_id) is not None:
                decide_now(conn, workspace, claim_id, now)
