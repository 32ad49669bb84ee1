"""Limit 8, polite crawling of organisations: robots.txt is obeyed, the crawler names itself and waits, and persons' places are no outlets."""

import ast
import json
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

import kiemtin as package
from crawlers.catalog import bundled_catalog_path, load_catalog
from crawlers.manners import slot_settings
from crawlers.order import Manners, manners_of
from crawlers.refused_hosts import refused_host
from crawlers.settings import scrapy_settings
from kiemtin.config import Config
from kiemtin.errors import CatalogError
from tests.limits.conftest import Wire
from tests.limits.tools import ROOT, TEXTS, imported, modules

HOSTS = [line for line in (TEXTS / "refused_hosts.txt").read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
GOOD = {
    "name": "Báo Trúc Lam",
    "kind": "news",
    "home": "https://truclam.example/",
    "feeds": ["https://truclam.example/rss.xml"],
    "language": "vi",
    "legal_name": "Công ty Trúc Lam",
    "imprint": "1 đường Trúc Lam",
    "controller": "Hội Trúc Lam",
}


def written(folder: Path, **changes: object) -> Path:
    path = folder / "outlets.toml"
    values = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    path.write_text("[[outlet]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()), "utf-8")
    return path


# --- who is no outlet ---------------------------------------------------------------------------------------------------


def test_limit_8_a_good_outlet_is_taken(tmp_path: Path) -> None:
    assert load_catalog(written(tmp_path))[0].name == "Báo Trúc Lam"
    assert len(HOSTS) >= 60


@pytest.mark.parametrize("where", ["home", "feeds", "sitemaps"])
def test_limit_8_social_networks_personal_publishing_and_bridges_are_refused(tmp_path: Path, where: str) -> None:
    taken = []
    for address in HOSTS:
        value = address if where == "home" else [address.rstrip("/") + "/rss.xml"]
        try:
            load_catalog(written(tmp_path, **{where: value}))
            taken.append(address)
        except CatalogError as error:
            assert f": {where}: " in str(error), f"refused for another reason: {error}"
    assert taken == []


@pytest.mark.parametrize("kind", ["news", "fact_checker", "authority"])
def test_limit_8_no_kind_of_outlet_may_be_there(tmp_path: Path, kind: str) -> None:
    with pytest.raises(CatalogError, match="mạng xã hội"):
        load_catalog(written(tmp_path, kind=kind, home="https://www.facebook.com/truclam/"))


def test_limit_8_one_good_address_does_not_excuse_a_bad_one(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="feeds: "):
        load_catalog(written(tmp_path, feeds=[*GOOD["feeds"], "https://rsshub.app/facebook/page/truclam"]))


@pytest.mark.parametrize("key", ["legal_name", "imprint", "controller", "name", "kind", "home"])
@pytest.mark.parametrize("value", [None, "", "   "])
def test_limit_8_an_outlet_declares_who_it_is(tmp_path: Path, key: str, value: str | None) -> None:
    with pytest.raises(CatalogError, match=f": {key}: "):
        load_catalog(written(tmp_path, **{key: value}))


@pytest.mark.parametrize("kind", ["person", "blog", "channel", "group", "social", "forum"])
def test_limit_8_there_is_no_kind_for_a_person_or_a_group(tmp_path: Path, kind: str) -> None:
    with pytest.raises(CatalogError, match="kind: "):
        load_catalog(written(tmp_path, kind=kind))


@pytest.mark.parametrize(
    "key",
    ["login", "username", "password", "cookie", "cookies", "user_agent", "headers", "token", "ignore_robots", "robots", "delay", "browser", "proxy"],
)
def test_limit_8_no_outlet_can_be_given_other_manners(tmp_path: Path, key: str) -> None:
    with pytest.raises(CatalogError, match=f"{key}: khóa không có trong quy định"):
        load_catalog(written(tmp_path, **{key: "x"}))
    with pytest.raises(ValidationError):
        Config.model_validate({key: "x"})


def test_limit_8_the_catalogue_that_ships_holds_organisations_only() -> None:
    declared = tomllib.loads(bundled_catalog_path().read_text("utf-8"))["outlet"]
    outlets = load_catalog(bundled_catalog_path())
    assert len(outlets) == len(declared) >= 20
    addresses = [address for one in outlets for address in (one.home, *one.feeds, *one.sitemaps)]
    assert [address for address in addresses if refused_host(address)] == []
    assert [one.name for one in outlets if not (one.legal_name.strip() and one.imprint.strip() and one.controller.strip())] == []


# --- manners ------------------------------------------------------------------------------------------------------------

MANNERS = manners_of(Config(contact="https://office.example/contact"), loopback_ok=False)


def test_limit_8_the_manners_are_pinned() -> None:
    settings = scrapy_settings(MANNERS)
    pinned = {
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "KiemTin",
        "USER_AGENT": f"KiemTin/{package.__version__} (+https://office.example/contact)",
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 2.0,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "EXTENSIONS_BASE": {},
        "EXTENSIONS": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "ITEM_PIPELINES_BASE": {},
        "ITEM_PIPELINES": {},
    }
    assert {key: settings[key] for key in pinned} == pinned
    assert "crawlers.manners.Robots" in settings["DOWNLOADER_MIDDLEWARES"]
    assert set(settings["DEFAULT_REQUEST_HEADERS"]) <= {"Accept", "Accept-Language"}
    unwanted = ("cookies", "httpauth", "ajaxcrawl", "httpcache", "httpproxy", "offsite")
    assert [name for name in settings["DOWNLOADER_MIDDLEWARES"] if any(part in name.lower() for part in unwanted)] == []


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.5, 0.999, float("nan"), float("inf")])
def test_limit_8_no_setting_makes_the_pause_shorter_than_a_second(seconds: float) -> None:
    with pytest.raises(ValidationError):
        Config(crawl_delay_seconds=seconds)


@pytest.mark.parametrize("asked", [None, 0.0, 0.2, 1.0])
def test_limit_8_a_host_waits_and_has_one_connection(asked: float | None) -> None:
    for host in ("truclam.example", "10.0.0.1", "127.0.0.1", "localhost"):
        settings = slot_settings(host, MANNERS, asked)
        assert settings["concurrency"] == 1
        assert settings["delay"] >= 1.0
    assert slot_settings("truclam.example", MANNERS, 30.0)["delay"] == 30.0, "robots.txt may ask for more"
    assert slot_settings("truclam.example", Manners("x", 1.0, 30.0, loopback_ok=True), None)["delay"] >= 1.0, "the exception is for loopback alone"


@pytest.mark.parametrize("contact", ["https://office.example/contact", "tin@office.example", "Phòng Thông tin, office.example"])
def test_limit_8_the_crawler_names_itself_and_its_contact(contact: str) -> None:
    agent = manners_of(Config(contact=contact), loopback_ok=False).user_agent
    assert agent.startswith("KiemTin/")
    assert "office.example" in agent
    assert not any(
        browser in agent.lower() for browser in ("mozilla", "chrome", "safari", "firefox", "edge", "opera", "googlebot", "bingbot", "curl")
    )


def test_limit_8_without_a_contact_there_is_no_crawl() -> None:
    with pytest.raises(ValidationError):
        Config(contact="")


def test_limit_8_no_part_impersonates_a_browser_or_solves_a_challenge() -> None:
    names = {
        "selenium",
        "playwright",
        "pyppeteer",
        "splash",
        "curl_cffi",
        "cloudscraper",
        "cfscrape",
        "undetected_chromedriver",
        "fake_useragent",
        "tls_client",
    }
    names |= {
        "scrapy_playwright",
        "scrapy_selenium",
        "scrapy_splash",
        "scrapy_impersonate",
        "twocaptcha",
        "anticaptchaofficial",
        "capsolver",
        "browser_cookie3",
        "mechanize",
    }
    for path, tree in modules():
        assert {name.split(".")[0] for name in imported(tree)} & names == set(), path
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        assert [text for text in texts if "Mozilla/" in text or "AppleWebKit" in text] == [], path
    depends = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {line.replace("-", "_").split(">")[0].split("<")[0].split("=")[0].strip() for line in depends} & names == set()


# --- on the wire --------------------------------------------------------------------------------------------------------


def test_limit_8_robots_txt_is_asked_first_and_obeyed(wire: Wire) -> None:
    paths = [one.path for one in wire.asked]
    assert paths[0] == "/robots.txt"
    assert "/kin/1" not in paths, "the feed lists it, robots.txt keeps it out"
    assert wire.ran.document["crawl"]["refusals"]["robots_disallowed"] == 1


def test_limit_8_every_request_says_who_asks(wire: Wire) -> None:
    assert {one.headers["User-Agent"] for one in wire.asked} == {manners_of(Config(), loopback_ok=True).user_agent}


def test_limit_8_no_cookie_login_or_trail_is_sent(wire: Wire) -> None:
    """Every answer set a cookie and one asked for a login."""
    headers = {header.title() for one in wire.asked for header in one.headers}
    assert headers <= {"Host", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Connection", "If-None-Match", "If-Modified-Since"}


def test_limit_8_one_request_at_a_time(wire: Wire) -> None:
    assert len(wire.asked) >= 8
    assert wire.most_at_once == 1


@pytest.mark.parametrize("path", ["/members", "/challenge"])
def test_limit_8_a_closed_door_is_not_tried_again(wire: Wire, path: str) -> None:
    assert [one.path for one in wire.asked].count(path) == 1
    failures = [failure for failure in wire.ran.document["crawl"]["failures"] if failure["url"].endswith(path)]
    assert [failure["reason"] for failure in failures] == ["http_status"]


def test_limit_8_only_what_is_listed_is_asked(wire: Wire) -> None:
    asked = {one.path for one in wire.asked}
    assert asked == {"/robots.txt", "/rss", "/members", "/challenge", "/away", *(f"/tin/{number}" for number in range(6))}
