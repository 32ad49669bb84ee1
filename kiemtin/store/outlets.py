"""The catalogue as the last pass loaded it: who publishes, of what kind, and who controls them."""

from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.domain.stories import content_id
from kiemtin.store.sources import note_part
from kiemtin.store.tables import outlets


def replace_catalog(conn: sa.Connection, catalog: tuple[Outlet, ...]) -> None:
    """Make the stored catalogue exactly this one; what differs from the one before is a dated change on `/sources`."""
    note_part(conn, "outlets", {outlet.name: content_id("outlet", repr(outlet)) for outlet in catalog})
    conn.execute(sa.delete(outlets))
    conn.execute(sa.insert(outlets), [_row(outlet) for outlet in catalog])


def load_outlets(conn: sa.Connection) -> tuple[Outlet, ...]:
    return tuple(_outlet(row) for row in conn.execute(sa.select(outlets).order_by(outlets.c.name)))


def outlet_of(catalog: tuple[Outlet, ...], url: str) -> Outlet | None:
    """The outlet at whose address this stands: same host, and the longest `home` path that leads there.

    Where several outlets share the host and none's path fits, or two fit alike, nobody can be named: None.
    """
    host, path = _place(url)
    here = [(outlet, _place(outlet.home)) for outlet in catalog]
    fitting = [(len(home_path), outlet) for outlet, (home_host, home_path) in here if home_host == host and path.startswith(home_path)]
    if not fitting:
        return None
    longest = max(length for length, _ in fitting)
    best = [outlet for length, outlet in fitting if length == longest]
    return best[0] if len(best) == 1 else None


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1].lower().removeprefix("www.")
    return host, parts.path.rstrip("/") + "/"


def _row(outlet: Outlet) -> dict[str, Any]:
    return {
        "name": outlet.name,
        "kind": outlet.kind.value,
        "home": outlet.home,
        "language": outlet.language,
        "legal_name": outlet.legal_name,
        "imprint": outlet.imprint,
        "controller": outlet.controller,
        "feeds": list(outlet.feeds),
        "sitemaps": list(outlet.sitemaps),
        "state": outlet.state,
        "min_stories_per_day": outlet.min_stories_per_day,
        "speaks_for": list(outlet.speaks_for),
        "verified": outlet.verified,
    }


def _outlet(row: sa.Row[Any]) -> Outlet:
    return Outlet(
        name=row.name,
        kind=OutletKind(row.kind),
        home=row.home,
        language=row.language,
        legal_name=row.legal_name,
        imprint=row.imprint,
        controller=row.controller,
        feeds=tuple(row.feeds),
        sitemaps=tuple(row.sitemaps),
        state=row.state,
        min_stories_per_day=row.min_stories_per_day,
        speaks_for=tuple(row.speaks_for),
        verified=row.verified,
    )
