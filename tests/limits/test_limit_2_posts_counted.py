"""Limit 2, posts are counted, never kept: what may be counted, by which command and settings, and that nothing else screens many texts. The proof that
no post stays is in `test_limit_2_proof.py`."""

import ast
import inspect
import json
import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa

from alerts.decide import Case, decide
from crawlers.posts.bluesky import BlueskyStream
from crawlers.posts.mastodon import MastodonTimeline
from kiemtin.cli import cli
from kiemtin.config import Config, load_config
from kiemtin.domain.claims import Claim, Evidence, EvidenceRelation
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.repeats import Cell, Platform, Said
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.stories import HANOI
from kiemtin.errors import ConfigError, DataDirError
from kiemtin.pipeline.passes import forget
from kiemtin.pipeline.views import claims_view
from kiemtin.pipeline.workspace import open_workspace
from kiemtin.store import repeats as repeat_store
from kiemtin.store.tables import metadata, repeat_counts
from tests.limits.conftest import DemoRun
from tests.limits.tools import ROOT, defined, kiemtin, modules, name_words, texts, traces
from tests.support.posts import WATCHED, check, save_checks, watched_data

_COMMON = {"--data", "--config", "--json"}
# The whole command line. Nothing of it takes an account, a channel, a hashtag or a search term; `count` takes one file or standard input.
COMMANDS: dict[str, set[str]] = {
    "run": {"--catalog", "--loopback-ok", "--replay-quarantine", *_COMMON},
    "check": {"TEXT", *_COMMON},
    "alerts": {"--status", *_COMMON},
    "claims": _COMMON,
    "count": {"FILE", *_COMMON},
    "tips import": {"FILE", *_COMMON},
    "factchecks import": {"FILE", *_COMMON},
    "outlets check": {"--catalog", "--loopback-ok", *_COMMON},
    "briefing": {"--date", "--kind", "--out", *_COMMON},
    "serve": {"--catalog", "--host", "--port", "--loopback-ok", "--no-schedule", *_COMMON},
    "user add": {"NAME", "--role", *_COMMON},
    "reindex": _COMMON,
    "eval topics": {"FILES", "--out", *_COMMON},
    "eval verdict": {"FILES", "--out", *_COMMON},
    "eval retrieval": {"--claims", "--queries", "--qrels", "--out", *_COMMON},
    "eval extraction": {"DIRECTORY", "--out", *_COMMON},
    "train": {"--corpus", "--only", *_COMMON},
    "doctor": _COMMON,
    "demo": {"--port", "--once", "--data", "--json"},
}
# Every setting. None takes an account or a key to one; those of the connectors take the names of servers alone.
SETTINGS = {
    "office_name",
    "contact",
    "controller",
    "state",
    "crawl_delay_seconds",
    "crawl_timeout_seconds",
    "body_days",
    "revisit_hours",
    "semantic_model",
    "public_url",
    "pass_minutes",
    "briefing_time",
    "login_hours",
    "count_mastodon",
    "count_bluesky",
    "mail_host",
    "mail_port",
    "mail_security",
    "mail_sender",
    "mail_login",
    "mail_password_file",
}
# Parts of names that only somebody who handles posts would need.
OF_POSTS = frozenset(
    """bluesky channel facebook fanpage follower hashtag instagram mastodon messenger microblog platform post posting reply repost retweet
    socials subreddit telegram tiktok timeline tweet twitter weibo whatsapp youtube zalo""".split()  # noqa: SIM905
)


# In crawlers/cues.py: a block whose markup shows that a reader wrote it, so that it is left out.
_EXCUSED = {"is_post"}


def commands(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))
    else:
        yield " ".join(path), command


def test_limit_2_the_command_line_is_pinned() -> None:
    found = {
        name: {parameter.opts[0] if parameter.param_type_name == "option" else parameter.human_readable_name for parameter in command.params}
        for name, command in commands()
    }
    assert found == COMMANDS


def test_limit_2_the_settings_are_pinned() -> None:
    assert set(Config.model_fields) == SETTINGS


def test_limit_2_check_takes_exactly_one_text(tmp_path: Path) -> None:
    (text,) = [parameter for parameter in dict(commands())["check"].params if parameter.param_type_name == "argument"]
    assert (text.nargs, text.multiple if isinstance(text, click.Option) else False, text.type, text.envvar) == (1, False, click.STRING, None)
    two = kiemtin("check", "Uống nước chanh chữa sốt xuất huyết", "Đập Khe Mây bị vỡ", "--data", tmp_path / "data")
    assert (two.code, two.output) == (2, "")


@pytest.mark.parametrize("text", ["-", "@{file}", "{file}", "Đập Khe Mây bị vỡ\nUống nước chanh chữa sốt xuất huyết"])
def test_limit_2_check_reads_no_file_and_no_stream(demo: DemoRun, tmp_path: Path, text: str) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    file = tmp_path / "many.txt"
    file.write_text("Uống nước chanh đun sôi chữa khỏi sốt xuất huyết\n" * 3, "utf-8")
    said = kiemtin("check", text.format(file=file), "--json", "--data", tmp_path / "data").document
    assert said["text"] == text.format(file=file)
    assert not any(match["linked"] for match in said["matches"]), "what the file says was looked up"


def test_limit_2_a_checked_text_is_kept_nowhere(demo: DemoRun, tmp_path: Path) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    mark = "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết kèm mật ong rừng Ngàn Vẹt"
    assert kiemtin("check", mark, "--data", tmp_path / "data").code == 0
    assert traces(tmp_path / "data", (mark, "Ngàn Vẹt")) == []


def test_limit_2_no_command_reads_texts_from_standard_input() -> None:
    reads = {
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdin", "click.get_text_stream")
    }
    assert reads == {"crawlers/__main__.py", "kiemtin/cli.py"}, (
        "the crawl process reads its order there, a new account's password is read there, and posts"
    )
    (cli_tree,) = [tree for path, tree in modules() if path == "kiemtin/cli.py"]
    readers = {node.name for node in ast.walk(cli_tree) if isinstance(node, ast.FunctionDef) and "sys.stdin" in ast.unparse(node)}
    assert readers == {"_read_password", "count"}
    assert [parameter for _, command in commands() for parameter in command.params if isinstance(parameter.type, click.File)] == []


# Where posts are read and counted: there their words stand, in names alone.
_ROOM = (
    "crawlers/posts/",
    "kiemtin/counting/",
    "nlp/repeats/",
    "kiemtin/domain/posts.py",
    "kiemtin/domain/repeats.py",
    "kiemtin/pipeline/counting.py",
)
# The number's platform class, and the two settings.
_COUNTED = {"platform", "Platform", "count_mastodon", "count_bluesky", "print_counted", "posts"}


def test_limit_2_no_table_column_or_module_could_hold_posts() -> None:
    stored = {name for table in metadata.tables.values() for name in (table.name, *table.columns.keys())}
    assert [name for name in sorted(stored) if name_words(name) & OF_POSTS] == ["platform"], "of the table of counts, where it is one of four words"
    assert set(repeat_counts.columns.keys()) == {"claim_id", "day", "platform", "said", "times"}
    for path, tree in modules():
        if not path.startswith(_ROOM):
            assert not name_words(path.removesuffix(".py")) & OF_POSTS, path
            assert [name for name in sorted(defined(tree) - _EXCUSED - _COUNTED) if name_words(name) & OF_POSTS] == [], path


def test_limit_2_the_table_itself_refuses_a_small_number(tmp_path: Path) -> None:
    row = {"claim_id": "a", "day": date(2026, 11, 20), "platform": "social", "said": "repeat"}
    with open_workspace(tmp_path / "data") as workspace:
        with pytest.raises(DataDirError, match="ten_and_more"), workspace.records.begin() as conn:
            conn.execute(sa.insert(repeat_counts), {**row, "times": 9})
        with workspace.records.change() as conn:
            repeat_store.add(conn, {Cell("a", date(2026, 11, 20), Platform.SOCIAL, Said.REPEAT): 9})
            assert conn.execute(sa.select(repeat_counts)).all() == []


@pytest.mark.parametrize(
    "host",
    ["may.example/@vet", "may.example?q=lu", "https://may.example", "user@may.example", "may.example/tags/lu", "#lu", "may.example ", "", "a b"],
)
@pytest.mark.parametrize("key", ["count_mastodon", "count_bluesky"])
def test_limit_2_a_connector_takes_a_servers_name_and_nothing_else(tmp_path: Path, key: str, host: str) -> None:
    (tmp_path / "kiemtin.toml").write_text(f"{key} = {json.dumps([host])}\n", "utf-8")
    with pytest.raises(ConfigError, match=key):
        load_config(tmp_path)


def test_limit_2_connectors_are_off_and_ask_for_whole_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Config().count_mastodon, Config().count_bluesky) == ((), ())
    makers = {name: list(inspect.signature(maker).parameters) for name, maker in (("mastodon", MastodonTimeline), ("bluesky", BlueskyStream))}
    assert makers == {"mastodon": ["host", "agent", "loopback_ok", "pause"], "bluesky": ["host", "agent", "loopback_ok"]}


def test_limit_2_only_public_claims_are_watched(tmp_path: Path) -> None:
    """Rated false or misleading by a catalogued fact-checker, on a theme; nothing else that anybody has published makes a claim public."""
    other = {
        "a newspaper's": check("Sữa đậu nành gây vô sinh ở nam giới dưới 30 tuổi", 11, PublisherKind.NEWS),
        "an authority's": check("Sữa hạt sen gây vô sinh ở nam giới dưới 30 tuổi", 12, PublisherKind.AUTHORITY),
        "outside the catalogue": check("Sữa bắp gây vô sinh ở nam giới dưới 30 tuổi", 13, PublisherKind.UNLISTED),
        "true": check("Sữa gạo gây vô sinh ở nam giới dưới 30 tuổi", 14, rating=Rating.TRUE),
        "unproven": check("Sữa mè gây vô sinh ở nam giới dưới 30 tuổi", 15, rating=Rating.UNPROVEN),
        "of no theme": check("Sữa dê gây vô sinh ở nam giới dưới 30 tuổi", 16, theme=None),
        "derived": check("Sữa óc chó gây vô sinh ở nam giới dưới 30 tuổi", 17, derived=True),
    }
    data = watched_data(tmp_path / "data")
    save_checks(data, list(other.values()))
    file = tmp_path / "posts.jsonl"
    texts_of = [one.claim_reviewed for one in other.values()] + [WATCHED[0]]
    rows = [{"text": text, "created_at": "2026-11-18T03:00:00Z"} for text in texts_of for _ in range(200)]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    assert kiemtin("count", file, "--json", "--data", data).document["matched"] == 200
    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        assert sorted(claim.text for claim in repeat_store.public_claims(conn).values()) == sorted(WATCHED)
        assert {cell.claim_id for cell in repeat_store.load(conn, date(2999, 1, 1))} <= set(repeat_store.public_claims(conn))


def test_limit_2_a_claim_that_is_public_no_more_has_no_numbers(tmp_path: Path) -> None:
    """Its check is rated anew: nothing is shown from then on, and the next tidying lets the numbers go."""
    data, now = watched_data(tmp_path / "data"), datetime.now(UTC)
    with open_workspace(data) as workspace:
        with workspace.records.change() as conn:
            counts = {Cell(claim, date(2026, 11, 18), Platform.SOCIAL, Said.REPEAT): 50 for claim in repeat_store.public_claims(conn)}
            repeat_store.add(conn, counts)
        save_checks(data, [check(WATCHED[0], 0, rating=Rating.UNPROVEN)])
        assert sorted(one["repeats_total"] for one in claims_view(workspace, now)["claims"] if one["text"] == WATCHED[1]) == [50]
        assert [one for one in claims_view(workspace, now)["claims"] if one["text"] == WATCHED[0] and one["repeats"]] == []
        forget(workspace, now)
        with workspace.records.begin() as conn:
            assert len(repeat_store.load(conn, date(2999, 1, 1))) == 1


@pytest.mark.parametrize("size", [0, 1, 999])
def test_limit_2_a_short_file_is_refused(tmp_path: Path, size: int) -> None:
    data, file = watched_data(tmp_path / "data"), tmp_path / "posts.jsonl"
    row = json.dumps({"text": WATCHED[0], "created_at": "2026-11-18T03:00:00Z"}, ensure_ascii=False) + "\n"
    file.write_text(row * size + "no json\n\n" * 2_000, "utf-8")
    ran = kiemtin("count", file, "--data", data)
    assert (ran.code, ran.output) == (1, "")
    assert "1.000" in ran.errors
    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        assert repeat_store.load(conn, date(2999, 1, 1)) == {}


def test_limit_2_numbers_are_shown_after_their_day_has_ended(tmp_path: Path) -> None:
    data = watched_data(tmp_path / "data")
    now = datetime.now(UTC)
    today = now.astimezone(HANOI).date()
    with open_workspace(data) as workspace:
        with workspace.records.change() as conn:
            (claim, *_) = repeat_store.public_claims(conn)
            counts = {Cell(claim, day, Platform.SOCIAL, Said.REPEAT): 50 for day in (today, today - timedelta(days=1))}
            repeat_store.add(conn, counts)
        shown = {one["id"]: one for one in claims_view(workspace, now)["claims"]}[claim]
        later = {one["id"]: one for one in claims_view(workspace, now + timedelta(days=1))["claims"]}[claim]
    assert (shown["repeats_total"], later["repeats_total"]) == (50, 100)


def test_limit_2_repeats_are_never_a_small_number(demo: DemoRun, tmp_path: Path) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    found = kiemtin("claims", "--json", "--data", tmp_path / "data").document["claims"]
    assert found
    for claim in found:
        assert claim["repeats_total"] == "<10" or (isinstance(claim["repeats_total"], int) and claim["repeats_total"] >= 10)
        assert all(cell["count"] == "<10" or cell["count"] >= 10 for cell in claim["repeats"])
    shown = kiemtin("claims", "--data", tmp_path / "data").output
    assert shown.count("<10") == len(found)


def test_limit_2_posts_handed_in_as_tips_leave_no_name_and_no_count(demo: DemoRun, tmp_path: Path) -> None:
    """A post's other fields are not read, kept or shown, whatever they are called."""
    shutil.copytree(demo.data, tmp_path / "data")
    post = {"text": "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết", "id": "vet-7788x", "platform": "ngan-vet-net", "user": "vet_nguoi_dang_77"}
    file = tmp_path / "posts.jsonl"
    file.write_text(json.dumps(post) + "\n", "utf-8")
    ran = kiemtin("tips", "import", file, "--json", "--data", tmp_path / "data")
    assert ran.document["tips"][0]["outcome"] == "answered"
    assert "vet" not in ran.output + ran.errors
    assert traces(tmp_path / "data", ("vet-7788x", "ngan-vet-net", "vet_nguoi_dang_77")) == []


def test_limit_2_no_number_of_posts_opens_an_alert() -> None:
    """A refuted claim that no published page repeats stays out of the queue, however many posts repeat it."""
    claim = Claim("c", "Nước lá sen chữa sởi", Theme.HEALTH, ClaimKind.EFFECT)
    found = Evidence(
        "c", "https://soitin.example/1", "Trạm Soi Tin", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES, "Không có tác dụng.", True
    )
    assert decide(Case(claim, [], [found], counted=(0,) * 7 + (1_000_000,)), None, frozenset(), datetime.now(UTC)) is None


def test_limit_2_nothing_that_screens_many_texts_ships() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["packages"]) == {"kiemtin", "crawlers", "nlp", "alerts", "flows"}
    carried = [*wheel.get("force-include", {}), *wheel.get("include", []), *wheel.get("artifacts", []), *wheel.get("only-include", [])]
    assert [
        path for path in carried if fnmatch(path.strip("/"), "benchmarks*") or fnmatch(path.strip("/"), "tests*") or path.strip("/") in ("", ".", "*")
    ] == []
    assert set(project["project"]["scripts"]) == {"kiemtin"}
    assert not {"gui-scripts", "entry-points"} & set(project["project"])
    assert [path for path, tree in modules() if any(name.split(".")[0] == "benchmarks" for name in _imports(tree))] == []


def _imports(tree: ast.Module) -> list[str]:
    plain = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    return plain + [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]


def test_limit_2_nothing_can_be_searched_but_checks_and_stories(demo: DemoRun) -> None:
    assert {path.name for path in (demo.data / "index").iterdir()} == {"review", "story"}
    assert len(texts("clean_tips.jsonl")) >= 50
