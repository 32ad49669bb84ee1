"""The contract that scripts depend on: shapes of JSON, options after a command's own words, and a second pass that does nothing twice."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiemtin.demo.run import world_folder
from kiemtin.demo.server import WorldServer, serving
from kiemtin.demo.world import World
from kiemtin.domain.outlets import OutletKind
from tests.support.cli import Cli, claim_text, made_once, repeating_page, review_page, rows, write_catalog
from tests.support.site import Reply, Site, article, outlet

THEMES = {
    "health", "disaster", "scams", "food_fisheries", "economy", "public_services", "education", "transport", "environment", "tourism_culture",
    "science_tech",
}  # fmt: skip
STATUSES = {"new", "in_review", "rated", "approved", "sent", "withdrawn", "dismissed", "needs_evidence"}
KINDS = {"news", "fact_checker", "authority", "unlisted"}
PLATFORMS = {"social", "video", "messaging", "other"}

REASON = {"name": str, "value": (int, float), "weight": (int, float), "text": str}
EVIDENCE = {
    "url": str,
    "publisher": str,
    "publisher_kind": KINDS,
    "relation": {"refutes", "supports", "not_enough_info"},
    "rating": (str, None),
    "quote": str,
}
ALERTS = {
    "alerts": [
        {
            "id": str,
            "status": STATUSES,
            "theme": THEMES,
            "priority": (int, float),
            "claim": {"id": str, "text": str},
            "appearances": [{"url": str, "outlet": str, "published_at": (str, None), "quote": str}],
            "evidence": [EVIDENCE],
            "independent_evidence": bool,
            "reasons": [REASON],
        }
    ]
}
CHECK = {
    "text": str,
    "theme": THEMES | {None},
    "in_scope": bool,
    "matches": [
        {
            "relation": {"same", "opposite", "related"},
            "linked": bool,
            "score": (int, float),
            "claim_reviewed": str,
            "rating": str,
            "review_url": str,
            "reviewed_by": str,
            "reasons": [REASON],
        }
    ],
    "evidence": [EVIDENCE],
}
CLAIMS = {
    "claims": [
        {
            "id": str,
            "text": str,
            "theme": THEMES | {None},
            "review_url": (str, None),
            "repeats": [{"day": str, "platform": PLATFORMS, "count": (int, "<10")}],
            "repeats_total": (int, "<10"),
        }
    ]
}


def misshapen(value: Any, shape: Any, where: str = "$") -> list[str]:
    """Where a document departs from a shape: dictionaries have exactly these keys, sets are allowed values, tuples are alternatives."""
    fault = [f"{where}: {value!r}"[:300]]
    match shape:
        case dict():
            if not isinstance(value, dict) or list(value) != list(shape):
                return fault
            return [found for key in shape for found in misshapen(value[key], shape[key], f"{where}.{key}")]
        case [item] if isinstance(shape, list):
            if not isinstance(value, list):
                return fault
            return [found for number, one in enumerate(value) for found in misshapen(one, item, f"{where}[{number}]")]
        case tuple():
            fits = any(not misshapen(value, one) for one in shape)
        case set():
            fits = value in shape
        case type():
            fits = isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
        case _:
            fits = value == shape
    return [] if fits else fault


def test_the_shape_checker_sees_faults() -> None:
    good: dict[str, Any] = {"claims": [{"id": "a", "text": "b", "theme": None, "review_url": None, "repeats": [], "repeats_total": "<10"}]}
    assert misshapen(good, CLAIMS) == []
    for key, bad in {"id": 1, "theme": "politics", "repeats_total": True, "repeats": {}, "more": 1}.items():
        assert misshapen({"claims": [good["claims"][0] | {key: bad}]}, CLAIMS), key


@dataclass(frozen=True, slots=True)
class Served:
    """The demo's world on a server, and what two passes over it by the command left behind."""

    cli: Cli
    world: World
    first: dict[str, Any]
    asked_first: list[tuple[str, int]]
    second: dict[str, Any]
    asked_second: list[tuple[str, int]]


def crawl_the_demo_twice(folder: Path) -> None:
    cli = Cli(folder)
    with serving(WorldServer()) as server:
        world = World(world_folder(), server.base)
        server.documents = world.documents()
        (folder / "outlets.toml").write_text(world.catalog(), "utf-8")
        seen: dict[str, Any] = {"base": server.base}
        for name in ("first", "second"):
            ran = cli("run", "--catalog", str(folder / "outlets.toml"), "--loopback-ok", "--json")
            assert (ran.code, ran.said) == (0, "")
            seen |= {name: ran.document(), f"asked_{name}": list(server.asked)}
            server.asked.clear()
    (folder / "seen.json").write_text(json.dumps(seen), "utf-8")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    folder = made_once(tmp_path_factory, "demo", crawl_the_demo_twice)
    seen = json.loads((folder / "seen.json").read_text("utf-8"))
    asked = [[(path, status) for path, status in seen[f"asked_{name}"]] for name in ("first", "second")]
    return Served(Cli(folder), World(world_folder(), seen["base"]), seen["first"], asked[0], seen["second"], asked[1])


def is_private(page: dict[str, Any]) -> bool:
    return bool(page["slug"].startswith("rieng-tu-"))


# The demo's world


def test_every_story_of_the_demo_is_stored_once(served: Served) -> None:
    open_pages = sorted(served.world.address(page) for page in served.world.data["pages"] if not is_private(page))
    assert sorted(row["canonical_url"] for row in rows(served.cli.data, "SELECT canonical_url FROM stories")) == open_pages
    assert rows(served.cli.data, "SELECT max(revision) AS n FROM story_revisions") == [{"n": 1}]


def test_every_claim_review_of_the_demo_is_stored_once(served: Served) -> None:
    pages = served.world.data["pages"]
    published = Counter((review["claim_reviewed"], served.world.address(page)) for page in pages for review in page.get("reviews", ()))
    found = Counter((row["claim_reviewed"], row["review_url"]) for row in rows(served.cli.data, "SELECT * FROM claim_reviews WHERE NOT derived"))
    document = served.first
    assert found <= published and max(found.values()) == 1
    assert document["crawl"]["reviews"] == published.total() == found.total() + document["analysis"]["out_of_scope_checks"]


def test_the_second_pass_over_the_demo_is_all_304_and_nothing_new(served: Served) -> None:
    crawl, analysis = (served.second[part] for part in ("crawl", "analysis"))
    assert (crawl["new"], crawl["changed"], crawl["same"], crawl["reviews"]) == (0, 0, 0, 0)
    assert {key: count for key, count in analysis.items() if count} == {}
    assert {status for path, status in served.asked_second if path != "/robots.txt"} == {304}
    readable = {path for path, status in served.asked_first if status == 200} - {"/robots.txt"}
    assert {path for path, _ in served.asked_second} - {"/robots.txt"} == readable


def test_what_robots_txt_forbids_is_never_asked(served: Served) -> None:
    hidden = {served.world.address(page).removeprefix(served.world.base) for page in served.world.data["pages"] if is_private(page)}
    asked = Counter(path for path, _ in served.asked_first)
    assert hidden and not hidden & {path for path, _ in (*served.asked_first, *served.asked_second)}
    assert max(asked.values()) == 1
    assert served.asked_first[0][0] == "/robots.txt"


# Shapes


def test_passes_have_their_shape(served: Served) -> None:
    assert misshapen(served.first, SHAPES["run"]) == misshapen(served.second, SHAPES["run"]) == []


def test_alerts_have_their_shape(served: Served) -> None:
    document = served.cli("alerts", "--json").document()
    assert document["alerts"] and misshapen(document, ALERTS) == []
    for alert in document["alerts"]:
        assert alert["appearances"] and alert["reasons"] and all(piece["quote"] and piece["url"].startswith("http") for piece in alert["evidence"])
        assert any(piece["relation"] == "refutes" for piece in alert["evidence"])
    assert [alert["priority"] for alert in document["alerts"]] == sorted((alert["priority"] for alert in document["alerts"]), reverse=True)


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_alerts_are_chosen_by_status(served: Served, status: str) -> None:
    document = served.cli("alerts", "--status", status, "--json").document()
    assert bool(document["alerts"]) == (status == "new")


def test_claims_have_their_shape(served: Served) -> None:
    document = served.cli("claims", "--json").document()
    assert misshapen(document, CLAIMS) == []
    assert len({claim["id"] for claim in document["claims"]}) == len(document["claims"])
    refuted = {row["review_url"] for row in rows(served.cli.data, "SELECT review_url FROM claim_reviews WHERE rating IN ('false', 'misleading')")}
    assert {claim["review_url"] for claim in document["claims"]} >= refuted


def test_checks_have_their_shape(served: Served) -> None:
    reviews = [review["claim_reviewed"] for page in served.world.data["pages"] for review in page.get("reviews", ())]
    for text in (reviews[0], "Trời đẹp.", "Theo tôi nên trồng thêm cây."):
        document = served.cli("check", text, "--json").document()
        assert misshapen(document, CHECK) == [], text
        assert document["text"] == text
        scores = [match["score"] for match in document["matches"]]
        assert scores == sorted(scores, reverse=True)
        assert document["in_scope"] or document["evidence"] == []
    assert served.cli("check", reviews[0], "--json").document()["matches"][0]["claim_reviewed"] == reviews[0]


# Every command

# Those that DESIGN.md gives stand above; the others are what the commands print.
SHAPES: dict[str, Any] = {
    "run": {
        "crawl": dict,
        "analysis": dict,
        "clipped": dict,
        "forgotten": int,
        "deliveries": {"sent": int, "failed": int, "waiting": int, "notices": int},
    },
    "check": CHECK,
    "alerts": ALERTS,
    "claims": CLAIMS,
    "tips": {"tips": [{"outcome": {"answered", "kept", "refused", "out_of_scope"}, "message": str, "matches": CHECK["matches"]}]},
    "factchecks": {"read": int, "saved": int, "out_of_scope": int, "unlisted": int, "unusable": int},
    "outlets": {"outlets": [dict]},
    "reindex": {"indexed": int},
    "doctor": {"findings": [{"part": str, "ok": bool, "text": str, "mend": str}]},
    "demo": {"pass": dict, **ALERTS},
}


def every_command(folder: Path) -> dict[str, tuple[str, ...]]:
    """Each command with its own words; passes and the demo are looked at above and below. No outlet answers on port 9."""
    catalog = write_catalog(folder / "files" / "o.toml", [outlet(feeds=("http://127.0.0.1:9/rss",))])
    (folder / "files" / "tips.jsonl").write_text('{"text": "Trời đẹp."}\n', "utf-8")
    (folder / "files" / "checks.json").write_text('{"@type": "ClaimReview"}', "utf-8")
    return {
        "check": ("check", "Trời đẹp."),
        "alerts": ("alerts", "--status", "new"),
        "claims": ("claims",),
        "tips": ("tips", "import", str(folder / "files" / "tips.jsonl")),
        "factchecks": ("factchecks", "import", str(folder / "files" / "checks.json")),
        "outlets": ("outlets", "check", "--catalog", catalog, "--loopback-ok"),
        "reindex": ("reindex",),
        "doctor": ("doctor",),
    }


@pytest.mark.parametrize("command", sorted(SHAPES.keys() - {"run", "demo"}))
def test_under_json_there_is_one_document_of_its_shape_and_nothing_else(tmp_path: Path, command: str) -> None:
    """The options follow the command's own words."""
    cli = Cli(tmp_path)
    ran = cli(*every_command(tmp_path)[command], "--data", str(tmp_path / "elsewhere"), "--json")
    assert misshapen(ran.document(), SHAPES[command]) == [] and ran.said == ""
    assert ran.code == (1 if command == "outlets" else 0)
    assert not cli.data.exists() and cli.strays() == []


def test_everything_that_is_written_stays_under_data(tmp_path: Path) -> None:
    """The demo does all that there is to do."""
    cli = Cli(tmp_path)
    ran = cli.process("demo", "--once", "--port", "0", "--json", "--data", str(tmp_path / "elsewhere"))
    assert misshapen(ran.document(), SHAPES["demo"]) == [] and ran.said == ""
    assert (ran.code, cli.strays()) == (0, [])
    assert {path.name for path in tmp_path.iterdir()} == {"home", "work", "tmp", "elsewhere"}


def test_without_data_everything_goes_under_the_working_directory(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    assert cli.process("alerts", data=False).code == 0
    assert cli.strays() and {path.relative_to(tmp_path).parts[:2] for path in cli.strays()} == {("work", "data")}


def test_the_demo_leaves_other_peoples_directories_alone(cli: Cli) -> None:
    cli.data.mkdir()
    (cli.data / "records.sqlite3").write_text("mine")
    assert str(cli.data) in cli("demo", "--once", "--port", "0", "--json").refusal()
    assert (cli.data / "records.sqlite3").read_text() == "mine"


def test_for_people_there_are_words_and_no_json(served: Served) -> None:
    for words in (("alerts",), ("claims",), ("doctor",), ("check", "Trời đẹp.")):
        ran = served.cli(*words)
        assert ran.code == 0 and ran.said == ""
        with pytest.raises(json.JSONDecodeError):
            json.loads(ran.out)


# What changes on the pages


@dataclass(frozen=True, slots=True)
class Town:
    """A newspaper with one page that repeats claim 1 and one that repeats claim 2, and a fact-checker that has checked claim 1."""

    site: Site
    cli: Cli
    words: tuple[str, ...]

    def run(self) -> Any:
        ran = self.cli(*self.words)
        assert ran.code == 0, ran.said
        return ran.document()

    def claims(self) -> set[str]:
        return {alert["claim"]["text"] for alert in self.cli("alerts", "--json").document()["alerts"]}

    def check_published(self, number: int, alternate_name: str, value: int) -> None:
        self.site.routes[f"/soi/{number}"] = Reply(review_page(number, self.site.url(f"/soi/{number}"), alternate_name, value))


@pytest.fixture(scope="module")
def one_pass(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Path, tuple[str, ...]]]:
    folder = tmp_path_factory.mktemp("town")
    with Site() as site:
        site.routes["/bao/1"], site.routes["/bao/2"] = Reply(repeating_page(1)), Reply(repeating_page(2))
        town = Town(site, Cli(folder), ())
        town.check_published(1, "Sai sự thật", 1)
        papers = [
            outlet("Báo Trúc Lam", (site.feed("/bao.rss", [site.url("/bao/1"), site.url("/bao/2")]),)),
            outlet("Trạm Soi Tin", (site.feed("/soi.rss", [site.url("/soi/1")]),), kind=OutletKind.FACT_CHECKER),
        ]
        words = ("run", "--catalog", write_catalog(folder / "outlets.toml", papers), "--loopback-ok", "--json")
        assert Cli(folder)(*words).code == 0
        yield site, folder / "data", words


@pytest.fixture
def town(one_pass: tuple[Site, Path, tuple[str, ...]], tmp_path: Path) -> Iterator[Town]:
    """As it is after one pass; the site is put back afterwards."""
    site, data, words = one_pass
    shutil.copytree(data, tmp_path / "data")
    routes = dict(site.routes)
    town = Town(site, Cli(tmp_path), words)
    assert town.claims() == {claim_text(1)}
    yield town
    site.routes.clear()
    site.routes.update(routes)


def test_a_changed_page_is_a_revision_of_the_same_story(town: Town) -> None:
    before = rows(town.cli.data, "SELECT id, canonical_url FROM stories ORDER BY id")
    town.site.routes["/bao/1"] = Reply(repeating_page(1).replace("Bản tin số 0".encode(), "Bản tin số 7".encode()))
    crawl = town.run()["crawl"]
    assert (crawl["new"], crawl["changed"]) == (0, 1)
    assert rows(town.cli.data, "SELECT id, canonical_url FROM stories ORDER BY id") == before
    assert [row["revision"] for row in rows(town.cli.data, "SELECT revision FROM story_revisions ORDER BY story_id, revision")].count(2) == 1
    assert town.claims() == {claim_text(1)}


def test_a_check_that_turns_from_false_to_true_closes_the_untouched_alert(town: Town) -> None:
    town.check_published(1, "Đúng sự thật", 5)
    report = town.run()
    assert (report["analysis"]["closed"], town.claims()) == (1, set())
    assert [row["rating"] for row in rows(town.cli.data, "SELECT rating FROM claim_reviews")] == ["true"]
    assert town.run()["analysis"]["opened"] == 0


def test_a_page_that_comes_to_carry_a_debunk_closes_its_alert(town: Town) -> None:
    denial = f"Cải chính: thông tin “{claim_text(1).rstrip('.')}” mà chúng tôi đã đăng là sai sự thật; đập không vỡ, không thôn nào bị ngập."
    again = denial.replace("Cải chính", "Xin nhắc lại")
    town.site.routes["/bao/1"] = Reply(article("Cải chính: không có chuyện đập Trúc Lam số 1 vỡ", (denial, again)))
    report = town.run()
    assert (report["crawl"]["changed"], town.claims()) == (1, set())


def test_a_page_that_no_longer_says_it_closes_its_alert(town: Town) -> None:
    town.site.routes["/bao/1"] = Reply(article("Thư viện Trúc Lam nhận thêm 20 đầu sách"))
    assert (town.run()["crawl"]["changed"], town.claims()) == (1, set())


def test_a_check_that_comes_later_finds_the_story_that_is_stored(town: Town) -> None:
    town.check_published(2, "Sai sự thật", 1)
    town.site.feed("/soi.rss", [town.site.url("/soi/1"), town.site.url("/soi/2")])
    report = town.run()
    assert (report["crawl"]["new"], report["analysis"]["opened"]) == (1, 1)
    assert town.claims() == {claim_text(1), claim_text(2)}


def test_a_check_that_is_taken_down_from_its_page_closes_the_alert(town: Town) -> None:
    town.site.routes["/soi/1"] = Reply(article("Kiểm chứng: trang này đang được viết lại"))
    assert (town.run()["crawl"]["changed"], town.claims()) == (1, set())


def test_a_check_from_a_file_finds_the_story_that_is_stored(town: Town, tmp_path: Path) -> None:
    review = {
        "@type": "ClaimReview",
        "claimReviewed": claim_text(2),
        "url": town.site.url("/soi/nhap"),
        "author": {"@type": "Organization", "name": "Trạm Soi Tin"},
        "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "Sai sự thật"},
    }
    (tmp_path / "check.json").write_text(json.dumps(review, ensure_ascii=False), "utf-8")
    words = ("factchecks", "import", str(tmp_path / "check.json"), "--json")
    assert town.cli(*words).document()["saved"] == 1
    claims = town.claims()
    assert town.cli(*words).document()["saved"] == 0
    assert town.claims() == claims == {claim_text(1), claim_text(2)}
