"""Feeds: what they list, whatever state they are in."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import feeds
from crawlers.feeds import Listing, ListingError, parse_feed
from kiemtin.domain.stories import RefusalReason

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
BASE = "https://bao.example/rss/tin.rss"
SHARED = Path(os.environ.get("KIEMTIN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def _rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>Báo</title>{"".join(items)}</channel></rss>'.encode()


def _item(number: int, more: str = "") -> str:
    return f"<item><title>Tin số {number}</title><link>https://bao.example/{number}</link>{more}</item>"


def _listing(body: bytes) -> Listing:
    found = parse_feed(body, BASE, NOW)
    assert isinstance(found, Listing)
    return found


def _error(body: bytes) -> ListingError:
    found = parse_feed(body, BASE, NOW)
    assert isinstance(found, ListingError)
    return found


def test_rss() -> None:
    found = _listing(_rss(_item(1, "<pubDate>Fri, 20 Nov 2026 07:30:00 +0700</pubDate><author>CANARY</author>"), _item(2)))
    assert [(page.url, page.title) for page in found.items] == [("https://bao.example/1", "Tin số 1"), ("https://bao.example/2", "Tin số 2")]
    assert [page.published_at for page in found.items] == [datetime(2026, 11, 20, 0, 30, tzinfo=UTC), None]
    assert "CANARY" not in repr(found)


def test_atom_tells_published_from_updated() -> None:
    entry = (
        '<entry><title type="html">Lũ &lt;b&gt;lên&lt;/b&gt;</title><link rel="alternate" href="/a?utm_source=rss"/><id>tag:1</id>'
        "<published>2026-11-19T00:00:00Z</published><updated>2026-11-20T01:00:00Z</updated><author><name>CANARY</name></author></entry>"
    )
    found = _listing(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entry}</feed>'.encode())
    (page,) = found.items
    assert (page.url, page.title) == ("https://bao.example/a", "Lũ lên")
    assert (page.published_at, page.updated_at) == (datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 20, 1, tzinfo=UTC))
    assert "CANARY" not in repr(found)


def test_items_without_a_usable_link_and_repeated_ones_are_passed_over() -> None:
    odd = "<item><title>a</title></item><item><title>b</title><link>javascript:alert(1)</link></item>"
    assert len(_listing(_rss(odd, _item(1), _item(1, "<x/>"), _item(2))).items) == 2


def test_a_date_in_the_future_is_dropped() -> None:
    (page,) = _listing(_rss(_item(1, "<pubDate>Fri, 20 Nov 2099 07:30:00 +0700</pubDate>"))).items
    assert page.published_at is None


def test_an_empty_feed_is_a_feed() -> None:
    assert _listing(_rss()).items == ()


@pytest.mark.parametrize("body", [b"", b"\0\0\0", b"{}", b"<html><body>404</body></html>", b"<rss", b"\xff\xfe", b"plain words"])
def test_what_is_no_feed_gives_a_reason(body: bytes) -> None:
    assert _error(body).reason is RefusalReason.MALFORMED


def test_the_detail_holds_no_words_of_the_document() -> None:
    assert "CANARY" not in _error(b"<html><CANARY>CANARY</html>").detail


def test_a_half_broken_feed_yields_its_good_items() -> None:
    whole = _rss(_item(1), _item(2, "<description>mưa & gió</description>"), _item(3))
    assert len(_listing(whole[:-60]).items) >= 2


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "utf-16", "windows-1258", "no-such-thing"])
def test_a_wrong_declared_encoding_does_no_harm(declared: str) -> None:
    assert _listing(_rss(_item(1), head=f'<?xml version="1.0" encoding="{declared}"?>')).items[0].title == "Tin số 1"


def test_real_utf16_and_nul_bytes() -> None:
    text = _rss(_item(1)).decode().replace("utf-8", "utf-16")
    assert _listing(text.encode("utf-16")).items[0].title == "Tin số 1"
    assert _listing(_rss(_item(1)).replace("số".encode(), "s\0ố".encode())).items[0].title == "Tin số 1"


def test_entity_bombs_are_refused_unexpanded() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{entities}]><rss><channel><item><title>&l9;</title></item></channel></rss>'
    assert _error(bomb.encode()).detail == "document declares XML entities"
    external = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>'
    assert _error(external.encode()).detail == "document declares XML entities"


def test_bytes_are_never_taken_for_a_file_name(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(_rss(_item(1)))
    assert _error(str(file).encode()).reason is RefusalReason.MALFORMED


def test_items_beyond_the_bound_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_ITEMS", 20)
    assert len(_listing(_rss(*map(_item, range(50)))).items) == 20


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    parse_feed(body, BASE, NOW)
    parse_feed(b"<rss><channel><item>" + body, BASE, NOW)


@pytest.mark.skipif(not (SHARED / "rss_vn").is_dir(), reason="not run: no shared/data")
def test_real_feeds_parse_completely() -> None:
    files = sorted((SHARED / "rss_vn").glob("*.xml"))
    assert len(files) == 4
    for file in files:
        body = file.read_bytes()
        found = _listing(body)
        assert len(found.items) == sum(b"<link>" in item for item in body.split(b"<item>")[1:]) > 20  # one item of them all has no address
        assert all(page.title and page.published_at for page in found.items)
