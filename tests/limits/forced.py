"""Loaded by its name in the crawl process (`save=`): reading and saving then fail, with the page's own words in the errors."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from lxml import etree

from crawlers import articles, body
from kiemtin.demo.world import BYLINE, COMMENTS
from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import Story
from kiemtin.store.stories import SaveOutcome, save_extraction

_WHOLE = body.extract_body
_read, _saved = count(1), count(1)


def _breaks_sometimes(tree: etree._Element, *rest: Any) -> Any:
    if next(_read) % 3 == 0:
        raise ValueError(etree.tostring(tree, encoding="unicode") + BYLINE)
    return _WHOLE(tree, *rest)


vars(articles)["extract_body"] = _breaks_sometimes


def save_sometimes(conn: sa.Connection, outlet: Outlet, story: Story, found: Sequence[ClaimReview], now: datetime) -> SaveOutcome:
    """Save as always, but fail after every fourth story, in its transaction; the eleventh ends the whole crawl."""
    outcome = save_extraction(conn, outlet, story, found, now)
    number = next(_saved)
    if number % 4 == 0:
        raise LookupError(f"{story} {BYLINE} {COMMENTS}")
    if number == 11:
        raise MemoryError(f"{story} {BYLINE} {COMMENTS}")
    return outcome
