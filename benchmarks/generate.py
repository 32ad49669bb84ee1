"""Made-up ClaimReviews and newspaper pages, by template from invented words; the same seed gives the same.

words.toml | fill slots | claims  → ClaimReviews
                        | stories → pages in three markups, weighted like real ones
"""

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.markup import MARKUPS, Around
from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.stories import Page

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
CHECKER = "Kiểm Chứng Đo Thử"
PAPER = "Báo Đo Thử"
# Of real news pages about six in ten fall into a theme (3,000 items of three papers, 2,000 long articles: 59-63 %).
_IN_THEME = 0.6
_REPEATS, _DEBUNKS = 0.06, 0.02  # of the generated pages: stories that carry, and that deny, one of the claims given
_MIN_WORDS, _MAX_WORDS, _USUAL_WORDS = 150, 900, 400
_RATINGS = (Rating.FALSE,) * 8 + (Rating.MISLEADING, Rating.TRUE)


def outlets() -> tuple[Outlet, Outlet]:
    """The invented paper and the invented fact-checker to whom everything generated belongs."""
    paper, checker = "https://bao-do-thu.example", "https://kiem-chung.example"
    return (
        Outlet(PAPER, OutletKind.NEWS, f"{paper}/", "vi", PAPER, f"{paper}/gioi-thieu", "Công ty Đo Thử"),
        Outlet(CHECKER, OutletKind.FACT_CHECKER, f"{checker}/", "vi", CHECKER, f"{checker}/gioi-thieu", "Hội Đo Thử"),
    )


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


class Slots(dict[str, str]):
    """What stands in for the slots of one statement: chosen when first asked for, then kept."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng

    def __missing__(self, slot: str) -> str:
        value: str = self._rng.choice(_words()["slots"][slot.rstrip("0123456789")])
        # A place within a slot is another place than the statement's own.
        self[slot] = value.format_map(Slots(self._rng)) if "{" in value else value
        return self[slot]


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """One claim: as its check words it, and as a paper words it."""

    theme: str
    checked: str
    reported: str


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def make_claim(rng: random.Random) -> MadeClaim:
    """One claim on one of the eleven themes."""
    words = _words()
    theme = rng.choice(list(words["themes"]))
    slots = Slots(rng)
    checked, reported = (half.strip() for half in rng.choice(words["themes"][theme]["claims"]).split("|"))
    core = checked.format_map(slots)
    frame, tail = rng.choice(words["frames"]), rng.choice(words["tails"]).format_map(slots)
    # A second date would contradict the first.
    whole = frame + (core[:1].lower() + core[1:] if frame else core) + ("" if "{date}" in checked else tail)
    return MadeClaim(theme, _capital(whole), _capital(reported.format_map(slots)))


def make_claims(count: int, seed: int = 1) -> Iterator[MadeClaim]:
    rng = random.Random(seed)
    return (make_claim(rng) for _ in range(count))


def make_reviews(count: int, seed: int = 1) -> Iterator[ClaimReview]:
    """ClaimReviews of the invented fact-checker, each with its own address."""
    for number, claim in enumerate(make_claims(count, seed)):
        rating = _RATINGS[number % len(_RATINGS)]
        yield ClaimReview(
            claim_reviewed=claim.checked,
            rating=rating,
            rating_text=rating.alternate_name,
            review_url=f"https://kiem-chung.example/{seed}/{number}.html",
            reviewed_by=CHECKER,
            publisher_kind=PublisherKind.FACT_CHECKER,
            language="vi",
            published_at=NOW - timedelta(days=number % 700),
        )


@dataclass(frozen=True, slots=True)
class MadeStory:
    """A story before it is put into markup."""

    title: str
    paragraphs: tuple[str, ...]
    published_at: datetime


def _sentence(rng: random.Random, facts: Sequence[str]) -> str:
    words = _words()
    slots = Slots(rng)
    source = facts if rng.random() < 0.7 else words["fillers"]["facts"]
    return _capital((rng.choice(words["openings"]) + rng.choice(source)).format_map(slots))


def _length(rng: random.Random) -> int:
    return int(min(_MAX_WORDS, max(_MIN_WORDS, rng.lognormvariate(0, 0.5) * _USUAL_WORDS)))


def make_story(rng: random.Random, claims: Sequence[MadeClaim]) -> MadeStory:
    """A story of 150-900 words; some carry or deny one of the claims."""
    words, kind = _words(), rng.random()
    planted: list[str] = []
    if kind < _IN_THEME:
        claim = rng.choice(claims) if claims and kind < _REPEATS + _DEBUNKS else make_claim(rng)
        facts = words["themes"][claim.theme]["facts"]
        title = _capital(rng.choice(facts).format_map(Slots(rng)).rstrip("."))
        if kind < _REPEATS:
            planted = [claim.reported + "."]
        elif kind < _REPEATS + _DEBUNKS:
            title, planted = f"Thực hư chuyện {claim.checked}", [claim.checked + ".", rng.choice(words["denials"]).format_map(Slots(rng))]
    else:
        facts = words["elsewhere"]["facts"]
        title = rng.choice(words["elsewhere"]["titles"]).format_map(Slots(rng))
    return MadeStory(title, _paragraphs(rng, facts, planted), NOW - timedelta(minutes=rng.randrange(1, 5_000)))


def _paragraphs(rng: random.Random, facts: Sequence[str], planted: Sequence[str]) -> tuple[str, ...]:
    wanted, sentences = _length(rng), list[str]()
    while sum(len(sentence.split()) for sentence in sentences) < wanted:
        sentences.append(_sentence(rng, facts))
    at = rng.randrange(min(4, len(sentences)))
    sentences[at:at] = planted
    found: list[str] = []
    while sentences:
        size = rng.randint(1, 4)
        found.append(" ".join(sentences[:size]))
        del sentences[:size]
    return tuple(found)


def story_of_text(text: str, title: str, published_at: datetime = NOW) -> MadeStory:
    """A given text as a story: a paragraph a line."""
    return MadeStory(title, tuple(line.strip() for line in text.splitlines() if line.strip()), published_at)


def make_stories(count: int, seed: int = 2, claims: Sequence[MadeClaim] = ()) -> list[MadeStory]:
    rng = random.Random(seed)
    return [make_story(rng, claims) for _ in range(count)]


def to_page(story: MadeStory, number: int, seed: int = 2) -> Page:
    """The story as a whole page of the invented paper, in one of three markups, 40-300 kB with all that stands around it."""
    rng = random.Random(f"{seed}:{number}")
    url = f"https://bao-do-thu.example/{seed}/tin-{number}.html"
    around = Around(rng, lambda: _heading(rng), lambda: Slots(rng)["name"])
    body = MARKUPS[number % len(MARKUPS)](story.title, story.paragraphs, story.published_at, url, around)
    return Page(url, PAPER, body.encode(), "text/html; charset=utf-8", NOW)


def _heading(rng: random.Random) -> str:
    return str(rng.choice(_words()["elsewhere"]["titles"]).format_map(Slots(rng)))


def make_pages(count: int, seed: int = 2, claims: Sequence[MadeClaim] = ()) -> list[Page]:
    return [to_page(story, number, seed) for number, story in enumerate(make_stories(count, seed, claims))]
