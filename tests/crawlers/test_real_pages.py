"""Real pages of Vietnamese outlets: fields only, as looked at by eye; no sentence of them is kept here (words stand as hashes)."""

import gzip
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.articles import Extraction, extract_page
from kiemtin.domain.stories import Page, Refusal, RefusalReason

SHARED = Path(os.environ.get("KIEMTIN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
PAGES = SHARED / "html_vn"
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="not run: no shared/data")


@dataclass(frozen=True)
class Expected:
    """`title`, `first`, `last`: hashes of the title, and of the first and last five words of the text."""

    host: str
    title: str
    published: str
    paragraphs: int
    length: int
    first: str
    last: str


ARTICLES = {
    "VnExpress_2025_10_22": Expected("vnexpress.net", "d03bea504f1a", "2025-10-22T12:25:52+00:00", 6, 1495, "8411552f2de4", "c337d42428a1"),
    "baochinhphu_article": Expected("baochinhphu.vn", "ca70d3bf5f4a", "2026-03-01T02:51:00+00:00", 72, 10467, "6831a083e893", "b73ac23c5b9d"),
    "baodautu_article": Expected("baodautu.vn", "fcd296b08416", "2026-03-07T01:47:00+00:00", 13, 5690, "aa03a4348932", "19531ea95bc9"),
    "cafef_article": Expected("cafef.vn", "8a5387a34005", "2026-03-06T17:01:00+00:00", 13, 2975, "304dba970f5e", "58fbb81f9bb9"),
    "tuoitre_article": Expected("tuoitre.vn", "9a49ab40a932", "2026-03-07T01:01:00+00:00", 27, 5850, "ee3bfbae1978", "3728b0dd72eb"),
    "vietnamnet_article": Expected("vietnamnet.vn", "02a66f70ef72", "2026-03-07T01:52:11+00:00", 9, 1652, "6b188eef82ed", "50a773f9ed53"),
    "vnexpress_article": Expected("vnexpress.net", "367aa29130ea", "2026-03-06T17:05:00+00:00", 29, 7305, "c3aa4a12cccd", "e4cd157fd498"),
}
LISTS = {"baodautu_list": "baodautu.vn", "tuoitre_list": "tuoitre.vn", "vietnamnet_list": "vietnamnet.vn", "vnexpress_list": "vnexpress.net"}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _extract(name: str, host: str) -> Extraction | Refusal:
    body = gzip.decompress((PAGES / f"{name}.html.gz").read_bytes())
    return extract_page(Page(f"https://{host}/trang.html", host, body, "text/html", NOW), NOW, "vi")


@pytest.mark.parametrize("name", ARTICLES)
def test_article(name: str) -> None:
    expected = ARTICLES[name]
    found = _extract(name, expected.host)
    assert isinstance(found, Extraction)
    story = found.story
    words = story.text.split()
    assert _hash(story.title) == expected.title
    assert story.published_at is not None
    assert story.published_at.isoformat() == expected.published
    assert story.language == "vi"
    assert story.canonical_url.startswith(f"https://{expected.host}/") and "trang.html" not in story.canonical_url
    assert abs(story.text.count("\n") + 1 - expected.paragraphs) <= 1
    assert abs(len(story.text) - expected.length) <= 0.03 * expected.length
    assert (_hash(" ".join(words[:5])), _hash(" ".join(words[-5:]))) == (expected.first, expected.last)


@pytest.mark.parametrize("name", LISTS)
def test_list(name: str) -> None:
    found = _extract(name, LISTS[name])
    assert isinstance(found, Refusal)
    assert found.reason is RefusalReason.NOT_ARTICLE


def test_every_page_of_the_folder_is_expected() -> None:
    assert {path.name.removesuffix(".html.gz") for path in PAGES.glob("*.html.gz")} == ARTICLES.keys() | LISTS.keys()
