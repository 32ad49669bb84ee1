"""Accounts, for administrators; and what each person sets for themselves."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from kiemtin.delivery.mail import is_mailbox
from kiemtin.desk.access import ADMINS, EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.staff import Role, Staff, Tier
from kiemtin.errors import InputError
from kiemtin.pipeline import accounts
from kiemtin.pipeline.log import note
from kiemtin.store import accounts as account_store

router = APIRouter(include_in_schema=False)
_MUTES = {"": None, "8": timedelta(hours=8), "24": timedelta(hours=24), "168": timedelta(days=7)}
_MAX_CAP = 50


@router.get("/accounts")
def show_accounts(visit: Annotated[Visit, Depends(ADMINS)]) -> Response:
    return _accounts(visit)


def _accounts(visit: Visit, status: int = 200, message: str = "", link: str = "", for_name: str = "") -> Response:
    with desk_of(visit.request).workspace.records.begin() as conn:
        people = account_store.load_all(conn)
    return render(visit, "accounts.html.j2", status, people=people, roles=tuple(Role), message=message, link=link, for_name=for_name)


@router.post("/accounts")
def open_account(
    visit: Annotated[Visit, Depends(ADMINS)], role: Annotated[Role, Form()], name: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """The new person chooses a password with a one-time link: nobody else ever knows it."""
    assert visit.staff is not None
    desk = desk_of(visit.request)
    try:
        person = accounts.add_staff(desk.workspace.records, name, role, accounts.unknown_password(), desk.clock(), visit.staff.id)
    except InputError as error:
        return _accounts(visit, 422, f"{str(error)[:1].upper()}{str(error)[1:]}.")
    return _with_link(visit, person)


def _with_link(visit: Visit, person: Staff) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    token = accounts.reset_link(desk.workspace.records, person.id, visit.staff, desk.clock())
    return _accounts(visit, link=f"{desk.workspace.config.public_url}/password/{token}", for_name=person.name)


def _known(visit: Visit, staff_id: str) -> Staff:
    with desk_of(visit.request).workspace.records.begin() as conn:
        person = account_store.load(conn, staff_id)
    if person is None:
        raise HTTPException(404)
    return person


@router.post("/accounts/{staff_id}/link")
def new_link(visit: Annotated[Visit, Depends(ADMINS)], staff_id: str) -> Response:
    return _with_link(visit, _known(visit, staff_id))


@router.post("/accounts/{staff_id}/close")
def close_account(visit: Annotated[Visit, Depends(ADMINS)], staff_id: str) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    try:
        accounts.close_account(desk.workspace.records, _known(visit, staff_id).id, visit.staff, desk.clock())
    except InputError as error:
        return _accounts(visit, 422, f"{str(error)[:1].upper()}{str(error)[1:]}.")
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{staff_id}/role")
def change_role(visit: Annotated[Visit, Depends(ADMINS)], staff_id: str, role: Annotated[Role, Form()]) -> Response:
    """Whoever changes roles has none that decides: an administrator's own stays."""
    assert visit.staff is not None
    desk, person = desk_of(visit.request), _known(visit, staff_id)
    if person.id == visit.staff.id:
        return _accounts(visit, 422, "Bạn không đổi được vai trò của chính mình.")
    with desk.workspace.records.change() as conn:
        account_store.save(conn, replace(person, role=role))
        account_store.end_logins(conn, person.id)
        note(conn, person.id, "account_changed", visit.staff.id, desk.clock(), person.role.value, role.value)
    return RedirectResponse("/accounts", 303)


@router.get("/me")
def show_me(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    return render(visit, "me.html.j2", tiers=tuple(Tier), message="", done="")


@router.post("/me/notices")
def set_notices(
    visit: Annotated[Visit, Depends(EVERYONE)],
    tier: Annotated[Tier, Form()],
    mailbox: Annotated[str, Form(max_length=254)] = "",
    daily_cap: Annotated[int, Form()] = 10,
    mute: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    assert visit.staff is not None
    desk, mailbox = desk_of(visit.request), mailbox.strip()
    if (mailbox and not is_mailbox(mailbox)) or not 1 <= daily_cap <= _MAX_CAP or mute not in _MUTES or (tier is not Tier.NONE and not mailbox):
        return render(visit, "me.html.j2", 422, tiers=tuple(Tier), message="Hãy kiểm tra hộp thư và số thư mỗi ngày (1 đến 50).", done="")
    span = _MUTES[mute]
    person = replace(
        visit.staff, tier=tier, mailbox=mailbox, daily_cap=daily_cap, muted_until=desk.clock() + span if span else None
    )  # fmt: skip
    with desk.workspace.records.change() as conn:
        account_store.save(conn, person)
    return RedirectResponse("/me", 303)


@router.post("/me/password")
def change_password(
    visit: Annotated[Visit, Depends(EVERYONE)], old: Annotated[str, Form(max_length=1000)] = "", new: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    if not desk.logins.allows(visit.staff.name.lower()):
        return render(visit, "me.html.j2", 429, tiers=tuple(Tier), message="Đã thử quá nhiều lần. Hãy đợi vài phút.", done="")
    try:
        accounts.change_own_password(desk.workspace.records, visit.staff, old, new, desk.clock())
    except InputError as error:
        return render(visit, "me.html.j2", 422, tiers=tuple(Tier), message=f"{str(error)[:1].upper()}{str(error)[1:]}.", done="")
    return RedirectResponse("/login", 303)
