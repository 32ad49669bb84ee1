"""Local servers that speak what Mastodon's and Jetstream's specifications say, posts with planted words, and a data directory with two watched claims."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from crawlers.quiet import Quiet
from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.scope import Theme
from kiemtin.pipeline.workspace import open_workspace
from kiemtin.store import reviews as review_store
from tests.limits.tools import found_in

WATCHED = (
    "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết sau 3 ngày",
    "Quỹ Tương trợ Sông Mây phát 5 triệu đồng cho mỗi hộ quét mã QR trước ngày 25/11",
)
MASTODON, BLUESKY = 60, 40  # repeats that each server hands out


def canaries_in(said: bytes | str, canaries: tuple[str, ...]) -> list[str]:
    return found_in(said, canaries)


def check(text: str, number: int, kind: PublisherKind = PublisherKind.FACT_CHECKER, rating: Rating = Rating.FALSE, **other: Any) -> ClaimReview:
    url = f"https://soitin.example/{number}"
    fields = {"theme": Theme.HEALTH} | other
    return ClaimReview(text, rating, rating.alternate_name, url, "Trạm Soi Tin", kind, "vi", "", datetime(2026, 11, 1, tzinfo=UTC), **fields)


def watched_data(path: Path) -> Path:
    """Two claims that a catalogued fact-checker rated false."""
    save_checks(path, [check(text, number) for number, text in enumerate(WATCHED)])
    return path


def save_checks(path: Path, checks: Sequence[ClaimReview]) -> None:
    with open_workspace(path) as workspace, workspace.records.change() as conn:
        review_store.save(conn, checks, examined=True)


@dataclass(slots=True)
class Timeline:
    """What a server was asked, and how often."""

    host: str = ""
    pages_read: int = 0
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer_429: int = 0


def status(number: int, text: str, canaries: Sequence[str]) -> dict[str, Any]:
    """An entity Status (https://docs.joinmastodon.org/entities/Status/)."""
    return {
        "id": str(1_000 + number),
        "created_at": (datetime.now(UTC) - timedelta(seconds=5)).isoformat().replace("+00:00", "Z"),
        "visibility": "public",
        "language": "vi",
        "uri": f"https://may.example/users/{canaries[1]}/statuses/{number}",
        "url": f"https://may.example/{canaries[2]}/{number}",
        "content": f'<p>{text}</p><p><span class="h-card"><a href="https://may.example/{canaries[2]}" class="u-url mention">@<span>{canaries[1]}</span></a></span> {canaries[6]}</p>',
        "account": {"id": "7", "username": canaries[1], "acct": canaries[2], "display_name": canaries[0], "note": canaries[5], "url": canaries[2]},
        "mentions": [{"username": canaries[1]}],
        "replies_count": 0,
        "reblog": None,
    }


@contextmanager
def _running(server: ThreadingHTTPServer | Server) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def mastodon_server(canaries: Sequence[str]) -> Iterator[Timeline]:
    """One page to begin with, then pages of forty that hold sixty repeats in all."""
    timeline = Timeline()
    chatter = [status(number, "chào buổi sáng cả nhà mình nha", canaries) for number in range(40)]
    repeats = [
        status(100 + number, WATCHED[number % 2] if number < MASTODON else "ăn cơm chưa cả nhà ơi", canaries) for number in range(MASTODON + 10)
    ]

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            timeline.asked.append(self.path)
            timeline.headers.append(dict(self.headers))
            if timeline.answer_429:
                timeline.answer_429 -= 1
                self.send_response(429)
                self.send_header("X-RateLimit-Reset", (datetime.now(UTC) + timedelta(seconds=1)).isoformat())
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            newest = int(parse_qs(parts.query).get("min_id", ["0"])[0])
            found = [one for one in (chatter if not newest else chatter + repeats) if int(one["id"]) > newest][:40]
            body = json.dumps(list(reversed(found)), ensure_ascii=False).encode()
            timeline.pages_read += 1
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    timeline.host = f"127.0.0.1:{server.server_address[1]}"
    with server, _running(server):
        yield timeline


@dataclass(slots=True)
class Jetstream:
    """What was asked of it, and what it has sent."""

    host: str = ""
    frames_sent: int = 0
    asked: list[str] = field(default_factory=list)


def frame(number: int, text: str, canaries: Sequence[str], operation: str = "create", collection: str = "app.bsky.feed.post") -> str:
    """An event as Jetstream documents it (https://github.com/bluesky-social/jetstream)."""
    return json.dumps(
        {
            "did": canaries[4],
            "time_us": int(datetime.now(UTC).timestamp() * 1_000_000) + number,
            "kind": "commit",
            "commit": {
                "rev": canaries[1],
                "operation": operation,
                "collection": collection,
                "rkey": canaries[1],
                "cid": f"bafy{number}",
                "record": {
                    "$type": collection,
                    "text": f"{text}. {canaries[6]}",
                    "createdAt": datetime.now(UTC).isoformat(),
                    "langs": ["vi"],
                    "handle": canaries[2],
                },
            },
        },
        ensure_ascii=False,
    )


@contextmanager
def bluesky_server(canaries: Sequence[str]) -> Iterator[Jetstream]:
    """Forty repeats, each sent twice, with likes, deletions, identities and what is no JSON between them."""
    stream = Jetstream()

    def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        stream.asked.append(connection.request.path)
        try:
            for number in range(BLUESKY):
                for one in (
                    frame(number, WATCHED[number % 2], canaries),
                    frame(number, WATCHED[number % 2], canaries),
                    frame(number, WATCHED[0], canaries, "delete"),
                    frame(number, WATCHED[0], canaries, collection="app.bsky.feed.like"),
                    json.dumps({"did": canaries[4], "time_us": 5, "kind": "identity", "identity": {"handle": canaries[2]}}),
                    f"no json {canaries[0]}",
                ):
                    connection.send(one)
                stream.frames_sent += 1
            for _ in connection:
                pass
        except ConnectionClosed:
            return

    server: Server = serve(answer, "127.0.0.1", 0, logger=cast(Any, Quiet()))
    stream.host = f"127.0.0.1:{server.socket.getsockname()[1]}"
    with _running(server):
        yield stream
