"""Limits 6 and 7 at every way out: a canary in each state of the review, and what a mail, a webhook, a folder, a feed, the API and a page hold of it.

Everything runs once for all tests: the desk's own turns with a real mail server, a real webhook and a folder, then every page that can be
fetched without a log-in.
"""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from itertools import product
from typing import Any

import pytest
from docx import Document
from fastapi.routing import APIRoute

from alerts.corrections import EVIDENCE_KEYS, KEYS
from alerts.review import Step
from kiemtin.delivery.worker import send_out
from kiemtin.desk.app import PAGES
from kiemtin.domain.deliveries import DestinationKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Action, Assessment, Review
from kiemtin.domain.scope import THEME_NAMES_VI, Theme
from kiemtin.domain.staff import Role, Tier
from kiemtin.domain.stories import content_id
from kiemtin.pipeline import newsrooms, reviewing
from kiemtin.pipeline.newsrooms import Wanted
from kiemtin.store import accounts as account_store
from kiemtin.store import desk as desk_store
from kiemtin.store import queue as queue_store
from tests.support.desk import PAPER, DeskRun, make_alert, open_desk
from tests.support.mailbox import Mailbox, Received, mail_server, webhook_server

# What is done to the alert of each name, in order, before anything may leave or after it did.
UNAPPROVED = {
    "Mướp": (),
    "Chanh": (Action.TAKE,),
    "Gừng": (Action.RATE,),
    "Khế": (Action.RATE, Action.SEND_BACK),
    "Nghệ": (Action.RATE, Action.EDIT),
    "Sả": (Action.ASK_EVIDENCE,),
    "Riềng": (Action.DISMISS,),
    "Bưởi": (Action.MERGE,),
}
APPROVED = {"Ổi": (Action.RATE, Action.APPROVE), "Na": (Action.RATE, Action.APPROVE, Action.WITHDRAW)}
NAMES = {**UNAPPROVED, **APPROVED}
WITHDRAWN = "Na"
NEWSROOM, PEOPLE = (
    "tin@bensuong.example",
    {Tier.IMMEDIATE: "mot@vanphong.example", Tier.DAILY: "hai@vanphong.example", Tier.WEEKLY: "ba@vanphong.example"},
)


@dataclass(frozen=True, slots=True)
class Canary:
    """Words of one alert, each kind to be told from the others: what is claimed, who carried it, what contradicts it, what people wrote."""

    name: str

    @property
    def claim(self) -> str:
        return f"Uống nước giếng {self.name} Ngàn Vẹt chữa khỏi bệnh sởi"

    @property
    def carrier(self) -> str:
        return f"Tít báo về {self.name} lan khắp xóm"

    @property
    def quote(self) -> str:
        return f"Giếng {self.name} chỉ có nước lã."

    @property
    def reason(self) -> str:
        return f"Chưa thấy ai khỏi nhờ giếng {self.name}."

    @property
    def words(self) -> str:
        return f"Ghi trong nhà về {self.name}."

    @property
    def alert_id(self) -> str:
        return content_id("alert", self.claim_id)

    @property
    def claim_id(self) -> str:
        return content_id("claim", content_id("review", f"https://soitin.example/{content_id('made', self.claim)}", self.claim))

    @property
    def correction_id(self) -> str:
        return content_id("correction", self.claim_id)


@dataclass(slots=True)
class Out:
    """All that left. `early`: before anybody approved anything; `late`: after the last turn. Place to text."""

    early: dict[str, str] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    bodies: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    public: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def take(run: DeskRun, canary: Canary, action: Action, into: str) -> Review:
    with run.workspace.records.begin() as conn:
        review = desk_store.load_review(conn, canary.alert_id)
        pieces = tuple(piece.id for piece in queue_store.load_evidence(conn, canary.claim_id))
    assert review is not None and pieces
    draft = Assessment(Rating.FALSE, canary.reason, pieces) if action is Action.RATE else None
    who = run.people[Role.APPROVER if action in (Action.APPROVE, Action.SEND_BACK, Action.WITHDRAW) else Role.REVIEWER]
    asked = Step(action, review.version, canary.words, draft, into if action is Action.MERGE else None)
    after = reviewing.take_step(run.workspace, canary.alert_id, asked, who, run.clock())
    assert isinstance(after, Review), (canary.name, action, after)
    return after


def turns(run: DeskRun) -> None:
    """As `kiemtin serve` does it, until nothing is due."""
    for _ in range(4):
        send_out(run.workspace, run.clock(), run.desk.loopback_ok)
        run.clock.move(minutes=1)


def said_by(document: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(document)).paragraphs)


def said_in(message: EmailMessage) -> str:
    """Head, text, document and JSON."""
    parts = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_content()
            is_docx = (part.get_filename() or "").endswith(".docx")
            parts.append(content if isinstance(content, str) else said_by(content) if is_docx else content.decode())
    return "\n".join(parts)


def json_of(message: EmailMessage) -> Mapping[str, Any]:
    (found,) = [part.get_content() for part in message.iter_attachments() if (part.get_filename() or "").endswith(".json")]
    body: Mapping[str, Any] = json.loads(found)
    return body


def files(run: DeskRun) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((run.workspace.data_dir / "outgoing").rglob("*")) if path.is_file()}


def fetched(run: DeskRun, token: str) -> dict[str, str]:
    """Every path of the application that answers GET, for each id there is, without a log-in, and the API with the newsroom's token."""
    canaries = [Canary(name) for name in NAMES]
    ids = [one for canary in canaries for one in (canary.alert_id, canary.claim_id, canary.correction_id)]
    known = [route for module in PAGES for route in module.router.routes]
    routes = [route for route in known if isinstance(route, APIRoute) and "GET" in route.methods]
    paths = {"/api/openapi.json", *(route.path for route in routes if not route.param_convertors)}
    for route in routes:
        (name, *more) = [*route.param_convertors, ""]
        paths |= {route.path.replace(f"{{{name}}}", one) for one in ids} if name and not more[:-1] else set()
    found = {}
    with run.browser() as anyone:
        for path, headers in product(sorted(paths), ({}, {"Authorization": f"Bearer {token}"})):
            answer = anyone.client.get(path, headers=headers)
            assert answer.status_code < 500, path
            is_docx = path.endswith(".docx") and answer.status_code == 200
            found[f"{path}{' with a token' if headers else ''}"] = said_by(answer.content) if is_docx else answer.text
    return found


def sent(run: DeskRun, mails: Mailbox, calls: list[Received], token: str) -> dict[str, str]:
    """Place to all the text that stands there."""
    places = fetched(run, token)
    places["mail"] = "\n".join(said_in(message) for message in mails.to(NEWSROOM))
    places["webhook"] = "\n".join(call.body.decode() + str(call.headers) for call in calls)
    places["folder"] = "\n".join(f"{name}\n{said_by(body) if name.endswith('.docx') else body.decode()}" for name, body in files(run).items())
    return places


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Out]:
    data, found = tmp_path_factory.mktemp("leaving") / "data", Out()
    with mail_server() as mails, webhook_server() as (url, calls):
        data.mkdir()
        settings = f'mail_host = "127.0.0.1"\nmail_port = {mails.port}\nmail_sender = "kiemtin@vanphong.example"\npublic_url = "http://tin.example"\n'
        (data / "kiemtin.toml").write_text(settings, "utf-8")
        with open_desk(data) as run:
            run_all(run, url, mails, calls, found)
    yield found


def run_all(run: DeskRun, url: str, mails: Mailbox, calls: list[Received], found: Out) -> None:
    admin, targets = run.people[Role.ADMIN], {DestinationKind.MAIL: NEWSROOM, DestinationKind.WEBHOOK: url, DestinationKind.FOLDER: "go-may"}
    for kind, target in targets.items():
        newsrooms.add_destination(run.workspace, Wanted("Đài Bến Sương", kind, target, frozenset()), admin, run.clock())
    feed = newsrooms.add_destination(run.workspace, Wanted("Đài Bến Sương", DestinationKind.FEED, "", frozenset()), admin, run.clock())
    with run.workspace.records.change() as conn:
        for role, (tier, mailbox) in zip((Role.REVIEWER, Role.APPROVER, Role.VIEWER), PEOPLE.items(), strict=True):
            account_store.save(conn, replace(run.people[role], tier=tier, mailbox=mailbox, daily_cap=50))
    canaries = [Canary(name) for name in NAMES]
    for canary in canaries:
        made = make_alert(run.workspace, canary.claim, run.clock(), quote=canary.quote, title=canary.carrier)
        assert made == canary.alert_id
    turns(run)
    for canary in canaries:
        for action in NAMES[canary.name]:
            if action not in (Action.APPROVE, Action.WITHDRAW):
                take(run, canary, action, Canary("Mướp").alert_id)
    turns(run)
    found.early = sent(run, mails, calls, feed.token)
    for action in (Action.APPROVE, Action.WITHDRAW):
        for name, steps in APPROVED.items():
            if action in steps:
                take(run, Canary(name), action, "")
        turns(run)
    run.clock.move(days=3)  # a Monday
    turns(run)
    found.late = sent(run, mails, calls, feed.token)
    found.notices = [said_in(message) for address in PEOPLE.values() for message in mails.to(address)]
    assert len(mails.messages) == len(found.notices) + len(mails.to(NEWSROOM))
    found.bodies = {
        "mail": [json_of(message) for message in mails.to(NEWSROOM)],
        "webhook": [json.loads(call.body) for call in calls],
        "folder": [json.loads(body) for name, body in files(run).items() if name.endswith(".json")],
        "api": json.loads(found.late["/api/corrections with a token"])["corrections"],
        "feed": [item["_kiemtin"] for item in json.loads(found.late["/corrections.json"])["items"]],
    }
    found.public = {name: json.loads(found.late[f"/corrections/{Canary(name).correction_id}.json"]) for name in APPROVED}


def where(places: Mapping[str, str], *words: str) -> list[str]:
    return [place for place, said in places.items() if any(one.casefold() in said.casefold() for one in words)]


@pytest.mark.parametrize("name", NAMES)
def test_before_the_approval_nothing_of_a_claim_is_anywhere(out: Out, name: str) -> None:
    canary = Canary(name)
    assert where(out.early, canary.claim, canary.carrier, canary.quote, canary.reason, canary.words, f"giếng {name}") == []
    assert (out.early["mail"], out.early["webhook"], out.early["folder"]) == ("", "", "")


@pytest.mark.parametrize("name", UNAPPROVED)
def test_what_is_not_approved_stays_in_the_house_when_others_are(out: Out, name: str) -> None:
    canary = Canary(name)
    assert where(out.late, canary.claim, canary.carrier, canary.quote, canary.reason, canary.words, f"giếng {name}") == []
    # The path itself may be said again by a page that asks to log in first; nothing else knows the ids.
    ids = (canary.alert_id, canary.claim_id, canary.correction_id)
    assert [place for place in where(out.late, *ids) if not any(one in place for one in ids)] == []


@pytest.mark.parametrize("name", UNAPPROVED)
def test_at_the_address_that_its_correction_would_have_there_is_nothing(out: Out, name: str) -> None:
    paths = [path for path in out.late if path.startswith(("/corrections/", "/api/corrections/")) and Canary(name).correction_id in path]
    assert len(paths) == 10
    nowhere = {"token": json.loads(out.late[f"/api/corrections/{Canary(name).correction_id} with a token"])}
    assert nowhere == {"token": {"error": "Không có trang này."}}


@pytest.mark.parametrize("name", APPROVED)
def test_what_two_people_approved_is_at_every_way_out_at_once(out: Out, name: str) -> None:
    """Without this the tests above would hold for a desk that sends nothing."""
    canary = Canary(name)
    everywhere = {"mail", "webhook", "folder", "/corrections", "/corrections.json", "/corrections.atom", "/api/corrections with a token"}
    one = {f"/corrections/{canary.correction_id}{ending}" for ending in ("", ".json", ".docx")} | {
        f"/api/corrections/{canary.correction_id} with a token"
    }
    assert {*everywhere, *one} - set(where(out.late, canary.claim)) == set()
    assert "/api/corrections" not in where(out.late, canary.claim), "not without a token"
    assert (canary.claim in out.late["/sources"], canary.claim in out.late["/sources.json"]) == (name != WITHDRAWN,) * 2


@pytest.mark.parametrize("name", APPROVED)
def test_who_carried_it_and_what_people_wrote_for_each_other_never_leave(out: Out, name: str) -> None:
    canary = Canary(name)
    assert where(out.late, canary.carrier, PAPER.home) == [place for place in ("/sources", "/sources with a token", "/sources.json", "/sources.json with a token")
                                                           if place in where(out.late, PAPER.home)], "the catalogue alone names the outlet"  # fmt: skip
    assert where(out.late, canary.carrier) == []
    if name != WITHDRAWN:  # a withdrawal's words are its public reason
        assert where(out.late, canary.words) == []
    assert where(out.late, *(f"Nhân viên {role.value}" for role in Role)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notice_to_staff_holds_no_word_of_a_claim(out: Out, name: str) -> None:
    canary = Canary(name)
    said = "\n".join(out.notices)
    assert where({"notices": said}, canary.claim, canary.carrier, canary.quote, canary.reason, canary.words, "giếng", "sởi") == []
    assert f"Mã: {canary.alert_id}" in said and f"http://tin.example/alerts/{canary.alert_id}" in said


def test_each_person_was_told_as_often_as_they_asked(out: Out) -> None:
    told = {tier: [one for one in out.notices if f"To: {mailbox}" in one] for tier, mailbox in PEOPLE.items()}
    assert {tier: len(one) for tier, one in told.items()} == {Tier.IMMEDIATE: len(NAMES), Tier.DAILY: 2, Tier.WEEKLY: 1}
    assert all(THEME_NAMES_VI[Theme.HEALTH] in one for one in out.notices), "the theme of an alert, and the number of a theme"


@pytest.mark.parametrize("way", ["mail", "webhook", "folder", "api", "feed"])
def test_no_way_out_holds_a_key_that_the_public_object_lacks(out: Out, way: str) -> None:
    bodies = out.bodies[way]
    assert {one["statement"] for one in bodies} == {Canary(name).claim for name in APPROVED}
    for body in bodies:
        (public,) = [one for one in out.public.values() if one["id"] == body["id"]]
        assert set(body) == set(public) == KEYS
        assert {key for piece in body["evidence"] for key in piece} <= {key for piece in public["evidence"] for key in piece} == EVIDENCE_KEYS
        assert body == public or body["revision"] < public["revision"]
    newest = {body["id"]: body for body in sorted(bodies, key=lambda one: one["revision"])}
    assert sorted(newest.values(), key=lambda one: one["id"]) == sorted(out.public.values(), key=lambda one: one["id"])


@pytest.mark.parametrize("way", ["mail", "webhook"])
def test_each_version_arrived_once_and_in_order(out: Out, way: str) -> None:
    got = [(body["id"], body["revision"]) for body in out.bodies[way]]
    assert sorted(got) == sorted([*((Canary(name).correction_id, 1) for name in APPROVED), (Canary(WITHDRAWN).correction_id, 2)])
    assert [revision for one, revision in got if one == Canary(WITHDRAWN).correction_id] == [1, 2]
