"""The briefing in the desk: each edition as it was frozen, today's draft, what the office enters for the days to come; and how collecting went."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from kiemtin.briefing.letter import text_of
from kiemtin.briefing.render import FORMS
from kiemtin.briefing.words import cleaned, minutes
from kiemtin.desk.access import DECIDERS, EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.coverage import day_of
from kiemtin.domain.editions import Edition, EditionKind, kinds_due
from kiemtin.domain.stories import content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.briefing import draft, is_due
from kiemtin.pipeline.coverage import troubles_on
from kiemtin.store import collected
from kiemtin.store import editions as edition_store
from nlp.privacy import find_private

router = APIRouter(include_in_schema=False)
_SHOWN, _EVENT_DAYS, _LONGEST_EVENT, _COLLECTED_DAYS = 60, 366, 200, 14


@router.get("/briefing")
def show_editions(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    desk = desk_of(visit.request)
    today = day_of(desk.clock())
    with desk.workspace.records.begin() as conn:
        found = edition_store.latest(conn, _SHOWN)
        events = edition_store.load_events(conn, today, today + timedelta(days=_EVENT_DAYS))
    return render(visit, "briefings.html.j2", editions=found, events=events, today=today, set_time=desk.workspace.config.briefing_time)


@router.get("/briefing/{day}")
def show_edition(visit: Annotated[Visit, Depends(EVERYONE)], day: str, kind: Annotated[EditionKind, Query()] = EditionKind.DAILY) -> Response:
    """A day's edition, or today's draft until it is made."""
    day, _, form = day.partition(".")
    edition, is_draft = _edition(visit, _day(day), kind)
    if form:
        return _file(edition, form)
    return render(
        visit,
        "briefing.html.j2",
        body=cleaned(edition.body),
        is_draft=is_draft,
        is_due=is_due(desk_of(visit.request).workspace, kind, edition.day, desk_of(visit.request).clock()),
        minutes=minutes(text_of(edition.body)),
        kind=kind.value,
    )


def _edition(visit: Visit, day: date, kind: EditionKind) -> tuple[Edition, bool]:
    desk = desk_of(visit.request)
    with desk.workspace.records.begin() as conn:
        found = edition_store.load(conn, kind, day)
    if found is not None:
        return found, False
    today = day_of(desk.clock())
    if day != today or kind not in kinds_due(day):
        raise HTTPException(404)
    return draft(desk.workspace, kind, day, desk.clock()), True


def _file(edition: Edition, form: str) -> Response:
    if form not in FORMS:
        raise HTTPException(404)
    make, media_type = FORMS[form]
    name = f"ban-tin-{edition.kind.value}-{edition.day.isoformat()}.{form}"
    return Response(make(edition.body), media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(404) from error


@router.post("/briefing/events")
def add_event(
    visit: Annotated[Visit, Depends(DECIDERS)], day: Annotated[str, Form(max_length=10)] = "", text: Annotated[str, Form(max_length=400)] = ""
) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    words = " ".join(text.split())
    try:
        when = date.fromisoformat(day)
    except ValueError as error:
        raise InputError("ngày không hợp lệ") from error
    if not 3 <= len(words) <= _LONGEST_EVENT or not words.isprintable():  # noqa: PLR2004
        raise InputError(f"nội dung cần từ 3 đến {_LONGEST_EVENT} ký tự")
    if find_private(words):
        raise InputError("nội dung không được có tên người hay thông tin riêng")
    event = edition_store.Event(content_id("event", when.isoformat(), words), when, words, visit.staff.id)
    with desk.workspace.records.change() as conn:
        edition_store.save_event(conn, event, desk.clock())
    return RedirectResponse("/briefing", 303)


@router.post("/briefing/events/remove")
def remove_event(visit: Annotated[Visit, Depends(DECIDERS)], event: Annotated[str, Form(max_length=60)] = "") -> Response:
    with desk_of(visit.request).workspace.records.change() as conn:
        edition_store.remove_event(conn, event)
    return RedirectResponse("/briefing", 303)


@router.get("/collecting")
def show_collecting(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    """How each source is collected: what is wrong today, and the numbers of two weeks."""
    desk = desk_of(visit.request)
    today = day_of(desk.clock())
    with desk.workspace.records.begin() as conn:
        troubles = troubles_on(conn, today, day_is_over=False)
        earlier = troubles_on(conn, today - timedelta(days=1), day_is_over=True)
        stock = collected.load_stock(conn, today - timedelta(days=_COLLECTED_DAYS - 1), today)
    return render(
        visit, "collecting.html.j2", troubles=troubles, earlier=earlier, stock=sorted(stock, key=lambda one: (-one.day.toordinal(), one.outlet))
    )
