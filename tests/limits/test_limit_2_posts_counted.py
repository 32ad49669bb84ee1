"""Limit 2, posts are counted, never kept: in this version nothing takes a post at all, and no command screens many texts."""

import ast
import json
import shutil
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest

from kiemtin.cli import cli
from kiemtin.config import Config
from kiemtin.store.tables import metadata
from tests.limits.conftest import DemoRun
from tests.limits.tools import ROOT, defined, kiemtin, modules, name_words, texts, traces

_COMMON = {"--data", "--config", "--json"}
# The whole command line. Nothing of it reads posts, an account, a channel, a hashtag or a search term.
COMMANDS: dict[str, set[str]] = {
    "run": {"--catalog", "--loopback-ok", "--replay-quarantine", *_COMMON},
    "check": {"TEXT", *_COMMON},
    "alerts": {"--status", *_COMMON},
    "claims": _COMMON,
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
# Every setting. None names a platform, an account or a key to one.
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
    assert reads == {"crawlers/__main__.py", "kiemtin/cli.py"}, "the crawl process reads its order there, a new account's password is read there"
    (cli_tree,) = [tree for path, tree in modules() if path == "kiemtin/cli.py"]
    readers = {node.name for node in ast.walk(cli_tree) if isinstance(node, ast.FunctionDef) and "sys.stdin" in ast.unparse(node)}
    assert readers == {"_read_password"}
    assert [parameter for _, command in commands() for parameter in command.params if isinstance(parameter.type, click.File)] == []


def test_limit_2_no_table_column_or_module_could_hold_posts() -> None:
    stored = {name for table in metadata.tables.values() for name in (table.name, *table.columns.keys())}
    assert [name for name in sorted(stored) if name_words(name) & OF_POSTS] == []
    for path, tree in modules():
        assert not name_words(path.removesuffix(".py")) & OF_POSTS, path
        assert [name for name in sorted(defined(tree) - _EXCUSED) if name_words(name) & OF_POSTS] == [], path


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
