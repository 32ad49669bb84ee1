"""Limit 5, evidence that a reader can open: no alert without it, no rating on an authority's word alone, and nothing decided for good."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.decide import Case, OpenAlert, ReopenAlert, UpdateAlert, decide
from alerts.independence import Office, is_independent
from crawlers.claimreview import PublishedReview
from crawlers.reviews import to_claim_review, to_imported_review
from kiemtin.config import Config
from kiemtin.domain.alerts import Alert, AlertStatus
from kiemtin.domain.claims import Appearance, Claim, ClaimReview, Evidence, EvidenceRelation
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.stories import Story
from kiemtin.pipeline.analysis import analyse
from kiemtin.pipeline.cases import from_review
from kiemtin.pipeline.intake import import_factchecks
from kiemtin.pipeline.views import alerts_view
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import outlets as outlet_store
from kiemtin.store import queue as queue_store
from kiemtin.store import reviews as review_store
from kiemtin.store.stories import save_extraction
from kiemtin.store.tables import alerts as alerts_table
from tests.limits.tools import check_of, outlet

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
OFFICE = Office("Văn phòng Tỉnh Sông Mây", "VN")
CLAIM = Claim("c1", "Nước sông Cái Vẹt nhiễm thủy ngân gấp 12 lần mức cho phép", Theme.ENVIRONMENT, ClaimKind.QUANTITY_OR_DATE, "r1")
LINKED = Appearance("c1", "s1", CLAIM.text, -1, 0.99, True)


def piece(relation: EvidenceRelation = EvidenceRelation.REFUTES, **more: Any) -> Evidence:
    values: dict[str, Any] = {
        "claim_id": "c1",
        "url": "https://kiemchung.example/1",
        "publisher": "Trạm Kiểm Chứng",
        "publisher_kind": PublisherKind.FACT_CHECKER,
        "relation": relation,
        "quote": "Mẫu nước cho thấy thủy ngân dưới mức cho phép.",
        "independent": True,
    }
    return Evidence(**(values | more))


# --- no alert without evidence ------------------------------------------------------------------------------------------


def test_limit_5_refuting_evidence_and_a_page_that_repeats_open_an_alert() -> None:
    intent = decide(Case(CLAIM, [LINKED], [piece()]), None, frozenset(), NOW)
    assert isinstance(intent, OpenAlert)
    assert intent.alert.independent_evidence


@pytest.mark.parametrize("relation", [EvidenceRelation.SUPPORTS, EvidenceRelation.NOT_ENOUGH_INFO])
def test_limit_5_evidence_that_does_not_contradict_opens_nothing(relation: EvidenceRelation) -> None:
    assert decide(Case(CLAIM, [LINKED], [piece(relation)] * 5), None, frozenset(), NOW) is None


@pytest.mark.parametrize("score", [0.5, 0.999, 1.0, 100.0])
def test_limit_5_a_score_alone_opens_nothing(score: float) -> None:
    assert decide(Case(CLAIM, [replace(LINKED, score=score)] * 40, []), None, frozenset(), NOW) is None


def test_limit_5_evidence_without_a_page_that_repeats_opens_nothing() -> None:
    assert decide(Case(CLAIM, [], [piece()]), None, frozenset(), NOW) is None
    assert decide(Case(CLAIM, [replace(LINKED, linked=False)], [piece()]), None, frozenset(), NOW) is None


@pytest.mark.parametrize("missing", [{"url": ""}, {"quote": ""}, {"quote": "  "}, {"url": "", "quote": ""}])
def test_limit_5_evidence_that_a_reader_cannot_open_or_read_opens_nothing(missing: dict[str, Any]) -> None:
    assert decide(Case(CLAIM, [LINKED], [piece(**missing)]), None, frozenset(), NOW) is None


def test_limit_5_a_check_without_a_body_still_gives_its_claim_and_rating_as_the_quote() -> None:
    checker = outlet("Tram Kiem Chung", OutletKind.FACT_CHECKER)
    found = from_review(check_of(CLAIM.text, checker), CLAIM, OFFICE, (checker,))
    assert (found.url, found.quote) == ("https://tramkiemchung.example/kiem-chung", f"“{CLAIM.text}”: Sai sự thật")


# --- whose word it is ---------------------------------------------------------------------------------------------------

PRIVATE = outlet("Tram Kiem Chung", OutletKind.FACT_CHECKER)
FOREIGN = outlet("Far Check", OutletKind.FACT_CHECKER, "Far Check Foundation")
FOREIGN_STATE = outlet("Weather Abroad", OutletKind.AUTHORITY, "Ministry of a far country", "FR")
STATE_PAPER = outlet("Bao Song May", OutletKind.NEWS, "Ủy ban tỉnh Sông Mây", "VN")
STATE_CHECKER = outlet("Trung tam Xu ly Tin gia", OutletKind.FACT_CHECKER, "Bộ Thông tin", "VN")
MINISTRY = outlet("Bo Moi truong", OutletKind.AUTHORITY, "Chính phủ", "VN", ("Bộ Môi trường", "Bộ Môi trường và Sông ngòi"))
OWN = outlet("Bao Van Phong", OutletKind.NEWS, "VĂN PHÒNG tỉnh Sông Mây ")
UNDECLARED = outlet("Bao Vo Chu", OutletKind.FACT_CHECKER, "")
CONCERNED = outlet("Thep Cai Vet", OutletKind.NEWS, "Tập đoàn Thép Cái Vẹt", speaks_for=("Nhà máy thép Cái Vẹt",))
CATALOG = (PRIVATE, FOREIGN, FOREIGN_STATE, STATE_PAPER, STATE_CHECKER, MINISTRY, OWN, UNDECLARED, CONCERNED)
POLLUTION = "Nước sông Cái Vẹt nhiễm thủy ngân gấp 12 lần mức cho phép"


@pytest.mark.parametrize("publisher", [PRIVATE, FOREIGN, FOREIGN_STATE])
def test_limit_5_a_declared_publisher_that_is_not_concerned_is_independent(publisher: Outlet) -> None:
    assert is_independent(publisher, "", POLLUTION, OFFICE, CATALOG)


@pytest.mark.parametrize("publisher", [STATE_PAPER, STATE_CHECKER, MINISTRY])
def test_limit_5_no_publisher_of_the_offices_own_state_is_independent(publisher: Outlet) -> None:
    assert not is_independent(publisher, "", POLLUTION, OFFICE, CATALOG)
    assert not is_independent(publisher, publisher.name, POLLUTION, OFFICE, CATALOG), "nor when it speaks of itself"


def test_limit_5_an_undeclared_controller_is_not_independent() -> None:
    assert not is_independent(UNDECLARED, "", POLLUTION, OFFICE, CATALOG)
    assert not is_independent(replace(PRIVATE, controller="  "), "", POLLUTION, OFFICE, CATALOG)


def test_limit_5_a_publisher_of_the_offices_own_controller_is_not_independent() -> None:
    assert not is_independent(OWN, "", POLLUTION, OFFICE, CATALOG)


@pytest.mark.parametrize(
    "claim",
    ["Nhà máy thép Cái Vẹt xả nước thải ra sông lúc 2 giờ sáng", "Tập đoàn thép Cái Vẹt xả nước thải ra sông", "nha may thep cai vet xa thai"],
)
def test_limit_5_the_body_concerned_is_not_independent(claim: str) -> None:
    assert not is_independent(CONCERNED, "", claim, OFFICE, CATALOG)


def test_limit_5_a_publisher_outside_the_catalogue_is_not_independent() -> None:
    assert not is_independent(None, "", POLLUTION, OFFICE, CATALOG)


@pytest.mark.parametrize(
    "speaker",
    ["Bộ Môi trường", "bộ môi trường", "Bộ Môi trường và Sông ngòi", "Bo Moi truong", "Sở Nào Đó", "Công an tỉnh", "the ministry", "Bao Song May"],
)
def test_limit_5_a_passage_that_only_attributes_counts_as_the_one_it_attributes_to(speaker: str) -> None:
    assert not is_independent(PRIVATE, speaker, POLLUTION, OFFICE, CATALOG)


def test_limit_5_the_office_has_a_state_by_default() -> None:
    assert Config().state == "VN"


# --- a ministry's denial, and five articles that quote it ---------------------------------------------------------------

REPEAT = "Nước sông Cái Vẹt nhiễm thủy ngân gấp 12 lần mức cho phép, đoạn qua chợ Bến Vẹt từ ngày 12/11"
DENIAL = f"Thông tin {REPEAT[0].lower()}{REPEAT[1:]} là tin giả."
# What private newspapers write who have asked nobody but the ministry.
ATTRIBUTED = (
    "Theo Bộ Môi trường, thông tin này là tin giả, không có cơ sở.",
    "Bộ Môi trường khẳng định thông tin trên là sai sự thật.",
    "Cơ quan chức năng khẳng định thông tin trên là sai sự thật.",
    "Đại diện ngành môi trường cho biết tin đồn trên là thất thiệt.",
    "Lãnh đạo bộ nói tin này là bịa đặt.",
    "The ministry said the claim is false.",
    "Trả lời báo chí, chính quyền tỉnh bác bỏ thông tin này.",
    "Ông Vẹt Văn Vẹt, phó giám đốc sở, cho hay thông tin lan truyền là sai sự thật.",
)


@contextmanager
def world(data: Path, catalog: tuple[Outlet, ...], pages: list[tuple[Outlet, str, str]], checks: list[ClaimReview]) -> Iterator[Workspace]:
    """Pages (outlet, title, text) and checks, analysed."""
    with open_workspace(data) as workspace:
        with workspace.records.begin() as conn:
            outlet_store.replace_catalog(conn, catalog)
            review_store.save(conn, checks)
            for number, (publisher, title, text) in enumerate(pages):
                story = Story(f"{publisher.home}/{number}", publisher.name, title, text, NOW - timedelta(days=1), "vi")
                save_extraction(conn, publisher, story, [], NOW)
        analyse(workspace, NOW)
        yield workspace


def evidence(workspace: Workspace) -> list[Evidence]:
    with workspace.records.begin() as conn:
        return [found for claim in queue_store.load_claims(conn) for found in queue_store.load_evidence(conn, claim.id)]


def private_papers(number: int) -> tuple[Outlet, ...]:
    return tuple(outlet(f"Bao Tu {one}") for one in range(number))


def test_limit_5_a_ministrys_denial_and_the_articles_that_quote_it_cannot_rate_a_pollution_claim(tmp_path: Path) -> None:
    repeats, papers = outlet("Tin Ben Vet"), private_papers(len(ATTRIBUTED))
    pages = [(repeats, REPEAT, f"{REPEAT}. Nhiều hộ nuôi cá bè đã kéo bè đi nơi khác.")]
    pages += [(MINISTRY, f"Bác tin {REPEAT[0].lower()}{REPEAT[1:]}", f"{DENIAL} Mẫu nước ngày 14/11 ở mức bình thường.")]
    pages += [
        (paper, f"Bác tin {REPEAT[0].lower()}{REPEAT[1:]}", f"{said} Trước đó có tin {REPEAT[0].lower()}{REPEAT[1:]}.")
        for paper, said in zip(papers, ATTRIBUTED, strict=True)
    ]
    with world(tmp_path, (MINISTRY, repeats, *papers), pages, [check_of(REPEAT, MINISTRY)]) as workspace:
        (alert,) = alerts_view(workspace)["alerts"]
        found = evidence(workspace)
    assert alert["independent_evidence"] is False
    assert {one.publisher for one in found} >= {MINISTRY.name}
    assert [(one.publisher, one.quote) for one in found if one.independent] == []


@pytest.mark.parametrize("said", ATTRIBUTED)
def test_limit_5_an_article_that_only_quotes_an_authority_is_not_independent(tmp_path: Path, said: str) -> None:
    repeats, paper = outlet("Tin Ben Vet"), outlet("Bao Tu")
    pages = [(repeats, REPEAT, f"{REPEAT}. Nhiều hộ nuôi cá bè đã kéo bè đi nơi khác.")]
    pages += [(paper, f"Bác tin {REPEAT[0].lower()}{REPEAT[1:]}", f"{said} Trước đó có tin {REPEAT[0].lower()}{REPEAT[1:]}.")]
    with world(tmp_path, (repeats, paper), pages, []) as workspace:
        assert [one.quote for one in evidence(workspace) if one.independent] == []
        with workspace.records.begin() as conn:
            derived = [review for review in review_store.load_all(conn) if review.derived]
    assert len(derived) <= 1


def test_limit_5_with_a_private_check_the_same_claim_has_independent_evidence(tmp_path: Path) -> None:
    repeats = outlet("Tin Ben Vet")
    pages = [(repeats, REPEAT, f"{REPEAT}. Nhiều hộ nuôi cá bè đã kéo bè đi nơi khác.")]
    with world(tmp_path, (MINISTRY, PRIVATE, repeats), pages, [check_of(REPEAT, MINISTRY), check_of(REPEAT, PRIVATE)]) as workspace:
        (alert,) = alerts_view(workspace)["alerts"]
        assert alert["independent_evidence"] is True
        assert {one.publisher: one.independent for one in evidence(workspace)} == {MINISTRY.name: False, PRIVATE.name: True}


def test_limit_5_a_score_without_a_contradicting_check_opens_nothing(tmp_path: Path) -> None:
    repeats = outlet("Tin Ben Vet")
    checks = [check_of(REPEAT, PRIVATE, rating, f"/{rating.code}") for rating in Rating if not rating.refutes]
    with world(tmp_path, (PRIVATE, repeats), [(repeats, REPEAT, REPEAT)], checks) as workspace:
        assert alerts_view(workspace) == {"alerts": []}


# --- forged fact-checkers -----------------------------------------------------------------------------------------------


def published(url: str | None, author: str | None = None) -> PublishedReview:
    return PublishedReview(POLLUTION, Rating.FALSE, "Sai", url, NOW, author)


@pytest.mark.parametrize("url", [f"{PRIVATE.home}/kiem-chung", "https://fake-check.example/1", "http://tramkiemchung.example.evil.example/1"])
def test_limit_5_a_page_cannot_lend_itself_another_hosts_name(url: str) -> None:
    paper = outlet("Bao Tu")
    review = to_claim_review(published(url, PRIVATE.name), paper, f"{paper.home}/bai", "vi")
    found = from_review(review, CLAIM, OFFICE, (*CATALOG, paper))
    assert (review.publisher_kind, found.publisher_kind, found.independent) == (PublisherKind.UNLISTED, PublisherKind.UNLISTED, False)
    assert review.reviewed_by not in {one.name for one in (*CATALOG, paper)}


def test_limit_5_a_newspapers_own_markup_makes_it_no_fact_checker() -> None:
    paper = outlet("Bao Tu")
    for url in (None, f"{paper.home}/bai", "không phải địa chỉ"):
        assert to_claim_review(published(url, PRIVATE.name), paper, f"{paper.home}/bai", "vi").publisher_kind is PublisherKind.NEWS


FORGED = [
    "https://fake-check.example/1",
    "https://tramkiemchung.example.evil.example/1",
    "https://evil.example/https://tramkiemchung.example/1",
    "https://tramkiemchung.example@evil.example/1",
    "https://xtramkiemchung.example/1",
    "https://tramkiemchung.example:8443/1",
    "https://evil.example/#tramkiemchung.example",
]


@pytest.mark.parametrize("url", FORGED)
def test_limit_5_an_import_takes_its_kind_from_the_catalogued_host_alone(url: str) -> None:
    review = to_imported_review(published(url, PRIVATE.name), CATALOG)
    if review is None:
        return  # an address that cannot be used is not taken at all
    found = from_review(review, CLAIM, OFFICE, CATALOG)
    assert (review.publisher_kind, found.independent) == (PublisherKind.UNLISTED, False)
    assert review.reviewed_by not in {one.name for one in CATALOG}


def test_limit_5_an_import_on_a_shared_host_is_nobodys() -> None:
    one, two = (
        replace(outlet(name, OutletKind.FACT_CHECKER), home=f"https://shared.example/{path}") for name, path in (("Mot", "mot"), ("Hai", "hai"))
    )
    taken = [to_imported_review(published(f"https://shared.example/{path}"), (one, two)) for path in ("mot/1", "hai/1", "ba/1", "")]
    assert [review.reviewed_by for review in taken if review] == ["Mot", "Hai", "shared.example", "shared.example"]
    assert [review.publisher_kind for review in taken[2:] if review] == [PublisherKind.UNLISTED, PublisherKind.UNLISTED]


def test_limit_5_a_forged_import_is_shown_but_never_independent(tmp_path: Path) -> None:
    repeats = outlet("Tin Ben Vet")
    forged = {
        "@type": "ClaimReview",
        "claimReviewed": REPEAT,
        "url": "https://fake-check.example/1",
        "author": {"@type": "Organization", "name": PRIVATE.name},
        "publisher": {"@type": "Organization", "name": PRIVATE.name},
        "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "Sai"},
    }
    (tmp_path / "checks.json").write_text(json.dumps(forged), "utf-8")
    with world(tmp_path / "data", (PRIVATE, repeats), [(repeats, REPEAT, REPEAT)], []) as workspace:
        report = import_factchecks(workspace, tmp_path / "checks.json", NOW)
        shown = [(one.publisher, one.publisher_kind, one.independent) for one in evidence(workspace)]
        alerts = alerts_view(workspace)["alerts"]
    assert (report.saved, report.unlisted) == (1, 1)
    assert set(shown) <= {("fake-check.example", PublisherKind.UNLISTED, False)}
    assert [alert["independent_evidence"] for alert in alerts if alert["independent_evidence"]] == []


# --- what supports, and what is new -------------------------------------------------------------------------------------


def test_limit_5_evidence_that_supports_comes_first(tmp_path: Path) -> None:
    repeats, other = outlet("Tin Ben Vet"), outlet("Kiem Chung Hai", OutletKind.FACT_CHECKER)
    checks = [check_of(REPEAT, PRIVATE), check_of(REPEAT, MINISTRY), check_of(REPEAT, other, Rating.TRUE)]
    with world(tmp_path, (MINISTRY, PRIVATE, other, repeats), [(repeats, REPEAT, REPEAT)], checks) as workspace:
        (alert,) = alerts_view(workspace)["alerts"]
    relations = [one["relation"] for one in alert["evidence"]]
    assert sorted(relations) == ["refutes", "refutes", "supports"]
    assert relations[0] == "supports"


def old_alert(status: AlertStatus) -> Alert:
    intent = decide(Case(CLAIM, [LINKED], [piece()]), None, frozenset(), NOW)
    assert isinstance(intent, OpenAlert)
    return replace(intent.alert, status=status)


DECIDED = (AlertStatus.RATED, AlertStatus.APPROVED, AlertStatus.SENT, AlertStatus.DISMISSED, AlertStatus.NEEDS_EVIDENCE)
SUPPORT = piece(EvidenceRelation.SUPPORTS, url="https://other.example/1", quote="Đo lại: thủy ngân gấp 12 lần mức cho phép.")


@pytest.mark.parametrize("status", DECIDED)
@pytest.mark.parametrize(
    "new",
    [[piece(), SUPPORT], [SUPPORT, piece()], [piece(), piece(url="https://third.example/2")]],
    ids=["support", "support first", "another refutation"],
)
def test_limit_5_new_evidence_reopens_what_was_decided(status: AlertStatus, new: list[Evidence]) -> None:
    intent = decide(Case(CLAIM, [LINKED], new), old_alert(status), frozenset({piece().id}), NOW)
    assert isinstance(intent, ReopenAlert)
    assert intent.alert.status is AlertStatus.IN_REVIEW


@pytest.mark.parametrize("status", [AlertStatus.RATED, AlertStatus.APPROVED, AlertStatus.SENT])
@pytest.mark.parametrize("now_known", [[SUPPORT], [], [piece(EvidenceRelation.NOT_ENOUGH_INFO)]], ids=["turned round", "gone", "not enough"])
def test_limit_5_what_was_decided_on_evidence_that_no_longer_refutes_is_reopened(status: AlertStatus, now_known: list[Evidence]) -> None:
    """The check was withdrawn, or its publisher has found that the claim is true after all: citizens have been right before."""
    intent = decide(Case(CLAIM, [LINKED], now_known), old_alert(status), frozenset({piece().id}), NOW)
    assert isinstance(intent, ReopenAlert)
    assert intent.alert.status is AlertStatus.IN_REVIEW


@pytest.mark.parametrize("status", DECIDED)
def test_limit_5_a_decision_on_the_same_evidence_stands(status: AlertStatus) -> None:
    intent = decide(Case(CLAIM, [LINKED], [piece()]), old_alert(status), frozenset({piece().id}), NOW)
    assert intent is None or (isinstance(intent, UpdateAlert) and intent.alert.status is status)


@pytest.mark.parametrize("new", [None, 1, 2, 3], ids=["the same check turns round", "another check", "another address", "a third address"])
def test_limit_5_contrary_evidence_reopens_an_approved_alert_the_whole_way(tmp_path: Path, new: int | None) -> None:
    """Whichever check gives the claim its name: the alert that people approved is back in review, with what supports the claim shown first."""
    repeats, other = outlet("Tin Ben Vet"), outlet("Kiem Chung Hai", OutletKind.FACT_CHECKER)
    with world(tmp_path, (PRIVATE, other, repeats), [(repeats, REPEAT, REPEAT)], [check_of(REPEAT, PRIVATE)]) as workspace:
        (approved,) = alerts_view(workspace)["alerts"]
        with workspace.records.begin() as conn:
            conn.execute(sa.update(alerts_table).values(status="approved"))
            review_store.save(conn, [check_of(REPEAT, PRIVATE, Rating.TRUE) if new is None else check_of(REPEAT, other, Rating.TRUE, f"/{new}")])
        analyse(workspace, NOW + timedelta(days=1))
        after = {alert["id"]: alert for alert in alerts_view(workspace)["alerts"]}[approved["id"]]
    assert after["status"] == "in_review"
    assert after["evidence"][0]["relation"] == "supports"
