"""What is counted by day: everything as collected, nothing else of the subjects that are listed only (LIMITS 9), and no day left out."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.coverage.volumes import count_day
from kiemtin.domain.coverage import LISTED_ONLY, Counted, DayCount, ListedOnlyError, OnDay, Shelf, Subject
from kiemtin.store import volumes
from kiemtin.store.records import Records, open_records

DAY = date(2026, 11, 20)
ONLY_LISTED = ["02", "09", "11", "12", "14", "16"]
BOOKS = {(Counted.ALL, "")} | {(Counted.OUTLET, outlet) for outlet in ("Báo Trúc Lam", "Báo Đồng Xanh")}
stories = st.builds(
    OnDay,
    st.sampled_from(["Báo Trúc Lam", "Báo Đồng Xanh"]),
    st.sampled_from(Subject),
    st.sampled_from([None, "health", "transport"]),
    st.lists(st.sampled_from(["w1", "w2", "w3"]), unique=True, max_size=3).map(tuple),
    st.sampled_from(["c1", "c2", "c3", "c4"]),
)


def story(
    subject: Subject, cluster: str = "c1", outlet: str = "Báo Trúc Lam", theme: str | None = "health", lists: tuple[str, ...] = ("w1",)
) -> OnDay:
    return OnDay(outlet, subject, theme, lists, cluster)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(tmp_path)
    yield opened
    opened.close()


# --- counting ------------------------------------------------------------------------------------------------------------


def test_the_subjects_that_are_listed_only_are_the_six_of_the_limits() -> None:
    assert sorted(LISTED_ONLY) == ONLY_LISTED
    assert [subject for subject in Subject if not Shelf(subject, None, frozenset(), frozenset()).is_counted] == [
        Subject(code) for code in ONLY_LISTED
    ]


def test_a_story_counts_for_its_outlet_subject_theme_and_each_of_its_lists() -> None:
    one = DayCount(DAY, 1, 1)
    assert count_day(DAY, [story(Subject.HEALTH, lists=("w1", "w2"))]) == {
        (Counted.ALL, ""): one,
        (Counted.OUTLET, "Báo Trúc Lam"): one,
        (Counted.SUBJECT, "07"): one,
        (Counted.THEME, "health"): one,
        (Counted.WATCHLIST, "w1"): one,
        (Counted.WATCHLIST, "w2"): one,
    }


@pytest.mark.parametrize("subject", ONLY_LISTED)
def test_of_a_subject_that_is_listed_only_nothing_is_counted_but_how_much_was_collected(subject: str) -> None:
    """Neither under its own name nor under a theme or a watchlist that it also is on."""
    counted = count_day(DAY, [story(Subject(subject)), story(Subject.HEALTH, "c2")])
    assert counted[Counted.ALL, ""] == counted[Counted.OUTLET, "Báo Trúc Lam"] == DayCount(DAY, 2, 2)
    rest = {key: count for key, count in counted.items() if key[0] not in (Counted.ALL, Counted.OUTLET)}
    assert rest == {
        (Counted.SUBJECT, "07"): DayCount(DAY, 1, 1),
        (Counted.THEME, "health"): DayCount(DAY, 1, 1),
        (Counted.WATCHLIST, "w1"): DayCount(DAY, 1, 1),
    }


def test_a_cluster_is_counted_once_wherever_its_stories_stand() -> None:
    told = [story(Subject.HEALTH), story(Subject.HEALTH, outlet="Báo Đồng Xanh"), story(Subject.SCIENCE), story(Subject.HEALTH, "c2")]
    counted = count_day(DAY, told)
    assert counted[Counted.ALL, ""] == DayCount(DAY, 4, 2)
    assert counted[Counted.SUBJECT, "07"] == DayCount(DAY, 3, 2)
    assert counted[Counted.SUBJECT, "13"] == DayCount(DAY, 1, 1)
    assert counted[Counted.OUTLET, "Báo Đồng Xanh"] == DayCount(DAY, 1, 1)


def test_a_day_without_stories_has_no_counts() -> None:
    assert count_day(DAY, []) == {}


@settings(max_examples=50, deadline=None)
@given(st.lists(stories, max_size=20))
def test_whatever_the_day_all_is_the_sum_of_the_outlets_and_no_listed_only_subject_is_a_key(day: list[OnDay]) -> None:
    counted = count_day(DAY, day)
    everything = counted.get((Counted.ALL, ""), DayCount(DAY, 0, 0))
    outlets = [count for (kind, _), count in counted.items() if kind is Counted.OUTLET]
    assert everything.stories == len(day) == sum(count.stories for count in outlets)
    assert everything.clusters == len({one.cluster_id for one in day})
    assert not {key for kind, key in counted if kind is Counted.SUBJECT} & set(ONLY_LISTED)
    assert all(1 <= count.clusters <= count.stories and count.day == DAY for count in counted.values())
    plain = [one for one in day if one.subject not in LISTED_ONLY]
    beyond_books = {key: count for key, count in counted.items() if key not in BOOKS}
    assert beyond_books == {key: count for key, count in count_day(DAY, plain).items() if key not in BOOKS}


@settings(max_examples=50, deadline=None)
@given(st.lists(stories, max_size=20).flatmap(lambda day: st.tuples(st.just(day), st.permutations(day))))
def test_the_order_of_the_stories_changes_nothing(days: tuple[list[OnDay], list[OnDay]]) -> None:
    assert count_day(DAY, days[0]) == count_day(DAY, days[1])


# --- the store -----------------------------------------------------------------------------------------------------------


def test_a_series_has_every_day_with_zeros_where_nothing_came(records: Records) -> None:
    with records.begin() as conn:
        for ago, number in ((0, 3), (2, 5), (9, 7)):
            day = DAY - timedelta(days=ago)
            volumes.replace_day(conn, day, {(Counted.SUBJECT, "07"): DayCount(day, number, 1)})
        series = volumes.load_series(conn, Counted.SUBJECT, "07", DAY, 5)
    assert [one.day for one in series] == [DAY - timedelta(days=ago) for ago in (4, 3, 2, 1, 0)]
    assert [(one.stories, one.clusters) for one in series] == [(0, 0), (0, 0), (5, 1), (0, 0), (3, 1)]


def test_a_series_of_what_was_never_counted_is_zeros(records: Records) -> None:
    with records.begin() as conn:
        assert [one.stories for one in volumes.load_series(conn, Counted.WATCHLIST, "unknown", DAY, 3)] == [0, 0, 0]


@pytest.mark.parametrize("subject", ONLY_LISTED)
def test_no_series_over_a_subject_that_is_listed_only(records: Records, subject: str) -> None:
    """Not even where somebody wrote numbers into the table by hand."""
    with records.begin() as conn:
        volumes.replace_day(conn, DAY, {(Counted.SUBJECT, subject): DayCount(DAY, 9, 9)})
        with pytest.raises(ListedOnlyError, match=subject):
            volumes.load_series(conn, Counted.SUBJECT, subject, DAY, 28)


@pytest.mark.parametrize("subject", sorted(set(Subject) - LISTED_ONLY))
def test_every_other_subject_has_a_series(records: Records, subject: Subject) -> None:
    with records.begin() as conn:
        assert len(volumes.load_series(conn, Counted.SUBJECT, subject.value, DAY, 28)) == 28


def test_what_is_no_subject_at_all_is_an_error(records: Records) -> None:
    with records.begin() as conn, pytest.raises(ValueError, match="99"):
        volumes.load_series(conn, Counted.SUBJECT, "99", DAY, 7)


def test_a_code_like_a_listed_only_subjects_may_be_something_elses_name(records: Records) -> None:
    with records.begin() as conn:
        volumes.replace_day(conn, DAY, {(Counted.OUTLET, "11"): DayCount(DAY, 4, 2)})
        assert volumes.load_series(conn, Counted.OUTLET, "11", DAY, 1) == [DayCount(DAY, 4, 2)]


def test_a_day_counted_again_forgets_what_it_had(records: Records) -> None:
    before, day = {(Counted.ALL, ""): DayCount(DAY, 2, 2), (Counted.THEME, "health"): DayCount(DAY, 1, 1)}, DAY - timedelta(days=1)
    with records.begin() as conn:
        volumes.replace_day(conn, day, {(Counted.ALL, ""): DayCount(day, 8, 8)})
        volumes.replace_day(conn, DAY, before)
        volumes.replace_day(conn, DAY, before)
        assert volumes.load_between(conn, DAY, DAY) == {key: {DAY: count} for key, count in before.items()}
        volumes.replace_day(conn, DAY, {(Counted.ALL, ""): DayCount(DAY, 1, 1)})
        assert volumes.load_between(conn, DAY, DAY) == {(Counted.ALL, ""): {DAY: DayCount(DAY, 1, 1)}}
        volumes.replace_day(conn, DAY, {})
        assert volumes.load_between(conn, day, DAY) == {(Counted.ALL, ""): {day: DayCount(day, 8, 8)}}, "other days keep theirs"
