"""What a page says about itself beside its text: title, date, address, language, kind. Never who wrote it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from lxml import etree

from crawlers.claimreview import load_json_ld, types_of
from crawlers.dates import parse_date, parse_stated_date
from crawlers.feeds import absolute, clean_title
from crawlers.layout import text_of
from crawlers.urls import host_of

_ARTICLE_TYPES = {
    "Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle", "LiveBlogPosting",
    "TechArticle", "ScholarlyArticle", "SatiricalArticle", "Report", "MedicalWebPage", "AdvertiserContentArticle", "OpinionNewsArticle",
}  # fmt: skip
_LIST_TYPES = {"CollectionPage", "ItemList", "SearchResultsPage", "Blog"}
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish-date",
    "publish_date", "published_time", "publication_date", "dc.date.issued", "dcterms.created", "dc.date", "date", "sailthru.date", "parsely-pub-date",
    "citation_publication_date", "datecreated", "its_publication", "article.published", "og:release_date", "created",
)  # fmt: skip
_DATE_NAME = re.compile(r"date|time|ngay|gio(?![a-z])|publish|post-?meta|entry-?meta|thoi-?gian", re.IGNORECASE)
_NOT_DATE_NAME = re.compile(r"update|modified|cap-?nhat|comment|related|time-?ago|sidebar|header-?top|now|today|current|weather", re.IGNORECASE)
_DATE_LOOK = re.compile(
    r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}|\d{4}-\d{2}-\d{2}|tháng|trước|\bago\b|hôm (?:qua|nay)|(?:19|20)\d\d", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s+(?:[-–—|»•·]|::)\s+|\s*[|»]\s*")
_MAX_NODES = 400
_MIN_TITLE = 12  # characters
_MAX_DATE_TEXT = 80


@dataclass(frozen=True, slots=True)
class Facts:
    """`marked_article` / `marked_list`: what the page's own markup calls it; `date_texts` in order of trust, as published."""

    title: str
    description: str
    canonical: str | None
    declared_language: str
    marked_article: bool
    marked_list: bool
    date_texts: tuple[str, ...]
    json_ld: tuple[object, ...]
    body_in_json: str


def read_facts(tree: etree._Element, url: str, outlet: str = "", listed_title: str | None = None) -> Facts:
    """Read head and structured data of an untouched tree. The outlet's name and the listed title help to tell the title from the site's name."""
    metas = _metas(tree)
    scripts = tuple(
        loaded for script in tree.iter("script") if "ld+json" in (script.get("type") or "") and (loaded := load_json_ld(script.text or ""))
    )
    nodes = _top_nodes(scripts)
    articles = [node for node in nodes if types_of(node) & _ARTICLE_TYPES]
    headline = next((clean_title(node["headline"]) for node in articles if isinstance(node.get("headline"), str)), "")
    json_dates = [node["datePublished"] for node in articles if isinstance(node.get("datePublished"), str)]
    meta_dates = [metas[name] for name in _DATE_METAS if name in metas]
    bodies = [node["articleBody"] for node in articles if isinstance(node.get("articleBody"), str)]
    return Facts(
        title=_title(tree, metas, [text for text in (headline, clean_title(listed_title or "")) if text], [outlet, metas.get("og:site_name", "")]),
        description=clean_title(metas.get("og:description") or metas.get("description") or ""),
        canonical=_canonical(tree, metas, url),
        declared_language=(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip().lower()[:2],
        marked_article=bool(articles)
        or any(parse_stated_date(text) for text in meta_dates)
        or "article:published_time" in metas
        or tree.find('.//*[@itemprop="articleBody"]') is not None,
        marked_list=bool(nodes) and not articles and any(types_of(node) & _LIST_TYPES for node in nodes),
        date_texts=tuple(json_dates + meta_dates),
        json_ld=scripts,
        body_in_json=max(bodies, key=len, default=""),
    )


def visible_date(body: etree._Element, title: etree._Element | None, now: datetime) -> datetime | None:
    """The publication date that readers see: a marked `<time>`, an element named for dates, or a short line near the title."""
    marked = [element for element in body.iter("time") if element.get("datetime")][:20]
    marked.sort(
        key=lambda element: not (element.get("itemprop") == "datePublished" or "pubdate" in element.attrib or element.get("itemprop") == "pubdate")
    )
    for element in marked:
        if not _elsewhere(element) and (date := parse_date(element.get("datetime"), now) or parse_date(text_of(element), now)):
            return date
    stated = body.xpath('.//*[@itemprop="datePublished"]')[:5]
    for element in [*stated, *_near(body, title)]:
        text = element.get("content") or text_of(element)
        if 6 <= len(text) <= _MAX_DATE_TEXT and _DATE_LOOK.search(text) and (date := parse_date(text, now)):  # noqa: PLR2004
            return date
    return None


def title_element(body: etree._Element, title: str) -> etree._Element | None:
    """The element that shows the page's title: an `<h1>`, else the innermost element with the same text."""
    wanted = title.casefold()
    if not wanted:
        return None
    headings = body.findall(".//h1")
    for heading in headings[:5]:
        if _alike(clean_title(text_of(heading)).casefold(), wanted):
            return heading
    for element in body.iter("h2", "h3", "div", "p", "span", "td", "b", "strong", "font", "center"):
        if element.text and len(element.text) < 600 and clean_title(element.text).casefold() == wanted:  # noqa: PLR2004
            return element
    return headings[0] if len(headings) == 1 else None


def _metas(tree: etree._Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if name and content and content.strip():
            values.setdefault(name.lower(), content.strip()[:2_000])
    return values


def _top_nodes(scripts: tuple[object, ...]) -> list[dict[str, Any]]:
    """Objects at the top of JSON-LD documents, in `@graph` and as `mainEntity`; not the items of a list."""
    queue: list[object] = list(scripts)
    nodes: list[dict[str, Any]] = []
    while queue and len(nodes) < _MAX_NODES:
        value = queue.pop(0)
        if isinstance(value, list):
            queue.extend(value[:_MAX_NODES])
        elif isinstance(value, dict):
            nodes.append(value)
            queue.extend(value[key] for key in ("@graph", "mainEntity") if key in value)
    return nodes


def _title(tree: etree._Element, metas: dict[str, str], told: list[str], sites: list[str]) -> str:
    """`told`: titles from structured data and the listing; `sites`: names that are the site's, not the story's."""
    tag = tree.find(".//title")
    page_title = clean_title("".join(tag.itertext())) if tag is not None else ""
    shared = clean_title(metas.get("og:title") or metas.get("twitter:title") or "")
    names = {name.casefold() for name in sites if name}
    headings = [text for heading in tree.findall(".//h1")[:5] if (text := clean_title(text_of(heading))) and text.casefold() not in names]
    for heading in headings:
        if any(_alike(heading.casefold(), other.casefold()) for other in (shared, *told, page_title) if other):
            return heading
    known = {text.casefold() for text in (*headings, *told)}
    stripped = [_without_site(text, names, known, tree) for text in (shared, *told, page_title) if text]
    found = next((text for text in stripped if text.casefold() not in names), "")
    return found if len(found) >= _MIN_TITLE or not headings else headings[0]


def _alike(one: str, other: str) -> bool:
    """Whether two titles are one: equal, one within the other, or half their words shared."""
    if not one or not other:
        return False
    if one == other or (len(one) > 15 and one in other) or (len(other) > 15 and other in one):  # noqa: PLR2004
        return True
    words, others = set(re.findall(r"\w+", one)), set(re.findall(r"\w+", other))
    return len(words & others) > 0.5 * max(1, min(len(words), len(others))) and min(len(words), len(others)) > 3  # noqa: PLR2004


def _without_site(text: str, names: set[str], known: set[str], tree: etree._Element) -> str:
    """A title without the site's name before or after it: where the rest is a known title, the part is the site's name or reads like one."""
    cuts = list(_SEPARATOR.finditer(text))
    heads, tails = [text[: cut.start()] for cut in cuts], [text[cut.end() :] for cut in cuts]
    for part in [*heads, *tails]:
        if part.casefold() in known:
            return part
    for head, tail in zip(heads, tails, strict=True):
        if head.casefold() in names:
            return tail
        if tail.casefold() in names:
            return head
    if not cuts or _shown(text, tree):
        return text
    shown = [part for part in [*reversed(heads), *tails] if len(part) >= _MIN_TITLE and _shown(part, tree)]
    if shown:
        return max(shown, key=len)
    head, tail = heads[-1], tails[-1]
    reads_like_site = len(tail) <= 40 and len(tail.split()) <= 6 and len(head) >= 20 and tail[:1].isupper()  # noqa: PLR2004
    return head if reads_like_site or any(name in tail.casefold() for name in names) else text


def _shown(text: str, tree: etree._Element) -> bool:
    """Whether an element of the page shows just this text."""
    wanted = text.casefold()
    return any(
        element.text and len(element.text) < 2 * len(text) + 200 and clean_title(element.text).casefold() == wanted
        for element in tree.iter("h1", "h2", "h3", "div", "p", "span", "td", "b", "strong", "font", "center", "a")
    )


def _canonical(tree: etree._Element, metas: dict[str, str], url: str) -> str | None:
    """The address that the page itself gives, if it is on the fetched host and no bare front page; with the fetched scheme."""
    fetched = urlsplit(url)
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for candidate in [*links[:1], metas.get("og:url")]:
        address = absolute(candidate, url)
        if address and host_of(address) == host_of(url):
            parts = urlsplit(address)
            if parts.path not in ("", "/") or parts.query or fetched.path in ("", "/"):
                return urlunsplit(parts._replace(scheme=fetched.scheme.lower()))
    return None


def _elsewhere(element: etree._Element) -> bool:
    """Whether a date stands in a list of other stories or in comments."""
    for ancestor in element.iterancestors():
        if ancestor.tag in ("li", "aside", "footer", "nav"):
            return True
        names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}".lower()
        if ("comment" in names or "related" in names) and "open" not in names:
            return True
    return False


def _near(body: etree._Element, title: etree._Element | None) -> list[etree._Element]:
    """Short elements that may hold the date: named for dates first, then those around the title."""
    named = []
    for element in body.iter("div", "span", "p", "time", "li", "td", "em", "i", "small", "abbr", "b", "h5", "h6", "font"):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if _DATE_NAME.search(names) and not _NOT_DATE_NAME.search(names) and not _elsewhere(element):
            named.append(element)
            if len(named) >= 30:  # noqa: PLR2004
                break
    if title is None:
        return named
    around: list[etree._Element] = []
    node: etree._Element | None = title
    while node is not None and len(around) < 60 and node.tag != "body":  # noqa: PLR2004
        for sibling in (*list(node.itersiblings())[:6], *list(node.itersiblings(preceding=True))[:3]):
            around.extend(element for element in list(sibling.iter())[:15] if isinstance(element.tag, str))
        node = node.getparent()
    return named + [element for element in around if len(element) <= 6]  # noqa: PLR2004
