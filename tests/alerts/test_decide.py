"""Old and new side by side: what opens, changes, reopens, closes an alert, and what leaves it alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.decide import Case, CloseAlert, OpenAlert, ReopenAlert, UpdateAlert, decide
from kiemtin.domain.alerts import Alert, AlertStatus
from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.scope import ClaimKind, Theme

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
CLAIM = Claim("c1", "Đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập", Theme.DISASTER, ClaimKind.EVENT_AT_PLACE, "r1")
PAGE = Appearance("c1", "s1", CLAIM.text, -1, 0.97, True)
OTHER_PAGE = replace(PAGE, story_id="s2")
SUGGESTED = replace(PAGE, linked=False)
REFUTES = Evidence(
    "c1",
    "https://soitin.example/1",
    "Trạm Soi Tin",
    PublisherKind.FACT_CHECKER,
    EvidenceRelation.REFUTES,
    "Đập vẫn an toàn, tin vỡ là bịa đặt.",
    True,
)
MORE = replace(REFUTES, url="https://soitin.example/2", independent=False)
SUPPORTS = replace(REFUTES, url="https://soitin.example/3", relation=EvidenceRelation.SUPPORTS)
UNDECIDED = replace(REFUTES, url="https://soitin.example/4", relation=EvidenceRelation.NOT_ENOUGH_INFO)
WARRANTED = Case(CLAIM, [PAGE], [REFUTES])
SHOWN = frozenset({REFUTES.id})

TOUCHED = [status for status in AlertStatus if status is not AlertStatus.NEW]
DECIDED = [AlertStatus.RATED, AlertStatus.APPROVED, AlertStatus.SENT, AlertStatus.DISMISSED, AlertStatus.NEEDS_EVIDENCE]


def opened() -> Alert:
    intent = decide(WARRANTED, None, frozenset(), NOW)
    assert isinstance(intent, OpenAlert)
    return intent.alert


def old(status: AlertStatus) -> Alert:
    return replace(opened(), status=status)


def test_an_alert_opens_as_new() -> None:
    alert = opened()
    assert (alert.claim_id, alert.status, alert.theme, alert.opened_at) == ("c1", AlertStatus.NEW, Theme.DISASTER, NOW)
    assert alert.independent_evidence
    assert 0 <= alert.priority <= 100
    assert alert.reasons


@pytest.mark.parametrize(
    "case",
    [
        Case(CLAIM, [], [REFUTES]),
        Case(CLAIM, [SUGGESTED], [REFUTES]),
        Case(CLAIM, [PAGE], []),
        Case(CLAIM, [PAGE], [SUPPORTS]),
        Case(CLAIM, [PAGE], [UNDECIDED]),
        Case(replace(CLAIM, theme=None), [PAGE], [REFUTES]),
    ],
    ids=["no page", "only suggested", "no evidence", "supported", "undecided", "no certain theme"],
)
def test_nothing_opens_without_ground(case: Case) -> None:
    assert decide(case, None, frozenset(), NOW) is None
    closed = decide(case, old(AlertStatus.NEW), SHOWN, LATER)
    assert closed == CloseAlert(opened().id), "and what nobody has touched closes"


@pytest.mark.parametrize("status", TOUCHED)
@pytest.mark.parametrize(
    "case", [Case(CLAIM, [], [REFUTES]), Case(CLAIM, [PAGE], []), Case(CLAIM, [], [])], ids=["no page", "no evidence", "neither"]
)
def test_what_people_have_touched_is_never_closed(case: Case, status: AlertStatus) -> None:
    assert not isinstance(decide(case, old(status), SHOWN, LATER), CloseAlert)


@pytest.mark.parametrize("status", list(AlertStatus))
def test_nothing_new_changes_nothing(status: AlertStatus) -> None:
    assert decide(WARRANTED, old(status), SHOWN, LATER) is None


@pytest.mark.parametrize("status", list(AlertStatus))
def test_another_page_updates_and_keeps_status_and_date(status: AlertStatus) -> None:
    intent = decide(Case(CLAIM, [PAGE, OTHER_PAGE], [REFUTES]), old(status), SHOWN, LATER)
    assert isinstance(intent, UpdateAlert)
    assert (intent.alert.id, intent.alert.status, intent.alert.opened_at) == (opened().id, status, NOW)
    assert intent.alert.priority > opened().priority


@pytest.mark.parametrize("status", DECIDED)
@pytest.mark.parametrize(
    "evidence", [[REFUTES, SUPPORTS], [REFUTES, MORE], [MORE]], ids=["contrary evidence came", "more evidence came", "weighed evidence went"]
)
def test_other_evidence_reopens_what_people_decided(status: AlertStatus, evidence: list[Evidence]) -> None:
    intent = decide(Case(CLAIM, [PAGE], evidence), old(status), SHOWN, LATER)
    assert isinstance(intent, ReopenAlert)
    assert (intent.alert.status, intent.alert.opened_at) == (AlertStatus.IN_REVIEW, NOW)


@pytest.mark.parametrize("status", [AlertStatus.NEW, AlertStatus.IN_REVIEW])
def test_other_evidence_does_not_reopen_what_is_still_open(status: AlertStatus) -> None:
    intent = decide(Case(CLAIM, [PAGE], [REFUTES, SUPPORTS]), old(status), SHOWN, LATER)
    assert not isinstance(intent, ReopenAlert)


@pytest.mark.parametrize(("evidence", "independent"), [([REFUTES], True), ([MORE], False), ([MORE, SUPPORTS], False), ([MORE, REFUTES], True)])
def test_only_what_refutes_makes_the_evidence_independent(evidence: list[Evidence], independent: bool) -> None:
    intent = decide(Case(CLAIM, [PAGE], evidence), None, frozenset(), NOW)
    assert isinstance(intent, OpenAlert)
    assert intent.alert.independent_evidence is independent


def test_one_claim_has_one_alert_whenever_it_is_decided() -> None:
    again = decide(WARRANTED, None, frozenset(), LATER)
    assert isinstance(again, OpenAlert)
    assert again.alert.id == opened().id
    other = decide(Case(replace(CLAIM, id="c2"), [PAGE], [REFUTES]), None, frozenset(), NOW)
    assert isinstance(other, OpenAlert) and other.alert.id != opened().id


@pytest.mark.parametrize("status", list(AlertStatus))
def test_the_system_sets_no_status_but_new_and_in_review(status: AlertStatus) -> None:
    for evidence in ([], [REFUTES], [SUPPORTS], [REFUTES, SUPPORTS]):
        for pages in ([], [PAGE], [PAGE, OTHER_PAGE], [SUGGESTED]):
            intent = decide(Case(CLAIM, pages, evidence), old(status), SHOWN, LATER)
            if isinstance(intent, OpenAlert | UpdateAlert | ReopenAlert):
                assert intent.alert.status in (status, AlertStatus.IN_REVIEW)
