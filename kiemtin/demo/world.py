"""A made-up world: outlets and pages from `world.json`, rendered with its own page templates, with feeds and sitemaps."""

import gzip
import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader

from nlp.text import fold

# Planted in every page where sites show them, and found nowhere in the system's data: a test looks for each.
BYLINE = "Phóng viên Canary Bút Danh"
COMMENTS = (
    {"who": "Canary Độc Giả Một", "text": "Bình luận canary: tôi ở số 5 hẻm Canary, gọi 0900 000 000."},
    {"who": "canary_doc_gia_hai", "text": "Bình luận canary thứ hai: ai biết gì thêm không?"},
)
ADVERTISEMENT = "Quảng cáo canary: mua máy lọc nước giảm giá hôm nay"
_RELATED = 3


@dataclass(frozen=True, slots=True)
class Document:
    """One address of the world: what the server answers."""

    path: str
    content_type: str
    body: bytes


class World:
    """The world rendered for one base address (`http://127.0.0.1:8000`)."""

    def __init__(self, folder: Path, base: str) -> None:
        self.base = base.rstrip("/")
        self.data: dict[str, Any] = json.loads((folder / "world.json").read_text("utf-8"))
        self._templates = Environment(loader=FileSystemLoader(folder / "templates"), autoescape=True)
        self._outlets: dict[str, dict[str, Any]] = {outlet["name"]: outlet for outlet in self.data["outlets"]}

    def address(self, page: dict[str, Any]) -> str:
        return f"{self.base}{self._path(page)}"

    def _path(self, page: dict[str, Any]) -> str:
        return f"/{slug(page['outlet'])}/{page['slug']}.html"

    def catalog(self) -> str:
        """The world's `outlets.toml`."""
        return "\n".join(self._entry(outlet) for outlet in self._outlets.values())

    def _entry(self, outlet: dict[str, Any]) -> str:
        listing = f"{self.base}/{slug(outlet['name'])}/{_LISTINGS[outlet['listing']]}"
        keys: dict[str, Any] = {
            "name": outlet["name"],
            "kind": outlet["kind"],
            "home": f"{self.base}/{slug(outlet['name'])}/",
            "feeds" if outlet["listing"] in ("rss", "atom") else "sitemaps": [listing],
            "language": outlet["language"],
            "legal_name": outlet["legal_name"],
            "imprint": outlet["imprint"],
            "controller": outlet["controller"],
            "state": outlet.get("state"),
            "speaks_for": outlet.get("speaks_for"),
        }
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items() if value is not None]
        return "[[outlet]]\n" + "\n".join(lines) + "\n"

    def documents(self) -> dict[str, Document]:
        """Every address of the world, by path."""
        found = [Document("/robots.txt", "text/plain; charset=utf-8", self._robots())]
        found += [Document(self._path(page), "text/html; charset=utf-8", self._page(page)) for page in self.data["pages"]]
        for outlet in self._outlets.values():
            found += self._listing(outlet)
        return {document.path: document for document in found}

    def _robots(self) -> bytes:
        return ("User-agent: *\n" + "".join(f"Disallow: /{slug(name)}/rieng-tu-\n" for name in self._outlets)).encode()

    def _pages_of(self, name: str) -> list[dict[str, Any]]:
        return [page for page in self.data["pages"] if page["outlet"] == name]

    def _page(self, page: dict[str, Any]) -> bytes:
        outlet = self._outlets[page["outlet"]]
        siblings = [other for other in self._pages_of(page["outlet"]) if other is not page][:_RELATED]
        html = self._templates.get_template(outlet["template"]).render(
            page=page,
            outlet=outlet,
            published=datetime.fromisoformat(page["published"]),
            canonical_url=self.address(page),
            byline=BYLINE,
            comments=COMMENTS,
            related=[{"title": other["title"], "url": self.address(other)} for other in siblings],
            ad=ADVERTISEMENT,
            reviews_jsonld=self._markup(page, outlet),
        )
        return html.encode()

    def _markup(self, page: dict[str, Any], outlet: dict[str, Any]) -> str:
        """The page's ClaimReviews as JSON-LD, "" if it has none."""
        reviews = [
            {
                "@context": "https://schema.org",
                "@type": "ClaimReview",
                "url": self.address(page),
                "datePublished": page["published"][:10],
                "claimReviewed": review["claim_reviewed"],
                "author": {"@type": "Organization", "name": outlet["name"]},
                "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Canary Người Nói"}},
                "reviewRating": {"@type": "Rating", **_rating(review)},
            }
            for review in page.get("reviews", ())
        ]
        if not reviews:
            return ""
        return json.dumps(reviews[0] if len(reviews) == 1 else reviews, ensure_ascii=False).replace("</", "<\\/")

    def _listing(self, outlet: dict[str, Any]) -> list[Document]:
        root = f"/{slug(outlet['name'])}/"
        pages = self._pages_of(outlet["name"])
        kind = outlet["listing"]
        if kind == "rss":
            return [Document(root + "rss.xml", "application/rss+xml", self._rss(outlet, pages))]
        if kind == "atom":
            return [Document(root + "atom.xml", "application/atom+xml", self._atom(outlet, pages))]
        sitemap = self._sitemap(outlet, pages)
        if kind == "sitemap":
            return [Document(root + "sitemap.xml", "application/xml", sitemap)]
        if kind == "sitemap_gz":
            return [Document(root + "sitemap.xml.gz", "application/gzip", gzip.compress(sitemap, mtime=0))]
        index = f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="{_SITEMAP}"><sitemap><loc>{self.base}{root}news.xml</loc></sitemap></sitemapindex>'
        return [Document(root + "sitemap_index.xml", "application/xml", index.encode()), Document(root + "news.xml", "application/xml", sitemap)]

    def _rss(self, outlet: dict[str, Any], pages: list[dict[str, Any]]) -> bytes:
        items = "".join(
            f"<item><title>{escape(page['title'])}</title><link>{self.address(page)}?utm_source=rss</link><author>{escape(BYLINE)}</author>"
            f"<pubDate>{format_datetime(datetime.fromisoformat(page['published']))}</pubDate></item>"
            for page in pages
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{escape(outlet["name"])}</title><link>{self.base}</link>{items}</channel></rss>'.encode()

    def _atom(self, outlet: dict[str, Any], pages: list[dict[str, Any]]) -> bytes:
        entries = "".join(
            f'<entry><title>{escape(page["title"])}</title><id>{self.address(page)}</id><link href="{self.address(page)}"/>'
            f"<author><name>{escape(BYLINE)}</name></author><published>{page['published']}</published><updated>{page['published']}</updated></entry>"
            for page in pages
        )
        head = f"<title>{escape(outlet['name'])}</title><id>{self.base}/{slug(outlet['name'])}/</id><updated>{self.data['now']}</updated>"
        return f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'.encode()

    def _sitemap(self, outlet: dict[str, Any], pages: list[dict[str, Any]]) -> bytes:
        urls = "".join(
            f"<url><loc>{self.address(page)}</loc><lastmod>{page['published']}</lastmod><news:news><news:publication><news:name>{escape(outlet['name'])}</news:name>"
            f"<news:language>{outlet['language']}</news:language></news:publication><news:publication_date>{page['published']}</news:publication_date>"
            f"<news:title>{escape(page['title'])}</news:title></news:news></url>"
            for page in pages
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{_SITEMAP}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'.encode()


_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LISTINGS = {"rss": "rss.xml", "atom": "atom.xml", "sitemap": "sitemap.xml", "sitemap_gz": "sitemap.xml.gz", "sitemap_index": "sitemap_index.xml"}
_RATING_KEYS = {"rating_value": "ratingValue", "best_rating": "bestRating", "worst_rating": "worstRating", "alternate_name": "alternateName"}


def _rating(review: dict[str, Any]) -> dict[str, Any]:
    return {theirs: review[ours] for ours, theirs in _RATING_KEYS.items() if review.get(ours) is not None}


def slug(name: str) -> str:
    """`Báo Đồng Xanh` → `bao-dong-xanh`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
