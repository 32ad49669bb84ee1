"""The pages that answer a form, and the page of one newsroom: in a real browser on a small and a large screen, and in English throughout."""

import ast
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn

from kiemtin import delivery
from kiemtin.delivery.worker import send_out
from kiemtin.desk.app import create_app
from kiemtin.desk.routes import tips
from kiemtin.desk.words import english
from kiemtin.domain.deliveries import DestinationKind
from kiemtin.domain.staff import Role
from kiemtin.pipeline import accounts, intake, newsrooms
from nlp import privacy
from tests.desk.test_review_pages import CLAIM, approve, rate
from tests.support.browser import LARGE, SMALL, Page, browsing, needs_browser
from tests.support.desk import PASSWORD, Browser, DeskRun, hidden, make_alert
from tests.support.mailbox import wait_for

UNCHECKED = "Nghe nói bến phà Cồn Sậy sẽ ngừng chạy ban đêm từ tháng sau"
NEW_PASSWORD = "một-câu-khác-rất-dài-54"
PRIVATE = "Ông Nguyễn Văn An, số điện thoại 0912345678, nói nước giếng xã Tân Mộc nhiễm asen"
SMALL_TALK = "Hôm nay trời đẹp quá, chúc mọi người ngày mới vui vẻ"
TIPS = {"refused": PRIVATE, "answered": CLAIM, "out of scope": SMALL_TALK, "only a link": "https://x.example/a", "kept": UNCHECKED}
QUESTIONS = {"found": CLAIM, "nothing found": UNCHECKED, "out of scope": SMALL_TALK, "empty": "  "}
LONG_NAME, LONG_TARGET = "Đài " + "T" * 100, "https://hook.example/" + "x" * 400
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


@contextmanager
def served(run: DeskRun) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(run.desk), host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started, 60)
        yield f"http://127.0.0.1:{next(iter(server.servers[0].sockets)).getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@dataclass(frozen=True, slots=True)
class Newsrooms:
    """The ids of a folder that got a correction, a mailbox that did not, and a webhook whose name and address are as long as they may be."""

    folder: str
    mailbox: str
    webhook: str


@pytest.fixture
def three(desk: DeskRun) -> Newsrooms:
    alert_id = make_alert(desk.workspace, CLAIM)
    folder = add_newsroom(desk, "Đài Lam Giang", DestinationKind.FOLDER, "dai")
    mailbox = add_newsroom(desk, "Báo Sông Mây", DestinationKind.MAIL, "tin@songmay.example")
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        rate(first, desk, alert_id)
        approve(second, desk, alert_id)
    send_out(desk.workspace, desk.clock(), loopback_ok=True)
    return Newsrooms(folder, mailbox, add_newsroom(desk, LONG_NAME, DestinationKind.WEBHOOK, LONG_TARGET))


def add_newsroom(run: DeskRun, name: str, kind: DestinationKind, target: str) -> str:
    wanted = newsrooms.Wanted(name, kind, target, frozenset())
    return newsrooms.add_destination(run.workspace, wanted, run.people[Role.ADMIN], run.clock()).destination.id


@dataclass
class Walk:
    """One browser on its way through the pages, and what was wrong with them."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def look(self, name: str) -> str:
        """Returns what can be read. axe-core looks once, where there is the least room."""
        for size in (LARGE, SMALL):
            self.page.resize(size)
            if self.page.overflows():
                self.wrong.append(f"{name} {size[0]}: overflows")
        self.wrong += [f"{name}: {one}" for one in self.page.serious_findings()]
        self.wrong += [f"{name}: {one}" for one in self.page.complaints() if "with a status of 4" not in one]
        return self.page.text

    def send(self, button: str = "main button.main", **fields: str) -> None:
        """Fill in, press, and wait for the next page. Typing letter by letter is the browser story's."""
        script = "window.before = true; for (const [name, text] of Object.entries(arguments[0])) document.querySelector(`main [name=${name}]`).value = text;"
        self.page.driver.execute_script(script, fields)
        self.page.choose(button)
        wait_for(lambda: not self.page.driver.execute_script("return window.before"), 60)

    def unfold(self) -> None:
        self.page.driver.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    def change_language(self, back: str) -> None:
        """What answered a form offers the other language too, and the way there ends on a page."""
        self.page.find(".who a").click()
        wait_for(lambda: self.page.path == back)
        assert "Kiểm Tin" in self.page.text
        self.page.open(f"/language/vi?back={back}")


def test_every_page_fits_and_can_be_used_by_everybody(desk: DeskRun, three: Newsrooms, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_browser()
    monkeypatch.setattr(tips, "_LEAST_SECONDS", 0)
    with served(desk) as base, browsing(base) as page:
        walk = Walk(page)
        _tips_and_their_outcome(walk)
        _one_time_link(walk, desk)
        page.log_in(desk.people[Role.REVIEWER].name, PASSWORD)
        _questions(walk)
        _own_password(walk)
        page.log_in(desk.people[Role.ADMIN].name, PASSWORD)
        _newsrooms(walk, three)
    assert walk.wrong == []


def _tips_and_their_outcome(walk: Walk) -> None:
    answers = {}
    for name in ("refused", "answered", "kept"):  # the others look like the first
        walk.page.open("/tips")
        walk.send(text=TIPS[name])
        walk.unfold()
        answers[name] = walk.look(f"tip {name}")
    assert "(số điện thoại, tên người)" in answers["refused"] and PRIVATE not in answers["refused"]
    assert CLAIM in answers["answered"] and "Trạm Soi Tin" in answers["answered"]
    code = walk.page.find(".code strong").text
    walk.page.open("/tips/status")
    walk.send(code=code.lower().replace("-", " "))
    assert "Đang chờ" in walk.look("known code")
    walk.send(code="KHONG-CO-MA")
    assert "Không có tin báo nào" in walk.look("unknown code")


def _one_time_link(walk: Walk, run: DeskRun) -> None:
    """Too weak a password, a good one, and the link once it is used."""
    path = f"/password/{accounts.reset_link(run.workspace.records, run.people[Role.VIEWER].id, run.people[Role.ADMIN], run.clock())}"
    walk.page.open(path)
    walk.send(password="kiemtin-kiemtin")
    assert "Mật khẩu quá dễ đoán" in walk.look("weak password")
    walk.send(password=NEW_PASSWORD)
    assert walk.page.path == "/login"
    walk.page.open(path)
    assert "đã được dùng" in walk.look("used link")


def _questions(walk: Walk) -> None:
    walk.page.open("/check")
    for name, text in QUESTIONS.items():
        walk.send(text=text)
        walk.look(f"question {name}")


def _own_password(walk: Walk) -> None:
    button = "form[action='/me/password'] button"
    walk.page.open("/me")
    walk.send(button, old="không-phải-nó", new=NEW_PASSWORD)
    assert "Mật khẩu hiện tại không đúng." in walk.look("wrong password")
    walk.change_language("/me")
    walk.send(button, old=PASSWORD, new=NEW_PASSWORD)
    assert walk.page.path == "/login"


def _newsrooms(walk: Walk, three: Newsrooms) -> None:
    for destination in (three.webhook, three.folder, three.mailbox):
        walk.page.open(f"/newsrooms/{destination}")
        walk.unfold()
        walk.look(f"newsroom {destination}")
    assert "Chưa cấu hình máy chủ gửi thư" in walk.page.text
    walk.send("form[action$='/replay'] button")
    walk.send("form[action$='/pause'] button")
    assert "Đang tạm dừng" in walk.look("paused")
    walk.unfold()
    walk.send("form[action$='/token'] button")
    walk.look("new token")
    walk.change_language("/newsrooms")


def test_in_english_nothing_of_ours_is_vietnamese(desk: DeskRun, three: Newsrooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tips, "_LEAST_SECONDS", 0)
    link = f"/password/{accounts.reset_link(desk.workspace.records, desk.people[Role.VIEWER].id, desk.people[Role.ADMIN], desk.clock())}"
    pages: dict[str, str] = {}
    with desk.browser() as anyone, desk.browser(Role.REVIEWER) as reviewer, desk.browser(Role.ADMIN) as admin:
        for browser in (anyone, reviewer, admin):
            browser.get("/language/en")
        pages |= {f"tip {name}": _post(anyone, "/tips", "/tips", text=text) for name, text in {**TIPS, "too long": "a" * 2001}.items()}
        code = re.findall(r"<strong>([0-9A-Z-]{14})<", pages["tip kept"])[0]
        pages |= {f"status {one}": anyone.client.post("/tips/status", data={"code": one}).text for one in (code, "KHONG-CO-MA")}
        pages |= {f"password {one}": _post(anyone, link, link, password=one) for one in ("ngắn", "kiemtin-kiemtin")}
        pages |= {f"question {name}": reviewer.send("/check", text=text).text for name, text in {**QUESTIONS, "too long": "a" * 5500}.items()}
        pages |= {f"own password {old}": reviewer.send("/me/password", old=old, new="ngắn").text for old in ("sai", PASSWORD)}
        admin.send(f"/newsrooms/{three.webhook}/remove")
        pages |= {f"newsroom {one}": admin.get(f"/newsrooms/{one}").text for one in (three.folder, three.mailbox, three.webhook)}
        pages["bad address"] = admin.send("/newsrooms", subscriber="Báo Sông Mây", kind="mail", target="x").text
        pages["no such delivery"] = admin.send(f"/newsrooms/{three.folder}/replay", delivery="x").text
    assert {name: found for name, text in pages.items() if (found := _vietnamese_in(text))} == {}


def _post(browser: Browser, form: str, path: str, **fields: str) -> str:
    return browser.client.post(path, data={"form": hidden(browser.get(form).text, "form"), **fields}).text


def _vietnamese_in(page: str) -> list[str]:
    """Lines outside quotes, forms' contents and names."""
    assert '<html lang="en">' in page
    text = re.sub(r"(?s)<(blockquote|textarea|title)\b.*?</\1>|<[^>]*>", "\n", page)
    for name in ("Kiểm Tin", "Tiếng Việt", "Văn phòng thông tin (chưa đặt tên)", "Đài Lam Giang", "Báo Sông Mây", LONG_NAME):
        text = text.replace(name, "")
    return [line.strip() for line in text.splitlines() if _VIETNAMESE.search(line)]


def test_what_the_code_says_on_these_pages_has_its_english() -> None:
    answers = {intake._ANSWERED, intake._KEPT, intake._OUT_OF_SCOPE, intake._REFUSED}
    kinds = {privacy.NAME, privacy.PHONE, privacy.ACCOUNT, privacy.EMAIL, privacy.ADDRESS, privacy.HANDLE}
    failures = set(_failures())
    assert len(failures) > 5
    assert (answers | kinds | failures) - set(english()) == set()


def _failures() -> Iterator[str]:
    """What a delivery that failed can say: the first argument of each `Failed`."""
    for path in Path(delivery.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Failed":
                said = [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                yield from (one.removesuffix(": ") for one in said if one.islower())
