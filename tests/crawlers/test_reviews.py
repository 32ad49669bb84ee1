"""Who vouches for a published review."""

import pytest

from crawlers.claimreview import PublishedReview
from crawlers.reviews import to_claim_review
from kiemtin.domain.outlets import OutletKind, PublisherKind
from kiemtin.domain.ratings import Rating
from tests.support.site import outlet

PAGE = "https://soihoi.example/kiem-chung/1"
CHECKER = outlet("Soi Hồi", feeds=("https://soihoi.example/rss",), kind=OutletKind.FACT_CHECKER)


def review(url: str | None) -> PublishedReview:
    return PublishedReview("Nước hồ Trúc Lam đã cạn", Rating.FALSE, "Sai", url, None, None)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (None, PAGE),
        ("", PAGE),
        (PAGE, PAGE),
        ("https://soihoi.example/kiem-chung/2?utm_source=a", "https://soihoi.example/kiem-chung/2"),
        ("/kiem-chung/2", "https://soihoi.example/kiem-chung/2"),
        ("https://www.soihoi.example/kiem-chung/2", "https://www.soihoi.example/kiem-chung/2"),
        ("javascript:alert(1)", PAGE),
    ],
)
def test_a_review_on_the_page_s_own_host_is_the_outlet_s(url: str | None, address: str) -> None:
    claim = to_claim_review(review(url), CHECKER, PAGE, "vi")
    assert (claim.review_url, claim.reviewed_by, claim.publisher_kind) == (address, "Soi Hồi", PublisherKind.FACT_CHECKER)
    assert (claim.claim_reviewed, claim.rating, claim.rating_text, claim.derived) == ("Nước hồ Trúc Lam đã cạn", Rating.FALSE, "Sai", False)


@pytest.mark.parametrize(
    "url", ["https://khac.example/1", "https://soihoi.example.khac.example/1", "https://soihoi.example:8443/1", "//khac.example/1"]
)
def test_a_review_that_names_another_host_is_unlisted(url: str) -> None:
    claim = to_claim_review(review(url), CHECKER, PAGE, "vi")
    assert claim.publisher_kind is PublisherKind.UNLISTED
    assert claim.reviewed_by == claim.review_url.split("/")[2]
    assert claim.reviewed_by != "Soi Hồi"
