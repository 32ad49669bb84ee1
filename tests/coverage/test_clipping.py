"""From stored stories to clippings: one event is one cluster however it comes in, twice is once, and a killed run goes on."""

import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiemtin.domain.coverage import Counted, DayCount, day_of
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.domain.stories import Story
from kiemtin.pipeline import clipping
from kiemtin.pipeline.clipping import ClipReport, clip
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import clippings, clusters, volumes
from kiemtin.store.clippings import Sought
from kiemtin.store.records import DATABASE_NAME, open_records
from kiemtin.store.stories import forget_bodies, save_extraction
from kiemtin.store.tables import cluster_changes, shelf, shelf_queue
from kiemtin.store.tables import clusters as clusters_table
from kiemtin.store.tables import volumes as volumes_table
from nlp.clustering import cluster_id_of

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
TODAY = day_of(NOW)
Opened = Callable[[], AbstractContextManager[Workspace]]


def paper(name: str, host: str) -> Outlet:
    home = f"https://{host}.example"
    return Outlet(name, OutletKind.NEWS, home, "vi", name, f"{home}/toa-soan", name, (f"{home}/rss",))


REEDS, FIELDS, CLOUDS = paper("Báo Trúc Lam", "truclam"), paper("Báo Đồng Xanh", "dongxanh"), paper("Báo Gò Mây", "gomay")
PAPERS = {one.name: one for one in (REEDS, FIELDS, CLOUDS)}


def told(outlet: Outlet, hours: float, title: str, text: str, slug: str = "") -> Story:
    return Story(f"{outlet.home}/{slug or f'tin-{hours:g}'}", outlet.name, title, text, NOW + timedelta(hours=hours), "vi")


BARGE = told(
    REEDS,
    0,
    "Cầu Gò Mây bị sà lan đâm, cấm xe tải qua lại",
    "Khoảng 5 giờ sáng 20/11, một sà lan chở 800 tấn cát đâm vào trụ số 3 của cầu Gò Mây, huyện Lam Giang. Không có ai bị thương. "
    "Ban quản lý cầu đã cấm xe trên 5 tấn để kiểm tra trụ cầu, dự kiến kéo dài hai tuần.",
)
BARGE_AGAIN = told(
    FIELDS,
    2,
    "Sà lan chở cát đâm trụ cầu Gò Mây ở Lam Giang",
    "Sáng 20/11, cầu Gò Mây (Lam Giang) bị sà lan chở 800 tấn cát va vào trụ số 3, không có thương vong. "
    "Xe trên 5 tấn bị cấm qua cầu trong hai tuần để kiểm định trụ cầu.",
)
BARGE_LATER = told(
    CLOUDS,
    5,
    "Cấm xe trên 5 tấn qua cầu Gò Mây sau vụ sà lan đâm trụ",
    "Sau khi sà lan chở 800 tấn cát đâm vào trụ số 3 cầu Gò Mây rạng sáng 20/11, Lam Giang cấm xe trên 5 tấn qua cầu hai tuần. "
    "Không ai bị thương trong vụ việc.",
)
DENGUE = told(
    FIELDS,
    1,
    "Lam Giang ghi nhận 120 ca sốt xuất huyết trong tuần",
    "Trung tâm kiểm soát bệnh tật Lam Giang cho biết tuần qua toàn tỉnh có 120 ca sốt xuất huyết, tăng gấp đôi tuần trước. "
    "Các trạm y tế xã phun hóa chất diệt muỗi tại 14 ổ dịch.",
)
DENGUE_AGAIN = told(
    REEDS,
    3,
    "Số ca sốt xuất huyết ở Lam Giang tăng gấp đôi, 14 ổ dịch",
    "Tuần qua Lam Giang có 120 ca sốt xuất huyết, gấp đôi tuần trước đó, theo trung tâm kiểm soát bệnh tật tỉnh. "
    "Trạm y tế các xã đang phun thuốc diệt muỗi ở 14 ổ dịch.",
)
FOOTBALL = told(
    CLOUDS,
    4,
    "Đội bóng Trúc Lam thắng trận mở màn giải các trường tiểu học",
    "Chiều qua, đội bóng học sinh Trúc Lam thắng đội Suối Ngọc với tỉ số 3-1 trong trận mở màn giải bóng đá các trường tiểu học.",
)
COPY = replace(BARGE, canonical_url=f"{CLOUDS.home}/chep-lai", outlet=CLOUDS.name, published_at=NOW + timedelta(hours=6))
DAY = (BARGE, DENGUE, BARGE_AGAIN, DENGUE_AGAIN, FOOTBALL, BARGE_LATER)  # in order of time
EVENTS = frozenset({frozenset({BARGE.id, BARGE_AGAIN.id, BARGE_LATER.id}), frozenset({DENGUE.id, DENGUE_AGAIN.id}), frozenset({FOOTBALL.id})})


def bring(workspace: Workspace, *found: Story) -> None:
    with workspace.records.begin() as conn:
        for story in found:
            save_extraction(conn, PAPERS[story.outlet], story, [], NOW)


def bring_and_clip(workspace: Workspace, *found: Story) -> ClipReport:
    bring(workspace, *found)
    return clip(workspace, NOW)


def rows(workspace: Workspace, table: sa.Table) -> list[dict[str, Any]]:
    with workspace.records.begin() as conn:
        return [dict(row) for row in conn.execute(sa.select(table).order_by(*table.primary_key)).mappings()]


def state(workspace: Workspace) -> list[list[dict[str, Any]]]:
    """All that clipping has written."""
    return [rows(workspace, table) for table in (shelf, clusters_table, cluster_changes, volumes_table, shelf_queue)]


def cluster_of(workspace: Workspace, story: Story) -> str:
    (row,) = [row for row in rows(workspace, shelf) if row["story_id"] == story.id]
    return str(row["cluster_id"])


def groups(workspace: Workspace) -> frozenset[frozenset[str]]:
    found = defaultdict(set)
    for row in rows(workspace, shelf):
        found[row["cluster_id"]].add(row["story_id"])
    return frozenset(map(frozenset, found.values()))


def all_counts(workspace: Workspace, day: date = TODAY) -> DayCount:
    with workspace.records.begin() as conn:
        return volumes.load_series(conn, Counted.ALL, "", day, 1)[0]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory's database with nothing in it: to copy is quicker than to migrate."""
    folder = tmp_path_factory.mktemp("blank")
    open_records(folder).close()
    return folder / DATABASE_NAME


@pytest.fixture
def opened(blank: Path, tmp_path: Path) -> Opened:
    """Opens another empty workspace each time."""

    def another() -> AbstractContextManager[Workspace]:
        folder = Path(mkdtemp(dir=tmp_path))
        shutil.copy(blank, folder / DATABASE_NAME)
        return open_workspace(folder)

    return another


@pytest.fixture
def workspace(opened: Opened) -> Iterator[Workspace]:
    with opened() as made:
        yield made


# --- one run -------------------------------------------------------------------------------------------------------------


def test_papers_that_tell_one_event_are_in_one_cluster_and_other_events_are_not(workspace: Workspace) -> None:
    report = bring_and_clip(workspace, *DAY)
    assert report == ClipReport(stories=6, clusters=3)
    assert groups(workspace) == EVENTS
    assert cluster_of(workspace, BARGE_AGAIN) == cluster_id_of(BARGE.id), "named after the first story"
    assert {row["first_story"] for row in rows(workspace, clusters_table)} == {BARGE.id, DENGUE.id, FOOTBALL.id}
    assert rows(workspace, shelf_queue) == []


def test_a_copy_is_marked_and_says_whose(workspace: Workspace) -> None:
    report = bring_and_clip(workspace, *DAY, COPY)
    assert report.copies == 1
    marked = {row["story_id"]: row["copy_of"] for row in rows(workspace, shelf) if row["copy_of"]}
    assert marked == {COPY.id: BARGE.id}
    assert cluster_of(workspace, COPY) == cluster_of(workspace, BARGE)


def test_a_story_is_listed_with_its_title_outlet_time_and_link(workspace: Workspace) -> None:
    bring_and_clip(workspace, *DAY)
    with workspace.records.begin() as conn:
        found = clippings.listed(conn, Sought(TODAY, TODAY), 100)
        assert clippings.listed(conn, Sought(TODAY, TODAY), 2, skip=1) == found[1:3]
        assert [one.story_id for one in clippings.listed(conn, Sought(TODAY, TODAY, outlet=REEDS.name), 9)] == [DENGUE_AGAIN.id, BARGE.id]
        assert clippings.listed(conn, Sought(TODAY + timedelta(days=1), TODAY + timedelta(days=2)), 9) == []
        assert clippings.newest_day(conn) == TODAY
    assert [one.story_id for one in found] == [story.id for story in reversed(DAY)], "the newest first"
    newest = found[0]
    assert (newest.title, newest.outlet, newest.url) == (BARGE_LATER.title, CLOUDS.name, BARGE_LATER.canonical_url)
    assert newest.moment == newest.published_at == BARGE_LATER.published_at


def test_the_days_are_counted_with_their_clusters(workspace: Workspace) -> None:
    bring_and_clip(workspace, *DAY, COPY)
    assert all_counts(workspace) == DayCount(TODAY, 7, 3)
    assert all_counts(workspace, TODAY - timedelta(days=1)).stories == 0


def test_a_day_is_vietnams(workspace: Workspace) -> None:
    """18:00 UTC is one o'clock in the night that follows."""
    bring_and_clip(workspace, told(REEDS, 13, FOOTBALL.title, FOOTBALL.text))
    assert all_counts(workspace, TODAY + timedelta(days=1)).stories == 1


def test_a_story_without_a_date_stands_where_it_was_first_seen(workspace: Workspace) -> None:
    bring_and_clip(workspace, replace(FOOTBALL, published_at=None))
    (row,) = rows(workspace, shelf)
    assert (row["moment"], row["day"]) == (NOW, TODAY)


def test_the_same_event_weeks_later_is_another(workspace: Workspace) -> None:
    bring_and_clip(workspace, BARGE)
    again = replace(BARGE_AGAIN, published_at=NOW + timedelta(days=20))
    assert bring_and_clip(workspace, again).clusters == 1


def test_nothing_waiting_is_nothing_done(workspace: Workspace) -> None:
    assert clip(workspace, NOW) == ClipReport()


@pytest.mark.parametrize("form", ["NFD", "NFC"])
def test_composed_and_decomposed_stories_are_of_one_event(workspace: Workspace, form: str) -> None:
    other = {"NFD": "NFC", "NFC": "NFD"}[form]
    mine, theirs = (_written(one, as_) for one, as_ in ((BARGE, form), (BARGE_AGAIN, other)))
    bring_and_clip(workspace, mine, theirs, _written(FOOTBALL, "NFD"))
    assert cluster_of(workspace, mine) == cluster_of(workspace, theirs) != cluster_of(workspace, FOOTBALL)


def _written(story: Story, form: Any) -> Story:
    return replace(story, title=unicodedata.normalize(form, story.title), text=unicodedata.normalize(form, story.text))


# --- again and again -----------------------------------------------------------------------------------------------------


def test_running_twice_changes_nothing(workspace: Workspace) -> None:
    bring_and_clip(workspace, *DAY, COPY)
    before = state(workspace)
    assert bring_and_clip(workspace, *DAY, COPY) == ClipReport()
    assert state(workspace) == before


def test_a_changed_story_keeps_its_cluster_and_its_place(workspace: Workspace) -> None:
    bring_and_clip(workspace, *DAY)
    before = cluster_of(workspace, BARGE)
    changed = replace(BARGE, text=f"{BARGE.text} Bến xe Lam Giang đổi lộ trình xe buýt.")
    assert bring_and_clip(workspace, changed) == ClipReport(updates=1)
    assert groups(workspace) == EVENTS
    assert cluster_of(workspace, BARGE) == before == cluster_id_of(BARGE.id)
    assert all_counts(workspace) == DayCount(TODAY, 6, 3), "an update of a story is no new story"


def test_a_story_that_tells_of_something_else_now_is_shelved_anew_and_stays(workspace: Workspace) -> None:
    bring_and_clip(workspace, *DAY)
    rewritten = replace(BARGE, title=DENGUE.title, text=DENGUE.text)
    assert bring_and_clip(workspace, rewritten) == ClipReport(updates=1)
    assert groups(workspace) == EVENTS
    old, new = (next(row for row in rows(workspace, shelf) if row["story_id"] == one.id) for one in (DENGUE, BARGE))
    assert (new["subject"], new["theme"], new["sectors"]) == (old["subject"], old["theme"], old["sectors"])
    assert new["shelved_hash"] == rewritten.content_hash


def test_a_story_that_was_dated_anew_leaves_its_day(workspace: Workspace) -> None:
    bring_and_clip(workspace, BARGE, FOOTBALL)
    yesterday = replace(FOOTBALL, published_at=NOW - timedelta(days=1))
    assert bring_and_clip(workspace, yesterday) == ClipReport(updates=1)
    assert all_counts(workspace) == DayCount(TODAY, 1, 1)
    assert all_counts(workspace, TODAY - timedelta(days=1)) == DayCount(TODAY - timedelta(days=1), 1, 1)


@pytest.mark.parametrize("cut", [1, 4])
def test_stories_that_come_in_two_passes_are_clustered_as_in_one(workspace: Workspace, opened: Opened, cut: int) -> None:
    reports = bring_and_clip(workspace, *DAY[:cut]), bring_and_clip(workspace, *DAY[cut:])
    assert sum(report.clusters for report in reports) == 3
    with opened() as other:
        bring_and_clip(other, *DAY)
        assert [rows(workspace, table) for table in (shelf, clusters_table, volumes_table)] == [
            rows(other, table) for table in (shelf, clusters_table, volumes_table)
        ]


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(DAY), cut=st.integers(0, len(DAY)))
def test_in_whatever_order_they_come_the_events_are_the_same(opened: Opened, order: Sequence[Story], cut: int) -> None:
    with opened() as workspace:
        bring_and_clip(workspace, *order[:cut])
        bring_and_clip(workspace, *order[cut:])
        assert groups(workspace) == EVENTS
        assert all_counts(workspace) == DayCount(TODAY, 6, 3)


def test_a_forgotten_body_changes_no_cluster(workspace: Workspace) -> None:
    """After 90 days a title is all that is left; a watchlist may still have the story shelved anew."""
    bring_and_clip(workspace, *DAY)
    with workspace.records.begin() as conn:
        assert forget_bodies(conn, NOW + timedelta(days=91), 90) == len(DAY)
        clippings.wait_again(conn, TODAY)
    assert clip(workspace, NOW + timedelta(days=91)) == ClipReport(updates=len(DAY))
    assert groups(workspace) == EVENTS


# --- killed --------------------------------------------------------------------------------------------------------------


class KilledError(Exception):
    """Stands for a kill: nothing catches it."""


def on_second(really: Callable[..., Any]) -> Callable[..., Any]:
    """Does what it should once, and is then killed."""
    calls = []

    def killed(*given: Any, **named: Any) -> Any:
        calls.append(None)
        if len(calls) > 1:
            raise KilledError
        return really(*given, **named)

    return killed


@pytest.mark.parametrize(
    "step", ["shelve", "place", "_settle", "count_day"], ids=["while shelving", "while clustering", "while writing", "while counting"]
)
def test_killed_in_the_second_batch_it_goes_on_where_it_was(workspace: Workspace, opened: Opened, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(clipping, "_BATCH", 2)
    bring(workspace, *DAY, COPY)
    with monkeypatch.context() as killing, pytest.raises(KilledError):
        killing.setattr(clipping, step, on_second(getattr(clipping, step)))
        clip(workspace, NOW)
    assert {row["story_id"] for row in rows(workspace, shelf)} == {BARGE.id, DENGUE.id}, "the first batch is whole"
    assert {row["story_id"] for row in rows(workspace, shelf_queue)} == {story.id for story in (*DAY[2:], COPY)}, "the second left nothing"
    assert all_counts(workspace) == DayCount(TODAY, 2, 2)
    assert clip(workspace, NOW).stories == 5
    with opened() as other:
        bring_and_clip(other, *DAY, COPY)
        assert groups(workspace) == groups(other)
        assert rows(workspace, volumes_table) == rows(other, volumes_table)
    assert rows(workspace, shelf_queue) == []


def test_progress_is_told_by_batch(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipping, "_BATCH", 4)
    bring(workspace, *DAY)
    seen: list[tuple[int, int]] = []
    clip(workspace, NOW, lambda _step, done, total: seen.append((done, total)))
    assert seen == [(4, 6), (6, 6)]


# --- what people have parted ---------------------------------------------------------------------------------------------


def take_out(workspace: Workspace, story: Story) -> str:
    """A person takes a story out of its cluster; returns the cluster that it is in now."""
    apart = cluster_id_of(story.id)
    with workspace.records.change() as conn:
        clusters.split(conn, cluster_of(workspace, BARGE), apart, [story.id], "người đánh giá", NOW)
    return apart


def test_a_story_that_a_person_parted_never_rejoins(workspace: Workspace) -> None:
    bring_and_clip(workspace, BARGE, BARGE_AGAIN, DENGUE)
    apart = take_out(workspace, BARGE_AGAIN)
    bring_and_clip(workspace, replace(BARGE_AGAIN, text=f"{BARGE_AGAIN.text} Trụ cầu nứt nhẹ."))
    assert cluster_of(workspace, BARGE_AGAIN) == apart != cluster_of(workspace, BARGE)
    bring_and_clip(workspace, BARGE_LATER, COPY, replace(BARGE, text=f"{BARGE.text} Trụ cầu nứt nhẹ."))
    bring_and_clip(workspace, replace(BARGE_LATER, canonical_url=f"{REEDS.home}/tin-9", outlet=REEDS.name, published_at=NOW + timedelta(hours=9)))
    assert cluster_of(workspace, BARGE_AGAIN) == apart != cluster_of(workspace, BARGE), "further stories of the event do not bring the two together"
    assert not [row for row in rows(workspace, cluster_changes) if row["kind"] == clusters.MERGED]


def test_what_an_undone_split_joins_again_stays_joined(workspace: Workspace) -> None:
    bring_and_clip(workspace, BARGE, BARGE_AGAIN, DENGUE)
    take_out(workspace, BARGE_AGAIN)
    with workspace.records.change() as conn:
        (change,) = clusters.changes_of(conn, cluster_of(workspace, BARGE))
        clusters.undo(conn, change)
    bring_and_clip(workspace, *DAY[3:])
    assert groups(workspace) == EVENTS
