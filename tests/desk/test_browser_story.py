"""The whole story in a real browser, with a real crawl, mail server and webhook: from a published page and a tip to a withdrawal.

tip and crawl | alert | one rates | another approves | public page, e-mail, webhook | withdrawal everywhere
"""

import hashlib
import hmac
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import Select

from kiemtin.demo.run import world_folder
from kiemtin.demo.server import WorldServer, load_world, serving
from kiemtin.demo.world import World
from tests.support.browser import LARGE, SMALL, Page, browsing, needs_browser
from tests.support.cli import COMMAND
from tests.support.mailbox import Mailbox, Received, free_port, mail_server, wait_for, webhook_server

PASSWORD = "câu-dài-dễ-nhớ-27"
PEOPLE = {"Người Đánh Giá": "reviewer", "Người Duyệt": "approver", "Quản Trị": "admin"}
CLAIM = "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết"
PUBLIC = ("/corrections", "/tips", "/tips/status", "/sources", "/login")
STAFF = ("/", "/desk/tips", "/newsrooms", "/log", "/precision", "/settings", "/me", "/check")


@dataclass
class Running:
    """Everything that runs beside the browser."""

    base: str
    mailbox: Mailbox
    hook: str
    calls: list[Received]


def run(*words: object, given: str = "") -> None:
    done = subprocess.run([*COMMAND, *map(str, words)], input=given.encode(), capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def desk_process(data: Path, port: int) -> Iterator[None]:
    command = [*COMMAND, "serve", "--no-schedule", "--port", str(port), "--loopback-ok", "--json", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert b"{" in process.stdout.readline(), "it did not start"
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    needs_browser()
    data, port = tmp_path_factory.mktemp("story") / "data", free_port()
    data.mkdir()
    server = WorldServer()
    with serving(server), mail_server() as mailbox, webhook_server() as (hook, calls):
        world = World(world_folder(), server.base)
        load_world(server, world)
        (data / "outlets.toml").write_text(world.catalog(), "utf-8")
        config = f'office_name = "Văn phòng Lam Giang"\npublic_url = "http://127.0.0.1:{port}"\nmail_host = "127.0.0.1"\nmail_port = {mailbox.port}\nmail_sender = "tin@lamgiang.example"\n'  # fmt: skip
        (data / "kiemtin.toml").write_text(config, "utf-8")
        run("run", "--catalog", data / "outlets.toml", "--loopback-ok", "--data", data)
        for name, role in PEOPLE.items():
            run("user", "add", name, "--role", role, "--data", data, given=PASSWORD + "\n")
        with desk_process(data, port):
            yield Running(f"http://127.0.0.1:{port}", mailbox, hook, calls)


def looked_at(page: Page, path: str) -> list[str]:
    """What is wrong with a page on a large and a small screen: for people with a keyboard or a screen reader, for its layout, for its policy."""
    found = []
    for size in (LARGE, SMALL):
        page.resize(size)
        page.open(path)
        found += [f"{path} {size[0]}: {one}" for one in page.serious_findings()]
        if page.overflows():
            found.append(f"{path} {size[0]}: overflows")
        found += [f"{path} {size[0]}: {one}" for one in page.complaints()]
    page.resize(LARGE)
    return found


def test_the_whole_story(running: Running) -> None:
    with browsing(running.base) as public, browsing(running.base) as first, browsing(running.base) as second:
        second.log_in("Quản Trị", PASSWORD)
        secret = _add_destinations(second, running)
        second.find(".who form button").click()
        wait_for(lambda: second.path.startswith("/login"))

        first.log_in("Người Đánh Giá", PASSWORD)
        second.log_in("Người Duyệt", PASSWORD)
        _ask_for_notices(second)

        public.open("/tips")
        code = _tip(public, "Nghe nói cầu Tre Ngà sẽ thu phí qua cầu 20.000 đồng từ tháng sau")
        assert code
        assert not _tip(public, CLAIM), "what a published check covers is answered at once"
        assert "không có cơ sở" in public.text or "Trạm Kiểm Chứng" in public.text

        path = _rate_with_the_keyboard(first)
        wait_for(lambda: "Người thứ hai sẽ duyệt" in first.text)
        assert CLAIM not in public.open("/corrections").text

        second.open(path)
        second.choose("#do-approve button")
        wait_for(lambda: "Đã duyệt" in second.text or "Đã gửi" in second.text)

        assert CLAIM in public.open("/corrections").text
        public.find("article.entry h2 a").click()
        correction = public.path
        assert "Sai sự thật" in public.text and "Chưa có nghiên cứu nào" in public.text

        mail = wait_for(lambda: running.mailbox.to("toasoan@baosongmay.example"))[0]
        assert CLAIM in str(mail["Subject"]) and correction in mail.get_body().get_content()
        assert {part.get_filename().rpartition(".")[2] for part in mail.iter_attachments()} == {"docx", "json"}
        call = wait_for(lambda: running.calls)[0]
        _signature_holds(call, secret)
        assert json.loads(call.body) == json.loads(_fetched(public, f"{correction}.json")), "nothing leaves that the public JSON lacks"

        notices = running.mailbox.to("duyet@lamgiang.example")
        assert notices
        assert all(CLAIM not in str(notice) and "/alerts/" in notice.get_content() for notice in notices)

        _withdraw(second, path)
        assert "Đã rút lại" in public.open(correction).text and "Nguồn kiểm chứng đã sửa bài." in public.text
        wait_for(lambda: len(running.mailbox.to("toasoan@baosongmay.example")) > 1)
        withdrawn = running.mailbox.to("toasoan@baosongmay.example")[-1]
        assert "RÚT LẠI" in str(withdrawn["Subject"])
        last = wait_for(lambda: running.calls[1:])[0]
        _signature_holds(last, secret)
        assert json.loads(last.body)["status"] == "withdrawn"

        public.open("/tips/status")
        public.fill("input[name=code]", code)
        public.find("main button.main").click()
        wait_for(lambda: "Đang chờ" in public.text)

        wrong = [one for path in (*PUBLIC, correction) for one in looked_at(public, path)]
        wrong += [one for where in (*STAFF, path) for one in looked_at(second, where)]
        assert wrong == []
        assert second.open("/language/en?back=/").text.count("Queue") >= 1


def _withdraw(page: Page, path: str) -> None:
    page.open(path)
    page.choose("details.more > summary")
    page.fill("#do-withdraw textarea", "Nguồn kiểm chứng đã sửa bài.")
    page.choose("#do-withdraw button")
    wait_for(lambda: "Đã rút lại" in page.text)


def _add_destinations(page: Page, running: Running) -> str:
    """A newsroom by e-mail and one by webhook; returns the webhook's signing secret, which is shown once."""
    secret = ""
    for name, kind, target in (("Báo Sông Mây", "mail", "toasoan@baosongmay.example"), ("Đài Lam Giang", "webhook", running.hook)):
        page.open("/newsrooms")
        page.fill("input[name=subscriber]", name)
        Select(page.find("select[name=kind]")).select_by_value(kind)
        page.fill("input[name=target]", target)
        page.choose("section button.main")
        codes = page.all(".note.good code")
        secret = codes[-1].text
    assert looked_at(page, "/accounts") == []
    return str(secret)


def _ask_for_notices(page: Page) -> None:
    page.open("/me")
    page.fill("input[name=mailbox]", "duyet@lamgiang.example")
    Select(page.find("select[name=tier]")).select_by_value("immediate")
    page.choose("main form button.main")


def _tip(page: Page, text: str) -> str:
    """Hand a tip in as a person would, who needs a moment to write; returns the code, "" where the answer came at once."""
    page.open("/tips")
    page.fill("textarea[name=text]", text)
    wait_for(lambda: page.driver.execute_script("return performance.now() > 2500"))
    page.find("main button.main").click()
    wait_for(lambda: "Gửi tin báo khác" in page.text, 60)
    page.driver.implicitly_wait(0)
    code = page.all(".code strong")
    page.driver.implicitly_wait(20)
    return str(code[0].text) if code else ""


def _rate_with_the_keyboard(page: Page) -> str:
    """j to the first alert, Enter to open it, r to the rating."""
    page.open("/")
    page.press("?")
    assert page.find("#help").is_displayed()
    page.press("")
    page.find("#help button").click()
    page.press("j")
    page.enter()
    wait_for(lambda: page.path.startswith("/alerts/"))
    assert CLAIM in page.text
    page.press("r")
    wait_for(lambda: page.driver.execute_script("return document.activeElement.form !== null && document.activeElement.closest('#rate') !== null"))
    page.choose("input[name=rating][value=false]")
    page.choose("input[name=evidence]")
    page.fill("#rate textarea[name=reason]", "Chưa có nghiên cứu nào cho thấy nước chanh chữa được bệnh này.")
    page.choose("#rate button.main")
    return page.path


def _fetched(page: Page, path: str) -> str:
    script = "const done = arguments[1]; fetch(arguments[0]).then((answer) => answer.text()).then(done);"
    return str(page.driver.execute_async_script(script, path))


def _signature_holds(call: Received, secret: str) -> None:
    """The recipe as the documents give it, not our own function."""
    made = hmac.new(secret.encode(), call.headers["kiemtin-timestamp"].encode() + b"." + call.body, hashlib.sha256).hexdigest()
    assert call.headers["kiemtin-signature"] == f"v1={made}"
    assert call.headers["idempotency-key"]


def test_every_page_can_be_used_without_scripts(running: Running) -> None:
    with browsing(running.base) as page:
        page.log_in("Người Đánh Giá", PASSWORD)
        page.without_scripts(True)
        page.open("/")
        Select(page.find("select[name=theme]")).select_by_value("transport")
        page.find(".filters button").click()
        wait_for(lambda: "theme=transport" in page.path)
        assert "Cầu Vàm Trúc" in page.text and CLAIM not in page.text
        page.find("[data-row]").click()
        page.find("#do-take button").click()
        wait_for(lambda: "Đang xem xét" in page.text)
        page.fill("#ask-text", CLAIM)
        page.find(".ask button").click()
        wait_for(lambda: "cùng một phát biểu" in page.text)
