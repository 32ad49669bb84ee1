"""The crawl process as its parent sees it: started, listened to, and never outliving the parent."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import crawlers
from crawlers.order import Order, order_to_json
from kiemtin.errors import CrawlError, DataDirError

_STOP_SECONDS = 10.0
_MAX_WORDS = 300


@contextmanager
def running(order: Order, lock_fd: int | None) -> Iterator[Iterator[dict[str, Any]]]:
    """Run `python -m crawlers` for this order; gives its events, one dictionary each, until it ends.

    Its standard input stays open as long as we live: end of file tells it to go. `lock_fd` is shared with it, so that the
    data directory stays locked while an orphan still lives. Raises CrawlError if it crashes, DataDirError if it cannot write.
    """
    with tempfile.TemporaryFile() as words, _started(lock_fd, words) as child:
        try:
            yield _events(child, replace(order, parent=os.getpid()))
            child.wait()
        finally:
            _stop(child)
        if child.returncode != 0:
            raise CrawlError(f"the crawl process ended with code {child.returncode}{_last_words(words)}")


def _started(lock_fd: int | None, words: IO[bytes]) -> subprocess.Popen[bytes]:
    # -P: the working directory of whoever called must not lend us modules. The path names the code that is running here.
    here = str(Path(crawlers.__file__).parent.parent)
    inherited = os.environ.get("PYTHONPATH")
    path = f"{here}{os.pathsep}{inherited}" if inherited else here
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "crawlers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            env={**os.environ, "PYTHONPATH": path},
            pass_fds=() if lock_fd is None else (lock_fd,),
        )
    except OSError as error:
        raise CrawlError(f"the crawl process cannot be started: {error.strerror}") from error


def _events(child: subprocess.Popen[bytes], order: Order) -> Iterator[dict[str, Any]]:
    assert child.stdin is not None and child.stdout is not None  # both are pipes
    try:
        child.stdin.write(order_to_json(order).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        return  # it died first; its exit code tells
    for line in child.stdout:
        event: dict[str, Any] = json.loads(line)
        if event["event"] == "failed":
            raise DataDirError(event["message"]) if event["kind"] == "data" else CrawlError(f"the crawl stopped: {event['message']}")
        yield event


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        with suppress(BrokenPipeError):
            child.stdin.close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _last_words(words: IO[bytes]) -> str:
    words.seek(0, os.SEEK_END)
    words.seek(max(0, words.tell() - 4096))
    lines = words.read().decode("utf-8", "replace").strip().splitlines()
    return f": {lines[-1][:_MAX_WORDS]}" if lines else ""
