"""Limit 2, the proof: posts with planted canaries go through every connector and the whole system, with debug logging on and an error forced in each
stage, and no canary is found anywhere: data directory, index, Prefect's home, temporary files, logs, output, web pages.

Two things are shown. Dynamically: canaries, looked for in the bytes of everything that is written. Statically: from the functions that are handed a post
or its text, along every call that the code could make, no store, log, screen, file or schedule is reached (`reached_from`).
"""

import ast
import copy
import dataclasses
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from crawlers.posts import lines, mastodon, reading
from kiemtin.counting import pump
from kiemtin.counting.tally import Tally
from kiemtin.domain.posts import Post
from kiemtin.domain.repeats import Cell, Platform, Said
from kiemtin.pipeline import counting
from kiemtin.pipeline.counting import Counting, count_lines
from kiemtin.pipeline.workspace import open_workspace
from nlp.repeats import board, decision, shelf, spelling
from tests.limits.tools import ROOT, imported, kiemtin, modules, traces
from tests.support.posts import BLUESKY, MASTODON, WATCHED, bluesky_server, canaries_in, mastodon_server, watched_data
from tests.support.processes import kill_all_knowing

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
# Planted in every field of every post, and nowhere else in the world.
CANARIES = (
    "Canary Nguyễn Thị Vẹt",
    "canary_vet_77",
    "@canary.vet",
    "0912 345 678",
    "did:plc:canaryvet",
    "12 Hẻm Canary Trúc Lam",
    "kanari-cụm-từ-riêng",
)


# --- canaries -----------------------------------------------------------------------------------------------------------


def posts_file(path: Path, size: int = 1_200) -> Path:
    """Posts of which many repeat a watched claim, each with canaries in its text and in fields that nobody may read."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(size):
            claim = WATCHED[number % len(WATCHED)] if number % 3 == 0 else "hôm nay trời đẹp quá cả nhà"
            post = {
                "text": f"{claim}. {' '.join(CANARIES)}",
                "platform": "facebook",
                "created_at": "2026-11-18T03:00:00Z",
                "id": f"canary_vet_77-{number}",
                "user": {"name": CANARIES[0], "handle": CANARIES[2], "phone": CANARIES[3]},
                "address": CANARIES[5],
            }
            file.write(json.dumps(post, ensure_ascii=number % 2 == 0) + "\n")
    return path


def test_limit_2_a_file_leaves_numbers_and_no_canary(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    data = watched_data(tmp_path / "data")
    ran = kiemtin("count", posts_file(tmp_path / "posts.jsonl"), "--json", "--data", data)
    assert (ran.code, ran.document["read"], ran.document["matched"]) == (0, 1_200, 400)
    assert canaries_in(ran.output + ran.errors + caplog.text, CANARIES) == []
    shown = kiemtin("claims", "--json", "--data", data)
    assert [claim["repeats_total"] for claim in shown.document["claims"]] == [200, 200]
    assert canaries_in(shown.output, CANARIES) == []
    assert traces(data, CANARIES) == []


# As a machine that keeps them; where this may not be said they were forbidden before.
_WITH_CORE_DUMPS = ("sh", "-c", 'ulimit -c 64 2>/dev/null; exec "$@"', "sh")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGABRT, signal.SIGKILL])
def test_limit_2_a_killed_process_leaves_no_canary(tmp_path: Path, sign: signal.Signals) -> None:
    """Standard input stays open, the posts are in memory, then the process dies: also no core file, and nothing in its temporary directory."""
    data, temporary = watched_data(tmp_path / "data"), tmp_path / "temporary"
    temporary.mkdir()
    body = posts_file(tmp_path / "posts.jsonl", 3_000).read_bytes()
    environment = {
        **os.environ,
        "TMPDIR": str(temporary),
        "HOME": str(temporary),
        "PYTHONPATH": str(ROOT),
        "PREFECT_LOGGING_LEVEL": "DEBUG",
        "PYTHONFAULTHANDLER": "1",
    }
    with subprocess.Popen(
        [*_WITH_CORE_DUMPS, sys.executable, "-m", "kiemtin", "count", "-", "--data", str(data)], cwd=temporary, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(body)
        process.stdin.flush()
        wait_for(lambda: _core_limit(process.pid) == "0")
        time.sleep(1.5)
        os.kill(process.pid, sign)
        process.wait(timeout=20)
        said = process.stdout.read() + process.stderr.read()
    assert canaries_in(said, CANARIES) == []
    assert traces(data, CANARIES) == []
    assert traces(temporary, CANARIES) == []


def _core_limit(process: int) -> str:
    (line,) = [line for line in Path(f"/proc/{process}/limits").read_text().splitlines() if line.startswith("Max core file size")]
    return line.split()[4]


def loud(*words: Any, **named: Any) -> Any:
    """Fails with all that it was handed, and with the canaries, in the error's words."""
    raise ValueError(f"{words!r} {named!r} {CANARIES}")


# Each stage through which a post goes.
STAGES: dict[str, tuple[Any, str]] = {
    "decode": (lines, "read_line"),
    "spell": (spelling.Vocabulary, "spell"),
    "find": (board, "find"),
    "read": (decision, "profile"),
    "decide": (board, "said"),
    "align": (decision, "align"),
    "figures": (shelf, "figures"),
    "count": (pump, "Cell"),
    "add": (Tally, "add"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_limit_2_an_error_in_any_stage_says_nothing_of_the_post(
    tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    data = watched_data(tmp_path / "data")
    file = posts_file(tmp_path / "posts.jsonl")
    where, name = STAGES[stage]
    real, calls = getattr(where, name), []

    def sometimes(*words: Any, **named: Any) -> Any:
        calls.append(1)
        return loud(*words, **named) if len(calls) > (2 if name in ("spell", "find") else 20) or stage == "figures" else real(*words, **named)

    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        counting.watch_public(conn)  # what is prepared before posts come is not what is broken
    monkeypatch.setattr(where, name, loud if name in ("find", "said", "align", "read_line", "Cell", "add") else sometimes)
    ran = kiemtin("count", file, "--data", data)
    assert ran.code == 1
    assert "ValueError" in ran.errors
    assert ran.errors.count("\n") == 1, "one line, no traceback"
    assert canaries_in(ran.output + ran.errors + caplog.text, CANARIES) == []
    assert traces(data, CANARIES) == []
    monkeypatch.undo()
    assert kiemtin("claims", "--json", "--data", data).document["claims"][0]["repeats"] == [], "a file that breaks counts for nothing"


def test_limit_2_what_is_raised_holds_no_frame_that_held_a_post(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "find", loud)
    watch = pump.Watch(board.Board(list(WATCHED)), ("a", "b"))
    with pytest.raises(pump.PumpError) as raised:
        pump.count_all([Post(CANARIES[0], Platform.SOCIAL, NOW, "1")], watch, Tally(live=False), lambda _read: None)
    assert (str(raised.value), raised.value.__cause__, raised.value.__context__) == ("ValueError", None, None)
    frames = []
    trace = raised.value.__traceback__
    while trace is not None:
        frames += [value for key, value in trace.tb_frame.f_locals.items() if trace.tb_frame.f_code.co_filename.endswith("pump.py")]
        trace = trace.tb_next
    assert [value for value in frames if isinstance(value, BaseException) or CANARIES[0] in repr(value)] == []


@pytest.mark.parametrize("forced", [False, True])
def test_limit_2_streams_leave_numbers_and_no_canary(
    tmp_path: Path, forced: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A Mastodon server and a Jetstream that speak the real protocols, read by the threads that `serve` runs."""
    caplog.set_level(logging.DEBUG)
    data = watched_data(tmp_path / "data")
    if forced:
        monkeypatch.setattr(mastodon, "text_of", loud)
        monkeypatch.setattr(reading, "platform_of", loud)
    with mastodon_server(CANARIES) as timeline, bluesky_server(CANARIES) as jetstream:
        (data / "kiemtin.toml").write_text(f'count_mastodon = ["{timeline.host}"]\ncount_bluesky = ["{jetstream.host}"]\n', "utf-8")
        monkeypatch.setattr(mastodon, "_PAUSE", 0.05)
        monkeypatch.setattr(counting, "MastodonTimeline", lambda host, agent, ok: mastodon.MastodonTimeline(host, agent, ok, pause=0.05))
        with open_workspace(data) as workspace:
            running = Counting(workspace, loopback_ok=True)
            running.start()
            wait_for(lambda: timeline.pages_read > 3 and jetstream.frames_sent >= BLUESKY)
            time.sleep(2.5)
            running.stop()
            with workspace.records.begin() as conn:
                stored = counting.repeat_store.load(conn, datetime(2999, 1, 1).date())
    repeats = sum(count for cell, count in stored.items() if cell.said is Said.REPEAT)
    assert repeats == BLUESKY + (0 if forced else MASTODON)
    assert canaries_in(caplog.text, CANARIES) == []
    assert traces(data, CANARIES) == []


@pytest.mark.slow
def test_limit_2_the_whole_system_as_it_runs_leaves_no_canary(tmp_path: Path) -> None:
    """`kiemtin serve` with both streams and Prefect's own server, database and logs at the level of debugging; its pages are read; then it is killed."""
    data, elsewhere = watched_data(tmp_path / "data"), {name: tmp_path / name for name in ("home", "temporary", "work")}
    for folder in elsewhere.values():
        folder.mkdir()
    environment = {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "HOME": str(elsewhere["home"]), "TMPDIR": str(elsewhere["temporary"]),
        "PREFECT_LOGGING_LEVEL": "DEBUG", "PREFECT_LOGGING_ROOT_LEVEL": "DEBUG", "PYTHONFAULTHANDLER": "1",
    }  # fmt: skip
    with mastodon_server(CANARIES) as timeline, bluesky_server(CANARIES) as jetstream, (tmp_path / "said").open("wb") as said:
        (data / "kiemtin.toml").write_text(f'count_mastodon = ["{timeline.host}"]\ncount_bluesky = ["{jetstream.host}"]\n', "utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "kiemtin", "serve", "--port", "0", "--loopback-ok", "--json", "--data", str(data)],
            cwd=elsewhere["work"], env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            wait_for(lambda: b'"port"' in (tmp_path / "said").read_bytes(), 60)
            wait_for(lambda: timeline.pages_read > 3 and jetstream.frames_sent >= BLUESKY, 60)
            wait_for(lambda: any((data / "prefect").rglob("*.db")), 90)
            port = json.loads((tmp_path / "said").read_bytes())["port"]
            pages = b"".join(
                httpx.get(f"http://127.0.0.1:{port}{path}").content for path in ("/sources", "/sources.json", "/corrections", "/readyz", "/", "/tips")
            )
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kill_all_knowing(data)
    assert b"Ngu" in pages
    assert canaries_in(pages + (tmp_path / "said").read_bytes(), CANARIES) == []
    for folder in (data, *elsewhere.values()):
        assert traces(folder, CANARIES) == [], folder.name


def wait_for(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "did not come"
        time.sleep(0.05)


def test_limit_2_a_post_cannot_be_written() -> None:
    """Not printed, pickled, copied, turned into JSON or taken apart by what does that for values; so that no scheduler can keep it either."""
    post = Post(CANARIES[0], Platform.SOCIAL, NOW, CANARIES[1])
    for said in (repr(post), str(post), f"{post}", f"{[post]}", f"{post!r:>20}"):
        assert canaries_in(said, CANARIES) == []
    for write in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, dataclasses.asdict, vars, TypeAdapter(Any).dump_json):
        with pytest.raises(Exception) as refused:
            write(post)  # type: ignore[operator]
        assert canaries_in(str(refused.value), CANARIES) == []


# --- the code -----------------------------------------------------------------------------------------------------------

# Where a post, its text or a stream of them is handed in.
ROOM = ("crawlers/posts/", "kiemtin/counting/", "nlp/repeats/")
# Words that only something that keeps, logs, shows, sends or schedules is called by.
KEEPS = frozenset(
    """print pprint echo secho log debug info warning exception critical getLogger get_logger bind logger open write writelines write_text write_bytes dump dumps
    execute executemany insert upsert commit begin change save_extraction add_handler post put request urlopen sendall sendto send_message publish submit delay
    apply_async set_result persist NamedTemporaryFile TemporaryFile mkstemp mkdtemp memmap save savez savetxt tofile to_csv to_json to_pickle to_sql to_parquet
    print_exc format_exc print_exception settrace setprofile""".split()  # noqa: SIM905
)
KEEPERS = (
    "logging",
    "structlog",
    "sqlite3",
    "sqlalchemy",
    "shelve",
    "dbm",
    "prefect",
    "tantivy",
    "traceback",
    "click",
    "warnings",
    "faulthandler",
    "syslog",
    "multiprocessing",
)
# Not what the list means: the logarithm.
EXCUSED = {("nlp/weights.py", "log")}


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node


def calls_of(node: ast.AST) -> set[str]:
    """The last names of all that a function calls, or hands on to be called."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            found.add(one.func.attr if isinstance(one.func, ast.Attribute) else one.func.id if isinstance(one.func, ast.Name) else "")
    return found - {""}


def reachable_modules(start: set[str]) -> dict[str, ast.Module]:
    """Those modules, and all of this project's that they import, directly or not."""
    every = dict(modules())
    by_name = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in every}
    found, todo = {}, sorted(start)
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found[path] = every[path]
        todo += [by_name[name] for name in imported(every[path]) if name in by_name]
    return found


def reached_from(start: set[str]) -> dict[tuple[str, str], ast.AST]:
    """Functions that could be called, directly or not, by those of these modules: a call reaches every function of that name in any module that can be
    imported from there. Nothing else can be called: what is handed in is checked by `test_limit_2_nothing_that_could_keep_a_post_is_handed_in`."""
    reachable = reachable_modules(start)
    defined = [(path, name, node) for path, tree in reachable.items() for name, node in functions(tree)]
    found = {(path, name): node for path, name, node in defined if path in start}
    todo = list(found.values())
    while todo:
        names = calls_of(todo.pop())
        for path, name, node in defined:
            if (name in names or (name == "__init__" and names & classes_of(reachable[path]))) and (path, name) not in found:
                found[path, name] = node
                todo.append(node)
    return found


def classes_of(tree: ast.Module) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def room() -> set[str]:
    return {path for path, _ in modules() if path.startswith(ROOM)}


def test_limit_2_no_function_that_is_handed_a_post_reaches_what_keeps_logs_or_shows() -> None:
    reached = reached_from(room())
    assert len(reached) > 100
    for (path, name), node in sorted(reached.items()):
        assert not path.startswith(("kiemtin/store/", "kiemtin/pipeline/", "kiemtin/desk/", "kiemtin/delivery/", "flows/")), f"{path}: {name}"
        kept = {call for call in calls_of(node) & KEEPS if (path, call) not in EXCUSED}
        assert kept == set(), f"{path}: {name} calls {sorted(kept)}"
    for path in {path for path, _ in reached}:
        keepers = {name for name in imported(dict(modules())[path]) if name.split(".")[0] in KEEPERS}
        assert keepers == set(), f"{path} imports {sorted(keepers)}"


def test_limit_2_nothing_that_could_keep_a_post_is_handed_in() -> None:
    """The room's functions take values, posts, claims and numbers; the few that take a function are named, and that one is handed a number or nothing."""
    allowed = {
        ("kiemtin/counting/pump.py", "count_all"),
        ("kiemtin/counting/pump.py", "_try"),
        ("kiemtin/counting/pump.py", "follow"),
        ("kiemtin/counting/pump.py", "_follow_once"),
        ("kiemtin/counting/pump.py", "threads"),
    }
    taking = {
        (path, name)
        for path, tree in modules()
        if path.startswith(ROOM)
        for name, node in functions(tree)
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.annotation is not None and "Callable" in ast.unparse(argument.annotation)
    }
    assert taking <= allowed
    (tree,) = [tree for path, tree in modules() if path == "kiemtin/counting/pump.py"]
    taken = {
        ast.unparse(argument.annotation)
        for _, node in functions(tree)
        for argument in node.args.args
        if argument.annotation and "Callable" in ast.unparse(argument.annotation)
    }
    assert taken == {"Callable[[int], None]", "Callable[[], int]", "Callable[[], Watch]"}


def test_limit_2_only_the_room_knows_posts() -> None:
    """A post is made in the connectors and read in the pump; nobody else can name one."""
    knowing = {path for path, tree in modules() if "kiemtin.domain.posts" in imported(tree) and path != "kiemtin/domain/posts.py"}
    assert knowing == {
        "crawlers/posts/bluesky.py",
        "crawlers/posts/lines.py",
        "crawlers/posts/mastodon.py",
        "crawlers/posts/reading.py",
        "crawlers/posts/source.py",
        "kiemtin/counting/pump.py",
    }
    using = {
        path
        for path, tree in modules()
        if any(name.startswith(("crawlers.posts", "kiemtin.counting")) for name in imported(tree)) and not path.startswith(ROOM)
    }
    assert using == {"kiemtin/pipeline/counting.py"}


def test_limit_2_the_decoders_know_four_fields_of_a_post() -> None:
    from crawlers.posts import bluesky

    assert reading.Line.__struct_fields__ == ("text", "created_at", "platform", "id")
    assert mastodon.Status.__struct_fields__ == ("id", "content", "created_at", "visibility")
    assert bluesky.Event.__struct_fields__ == ("time_us", "kind", "commit")
    assert bluesky.Commit.__struct_fields__ == ("operation", "collection", "cid", "record")
    assert bluesky.Record.__struct_fields__ == ("text", "createdAt")


def test_limit_2_no_flow_touches_posts() -> None:
    """Prefect keeps parameters and results of flows: none of them knows that posts exist."""
    for path, tree in modules():
        if path.startswith("flows/"):
            assert not any("counting" in name or "posts" in name or "repeats" in name for name in imported(tree)), path


# --- the numbers --------------------------------------------------------------------------------------------------------

CELLS = st.builds(
    Cell,
    st.sampled_from(["a", "b"]),
    st.sampled_from([datetime(2026, 11, day).date() for day in (18, 19, 20)]),
    st.sampled_from(Platform),
    st.sampled_from(Said),
)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, st.integers(1, 30)), max_size=12), st.randoms(use_true_random=False), st.integers(1, 40))
def test_limit_2_what_comes_out_depends_on_the_multiset_of_cells_alone(counts: list[tuple[Cell, int]], shuffled: Any, each: int) -> None:
    """Whatever the order, the pauses between, and whoever wrote them: the sum of what is taken is each cell's number, from ten on."""
    every = [cell for cell, count in counts for _ in range(count)]
    expected = {cell: every.count(cell) for cell in set(every) if every.count(cell) >= 10}

    def taken(order: list[Cell], pause: int) -> dict[Cell, int]:
        tally, sums = Tally(live=False), dict[Cell, int]()
        for at, cell in enumerate(order, 1):
            tally.add(cell, f"{id(tally)}-{at}")
            if at % pause == 0 or at == len(order):
                for one, count in tally.take().items():
                    assert count >= 10 or one in sums
                    sums[one] = sums.get(one, 0) + count
        return sums

    mixed = list(every)
    shuffled.shuffle(mixed)
    assert taken(every, len(every) or 1) == taken(mixed, each) == expected


def test_limit_2_numbers_below_ten_are_nowhere(tmp_path: Path) -> None:
    data = watched_data(tmp_path / "data")
    file = tmp_path / "posts.jsonl"
    rows = [{"text": WATCHED[0], "created_at": "2026-11-18T03:00:00Z", "platform": "zalo", "id": at} for at in range(9)]
    rows += [{"text": "hôm nay trời đẹp quá cả nhà", "created_at": "2026-11-18T03:00:00Z"}] * 1_000
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    assert kiemtin("count", file, "--json", "--data", data).document["matched"] == "<10"
    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        assert counting.repeat_store.load(conn, datetime(2999, 1, 1).date()) == {}
    assert {claim["repeats_total"] for claim in kiemtin("claims", "--json", "--data", data).document["claims"]} == {"<10"}


def test_limit_2_two_threads_lose_and_gain_nothing() -> None:
    tally, cell = Tally(live=False), Cell("a", NOW.date(), Platform.SOCIAL, Said.REPEAT)
    threads = [threading.Thread(target=lambda: [tally.add(cell, str(at)) for at in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.take() == {cell: 500}, "each name once, whoever brings it"


def test_limit_2_count_lines_is_the_one_way_in(tmp_path: Path) -> None:
    """The command and the desk hand over a stream, never a post."""
    assert list(count_lines.__annotations__) == ["workspace", "stream", "endless", "return"]
