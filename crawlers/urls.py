"""One address for one page: `canonical_url` is identity, so two spellings of an address must become one."""

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna
from w3lib.url import canonicalize_url

MAX_URL_LENGTH = 2_000
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that say where a reader came from, never what is shown. Names such as `id`, `cid`, `source` or `ref` are left alone: older
# Vietnamese newspaper systems address articles by them (courlan's tracker list would merge different articles there).
_TRACKING = re.compile(
    r"""(?: utm_.* | mtm_.* | pk_(?:campaign|kwd|source|medium|content).* | piwik_.* | matomo_.* | itm_.* | hsa_.* | oly_.* | vero_.*
      | mkt_tok | _hs(?:enc|mi)
      | vn_(?:source|medium|campaign|content|term|zone|thumb|aggregate) | zarsrc | zalo_.* | gidzl
      | fbclid | fb_(?:action|ref|source|comment).* | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | twclid | ttclid
      | li_fat_id | igsh(?:id)?
      | mc_[ce]id | _ga | _gl | __twitter_impression | ref_(?:src|url) | srsltid | xtor | cmpid | ncid | s_cid | _openstat
      | spm | _x_tr_.* | amp;.* )""",
    re.VERBOSE | re.IGNORECASE,
)


def canonicalize(url: str) -> str:
    """The one spelling of an http(s) address; applying it twice changes nothing.

    Lower-case scheme and host, IDN as punycode, no default port, fragment or tracking parameters, sorted query, dot segments resolved.
    Raises ValueError for other schemes, userinfo, control characters, a host that cannot be one, or more than 2,000 characters.
    """
    url = url.strip(" \t\r\n")
    if not url or len(url) > MAX_URL_LENGTH:
        raise ValueError("address is empty or longer than 2,000 characters")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in url):
        raise ValueError("address holds control characters")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError("address is not http or https")
    safe = SplitResult(scheme, _netloc(parts, scheme), parts.path, _without_tracking(parts.query), "")
    # A second round settles percent signs and spaces at the ends that the first one lets come to light.
    result: str = canonicalize_url(canonicalize_url(urlunsplit(safe)))
    if len(result) > MAX_URL_LENGTH:
        raise ValueError("address is longer than 2,000 characters")
    return result


def host_of(url: str) -> str:
    """Host of an address, with its port where that is not the default; raises ValueError as `canonicalize` does."""
    return urlsplit(canonicalize(url)).netloc


def _netloc(parts: SplitResult, scheme: str) -> str:
    if "@" in parts.netloc:
        raise ValueError("address holds userinfo")
    port = parts.port
    host = _host(parts.hostname or "")
    return host if port is None or port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def _host(name: str) -> str:
    if ":" in name:
        return f"[{name}]"
    name = name.rstrip(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError("host name is not valid") from error
    name = name.lower()
    if not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?", name):
        raise ValueError("host name is not valid")
    return name


def _without_tracking(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0]))
