"""ClaimReview markup (JSON-LD, microdata, data feeds) to published checks. Never reads who made or carried the claim."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from w3lib.html import remove_tags, replace_entities

from crawlers.dates import parse_stated_date
from crawlers.feeds import absolute
from kiemtin.domain.rating_words import normalize_rating
from kiemtin.domain.ratings import Rating

MAX_CLAIM_LENGTH = 1_000
MAX_RATING_LENGTH = 200
MAX_NAME_LENGTH = 200
_MAX_SCRIPT_LENGTH = 2_000_000
_MAX_NODES = 200_000  # a Data Commons feed of 50,000 checks stays below; a hostile nest of objects does not
_MAX_REVIEWS = 100  # on one page
_UNPRINTABLE = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, which a terminal would obey, and halves of characters
_TYPE_PREFIX = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)")
_ORGANISATIONS = {
    "Organization", "NewsMediaOrganization", "GovernmentOrganization", "EducationalOrganization", "NGO", "Corporation",
    "MedicalOrganization",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishedReview:
    """One check as its publisher marked it up. `url` is canonical; `author_organisation` is set for organisations only, never for a person."""

    claim_reviewed: str
    rating: Rating
    rating_text: str
    url: str | None
    published_at: datetime | None
    author_organisation: str | None


def parse_claim_reviews(data: object, base_url: str = "") -> Iterator[PublishedReview]:
    """The checks in loaded JSON: a ClaimReview, a list, `@graph`, a DataFeed, or the answer of Google's `claims:search`.

    What is not a readable check is passed over; relative addresses are completed with `base_url`.
    """
    for node in _nodes(data):
        if has_type(node, "ClaimReview"):
            review = _from_claim_review(node, base_url)
            if review:
                yield review
        elif isinstance(node.get("claimReview"), list):
            yield from _from_search(node, base_url)


def extract_claim_reviews(tree: etree._Element, scripts: list[object], base_url: str) -> tuple[PublishedReview, ...]:
    """The checks of one page: from its JSON-LD (`scripts`, loaded) and its microdata; each once, at most 100."""
    found: dict[tuple[str, str | None], PublishedReview] = {}
    for review in (*parse_claim_reviews(scripts, base_url), *parse_claim_reviews(_microdata(tree), base_url)):
        found.setdefault((review.claim_reviewed, review.url), review)
    return tuple(found.values())[:_MAX_REVIEWS]


def load_json_ld(text: str) -> object | None:
    """One JSON-LD script loaded; comments and trailing commas are forgiven; None where it cannot be read."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    if not text or len(text) > _MAX_SCRIPT_LENGTH:
        return None
    try:
        loaded: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return _load_tolerant(text)
    return loaded


def has_type(node: Mapping[str, Any], name: str) -> bool:
    """Whether a JSON-LD node is of a schema.org type, however the type is written."""
    return name in types_of(node)


def types_of(node: Mapping[str, Any]) -> set[str]:
    """The schema.org types of a JSON-LD node, without prefix."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {_TYPE_PREFIX.sub("", name.strip()) for name in names if isinstance(name, str)}


def plain(value: object, bound: int) -> str:
    """A string without markup and entities, on one line, at most `bound` characters (cut between words); "" for other values."""
    if not isinstance(value, str):
        return ""
    text = " ".join(_UNPRINTABLE.sub(" ", remove_tags(replace_entities(replace_entities(value[: 8 * bound])))).split())
    if len(text) <= bound:
        return text
    return text[:bound].rsplit(" ", 1)[0] if " " in text[:bound] else text[:bound]


def _load_tolerant(text: str) -> object | None:
    import jstyleson  # only broken scripts need it

    try:
        loaded: object = json.loads(jstyleson.dispose(text), strict=False)
    except (ValueError, RecursionError, IndexError):
        return None
    return loaded


def _nodes(data: object) -> Iterator[Mapping[str, Any]]:
    """Every object of the document in its order; a check's own parts (the claimant among them) are not entered."""
    stack, seen = [data], 0
    while stack and seen < _MAX_NODES * 10:
        value = stack.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
            if not has_type(value, "ClaimReview") and not isinstance(value.get("claimReview"), list):
                stack.extend(child for child in reversed(value.values()) if isinstance(child, (dict, list)))
        elif isinstance(value, list):
            stack.extend(child for child in reversed(value) if isinstance(child, (dict, list)))


def _from_claim_review(node: Mapping[str, Any], base_url: str) -> PublishedReview | None:
    claim = plain(node.get("claimReviewed"), MAX_CLAIM_LENGTH)
    if not claim:
        return None
    rating = _first(node.get("reviewRating"))
    best, worst, value = (rating.get(name) for name in ("bestRating", "worstRating", "ratingValue"))
    words = plain(rating.get("alternateName"), MAX_RATING_LENGTH) or plain(rating.get("name"), MAX_RATING_LENGTH)
    if not words and isinstance(value, str) and not re.search(r"\d", value):
        words = plain(value, MAX_RATING_LENGTH)  # some publishers write the word where the number belongs
    return PublishedReview(
        claim_reviewed=claim,
        rating=normalize_rating(words, value, best, worst),
        rating_text=words or _as_text(value),
        url=absolute(node.get("url"), base_url),
        published_at=_date(node.get("datePublished")),
        author_organisation=_organisation(node.get("author")),
    )


def _from_search(node: Mapping[str, Any], base_url: str) -> Iterator[PublishedReview]:
    claim = plain(node.get("text"), MAX_CLAIM_LENGTH)
    for review in node["claimReview"]:
        if claim and isinstance(review, dict):
            words = plain(review.get("textualRating"), MAX_RATING_LENGTH)
            rating = normalize_rating(words, None, None, None)
            yield PublishedReview(claim, rating, words, absolute(review.get("url"), base_url), _date(review.get("reviewDate")), None)


def _first(value: object) -> Mapping[str, Any]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            return item
    return {}


def _as_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return ""
    return plain(str(value)[:MAX_RATING_LENGTH], MAX_RATING_LENGTH)


def _date(value: object) -> datetime | None:
    return parse_stated_date(value) if isinstance(value, str) else None


def _organisation(author: object) -> str | None:
    for item in author if isinstance(author, list) else [author]:
        if isinstance(item, dict) and types_of(item) & _ORGANISATIONS and not has_type(item, "Person"):
            name = plain(item.get("name"), MAX_NAME_LENGTH)
            if name:
                return name
    return None


def _microdata(tree: etree._Element) -> list[object]:
    """Microdata ClaimReviews as JSON-LD-like objects."""
    if not tree.xpath('boolean(//*[@itemtype and contains(@itemtype, "ClaimReview")])'):
        return []
    # Imported late: extruct takes 0.4 s.
    from extruct.w3cmicrodata import MicrodataExtractor

    return [_as_json_ld(item) for item in MicrodataExtractor(strict=False).extract_items(tree, base_url=None)]


def _as_json_ld(item: object, depth: int = 0) -> object:
    if isinstance(item, list):
        return [_as_json_ld(part, depth + 1) for part in item]
    if not isinstance(item, dict) or depth > 20:  # noqa: PLR2004
        return item
    properties = item.get("properties")
    if not isinstance(properties, dict):
        return item
    return {"@type": item.get("type"), **{name: _as_json_ld(value, depth + 1) for name, value in properties.items()}}
