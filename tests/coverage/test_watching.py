"""Watchlists hold places, sectors and subjects, never a person; a free term takes two people; each step is logged and public; stories are held against them anew."""

import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiemtin.domain.coverage import Counted, Sector, Subject, Watchlist, day_of
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.domain.staff import Role, Staff
from kiemtin.domain.stories import Story
from kiemtin.errors import InputError
from kiemtin.pipeline.clipping import ClipReport, clip
from kiemtin.pipeline.log import broken_at
from kiemtin.pipeline.sources import sources_view
from kiemtin.pipeline.watching import (
    DEFAULTS,
    LOOK_BACK_DAYS,
    WatchlistForm,
    confirm_term,
    drop_term,
    propose_term,
    remove_watchlist,
    save_watchlist,
    seed_watchlists,
)
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import clippings, decisions, volumes
from kiemtin.store import sources as source_store
from kiemtin.store import watchlists as watchlist_store
from kiemtin.store.clippings import Sought
from kiemtin.store.records import DATABASE_NAME, open_records
from kiemtin.store.stories import save_extraction
from kiemtin.store.tables import shelf, shelf_queue, watchlist_terms
from nlp.shelving import listed_places

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
TODAY = day_of(NOW)
ASKER, SECOND = Staff("s1", "Nhân viên một", Role.REVIEWER), Staff("s2", "Nhân viên hai", Role.APPROVER)
TEXTS = Path(__file__).parents[1] / "limits" / "texts" / "generated_names.txt"
NAMES = [line for line in TEXTS.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
AS_WRITTEN = [*NAMES, *(unicodedata.normalize("NFD", name) for name in NAMES), *(f" {name}  " for name in NAMES)]
PRIVATE = ("gọi 0912 345 678", "hop.thu@lamgiang.example", "số 5 hẻm Trúc Lam", "tài khoản 0123456789")
HOME = "https://truclam.example"
OUTLET = Outlet("Báo Trúc Lam", OutletKind.NEWS, HOME, "vi", "Tòa soạn", f"{HOME}/toa-soan", "Hội Trúc Lam", (f"{HOME}/rss",))
RICE = Story(f"{HOME}/lua", OUTLET.name, "Vụ lúa mùa nổi đầu tiên ở Trúc Lam", "Nông dân gặt vụ lúa mùa nổi đầu tiên.", NOW - timedelta(days=3), "vi")
MARKET = Story(f"{HOME}/cho", OUTLET.name, "Chợ hoa Trúc Lam mở cửa sớm", "Chợ hoa mở cửa từ bốn giờ sáng.", NOW - timedelta(hours=3), "vi")


def form(name: str = "Cây lúa", **asked: frozenset[str]) -> WatchlistForm:
    wanted = asked or {"sectors": frozenset({Sector.FARMING})}
    return WatchlistForm(name, wanted.get("places", frozenset()), wanted.get("sectors", frozenset()), wanted.get("subjects", frozenset()))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory's database with nothing in it: to copy is quicker than to migrate."""
    folder = tmp_path_factory.mktemp("blank")
    open_records(folder).close()
    return folder / DATABASE_NAME


@pytest.fixture
def workspace(blank: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copy(blank, tmp_path / DATABASE_NAME)
    with open_workspace(tmp_path) as opened:
        yield opened


def load(workspace: Workspace) -> list[Watchlist]:
    with workspace.records.begin() as conn:
        return watchlist_store.load_all(conn)


def kept(workspace: Workspace, watchlist_id: str) -> Watchlist:
    with workspace.records.begin() as conn:
        found = watchlist_store.load_one(conn, watchlist_id)
    assert found is not None
    return found


def log(workspace: Workspace, subject: str) -> list[tuple[str, str, str | None]]:
    """What was done to a list, by whom, with which words; the oldest first."""
    with workspace.records.begin() as conn:
        assert broken_at(conn) is None
        return [(line.decision.action, line.decision.by, line.text) for line in reversed(decisions.lines_of(conn, subject))]


def changes(workspace: Workspace) -> list[tuple[str, str]]:
    """What `/sources` says of watchlists; the oldest first."""
    with workspace.records.begin() as conn:
        return [(one.change, one.name) for one in reversed(source_store.load_changes(conn)) if one.part == "watchlists"]


def public_terms(workspace: Workspace) -> list[list[str]]:
    return [one["terms"] for one in sources_view(workspace, datetime.now(UTC))["watchlists"]]


def bring(workspace: Workspace, *found: Story) -> None:
    with workspace.records.begin() as conn:
        for story in found:
            save_extraction(conn, OUTLET, story, [], NOW)


def waiting(workspace: Workspace) -> set[str]:
    with workspace.records.begin() as conn:
        return set(conn.scalars(sa.select(shelf_queue.c.story_id)))


def on_list(workspace: Workspace, watchlist_id: str) -> list[str]:
    with workspace.records.begin() as conn:
        return [one.title for one in clippings.listed(conn, Sought(TODAY - timedelta(days=99), TODAY, watchlist=watchlist_id), 99)]


def counted(workspace: Workspace, watchlist_id: str) -> int:
    with workspace.records.begin() as conn:
        return sum(day.stories for day in volumes.load_series(conn, Counted.WATCHLIST, watchlist_id, TODAY, 60))


# --- making and changing -------------------------------------------------------------------------------------------------


def test_a_list_is_made_changed_and_removed_and_each_step_is_logged_and_public(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    assert load(workspace) == [made]
    assert (made.name, made.sectors) == ("Cây lúa", {Sector.FARMING})
    wider = form("Cây lúa, con tôm", sectors=frozenset({Sector.FARMING, Sector.FISHERIES}), places=frozenset({"can tho"}))
    changed = save_watchlist(workspace, made.id, wider, SECOND, NOW)
    assert load(workspace) == [changed]
    assert (changed.id, changed.places) == (made.id, {"can tho"})
    save_watchlist(workspace, made.id, replace(wider, places=frozenset()), SECOND, NOW)
    remove_watchlist(workspace, made.id, ASKER, NOW)
    assert load(workspace) == []
    assert log(workspace, made.id) == [
        ("watchlist_saved", "s1", "Cây lúa"),
        ("watchlist_saved", "s2", "Cây lúa, con tôm"),
        ("watchlist_saved", "s2", "Cây lúa, con tôm"),
        ("watchlist_removed", "s1", "Cây lúa, con tôm"),
    ]
    assert changes(workspace) == [
        ("added", "Cây lúa"),
        ("added", "Cây lúa, con tôm"),
        ("removed", "Cây lúa"),
        ("changed", "Cây lúa, con tôm"),
        ("removed", "Cây lúa, con tôm"),
    ]


def test_sources_shows_what_is_watched(workspace: Workspace) -> None:
    asked = form("Miền sông", places=frozenset({"dong bang song cuu long"}), sectors=frozenset({Sector.WATER}), subjects=frozenset({Subject.WEATHER}))
    save_watchlist(workspace, "", asked, ASKER, NOW)
    assert sources_view(workspace, datetime.now(UTC))["watchlists"] == [
        {
            "name": "Miền sông",
            "places": ["Đồng bằng sông Cửu Long"],
            "sectors": ["Nguồn nước, xâm nhập mặn, sạt lở"],
            "subjects": ["Thời tiết"],
            "terms": [],
        }
    ]


def test_saving_a_list_as_it_is_is_no_change_on_sources(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    save_watchlist(workspace, made.id, form(), ASKER, NOW)
    assert changes(workspace) == [("added", "Cây lúa")]


def test_lists_keep_their_order_and_new_ones_come_last(workspace: Workspace) -> None:
    made = [save_watchlist(workspace, "", form(name), ASKER, NOW) for name in ("Một", "Hai", "Ba")]
    save_watchlist(workspace, made[0].id, form("Bốn"), ASKER, NOW)
    assert [one.name for one in load(workspace)] == ["Bốn", "Hai", "Ba"]


def refused(workspace: Workspace, form: WatchlistForm, watchlist_id: str = "") -> str:
    """What is said; nothing may have been written."""
    before = load(workspace), changes(workspace)
    with pytest.raises(InputError) as said:
        save_watchlist(workspace, watchlist_id, form, ASKER, NOW)
    assert (load(workspace), changes(workspace)) == before
    return str(said.value)


@pytest.mark.parametrize("name", ["", " ", "x", "x" * 61])
def test_a_name_has_two_to_sixty_plain_characters(workspace: Workspace, name: str) -> None:
    assert "ký tự" in refused(workspace, form(name))


def test_blanks_around_and_within_a_name_do_not_count(workspace: Workspace) -> None:
    assert save_watchlist(workspace, "", form("  Cây \n lúa "), ASKER, NOW).name == "Cây lúa"
    assert len(save_watchlist(workspace, "", form("x" * 60), ASKER, NOW).name) == 60


@pytest.mark.parametrize("place", ["lam giang", "Cần Thơ", "soc trang", ""])
def test_an_unknown_place_is_refused(workspace: Workspace, place: str) -> None:
    assert "địa danh" in refused(workspace, form(places=frozenset({"can tho", place})))


def test_every_listed_place_is_taken(workspace: Workspace) -> None:
    assert save_watchlist(workspace, "", form(places=frozenset(listed_places())), ASKER, NOW).places == listed_places().keys()


def test_a_list_must_ask_for_something(workspace: Workspace) -> None:
    assert "ít nhất một" in refused(workspace, form(places=frozenset()))


@pytest.mark.parametrize("name", ["Cây lúa", "cây LÚA", " Cây  lúa "])
def test_two_lists_cannot_have_one_name(workspace: Workspace, name: str) -> None:
    save_watchlist(workspace, "", form(), ASKER, NOW)
    other = save_watchlist(workspace, "", form("Con tôm"), ASKER, NOW)
    assert "tên này" in refused(workspace, form(name))
    assert "tên này" in refused(workspace, form(name), other.id)


def test_a_list_may_change_the_case_of_its_own_name(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    assert save_watchlist(workspace, made.id, form("CÂY LÚA"), ASKER, NOW) == replace(made, name="CÂY LÚA")


def test_a_list_that_is_gone_is_not_changed(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    remove_watchlist(workspace, made.id, ASKER, NOW)
    assert "không còn" in refused(workspace, form(), made.id)
    remove_watchlist(workspace, made.id, ASKER, NOW)
    assert [action for action, _, _ in log(workspace, made.id)] == ["watchlist_saved", "watchlist_removed"], "what is gone is not removed again"


def test_there_are_forty_lists_at_most(workspace: Workspace) -> None:
    made = [save_watchlist(workspace, "", form(f"Danh sách số {at}"), ASKER, NOW) for at in range(40)]
    assert "40" in refused(workspace, form("Một danh sách nữa"))
    assert save_watchlist(workspace, made[0].id, form("Tên khác"), ASKER, NOW).name == "Tên khác", "those that are there can be changed"


# --- no person -----------------------------------------------------------------------------------------------------------


def test_a_persons_name_is_no_list(workspace: Workspace) -> None:
    assert len(NAMES) >= 100
    taken = [name for name in AS_WRITTEN if not _is_refused(lambda name=name: save_watchlist(workspace, "", form(name), ASKER, NOW))]
    assert taken == []
    assert load(workspace) == []


def test_a_persons_name_is_no_term(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    taken = [name for name in AS_WRITTEN if not _is_refused(lambda name=name: propose_term(workspace, made.id, name, ASKER, NOW))]
    assert taken == []
    assert kept(workspace, made.id).terms == ()
    with workspace.records.begin() as conn:
        assert list(conn.execute(sa.select(watchlist_terms))) == []


@pytest.mark.parametrize("words", PRIVATE)
def test_nothing_private_is_a_list_or_a_term(workspace: Workspace, words: str) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    assert "riêng" in refused(workspace, form(words))
    assert "riêng" in _said(lambda: propose_term(workspace, made.id, words, ASKER, NOW))


def _is_refused(step: object) -> bool:
    try:
        step()  # type: ignore[operator]
    except InputError as error:
        assert "tên người" in str(error)
        return True
    return False


def _said(step: object) -> str:
    with pytest.raises(InputError) as said:
        step()  # type: ignore[operator]
    return str(said.value)


# --- free terms ----------------------------------------------------------------------------------------------------------


def test_a_term_takes_two_different_people(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    propose_term(workspace, made.id, " lúa  mùa nổi ", ASKER, NOW)
    (term,) = kept(workspace, made.id).terms
    assert (term.text, term.proposed_by, term.is_public) == ("lúa mùa nổi", "s1", False)
    assert public_terms(workspace) == [[]]
    assert "không được tự xác nhận" in _said(lambda: confirm_term(workspace, made.id, "lúa mùa nổi", ASKER, NOW))
    assert public_terms(workspace) == [[]]
    confirm_term(workspace, made.id, "lúa mùa nổi", SECOND, NOW)
    (term,) = kept(workspace, made.id).terms
    assert (term.confirmed_by, term.is_public) == ("s2", True)
    assert public_terms(workspace) == [["lúa mùa nổi"]]


def test_each_step_of_a_term_is_logged_and_only_a_public_one_changes_sources(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    propose_term(workspace, made.id, "lúa mùa nổi", ASKER, NOW)
    assert changes(workspace) == [("added", "Cây lúa")]
    confirm_term(workspace, made.id, "lúa mùa nổi", SECOND, NOW)
    confirm_term(workspace, made.id, "lúa mùa nổi", SECOND, NOW)
    assert changes(workspace) == [("added", "Cây lúa"), ("changed", "Cây lúa")]
    drop_term(workspace, made.id, "lúa mùa nổi", ASKER, NOW)
    assert changes(workspace)[2:] == [("changed", "Cây lúa")]
    assert log(workspace, made.id)[1:] == [
        ("term_proposed", "s1", "lúa mùa nổi"),
        ("term_confirmed", "s2", "lúa mùa nổi"),
        ("term_dropped", "s1", "lúa mùa nổi"),
    ]
    assert public_terms(workspace) == [[]]


def test_whoever_proposes_it_again_does_not_become_its_proposer(workspace: Workspace) -> None:
    """Else one person could propose, and have the other's name put under it."""
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    propose_term(workspace, made.id, "lúa mùa nổi", ASKER, NOW)
    propose_term(workspace, made.id, "lúa mùa nổi", SECOND, NOW)
    assert "không được tự xác nhận" in _said(lambda: confirm_term(workspace, made.id, "lúa mùa nổi", ASKER, NOW))
    confirm_term(workspace, made.id, "lúa mùa nổi", SECOND, NOW)
    propose_term(workspace, made.id, "lúa mùa nổi", ASKER, NOW)
    assert public_terms(workspace) == [["lúa mùa nổi"]], "a public one stays public"


@pytest.mark.parametrize("term", ["", " ", "x", "x" * 61])
def test_a_term_has_two_to_sixty_plain_characters(workspace: Workspace, term: str) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    assert "ký tự" in _said(lambda: propose_term(workspace, made.id, term, ASKER, NOW))


def test_a_term_needs_its_list_and_a_confirmation_its_term(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    assert "không còn" in _said(lambda: propose_term(workspace, "none", "lúa mùa nổi", ASKER, NOW))
    for watchlist_id in (made.id, "none"):
        assert "không có" in _said(lambda watchlist_id=watchlist_id: confirm_term(workspace, watchlist_id, "lúa mùa nổi", SECOND, NOW))


def test_a_list_has_twenty_terms_at_most(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    for at in range(20):
        propose_term(workspace, made.id, f"giống lúa {at}", ASKER, NOW)
    assert "20" in _said(lambda: propose_term(workspace, made.id, "giống lúa khác", ASKER, NOW))
    drop_term(workspace, made.id, "giống lúa 3", ASKER, NOW)
    propose_term(workspace, made.id, "giống lúa khác", ASKER, NOW)
    assert len(kept(workspace, made.id).terms) == 20


def test_terms_stay_with_a_changed_list_and_go_with_a_removed_one(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    propose_term(workspace, made.id, "lúa mùa nổi", ASKER, NOW)
    confirm_term(workspace, made.id, "lúa mùa nổi", SECOND, NOW)
    save_watchlist(workspace, made.id, form("Cây lúa và rơm"), ASKER, NOW)
    assert public_terms(workspace) == [["lúa mùa nổi"]]
    remove_watchlist(workspace, made.id, ASKER, NOW)
    assert save_watchlist(workspace, "", form(), ASKER, NOW).terms == ()
    assert public_terms(workspace) == [[]]


# --- stories are held against them anew ----------------------------------------------------------------------------------


def test_a_changed_list_takes_in_the_stories_of_the_last_days_at_the_next_clip(workspace: Workspace) -> None:
    bring(workspace, RICE, MARKET)
    clip(workspace, NOW)
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    assert waiting(workspace) == {RICE.id, MARKET.id}
    assert on_list(workspace, made.id) == []
    assert clip(workspace, NOW) == ClipReport(updates=2)
    assert on_list(workspace, made.id) == [RICE.title]
    assert counted(workspace, made.id) == 1
    save_watchlist(workspace, made.id, form(sectors=frozenset({Sector.SPORT})), ASKER, NOW)
    clip(workspace, NOW)
    assert on_list(workspace, made.id) == []
    assert counted(workspace, made.id) == 0


def test_a_term_takes_stories_in_only_once_it_is_confirmed(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form("Chợ hoa", places=frozenset(), subjects=frozenset(Subject)), ASKER, NOW)
    bring(workspace, RICE, MARKET)
    clip(workspace, NOW)
    assert on_list(workspace, made.id) == [MARKET.title, RICE.title]
    propose_term(workspace, made.id, "chợ hoa", ASKER, NOW)
    assert waiting(workspace) == set(), "a proposal is no change"
    confirm_term(workspace, made.id, "chợ hoa", SECOND, NOW)
    clip(workspace, NOW)
    assert on_list(workspace, made.id) == [MARKET.title]
    drop_term(workspace, made.id, "chợ hoa", ASKER, NOW)
    clip(workspace, NOW)
    assert on_list(workspace, made.id) == [MARKET.title, RICE.title]


def test_a_removed_list_has_no_stories_and_no_counts(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    bring(workspace, RICE)
    clip(workspace, NOW)
    assert counted(workspace, made.id) == 1
    remove_watchlist(workspace, made.id, ASKER, NOW)
    clip(workspace, NOW)
    assert on_list(workspace, made.id) == []
    assert counted(workspace, made.id) == 0


@pytest.mark.parametrize(("ago", "looked_at"), [(LOOK_BACK_DAYS, True), (LOOK_BACK_DAYS + 1, False)])
def test_only_the_last_days_are_looked_at_again(workspace: Workspace, ago: int, looked_at: bool) -> None:
    old = replace(RICE, published_at=NOW - timedelta(days=ago))
    bring(workspace, old)
    clip(workspace, NOW)
    save_watchlist(workspace, "", form(), ASKER, NOW)
    assert (waiting(workspace) == {old.id}) is looked_at


def test_shelving_anew_changes_neither_cluster_nor_place_in_time(workspace: Workspace) -> None:
    bring(workspace, RICE, MARKET)
    clip(workspace, NOW)
    columns = (shelf.c.story_id, shelf.c.cluster_id, shelf.c.day, shelf.c.moment, shelf.c.subject, shelf.c.shelved_hash)
    with workspace.records.begin() as conn:
        before = list(conn.execute(sa.select(*columns).order_by(shelf.c.story_id)))
    save_watchlist(workspace, "", form(), ASKER, NOW)
    clip(workspace, NOW + timedelta(days=1))
    with workspace.records.begin() as conn:
        assert list(conn.execute(sa.select(*columns).order_by(shelf.c.story_id))) == before


# --- the lists to begin with ---------------------------------------------------------------------------------------------


def names(lists: Sequence[Watchlist]) -> list[str]:
    return [one.name for one in lists]


def test_the_first_clip_brings_the_lists_to_begin_with_and_they_are_on_sources(workspace: Workspace) -> None:
    bring(workspace, RICE)
    clip(workspace, NOW)
    assert names(load(workspace)) == names(DEFAULTS)
    assert [replace(one, id="") for one in load(workspace)] == list(DEFAULTS)
    assert len({one.id for one in load(workspace)}) == len(DEFAULTS)
    assert changes(workspace) == [("added", name) for name in names(DEFAULTS)]


def test_seeding_happens_once_and_what_was_removed_does_not_come_back(workspace: Workspace) -> None:
    bring(workspace, RICE)
    clip(workspace, NOW)
    for one in load(workspace)[1:]:
        remove_watchlist(workspace, one.id, ASKER, NOW)
    clip(workspace, NOW)
    assert names(load(workspace)) == names(DEFAULTS[:1])
    remove_watchlist(workspace, load(workspace)[0].id, ASKER, NOW)
    clip(workspace, NOW)
    bring(workspace, MARKET)
    clip(workspace, NOW)
    assert load(workspace) == []


def test_an_office_that_has_its_own_lists_gets_no_others(workspace: Workspace) -> None:
    made = save_watchlist(workspace, "", form(), ASKER, NOW)
    with workspace.records.begin() as conn:
        seed_watchlists(conn)
        seed_watchlists(conn)
    assert load(workspace) == [made]


def test_the_lists_to_begin_with_are_such_as_people_could_make(workspace: Workspace) -> None:
    for one in DEFAULTS:
        save_watchlist(workspace, "", WatchlistForm(one.name, one.places, one.sectors, one.subjects), ASKER, NOW)
    with workspace.records.begin() as conn:
        made = watchlist_store.load_all(conn)
    assert [replace(one, id="") for one in made] == list(DEFAULTS)
