"""The manners' decisions, without a network: pauses, patience, robots.txt, redirects, reasons."""

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError

from crawlers.failures import REASONS_VI, Refused, line_vi, reason_of
from crawlers.manners import check_hop, retry_after, retry_pause, robots_meaning, slot_settings
from crawlers.order import Manners, manners_of
from crawlers.settings import scrapy_settings
from kiemtin.config import Config
from kiemtin.domain.stories import RefusalReason

MANNERS = Manners("KiemTin/1 (+https://office.example)", 2.0, 30.0, loopback_ok=True)
NOTHING = b"User-agent: *\nDisallow: /"
NOW = 1_774_000_000.0


@pytest.mark.parametrize(
    ("host", "asked", "delay"),
    [
        ("truclam.example", None, 2.0),
        ("truclam.example", 0.5, 2.0),
        ("truclam.example", 10.0, 10.0),
        ("truclam.example", 3600.0, 60.0),
        ("127.0.0.1:8000", 10.0, 0.0),
        ("10.0.0.1", None, 2.0),
    ],
)
def test_the_pause_of_a_host(host: str, asked: float | None, delay: float) -> None:
    assert slot_settings(host, MANNERS, asked) == {"concurrency": 1, "delay": delay, "jitter": 0.0}


def test_loopback_waits_too_unless_that_was_agreed_to() -> None:
    assert slot_settings("127.0.0.1", Manners("x", 2.0, 30.0, loopback_ok=False), None)["delay"] == 2.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        (b"7", 7.0),
        (b" 120 ", 120.0),
        (b"-5", None),
        (b"soon", None),
        (b"9" * 500, 999_999_999.0),
        (b"Fri, 20 Mar 2026 09:47:20 GMT", 40.0),
        (b"Fri, 20 Mar 2020 09:47:20 GMT", 0.0),
        (b"\xff\xfe", None),
    ],
)
def test_retry_after(header: bytes | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("attempts", "asked", "pause"),
    [(1, None, 4.0), (2, None, 8.0), (3, None, None), (1, 30.0, 30.0), (1, 60.0, 60.0), (1, 61.0, None), (1, 0.0, 4.0)],
)
def test_patience(attempts: int, asked: float | None, pause: float | None) -> None:
    assert retry_pause(attempts, asked, at_home=False) == pause


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, b"rules"), (404, b""), (403, b""), (410, b""), (302, b""), (500, NOTHING), (503, NOTHING), (429, NOTHING)],
)
def test_robots_answers(status: int, meaning: bytes) -> None:
    assert robots_meaning(status, b"rules") == meaning


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://a.example/", "http://a.example/"),
        ("http://a.example/", "ftp://a.example/"),
        ("http://a.example/", "http://user@b.example/"),
        ("http://a.example/", "http:///x"),
    ],
)
def test_hops_that_are_not_made(old: str, new: str) -> None:
    with pytest.raises(Refused) as caught:
        check_hop(old, new)
    assert caught.value.reason is RefusalReason.BAD_ADDRESS


def test_hops_that_are_made() -> None:
    check_hop("http://a.example/", "https://b.example/")
    check_hop("https://a.example/", "https://b.example/")


def test_a_refused_host_is_told_from_an_unknown_one() -> None:
    assert reason_of(CannotResolveHostError(), True)[0] is RefusalReason.PRIVATE_ADDRESS
    assert reason_of(CannotResolveHostError(), False)[0] is RefusalReason.UNREACHABLE
    assert reason_of(DownloadTimeoutError(), True)[0] is RefusalReason.TOO_SLOW


def test_every_reason_has_its_words() -> None:
    assert set(REASONS_VI) == set(RefusalReason)
    assert line_vi("Báo Trúc Lam", RefusalReason.HTTP_STATUS, "503", "https://a.example/") == "Báo Trúc Lam — máy chủ trả mã 503 — https://a.example/"


def test_the_crawler_names_itself_and_cannot_be_made_to_smuggle_a_header() -> None:
    agent = manners_of(Config(contact="https://office.example/\r\nCookie: a=b ữ"), loopback_ok=False).user_agent
    assert agent.startswith("KiemTin/")
    assert agent.isascii()
    assert agent.isprintable()


def test_the_manners_are_pinned() -> None:
    settings = scrapy_settings(MANNERS)
    pinned = {
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_MAXSIZE": 5 * 1024 * 1024,
        "DOWNLOAD_TIMEOUT": 30.0,
        "DOWNLOAD_DELAY": 2.0,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "REDIRECT_MAX_TIMES": 5,
        "EXTENSIONS_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
    }
    assert {key: settings[key] for key in pinned} == pinned
    assert set(settings["DOWNLOAD_HANDLERS"]) == {"http", "https"}
