"""The queue at 07:30: pages and searches of the real server over 50,000 alerts, in milliseconds at a kept connection.

made-up alerts, stories, corrections, log | kiemtin serve                     | queue, next page, filter, search, alert, corrections
50 rows of the same shape from memory     | a plain FastAPI and Jinja2 page   | the yardstick, under the same settings of uvicorn

The limits: 100 ms a page and 150 ms a search, at the 95th percentile. `computed`: the server's processor time a request, in milliseconds.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from alerts.chain import START, seal, text_digest
from alerts.corrections import Issuer, issue, public_body
from benchmarks.desk_load import Browser, Server, serving, spread
from benchmarks.generate import CHECKER, NOW, PAPER, make_claims, outlets
from benchmarks.measure import REPOSITORY, say
from kiemtin.domain.claims import Claim, Evidence, EvidenceRelation, Reason
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Assessment, Decision
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Role
from kiemtin.domain.stories import content_id
from kiemtin.pipeline.accounts import add_staff
from kiemtin.pipeline.workspace import open_workspace, utc_now
from kiemtin.store import outlets as outlet_store
from kiemtin.store import tables
from nlp.text import fold
from tests.support.desk import PASSWORD

PAGE_LIMIT, SEARCH_LIMIT = 100.0, 150.0
_WARM_UP, _ROUNDS, _LONGEST = 10, 60, 20.0
_ROWS = 50
_MOST_REPEATED = 500  # pages that repeat the first claim: as many as an alert page shows
_RARE, _MISSING = "vảy nến khổng tước", "ngọc rết vằn"
_NAME = "Trực ban sáng"
_STATES = ("new",) * 40 + ("in_review",) * 15 + ("rated",) * 5 + ("needs_evidence",) * 5 + ("sent",) * 17 + ("withdrawn",) * 3 + ("dismissed",) * 15
_PUBLIC = frozenset({"sent", "withdrawn"})
_REASONS = (
    Reason("spread", 0.4, 30.0, "nhiều báo nhắc lại"),
    Reason("recency", 0.7, 20.0, "mới trong ba ngày"),
    Reason("evidence", 1.0, 20.0, "có bằng chứng độc lập"),
    Reason("harm", 0.5, 30.0, "liên quan đến sức khỏe"),
)


# --- the data directory -------------------------------------------------------------------------------------------------


def fill(data: Path, alerts: int, appearances: int, seed: int) -> tuple[str, str]:
    """Everything by bulk inserts, in the shapes that the desk itself writes; returns the ids of the alert with most pages, and of a usual one."""
    rng = random.Random(seed)
    with open_workspace(data) as workspace:
        add_staff(workspace.records, _NAME, Role.APPROVER, PASSWORD, utc_now())
        with workspace.records.change() as conn:
            outlet_store.replace_catalog(conn, outlets())
            claims = _claims(alerts, seed)
            _insert(conn, tables.claims, ({"id": one.id, "text": one.text, "theme": one.theme, "kind": None, "review_id": None} for one in claims))
            counts = _insert_appearances(conn, claims, appearances, rng)
            pieces = {one.id: _evidence(one) for one in claims}
            _insert(conn, tables.evidence, map(_evidence_row, pieces.values()))
            states = {one.id: rng.choice(_STATES) for one in claims}
            _insert(conn, tables.alerts, (_alert_row(one, states[one.id], counts[one.id], pieces[one.id], rng) for one in claims))
            _insert_corrections(conn, [one for one in claims if states[one.id] in _PUBLIC], pieces, states)
            _insert_log(conn, claims, states)
    return _alert_id(claims[0]), _alert_id(claims[len(claims) // 2])


def _insert(conn: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == 5_000:
            conn.execute(sa.insert(table), waiting)
            waiting.clear()
    if waiting:
        conn.execute(sa.insert(table), waiting)


def _claims(count: int, seed: int) -> list[Claim]:
    """Three of them hold the rare words."""
    rare = {count // 10, count // 2, count - 1}
    found = []
    for number, made in enumerate(make_claims(count, seed)):
        text = f"{made.checked}, kể cả {_RARE}" if number in rare else made.checked
        found.append(Claim(content_id("claim", str(number), text), text, Theme(made.theme)))
    return found


def _alert_id(claim: Claim) -> str:
    return content_id("alert", claim.id)


def _insert_appearances(conn: sa.Connection, claims: list[Claim], appearances: int, rng: random.Random) -> Counter[str]:
    """Two claims a story. The first claim stands in 500, the rest in as many as are left: one in most, dozens in some."""
    stories = max(_MOST_REPEATED, appearances // 2)
    days = [NOW - timedelta(minutes=rng.randrange(60 * 24 * 90)) for _ in range(stories)]
    story_ids = [content_id("story", str(number)) for number in range(stories)]
    _insert(conn, tables.stories, (_story_row(story_ids[number], number, days[number]) for number in range(stories)))
    pairs = {(0, number) for number in range(min(_MOST_REPEATED, appearances // 4))} | {
        (number, number % stories) for number in range(1, len(claims))
    }
    while len(pairs) < appearances:
        pairs.add((int(len(claims) * rng.random() ** 2), rng.randrange(stories)))
    ordered = sorted(pairs)
    _insert(conn, tables.appearances, (_appearance_row(claims[number], story_ids[story]) for number, story in ordered))
    return Counter(claims[number].id for number, _ in ordered)


def _story_row(story_id: str, number: int, day: Any) -> dict[str, Any]:
    return {
        "id": story_id,
        "canonical_url": f"https://bao-do-thu.example/tin-{number}.html",
        "outlet": PAPER,
        "title": f"Chuyện ở thôn số {number}",
        "language": "vi",
        "published_date": day,
        "content_hash": story_id,
        "revision": 1,
        "first_seen_at": day,
    }


def _appearance_row(claim: Claim, story_id: str) -> dict[str, Any]:
    reasons = [{"name": "words", "value": 0.9, "weight": 1.0, "text": "cùng những từ ấy"}]
    return {
        "claim_id": claim.id,
        "story_id": story_id,
        "quote": claim.text,
        "offset": 0,
        "score": 0.95,
        "linked": True,
        "reasons": reasons,
        "also": [],
    }


def _evidence(claim: Claim) -> Evidence:
    url = f"https://kiem-chung.example/{claim.id}"
    quote = f"Nói “{claim.text}” là không đúng."
    kind = PublisherKind.FACT_CHECKER
    return Evidence(claim.id, url, CHECKER, kind, EvidenceRelation.REFUTES, quote, independent=True, rating=Rating.FALSE, published_at=NOW)


def _evidence_row(piece: Evidence) -> dict[str, Any]:
    return {
        "id": piece.id,
        "claim_id": piece.claim_id,
        "url": piece.url,
        "publisher": piece.publisher,
        "publisher_kind": piece.publisher_kind.value,
        "relation": piece.relation.value,
        "quote": piece.quote,
        "independent": piece.independent,
        "rating": Rating.FALSE.code,
        "speaker": "",
        "published_date": piece.published_at,
    }


def _assessment(piece: Evidence) -> Assessment:
    return Assessment(Rating.FALSE, "Chưa có nghiên cứu nào nói như vậy.", (piece.id,))


def _alert_row(claim: Claim, state: str, pages: int, piece: Evidence, rng: random.Random) -> dict[str, Any]:
    rated = state in _PUBLIC or state == "rated"
    written = _assessment(piece)
    assessment = {"rating": "false", "reason": written.reason, "evidence_ids": [piece.id], "answer": "", "unknown": ""} if rated else None
    return {
        "id": _alert_id(claim),
        "claim_id": claim.id,
        "status": state,
        "theme": claim.theme,
        "priority": min(100, int(rng.betavariate(2, 3) * 100)),
        "reasons": [asdict(reason) for reason in _REASONS],
        "independent_evidence": True,
        "opened_at": NOW - timedelta(minutes=rng.randrange(60 * 24 * 90)),
        "version": 1,
        "assigned_to": content_id("staff", _NAME.lower()) if state == "in_review" else None,
        "assessment": assessment,
        "rated_by": "somebody" if rated else None,
        "searchable": fold(claim.text),
        "pages": pages,
    }


def _insert_corrections(conn: sa.Connection, claims: list[Claim], pieces: dict[str, Evidence], states: dict[str, str]) -> None:
    issuer = Issuer("Văn phòng Đo Thử", "http://127.0.0.1:8000")
    made = []
    for number, claim in enumerate(claims):
        body = public_body(content_id("correction", claim.id), claim, _assessment(pieces[claim.id]), [pieces[claim.id]], [(NOW.date(), 4)], issuer)
        made.append(issue(None, body, claim, NOW - timedelta(minutes=number)))
    rows = [
        {**{name: getattr(one, name) for name in ("id", "claim_id", "revision", "theme", "published_at", "changed_at")}, "body": dict(one.body)}
        for one in made
    ]
    _insert(conn, tables.corrections, (row | {"state": "withdrawn" if states[row["claim_id"]] == "withdrawn" else "published"} for row in rows))
    versions = ({"correction_id": one.id, "revision": 1, "body": dict(one.body), "changed_at": one.changed_at} for one in made)
    _insert(conn, tables.correction_versions, versions)


def _insert_log(conn: sa.Connection, claims: list[Claim], states: dict[str, str]) -> None:
    """Two lines for each alert that people have touched, sealed as the desk seals them, after the line of the account."""
    (last,) = conn.execute(sa.select(tables.decisions.c.seq, tables.decisions.c.digest).order_by(tables.decisions.c.seq.desc()).limit(1))
    seq, previous = last if last else (0, START)
    rows, texts = [], []
    for claim in claims:
        if states[claim.id] == "new":
            continue
        for action, before, after in (("take", "new", "in_review"), ("rate", "in_review", states[claim.id])):
            seq += 1
            line = seal(Decision(seq, _alert_id(claim), action, before, after, "somebody", NOW, text_digest("salt", "Ghi chú."), previous, ""))
            previous = line.digest
            row = asdict(line)
            rows.append(row | {"decided_at": row.pop("at")})
            texts.append({"seq": seq, "salt": "salt", "text": "Ghi chú."})
    _insert(conn, tables.decisions, rows)
    _insert(conn, tables.decision_texts, texts)


# --- the yardstick ------------------------------------------------------------------------------------------------------

_PLAIN = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Hàng đợi</title></head><body><main><ol class="alerts">
{% for row in rows %}<li><a class="row" href="/alerts/{{ row.id }}"><span class="priority">{{ row.priority }}</span><span class="text">{{ row.text }}</span>
<span class="facts"><span class="theme">{{ row.theme }}</span><span class="state">{{ row.state }}</span><span>{{ row.pages }} trang nhắc lại</span>
<span>{{ row.opened }}</span><span class="holder">{{ row.holder }}</span></span></a></li>{% endfor %}</ol></main></body></html>"""


def serve_plain() -> None:
    """A page of 50 rows from memory; prints its port when it listens."""
    import uvicorn
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse
    from jinja2 import Environment

    template = Environment(autoescape=True).from_string(_PLAIN)
    rows = [
        {
            "id": content_id(str(number)),
            "priority": 90,
            "text": made.checked,
            "theme": made.theme,
            "state": "mới",
            "pages": 4,
            "opened": "3 giờ",
            "holder": _NAME,
        }
        for number, made in enumerate(make_claims(_ROWS))
    ]
    app = FastAPI()

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(template.render(rows=rows))

    class Told(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            print(next(iter(self.servers[0].sockets)).getsockname()[1], flush=True)

    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, access_log=False, log_config=None, server_header=False, proxy_headers=False,
        timeout_keep_alive=15, limit_concurrency=200, h11_max_incomplete_event_size=32 * 1024, timeout_graceful_shutdown=5,
    )  # fmt: skip
    Told(config).run()


def yardstick(folder: Path) -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-P", "-m", "benchmarks.desk_queue", "--plain"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server = Server(folder)
        server.port = int(process.stdout.readline())
        browser = Browser(server)
        found = took(browser, ["/"], _ROWS)
        browser.close()
        process.terminate()
        process.wait(timeout=20)
    return found


# --- the measurement ----------------------------------------------------------------------------------------------------


def took(browser: Browser, paths: list[str], rows: int | None = None) -> dict[str, float]:
    """Milliseconds of 60 requests (or of 20 s), the paths in turns, after 10 that do not count. `rows`: how many the page must have."""
    seconds, until = list[float](), time.monotonic() + _LONGEST
    for number in range(_WARM_UP + _ROUNDS):
        if seconds and time.monotonic() > until:
            break
        path = paths[number % len(paths)]
        answer = browser.get(path)
        if answer.status != 200:
            raise SystemExit(f"{path}: HTTP {answer.status}")
        found = answer.text.count('class="row"')
        if rows is not None and found != rows:
            raise SystemExit(f"{path}: {found} rows instead of {rows}")
        if number >= _WARM_UP:
            seconds.append(answer.seconds)
    return spread(seconds)


def _following(browser: Browser, path: str, count: int) -> list[str]:
    found: list[str] = []
    for _ in range(count):
        link = re.search(r'rel="next" href="([^"]*)"', browser.get(found[-1] if found else path).text)
        if link is None:
            break
        found.append(unescape(link.group(1)))
    return found


def measured(browser: Browser, usual: str, repeated: str, frequent: str) -> Iterator[tuple[str, float, dict[str, float]]]:
    """Name, limit, milliseconds."""
    deep = urlencode({"after": f"20~{(NOW - timedelta(days=45)).isoformat()}~{'0' * 20}"})
    yield "queue, first page", PAGE_LIMIT, took(browser, ["/"], _ROWS)
    yield "queue, next pages", PAGE_LIMIT, took(browser, _following(browser, "/", 5), _ROWS)
    yield "queue, far down", PAGE_LIMIT, took(browser, [f"/?{deep}"], _ROWS)
    yield "queue, a theme", PAGE_LIMIT, took(browser, [f"/?theme={theme}" for theme in ("health", "scams", "transport")], _ROWS)
    yield "queue, a state", PAGE_LIMIT, took(browser, ["/?status=rated", "/?status=dismissed"], _ROWS)
    yield "queue, all states", PAGE_LIMIT, took(browser, ["/?status=all"], _ROWS)
    yield "queue, my own", PAGE_LIMIT, took(browser, ["/?mine=1"], _ROWS)
    for name, words, rows in (("frequent", frequent, _ROWS), ("rare", _RARE, 3), ("missing", _MISSING, 0)):
        for marks, asked in (("with marks", words), ("without", fold(words))):
            yield f"search, {name}, {marks}", SEARCH_LIMIT, took(browser, [f"/?status=all&q={quote(asked)}"], rows)
    yield "search, missing, open alerts", SEARCH_LIMIT, took(browser, [f"/?q={quote(_MISSING)}"], 0)
    yield "an alert", PAGE_LIMIT, took(browser, [f"/alerts/{usual}"])
    yield f"an alert on {_MOST_REPEATED} pages", PAGE_LIMIT, took(browser, [f"/alerts/{repeated}"])
    yield "/corrections", PAGE_LIMIT, took(browser, ["/corrections"])
    yield "/log", PAGE_LIMIT, took(browser, ["/log"])


def run(alerts: int, appearances: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kiemtin-queue-") as folder:
        data = Path(folder) / "data"
        say(f"Writing {alerts:,} alerts and {appearances:,} appearances ...")
        began = time.monotonic()
        repeated, usual = fill(data, alerts, appearances, seed)
        say(f"{time.monotonic() - began:.1f} s")
        words = Counter(word for claim in make_claims(min(alerts, 5_000), seed) for word in set(claim.checked.split()) if fold(word) != word)
        frequent = words.most_common(1)[0][0]
        plain = yardstick(Path(folder))
        rows = []
        with serving(data) as server:
            browser = Browser(server, _NAME)
            browser.log_in()
            before = server.computed()
            for name, limit, found in measured(browser, usual, repeated, frequent):
                computed, before = server.computed() - before, server.computed()
                found["computed"] = round(1_000 * computed / (_WARM_UP + found["count"]), 1)
                say(f"{name}: {found}")
                rows.append(
                    {"page": name, "limit": limit, **found, "ratio": round(found["median"] / plain["median"], 1), "kept": found["p95"] <= limit}
                )
            browser.close()
    return {"alerts": alerts, "appearances": appearances, "seed": seed, "frequent": frequent, "plain": plain, "rows": rows}


def print_result(document: dict[str, Any]) -> None:
    plain = document["plain"]
    print(
        f"{document['alerts']:,} alerts, {document['appearances']:,} appearances; a plain page of 50 rows from memory: {plain['median']} ms median, p95 {plain['p95']}"
    )
    print(f"{'page':32} {'median':>8} {'p95':>8} {'computed':>8} {'limit':>6} {'ratio':>6}")
    for row in document["rows"]:
        missed = "" if row["kept"] else "  MISSED"
        print(f"{row['page']:32} {row['median']:>8} {row['p95']:>8} {row['computed']:>8} {row['limit']:>6.0f} {row['ratio']:>6}{missed}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk_queue", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--alerts", type=int, default=50_000)
    parser.add_argument("--appearances", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.plain:
        serve_plain()
        return 0
    if chosen.alerts < 3_000 or chosen.appearances < 2 * chosen.alerts:
        parser.error("every filter must fill a page: at least 3,000 alerts, and two appearances for each")
    document = run(chosen.alerts, chosen.appearances, chosen.seed)
    print(json.dumps(document, ensure_ascii=False, indent=1)) if chosen.json else print_result(document)
    return 0 if all(row["kept"] for row in document["rows"]) else 1


if __name__ == "__main__":
    sys.exit(main())
