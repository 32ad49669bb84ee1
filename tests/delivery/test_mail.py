"""E-mail through a real server on this machine: what arrives, what cannot be forged, and what each refusal means."""

import io
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from docx import Document

from kiemtin.config import Config
from kiemtin.delivery import mail
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.delivery.topic import docx_of, text_of
from tests.delivery import CLAIM, NOW, OFFICE, changed, configured, first, withdrawn

TO, SENDER, KEY = "tin@bensuong.example", "kiemtin@vanphong.example", "0123456789abcdef0123"
LOGIN, PASSWORD = "ban-tin", "cau-dai-de-nho"


@dataclass
class Mailroom:
    """What the server got. `rcpt`, `data`: how it answers, "" for yes."""

    rcpt: str = ""
    data: str = ""
    got: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if not self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if not self.data:
            self.got.append(envelope)
        return self.data or "250 OK"

    def message(self) -> EmailMessage:
        (envelope,) = self.got
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening(room: Mailroom, **options: Any) -> Iterator[Config]:
    """A mail server, and the configuration that leads to it."""
    controller = Controller(room, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield configured(mail_host="127.0.0.1", mail_port=controller.port, mail_sender=SENDER)
    finally:
        controller.stop()


def secured(config: Config, security: str, **keys: Any) -> Config:
    return config.model_copy(update={"mail_security": security, **keys})


def send(config: Config, body: Any = None, to: str = TO) -> Outcome:
    return mail.send_correction(config, to, KEY, body or first().body, NOW)


def attachments(message: EmailMessage) -> dict[str | None, bytes]:
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


@pytest.fixture
def server_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 whose issuer this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_newsroom_gets_the_text_the_document_and_the_json() -> None:
    room = Mailroom()
    with listening(room) as config:
        assert send(config) == Sent("SMTP 250")
    message = room.message()
    assert room.got[0].rcpt_tos == [TO] and room.got[0].mail_from == SENDER
    assert message["Subject"] == f"[{OFFICE}] Sai sự thật: {CLAIM.text}"
    assert message["From"].addresses[0].display_name == OFFICE and message["From"].addresses[0].addr_spec == SENDER
    assert (message["To"], message["Message-ID"], message["Auto-Submitted"]) == (TO, f"<{KEY}@vanphong.example>", "auto-generated")
    assert message["Date"].datetime == NOW
    text = message.get_body(("plain",))
    assert text is not None and text.get_content().replace("\r\n", "\n") == text_of(first().body)
    found = attachments(message)
    assert json.loads(found["kiem-tin-k1-1.json"]) == first().body
    assert found["kiem-tin-k1-1.docx"] == docx_of(first().body)
    assert len(found) == 2


def test_the_same_delivery_sent_again_has_the_same_message_id() -> None:
    room = Mailroom()
    with listening(room) as config:
        send(config)
        send(config)
    assert len({message_from_bytes(one.content)["Message-ID"] for one in room.got if isinstance(one.content, bytes)}) == 1


def test_a_withdrawal_is_seen_in_the_subject() -> None:
    room = Mailroom()
    with listening(room) as config:
        send(config, withdrawn().body)
    assert room.message()["Subject"] == f"[{OFFICE}] RÚT LẠI: {CLAIM.text}"


@pytest.mark.parametrize("repeat", range(1, 9))
@pytest.mark.parametrize("words", ["nước về hồ ", "Ủy ban Bến Sương ", "a bờ đê "])
def test_long_names_and_subjects_keep_their_spaces(words: str, repeat: int) -> None:
    name, statement = (words * repeat).strip(), (words * 2 * repeat).strip()
    config = configured(mail_sender=SENDER).model_copy(update={"office_name": name})
    message = mail.correction_mail(config, TO, KEY, changed(statement=statement), NOW)
    raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    read = message_from_bytes(raw)
    assert str(make_header(decode_header(read["Subject"]))) == f"[{name}] Sai sự thật: {statement}"[:200].strip()
    assert str(make_header(decode_header(read["From"]))) == f"{name} <{SENDER}>"
    assert all(len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[0].splitlines())


@pytest.mark.parametrize(
    "odd", ["\r\nBcc: khac@khac.example", "\nBcc: khac@khac.example", "\x00\x0bBcc: x", "\u2028Bcc: x", "\x85Bcc: x", "\u202eBcc: x"]
)
def test_nothing_in_a_statement_or_name_adds_a_header(odd: str) -> None:
    room = Mailroom()
    with listening(room) as config:
        assert isinstance(send(config.model_copy(update={"office_name": f"Văn phòng{odd}"}), changed(statement=f"Đập{odd} vỡ")), Sent)
    message = room.message()
    assert message["Bcc"] is None and room.got[0].rcpt_tos == [TO]
    assert sorted(message.keys()) == ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert message["Subject"].isprintable()


@pytest.mark.parametrize(
    "to",
    ["", "@", "a@", "@b.example", "a b@c.example", "<a@b.example>", "A <a@b.example>", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example",
     "a@b.example\r\n", '"a b"@c.example', "nguyễn@c.example", "a@[127.0.0.1]", "a..b@c.example", "a@" + "b" * 300],
)  # fmt: skip
def test_what_is_no_single_mailbox_is_given_up_at_once(to: str) -> None:
    room = Mailroom()
    with listening(room) as config:
        assert send(config, to=to) == Failed("hộp thư nhận không dùng được", final=True)
        with pytest.raises(ValueError, match="mailbox"):
            mail.correction_mail(config, to, KEY, first().body, NOW)
    assert room.got == []


def test_without_a_server_or_a_sender_nothing_is_sent() -> None:
    assert send(configured()) == Failed("chưa cấu hình máy chủ gửi thư")
    assert send(configured(mail_host="127.0.0.1")) == Failed("chưa cấu hình máy chủ gửi thư")
    assert mail.send_notice(configured(), TO, KEY, [], NOW) == Failed("chưa cấu hình máy chủ gửi thư")
    outcome = send(configured(mail_host="127.0.0.1", mail_sender="không phải hộp thư"))
    assert isinstance(outcome, Failed) and not outcome.final, "the office can put its own setting right"


@pytest.mark.parametrize(("answer", "final"), [("550 no such user", True), ("451 later", False)])
def test_what_the_server_says_of_the_recipient_decides(answer: str, final: bool) -> None:
    with listening(Mailroom(rcpt=answer)) as config:
        assert send(config) == Failed(f"SMTP {answer[:3]}", final)


@pytest.mark.parametrize(("answer", "final"), [("554 too large", True), ("452 disk full", False)])
def test_what_the_server_says_of_the_message_decides(answer: str, final: bool) -> None:
    with listening(Mailroom(data=answer)) as config:
        assert send(config) == Failed(f"SMTP {answer[:3]}", final)


def test_a_server_that_is_not_there_may_be_there_later() -> None:
    config = configured(mail_host="127.0.0.1", mail_port=free_port(), mail_sender=SENDER)
    assert send(config) == Failed("không kết nối được máy chủ gửi thư")


def test_a_server_that_says_nothing_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = configured(mail_host="127.0.0.1", mail_port=silent.getsockname()[1], mail_sender=SENDER)
        assert send(config) == Failed("không kết nối được máy chủ gửi thư")


def test_a_log_in_takes_its_password_from_the_file(tmp_path: Path, server_tls: ssl.SSLContext) -> None:
    seen: list[LoginPassword] = []

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        seen.append(given)
        return AuthResult(success=given.password == PASSWORD.encode(), handled=False)

    file = tmp_path / "password"
    room = Mailroom()
    with listening(room, tls_context=server_tls, authenticator=check, auth_required=True) as plain:
        config = secured(plain, "starttls", mail_login=LOGIN, mail_password_file=str(file))
        assert send(config) == Failed("không đọc được tệp mật khẩu máy chủ gửi thư")
        file.write_text("mật khẩu", "utf-8")
        assert send(config) == Failed("không đọc được tệp mật khẩu máy chủ gửi thư"), "SMTP takes ASCII only"
        file.write_text("sai", "utf-8")
        assert send(config) == Failed("máy chủ gửi thư từ chối đăng nhập")
        file.write_text(PASSWORD + "\n", "utf-8")
        assert isinstance(send(config), Sent)
    assert seen[-1].login == LOGIN.encode() and len(room.got) == 1


def test_starttls_with_a_good_certificate(server_tls: ssl.SSLContext) -> None:
    room = Mailroom()
    with listening(room, tls_context=server_tls, require_starttls=True) as config:
        assert isinstance(send(secured(config, "starttls")), Sent)
        assert send(config) == Failed("SMTP 530"), "without it this server takes nothing"


def test_tls_from_the_first_byte(server_tls: ssl.SSLContext) -> None:
    room = Mailroom()
    with listening(room, ssl_context=server_tls) as config:
        assert isinstance(send(secured(config, "tls")), Sent)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(server_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, security: str) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    room = Mailroom()
    options = {"ssl_context": server_tls} if security == "tls" else {"tls_context": server_tls}
    with listening(room, **options) as config:
        assert send(secured(config, security)) == Failed("không kết nối được máy chủ gửi thư")
    assert room.got == []


def test_starttls_is_not_given_up_where_the_server_has_none() -> None:
    room = Mailroom()
    with listening(room) as config:
        assert send(secured(config, "starttls")) == Failed("không kết nối được máy chủ gửi thư")
    assert room.got == []


def test_a_notice_holds_its_lines_and_how_to_stop_it() -> None:
    room = Mailroom()
    with listening(room) as config:
        assert isinstance(mail.send_notice(config, TO, KEY, ["Mã: a1", "Lĩnh vực: Giao thông"], NOW), Sent)
    assert room.message().get_content().splitlines() == [
        "Mã: a1", "Lĩnh vực: Giao thông", "", "Thư tự động; đổi cách báo ở trang tài khoản của bạn."
    ]  # fmt: skip
    assert room.message()["Subject"] == f"[{OFFICE}] Cảnh báo trong hàng đợi"


# --- a server that goes away half-way --------------------------------------------------------------------------------------


@contextmanager
def hangs_up(after: str, says: str = "") -> Iterator[Config]:
    """A server that answers well until this command comes, says a last word, and closes the line."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_half_a_talk, args=(listener, after, says))
        thread.start()
        try:
            yield configured(mail_host="127.0.0.1", mail_port=listener.getsockname()[1], mail_sender=SENDER)
        finally:
            thread.join()


def _half_a_talk(listener: socket.socket, after: str, says: str) -> None:
    line, _ = listener.accept()
    with line, line.makefile("rwb") as talk, suppress(OSError):
        heard = "greeting"
        while heard and heard != after:
            talk.write(b"220 may-thu\r\n" if heard == "greeting" else b"250 OK\r\n")
            talk.flush()
            heard = talk.readline().decode().strip().partition(" ")[0].upper()
        talk.write(says.encode())
        talk.flush()


@pytest.mark.parametrize("after", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_up_half_way_is_tried_again(after: str) -> None:
    with hangs_up(after) as config:
        assert send(config) == Failed("máy chủ gửi thư ngắt giữa chừng")


@pytest.mark.parametrize("after", ["greeting", "EHLO"])
def test_a_server_that_hangs_up_at_once_is_tried_again(after: str) -> None:
    with hangs_up(after) as config:
        outcome = send(config)
    assert isinstance(outcome, Failed) and not outcome.final


@pytest.mark.parametrize("answer", ["550 not from you", "451 later", "530 log in first"])
def test_what_the_server_says_of_our_own_sender_is_never_final(answer: str) -> None:
    with hangs_up("MAIL", f"{answer}\r\n") as config:
        assert send(config) == Failed(f"SMTP {answer[:3]}"), "the office can put it right"


def test_both_attachments_open() -> None:
    room = Mailroom()
    with listening(room) as config:
        send(config)
    found = attachments(room.message())
    assert Document(io.BytesIO(found["kiem-tin-k1-1.docx"])).paragraphs[0].text == f"Sai sự thật: {CLAIM.text}"
    assert json.loads(found["kiem-tin-k1-1.json"].decode())["statement"] == CLAIM.text


@pytest.mark.parametrize(
    "name", ['Báo "Mây, Nước" <x@y.example>', 'Office "A, B" <x@y.example>', "a@b.example", "=?utf-8?q?x?=", "Sở (thử); nghiệm: 1"]
)
def test_an_office_of_any_name_is_one_sender(name: str) -> None:
    message = mail.correction_mail(configured(mail_sender=SENDER).model_copy(update={"office_name": name}), TO, KEY, first().body, NOW)
    read = message_from_bytes(message.as_bytes(policy=message.policy.clone(linesep="\r\n")), policy=default)
    assert [one.addr_spec for one in read["From"].addresses] == [SENDER]
