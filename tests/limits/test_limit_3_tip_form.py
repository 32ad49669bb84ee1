"""Limit 3 at the public form: a real server, and nothing of who sends a tip anywhere: not in its words, its database, its log, its mail."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from kiemtin.desk.context import open_desk
from kiemtin.pipeline.workspace import open_workspace, utc_now
from kiemtin.store import tips as tip_store
from kiemtin.store.tables import tip_receipts, tips
from tests.limits.conftest import CLIENT, FORWARDED, DemoRun
from tests.limits.tools import ROOT, found_in, texts, traces
from tests.support.desk import PASSWORD, Browser, hidden
from tests.support.mailbox import free_port, mail_server

HEADERS = {
    "User-Agent": "NganVetBrowser/7.7",
    "X-Forwarded-For": FORWARDED,
    "X-Real-IP": FORWARDED,
    "Referer": "https://ngan-vet.example/trang-rieng",
    "Cookie": "theo-doi=ngan-vet-cookie",
    "Accept-Language": "vi-x-nganvet",
    "From": "vet@ngan-vet.example",
}
SENDER = ("NganVetBrowser", FORWARDED, CLIENT, "ngan-vet", "nganvet")
KEPT = "Nghe nói cầu Tre Ngà sẽ thu phí qua cầu 20.000 đồng từ tháng sau"
PRIVATE = "Ông Trần Văn Vẹt ở số 12 đường Ngàn Vẹt nói đập Khe Mây vỡ, gọi 0912 345 678"


@dataclass
class Served:
    """A server process over the demo's data, all it said, and how to speak to it from an address of our own."""

    data: Path
    port: int
    said: Path

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(CLIENT, 0))
        try:
            body = urlencode(fields) if fields is not None else None
            more = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            link.request(method, path, body, {**HEADERS, **more})
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        finally:
            link.close()

    def tip(self, text: str) -> tuple[int, str]:
        form = hidden(self.ask("GET", "/tips")[1], "form")
        time.sleep(2.1)
        return self.ask("POST", "/tips", {"text": text, "form": form})


@pytest.fixture(scope="module")
def served(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("form")
    data, said, port = folder / "data", folder / "said.txt", free_port()
    shutil.copytree(demo.data, data)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with said.open("wb") as output:
        command = [sys.executable, "-m", "kiemtin.cli", "serve", "--no-schedule", "--port", str(port), "--loopback-ok", "--data", str(data)]
        with subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment) as process:
            try:
                end = time.monotonic() + 60
                while "http://" not in said.read_text("utf-8"):
                    assert process.poll() is None and time.monotonic() < end, said.read_text("utf-8")
                    time.sleep(0.05)
                yield Served(data, port, said)
            finally:
                process.terminate()
                process.wait(timeout=20)


def test_limit_3_nothing_of_who_sends_a_tip_is_anywhere(served: Served) -> None:
    status, answer = served.tip(KEPT)
    assert (status, "72 giờ" in answer) == (200, True), answer
    status, answer = served.tip(PRIVATE)
    assert status == 200 and "thông tin riêng" in answer
    code = re.search(r"<strong>([A-Z0-9-]{14})</strong>", served.tip(KEPT + " thật không")[1])
    assert code is not None
    assert "Đang chờ" in served.ask("POST", "/tips/status", {"code": code.group(1)})[1]
    assert served.ask("POST", "/tips", {"text": KEPT, "form": "x" * 600})[0] in (403, 422)
    assert served.ask("GET", "/nowhere")[0] == 404
    assert "set-cookie" not in answer.lower()
    assert found_in(served.said.read_bytes(), SENDER) == []
    assert traces(served.data, SENDER) == []
    assert traces(served.data, ("Trần Văn Vẹt", "0912 345 678", "0912345678", "đập Khe Mây vỡ, gọi", code.group(1))) == []


def test_limit_3_what_is_kept_of_a_tip_is_its_text_a_theme_and_a_time() -> None:
    assert {column.name for column in tips.columns} == {"id", "text", "theme", "received_at"}
    assert {column.name for column in tip_receipts.columns} == {"code_digest", "outcome", "tip_id", "claim_id", "expires_at"}


def test_limit_3_the_form_asks_for_a_text_and_nothing_else(served: Served) -> None:
    page = served.ask("GET", "/tips")[1]
    form = page[page.index('action="/tips"') : page.index("</form>", page.index('action="/tips"'))]
    assert set(re.findall(r'name="([^"]+)"', form)) == {"form", "text", "website"}, "`website` is a trap for machines, hidden from people"
    assert 'type="file"' not in page and "<iframe" not in page


def test_limit_3_a_restated_tip_goes_and_so_does_one_that_is_left(demo: DemoRun, tmp_path: Path) -> None:
    from fastapi.testclient import TestClient

    from kiemtin.desk.app import create_app
    from kiemtin.domain.staff import Role
    from kiemtin.pipeline.accounts import add_staff

    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    told = "Bà con ngàn vẹt kháo nhau cầu Tre Ngà sẽ thu phí qua cầu 20.000 đồng từ tháng sau"
    left = "Bà con ngàn vẹt kháo nhau phí làm hộ chiếu tăng lên 900.000 đồng từ tháng sau"
    with open_workspace(data) as workspace, mail_server():
        add_staff(workspace.records, "Người Một", Role.REVIEWER, PASSWORD, utc_now())
        with workspace.records.begin() as conn:
            row = conn.execute(sa.text("SELECT s.canonical_url, r.text FROM stories s JOIN story_revisions r ON r.story_id = s.id LIMIT 1")).one()
        quote = row.text.split(".")[0]
        with TestClient(create_app(open_desk(workspace, loopback_ok=True)), base_url="http://127.0.0.1:8000", follow_redirects=False) as client:
            browser = Browser(client)
            for text in (told, left):
                form = hidden(client.get("/tips").text, "form")
                time.sleep(2.1)
                assert "72 giờ" in client.post("/tips", data={"text": text, "form": form}).text
            assert browser.log_in("Người Một").status_code == 303
            with workspace.records.begin() as conn:
                kept = {tip.text: tip.id for tip in tip_store.load_tips(conn, utc_now())}
            assert browser.send(f"/desk/tips/{kept[told]}/take", text=told, url=row.canonical_url, quote=quote).status_code == 422, (
                "own words are needed"
            )
            own = "Từ tháng sau qua cầu Tre Ngà phải trả phí 20.000 đồng"
            assert browser.send(f"/desk/tips/{kept[told]}/take", text=own, url=row.canonical_url, quote="không có ở đó").status_code == 422
            taken = browser.send(f"/desk/tips/{kept[told]}/take", text=own, url=row.canonical_url, quote=quote)
            assert taken.status_code == 303, taken.text
            assert own in client.get(taken.headers["location"]).text
            assert browser.send(f"/desk/tips/{kept[left]}/leave").status_code == 303
    assert traces(data, ("ngàn vẹt",)) == []


def test_limit_3_receipts_go_after_ninety_days(tmp_path: Path) -> None:
    now = utc_now()
    with open_workspace(tmp_path) as workspace, workspace.records.change() as conn:
        tip_store.save_receipt(conn, "x", "t", now)
        assert tip_store.load_receipt(conn, "x", now + timedelta(days=89)) is not None
        assert tip_store.load_receipt(conn, "x", now + timedelta(days=90)) is None
        tip_store.forget_tips(conn, now + timedelta(days=90))
        assert conn.scalar(sa.select(sa.func.count()).select_from(tip_receipts)) == 0


def test_limit_3_clean_tips_are_taken_at_the_form_too(served: Served) -> None:
    """The form is the same door as the file: what is refused there is refused here."""
    refused = texts("private_tips.jsonl")[:2]
    for text in refused:
        answer = served.tip(text)[1]
        assert "thông tin riêng" in answer
    assert traces(served.data, tuple(text for text in refused if len(text) > 20)) == []
