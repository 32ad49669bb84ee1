"""Limit 1, claims, not people: nothing that is kept, logged, counted or printed has a place for a person, and none is found there."""

import ast
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawlers.articles import Extraction, extract_page
from crawlers.catalog import load_catalog
from crawlers.check import Finding, OutletCheck
from crawlers.claimreview import PublishedReview, parse_claim_reviews
from crawlers.feeds import ListedPage, Listing
from crawlers.run import run_crawl
from kiemtin.config import Config
from kiemtin.demo.run import world_folder
from kiemtin.demo.server import WorldServer, serving
from kiemtin.demo.world import BYLINE, COMMENTS, Document, World
from kiemtin.domain.stories import Page, RefusalReason
from kiemtin.errors import BusyError, CrawlError
from kiemtin.pipeline.analysis import analyse
from kiemtin.pipeline.passes import forget
from kiemtin.pipeline.report import outlet_check_view
from kiemtin.pipeline.workspace import open_workspace
from kiemtin.store.index import Filed, open_index
from kiemtin.store.records import open_records, writer_lock
from kiemtin.store.stories import save_extraction
from kiemtin.store.tables import frontier, metadata, story_revisions
from nlp.derive import find_speaker
from tests.limits.conftest import CLIENT, FORWARDED, DemoRun, files_below, leave_at_once, watched_environment
from tests.limits.tools import (
    CANARIES,
    CLAIMANT,
    ROOT,
    Ran,
    called,
    fewer_pages,
    found_in,
    imported,
    kiemtin,
    modules,
    name_words,
    traces,
    write_catalog,
)
from tests.support.site import article, rss
from tests.support.site import outlet as site_outlet

LOCK = Path(__file__).parent / "schema.lock"
# A part of a name that could hold who wrote, shared, liked, carried or sent something, or from where. Renewing the lock does not allow these.
PERSONAL = frozenset(
    """account actor address agent author avatar birth biography browser byline channel client commenter comment contact contributor cookie cookies
    creator device editor email emails face fingerprint first_name follower from geo handle host hostname ip latitude liker location longitude mail
    member mobile nick nickname owner patron people person persons phone photographer poster profile reader remote reporter screen sender session sex
    sharer signature source submitter surname tel telephone uploader user username visitor voice whatsapp who writer zalo""".split()  # noqa: SIM905
)
# The one exception, with its own test below: an organisation that signs a check.
EXCUSED = frozenset({"PublishedReview.author_organisation"})


# --- the schema ---------------------------------------------------------------------------------------------------------


def shape(document: object, maps: Mapping[str, frozenset[str]], at: str) -> set[str]:
    """The paths of a JSON document. `maps`: paths of objects whose keys are data, with the keys that may stand there."""
    if isinstance(document, dict):
        if at in maps:
            assert set(document) <= maps[at], f"{at}: {set(document) - maps[at]}"
            return {f"{at}{{}}"}
        return {path for key, value in document.items() for path in shape(value, maps, f"{at}.{key}")}
    if isinstance(document, list):
        return {path for value in document for path in shape(value, maps, f"{at}[]")} or {f"{at}[]"}
    return {at}


def kept_fields(kind: type) -> set[str]:
    return {f"{kind.__name__}.{field.name}" for field in dataclasses.fields(kind)}


def domain_values() -> set[str]:
    """The fields of everything that is handed from room to room."""
    found: set[str] = set()
    for path in sorted((ROOT / "kiemtin" / "domain").glob("*.py")):
        module = import_module(f"kiemtin.domain.{path.stem}")
        kinds = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]
        found |= {field for kind in kinds if dataclasses.is_dataclass(kind) for field in kept_fields(kind)}
    return found


def log_keys() -> set[str]:
    """Every key of every log event. There is no log yet."""
    keys: set[str] = set()
    for _, tree in modules():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and "log" in ast.unparse(node.func.value)
            ):
                keys |= {keyword.arg or "**" for keyword in node.keywords}
    return keys


LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "msg", "bind"})


@pytest.fixture(scope="module")
def documents(demo: DemoRun, killed: "Killed", tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths of every JSON document that the commands print, each filled as far as it goes."""
    folder = tmp_path_factory.mktemp("documents")
    data = folder / "data"
    shutil.copytree(demo.data, data)
    checks, tips = folder / "checks.json", folder / "tips.jsonl"
    checks.write_text(
        json.dumps({"@type": "ClaimReview", "claimReviewed": "Uống nước ép lá sen chữa khỏi bệnh sởi", "url": "https://kiemchung.example/1"}), "utf-8"
    )
    claim = next(alert["claim"]["text"] for alert in kiemtin("alerts", "--json", "--data", data).document["alerts"])
    tips.write_text("".join(json.dumps({"text": text}) + "\n" for text in (claim, "Hôm nay trời đẹp quá")), "utf-8")
    maps = {"run.crawl.refusals": frozenset(reason.value for reason in RefusalReason), "run.crawl.left": frozenset[str]()}
    wanted = {
        "alerts": ("alerts",),
        "claims": ("claims",),
        "check": ("check", claim),
        "tips": ("tips", "import", tips),
        "doctor": ("doctor",),
        "factchecks import": ("factchecks", "import", checks),
    }
    ran = {name: kiemtin(*words, "--data", data, "--json") for name, words in wanted.items()}
    ran["run"] = killed.resumed
    assert {name: one.errors for name, one in ran.items() if one.errors} == {}
    found = {path for name, one in ran.items() for path in shape(one.document, maps, name)}
    tried = OutletCheck("Báo Trúc Lam", (Finding("https://truclam.example/rss", "feed", ok=True),))  # what the command prints of each outlet
    found |= shape(json.loads(json.dumps({"outlets": [outlet_check_view(tried)]})), maps, "outlets check")
    assert {
        "alerts.alerts[].evidence[].quote",
        "check.evidence[].quote",
        "tips.tips[].matches[].reasons[].text",
        "run.crawl.failures[].line",
    } <= found
    return found


@pytest.fixture(scope="module")
def current(documents: set[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What the code has today, by section of the lock."""
    data = tmp_path_factory.mktemp("schema")
    return {
        "records": {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns},
        "index": index_fields(data),
        "log keys": log_keys(),
        "metric labels": set(),
        "json": documents,
        "extraction": {field for kind in (Extraction, PublishedReview, Listing, ListedPage) for field in kept_fields(kind)},
        "values": domain_values(),
    }


def index_fields(data: Path) -> set[str]:
    """The fields as the index itself wrote them down."""
    index = open_index(data)
    for kind in ("review", "story"):
        index.file(kind, [Filed("1", ("bão",))])
    return {
        f"{path.parent.name}.{field['name']}" + (" (stored)" if field["options"].get("stored") else "")
        for path in (data / "index").glob("*/meta.json")
        for field in json.loads(path.read_text("utf-8"))["schema"]
    }


def locked() -> dict[str, set[str]]:
    sections: dict[str, set[str]] = {}
    for line in LOCK.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), set())
        elif line and not line.startswith("#"):
            section.add(line)
    return sections


HEAD = """# Every place where something can be kept or shown (LIMITS 1). No line may hold who wrote, shared, liked or sent something, or from where.
# It equals the code: tests/limits/test_limit_1_claims_not_people.py says what differs and writes the new text, for a person to read
# line by line before it is copied here. A line whose name could hold a person is refused even then.
"""


def test_limit_1_every_column_field_and_key_is_in_the_lock(current: dict[str, set[str]], tmp_path: Path) -> None:
    new = tmp_path / "schema.lock"
    new.write_text(HEAD + "".join(f"\n[{name}]\n" + "".join(f"{line}\n" for line in sorted(lines)) for name, lines in current.items()), "utf-8")
    known = locked()
    more = [f"+ [{name}] {line}" for name, lines in current.items() for line in sorted(lines - known.get(name, set()))]
    less = [f"- [{name}] {line}" for name, lines in known.items() for line in sorted(lines - current.get(name, set()))]
    assert not more + less, "\n".join([*more, *less, f"If none of the new lines can hold a person: cp {new} {LOCK}"])


def test_limit_1_no_line_of_the_lock_could_hold_a_person() -> None:
    bad = [line for lines in locked().values() for line in lines if line not in EXCUSED and _is_personal(line)]
    assert bad == []


def _is_personal(line: str) -> bool:
    """Does the last part of a path (the place itself) sound like a person's?"""
    last = re.split(r"[.\s]", line.removesuffix(" (stored)").replace("[]", "").replace("{}", ""))[-1]
    return bool(name_words(last) & PERSONAL)


@pytest.mark.parametrize(
    "line", ["stories.author", "tips.sender_id", "posts.userName", "run.crawl.clientIp", "alerts.alerts[].appearances[].handles", "Story.byline"]
)
def test_limit_1_a_personal_line_would_be_told(line: str) -> None:
    assert _is_personal(line)


def test_limit_1_the_database_itself_is_what_the_lock_says(demo: DemoRun, tmp_path: Path) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    records = open_records(tmp_path / "data")
    with records.begin() as conn:
        seen = sa.inspect(conn)
        columns = {f"{table}.{column['name']}" for table in seen.get_table_names() for column in seen.get_columns(table)}
        assert seen.get_view_names() == []
    records.close()
    assert columns - {"alembic_version.version_num"} == locked()["records"]


def test_limit_1_a_check_signed_by_a_person_has_no_signature() -> None:
    def signed(author: object) -> PublishedReview:
        (review,) = parse_claim_reviews(
            {"@type": "ClaimReview", "claimReviewed": "Nước chanh chữa sốt", "url": "https://k.example/1", "author": author}
        )
        return review

    organisation = {"@type": "Organization", "name": "Trạm Kiểm Chứng"}
    persons: list[object] = [
        {"@type": "Person", "name": CLAIMANT},
        {"@type": ["Organization", "Person"], "name": CLAIMANT},
        {"name": CLAIMANT},
        [{"@type": "schema:Person", "name": CLAIMANT}],
        CLAIMANT,
        {"@type": "https://schema.org/Person", "name": CLAIMANT, "worksFor": organisation},
    ]
    assert signed(organisation).author_organisation == "Trạm Kiểm Chứng"
    assert [CLAIMANT in repr(signed(person)) for person in persons] == [False] * len(persons)


# --- no log, no other file ----------------------------------------------------------------------------------------------

# `kiemtin train` is the developers': it learns the artefacts in models/ from a corpus, and touches no data directory.
MAY_PRINT = frozenset({"kiemtin/printing.py", "kiemtin/cli.py", "kiemtin/demo/run.py"})
MAY_WRITE = {
    "kiemtin/demo/run.py": ["write_text", "write_text", "write_text"],
    "kiemtin/cli.py": ["write_bytes"],  # a briefing, to the file that is asked for
    "crawlers/process.py": ["TemporaryFile"],
    "nlp/training/artefacts.py": ["write_bytes"],
}


def test_limit_1_no_module_logs_and_only_the_commands_print() -> None:
    for path, tree in modules():
        names = called(tree)
        logs = [name for name in names if name.split(".")[0] in ("logging", "structlog", "warnings", "traceback", "syslog", "log", "logger", "_log")]
        silence = ["logging.disable", "traceback.extract_tb"] if path == "crawlers/__main__.py" else []
        silence += ["warnings.catch_warnings", "warnings.simplefilter", "warnings.filterwarnings"]
        assert [name for name in logs if name not in silence] == [], path
        prints = [
            name for name in names if name in ("print", "click.echo", "click.secho", "pprint") or name.startswith(("sys.stdout.", "sys.stderr."))
        ]
        assert path in MAY_PRINT or [name for name in prints if name != "sys.stderr.isatty"] == [], path
        assert path == "crawlers/__main__.py" or not imported(tree) & {"logging", "structlog", "syslog", "traceback", "cgitb", "faulthandler"}, path


def test_limit_1_the_crawl_process_is_silent() -> None:
    source = (ROOT / "crawlers" / "__main__.py").read_text("utf-8")
    assert "logging.disable(logging.CRITICAL)" in source
    assert not re.search(r"str\(error\)(?! if known)|repr\(error\)|format_exc|print_exc|\{error", source)


def test_limit_1_no_module_writes_a_file_of_its_own() -> None:
    for path, tree in modules():
        writes = [
            name.split(".")[-1]
            for name in called(tree)
            if name.split(".")[-1] in ("write_text", "write_bytes", "TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp", "dump")
        ]
        assert sorted(writes) == MAY_WRITE.get(path, []), path
        modes = [
            ast.unparse(argument)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "io.open")
            for argument in node.args[1:2]
        ]
        assert not [mode for mode in modes if re.search(r"[wax+]", mode)], path


# --- canaries -----------------------------------------------------------------------------------------------------------


def test_limit_1_the_look_for_canaries_finds_what_is_there(demo: DemoRun, tmp_path: Path) -> None:
    """Planted by hand in each kind of place, they are found."""
    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    records = open_records(data)
    with records.begin() as conn:
        conn.execute(sa.update(story_revisions).values(text=story_revisions.c.text + COMMENTS[0]["text"]))
        conn.execute(sa.update(sa.table("claim_reviews", sa.column("wordings", sa.JSON))).values(wordings=[BYLINE]))
    assert any("records.sqlite3-wal" in trace for trace in traces(data, (BYLINE, "canary")))
    records.close()
    open_index(data).file("story", [Filed("1", ("canary", "doc", "gia"))])
    (data / "kiemtin.toml").write_text("# 0900 000 000", "utf-8")
    found = traces(data, CANARIES)
    assert {f"records.sqlite3, claim_reviews: {BYLINE}", "index story: canary", "kiemtin.toml: 0900 000 000"} <= set(found)
    assert any(trace.startswith("records.sqlite3, story_revisions") for trace in found)


def test_limit_1_the_demo_really_shows_what_must_not_be_kept() -> None:
    pages = [
        document.body.decode() for document in World(world_folder(), "http://127.0.0.1:1").documents().values() if document.path.endswith(".html")
    ]
    assert all(BYLINE in page and all(comment["who"] in page and comment["text"] in page for comment in COMMENTS) for page in pages)


def test_limit_1_the_demo_keeps_and_says_nothing_of_byline_comments_claimant_or_client(demo: DemoRun) -> None:
    assert demo.code == 0, demo.said
    assert demo.answered_client > 0, "the client never got through: this test would show nothing"
    words = (*CANARIES, CLIENT, FORWARDED)
    assert traces(demo.data, words) == []
    assert found_in(demo.said, words) == []
    assert [found_in(path.read_bytes(), words) for path in demo.left_elsewhere if found_in(path.read_bytes(), words)] == []


@pytest.mark.parametrize(
    "words", [("alerts",), ("claims",), ("check", "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết"), ("doctor",), ("reindex",)]
)
@pytest.mark.parametrize("form", [("--json",), ()])
def test_limit_1_no_command_shows_a_person(demo: DemoRun, tmp_path: Path, words: tuple[str, ...], form: tuple[str, ...]) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    ran = kiemtin(*words, "--data", tmp_path / "data", *form)
    assert ran.output
    assert found_in(ran.output + ran.errors, (*CANARIES, CLIENT)) == []


CHECK_PAGE = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "claimReviewed": "Uống nước ép lá sen chữa khỏi bệnh sởi",
    "author": {"@type": "Person", "name": CLAIMANT, "url": "https://social.example/canary_doc_gia_hai"},
    "itemReviewed": {
        "@type": "Claim",
        "author": {"@type": "Person", "name": CLAIMANT, "image": "https://social.example/canary.jpg"},
        "appearance": {"@type": "SocialMediaPosting", "url": "https://social.example/canary_doc_gia_hai/1", "author": CLAIMANT},
    },
    "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "alternateName": "Sai", "author": {"@type": "Person", "name": CLAIMANT}},
}
_MICRODATA = """<div itemscope itemtype="https://schema.org/ClaimReview"><meta itemprop="claimReviewed" content="Ngậm tỏi nướng chữa khỏi viêm gan">
<span itemprop="author" itemscope itemtype="https://schema.org/Person"><meta itemprop="name" content="Canary Người Nói"></span>
<div itemprop="itemReviewed" itemscope itemtype="https://schema.org/Claim"><span itemprop="author" itemscope itemtype="https://schema.org/Person">
<span itemprop="name">Canary Người Nói</span></span></div>
<div itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating"><meta itemprop="alternateName" content="Sai"></div></div>"""


def hostile_world(server: WorldServer, each: int) -> World:
    """Some pages of the demo, checks that name a claimant, and pages and feeds that are broken around a byline."""
    world = fewer_pages(World(world_folder(), server.base), each)
    server.documents = world.documents()
    byline = f'<p class="author">{BYLINE}</p><div class="comments">{COMMENTS[0]["text"]}</div>'
    bodies: dict[str, tuple[str, bytes]] = {
        "claimant": (
            "text/html",
            article("Uống nước ép lá sen chữa khỏi bệnh sởi: sai").replace(b"</head>", _script(CHECK_PAGE) + byline.encode() + b"</head>"),
        ),
        "microdata": (
            "text/html",
            article("Ngậm tỏi nướng không chữa khỏi viêm gan").replace(b"</main>", _MICRODATA.encode() + byline.encode() + b"</main>"),
        ),
        "cut": ("text/html", article("Trang bị cắt ngang")[:300] + byline.encode() + b"<p><![CDATA[<"),
        "json": ("application/json", json.dumps({"author": BYLINE, "comments": COMMENTS}).encode()),
        "nul": ("text/html", b"\0<html>\0" + byline.encode()),
        "future": (
            "text/html",
            article("Trang của năm sau", date="2096-01-01T00:00:00+07:00").replace(b"</article>", byline.encode() + b"</article>"),
        ),
        "none": ("text/html", f"<html><body>{byline}</body></html>".encode()),
    }
    pages = {name: Document(f"{_listing_root(server)}{name}.html", kind, body) for name, (kind, body) in bodies.items()}
    items = "".join(
        f"<item><title>{name}</title><link>{server.base}{page.path}</link><author>{BYLINE}</author></item>" for name, page in pages.items()
    )
    feed = _rss_path(server)
    server.documents[feed] = Document(feed, "application/rss+xml", server.documents[feed].body.replace(b"</channel>", items.encode() + b"</channel>"))
    server.documents |= {page.path: page for page in pages.values()}
    broken = next(path for path in server.documents if path.endswith("atom.xml"))
    server.documents[broken] = Document(broken, "application/atom+xml", f"<feed><entry><author><name>{BYLINE}</name></author><title>".encode())
    return world


def _script(data: object) -> bytes:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'.encode()


def _rss_path(server: WorldServer) -> str:
    return next(path for path in server.documents if path.endswith("rss.xml"))


def _listing_root(server: WorldServer) -> str:
    return _rss_path(server).removesuffix("rss.xml")


@contextmanager
def hostile_server(each: int = 2) -> Iterator[tuple[WorldServer, World]]:
    """So many ordinary pages of each outlet beside the broken ones."""
    with serving(WorldServer()) as server:
        yield server, hostile_world(server, each)


def test_limit_1_nothing_of_a_person_is_kept_or_said_when_pages_fail_and_the_crawl_breaks(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with hostile_server(3) as (_, world):
        catalog = load_catalog(write_catalog(tmp_path, world))
        with writer_lock(tmp_path) as lock, pytest.raises(CrawlError) as caught:
            run_crawl(tmp_path, catalog, Config(), True, lock, save="tests.limits.forced:save_sometimes")
    assert "MemoryError" in str(caught.value)
    assert found_in(str(caught.value) + "".join(capfd.readouterr()), CANARIES) == []
    assert traces(tmp_path, CANARIES) == []
    failed = quarantined(tmp_path)
    assert {detail for reason, detail in failed if reason == "parser_failed"} == {"ValueError", "LookupError"}


def quarantined(data: Path) -> list[tuple[str, str]]:
    """Reason and detail of what was set aside."""
    records = open_records(data)
    with records.begin() as conn:
        found = conn.execute(sa.select(frontier.c.reason, frontier.c.detail).where(frontier.c.state == "quarantined")).all()
    records.close()
    return [(reason, detail) for reason, detail in found]


@dataclasses.dataclass(frozen=True, slots=True)
class Killed:
    """A pass killed in the middle of its crawl, and what the same command said when it was run again. `kept`: traces right after the kill."""

    data: Path
    kept: list[str]
    said: bytes
    elsewhere: tuple[Path, ...]
    wal_bytes: int
    resumed: Ran


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    folder = tmp_path_factory.mktemp("killed")
    data, said = folder / "data", folder / "said"
    with hostile_server() as (server, world):
        catalog = write_catalog(data, world)
        words = [sys.executable, "-m", "kiemtin.cli", "run", "--catalog", str(catalog), "--loopback-ok", "--data", str(data)]
        with said.open("wb") as out:
            command = subprocess.Popen(words, env=watched_environment(folder), stdout=out, stderr=out, start_new_session=True)
            _wait(lambda: len(server.asked) > 15 or command.poll() is not None)
            assert command.poll() is None, "it ended before it could be killed"
            os.killpg(command.pid, signal.SIGKILL)
            command.wait()
        _wait(lambda: _is_free(data))
        kept, wal = traces(data, CANARIES), (data / "records.sqlite3-wal").stat().st_size
        ran = kiemtin("run", "--catalog", catalog, "--loopback-ok", "--data", data, "--json")
    return Killed(data, kept, said.read_bytes(), files_below(folder / "home", folder / "temporary"), wal, ran)


def test_limit_1_nothing_of_a_person_is_kept_when_the_crawl_is_killed(killed: Killed) -> None:
    assert killed.wal_bytes > 0
    assert killed.kept == []
    assert found_in(killed.said, CANARIES) == []
    assert [path.name for path in killed.elsewhere if found_in(path.read_bytes(), CANARIES)] == []


def test_limit_1_nothing_of_a_person_is_kept_or_said_when_it_goes_on(killed: Killed) -> None:
    crawl = killed.resumed.document["crawl"]
    assert crawl["resumed"]
    assert crawl["failures"]
    assert {"malformed", "not_html", "no_text", "date_in_future"} <= {reason for reason, _ in quarantined(killed.data)}
    assert found_in(killed.resumed.output + killed.resumed.errors, CANARIES) == []
    assert traces(killed.data, CANARIES) == []


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not until() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert until()


def _is_free(data: Path) -> bool:
    try:
        with writer_lock(data):
            return True
    except BusyError:
        return False


# --- what is kept of a page, and for how long ---------------------------------------------------------------------------


def test_limit_1_the_bytes_of_a_page_are_not_kept_and_its_body_goes_after_90_days(tmp_path: Path) -> None:
    mark = "Cột đo Trúc Lam khắc vạch sơn trắng"
    now = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
    body = article(
        "Mực nước hồ Trúc Lam dâng hai mét", tuple(f"{mark}, số {number}, và nước đã lên tới vạch ấy lúc nửa đêm hôm qua." for number in range(4))
    )
    found = extract_page(Page("https://truclam.example/1", "Báo Trúc Lam", body, "text/html", now), now, "vi")
    assert isinstance(found, Extraction)
    with open_workspace(tmp_path) as workspace:
        with workspace.records.begin() as conn:
            save_extraction(conn, site_outlet(), found.story, [], now)
        analyse(workspace, now)
        assert traces(tmp_path, (mark,)), "the body is kept at first"
        assert traces(tmp_path, ("<article>", "og:type", "<!doctype html>")) == []
        assert forget(workspace, now + timedelta(days=89)) == 0
        assert forget(workspace, now + timedelta(days=91)) == 1
        analyse(workspace, now + timedelta(days=91))
    assert traces(tmp_path, (mark,)) == []
    assert traces(tmp_path, ("Mực nước hồ Trúc Lam dâng hai mét",)), "the title stays"


def test_limit_1_no_setting_keeps_a_body_longer() -> None:
    with pytest.raises(ValueError, match="body_days"):
        Config(body_days=91)


def test_limit_1_a_feed_gives_no_author() -> None:
    assert b"<author>" in rss("<item><author>x</author></item>")
    assert {field.name for field in dataclasses.fields(ListedPage)} == {"url", "title", "published_at", "updated_at"}


def test_limit_1_the_demo_server_keeps_and_reports_no_address(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(WorldServer()) as server:
        server.documents["/robots.txt"] = Document("/robots.txt", "text/plain", b"a" * 3_000_000)
        leave_at_once(server.server_address[1])
        _wait(lambda: bool(server.asked))
        kept = {name: value for name, value in vars(server).items() if name not in ("socket", "server_address", "RequestHandlerClass")}
    assert found_in(repr(kept), (CLIENT, FORWARDED)) == []
    assert {path for path, _ in server.asked} == {"/robots.txt"}
    assert found_in("".join(capfd.readouterr()), (CLIENT, FORWARDED)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Giám đốc Sở Y tế Nguyễn Văn Hợi khẳng định thông tin trên là bịa đặt.",
        "Ông Nguyễn Văn Hợi, Giám đốc Sở Y tế tỉnh Sông Mây, cho biết tin này là sai.",
        "Chủ tịch UBND xã Bến Vẹt Nguyễn Văn Hợi bác bỏ tin đồn.",
        "Phó trưởng Công an tỉnh Nguyễn Văn Hợi nói đây là tin giả.",
        "Bệnh viện Sông Mây do bác sĩ Nguyễn Văn Hợi điều hành phủ nhận tin này.",
        "Theo ông Nguyễn Văn Hợi, thông tin này là bịa đặt.",
        "Ministry of Health spokesman Nguyễn Văn Hợi said the claim is false.",
    ],
)
def test_limit_1_a_name_in_a_story_is_text_and_never_the_speaker(sentence: str) -> None:
    """Whom a passage attributes its words to is a field: an organisation stands there, or nobody."""
    assert not {"Nguyễn", "Văn", "Hợi"} & set(find_speaker(sentence).split())
