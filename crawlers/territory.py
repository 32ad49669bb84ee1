"""Whose addresses are asked at all: those of catalogued organisations, however a feed or a redirect may point elsewhere."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

from kiemtin.domain.outlets import Outlet

# The public suffix list that comes with the package: nothing is fetched for it.
_split = TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=10_000)
def organisation_of(host: str, port: int | None = None) -> str:
    """`dulich.vnexpress.net` → `vnexpress.net`; what has no registered name is its own organisation, at its own port."""
    name = host.lower().rstrip(".")
    registered = _split(name).top_domain_under_public_suffix
    return registered or f"{'127.0.0.1' if name == 'localhost' else name}:{port or 0}"


def organisation_at(url: str) -> str:
    """The organisation that an address belongs to; raises ValueError for a broken one."""
    parts = urlsplit(url)
    return organisation_of(parts.hostname or "", parts.port)


def territory_of(outlets: Iterable[Outlet]) -> frozenset[str]:
    """The organisations' domains that a catalogue declares: homes, feeds and sitemaps."""
    addresses = (address for outlet in outlets for address in (outlet.home, *outlet.feeds, *outlet.sitemaps))
    return frozenset(organisation_at(address) for address in addresses)
