"""What the press reported: a time line, subjects, outlets, search over stories; the numbers behind each chart, and as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from kiemtin.desk.access import EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.coverage import SUBJECT_NAMES_VI, Counted, Subject, Watchlist, day_of
from kiemtin.domain.scope import THEME_NAMES_VI, Theme
from kiemtin.errors import InputError
from kiemtin.pipeline import exploring
from kiemtin.store import clippings
from kiemtin.store import outlets as outlet_store
from kiemtin.store import watchlists as watchlist_store
from kiemtin.store.clippings import Sought

router = APIRouter(include_in_schema=False)
_PAGE, _DAYS, _MOST_DAYS, _MOST_SKIPPED = 50, 28, 366, 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address. One series is drawn: of the watchlist, theme, subject or outlet that is asked for, or of all."""

    first: date
    last: date
    outlet: str
    subject: str
    theme: str
    watchlist: str
    q: str

    @property
    def query(self) -> str:
        given = {"first": self.first.isoformat(), "last": self.last.isoformat()} | {
            name: value for name in ("outlet", "subject", "theme", "watchlist", "q") if (value := getattr(self, name))
        }
        return urlencode(given)

    @property
    def counted(self) -> tuple[Counted, str]:
        for kind, key in (
            (Counted.WATCHLIST, self.watchlist),
            (Counted.THEME, self.theme),
            (Counted.SUBJECT, self.subject),
            (Counted.OUTLET, self.outlet),
        ):
            if key:
                return kind, key
        return Counted.ALL, ""

    @property
    def is_narrower(self) -> bool:
        """Is something asked for that the one series does not follow?"""
        return bool(self.q) or sum(map(bool, (self.watchlist, self.theme, self.subject, self.outlet))) > 1

    @property
    def sought(self) -> Sought:
        return Sought(self.first, self.last, self.outlet, self.subject, self.theme, self.watchlist)


def asked_for(
    visit: Annotated[Visit, Depends(EVERYONE)],
    first: Annotated[str, Query(max_length=10)] = "",
    last: Annotated[str, Query(max_length=10)] = "",
    outlet: Annotated[str, Query(max_length=200)] = "",
    subject: Annotated[str, Query(max_length=2)] = "",
    theme: Annotated[str, Query(max_length=30)] = "",
    watchlist: Annotated[str, Query(max_length=40)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Asked:
    """Raises InputError for what is no day, subject or theme."""
    desk = desk_of(visit.request)
    try:
        to = date.fromisoformat(last) if last else _newest(visit, day_of(desk.clock()))
        since = date.fromisoformat(first) if first else to - timedelta(days=_DAYS - 1)
        Subject(subject or Subject.ARTS.value), Theme(theme or Theme.HEALTH.value)
    except ValueError as error:
        raise InputError("bộ lọc không hợp lệ") from error
    if not since <= to or (to - since).days >= _MOST_DAYS:
        raise InputError("khoảng ngày không hợp lệ: nhiều nhất một năm")
    return Asked(since, to, outlet, subject, theme, watchlist, q)


def _newest(visit: Visit, today: date) -> date:
    with desk_of(visit.request).workspace.records.begin() as conn:
        newest = clippings.newest_day(conn)
    return min(newest or today, today)


def _counted_name(kind: Counted, key: str, watchlists: Sequence[Watchlist]) -> str:
    match kind:
        case Counted.WATCHLIST:
            return next((one.name for one in watchlists if one.id == key), key)
        case Counted.THEME:
            return THEME_NAMES_VI[Theme(key)]
        case Counted.SUBJECT:
            return SUBJECT_NAMES_VI[Subject(key)]
        case Counted.OUTLET:
            return key
        case _:
            return "mọi tin"


@router.get("/explore")
def explore(
    visit: Annotated[Visit, Depends(EVERYONE)], asked: Annotated[Asked, Depends(asked_for)], skip: Annotated[int, Query(ge=0, le=_MOST_SKIPPED)] = 0
) -> Response:
    workspace = desk_of(visit.request).workspace
    stories = exploring.stories_of(workspace, asked.sought, asked.q, _PAGE + 1, skip)
    kind, key = asked.counted
    countable = kind is not Counted.SUBJECT or exploring.may_be_counted(key)
    with workspace.records.begin() as conn:
        series = exploring.series_of(conn, kind, key, asked.first, asked.last) if countable else None
        subjects = exploring.counts_between(conn, Counted.SUBJECT, asked.first, asked.last)
        outlets = exploring.counts_between(conn, Counted.OUTLET, asked.first, asked.last)
        watchlists = watchlist_store.load_all(conn)
        names = [one.name for one in outlet_store.load_outlets(conn)]
    return render(
        visit, "explore.html.j2", asked=asked, series=series, subjects=subjects, outlets=outlets, watchlists=watchlists, outlet_names=names,
        subject_names=SUBJECT_NAMES_VI, all_subjects=tuple(Subject), themes=tuple(Theme), stories=stories[:_PAGE], skip=skip,
        following=skip + _PAGE if len(stories) > _PAGE else 0, page=_PAGE, counted_name=_counted_name(kind, key, watchlists),
    )  # fmt: skip


@router.get("/explore.csv")
def numbers(visit: Annotated[Visit, Depends(EVERYONE)], asked: Annotated[Asked, Depends(asked_for)]) -> Response:
    """The series as numbers; nothing of it is a text."""
    kind, key = asked.counted
    if kind is Counted.SUBJECT and not exploring.may_be_counted(key):
        raise InputError("chủ đề này chỉ được liệt kê, không được đếm theo thời gian")
    with desk_of(visit.request).workspace.records.begin() as conn:
        series = exploring.series_of(conn, kind, key, asked.first, asked.last)
    rows = [("kind", "key", "day", "stories", "clusters")] + [
        (kind.value, key, one.day.isoformat(), str(one.stories), str(one.clusters)) for one in series.days
    ]  # fmt: skip
    return Response(csv_of(rows), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="kiem-tin.csv"'})


def csv_of(rows: Iterable[Iterable[str]]) -> str:
    """A cell that a spreadsheet would run is marked as text (https://owasp.org/www-community/attacks/CSV_Injection)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row] for row in rows)
    return out.getvalue()
