"""Clusters as they are mended: merged, split, and put back; each change says which stories moved and by whom, and the days' counts follow."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiemtin.coverage.volumes import count_day
from kiemtin.domain.coverage import Counted, DayCount, Shelf, Subject, day_of
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.domain.stories import Story
from kiemtin.store import clippings, clusters
from kiemtin.store.clippings import Clipping, Shelved
from kiemtin.store.clusters import MERGED, SPLIT, ClusterChange
from kiemtin.store.records import DATABASE_NAME, Records, open_records
from kiemtin.store.stories import save_extraction

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
TODAY, YESTERDAY = day_of(NOW), day_of(NOW - timedelta(days=1))
LATER = NOW + timedelta(hours=9)
HOME = "https://truclam.example"
OUTLET = Outlet("Báo Trúc Lam", OutletKind.NEWS, HOME, "vi", "Tòa soạn", f"{HOME}/toa-soan", "Hội Trúc Lam", (f"{HOME}/rss",))
SHELF = Shelf(Subject.HEALTH, None, frozenset(), frozenset())
# Name of a story: its cluster, and how many hours ago it came. In the cluster `bridge` the oldest comes first.
STORIES = {"a": ("bridge", 30), "b": ("bridge", 3), "c": ("bridge", 1), "d": ("flood", 29), "e": ("flood", 2), "f": ("fair", 4)}
CLUSTERS = {"bridge": ["a", "b", "c"], "flood": ["d", "e"], "fair": ["f"]}


@pytest.fixture(scope="module")
def shelved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six shelved stories in three clusters."""
    folder = tmp_path_factory.mktemp("shelved")
    records = open_records(folder)
    with records.begin() as conn:
        for name in STORIES:
            shelve(conn, name)
    records.close()
    return folder / DATABASE_NAME


@pytest.fixture
def records(shelved: Path, tmp_path: Path) -> Iterator[Records]:
    shutil.copy(shelved, tmp_path / DATABASE_NAME)
    opened = open_records(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def conn(records: Records) -> Iterator[sa.Connection]:
    with records.begin() as opened:
        yield opened


def shelve(conn: sa.Connection, name: str, cluster: str = "", hours_ago: float = 0.0) -> str:
    """One more story, as clipping writes it; returns its id."""
    cluster, hours_ago = (cluster, hours_ago) if cluster else STORIES[name]
    story = Story(f"{HOME}/{name}", OUTLET.name, f"Tin {name}", f"Bài {name}.", NOW - timedelta(hours=hours_ago), "vi")
    save_extraction(conn, OUTLET, story, [], NOW)
    assert story.published_at is not None
    one = Clipping(story.id, OUTLET.name, "vi", story.title, story.text, story.published_at, story.content_hash)
    clippings.save(conn, [Shelved(one, SHELF, ("w1",), cluster, None, 0.0)])
    if clusters.now_in(conn, cluster) is None:
        clusters.opened(conn, cluster, story.id, story.published_at)
    return story.id


def ids(names: str) -> list[str]:
    return [Story(f"{HOME}/{name}", "", "", "", None, "").id for name in names]


def where(conn: sa.Connection, *names: str) -> dict[str, list[str]]:
    """{cluster: names of its stories in order}."""
    known = dict(zip(ids("abcdefgh"), "abcdefgh", strict=True))
    return {name: [known[story] for story in clusters.stories_in(conn, name)] for name in names or CLUSTERS}


def last_change(conn: sa.Connection, cluster: str) -> ClusterChange:
    return clusters.changes_of(conn, cluster)[0]


def counts(conn: sa.Connection) -> dict[str, tuple[int, int]]:
    """Stories and clusters, yesterday and today."""
    days = {"yesterday": YESTERDAY, "today": TODAY}
    found = {name: count_day(day, clippings.on_day(conn, day)).get((Counted.ALL, ""), DayCount(day, 0, 0)) for name, day in days.items()}
    return {name: (count.stories, count.clusters) for name, count in found.items()}


def test_the_stories_of_a_cluster_the_oldest_first(conn: sa.Connection) -> None:
    assert where(conn) == CLUSTERS
    assert clusters.stories_in(conn, "none") == []
    assert clusters.changes_of(conn, "bridge") == []


# --- merging -------------------------------------------------------------------------------------------------------------


def test_a_merge_moves_every_story_and_says_so(conn: sa.Connection) -> None:
    clusters.merge(conn, "bridge", "flood", "người đánh giá", NOW)
    assert where(conn) == {"bridge": ["a", "d", "b", "e", "c"], "flood": [], "fair": ["f"]}
    change = last_change(conn, "bridge")
    assert change == ClusterChange(change.id, MERGED, "bridge", "flood", tuple(ids("de")), "người đánh giá", False, NOW)
    assert clusters.changes_of(conn, "flood") == [change], "both clusters know of it"
    assert clusters.changes_of(conn, "fair") == []
    assert clusters.load_change(conn, change.id) == change
    assert clusters.load_change(conn, change.id + 1) is None


def test_a_merge_by_the_system_is_by_nobody(conn: sa.Connection) -> None:
    clusters.merge(conn, "bridge", "flood", "", NOW)
    assert last_change(conn, "bridge").by == ""


def test_who_asks_for_a_merged_cluster_is_led_to_where_its_stories_are(conn: sa.Connection) -> None:
    assert clusters.now_in(conn, "fair") == "fair"
    clusters.merge(conn, "flood", "fair", "", NOW)
    assert clusters.now_in(conn, "fair") == clusters.now_in(conn, "flood") == "flood"
    clusters.merge(conn, "bridge", "flood", "", LATER)
    assert {clusters.now_in(conn, one) for one in CLUSTERS} == {"bridge"}
    assert clusters.now_in(conn, "none") is None
    assert where(conn)["bridge"] == ["a", "d", "f", "b", "e", "c"]


def test_an_undone_merge_puts_each_story_back(conn: sa.Connection) -> None:
    clusters.merge(conn, "bridge", "flood", "", NOW)
    clusters.undo(conn, last_change(conn, "bridge"))
    assert where(conn) == CLUSTERS
    assert {clusters.now_in(conn, one) for one in CLUSTERS} == set(CLUSTERS)
    assert last_change(conn, "bridge").undone


def test_what_an_undone_merge_parted_stays_apart(conn: sa.Connection) -> None:
    """Each story from the other's cluster: whichever the next story of the event comes to, the two are not joined again."""
    clusters.merge(conn, "bridge", "flood", "", NOW)
    assert clusters.parted(conn, list(CLUSTERS)) == frozenset()
    clusters.undo(conn, last_change(conn, "bridge"))
    assert clusters.parted(conn, list(CLUSTERS)) == {(story, "bridge") for story in ids("de")} | {(story, "flood") for story in ids("abc")}
    assert clusters.parted(conn, ["fair"]) == frozenset()


def test_a_story_that_came_after_the_merge_stays_where_it_came(conn: sa.Connection) -> None:
    clusters.merge(conn, "bridge", "flood", "", NOW)
    shelve(conn, "g", "bridge", 0.5)
    clusters.undo(conn, last_change(conn, "bridge"))
    assert where(conn) == {**CLUSTERS, "bridge": ["a", "b", "c", "g"]}
    assert (ids("g")[0], "flood") in clusters.parted(conn, ["flood"])


def test_of_two_merges_the_first_can_be_undone_alone(conn: sa.Connection) -> None:
    clusters.merge(conn, "bridge", "flood", "", NOW)
    clusters.merge(conn, "bridge", "fair", "", LATER)
    newest, oldest = clusters.changes_of(conn, "bridge")
    assert (newest.other_id, oldest.other_id) == ("fair", "flood"), "the newest first"
    clusters.undo(conn, oldest)
    assert where(conn) == {"bridge": ["a", "f", "b", "c"], "flood": ["d", "e"], "fair": []}
    assert [one.undone for one in clusters.changes_of(conn, "bridge")] == [False, True]


# --- splitting -----------------------------------------------------------------------------------------------------------


def test_a_split_makes_a_cluster_of_its_own_and_says_so(conn: sa.Connection) -> None:
    clusters.split(conn, "bridge", "barge", ids("bc"), "người đánh giá", NOW)
    assert where(conn, "bridge", "barge", "flood") == {"bridge": ["a"], "barge": ["b", "c"], "flood": ["d", "e"]}
    assert clusters.now_in(conn, "barge") == "barge"
    change = last_change(conn, "barge")
    assert change == ClusterChange(change.id, SPLIT, "bridge", "barge", tuple(ids("bc")), "người đánh giá", False, NOW)
    assert clusters.changes_of(conn, "bridge") == [change]


def test_what_was_split_is_parted_both_ways(conn: sa.Connection) -> None:
    clusters.split(conn, "bridge", "barge", ids("b"), "người đánh giá", NOW)
    assert clusters.parted(conn, ["bridge", "barge"]) == {(ids("b")[0], "bridge")} | {(story, "barge") for story in ids("ac")}


def test_an_undone_split_lets_them_be_one_again(conn: sa.Connection) -> None:
    clusters.split(conn, "bridge", "barge", ids("b"), "người đánh giá", NOW)
    clusters.undo(conn, last_change(conn, "barge"))
    assert where(conn, "bridge", "barge") == {"bridge": ["a", "b", "c"], "barge": []}
    assert clusters.parted(conn, ["bridge", "barge"]) == frozenset()
    assert clusters.now_in(conn, "barge") == "bridge", "links to it still lead to its stories"
    assert last_change(conn, "bridge").undone


def test_undoing_one_split_keeps_the_other(conn: sa.Connection) -> None:
    clusters.split(conn, "bridge", "barge", ids("b"), "người đánh giá", NOW)
    clusters.split(conn, "bridge", "pier", ids("c"), "người duyệt", LATER)
    pier, barge = clusters.changes_of(conn, "bridge")
    assert [(one.other_id, one.by, one.at) for one in (pier, barge)] == [("pier", "người duyệt", LATER), ("barge", "người đánh giá", NOW)]
    clusters.undo(conn, barge)
    assert where(conn, "bridge", "barge", "pier") == {"bridge": ["a", "b"], "barge": [], "pier": ["c"]}
    assert {(ids("c")[0], "bridge"), (ids("a")[0], "pier")} <= clusters.parted(conn, ["bridge", "barge", "pier"])


def test_more_stories_than_one_statement_takes_are_merged_and_parted(conn: sa.Connection) -> None:
    names = [f"h{at}" for at in range(1_100)]
    rows = [Clipping(name, OUTLET.name, "vi", name, name, NOW, name) for name in names]
    clippings.save(conn, [Shelved(one, SHELF, (), "crowd", None, 0.0) for one in rows])
    clusters.opened(conn, "crowd", names[0], NOW)
    clusters.merge(conn, "fair", "crowd", "", NOW)
    assert len(clusters.stories_in(conn, "fair")) == 1_101
    clusters.undo(conn, last_change(conn, "fair"))
    assert len(clusters.stories_in(conn, "crowd")) == 1_100
    assert len(clusters.parted(conn, ["crowd", "fair"])) == 1_101


# --- what follows --------------------------------------------------------------------------------------------------------


def test_the_counts_of_every_day_of_a_cluster_follow(conn: sa.Connection) -> None:
    assert counts(conn) == {"yesterday": (2, 2), "today": (4, 3)}
    assert clippings.days_of_cluster(conn, "flood") == {YESTERDAY, TODAY}
    clusters.merge(conn, "bridge", "flood", "", NOW)
    assert counts(conn) == {"yesterday": (2, 1), "today": (4, 2)}
    assert clippings.days_of_cluster(conn, "flood") == set()
    clusters.undo(conn, last_change(conn, "bridge"))
    assert counts(conn) == {"yesterday": (2, 2), "today": (4, 3)}
    clusters.split(conn, "bridge", "barge", ids("c"), "người đánh giá", NOW)
    assert counts(conn) == {"yesterday": (2, 2), "today": (4, 4)}
    clusters.undo(conn, last_change(conn, "bridge"))
    assert counts(conn) == {"yesterday": (2, 2), "today": (4, 3)}


def test_the_lists_of_clusters_follow(conn: sa.Connection) -> None:
    clusters.merge(conn, "bridge", "flood", "", NOW)
    assert clippings.clusters_on(conn, YESTERDAY, TODAY) == ["bridge", "fair"]
    assert clippings.clusters_in(conn, NOW - timedelta(hours=2), NOW, "w1") == ["bridge"]
    assert clippings.clusters_in(conn, NOW - timedelta(hours=2), NOW, "w2") == []
    assert {name: len(found) for name, found in clippings.members(conn, ["bridge", "flood"]).items()} == {"bridge": 5, "flood": 0}


def test_nothing_but_the_cluster_of_a_story_changes(conn: sa.Connection) -> None:
    before = clippings.listed_of(conn, ids("abcdef"))
    clusters.merge(conn, "bridge", "flood", "", NOW)
    clusters.undo(conn, last_change(conn, "bridge"))
    assert clippings.listed_of(conn, ids("abcdef")) == before


def test_all_of_it_or_nothing_is_written(records: Records) -> None:
    with pytest.raises(ZeroDivisionError), records.change() as conn:
        clusters.merge(conn, "bridge", "flood", "", NOW)
        raise ZeroDivisionError
    with records.begin() as conn:
        assert where(conn) == CLUSTERS
        assert clusters.changes_of(conn, "bridge") == []
