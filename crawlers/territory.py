"""Whose addresses are asked at all: those of catalogued organisations, however a feed or a redirect may point elsewhere."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

from kiemtin.domain.outlets import Outlet

# The public suffix list that comes with the package: nothing is fetched for it.
_split = TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=10_000)
def organisation_of(host: str) -> str:
    """`dulich.vnexpress.net` → `vnexpress.net`; an address without a registered name is its own organisation."""
    name = host.lower().rstrip(".")
    if name in ("localhost", "::1"):
        return "127.0.0.1"
    return _split(name).top_domain_under_public_suffix or name


def territory_of(outlets: Iterable[Outlet]) -> frozenset[str]:
    """The organisations' domains that a catalogue declares: homes, feeds and sitemaps."""
    addresses = (address for outlet in outlets for address in (outlet.home, *outlet.feeds, *outlet.sitemaps))
    return frozenset(organisation_of(urlsplit(address).hostname or "") for address in addresses)
