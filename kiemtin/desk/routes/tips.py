"""Tips: a public letter box that keeps nothing about who writes, and the page where reviewers make something of what came in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from kiemtin.desk.access import DECIDERS, visit_of
from kiemtin.desk.answers import answer_of
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.errors import InputError
from kiemtin.pipeline import intake, tipping
from kiemtin.pipeline.accounts import digest
from kiemtin.pipeline.tipping import Restated
from kiemtin.store import corrections as correction_store
from kiemtin.store import tips as tip_store

router = APIRouter(include_in_schema=False)
_LEAST_SECONDS = 2  # nobody reads the page and writes a sentence faster
_TOO_MANY = "Hiện có quá nhiều tin báo cùng lúc. Hãy thử lại sau vài phút; những gì bạn viết vẫn còn trong ô."
_TOO_FAST = "Biểu mẫu đã cũ hoặc được gửi quá nhanh. Hãy bấm gửi lại lần nữa."


@router.get("/tips")
def show_tips(request: Request) -> Response:
    return _form(request)


def _form(request: Request, text: str = "", message: str = "", status: int = 200) -> Response:
    return render(visit_of(request), "tips.html.j2", status, text=text, message=message, form=desk_of(request).new_form("tip"), limit=intake.MAX_TIP)


@router.post("/tips")
def take_tip(
    request: Request,
    text: Annotated[str, Form(max_length=20_000)] = "",
    form: Annotated[str, Form(max_length=500)] = "",
    website: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """An answer at once. `website` is hidden from people: what fills it in is a machine, and is thanked and dropped."""
    desk = desk_of(request)
    if website:
        return render(visit_of(request), "told.html.j2", message="Cảm ơn bạn.")
    age = desk.form_age(form, "tip")
    if age is None or age < _LEAST_SECONDS:
        return _form(request, text, _TOO_FAST, 403)
    if not text.strip() or len(text) > intake.MAX_TIP:
        return _form(request, text, f"Tin báo cần từ 1 đến {intake.MAX_TIP} ký tự.", 422)
    if not desk.tips.allows(form):
        return _form(request, text, _TOO_MANY, 429)
    answer = desk.asker.with_checker(lambda checker: intake.take_tip(desk.workspace, checker, intake.storable(text), desk.clock()))
    shown = answer_of(desk, answer.checked) if answer.checked else None
    return render(visit_of(request), "tip_answer.html.j2", outcome=answer.outcome, message=answer.message, code=answer.code, answer=shown)


@router.get("/tips/status")
def show_status(request: Request) -> Response:
    return render(visit_of(request), "tip_status.html.j2", asked=False, receipt=None, correction=None)


@router.post("/tips/status")
def look_up(request: Request, code: Annotated[str, Form(max_length=60)] = "") -> Response:
    """What became of a tip, for whoever holds its code."""
    desk = desk_of(request)
    if not desk.questions.allows("tip status"):
        return _form(request, "", _TOO_MANY, 429)
    with desk.workspace.records.begin() as conn:
        receipt = tip_store.load_receipt(conn, digest(intake.plain_code(code)), desk.clock())
        correction = correction_store.of_claim(conn, receipt.claim_id) if receipt and receipt.claim_id else None
    return render(visit_of(request), "tip_status.html.j2", asked=True, receipt=receipt, correction=correction)


@router.get("/desk/tips")
def show_letter_box(visit: Annotated[Visit, Depends(DECIDERS)]) -> Response:
    return _letter_box(visit)


def _letter_box(visit: Visit, status: int = 200, message: str = "", kept: tuple[str, Restated] | None = None) -> Response:
    desk = desk_of(visit.request)
    with desk.workspace.records.begin() as conn:
        waiting = tip_store.load_tips(conn, desk.clock())
    return render(visit, "letter_box.html.j2", status, waiting=waiting, message=message, kept=kept, lifetime=tip_store.LIFETIME)


@router.post("/desk/tips/{tip_id}/take")
def take_up(
    visit: Annotated[Visit, Depends(DECIDERS)],
    tip_id: str,
    text: Annotated[str, Form(max_length=5000)] = "",
    url: Annotated[str, Form(max_length=2000)] = "",
    quote: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    assert visit.staff is not None
    desk, restated = desk_of(visit.request), Restated(text, url, quote)
    try:
        alert_id = tipping.take_up(desk.workspace, tip_id, restated, visit.staff, desk.clock())
    except InputError as error:
        return _letter_box(visit, 422, f"{str(error)[:1].upper()}{str(error)[1:]}.", (tip_id, restated))
    return RedirectResponse(f"/alerts/{alert_id}", 303)


@router.post("/desk/tips/{tip_id}/leave")
def leave(visit: Annotated[Visit, Depends(DECIDERS)], tip_id: str) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    tipping.leave(desk.workspace, tip_id, visit.staff, desk.clock())
    return RedirectResponse("/desk/tips", 303)
