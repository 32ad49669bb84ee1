"""The worker: what waits goes out once and in order, failures wait longer and longer, a kill sends again under the same key, and notices hold no claim."""

import fcntl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.notices import Notice
from alerts.outbox import MAX_ATTEMPTS
from kiemtin.config import Config
from kiemtin.delivery import mail, webhook, worker
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.delivery.worker import DeliveryReport, deliver_due
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.deliveries import DeliveryState, Destination
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Role, Staff, Tier
from kiemtin.errors import DataDirError
from kiemtin.pipeline.noticing import queue_notices
from kiemtin.store import accounts, deliveries
from kiemtin.store import notices as notice_store
from kiemtin.store.tables import notices
from tests.delivery import CLAIM, FOLDER, MAIL, NOW, WEBHOOK, Run, first, opened, withdrawn

OTHER = replace(WEBHOOK, id="d-other", subscriber="Báo Khác", target="http://127.0.0.1:9/khac")
PERSON = Staff("s1", "Người Một", Role.REVIEWER, mailbox="mot@vanphong.example", tier=Tier.IMMEDIATE)
OK, BUSY, GONE = Sent("HTTP 204"), Failed("HTTP 503"), Failed("HTTP 410", final=True)


class Webhooks:
    """Stands in for the network: answers as told, one answer an attempt, the last one again and again."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Outcome]] = {}
        self.asked: list[tuple[str, str, int]] = []

    def send(self, url: str, _secret: str, key: str, correction: Mapping[str, Any], *_: Any) -> Outcome:
        self.asked.append((url, key, correction["revision"]))
        answers = self.answers.get(url, [OK])
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Letters:
    def __init__(self) -> None:
        self.answer: Outcome = Sent("SMTP 250")
        self.sent: list[EmailMessage] = []

    def send(self, _config: Config, message: EmailMessage) -> Outcome:
        self.sent.append(message)
        return self.answer


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with opened(tmp_path / "data", mail_host="127.0.0.1", mail_sender="kiemtin@vanphong.example", public_url="https://tin.example") as run:
        yield run


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Webhooks:
    fake = Webhooks()
    monkeypatch.setattr(webhook, "send", fake.send)
    return fake


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    fake = Letters()
    monkeypatch.setattr(mail, "send", fake.send)
    return fake


def go(run: Run, limit: int = 50, **later: float) -> DeliveryReport:
    return deliver_due(run.workspace, NOW + timedelta(**later), loopback_ok=True, limit=limit)


def states(run: Run, destination: Destination) -> list[str]:
    return [one.state.value for one in run.queue(destination)]


# --- corrections -----------------------------------------------------------------------------------------------------------


def test_each_kind_goes_its_own_way_once(run: Run, network: Webhooks, letters: Letters) -> None:
    run.add(FOLDER, MAIL, WEBHOOK)
    run.approve()
    assert go(run) == DeliveryReport(sent=3)
    assert go(run, hours=1) == DeliveryReport()
    assert (run.workspace.data_dir / "outgoing" / "go-may" / "k1-1.json").is_file()
    assert [one["To"] for one in letters.sent] == [MAIL.target]
    assert network.asked == [(WEBHOOK.target, run.queue(WEBHOOK)[0].id, 1)]
    (done,) = run.queue(WEBHOOK)
    assert (done.state, done.receipt, done.attempts, done.delivered_at) == (DeliveryState.DELIVERED, "HTTP 204", 1, NOW)


def test_a_failure_is_tried_again_later_and_later_under_the_same_key(run: Run, network: Webhooks) -> None:
    network.answers[WEBHOOK.target] = [BUSY, BUSY, OK]
    run.add(WEBHOOK)
    run.approve()
    assert go(run) == DeliveryReport(waiting=1)
    assert run.queue(WEBHOOK)[0].failure == "HTTP 503"
    assert go(run, seconds=29) == DeliveryReport()
    assert go(run, seconds=30) == DeliveryReport(waiting=1)
    assert go(run, seconds=89) == DeliveryReport()
    assert go(run, seconds=90) == DeliveryReport(sent=1)
    assert len(network.asked) == 3 and len({key for _, key, _ in network.asked}) == 1
    assert [(one.state, one.attempts, one.failure) for one in run.queue(WEBHOOK)] == [(DeliveryState.DELIVERED, 3, "")]


def test_after_the_last_try_it_is_given_up(run: Run, network: Webhooks) -> None:
    network.answers[WEBHOOK.target] = [BUSY]
    run.add(WEBHOOK)
    run.approve()
    reports = [go(run, days=day) for day in range(MAX_ATTEMPTS + 2)]
    assert reports == [DeliveryReport(waiting=1)] * (MAX_ATTEMPTS - 1) + [DeliveryReport(failed=1), DeliveryReport(), DeliveryReport()]


def test_what_cannot_be_helped_is_given_up_at_once(run: Run, network: Webhooks) -> None:
    network.answers[WEBHOOK.target] = [GONE]
    run.add(WEBHOOK)
    run.approve()
    assert go(run) == DeliveryReport(failed=1)
    assert states(run, WEBHOOK) == ["failed"]


def test_versions_arrive_in_their_order(run: Run, network: Webhooks) -> None:
    network.answers[WEBHOOK.target] = [BUSY, OK]
    run.add(WEBHOOK)
    run.approve()
    run.approve(withdrawn())
    for seconds in (0, 1, 30, 31):
        go(run, seconds=seconds)
    assert [revision for _, _, revision in network.asked] == [1, 1, 2]
    assert states(run, WEBHOOK) == ["delivered", "delivered"]


def test_one_that_does_not_answer_is_left_alone_for_the_round(run: Run, network: Webhooks) -> None:
    network.answers[WEBHOOK.target] = [BUSY]
    run.add(WEBHOOK, OTHER)
    for at in range(3):
        run.approve(replace(first(), id=f"k{at}", claim_id=f"c{at}"))
    assert go(run) == DeliveryReport(sent=3, waiting=3)
    assert [url for url, _, _ in network.asked].count(WEBHOOK.target) == 1


def test_killed_between_sending_and_saving_it_is_sent_again_under_the_same_key(run: Run, network: Webhooks, monkeypatch: pytest.MonkeyPatch) -> None:
    run.add(WEBHOOK)
    run.approve()
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "save_outcome", _kill)
        with pytest.raises(KeyboardInterrupt):
            go(run)
    assert states(run, WEBHOOK) == ["waiting"]
    assert go(run) == DeliveryReport(sent=1)
    assert network.asked[0] == network.asked[1] and len(network.asked) == 2


def _kill(*_: Any) -> None:
    raise KeyboardInterrupt


def test_nothing_goes_to_who_pauses_or_is_gone(run: Run, network: Webhooks) -> None:
    run.add(WEBHOOK, OTHER)
    run.approve()
    with run.workspace.records.change() as conn:
        deliveries.set_paused(conn, WEBHOOK.id, True)
        deliveries.remove_destination(conn, OTHER.id)
    assert go(run) == DeliveryReport()
    assert (network.asked, states(run, WEBHOOK), states(run, OTHER)) == ([], ["waiting"], ["failed"])
    with run.workspace.records.change() as conn:
        deliveries.set_paused(conn, WEBHOOK.id, False)
    assert go(run, days=9) == DeliveryReport(sent=1)


@pytest.mark.parametrize(("outcome", "state"), [(BUSY, "failed"), (OK, "delivered")])
def test_removed_while_it_is_being_sent(run: Run, network: Webhooks, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, state: str) -> None:
    def send(*_: Any) -> Outcome:
        with run.workspace.records.change() as conn:
            deliveries.remove_destination(conn, WEBHOOK.id)
        return outcome

    run.add(WEBHOOK)
    run.approve()
    monkeypatch.setattr(webhook, "send", send)
    go(run)
    assert states(run, WEBHOOK) == [state]


def test_no_transaction_is_open_while_sending(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(*_: Any) -> Outcome:
        with run.workspace.records.change() as conn:  # it would wait for thirty seconds and fail
            deliveries.set_paused(conn, WEBHOOK.id, False)
        return OK

    monkeypatch.setattr(webhook, "send", send)
    run.add(WEBHOOK)
    run.approve()
    assert go(run) == DeliveryReport(sent=1)


def test_a_second_worker_sends_nothing_meanwhile(run: Run, network: Webhooks) -> None:
    run.add(WEBHOOK)
    run.approve()
    with (run.workspace.data_dir / "delivery.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert go(run) == DeliveryReport()
    assert network.asked == []
    assert go(run) == DeliveryReport(sent=1)


def test_a_lock_that_cannot_be_made_is_said_in_one_line(run: Run) -> None:
    (run.workspace.data_dir / "delivery.lock").mkdir()
    with pytest.raises(DataDirError, match=r"delivery\.lock"):
        go(run)


def test_no_more_than_the_limit_in_one_round(run: Run, network: Webhooks) -> None:
    run.add(WEBHOOK, OTHER)
    run.approve()
    assert [go(run, limit=1), go(run, limit=1), go(run, limit=1)] == [DeliveryReport(sent=1), DeliveryReport(sent=1), DeliveryReport()]


def test_without_a_mail_server_a_letter_waits(tmp_path: Path) -> None:
    with opened(tmp_path / "bare") as bare:
        bare.add(MAIL)
        bare.approve()
        assert go(bare) == DeliveryReport(waiting=1)
        assert bare.queue(MAIL)[0].failure == "chưa cấu hình máy chủ gửi thư"


# --- notices ---------------------------------------------------------------------------------------------------------------


def tell(run: Run, subject: str, person: Staff = PERSON) -> None:
    with run.workspace.records.change() as conn:
        accounts.add(conn, person, "x", NOW)
        notice_store.add(conn, [Notice(person.id, subject)], NOW)


def queued(run: Run) -> list[tuple[str, str]]:
    with run.workspace.records.begin() as conn:
        return [(row.subject, row.state) for row in conn.execute(sa.select(notices).order_by(notices.c.subject))]


def test_a_notice_is_an_id_a_theme_and_a_link_and_never_the_claim(run: Run, letters: Letters) -> None:
    run.add_alert(status=AlertStatus.NEW)
    tell(run, "a1")
    assert go(run) == DeliveryReport(notices=1)
    assert go(run, days=1) == DeliveryReport()
    (message,) = letters.sent
    assert message["To"] == PERSON.mailbox
    assert message.get_content().splitlines()[:3] == ["Mã: a1", "Lĩnh vực: Thiên tai, thời tiết, cháy nổ", "Mở: https://tin.example/alerts/a1"]
    said = message.as_string() + message.get_content() + str(message["Subject"])
    assert CLAIM.text not in said and "Trúc Lam" not in said
    assert queued(run) == [("a1", "sent")]


@pytest.mark.parametrize("subject", ["daily:2026-11-27", "weekly:2026-W48"])
def test_a_digest_is_numbers_by_theme(run: Run, letters: Letters, subject: str) -> None:
    run.add_alert("a1", status=AlertStatus.NEW)
    run.add_alert("a2", replace(CLAIM, id="c2"), AlertStatus.IN_REVIEW)
    run.add_alert("a3", replace(CLAIM, id="c3", theme=Theme.TRANSPORT), AlertStatus.NEEDS_EVIDENCE)
    run.add_alert("a4", replace(CLAIM, id="c4"), AlertStatus.APPROVED)
    tell(run, subject)
    assert go(run) == DeliveryReport(notices=1)
    lines = letters.sent[0].get_content().splitlines()
    assert lines[:4] == [
        "Số cảnh báo đang mở theo lĩnh vực:", "Thiên tai, thời tiết, cháy nổ: 2", "Giao thông: 1", "Mở: https://tin.example/"
    ]  # fmt: skip
    assert CLAIM.text not in letters.sent[0].get_content()


@pytest.mark.parametrize(
    ("person", "subject"),
    [(replace(PERSON, closed=True), "daily:2026-11-27"), (replace(PERSON, mailbox=""), "daily:2026-11-27"), (PERSON, "no-such-alert")],
)
def test_nobody_to_tell_or_nothing_to_tell_of_and_the_row_goes(run: Run, letters: Letters, person: Staff, subject: str) -> None:
    tell(run, subject, person)
    assert go(run) == DeliveryReport()
    assert (letters.sent, queued(run)) == ([], [])


def test_a_notice_that_failed_is_tried_again_and_the_rest_of_the_round_is_spared(run: Run, letters: Letters) -> None:
    letters.answer = Failed("không kết nối được máy chủ gửi thư")
    tell(run, "daily:2026-11-26")
    tell(run, "daily:2026-11-27")
    assert go(run) == DeliveryReport()
    assert len(letters.sent) == 1
    letters.answer = Sent("SMTP 250")
    assert [go(run, seconds=59).notices, go(run, seconds=60).notices] == [1, 1]
    assert len({message["Message-ID"] for message in letters.sent}) == 2, "one id a notice, however often it is tried"


def test_a_notice_is_given_up_in_the_end_and_at_once_where_it_cannot_be_helped(run: Run, letters: Letters) -> None:
    letters.answer = Failed("SMTP 451")
    tell(run, "daily:2026-11-27")
    for day in range(12):
        go(run, days=day)
    assert (len(letters.sent), queued(run)) == (8, [("daily:2026-11-27", "failed")])
    letters.answer = Failed("SMTP 550", final=True)
    tell(run, "weekly:2026-W48")
    go(run)
    go(run, days=1)
    assert len(letters.sent) == 9


def test_notices_are_sent_by_one_worker_only(run: Run, letters: Letters) -> None:
    tell(run, "daily:2026-11-27")
    with worker._alone(run.workspace.data_dir) as alone:
        assert alone
        assert go(run) == DeliveryReport()
    assert letters.sent == []


# --- notices from the queue of the desk to the mailbox ---------------------------------------------------------------------


def staff(run: Run, **keys: Any) -> Staff:
    """An account that is told of each alert at once, unless said otherwise; again: the same account, changed."""
    person = replace(PERSON, **{"tier": Tier.IMMEDIATE, **keys})
    with run.workspace.records.change() as conn:
        if not accounts.add(conn, person, "x", NOW):
            accounts.save(conn, person)
    return person


def turn(run: Run, **later: float) -> int:
    """What `kiemtin serve` does every two seconds; returns how many notices went out."""
    queue_notices(run.workspace, NOW + timedelta(**later))
    return go(run, **later).notices


def open_alerts(run: Run, *ids: str) -> None:
    for one in ids:
        run.add_alert(one, replace(CLAIM, id=f"c-{one}"), AlertStatus.NEW)


def test_a_person_gets_no_more_a_day_than_they_asked_for_and_the_rest_the_next_day(run: Run, letters: Letters) -> None:
    staff(run, daily_cap=2)
    open_alerts(run, "a1", "a2", "a3")
    assert [turn(run), turn(run, minutes=1), turn(run, hours=11)] == [2, 0, 0]
    assert turn(run, hours=13) == 1, "it is past midnight in Vietnam"
    assert turn(run, hours=14) == 0


def test_whoever_asked_for_silence_is_told_afterwards_of_what_is_still_new(run: Run, letters: Letters) -> None:
    staff(run, muted_until=NOW + timedelta(hours=2))
    open_alerts(run, "a1")
    assert [turn(run), turn(run, hours=1), turn(run, hours=2), turn(run, hours=3)] == [0, 0, 1, 0]


@pytest.mark.parametrize("keys", [{"closed": True}, {"mailbox": ""}, {"tier": Tier.NONE}])
def test_who_is_not_to_be_told_is_not_told(run: Run, letters: Letters, keys: dict[str, Any]) -> None:
    staff(run, **keys)
    open_alerts(run, "a1")
    assert [turn(run), turn(run, days=1)] == [0, 0]
    assert queued(run) == []


def test_a_digest_comes_once_a_day_and_is_numbers(run: Run, letters: Letters) -> None:
    staff(run, tier=Tier.DAILY)
    open_alerts(run, "a1", "a2")
    assert [turn(run, hours=hours) for hours in (0, 1, 5, 12, 19, 20, 21, 30)] == [1, 0, 0, 0, 0, 1, 0, 0], (
        "12:00, and 07:30 of the next day has passed at 08:00"
    )
    assert len({message["Message-ID"] for message in letters.sent}) == 2
    for message in letters.sent:
        assert "Thiên tai, thời tiết, cháy nổ: 2" in message.get_content()
        assert CLAIM.text not in message.get_content() and "a1" not in message.get_content()


def test_an_account_that_is_closed_meanwhile_is_not_told_of_what_waited(run: Run, letters: Letters) -> None:
    staff(run)
    open_alerts(run, "a1")
    queue_notices(run.workspace, NOW)
    staff(run, closed=True)
    assert (go(run).notices, queued(run)) == (0, [])


@pytest.mark.parametrize("keys", [{"muted_until": NOW + timedelta(hours=2)}, {"tier": Tier.NONE}])
def test_whoever_asks_for_silence_meanwhile_is_left_in_peace(run: Run, letters: Letters, keys: dict[str, Any]) -> None:
    staff(run)
    open_alerts(run, "a1")
    letters.answer = Failed("không kết nối được máy chủ gửi thư")
    turn(run)
    staff(run, **keys)
    letters.answer = Sent("SMTP 250")
    assert turn(run, hours=1) == 0


def test_without_a_mail_server_no_notice_is_even_queued(tmp_path: Path) -> None:
    with opened(tmp_path / "bare") as bare:
        staff(bare)
        open_alerts(bare, "a1")
        assert turn(bare) == 0
        assert queued(bare) == []


# --- two at once, and what must not go wrong with one --------------------------------------------------------------------------


def test_two_workers_at_the_same_time_send_each_delivery_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    sending, finish, keys = threading.Event(), threading.Event(), []

    def send(_url: str, _secret: str, key: str, *_: Any) -> Outcome:
        keys.append(key)
        sending.set()
        assert finish.wait(20)
        return OK

    monkeypatch.setattr(webhook, "send", send)
    run.add(WEBHOOK, OTHER)
    run.approve()
    reports: list[DeliveryReport] = []
    slow = threading.Thread(target=lambda: reports.append(go(run)))
    slow.start()
    try:
        assert sending.wait(20)
        assert go(run) == DeliveryReport(), "the other one is sending"
    finally:
        finish.set()
        slow.join()
    assert reports == [DeliveryReport(sent=2)]
    assert len(keys) == len(set(keys)) == 2


def test_killed_after_the_first_of_two_only_that_one_is_sent_again(run: Run, network: Webhooks, monkeypatch: pytest.MonkeyPatch) -> None:
    run.add(WEBHOOK, OTHER)
    run.approve()
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "save_outcome", _kill)
        with pytest.raises(KeyboardInterrupt):
            go(run)
    assert go(run) == DeliveryReport(sent=2)
    assert len(network.asked) == 3 and len({key for _, key, _ in network.asked}) == 2


def test_killed_while_it_is_saved_a_notice_has_the_same_id_again(run: Run, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(run, "daily:2026-11-27")
    with monkeypatch.context() as patch:
        patch.setattr(notice_store, "save_notice_outcome", _kill)
        with pytest.raises(KeyboardInterrupt):
            go(run)
    assert go(run).notices == 1
    assert len(letters.sent) == 2 and len({message["Message-ID"] for message in letters.sent}) == 1
