"""A fetched page to a story: `bytes | decode | parse | facts | prune | body | Story`. Pure: the caller gives the clock."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from charset_normalizer import from_bytes
from lxml import etree
from w3lib.encoding import html_to_unicode

from crawlers.body import Body, extract_body
from crawlers.claimreview import PublishedReview, extract_claim_reviews
from crawlers.dates import is_future, parse_date
from crawlers.layout import drop_dead, parse_html, unify
from crawlers.page_facts import Facts, read_facts, title_element, visible_date
from crawlers.prune import prune
from crawlers.urls import canonicalize
from kiemtin.domain.stories import Page, Refusal, RefusalReason, Story

MAX_TEXT_LENGTH = 400_000
_HTML_TYPES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/octet-stream")
_HTML_START = re.compile(
    rb"<\s*(?:!--|(?:!doctype|html|head|body|meta|title|div|p|table|article|\?xml|section|main|h1|span|script|link|font|center)\b)", re.IGNORECASE
)
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_VIETNAMESE = re.compile(
    r"[ăâđêôơưạảãáàằắẳẵặầấẩẫậẹẻẽéèềếểễệịỉĩíìọỏõóòồốổỗộờớởỡợụủũúùừứử"
    r"ữựỳýỷỹỵ]",
    re.IGNORECASE,
)
_VIETNAMESE_SHARE = 0.06  # of the letters; ordinary Vietnamese text has about 0.25, names in an English text about 0.01
_MIN_LISTED = 4  # a list of stories shows at least so many
_TITLE_LENGTH = 25  # characters: longer links are titles of stories rather than names of sections
_PROSE_RUN = 3  # paragraphs in a row that no link leads: an article, however many links stand around it
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one page gave. `story.text` is "" only where a page without text carries reviews."""

    story: Story
    reviews: tuple[PublishedReview, ...] = ()


def extract_page(page: Page, now: datetime, language: str) -> Extraction | Refusal:
    """The story (and the ClaimReviews) of one page, or why it is none. `language` is the outlet's, for pages that do not tell.

    Never raises for any bytes: a library's exception becomes PARSER_FAILED with the exception's class name.
    """
    if not _looks_like_html(page):
        return _refusal(page, RefusalReason.NOT_HTML, page.content_type.partition(";")[0].strip()[:100])
    try:
        return _extract(page, decode(page.body, page.content_type), now, language)
    except Exception as error:  # whatever the parsers meet in hostile bytes: one page's failure is a value
        return _refusal(page, RefusalReason.PARSER_FAILED, type(error).__name__)


def decode(body: bytes, content_type: str) -> str:
    """The text of an HTML body: what is valid UTF-8 is UTF-8 whatever is declared; else header, meta, then detection. NUL is dropped."""
    if not body.startswith(_BOMS):
        try:
            return body.translate(None, _CONTROL_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    _encoding, text = html_to_unicode(content_type or None, body, default_encoding="utf-8", auto_detect_fun=_detect)
    return _CONTROL.sub("", unicodedata.normalize("NFC", text))


def _detect(body: bytes) -> str | None:
    # A UTF-8 page cut within a letter, or with a few bad bytes, is still UTF-8.
    if body.decode("utf-8", "replace").count("\ufffd") <= len(body) // 200:
        return "utf-8"
    best = from_bytes(body[:20_000]).best()
    return best.encoding if best else None


def _looks_like_html(page: Page) -> bool:
    kind = page.content_type.partition(";")[0].strip().lower()
    if kind and kind not in _HTML_TYPES:
        return False
    head = page.body[:4_096].replace(b"\0", b"")
    return bool(_HTML_START.search(head))


def _refusal(page: Page, reason: RefusalReason, detail: str = "") -> Refusal:
    return Refusal(page.url, page.outlet, reason, detail)


def _extract(page: Page, text: str, now: datetime, language: str) -> Extraction | Refusal:
    tree = parse_html(text)
    body = tree.find("body") if tree is not None else None
    if tree is None or body is None:
        return _refusal(page, RefusalReason.EMPTY, "no body element")
    facts = read_facts(tree, page.url, page.outlet, page.listed_title)
    reviews = extract_claim_reviews(tree, list(facts.json_ld), page.url) if "ClaimReview" in text else ()
    title_at = title_element(body, facts.title)
    published, note = _published(page, facts, body, title_at, now)
    if published and is_future(published, now):
        return _refusal(page, RefusalReason.FUTURE_DATE, published.isoformat())
    long_links = int(body.xpath(f"count(.//a[string-length(normalize-space()) > {_TITLE_LENGTH}])"))
    drop_dead(tree)
    unify(body)
    found = extract_body(tree, prune(body, title_at), facts.title, title_at, facts.description)
    content = found.text or facts.body_in_json
    refused = _why_no_article(page, facts, found, content.strip(), long_links)
    if refused and not reviews:
        return refused
    content = "" if refused else unicodedata.normalize("NFC", content)[:MAX_TEXT_LENGTH]
    story = Story(
        canonical_url=facts.canonical or canonicalize(page.url),
        outlet=page.outlet,
        title=facts.title or page.listed_title or "",
        text=content,
        published_at=published,
        language=_language(f"{facts.title}\n{content}", facts.declared_language, language),
        date_note=note,
    )
    return Extraction(story, tuple(reviews))


def _published(page: Page, facts: Facts, body: etree._Element, title_at: etree._Element | None, now: datetime) -> tuple[datetime | None, str]:
    for text in facts.date_texts:
        if date := parse_date(text, now):
            return date, ""
    date = visible_date(body, title_at, now) or page.listed_at or _guessed(body, page.url, now)
    return date, "" if date else "the page gives no date that can be read"


def _guessed(body: etree._Element, url: str, now: datetime) -> datetime | None:
    from htmldate import find_date

    found = find_date(body.getroottree().getroot(), url=url, original_date=True, extensive_search=False, max_date=now.strftime("%Y-%m-%d"))
    return parse_date(found, now) if found else None


def _why_no_article(page: Page, facts: Facts, found: Body, content: str, long_links: int) -> Refusal | None:
    links_lead = found.listed >= _MIN_LISTED and found.listed >= 0.5 * found.lines and found.run < _PROSE_RUN
    links_rule = found.teasers >= _MIN_LISTED and found.teasers > 3 * found.lines and found.run < _PROSE_RUN
    only_links = not content and long_links >= 2 * _MIN_LISTED
    # A feed that lists this very headline lists an article, however short it is beside its links.
    as_listed = bool(content and page.listed_title and page.listed_title.casefold().strip() == facts.title.casefold().strip())
    if not (facts.marked_article or as_listed) and (facts.marked_list or links_lead or links_rule or only_links):
        return _refusal(page, RefusalReason.NOT_ARTICLE, "a list of stories")
    return None if content else _refusal(page, RefusalReason.EMPTY, "no text found")


def _language(text: str, declared: str, outlet_language: str) -> str:
    """Vietnamese is told by its letters; for the rest the page's word counts if a detector agrees or has little to go by."""
    sample = text[:3_000]
    letters = sum(map(str.isalpha, sample))
    if letters and len(_VIETNAMESE.findall(sample)) / letters >= _VIETNAMESE_SHARE:
        return "vi"
    expected = declared or outlet_language
    if letters < 200 or expected == "en":  # noqa: PLR2004
        return expected
    from py3langid import classify

    return str(classify(sample)[0])
