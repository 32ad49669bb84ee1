"""Logging in and out, the one-time link, the language."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from kiemtin.desk.access import EVERYONE, local_path
from kiemtin.desk.context import LANGUAGE_COOKIE, SESSION_COOKIE, Desk, Visit, desk_of, render
from kiemtin.desk.words import LANGUAGES
from kiemtin.errors import InputError
from kiemtin.pipeline import accounts

router = APIRouter(include_in_schema=False)
_WRONG = "Tên hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa."
_SLOW_DOWN = "Đã thử quá nhiều lần. Hãy đợi vài phút."


@router.get("/login")
def show_login(request: Request, next: Annotated[str, Query(max_length=500)] = "/") -> Response:
    return _login_page(request, local_path(next))


def _login_page(request: Request, back: str, message: str = "", status: int = 200) -> Response:
    return render(Visit(request), "login.html.j2", status, back=back, message=message, form=desk_of(request).new_form("login"))


@router.post("/login")
def log_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=500)] = "/",
    form: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """A new token with every log-in: one that was planted before is worth nothing afterwards."""
    desk, back = desk_of(request), local_path(next)
    if desk.form_age(form, "login") is None:
        return _login_page(request, back, "Trang đăng nhập đã cũ; hãy thử lại.", 403)
    if not desk.logins.allows(name.strip().lower()):
        return _login_page(request, back, _SLOW_DOWN, 429)
    entered = accounts.log_in(desk.workspace.records, name, password, desk.workspace.config.login_hours, desk.clock())
    if entered is None:
        return _login_page(request, back, _WRONG, 401)
    answer = RedirectResponse(back, 303)
    _set_cookie(answer, desk, entered.token)
    return answer


def _set_cookie(answer: Response, desk: Desk, token: str) -> None:
    hours = desk.workspace.config.login_hours
    answer.set_cookie(SESSION_COOKIE, token, max_age=hours * 3600, path="/", secure=desk.secure, httponly=True, samesite="lax")


@router.post("/logout")
def log_out(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    accounts.log_out(desk_of(visit.request).workspace.records, visit.request.cookies.get(SESSION_COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.get("/password/{token}")
def show_new_password(request: Request, token: str) -> Response:
    desk = desk_of(request)
    person = accounts.holder_of_link(desk.workspace.records, token[:200], desk.clock())
    if person is None or person.closed:
        return render(
            Visit(request), "told.html.j2", 404, message="Liên kết này đã được dùng hoặc đã hết hạn. Hãy xin quản trị viên một liên kết mới."
        )
    return render(Visit(request), "password.html.j2", token=token, name=person.name, message="", form=desk.new_form("password"))


@router.post("/password/{token}")
def set_new_password(
    request: Request, token: str, password: Annotated[str, Form(max_length=1000)] = "", form: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    desk = desk_of(request)
    person = accounts.holder_of_link(desk.workspace.records, token[:200], desk.clock())
    if person is None or desk.form_age(form, "password") is None:
        return show_new_password(request, token)
    try:
        accounts.set_password_by_link(desk.workspace.records, token[:200], password, desk.clock())
    except InputError as error:
        return render(Visit(request), "password.html.j2", 422, token=token, name=person.name, message=str(error), form=desk.new_form("password"))
    return RedirectResponse("/login", 303)


@router.get("/language/{language}")
def choose_language(request: Request, language: str, back: Annotated[str, Query(max_length=500)] = "/corrections") -> Response:
    """Vietnamese or English, kept in the browser alone."""
    answer = RedirectResponse(local_path(back), 303)
    if language in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, path="/", secure=desk_of(request).secure, httponly=True, samesite="lax")
    return answer
