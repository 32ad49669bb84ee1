"""Limit 9, coverage is press clipping: no person's name is ever watched, a free term needs two people and the public, and some subjects are only listed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiemtin.coverage.volumes import count_day
from kiemtin.domain.coverage import LISTED_ONLY, Counted, ListedOnlyError, OnDay, Shelf, Subject
from kiemtin.domain.staff import Role, Staff
from kiemtin.errors import InputError
from kiemtin.pipeline.exploring import series_of
from kiemtin.pipeline.sources import sources_view
from kiemtin.pipeline.watching import WatchlistForm, confirm_term, propose_term, save_watchlist
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import volumes
from kiemtin.store import watchlists as watchlist_store
from nlp.privacy import is_person_name
from nlp.shelving import is_on
from tests.limits.tools import TEXTS, modules, source

NAMES = [line for line in (TEXTS / "generated_names.txt").read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
# What a watchlist is made of: listed places, sectors and subjects.
PLACES_SECTORS_SUBJECTS = (
    "Cần Thơ",
    "Đồng Tháp",
    "Bạc Liêu",
    "An Giang",
    "Quảng Trị",
    "Lâm Đồng",
    "Thành phố Hồ Chí Minh",
    "Hà Nội",
    "Ninh Kiều",
    "Bà Rịa - Vũng Tàu",
    "Sông Hậu",
    "vịnh Hạ Long",
    "đồng bằng sông Cửu Long",
    "can tho",
    "dong bang song cuu long",
    "sốt xuất huyết",
    "tay chân miệng",
    "xăng dầu",
    "giá lúa",
    "cá tra",
    "tôm sú",
    "xâm nhập mặn",
    "sạt lở bờ sông",
    "bão",
    "lũ quét",
    "học phí",
    "bảo hiểm y tế",
    "căn cước",
    "hộ chiếu",
    "đăng kiểm",
    "quốc lộ 1",
    "cao tốc Bắc - Nam",
    "sân bay Long Thành",
    "ngân hàng",
    "lãi suất",
    "lừa đảo qua điện thoại",
    "vắc-xin",
    "chất lượng không khí",
    "rice exports",
    "dengue fever",
    "storm warning",
    "Mekong Delta",
)
# Subjects of which stories are listed and never counted over time, as LIMITS.md names them.
ONLY_LISTED = ("02", "09", "11", "12", "14", "16")
NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
ONE, OTHER = Staff("s1", "Người Thứ Nhất", Role.REVIEWER), Staff("s2", "Người Thứ Hai", Role.APPROVER)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path) as opened:
        yield opened


def test_limit_9_every_generated_name_is_known_as_a_persons() -> None:
    assert len(NAMES) >= 100
    assert [name for name in NAMES if not is_person_name(name)] == []


def _blanks(name: str) -> str:
    return f"  {name} "


def _quoted(name: str) -> str:
    return f"“{name}”"


# Shares measured 2026-11. In small letters a name of the uplands or a nickname (`lý a sùng`, `tư rẫy`) looks like other words.
@pytest.mark.parametrize(("change", "floor"), [(_blanks, 1.0), (_quoted, 1.0), (str.upper, 0.95), (str.lower, 0.8)])
def test_limit_9_a_name_is_known_however_it_is_written(change: Callable[[str], str], floor: float) -> None:
    names = [name for name in NAMES if " " in name and name.replace(" ", "").isalpha()]
    missed = [change(name) for name in names if not is_person_name(change(name))]
    assert 1 - len(missed) / len(names) >= floor, missed


def test_limit_9_places_sectors_and_subjects_are_no_persons_names() -> None:
    assert [term for term in PLACES_SECTORS_SUBJECTS if is_person_name(term)] == []


def _form(name: str) -> WatchlistForm:
    return WatchlistForm(name, frozenset({"can tho"}), frozenset(), frozenset())


def test_limit_9_a_persons_name_is_no_watchlist_and_no_term(workspace: Workspace) -> None:
    watched = save_watchlist(workspace, "", _form("Cần Thơ và thủy sản"), ONE, NOW)
    for name in NAMES[:60]:
        with pytest.raises(InputError, match="tên người"):
            save_watchlist(workspace, "", _form(name), ONE, NOW)
        with pytest.raises(InputError, match="tên người"):
            propose_term(workspace, watched.id, name, ONE, NOW)
    with workspace.records.begin() as conn:
        assert [(one.name, one.terms) for one in watchlist_store.load_all(conn)] == [("Cần Thơ và thủy sản", ())]


def test_limit_9_a_term_matches_and_is_public_only_when_two_people_have_said_so(workspace: Workspace) -> None:
    shelf, folded = Shelf(Subject.ECONOMY, None, frozenset({"can tho"}), frozenset()), " gia ca tra tai can tho tang "
    watched = save_watchlist(workspace, "", _form("Chợ cá"), ONE, NOW)
    propose_term(workspace, watched.id, "cá tra", ONE, NOW)

    def state() -> tuple[bool, list[str]]:
        with workspace.records.begin() as conn:
            (one,) = watchlist_store.load_all(conn)
        asks_for_the_term = replace(one, places=frozenset())
        return is_on(asks_for_the_term, shelf, folded), sources_view(workspace, datetime.now(UTC))["watchlists"][0]["terms"]

    assert state() == (False, [])
    with pytest.raises(InputError, match="tự xác nhận"):
        confirm_term(workspace, watched.id, "cá tra", ONE, NOW)
    assert state() == (False, [])
    confirm_term(workspace, watched.id, "cá tra", OTHER, NOW)
    assert state() == (True, ["cá tra"])


def test_limit_9_the_subjects_that_are_only_listed_are_these() -> None:
    assert {subject.value for subject in LISTED_ONLY} == set(ONLY_LISTED)


@pytest.mark.parametrize("code", ONLY_LISTED)
def test_limit_9_no_series_spike_or_forecast_is_made_over_them(workspace: Workspace, code: str) -> None:
    day = NOW.date()
    story = OnDay("Báo Đồng Xanh", Subject(code), "economy", ("w1",), "c1")
    counted = count_day(day, [story])
    assert {kind for kind, _ in counted} == {Counted.ALL, Counted.OUTLET}  # how much was collected, whatever it is about
    with workspace.records.change() as conn:
        volumes.replace_day(conn, day, counted)
        with pytest.raises(ListedOnlyError):
            volumes.load_series(conn, Counted.SUBJECT, code, day, 28)
        with pytest.raises(ListedOnlyError):
            series_of(conn, Counted.SUBJECT, code, day, day)


def test_limit_9_one_function_reads_a_series_and_it_asks_first() -> None:
    """Whoever wants a series goes through `load_series`, or through `load_between` on what `count_day` has let in."""
    readers = {
        path for path, tree in modules() if "tables.volumes" in source(tree) or ("import volumes" in source(tree) and "store.tables" in source(tree))
    }
    assert {path for path in readers if not path.startswith("kiemtin/store/")} == set()


def test_limit_9_no_name_in_a_text_becomes_a_field() -> None:
    """Recognising names serves to refuse tips and to tell places apart: nothing that is kept is made of it."""
    users = {path for path, tree in modules() for name in ("is_person_name", "holds_name", "find_private") if f"{name}(" in source(tree)}
    assert {path for path in users if not path.startswith("nlp/")} <= {
        "kiemtin/pipeline/intake.py",
        "kiemtin/pipeline/reviewing.py",
        "kiemtin/pipeline/tipping.py",
        "kiemtin/pipeline/watching.py",  # a name is refused there
        "kiemtin/desk/routes/briefing.py",
    }
