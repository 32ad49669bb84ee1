"""What leaves the house: an allow-list of keys, ClaimReview's shape, and what an official position may never say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from alerts.corrections import EVIDENCE_KEYS, KEYS, Issuer, claim_review, issue, mark_under_review, public_body, withdraw
from kiemtin.domain.claims import Claim, Evidence, EvidenceRelation
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Assessment, Correction, CorrectionState
from kiemtin.domain.scope import ClaimKind, Theme

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
CLAIM = Claim("c1", "Uống nước lá sen chữa khỏi bệnh sởi", Theme.HEALTH, ClaimKind.EFFECT)
REFUTES = Evidence(
    "c1", "https://k.example/1", "Trạm Soi Tin", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES, "Không đúng.", True, Rating.FALSE
)
SUPPORTS = replace(REFUTES, url="https://b.example/1", relation=EvidenceRelation.SUPPORTS, quote="Có người khỏi.", independent=False, rating=None)
OTHER = replace(REFUTES, url="https://k.example/2", quote="Không được cần đến.")
ISSUER = Issuer("Văn phòng Lam Giang", "https://tin.example")
ASSESSMENT = Assessment(Rating.FALSE, " Chưa có nghiên cứu nào. ", (REFUTES.id,), "Người đó tự khỏi.", "")


def corrected(assessment: Assessment = ASSESSMENT, old: Correction | None = None, now: datetime = NOW) -> Correction:
    body = public_body("k1", CLAIM, assessment, [REFUTES, OTHER, SUPPORTS], [(date(2026, 11, 18), 2)], ISSUER)
    return issue(old, body, CLAIM, now)


def test_nothing_leaves_but_the_keys_on_the_list() -> None:
    for one in (
        corrected(),
        withdraw(corrected(), "Sai ngày", NOW),
        mark_under_review(corrected(), True),
        corrected(replace(ASSESSMENT, rating=None)),
    ):
        assert set(one.body) == KEYS
        assert all(set(piece) == EVIDENCE_KEYS for piece in one.body["evidence"])


def test_what_is_cited_and_all_that_supports_the_claim_is_shown_and_the_latter_first() -> None:
    assert [piece["url"] for piece in corrected().body["evidence"]] == [SUPPORTS.url, REFUTES.url]


def test_a_change_keeps_its_address_and_first_day_and_counts_up() -> None:
    later = NOW + timedelta(days=2)
    second = corrected(replace(ASSESSMENT, rating=Rating.MISLEADING), corrected(), later)
    assert (second.id, second.revision, second.published_at, second.changed_at) == ("k1", 2, NOW, later)
    assert (second.body["rating"], second.body["published_at"], second.body["changed_at"]) == ("misleading", NOW.isoformat(), later.isoformat())


def test_a_withdrawal_stands_at_the_same_address_with_its_reason() -> None:
    gone = withdraw(corrected(), " Nguồn đã tự đính chính. ", NOW + timedelta(days=1))
    assert (gone.state, gone.revision, gone.body["status"]) == (CorrectionState.WITHDRAWN, 2, "withdrawn")
    assert gone.body["withdrawal_reason"] == "Nguồn đã tự đính chính."
    assert claim_review(gone.body) is None


def test_an_official_position_has_no_rating_no_markup_and_a_day_to_look_again() -> None:
    body = corrected(replace(ASSESSMENT, rating=None)).body
    assert (body["rating"], body["rating_value"], body["position"]) == (None, None, "official_position")
    assert body["rating_name"] == "Quan điểm chính thức, chưa được kiểm chứng độc lập"
    assert body["recheck_on"] == "2026-12-04"
    assert claim_review(body) is None


def test_the_markup_has_what_schema_org_asks_of_a_claim_review() -> None:
    markup = claim_review(corrected().body)
    assert markup is not None
    assert (markup["@context"], markup["@type"], markup["claimReviewed"]) == ("https://schema.org", "ClaimReview", CLAIM.text)
    assert markup["author"] == {"@type": "Organization", "name": "Văn phòng Lam Giang"}
    assert markup["reviewRating"] == {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "Sai sự thật"}
    unproven = claim_review(corrected(replace(ASSESSMENT, rating=Rating.UNPROVEN)).body)
    assert unproven is not None
    assert unproven["reviewRating"] == {"@type": "Rating", "alternateName": "Chưa đủ căn cứ"}
