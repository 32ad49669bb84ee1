"""Labelled claims and stories to learn from: pairs, short stories, made-up worlds, and real items that repeat no made-up claim.

A bag is one claim held against one story: all comparisons of its passages; it is positive if the story repeats the claim.
"""

import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.compare import Comparison, compare
from nlp.examine import examine
from nlp.profile import Profile, profile
from nlp.proposition import proposition
from nlp.retrieval import index_terms, query_terms
from nlp.sentences import Reading
from nlp.training.corpus import DAILY_NEWS, rows

PAIRS = ("pairs_dev.jsonl", "pairs_train.jsonl")
STORIES = ("stories_a.jsonl", "stories_b.jsonl", "stories_c.jsonl", "stories_e.jsonl")
_WORTH_LEARNING = 0.2
_REAL_ITEMS, _REAL_CLAIMS = 6_000, 5
_REAL_NEAR, _REAL_COVERED = 0.4, 0.25  # what shares less teaches nothing
# The pairs' and the stories' near misses differ in one word on purpose, much oftener than news does.
_WEIGHTS = {"same": 0.6, "none": 0.6, "related": 0.1, "repeat": 0.7, "near_miss": 0.3, "other": 0.7, "world": 1.0, "real": 0.3}


@dataclass(frozen=True, slots=True)
class Bag:
    """`event` is the claim's: examples of one event never stand on both sides of a split."""

    comparisons: tuple[Comparison, ...]
    same: bool
    weight: float
    event: str


@dataclass(frozen=True, slots=True)
class Told:
    """A story that repeats or denies a claim."""

    reading: Reading
    claim: Profile
    denies: bool
    event: str


@dataclass(frozen=True, slots=True)
class Check:
    event: str
    wordings: tuple[Profile, ...]


def read_rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def bags_of_pairs(folder: Path) -> Iterator[Bag]:
    for name in PAIRS:
        for row in read_rows(folder / name):
            comparison = compare(profile(proposition(row["claim"])), profile(row["text"]))
            if row["label"] != "opposite" and not comparison.denial:
                yield Bag((comparison,), row["label"] == "same", _WEIGHTS[row["label"]], row["event"])


def bags_of_stories(folder: Path) -> Iterator[Bag]:
    for row in (row for name in STORIES for row in read_rows(folder / name)):
        if row["label"] != "debunk":
            found = comparisons([profile(proposition(row["claim"]))], Reading(row["title"], row["text"]))
            yield Bag(found, row["label"] == "repeat", _WEIGHTS[row["label"]], row["claim_id"])


def bags_of_world(folder: Path) -> Iterator[Bag]:
    """Each news page held against each checked claim of which it holds some words."""
    pages, checks = read_world(folder)
    for page in pages:
        if page["kind"] in ("fact_check", "debunk_article", "bulletin", "debunk"):
            continue
        reading = reading_of(page)
        for check in checks:
            found = comparisons(check.wordings, reading)
            if max((comparison.claim_covered for comparison in found), default=0.0) >= _WORTH_LEARNING:
                about = f"{folder.name} {page['about']}"
                yield Bag(found, page["kind"] == "repeat" and about == check.event, _WEIGHTS["world"], check.event)


def bags_of_real_items(corpus: Path, checks: Sequence[Check]) -> Iterator[Bag]:
    """Real items held against the made-up claims whose words they share: none of them repeats one."""
    items = [row for row in rows(corpus, DAILY_NEWS) if row.get("title") and row.get("summary")]
    random.Random(5).shuffle(items)
    shelf = _Shelf(checks)
    for row in items[:_REAL_ITEMS]:
        reading = Reading(row["title"], row["summary"])
        for check in shelf.nearest(reading):
            found = comparisons(check.wordings, reading)
            if any(one.near_held >= _REAL_NEAR or one.claim_covered >= _REAL_COVERED for one in found):
                yield Bag(found, False, _WEIGHTS["real"], check.event)


class _Shelf:
    """Checks found by the rarest keys that a passage shares with them."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = checks
        self._filed: dict[str, list[int]] = defaultdict(list)
        for at, check in enumerate(checks):
            for key in {key for wording in check.wordings for key in index_terms(wording)}:
                self._filed[key].append(at)

    def nearest(self, reading: Reading) -> list[Check]:
        found: set[int] = set()
        for passage in (reading.title, *reading.profiles):
            shared: dict[int, float] = defaultdict(float)
            for key in query_terms(passage):
                for at in self._filed.get(key, ()):
                    shared[at] += math.log(len(self._checks) / len(self._filed[key]))
            found.update(sorted(shared, key=lambda at: (-shared[at], at))[:_REAL_CLAIMS])
        return [self._checks[at] for at in sorted(found)]


def comparisons(wordings: Sequence[Profile], reading: Reading) -> tuple[Comparison, ...]:
    """Every passage of a story (title, sentences, neighbouring pairs) held against every wording of a claim."""
    passages: list[tuple[Profile, Profile | None]] = [(reading.title, None)]
    passages += [(part, reading.lead) for part in reading.profiles]
    passages += [(reading.pair(at), reading.lead) for at in range(len(reading.profiles) - 1)]
    return tuple(compare(claim, passage, context, reading.folded) for passage, context in passages for claim in wordings)


def told_in_pairs(folder: Path) -> Iterator[Told]:
    for row in (row for name in PAIRS for row in read_rows(folder / name)):
        if row["label"] in ("same", "opposite"):
            yield Told(Reading(row["text"], ""), profile(proposition(row["claim"])), row["label"] == "opposite", row["event"])


def told_in_stories(folder: Path) -> Iterator[Told]:
    for row in (row for name in STORIES for row in read_rows(folder / name)):
        if row["label"] in ("repeat", "debunk"):
            reading = Reading(row["title"], row["text"])
            yield Told(reading, profile(proposition(row["claim"])), row["label"] == "debunk", row["claim_id"])


def told_in_world(folder: Path) -> Iterator[Told]:
    pages, checks = read_world(folder)
    claims = {check.event: check.wordings[0] for check in checks}
    for page in pages:
        event = f"{folder.name} {page['about']}"
        if page["kind"] in ("repeat", "debunk") and event in claims:
            yield Told(reading_of(page), claims[event], page["kind"] == "debunk", event)


def read_world(folder: Path) -> tuple[list[dict[str, Any]], list[Check]]:
    """The pages of a world, and its checks with their wordings."""
    world = json.loads((folder / "world.json").read_text("utf-8"))
    checked = [page for page in world["pages"] if page["kind"] == "fact_check" and page["about"]]
    return world["pages"], [Check(f"{folder.name} {page['about']}", _wordings(page)) for page in checked]


def checks_of_stories(folder: Path) -> list[Check]:
    claims = {row["claim_id"]: row["claim"] for name in STORIES for row in read_rows(folder / name)}
    return [Check(event, (profile(proposition(claim)),)) for event, claim in claims.items()]


def reading_of(page: dict[str, Any]) -> Reading:
    return Reading(page["title"], "\n".join([page["lead"], *page["paragraphs"]]))


def _wordings(page: dict[str, Any]) -> tuple[Profile, ...]:
    claim = page["reviews"][0]["claim_reviewed"]
    found = examine(claim, reading_of(page))
    return (profile(proposition(claim)), *(profile(text) for text in (found.wordings if found else ())))
