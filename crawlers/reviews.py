"""A published review, as the page gives it, to the ClaimReview that is stored: who vouches for it is decided here (LIMITS 5)."""

from urllib.parse import urljoin

from crawlers.claimreview import PublishedReview
from crawlers.urls import canonicalize, host_of
from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import Outlet, PublisherKind
from kiemtin.store.outlets import outlet_of


def to_claim_review(review: PublishedReview, outlet: Outlet, page_url: str, language: str) -> ClaimReview:
    """The review under its true publisher.

    One that names no address, or one on the fetched page's host, is the outlet's whose feed listed the page, with that outlet's kind.
    One that names another host's address is kept as `unlisted`, under that host: a page cannot lend itself somebody else's name.
    """
    address = _address(review.url, page_url)
    host = host_of(address)
    own = host.removeprefix("www.") == host_of(page_url).removeprefix("www.")
    return ClaimReview(
        claim_reviewed=review.claim_reviewed,
        rating=review.rating,
        rating_text=review.rating_text,
        review_url=address,
        reviewed_by=outlet.name if own else host,
        publisher_kind=PublisherKind(outlet.kind.value) if own else PublisherKind.UNLISTED,
        language=language,
        published_at=review.published_at,
    )


def _address(url: str | None, page_url: str) -> str:
    """The review's own address where it is a usable one, else the page's."""
    if url:
        try:
            return canonicalize(urljoin(page_url, url))
        except ValueError:
            pass
    return canonicalize(page_url)


def to_imported_review(review: PublishedReview, catalog: tuple[Outlet, ...]) -> ClaimReview | None:
    """A review from a file: its kind is that of its address's catalogued host, else `unlisted`; None without a usable address."""
    try:
        address = canonicalize(review.url or "")
    except ValueError:
        return None
    outlet = outlet_of(catalog, address)
    return ClaimReview(
        claim_reviewed=review.claim_reviewed,
        rating=review.rating,
        rating_text=review.rating_text,
        review_url=address,
        reviewed_by=outlet.name if outlet is not None else host_of(address),
        publisher_kind=PublisherKind(outlet.kind.value) if outlet is not None else PublisherKind.UNLISTED,
        language=outlet.language if outlet is not None else "",
        published_at=review.published_at,
    )
