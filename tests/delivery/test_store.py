"""Destinations and their queues: saving twice is saving once, order is kept, what is gone gets nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.outbox import failed, succeeded
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.deliveries import DeliveryState, DestinationKind
from kiemtin.domain.scope import Theme
from kiemtin.store import deliveries
from kiemtin.store.tables import destinations
from tests.delivery import FOLDER, MAIL, NOW, WEBHOOK, Run, first, opened, withdrawn

SECOND = replace(first(), revision=2, body={**first().body, "revision": 2})


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with opened(tmp_path / "data") as run:
        yield run


def test_a_destination_comes_back_as_it_was_saved(run: Run) -> None:
    wanted = replace(WEBHOOK, themes=frozenset({Theme.DISASTER, Theme.HEALTH}), paused=True)
    run.add(wanted, wanted, MAIL)
    with run.workspace.records.begin() as conn:
        assert deliveries.load_destinations(conn) == [wanted, MAIL], "by the organisation's name"
        assert deliveries.load_destination(conn, wanted.id) == wanted
        assert deliveries.load_destination(conn, "none") is None


def test_a_token_leads_to_its_destination_until_that_is_removed(run: Run) -> None:
    run.add(WEBHOOK, MAIL)
    with run.workspace.records.change() as conn:
        assert deliveries.destination_of_token(conn, "token-d-webhook") == WEBHOOK
        assert deliveries.destination_of_token(conn, "another") is None
        deliveries.remove_destination(conn, WEBHOOK.id)
        assert deliveries.destination_of_token(conn, "token-d-webhook") is None
        assert deliveries.destination_of_token(conn, "") is None


def test_what_is_removed_keeps_its_name_and_loses_its_secrets(run: Run) -> None:
    run.add(WEBHOOK)
    with run.workspace.records.change() as conn:
        deliveries.remove_destination(conn, WEBHOOK.id)
        assert deliveries.load_destinations(conn) == []
        assert deliveries.load_destinations(conn, with_gone=True) == [replace(WEBHOOK, target="", secret="", gone=True)]
        row = conn.execute(sa.select(destinations)).one()
    assert WEBHOOK.target not in row and WEBHOOK.secret not in row and "token-d-webhook" not in row


def test_what_waits_for_a_removed_destination_is_given_up_for_good(run: Run) -> None:
    run.add(FOLDER)
    run.approve()
    with run.workspace.records.change() as conn:
        deliveries.remove_destination(conn, FOLDER.id)
    run.add(FOLDER)
    assert run.due() == [], "added again, it gets no old version without the changes it missed"
    assert [(one.state, one.failure) for one in run.queue(FOLDER)] == [(DeliveryState.FAILED, "nơi nhận đã bị gỡ bỏ")]


def test_queueing_twice_leaves_what_is_there(run: Run) -> None:
    run.add(FOLDER, MAIL)
    run.approve()
    (folder, _) = sorted(run.due(), key=lambda one: one.destination.id)
    with run.workspace.records.change() as conn:
        deliveries.save_outcome(conn, succeeded(folder.delivery, "x", NOW))
    run.approve(now=NOW + timedelta(hours=5))
    assert [one.state for one in run.queue(FOLDER)] == [DeliveryState.DELIVERED]
    assert [one.next_try_at for one in run.queue(MAIL)] == [NOW]


def test_who_had_any_version(run: Run) -> None:
    run.add(FOLDER, MAIL)
    run.approve()
    with run.workspace.records.change() as conn:
        deliveries.set_paused(conn, MAIL.id, True)
        assert deliveries.had(conn, "k1") == {FOLDER.id, MAIL.id}
        assert deliveries.had(conn, "other") == frozenset()


def test_due_is_what_may_be_tried_now_with_the_version_that_goes(run: Run) -> None:
    run.add(FOLDER)
    run.approve(now=NOW + timedelta(minutes=1))
    assert run.due() == []
    (one,) = run.due(NOW + timedelta(minutes=1))
    assert (one.destination, one.delivery.revision, dict(one.body)) == (FOLDER, 1, dict(first().body))


def test_nothing_is_due_for_who_pauses_until_it_goes_on(run: Run) -> None:
    run.add(replace(FOLDER, paused=True))
    run.approve()
    assert run.due() == []
    with run.workspace.records.change() as conn:
        deliveries.set_paused(conn, FOLDER.id, False)
    assert len(run.due()) == 1


def test_a_later_version_waits_for_the_earlier_one(run: Run) -> None:
    run.add(FOLDER, MAIL)
    run.approve()
    run.approve(SECOND)
    assert [one.delivery.revision for one in run.due()] == [1, 1]
    (mail,) = [one for one in run.due() if one.destination == MAIL]
    with run.workspace.records.change() as conn:
        deliveries.save_outcome(conn, failed(mail.delivery, "x", NOW))
    assert [(one.destination, one.delivery.revision) for one in run.due()] == [(FOLDER, 1)], "the earlier one waits for its next try"
    with run.workspace.records.change() as conn:
        deliveries.save_outcome(conn, failed(mail.delivery, "x", NOW, final=True))
    assert {(one.destination.id, one.delivery.revision, one.body["revision"]) for one in run.due()} == {(FOLDER.id, 1, 1), (MAIL.id, 2, 2)}


def test_a_long_queue_holds_nobody_else_up(run: Run) -> None:
    run.add(FOLDER)
    for at in range(5):
        run.approve(replace(first(), id=f"k{at}", claim_id=f"c{at}"))
    run.add(MAIL)
    run.approve(replace(first(), id="k9", claim_id="c9"), NOW + timedelta(minutes=1))
    assert [one.destination for one in run.due(NOW + timedelta(minutes=1), limit=2)] == [FOLDER, MAIL]


def test_an_outcome_is_kept_whole(run: Run) -> None:
    run.add(FOLDER)
    run.approve()
    after = succeeded(run.due()[0].delivery, "k1-1.json", NOW)
    with run.workspace.records.change() as conn:
        deliveries.save_outcome(conn, after)
        assert deliveries.load_delivery(conn, after.id) == after
        assert deliveries.load_delivery(conn, "none") is None


def test_a_correction_is_done_when_nothing_of_it_waits(run: Run) -> None:
    run.add(FOLDER, MAIL)
    run.add_alert()
    run.approve()
    for one, after in zip(run.due(), (succeeded, failed), strict=True):
        with run.workspace.records.change() as conn:
            assert not deliveries.is_done(conn, "k1")
            assert deliveries.corrections_done(conn) == []
            deliveries.save_outcome(conn, after(one.delivery, "x", NOW) if after is succeeded else failed(one.delivery, "x", NOW, final=True))
    with run.workspace.records.begin() as conn:
        assert deliveries.is_done(conn, "k1")
        assert deliveries.corrections_done(conn) == ["c1"]


@pytest.mark.parametrize("status", [status for status in AlertStatus if status is not AlertStatus.APPROVED])
def test_only_what_stands_approved_can_be_done(run: Run, status: AlertStatus) -> None:
    run.add_alert(status=status)
    run.approve()
    with run.workspace.records.begin() as conn:
        assert deliveries.corrections_done(conn) == []


def test_without_destinations_a_correction_is_done_at_once(run: Run) -> None:
    run.add(replace(FOLDER, id="d-feed", kind=DestinationKind.FEED, target=""))
    run.add_alert()
    run.approve()
    with run.workspace.records.begin() as conn:
        assert deliveries.corrections_done(conn) == ["c1"], "a feed is fetched, not sent"


def test_a_destination_s_deliveries_and_all_their_numbers(run: Run) -> None:
    run.add(FOLDER, MAIL)
    run.approve()
    with run.workspace.records.change() as conn:
        deliveries.save_outcome(conn, succeeded(run.due()[0].delivery, "x", NOW))
    run.approve(withdrawn(), NOW + timedelta(hours=1))
    with run.workspace.records.begin() as conn:
        assert [one.revision for one in deliveries.of_destination(conn, FOLDER.id, 1)] == [2], "the newest first"
        numbers = deliveries.counts(conn)
    assert sorted(numbers) == [FOLDER.id, MAIL.id]
    assert sorted(tuple(sorted(one.items())) for one in numbers.values()) == [(("delivered", 1), ("waiting", 1)), (("waiting", 2),)]
