"""What anyone can read without a log-in: feeds, formats, and where everything comes from."""

import json
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from alerts.corrections import KEYS
from kiemtin.domain.deliveries import DestinationKind
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Role
from kiemtin.pipeline import newsrooms
from kiemtin.pipeline.newsrooms import Wanted
from kiemtin.pipeline.sources import note_models
from kiemtin.store import outlets as outlet_store
from nlp.resources import load_manifest
from tests.desk.test_review_pages import CLAIM, approve, rate
from tests.support.desk import CATALOG, PAPER, DeskRun, make_alert

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def corrected(desk: DeskRun) -> str:
    """The id of a correction that stands in public."""
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        rate(first, desk, alert_id)
        approve(second, desk, alert_id)
    return str(desk.rows(sa.text("SELECT id FROM corrections"))[0].id)  # type: ignore[arg-type]


def test_the_atom_feed_is_well_formed_and_names_the_office_and_the_day(desk: DeskRun, corrected: str) -> None:
    with desk.browser() as anyone:
        feed = ET.fromstring(anyone.get("/corrections.atom").content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == f"Sai sự thật: {CLAIM}"
    assert entry.findtext(f"{ATOM}id", "").endswith(f"/corrections/{corrected}")
    assert entry.findtext(f"{ATOM}updated", "").startswith("2026-11-20")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None


def test_the_json_feed_and_the_api_hold_exactly_the_public_object(desk: DeskRun, corrected: str) -> None:
    wanted = Wanted("Báo Sông Mây", DestinationKind.FEED, "", frozenset({Theme.HEALTH}))
    issued = newsrooms.add_destination(desk.workspace, wanted, desk.people[Role.ADMIN], desk.clock())
    with desk.browser() as anyone:
        feed = anyone.get("/corrections.json").json()
        body = anyone.get(f"/corrections/{corrected}.json").json()
        assert anyone.client.get("/api/corrections").status_code == 401
        listed = anyone.client.get("/api/corrections", headers={"Authorization": f"Bearer {issued.token}"})
    assert (feed["version"], feed["items"][0]["_kiemtin"]) == ("https://jsonfeed.org/version/1.1", body)
    assert listed.json() == {"corrections": [body]}
    assert set(body) == KEYS


def test_an_empty_desk_says_so_in_every_format(desk: DeskRun) -> None:
    with desk.browser() as anyone:
        assert "Chưa có đính chính nào" in anyone.get("/corrections").text
        assert anyone.get("/corrections.json").json()["items"] == []
        assert ET.fromstring(anyone.get("/corrections.atom").content).findall(f"{ATOM}entry") == []
        for path in ("/corrections/nothing", "/corrections/nothing.json", "/corrections/nothing.docx", "/corrections/nothing.jsonld"):
            assert anyone.get(path).status_code == 404


def test_sources_equals_what_is_loaded(desk: DeskRun, corrected: str) -> None:
    wanted = Wanted("Đài Lam Giang", DestinationKind.WEBHOOK, "http://127.0.0.1:9/bi-mat", frozenset())
    newsrooms.add_destination(desk.workspace, wanted, desk.people[Role.ADMIN], desk.clock())
    note_models(desk.workspace)
    with desk.browser() as anyone:
        sources = anyone.get("/sources.json").json()
        page = anyone.get("/sources").text
    assert {outlet["name"] for outlet in sources["outlets"]} == {outlet.name for outlet in CATALOG}
    assert {one["controller"] for one in sources["outlets"]} == {outlet.controller for outlet in CATALOG}
    assert sources["destinations"] == [{"subscriber": "Đài Lam Giang", "kind": "webhook", "themes": [], "wants": ["corrections"]}]
    assert {model["name"]: model["sha256"] for model in sources["models"]} == {name: entry["sha256"] for name, entry in load_manifest().items()}
    assert sources["counted_claims"] == [CLAIM]
    assert "bi-mat" not in json.dumps(sources) + page, "where a destination is stays its own"
    assert all(name in page for name in ("Đài Lam Giang", CLAIM, *(outlet.name for outlet in CATALOG)))


def test_every_change_of_the_sources_is_dated(desk: DeskRun) -> None:
    with desk.workspace.records.change() as conn:
        outlet_store.replace_catalog(conn, (PAPER,))
        outlet_store.replace_catalog(conn, (PAPER,))
    with desk.browser() as anyone:
        changes = anyone.get("/sources.json").json()["changes"]
    assert [(one["change"], one["name"]) for one in changes if one["change"] == "removed"] == [
        ("removed", "Trạm Soi Tin"),
        ("removed", "Sở Y tế Lam Giang"),
    ] or {one["name"] for one in changes if one["change"] == "removed"} == {"Trạm Soi Tin", "Sở Y tế Lam Giang"}
    assert all(one["at"] for one in changes)
