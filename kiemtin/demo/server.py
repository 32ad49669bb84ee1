"""A small web server on loopback for a made-up world: conditional requests, and a count of what was asked for."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kiemtin.demo.world import Document, World


class WorldServer(ThreadingHTTPServer):
    """Serves documents by path. `asked` holds (path, status) in order; no address of whoever asks is kept."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.documents: dict[str, Document] = {}
        self.asked: list[tuple[str, int]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broken connection is nobody's business: the standard server would print whose it was (LIMITS 1)."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: WorldServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.split("?", 1)[0]
        document = self.server.documents.get(path)
        if document is None:
            self._answer(path, 404, b"", "text/plain")
            return
        etag = '"' + hashlib.blake2b(document.body, digest_size=8).hexdigest() + '"'
        if self.headers.get("If-None-Match") == etag:
            self._answer(path, 304, b"", document.content_type, etag)
            return
        self._answer(path, 200, document.body, document.content_type, etag)

    def _answer(self, path: str, status: int, body: bytes, content_type: str, etag: str = "") -> None:
        self.server.asked.append((path, status))
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        if status != 304:  # noqa: PLR2004
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """No access log: it would hold addresses (LIMITS 1)."""


@contextmanager
def serving(server: WorldServer) -> Iterator[WorldServer]:
    """Serve in a thread of its own until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def load_world(server: WorldServer, world: World) -> None:
    server.documents = world.documents()
