"""Fifty people decide at once over real HTTP, on purpose on the same alerts from the same page: nothing is lost, nothing is done twice.

made-up alerts, a webhook, a folder | kiemtin serve | 50 browsers, each with an account of its own | log, versions and deliveries
                                                                                                     against what each browser was told
"""

import argparse
import http.client
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from benchmarks.generate import make_claims
from benchmarks.measure import REPOSITORY, say
from kiemtin.delivery.webhook import body_of, signature
from kiemtin.domain.deliveries import Destination, DestinationKind
from kiemtin.domain.staff import Role, Staff
from kiemtin.domain.stories import content_id
from kiemtin.pipeline.accounts import add_staff
from kiemtin.pipeline.log import broken_at
from kiemtin.pipeline.newsrooms import Wanted, add_destination
from kiemtin.pipeline.workspace import open_workspace, utc_now
from kiemtin.store import outlets as outlet_store
from kiemtin.store.records import DATABASE_NAME
from kiemtin.store.tables import alerts, correction_versions, corrections, decision_texts, decisions, deliveries
from tests.support.desk import CATALOG, PASSWORD, make_alert

FOLDER = "toa-soan"
_SEEN_BEFORE = 0.4  # so many act on what somebody else has seen, and may have changed since
_LETTERS = "bcdghklmnpqrstvx"
_TOKEN = re.compile(rf"mã lượt ([{_LETTERS}]{{8}})")
_REFUSALS = frozenset({403, 409, 422})
_STALE_AFTER = 10.0  # the server closes an idle connection after 15 s
_PATIENCE, _LONGEST = 180.0, 1_200.0


@dataclass(frozen=True, slots=True)
class Size:
    people: int
    decisions: int

    @property
    def alerts(self) -> int:
        return max(20, self.decisions // 25)


FULL, SMALL = Size(50, 2_000), Size(10, 200)


# --- the server, a browser, and a newsroom ------------------------------------------------------------------------------


class Server:
    """`kiemtin serve` in a process of its own; started again, it has another port."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._errors = data.parent / "server-errors.txt"
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.up = threading.Event()

    def launch(self) -> None:
        words = ["serve", "--no-schedule", "--port", "0", "--json", "--loopback-ok", "--data", str(self._data)]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        with self._errors.open("a") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kiemtin", *words],
                cwd=self._data.parent,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def wait(self) -> None:
        """Until it listens."""
        assert self._process is not None and self._process.stdout is not None
        said = ""
        for line in self._process.stdout:
            said += line
            if line.strip() == "}":
                break
        if not said:
            raise SystemExit(f"kiemtin serve did not start: {self.errors[-2000:]}")
        self.port = int(json.loads(said)["port"])
        self.up.set()

    def start(self) -> float:
        """Seconds until it listened."""
        began = time.monotonic()
        self.launch()
        self.wait()
        return time.monotonic() - began

    def kill(self) -> None:
        self.up.clear()
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        self.up.clear()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.communicate(timeout=60)

    def computed(self) -> float:
        """Seconds of computing so far (Linux; 0 elsewhere): unlike the clock on the wall, it does not feel its neighbours."""
        try:
            assert self._process is not None
            ticks = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        except OSError:
            return 0.0
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    @property
    def errors(self) -> str:
        return self._errors.read_text("utf-8") if self._errors.exists() else ""


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    server = Server(data)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class LostError(Exception):
    """No answer came: whether the request was carried out is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    cookie: str
    seconds: float


class Browser:
    """One person at the desk: a connection that is kept, a cookie, and the key of their forms."""

    def __init__(self, server: Server, name: str = "") -> None:
        self._server, self.name = server, name
        self._connection: http.client.HTTPConnection | None = None
        self._port, self._used = 0, 0.0
        self._cookie = self._key = ""

    def log_in(self, password: str = PASSWORD) -> None:
        form = hidden(self.get("/login").text, "form")
        answer = self.ask("POST", "/login", [("name", self.name), ("password", password), ("next", "/"), ("form", form)])
        if answer.status != 303:
            raise SystemExit(f"{self.name} could not log in: HTTP {answer.status}")
        self._cookie = answer.cookie.partition(";")[0]
        self._key = hidden(self.get("/me").text, "form_key")

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def send(self, path: str, fields: Sequence[tuple[str, str]]) -> Answer:
        return self.ask("POST", path, [("form_key", self._key), *fields])

    def ask(self, method: str, path: str, fields: Sequence[tuple[str, str]] | None = None) -> Answer:
        """Raises LostError where the connection breaks."""
        body = None if fields is None else urlencode(fields)
        began = time.perf_counter()
        try:
            connection = self._open()
            connection.request(method, path, body, self._headers(body is not None))
            answer = connection.getresponse()
            text = answer.read().decode("utf-8")
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise LostError from error
        self._used = time.monotonic()
        return Answer(answer.status, text, answer.getheader("set-cookie") or "", time.perf_counter() - began)

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None or self._port != self._server.port or time.monotonic() - self._used > _STALE_AFTER:
            self.close()
            self._port = self._server.port
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        return self._connection

    def _headers(self, with_form: bool) -> dict[str, str]:
        found = {"Cookie": self._cookie, "Sec-Fetch-Site": "same-origin"}
        if with_form:
            found |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self._port}"}
        return found

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise SystemExit(f"a page has no field {name}")
    return found.group(1)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request to the newsroom's webhook."""

    key: str
    body: bytes
    timestamp: str
    signature: str


class Recipient:
    """A newsroom on loopback: keeps every request, and answers after `pause()` seconds."""

    def __init__(self, pause: Callable[[], float] = float) -> None:
        self.arrived: list[Arrived] = []
        arrived = self.arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                said = self.headers
                arrived.append(Arrived(said["Idempotency-Key"], body, said["Kiemtin-Timestamp"], said["Kiemtin-Signature"]))
                time.sleep(pause())
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:  # the sender was killed
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/nhan"

    def __enter__(self) -> "Recipient":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


# --- what is there before -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Office:
    """The desk as it is before anybody decides."""

    data: Path
    people: tuple[Staff, ...]
    versions: dict[str, int]
    webhook: Destination
    folder: Destination


def prepare(data: Path, size: Size, webhook: str) -> Office:
    """Half reviewers, half approvers; alerts with independent evidence; two destinations for every theme."""
    with open_workspace(data) as workspace:
        now = utc_now()
        with workspace.records.change() as conn:
            outlet_store.replace_catalog(conn, CATALOG)
        people = tuple(
            add_staff(workspace.records, f"Nhân viên {number}", Role.APPROVER if number % 2 else Role.REVIEWER, PASSWORD, now)
            for number in range(size.people)
        )
        texts = list(dict.fromkeys(claim.checked for claim in make_claims(size.alerts * 2)))[: size.alerts]
        ids = [make_alert(workspace, text, now) for text in texts]
        made = [
            add_destination(workspace, Wanted("Báo Nhận Thử", kind, target, frozenset()), people[0], now).destination
            for kind, target in ((DestinationKind.WEBHOOK, webhook), (DestinationKind.FOLDER, FOLDER))
        ]
        with workspace.records.begin() as conn:
            versions = {row.id: row.version for row in conn.execute(sa.select(alerts.c.id, alerts.c.version).where(alerts.c.id.in_(ids)))}
    return Office(data, people, versions, *made)


# --- the load -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Screen:
    """What somebody had before their eyes."""

    alert_id: str
    version: int
    status: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One decision that was sent; `status` 0 where no answer came."""

    token: str
    by: str
    alert_id: str
    action: str
    version: int
    status: int
    began: float
    ended: float


@dataclass(slots=True)
class Crowd:
    """People who decide until `enough(accepted)`; what each was told, and how long each request took."""

    office: Office
    server: Server
    rng: random.Random
    enough: Callable[[int], bool]
    attempts: list[Attempt] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    odd_pages: list[int] = field(default_factory=list)
    _screens: dict[str, Screen] = field(default_factory=dict)
    _accepted: int = 0
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> float:
        """All at once; returns seconds without the log-ins."""
        browsers = [Browser(self.server, person.name) for person in self.office.people]
        with ThreadPoolExecutor(len(browsers)) as pool:
            list(pool.map(Browser.log_in, browsers))
            began = time.monotonic()
            seeds = [self.rng.random() for _ in browsers]
            list(pool.map(self._one, self.office.people, browsers, seeds))
        for browser in browsers:
            browser.close()
        return time.monotonic() - began

    def _one(self, person: Staff, browser: Browser, seed: float) -> None:
        rng, ids, until = random.Random(seed), sorted(self.office.versions), time.monotonic() + _LONGEST
        while not self.enough(self._accepted) and time.monotonic() < until:
            try:
                screen = self._look(browser, rng, rng.choice(ids))
                if screen is not None:
                    self._decide(person, browser, rng, screen)
            except LostError:
                self.server.up.wait(_PATIENCE)

    def _look(self, browser: Browser, rng: random.Random, alert_id: str) -> Screen | None:
        if rng.random() < _SEEN_BEFORE and (known := self._screens.get(alert_id)) is not None:
            return known
        answer = browser.get(f"/alerts/{alert_id}")
        self.pages.append(answer.seconds)
        if answer.status != 200:
            self.odd_pages.append(answer.status)
            return None
        status = re.search(r'class="state s-(\w+)"', answer.text)
        assert status is not None
        evidence = tuple(re.findall(r'name="evidence" value="([^"]*)"', answer.text))
        self._screens[alert_id] = screen = Screen(alert_id, int(hidden(answer.text, "version")), status.group(1), evidence)
        return screen

    def _decide(self, person: Staff, browser: Browser, rng: random.Random, screen: Screen) -> None:
        with self._lock:
            self._number += 1
            token = "".join(_LETTERS[self._number >> shift & 15] for shift in range(0, 32, 4))
        action, fields = choose(rng, screen, person.may_approve, f"Ghi chú, mã lượt {token}.")
        began, status = time.monotonic(), 0
        try:
            status = browser.send(f"/alerts/{screen.alert_id}/step", [("action", action), ("version", str(screen.version)), *fields]).status
        finally:
            with self._lock:
                self._accepted += status == 303
                self.attempts.append(Attempt(token, person.id, screen.alert_id, action, screen.version, status, began, time.monotonic()))


def choose(rng: random.Random, screen: Screen, may_approve: bool, words: str) -> tuple[str, list[tuple[str, str]]]:
    """What this person does about it: mostly what leads on, at times what must be refused (no evidence, no reason, not their business)."""
    match screen.status:
        case "new" | "in_review":
            action = rng.choices(("rate", "take", "dismiss"), (80, 14, 6))[0]
        case "rated":
            weights = (65, 15, 10, 10) if may_approve else (25, 5, 20, 50)
            action = rng.choices(("approve", "send_back", "edit", "take"), weights)[0]
        case "approved" | "sent":
            action = rng.choices(("withdraw", "edit"), (50, 50) if may_approve else (15, 85))[0]
        case _:
            action = "edit"
    if action != "rate":
        return action, [("words", "" if action == "withdraw" and rng.random() < 0.1 else words)]
    cited = () if rng.random() < 0.06 else screen.evidence
    return action, [("rating", "false"), ("reason", words), *(("evidence", one) for one in cited)]


# --- what must hold afterwards ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log with what the person had written."""

    seq: int
    subject: str
    action: str
    before: str
    after: str
    by: str
    token: str
    at: Any


@dataclass(frozen=True, slots=True)
class Stored:
    """Records when all is over."""

    broken: int | None
    lines: list[Line]
    alerts: dict[str, Any]
    corrections: dict[str, Any]
    versions: dict[tuple[str, int], bytes]
    deliveries: list[Any]


def read(data: Path) -> Stored:
    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        joined = decisions.join(decision_texts, decision_texts.c.seq == decisions.c.seq)
        query = sa.select(decisions, decision_texts.c.text).select_from(joined).order_by(decisions.c.seq)
        lines = [
            Line(row.seq, row.subject, row.action, row.before, row.after, row.by, _token_in(row.text), row.decided_at) for row in conn.execute(query)
        ]
        return Stored(
            broken_at(conn),
            lines,
            {row.id: row for row in conn.execute(sa.select(alerts))},
            {row.claim_id: row for row in conn.execute(sa.select(corrections))},
            {(row.correction_id, row.revision): body_of(row.body) for row in conn.execute(sa.select(correction_versions))},
            list(conn.execute(sa.select(deliveries))),
        )


def _token_in(text: str) -> str:
    found = _TOKEN.search(text)
    return found.group(1) if found else ""


def log_faults(office: Office, attempts: Sequence[Attempt], stored: Stored) -> Iterator[str]:
    """Each accepted decision is one line, in order; what was refused is none; no update is lost."""
    if stored.broken is not None:
        yield f"the chain breaks at line {stored.broken}"
    mine = [line for line in stored.lines if line.subject in office.versions]
    of_token, asked = {line.token: line for line in mine}, {attempt.token: attempt for attempt in attempts}
    counted = Counter(line.token for line in mine)
    yield from (f"{count} lines for one decision {token!r}" for token, count in counted.items() if count > 1 or not token)
    yield from (f"a line that nobody asked for: {line}" for line in mine if line.token not in asked)
    for attempt in attempts:
        line = of_token.get(attempt.token)
        if attempt.status == 303 and line is None:
            yield f"confirmed and not in the log: {attempt}"
        elif attempt.status not in (303, 0) and line is not None:
            yield f"refused and in the log all the same: {attempt}"
        if line is not None and (line.subject, line.action, line.by) != (attempt.alert_id, attempt.action, attempt.by):
            yield f"the log tells something else: {attempt}, {line}"
    yield from _order_faults([(line, asked[line.token]) for line in mine if line.token in asked])
    yield from _version_faults(office, mine, asked, stored)


def _order_faults(pairs: Sequence[tuple[Line, Attempt]]) -> Iterator[str]:
    """What was answered before another was asked stands before it."""
    soonest = float("inf")
    for line, attempt in reversed(pairs):
        if soonest < attempt.began:
            yield f"line {line.seq} stands before one that had ended before it began"
        if attempt.status:
            soonest = min(soonest, attempt.ended)


def _version_faults(office: Office, mine: Sequence[Line], asked: dict[str, Attempt], stored: Stored) -> Iterator[str]:
    by_alert: dict[str, list[Line]] = defaultdict(list)
    for line in mine:
        by_alert[line.subject].append(line)
    for alert_id, version in office.versions.items():
        alert, lines = stored.alerts[alert_id], by_alert[alert_id]
        if alert.version != version + len(lines):
            yield f"{alert_id}: version {alert.version} after {len(lines)} decisions from version {version}"
        seen = [asked[line.token].version for line in lines if line.token in asked]
        if seen != list(range(version, version + len(lines))):
            yield f"{alert_id}: accepted from versions {seen}"
        before = "new"
        for line in lines:
            if line.before != before and (before, line.before) != ("approved", "sent"):
                yield f"{alert_id}: line {line.seq} follows {before!r} and says {line.before!r}"
            before = line.after
        if alert.status != before and (before, alert.status) != ("approved", "sent"):
            yield f"{alert_id}: {alert.status!r}, by the log {before!r}"
        made = sum(line.action in ("approve", "withdraw") for line in lines)
        correction = stored.corrections.get(alert.claim_id)
        if made != (correction.revision if correction else 0):
            yield f"{alert_id}: {made} approvals and withdrawals, revision {correction.revision if correction else 0}"
        if correction and [(correction.id, number) in stored.versions for number in range(1, made + 2)] != [True] * made + [False]:
            yield f"{alert_id}: not every version is kept"


def said_in(body: bytes) -> dict[str, Any]:
    """A version without the mark that it is under review, which may come and go after it was sent."""
    return {name: value for name, value in json.loads(body).items() if name != "under_review"}


def delivery_faults(office: Office, arrived: Sequence[Arrived], stored: Stored) -> Iterator[str]:
    """Each version for each destination is one delivery, has arrived, in order, whole."""
    wanted = {content_id("delivery", to.id, *map(str, one)): (to, one) for one in stored.versions for to in (office.webhook, office.folder)}
    known = {row.id: row for row in stored.deliveries}
    if known.keys() != wanted.keys() or len(known) != len(stored.deliveries):
        yield f"{len(known)} deliveries for {len(wanted)} versions and destinations"
    yield from (f"not delivered: {row}" for row in stored.deliveries if row.state != "delivered")
    expected = {key: stored.versions[one] for key, (to, one) in wanted.items() if to is office.webhook}
    if missing := expected.keys() - {one.key for one in arrived}:
        yield f"{len(missing)} never came to the webhook"
    for one in arrived:
        if one.key not in expected or said_in(expected[one.key]) != said_in(one.body):
            yield f"{one.key}: something else came to the webhook"
        if signature(office.webhook.secret, int(one.timestamp), one.body) != one.signature:
            yield f"{one.key}: the signature does not fit"
    newest: dict[str, int] = {}
    for key in dict.fromkeys(one.key for one in arrived):
        correction_id, revision = wanted[key][1] if key in wanted else (key, 0)
        if revision != newest.get(correction_id, 0) + 1:
            yield f"{correction_id}: version {revision} came after {newest.get(correction_id, 0)}"
        newest[correction_id] = revision
    yield from _folder_faults(office.data / "outgoing" / FOLDER, stored)


def _folder_faults(folder: Path, stored: Stored) -> Iterator[str]:
    stems = {f"{correction_id}-{revision}": body for (correction_id, revision), body in stored.versions.items()}
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if there != {f"{stem}.{kind}" for stem in stems for kind in ("json", "docx")}:
        yield f"{len(there)} files in the folder for {len(stems)} versions"
    for stem, body in stems.items():
        path = folder / f"{stem}.json"
        if path.exists() and said_in(path.read_bytes()) != said_in(body):
            yield f"{path.name} is not the version"


def wait_for_deliveries(data: Path) -> float:
    """Seconds until nothing waits any more."""
    began = time.monotonic()
    while time.monotonic() - began < _LONGEST:
        connection = sqlite3.connect(data / DATABASE_NAME, timeout=30)
        (waiting,) = connection.execute("SELECT count(*) FROM deliveries WHERE state = 'waiting'").fetchone()
        connection.close()
        if not waiting:
            break
        time.sleep(0.25)
    return time.monotonic() - began


# --- the run ------------------------------------------------------------------------------------------------------------


def bare_commits(folder: Path, count: int = 200) -> float:
    """The yardstick: so many bare transactions a second, of one update and two rows each, on the same disk with the same pragmas."""
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE a (n INTEGER PRIMARY KEY, t TEXT)",
        "CREATE TABLE b (n INTEGER)",
    ):
        connection.execute(statement)
    connection.execute("INSERT INTO b VALUES (0)")
    began = time.perf_counter()
    for number in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE b SET n = n + 1")
        connection.executemany("INSERT INTO a VALUES (?, ?)", [(2 * number, "x" * 200), (2 * number + 1, "x" * 200)])
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return count / took


def spread(seconds: Iterable[float]) -> dict[str, float]:
    """How many, and milliseconds: median and 95th percentile."""
    found = sorted(seconds)
    at = [1_000 * found[min(len(found) - 1, int(share * len(found)))] for share in (0.5, 0.95)] if found else [0.0, 0.0]
    return {"count": len(found), "median": round(at[0], 1), "p95": round(at[1], 1)}


def summary(crowd: Crowd, seconds: float, arrived: Sequence[Arrived], stored: Stored) -> dict[str, Any]:
    """What is told of a run, with or without kills."""
    statuses = Counter(attempt.status for attempt in crowd.attempts)
    by_action: dict[str, list[float]] = defaultdict(list)
    for attempt in crowd.attempts:
        if attempt.status:
            by_action[attempt.action].append(attempt.ended - attempt.began)
    keys = Counter(one.key for one in arrived)
    mine = [line for line in stored.lines if line.subject in crowd.office.versions]
    return {
        "people": len(crowd.office.people),
        "alerts": len(crowd.office.versions),
        "seconds": round(seconds, 1),
        "accepted": statuses[303],
        "answers": {str(status): count for status, count in sorted(statuses.items())},
        "lines": len(mine),
        "decisions_a_second": round(statuses[303] / seconds, 1),
        "requests_a_second": round((len(crowd.attempts) + len(crowd.pages)) / seconds, 1),
        "steps": {"page": spread(crowd.pages)} | {action: spread(found) for action, found in sorted(by_action.items())},
        "versions": len(stored.versions),
        "deliveries": len(stored.deliveries),
        "webhook_keys": len(keys),
        "webhook_sent_again": sum(count > 1 for count in keys.values()),
        "times_out_of_order": sum(later.at < earlier.at for earlier, later in pairwise(mine)),
    }


def faults_of(crowd: Crowd, arrived: Sequence[Arrived], stored: Stored, errors: str) -> list[str]:
    """Everything that must not be, with or without kills."""
    answers = Counter(attempt.status for attempt in crowd.attempts) + Counter(crowd.odd_pages)
    found = [f"{count} answers with HTTP {status}" for status, count in answers.items() if status not in _REFUSALS | {0, 303}]
    found += [f"{errors.count('Traceback')} tracebacks of the server: {errors[-1500:]}"] if "Traceback" in errors else []
    return [*found, *log_faults(crowd.office, crowd.attempts, stored), *delivery_faults(crowd.office, arrived, stored)]


def run(size: Size, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kiemtin-load-") as folder, Recipient() as newsroom:
        base = Path(folder)
        office = prepare(base / "data", size, newsroom.url)
        bare = bare_commits(base)
        with serving(office.data) as server:
            say(f"{size.people} people, {size.alerts} alerts, seed {seed}")
            crowd = Crowd(office, server, random.Random(seed), lambda accepted: accepted >= size.decisions)
            seconds = crowd.work()
            drained = wait_for_deliveries(office.data)
        stored = read(office.data)
        document = {"seed": seed, **summary(crowd, seconds, newsroom.arrived, stored), "seconds_until_all_delivered": round(drained, 1)}
        document |= {"bare_commits_a_second": round(bare, 1), "bare_to_decisions": round(bare / document["decisions_a_second"], 2)}
        faults = faults_of(crowd, newsroom.arrived, stored, server.errors)
        faults += [f"{document['webhook_sent_again']} keys were sent more than once"] if document["webhook_sent_again"] else []
        faults += [f"{document['answers']['0']} requests without an answer"] if "0" in document["answers"] else []
        return document | {"faults": faults}


def print_summary(document: dict[str, Any]) -> None:
    answers = ", ".join(f"{count} × {status if status != '0' else 'no answer'}" for status, count in document["answers"].items())
    print(f"{document['people']} people on {document['alerts']} alerts, seed {document['seed']}: {document['seconds']} s; {answers}")
    print(f"{document['decisions_a_second']} decisions/s accepted, {document['requests_a_second']} requests/s; {document['lines']} lines in the log")
    print(f"{'step':10} {'count':>6} {'median':>9} {'p95':>9}")
    for step, row in document["steps"].items():
        print(f"{step:10} {row['count']:>6} {row['median']:>6} ms {row['p95']:>6} ms")
    print(
        f"{document['versions']} versions, {document['deliveries']} deliveries; {document['webhook_keys']} keys at the webhook, "
        f"{document['webhook_sent_again']} of them sent more than once; {document['times_out_of_order']} lines bear an earlier time than the line before"
    )


def print_faults(faults: Sequence[str]) -> None:
    for fault in faults[:20]:
        print(f"FAULT {fault[:2000]}")
    print(f"{len(faults)} FAULTS" if faults else "nothing lost, nothing twice, nothing half done")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk_load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="200 decisions by 10 people")
    parser.add_argument("--seed", type=int, default=None, help="random unless given")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args(arguments)
    document = run(SMALL if chosen.small else FULL, random.randrange(10**6) if chosen.seed is None else chosen.seed)
    if chosen.json:
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print_summary(document)
        print(
            f"bare SQLite transactions on this disk: {document['bare_commits_a_second']}/s, {document['bare_to_decisions']} times the decisions/s; "
            f"all delivered {document['seconds_until_all_delivered']} s after the last decision"
        )
        print_faults(document["faults"])
    return 1 if document["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
