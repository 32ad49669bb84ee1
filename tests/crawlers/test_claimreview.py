"""ClaimReview markup in its many wrappings; who made or carried the claim never comes through."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.articles import Extraction, extract_page
from crawlers.claimreview import PublishedReview, load_json_ld, parse_claim_reviews
from kiemtin.domain.ratings import Rating
from kiemtin.domain.stories import Page

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
URL = "https://soihoi.example/kiem-chung/nuoc-muoi"


def _review(claim: str = "Uống nước muối chữa được cúm", **more: Any) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": claim,
        "url": URL,
        "datePublished": "2026-11-18",
        "author": {"@type": "Organization", "name": "Soi Hồi"},
        "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "CANARY"}, "appearance": {"url": "https://mxh.example/CANARY"}},
        "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "Sai sự thật"},
    } | more


def _all(data: object) -> list[PublishedReview]:
    return list(parse_claim_reviews(data, URL))


def test_one_object() -> None:
    assert _all(_review()) == [
        PublishedReview("Uống nước muối chữa được cúm", Rating.FALSE, "Sai sự thật", URL, datetime(2026, 11, 17, 17, tzinfo=UTC), "Soi Hồi")
    ]


@pytest.mark.parametrize(
    "wrapped",
    [
        [_review()],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, _review()]},
        {"@type": "NewsArticle", "hasPart": {"review": [_review()]}},
        {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [_review()]}]},
        _review() | {"@type": ["Review", "ClaimReview"]},
        _review() | {"@type": "http://schema.org/ClaimReview"},
        _review() | {"@type": "schema:ClaimReview"},
    ],
)
def test_wrappings(wrapped: object) -> None:
    assert [review.rating for review in _all(wrapped)] == [Rating.FALSE]


def test_claims_search_answer() -> None:
    data = {
        "claims": [
            {
                "text": "Uống nước muối chữa được cúm",
                "claimant": "CANARY",
                "claimReview": [{"publisher": {"name": "Soi Hồi"}, "url": URL, "reviewDate": "2026-11-18T00:00:00Z", "textualRating": "False"}],
            }
        ]
    }
    (review,) = _all(data)
    assert (review.claim_reviewed, review.rating, review.url) == ("Uống nước muối chữa được cúm", Rating.FALSE, URL)
    assert "CANARY" not in repr(review)


def test_persons_never_come_through() -> None:
    reviews = _all(
        [_review(author={"@type": "Person", "name": "CANARY"}), _review(author="CANARY"), _review(author=[{"@type": "Person", "name": "CANARY"}])]
    )
    assert [review.author_organisation for review in reviews] == [None, None, None]
    assert "CANARY" not in repr(reviews)


def test_a_value_written_as_a_word_is_read() -> None:
    (review,) = _all(_review(reviewRating={"ratingValue": "Tin giả"}))
    assert (review.rating, review.rating_text) == (Rating.FALSE, "Tin giả")


def test_a_number_alone() -> None:
    (review,) = _all(_review(reviewRating={"ratingValue": "2"}))
    assert (review.rating, review.rating_text) == (Rating.MISLEADING, "2")


def test_unclear_is_unknown() -> None:
    assert [review.rating for review in _all([_review(reviewRating=None), _review(reviewRating={"alternateName": "Xem bài"})])] == [
        Rating.UNKNOWN
    ] * 2


def test_markup_is_stripped_and_lengths_are_bounded() -> None:
    (review,) = _all(_review("<b>Nước &amp;amp; muối</b> " + "rất " * 1_000))
    assert review.claim_reviewed.startswith("Nước & muối rất")
    assert 990 < len(review.claim_reviewed) <= 1_000


@pytest.mark.parametrize(
    "broken", [{}, [], None, 3, "x", {"@type": "ClaimReview"}, _review(claimReviewed=""), _review(claimReviewed=["a"]), {"claims": 3}]
)
def test_what_is_no_review_is_passed_over(broken: object) -> None:
    assert _all(broken) == []


def test_a_nest_of_objects_does_no_harm() -> None:
    data: Any = _review()
    for _ in range(5_000):
        data = {"a": [data]}
    assert len(_all(data)) == 1


def test_broken_json_is_forgiven_where_it_can_be() -> None:
    assert load_json_ld('{"@type": "ClaimReview", "a": [1, 2,], /* note */ }') == {"@type": "ClaimReview", "a": [1, 2]}
    assert load_json_ld("{not json") is None
    assert load_json_ld("[" * 100_000) is None


_LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just("ClaimReview"))
_KEYS = st.sampled_from(["@type", "claimReviewed", "reviewRating", "author", "claimReview", "text", "url", "datePublished", "@graph", "x"])


@given(st.recursive(_LEAF, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=6)), max_leaves=20))
def test_any_json_gives_reviews_or_none(data: object) -> None:
    for review in _all(data):
        assert review.claim_reviewed


def _page(markup: str) -> Extraction:
    body = f"""<html lang="vi"><head><title>Nước muối không chữa được cúm</title></head><body><article><h1>Nước muối không chữa được cúm</h1>
    <p>Sở y tế tỉnh Lương Sơn Hạ cho biết không có nghiên cứu nào ủng hộ lời khuyên này.</p><p>Người bệnh nên nghỉ ngơi và uống đủ nước.</p>
    </article>{markup}</body></html>"""
    found = extract_page(Page(URL, "Soi Hồi", body.encode(), "text/html", NOW), NOW, "vi")
    assert isinstance(found, Extraction)
    return found


def test_json_ld_on_a_page_with_several_reviews() -> None:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(_review(claim))}</script>' for claim in ("Một", "Hai", "Hai"))
    assert [review.claim_reviewed for review in _page(scripts).reviews] == ["Một", "Hai"]


def test_a_broken_script_does_not_hide_the_others() -> None:
    scripts = f'<script type="application/ld+json">{{"a": </script><script type="application/ld+json">{json.dumps(_review())}</script>'
    assert len(_page(scripts).reviews) == 1


def test_microdata_is_read_and_kept_out_of_the_text() -> None:
    found = _page(
        """<div itemscope itemtype="https://schema.org/ClaimReview"><link itemprop="url" href="/kiem-chung/nuoc-muoi">
        <meta itemprop="datePublished" content="2026-11-18"><q itemprop="claimReviewed">Uống nước muối chữa được cúm</q>
        <span itemprop="author" itemscope itemtype="https://schema.org/Organization"><meta itemprop="name" content="Soi Hồi"></span>
        <div itemprop="itemReviewed" itemscope itemtype="https://schema.org/Claim"><span itemprop="author" itemscope
        itemtype="https://schema.org/Person"><b itemprop="name">CANARY</b></span></div>
        <div itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating"><meta itemprop="ratingValue" content="1">
        <b itemprop="alternateName">Sai</b></div></div>"""
    )
    assert found.reviews == (
        PublishedReview("Uống nước muối chữa được cúm", Rating.FALSE, "Sai", URL, datetime(2026, 11, 17, 17, tzinfo=UTC), "Soi Hồi"),
    )
    assert "Uống nước muối chữa" not in found.story.text
    assert "CANARY" not in repr(found)
