"""E-mail over the office's own server: what was approved, to a newsroom; an id, a theme and a link, to staff."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from kiemtin.config import Config
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.delivery.topic import docx_of, text_of
from kiemtin.delivery.webhook import body_of

_TIMEOUT = 20.0
_FOREVER = range(500, 600)  # RFC 5321: a 5xx answer will be the same next time
_DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def correction_mail(config: Config, to: str, key: str, body: Mapping[str, Any], now: datetime) -> EmailMessage:
    """The topic as text, with DOCX and JSON. `key` makes the message's id: a copy that arrives twice can be told."""
    verdict = "RÚT LẠI" if body["status"] == "withdrawn" else str(body["rating_name"])
    message = _message(config, to, f"[{config.office_name}] {verdict}: {body['statement']}", key, now)
    message.set_content(text_of(body))
    stem = f"kiem-tin-{body['id']}-{body['revision']}"
    message.add_attachment(docx_of(body), maintype=_DOCX[0], subtype=_DOCX[1], filename=f"{stem}.docx")
    message.add_attachment(body_of(body), maintype="application", subtype="json", filename=f"{stem}.json")
    return message


def notice_mail(config: Config, to: str, key: str, lines: list[str], now: datetime) -> EmailMessage:
    """`lines` hold ids, themes, numbers and log-in links only (LIMITS 6)."""
    message = _message(config, to, f"[{config.office_name}] Cảnh báo mới trong hàng đợi", key, now)
    message.set_content("\n".join([*lines, "", "Thư tự động; đổi cách báo ở trang tài khoản của bạn."]) + "\n")
    return message


def _message(config: Config, to: str, subject: str, key: str, now: datetime) -> EmailMessage:
    """Raises ValueError for an address that is none. Line ends in a subject become spaces: nothing can add a header."""
    message = EmailMessage()
    message["From"] = Address(_line(config.office_name), addr_spec=config.mail_sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = _line(subject)[:200]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{config.mail_sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _line(text: str) -> str:
    return " ".join(text.split())


def send(config: Config, message: EmailMessage) -> Outcome:
    """Hand one message over to the configured server."""
    if not config.mail_host or not config.mail_sender:
        return Failed("chưa cấu hình máy chủ gửi thư")
    try:
        server = _connect(config)
    except (OSError, smtplib.SMTPException, ValueError):
        return Failed("không kết nối được máy chủ gửi thư")
    try:
        server.send_message(message)
        return Sent("250")
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return Failed(f"SMTP {codes[0]}", final=all(code in _FOREVER for code in codes))
    except smtplib.SMTPResponseException as error:
        return Failed(f"SMTP {error.smtp_code}", final=error.smtp_code in _FOREVER)
    except (OSError, smtplib.SMTPException):
        return Failed("máy chủ gửi thư ngắt giữa chừng")
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _connect(config: Config) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if config.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(config.mail_host, config.mail_port, timeout=_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(config.mail_host, config.mail_port, timeout=_TIMEOUT)
    try:
        if config.mail_security == "starttls":
            server.starttls(context=context)
        if config.mail_login:
            server.login(config.mail_login, Path(config.mail_password_file).read_text("utf-8").strip())
    except BaseException:
        server.close()
        raise
    return server
