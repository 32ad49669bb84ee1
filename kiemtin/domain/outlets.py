"""Organisations that publish. Never a person, never a channel."""

from dataclasses import dataclass
from enum import StrEnum


class OutletKind(StrEnum):
    NEWS = "news"
    FACT_CHECKER = "fact_checker"
    AUTHORITY = "authority"


class PublisherKind(StrEnum):
    """The kind under which evidence is shown; `unlisted` is a publisher outside the catalogue: shown, never counted."""

    NEWS = "news"
    FACT_CHECKER = "fact_checker"
    AUTHORITY = "authority"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One declared source. `name` is its identity; several outlets may share a host.

    `controller` is who owns or directs it; `state` the ISO 3166 code of the state that controls it, or None.
    `speaks_for` holds the names under which an authority appears in claims.
    """

    name: str
    kind: OutletKind
    home: str
    language: str
    legal_name: str
    imprint: str
    controller: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    state: str | None = None
    min_stories_per_day: int | None = None
    speaks_for: tuple[str, ...] = ()
    verified: bool = True
