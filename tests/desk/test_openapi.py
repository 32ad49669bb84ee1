"""The API against its own description: whatever schemathesis asks, with a token and without, it answers as documented and never with a fault."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from kiemtin.desk.app import create_app
from kiemtin.domain.deliveries import DestinationKind
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Role
from kiemtin.pipeline import newsrooms
from kiemtin.pipeline.newsrooms import Wanted
from tests.desk.test_review_pages import CLAIM, approve, rate
from tests.support.desk import DeskRun, make_alert, open_desk


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DeskRun, dict[str, str]]]:
    """A desk with one health correction, and tokens of a destination for it, one for transport, one that was removed."""
    with open_desk(tmp_path_factory.mktemp("api") / "data") as run:
        alert_id = make_alert(run.workspace, CLAIM)
        with run.browser(Role.REVIEWER) as first, run.browser(Role.APPROVER) as second:
            rate(first, run, alert_id)
            approve(second, run, alert_id)
        tokens = {}
        for name, themes in (("health", {Theme.HEALTH}), ("transport", {Theme.TRANSPORT}), ("gone", set())):
            issued = newsrooms.add_destination(
                run.workspace, Wanted(f"Báo {name}", DestinationKind.FEED, "", frozenset(themes)), run.people[Role.ADMIN], run.clock()
            )
            tokens[name] = issued.token
            if name == "gone":
                newsrooms.remove(run.workspace, issued.destination, run.people[Role.ADMIN], run.clock())
        yield run, tokens


def test_a_destination_sees_its_themes_and_a_removed_one_nothing(served: tuple[DeskRun, dict[str, str]]) -> None:
    run, tokens = served
    with run.browser() as anyone:

        def asked(token: str, path: str = "/api/corrections") -> Any:
            return anyone.client.get(path, headers={"Authorization": f"Bearer {tokens[token]}"})

        (mine,) = asked("health").json()["corrections"]
        assert asked("transport").json() == {"corrections": []}
        assert asked("transport", f"/api/corrections/{mine['id']}").status_code == 404
        assert asked("health", f"/api/corrections/{mine['id']}").json() == mine
        assert asked("gone").status_code == 401
        assert asked("health", "/api/corrections?since=2026-11-20T01:00:01Z").json() == {"corrections": []}
        assert asked("health", "/api/corrections?since=gibberish").status_code == 422


@pytest.mark.parametrize("with_token", [True, False])
@pytest.mark.parametrize("path", ["/api/corrections", "/api/corrections/{correction_id}"])
def test_every_answer_is_as_described(served: tuple[DeskRun, dict[str, str]], path: str, with_token: bool) -> None:
    run, tokens = served
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", create_app(run.desk))
    operation = schema[path]["GET"]
    headers = {"Authorization": f"Bearer {tokens['health']}"} if with_token else {}

    @settings(max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(), spare=st.none())
    def ask(case: Any, spare: None) -> None:
        assert spare is None
        answer = case.call(headers=headers)
        assert answer.status_code < 500
        assert answer.status_code in (200, 401, 404, 422)
        case.validate_response(answer, checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance])

    ask()


def test_every_route_of_the_api_is_described(served: tuple[DeskRun, dict[str, str]]) -> None:
    run, _ = served
    with run.browser() as anyone:
        described = anyone.get("/api/openapi.json").json()
    assert set(described["paths"]) == {"/api/briefings", "/api/briefings.atom", "/api/corrections", "/api/corrections/{correction_id}"}
    assert described["components"]["securitySchemes"]
