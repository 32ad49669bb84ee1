"""Limit 6, people decide, two of them: the system only opens and reopens, and before an approval nothing leaves."""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.decide import Case, CloseAlert, OpenAlert, ReopenAlert, UpdateAlert, decide
from kiemtin.domain.alerts import Alert, AlertStatus
from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.store.records import open_records
from kiemtin.store.tables import alerts, claims, evidence
from tests.limits.conftest import DemoRun, Wire
from tests.limits.tools import imported, kiemtin, modules, source, traces

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
# The states that people alone bring about.
OF_PEOPLE = frozenset(AlertStatus) - {AlertStatus.NEW, AlertStatus.IN_REVIEW}


def test_limit_6_the_states_are_pinned() -> None:
    assert {status.value for status in AlertStatus} == {"new", "in_review", "rated", "approved", "sent", "withdrawn", "dismissed", "needs_evidence"}


# --- the system's two moves, exhaustively -------------------------------------------------------------------------------


def pieces() -> Iterator[list[Evidence]]:
    """Every mix of relations, independent or not, old or new."""
    relations = [
        (relation, independent, url)
        for relation in EvidenceRelation
        for independent in (True, False)
        for url in ("https://a.example/1", "https://b.example/2")
    ]
    one = [Evidence("c", url, "Trạm", PublisherKind.FACT_CHECKER, relation, "Câu trích.", independent) for relation, independent, url in relations]
    yield []
    yield from ([first] for first in one)
    yield from ([first, second] for first, second in product(one, one) if first.url < second.url)


APPEARANCES: list[list[Appearance]] = [
    [],
    [Appearance("c", "s", "Câu.", 0, 1.0, False)],
    [Appearance("c", "s", "Câu.", 0, 1.0, True)],
    [Appearance("c", f"s{number}", "Câu.", 0, 1.0, True) for number in range(50)],
]


def old_alerts() -> Iterator[Alert | None]:
    yield None
    for status, priority, independent in product(AlertStatus, (0, 100), (True, False)):
        yield Alert("a", "c", status, Theme.HEALTH, priority, (), independent, NOW)


def test_limit_6_the_system_only_opens_as_new_and_reopens_to_in_review() -> None:
    """Over every state, every mix of evidence, appearances, themes and memories."""
    moves = set()
    for old, found, seen, theme in product(old_alerts(), pieces(), APPEARANCES, (None, Theme.HEALTH)):
        case = Case(Claim("c", "Nước lá sen chữa sởi", theme, ClaimKind.EFFECT), seen, found)
        for known in (frozenset[str](), frozenset(one.id for one in found), frozenset({"gone"})):
            intent = decide(case, old, known, NOW)
            moves.add((type(intent).__name__, old.status if old else None, getattr(getattr(intent, "alert", None), "status", None)))
            match intent:
                case OpenAlert(alert):
                    assert (old, alert.status) == (None, AlertStatus.NEW)
                case ReopenAlert(alert):
                    assert old is not None and old.status in OF_PEOPLE
                    assert alert.status is AlertStatus.IN_REVIEW
                case UpdateAlert(alert):
                    assert old is not None and alert.status is old.status
                case CloseAlert():
                    assert old is not None and old.status is AlertStatus.NEW, "what people have touched is not taken from them"
    assert {
        ("OpenAlert", None, AlertStatus.NEW),
        ("CloseAlert", AlertStatus.NEW, None),
        ("ReopenAlert", AlertStatus.APPROVED, AlertStatus.IN_REVIEW),
    } <= moves
    assert {after for name, before, after in moves if after in OF_PEOPLE and after != before} == set()


# What the queue shows unless asked otherwise, what is counted for a digest, of what it is asked whether all has arrived, and which
# claims' stories stay out of a briefing.
READ_ONLY = {
    "kiemtin/desk/routes/queue.py": {"rated", "needs_evidence"},
    "kiemtin/store/notices.py": {"needs_evidence"},
    "kiemtin/store/deliveries.py": {"approved"},
    "kiemtin/store/clippings.py": {"approved", "sent", "dismissed"},
}


def test_limit_6_no_other_module_sets_a_state() -> None:
    for path, tree in modules():
        named = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "AlertStatus"}
        mentions = {name.removeprefix("AlertStatus.").lower() for name in named} & {status.value for status in OF_PEOPLE}
        # The system's two moves, the people's steps as a pure table, and the words for them on the screen.
        assert path in ("alerts/decide.py", "alerts/review.py", "kiemtin/desk/words.py") or not mentions - READ_ONLY.get(path, set()), path
        writes = [
            text
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for text in [ast.unparse(node)]
            if re.search(r"(update|insert|upsert)\(.{0,20}\balerts\b", text)
        ]
        assert path in ("kiemtin/store/queue.py", "kiemtin/store/desk.py") or not writes, path
        assert path in ("kiemtin/store/queue.py", "kiemtin/pipeline/cases.py", "kiemtin/pipeline/tipping.py") or "save_alert(" not in source(tree), (
            path
        )
        assert path in ("kiemtin/store/desk.py", "kiemtin/pipeline/reviewing.py") or "save_review(" not in source(tree), path


def test_limit_6_nobody_can_rate_or_approve_from_the_command_line() -> None:
    """The desk alone changes a state: the command line reads it."""
    words = {"approve", "rate", "dismiss", "send", "publish", "withdraw", "decide", "deliver", "review"}
    (tree,) = [tree for path, tree in modules() if path == "kiemtin/cli.py"]
    assert {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} & words == set()


# --- nothing leaves -----------------------------------------------------------------------------------------------------


def test_limit_6_during_a_run_only_catalogued_hosts_are_asked(wire: Wire) -> None:
    assert wire.ran.code == 0
    assert len([one for one in wire.asked if one.path.startswith("/tin/")]) == 6
    assert [path for path in wire.stray if path not in ("/redirected", "/listed", "/robots.txt")] == []
    assert "/unlisted" not in {one.path for one in wire.asked}


def test_limit_6_a_host_outside_the_catalogue_is_not_asked_when_a_page_redirects_there_or_a_feed_lists_it(wire: Wire) -> None:
    assert wire.stray == ()


def test_limit_6_the_program_speaks_to_nobody_else(wire: Wire, demo: DemoRun) -> None:
    """Not only over HTTP: every connection, datagram and look-up of both processes was noted."""
    for noted, ports in ((wire.spoke_to, wire.ports), (demo.spoke_to, (int(demo.base.rsplit(":", 1)[1]),))):
        assert any(f"('127.0.0.1', {ports[0]})" in line for line in noted), "nothing was noted: this test would show nothing"
        known = {f"socket.connect ('127.0.0.1', {port})" for port in ports} | {"socket.getaddrinfo '127.0.0.1'"}
        assert [line for line in noted if line not in known] == []


KEPT = re.compile(
    r"records\.sqlite3(-wal|-shm)?|writer\.lock|outlets\.toml|kiemtin\.toml|demo\.marker|index/(review|story)/(\.?[\w-]+\.(json|lock|fast|store|idx|term|pos|fieldnorm|del))"
)


def test_limit_6_the_data_directory_holds_records_index_catalogue_and_configuration_only(demo: DemoRun, wire: Wire) -> None:
    for data in (demo.data, wire.data):
        names = [str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()]
        assert "records.sqlite3" in names
        assert [name for name in names if not KEPT.fullmatch(name)] == []


def test_limit_6_nothing_is_left_outside_the_data_directory(demo: DemoRun) -> None:
    assert [path.name for path in demo.left_elsewhere] == []


UNAPPROVED = sorted(frozenset(AlertStatus) - {AlertStatus.APPROVED, AlertStatus.SENT})
CANARY = "Nước giếng Ngàn Vẹt có vị mặn từ ngày 7/11"


@pytest.fixture
def unapproved(demo: DemoRun, tmp_path: Path) -> Path:
    """The demo with one canary claim and alert in every state that is not approved."""
    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    records = open_records(data)
    with records.begin() as conn:
        for status in UNAPPROVED:
            conn.execute(sa.insert(claims).values(id=f"canary-{status}", text=f"{CANARY} ({status})", theme="environment"))
            conn.execute(
                sa.insert(evidence).values(
                    id=f"canary-{status}", claim_id=f"canary-{status}", url="https://k.example/1", publisher="Trạm", publisher_kind="fact_checker",
                    relation="refutes", quote="Nước giếng vẫn ngọt.", independent=True, speaker="",
                )
            )  # fmt: skip
            row: dict[str, object] = {
                "claim_id": f"canary-{status}",
                "status": status.value,
                "theme": "environment",
                "priority": 50,
                "reasons": [],
                "independent_evidence": True,
            }
            conn.execute(sa.insert(alerts).values(id=f"canary-{status}", opened_at=NOW, **row))
    records.close()
    return data


def test_limit_6_staff_see_it_in_the_queue(unapproved: Path) -> None:
    for words in (("alerts",), ("claims",)):
        said = kiemtin(*words, "--json", "--data", unapproved).output
        assert [status for status in UNAPPROVED if f"{CANARY} ({status})" not in said] == []


@pytest.mark.parametrize(
    "words",
    [
        ("doctor",),
        ("reindex",),
        ("check", "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết"),
        ("check", CANARY),
        ("tips", "import", "{tips}"),
        ("factchecks", "import", "{checks}"),
    ],
    ids=lambda words: " ".join(words[:2]) if words[0] != "check" else f"check {len(words[1])}",
)
@pytest.mark.parametrize("form", [("--json",), ()], ids=["json", "text"])
def test_limit_6_a_claim_that_nobody_approved_is_in_no_other_place(unapproved: Path, words: tuple[str, ...], form: tuple[str, ...]) -> None:
    files = {"tips": unapproved.parent / "tips.jsonl", "checks": unapproved.parent / "checks.json"}
    files["tips"].write_text(json.dumps({"text": f"Nghe nói {CANARY[0].lower()}{CANARY[1:]}"}) + "\n", "utf-8")
    files["checks"].write_text(
        json.dumps({"@type": "ClaimReview", "claimReviewed": "Nước lá sen chữa khỏi bệnh sởi", "url": "https://k.example/2"}), "utf-8"
    )
    ran = kiemtin(*(word.format(**files) for word in words), "--data", unapproved, *form)
    assert ran.code in (0, 1), ran.errors
    assert [status for status in UNAPPROVED if f"({status})" in ran.output + ran.errors or f"canary-{status}" in ran.output + ran.errors] == []
    if words[0] == "check" and words[1] == CANARY and form:
        assert ran.document["matches"] == []


def test_limit_6_a_claim_that_nobody_approved_lies_in_records_alone(unapproved: Path) -> None:
    assert kiemtin("reindex", "--data", unapproved).code == 0
    places = {trace.partition(":")[0].partition(",")[0] for trace in traces(unapproved, (CANARY,))}
    assert places <= {"records.sqlite3", "records.sqlite3-wal"}
    assert places


def test_limit_6_the_only_ways_out_are_these() -> None:
    """Each has its canary test in tests/delivery/test_nothing_unapproved_leaves.py; another one has to come with its own."""
    senders = {path for path, tree in modules() if imported(tree) & {"smtplib", "httpcore"}}
    # `guarded_http` looks addresses up for webhooks, and asks public streams with GET; it is handed nothing of a claim (tests/limits/test_limit_2_proof.py).
    assert senders == {"kiemtin/delivery/mail.py", "kiemtin/delivery/webhook.py", "crawlers/guarded_http.py"}
    assert {path for path, tree in modules() if path.startswith("kiemtin/delivery/")} == {
        f"kiemtin/delivery/{name}.py" for name in ("__init__", "folder", "mail", "outcome", "topic", "webhook", "worker")
    }
    queued = {path for path, tree in modules() if "delivery_store.enqueue(" in source(tree)}
    # What leaves was approved or withdrawn there; a destination that comes again hears what it missed of what it had.
    # A briefing has of alerts their number by theme, and of claims what is public (tests/coverage/test_briefing.py).
    assert queued == {"kiemtin/pipeline/reviewing.py", "kiemtin/pipeline/newsrooms.py", "kiemtin/pipeline/briefing.py"}
