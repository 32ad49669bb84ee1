"""A desk with a few made-up alerts and one account of each role, and browsers of the test client that are logged in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response

from kiemtin.desk.app import create_app
from kiemtin.desk.context import Desk
from kiemtin.desk.context import open_desk as desk_around
from kiemtin.domain.claims import Appearance, Claim, ClaimReview
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.staff import Role, Staff
from kiemtin.domain.stories import Story, content_id
from kiemtin.pipeline.accounts import add_staff
from kiemtin.pipeline.cases import decide_now
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import outlets as outlet_store
from kiemtin.store import queue as queue_store
from kiemtin.store import reviews as review_store
from kiemtin.store.stories import save_extraction
from kiemtin.store.tables import alerts

PASSWORD = "câu-dài-dễ-nhớ-27"
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def _outlet(name: str, kind: OutletKind, host: str, controller: str, state: str | None = None) -> Outlet:
    return Outlet(name, kind, f"https://{host}", "vi", name, "1 đường Trúc Lam", controller, (f"https://{host}/rss",), state=state)


PAPER = _outlet("Báo Đồng Xanh", OutletKind.NEWS, "dongxanh.example", "Hội Đồng Xanh")
CHECKER = _outlet("Trạm Soi Tin", OutletKind.FACT_CHECKER, "soitin.example", "Quỹ Soi Tin")
AUTHORITY = _outlet("Sở Y tế Lam Giang", OutletKind.AUTHORITY, "syt.lamgiang.example", "Tỉnh Lam Giang", state="VN")
CATALOG = (PAPER, CHECKER, AUTHORITY)


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(slots=True)
class DeskRun:
    """An opened desk for tests."""

    desk: Desk
    clock: Clock
    people: dict[Role, Staff] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return self.desk.workspace

    @contextmanager
    def browser(self, role: Role | None = None, name: str = "") -> Iterator["Browser"]:
        """A browser, logged in where a role (or a name) is given."""
        with TestClient(create_app(self.desk), base_url="http://127.0.0.1:8000", follow_redirects=False) as client:
            browser = Browser(client)
            if role is not None or name:
                entered = browser.log_in(name or self.people[role].name)  # type: ignore[index]
                assert entered.status_code == 303, entered.text
            yield browser

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        with self.workspace.records.begin() as conn:
            return list(conn.execute(query))

    def version(self, alert_id: str) -> int:
        (row,) = self.rows(sa.select(alerts.c.version).where(alerts.c.id == alert_id))
        return int(row.version)

    def status(self, alert_id: str) -> str:
        (row,) = self.rows(sa.select(alerts.c.status).where(alerts.c.id == alert_id))
        return str(row.status)


@dataclass(slots=True)
class Browser:
    """The test client as a person uses it: forms are sent with the key that stands on the page."""

    client: TestClient

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def log_in(self, name: str, password: str = PASSWORD, back: str = "/") -> Response:
        page = self.client.get("/login").text
        return self.client.post("/login", data={"name": name, "password": password, "next": back, "form": hidden(page, "form")})

    def send(self, path: str, page: str = "/me", **fields: Any) -> Response:
        """Send a form of the desk; `page` is where its key is read."""
        key = hidden(self.client.get(page).text, "form_key")
        return self.client.post(path, data={"form_key": key, **fields})


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found.group(1)


def make_alert(
    run: Workspace,
    claim: str,
    now: datetime = START,
    rating: Rating = Rating.FALSE,
    checker: Outlet = CHECKER,
    quote: str = "",
    title: str = "Tin vắn",
) -> str:
    """A check by `checker`, a story of the paper that repeats its claim, and the alert that comes of both; returns the alert's id."""
    slug = content_id("made", claim)
    kind = PublisherKind(checker.kind.value)
    review = ClaimReview(claim, rating, rating.alternate_name, f"{checker.home}/{slug}", checker.name, kind, "vi", quote or f"Nói “{claim}” là không đúng.", now, theme=Theme.HEALTH)  # fmt: skip
    story = Story(f"{PAPER.home}/{slug}", PAPER.name, title, f"{claim}. Người dân đang xôn xao.", now - timedelta(days=1), "vi")
    with run.records.change() as conn:
        review_store.save(conn, [review], examined=True)
        save_extraction(conn, PAPER, story, [], now)
        queue_store.save_claims(conn, [Claim(review.claim_id, claim, Theme.HEALTH, ClaimKind.EFFECT, review.id)])
        queue_store.replace_appearances(conn, story.id, [Appearance(review.claim_id, story.id, claim, 0, 0.97, True)])
        decide_now(conn, run, review.claim_id, now)
    return content_id("alert", review.claim_id)


@contextmanager
def open_desk(data: Path) -> Iterator[DeskRun]:
    """A data directory with a catalogue and one account of each role, opened as a desk whose clock stands still."""
    clock = Clock()
    with open_workspace(data) as workspace:
        with workspace.records.change() as conn:
            outlet_store.replace_catalog(conn, CATALOG)
        run = DeskRun(desk_around(workspace, loopback_ok=True, clock=clock), clock)
        for role in Role:
            run.people[role] = add_staff(workspace.records, f"Nhân viên {role.value}", role, PASSWORD, START)
        yield run
