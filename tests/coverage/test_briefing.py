"""An edition made from what was collected: a draft before its time, frozen once after it, queued once for who wants it, and nothing unapproved in it."""

import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document

from alerts.review import Step
from kiemtin.briefing.render import FORMS
from kiemtin.config import Config
from kiemtin.delivery.mail import edition_mail
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.claims import Claim
from kiemtin.domain.deliveries import Delivery, Destination, DestinationKind, Wants
from kiemtin.domain.editions import Edition, EditionKind
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Action, Assessment, Correction, Review
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.staff import Role
from kiemtin.domain.stories import HANOI, Story, content_id
from kiemtin.errors import InputError
from kiemtin.pipeline import briefing, reviewing
from kiemtin.pipeline.briefing import draft, edition_for, make_due_editions, make_edition
from kiemtin.pipeline.clipping import clip
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import corrections, deliveries, editions
from kiemtin.store import desk as desk_store
from kiemtin.store import queue as queue_store
from kiemtin.store.stories import save_extraction
from kiemtin.store.tables import alerts, claims
from kiemtin.store.tables import deliveries as delivery_table
from kiemtin.store.tables import editions as edition_table
from tests.support.briefing import AT, DAY, correction, withdrawal
from tests.support.desk import DeskRun, make_alert, open_desk
from tests.support.site import outlet

DAILY, WEEKLY, MONTHLY = EditionKind
NOW = datetime(2026, 11, 20, 7, 0, tzinfo=HANOI)  # the set time of DAY, a Friday
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
XANH, SUONG, MAY = outlet("Báo Đồng Xanh"), outlet("Đài Bến Sương"), outlet("Báo Gò Mây")
# Invented happenings with nothing in common; the place puts them on a list that every office begins with.
FLOOD = "Mưa lớn làm ngập ba tuyến đường ở Cần Thơ, nước rút sau hai giờ"
FAIR = "Hội chợ trái cây Cần Thơ khai mạc với sáu mươi gian hàng"
LIBRARY = "Thư viện Cần Thơ mở phòng đọc mới cho học sinh tiểu học"
MATCH = "Đội bóng Cần Thơ thắng trận mở màn trên sân nhà"
TEXTS = {
    FLOOD: "Lượng mưa đo được 90 mm trong hai giờ; xe cứu hộ kéo bảy ô tô chết máy khỏi vũng sâu.",
    FAIR: "Nhãn, bưởi và chôm chôm bày bán tới hết chủ nhật, khách vào cửa không mất tiền.",
    LIBRARY: "Kệ thấp, bàn tròn và hai nghìn cuốn truyện tranh chờ các em mỗi chiều.",
    MATCH: "Hai bàn đều đến ở hiệp hai từ những quả phạt góc bên cánh trái.",
}
LIST = "Cần Thơ"


@dataclass(frozen=True, slots=True)
class Office:
    """One opened data directory, and short ways to what the tests ask of it."""

    workspace: Workspace

    def tell(self, title: str, paper: Outlet = XANH, at: datetime = AT) -> None:
        """A story of a paper, shelved at once."""
        text = f"{title}. {TEXTS[title]}"
        slug = content_id(title, paper.name, at.isoformat())
        with self.workspace.records.change() as conn:
            save_extraction(conn, paper, Story(f"https://bao.example/{slug}", paper.name, title, text, at, "vi"), [], at)
        clip(self.workspace, at)

    def publish(self, *made: Correction) -> None:
        with self.workspace.records.change() as conn:
            for one in made:
                corrections.save(conn, one)

    def add(self, *wants: Wants, kind: DestinationKind = DestinationKind.FOLDER, gone: bool = False) -> Destination:
        name = "-".join([kind.value, *sorted(wants)])
        destination = Destination(f"d-{name}", f"Báo {name}", kind, name, wants=frozenset(wants), gone=gone)
        with self.workspace.records.change() as conn:
            deliveries.save_destination(conn, destination, f"token-{name}", NOW)
        return destination

    def make(self, kind: EditionKind = DAILY, day: date = DAY, now: datetime = NOW) -> Edition:
        return make_edition(self.workspace, kind, day, now)

    def queue(self, destination: Destination) -> list[Delivery]:
        with self.workspace.records.begin() as conn:
            return deliveries.of_destination(conn, destination.id, 100)

    def count(self, table: sa.Table) -> int:
        with self.workspace.records.begin() as conn:
            return conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_workspace(tmp_path / "data") as workspace:
        yield Office(workspace)


def titles(edition: Edition) -> list[str]:
    return [item["title"] for found in edition.body["watchlists"] for item in found["items"]]


# --- its time ------------------------------------------------------------------------------------------------------------------


def test_before_the_set_time_there_is_a_draft_and_nothing_is_frozen(office: Office) -> None:
    wants = office.add(Wants.DAILY)
    office.tell(FLOOD)
    made, is_draft = edition_for(office.workspace, DAILY, DAY, NOW - timedelta(seconds=1))
    assert is_draft and titles(made) == [FLOOD]
    assert (office.count(edition_table), office.count(delivery_table), office.queue(wants)) == (0, 0, [])
    assert make_due_editions(office.workspace, NOW - timedelta(seconds=1)) == []


def test_from_the_set_time_on_it_is_frozen_and_nothing_changes_it(office: Office) -> None:
    office.tell(FLOOD)
    first, is_draft = edition_for(office.workspace, DAILY, DAY, NOW)
    assert (is_draft, first.frozen_at) == (False, NOW)
    office.tell(FAIR, SUONG, AT + HOUR)
    office.publish(correction("một"), withdrawal("hai"))
    later = NOW + 5 * HOUR
    assert draft(office.workspace, DAILY, DAY, later).body != first.body, "there is something else by now"
    again = office.make(now=later)
    assert (again, office.count(edition_table)) == (first, 1)
    assert edition_for(office.workspace, DAILY, DAY, later) == (first, False)
    assert [FORMS[form][0](again.body) for form in ("html", "json", "txt")] == [FORMS[form][0](first.body) for form in ("html", "json", "txt")]


def test_a_draft_and_the_edition_of_the_same_moment_say_the_same(office: Office) -> None:
    office.tell(FLOOD)
    office.publish(correction("một"))
    assert draft(office.workspace, DAILY, DAY, NOW).body == json.loads(json.dumps(office.make().body))


@pytest.mark.parametrize("kind", EditionKind)
def test_a_day_to_come_is_refused(office: Office, kind: EditionKind) -> None:
    for ahead in (1, 2, 400):
        with pytest.raises(InputError, match="chưa tới"):
            edition_for(office.workspace, kind, DAY + timedelta(days=ahead), NOW + HOUR)
    assert office.count(edition_table) == 0


def test_a_day_begins_in_vietnam(office: Office) -> None:
    midnight = datetime(2026, 11, 21, tzinfo=HANOI)
    with pytest.raises(InputError):
        edition_for(office.workspace, DAILY, DAY + timedelta(days=1), midnight - timedelta(seconds=1))
    _, is_draft = edition_for(office.workspace, DAILY, DAY + timedelta(days=1), midnight)
    assert is_draft


def test_the_set_time_is_the_office_s(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "kiemtin.toml").write_text('briefing_time = "16:45"\noffice_name = "Văn phòng Lam Giang"\n', "utf-8")
    with open_workspace(data) as workspace:
        at = datetime(2026, 11, 20, 16, 45, tzinfo=HANOI)
        assert make_due_editions(workspace, at - MINUTE) == []
        (made,) = make_due_editions(workspace, at)
    assert (made.body["last"], made.body["office"]) == (at.isoformat(), "Văn phòng Lam Giang")


@pytest.mark.parametrize(
    ("day", "kinds"),
    [(DAY, [DAILY]), (date(2026, 11, 23), [DAILY, WEEKLY]), (date(2026, 12, 1), [DAILY, MONTHLY]), (date(2027, 2, 1), [*EditionKind])],
)
def test_what_is_due_is_made_once(office: Office, day: date, kinds: list[EditionKind]) -> None:
    wants = office.add(*(Wants(kind.value) for kind in EditionKind))
    at = datetime.combine(day, NOW.timetz())
    made = make_due_editions(office.workspace, at)
    assert [(one.kind, one.day) for one in made] == [(kind, day) for kind in kinds]
    assert make_due_editions(office.workspace, at + HOUR) == made
    assert sorted(one.correction_id for one in office.queue(wants)) == sorted(one.id for one in made)


# --- who gets it ---------------------------------------------------------------------------------------------------------------


def test_who_wants_it_gets_it_once_and_nobody_else(office: Office) -> None:
    daily, all_kinds = office.add(Wants.DAILY), office.add(Wants.CORRECTIONS, Wants.DAILY, Wants.WEEKLY)
    others = [office.add(Wants.CORRECTIONS), office.add(Wants.WEEKLY, Wants.MONTHLY), office.add(Wants.DAILY, kind=DestinationKind.FEED)]
    others.append(office.add(Wants.DAILY, Wants.MONTHLY, gone=True))
    made = office.make()
    for _ in range(3):
        office.make(now=NOW + HOUR)
        make_due_editions(office.workspace, NOW + HOUR)
    for one in (daily, all_kinds):
        (delivery,) = office.queue(one)
        assert (delivery.correction_id, delivery.revision, delivery.attempts, delivery.next_try_at) == (made.id, 0, 0, NOW)
    assert [office.queue(one) for one in others] == [[], [], [], []]
    assert office.count(delivery_table) == 2


def test_a_destination_that_comes_later_gets_the_next_one(office: Office) -> None:
    office.make()
    late = office.add(Wants.DAILY)
    office.make(now=NOW + HOUR)
    assert office.queue(late) == []
    after = office.make(day=DAY + timedelta(days=1), now=NOW + timedelta(days=1))
    assert [one.correction_id for one in office.queue(late)] == [after.id]


@pytest.mark.parametrize(
    ("late", "queued"), [(timedelta(0), 1), (timedelta(hours=23, minutes=59), 1), (timedelta(days=1), 0), (timedelta(days=300), 0)]
)
def test_an_edition_that_is_asked_for_long_afterwards_is_frozen_and_sent_to_nobody(office: Office, late: timedelta, queued: int) -> None:
    wants = office.add(Wants.DAILY)
    made, is_draft = edition_for(office.workspace, DAILY, DAY, NOW + late)
    assert (is_draft, made.day, len(office.queue(wants))) == (False, DAY, queued)


def test_it_is_frozen_and_queued_at_once_or_not_at_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    wants = office.add(Wants.DAILY)

    def killed(*_: object) -> list[Delivery]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(briefing, "addressed_editions", killed)
        with pytest.raises(KeyboardInterrupt):
            office.make()
    assert (office.count(edition_table), office.count(delivery_table)) == (0, 0)
    office.make()
    assert len(office.queue(wants)) == 1


def test_two_who_make_it_at_the_same_time_make_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock's and a person's: both have found none and composed their own before either keeps it."""
    wants, both, compose = office.add(Wants.DAILY), threading.Barrier(2, timeout=20), briefing.draft
    office.tell(FLOOD)

    def at_once(workspace: Workspace, kind: EditionKind, day: date, now: datetime) -> Edition:
        made = compose(workspace, kind, day, now)
        both.wait()
        return made

    monkeypatch.setattr(briefing, "draft", at_once)
    made: list[Edition] = []
    threads = [threading.Thread(target=lambda at=at: made.append(office.make(now=NOW + timedelta(seconds=at)))) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2 and made[0] == made[1]
    assert (office.count(edition_table), len(office.queue(wants))) == (1, 1)


# --- what is gathered ------------------------------------------------------------------------------------------------------------


def test_it_tells_what_was_published_in_its_time_and_nothing_later(office: Office) -> None:
    first, last = NOW - timedelta(days=1), NOW - timedelta(seconds=1)
    office.tell(FLOOD, at=first - timedelta(seconds=1))
    office.tell(FAIR, at=first)
    office.tell(LIBRARY, at=last)
    office.tell(MATCH, at=NOW)
    made = office.make(now=NOW + HOUR)
    assert sorted(titles(made)) == sorted([FAIR, LIBRARY])
    assert [found["name"] for found in made.body["watchlists"]] == [LIST], "the first list that has both"


def test_what_yesterday_s_edition_had_is_told_again_only_where_it_grew(office: Office) -> None:
    tomorrow = timedelta(days=1)
    office.tell(FLOOD)
    office.tell(FAIR)
    office.make()
    office.tell(FLOOD, XANH, AT + tomorrow)
    office.tell(FAIR, SUONG, AT + tomorrow)
    (item,) = [one for found in office.make(day=DAY + tomorrow, now=NOW + tomorrow).body["watchlists"] for one in found["items"]]
    assert (item["title"], item["state"], item["stories"], item["outlets"]) == (FAIR, "grown", 2, ["Báo Đồng Xanh", "Đài Bến Sương"])


def test_other_kinds_and_later_editions_say_nothing_of_what_was_shown(office: Office) -> None:
    office.tell(FLOOD)
    office.make()
    assert titles(draft(office.workspace, WEEKLY, DAY, NOW)) == [FLOOD]
    assert titles(draft(office.workspace, DAILY, DAY, NOW)) == [FLOOD], "an edition is not its own predecessor"


def test_corrections_and_withdrawals_stand_in_the_edition_of_the_day_on_which_they_changed(office: Office) -> None:
    office.publish(correction("một"), withdrawal("hai"), correction("ba", NOW), correction("bốn", NOW - timedelta(days=1, seconds=1)))
    body = office.make(now=NOW + HOUR).body
    assert [one["statement"] for one in body["corrections"]] == ["Câu một: đập hồ Trúc Lam vỡ"]
    assert [one["statement"] for one in body["withdrawals"]] == ["Câu hai: đập hồ Trúc Lam vỡ"]
    after = office.make(day=DAY + timedelta(days=1), now=NOW + timedelta(days=1)).body
    assert [one["statement"] for one in after["corrections"]] == ["Câu ba: đập hồ Trúc Lam vỡ"]


def test_what_is_said_again_is_public_and_no_more_than_three(office: Office) -> None:
    old = NOW - timedelta(days=12)
    office.publish(*(correction(name, old) for name in ("một", "hai", "ba", "bốn")), withdrawal("năm"))
    body = office.make().body
    assert len(body["repeats"]) == 3
    assert "Câu năm" not in json.dumps(body["repeats"], ensure_ascii=False)


def test_what_the_office_entered_stands_there_for_a_week_ahead(office: Office) -> None:
    with office.workspace.records.change() as conn:
        for ahead in (-1, 0, 7, 8):
            editions.save_event(conn, editions.Event(f"e{ahead}", DAY + timedelta(days=ahead), f"Việc {ahead}", "s1"), NOW)
    body = office.make().body
    assert [one["text"] for one in body["events"]] == ["Việc 0", "Việc 7"]
    assert "s1" not in json.dumps(body)


def test_open_alerts_are_counted_by_theme(office: Office) -> None:
    states = {AlertStatus.NEW: 2, AlertStatus.IN_REVIEW: 1, AlertStatus.NEEDS_EVIDENCE: 1, AlertStatus.DISMISSED: 1, AlertStatus.APPROVED: 1}
    with office.workspace.records.change() as conn:
        for at, status in enumerate(status for status, many in states.items() for _ in range(many)):
            claim = Claim(f"c{at}", f"Câu kín {at}", Theme.HEALTH, ClaimKind.EFFECT)
            conn.execute(sa.insert(claims).values(id=claim.id, text=claim.text, theme="health", kind=claim.kind))
            row = {"id": f"a{at}", "claim_id": claim.id, "status": status.value, "theme": "health", "priority": 5, "reasons": [], "opened_at": NOW}
            conn.execute(sa.insert(alerts).values(**row, independent_evidence=True))
    body = office.make().body
    assert [(one["theme"], one["count"]) for one in body["open_alerts"]] == [("health", 4)]
    assert "Câu kín" not in json.dumps(body, ensure_ascii=False) and body["nothing_new"]


def test_of_nothing_collected_an_edition_is_made_too(office: Office) -> None:
    wants = office.add(Wants.DAILY)
    body = office.make().body
    assert body["nothing_new"] and body["watchlists"] == [] and body["volume"]["stories"] == 0 and body["volume"]["forecast"] is None
    assert len(office.queue(wants)) == 1


# --- LIMITS 6 --------------------------------------------------------------------------------------------------------------------

UNAPPROVED = {
    "Mướp": ((), AlertStatus.NEW),
    "Chanh": ((Action.TAKE,), AlertStatus.IN_REVIEW),
    "Gừng": ((Action.RATE,), AlertStatus.RATED),
    "Khế": ((Action.RATE, Action.SEND_BACK), AlertStatus.IN_REVIEW),
    "Sả": ((Action.ASK_EVIDENCE,), AlertStatus.NEEDS_EVIDENCE),
    "Riềng": ((Action.DISMISS,), AlertStatus.DISMISSED),
}
RATED, APPROVER_STEPS = "Ổi", (Action.APPROVE, Action.SEND_BACK)


def claim_of(name: str) -> str:
    return f"Uống nước giếng {name} Ngàn Vẹt chữa khỏi bệnh sởi"


def take(run: DeskRun, name: str, alert_id: str, action: Action) -> None:
    with run.workspace.records.begin() as conn:
        review = desk_store.load_review(conn, alert_id)
        row = conn.execute(sa.select(alerts.c.claim_id).where(alerts.c.id == alert_id)).one()
        pieces = tuple(piece.id for piece in queue_store.load_evidence(conn, row.claim_id))
    assert review is not None
    drafted = Assessment(Rating.FALSE, f"Không ai khỏi nhờ giếng {name}.", pieces) if action is Action.RATE else None
    who = run.people[Role.APPROVER if action in APPROVER_STEPS else Role.REVIEWER]
    after = reviewing.take_step(run.workspace, alert_id, Step(action, review.version, f"Ghi trong nhà về {name}.", drafted, None), who, run.clock())
    assert isinstance(after, Review), (name, action, after)


def alert_about(run: DeskRun, name: str, steps: tuple[Action, ...]) -> str:
    """An alert on which these steps were taken. Its story is listed for its place, under a title that says nothing."""
    made = make_alert(run.workspace, claim_of(name), run.clock(), quote=f"Giếng {name} chỉ có nước lã.", title="Tin vắn từ Cần Thơ")
    for action in steps:
        take(run, name, made, action)
    return made


@contextmanager
def decided(data: Path) -> Iterator[tuple[DeskRun, str]]:
    """A desk with an alert in each state that people can leave it in, and the id of one that is rated and will be approved."""
    with open_desk(data) as run:
        for name, (steps, status) in UNAPPROVED.items():
            assert run.status(alert_about(run, name, steps)) == status.value, name
        rated = alert_about(run, RATED, (Action.RATE,))
        clip(run.workspace, run.clock())
        yield run, rated


def said(edition: Edition) -> Mapping[str, str]:
    """All that each form says, and the letter with its head."""
    made = {form: FORMS[form][0](edition.body) for form in ("html", "docx", "json", "txt")}
    document = Document(io.BytesIO(made["docx"]))
    config = Config(mail_host="127.0.0.1", mail_sender="kiemtin@vanphong.example")
    letter = edition_mail(config, "tin@bensuong.example", "k1", edition.body, NOW)
    parts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return {
        **{form: made[form].decode() for form in ("html", "json", "txt")},
        "docx": "\n".join(one.text for one in document.paragraphs) + str(document.core_properties.title),
        "letter": "\n".join([*map(str, letter.values()), *parts]),
    }


def test_nothing_that_two_people_have_not_approved_is_in_any_form(tmp_path: Path) -> None:
    tomorrow = timedelta(days=1)
    with decided(tmp_path / "data") as (run, rated):
        before = make_edition(run.workspace, DAILY, DAY, run.clock())
        take(run, RATED, rated, Action.APPROVE)
        after = [make_edition(run.workspace, kind, DAY + tomorrow, NOW + tomorrow) for kind in (DAILY, WEEKLY)]
    for edition in (before, *after):
        for form, text in said(edition).items():
            hidden = [*UNAPPROVED] if edition is not before else [*UNAPPROVED, RATED]
            words = [one for name in hidden for one in (claim_of(name), f"giếng {name}", f"về {name}")]
            assert [one for one in words if one.casefold() in text.casefold()] == [], form
            assert (claim_of(RATED) in text) is (edition is not before), f"{form}: what was approved stands there, else this proves nothing"
        inside = ["Ghi trong nhà", "Không ai khỏi", "nước lã", *(word for person in run.people.values() for word in (person.name, person.id))]
        assert [word for word in inside if word in json.dumps(edition.body, ensure_ascii=False)] == [], "what people wrote for each other"
    assert [one["count"] for one in before.body["open_alerts"]] == [4], "new, taken twice, waiting for evidence"


def test_a_correction_that_is_withdrawn_later_stands_in_the_next_edition_as_withdrawn(office: Office) -> None:
    wants = office.add(Wants.DAILY)
    office.publish(correction("một"))
    first = office.make()
    office.publish(replace(withdrawal("một"), changed_at=NOW + HOUR))
    after = office.make(day=DAY + timedelta(days=1), now=NOW + timedelta(days=1))
    assert [one["statement"] for one in after.body["withdrawals"]] == [one["statement"] for one in first.body["corrections"]]
    assert len(office.queue(wants)) == 2
