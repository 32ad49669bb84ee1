"""A statement laid over a passage: what is covered, in whatever order, and what stands where it says something else."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.alignment import Alignment, Change, Tile, align
from nlp.profile import profile
from nlp.text import fold

DAM = "Đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11, 12 thôn hạ du ngập trong nước."
FARE = "Từ 1/12 vé xe buýt tuyến số 5 tăng lên 12.000 đồng một lượt"
CURE = "Uống nước lá vối mỗi sáng chữa khỏi bệnh tiểu đường sau 30 ngày"


def laid(statement: str, passage: str, marked: bool | None = None) -> Alignment:
    return align(profile(statement, marked), profile(passage, marked))


def spelled(text: str, marked: bool | None = None) -> list[str]:
    return [token.form for token in profile(text, marked).tokens]


def own(statement: str, change: Change) -> str:
    return " ".join(spelled(statement)[change.first : change.last + 1])


def instead(passage: str, change: Change) -> str:
    assert change.instead is not None
    return " ".join(spelled(passage)[slice(*change.instead)])


# --- the same ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [DAM, FARE, CURE, "Vỡ", "The dam burst on May 5", "không không không không"])
def test_a_statement_laid_over_itself_is_one_tile(text: str) -> None:
    found = laid(text, text)
    size = len(spelled(text))
    assert found.tiles == (Tile(0, 0, size),)
    assert found.changes == ()
    assert (found.size, len(found.covered), len(found.used), found.order) == (size, size, size, 1.0)


def test_a_statement_within_a_longer_passage_is_still_one_tile() -> None:
    found = laid(DAM, f"Theo tin mới nhất, {DAM} Người dân đã lên chỗ cao.")
    assert len(found.tiles) == 1 and found.changes == ()


@pytest.mark.parametrize(
    "passage",
    [
        "Lực lượng cứu hộ họp mặt tối 28/3",
        "lực lượng cứu hộ họp mặt, tối 28/3.",
        "Tối 28/3 mưa lớn nhưng mọi việc vẫn xong, lực lượng cứu hộ họp mặt",
    ],
)
def test_the_order_of_clauses_does_not_matter(passage: str) -> None:
    found = laid("Tối 28/3, lực lượng cứu hộ họp mặt", passage)
    assert found.covered == frozenset(range(found.size))
    assert found.changes == ()


def test_order_says_whether_the_tiles_follow_each_other() -> None:
    assert laid("Tối 28/3, lực lượng họp mặt", "lực lượng họp mặt tối 28/3").order == 0.0
    assert laid("Tối 28/3, lực lượng họp mặt", "Tối 28/3 mưa lớn, lực lượng họp mặt").order == 1.0
    assert laid("Thư viện mở cửa", "Đập vỡ").order == 1.0


# --- what is changed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "passage", "mine", "other"),
    [
        (DAM.replace("12 thôn", "30 thôn"), DAM, "30", "12"),
        (DAM.replace("hồ Trúc Lam", "hồ Bàu Sen"), DAM, "bàu sen", "trúc lam"),
        (FARE.replace("tăng lên", "giảm xuống"), FARE, "giảm xuống", "tăng lên"),
        (FARE.replace("12.000", "21.000"), FARE, "21.000", "12.000"),
        (FARE.replace("1/12", "2/12"), FARE, "2/12", "1/12"),
        (CURE.replace("chữa khỏi", "phòng"), CURE, "phòng", "chữa khỏi"),
        ("The fee will increase by 5 percent", "The fee will decrease by 5 percent", "increase", "decrease"),
    ],
)
def test_what_is_put_in_anothers_place_is_named_with_it(statement: str, passage: str, mine: str, other: str) -> None:
    (change,) = laid(statement, passage).changes
    assert (own(statement, change), instead(passage, change)) == (mine, other)


@pytest.mark.parametrize(
    ("statement", "passage", "mine"),
    [
        ("Đập hồ Trúc Lam không vỡ đêm qua", "Đập hồ Trúc Lam vỡ đêm qua", "không"),
        ("Vé xe buýt tuyến số 5 bất ngờ tăng mạnh từ 1/12", "Vé xe buýt tuyến số 5 tăng mạnh từ 1/12", "bất ngờ"),
    ],
)
def test_what_is_put_in_stands_in_nothings_place(statement: str, passage: str, mine: str) -> None:
    (change,) = laid(statement, passage).changes
    assert own(statement, change) == mine
    assert change.instead is not None and change.instead[0] == change.instead[1]
    assert change.size == len(mine.split())


@pytest.mark.parametrize(
    ("statement", "mine"),
    [(f"Thật khó tin: {CURE}", "thật khó tin"), (f"{CURE} và ngủ rất ngon", "và ngủ rất ngon")],
)
def test_what_is_added_at_an_end_stands_in_no_place(statement: str, mine: str) -> None:
    (change,) = laid(statement, CURE).changes
    assert (own(statement, change), change.instead) == (mine, None)


def test_between_clauses_that_changed_places_nothing_is_put_instead() -> None:
    statement, passage = "Tối 28/3 bất ngờ lực lượng cứu hộ họp mặt", "Lực lượng cứu hộ họp mặt tối 28/3"
    (change,) = laid(statement, passage).changes
    assert (own(statement, change), change.instead) == ("bất ngờ", None)


def test_a_word_that_the_passage_holds_far_away_is_no_agreement() -> None:
    """A lone syllable of grammar stands somewhere in every long passage."""
    passage = f"Bão đổ bộ vào bờ biển Gò Mây. {'Mưa lớn kéo dài khiến nước dâng nhanh ở nhiều nơi. ' * 3}Bến phà không chạy."
    statement = "Bão không đổ bộ vào bờ biển Gò Mây"
    (change,) = laid(statement, passage).changes
    assert own(statement, change) == "không"


def test_a_passage_that_holds_nothing_covers_nothing() -> None:
    found = laid(CURE, "Đập hồ Trúc Lam vỡ")
    assert (found.tiles, found.covered, found.used) == ((), frozenset(), frozenset())
    assert found.changes == (Change(0, found.size - 1, None),)


@pytest.mark.parametrize(("statement", "passage"), [("", ""), ("", DAM), (DAM, ""), ("?!", "...")])
def test_nothing_to_lay_or_to_lay_over(statement: str, passage: str) -> None:
    found = laid(statement, passage)
    assert found.tiles == ()
    assert sum(change.size for change in found.changes) == found.size == len(spelled(statement))


# --- spelling ------------------------------------------------------------------------------------------------------------


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize("spell", [nfd, str.upper, fold], ids=["nfd", "capitals", "unmarked"])
@pytest.mark.parametrize("text", [DAM, FARE, CURE])
def test_the_spelling_of_either_side_changes_nothing(text: str, spell: Callable[[str], str]) -> None:
    for found in (laid(spell(text), text), laid(text, spell(text)), laid(spell(text), spell(text))):
        assert len(found.tiles) == 1 and found.changes == ()


@pytest.mark.parametrize(("old", "new"), [("hòa", "hoà"), ("khỏe", "khoẻ"), ("thủy", "thuỷ"), ("hóa", "hoá")])
def test_both_placements_of_the_tone_are_one(old: str, new: str) -> None:
    assert laid(f"Nhà máy {old} ở Gò Mây", f"Nhà máy {new} ở Gò Mây").changes == ()


def test_marks_tell_words_apart_only_where_both_sides_have_them() -> None:
    assert len(laid("Dân bán nhà ở xã Vân Sậy", "Dân bạn nhà ở xã Vân Sậy").changes) == 1
    assert laid("Dân bán nhà ở xã Vân Sậy", "dan ban nha o xa van say").changes == ()


@pytest.mark.parametrize(("left", "right"), [("50.000", "50000"), ("50,000", "50.000"), ("3,5", "3.5"), ("1.234.567", "1234567"), ("007", "7")])
def test_both_spellings_of_a_figure_are_one(left: str, right: str) -> None:
    statement, passage = (f"Giá vé lên {figure} đồng một lượt" for figure in (left, right))
    assert laid(statement, passage).changes == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("50.000", "5.000"),
        ("3,5", "35"),
        ("5", "-5"),
        pytest.param("1.234.567", "1.234.568"),
        pytest.param("0912345678", "0912345679"),
    ],
)
def test_other_figures_are_others(left: str, right: str) -> None:
    statement, passage = (f"Gọi số {figure} để nhận quà" for figure in (left, right))
    assert len(laid(statement, passage).changes) == 1


# --- properties ----------------------------------------------------------------------------------------------------------

# Few words, so that runs of every length repeat.
_SYLLABLES = st.lists(st.sampled_from(["đập", "vỡ", "nước", "không", "ngập", "12", "làng"]), max_size=14)


@given(_SYLLABLES, _SYLLABLES)
@settings(max_examples=150, deadline=None)
def test_tiles_hold_the_same_words_and_never_overlap(mine: list[str], other: list[str]) -> None:
    found = laid(" ".join(mine), " ".join(other), marked=True)
    assert list(found.tiles) == sorted(found.tiles)
    for tile in found.tiles:
        assert mine[tile.mine : tile.mine + tile.size] == other[tile.other : tile.other + tile.size]
    total = sum(tile.size for tile in found.tiles)
    assert len(found.covered) == len(found.used) == total


@given(_SYLLABLES, _SYLLABLES)
@settings(max_examples=150, deadline=None)
def test_tiles_and_changes_are_the_whole_statement(mine: list[str], other: list[str]) -> None:
    found = laid(" ".join(mine), " ".join(other), marked=True)
    changed = [at for change in found.changes for at in range(change.first, change.last + 1)]
    assert sorted([*found.covered, *changed]) == list(range(len(mine)))
    for change in found.changes:
        assert change.instead is None or 0 <= change.instead[0] <= change.instead[1] <= len(other)
    assert 0.0 <= found.order <= 1.0


@given(_SYLLABLES, _SYLLABLES)
@settings(max_examples=150, deadline=None)
def test_no_run_of_two_is_left_over_on_both_sides(mine: list[str], other: list[str]) -> None:
    found = laid(" ".join(mine), " ".join(other), marked=True)
    left = {tuple(mine[at : at + 2]) for at in range(len(mine) - 1) if not {at, at + 1} & found.covered}
    spare = {tuple(other[at : at + 2]) for at in range(len(other) - 1) if not {at, at + 1} & found.used}
    assert not left & spare


@given(_SYLLABLES, _SYLLABLES)
@settings(max_examples=100, deadline=None)
def test_clauses_in_another_order_are_covered_all_the_same(first: list[str], second: list[str]) -> None:
    found = laid(" ".join([*first, *second]), " ".join([*second, *first]), marked=True)
    longest = max((tile.size for tile in found.tiles), default=0)
    assert longest >= max(len(first), len(second))


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_over_itself_is_covered_on_both_sides(text: str) -> None:
    found = laid(text, text)
    assert found.covered == found.used == frozenset(range(found.size))
    assert found.changes == () and len(found.tiles) == min(found.size, 1)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_two_texts_can_be_laid(statement: str, passage: str) -> None:
    found = laid(statement, passage)
    assert len(found.covered) + sum(change.size for change in found.changes) == found.size
