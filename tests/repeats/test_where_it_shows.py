"""Where numbers show: the alert, the correction, `/sources`, the priority and the briefing; and where they go when a correction is withdrawn."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from alerts.priority import doublings
from kiemtin.delivery.worker import send_out
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.editions import EditionKind
from kiemtin.domain.repeats import Cell, Platform, Said
from kiemtin.domain.reviews import Action
from kiemtin.domain.staff import Role
from kiemtin.pipeline.briefing import draft
from kiemtin.pipeline.counting import weigh_anew
from kiemtin.store import queue as queue_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store.tables import alerts
from tests.desk.test_review_pages import CLAIM, approve, rate
from tests.support.desk import START, DeskRun, make_alert

TODAY = date(2026, 11, 20)


def claim_of(desk: DeskRun, alert_id: str) -> str:
    (row,) = desk.rows(sa.select(alerts.c.claim_id).where(alerts.c.id == alert_id))
    return str(row.claim_id)


def count(desk: DeskRun, claim_id: str, days: dict[int, int], said: Said = Said.REPEAT) -> None:
    """`days`: days ago to posts."""
    with desk.workspace.records.change() as conn:
        repeat_store.add(conn, {Cell(claim_id, TODAY - timedelta(days=ago), Platform.SOCIAL, said): posts for ago, posts in days.items()})


def stored(desk: DeskRun) -> int:
    with desk.workspace.records.begin() as conn:
        return len(repeat_store.load(conn, date(2999, 1, 1)))


def test_the_alert_shows_the_days_that_have_ended(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    count(desk, claim_of(desk, alert_id), {0: 7_777, 1: 1_234, 2: 56})
    count(desk, claim_of(desk, alert_id), {1: 87}, Said.DENIAL)
    with desk.browser(Role.VIEWER) as browser:
        page = browser.get(f"/alerts/{alert_id}").text
    assert "Số bài đăng nhắc lại mỗi ngày" in page
    assert "Số bài đăng bác lại mỗi ngày" in page
    assert all(number in page for number in ("1234", "56", "87"))
    assert "7777" not in page
    assert "7.777" not in page


def test_an_alert_without_numbers_says_nothing_of_posts(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.VIEWER) as browser:
        assert "bài đăng" not in browser.get(f"/alerts/{alert_id}").text


@pytest.mark.parametrize(
    ("counted", "expected"), [((), 0), ((0,) * 8, 0), ((0,) * 7 + (19,), 0), ((0,) * 7 + (20,), 1), ((0,) * 7 + (80,), 3), ((100,) * 8, 0), ((100,) * 7 + (400,), 2), ((500,) * 7 + (20,), 0)]
)  # fmt: skip
def test_growth_is_counted_in_doublings(counted: tuple[int, ...], expected: int) -> None:
    assert doublings(counted) == expected


def test_growth_raises_an_alert_and_opens_none(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    claim_id = claim_of(desk, alert_id)
    with desk.workspace.records.begin() as conn:
        before = queue_store.load_alert(conn, claim_id)
    count(desk, claim_id, {1: 800, 2: 100, 3: 100})
    count(desk, "a claim without an alert", {1: 100_000})
    weigh_anew(desk.workspace, START)
    with desk.workspace.records.begin() as conn:
        after, every = queue_store.load_alert(conn, claim_id), queue_store.load_alerts(conn)
    assert before is not None
    assert after is not None
    assert after.priority > before.priority
    assert next(reason for reason in after.reasons if reason.name == "reach").text.endswith("gấp 16 lần thường lệ")
    assert (len(every), after.status) == (1, AlertStatus.NEW)


def test_what_is_public_shows_there_and_goes_with_the_withdrawal(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    claim_id = claim_of(desk, alert_id)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        rate(first, desk, alert_id)
        approve(second, desk, alert_id)
        count(desk, claim_id, {1: 4_321})
        send_out(desk.workspace, desk.clock())
        (row,) = desk.rows(sa.text("SELECT id FROM corrections"))  # type: ignore[arg-type]
        with desk.browser() as anyone:
            assert "Trong bài đăng công khai" in anyone.get(f"/corrections/{row.id}").text
            sources, page = anyone.get("/sources.json").json(), anyone.get("/sources").text
        assert sources["counts"] == [
            {
                "claim": CLAIM,
                "url": f"http://127.0.0.1:8000/corrections/{row.id}",
                "repeats": [{"day": "2026-11-19", "platform": "social", "count": 4_321}],
                "denials": [],
            }
        ]
        assert sources["streams"] == []
        assert "4.321" in page
        edition = draft(desk.workspace, EditionKind.DAILY, TODAY, desk.clock())
        assert edition.body["counted"] == [
            {
                "statement": CLAIM,
                "url": f"http://127.0.0.1:8000/corrections/{row.id}",
                "denials": "<10",
                "days": [{"day": "2026-11-19", "posts": 4_321}],
            }
        ]
        second.send(
            f"/alerts/{alert_id}/step",
            f"/alerts/{alert_id}",
            action=Action.WITHDRAW.value,
            version=desk.version(alert_id),
            words="Chúng tôi đã nhầm.",
        )
        assert stored(desk) == 0
        with desk.browser() as anyone:
            assert anyone.get("/sources.json").json()["counts"] == []


def test_what_waits_in_the_queue_is_counted_by_its_checks_address_alone(desk: DeskRun) -> None:
    """A catalogued fact-checker made the claim public; nobody here has approved it: its words are in no edition and nowhere in public (LIMITS 6)."""
    alert_id = make_alert(desk.workspace, CLAIM)
    count(desk, claim_of(desk, alert_id), {1: 4_321})
    assert draft(desk.workspace, EditionKind.DAILY, TODAY, desk.clock()).body["counted"] == []
    with desk.browser() as anyone:
        sources, page = anyone.get("/sources.json").json(), anyone.get("/sources").text
    ((publisher, url),) = [one.values() for one in sources["counted_checks"]]
    assert (publisher, sources["counted_claims"]) == ("Trạm Soi Tin", [])
    assert sources["counts"] == [{"claim": None, "url": url, "repeats": [{"day": "2026-11-19", "platform": "social", "count": 4_321}], "denials": []}]
    assert url in page
    assert CLAIM not in page + str(sources)


def test_what_the_office_has_said_goes_before_anothers_check(desk: DeskRun) -> None:
    """Withdrawn here, it is counted no more, though its checker still calls it false."""
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        rate(first, desk, alert_id)
        approve(second, desk, alert_id)
        second.send(
            f"/alerts/{alert_id}/step",
            f"/alerts/{alert_id}",
            action=Action.WITHDRAW.value,
            version=desk.version(alert_id),
            words="Chúng tôi đã nhầm.",
        )
    with desk.workspace.records.begin() as conn:
        assert repeat_store.public_claims(conn) == {}


def test_numbers_of_a_claim_that_is_not_public_are_in_no_edition_and_not_in_public(desk: DeskRun) -> None:
    """An alert in the queue whose check is a newspaper's: counted by nobody, and were there numbers, they would not leave."""
    count(desk, "not public", {1: 999})
    assert draft(desk.workspace, EditionKind.DAILY, TODAY, desk.clock()).body["counted"] == []
    with desk.browser() as anyone:
        assert anyone.get("/sources.json").json()["counts"] == []
