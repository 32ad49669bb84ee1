"""Bad input through the real command: one clear line, the right exit code, nothing lost, and the rest of the work done."""

import gzip
import json
import os
import shutil
import signal
import sqlite3
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import trustme

from kiemtin.domain.outlets import OutletKind
from kiemtin.errors import BusyError
from kiemtin.store.records import writer_lock
from tests.support.cli import ROOT, Cli, Ran, checked_world, claim_text, repeating_page, review_page, rows, stored, wait_for, write_catalog
from tests.support.site import Reply, Site, article, outlet, rss

HUNDRED_MB = 100_000_000
RSS = "application/rss+xml"
ENTITIES = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
ENTITY_BOMB = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]><rss><channel><item><title>&i;</title></item></channel></rss>'


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with stories, checks, alerts and an index. Copy it before breaking it."""
    folder = tmp_path_factory.mktemp("filled")
    cli = Cli(folder)
    with Site() as site:
        ran = cli("run", "--catalog", write_catalog(folder / "outlets.toml", checked_world(site, 12, 3)), "--loopback-ok", "--json")
    assert ran.document()["analysis"]["opened"] == 3
    return cli.data


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> Cli:
    shutil.copytree(filled, tmp_path / "data")
    return Cli(tmp_path)


# Sites


def made_when_asked(reply: Callable[[], Reply], _before: int) -> Reply:
    """Large bodies are not kept."""
    return reply()


def misbehaving(site: Site) -> dict[str, str]:
    """Feeds that no honest site serves: their paths, and the reason that is to be given for each; "" where the feed can still be read."""
    page = site.page("/tin/1")
    item = f"<item><title>Tin</title><link>{page}</link></item>"
    moved = {
        "vong": "/vong",
        "noi-bo": "http://169.254.169.254/latest/meta-data/",
        "noi-bo-tran": "http://169.254.169.254",
        "noi-bo-so": "http://2852039166/",
        "noi-bo-sau": "http://[::ffff:169.254.169.254]/",
        "noi-bo-goc": "//169.254.169.254/",
    }
    bodies: dict[str, tuple[Callable[[], Reply], str]] = {
        "hong": (lambda: Reply(b"<rss><channel><item><title>x</channel", content_type=RSS), "malformed"),
        "bom-thuc-the": (lambda: Reply(ENTITY_BOMB.encode(), content_type=RSS), "malformed"),
        "nhi-phan": (lambda: Reply(bytes(range(256)) * 40, content_type=RSS), "malformed"),
        "rong": (lambda: Reply(b"", content_type=RSS), "malformed"),
        "ma-la": (lambda: Reply(rss(item).replace(b"utf-8", b"x-khong-co"), content_type="application/rss+xml; charset=x-khong-co"), ""),
        "sai-ma": (lambda: Reply(rss(item).replace(b"Tin", b"\xff\xfeTin\xe1\xba"), content_type=RSS), ""),
        "nul": (lambda: Reply(rss(item).replace(b"Tin", b"T\0in"), content_type=RSS), ""),
        "tram-mb": (lambda: Reply(bytes(HUNDRED_MB), content_type=RSS, etag=False), "too_large"),
        "tram-mb-khong-do-dai": (lambda: Reply(bytes(HUNDRED_MB), content_type=RSS, etag=False, length=False), "too_large"),
        "bom-gzip": (lambda: Reply(gzip.compress(bytes(HUNDRED_MB), 1), content_type=RSS, headers={"Content-Encoding": "gzip"}), "too_large"),
    }
    for path, (reply, _) in bodies.items():
        site.routes[f"/{path}"] = partial(made_when_asked, reply)
    for path, target in moved.items():
        site.routes[f"/{path}"] = Reply(status=302, headers={"Location": target})
    refused = {path: "too_many_redirects" if path == "vong" else "private_address" for path in moved}
    return {path: reason for path, (_, reason) in bodies.items()} | refused


def test_bad_sites_get_one_line_each_and_the_rest_is_crawled(cli: Cli, site: Site, tmp_path: Path) -> None:
    expected = misbehaving(site)
    outlets = [outlet(f"Báo {path}", (site.url(f"/{path}"),)) for path in expected]
    pages = [site.page(f"/tot/{number}", f"Nước hồ Trúc Lam dâng {number} mét") for number in range(3)]
    outlets.append(outlet("Báo tốt", (site.feed("/tot.rss", [*pages, site.url("/trang-xau")]),)))
    site.routes["/trang-xau"] = Reply(article("Trang \0 có byte rỗng").replace(b"utf-8", b"utf-16"), content_type="text/html; charset=x-khong-co")
    words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", outlets), "--loopback-ok")

    ran = cli(*words, "--json")
    report = ran.document()["crawl"]
    found = {failure["outlet"].removeprefix("Báo "): failure["reason"] for failure in report["failures"]}
    assert found == {path: reason for path, reason in expected.items() if reason}
    assert (ran.code, ran.said) == (0, "")
    assert {row["canonical_url"] for row in rows(cli.data, "SELECT canonical_url FROM stories")} >= set(pages)

    again = cli(*words)
    assert (again.code, again.said) == (0, "")
    lines = [line for line in again.out.decode().splitlines() if "✗" in line]
    assert sorted(line.split()[2] for line in lines) == sorted(found)
    assert all(line.isprintable() for line in lines)


def test_a_certificate_that_nobody_vouches_for_is_one_failure(cli: Cli, site: Site, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Site(tls=context) as unknown:
        good = outlet("Báo tốt", (site.feed("/rss", [site.page("/tin/1")]),))
        bad = outlet("Báo lạ", (unknown.feed("/rss", [unknown.page("/tin/1")]),))
        ran = cli("run", "--catalog", write_catalog(tmp_path / "outlets.toml", [bad, good]), "--loopback-ok", "--json")
    crawl = ran.document()["crawl"]
    assert (ran.code, crawl["new"], [failure["reason"] for failure in crawl["failures"]]) == (0, 1, ["tls_not_trusted"])


def test_nothing_but_failures_is_exit_1_with_the_reasons(cli: Cli, site: Site, tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "outlets.toml", [outlet("Báo một", (site.url("/khong-co"),)), outlet("Báo hai", (site.url("/khong-co-2"),))])
    ran = cli("run", "--catalog", catalog, "--loopback-ok", "--json")
    assert (ran.code, len(ran.document()["crawl"]["failures"])) == (1, 2)


def test_a_quiet_outlet_is_no_failure(cli: Cli, site: Site, tmp_path: Path) -> None:
    """A feed that was read and has nothing new is work done: one other outlet's failure must not turn the exit code."""
    site.routes["/im.rss"] = Reply(rss(""), content_type=RSS, etag=False)
    catalog = write_catalog(tmp_path / "outlets.toml", [outlet("Báo im", (site.url("/im.rss"),)), outlet("Báo hỏng", (site.url("/khong-co"),))])
    ran = cli("run", "--catalog", catalog, "--loopback-ok", "--json")
    assert (ran.code, [failure["outlet"] for failure in ran.document()["crawl"]["failures"]]) == (0, ["Báo hỏng"])


def test_loopback_is_refused_unless_it_was_agreed_to(cli: Cli, site: Site, tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "outlets.toml", [outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),))])
    ran = cli("run", "--catalog", catalog, "--json")
    assert (ran.code, [failure["reason"] for failure in ran.document()["crawl"]["failures"]]) == (1, ["private_address"])
    assert site.log == []


def test_a_feed_of_7_mb_is_refused(cli: Cli, site: Site, tmp_path: Path) -> None:
    items = "".join(f"<item><link>{site.url(f'/x/{number}')}</link></item>" for number in range(130_000))
    site.routes["/rss"] = Reply(rss(items), content_type=RSS)
    papers = [outlet("Báo dài", (site.url("/rss"),)), outlet("Báo tốt", (site.feed("/tot", [site.page("/tin/1")]),))]
    ran = cli("run", "--catalog", write_catalog(tmp_path / "outlets.toml", papers), "--loopback-ok", "--json")
    crawl = ran.document()["crawl"]
    assert (ran.code, crawl["new"], crawl["refusals"]) == (0, 1, {"too_large": 1})


@pytest.mark.slow
def test_of_a_feed_of_100_000_items_half_are_queued(cli: Cli, site: Site, tmp_path: Path) -> None:
    """Relative addresses keep it below 5 MiB. Nobody waits for its pages here: once they are queued, Ctrl-C."""
    items = "".join(f"<item><link>/x/{number}</link></item>" for number in range(100_000))
    site.routes["/rss"] = Reply(rss(items), content_type=RSS)
    words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", [outlet(feeds=(site.url("/rss"),))]), "--loopback-ok", "--json")
    running = cli.start(*words)
    wait_for(lambda: any(path.startswith("/x/") for path in site.paths()), 200)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip()) == (130, b"", b"")
    wait_for(lambda: is_free(cli.data), 10)
    assert rows(cli.data, "SELECT count(*) AS n FROM frontier WHERE role = 'page'") == [{"n": 50_000}]


# Catalogues and configuration


BAD_CATALOGS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "[[outlet]]"),
    "no_outlets": (b"outlet = []", "[[outlet]]"),
    "unknown_kind": (b'[[outlet]]\nname = "A"\nkind = "blog"', "kind"),
    "unknown_key": (b'[[outlet]]\nname = "A"\nchannel = "x"', "outlet 1"),
    "broken": (b"[[outlet]\nname = ", "TOML"),
    "binary": (bytes(range(255, -1, -1)) * 9, "UTF-8"),
    "nul": (b'[[outlet]]\nname = "A\0"', "TOML"),
    "deep": (b"x = " + b"[" * 100_000, "TOML"),
    "large": (b"#" * 6_000_000, "5 MiB"),
    "huge_number": (b"x = " + b"9" * 5_000, "TOML"),
}


@pytest.mark.parametrize("kind", BAD_CATALOGS)
def test_a_catalogue_that_cannot_be_used_is_named_in_one_line(cli: Cli, tmp_path: Path, kind: str) -> None:
    body, word = BAD_CATALOGS[kind]
    (tmp_path / "outlets.toml").write_bytes(body)
    line = cli("run", "--catalog", str(tmp_path / "outlets.toml"), "--json").refusal()
    assert "outlets.toml" in line and word in line


@pytest.mark.parametrize(
    "words", [["run", "--catalog"], ["outlets", "check", "--catalog"], ["tips", "import"], ["factchecks", "import"], ["alerts", "--config"]]
)
def test_a_file_that_is_missing_or_a_directory_is_named_in_one_line(cli: Cli, tmp_path: Path, words: list[str]) -> None:
    missing = tmp_path / "khong-co"
    assert str(missing) in cli(*words, str(missing), "--json").refusal()
    missing.mkdir()
    assert str(missing) in cli(*words, str(missing), "--json").refusal()


BAD_CONFIGS: dict[str, tuple[bytes, str]] = {
    "broken": (b"body_days = [", "kiemtin.toml"),
    "unknown_key": (b"ten_co_quan = 1", "ten_co_quan"),
    "out_of_range": (b"body_days = 365", "body_days"),
    "not_utf8": (b'office_name = "V\xe3n"', "kiemtin.toml"),
    "deep": (b"x = " + b"[" * 100_000, "kiemtin.toml"),
    "huge_number": (b"body_days = " + b"9" * 5_000, "kiemtin.toml"),
}


@pytest.mark.parametrize("kind", BAD_CONFIGS)
def test_a_configuration_that_cannot_be_used_is_named_in_one_line(cli: Cli, kind: str) -> None:
    body, word = BAD_CONFIGS[kind]
    cli.data.mkdir()
    (cli.data / "kiemtin.toml").write_bytes(body)
    line = cli("alerts", "--json").refusal()
    assert "kiemtin.toml" in line and word in line


def test_a_variable_that_cannot_be_used_is_named(cli: Cli) -> None:
    assert "body_days" in cli("alerts", env={"KIEMTIN_BODY_DAYS": "nhiều"}).refusal().lower()


@pytest.mark.parametrize(
    "words", ["", "tips", "khong-co", "check", "check a b", "alerts --status khong-co", "alerts --khong-co", "demo --port 99999", "demo --json"]
)
def test_wrong_usage_is_exit_2(cli: Cli, words: str) -> None:
    ran = cli(*words.split(), data=False)
    if words in ("", "tips"):  # help, not a complaint
        assert (ran.code, ran.out) == (2, b"") and "Usage: kiemtin" in ran.said
    else:
        assert ran.refusal(2)
    assert cli.strays() == []


# Files of tips and fact-checks

TIP = json.dumps({"text": "Cầu Vàm Trúc sẽ cấm mọi loại ô tô từ ngày 22/11 để sửa trụ cầu."}, ensure_ascii=False).encode()
REVIEW = json.dumps(
    {
        "@type": "ClaimReview",
        "claimReviewed": claim_text(1),
        "url": "https://soitin.example/1",
        "author": {"@type": "Organization", "name": "Trạm Soi Tin"},
        "reviewRating": {"@type": "Rating", "alternateName": "Sai sự thật"},
    },
    ensure_ascii=False,
).encode()
BAD_LINES: dict[str, bytes] = {
    "broken": b'{"text": ',
    "not_utf8": b'{"text": "N\xf0\xff"}',
    "nul": b'{"text": "\0"}',
    "deep": b"[" * 200_000,
    "huge_number": b'{"text": ' + b"9" * 5_000 + b"}",
    "half_a_character": TIP.replace(b"22/11", b"22/11\\ud800"),
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_of_a_file_of_tips_with_a_bad_line_nothing_is_kept(cli: Cli, tmp_path: Path, kind: str) -> None:
    (tmp_path / "tips.jsonl").write_bytes(b"\n".join([TIP, TIP, BAD_LINES[kind], TIP]))
    line = cli("tips", "import", str(tmp_path / "tips.jsonl"), "--json").refusal()
    assert "tips.jsonl" in line and (kind == "not_utf8" or "3" in line)
    assert rows(cli.data, "SELECT * FROM tips") == []


@pytest.mark.parametrize("kind", [kind for kind in BAD_LINES if kind != "half_a_character"])
def test_of_a_file_of_checks_with_a_bad_line_nothing_is_kept(cli: Cli, tmp_path: Path, kind: str) -> None:
    (tmp_path / "checks.jsonl").write_bytes(b"\n".join([REVIEW, REVIEW, BAD_LINES[kind], REVIEW]))
    line = cli("factchecks", "import", str(tmp_path / "checks.jsonl"), "--json").refusal()
    assert "checks.jsonl" in line and (kind == "not_utf8" or "3" in line)
    assert rows(cli.data, "SELECT * FROM claim_reviews") == []


def test_half_a_character_in_a_check_costs_that_check_only(cli: Cli, tmp_path: Path) -> None:
    bad = REVIEW.replace(b"soitin.example/1", b"soitin.example/2").replace(b'"claimReviewed": "', b'"claimReviewed": "\\ud800')
    (tmp_path / "checks.jsonl").write_bytes(REVIEW + b"\n" + bad)
    ran = cli("factchecks", "import", str(tmp_path / "checks.jsonl"), "--json")
    assert (ran.code, ran.document()["read"]) == (0, 2)
    assert {row["review_url"] for row in rows(cli.data, "SELECT review_url FROM claim_reviews")} >= {"https://soitin.example/1"}
    assert cli("claims", "--json").document()["claims"]


def test_blank_lines_are_counted_in_what_is_said(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "tips.jsonl").write_bytes(TIP + b'\n\n\n{"text": 1}\n')
    assert "4" in cli("tips", "import", str(tmp_path / "tips.jsonl")).refusal().replace("tips.jsonl", "").split("2000")[0]


def test_only_a_line_feed_ends_a_line_of_json(cli: Cli, tmp_path: Path) -> None:
    """JSON allows U+2028 and U+0085 within a string as they are."""
    text = claim_text(1).replace(", ", ",\u2028").replace("vỡ ", "vỡ\u0085")
    (tmp_path / "tips.jsonl").write_text(json.dumps({"text": text}, ensure_ascii=False) + "\n", "utf-8")
    assert len(cli("tips", "import", str(tmp_path / "tips.jsonl"), "--json").document()["tips"]) == 1
    (tmp_path / "checks.jsonl").write_bytes(REVIEW + b"\n" + REVIEW.replace("vỡ ".encode(), "vỡ\u2028".encode()))
    assert cli("factchecks", "import", str(tmp_path / "checks.jsonl"), "--json").document()["read"] == 2


@pytest.mark.parametrize("group", ["tips", "factchecks"])
def test_an_empty_file_is_no_crash(cli: Cli, tmp_path: Path, group: str) -> None:
    (tmp_path / "empty").touch()
    ran = cli(group, "import", str(tmp_path / "empty"), "--json")
    assert ran.code == 0 and ran.document() if ran.code == 0 else ran.refusal()


@pytest.mark.parametrize("group", ["tips", "factchecks"])
def test_a_line_of_50_mb_is_refused(cli: Cli, tmp_path: Path, group: str) -> None:
    long = tmp_path / "long.jsonl"
    long.write_bytes(b'{"text": "' + b"a" * 50_000_000 + b'"}\n')
    ran = cli(group, "import", str(long), "--json")
    if group == "tips":
        assert "long.jsonl" in ran.refusal()
    else:
        assert ran.code == 1 or ran.document() == {"read": 1, "saved": 0, "out_of_scope": 0, "unlisted": 0, "unusable": 1}
    long.unlink()


@pytest.mark.parametrize("group", ["tips", "factchecks"])
def test_a_device_without_an_end_is_not_read_to_its_end(cli: Cli, group: str) -> None:
    assert "/dev/zero" in cli(group, "import", "/dev/zero", timeout=60).refusal()


def test_control_characters_on_pages_never_reach_the_terminal(cli: Cli, site: Site, tmp_path: Path) -> None:
    paint = "\x1b[2J\x1b]0;x\x07\x9b"
    for path, page in (("/bao/1", repeating_page(1)), ("/soi/1", review_page(1, site.url("/soi/1"), f"Sai{paint} sự thật"))):
        body = page.decode().replace("Đập", f"Đập{paint}").replace("Kiểm chứng", f"Kiểm{paint} chứng")
        site.routes[path] = Reply(body.replace('claimReviewed": "', 'claimReviewed": "\\u001b[2J\\u0000\\ud800').encode())
    papers = [
        outlet("Báo Trúc Lam", (site.feed("/bao.rss", [site.url("/bao/1")]),)),
        outlet("Trạm Soi Tin", (site.feed("/soi.rss", [site.url("/soi/1")]),), kind=OutletKind.FACT_CHECKER),
    ]
    ran = cli("run", "--catalog", write_catalog(tmp_path / "outlets.toml", papers), "--loopback-ok")
    assert (ran.code, ran.said) == (0, "") and "✗" not in ran.out.decode()
    printed = [ran.out.decode()] + [cli(command).out.decode() for command in ("claims", "alerts")] + [cli("check", claim_text(1)).out.decode()]
    assert [text for text in printed if not text.replace("\n", "").isprintable()] == []
    assert "Trúc Lam số 1" in printed[1]


# Texts to check


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 100_000], ids=["empty", "blank", "100 kB"])
def test_a_text_that_cannot_be_checked_is_one_line(full: Cli, text: str) -> None:
    full("check", text, "--json").refusal()


ODD_TEXTS = ["\x01\x02\x1b[31mđỏ\x07", "😀😀🚒", "\u202e\u200b\ufeff", "a\u0300" * 2_000, "9" * 4_900, "-" * 300, "\U0010ffff", "(((((" * 900]


def test_odd_texts_are_answered(full: Cli) -> None:
    for text in ODD_TEXTS:
        ran = full("check", "--json", "--data", str(full.data), "--", text)
        assert (ran.code, ran.document()["text"], ran.document()["in_scope"]) == (0, text, False), text[:20]


def test_control_characters_never_reach_the_terminal(full: Cli) -> None:
    ran = full("check", f"\x1b[2J{claim_text(1)}\x07")
    assert ran.code == 0 and not set(ran.out) & set(range(9))
    assert b"\x1b[2J" not in ran.out and b"\x07" not in ran.out


def test_words_that_are_no_utf_8_make_no_broken_json(full: Cli) -> None:
    ran = full("check", b"c\xe2u n\xf3i \xff\xfe", "--json")
    if ran.code:
        ran.refusal()
    assert ran.code or isinstance(ran.document()["text"], str)


# Data directories


def open_to_all(folder: Path) -> None:
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.getuid() and path not in (Path("/"), Path("/tmp")):
            path.chmod(path.stat().st_mode | 0o755)


def nobody() -> list[str]:
    """What makes a command one without rights: nothing for an ordinary user, another user for root."""
    if os.geteuid() != 0:
        return []
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if shutil.which("setpriv") is None or subprocess.run([*prefix, "test", "-r", str(ROOT / "pyproject.toml")], check=False).returncode:
        pytest.skip("root, and no other user can be taken on: a read-only directory cannot be tried")
    return prefix


def test_a_data_directory_that_is_read_only_is_one_line(full: Cli, site: Site, tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "outlets.toml", [outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),))])
    before = stored(full.data)
    open_to_all(full.data)
    modes = {path: path.stat().st_mode for path in (full.data, *full.data.rglob("*"))}
    try:
        for path in modes:
            path.chmod(0o555 if path.is_dir() else 0o444)
        prefix = nobody()
        for words in (("run", "--catalog", catalog, "--loopback-ok"), ("reindex",), ("alerts",)):
            ran = full(*words, "--json", prefix=prefix)
            # Reading may be refused or done; what is said must be right either way.
            assert ran.document()["alerts"] if ran.code == 0 and words == ("alerts",) else str(full.data) in ran.refusal()
        doctor = full("doctor", "--json", prefix=prefix)
        assert doctor.code == 1 and any(not finding["ok"] and finding["mend"] for finding in doctor.document()["findings"])
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert stored(full.data) == before
    assert site.log == []


def test_a_data_directory_that_cannot_be_made_is_one_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/kiemtin")):
        assert str(place) in cli("alerts", "--json", "--data", str(place)).refusal()


def test_another_writer_is_waited_for_by_nobody(full: Cli, site: Site, tmp_path: Path) -> None:
    (tmp_path / "checks.json").write_bytes(REVIEW)
    catalog = write_catalog(tmp_path / "outlets.toml", [outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),))])
    before = stored(full.data)
    with writer_lock(full.data):
        for words in (("run", "--catalog", catalog, "--loopback-ok"), ("factchecks", "import", str(tmp_path / "checks.json")), ("reindex",)):
            assert str(full.data) in full(*words, "--json").refusal()
        assert len(full("alerts", "--json").document()["alerts"]) == 3
        assert full("check", claim_text(1), "--json").document()["matches"]
    assert stored(full.data) == before


def test_reading_goes_on_while_the_database_is_being_written(full: Cli) -> None:
    with sqlite3.connect(full.data / "records.sqlite3") as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(full("alerts", "--json", timeout=25).document()["alerts"]) == 3
        assert full("check", claim_text(1), "--json", timeout=25).document()["matches"]
        assert full("doctor", "--json", timeout=25).code == 0
        other.rollback()
    other.close()


def test_two_runs_at_once(cli: Cli, site: Site, tmp_path: Path) -> None:
    pages = [site.page(f"/tin/{number}", f"Nước hồ Trúc Lam dâng {number} mét") for number in range(20)]
    slow = article("Trang chậm về hồ Trúc Lam")
    site.routes["/cham"] = Reply(slow, drip=2.5 / len(slow))
    paper = outlet(feeds=(site.feed("/rss", [*pages, site.url("/cham")]),))
    words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", [paper]), "--loopback-ok", "--json")
    first = cli.start(*words)
    wait_for(lambda: len(site.paths()) > 2)
    second = cli(*words)
    out, err = first.communicate(timeout=60)
    assert str(cli.data) in second.refusal()
    assert Ran(first.returncode, out, err).document()["crawl"]["new"] == 21
    assert [path for path in site.paths() if site.paths().count(path) > 1] == []


def test_first_commands_at_once_make_one_schema(cli: Cli) -> None:
    both = [cli.start("alerts", "--json") for _ in range(3)]
    ended = [(process.communicate(timeout=60), process.returncode) for process in both]
    assert [(code, err) for (_, err), code in ended] == [(0, b"")] * 3


def test_checks_at_once_over_a_lost_index_all_find(full: Cli) -> None:
    shutil.rmtree(full.data / "index")
    both = [full.start("check", claim_text(1), "--json") for _ in range(3)]
    found = [Ran(process.returncode, *ended) for process in both if (ended := process.communicate(timeout=60))]
    assert [ran.code for ran in found] == [0, 0, 0], [ran.said for ran in found]
    assert all(ran.document()["matches"] for ran in found)


def break_header(data: Path) -> None:
    (data / "records.sqlite3").write_bytes(b"this is not a database, and is longer than a header of one hundred bytes" * 99)


def break_middle(data: Path) -> None:
    body = bytearray((data / "records.sqlite3").read_bytes())
    body[4096:-4096] = b"\xff" * (len(body) - 8192)
    (data / "records.sqlite3").write_bytes(body)


def cut_short(data: Path) -> None:
    body = (data / "records.sqlite3").read_bytes()
    (data / "records.sqlite3").write_bytes(body[: len(body) // 3])


def another_schema(data: Path) -> None:
    with sqlite3.connect(data / "records.sqlite3") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()


def make_directory(data: Path) -> None:
    (data / "records.sqlite3").unlink()
    (data / "records.sqlite3").mkdir()


@pytest.mark.parametrize("damage", [break_header, break_middle, cut_short, another_schema, make_directory])
def test_a_broken_database_is_one_line_and_is_left_as_it_is(full: Cli, damage: Callable[[Path], None]) -> None:
    for leftover in ("records.sqlite3-wal", "records.sqlite3-shm"):
        (full.data / leftover).unlink(missing_ok=True)
    damage(full.data)
    kept = (full.data / "records.sqlite3").read_bytes() if (full.data / "records.sqlite3").is_file() else b""
    for words in (("alerts",), ("check", claim_text(1))):
        full(*words, "--json").refusal()
    doctor = full("doctor", "--json")
    assert doctor.code == 1 and any(not finding["ok"] and finding["mend"] for finding in doctor.document()["findings"])
    assert not kept or (full.data / "records.sqlite3").read_bytes() == kept


def garble(path: Path) -> None:
    path.write_bytes(os.urandom(max(100, path.stat().st_size)))


def garble_all(index: Path, pattern: str) -> None:
    for path in (index / "review").glob(pattern):
        garble(path)


def lose_terms(index: Path) -> None:
    for path in (index / "review").glob("*.term"):
        path.unlink()


def make_a_file_of(index: Path) -> None:
    shutil.rmtree(index)
    index.touch()


INDEX_DAMAGE: dict[str, Callable[[Path], object]] = {
    "meta_garbled": lambda index: garble(index / "review" / "meta.json"),
    "meta_empty": lambda index: (index / "review" / "meta.json").write_bytes(b""),
    "all_garbled": lambda index: garble_all(index, "*.*"),
    "terms_garbled": lambda index: garble_all(index, "*.term"),
    "postings_garbled": lambda index: garble_all(index, "*.idx"),
    "texts_garbled": lambda index: garble_all(index, "*.store"),
    "terms_gone": lose_terms,
    "one_half_gone": lambda index: shutil.rmtree(index / "review"),
    "all_gone": shutil.rmtree,
    "a_file": make_a_file_of,
}


@pytest.mark.parametrize("kind", INDEX_DAMAGE)
def test_a_broken_index_is_said_or_mended_and_reindex_mends_it(full: Cli, kind: str) -> None:
    whole = stored(full.data)
    INDEX_DAMAGE[kind](full.data / "index")
    ran = full("check", claim_text(1), "--json")
    # An empty answer would be a lie: the check is in Records.
    assert ran.document()["matches"] if ran.code == 0 else "reindex" in ran.refusal()
    mended = full("reindex", "--json")
    assert mended.code == 0 and mended.document()["indexed"] == 12 + 3, mended.said[-500:]
    assert full("check", claim_text(1), "--json").document()["matches"]
    assert stored(full.data) == whole


# A full disk


class SmallDisk:
    """A tmpfs that only commands inside its mount namespace see: `prefix` puts a command there."""

    def __init__(self, folder: Path, size: str) -> None:
        folder.mkdir()
        self.folder = folder
        script = 'mount -t tmpfs -o size="$1" tmpfs "$0" && echo ready && exec cat'
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(folder), size]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._holder.stdout is not None
        self.works = self._holder.stdout.readline() == b"ready\n"
        self.prefix = ["nsenter", "--target", str(self._holder.pid), "--mount", "--wd=/"]

    def grow(self, size: str) -> None:
        subprocess.run([*self.prefix, "mount", "-o", f"remount,size={size}", str(self.folder)], check=True)

    def copy_to(self, folder: Path) -> None:
        """What lies on the disk, for looking at it from here."""
        shutil.copytree(f"/proc/{self._holder.pid}/root{self.folder}", folder, dirs_exist_ok=True)

    def close(self) -> None:
        self._holder.communicate()


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[tuple[str, ...], dict[str, list[str]]]]:
    """A command over a small site, and what it stores where there is room."""
    folder = tmp_path_factory.mktemp("room")
    with Site() as site:
        words = ("run", "--catalog", write_catalog(folder / "outlets.toml", checked_world(site, 30, 4)), "--loopback-ok", "--json")
        cli = Cli(folder)
        assert cli(*words).code == 0
        yield words, stored(cli.data)


@pytest.mark.parametrize("size", ["200k", "800k", "1500k"], ids=["schema", "crawl", "analysis"])
def test_a_full_disk_is_one_line_and_room_lets_it_go_on(reading: tuple[tuple[str, ...], dict[str, list[str]]], tmp_path: Path, size: str) -> None:
    words, whole = reading
    with small_disk(tmp_path / "disk", size) as disk:
        cli = Cli(tmp_path, disk.folder)
        said = cli(*words, prefix=disk.prefix).refusal()
        assert "full" in said or "No space left" in said
        disk.grow("64m")
        finished = cli(*words, prefix=disk.prefix)
        assert finished.code == 0, finished.said[-500:]
        disk.copy_to(tmp_path / "copy")
    assert stored(tmp_path / "copy") == whole


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("nsenter") is None:
        pytest.skip("not root, or no unshare: a full disk cannot be tried")
    disk = SmallDisk(folder, size)
    try:
        if not disk.works:
            pytest.skip("mounting is not permitted here: a full disk cannot be tried")
        yield disk
    finally:
        disk.close()


# Standard output that goes away, and Ctrl-C


def test_a_reader_that_leaves_early_is_no_error(full: Cli) -> None:
    for words in (("alerts",), ("alerts", "--json"), ("claims",)):
        process = full.start(*words)
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.stderr.close()
        assert process.wait(60) in (0, 1, 141) and said == b""


def test_head_gets_its_line(full: Cli) -> None:
    process = full.start("claims")
    assert process.stdout is not None and process.stderr is not None
    first = process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) in (0, 1, 141) and said == b"" and first.strip()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full: a full standard output cannot be tried")
def test_standard_output_on_a_full_disk_is_one_line(full: Cli) -> None:
    with open("/dev/full", "wb") as nowhere:
        full("alerts", "--json", stdout=nowhere).refusal()


def test_ctrl_c_stops_a_run_with_130_and_the_next_goes_on(cli: Cli, site: Site, tmp_path: Path) -> None:
    pages = [site.page(f"/tin/{number}", f"Nước hồ Trúc Lam dâng {number} mét") for number in range(40)]
    site.routes["/tin/12"] = lambda before: Reply(article("Trang chậm về hồ Trúc Lam"), drip=0 if before else 0.02)
    words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", [outlet(feeds=(site.feed("/rss", pages),))]), "--loopback-ok")
    running = cli.start(*words)
    wait_for(lambda: site.asked("/tin/12"))
    os.killpg(running.pid, signal.SIGINT)  # what a terminal sends: to the crawl process too
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert set(err.decode().split("\n")) <= {"", "… thu thập"}
    wait_for(lambda: is_free(cli.data), 5)
    report = cli(*words, "--json").document()["crawl"]
    assert report["resumed"] and 0 < report["new"] < 40
    assert len(rows(cli.data, "SELECT id FROM stories")) == 40
    assert {path for path in site.paths() if path.startswith("/tin/") and site.paths().count(path) > 1} <= {"/tin/12"}


def is_free(data: Path) -> bool:
    try:
        with writer_lock(data):
            return True
    except BusyError:
        return False
