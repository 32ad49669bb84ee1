"""The queue: what the team opens at 07:30."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response

from kiemtin.desk.access import EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.scope import Theme
from kiemtin.errors import InputError
from kiemtin.store import accounts as account_store
from kiemtin.store import desk as desk_store
from kiemtin.store.desk import QueueRow, Wanted
from nlp.text import fold

router = APIRouter(include_in_schema=False)
_PAGE = 50
_OPEN = (AlertStatus.NEW, AlertStatus.IN_REVIEW, AlertStatus.NEEDS_EVIDENCE, AlertStatus.RATED)
_MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address; "" where none is set."""

    status: str = ""
    theme: str = ""
    mine: str = ""
    q: str = ""

    @property
    def query(self) -> str:
        given = {"status": self.status, "theme": self.theme, "mine": self.mine, "q": self.q}
        return urlencode({key: value for key, value in given.items() if value})

    def wanted(self, staff_id: str, after: str) -> Wanted:
        statuses = _OPEN if self.status == "" else tuple(AlertStatus) if self.status == "all" else (AlertStatus(self.status),)
        return Wanted(
            statuses=statuses,
            theme=Theme(self.theme) if self.theme else None,
            assigned_to=staff_id if self.mine else None,
            words=tuple(fold(self.q).split()[:_MAX_WORDS]),
            after=_read_place(after),
        )


def _read_place(after: str) -> tuple[int, datetime, str] | None:
    """`priority~opened~id`, as `_place_of` wrote it; anything else is the first page."""
    try:
        priority, opened, alert_id = after.split("~")
        moment = datetime.fromisoformat(opened)
        return (int(priority), moment, alert_id) if moment.tzinfo else None
    except ValueError:
        return None


def _place_of(row: QueueRow) -> str:
    return f"{row.alert.priority}~{row.alert.opened_at.isoformat()}~{row.alert.id}"


@router.get("/")
def show_queue(
    visit: Annotated[Visit, Depends(EVERYONE)],
    status: Annotated[str, Query(max_length=20)] = "",
    theme: Annotated[str, Query(max_length=30)] = "",
    mine: Annotated[str, Query(max_length=1)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Alerts by priority; with filters, a search and the person's saved ones."""
    asked = Asked(status, theme, mine, q)
    assert visit.staff is not None  # EVERYONE
    try:
        wanted = asked.wanted(visit.staff.id, after)
    except ValueError as error:
        raise InputError("bộ lọc không hợp lệ") from error
    with desk_of(visit.request).workspace.records.begin() as conn:
        rows = desk_store.queue_page(conn, wanted, _PAGE)
        counts = desk_store.counts_by_status(conn)
        searches = desk_store.load_searches(conn, visit.staff.id)
        names = {person.id: person.name for person in account_store.load_all(conn)}
    shown, more = rows[:_PAGE], len(rows) > _PAGE
    return render(
        visit,
        "queue.html.j2",
        rows=shown,
        asked=asked,
        counts=counts,
        open_count=sum(counts.get(one, 0) for one in _OPEN),
        searches=searches,
        names=names,
        statuses=tuple(AlertStatus),
        themes=tuple(Theme),
        following=_place_of(shown[-1]) if more else "",
        first_page=not after,
    )


@router.post("/searches")
def save_search(
    visit: Annotated[Visit, Depends(EVERYONE)], name: Annotated[str, Form(max_length=60)] = "", query: Annotated[str, Form(max_length=400)] = ""
) -> Response:
    assert visit.staff is not None
    name = " ".join(name.split())
    if name:
        with desk_of(visit.request).workspace.records.change() as conn:
            desk_store.save_search(conn, visit.staff.id, name, query)
    return RedirectResponse(f"/?{query}" if query else "/", 303)


@router.post("/searches/remove")
def remove_search(visit: Annotated[Visit, Depends(EVERYONE)], name: Annotated[str, Form(max_length=60)] = "") -> Response:
    assert visit.staff is not None
    with desk_of(visit.request).workspace.records.change() as conn:
        desk_store.remove_search(conn, visit.staff.id, name)
    return RedirectResponse("/", 303)
