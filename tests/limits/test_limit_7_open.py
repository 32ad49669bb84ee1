"""Limit 7, in the open: nothing posts or sends, nothing ranks or groups claims by outlet, and the keys of what is shown are an allow-list."""

import ast
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiemtin.cli import cli
from kiemtin.pipeline.analysis import analyse
from kiemtin.pipeline.workspace import open_workspace
from kiemtin.store import stories as story_store
from kiemtin.store.records import open_records
from kiemtin.store.tables import alerts as alerts_table
from kiemtin.store.tables import metadata
from tests.limits.conftest import DemoRun, Wire
from tests.limits.tools import ROOT, called, defined, imported, kiemtin, modules, name_words
from tests.support.worlds import NOW

# --- nothing posts or sends ---------------------------------------------------------------------------------------------

SENDERS = frozenset(
    """smtplib aiosmtpd aiosmtplib imaplib poplib ftplib telnetlib http.client urllib.request urllib3 requests httpx aiohttp pycurl websockets
    websocket tweepy praw telegram facebook facebook_sdk instagrapi mastodon atproto zalo slack_sdk discord boto3 paramiko xmlrpc socketio
    sentry_sdk opentelemetry posthog analytics twilio""".split()  # noqa: SIM905
)
# What reaches the network, and for what.
NETWORK = {
    "crawlers/guard.py": "looks a host's addresses up and refuses private ones",
    "crawlers/manners.py": "the crawler's middlewares",
    "crawlers/spider.py": "the crawler",
    "crawlers/__main__.py": "the crawl process",
    "crawlers/failures.py": "names the crawler's errors",
    "crawlers/lanes.py": "the crawler's queue",
    "crawlers/settings.py": "the crawler's settings",
    "flows/schedule.py": "asks Prefect's own server on 127.0.0.1 whether it is up",
    "crawlers/guarded_http.py": "connects webhooks, and asks configured public streams with GET",
    "crawlers/posts/bluesky.py": "reads a configured public stream; after the handshake it sends nothing",
    "kiemtin/demo/server.py": "serves the made-up world on 127.0.0.1",
    "kiemtin/delivery/mail.py": "the office's own mail server: what was approved to newsrooms, ids and themes to staff",
    "kiemtin/delivery/webhook.py": "what was approved, to destinations that an administrator entered and `/sources` names",
}
# The schedule starts its own server on loopback and asks it nothing but whether it is up.
MAY_SEND = {
    "kiemtin/delivery/mail.py": {"smtplib"},
    "flows/schedule.py": {"http.client"},
    "crawlers/posts/bluesky.py": {
        "websockets.sync.client",
        "websockets.sync.client.connect",
        "websockets.sync.connection",
        "websockets.sync.connection.Connection",
    },
}


def test_limit_7_nothing_sends_but_the_deliveries() -> None:
    for path, tree in modules():
        found = imported(tree)
        senders = {name for name in found if name in SENDERS or name.split(".")[0] in SENDERS}
        assert senders <= MAY_SEND.get(path, set()), path
        assert "httpcore" not in found or path in ("kiemtin/delivery/webhook.py", "crawlers/guarded_http.py"), path
        assert not any(name.split(".")[0] == "websockets" for name in found) or path == "crawlers/posts/bluesky.py", path
        reaches = {name for name in found if name.split(".")[0] in ("socket", "socketserver", "ssl", "asyncio", "twisted", "scrapy", "http")} - {
            "http.HTTPStatus",
            "http",
        }
        assert not reaches or path in NETWORK, f"{path}: {sorted(reaches)}"


def test_limit_7_the_crawler_only_reads(wire: Wire) -> None:
    """Its requests are GET and carry no body; the site answers nothing else."""
    assert wire.asked
    assert {header for one in wire.asked for header in one.headers} & {"Content-Length", "Content-Type", "Transfer-Encoding", "Expect"} == set()
    for path, tree in modules():
        if path.startswith(("kiemtin/delivery/", "kiemtin/desk/")):
            continue  # they answer forms and deliver what was approved; what crawls and analyses only reads
        methods = [
            ast.unparse(keyword.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for keyword in node.keywords
            if keyword.arg == "method"
        ]
        assert not [one for one in methods if one.strip("'\"").upper() in ("POST", "PUT", "PATCH", "DELETE")], path
        assert not [
            name for name in called(tree) if name.split(".")[-1] in ("FormRequest", "JsonRequest", "sendmail", "send_message", "post", "put")
        ], path


def test_limit_7_nothing_posts_replies_reports_or_requests_removal() -> None:
    words = {
        "post",
        "repost",
        "reply",
        "takedown",
        "removal",
        "strike",
        "complain",
        "denounce",
        "moderate",
        "moderation",
        "ban",
        "block",
        "publish",
        "tweet",
    }
    for path, tree in modules():
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        verbs = {name for name in names if name.strip("_").lower().split("_")[0] in words}
        assert verbs == set(), path


def test_limit_7_only_the_desk_and_the_demo_listen_and_on_loopback_unless_told_otherwise() -> None:
    servers = {
        path
        for path, tree in modules()
        if imported(tree) & {"http.server", "socketserver", "wsgiref", "fastapi", "starlette", "uvicorn", "flask", "aiohttp.web"}
    }
    assert {path for path in servers if not path.startswith("kiemtin/desk/")} == {"kiemtin/demo/server.py"}
    host = next(parameter for parameter in cli.commands["serve"].params if parameter.name == "host")
    assert host.default == "127.0.0.1"
    source = (ROOT / "kiemtin" / "demo" / "server.py").read_text("utf-8")
    assert '(("127.0.0.1", port), _Handler)' in source
    assert "0.0.0.0" not in source


# --- no grouping or ranking by outlet -----------------------------------------------------------------------------------

# Names of the columns that hold who published something.
WHO = frozenset({"outlet", "publisher", "reviewed_by", "publisher_kind", "attributed_to", "speaker", "review_url", "url", "canonical_url"})
ABOUT_CLAIMS = frozenset({"claims", "appearances", "alerts", "evidence", "claim_reviews", "stories", "story_revisions"})


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SQL statement that runs."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(" ".join(statement.split()))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def groups_by_outlet(statement: str) -> bool:
    tables = {name for name in ABOUT_CLAIMS if re.search(rf"\b{name}\b", statement)}
    grouped = re.search(r"GROUP BY (.*?)(?: HAVING| ORDER| LIMIT|$)", statement)
    partition = re.search(r"PARTITION BY ([^)]*)", statement)
    distinct = re.search(r"SELECT DISTINCT (.*?) FROM", statement)
    first_order = re.search(r"ORDER BY ([^,]*)", statement)
    by = " ".join(match.group(1) for match in (grouped, partition, distinct) if match)
    return bool(tables) and (
        any(re.search(rf"\b{name}\b", by) for name in WHO)
        or bool(first_order and re.search(r"\b(outlet|publisher|reviewed_by)\b", first_order.group(1)))
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT outlet, count(*) FROM stories JOIN appearances ON 1 GROUP BY stories.outlet",
        "SELECT DISTINCT stories.outlet FROM stories",
        "SELECT * FROM alerts JOIN evidence ON 1 ORDER BY evidence.publisher",
        "SELECT rank() OVER (PARTITION BY outlet) FROM stories",
    ],
)
def test_limit_7_a_statement_that_groups_by_outlet_would_be_told(statement: str) -> None:
    assert groups_by_outlet(statement)


def test_limit_7_no_query_groups_or_ranks_claims_by_outlet(demo: DemoRun, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    with statements() as seen:
        with open_workspace(data) as workspace:
            with workspace.records.begin() as conn:
                story_store.mark_unanalysed(conn, list(conn.scalars(sa.text("SELECT id FROM stories"))))
            analyse(workspace, NOW)
        for words in (("alerts",), ("claims",), ("check", "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết"), ("doctor",), ("reindex",)):
            kiemtin(*words, "--data", data)
    assert len(seen) > 100
    assert [statement for statement in sorted(set(seen)) if groups_by_outlet(statement)] == []


def test_limit_7_no_source_groups_or_ranks_claims_by_outlet() -> None:
    """Also in queries and in Python that no test happens to run."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name, words = (
                ast.unparse(node.func).split(".")[-1],
                " ".join(ast.unparse(argument) for argument in (*node.args, *(keyword.value for keyword in node.keywords))),
            )
            counts = name in ("group_by", "groupby", "partition_by", "distinct", "Counter", "most_common", "defaultdict")
            assert not counts or not re.search(
                r"\b(stories|evidence|claim_reviews|appearances|alerts)\.c\.(outlet|publisher|reviewed_by)\b", words
            ), path
            assert name not in ("groupby", "most_common", "nlargest") or not re.search(r"outlet|publisher|reviewed_by", words), path


def test_limit_7_no_view_and_no_database_index_is_by_outlet(demo: DemoRun, tmp_path: Path) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    records = open_records(tmp_path / "data")
    with records.begin() as conn:
        made = conn.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('view', 'index', 'trigger')").all()
    records.close()
    assert [row for row in made if row.type in ("view", "trigger")] == []
    assert [
        row.sql for row in made if row.tbl_name in ABOUT_CLAIMS and row.sql and re.search(r"\((.*\b(outlet|publisher|reviewed_by)\b.*)\)", row.sql)
    ] == []
    declared = {
        column.name for table in metadata.tables.values() if table.name in ABOUT_CLAIMS for index in table.indexes for column in index.columns
    }
    assert declared & {"outlet", "publisher", "reviewed_by"} == set()


def test_limit_7_the_search_index_has_no_field_for_an_outlet(demo: DemoRun) -> None:
    for meta in (demo.data / "index").glob("*/meta.json"):
        known = ["id", "outline", "keys"] if meta.parent.name == "review" else ["id", "keys"]
        assert re.findall(r'"name":\s*"(\w+)"', meta.read_text("utf-8")) == known


@pytest.mark.parametrize("option", ["--outlet", "--publisher", "--by", "--sort", "--group", "--group-by", "--rank", "--top"])
def test_limit_7_no_command_takes_an_outlet_to_group_by(tmp_path: Path, option: str) -> None:
    for command in ("alerts", "claims"):
        ran = kiemtin(command, option, "Báo Trúc Lam", "--data", tmp_path / "data")
        assert (ran.code, ran.output) == (2, "")


def test_limit_7_the_queue_is_in_the_order_of_urgency_alone(demo: DemoRun, tmp_path: Path) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    found = kiemtin("alerts", "--json", "--data", tmp_path / "data").document["alerts"]
    priorities = [alert["priority"] for alert in found]
    assert priorities == sorted(priorities, reverse=True)
    assert len({outlet for alert in found for outlet in (one["outlet"] for one in alert["appearances"])}) > 1
    assert not {name for name in (column.name for column in alerts_table.columns) if name_words(name) & {"outlet", "publisher", "controller"}}


def test_limit_7_no_name_speaks_of_a_ranking_of_outlets() -> None:
    for path, tree in modules():
        for name in defined(tree):
            words = name_words(name)
            assert not (
                words & {"outlet", "publisher", "controller"}
                and words & {"rank", "ranking", "ranked", "score", "worst", "offender", "league", "reputation", "credibility", "trust"}
            ), f"{path}: {name}"


# --- an allow-list of keys ----------------------------------------------------------------------------------------------

PUBLIC: dict[str, set[str]] = {
    "alert": {"id", "status", "theme", "priority", "claim", "appearances", "evidence", "independent_evidence", "reasons"},
    "claim of an alert": {"id", "text"},
    "appearance": {"url", "outlet", "published_at", "quote"},
    "evidence": {"url", "publisher", "publisher_kind", "relation", "rating", "quote"},
    "reason": {"name", "value", "weight", "text"},
    "claim": {"id", "text", "theme", "review_url", "repeats", "repeats_total"},
    "check": {"text", "theme", "in_scope", "matches", "evidence"},
    "match": {"relation", "linked", "score", "claim_reviewed", "rating", "review_url", "reviewed_by", "reasons"},
}


def test_limit_7_the_keys_of_what_is_shown_are_the_contracts(demo: DemoRun, tmp_path: Path) -> None:
    """What the commands show; the public formats have their own lists in tests/alerts/test_corrections.py and tests/desk/test_public.py."""
    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    alerts = kiemtin("alerts", "--json", "--data", data).document
    claims = kiemtin("claims", "--json", "--data", data).document
    check = kiemtin("check", "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết", "--json", "--data", data).document
    found: dict[str, list[dict[str, Any]]] = {
        "alert": alerts["alerts"],
        "claim of an alert": [alert["claim"] for alert in alerts["alerts"]],
        "appearance": [one for alert in alerts["alerts"] for one in alert["appearances"]],
        "evidence": [one for alert in alerts["alerts"] for one in alert["evidence"]] + check["evidence"],
        "reason": [one for alert in alerts["alerts"] for one in alert["reasons"]],
        "claim": claims["claims"],
        "check": [check],
        "match": check["matches"],
    }
    assert (set(alerts), set(claims)) == ({"alerts"}, {"claims"})
    assert {name: set().union(*map(set, rows)) for name, rows in found.items()} == PUBLIC


def test_limit_7_no_outlet_stands_where_a_claim_is_told_of(demo: DemoRun, tmp_path: Path) -> None:
    """`claims`, which the corrections will be made from, names neither who carried a claim nor where."""
    shutil.copytree(demo.data, tmp_path / "data")
    said = kiemtin("claims", "--json", "--data", tmp_path / "data").output
    carriers = {
        one["outlet"] for alert in kiemtin("alerts", "--json", "--data", tmp_path / "data").document["alerts"] for one in alert["appearances"]
    }
    assert carriers
    assert [name for name in carriers if name in said] == []
