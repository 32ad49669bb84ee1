"""One edition of the briefing, made once from what was collected. Extractive only: every line is a title, a quote with its link, or a number with its query.

material | choose ten clusters, none shown before unless it has grown | body: plain JSON, which every rendering reads and nothing changes
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from kiemtin.coverage.forecast import Forecast
from kiemtin.coverage.health import Trouble
from kiemtin.coverage.spikes import Spike
from kiemtin.domain.coverage import Counted, DayCount, Listed, Watchlist
from kiemtin.domain.editions import Period
from kiemtin.domain.repeats import shown
from kiemtin.domain.reviews import Correction
from nlp.text import fold, tokenize

MOST_ITEMS = 10
_MOST_A_LIST = 3
_MOST_LINKS = 4
_GROWN = 3  # further stories, or a further outlet: then a cluster that was shown before is news again


@dataclass(frozen=True, slots=True)
class Shown:
    """A cluster as an earlier edition had it."""

    stories: int
    outlets: int


@dataclass(frozen=True, slots=True)
class NamedSpike:
    """A spike of one counted series, with its name for people."""

    kind: Counted
    key: str
    name: str
    spike: Spike


@dataclass(frozen=True, slots=True)
class CountedClaim:
    """A claim corrected here and the public posts that repeated it, by day; `url`: its correction."""

    statement: str
    url: str
    days: Sequence[tuple[date, int]]
    denials: int


@dataclass(frozen=True, slots=True)
class Material:
    """All that an edition is made from. `clusters`: {watchlist id: {cluster id: its stories until the edition's time}}; `before`: shown earlier.

    `volume`: every day of the last four weeks; `events_told`: clusters of the whole days; `open_alerts`: (theme, its name, how many); `repeats`: public corrections with the pages that repeated them; `counted`: claims corrected here with the posts that did.
    """

    period: Period
    office: str
    public_url: str
    holiday: str
    watchlists: Sequence[Watchlist]
    clusters: Mapping[str, Mapping[str, Sequence[Listed]]]
    before: Mapping[str, Shown]
    corrections: Sequence[Correction]
    withdrawals: Sequence[Correction]
    open_alerts: Sequence[tuple[str, str, int]]
    repeats: Sequence[Correction]
    events: Sequence[tuple[date, str]]
    volume: Sequence[DayCount]
    events_told: int
    outlets: Mapping[str, int]
    spikes: Sequence[NamedSpike]
    forecast: Forecast | None
    troubles: Sequence[Trouble]
    counted: Sequence[CountedClaim] = ()


def compose(material: Material) -> dict[str, Any]:
    """The edition's body."""
    lists = [found for found in _lists(material) if found["items"]]
    public = [_public(one) for one in material.corrections], [_public(one) for one in material.withdrawals]
    return {
        "id": material.period.id,
        "kind": material.period.kind.value,
        "day": material.period.day.isoformat(),
        "first": material.period.first.isoformat(),
        "last": material.period.last.isoformat(),
        "office": material.office,
        "url": f"{material.public_url}/briefing/{material.period.day.isoformat()}?{urlencode({'kind': material.period.kind.value})}",
        "holiday": material.holiday,
        "withdrawals": public[1],
        "corrections": public[0],
        "open_alerts": [
            {"theme": theme, "name": name, "count": count, "query": f"{material.public_url}/?{urlencode({'theme': theme})}"}
            for theme, name, count in material.open_alerts
        ],
        "watchlists": lists,
        "repeats": [
            {"statement": one.body["statement"], "rating_name": one.body["rating_name"], "url": one.body["url"], "spread": one.body["spread"]}
            for one in material.repeats
        ],
        "counted": [
            {"statement": one.statement, "url": one.url, "denials": shown(one.denials), "days": [{"day": day.isoformat(), "posts": posts} for day, posts in one.days]}
            for one in material.counted
        ],
        "events": [{"day": day.isoformat(), "text": text} for day, text in material.events],
        "volume": _volume(material),
        "gaps": [
            {"outlet": one.outlet, "kind": one.kind.value, "count": one.count, "of": one.of, "usual": round(one.usual, 2)} for one in material.troubles
        ],
        "nothing_new": not (lists or public[0] or public[1]),
    }  # fmt: skip


def _public(correction: Correction) -> dict[str, Any]:
    """Of a public correction what its page says; nothing else is known here."""
    body = correction.body
    return {
        "statement": body["statement"],
        "rating_name": body["rating_name"],
        "url": body["url"],
        "changed_at": body["changed_at"],
        "withdrawal_reason": body["withdrawal_reason"],
    }


@dataclass(frozen=True, slots=True)
class _Choice:
    """A cluster that may be shown, under the first list that has it."""

    list_at: int
    cluster_id: str
    stories: tuple[Listed, ...]
    grown: bool

    @property
    def weight(self) -> tuple[int, int, str]:
        """How many outlets, then how many stories; the oldest id settles the rest."""
        return -len({one.outlet for one in self.stories}), -len(self.stories), self.cluster_id


def _lists(material: Material) -> Iterator[dict[str, Any]]:
    chosen = choose(material)
    for at, watchlist in enumerate(material.watchlists):
        items = [_item(material, choice, watchlist) for choice in chosen if choice.list_at == at]
        yield {"id": watchlist.id, "name": watchlist.name, "items": items}


def choose(material: Material) -> list[_Choice]:
    """Ten at most: the weightiest of each list first, so that no list is crowded out, then by weight alone."""
    ranked = sorted(_candidates(material), key=lambda choice: choice.weight)
    taken: list[_Choice] = []
    for most in (1, _MOST_A_LIST):
        used = Counter(choice.list_at for choice in taken)
        for choice in ranked:
            if len(taken) < MOST_ITEMS and choice not in taken and used[choice.list_at] < most:
                taken.append(choice)
                used[choice.list_at] += 1
    return sorted(taken, key=lambda choice: choice.weight)


def _candidates(material: Material) -> Iterator[_Choice]:
    seen: set[str] = set()
    for at, watchlist in enumerate(material.watchlists):
        for cluster_id, stories in sorted(material.clusters.get(watchlist.id, {}).items()):
            before = material.before.get(cluster_id)
            now = Shown(len(stories), len({one.outlet for one in stories}))
            if cluster_id in seen or (before is not None and not _has_grown(before, now)):
                continue
            seen.add(cluster_id)
            yield _Choice(at, cluster_id, tuple(stories), before is not None)


def _has_grown(before: Shown, now: Shown) -> bool:
    return now.outlets > before.outlets or now.stories >= before.stories + _GROWN


def _item(material: Material, choice: _Choice, watchlist: Watchlist) -> dict[str, Any]:
    outlets = list(dict.fromkeys(one.outlet for one in choice.stories))
    head = headline(choice.stories)
    newest = {one.outlet: one for one in choice.stories}  # the stories are in order of time: the last one of each outlet stays
    links = [head, *[newest[outlet] for outlet in outlets if outlet != head.outlet][: _MOST_LINKS - 1]]
    return {
        "cluster": choice.cluster_id,
        "title": head.title,
        "state": "grown" if choice.grown else "new",
        "stories": len(choice.stories),
        "outlets": outlets,
        "links": [_link(one) for one in links],
        "query": f"{material.public_url}/clusters/{choice.cluster_id}",
        "watchlist": watchlist.name,
    }


def _link(one: Listed) -> dict[str, Any]:
    return {"title": one.title, "outlet": one.outlet, "url": one.url, "published_at": one.published_at.isoformat() if one.published_at else None}


def headline(stories: Sequence[Listed]) -> Listed:
    """The story whose title has most in common with the other titles; the earliest of equals."""
    words = [frozenset(token.form for token in tokenize(fold(one.title))) for one in stories]

    def common(at: int) -> float:
        return sum(len(words[at] & other) / max(1, len(words[at] | other)) for place, other in enumerate(words) if place != at)

    return stories[max(range(len(stories)), key=lambda at: (round(common(at), 6), -at))]


def _volume(material: Material) -> dict[str, Any]:
    period = material.period
    counted = [one for one in material.volume if period.first_day <= one.day <= period.last_day]
    query = f"{material.public_url}/explore?{urlencode({'first': period.first_day.isoformat(), 'last': period.last_day.isoformat()})}"
    return {
        "stories": sum(one.stories for one in counted),
        "clusters": material.events_told,
        "query": query,
        "days": [{"day": one.day.isoformat(), "stories": one.stories, "clusters": one.clusters} for one in material.volume],
        "outlets": [{"outlet": outlet, "stories": count} for outlet, count in sorted(material.outlets.items())],
        "spikes": [
            {
                "kind": one.kind.value, "key": one.key, "name": one.name, "day": one.spike.day.isoformat(), "count": one.spike.count,
                "expected": round(one.spike.expected, 1), "query": f"{material.public_url}/explore?{urlencode({one.kind.value: one.key})}",
            }
            for one in material.spikes
        ],
        "forecast": None if material.forecast is None else {
            "error": round(material.forecast.error, 2),
            "naive_error": round(material.forecast.naive_error, 2),
            "days": [
                {"day": one.day.isoformat(), "expected": round(one.expected, 1), "low": round(one.low, 1), "high": round(one.high, 1)}
                for one in material.forecast.days
            ],
        },
    }  # fmt: skip
