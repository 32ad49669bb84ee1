"""RSS and Atom to what they list: addresses, titles, dates. Nothing else of a feed is read: no author, no summary, no comments link."""

import html
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
from w3lib.html import remove_tags

from crawlers.dates import is_future, parse_date
from crawlers.urls import canonicalize
from kiemtin.domain.stories import RefusalReason

MAX_ITEMS = 50_000
MAX_TITLE_LENGTH = 500
_PROLOG_BYTES = 65_536
_ROOT = re.compile(rb"<(?![?!])")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_UTF16_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x00\x00\x00<", b"\x00\x00\xfe\xff")
_ITEM_START = re.compile(rb"<(?:[a-z]+:)?(?:item|entry)[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListedPage:
    """One address that a feed or sitemap lists. `title` is plain text, "" where none is given.

    `published_at` is aware UTC (a sitemap's `lastmod` where it gives no publication date); `updated_at` the last change, where it is told apart.
    """

    url: str
    title: str
    published_at: datetime | None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What one feed or sitemap lists: pages (each address once, at most 50,000) and further sitemaps."""

    items: tuple[ListedPage, ...]
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingError:
    """Why bytes are no feed or sitemap; `detail` never holds words of the document."""

    reason: RefusalReason
    detail: str


def parse_feed(body: bytes, base_url: str, now: datetime) -> Listing | ListingError:
    """The pages that an RSS or Atom feed lists, newest rules first come first kept; never fetches, expands no entities.

    A half-broken feed yields its readable items; bytes that yield none and are no feed give ListingError. Dates in the future are dropped.
    """
    data = _plain_utf8(body)
    if refusal := entity_refusal(data):
        return refusal
    # A stream, never bytes: feedparser would take bytes for the name of a local file and open it. Summaries are not read, so not cleaned.
    parsed = feedparser.parse(io.BytesIO(_bounded(data)), sanitize_html=False, resolve_relative_uris=False)
    items = tuple(_listed_once(_pages(parsed.entries, base_url, now)))
    if not items and (parsed.get("bozo") or not parsed.get("version")):
        return ListingError(RefusalReason.MALFORMED, _why(parsed))
    return Listing(items)


def entity_refusal(data: bytes) -> ListingError | None:
    """A refusal for documents that declare entities: no honest feed does, and their expansion is a known bomb."""
    head = data[:_PROLOG_BYTES].replace(b"\0", b"")
    root = _ROOT.search(head)
    prolog = head[: root.start()] if root else head
    if _ENTITY.search(prolog):
        return ListingError(RefusalReason.MALFORMED, "document declares XML entities")
    return None


def clean_title(text: str) -> str:
    """One line of plain text: no markup, no control characters, at most 500 characters, NFC."""
    plain = html.unescape(remove_tags(html.unescape(text[: 4 * MAX_TITLE_LENGTH])))
    plain = "".join(char if unicodedata.category(char) not in ("Cc", "Cs") else " " for char in plain)
    return unicodedata.normalize("NFC", " ".join(plain.split()))[:MAX_TITLE_LENGTH].rstrip()


def _plain_utf8(body: bytes) -> bytes:
    """Bytes without NUL, and without an encoding declaration that the bytes themselves prove wrong."""
    if body.startswith(_UTF16_32):
        return body
    body = body.replace(b"\0", b"").lstrip()
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return re.sub(rb"^(\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}\?>", b'<?xml version="1.0" encoding="utf-8"?>', body, count=1)


def _bounded(data: bytes) -> bytes:
    """Cut after the items that will be read, with the end tags that keep it well-formed: the tolerant parser is three times slower."""
    for count, match in enumerate(_ITEM_START.finditer(data)):
        if count == MAX_ITEMS:
            return data[: match.start()] + (b"</feed>" if b"<feed" in data[:_PROLOG_BYTES] else b"</channel></rss>")
    return data


def _why(parsed: Any) -> str:
    error = parsed.get("bozo_exception")
    line = getattr(error, "getLineNumber", lambda: None)()
    if not parsed.get("version"):
        return "neither RSS nor Atom"
    return f"not well-formed XML (line {line})" if line else "not well-formed XML, no readable item"


def _pages(entries: Iterable[dict[str, Any]], base_url: str, now: datetime) -> Iterable[ListedPage]:
    for entry in entries:
        link = dict.get(entry, "link") or _address_in(dict.get(entry, "id"))
        url = absolute(link, base_url)
        if url:
            published = _date(entry, ("published", "created", "issued"), now)
            updated = _date(entry, ("updated",), now)
            yield ListedPage(url, clean_title(str(entry.get("title") or "")), published or updated, updated)


def _address_in(identifier: object) -> str | None:
    return identifier if isinstance(identifier, str) and identifier.startswith(("http://", "https://")) else None


def absolute(link: object, base_url: str) -> str | None:
    """The canonical address of a link on a page or in a listing; None where it is no http(s) address."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        return canonicalize(urljoin(base_url, link.strip()))
    except ValueError:
        return None


def _date(entry: dict[str, Any], names: tuple[str, ...], now: datetime) -> datetime | None:
    for name in names:
        value = dict.get(entry, name)  # plain `get` would hand out `published` for a missing `updated`
        date = parse_date(value, now) if isinstance(value, str) else None
        if date and not is_future(date, now):
            return date
    return None


def _listed_once(pages: Iterable[ListedPage]) -> Iterable[ListedPage]:
    seen: set[str] = set()
    for page in pages:
        if page.url not in seen and len(seen) < MAX_ITEMS:
            seen.add(page.url)
            yield page
