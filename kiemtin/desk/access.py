"""Who may open what. A route without one of these dependencies is public, and the tests' route table says so."""

import secrets
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request

from kiemtin.desk.context import SESSION_COOKIE, Visit, desk_of
from kiemtin.domain.staff import Role
from kiemtin.pipeline import accounts


class LoginNeededError(Exception):
    """Nobody is logged in: the browser is sent to the log-in page, and back again."""


class ForbiddenError(Exception):
    """Somebody is, and may not."""


class FormExpiredError(Exception):
    """The form does not carry this log-in's key: forged, or older than the log-in."""


def _looked_up(request: Request) -> Visit:
    """In a thread: the event loop waits for no database."""
    return visit_of(request)


class Allow:
    """Staff with one of these roles; a form must carry the log-in's key."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, request: Request, visit: Annotated[Visit, Depends(_looked_up)]) -> Visit:
        if visit.staff is None or visit.login is None:
            raise LoginNeededError
        if visit.staff.role not in self.roles:
            raise ForbiddenError
        if request.method not in ("GET", "HEAD"):
            form = await request.form()
            if not secrets.compare_digest(str(form.get("form_key", "")).encode(), visit.login.form_key.encode()):
                raise FormExpiredError
        return visit


EVERYONE = Allow(*Role)
DECIDERS = Allow(Role.REVIEWER, Role.APPROVER)
ADMINS = Allow(Role.ADMIN)


def visit_of(request: Request) -> Visit:
    """The visitor, logged in or not."""
    token = request.cookies.get(SESSION_COOKIE, "")
    desk = desk_of(request)
    found = accounts.whose(desk.workspace.records, token, desk.clock()) if token else None
    return Visit(request, *found) if found else Visit(request)


def local_path(wanted: str) -> str:
    """A path of this desk to go back to; anything that could lead elsewhere becomes the queue."""
    parts = urlsplit(wanted)
    strange = parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted
    return "/" if strange or any(ord(char) < 33 for char in wanted) else quote(wanted, safe="/?&=%:.,+-_~")  # noqa: PLR2004
