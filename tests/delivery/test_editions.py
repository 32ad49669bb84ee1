"""An edition on its way out: through a real mail server, as a signed webhook, into a folder; asked for again; and killed while it is sent."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document

from alerts.outbox import addressed_editions
from kiemtin.briefing.letter import text_of
from kiemtin.briefing.render import FORMS, json_of
from kiemtin.delivery import folder, mail, webhook
from kiemtin.delivery.outcome import Sent
from kiemtin.delivery.worker import DeliveryReport, send_out
from kiemtin.domain.deliveries import Delivery, DeliveryState, Destination, DestinationKind, Wants
from kiemtin.domain.editions import Edition, EditionKind
from kiemtin.domain.staff import Role, Staff
from kiemtin.errors import InputError
from kiemtin.pipeline import newsrooms
from kiemtin.pipeline.briefing import make_edition
from kiemtin.store import deliveries, editions
from kiemtin.store.tables import editions as edition_table
from tests.delivery import OFFICE, Run, configured, opened
from tests.support.briefing import DAY, PERIOD, full_body
from tests.support.mailbox import Mailbox, mail_server, wait_for, webhook_server

ROOT = Path(__file__).parents[2]
NOW = PERIOD.last
ADMIN = Staff("s9", "Người Chín", Role.ADMIN)
SENDER, KEY = "kiemtin@vanphong.example", "0123456789abcdef0123"
DAILY = frozenset({Wants.DAILY})
MAIL = Destination("d-mail", "Đài Bến Sương", DestinationKind.MAIL, "tin@bensuong.example", wants=DAILY)
FOLDER = Destination("d-folder", "Báo Gò Mây", DestinationKind.FOLDER, "go-may", wants=DAILY)
WEBHOOK = Destination("d-webhook", "Báo Đồng Xanh", DestinationKind.WEBHOOK, "http://127.0.0.1:9/tin", secret="bí mật", wants=DAILY)
STEM = "ban-tin-daily-2026-11-20"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with opened(tmp_path / "data") as run:
        yield run


@pytest.fixture
def quick_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """A print takes a second; that it is one is looked at once."""
    monkeypatch.setattr(mail, "pdf_of", lambda _body: b"%PDF-1.7")
    monkeypatch.setitem(FORMS, "pdf", (mail.pdf_of, "application/pdf"))


def through(run: Run, mailbox: Mailbox, **keys: Any) -> Run:
    return Run(replace(run.workspace, config=configured(mail_host="127.0.0.1", mail_port=mailbox.port, mail_sender=SENDER, **keys)))


def make(run: Run, body: Mapping[str, Any] | None = None) -> Edition:
    """The edition of the day, of what is there or of this body, queued for who wants it."""
    if body is not None:
        with run.workspace.records.change() as conn:
            kept = editions.freeze(conn, Edition(PERIOD.id, EditionKind.DAILY, DAY, body, NOW))
            for destination in deliveries.load_destinations(conn):
                key = delivery_key(destination)
                deliveries.enqueue(conn, [Delivery(key, destination.id, kept.id, 0, DeliveryState.WAITING, 0, NOW)])
        return kept
    return make_edition(run.workspace, EditionKind.DAILY, DAY, NOW)


def delivery_key(destination: Destination) -> str:
    """What the queue gives this destination for this edition: known beforehand, because it is made of the two."""
    (delivery,) = addressed_editions(Edition(PERIOD.id, EditionKind.DAILY, DAY, {}, NOW), [destination], NOW)
    return delivery.id


def go(run: Run, **later: float) -> DeliveryReport:
    return send_out(run.workspace, NOW + timedelta(**later), loopback_ok=True)


def attachments(message: EmailMessage) -> dict[str | None, tuple[str, bytes]]:
    return {part.get_filename(): (part.get_content_type(), part.get_content()) for part in message.iter_attachments()}


def letters(mailbox: Mailbox) -> list[EmailMessage]:
    return mailbox.to(MAIL.target)


# --- by mail -------------------------------------------------------------------------------------------------------------------


def test_a_newsroom_gets_it_as_text_and_page_with_the_document_the_print_and_json(run: Run, mailbox: Mailbox) -> None:
    run = through(run, mailbox)
    run.add(MAIL)
    edition, body = make(run, full_body()), full_body()
    assert go(run) == DeliveryReport(sent=1)
    (message,) = letters(mailbox)
    assert (message["Subject"], message["To"]) == (f"[{OFFICE}] Bản tin ngày 20/11/2026", MAIL.target)
    assert (message["Message-ID"], message["Auto-Submitted"]) == (f"<{delivery_key(MAIL)}@vanphong.example>", "auto-generated")
    assert message["From"].addresses[0].display_name == OFFICE
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and text.get_content().replace("\r\n", "\n") == text_of(body)
    assert page is not None and page.get_content().replace("\r\n", "\n").strip().encode() == FORMS["html"][0](body)
    found = attachments(message)
    assert list(found) == [f"{STEM}.docx", f"{STEM}.pdf", f"{STEM}.json"]
    assert {name: kind for name, (kind, _) in found.items()} == {f"{STEM}.{form}": FORMS[form][1] for form in ("docx", "pdf", "json")}
    assert json.loads(found[f"{STEM}.json"][1]) == edition.body == body
    assert found[f"{STEM}.pdf"][1].startswith(b"%PDF-")
    said = "\n".join(one.text for one in Document(io.BytesIO(found[f"{STEM}.docx"][1])).paragraphs)
    assert [item["title"] for part in body["watchlists"] for item in part["items"] if item["title"] not in said] == []


def test_without_the_print_s_libraries_the_rest_is_sent(run: Run, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_body: object) -> bytes:
        raise InputError("thiếu thư viện để in PDF")

    monkeypatch.setattr(mail, "pdf_of", missing)
    monkeypatch.setitem(FORMS, "pdf", (missing, "application/pdf"))
    run = through(run, mailbox)
    run.add(MAIL, FOLDER)
    make(run)
    assert go(run) == DeliveryReport(sent=2)
    assert list(attachments(letters(mailbox)[0])) == [f"{STEM}.docx", f"{STEM}.json"]
    into = run.workspace.data_dir / "outgoing" / "go-may"
    assert sorted(path.name for path in into.iterdir()) == [f"{STEM}.{form}" for form in ("docx", "html", "json", "txt")]


@pytest.mark.usefixtures("quick_print")
@pytest.mark.parametrize("odd", ["\r\nBcc: khac@khac.example", "\nBcc: khac@khac.example", "\x00\x0bBcc: x", "\u2028Bcc: x", "\u202eBcc: x"])
def test_nothing_in_the_office_s_name_adds_a_header(mailbox: Mailbox, odd: str) -> None:
    config = configured(mail_host="127.0.0.1", mail_port=mailbox.port, mail_sender=SENDER).model_copy(update={"office_name": f"Văn phòng{odd}"})
    assert mail.send_edition(config, MAIL.target, KEY, full_body(office=f"Văn phòng{odd}"), NOW) == Sent("SMTP 250")
    (message,) = mailbox.messages
    assert sorted(message.keys()) == ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert message["Subject"].isprintable() and message["Subject"].endswith("] Bản tin ngày 20/11/2026")


@pytest.mark.usefixtures("quick_print")
def test_no_title_adds_a_header_either(mailbox: Mailbox) -> None:
    body = full_body()
    for found in body["watchlists"]:
        for item in found["items"]:
            item["title"] = "Tin\r\n.\r\nQUIT\r\nBcc: khac@khac.example\n\nx"
    config = configured(mail_host="127.0.0.1", mail_port=mailbox.port, mail_sender=SENDER)
    assert mail.send_edition(config, MAIL.target, KEY, body, NOW) == Sent("SMTP 250")
    (message,) = mailbox.messages
    assert message["Bcc"] is None and len(attachments(message)) == 3


@pytest.mark.usefixtures("quick_print")
@pytest.mark.parametrize("to", ["", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "A <a@b.example>"])
def test_what_is_no_single_mailbox_gets_nothing(mailbox: Mailbox, to: str) -> None:
    config = configured(mail_host="127.0.0.1", mail_port=mailbox.port, mail_sender=SENDER)
    assert not isinstance(mail.send_edition(config, to, KEY, full_body(), NOW), Sent)
    assert mailbox.messages == []


# --- into a folder -------------------------------------------------------------------------------------------------------------


def test_a_folder_gets_every_form_and_the_json_last(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    replace_file = folder._replace
    monkeypatch.setattr(folder, "_replace", lambda path, body: (written.append(path.name), replace_file(path, body)))
    run.add(FOLDER)
    body = make(run, full_body()).body
    assert go(run) == DeliveryReport(sent=1)
    into = run.workspace.data_dir / "outgoing" / "go-may"
    assert sorted(path.name for path in into.iterdir()) == sorted(f"{STEM}.{form}" for form in FORMS)
    assert written[-1] == f"{STEM}.json" and len(written) == len(FORMS)
    assert all((into / f"{STEM}.{form}").read_bytes() == render(body) for form, (render, _) in FORMS.items())
    assert run.queue(FOLDER)[0].receipt == f"{STEM}.json"


@pytest.mark.usefixtures("quick_print")
def test_again_changes_no_byte_in_the_folder(tmp_path: Path) -> None:
    body = full_body()
    for _ in range(2):
        assert folder.send_edition(tmp_path, "go-may", body) == Sent(f"{STEM}.json")
        found = {path.name: path.read_bytes() for path in (tmp_path / "outgoing" / "go-may").iterdir()}
        assert found == {f"{STEM}.{form}": render(body) for form, (render, _) in FORMS.items()}


@pytest.mark.parametrize("name", ["..", "a/b", "/etc", "A", ""])
def test_a_folder_that_leads_elsewhere_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(folder, "FORMS", {"json": (json_of, "application/json")})
    assert not isinstance(folder.send_edition(tmp_path, name, full_body()), Sent)
    assert list(tmp_path.iterdir()) == []


# --- as a webhook ----------------------------------------------------------------------------------------------------------------


def test_a_webhook_gets_the_frozen_body_signed_under_its_key(run: Run) -> None:
    with webhook_server() as (url, calls):
        run.add(replace(WEBHOOK, target=url))
        edition = make(run, full_body())
        assert go(run) == DeliveryReport(sent=1)
        assert go(run, hours=1) == DeliveryReport()
    (call,) = calls
    assert json.loads(call.body) == edition.body
    assert call.headers["idempotency-key"] == run.queue(WEBHOOK)[0].id == delivery_key(WEBHOOK)
    assert call.headers["kiemtin-signature"] == webhook.signature("bí mật", int(call.headers["kiemtin-timestamp"]), call.body)
    assert call.headers["kiemtin-signature"] != webhook.signature("khác", int(call.headers["kiemtin-timestamp"]), call.body)


@pytest.mark.usefixtures("quick_print")
def test_each_way_gets_it_once_and_each_newsroom_under_its_own_key(run: Run, mailbox: Mailbox) -> None:
    run = through(run, mailbox)
    with webhook_server() as (url, calls):
        run.add(MAIL, FOLDER, replace(WEBHOOK, target=url), replace(WEBHOOK, id="d-khac", subscriber="Báo Khác", target=f"{url}-khac"))
        make(run)
        assert go(run) == DeliveryReport(sent=4)
        make(run)
        assert go(run, hours=1) == DeliveryReport()
    assert (len(letters(mailbox)), len(calls)) == (1, 2)
    assert len({call.headers["idempotency-key"] for call in calls}) == 2


# --- asked for again -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_print")
def test_an_edition_can_be_asked_for_again_for_ever_under_its_key(run: Run) -> None:
    with webhook_server() as (url, calls):
        destination = replace(WEBHOOK, target=url)
        run.add(destination, FOLDER)
        make(run)
        assert go(run) == DeliveryReport(sent=2)
        later = NOW + timedelta(days=40)
        make_edition(run.workspace, EditionKind.DAILY, DAY + timedelta(days=1), NOW + timedelta(days=1))
        (one,) = [delivery for delivery in run.queue(destination) if delivery.correction_id == PERIOD.id]
        assert newsrooms.replay(run.workspace, destination, one.id, ADMIN, later)
        assert not newsrooms.replay(run.workspace, FOLDER, one.id, ADMIN, later), "it is another's"
        go(run, days=40)
    again = [call for call in calls if call.headers["idempotency-key"] == one.id]
    assert len(again) == 2 and again[0].body == again[1].body
    assert run.queue(destination)[0].state is DeliveryState.DELIVERED


@pytest.mark.usefixtures("quick_print")
def test_a_failure_is_tried_again_later_and_does_not_make_another_edition(run: Run) -> None:
    run.add(WEBHOOK)  # nobody answers there
    make(run)
    assert go(run) == DeliveryReport(waiting=1)
    assert go(run, seconds=29) == DeliveryReport()
    with webhook_server() as (url, calls):
        run.add(replace(WEBHOOK, target=url))
        assert go(run, seconds=30) == DeliveryReport(sent=1)
    assert [call.headers["idempotency-key"] for call in calls] == [delivery_key(WEBHOOK)]
    assert count_editions(run) == 1


@pytest.mark.usefixtures("quick_print")
def test_what_waits_for_a_paused_newsroom_goes_out_when_it_is_resumed(run: Run) -> None:
    run.add(FOLDER)
    newsrooms.pause(run.workspace, FOLDER, True, ADMIN, NOW)
    make(run)
    assert go(run) == DeliveryReport()
    newsrooms.pause(run.workspace, FOLDER, False, ADMIN, NOW)
    assert go(run, days=2) == DeliveryReport(sent=1)


# --- killed between rendering and sending ------------------------------------------------------------------------------------------

# For each line of its input a child that makes the edition and sends it, and is killed at the named moment, as by the kernel: nothing is tidied up.
# Children of one process, because each would otherwise load the whole system again.
_KILLS = """
import json, os, signal, sys
from datetime import datetime
from pathlib import Path
import holidays  # loaded once for all children
from kiemtin.delivery import folder, mail, webhook, worker
from kiemtin.domain.editions import EditionKind
from kiemtin.pipeline.briefing import make_edition
from kiemtin.pipeline.workspace import open_workspace
from kiemtin.store import deliveries

mail.pdf_of = lambda _body: b"%PDF-1.7"
folder.FORMS["pdf"] = mail.pdf_of, "application/pdf"

def die(*_args, **_keys):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(do):
    def both(*args, **keys):
        do(*args, **keys)
        die()
    return both

MOMENTS = {
    "before the mail is handed over": lambda: setattr(mail, "send", die),
    "after the mail is handed over": lambda: setattr(mail, "send", then_die(mail.send)),
    "before the webhook is asked": lambda: setattr(webhook, "_ask", die),
    "after the webhook has answered": lambda: setattr(webhook, "_ask", then_die(webhook._ask)),
    "between two files": lambda: setattr(folder, "_sync", die),
    "before the outcome is saved": lambda: setattr(deliveries, "save_outcome", die),
}

def send(data, moment, now):
    MOMENTS[moment]()
    with open_workspace(Path(data)) as workspace:
        make_edition(workspace, EditionKind.DAILY, now.date(), now)
        worker.send_out(workspace, now, loopback_ok=True)

for line in sys.stdin:
    data, moment, now = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            send(data, moment, datetime.fromisoformat(now))
        finally:
            os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def kills() -> Iterator["subprocess.Popen[str]"]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", _KILLS], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed_at(kills: "subprocess.Popen[str]", data: Path, moment: str) -> None:
    assert kills.stdin is not None and kills.stdout is not None
    kills.stdin.write(json.dumps([str(data), moment, NOW.isoformat()]) + "\n")
    kills.stdin.flush()
    assert int(kills.stdout.readline()) == -signal.SIGKILL, moment


def count_editions(run: Run) -> int:
    with run.workspace.records.begin() as conn:
        return conn.scalar(sa.select(sa.func.count()).select_from(edition_table)) or 0


@pytest.mark.usefixtures("quick_print")
@pytest.mark.parametrize(
    ("kind", "moment", "times"),
    [
        (DestinationKind.MAIL, "before the mail is handed over", 1),
        (DestinationKind.MAIL, "after the mail is handed over", 2),
        (DestinationKind.WEBHOOK, "before the webhook is asked", 1),
        (DestinationKind.WEBHOOK, "after the webhook has answered", 2),
        (DestinationKind.WEBHOOK, "before the outcome is saved", 2),
        (DestinationKind.FOLDER, "between two files", 1),
    ],
)
def test_killed_while_it_is_sent_it_is_sent_again_as_the_same(
    run: Run, mailbox: Mailbox, kills: "subprocess.Popen[str]", kind: DestinationKind, moment: str, times: int
) -> None:
    data = run.workspace.data_dir
    settings = f'office_name = "{OFFICE}"\nmail_host = "127.0.0.1"\nmail_port = {mailbox.port}\nmail_sender = "{SENDER}"\n'
    (data / "kiemtin.toml").write_text(settings, "utf-8")
    run = through(run, mailbox)
    with webhook_server() as (url, calls):
        destination = {DestinationKind.MAIL: MAIL, DestinationKind.WEBHOOK: replace(WEBHOOK, target=url), DestinationKind.FOLDER: FOLDER}[kind]
        run.add(destination)
        killed_at(kills, data, moment)
        frozen = make(run).body
        assert count_editions(run) == 1 and [one.state for one in run.queue(destination)] == [DeliveryState.WAITING]
        assert go(run, minutes=1) == DeliveryReport(sent=1)
        assert go(run, minutes=2) == DeliveryReport()
        if kind is DestinationKind.WEBHOOK:
            wait_for(lambda: len(calls) == times)
    keys = [str(message["Message-ID"]) for message in letters(mailbox)] + [call.headers["idempotency-key"] for call in calls]
    awaited = f"<{delivery_key(MAIL)}@vanphong.example>" if kind is DestinationKind.MAIL else delivery_key(destination)
    assert keys == ([awaited] * times if kind is not DestinationKind.FOLDER else [])
    bodies = [json.loads(call.body) for call in calls] + [json.loads(attachments(message)[f"{STEM}.json"][1]) for message in letters(mailbox)]
    assert [body for body in bodies if body != frozen] == [], "the second time it says the same"
    assert count_editions(run) == 1 and [one.state for one in run.queue(destination)] == [DeliveryState.DELIVERED]
    if kind is DestinationKind.FOLDER:
        into = data / "outgoing" / "go-may"
        assert sorted(path.name for path in into.iterdir()) == sorted(f"{STEM}.{form}" for form in FORMS)
