"""Newsrooms: who gets what was approved, by which way, and what became of each delivery."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from crawlers.guard import is_loopback_name
from kiemtin.delivery.mail import is_mailbox
from kiemtin.desk.access import ADMINS, EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.deliveries import Destination, DestinationKind, Wants
from kiemtin.domain.scope import Theme
from kiemtin.errors import InputError
from kiemtin.pipeline import newsrooms
from kiemtin.store import deliveries as delivery_store

router = APIRouter(include_in_schema=False)
_SHOWN = 100
_FOLDER = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@router.get("/newsrooms")
def show_newsrooms(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    return _newsrooms(visit)


def _newsrooms(visit: Visit, status: int = 200, message: str = "", issued: newsrooms.Issued | None = None) -> Response:
    with desk_of(visit.request).workspace.records.begin() as conn:
        destinations = delivery_store.load_destinations(conn)
        counts = delivery_store.counts(conn)
    return render(
        visit, "newsrooms.html.j2", status, destinations=destinations, counts=counts, kinds=tuple(DestinationKind), themes=tuple(Theme), all_wants=tuple(Wants),
        message=message, issued=issued,
    )  # fmt: skip


@router.post("/newsrooms")
def add_destination(
    visit: Annotated[Visit, Depends(ADMINS)],
    kind: Annotated[DestinationKind, Form()],
    subscriber: Annotated[str, Form(max_length=200)] = "",
    target: Annotated[str, Form(max_length=500)] = "",
    themes: Annotated[list[Theme] | None, Form()] = None,
    wants: Annotated[list[Wants] | None, Form()] = None,
) -> Response:
    """Its token and signing secret are shown once."""
    assert visit.staff is not None
    desk = desk_of(visit.request)
    try:
        wanted = newsrooms.Wanted(_subscriber(subscriber), kind, _target(kind, target, desk.loopback_ok), frozenset(themes or ()), _wants(wants))
        issued = newsrooms.add_destination(desk.workspace, wanted, visit.staff, desk.clock())
    except InputError as error:
        return _newsrooms(visit, 422, f"{str(error)[:1].upper()}{str(error)[1:]}.")
    return _newsrooms(visit, issued=issued)


def _wants(given: list[Wants] | None) -> frozenset[Wants]:
    if not given:
        raise InputError("hãy chọn ít nhất một loại để nhận")
    return frozenset(given)


def _subscriber(name: str) -> str:
    name = " ".join(name.split())
    if not 2 <= len(name) <= 120 or not name.isprintable():  # noqa: PLR2004
        raise InputError("tên đơn vị nhận cần từ 2 đến 120 ký tự")
    return name


def _target(kind: DestinationKind, target: str, loopback_ok: bool) -> str:
    """Checked as far as it can be before the first delivery, which looks the host's addresses up itself."""
    target = target.strip()
    match kind:
        case DestinationKind.FEED:
            return ""
        case DestinationKind.MAIL:
            good = is_mailbox(target)
        case DestinationKind.WEBHOOK:
            good = _is_webhook(target, loopback_ok)
        case DestinationKind.FOLDER:
            good = _FOLDER.fullmatch(target) is not None
    if not good:
        raise InputError("địa chỉ nhận không dùng được: cần một hộp thư, một địa chỉ https://, hoặc tên thư mục gồm chữ thường, số và gạch nối")
    return target


def _is_webhook(target: str, loopback_ok: bool) -> bool:
    try:
        parts = urlsplit(target)
        host, _port = parts.hostname or "", parts.port
    except ValueError:  # an address that is none, a port beyond the last
        return False
    plain = parts.scheme == "http" and loopback_ok and is_loopback_name(host)
    return bool(host) and parts.username is None and (parts.scheme == "https" or plain)


def _known(visit: Visit, destination_id: str) -> Destination:
    with desk_of(visit.request).workspace.records.begin() as conn:
        found = delivery_store.load_destination(conn, destination_id)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/newsrooms/{destination_id}")
def show_destination(visit: Annotated[Visit, Depends(EVERYONE)], destination_id: str) -> Response:
    destination = _known(visit, destination_id)
    with desk_of(visit.request).workspace.records.begin() as conn:
        deliveries = delivery_store.of_destination(conn, destination_id, _SHOWN)
    return render(visit, "newsroom.html.j2", destination=destination, deliveries=deliveries)


@router.post("/newsrooms/{destination_id}/pause")
def pause(visit: Annotated[Visit, Depends(ADMINS)], destination_id: str, paused: Annotated[bool, Form()]) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    newsrooms.pause(desk.workspace, _known(visit, destination_id), paused, visit.staff, desk.clock())
    return RedirectResponse(f"/newsrooms/{destination_id}", 303)


@router.post("/newsrooms/{destination_id}/remove")
def remove(visit: Annotated[Visit, Depends(ADMINS)], destination_id: str) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    newsrooms.remove(desk.workspace, _known(visit, destination_id), visit.staff, desk.clock())
    return RedirectResponse("/newsrooms", 303)


@router.post("/newsrooms/{destination_id}/token")
def new_token(visit: Annotated[Visit, Depends(ADMINS)], destination_id: str) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    return _newsrooms(visit, issued=newsrooms.new_token(desk.workspace, _known(visit, destination_id), visit.staff, desk.clock()))


@router.post("/newsrooms/{destination_id}/replay")
def replay(visit: Annotated[Visit, Depends(ADMINS)], destination_id: str, delivery: Annotated[str, Form(max_length=60)]) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    if not newsrooms.replay(desk.workspace, _known(visit, destination_id), delivery, visit.staff, desk.clock()):
        raise InputError("chỉ gửi lại được bản mới nhất, tới một nơi nhận còn đó")
    return RedirectResponse(f"/newsrooms/{destination_id}", 303)
