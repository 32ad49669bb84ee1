"""Do two stories tell of one event? Names, figures, dates, places and rare phrases that they share or do not.

title and lead | trace: weighted phrases, names, figures, dates, provinces | pair: the numbers of FEATURES | learnt trees | score

Neutral and shallow on purpose: it groups reports, and says nothing about who is right in them.
"""

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from nlp.names import Name
from nlp.profile import Profile, profile
from nlp.resources import load_bytes
from nlp.shelving import Telling

TREES, IDF = "events/trees.npz", "events/idf.npz"
BUCKETS = 2**18
_RARE = 8.0  # an idf: fewer than one story in three thousand
_NUMBERS_COUNTED = _VERBS_COUNTED = 4
# A round-up of many events is the report of none: `Điểm tin 18h: ...; ...`, `Xem nhanh 20h ... | ...`, `Tin tức thế giới 24-10: ...`.
_ROUND_UP = re.compile(
    r"^(?:điểm tin|xem nhanh|đọc nhanh|bản tin|tin sáng|tin nóng|tin tức|tin thế giới|tin trong nước|thời sự)\b.*\d|.{12}; .{12}|.{12} \| .{12}",
    re.IGNORECASE,
)

Weights = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Trace:
    """What clustering knows of a story. `moment` in days since 1970; weights of phrases (bucket: tf-idf, unit length); names folded."""

    story_id: str
    outlet: str
    language: str
    moment: float
    whole: Weights
    title: Weights
    names: Mapping[str, float]
    title_names: Mapping[str, float]
    figures: frozenset[tuple[str, str]]
    units: frozenset[str]
    dates: frozenset[tuple[int, int]]
    places: frozenset[str]
    provinces: frozenset[str]
    terms: Mapping[str, float]
    verbs: frozenset[str]
    rare: frozenset[int]
    is_round_up: bool
    opening: str


def trace_of(story_id: str, outlet: str, language: str, moment: float, telling: Telling) -> Trace:
    """Take a story apart once for all comparisons."""
    passage, title = profile(telling.text), profile(telling.title)
    whole = _weighted(passage)
    figures = frozenset((str(found.value), found.unit) for found in passage.quantities)
    return Trace(
        story_id, outlet, language, moment, whole, _weighted(title),
        names=_named(passage),
        title_names=_named(title),
        figures=figures,
        units=frozenset(unit for _, unit in figures if unit),
        dates=frozenset((date.day, date.month) for date in passage.dates if date.day and date.month),
        places=frozenset(place.name for place in passage.places),
        provinces=frozenset(place.province for place in passage.places),
        terms={term.concept: term.weight for term in passage.terms},
        verbs=frozenset(term.concept for term in passage.terms if term.verb),
        rare=frozenset(bucket for bucket in whole if _idf()[bucket] > _RARE),
        is_round_up=is_round_up(telling.title),
        opening=telling.title[:12],
    )  # fmt: skip


def is_round_up(title: str) -> bool:
    """Is it a list of the day's news, told by its title?"""
    return _ROUND_UP.search(title) is not None


@cache
def _idf() -> list[float]:
    """For each bucket how rarely its phrase stands in news; a phrase never seen is as rare as the rarest."""
    return idf_of(load_bytes(IDF))


def idf_of(body: bytes) -> list[float]:
    """A tenth of a unit is all the artefact keeps."""
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        found: list[float] = (stored["idf"].astype(np.float32) / 10).tolist()
    return found


@lru_cache(maxsize=200_000)
def bucket_of(phrase: str) -> int:
    from sklearn.utils import murmurhash3_32

    return int(murmurhash3_32(phrase, 0, positive=True)) % BUCKETS


def phrases_of(passage: Profile) -> list[str]:
    """Syllables and neighbouring pairs: most Vietnamese words are one or the other."""
    forms = [token.form for token in passage.tokens]
    return forms + [f"{left} {right}" for left, right in pairwise(forms)]


def _weighted(passage: Profile) -> dict[int, float]:
    counts: dict[int, int] = {}
    for phrase in phrases_of(passage):
        bucket = bucket_of(phrase)
        counts[bucket] = counts.get(bucket, 0) + 1
    idf = _idf()
    weights = {bucket: (1 + math.log(count)) * idf[bucket] for bucket, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {bucket: weight / length for bucket, weight in weights.items()}


def _named(passage: Profile) -> dict[str, float]:
    return {" ".join(name.parts): _name_weight(passage, name) for name in passage.names}


def _name_weight(passage: Profile, name: Name) -> float:
    """As rare as its rarest pair of syllables."""
    forms = [passage.tokens[at].form for at in range(name.first, name.last + 1)]
    return max(_idf()[bucket_of(phrase)] for phrase in (*forms, *(f"{left} {right}" for left, right in pairwise(forms))))


def likeness(mine: Weights, other: Weights) -> float:
    """Cosine of two unit vectors."""
    if len(mine) > len(other):
        mine, other = other, mine
    return sum(weight * other[bucket] for bucket, weight in mine.items() if bucket in other)


FEATURES = (
    "whole", "title", "cross_most", "cross_least", "names", "names_of_smaller", "names_of_all", "no_name_shared", "figures", "figures_differ", "unit_differs",
    "days", "over_a_day", "over_two_days", "terms_of_smaller", "terms", "same_outlet", "rare", "date_shared", "dates_differ", "place_shared", "provinces_differ",
    "round_up", "verbs", "same_opening", "parts_of_names", "parts_of_smaller", "parts_of_all", "rarest_name", "headed_most", "headed_least", "unheard_least",
    "unheard_most", "title_names", "title_names_of_smaller", "rarest", "rarest_few", "rarest_many", "shared_phrases", "rarest_of_titles",
)  # fmt: skip


def features(mine: Trace, other: Trace) -> tuple[float, ...]:
    """The numbers of `FEATURES`, in that order; the same whichever story comes first, but that shared names and terms weigh as in `mine`."""
    return (
        *_wording(mine, other), *_naming(mine, other), *_counting(mine, other), *_timing(mine, other), *_telling(mine, other),
        *_partly_named(mine, other), *_named_in_title(mine, other), *_rarest(mine, other),
    )  # fmt: skip


def _wording(mine: Trace, other: Trace) -> tuple[float, ...]:
    crossed = likeness(mine.title, other.whole), likeness(other.title, mine.whole)
    return likeness(mine.whole, other.whole), likeness(mine.title, other.title), max(crossed), min(crossed)


def _naming(mine: Trace, other: Trace) -> tuple[float, ...]:
    shared = sum(weight for name, weight in mine.names.items() if name in other.names)
    left, right = sum(mine.names.values()), sum(other.names.values())
    smaller, together = min(left, right), left + right - shared
    return (
        shared / 30, shared / smaller if smaller else 0.3, shared / together if together else 0.2, float(not shared and smaller > 0),
    )  # fmt: skip


def _counting(mine: Trace, other: Trace) -> tuple[float, ...]:
    shared = mine.figures & other.figures
    differs = any(unit in other.units and not any(known == unit for _, known in shared) for unit in mine.units)
    return min(len(shared), _NUMBERS_COUNTED), float(bool(mine.figures and other.figures and not shared)), float(differs)


def _timing(mine: Trace, other: Trace) -> tuple[float, ...]:
    days = abs(mine.moment - other.moment)
    return days, float(days > 1), float(days > 2)  # noqa: PLR2004


def _telling(mine: Trace, other: Trace) -> tuple[float, ...]:
    shared = sum(weight for concept, weight in mine.terms.items() if concept in other.terms)
    smaller = min(sum(mine.terms.values()), sum(other.terms.values()))
    return (
        shared / max(1.0, smaller), shared / 20, float(mine.outlet == other.outlet), math.log1p(len(mine.rare & other.rare)),
        float(bool(mine.dates & other.dates)), float(bool(mine.dates and other.dates and not mine.dates & other.dates)),
        float(bool(mine.places & other.places)), float(bool(mine.provinces and other.provinces and not mine.provinces & other.provinces)),
        float(mine.is_round_up or other.is_round_up), min(len(mine.verbs & other.verbs), _VERBS_COUNTED) / _VERBS_COUNTED, float(mine.opening == other.opening),
    )  # fmt: skip


def _echo(mine: Mapping[str, float], other: Mapping[str, float]) -> list[float]:
    """For each of my names that the other has too, be it longer or shorter there (`Trump`, `Donald Trump`), its lesser weight."""
    found = []
    for name, weight in mine.items():
        also = other[name] if name in other else max((known for theirs, known in other.items() if _is_part(name, theirs)), default=0.0)
        if also:
            found.append(min(weight, also))
    return found


def _is_part(name: str, other: str) -> bool:
    """One is some of the other's syllables in a row."""
    return f" {name} " in f" {other} " if len(name) < len(other) else f" {other} " in f" {name} "


def _partly_named(mine: Trace, other: Trace) -> tuple[float, ...]:
    here, there = _echo(mine.names, other.names), _echo(other.names, mine.names)
    shared = (sum(here) + sum(there)) / 2
    left, right = sum(mine.names.values()), sum(other.names.values())
    smaller, together = min(left, right), left + right - shared
    return (
        shared / 30, shared / smaller if smaller else 0.3, shared / together if together else 0.2, max((*here, *there), default=0.0),
    )  # fmt: skip


def _named_in_title(mine: Trace, other: Trace) -> tuple[float, ...]:
    """Names of one's title that the other speaks of, or not: who a story is about stands in its title."""
    left, right = sum(mine.title_names.values()), sum(other.title_names.values())
    heard = sum(_echo(mine.title_names, other.names)), sum(_echo(other.title_names, mine.names))
    unheard = left - heard[0], right - heard[1]
    shared = (sum(_echo(mine.title_names, other.title_names)) + sum(_echo(other.title_names, mine.title_names))) / 2
    smaller = min(left, right)
    return (
        max(heard) / 20, min(heard) / 20, min(unheard) / 20, max(unheard) / 20, shared / 20, shared / smaller if smaller else 0.3,
    )  # fmt: skip


def _rarest(mine: Trace, other: Trace) -> tuple[float, ...]:
    """How rare the rarest phrases are that both have: one accident is known by a few of them, one topic shares many common ones."""
    idf = _idf()
    shared = sorted((idf[bucket] for bucket in mine.whole.keys() & other.whole.keys()), reverse=True)
    titles = sorted((idf[bucket] for bucket in mine.title.keys() & other.title.keys()), reverse=True)
    return sum(shared[:3]), sum(shared[:8]), sum(shared[:15]), sum(shared), sum(titles[:3])


_FOREIGN_DAYS = 1.5
_RARE_NAME = 4.5  # an idf
_TWO_NAMES, _THREE_NAMES = 12.0, 16.0  # rareness of the shared names together, with a shared figure or date, and without
ACROSS = 2.0  # log-odds that are given to what the rule finds: it has not been measured


def tell_one_event_across_languages(mine: Trace, other: Trace) -> bool:
    """Names and numbers survive a translation, words do not: two rare names and a figure or date, or three rare names, within a day and a half.

    A rule, because there are no labelled pairs to learn from.
    """
    if mine.language == other.language or abs(mine.moment - other.moment) > _FOREIGN_DAYS or mine.is_round_up or other.is_round_up:
        return False
    shared = [weight for name, weight in mine.names.items() if name in other.names and min(weight, other.names[name]) >= _RARE_NAME]
    values = {value for value, _ in mine.figures} & {value for value, _ in other.figures}
    told = bool(mine.dates & other.dates) or any(len(value.strip("0.")) > 1 for value in values)
    return (len(shared) > 1 and told and sum(shared) >= _TWO_NAMES) or (len(shared) > 2 and sum(shared) >= _THREE_NAMES)  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted decision trees as plain numbers: a node goes left where its feature is at most `threshold`; leaves have feature -1.

    All arrays (nodes,), but `roots` (trees,); `left` and `right` are places of nodes.
    """

    roots: Any
    feature: Any
    threshold: Any
    left: Any
    right: Any
    value: Any
    bias: float

    def scores(self, rows: Sequence[Sequence[float]]) -> Any:
        """One log-odds a row: above 0, the two tell of one event."""
        if not len(rows):
            return np.zeros(0)
        x = np.asarray(rows, np.float64)
        at = np.broadcast_to(self.roots, (len(x), len(self.roots)))
        which = np.arange(len(x))[:, None]
        while (self.feature[at] >= 0).any():
            split = np.maximum(self.feature[at], 0)
            lower = np.where(x[which, split] <= self.threshold[at], self.left[at], self.right[at])
            at = np.where(self.feature[at] >= 0, lower, at)
        return self.value[at].sum(axis=1) + self.bias


def read_trees(body: bytes) -> Trees:
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        return Trees(
            stored["roots"], stored["feature"], stored["threshold"], stored["left"], stored["right"], stored["value"], float(stored["bias"])
        )  # fmt: skip


@cache
def event_trees() -> Trees:
    """The shipped trees."""
    return read_trees(load_bytes(TREES))
