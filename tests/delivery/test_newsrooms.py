"""Destinations as administrators keep them: what they miss while they are away, what is asked for again, and what two who click at once do."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.outbox import succeeded
from kiemtin.delivery.worker import DeliveryReport, deliver_due
from kiemtin.desk.routes.newsrooms import _target
from kiemtin.domain.deliveries import DeliveryState, Destination, DestinationKind
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Role, Staff
from kiemtin.errors import InputError
from kiemtin.pipeline import newsrooms
from kiemtin.pipeline.accounts import digest
from kiemtin.pipeline.newsrooms import Issued, Wanted
from kiemtin.store import corrections, decisions, deliveries
from tests.delivery import NOW, Run, first, opened, withdrawn

ADMIN = Staff("s9", "Người Chín", Role.ADMIN)
WANTED = Wanted("Báo Gò Mây", DestinationKind.FOLDER, "go-may", frozenset({Theme.DISASTER}))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with opened(tmp_path / "data") as run:
        yield run


def add(run: Run, wanted: Wanted = WANTED) -> Issued:
    return newsrooms.add_destination(run.workspace, wanted, ADMIN, NOW)


def remove(run: Run, destination: Destination) -> None:
    newsrooms.remove(run.workspace, destination, ADMIN, NOW)


def go(run: Run, **later: float) -> DeliveryReport:
    return deliver_due(run.workspace, NOW + timedelta(**later), loopback_ok=True)


def queue(run: Run, destination: Destination) -> list[tuple[int, str]]:
    return [(one.revision, one.state.value) for one in run.queue(destination)]


def known(run: Run, destination: Destination) -> Destination | None:
    with run.workspace.records.begin() as conn:
        return deliveries.load_destination(conn, destination.id)


def test_its_token_opens_the_api_and_is_kept_as_a_digest_only(run: Run) -> None:
    issued = add(run)
    with run.workspace.records.begin() as conn:
        assert deliveries.destination_of_token(conn, digest(issued.token)) == issued.destination
    assert issued.token.encode() not in b"".join(path.read_bytes() for path in run.workspace.data_dir.glob("records.sqlite3*"))


def test_the_same_organisation_is_added_once_for_one_address(run: Run) -> None:
    add(run)
    with pytest.raises(InputError, match="đã có nơi nhận"):
        add(run, replace(WANTED, themes=frozenset()))
    add(run, replace(WANTED, subscriber="Đài Bến Sương"))
    add(run, replace(WANTED, target="go-may-2"))


def test_a_new_one_gets_nothing_old(run: Run) -> None:
    run.approve()
    assert queue(run, add(run).destination) == []


def test_who_comes_again_hears_of_the_withdrawal_it_missed(run: Run) -> None:
    destination = add(run).destination
    run.approve()
    assert go(run) == DeliveryReport(sent=1)
    remove(run, destination)
    run.approve(withdrawn())
    assert queue(run, destination) == [(1, "delivered")]
    assert add(run).destination.id == destination.id
    assert queue(run, destination) == [(1, "delivered"), (2, "waiting")]
    assert go(run) == DeliveryReport(sent=1)


def test_who_comes_again_gets_the_latest_version_alone_and_once(run: Run) -> None:
    destination = add(run).destination
    run.approve()
    run.approve(replace(first(), revision=2, body={**first().body, "revision": 2}))
    remove(run, destination)
    add(run)
    assert queue(run, destination) == [(1, "failed"), (2, "waiting")]
    assert go(run) == DeliveryReport(sent=1)
    remove(run, destination)
    add(run)
    assert go(run, days=1) == DeliveryReport(), "it has that one already"


def test_a_new_token_ends_the_old_one_and_its_secret(run: Run) -> None:
    old = add(run)
    new = newsrooms.new_token(run.workspace, old.destination, ADMIN, NOW)
    assert (new.destination.id, new.token != old.token, new.destination.secret != old.destination.secret) == (old.destination.id, True, True)
    with run.workspace.records.begin() as conn:
        assert deliveries.destination_of_token(conn, digest(old.token)) is None
        assert deliveries.destination_of_token(conn, digest(new.token)) == new.destination


def test_what_waits_goes_out_when_it_is_resumed(run: Run) -> None:
    destination = add(run).destination
    newsrooms.pause(run.workspace, destination, True, ADMIN, NOW)
    run.approve()
    assert go(run) == DeliveryReport()
    newsrooms.pause(run.workspace, destination, False, ADMIN, NOW)
    assert go(run) == DeliveryReport(sent=1)


def test_what_was_given_up_is_sent_again_under_its_key_when_someone_asks(run: Run) -> None:
    destination = add(run).destination
    run.approve()
    (one,) = run.queue(destination)
    with run.workspace.records.change() as conn:
        deliveries.save_outcome(conn, replace(one, state=DeliveryState.FAILED, attempts=12, failure="HTTP 503"))
    assert newsrooms.replay(run.workspace, destination, one.id, ADMIN, NOW)
    (again,) = run.queue(destination)
    assert (again.id, again.state, again.attempts, again.failure) == (one.id, DeliveryState.WAITING, 0, "")
    assert go(run) == DeliveryReport(sent=1)


def test_nobody_asks_again_for_what_is_another_s_or_nobody_s(run: Run) -> None:
    mine, other = add(run).destination, add(run, replace(WANTED, target="khac")).destination
    run.approve()
    (one,) = run.queue(mine)
    assert not newsrooms.replay(run.workspace, other, one.id, ADMIN, NOW)
    assert not newsrooms.replay(run.workspace, mine, "none", ADMIN, NOW)


def test_each_change_is_a_line_of_the_log_without_address_or_secret(run: Run) -> None:
    issued = add(run)
    newsrooms.pause(run.workspace, issued.destination, True, ADMIN, NOW)
    newsrooms.pause(run.workspace, issued.destination, False, ADMIN, NOW)
    newsrooms.new_token(run.workspace, issued.destination, ADMIN, NOW)
    remove(run, issued.destination)
    with run.workspace.records.begin() as conn:
        lines = list(decisions.load_log(conn))
        texts = [text for _, _, text, _ in decisions.texts(conn)]
    assert [line.action for line in lines] == [
        "destination_added", "destination_paused", "destination_resumed", "destination_token", "destination_removed"
    ]  # fmt: skip
    assert {(line.subject, line.by) for line in lines} == {(issued.destination.id, ADMIN.id)}
    assert set(texts) <= {"", WANTED.subscriber}


@pytest.mark.parametrize("target", ["a", "a@b.example ?", "a@b.example\nBcc: c@d.example", "@", ""])
def test_what_is_no_mailbox_is_refused_when_it_is_typed(target: str) -> None:
    with pytest.raises(InputError):
        _target(DestinationKind.MAIL, target, False)


# --- faults: the right behaviour -------------------------------------------------------------------------------------------


def test_what_a_later_version_replaced_is_not_sent_again(run: Run) -> None:
    destination = add(run).destination
    run.approve()
    run.approve(withdrawn())
    assert [go(run), go(run, seconds=1)] == [DeliveryReport(sent=1), DeliveryReport(sent=1)]
    with suppress(InputError):
        newsrooms.replay(run.workspace, destination, run.queue(destination)[0].id, ADMIN, NOW)
    assert run.due() == []


def test_nothing_waits_for_a_removed_destination_even_when_someone_asks(run: Run) -> None:
    destination = add(run).destination
    run.add_alert()
    run.approve()
    remove(run, destination)
    with suppress(InputError):
        newsrooms.replay(run.workspace, destination, run.queue(destination)[0].id, ADMIN, NOW)
    assert queue(run, destination) == [(1, "failed")]
    with run.workspace.records.begin() as conn:
        assert deliveries.corrections_done(conn) == ["c1"]


def test_a_new_token_does_not_bring_back_what_was_removed_meanwhile(run: Run) -> None:
    destination = add(run).destination
    remove(run, destination)
    with suppress(InputError):
        newsrooms.new_token(run.workspace, destination, ADMIN, NOW)
    found = known(run, destination)
    assert found is not None and (found.gone, found.target) == (True, "")


def test_a_new_token_leaves_a_pause_that_was_made_meanwhile(run: Run) -> None:
    destination = add(run).destination
    newsrooms.pause(run.workspace, destination, True, ADMIN, NOW)
    newsrooms.new_token(run.workspace, destination, ADMIN, NOW)
    found = known(run, destination)
    assert found is not None and found.paused


def test_an_address_with_a_broken_bracket_is_refused_when_it_is_typed() -> None:
    with pytest.raises(InputError):
        _target(DestinationKind.WEBHOOK, "https://[::1/tin", False)


@pytest.mark.parametrize("target", ["tòasoạn@bensuong.example", "a..b@bensuong.example", "a@[127.0.0.1]"])
def test_a_mailbox_that_cannot_be_sent_to_is_refused_when_it_is_typed(target: str) -> None:
    with pytest.raises(InputError):
        _target(DestinationKind.MAIL, target, False)


def test_what_is_under_review_when_it_goes_out_says_so(run: Run) -> None:
    destination = add(run).destination
    newsrooms.pause(run.workspace, destination, True, ADMIN, NOW)
    run.approve()
    with run.workspace.records.change() as conn:
        corrections.save(conn, replace(first(), body={**first().body, "under_review": True}))
    newsrooms.pause(run.workspace, destination, False, ADMIN, NOW)
    (one,) = run.due()
    with run.workspace.records.begin() as conn:
        public = corrections.load(conn, "k1")
    assert public is not None and dict(one.body) == dict(public.body)


def test_a_delivery_that_arrived_is_not_sent_twice_by_a_second_round(run: Run) -> None:
    destination = add(run).destination
    run.approve()
    (one,) = run.due()
    with run.workspace.records.change() as conn:
        deliveries.save_outcome(conn, succeeded(one.delivery, "k1-1.json", NOW))
    assert (go(run), queue(run, destination)) == (DeliveryReport(), [(1, "delivered")])
