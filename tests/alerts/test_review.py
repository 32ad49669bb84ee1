"""The review's state machine, exhaustively: every role, state and step; and what a rating must stand on."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.review import RATINGS, STEPS, Case, Refused, Step, carries_rating, delivered, step, steps_for, why_not
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.claims import Evidence, EvidenceRelation
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Action, Assessment, Review
from kiemtin.domain.staff import Role, Staff

REFUTES = Evidence("c", "https://k.example/1", "Trạm Soi Tin", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES, "Không đúng.", True)
OFFICIAL = replace(REFUTES, url="https://so.example/1", publisher="Sở Y tế Lam Giang", publisher_kind=PublisherKind.AUTHORITY, independent=False)
SUPPORTS = replace(REFUTES, url="https://bao.example/1", relation=EvidenceRelation.SUPPORTS, quote="Đúng là như vậy.")
UNSURE = replace(REFUTES, url="https://bao.example/2", relation=EvidenceRelation.NOT_ENOUGH_INFO)
RATER, SECOND = Staff("s1", "Người Một", Role.REVIEWER), Staff("s2", "Người Hai", Role.APPROVER)
GOOD = Assessment(Rating.FALSE, "Sở liệu cho thấy không phải vậy.", (REFUTES.id,))
REVIEW = Review("a", AlertStatus.IN_REVIEW, 3)
RATED = replace(REVIEW, status=AlertStatus.RATED, assessment=GOOD, rated_by=RATER.id)


def asked(action: Action, **more: object) -> Step:
    defaults: dict[str, object] = {"words": "Lý do rõ ràng", "into": "b", "assessment": GOOD if action is Action.RATE else None}
    return Step(action, 3, **{**defaults, **more})  # type: ignore[arg-type]


def people() -> list[Staff]:
    return [Staff(f"{role}-{closed}", role.value, role, closed) for role, closed in product(Role, (False, True))]


def every_case() -> list[Case]:
    reviews = [
        replace(RATED, status=status, rated_by=rated_by, merged_into=merged)
        for status, rated_by, merged in product(AlertStatus, (None, RATER.id, SECOND.id), (None, "b"))
    ]
    return [Case(review, [REFUTES], frozenset(), public) for review, public in product(reviews, (False, True))]


def test_no_step_leads_anywhere_but_where_the_table_says_and_every_one_counts_the_version_up() -> None:
    for case, action, staff in product(every_case(), Action, [*people(), RATER, SECOND]):
        outcome = step(case, asked(action), staff)
        if isinstance(outcome, Refused):
            continue
        states, after = STEPS[action]
        assert case.review.status in states
        assert outcome.version == case.review.version + 1
        expected = after or (AlertStatus.IN_REVIEW if action is Action.TAKE and case.review.status is not AlertStatus.RATED else case.review.status)
        assert outcome.status is expected


def test_closed_accounts_viewers_and_administrators_decide_nothing() -> None:
    for case, action, staff in product(every_case(), Action, people()):
        if staff.closed or staff.role in (Role.VIEWER, Role.ADMIN):
            assert step(case, asked(action), staff) is Refused.ROLE
            assert steps_for(case, staff) == ()


def test_only_an_approver_who_did_not_rate_approves() -> None:
    approved = {
        (staff.role, staff.id == case.review.rated_by)
        for case, staff in product(every_case(), [*people(), RATER, SECOND])
        if not isinstance(step(case, asked(Action.APPROVE), staff), Refused)
    }
    assert approved == {(Role.APPROVER, False)}
    own = Case(replace(RATED, rated_by=SECOND.id), [REFUTES])
    assert step(own, asked(Action.APPROVE), SECOND) is Refused.OWN_RATING
    assert step(own, asked(Action.SEND_BACK), SECOND) is Refused.OWN_RATING


def test_what_the_page_offers_is_what_is_not_refused_for_the_person_or_the_state() -> None:
    blocked = {Refused.ROLE, Refused.STATE, Refused.OWN_RATING, Refused.NOT_PUBLIC}
    for case, staff in product(every_case(), [*people(), RATER, SECOND]):
        offered = steps_for(case, staff)
        for action in Action:
            assert (action in offered) == (step(case, asked(action), staff) not in blocked)


def test_whoever_saves_from_an_older_page_is_told() -> None:
    for action in Action:
        for version in (2, 4):
            assert step(Case(RATED, [REFUTES], public=True), replace(asked(action), version=version), SECOND) is Refused.STALE


@pytest.mark.parametrize("action", [Action.SEND_BACK, Action.DISMISS, Action.ASK_EVIDENCE, Action.WITHDRAW])
@pytest.mark.parametrize("words", ["", "  \n "])
def test_what_undoes_or_asks_needs_a_reason(action: Action, words: str) -> None:
    assert step(Case(RATED, [REFUTES], public=True), asked(action, words=words), SECOND) is Refused.NO_REASON


def test_editing_after_a_rating_goes_back_to_review() -> None:
    for status in (AlertStatus.RATED, AlertStatus.APPROVED, AlertStatus.SENT, AlertStatus.DISMISSED, AlertStatus.WITHDRAWN):
        outcome = step(Case(replace(RATED, status=status), [REFUTES]), asked(Action.EDIT), RATER)
        assert isinstance(outcome, Review)
        assert (outcome.status, outcome.assessment) == (AlertStatus.IN_REVIEW, GOOD), "what was written is there to be edited"


def test_nothing_is_withdrawn_that_is_not_public() -> None:
    assert step(Case(RATED, [REFUTES], public=False), asked(Action.WITHDRAW), SECOND) is Refused.NOT_PUBLIC
    outcome = step(Case(RATED, [REFUTES], public=True), asked(Action.WITHDRAW), SECOND)
    assert isinstance(outcome, Review)
    assert outcome.status is AlertStatus.WITHDRAWN


def test_what_was_merged_can_only_be_split_off_again() -> None:
    merged = step(Case(REVIEW, [REFUTES]), asked(Action.MERGE), RATER)
    assert isinstance(merged, Review)
    assert (merged.status, merged.merged_into) == (AlertStatus.DISMISSED, "b")
    assert steps_for(Case(merged, [REFUTES]), SECOND) == (Action.SPLIT,)
    assert steps_for(Case(replace(merged, status=AlertStatus.IN_REVIEW), [REFUTES]), SECOND) == (Action.SPLIT,), "reopened by new evidence"
    split = step(Case(merged, [REFUTES]), replace(asked(Action.SPLIT), version=4), RATER)
    assert isinstance(split, Review)
    assert (split.status, split.merged_into) == (AlertStatus.IN_REVIEW, None)
    assert step(Case(REVIEW, [REFUTES]), asked(Action.MERGE, into="a"), RATER) is Refused.ITSELF


@pytest.mark.parametrize(
    ("assessment", "evidence", "expected"),
    [
        (GOOD, [REFUTES], None),
        (replace(GOOD, reason=" "), [REFUTES], Refused.NO_REASON),
        (replace(GOOD, reason="x" * 5001), [REFUTES], Refused.TOO_LONG),
        (replace(GOOD, evidence_ids=()), [REFUTES], Refused.NO_EVIDENCE),
        (replace(GOOD, evidence_ids=("gone",)), [REFUTES], Refused.EVIDENCE_GONE),
        (replace(GOOD, evidence_ids=(OFFICIAL.id,)), [REFUTES, OFFICIAL], Refused.NOT_INDEPENDENT),
        (replace(GOOD, evidence_ids=(UNSURE.id,)), [UNSURE], Refused.NOT_INDEPENDENT),
        (replace(GOOD, rating=Rating.UNKNOWN), [REFUTES], Refused.NOT_INDEPENDENT),
        (replace(GOOD, rating=None, evidence_ids=(OFFICIAL.id,)), [OFFICIAL], None),
        (GOOD, [REFUTES, SUPPORTS], Refused.UNANSWERED),
        (replace(GOOD, rating=None), [REFUTES, SUPPORTS], Refused.UNANSWERED),
        (replace(GOOD, answer="Ảnh đó chụp năm 2019."), [REFUTES, SUPPORTS], None),
        (None, [REFUTES], Refused.NO_REASON),
    ],
)
def test_what_a_rating_must_stand_on(assessment: Assessment | None, evidence: list[Evidence], expected: Refused | None) -> None:
    assert why_not(Case(REVIEW, evidence), assessment) is expected
    outcome = step(Case(REVIEW, evidence), asked(Action.RATE, assessment=assessment), RATER)
    assert (outcome if isinstance(outcome, Refused) else None) is expected


def test_an_approval_is_judged_on_the_evidence_as_it_is_now() -> None:
    """The rating was good when it was written; since then what it cites has gone, or what supports the claim has come."""
    assert isinstance(step(Case(RATED, [REFUTES]), asked(Action.APPROVE), SECOND), Review)
    assert step(Case(RATED, [OFFICIAL]), asked(Action.APPROVE), SECOND) is Refused.EVIDENCE_GONE
    assert step(Case(RATED, [REFUTES, SUPPORTS]), asked(Action.APPROVE), SECOND) is Refused.UNANSWERED
    lost = replace(REFUTES, independent=False)
    assert step(Case(RATED, [lost]), asked(Action.APPROVE), SECOND) is Refused.NOT_INDEPENDENT


def test_an_authority_can_confirm_or_deny_what_it_itself_issues() -> None:
    official = replace(GOOD, evidence_ids=(OFFICIAL.id,))
    assert why_not(Case(REVIEW, [OFFICIAL], frozenset({OFFICIAL.id})), official) is None
    assert carries_rating([OFFICIAL], frozenset({OFFICIAL.id}))
    assert not carries_rating([OFFICIAL])


def test_every_rating_that_people_may_give_is_one_of_the_scale() -> None:
    assert set(Rating) - RATINGS == {Rating.UNKNOWN}


def test_only_what_was_approved_is_ever_sent() -> None:
    for status in AlertStatus:
        after = delivered(replace(RATED, status=status)).status
        assert after is (AlertStatus.SENT if status is AlertStatus.APPROVED else status)


@given(st.lists(st.tuples(st.sampled_from(list(Action)), st.booleans()), max_size=12))
def test_no_way_leads_to_an_approval_by_the_one_who_rated(walk: list[tuple[Action, bool]]) -> None:
    people = (Staff("x", "X", Role.APPROVER), Staff("y", "Y", Role.APPROVER))
    review, public = Review("a", AlertStatus.NEW, 0), False
    for action, first in walk:
        staff = people[0] if first else people[1]
        outcome = step(Case(review, [REFUTES], public=public), replace(asked(action), version=review.version), staff)
        if isinstance(outcome, Refused):
            continue
        if action is Action.APPROVE:
            assert outcome.rated_by is not None
            assert outcome.rated_by != staff.id
            public = True
        review, public = outcome, public and action is not Action.WITHDRAW
