"""A signed webhook: one HTTPS request to an address that was looked up once and found public. No redirect is followed.

Idempotency-Key: the delivery's id         Kiemtin-Timestamp: unix seconds
Kiemtin-Signature: v1=<hex HMAC-SHA256 of "<timestamp>.<body>" under the destination's secret>
"""

import hashlib
import hmac
import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore

from crawlers.guard import Guard, is_loopback_name
from kiemtin.delivery.outcome import Failed, Outcome, Sent

_WHOLE, _MAX_ANSWER = 15.0, 4096  # seconds for all of it; bytes of an answer that are read
_MOST_ADDRESSES = 4
_AGAIN = frozenset({408, 425, 429})
_CONFLICT = 409
_PORTS = {"https": 443, "http": 80}

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class PrivateAddressError(OSError):
    """The host has no address that may be connected to."""


class _Deadline:
    """What is left of the time that the whole exchange may take: an answer that drips byte by byte ends too."""

    def __init__(self) -> None:
        self._end = time.monotonic() + _WHOLE

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("over")
        return left


class _Timed(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(min(max_bytes, _MAX_ANSWER), self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Guarded(httpcore.NetworkBackend):
    """Looks a host up once and connects to one of the addresses that were checked: a second look-up could answer differently."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.SyncBackend()
        self._deadline = _Deadline()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._allowed(host, port)
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(address, port, self._deadline.left() / 2)
        return self._connect(addresses[-1], port, self._deadline.left())

    def _allowed(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("no such host") from error
        allowed = [address for address in dict.fromkeys(str(one[4][0]) for one in found) if self._guard.allows(address)]
        if not allowed:
            raise PrivateAddressError(host)
        return allowed[:_MOST_ADDRESSES]

    def _connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        return _Timed(self._inner.connect_tcp(address, port, timeout), self._deadline)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """What a recipient computes again and compares."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def body_of(correction: Mapping[str, Any]) -> bytes:
    """The public JSON object, always in the same bytes."""
    return json.dumps(correction, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def send(url: str, secret: str, key: str, correction: Mapping[str, Any], now: datetime, loopback_ok: bool = False) -> Outcome:
    """One attempt. `key`: the idempotency key."""
    try:
        to = _address(url, loopback_ok)
    except ValueError:
        return Failed("địa chỉ webhook không dùng được: cần https://", final=True)
    timestamp, body = int(now.timestamp()), body_of(correction)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "KiemTin",
        "Idempotency-Key": key,
        "Kiemtin-Timestamp": str(timestamp),
        "Kiemtin-Signature": signature(secret, timestamp, body),
        "Connection": "close",
    }
    try:
        return _judge(_ask(to, headers, body, loopback_ok))
    except PrivateAddressError:
        return Failed("địa chỉ nội bộ: không gửi", final=True)
    except (httpcore.TimeoutException, TimeoutError):
        return Failed("quá thời gian chờ")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Failed("không kết nối được")


def _address(url: str, loopback_ok: bool) -> httpcore.URL:
    """HTTPS, or plain HTTP to this machine where that was agreed to; raises ValueError for anything else."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna" if ":" not in (parts.hostname or "") else "ascii").decode()
    plain_ok = parts.scheme == "http" and loopback_ok and is_loopback_name(host)
    if not host or parts.username is not None or not (parts.scheme == "https" or plain_ok):
        raise ValueError(parts.scheme)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else "")
    return httpcore.URL(scheme=parts.scheme, host=host, port=parts.port or _PORTS[parts.scheme], target=path)


def _ask(to: httpcore.URL, headers: Mapping[str, str], body: bytes, loopback_ok: bool) -> int:
    """The answer's status: with it all is said. A little of what follows is read, for manners, and thrown away."""
    backend = _Guarded(Guard(loopback_ok))
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend, retries=0) as pool,
        pool.stream("POST", to, headers=[("Host", _host(to)), *headers.items(), ("Content-Length", str(len(body)))], content=body) as answer,
    ):
        with suppress(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
            _skim(answer)
        return int(answer.status)


def _skim(answer: httpcore.Response) -> None:
    read = 0
    for part in answer.iter_stream():
        read += len(part)
        if read >= _MAX_ANSWER:
            return


def _host(to: httpcore.URL) -> str:
    host = to.host.decode()
    host = f"[{host}]" if ":" in host else host
    return host if to.port == _PORTS[to.scheme.decode()] else f"{host}:{to.port}"


def _judge(status: int) -> Outcome:
    if 200 <= status < 300 or status == _CONFLICT:  # noqa: PLR2004 (409: it has this key already)
        return Sent(f"HTTP {status}")
    final = 300 <= status < 500 and status not in _AGAIN  # noqa: PLR2004
    return Failed(f"HTTP {status}", final=final)
