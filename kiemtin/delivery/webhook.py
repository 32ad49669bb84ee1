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
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpcore

from crawlers.guard import Guard
from kiemtin.delivery.outcome import Failed, Outcome, Sent

_TIMEOUT, _WHOLE, _MAX_ANSWER = 10.0, 15.0, 4096
_AGAIN = frozenset({408, 425, 429})
_CONFLICT = 409
_REFUSED = "địa chỉ nội bộ: không gửi"

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class PrivateAddressError(OSError):
    """The host has no address that may be connected to."""


class _Guarded(httpcore.NetworkBackend):
    """Looks a host up once and connects to one of the addresses that were checked: a second look-up could answer differently."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except OSError as error:
            raise httpcore.ConnectError("không tìm thấy máy chủ") from error
        allowed = sorted(address for address in found if self._guard.allows(address))
        if not allowed:
            raise PrivateAddressError(_REFUSED)
        return self._inner.connect_tcp(allowed[0], port, timeout, local_address, socket_options)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """What a recipient computes again and compares."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def body_of(correction: Mapping[str, Any]) -> bytes:
    """The public JSON object, always in the same bytes."""
    return json.dumps(correction, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def send(url: str, secret: str, key: str, correction: Mapping[str, Any], now: datetime, loopback_ok: bool = False) -> Outcome:
    """One attempt. `key`: the idempotency key."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback_ok):
        return Failed("địa chỉ không phải https", final=True)
    timestamp, body = int(now.timestamp()), body_of(correction)
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "KiemTin",
        "Idempotency-Key": key,
        "Kiemtin-Timestamp": str(timestamp),
        "Kiemtin-Signature": signature(secret, timestamp, body),
    }
    try:
        return _judge(_ask(url, headers, body, loopback_ok))
    except PrivateAddressError as error:
        return Failed(str(error), final=True)
    except (httpcore.TimeoutException, TimeoutError):
        return Failed("quá thời gian chờ")
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError):
        return Failed("không kết nối được")


def _ask(url: str, headers: Mapping[str, str], body: bytes, loopback_ok: bool) -> int:
    """The answer's status. Its body is read to 4 KiB and thrown away; all of it may take 15 seconds."""
    end = time.monotonic() + _WHOLE
    waits = dict.fromkeys(("connect", "read", "write", "pool"), _TIMEOUT)
    backend = _Guarded(Guard(loopback_ok))
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend, retries=0) as pool,
        pool.stream("POST", url, headers=list(headers.items()), content=body, extensions={"timeout": waits}) as answer,
    ):
        read = 0
        for part in answer.iter_stream():
            read += len(part)
            if read > _MAX_ANSWER:
                break
            if time.monotonic() > end:
                raise TimeoutError
        return int(answer.status)


def _judge(status: int) -> Outcome:
    if 200 <= status < 300 or status == _CONFLICT:  # noqa: PLR2004 (409: it has this key already)
        return Sent(f"HTTP {status}")
    client_fault = 300 <= status < 500 and status not in _AGAIN  # noqa: PLR2004
    return Failed(f"HTTP {status}", final=client_fault)
