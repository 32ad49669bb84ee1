"""Sending what waits: due | send, outside any transaction | save how it ended. Killed between the two, it is sent again under the same key."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alerts.outbox import failed, succeeded
from kiemtin.delivery import folder, mail, webhook
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.domain.deliveries import Delivery, DeliveryState, DestinationKind
from kiemtin.domain.scope import THEME_NAMES_VI
from kiemtin.domain.stories import content_id
from kiemtin.errors import DataDirError
from kiemtin.pipeline.noticing import queue_notices
from kiemtin.pipeline.reviewing import mark_sent
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import notices as notice_store
from kiemtin.store.deliveries import Due
from kiemtin.store.notices import DueNotice

_LOCK = "delivery.lock"
_AT_ONCE, _ROUNDS = 50, 20


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """Corrections that arrived, that were given up, and that wait for a later round; and notices that were sent."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    notices: int = 0


def send_out(workspace: Workspace, now: datetime, loopback_ok: bool = False) -> DeliveryReport:
    """Notices that are due, everything that waits for a destination, and what has thereby been sent: after a pass, and by the clock."""
    queue_notices(workspace, now)
    total = DeliveryReport()
    for _ in range(_ROUNDS):
        if _is_idle(workspace, now):
            break
        report = deliver_due(workspace, now, loopback_ok, _AT_ONCE)
        total = DeliveryReport(total.sent + report.sent, total.failed + report.failed, report.waiting, total.notices + report.notices)
        if report.sent + report.failed < _AT_ONCE:
            break  # what is left waits for its time
    mark_sent(workspace)
    return total


def _is_idle(workspace: Workspace, now: datetime) -> bool:
    with workspace.records.begin() as conn:
        return not delivery_store.due(conn, now, 1) and not notice_store.due_notices(conn, now, 1)


def deliver_due(workspace: Workspace, now: datetime, loopback_ok: bool = False, limit: int = 50) -> DeliveryReport:
    """One round. Another worker on the same data directory sends nothing meanwhile."""
    with _alone(workspace.data_dir) as alone:
        if not alone:
            return DeliveryReport()
        with workspace.records.begin() as conn:
            waiting = delivery_store.due(conn, now, limit)
            notices = notice_store.due_notices(conn, now, limit)
        outcomes = _deliver_all(workspace, waiting, now, loopback_ok)
        told = _tell_all(workspace, notices, now)
    sent = sum(isinstance(outcome, Sent) for outcome in outcomes)
    given_up = sum(isinstance(outcome, Failed) and outcome.final for outcome in outcomes)
    return DeliveryReport(sent, given_up, len(waiting) - sent - given_up, told)


@contextmanager
def _alone(data_dir: Path) -> Iterator[bool]:
    """The kernel lets go of the lock when its holder dies."""
    try:
        descriptor = os.open(data_dir / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise DataDirError(f"{data_dir / _LOCK}: {error.strerror}") from error
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _deliver_all(workspace: Workspace, waiting: Sequence[Due], now: datetime, loopback_ok: bool) -> list[Outcome]:
    """A destination that does not answer is left alone for the rest of the round."""
    outcomes: list[Outcome] = []
    silent: set[str] = set()
    for one in waiting:
        if one.destination.id in silent:
            continue
        outcome = _deliver(workspace, one, now, loopback_ok)
        outcomes.append(outcome)
        if isinstance(outcome, Failed) and not outcome.final:
            silent.add(one.destination.id)
    return outcomes


def _deliver(workspace: Workspace, one: Due, now: datetime, loopback_ok: bool) -> Outcome:
    """How it ended, `final` also where this was the last try."""
    outcome = _send(workspace, one, now, loopback_ok)
    with workspace.records.change() as conn:
        current = delivery_store.load_delivery(conn, one.delivery.id) or one.delivery
        after = _after(current, outcome, now)
        delivery_store.save_outcome(conn, after)
    return replace(outcome, final=True) if isinstance(outcome, Failed) and after.state is DeliveryState.FAILED else outcome


def _after(current: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    """`current`: as it stands now. What was given up while it was being sent (its destination removed) does not wait again."""
    if isinstance(outcome, Sent):
        return succeeded(current, outcome.receipt, now)
    return failed(current, outcome.reason, now, outcome.final) if current.state is DeliveryState.WAITING else current


def _send(workspace: Workspace, one: Due, now: datetime, loopback_ok: bool) -> Outcome:
    to, key = one.destination, one.delivery.id
    match to.kind:
        case DestinationKind.WEBHOOK:
            return webhook.send(to.target, to.secret, key, one.body, now, loopback_ok)
        case DestinationKind.FOLDER:
            put = folder.send_edition if one.is_edition else folder.send
            return put(workspace.data_dir, to.target, one.body)
        case DestinationKind.MAIL:
            send = mail.send_edition if one.is_edition else mail.send_correction
            return send(workspace.config, to.target, key, one.body, now)
        case DestinationKind.FEED:
            return Sent("feed")


def _tell_all(workspace: Workspace, notices: Sequence[DueNotice], now: datetime) -> int:
    """How many were sent. The first failure that may pass ends the round: the mail server is the same for all."""
    sent = 0
    for one in notices:
        outcome = None if one.is_moot else _tell(workspace, one, now)
        with workspace.records.change() as conn:
            if outcome is None:
                notice_store.drop(conn, one)
            else:
                notice_store.save_notice_outcome(conn, one, isinstance(outcome, Sent), now, isinstance(outcome, Failed) and outcome.final)
        sent += isinstance(outcome, Sent)
        if isinstance(outcome, Failed) and not outcome.final:
            break
    return sent


def _tell(workspace: Workspace, one: DueNotice, now: datetime) -> Outcome:
    return mail.send_notice(workspace.config, one.mailbox, content_id("notice", one.staff_id, one.subject), _lines(workspace, one), now)


def _lines(workspace: Workspace, one: DueNotice) -> list[str]:
    """An id, a theme, a number, a link: nothing else stands here (LIMITS 6)."""
    if one.theme is not None:
        return [f"Mã: {one.subject}", f"Lĩnh vực: {THEME_NAMES_VI[one.theme]}", f"Mở: {workspace.config.public_url}/alerts/{one.subject}"]
    with workspace.records.begin() as conn:
        counts = notice_store.open_by_theme(conn)
    rows = [f"{THEME_NAMES_VI[theme]}: {count}" for theme, count in counts.items()]
    return ["Số cảnh báo đang mở theo lĩnh vực:", *(rows or ["không có"]), f"Mở: {workspace.config.public_url}/"]
