"""Who may open what, made from the route table: a new route is tried by itself, and one that nobody thought of as public fails here."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from kiemtin.desk.access import Allow, local_path
from kiemtin.desk.app import PAGES, create_app
from kiemtin.desk.context import SESSION_COOKIE
from kiemtin.domain.staff import Role
from kiemtin.pipeline import accounts
from kiemtin.store.tables import alerts, decisions
from tests.support.desk import PASSWORD, Browser, DeskRun, hidden, make_alert

PUBLIC = {
    ("GET", "/login"), ("POST", "/login"), ("GET", "/password/{token}"), ("POST", "/password/{token}"), ("GET", "/language/{language}"),
    ("GET", "/tips"), ("POST", "/tips"), ("GET", "/tips/status"), ("POST", "/tips/status"),
    ("GET", "/corrections"), ("GET", "/corrections.json"), ("GET", "/corrections.atom"), ("GET", "/corrections/{correction_id}"),
    ("GET", "/corrections/{correction_id}.json"), ("GET", "/corrections/{correction_id}.jsonld"), ("GET", "/corrections/{correction_id}.docx"),
    ("GET", "/sources"), ("GET", "/sources.json"), ("GET", "/healthz"), ("GET", "/readyz"),
}  # fmt: skip
BY_TOKEN = {("GET", "/api/briefings"), ("GET", "/api/briefings.atom"), ("GET", "/api/corrections"), ("GET", "/api/corrections/{correction_id}")}
# Something plausible for every field, so that a refusal is for the person and not for the form.
FIELDS = {
    "action": "take", "version": "1", "useful": "true", "repeats": "true", "story": "s", "url": "https://dongxanh.example/1", "quote": "x",
    "relation": "refutes", "name": "Tên Mới", "role": "viewer", "tier": "none", "mailbox": "", "daily_cap": "5", "kind": "feed",
    "subscriber": "Báo Mới", "target": "", "paused": "true", "delivery": "d", "text": "x", "old": "x", "new": "x",
    "harm": "40", "reach": "20", "specificity": "10", "recency": "10", "repetition": "5", "evidence": "15", "query": "q=soi",
}  # fmt: skip


def routes(_run: DeskRun) -> Iterator[tuple[str, str, Allow | None]]:
    for route in (route for module in PAGES for route in module.router.routes):
        if isinstance(route, APIRoute):
            guards = [one.call for one in route.dependant.dependencies if isinstance(one.call, Allow)]
            for method in sorted(route.methods - {"HEAD"}):
                yield method, route.path, guards[0] if guards else None


def filled(path: str, alert_id: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: alert_id if found.group(1) == "alert_id" else "nothing", path)


def asked(browser: Browser, method: str, path: str, key: str | None) -> Any:
    if method == "GET":
        return browser.client.get(path)
    return browser.client.post(path, data=FIELDS | ({"form_key": key} if key is not None else {}))


def test_the_application_has_no_other_routes_than_those_modules(desk: DeskRun) -> None:
    app = create_app(desk.desk)
    assert {route.path for route in app.routes if isinstance(route, Route | Mount)} == {"/api/openapi.json", "/static"}
    assert len([route for route in app.routes if not isinstance(route, Route | Mount)]) == len(PAGES)
    assert len(list(routes(desk))) > 50


def test_every_route_is_guarded_or_known_to_be_public(desk: DeskRun) -> None:
    open_routes = {(method, path) for method, path, guard in routes(desk) if guard is None}
    assert open_routes == PUBLIC | BY_TOKEN


def test_nobody_gets_in_without_a_log_in(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, "Uống nước lá sen chữa khỏi bệnh sởi")
    before = desk.rows(sa.select(sa.func.count()).select_from(decisions))
    with desk.browser() as anyone:
        for method, path, guard in routes(desk):
            if guard is not None:
                answer = asked(anyone, method, filled(path, alert_id), "x")
                assert (answer.status_code, answer.headers["location"].startswith("/login?next=")) == (303, True), (method, path)
        for method, path in BY_TOKEN:
            assert asked(anyone, method, filled(path, alert_id), None).status_code == 401
            bad = anyone.client.get(filled(path, alert_id), headers={"Authorization": "Bearer x"})
            assert bad.status_code == 401
    assert desk.rows(sa.select(sa.func.count()).select_from(decisions)) == before


@pytest.mark.parametrize("role", list(Role))
def test_every_role_opens_what_it_may_and_nothing_else(desk: DeskRun, role: Role) -> None:
    alert_id = make_alert(desk.workspace, "Uống nước lá sen chữa khỏi bệnh sởi")
    with desk.browser(role) as browser:
        key = hidden(browser.get("/me").text, "form_key")
        for method, path, guard in routes(desk):
            if guard is None or path == "/logout":
                continue
            answer = asked(browser, method, filled(path, alert_id), key)
            if role in guard.roles:
                assert answer.status_code not in (401, 500) and "không được mở trang này" not in answer.text, (method, path, answer.status_code)
            else:
                assert answer.status_code == 403 and "không được mở trang này" in answer.text, (method, path)
    if role in (Role.VIEWER, Role.ADMIN):
        assert desk.status(alert_id) == "new"


def test_a_form_without_its_key_does_nothing(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, "Uống nước lá sen chữa khỏi bệnh sởi")
    before = desk.rows(sa.select(alerts.c.version, alerts.c.status))
    with desk.browser(Role.APPROVER) as approver, desk.browser(Role.ADMIN) as admin:
        for method, path, guard in routes(desk):
            if method == "POST" and guard is not None:
                browser = admin if Role.ADMIN in guard.roles and Role.APPROVER not in guard.roles else approver
                for key in (None, "", "x", "ả" * 50):
                    assert asked(browser, method, filled(path, alert_id), key).status_code == 403, path
        other = hidden(admin.get("/me").text, "form_key")
        assert asked(approver, "POST", f"/alerts/{alert_id}/step", other).status_code == 403, "another person's key"
        strange = approver.client.post(
            "/logout", headers={"Origin": "https://evil.example"}, data={"form_key": hidden(approver.get("/me").text, "form_key")}
        )
        assert strange.status_code == 403
        crossed = approver.client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"}, data={})
        assert crossed.status_code == 403
    assert desk.rows(sa.select(alerts.c.version, alerts.c.status)) == before


def test_a_planted_cookie_is_worth_nothing_and_a_log_out_ends_it_at_the_server(desk: DeskRun) -> None:
    with desk.browser() as browser:
        browser.client.cookies.set(SESSION_COOKIE, "planted")
        assert browser.get("/").status_code == 303
        browser.log_in(desk.people[Role.VIEWER].name)
        first = [cookie.value for cookie in browser.client.cookies.jar if cookie.name == SESSION_COOKIE and cookie.value != "planted"]
        assert len(first) == 1
        browser.client.cookies.clear()
        browser.client.cookies.set(SESSION_COOKIE, first[0] or "")
        assert browser.get("/").status_code == 200
        assert browser.send("/logout").status_code == 303
        browser.client.cookies.set(SESSION_COOKIE, first[0] or "")
        assert browser.get("/").status_code == 303, "the old token is dead"


def test_five_failures_lock_for_a_quarter_of_an_hour_and_say_no_more_than_a_wrong_name(desk: DeskRun) -> None:
    name = desk.people[Role.VIEWER].name
    with desk.browser() as browser:
        answers = {browser.log_in(name, "sai-mật-khẩu-nào-đó").text.split("<form")[1] and browser.log_in("Không Ai", "sai").status_code}
        assert answers == {401}
        for _ in range(4):
            assert browser.log_in(name, "sai-mật-khẩu-nào-đó").status_code == 401
        assert browser.log_in(name).status_code == 401, "locked, also for the right password"
        desk.clock.move(minutes=15, seconds=1)
        assert browser.log_in(name).status_code == 303


def test_too_many_attempts_are_slowed_down(desk: DeskRun) -> None:
    with desk.browser() as browser:
        codes = [browser.log_in("Không Ai", "sai").status_code for _ in range(22)]
    assert set(codes[:20]) == {401} and set(codes[20:]) == {429}


def test_a_log_in_expires_and_ends_when_the_account_is_closed_or_changes_its_role(desk: DeskRun) -> None:
    admin = desk.people[Role.ADMIN]
    with desk.browser(Role.REVIEWER) as browser, desk.browser(Role.ADMIN) as keeper:
        desk.clock.move(hours=11)
        assert browser.get("/").status_code == 200
        keeper.send(f"/accounts/{desk.people[Role.REVIEWER].id}/role", role="viewer")
        assert browser.get("/").status_code == 303
        browser.log_in(desk.people[Role.REVIEWER].name)
        accounts.close_account(desk.workspace.records, desk.people[Role.REVIEWER].id, admin, desk.clock())
        assert browser.get("/").status_code == 303
        assert browser.log_in(desk.people[Role.REVIEWER].name).status_code == 401
        desk.clock.move(hours=2)
        assert keeper.get("/").status_code == 303


def test_the_last_administrator_stays(desk: DeskRun) -> None:
    with desk.browser(Role.ADMIN) as keeper:
        answer = keeper.send(f"/accounts/{desk.people[Role.ADMIN].id}/close")
        assert answer.status_code == 422 and "quản trị viên cuối cùng" in answer.text
        assert keeper.send(f"/accounts/{desk.people[Role.ADMIN].id}/role", role="approver").status_code == 422


def test_a_password_link_works_once_and_a_new_one_ends_the_one_before(desk: DeskRun) -> None:
    person, new = desk.people[Role.VIEWER], "một câu khác hẳn, dễ nhớ"
    with desk.browser(Role.ADMIN) as keeper, desk.browser(Role.VIEWER) as viewer, desk.browser() as anyone:
        links = [re.findall(r"/password/([\w-]+)", keeper.send(f"/accounts/{person.id}/link").text)[0] for _ in range(2)]
        assert viewer.get("/").status_code == 303, "the old log-ins end"
        assert anyone.log_in(person.name).status_code == 401, "and so does the old password"
        assert anyone.get(f"/password/{links[0]}").status_code == 404
        form = hidden(anyone.get(f"/password/{links[1]}").text, "form")
        assert anyone.client.post(f"/password/{links[1]}", data={"password": "ngắn", "form": form}).status_code == 422
        assert anyone.client.post(f"/password/{links[1]}", data={"password": new, "form": form}).status_code == 303
        assert anyone.client.post(f"/password/{links[1]}", data={"password": PASSWORD, "form": form}).status_code == 404
        assert anyone.log_in(person.name, new).status_code == 303
        old = accounts.reset_link(desk.workspace.records, person.id, desk.people[Role.ADMIN], desk.clock())
        desk.clock.now += timedelta(hours=25)
        assert anyone.get(f"/password/{old}").status_code == 404


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", " //evil.example",
     "http:evil.example", "///evil.example", "evil.example", "", "/%0d%0aSet-Cookie: x", "/\r\nLocation: https://evil.example"],
)  # fmt: skip
def test_nothing_leads_away_from_the_desk(desk: DeskRun, wanted: str) -> None:
    safe = local_path(wanted)
    assert safe.startswith("/") and not safe.startswith("//") and "\\" not in safe and "\n" not in safe
    with desk.browser() as browser:
        answer = browser.log_in(desk.people[Role.VIEWER].name, back=wanted)
        assert answer.headers["location"].startswith("/") and not answer.headers["location"].startswith("//")
        back = browser.client.get("/language/en", params={"back": wanted})
        assert back.headers["location"].startswith("/") and not back.headers["location"].startswith("//")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(desk: DeskRun) -> None:
    with desk.browser() as browser:
        header = browser.log_in(desk.people[Role.VIEWER].name).headers["set-cookie"].lower()
    assert "httponly" in header and "samesite=lax" in header and "path=/" in header


def test_every_answer_carries_the_secure_headers(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, "Uống nước lá sen chữa khỏi bệnh sởi")
    with desk.browser(Role.APPROVER) as browser:
        paths = [filled(path, alert_id) for method, path, _ in routes(desk) if method == "GET"]
        for path in (*paths, "/nowhere", "/static/desk.css", "/static/../app.py", "/static/%2e%2e/app.py", "/api/openapi.json"):
            answer = browser.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy, path
            assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["x-frame-options"] == "DENY", path
            assert "server" not in answer.headers
            assert path.startswith("/static/") or answer.headers["cache-control"] == "no-store", path
            assert answer.status_code < 500, path
        assert browser.get("/static/../app.py").status_code == 404
        too_much = browser.client.post("/check", data={"text": "x" * 70_000})
        assert too_much.status_code == 413
