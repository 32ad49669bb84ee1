"""From posts to numbers. A post comes in and nothing of it goes out: no value, no exception, no line in a log."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from crawlers.posts.source import Source
from kiemtin.counting.tally import Tally
from kiemtin.domain.posts import Post
from kiemtin.domain.repeats import Cell
from nlp.repeats.board import Board

BATCH = 2_000
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0  # seconds before a stream that broke is asked again


@dataclass(frozen=True, slots=True)
class Watch:
    """What is counted: the public claims, taken apart, and the id of each by its number."""

    board: Board
    ids: tuple[str, ...]


class PumpError(Exception):
    """Counting stopped. Says which kind of error it was and nothing else: the error itself may hold a post's words."""


def count_batch(posts: Sequence[Post], watch: Watch, tally: Tally, now: datetime) -> None:
    """Count those that say one of the claims again, or deny it."""
    for at, number, said in watch.board.compare([post.text for post in posts]):
        post = posts[at]
        day = tally.day_for(post.created_at, now)
        if day is not None:
            tally.add(Cell(watch.ids[number], day, post.platform, said), post.id)


def count_all(posts: Iterable[Post], watch: Watch, tally: Tally, after_batch: Callable[[int], None]) -> int:
    """How many there were. `after_batch` is told how many so far. Raises PumpError where reading or comparing fails."""
    read, stream = 0, iter(posts)
    while True:
        size = _try(lambda: _count_next(stream, watch, tally))
        if not size:
            return read
        read += size
        after_batch(read)


def _count_next(stream: Iterator[Post], watch: Watch, tally: Tally) -> int:
    posts = list(islice(stream, BATCH))
    count_batch(posts, watch, tally, datetime.now(UTC))
    return len(posts)


def _try(step: Callable[[], int]) -> int:
    """Its result. What it raises is let go of before anything else is raised: neither its words nor its frames go further."""
    failure = ""
    try:
        return step()
    except Exception as error:
        failure = type(error).__name__
    raise PumpError(failure)


def follow(source: Source, watch: Callable[[], Watch], tally: Tally, over: threading.Event, troubles: dict[str, str]) -> None:
    """Count a stream until `over`; where it breaks, ask again after a pause that grows. `troubles`: the source's name to the kind of error."""
    pause = _FIRST_PAUSE
    while not over.is_set():
        began = time.monotonic()
        try:
            _try(lambda: _follow_once(source, watch, tally, over, troubles))
        except PumpError as error:
            troubles[source.name] = str(error)
        if time.monotonic() - began > _LONGEST_PAUSE:
            pause = _FIRST_PAUSE  # it had been well for a while
        over.wait(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _follow_once(source: Source, watch: Callable[[], Watch], tally: Tally, over: threading.Event, troubles: dict[str, str]) -> int:
    counted = 0
    for posts in source.batches(over):
        count_batch(posts, watch(), tally, datetime.now(UTC))
        counted += len(posts)
        troubles.pop(source.name, None)
        if over.is_set():
            break
    return counted


def threads(
    sources: Iterable[Source], watch: Callable[[], Watch], tally: Tally, over: threading.Event, troubles: dict[str, str]
) -> Mapping[str, threading.Thread]:
    """One for each stream, not yet started."""
    return {one.name: threading.Thread(target=follow, args=(one, watch, tally, over, troubles), daemon=True) for one in sources}
