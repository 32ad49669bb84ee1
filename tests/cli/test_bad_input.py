"""Bad input through the command line: one clear line, the right exit code, nothing lost, and the rest of the work done."""

import gzip
import json
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from kiemtin.cli import cli as group
from kiemtin.domain.outlets import OutletKind
from kiemtin.pipeline import checks
from tests.support.cli import Cli, claim_text, repeating_page, review_page, rows, write_catalog
from tests.support.site import Reply, Site, article, outlet, rss

HUNDRED_MB = 100_000_000
RSS = "application/rss+xml"
ENTITIES = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
ENTITY_BOMB = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]><rss><channel><item><title>&i;</title></item></channel></rss>'


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
    site.routes["/trang-xau"] = Reply(article("Trang \0 có byte rỗng").replace(b"utf-8", b"utf-16"), content_type="text/html; charset=x-khong-co")
    outlets.append(outlet("Báo tốt", (site.feed("/tot.rss", [*pages, site.url("/trang-xau")]),)))
    with Site(tls=untrusted()) as unknown:
        outlets.append(outlet("Báo lạ", (unknown.feed("/rss", [unknown.page("/tin/1")]),)))
        words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", outlets), "--loopback-ok")
        ran, again = cli(*words, "--json"), cli(*words)

    found = {failure["outlet"].removeprefix("Báo "): failure["reason"] for failure in ran.document()["crawl"]["failures"]}
    assert found == {path: reason for path, reason in expected.items() if reason} | {"lạ": "tls_not_trusted"}
    assert (ran.code, ran.said, again.code) == (0, "", 0)
    assert {row["canonical_url"] for row in rows(cli.data, "SELECT canonical_url FROM stories")} >= set(pages)
    lines = [line for line in again.out.decode().splitlines() if "✗" in line]
    assert sorted(line.split()[2].rstrip(":") for line in lines) == sorted(found)
    assert all(line.isprintable() for line in lines)


def untrusted() -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_nothing_but_failures_is_exit_1_and_a_quiet_outlet_is_none(cli: Cli, site: Site, tmp_path: Path) -> None:
    """A feed that was read and has nothing new is work done: one other outlet's failure must not turn the exit code."""
    broken = [outlet("Báo một", (site.url("/khong-co"),)), outlet("Báo hai", (site.url("/khong-co-2"),))]
    ran = cli("run", "--catalog", write_catalog(tmp_path / "outlets.toml", broken), "--loopback-ok", "--json")
    assert (ran.code, len(ran.document()["crawl"]["failures"])) == (1, 2)
    site.routes["/im.rss"] = Reply(rss(""), content_type=RSS, etag=False)
    quiet = [broken[0], outlet("Báo im", (site.url("/im.rss"),))]
    ran = cli("run", "--catalog", write_catalog(tmp_path / "outlets.toml", quiet), "--loopback-ok", "--json")
    assert (ran.code, [failure["outlet"] for failure in ran.document()["crawl"]["failures"]]) == (0, ["Báo một"])


def test_loopback_is_refused_unless_it_was_agreed_to(cli: Cli, site: Site, tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "outlets.toml", [outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),))])
    ran = cli("run", "--catalog", catalog, "--json")
    assert (ran.code, [failure["reason"] for failure in ran.document()["crawl"]["failures"]]) == (1, ["private_address"])
    assert site.log == []


def test_control_characters_on_pages_never_reach_the_terminal(cli: Cli, site: Site, tmp_path: Path) -> None:
    paint = "\x1b[2J\x1b]0;x\x07\x9b"
    for path, page in (("/bao/1", repeating_page(1)), ("/soi/1", review_page(1, site.url("/soi/1"), f"Sai{paint} sự thật"))):
        body = page.decode().replace("Đập", f"Đập{paint}").replace("Kiểm chứng", f"Kiểm{paint} chứng")
        site.routes[path] = Reply(body.replace('claimReviewed": "', 'claimReviewed": "\\u001b[2J\\u0000').encode())
    papers = [
        outlet("Báo Trúc Lam", (site.feed("/bao.rss", [site.url("/bao/1")]),)),
        outlet("Trạm Soi Tin", (site.feed("/soi.rss", [site.url("/soi/1")]),), kind=OutletKind.FACT_CHECKER),
    ]
    ran = cli("run", "--catalog", write_catalog(tmp_path / "outlets.toml", papers), "--loopback-ok")
    assert ran.code == 0 and "✗" not in ran.out.decode()
    printed = [ran.out.decode()] + [cli(command).out.decode() for command in ("claims", "alerts")] + [cli("check", claim_text(1)).out.decode()]
    assert [text for text in printed if not text.replace("\n", "").isprintable()] == []
    assert "Trúc Lam số 1" in printed[1]


# Catalogues and configuration


ENTRY = b'[[outlet]]\nname = "A"\n'
BAD_CATALOGS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "[[outlet]]"),
    "no_outlets": (b"outlet = []", "[[outlet]]"),
    "unknown_kind": (ENTRY + b'kind = "blog"', "kind"),
    "unknown_key": (ENTRY + b'channel = "x"', "outlet 1"),
    "broken": (b"# 1\n# 2\n[[outlet]\nname = ", "line 3"),
    "binary": (bytes(range(255, -1, -1)) * 9, "UTF-8"),
    "nul": (b'[[outlet]]\nname = "A\0"', "line 2"),
    "deep": (b"x = " + b"[" * 100_000, "TOML"),
    "large": (b"#" * 6_000_000, "5 MiB"),
    "huge_number": (b"x = " + b"9" * 5_000, ""),
}


def test_a_catalogue_that_cannot_be_used_is_said_in_one_line_and_the_next_is_used(cli: Cli, site: Site, tmp_path: Path) -> None:
    catalog = tmp_path / "outlets.toml"
    for kind, (body, word) in BAD_CATALOGS.items():
        catalog.write_bytes(body)
        line = cli("run", "--catalog", str(catalog), "--loopback-ok", "--json").refusal()
        assert word in line and (str(catalog) in line or not word), kind
    assert not cli.data.exists()
    write_catalog(catalog, [outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),))])
    assert cli("run", "--catalog", str(catalog), "--loopback-ok", "--json").document()["crawl"]["new"] == 1


@pytest.mark.parametrize(
    "words",
    [["run", "--catalog"], ["outlets", "check", "--catalog"], ["tips", "import"], ["factchecks", "import"], ["count"], ["alerts", "--config"]],
)
def test_a_file_that_is_missing_or_a_directory_is_named_in_one_line(cli: Cli, tmp_path: Path, words: list[str]) -> None:
    missing = tmp_path / "khong-co"
    assert str(missing) in cli(*words, str(missing), "--json").refusal()
    missing.mkdir()
    assert str(missing) in cli(*words, str(missing), "--json").refusal()


BAD_CONFIGS: dict[str, tuple[bytes, str]] = {
    "broken": (b"\nbody_days = ,\n", "line 2"),
    "unknown_key": (b"ten_co_quan = 1", "ten_co_quan"),
    "out_of_range": (b"body_days = 365", "body_days"),
    "not_utf8": (b'office_name = "V\xe3n"', "kiemtin.toml"),
    "deep": (b"x = " + b"[" * 100_000, ""),
    "huge_number": (b"body_days = " + b"9" * 5_000, ""),
}


def test_a_configuration_that_cannot_be_used_is_said_in_one_line_and_a_mended_one_is_used(cli: Cli) -> None:
    cli.data.mkdir()
    for kind, (body, word) in BAD_CONFIGS.items():
        (cli.data / "kiemtin.toml").write_bytes(body)
        line = cli("alerts", "--json").refusal()
        assert word in line and ("kiemtin.toml" in line or not word), kind
    (cli.data / "kiemtin.toml").write_text("body_days = 30\n")
    assert "body_days" in cli("alerts", env={"KIEMTIN_BODY_DAYS": "nhiều"}).refusal().lower()
    assert cli("alerts", "--json").document() == {"alerts": []}


# Wrong usage, and faults of our own


@pytest.mark.parametrize(
    "words",
    [
        "khong-co",
        "check",
        "check a b",
        "alerts --status khong-co",
        "alerts --khong-co",
        "demo --port 99999",
        "demo --json",
        "tips import",
        "count",
        "count a b",
        "run x",
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(cli: Cli, words: str) -> None:
    assert "--help" in cli(*words.split(), data=False).refusal(2)


@pytest.mark.parametrize("words", [(), ("tips",), ("factchecks",), ("outlets",)])
def test_without_a_command_there_is_help_on_standard_error(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words, data=False)
    assert (ran.code, ran.out) == (2, b"") and "Usage: kiemtin" in ran.said


def test_a_fault_of_ours_is_one_line_without_the_words_that_led_to_it(full: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(text: str) -> Any:
        raise RuntimeError(text)

    with monkeypatch.context() as patch:
        patch.setattr(checks, "profile", fault)
        line = full("check", "canary 0912345678").refusal()
    assert "RuntimeError" in line and "canary" not in line
    assert full("check", claim_text(1), "--json").document()["matches"]


def test_every_command_is_tried_somewhere_here() -> None:
    """A command that is added has to be added to these tests, and to `test_contract.py`."""
    assert set(group.commands) == {
        "run",
        "check",
        "alerts",
        "claims",
        "count",
        "tips",
        "factchecks",
        "outlets",
        "reindex",
        "doctor",
        "demo",
        "eval",
        "train",
        "serve",
        "briefing",  # in tests/cli/test_briefing.py
        "user",
    }


# Files of tips and fact-checks


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


TIP = encoded({"text": "Cầu Vàm Trúc sẽ cấm mọi loại ô tô từ ngày 22/11 để sửa trụ cầu."})
CHECK = {
    "@type": "ClaimReview",
    "claimReviewed": claim_text(1),
    "url": "https://soitin.example/1",
    "author": {"@type": "Organization", "name": "Trạm Soi Tin"},
    "reviewRating": {"@type": "Rating", "alternateName": "Sai sự thật"},
}
REVIEW = encoded(CHECK)
BAD_LINES: dict[str, bytes] = {
    "broken": b'{"text": ',
    "not_utf8": b'{"text": "N\xf0\xff"}',
    "utf16": '{"text": "Nước dâng"}'.encode("utf-16"),
    "nul": b'{"text": "\0"}',
    "deep": b"[" * 200_000,
    "huge_number": b'{"text": ' + b"9" * 5_000 + b"}",
}
BAD_TIPS = BAD_LINES | {
    "half_a_character": TIP.replace(b"22/11", b"22/11\\ud800"),
    "spelt_nul": TIP.replace(b"22/11", b"22/11\\u0000"),
    "number": b'{"text": 12}',
    "list": b'["text"]',
    "null": b"null",
    "no_text": b'{"texts": "x"}',
    "blank": b'{"text": "  "}',
    "ten_mb": b'{"text": "' + b"a" * 10_000_000 + b'"}',
}
TIPS_TABLE = "SELECT * FROM tips"


@pytest.mark.parametrize("kind", BAD_TIPS)
def test_of_a_file_of_tips_with_a_bad_line_nothing_is_kept(cli: Cli, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "tips.jsonl"
    file.write_bytes(b"\n".join([TIP, b"", BAD_TIPS[kind], TIP]))
    line = cli("tips", "import", str(file), "--json").refusal()
    assert str(file) in line and (kind in ("not_utf8", "utf16") or "dòng 3 " in line)
    assert rows(cli.data, TIPS_TABLE) == []
    file.write_bytes(TIP)
    assert [tip["outcome"] for tip in cli("tips", "import", str(file), "--json").document()["tips"]] == ["kept"]
    assert len(rows(cli.data, TIPS_TABLE)) == 1


@pytest.mark.parametrize("kind", BAD_LINES)
def test_of_a_file_of_checks_with_a_bad_line_nothing_is_kept(cli: Cli, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "checks.jsonl"
    file.write_bytes(b"\n".join([REVIEW, b"", BAD_LINES[kind], REVIEW]))
    line = cli("factchecks", "import", str(file), "--json").refusal()
    assert str(file) in line and (kind in ("not_utf8", "utf16") or "dòng 3 " in line)
    assert rows(cli.data, "SELECT * FROM claim_reviews") == []
    file.write_bytes(REVIEW)
    assert cli("factchecks", "import", str(file), "--json").document()["saved"] == 1


def test_of_one_broken_document_the_place_in_it_is_said(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "check.json").write_text(json.dumps([CHECK], indent=1).replace('"url": ', '"url" '), "utf-8")
    assert "line 5 " in cli("factchecks", "import", str(tmp_path / "check.json")).refusal()


SHAPES: dict[str, bytes] = {
    "single": REVIEW,
    "array": encoded([CHECK]),
    "graph": encoded({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, CHECK]}),
    "feed": encoded({"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [CHECK]}]}),
    "lines": REVIEW + b"\n\n" + REVIEW + b"\n",
    "byte_order_mark": b"\xef\xbb\xbf" + REVIEW,
    "indented": json.dumps([CHECK], indent=2).encode(),
    "with_half_a_character": REVIEW.replace(b'ed": "', b'ed": "\\ud800'),
    "with_a_spelt_nul": REVIEW.replace(b'ed": "', b'ed": "\\u0000'),
    "with_a_line_separator": REVIEW.replace("vỡ ".encode(), "vỡ\u2028".encode()),
    "with_strangers": encoded([1, None, "x", {"@type": "Person"}, {"@type": "ClaimReview"}, CHECK]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_of_every_shape_the_one_good_check_is_kept(cli: Cli, tmp_path: Path, shape: str) -> None:
    (tmp_path / "checks").write_bytes(SHAPES[shape])
    report = cli("factchecks", "import", str(tmp_path / "checks"), "--json").document()
    assert (report["saved"], report["unusable"]) == (1, 0)
    assert [row["review_url"] for row in rows(cli.data, "SELECT review_url FROM claim_reviews")] == ["https://soitin.example/1"]
    assert len(cli("claims", "--json").document()["claims"]) == 1


def test_only_a_line_feed_ends_a_line_of_tips(cli: Cli, tmp_path: Path) -> None:
    """JSON allows U+2028 and U+0085 within a string as they are."""
    text = claim_text(1).replace(", ", ",\u2028").replace("vỡ ", "vỡ\u0085")
    (tmp_path / "tips.jsonl").write_bytes(encoded({"text": text}) + b"\r\n")
    assert len(cli("tips", "import", str(tmp_path / "tips.jsonl"), "--json").document()["tips"]) == 1


def test_an_empty_file_holds_no_tips_and_is_no_json(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert cli("tips", "import", str(tmp_path / "empty"), "--json").document() == {"tips": []}
    assert str(tmp_path / "empty") in cli("factchecks", "import", str(tmp_path / "empty"), "--json").refusal()


def test_a_file_of_100_mb_is_read_and_holds_nothing(cli: Cli, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b'{"text": "' + b"a" * HUNDRED_MB + b'"}\n')
    report = cli("factchecks", "import", str(large), "--json").document()
    assert report == {"read": 1, "saved": 0, "out_of_scope": 0, "unlisted": 0, "unusable": 1}
    assert str(large) in cli("tips", "import", str(large), "--json").refusal()
    large.unlink()


@pytest.mark.parametrize("kind", ["tips", "factchecks"])
def test_a_device_without_an_end_is_not_read_to_its_end(cli: Cli, kind: str) -> None:
    assert "/dev/zero" in cli(kind, "import", "/dev/zero").refusal()


# Texts to check


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 100_000, b"c\xe2u n\xf3i \xff\xfe"], ids=["empty", "blank", "100 kB", "no UTF-8"])
def test_a_text_that_cannot_be_checked_is_one_line(full: Cli, text: str | bytes) -> None:
    full("check", text, "--json").refusal()
    assert full("check", claim_text(1), "--json").document()["matches"]


ODD_TEXTS = [
    "\x01\x02\x1b[31mđỏ\x07", "a\0b", "😀😀🚒", "\u202e\u200b\ufeff", "a\u0300" * 2_000, "9" * 4_900, "-" * 300, "\U0010ffff", "(((((" * 900,
]  # fmt: skip


def test_odd_texts_are_answered(full: Cli) -> None:
    for text in ODD_TEXTS:
        ran = full("check", "--json", "--data", str(full.data), "--", text)
        assert (ran.code, ran.document()["text"], ran.document()["in_scope"]) == (0, text, False), text[:20]


def test_control_characters_in_a_text_never_reach_the_terminal(full: Cli) -> None:
    ran = full("check", f"\x1b[2J{claim_text(1)}\x07")
    assert ran.code == 0 and ran.out.decode().replace("\n", "").isprintable()
