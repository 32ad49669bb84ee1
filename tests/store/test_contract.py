"""The stores' contracts: saving twice is saving once, changes are revisions, what is forgotten leaves no bytes, the index finds and forgets."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiemtin.domain.alerts import Alert, AlertStatus, Tip
from kiemtin.domain.claims import Appearance, Claim, ClaimReview, Evidence, EvidenceRelation, Reason
from kiemtin.domain.outlets import Outlet, OutletKind, PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.stories import Story
from kiemtin.errors import BusyError, DataDirError
from kiemtin.store import index_queue, queue, reviews, stories, tips
from kiemtin.store import outlets as outlet_store
from kiemtin.store.index import Filed, SearchIndex, open_index
from kiemtin.store.records import DATABASE_NAME, Records, erase_traces, open_records, writer_lock
from kiemtin.store.tables import appearances, claim_reviews, story_revisions
from kiemtin.store.tables import stories as stories_table

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
HOME = "https://truclam.example"
OUTLET = Outlet("Báo Trúc Lam", OutletKind.NEWS, HOME, "vi", "Tòa soạn", f"{HOME}/toa-soan", "Hội Trúc Lam", (f"{HOME}/rss",), speaks_for=("A", "B"))
BODY = "Thanbaibimat đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập."
STORY = Story(f"{HOME}/tin-1", OUTLET.name, "Đập hồ Trúc Lam vỡ", BODY, NOW, "vi", "")
REVIEW = ClaimReview(
    "Đập hồ Trúc Lam vỡ",
    Rating.FALSE,
    "Sai",
    f"{HOME}/kiem-chung/1",
    "Trạm Soi Tin",
    PublisherKind.FACT_CHECKER,
    "vi",
    published_at=NOW,
    theme=Theme.DISASTER,
)
REASONS = (Reason("words", 0.9, 1.5, "Trùng 90%"),)
CLAIM = Claim(REVIEW.claim_id, REVIEW.claim_reviewed, Theme.DISASTER, ClaimKind.EVENT_AT_PLACE, REVIEW.id)
APPEARANCE = Appearance(CLAIM.id, STORY.id, "đập hồ Trúc Lam vỡ", 0, 0.97, True, REASONS, ("khac",))
EVIDENCE = Evidence(
    CLAIM.id, REVIEW.review_url, "Trạm Soi Tin", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES, "Tin bịa đặt.", True, Rating.FALSE, "", NOW
)
ALERT = Alert("a1", CLAIM.id, AlertStatus.NEW, Theme.DISASTER, 72, REASONS, True, NOW)
TIP = Tip("t1", "Tinbaobimat: nghe nói cầu Gò Mây sập đêm qua", NOW, Theme.TRANSPORT)


@pytest.fixture(params=[open_records], ids=["sqlite"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    opened = request.param(tmp_path)
    yield opened
    opened.close()


def save_story(conn: sa.Connection, story: Story = STORY, found: tuple[ClaimReview, ...] = (), now: datetime = NOW) -> stories.SaveOutcome:
    return stories.save_extraction(conn, OUTLET, story, found, now)


def fill(conn: sa.Connection) -> None:
    save_story(conn)
    reviews.save(conn, [REVIEW], examined=True)
    queue.save_claims(conn, [CLAIM])
    queue.replace_appearances(conn, STORY.id, [APPEARANCE])
    queue.replace_evidence(conn, CLAIM.id, [EVIDENCE])
    queue.save_alert(conn, ALERT)


def rows(conn: sa.Connection, table: sa.Table) -> list[sa.RowMapping]:
    return list(conn.execute(sa.select(table)).mappings())


# --- stories -------------------------------------------------------------------------------------------------------------


def test_a_story_saved_twice_is_one(records: Records) -> None:
    with records.begin() as conn:
        assert save_story(conn) == stories.SaveOutcome("new", 0)
        before = rows(conn, stories_table), rows(conn, story_revisions)
        assert save_story(conn, now=NOW + timedelta(days=1)) == stories.SaveOutcome("same", 0)
        assert (rows(conn, stories_table), rows(conn, story_revisions)) == before
        assert stories.count(conn) == 1
        assert list(stories.load_stories(conn, [STORY.id, "none"])) == [STORY]


def test_a_changed_page_is_another_revision_of_the_same_story(records: Records) -> None:
    changed = replace(STORY, text="Đập hồ Trúc Lam an toàn.")
    with records.begin() as conn:
        save_story(conn)
        assert save_story(conn, changed, now=NOW + timedelta(hours=1)).kind == "changed"
        assert stories.count(conn) == 1
        assert list(stories.load_stories(conn, [STORY.id])) == [changed]
        assert [(row["revision"], row["text"]) for row in rows(conn, story_revisions)] == [(1, BODY), (2, changed.text)]
        assert rows(conn, stories_table)[0]["first_seen_at"] == NOW
        assert save_story(conn, STORY).kind == "changed", "back again is a third revision"
        assert len(rows(conn, story_revisions)) == 3


def test_a_story_keeps_the_outlet_that_listed_it_first(records: Records) -> None:
    with records.begin() as conn:
        save_story(conn)
        stories.save_extraction(conn, replace(OUTLET, name="Báo Khác"), replace(STORY, text="Khác."), (), NOW)
        assert rows(conn, stories_table)[0]["outlet"] == OUTLET.name


def test_what_is_to_be_analysed(records: Records) -> None:
    with records.begin() as conn:
        save_story(conn)
        assert stories.ids_to_analyse(conn, "1") == [STORY.id]
        stories.mark_analysed(conn, STORY, "1")
        assert stories.ids_to_analyse(conn, "1") == []
        assert stories.ids_to_analyse(conn, "2") == [STORY.id], "another analyser looks again"
        save_story(conn, replace(STORY, text="Khác."))
        assert stories.ids_to_analyse(conn, "1") == [STORY.id], "and a changed page is looked at again"
        stories.mark_analysed(conn, replace(STORY, text="Khác."), "1")
        stories.mark_unanalysed(conn, [STORY.id])
        assert stories.ids_to_analyse(conn, "1") == [STORY.id]


def test_the_latest_stories_of_some_outlets(records: Records) -> None:
    made = [replace(STORY, canonical_url=f"{HOME}/tin-{at}", published_at=NOW - timedelta(days=at)) for at in range(4)]
    with records.begin() as conn:
        for story in made:
            save_story(conn, story)
        assert stories.latest_of(conn, [OUTLET.name], 2) == made[:2]
        assert stories.latest_of(conn, ["Báo Khác"], 2) == []
        assert stories.latest_of(conn, [], 2) == []


@pytest.mark.parametrize("when", [datetime(2026, 1, 1)])
def test_a_time_without_an_offset_is_refused(records: Records, when: datetime) -> None:
    with pytest.raises(sa.exc.StatementError, match="offset"), records.engine.begin() as conn:
        save_story(conn, now=when)


def test_times_come_back_as_they_were_in_utc(records: Records) -> None:
    local = datetime.fromisoformat("2026-11-20T12:00:00+07:00")
    with records.begin() as conn:
        save_story(conn, replace(STORY, published_at=local))
        (loaded,) = stories.load_stories(conn, [STORY.id])
    assert loaded.published_at == local
    assert loaded.published_at is not None and loaded.published_at.utcoffset() == timedelta(0)


# --- what is forgotten ---------------------------------------------------------------------------------------------------


def lies_on_disk(folder: Path, words: str) -> bool:
    forms = [words.encode(), words.encode("utf-16-le")]
    return any(form in path.read_bytes() for path in folder.rglob("*") if path.is_file() for form in forms)


def test_a_forgotten_body_leaves_no_bytes_and_the_rest_stays(records: Records, tmp_path: Path) -> None:
    with records.begin() as conn:
        fill(conn)
        save_story(conn, replace(STORY, canonical_url=f"{HOME}/tin-2", text="Banmoinhat."), now=NOW + timedelta(days=89))
        index_queue.done(conn, "story", index_queue.next_batch(conn, "story", 9))
    assert lies_on_disk(tmp_path, "Thanbaibimat")
    with records.begin() as conn:
        assert stories.forget_bodies(conn, NOW + timedelta(days=91), 90) == 1
        assert index_queue.next_batch(conn, "story", 9) == [STORY.id], "the index is told"
    erase_traces(records)
    assert not lies_on_disk(tmp_path, "Thanbaibimat")
    assert lies_on_disk(tmp_path, "Banmoinhat")
    with records.begin() as conn:
        assert stories.forget_bodies(conn, NOW + timedelta(days=91), 90) == 0
        assert list(stories.load_stories(conn, [STORY.id])) == []
        assert stories.count(conn) == 2
        (detail,) = queue.appearance_details(conn, CLAIM.id)
        assert (detail["url"], detail["quote"]) == (STORY.canonical_url, APPEARANCE.quote)


def test_old_revisions_are_forgotten_too(records: Records) -> None:
    with records.begin() as conn:
        save_story(conn)
        save_story(conn, replace(STORY, text="Bản mới."), now=NOW + timedelta(days=60))
        assert stories.forget_bodies(conn, NOW + timedelta(days=91), 90) == 1
        assert [row["text"] for row in rows(conn, story_revisions)] == [None, "Bản mới."]


def test_a_tip_sent_twice_is_one_and_lives_no_longer_for_it(records: Records) -> None:
    with records.begin() as conn:
        tips.save_tip(conn, TIP)
        tips.save_tip(conn, replace(TIP, received_at=NOW + timedelta(hours=50)))
        assert tips.load_tips(conn, NOW + timedelta(hours=71)) == [TIP]
        assert tips.load_tips(conn, NOW + timedelta(hours=72)) == []
        assert tips.forget_tips(conn, NOW + timedelta(hours=71)) == 0
        assert tips.forget_tips(conn, NOW + timedelta(hours=72)) == 1
        assert tips.forget_tips(conn, NOW + timedelta(hours=72)) == 0


def test_a_forgotten_tip_leaves_no_bytes(records: Records, tmp_path: Path) -> None:
    with records.begin() as conn:
        for at in range(40):
            tips.save_tip(conn, replace(TIP, id=f"t{at}", text=f"{TIP.text} lần {at}"))
        tips.save_tip(conn, Tip("young", "Tinmoi: cầu Gò Mây đóng", NOW + timedelta(hours=70), Theme.TRANSPORT))
    assert lies_on_disk(tmp_path, "Tinbaobimat")
    with records.begin() as conn:
        assert tips.forget_tips(conn, NOW + timedelta(hours=73)) == 40
    erase_traces(records)
    assert not lies_on_disk(tmp_path, "Tinbaobimat")
    assert lies_on_disk(tmp_path, "Tinmoi")


# --- checks --------------------------------------------------------------------------------------------------------------


def test_a_check_saved_twice_is_one_and_not_examined_again(records: Records) -> None:
    with records.begin() as conn:
        assert reviews.save(conn, [REVIEW]) == 1
        assert reviews.unexamined(conn) == [REVIEW]
        examined = replace(REVIEW, theme=Theme.DISASTER, quote="Tin bịa đặt.", wordings=("đập hồ Trúc Lam toác",))
        reviews.mark_examined(conn, [examined])
        assert reviews.save(conn, [REVIEW]) == 0
        assert reviews.count(conn) == 1
        assert reviews.unexamined(conn) == []
        assert reviews.load(conn, [REVIEW.id]) == {REVIEW.id: examined}
        assert list(reviews.load_all(conn)) == [examined]


def test_a_check_is_seen_by_others_only_once_it_is_examined(records: Records) -> None:
    with records.begin() as conn:
        reviews.save(conn, [REVIEW])
        assert reviews.load(conn, [REVIEW.id]) == {}
        assert reviews.to_rematch(conn) == []
        assert index_queue.waiting(conn) == 0
        reviews.mark_examined(conn, [REVIEW])
        assert reviews.to_rematch(conn) == [REVIEW.id]
        assert index_queue.next_batch(conn, "review", 9) == [REVIEW.id]


def test_a_changed_check_is_examined_again(records: Records) -> None:
    with records.begin() as conn:
        reviews.save(conn, [REVIEW], examined=True)
        assert reviews.save(conn, [replace(REVIEW, rating=Rating.TRUE, rating_text="Đúng")]) == 1
        assert [review.rating for review in reviews.unexamined(conn)] == [Rating.TRUE]
        assert reviews.count(conn) == 1


@pytest.mark.parametrize("swap", [reviews.replace_for_story, reviews.replace_derived], ids=["published", "derived"])
def test_a_check_that_the_page_no_longer_carries_goes_and_queues_a_rematch(
    records: Records, swap: Callable[[sa.Connection, str, list[ClaimReview]], int]
) -> None:
    mine = replace(REVIEW, derived=swap is reviews.replace_derived)
    other = replace(mine, claim_reviewed="Cầu Gò Mây sập")
    with records.begin() as conn:
        assert swap(conn, STORY.id, [mine, other]) == 2
        reviews.rematched(conn, [mine.id, other.id])
        assert swap(conn, STORY.id, [mine]) == 1
        assert reviews.to_rematch(conn) == [other.id]
        assert other.id in index_queue.next_batch(conn, "review", 9), "and the index is told to take it out"
        assert [row["id"] for row in rows(conn, claim_reviews)] == [mine.id]
        assert swap(conn, STORY.id, []) == 1
        assert reviews.count(conn) == 0
        assert set(reviews.to_rematch(conn)) == {mine.id, other.id}
        reviews.rematched(conn, [mine.id, other.id])
        assert reviews.to_rematch(conn) == []


def test_published_and_derived_checks_of_a_page_do_not_replace_each_other(records: Records) -> None:
    derived = replace(REVIEW, claim_reviewed="Cầu Gò Mây sập", derived=True)
    with records.begin() as conn:
        reviews.replace_for_story(conn, STORY.id, [REVIEW])
        reviews.replace_derived(conn, STORY.id, [derived])
        assert reviews.count(conn) == 2
        assert reviews.has_published(conn, STORY.id)
        reviews.replace_for_story(conn, STORY.id, [])
        assert [row["id"] for row in rows(conn, claim_reviews)] == [derived.id]
        assert not reviews.has_published(conn, STORY.id)


def test_a_page_that_loses_its_markup_loses_its_check(records: Records) -> None:
    with records.begin() as conn:
        assert save_story(conn, found=(REVIEW,)) == stories.SaveOutcome("new", 1)
        assert save_story(conn, found=(REVIEW,)) == stories.SaveOutcome("same", 0)
        assert save_story(conn) == stories.SaveOutcome("same", 1)
        assert reviews.count(conn) == 0


def test_many_checks_at_once(records: Records) -> None:
    many = [replace(REVIEW, review_url=f"{HOME}/kiem-chung/{at}") for at in range(1_100)]
    with records.begin() as conn:
        assert reviews.save(conn, many, examined=True) == 1_100
        assert reviews.save(conn, many, examined=True) == 0
        assert len(reviews.load(conn, [review.id for review in many])) == 1_100
        reviews.remove(conn, [review.id for review in many])
        assert reviews.count(conn) == 0
        assert len(reviews.to_rematch(conn)) == 1_100


# --- the queue -----------------------------------------------------------------------------------------------------------


def everything(conn: sa.Connection) -> tuple[object, ...]:
    return (
        queue.load_claims(conn),
        queue.load_appearances(conn, CLAIM.id),
        queue.load_evidence(conn, CLAIM.id),
        queue.load_alerts(conn),
        queue.load_alert(conn, CLAIM.id),
        queue.load_claim(conn, CLAIM.id),
    )


def test_the_queue_saved_twice_is_saved_once_and_comes_back_as_it_was(records: Records) -> None:
    with records.begin() as conn:
        fill(conn)
        assert everything(conn) == ([CLAIM], [APPEARANCE], [EVIDENCE], [ALERT], ALERT, CLAIM)
        fill(conn)
        assert everything(conn) == ([CLAIM], [APPEARANCE], [EVIDENCE], [ALERT], ALERT, CLAIM)


def test_a_claim_that_gains_or_loses_a_page_is_decided_again(records: Records) -> None:
    with records.begin() as conn:
        fill(conn)
        assert queue.to_decide(conn) == [CLAIM.id]
        queue.decided(conn, CLAIM.id)
        assert queue.to_decide(conn) == []
        queue.replace_appearances(conn, STORY.id, [])
        assert queue.to_decide(conn) == [CLAIM.id]
        assert rows(conn, appearances) == []


def test_an_alert_keeps_when_it_was_opened(records: Records) -> None:
    with records.begin() as conn:
        fill(conn)
        queue.save_alert(conn, replace(ALERT, status=AlertStatus.IN_REVIEW, opened_at=NOW + timedelta(days=3)))
        assert queue.load_alerts(conn) == [replace(ALERT, status=AlertStatus.IN_REVIEW)]
        assert queue.load_alerts(conn, AlertStatus.NEW) == []
        queue.delete_alert(conn, ALERT.id)
        assert queue.load_alerts(conn) == []


def test_the_most_urgent_and_then_the_oldest_comes_first(records: Records) -> None:
    made = [(50, 0), (90, 2), (90, 1), (10, 0)]
    with records.begin() as conn:
        for at, (priority, hours) in enumerate(made):
            queue.save_claims(conn, [replace(CLAIM, id=f"c{at}")])
            queue.save_alert(conn, replace(ALERT, id=f"a{at}", claim_id=f"c{at}", priority=priority, opened_at=NOW + timedelta(hours=hours)))
        assert [alert.id for alert in queue.load_alerts(conn)] == ["a2", "a1", "a0", "a3"]


def test_what_supports_is_shown_first_and_then_what_is_independent(records: Records) -> None:
    official = replace(EVIDENCE, url=f"{HOME}/2", independent=False)
    supports = replace(EVIDENCE, url=f"{HOME}/3", relation=EvidenceRelation.SUPPORTS, independent=False)
    with records.begin() as conn:
        fill(conn)
        queue.replace_evidence(conn, CLAIM.id, [official, EVIDENCE, supports])
        assert queue.load_evidence(conn, CLAIM.id) == [supports, EVIDENCE, official]
        queue.replace_evidence(conn, CLAIM.id, [])
        assert queue.load_evidence(conn, CLAIM.id) == []


def test_stories_of_a_check_are_found_under_its_own_claim_and_beside_anothers(records: Records) -> None:
    with records.begin() as conn:
        fill(conn)
        assert queue.stories_of_reviews(conn, [REVIEW.id]) == {STORY.id}
        assert queue.stories_of_reviews(conn, ["khac"]) == {STORY.id}
        assert queue.stories_of_reviews(conn, ["k_ac"]) == set()


# --- catalogue, transactions, the lock -----------------------------------------------------------------------------------


def test_the_catalogue_is_exactly_what_was_loaded_last(records: Records) -> None:
    other = replace(OUTLET, name="Báo Gò Mây", kind=OutletKind.AUTHORITY, state="VN", min_stories_per_day=5, verified=False)
    with records.begin() as conn:
        outlet_store.replace_catalog(conn, (OUTLET, other))
        outlet_store.replace_catalog(conn, (other, OUTLET))
        assert outlet_store.load_outlets(conn) == (other, OUTLET)
        outlet_store.replace_catalog(conn, (other,))
        assert outlet_store.load_outlets(conn) == (other,)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://chung.example/a/tin", "A"),
        ("https://www.CHUNG.example/a/b/tin", "AB"),
        ("https://chung.example/khac", None),
        ("https://chung.example/ab", None),
        ("https://chung.example.khac/a/tin", None),
        ("https://chung.example@khac.example/a/tin", None),
        ("", None),
    ],
)
def test_whose_address_it_is(url: str, name: str | None) -> None:
    catalog = tuple(replace(OUTLET, name=one, home=f"https://chung.example{path}") for one, path in (("A", "/a/"), ("AB", "/a/b")))
    found = outlet_store.outlet_of(catalog, url)
    assert (found.name if found else None) == name


def test_a_broken_transaction_leaves_nothing(records: Records) -> None:
    with pytest.raises(RuntimeError), records.begin() as conn:
        fill(conn)
        raise RuntimeError
    with records.begin() as conn:
        assert (stories.count(conn), reviews.count(conn), queue.load_claims(conn)) == (0, 0, [])


def test_what_is_saved_is_there_after_opening_again(tmp_path: Path) -> None:
    first = open_records(tmp_path)
    with first.begin() as conn:
        fill(conn)
    first.close()
    again = open_records(tmp_path)
    with again.begin() as conn:
        assert everything(conn)[0] == [CLAIM]
    again.close()


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(b"khong phai co so du lieu " * 100)
    with pytest.raises(DataDirError) as caught:
        open_records(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("", "utf-8")
    with pytest.raises(DataDirError):
        open_records(tmp_path / "tep")


def test_two_writers_are_kept_apart(tmp_path: Path) -> None:
    with writer_lock(tmp_path), pytest.raises(BusyError), writer_lock(tmp_path):
        pass
    with writer_lock(tmp_path):
        pass


# --- the index's queue ---------------------------------------------------------------------------------------------------


def test_the_index_queue_holds_each_text_once_until_it_is_done(records: Records) -> None:
    with records.begin() as conn:
        fill(conn)
        fill(conn)
        assert index_queue.waiting(conn) == 2
        assert index_queue.next_batch(conn, "story", 9) == [STORY.id]
        index_queue.done(conn, "story", [STORY.id])
        assert (index_queue.next_batch(conn, "story", 9), index_queue.waiting(conn)) == ([], 1)
        reviews.save(conn, [replace(REVIEW, claim_reviewed="Chưa xem")])
        index_queue.enqueue_everything(conn)
        assert index_queue.next_batch(conn, "review", 9) == [REVIEW.id], "an unexamined check is not filed"
        assert index_queue.waiting(conn) == 2


# --- the search index ----------------------------------------------------------------------------------------------------


@pytest.fixture(params=[open_index], ids=["tantivy"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SearchIndex]:
    """Opens the index of one data directory, as often as it is called."""
    return lambda: request.param(tmp_path)


def found(index: SearchIndex, *keys: str, kind: str = "review", limit: int = 9) -> list[str]:
    return [hit.id for hit in index.find(kind, keys, limit)]


def test_filing_twice_changes_nothing(open_again: Callable[[], SearchIndex]) -> None:
    index = open_again()
    for _ in range(3):
        index.file("review", [Filed("r1", ("dap", "vo")), Filed("r2", ("cau", "sap"))])
    assert index.count("review") == 2
    assert found(index, "dap") == ["r1"]
    index.file("review", [Filed("r1", ("de",)), Filed("r1", ("de", "vo"))])
    assert index.count("review") == 2
    assert (found(index, "dap"), found(index, "vo")) == ([], ["r1"])


def test_filing_without_keys_takes_a_text_out(open_again: Callable[[], SearchIndex]) -> None:
    index = open_again()
    index.file("review", [Filed("r1", ("dap",)), Filed("r2", ("dap",))])
    index.file("review", [Filed("r1", ()), Filed("unknown", ())])
    assert index.count("review") == 1
    assert found(index, "dap") == ["r2"]


def test_what_shares_most_comes_first(open_again: Callable[[], SearchIndex]) -> None:
    index = open_again()
    index.file(
        "review", [Filed("one", ("dap", "a", "b")), Filed("three", ("dap", "vo", "lam")), Filed("two", ("dap", "vo", "c")), Filed("none", ("cau",))]
    )
    assert found(index, "dap", "vo", "lam", "unheard") == ["three", "two", "one"]
    assert found(index, "dap", "vo", "lam", limit=1) == ["three"]
    scores = [hit.score for hit in index.find("review", ("dap", "vo", "lam"), 9)]
    assert scores == sorted(scores, reverse=True)


def test_a_rare_key_says_more_than_a_frequent_one(open_again: Callable[[], SearchIndex]) -> None:
    index = open_again()
    index.file("review", [Filed(f"r{at}", ("dap", f"x{at}")) for at in range(20)])
    assert found(index, "dap", "x7")[0] == "r7"


@pytest.mark.parametrize("keys", [(), ("unheard",), ("",), ('"',), ("a b",), ("dap OR cau",), ("*",), ("id:r1",)])
def test_keys_are_words_and_never_a_query(open_again: Callable[[], SearchIndex], keys: tuple[str, ...]) -> None:
    index = open_again()
    index.file("review", [Filed("r1", ("dap", "cau"))])
    assert found(index, *keys) == []


def test_kinds_are_apart(open_again: Callable[[], SearchIndex]) -> None:
    index = open_again()
    index.file("review", [Filed("r1", ("dap",))])
    index.file("story", [Filed("s1", ("dap",))])
    assert (found(index, "dap"), found(index, "dap", kind="story")) == (["r1"], ["s1"])


def test_it_is_there_after_opening_again(open_again: Callable[[], SearchIndex]) -> None:
    first = open_again()
    assert first.is_empty()
    first.file("review", [Filed("r1", ("dap",))])
    assert not first.is_empty()
    again = open_again()
    assert not again.is_empty()
    assert (again.count("review"), found(again, "dap")) == (1, ["r1"])


def test_cleared_it_is_empty_and_can_be_filled_again(open_again: Callable[[], SearchIndex]) -> None:
    index = open_again()
    index.file("review", [Filed("r1", ("dap",))])
    index.clear()
    assert index.is_empty()
    index.file("review", [Filed("r2", ("dap",))])
    assert found(index, "dap") == ["r2"]


@pytest.mark.parametrize("look", [lambda index: index.find("review", ["dap"], 1), lambda index: index.count("review")], ids=["find", "count"])
def test_looking_into_an_empty_index_leaves_it_empty(open_again: Callable[[], SearchIndex], look: Callable[[SearchIndex], object]) -> None:
    index = open_again()
    look(index)
    assert index.is_empty()
