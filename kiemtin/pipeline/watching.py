"""Watchlists as the team keeps them: made, changed, removed; a free term proposed by one person and confirmed by another. Each is logged and public."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiemtin.domain.coverage import Sector, Subject, Watchlist, day_of
from kiemtin.domain.staff import Staff
from kiemtin.domain.stories import content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.log import note
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import clippings
from kiemtin.store import watchlists as watchlist_store
from kiemtin.store.sources import has_part, note_part
from nlp.privacy import find_private, is_person_name
from nlp.shelving import listed_places
from nlp.text import nfc, tokenize

LOOK_BACK_DAYS = 35  # stories that a changed watchlist is held against again: the baseline of four weeks, and one
_LONGEST_NAME, _LONGEST_TERM, _MOST_LISTS, _MOST_TERMS = 60, 60, 40, 20

_MEKONG = frozenset(["dong bang song cuu long"])
_TRADING = frozenset({Subject.ECONOMY, Subject.ENVIRONMENT, Subject.HEALTH})
_WEATHERING = frozenset({Subject.DISASTER, Subject.WEATHER, Subject.ENVIRONMENT})
# What an office begins with; every one can be changed or removed.
DEFAULTS = (
    Watchlist("", "Cần Thơ", places=frozenset(["can tho"])),
    Watchlist("", "Đồng bằng sông Cửu Long", places=_MEKONG),
    Watchlist("", "Thủy sản, quy định xuất khẩu", sectors=frozenset({Sector.FISHERIES, Sector.EXPORT_RULES}), subjects=_TRADING),
    Watchlist("", "Đầu tư", sectors=frozenset({Sector.INVESTMENT}), subjects=frozenset({Subject.ECONOMY})),
    Watchlist("", "Thương mại", sectors=frozenset({Sector.TRADE}), subjects=frozenset({Subject.ECONOMY})),
    Watchlist("", "Y tế", sectors=frozenset({Sector.HEALTH}), subjects=frozenset({Subject.HEALTH})),
    Watchlist("", "Giáo dục", sectors=frozenset({Sector.EDUCATION}), subjects=frozenset({Subject.EDUCATION})),
    Watchlist("", "Khoa học, công nghệ", sectors=frozenset({Sector.SCIENCE}), subjects=frozenset({Subject.SCIENCE})),
    Watchlist("", "Du lịch", sectors=frozenset({Sector.TOURISM}), subjects=frozenset({Subject.ECONOMY, Subject.LIFESTYLE, Subject.ARTS})),
    Watchlist("", "Văn hóa, thể thao", sectors=frozenset({Sector.CULTURE, Sector.SPORT}), subjects=frozenset({Subject.ARTS, Subject.SPORT})),
    Watchlist("", "Thiên tai, thời tiết", sectors=frozenset({Sector.DISASTER}), subjects=_WEATHERING),
)


@dataclass(frozen=True, slots=True)
class WatchlistForm:
    """A watchlist as it is asked for."""

    name: str
    places: frozenset[str]
    sectors: frozenset[Sector]
    subjects: frozenset[Subject]


def seed_watchlists(conn: sa.Connection) -> None:
    """The lists to begin with, once: before the first story is shelved."""
    if clippings.newest_day(conn) is None and not has_part(conn, "watchlists"):
        for position, one in enumerate(DEFAULTS):
            watchlist_store.save(conn, replace(one, id=content_id("watchlist", one.name)), position)
        _note_sources(conn)


def save_watchlist(workspace: Workspace, watchlist_id: str, form: WatchlistForm, staff: Staff, now: datetime) -> Watchlist:
    """Make one (`watchlist_id` "") or change it. Raises InputError."""
    name = " ".join(nfc(form.name).split())
    _check_form(name, form)
    with workspace.records.change() as conn:
        known = {one.id: one for one in watchlist_store.load_all(conn)}
        made = watchlist_id or content_id("watchlist", name)
        if watchlist_id and watchlist_id not in known:
            raise InputError("danh sách này không còn")
        if any(one.name.casefold() == name.casefold() and one.id != watchlist_id for one in known.values()) or (not watchlist_id and made in known):
            raise InputError("đã có danh sách mang tên này")
        if not watchlist_id and len(known) >= _MOST_LISTS:
            raise InputError(f"không quá {_MOST_LISTS} danh sách")
        watchlist = Watchlist(made, name, form.places, form.sectors, form.subjects, known[made].terms if made in known else ())
        watchlist_store.save(conn, watchlist)
        _changed(conn, now)
        note(conn, made, "watchlist_saved", staff.id, now, text=name)
    return watchlist


def _check_form(name: str, form: WatchlistForm) -> None:
    if not 2 <= len(name) <= _LONGEST_NAME or not name.isprintable():  # noqa: PLR2004
        raise InputError(f"tên danh sách cần từ 2 đến {_LONGEST_NAME} ký tự")
    if is_person_name(name) or find_private(name):
        raise InputError("tên danh sách không được là tên người hay thông tin riêng")
    if form.places - listed_places().keys():
        raise InputError("có nơi không nằm trong bảng địa danh")
    if not (form.places or form.sectors or form.subjects):
        raise InputError("hãy chọn ít nhất một nơi, một lĩnh vực hoặc một chủ đề")


def remove_watchlist(workspace: Workspace, watchlist_id: str, staff: Staff, now: datetime) -> None:
    with workspace.records.change() as conn:
        found = watchlist_store.load_one(conn, watchlist_id)
        if found is None:
            return
        watchlist_store.remove(conn, watchlist_id)
        _changed(conn, now)
        note(conn, watchlist_id, "watchlist_removed", staff.id, now, text=found.name)


def propose_term(workspace: Workspace, watchlist_id: str, term: str, staff: Staff, now: datetime) -> None:
    """It matches nothing yet. Raises InputError for a person's name or anything private, as it was written."""
    given = term
    term = " ".join(nfc(term).split()).lower()
    if not tokenize(term) or not 2 <= len(term) <= _LONGEST_TERM or not term.isprintable():  # noqa: PLR2004
        raise InputError(f"từ khóa cần từ 2 đến {_LONGEST_TERM} ký tự")
    if is_person_name(given) or find_private(given):
        raise InputError("từ khóa không được là tên người hay thông tin riêng")
    with workspace.records.change() as conn:
        found = watchlist_store.load_one(conn, watchlist_id)
        if found is None:
            raise InputError("danh sách này không còn")
        if len(found.terms) >= _MOST_TERMS:
            raise InputError(f"không quá {_MOST_TERMS} từ khóa một danh sách")
        watchlist_store.propose(conn, watchlist_id, term, staff.id, now)
        note(conn, watchlist_id, "term_proposed", staff.id, now, text=term)


def confirm_term(workspace: Workspace, watchlist_id: str, term: str, staff: Staff, now: datetime) -> None:
    """From now on it matches, and stands on `/sources`. Raises InputError where the same person proposed it."""
    with workspace.records.change() as conn:
        found = watchlist_store.load_one(conn, watchlist_id)
        waiting = next((one for one in found.terms if one.text == term), None) if found else None
        if waiting is None:
            raise InputError("không có từ khóa này")
        if waiting.proposed_by == staff.id:
            raise InputError("người đề xuất không được tự xác nhận từ khóa của mình")
        if waiting.confirmed_by:
            return
        watchlist_store.confirm(conn, watchlist_id, term, staff.id, now)
        _changed(conn, now)
        note(conn, watchlist_id, "term_confirmed", staff.id, now, text=term)


def drop_term(workspace: Workspace, watchlist_id: str, term: str, staff: Staff, now: datetime) -> None:
    with workspace.records.change() as conn:
        found = watchlist_store.load_one(conn, watchlist_id)
        if found is None or all(one.text != term for one in found.terms):
            return
        watchlist_store.drop_term(conn, watchlist_id, term)
        _changed(conn, now)
        note(conn, watchlist_id, "term_dropped", staff.id, now, text=term)


def _changed(conn: sa.Connection, now: datetime) -> None:
    _note_sources(conn)
    clippings.wait_again(conn, day_of(now) - timedelta(days=LOOK_BACK_DAYS))


def _note_sources(conn: sa.Connection) -> None:
    note_part(conn, "watchlists", {one.name: fingerprint(one) for one in watchlist_store.load_all(conn)})


def fingerprint(watchlist: Watchlist) -> str:
    """What its public form is made of: a change of it is a dated change on `/sources`."""
    public = [term.text for term in watchlist.terms if term.is_public]
    parts = (sorted(watchlist.places), sorted(watchlist.sectors), sorted(watchlist.subjects), public)
    return ";".join(",".join(part) for part in parts)
