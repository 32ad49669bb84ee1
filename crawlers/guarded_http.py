"""HTTP to an address that was looked up once and found public: bounded in time and size, no redirect followed, no cookie kept. For webhooks and streams; pages are crawled."""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore

from crawlers.guard import Guard, is_loopback_name

_MOST_ADDRESSES = 4
_WHOLE, _CHUNK = 30.0, 64 * 1024  # for one question: seconds, and bytes that are read at once
PORTS = {"https": 443, "http": 80}

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class PrivateAddressError(OSError):
    """The host has no address that may be connected to."""


class _Deadline:
    """What is left of the time that the whole exchange may take: an answer that drips byte by byte ends too."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("over")
        return left


class _Timed(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline, chunk: int) -> None:
        self._inner = inner
        self._deadline = deadline
        self._chunk = chunk

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(min(max_bytes, self._chunk), self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline, self._chunk)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Looks a host up once and connects to one of the addresses that were checked: a second look-up could answer differently.

    `seconds`: for the whole exchange; `chunk`: the most bytes that one read brings.
    """

    def __init__(self, guard: Guard, seconds: float, chunk: int) -> None:
        self._guard = guard
        self._chunk = chunk
        self._inner = httpcore.SyncBackend()
        self._deadline = _Deadline(seconds)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = allowed_addresses(host, port, self._guard)
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(address, port, self._deadline.left() / 2)
        return self._connect(addresses[-1], port, self._deadline.left())

    def _connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        return _Timed(self._inner.connect_tcp(address, port, timeout), self._deadline, self._chunk)


def allowed_addresses(host: str, port: int, guard: Guard) -> list[str]:
    """Those of a host that may be connected to, four at most; raises httpcore.ConnectError where there is no such host, PrivateAddressError where none may."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("no such host") from error
    allowed = [address for address in dict.fromkeys(str(one[4][0]) for one in found) if guard.allows(address)]
    if not allowed:
        raise PrivateAddressError(host)
    return allowed[:_MOST_ADDRESSES]


def read_url(url: str, loopback_ok: bool) -> httpcore.URL:
    """HTTPS, or plain HTTP to this machine where that was agreed to; raises ValueError for anything else."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna" if ":" not in (parts.hostname or "") else "ascii").decode()
    plain_ok = parts.scheme == "http" and loopback_ok and is_loopback_name(host)
    if not host or parts.username is not None or not (parts.scheme == "https" or plain_ok):
        raise ValueError(parts.scheme)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else "")
    return httpcore.URL(scheme=parts.scheme, host=host, port=parts.port or PORTS[parts.scheme], target=path)


def host_header(to: httpcore.URL) -> str:
    host = to.host.decode()
    host = f"[{host}]" if ":" in host else host
    return host if to.port == PORTS[to.scheme.decode()] else f"{host}:{to.port}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET."""

    url: str
    agent: str
    max_bytes: int
    loopback_ok: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What came back; it prints as nothing."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


class TooLargeError(OSError):
    """The answer is longer than was agreed to."""


def ask(asked: Asked) -> Answer:
    """Raises ValueError for an address that may not be asked, httpcore's errors and OSError where the network fails, TooLargeError."""
    to = read_url(asked.url, asked.loopback_ok)
    backend = GuardedBackend(Guard(asked.loopback_ok), _WHOLE, _CHUNK)
    headers = [("Host", host_header(to)), ("User-Agent", asked.agent), ("Accept", "application/json"), ("Connection", "close")]
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend, retries=0) as pool,
        pool.stream("GET", to, headers=headers) as answer,
    ):
        body = b""
        for part in answer.iter_stream():
            body += part
            if len(body) > asked.max_bytes:
                raise TooLargeError(asked.max_bytes)
        return Answer(answer.status, {name.decode().lower(): value.decode("latin-1") for name, value in answer.headers}, body)
