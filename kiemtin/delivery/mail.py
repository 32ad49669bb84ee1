"""E-mail over the office's own server: what was approved, to a newsroom; an id, a theme and a link, to staff."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from kiemtin.briefing.document import docx_of as edition_docx
from kiemtin.briefing.letter import text_of as edition_text
from kiemtin.briefing.page import html_of, pdf_of
from kiemtin.briefing.render import json_of
from kiemtin.briefing.words import title as edition_title
from kiemtin.config import Config
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.delivery.topic import docx_of, text_of
from kiemtin.delivery.webhook import body_of
from kiemtin.errors import InputError

_TIMEOUT = 20.0
_FOREVER = range(500, 600)  # RFC 5321: a 5xx answer will be the same next time
_DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
# One plain address: no display name, no quoting, no second recipient, nothing that could end a header.
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST_MAILBOX = 254  # RFC 5321
_LONGEST_SUBJECT = 200

_NOT_CONFIGURED = Failed("chưa cấu hình máy chủ gửi thư")


class _Letter(EmailPolicy):
    """Python 3.11 loses a space where it folds a line between two encoded words (gh-92081): a subject in Vietnamese needs each of them."""

    def fold(self, name: str, value: str) -> str:
        if value.isascii() or name.lower() not in ("subject", "from"):
            return str(super().fold(name, value))
        address = value.addresses[0] if isinstance(value, AddressHeader) else None
        words: str = Header(address.display_name if address else value, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {words}{f'{self.linesep} <{address.addr_spec}>' if address else ''}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


_LETTER = _Letter()


def is_mailbox(text: str) -> bool:
    return len(text) <= _LONGEST_MAILBOX and _MAILBOX.fullmatch(text) is not None


def send_correction(config: Config, to: str, key: str, body: Mapping[str, Any], now: datetime) -> Outcome:
    """The topic as text, with DOCX and JSON. `key` makes the message's id: a copy that arrives twice can be told."""
    return _refusal(config, to) or send(config, correction_mail(config, to, key, body, now))


def send_edition(config: Config, to: str, key: str, body: Mapping[str, Any], now: datetime) -> Outcome:
    """The briefing as text and page, with the document, the print and JSON."""
    return _refusal(config, to) or send(config, edition_mail(config, to, key, body, now))


def edition_mail(config: Config, to: str, key: str, body: Mapping[str, Any], now: datetime) -> EmailMessage:
    """Raises ValueError for an address that is none. Without Debian's pango the print is left out: the rest says the same."""
    message = _message(config, to, f"[{config.office_name}] {edition_title(body)}", key, now)
    message.set_content(edition_text(body), cte="quoted-printable")
    message.add_alternative(html_of(body).decode(), subtype="html", cte="quoted-printable")
    stem = f"ban-tin-{body['kind']}-{body['day']}"
    message.add_attachment(edition_docx(body), maintype=_DOCX[0], subtype=_DOCX[1], filename=f"{stem}.docx")
    with suppress(InputError):
        message.add_attachment(pdf_of(body), maintype="application", subtype="pdf", filename=f"{stem}.pdf")
    message.add_attachment(json_of(body), maintype="application", subtype="json", filename=f"{stem}.json")
    return message


def send_notice(config: Config, to: str, key: str, lines: list[str], now: datetime) -> Outcome:
    """`lines` hold ids, themes, numbers and log-in links only (LIMITS 6)."""
    return _refusal(config, to) or send(config, notice_mail(config, to, key, lines, now))


def _refusal(config: Config, to: str) -> Failed | None:
    """A wrong setting of ours can be put right; a recipient's address stays what it is."""
    if not config.mail_host or not config.mail_sender:
        return _NOT_CONFIGURED
    if not is_mailbox(config.mail_sender):
        return Failed("hộp thư người gửi (mail_sender) không dùng được")
    return None if is_mailbox(to) else Failed("hộp thư nhận không dùng được", final=True)


def correction_mail(config: Config, to: str, key: str, body: Mapping[str, Any], now: datetime) -> EmailMessage:
    """Raises ValueError for an address that is none."""
    verdict = "RÚT LẠI" if body["status"] == "withdrawn" else str(body["rating_name"])
    message = _message(config, to, f"[{config.office_name}] {verdict}: {body['statement']}", key, now)
    message.set_content(text_of(body), cte="quoted-printable")
    stem = f"kiem-tin-{body['id']}-{body['revision']}"
    message.add_attachment(docx_of(body), maintype=_DOCX[0], subtype=_DOCX[1], filename=f"{stem}.docx")
    message.add_attachment(body_of(body), maintype="application", subtype="json", filename=f"{stem}.json")
    return message


def notice_mail(config: Config, to: str, key: str, lines: list[str], now: datetime) -> EmailMessage:
    """Raises ValueError for an address that is none."""
    message = _message(config, to, f"[{config.office_name}] Cảnh báo trong hàng đợi", key, now)
    message.set_content("\n".join([*lines, "", "Thư tự động; đổi cách báo ở trang tài khoản của bạn."]) + "\n", cte="quoted-printable")
    return message


def _message(config: Config, to: str, subject: str, key: str, now: datetime) -> EmailMessage:
    """Line ends in a subject or name become spaces: nothing can add a header."""
    if not is_mailbox(to) or not is_mailbox(config.mail_sender):
        raise ValueError("not a mailbox")
    message = EmailMessage(_LETTER)
    message["From"] = Address(_line(config.office_name), addr_spec=config.mail_sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = _line(subject)[:_LONGEST_SUBJECT].strip()
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{config.mail_sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _line(text: str) -> str:
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def send(config: Config, message: EmailMessage) -> Outcome:
    """Hand one message over to the configured server."""
    if not config.mail_host:
        return _NOT_CONFIGURED
    try:
        password = Path(config.mail_password_file).read_text("ascii").strip() if config.mail_login else ""
    except (OSError, ValueError):
        return Failed("không đọc được tệp mật khẩu máy chủ gửi thư")
    try:
        server = _connect(config, password)
    except smtplib.SMTPAuthenticationError:
        return Failed("máy chủ gửi thư từ chối đăng nhập")
    except (OSError, smtplib.SMTPException, ValueError):
        return Failed("không kết nối được máy chủ gửi thư")
    return _hand_over(server, message)


def _connect(config: Config, password: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if config.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(config.mail_host, config.mail_port, timeout=_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(config.mail_host, config.mail_port, timeout=_TIMEOUT)
    try:
        if config.mail_security == "starttls":
            server.starttls(context=context)
        if config.mail_login:
            server.login(config.mail_login, password)
    except BaseException:
        server.close()
        raise
    return server


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> Outcome:
    """Only what the server says of the recipient or the message is final: our own sender's trouble is for the office to put right."""
    try:
        server.send_message(message)
        return Sent("SMTP 250")
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return Failed(f"SMTP {codes[0]}", final=all(code in _FOREVER for code in codes))
    except smtplib.SMTPDataError as error:
        return Failed(f"SMTP {error.smtp_code}", final=error.smtp_code in _FOREVER)
    except smtplib.SMTPResponseException as error:
        return Failed(f"SMTP {error.smtp_code}")
    except (OSError, smtplib.SMTPException):
        return Failed("máy chủ gửi thư ngắt giữa chừng")
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
