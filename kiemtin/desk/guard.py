"""What every request passes before a page sees it, and every answer before it leaves: size, origin, headers; and a meter for what is tried too often."""

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 64 * 1024
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")


class Guarded:
    """An ASGI middleware: refuses bodies over 64 KiB and writes from other origins, and puts the secure headers on every answer.

    Nothing is logged; the caller's address is not looked at.
    """

    def __init__(self, app: App, secure: bool) -> None:
        self._app = app
        self._headers = (*_HEADERS, _STRICT_TRANSPORT) if secure else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = self._with_headers(send, scope["path"])
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        if scope["method"] not in _SAFE and not _is_same_origin(headers):
            await _refuse(sent, 403, "Yêu cầu đến từ một trang khác.")
            return
        body = await _read(receive)
        if body is None:
            await _refuse(sent, 413, "Nội dung gửi lên quá lớn.")
            return
        await self._app(scope, _replay(body, receive), sent)

    def _with_headers(self, send: Send, path: str) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [header for header in message.get("headers", []) if header[0] != b"server"]
                lasting = path.startswith("/static/")
                cache = (b"cache-control", b"public, max-age=86400" if lasting else b"no-store")
                told = {key for key, _ in own}
                message["headers"] = [*own, *(header for header in (*self._headers, cache) if header[0] not in told)]
            await send(message)

        return sent


def _is_same_origin(headers: dict[str, str]) -> bool:
    """A browser says where a form came from; what says nothing (a script with a token) has no cookie to misuse."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


async def _read(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        body += bytes(message.get("body", b""))
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _refuse(send: Send, status: int, words: str) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
    await send({"type": "http.response.body", "body": words.encode()})


class Meter:
    """How often something was tried lately, by a keyed hash that lives in memory alone. The key is new with every start and is never written."""

    def __init__(self, limit: int, seconds: float, overall: int) -> None:
        self._limit, self._seconds, self._overall = limit, seconds, overall
        self._key = secrets.token_bytes(32)
        self._tried: dict[bytes, list[float]] = {}
        self._all: list[float] = []

    def allows(self, who: str) -> bool:
        """Count one try; False where this one, or everyone together, has tried too often."""
        now = time.monotonic()
        since = now - self._seconds
        self._all = [moment for moment in self._all if moment > since]
        if not self._all:
            self._tried.clear()
        mine = hashlib.blake2b(who.encode(), key=self._key, digest_size=16).digest()
        tried = [moment for moment in self._tried.get(mine, []) if moment > since]
        if len(tried) >= self._limit or len(self._all) >= self._overall:
            return False
        self._tried[mine] = [*tried, now]
        self._all.append(now)
        return True
