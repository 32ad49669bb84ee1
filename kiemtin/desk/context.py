"""What every page is made with: the workspace, the checker, the clock, the templates, and who is asking in which language."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from itsdangerous import BadData, TimestampSigner
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from kiemtin.briefing import page
from kiemtin.desk import show, words
from kiemtin.desk.guard import Meter
from kiemtin.domain.staff import Staff
from kiemtin.pipeline.checks import Checked, Checker
from kiemtin.pipeline.workspace import Workspace, utc_now
from kiemtin.store.accounts import Login

SESSION_COOKIE, LANGUAGE_COOKIE = "kiemtin", "kiemtin_lang"
_FORM_LIFE = 2 * 3600


class Asker:
    """The checker, for many threads: one text at a time, and a fresh one after each pass. Warmed at start (underthesea loads lazily and races)."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._checker: Checker | None = None

    def check(self, text: str) -> Checked:
        """As `Checker.check`; raises InputError."""
        with self._lock:
            return self._current().check(text)

    def with_checker(self, use: Callable[[Checker], Any]) -> Any:
        with self._lock:
            return use(self._current())

    def renew(self) -> None:
        """The index or the catalogue has changed."""
        with self._lock:
            self._checker = None

    def _current(self) -> Checker:
        if self._checker is None:
            self._checker = Checker(self._workspace)
        return self._checker


@dataclass(slots=True)
class Desk:
    """One running desk. `troubles`: what runs by the clock and failed last time, with the kind of its failure. `streams`: public streams that cannot be read for counting, likewise. `forms` signs what is handed out before a log-in; its key is new with every start."""

    workspace: Workspace
    asker: Asker
    loopback_ok: bool = False
    clock: Callable[[], datetime] = utc_now
    forms: TimestampSigner = field(default_factory=lambda: TimestampSigner(secrets.token_bytes(32)))
    logins: Meter = field(default_factory=lambda: Meter(20, 300, 300))
    tips: Meter = field(default_factory=lambda: Meter(5, 600, 200))
    troubles: dict[str, str] = field(default_factory=dict)
    streams: dict[str, str] = field(default_factory=dict)
    questions: Meter = field(default_factory=lambda: Meter(60, 60, 600))

    @property
    def secure(self) -> bool:
        return self.workspace.config.public_url.startswith("https://")

    def new_form(self, purpose: str) -> str:
        """A token for a form that is shown before a log-in."""
        return self.forms.sign(f"{purpose}:{secrets.token_urlsafe(12)}").decode()

    def form_age(self, token: str, purpose: str) -> float | None:
        """Seconds since the form was handed out; None where it was not, or too long ago."""
        try:
            value, made = self.forms.unsign(token, max_age=_FORM_LIFE, return_timestamp=True)
        except BadData:
            return None
        return (self.forms.get_timestamp() - made.timestamp()) if value.decode().startswith(f"{purpose}:") else None


def open_desk(workspace: Workspace, loopback_ok: bool = False, clock: Callable[[], datetime] = utc_now) -> Desk:
    return Desk(workspace, Asker(workspace), loopback_ok, clock)


def desk_of(request: Request) -> Desk:
    found: Desk = request.app.state.desk
    return found


def language_of(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "vi")
    return chosen if chosen in words.LANGUAGES else "vi"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader([PackageLoader("kiemtin.desk"), PackageLoader("kiemtin.briefing")]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(page.FILTERS)
    made.filters.update(show.FILTERS)
    made.globals.update(page.GLOBALS)
    made.globals["words"] = words
    return made


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is asking: `login` and `staff` None on public pages."""

    request: Request
    login: Login | None = None
    staff: Staff | None = None


def render(visit: Visit, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One page in the visitor's language. Every value is escaped."""
    desk, language = desk_of(visit.request), language_of(visit.request)
    page = _environment().get_template(template).render(
        _=partial(words.say, language=language),
        language=language,
        staff=visit.staff,
        form_key=visit.login.form_key if visit.login else "",
        office=desk.workspace.config.office_name,
        path=visit.request.url.path,
        now=desk.clock(),
        **values,
    )  # fmt: skip
    return HTMLResponse(page, status)


def render_text(template: str, **values: Any) -> str:
    """An XML or plain text document."""
    return _environment().get_template(template).render(**values)
