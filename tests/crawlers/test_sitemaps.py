"""Sitemaps: plain, gzip, index, news tags, and what pretends to be one."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import sitemaps
from crawlers.feeds import Listing, ListingError
from crawlers.sitemaps import parse_sitemap
from kiemtin.domain.stories import RefusalReason

BASE = "https://bao.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def _urlset(*urls: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>{"".join(urls)}</urlset>'.encode()


def _listing(body: bytes) -> Listing:
    found = parse_sitemap(body, BASE)
    assert isinstance(found, Listing)
    return found


def _error(body: bytes) -> ListingError:
    found = parse_sitemap(body, BASE)
    assert isinstance(found, ListingError)
    return found


def test_pages_with_lastmod() -> None:
    (page,) = _listing(_urlset("<url><loc> https://bao.example/a?utm_source=x </loc><lastmod>2026-11-20T07:30:00+07:00</lastmod></url>")).items
    assert page.url == "https://bao.example/a"
    assert page.published_at == page.updated_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def test_news_tags_win_over_lastmod_and_images_are_not_pages() -> None:
    news = "<news:news><news:publication_date>2026-11-19</news:publication_date><news:title>Lũ &amp; bão</news:title></news:news>"
    image = "<image:image><image:loc>https://bao.example/x.jpg</image:loc><image:title>ảnh</image:title></image:image>"
    (page,) = _listing(_urlset(f"<url>{image}<loc>/a</loc><lastmod>2026-11-20</lastmod>{news}</url>")).items
    assert (page.url, page.title) == ("https://bao.example/a", "Lũ & bão")
    assert page.published_at == datetime(2026, 11, 18, 17, tzinfo=UTC)
    assert page.updated_at == datetime(2026, 11, 19, 17, tzinfo=UTC)


def test_index() -> None:
    body = b"<sitemapindex><sitemap><loc>https://bao.example/1.xml.gz</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>"
    found = _listing(body)
    assert (found.items, found.sitemaps) == ((), ("https://bao.example/1.xml.gz",))


def test_gzip_by_its_magic() -> None:
    assert len(_listing(gzip.compress(_urlset("<url><loc>/a</loc></url>"))).items) == 1


def test_a_gzip_bomb_gives_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_INFLATED_BYTES", 1_000_000)
    assert _error(gzip.compress(b"\0" * 5_000_000)).reason is RefusalReason.TOO_LARGE


def test_broken_gzip_gives_a_reason() -> None:
    assert _error(b"\x1f\x8b\x08broken").reason is RefusalReason.MALFORMED


@pytest.mark.parametrize("body", [b"", b"\0", b"<html></html>", b"{}", b"<rss><channel></channel></rss>", b"<urlset2/>", b"words"])
def test_what_is_no_sitemap_gives_a_reason(body: bytes) -> None:
    assert _error(body).reason is RefusalReason.MALFORMED


def test_entities_are_refused() -> None:
    body = b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>'
    assert _error(body).detail == "document declares XML entities"


def test_a_cut_sitemap_yields_what_can_be_read() -> None:
    body = _urlset(*(f"<url><loc>/{number}</loc></url>" for number in range(10)))
    assert len(_listing(body[:-40]).items) >= 7


def test_wrong_encoding_and_nul_bytes() -> None:
    body = _urlset("<url><loc>/tin-số-1</loc></url>").replace(b"UTF-8", b"us-ascii").replace(b"tin-", b"ti\0n-")
    assert _listing(body).items[0].url == "https://bao.example/tin-s%E1%BB%91-1"


def test_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_ITEMS", 20)
    assert len(_listing(_urlset(*(f"<url><loc>/{number}</loc></url>" for number in range(50)))).items) == 20


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    parse_sitemap(body, BASE)
    parse_sitemap(b"\x1f\x8b\x08" + body, BASE)
    parse_sitemap(b"<urlset><url><loc>" + body, BASE)
