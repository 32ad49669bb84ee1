"""What comes into an edition and what never does: composed from its material alone, without a clock or a store."""

import json
from collections import Counter
from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.corrections import KEYS
from kiemtin.coverage.edition import MOST_ITEMS, Material, Shown, choose, compose, headline
from kiemtin.domain.coverage import FreeTerm, Listed, Sector, Shelf, Subject, Watchlist
from kiemtin.domain.editions import EditionKind, kinds_due, period_of
from kiemtin.domain.stories import HANOI
from tests.support.briefing import (
    DAY,
    LISTS,
    OFFICE,
    OUTLETS,
    PERIOD,
    PUBLIC_URL,
    SET_TIME,
    cluster,
    correction,
    full_body,
    full_material,
    listed,
    material,
    strings,
    withdrawal,
)

# --- which clusters --------------------------------------------------------------------------------------------------------


@st.composite
def materials(draw: st.DrawFn) -> Material:
    """Up to twelve lists over a common stock of clusters, some of which were shown before."""
    sizes = draw(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 4)), max_size=25))
    stock = {f"c{at:02}": cluster(f"c{at:02}", stories, outlets) for at, (stories, outlets) in enumerate(sizes)}
    lists = tuple(Watchlist(f"w{at}", f"Danh sách {at}") for at in range(draw(st.integers(0, 12))))
    some = st.lists(st.sampled_from(sorted(stock)), unique=True) if stock else st.just([])
    clusters = {one.id: {name: stock[name] for name in draw(some)} for one in lists}
    before = {name: Shown(draw(st.integers(1, 8)), draw(st.integers(1, 4))) for name in draw(some)}
    return material(watchlists=lists, clusters=clusters, before=before)


def is_news(made: Material, name: str, stories: list[Listed]) -> bool:
    """Not shown yet, or told by a further outlet since, or by three further stories."""
    before = made.before.get(name)
    return before is None or len({one.outlet for one in stories}) > before.outlets or len(stories) - before.stories >= 3


def weight(stories: Any) -> tuple[int, int]:
    return len({one.outlet for one in stories}), len(stories)


@given(materials())
@settings(max_examples=150, deadline=None)
def test_ten_clusters_at_most_three_a_list_each_once_and_none_again_unless_it_grew(made: Material) -> None:
    chosen = choose(made)
    assert len(chosen) <= MOST_ITEMS == 10
    assert max(Counter(one.list_at for one in chosen).values(), default=0) <= 3
    assert len({one.cluster_id for one in chosen}) == len(chosen)
    for one in chosen:
        assert is_news(made, one.cluster_id, list(one.stories))
        assert one.grown == (one.cluster_id in made.before)
        having = [at for at, watchlist in enumerate(made.watchlists) if one.cluster_id in made.clusters[watchlist.id]]
        assert one.list_at == having[0], "under the first list that has it"
    assert [weight(one.stories) for one in chosen] == sorted((weight(one.stories) for one in chosen), reverse=True)


@given(materials())
@settings(max_examples=150, deadline=None)
def test_of_each_list_the_weightiest_are_taken_and_no_list_is_crowded_out(made: Material) -> None:
    chosen, seen = choose(made), set[str]()
    full = len(chosen) == MOST_ITEMS
    for at, watchlist in enumerate(made.watchlists):
        mine = {name: stories for name, stories in made.clusters[watchlist.id].items() if name not in seen and is_news(made, name, list(stories))}
        seen |= set(mine)
        taken = [one.cluster_id for one in chosen if one.list_at == at]
        left = [weight(stories) for name, stories in mine.items() if name not in taken]
        assert not taken or not left or min(weight(mine[name]) for name in taken) >= max(left)
        assert full or len(taken) == min(3, len(mine))
        assert taken or not mine or full


@given(materials())
@settings(max_examples=50, deadline=None)
def test_the_same_material_gives_the_same_edition_in_whatever_order_it_comes(made: Material) -> None:
    turned = {key: dict(reversed(list(found.items()))) for key, found in reversed(list(made.clusters.items()))}
    again = replace(made, clusters=turned, before=dict(reversed(list(made.before.items()))))
    assert json.dumps(compose(again)) == json.dumps(compose(made))


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        ((2, 2), (2, 2), False),
        ((2, 2), (4, 2), False),
        ((2, 2), (5, 2), True),
        ((2, 2), (3, 3), True),
        ((5, 3), (4, 2), False),
        ((5, 1), (2, 2), True),
    ],
    ids=["the same", "two further stories", "three further stories", "a further outlet", "less", "fewer stories of more outlets"],
)
def test_what_was_shown_is_shown_again_only_where_it_grew(before: tuple[int, int], now: tuple[int, int], shown: bool) -> None:
    body = compose(material(clusters={"w1": {"c1": cluster("c1", *now)}}, before={"c1": Shown(*before)}))
    assert [item["state"] for found in body["watchlists"] for item in found["items"]] == ["grown"] * shown
    assert body["nothing_new"] is not shown


def test_lists_without_anything_are_left_out_and_each_stands_in_its_order() -> None:
    lists = (*LISTS, Watchlist("w3", "Gò Mây"))
    body = compose(material(watchlists=lists, clusters={"w3": {"c1": cluster("c1", 5, 5)}, "w1": {"c2": cluster("c2")}}))
    assert [(found["name"], [item["cluster"] for item in found["items"]]) for found in body["watchlists"]] == [
        (LISTS[0].name, ["c2"]),
        ("Gò Mây", ["c1"]),
    ]


# --- how one is told ---------------------------------------------------------------------------------------------------------


def told(*titles: str) -> list[Listed]:
    return [listed("c1", at, title=title) for at, title in enumerate(titles)]


@pytest.mark.parametrize(
    ("titles", "at"),
    [
        (("Một tin",), 0),
        (("Nước hồ dâng", "Chuyện bên hồ", "Nước hồ dâng hai mét", "Nước hồ dâng hai mét rồi"), 2),
        (("Cá về bến", "Cá về bến", "Mưa ở Gò Mây"), 0),
        (("NƯỚC HỒ DÂNG", "nước hồ dâng", "Mưa"), 0),
        (("!!!", "???"), 0),
        (("", "Nước hồ dâng", "Nước hồ dâng"), 1),
    ],
)
def test_the_headline_is_what_the_titles_have_in_common_and_the_earliest_of_equals(titles: tuple[str, ...], at: int) -> None:
    stories = told(*titles)
    assert headline(stories) == stories[at]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_headline_is_always_one_of_the_titles_as_its_paper_wrote_it(titles: list[str]) -> None:
    stories = [replace(listed("c1", at), title=title) for at, title in enumerate(titles)]
    assert headline(stories) in stories


def test_links_are_the_headline_s_and_the_newest_of_each_other_outlet_four_at_most() -> None:
    stories = [
        listed("c1", 0, OUTLETS[0], "Mưa"),
        listed("c1", 1, OUTLETS[1], "Nước hồ dâng"),
        *(listed("c1", 2 + at, outlet, "Nước hồ dâng") for at, outlet in enumerate(OUTLETS[2:])),
        listed("c1", 9, OUTLETS[0], "Chuyện khác"),
    ]
    ((item,),) = [found["items"] for found in compose(material(clusters={"w1": {"c1": stories}}))["watchlists"]]
    assert (item["title"], item["stories"], item["outlets"]) == ("Nước hồ dâng", 6, list(OUTLETS))
    assert [(link["outlet"], link["title"]) for link in item["links"]] == [
        (OUTLETS[1], "Nước hồ dâng"), (OUTLETS[0], "Chuyện khác"), (OUTLETS[2], "Nước hồ dâng"), (OUTLETS[3], "Nước hồ dâng")
    ]  # fmt: skip
    assert item["query"] == f"{PUBLIC_URL}/clusters/c1"


def test_a_story_without_a_date_has_none() -> None:
    undated = replace(listed("c1", 0), published_at=None)
    body = compose(material(clusters={"w1": {"c1": [undated]}}))
    assert body["watchlists"][0]["items"][0]["links"][0]["published_at"] is None


# --- what stands in it, key by key -------------------------------------------------------------------------------------------

# Everything that any rendering reads. A key more is a decision, not an accident.
PARTS: dict[str, frozenset[str]] = {
    "": frozenset({
        "id", "kind", "day", "first", "last", "office", "url", "holiday", "withdrawals", "corrections", "open_alerts", "watchlists", "repeats",
        "counted", "events", "volume", "gaps", "nothing_new",
    }),
    "counted": frozenset({"statement", "url", "denials", "days"}),
    "counted.days": frozenset({"day", "posts"}),
    "withdrawals": frozenset({"statement", "rating_name", "url", "changed_at", "withdrawal_reason"}),
    "corrections": frozenset({"statement", "rating_name", "url", "changed_at", "withdrawal_reason"}),
    "open_alerts": frozenset({"theme", "name", "count", "query"}),
    "watchlists": frozenset({"id", "name", "items"}),
    "watchlists.items": frozenset({"cluster", "title", "state", "stories", "outlets", "links", "query", "watchlist"}),
    "watchlists.items.links": frozenset({"title", "outlet", "url", "published_at"}),
    "repeats": frozenset({"statement", "rating_name", "url", "spread"}),
    "repeats.spread": frozenset({"day", "pages"}),
    "events": frozenset({"day", "text"}),
    "volume": frozenset({"stories", "clusters", "query", "days", "outlets", "spikes", "forecast"}),
    "volume.days": frozenset({"day", "stories", "clusters"}),
    "volume.outlets": frozenset({"outlet", "stories"}),
    "volume.spikes": frozenset({"kind", "key", "name", "day", "count", "expected", "query"}),
    "volume.forecast": frozenset({"error", "naive_error", "days"}),
    "volume.forecast.days": frozenset({"day", "expected", "low", "high"}),
    "gaps": frozenset({"outlet", "kind", "count", "of", "usual"}),
}  # fmt: skip


def keys_of(value: Any, where: str = "") -> dict[str, set[frozenset[str]]]:
    """{place: the sets of keys that stand there}."""
    found: dict[str, set[frozenset[str]]] = {}
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            found.setdefault(where, set()).add(frozenset(one))
            for key, below in one.items():
                for place, keys in keys_of(below, f"{where}.{key}".lstrip(".")).items():
                    found.setdefault(place, set()).update(keys)
    return found


def test_each_part_has_its_keys_and_no_other() -> None:
    assert keys_of(full_body()) == {place: {keys} for place, keys in PARTS.items()}


def test_of_a_correction_nothing_stands_there_that_its_public_object_lacks() -> None:
    for part in ("withdrawals", "corrections", "repeats"):
        assert PARTS[part] <= KEYS
    body = full_body()
    for part, public in (("corrections", correction("một")), ("withdrawals", withdrawal("hai")), ("repeats", correction("ba"))):
        (one,) = body[part]
        assert one == {key: public.body[key] for key in one}
    assert body["withdrawals"][0]["withdrawal_reason"] == "Vì sao rút hai."


def test_withdrawals_come_first_of_all_parts() -> None:
    parts = [key for key, value in full_body().items() if isinstance(value, list)]
    assert parts[:2] == ["withdrawals", "corrections"]


def test_open_alerts_are_numbers_by_theme_and_a_link_to_the_desk() -> None:
    assert full_body()["open_alerts"] == [
        {"theme": "health", "name": "Y tế", "count": 3, "query": f"{PUBLIC_URL}/?theme=health"},
        {"theme": "disaster", "name": "Thiên tai", "count": 12, "query": f"{PUBLIC_URL}/?theme=disaster"},
    ]


@pytest.mark.parametrize(
    ("parts", "nothing"),
    [
        ({}, True),
        ({"clusters": {"w1": {"c1": cluster("c1")}}}, False),
        ({"clusters": {"elsewhere": {"c1": cluster("c1")}}}, True),
        ({"corrections": (correction("một"),)}, False),
        ({"withdrawals": (withdrawal("hai"),)}, False),
        ({"repeats": (correction("ba"),), "open_alerts": (("health", "Y tế", 3),), "events_told": 5}, True),
    ],
    ids=["nothing", "a cluster", "a cluster on no list", "a correction", "a withdrawal", "only numbers"],
)
def test_an_edition_says_when_there_is_nothing_new(parts: dict[str, Any], nothing: bool) -> None:
    assert compose(material(**parts))["nothing_new"] is nothing


def test_the_period_s_own_days_are_counted_and_the_weeks_before_are_drawn() -> None:
    volume = full_body()["volume"]
    assert (volume["stories"], volume["clusters"]) == (1027, 1234)
    assert [day["day"] for day in volume["days"]] == [(DAY - timedelta(days=28 - at)).isoformat() for at in range(28)]
    assert volume["query"] == f"{PUBLIC_URL}/explore?first=2026-11-19&last=2026-11-19"
    weekly = full_body(period=period_of(EditionKind.WEEKLY, DAY, SET_TIME))["volume"]
    assert weekly["stories"] == sum(range(1021, 1028)), "seven whole days"


def test_a_body_is_plain_json() -> None:
    body = full_body()
    assert json.loads(json.dumps(body)) == body


# --- no word but what came in --------------------------------------------------------------------------------------------------


def hidden(text: str) -> str:
    return f"{text}-ẩn"


def secretive(one: Listed) -> Listed:
    """With words in every field that press clipping does not show."""
    shelf = Shelf(Subject.HEALTH, hidden(f"theme-{one.story_id}"), frozenset({hidden(f"place-{one.story_id}")}), frozenset({Sector.WATER}))
    return replace(one, story_id=hidden(one.story_id), language=hidden("ngôn ngữ"), shelf=shelf, watchlists=(hidden("danh sách"),))


def planted() -> Material:
    """Full material in which each text that may be shown stands alone, and each that may not is marked."""
    made = full_material()
    lists = tuple(
        replace(one, places=frozenset({hidden("nơi")}), terms=(FreeTerm(hidden("từ"), hidden("người"), hidden("người khác")),))
        for one in made.watchlists
    )
    clusters = {key: {name: [secretive(one) for one in stories] for name, stories in found.items()} for key, found in made.clusters.items()}
    veiled = {key: hidden(key) for key in KEYS - PARTS["corrections"] - PARTS["repeats"]}
    public = {
        part: tuple(replace(one, id=hidden("id"), claim_id=hidden("claim"), theme=hidden("theme"), body={**one.body, **veiled}) for one in found)
        for part, found in (("corrections", made.corrections), ("withdrawals", made.withdrawals), ("repeats", made.repeats))
    }
    return replace(made, watchlists=lists, clusters=clusters, **public)


def shown_strings(made: Material) -> set[str]:
    """Titles, public correction texts, names, times, numbers' links: all that may be a string in the body."""
    stories = [one for found in made.clusters.values() for cluster in found.values() for one in cluster]
    public = [one.body for one in (*made.corrections, *made.withdrawals, *made.repeats)]
    spikes = [(one.kind.value, one.key, one.name, one.spike.day.isoformat()) for one in made.spikes]
    days = [
        day.isoformat() for day in (*(one.day for one in made.volume), *(day for day, _ in made.events), *(one.day for one in made.forecast.days))
    ]
    period = (made.period.id, made.period.kind.value, made.period.day.isoformat(), made.period.first.isoformat(), made.period.last.isoformat())
    links = {
        f"{made.public_url}/briefing/{made.period.day}?kind={made.period.kind.value}",
        f"{made.public_url}/explore?first={made.period.first_day}&last={made.period.last_day}",
        *(f"{made.public_url}/clusters/{name}" for found in made.clusters.values() for name in found),
        *(f"{made.public_url}/?theme={theme}" for theme, _, _ in made.open_alerts),
        *(f"{made.public_url}/explore?{kind}={key}" for kind, key, _, _ in spikes),
    }
    return {
        *period, *links, *days, made.office, made.holiday, "new", "grown",
        *(text for one in stories for text in (one.title, one.outlet, one.url, one.published_at.isoformat() if one.published_at else "")),
        *(text for one in made.watchlists for text in (one.id, one.name)),
        *(name for found in made.clusters.values() for name in found),
        *(body[key] for body in public for key in ("statement", "rating_name", "url", "changed_at", "withdrawal_reason") if body[key]),
        *(cell["day"] for body in public for cell in body["spread"]),
        *(text for theme, name, _ in made.open_alerts for text in (theme, name)),
        *(text for one in made.counted for text in (one.statement, one.url, "<10", *(day.isoformat() for day, _ in one.days))),
        *(text for _, text in made.events), *made.outlets, *(text for one in spikes for text in one),
        *(text for one in made.troubles for text in (one.outlet, one.kind.value)),
    }  # fmt: skip


def test_every_word_of_an_edition_came_in_as_something_that_may_be_shown() -> None:
    made = planted()
    body = compose(made)
    assert set(strings(body)) <= shown_strings(made)
    assert "-ẩn" not in json.dumps(body, ensure_ascii=False)
    assert {hidden("reason"), hidden("evidence"), hidden("answer")} <= {text for one in made.corrections for text in strings(one.body)}, (
        "it was there"
    )


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_the_words_are_none_is_made_up_or_changed(data: st.DataObject) -> None:
    made = planted()
    clusters = {
        key: {name: [replace(one, title=data.draw(words), outlet=data.draw(words)) for one in stories] for name, stories in found.items()}
        for key, found in made.clusters.items()
    }
    lists = tuple(replace(one, name=data.draw(words)) for one in made.watchlists)
    made = replace(made, clusters=clusters, watchlists=lists, office=data.draw(words), holiday=data.draw(words), events=((DAY, data.draw(words)),))
    assert set(strings(compose(made))) <= shown_strings(made)


def test_material_has_no_place_for_a_person_or_an_unapproved_claim() -> None:
    """A field more is looked at by whoever adds it."""
    assert {field.name for field in fields(Material)} == {
        "period", "office", "public_url", "holiday", "watchlists", "clusters", "before", "corrections", "withdrawals", "open_alerts", "repeats",
        "events", "volume", "events_told", "outlets", "spikes", "forecast", "troubles", "counted",
    }  # fmt: skip


# --- which editions there are ----------------------------------------------------------------------------------------------------


def in_vietnam(year: int, month: int, day: int, hour: int = 7) -> datetime:
    return datetime(year, month, day, hour, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("kind", "day", "first"),
    [
        (EditionKind.DAILY, date(2026, 11, 20), date(2026, 11, 19)),
        (EditionKind.DAILY, date(2028, 3, 1), date(2028, 2, 29)),
        (EditionKind.DAILY, date(2026, 1, 1), date(2025, 12, 31)),
        (EditionKind.WEEKLY, date(2026, 11, 23), date(2026, 11, 16)),
        (EditionKind.WEEKLY, date(2028, 3, 6), date(2028, 2, 28)),
        (EditionKind.MONTHLY, date(2026, 3, 1), date(2026, 2, 1)),
        (EditionKind.MONTHLY, date(2028, 3, 1), date(2028, 2, 1)),
        (EditionKind.MONTHLY, date(2026, 1, 1), date(2025, 12, 1)),
    ],
)
def test_a_period_ends_at_the_set_time_of_its_day(kind: EditionKind, day: date, first: date) -> None:
    period = period_of(kind, day, time(7, 30))
    assert (period.first, period.last) == (datetime.combine(first, time(7, 30), HANOI), datetime.combine(day, time(7, 30), HANOI))
    assert (period.first_day, period.last_day) == (first, day - timedelta(days=1))


@pytest.mark.parametrize(("day", "days"), [(date(2026, 3, 1), 28), (date(2028, 3, 1), 29), (date(2100, 3, 1), 28), (date(2026, 8, 1), 31)])
def test_a_month_has_its_own_days_in_leap_years_too(day: date, days: int) -> None:
    period = period_of(EditionKind.MONTHLY, day, SET_TIME)
    assert period.last - period.first == timedelta(days=days)


@given(st.dates(date(2000, 1, 2), date(2099, 12, 30)), st.sampled_from([time(0, 0), time(7, 0), time(23, 59)]))
def test_days_follow_each_other_without_a_gap(day: date, at: time) -> None:
    for one, after in pairwise(period_of(EditionKind.DAILY, day + timedelta(days=ahead), at) for ahead in range(3)):
        assert one.last == after.first and one.id != after.id
    week, before = period_of(EditionKind.WEEKLY, day, at), period_of(EditionKind.WEEKLY, day - timedelta(days=7), at)
    assert before.last == week.first


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_months_follow_each_other_without_a_gap(year: int, month: int) -> None:
    day = date(year, month, 1)
    after = (day + timedelta(days=31)).replace(day=1)
    assert period_of(EditionKind.MONTHLY, day, SET_TIME).last == period_of(EditionKind.MONTHLY, after, SET_TIME).first


def test_each_edition_has_its_own_id_and_no_other_s() -> None:
    ids = {period_of(kind, DAY + timedelta(days=at), SET_TIME).id for kind in EditionKind for at in range(30)}
    assert len(ids) == 90
    assert PERIOD.id == period_of(EditionKind.DAILY, DAY, time(9, 0)).id, "another set time is no other edition"


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2026, 11, 20), "daily"),
        (date(2026, 11, 23), "daily weekly"),
        (date(2026, 12, 1), "daily monthly"),
        (date(2027, 2, 1), "daily weekly monthly"),
        (date(2028, 2, 29), "daily"),
        (date(2028, 3, 1), "daily monthly"),
    ],
)
def test_the_day_says_which_editions_are_due(day: date, kinds: str) -> None:
    assert kinds_due(day) == tuple(EditionKind(kind) for kind in kinds.split())


def test_an_edition_says_which_it_is() -> None:
    body = full_body()
    assert (body["kind"], body["day"], body["office"], body["holiday"]) == ("daily", "2026-11-20", OFFICE, "Ngày hội Đồng Xanh")
    assert (body["first"], body["last"]) == (in_vietnam(2026, 11, 19).isoformat(), in_vietnam(2026, 11, 20).isoformat())
    assert body["url"] == f"{PUBLIC_URL}/briefing/2026-11-20?kind=daily"
