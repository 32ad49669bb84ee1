"""What is fetched and what is extracted from it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")  # times are UTC inside, and this one's on screen: a day is a day here


def content_id(*parts: str) -> str:
    """A 20-hex-digit identifier made from content, so that saving twice changes nothing."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """What one fetch brought. Lives in memory only; its bytes are never kept."""

    url: str
    outlet: str
    body: bytes
    content_type: str
    fetched_at: datetime
    listed_title: str | None = None
    listed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What one article says. No author: a byline is never extracted.

    `published_at` is aware UTC, or None where the page gives no usable date; `date_note` then says why.
    """

    canonical_url: str
    outlet: str
    title: str
    text: str
    published_at: datetime | None
    language: str
    date_note: str = ""

    @property
    def id(self) -> str:
        return content_id("story", self.canonical_url)

    @property
    def content_hash(self) -> str:
        return content_id("content", self.title, self.text, self.published_at.isoformat() if self.published_at else "")


class RefusalReason(StrEnum):
    """Why a page or feed gave nothing: a value that is stored, counted and shown, never an exception."""

    ROBOTS = "robots_disallowed"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    PRIVATE_ADDRESS = "private_address"
    BAD_ADDRESS = "bad_address"
    TLS = "tls_not_trusted"
    UNREACHABLE = "unreachable"
    HTTP_STATUS = "http_status"
    MALFORMED = "malformed"
    NOT_HTML = "not_html"
    NOT_ARTICLE = "not_an_article"
    EMPTY = "no_text"
    FUTURE_DATE = "date_in_future"
    PARSER_FAILED = "parser_failed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page or feed that was not taken, with the reason and a short detail without any text of the page."""

    url: str
    outlet: str
    reason: RefusalReason
    detail: str = ""
