"""A made-up news site on 127.0.0.1: real HTTP, with a log of what was asked and a way to misbehave per address."""

import gzip
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from kiemtin.domain.outlets import Outlet, OutletKind


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    path: str
    headers: Mapping[str, str]
    at: float
    status: int


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `etag`: answers 304 to a matching If-None-Match. `drip`: seconds between single bytes. `length`: send Content-Length."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: bool = True
    drip: float = 0.0
    length: bool = True


Route = Reply | Callable[[int], Reply]


class Site:
    """`routes` maps paths to replies, or to functions of how often the path was asked before."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.log: list[Asked] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "http"
        if tls is not None:
            self._scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "Site":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/") -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}{path}"

    def asked(self, path: str) -> list[Asked]:
        with self._lock:
            return [request for request in self.log if request.path == path]

    def paths(self) -> list[str]:
        with self._lock:
            return [request.path for request in self.log]

    def forget(self) -> None:
        with self._lock:
            self.log.clear()

    def page(self, path: str, title: str = "Mực nước hồ Trúc Lam dâng hai mét", paragraphs: tuple[str, ...] = (), **more: Any) -> str:
        self.routes[path] = Reply(article(title, paragraphs), **more)
        return self.url(path)

    def feed(self, path: str, pages: list[str]) -> str:
        items = "".join(f"<item><title>Tin {number}</title><link>{url}</link></item>" for number, url in enumerate(pages))
        self.routes[path] = Reply(rss(items), content_type="application/rss+xml; charset=utf-8")
        return self.url(path)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536  # headers and body in one packet: separate ones cost 40 ms each (delayed acknowledgement)

            def do_GET(self) -> None:
                path = self.path
                with site._lock:
                    before = sum(request.path == path for request in site.log)
                route = site.routes.get(path, Reply(b"not here", 404, "text/plain"))
                reply = route if isinstance(route, Reply) else route(before)
                tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"' if reply.etag and reply.status == 200 else ""
                if tag and self.headers.get("If-None-Match") == tag:
                    reply = Reply(status=304)
                with site._lock:
                    site.log.append(Asked(path, dict(self.headers.items()), time.monotonic(), reply.status))
                try:
                    _send(self, reply, tag)
                except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                    self.close_connection = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, ssl.SSLError):
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def _send(handler: BaseHTTPRequestHandler, reply: Reply, tag: str) -> None:
    handler.send_response(reply.status)
    if reply.status != 304:
        handler.send_header("Content-Type", reply.content_type)
    if tag:
        handler.send_header("ETag", tag)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if reply.length and reply.status != 304:
        handler.send_header("Content-Length", str(len(reply.body)))
    elif reply.status != 304:
        handler.send_header("Connection", "close")
        handler.close_connection = True
    handler.end_headers()
    if not reply.drip:
        handler.wfile.write(reply.body)
    for position in range(len(reply.body) if reply.drip else 0):
        handler.wfile.write(reply.body[position : position + 1])
        handler.wfile.flush()
        time.sleep(reply.drip)


def outlet(name: str = "Báo Trúc Lam", feeds: tuple[str, ...] = (), sitemaps: tuple[str, ...] = (), kind: OutletKind = OutletKind.NEWS) -> Outlet:
    home = (*feeds, *sitemaps, "https://truclam.example")[0]
    return Outlet(name, kind, home, "vi", f"Công ty {name}", "1 đường Trúc Lam", f"Hội {name}", feeds, sitemaps)


def rss(items: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>'.encode()


def article(title: str, paragraphs: tuple[str, ...] = (), date: str = "2026-03-20T07:30:00+07:00") -> bytes:
    """An article page of four paragraphs unless others are given."""
    texts = paragraphs or tuple(
        f"{title}, theo số đo lúc {hour} giờ tại trạm thủy văn trên đập phía bắc của hồ. Ban quản lý đã mở hai cửa xả và theo dõi mực nước từng giờ."
        for hour in (6, 7, 8, 9)
    )
    body = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title><meta property="og:title" content="{title}">'
        f'<meta property="og:type" content="article"><meta property="article:published_time" content="{date}"></head>'
        f"<body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
    ).encode()


def zipped(data: bytes) -> bytes:
    return gzip.compress(data)
