"""Sending what waits: due | send, outside any transaction | save how it ended. Killed between the two, it is sent again under the same key."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.outbox import failed, succeeded
from kiemtin.delivery import folder, mail, webhook
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.domain.deliveries import DestinationKind
from kiemtin.domain.scope import THEME_NAMES_VI
from kiemtin.domain.stories import content_id
from kiemtin.errors import DataDirError
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import notices as notice_store
from kiemtin.store.deliveries import Due
from kiemtin.store.notices import DueNotice

_LOCK = "delivery.lock"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """How many corrections and notices were handed over, and how many attempts failed."""

    sent: int = 0
    failed: int = 0
    notices: int = 0


def deliver_due(workspace: Workspace, now: datetime, loopback_ok: bool = False, limit: int = 50) -> DeliveryReport:
    """One round. Another worker on the same data directory sends nothing meanwhile."""
    with _alone(workspace.data_dir) as alone:
        if not alone:
            return DeliveryReport()
        with workspace.records.begin() as conn:
            waiting = delivery_store.due(conn, now, limit)
            notices = notice_store.due_notices(conn, now, limit)
        outcomes = [_deliver(workspace, one, now, loopback_ok) for one in waiting]
        told = [_tell(workspace, one, now) for one in notices]
    sent = sum(isinstance(outcome, Sent) for outcome in outcomes)
    return DeliveryReport(sent, len(outcomes) - sent, sum(told))


@contextmanager
def _alone(data_dir: Path) -> Iterator[bool]:
    """The kernel lets go of the lock when its holder dies."""
    try:
        descriptor = os.open(data_dir / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise DataDirError(f"{data_dir / _LOCK}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _deliver(workspace: Workspace, one: Due, now: datetime, loopback_ok: bool) -> Outcome:
    outcome = _send(workspace, one, now, loopback_ok)
    match outcome:
        case Sent(receipt):
            after = succeeded(one.delivery, receipt, now)
        case Failed(reason, final):
            after = failed(one.delivery, reason, now, final)
    with workspace.records.change() as conn:
        delivery_store.save_outcome(conn, after)
    return outcome


def _send(workspace: Workspace, one: Due, now: datetime, loopback_ok: bool) -> Outcome:
    to, key = one.destination, one.delivery.id
    match to.kind:
        case DestinationKind.WEBHOOK:
            return webhook.send(to.target, to.secret, key, one.body, now, loopback_ok)
        case DestinationKind.FOLDER:
            return folder.send(workspace.data_dir, to.target, one.body)
        case DestinationKind.MAIL:
            try:
                message = mail.correction_mail(workspace.config, to.target, key, one.body, now)
            except ValueError:
                return Failed("hộp thư không dùng được")
            return mail.send(workspace.config, message)
        case DestinationKind.FEED:
            return Sent("feed")


def _tell(workspace: Workspace, one: DueNotice, now: datetime) -> bool:
    key = content_id("notice", one.staff_id, one.subject)
    try:
        message = mail.notice_mail(workspace.config, one.mailbox, key, _lines(workspace, one), now)
        sent = isinstance(mail.send(workspace.config, message), Sent)
    except ValueError:
        sent = False
    with workspace.records.change() as conn:
        notice_store.save_notice_outcome(conn, one, sent, now)
    return sent


def _lines(workspace: Workspace, one: DueNotice) -> list[str]:
    """An id, a theme, a number, a link: nothing else stands here (LIMITS 6)."""
    if one.theme is not None:
        return [f"Mã: {one.subject}", f"Lĩnh vực: {THEME_NAMES_VI[one.theme]}", f"Mở: {workspace.config.public_url}/alerts/{one.subject}"]
    with workspace.records.begin() as conn:
        counts = notice_store.open_by_theme(conn)
    rows = [f"{THEME_NAMES_VI[theme]}: {count}" for theme, count in counts.items()]
    return ["Số cảnh báo đang mở theo lĩnh vực:", *(rows or ["không có"]), f"Mở: {workspace.config.public_url}/"]
