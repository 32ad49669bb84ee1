"""Sitemaps (plain or gzip, index or pages, with news tags) to what they list."""

import io
import re
import zlib
from collections.abc import Iterator

from lxml import etree

from crawlers.dates import parse_stated_date
from crawlers.feeds import MAX_ITEMS, ListedPage, Listing, ListingError, absolute, clean_title, entity_refusal
from kiemtin.domain.stories import RefusalReason

MAX_INFLATED_BYTES = 50 * 1024 * 1024  # the sitemap protocol's own bound on an uncompressed file
_GZIP_MAGIC = b"\x1f\x8b\x08"
_MAX_GZIP_MEMBERS = 100
_ROOTS = {"urlset", "sitemapindex"}


def parse_sitemap(body: bytes, base_url: str) -> Listing | ListingError:
    """The pages and further sitemaps that a sitemap lists, at most 50,000 in all; a cut or half-broken one yields what can be read.

    Gives ListingError for bytes that are no sitemap, for entity declarations, and for a gzip file that inflates beyond 50 MiB.
    """
    data = inflate(body) if body.startswith(_GZIP_MAGIC) else body
    if isinstance(data, ListingError):
        return data
    if refusal := entity_refusal(data):
        return refusal
    try:
        return _read(data, base_url)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return ListingError(RefusalReason.MALFORMED, f"not well-formed XML (line {line})" if line else "not well-formed XML")


def inflate(body: bytes) -> bytes | ListingError:
    """Gzip bytes unpacked, up to 50 MiB; a bomb or a broken file gives the reason. A cut file gives what can be read."""
    out, rest = bytearray(), body
    for _ in range(_MAX_GZIP_MEMBERS):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            out += member.decompress(rest, MAX_INFLATED_BYTES + 1 - len(out))
        except zlib.error:
            return bytes(out) if out else ListingError(RefusalReason.MALFORMED, "broken gzip file")
        if len(out) > MAX_INFLATED_BYTES:
            return ListingError(RefusalReason.TOO_LARGE, "gzip file inflates beyond 50 MiB")
        rest = member.unused_data.lstrip(b"\0")
        if not rest:
            break
    return bytes(out)


def _read(data: bytes, base_url: str) -> Listing | ListingError:
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")):
        data = data.replace(b"\0", b"").lstrip()
        data = _without_wrong_declaration(data)
    # iterparse with clear(): memory stays small for a 50 MiB file, and reading stops at the bound.
    context = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    items: dict[str, ListedPage] = {}
    sitemaps: dict[str, None] = {}
    root = ""
    for name, values in _entries(context):
        root = root or name
        if root not in _ROOTS:
            return ListingError(RefusalReason.MALFORMED, "not a sitemap")
        url = absolute(values.get("loc"), base_url)
        if url and name == "sitemap":
            sitemaps[url] = None
        elif url and name == "url":
            items.setdefault(url, _listed(url, values))
        if len(items) + len(sitemaps) >= MAX_ITEMS:
            break
    if not root:
        return ListingError(RefusalReason.MALFORMED, "not a sitemap")
    return Listing(tuple(items.values()), tuple(sitemaps))


def _without_wrong_declaration(data: bytes) -> bytes:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return re.sub(rb"^(\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}\?>", b"", data, count=1).lstrip()


def _entries(context: "etree.iterparse[tuple[str, etree._Element]]") -> Iterator[tuple[str, dict[str, str]]]:
    """First the root's name, then ("url" | "sitemap", values by tag) one by one."""
    rooted = False
    values: dict[str, str] = {}
    for event, element in context:
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if event == "start":
            if not rooted:
                rooted = True
                yield tag, {}
            elif tag in ("url", "sitemap"):
                values = {}
        elif tag in ("url", "sitemap"):
            yield tag, values
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        elif tag in ("loc", "lastmod", "title", "publication_date") and not _is_image(element):
            values.setdefault(tag, (element.text or "").strip())


def _is_image(element: etree._Element) -> bool:
    # image:loc and video:title stand within <url> too, and are not the page's.
    namespace = etree.QName(element).namespace or ""
    return "image" in namespace or "video" in namespace


def _listed(url: str, values: dict[str, str]) -> ListedPage:
    published = parse_stated_date(values.get("publication_date", ""))
    changed = parse_stated_date(values.get("lastmod", ""))
    return ListedPage(url, clean_title(values.get("title", "")), published or changed, changed)
