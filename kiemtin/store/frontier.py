"""The crawl's queue and its memory, in Records: a crawl killed at any moment goes on from here.

A row's URL is the canonical address and its identity; the outlet whose feed listed a page first keeps it.
Every function takes the connection of a transaction that its caller owns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import RefusalReason
from kiemtin.store.tables import frontier, passes

MAX_TITLE = 500
MAX_DETAIL = 200
# A validator longer than this is not kept: a shortened one would never match.
MAX_VALIDATOR = 256
_CHUNK = 500
# An outlet's sitemaps may list further ones without end; each is asked for in every pass, so that 200 cost some seven minutes a pass.
MAX_SITEMAPS = 200

# Failures that pass by themselves: asked again in the next pass, while the page is young enough to be revisited at all.
_PASSING = (RefusalReason.UNREACHABLE.value, RefusalReason.TOO_SLOW.value)
_PASSING_STATUS = ("408", "429", "500", "502", "503", "504", "522", "524")


class Role(StrEnum):
    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"


class State(StrEnum):
    PENDING = "pending"
    DONE = "done"
    QUARANTINED = "quarantined"
    GONE = "gone"


class Listed(Protocol):
    """What a feed or sitemap says about a page: dates aware UTC, where it gives any."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def updated_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One address to ask for, with what earlier answers said about it."""

    url: str
    outlet: str
    role: Role
    etag: str = ""
    last_modified: str = ""
    listed_title: str = ""
    listed_date: datetime | None = None
    seen_before: bool = False


@dataclass(frozen=True, slots=True)
class CrawlPass:
    """One pass over the catalogue. `resumed`: an earlier command began it and did not finish it."""

    id: int
    started_at: datetime
    resumed: bool


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave for asking again conditionally."""

    etag: str = ""
    last_modified: str = ""


def start_pass(conn: sa.Connection, outlets: Sequence[Outlet], now: datetime, revisit_hours: int) -> CrawlPass:
    """Begin a pass, or go on with the unfinished one.

    A new pass asks every catalogued feed and sitemap again, and the pages first seen within `revisit_hours`. A resumed one requeues
    nothing. Either way addresses new in the catalogue are added, and what belongs to outlets no longer in it is forgotten.
    """
    row = conn.execute(sa.select(passes).where(passes.c.finished_at.is_(None)).order_by(passes.c.id.desc()).limit(1)).mappings().first()
    _drop_uncatalogued(conn, outlets)
    _add_catalogued(conn, outlets, now)
    if row is not None:
        return CrawlPass(row["id"], row["started_at"], resumed=True)
    _requeue(conn, outlets, now - timedelta(hours=revisit_hours))
    number = conn.execute(sa.insert(passes).values(started_at=now)).inserted_primary_key
    assert number is not None  # every dialect used here returns it for a single row
    return CrawlPass(number[0], now, resumed=False)


def crawl_finished(conn: sa.Connection, now: datetime) -> None:
    """Note that the crawl of the running pass has come to its end; the pass itself ends with `finish_pass`."""
    conn.execute(sa.update(passes).where(passes.c.finished_at.is_(None), passes.c.crawled_at.is_(None)).values(crawled_at=now))


def finish_pass(conn: sa.Connection, now: datetime) -> None:
    """End the running pass: the next `start_pass` begins a new one."""
    conn.execute(sa.update(passes).where(passes.c.finished_at.is_(None)).values(finished_at=now))


def last_finished(conn: sa.Connection) -> datetime | None:
    """When the last pass that came to its end did so."""
    found: datetime | None = conn.scalar(sa.select(passes.c.finished_at).order_by(passes.c.finished_at.desc().nulls_last()).limit(1))
    return found


def next_batch(conn: sa.Connection, outlet: str, limit: int, pages: bool = True) -> list[Entry]:
    """Up to `limit` pending addresses of one outlet: feeds, then sitemaps, then (unless `pages` is false) pages, newest first."""
    rank = sa.case((frontier.c.role == Role.FEED.value, 0), (frontier.c.role == Role.SITEMAP.value, 1), else_=2)
    query = sa.select(frontier).where(frontier.c.state == State.PENDING.value, frontier.c.outlet == outlet)
    if not pages:
        query = query.where(frontier.c.role != Role.PAGE.value)
    ordered = query.order_by(rank, frontier.c.listed_date.desc().nulls_last(), frontier.c.url).limit(limit)
    return [_entry(row) for row in conn.execute(ordered).mappings()]


def mark_done(conn: sa.Connection, url: str, now: datetime, validators: Validators | None = None, attempts: int = 1) -> None:
    """The address was answered and taken in. Without `validators` (HTTP 304) the ones already known stay."""
    values: dict[str, Any] = {"state": State.DONE.value, "reason": "", "detail": "", "fetched_at": now, "attempts": attempts}
    if validators is not None:
        values |= {"etag": _validator(validators.etag), "last_modified": _validator(validators.last_modified)}
    conn.execute(sa.update(frontier).where(frontier.c.url == url).values(values))


def mark_quarantined(conn: sa.Connection, url: str, reason: RefusalReason, detail: str, now: datetime, attempts: int = 1) -> None:
    """The address gave nothing. Its validators go, so that a replay fetches it whole."""
    _set_aside(conn, url, State.QUARANTINED, reason, detail, now, attempts)


def mark_gone(conn: sa.Connection, url: str, detail: str, now: datetime, attempts: int = 1) -> None:
    """The server says that the page is not there any more (404, 410)."""
    _set_aside(conn, url, State.GONE, RefusalReason.HTTP_STATUS, detail, now, attempts)


def add_listed(conn: sa.Connection, outlet: str, items: Iterable[Listed], now: datetime) -> int:
    """Queue the listed pages that are not known yet; returns how many were new.

    A page already taken in is asked again where the listing's date is newer than the one known.
    """
    rows = [_listed_row(outlet, item, now) for item in items]
    added = 0
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        known = _known_dates(conn, [row["url"] for row in chunk])
        added += _insert_missing(conn, [row for row in chunk if row["url"] not in known])
        _renew(conn, [row for row in chunk if _is_newer(row, known)])
    return added


def add_sitemaps(conn: sa.Connection, outlet: str, urls: Iterable[str], now: datetime) -> int:
    """Queue the sitemaps that a sitemap index names, at most 200 an outlet; returns how many were new.

    Of a longer index both ends are taken: the newest stand at one of them.
    """
    mine = (frontier.c.outlet == outlet, frontier.c.role == Role.SITEMAP.value)
    known = set(conn.scalars(sa.select(frontier.c.url).where(*mine)))
    fresh = _both_ends([url for url in dict.fromkeys(urls) if url not in known], max(0, MAX_SITEMAPS - len(known)))
    return _insert_missing(conn, [_row(url, outlet, Role.SITEMAP, now) for url in fresh])


def _both_ends(urls: list[str], room: int) -> list[str]:
    if len(urls) <= room:
        return urls
    head = room // 2
    return urls[:head] + urls[len(urls) - (room - head) :]


def replay_quarantine(conn: sa.Connection) -> int:
    """Make every quarantined address pending again, to be fetched anew; returns how many."""
    statement = sa.update(frontier).where(frontier.c.state == State.QUARANTINED.value).values(_AGAIN)
    return conn.execute(statement).rowcount


def counts(conn: sa.Connection) -> dict[State, int]:
    """Addresses per state, zero included."""
    rows = conn.execute(sa.select(frontier.c.state, sa.func.count()).group_by(frontier.c.state)).all()
    found = {State(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in State}


def pending_per_outlet(conn: sa.Connection) -> dict[str, int]:
    """Pending addresses per outlet, where there are any."""
    query = sa.select(frontier.c.outlet, sa.func.count()).where(frontier.c.state == State.PENDING.value).group_by(frontier.c.outlet)
    return dict(conn.execute(query).tuples().all())


def pages_asked_since(conn: sa.Connection, moment: datetime) -> dict[str, int]:
    """Pages per outlet that were asked for since `moment`: what a resumed pass has already used of its share."""
    query = (
        sa.select(frontier.c.outlet, sa.func.count())
        .where(frontier.c.role == Role.PAGE.value, frontier.c.fetched_at >= moment)
        .group_by(frontier.c.outlet)
    )
    return dict(conn.execute(query).tuples().all())


_AGAIN: dict[str, Any] = {"state": State.PENDING.value, "reason": "", "detail": "", "attempts": 0}


def _set_aside(conn: sa.Connection, url: str, state: State, reason: RefusalReason, detail: str, now: datetime, attempts: int) -> None:
    values = {"state": state.value, "reason": reason.value, "detail": clean(detail, MAX_DETAIL), "fetched_at": now, "attempts": attempts}
    conn.execute(sa.update(frontier).where(frontier.c.url == url).values(**values, etag="", last_modified=""))


def _drop_uncatalogued(conn: sa.Connection, outlets: Sequence[Outlet]) -> None:
    """Whatever belongs to outlets that left the catalogue goes, and so do feeds that their outlet no longer names.

    Stories stay. An outlet that comes back, or under a new name, lists its pages again and finds them unchanged.
    """
    names = [outlet.name for outlet in outlets]
    left = [name for name in conn.scalars(sa.select(frontier.c.outlet).distinct()) if name not in set(names)]
    for name in left:
        conn.execute(sa.delete(frontier).where(frontier.c.outlet == name))
    feeds = {(outlet.name, url) for outlet in outlets for url in outlet.feeds}
    with_sitemaps = {outlet.name for outlet in outlets if outlet.sitemaps}
    listings = conn.execute(sa.select(frontier.c.outlet, frontier.c.url, frontier.c.role).where(frontier.c.role != Role.PAGE.value)).all()
    stale = [url for name, url, role in listings if ((name, url) not in feeds if role == Role.FEED.value else name not in with_sitemaps)]
    for start in range(0, len(stale), _CHUNK):
        conn.execute(sa.delete(frontier).where(frontier.c.url.in_(stale[start : start + _CHUNK])))


def _add_catalogued(conn: sa.Connection, outlets: Sequence[Outlet], now: datetime) -> None:
    rows = [_row(url, outlet.name, Role.FEED, now) for outlet in outlets for url in outlet.feeds]
    rows += [_row(url, outlet.name, Role.SITEMAP, now) for outlet in outlets for url in outlet.sitemaps]
    for start in range(0, len(rows), _CHUNK):
        _insert_missing(conn, rows[start : start + _CHUNK])


def _requeue(conn: sa.Connection, outlets: Sequence[Outlet], first_seen_since: datetime) -> None:
    catalogued = sorted({url for outlet in outlets for url in (*outlet.feeds, *outlet.sitemaps)})
    for start in range(0, len(catalogued), _CHUNK):
        conn.execute(sa.update(frontier).where(frontier.c.url.in_(catalogued[start : start + _CHUNK])).values(_AGAIN))
    passing = sa.or_(
        frontier.c.reason.in_(_PASSING),
        sa.and_(frontier.c.reason == RefusalReason.HTTP_STATUS.value, frontier.c.detail.in_(_PASSING_STATUS)),
    )
    worth_asking = sa.or_(frontier.c.state == State.DONE.value, sa.and_(frontier.c.state == State.QUARANTINED.value, passing))
    young = sa.or_(frontier.c.role == Role.SITEMAP.value, frontier.c.first_seen_at >= first_seen_since)
    named = {outlet.name for outlet in outlets}
    for name in sorted(named):
        conn.execute(sa.update(frontier).where(frontier.c.outlet == name, worth_asking, young).values(_AGAIN))


def _row(url: str, outlet: str, role: Role, now: datetime) -> dict[str, Any]:
    return {
        "url": url,
        "outlet": outlet,
        "role": role.value,
        "state": State.PENDING.value,
        "listed_title": "",
        "listed_date": None,
        "first_seen_at": now,
    }


def _listed_row(outlet: str, item: Listed, now: datetime) -> dict[str, Any]:
    dates = [date for date in (item.published_at, item.updated_at) if date is not None]
    listed = {"listed_title": clean(item.title or "", MAX_TITLE), "listed_date": max(dates, default=None)}
    return _row(item.url, outlet, Role.PAGE, now) | listed


def _known_dates(conn: sa.Connection, urls: Sequence[str]) -> dict[str, datetime | None]:
    return dict(conn.execute(sa.select(frontier.c.url, frontier.c.listed_date).where(frontier.c.url.in_(urls))).tuples().all())


def _is_newer(row: Mapping[str, Any], known: Mapping[str, datetime | None]) -> bool:
    new, old = row["listed_date"], known.get(row["url"])
    return row["url"] in known and new is not None and (old is None or new > old)


def _insert_missing(conn: sa.Connection, rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    dialect: Any = postgresql if conn.dialect.name == "postgresql" else sqlite
    unique = list({row["url"]: row for row in reversed(rows)}.values())[::-1]
    return conn.execute(dialect.insert(frontier).on_conflict_do_nothing(index_elements=["url"]), unique).rowcount


def _renew(conn: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Note the newer date; what had already been dealt with is asked again (conditionally)."""
    for row in rows:
        mine = (frontier.c.url == row["url"], frontier.c.role == Role.PAGE.value)
        conn.execute(sa.update(frontier).where(*mine).values(listed_date=row["listed_date"]))
        settled = frontier.c.state.in_((State.DONE.value, State.QUARANTINED.value))
        conn.execute(sa.update(frontier).where(*mine, settled, frontier.c.fetched_at.is_not(None)).values(_AGAIN))


def clean(text: str, limit: int) -> str:
    """Text that any database takes: no NUL, no lone surrogate, at most `limit` characters."""
    return text[:limit].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _validator(value: str) -> str:
    return value if len(value) <= MAX_VALIDATOR and value.isprintable() else ""


def _entry(row: sa.RowMapping) -> Entry:
    return Entry(
        url=row["url"],
        outlet=row["outlet"],
        role=Role(row["role"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        listed_title=row["listed_title"],
        listed_date=row["listed_date"],
        seen_before=row["fetched_at"] is not None,
    )
