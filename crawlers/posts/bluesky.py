"""Bluesky's public stream through Jetstream: every public post, in the open, without login.

wss://HOST/subscribe?wantedCollections=app.bsky.feed.post[&cursor=MICROSECONDS], https://github.com/bluesky-social/jetstream. The stream can be narrowed to
accounts (`wantedDids`); this connector has no way to say so.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from crawlers.guard import Guard
from crawlers.guarded_http import allowed_addresses
from crawlers.posts.reading import MAX_TEXT, read_time
from crawlers.quiet import Quiet
from kiemtin.domain.posts import Post
from kiemtin.domain.repeats import Platform

_COLLECTION = "app.bsky.feed.post"
_OPEN_SECONDS, _SILENCE_SECONDS = 15.0, 60.0
_MAX_FRAME = 512 * 1024
_AT_ONCE, _WAIT = 500, 2.0  # frames of one batch, and the seconds that one takes at most
_PORTS = {"wss": 443, "ws": 80}


class Record(msgspec.Struct):
    """A post's record (the lexicon app.bsky.feed.post) as far as it is read."""

    text: str = ""
    createdAt: str = ""  # the lexicon's name


class Commit(msgspec.Struct):
    """`cid`: the hash of the record's content."""

    operation: str
    collection: str = ""
    cid: str = ""
    record: Record | None = None


class Event(msgspec.Struct):
    """A frame as far as it is read: whose repository it was (`did`) is not."""

    time_us: int
    kind: str
    commit: Commit | None = None


_EVENTS = msgspec.json.Decoder(Event)


class BlueskyStream:
    """`host`: the Jetstream server."""

    def __init__(self, host: str, agent: str, loopback_ok: bool = False) -> None:
        self.name = host
        self._agent = agent
        self._loopback_ok = loopback_ok
        self._cursor = 0

    def batches(self, over: threading.Event) -> Iterator[Sequence[Post]]:
        """Where the connection was lost, from its last frame on: a post that comes twice is counted once."""
        with self._connect() as connection:
            silent = 0.0
            while not over.is_set() and silent < _SILENCE_SECONDS:
                posts, heard = self._read_some(connection)
                silent = 0.0 if heard else silent + _WAIT
                yield posts

    def _read_some(self, connection: Connection) -> tuple[list[Post], bool]:
        """What comes within two seconds, and whether anything came."""
        posts: list[Post] = []
        heard, end = False, time.monotonic() + _WAIT
        for _ in range(_AT_ONCE):
            try:
                frame = connection.recv(timeout=max(end - time.monotonic(), 0.0))
            except TimeoutError:
                break
            heard = True
            post = self._taken(frame.encode() if isinstance(frame, str) else frame)
            if post is not None:
                posts.append(post)
        return posts, heard

    def _taken(self, frame: bytes) -> Post | None:
        try:
            event = _EVENTS.decode(frame)
        except msgspec.MsgspecError:
            return None
        self._cursor = max(self._cursor, event.time_us)
        commit = event.commit
        if commit is None or commit.operation != "create" or commit.collection != _COLLECTION or commit.record is None:
            return None
        try:
            created_at = read_time(commit.record.createdAt)
        except ValueError:
            return None
        return Post(commit.record.text[:MAX_TEXT], Platform.SOCIAL, created_at, commit.cid)

    def _connect(self) -> Connection:
        scheme = "ws" if self._loopback_ok else "wss"
        uri = f"{scheme}://{self.name}/subscribe?wantedCollections={_COLLECTION}" + (f"&cursor={self._cursor}" if self._cursor else "")
        host, _, port = self.name.partition(":")
        address = allowed_addresses(host, int(port or _PORTS[scheme]), Guard(self._loopback_ok))[0]
        plain = socket.create_connection((address, int(port or _PORTS[scheme])), timeout=_OPEN_SECONDS)
        return connect(
            uri,
            sock=plain,
            ssl=None if scheme == "ws" else ssl.create_default_context(),
            server_hostname=None if scheme == "ws" else host,
            open_timeout=_OPEN_SECONDS,
            max_size=_MAX_FRAME,
            user_agent_header=self._agent,
            proxy=None,
            logger=cast(Any, Quiet()),  # at the level of debugging the library writes every frame
        )
