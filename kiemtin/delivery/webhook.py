"""A signed webhook: one HTTPS request to an address that was looked up once and found public. No redirect is followed.

Idempotency-Key: the delivery's id         Kiemtin-Timestamp: unix seconds
Kiemtin-Signature: v1=<hex HMAC-SHA256 of "<timestamp>.<body>" under the destination's secret>
"""

import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import httpcore

from crawlers.guard import Guard
from crawlers.guarded_http import GuardedBackend, PrivateAddressError, host_header, read_url
from kiemtin.delivery.outcome import Failed, Outcome, Sent

_WHOLE, _MAX_ANSWER = 15.0, 4096  # seconds for all of it; bytes of an answer that are read
_AGAIN = frozenset({408, 425, 429})
_CONFLICT = 409


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """What a recipient computes again and compares."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def body_of(correction: Mapping[str, Any]) -> bytes:
    """The public JSON object, always in the same bytes."""
    return json.dumps(correction, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def send(url: str, secret: str, key: str, correction: Mapping[str, Any], now: datetime, loopback_ok: bool = False) -> Outcome:
    """One attempt. `key`: the idempotency key."""
    try:
        to = read_url(url, loopback_ok)
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


def _ask(to: httpcore.URL, headers: Mapping[str, str], body: bytes, loopback_ok: bool) -> int:
    """The answer's status: with it all is said. A little of what follows is read, for manners, and thrown away."""
    backend = GuardedBackend(Guard(loopback_ok), _WHOLE, _MAX_ANSWER)
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend, retries=0) as pool,
        pool.stream("POST", to, headers=[("Host", host_header(to)), *headers.items(), ("Content-Length", str(len(body)))], content=body) as answer,
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


def _judge(status: int) -> Outcome:
    if 200 <= status < 300 or status == _CONFLICT:  # noqa: PLR2004 (409: it has this key already)
        return Sent(f"HTTP {status}")
    final = 300 <= status < 500 and status not in _AGAIN  # noqa: PLR2004
    return Failed(f"HTTP {status}", final=final)
