"""Webhooks against real servers on this machine: what is sent, what each answer means, and where nothing is ever sent."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from kiemtin.delivery import webhook
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from tests.delivery import NOW, first

SECRET, KEY = "bí mật của tòa soạn", "0123456789abcdef0123"
REFUSED = Failed("địa chỉ nội bộ: không gửi", final=True)
UNUSABLE = Failed("địa chỉ webhook không dùng được: cần https://", final=True)


@dataclass(frozen=True, slots=True)
class Got:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Newsroom:
    """A server that answers as it is told."""

    answer: Answer
    port: int = 0
    got: list[Got] = field(default_factory=list)

    def url(self, host: str = "127.0.0.1", scheme: str = "http", path: str = "/tin") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


def status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@contextmanager
def newsroom(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Newsroom]:
    room = Newsroom(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            room.got.append(Got(self.command, self.path, dict(self.headers.items()), body))
            try:
                room.answer(self)
            except OSError:  # the sender has hung up
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        room.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield room
        finally:
            server.shutdown()
            thread.join()


def send(url: str, loopback_ok: bool = True) -> Outcome:
    return webhook.send(url, SECRET, KEY, first().body, NOW, loopback_ok)


def resolve(monkeypatch: pytest.MonkeyPatch, name: str, *answers: list[str]) -> list[str]:
    """Let a name have these addresses, one list a look-up (the last one again and again); returns the look-ups made."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **keys: Any) -> Any:
        if host not in (name, name.encode()):
            return real(host, port, *args, **keys)
        asked.append(name)
        now = answers[min(len(asked), len(answers)) - 1]
        return [found for address in now for found in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for `toasoan.example` whose issuer this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("toasoan.example").configure_cert(context)
    return context


# --- what is sent ----------------------------------------------------------------------------------------------------------


def test_the_public_object_arrives_with_its_key_and_a_signature_that_verifies() -> None:
    with newsroom(status(204)) as room:
        assert send(room.url(path="/tin?nơi=lam giang")) == Sent("HTTP 204")
    (got,) = room.got
    assert json.loads(got.body) == first().body
    assert got.body == json.dumps(first().body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert got.path == "/tin?n%C6%A1i=lam%20giang"
    assert got.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (got.headers["User-Agent"], got.headers["Idempotency-Key"], got.headers["Host"]) == ("KiemTin", KEY, f"127.0.0.1:{room.port}")
    stamp = got.headers["Kiemtin-Timestamp"]
    assert int(stamp) == int(NOW.timestamp())
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.headers["Kiemtin-Signature"] == f"v1={expected}" == webhook.signature(SECRET, int(stamp), got.body)


def test_a_signature_holds_for_one_secret_one_time_and_one_body() -> None:
    good = webhook.signature(SECRET, 1, b"x")
    assert len({good, webhook.signature("khác", 1, b"x"), webhook.signature(SECRET, 2, b"x"), webhook.signature(SECRET, 1, b"y")}) == 4


def test_https_to_a_name_connects_to_the_checked_address_and_checks_the_name(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolve(monkeypatch, "toasoan.example", ["10.9.8.7", "127.0.0.1"], ["10.9.8.7"])
    with newsroom(status(200), tls) as room:
        assert send(room.url("toasoan.example", "https")) == Sent("HTTP 200")
    assert len(asked) == 1, "a second look-up could answer differently"
    assert len(room.got) == 1


def test_a_certificate_for_another_name_is_refused(tls: ssl.SSLContext) -> None:
    with newsroom(status(200), tls) as room:
        assert send(room.url("127.0.0.1", "https")) == Failed("không kết nối được")
    assert room.got == []


# --- what each answer means ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [200, 201, 202, 204, 409])
def test_taken(code: int) -> None:
    with newsroom(status(code)) as room:
        assert send(room.url()) == Sent(f"HTTP {code}")


@pytest.mark.parametrize("code", [500, 502, 503, 504, 599, 408, 425, 429])
def test_to_be_tried_again(code: int) -> None:
    with newsroom(status(code)) as room:
        assert send(room.url()) == Failed(f"HTTP {code}")


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 413, 422])
def test_given_up(code: int) -> None:
    with newsroom(status(code)) as room:
        assert send(room.url()) == Failed(f"HTTP {code}", final=True)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(code: int) -> None:
    with newsroom(status(200)) as elsewhere, newsroom(status(code, Location=elsewhere.url())) as room:
        assert send(room.url()) == Failed(f"HTTP {code}", final=True)
    assert (len(room.got), elsewhere.got) == (1, [])


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    written = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(2000):
            written.append(handler.wfile.write(b"x" * 65_536))

    with newsroom(flood) as room:
        assert send(room.url()) == Sent("HTTP 200")
    assert sum(written) < 50_000_000


def test_an_answer_that_drips_its_head_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_WHOLE", 0.5)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(60):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    with newsroom(drip) as room:
        start = time.monotonic()
        assert send(room.url()) == Failed("quá thời gian chờ")
        assert time.monotonic() - start < 2.0


def test_once_the_status_is_said_a_body_that_drips_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_WHOLE", 0.5)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(202)
        handler.end_headers()
        for _ in range(60):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    with newsroom(drip) as room:
        start = time.monotonic()
        assert send(room.url()) == Sent("HTTP 202"), "sent again it would arrive twice"
        assert time.monotonic() - start < 2.0


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_WHOLE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert send(f"http://127.0.0.1:{silent.getsockname()[1]}/") == Failed("quá thời gian chờ")


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_http(said: bytes) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(said)
        handler.close_connection = True

    with newsroom(answer) as room:
        assert send(room.url()) == Failed("không kết nối được")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/") == Failed("không kết nối được")


# --- where nothing is sent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
     "[fd00::1]", "[fe80::1]", "2130706433", "0x7f000001", "127.1"],
)  # fmt: skip
def test_private_addresses_are_refused_however_they_are_written(host: str) -> None:
    assert send(f"https://{host}/", loopback_ok=False) == REFUSED


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"])
def test_that_this_machine_is_allowed_allows_no_other_private_one(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve(monkeypatch, "toasoan.example", [address])
    assert send("https://toasoan.example/") == REFUSED


def test_a_name_that_resolves_to_this_machine_is_refused(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "toasoan.example", ["127.0.0.1"])
    with newsroom(status(200), tls) as room:
        assert send(room.url("toasoan.example", "https"), loopback_ok=False) == REFUSED
    assert room.got == []


@pytest.mark.parametrize(
    "url",
    ["", "toasoan.example", "ftp://toasoan.example/", "file:///etc/passwd", "https://", "https:///x", "https://a:b@toasoan.example/",
     "https://toasoan.example:99999/", "https://a..b/", "https://[::1/"],
)  # fmt: skip
def test_what_is_no_https_address_is_given_up(url: str) -> None:
    assert send(url) == UNUSABLE


@pytest.mark.parametrize(("url", "loopback_ok"), [("http://127.0.0.1/", False), ("http://toasoan.example/", True), ("http://10.0.0.1/", True)])
def test_plain_http_is_for_this_machine_alone_and_only_where_agreed(url: str, loopback_ok: bool) -> None:
    assert send(url, loopback_ok) == UNUSABLE


def test_a_name_that_is_not_found_may_be_found_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_keys: Any) -> Any:
        raise socket.gaierror(-2, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert send("https://toasoan.example/") == Failed("không kết nối được")


def test_line_ends_in_an_address_add_no_header() -> None:
    with newsroom(status(200)) as room:
        assert isinstance(send(room.url(path="/tin\r\nX-Other: 1")), Sent)
    assert "X-Other" not in room.got[0].headers


def test_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "toasoan.example", ["127.0.0.1"])
    monkeypatch.delenv("SSL_CERT_FILE")
    with newsroom(status(200), tls) as room:
        assert send(room.url("toasoan.example", "https")) == Failed("không kết nối được")
    assert room.got == [], "nothing of the body went out"


def test_a_server_that_hangs_up_before_it_answers_may_answer_later() -> None:
    with newsroom(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)) as room:
        assert send(room.url()) == Failed("không kết nối được")


def test_what_a_recipient_checks_fails_for_a_body_that_was_changed_on_the_way() -> None:
    """The recipe of the documentation, done by hand."""
    with newsroom(status(204)) as room:
        send(room.url())
    (got,) = room.got

    def verifies(body: bytes, stamp: str = got.headers["Kiemtin-Timestamp"], secret: str = SECRET) -> bool:
        mine = "v1=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(mine, got.headers["Kiemtin-Signature"])

    assert verifies(got.body)
    assert not verifies(got.body.replace("Sai sự thật".encode(), "Đúng".encode()))
    assert not verifies(got.body + b" ") and not verifies(got.body, stamp="0") and not verifies(got.body, secret="khác")
