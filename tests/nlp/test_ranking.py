"""Which of many published checks a message is about, best first; and the files of CheckThat! read as checks and queries."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.checkthat import to_filed, to_relevance
from nlp.ranking import FEATURES, RANKING, Filed, Shelf, day_of, sheet, split_signed, words_of
from nlp.resources import load_artefact
from nlp.text import fold

FILED = [
    Filed("dam", "The Blue Lake dam burst and flooded twelve villages.", "Did the Blue Lake dam burst?", "A video shows another dam."),
    Filed("lemon", "Drinking lemon water every morning cures diabetes.", "Does lemon water cure diabetes?", "Doctors know of no such cure."),
    Filed("bus", "Bus tickets on line 5 will cost twice as much from December.", "Will bus fares double?", "The fare stays at 12 crowns."),
    Filed("shark", "A shark swam down the main street of Greenport after the storm.", "Shark in a flooded street?", "The photo is a montage."),
    Filed("đập", "Đập hồ Trúc Lam ở xã Vân Sậy vỡ trong đêm, 12 thôn ngập.", "Đập hồ Trúc Lam có vỡ không?", "Đoạn clip quay ở nơi khác."),
    Filed("vối", "Uống nước lá vối mỗi sáng chữa khỏi bệnh tiểu đường.", "Nước lá vối chữa tiểu đường?", "Bác sĩ khuyên không tin."),
    Filed("vé", "Giá vé xe buýt tuyến số 5 tăng lên 12.000 đồng từ tháng 12.", "Vé xe buýt có tăng giá?", "Bến xe nói giá giữ nguyên."),
    Filed("thi", "Học sinh lớp 6 huyện Gò Mây phải thi lại vì lộ đề.", "Học sinh có phải thi lại?", "Phòng giáo dục bác tin."),
]
SHELF = Shelf(FILED)
PARTED = pytest.mark.filterwarnings("error")


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# --- the right check first -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "check"),
    [
        ("omg the dam at Blue Lake has burst, 12 villages are under water", "dam"),
        ("My aunt cured her diabetes with lemon water! Every morning one glass — Ann (@ann_54) May 3, 2021", "lemon"),
        ("So they want to double bus tickets from December?? Line 5 is a joke already", "bus"),
        ("There is a SHARK swimming in the street in Greenport #StormNews pic.twitter.com/a1b2", "shark"),
        ("Đập hồ Trúc Lam vỡ rồi, nước ngập 12 thôn ở Vân Sậy", "đập"),
        pytest.param("Bà con ơi mỗi sáng uống nước lá vối là khỏi bệnh tiểu đường", "vối", marks=PARTED),
        ("Từ tháng 12 vé xe buýt số 5 lên 12.000 đồng", "vé"),
        ("Nghe nói lộ đề nên học sinh lớp 6 Gò Mây thi lại", "thi"),
        ("vo dap ho truc lam, 12 thon ngap trong dem", "đập"),
        ("hoc sinh lop 6 thi lai vi lo de", "thi"),
        pytest.param("UỐNG NƯỚC LÁ VỐI CHỮA TIỂU ĐƯỜNG", "vối", marks=PARTED),
    ],
)
def test_a_message_in_other_words_finds_its_check_first(message: str, check: str) -> None:
    assert SHELF.rank(message)[0] == check


@pytest.mark.parametrize("one", FILED, ids=[one.id for one in FILED])
def test_a_claim_finds_itself_first(one: Filed) -> None:
    assert SHELF.rank(one.claim)[0] == one.id
    assert SHELF.rank(fold(one.claim))[0] == one.id


def test_a_message_that_shares_no_word_finds_nothing() -> None:
    assert SHELF.rank("Completely unrelated gibberish") == []


@pytest.mark.parametrize("text", ["", " \n\t", "?!", "the of and", "https://example.org/a", "— "])
def test_an_empty_message_finds_nothing(text: str) -> None:
    assert SHELF.rank(text) == []


def test_an_empty_shelf_holds_nothing() -> None:
    assert Shelf([]).candidates("The dam burst") == []
    assert Shelf([]).rank("The dam burst") == []
    assert Shelf([Filed("a", "")]).rank("The dam burst") == []


def test_every_check_that_shares_a_word_is_ranked_once() -> None:
    found = SHELF.rank("lemon water, bus tickets and a shark by the dam")
    assert set(found) == {"dam", "lemon", "bus", "shark"}
    assert len(found) == 4


def test_at_most_150_are_looked_at() -> None:
    shelf = Shelf([Filed(f"{at:03}", f"The dam number {at} burst") for at in range(170)])
    assert len(shelf.rank("Which dam burst?")) == len(shelf.candidates("Which dam burst?")) == 150


# --- features and ties ---------------------------------------------------------------------------------------------------


def test_every_candidate_has_every_feature() -> None:
    for message in ("The dam burst on May 3, 2021", "Đập vỡ", "bus 5"):
        for _, features in SHELF.candidates(message):
            assert len(features) == len(FEATURES)
    assert len(set(FEATURES)) == len(FEATURES)
    assert set(load_artefact(RANKING)["weights"]) == set(FEATURES)


def named(shelf: Shelf, message: str) -> dict[str, dict[str, float]]:
    return {name: dict(zip(FEATURES, features, strict=True)) for name, features in shelf.candidates(message)}


def test_figures_and_names_are_counted() -> None:
    found = named(SHELF, "Did a shark swim through Greenport?")["shark"]
    assert (found["names_shared"], found["figures_shared"], found["figures_missing"]) == (1, 0, 0)
    found = named(SHELF, "Vé xe buýt tuyến số 5 là 15 nghìn")["vé"]
    assert (found["figures_shared"], found["figures_missing"]) == (1, 2)


def test_the_first_of_the_candidates_shares_most() -> None:
    found = SHELF.candidates("The Blue Lake dam burst")
    assert found[0][0] == "dam"
    best = named(SHELF, "The Blue Lake dam burst")["dam"]
    assert (best["rank"], best["of_best"]) == (1.0, 1.0)


def test_what_is_signed_is_told_from_what_is_said() -> None:
    found = named(SHELF, "The dam has burst — Lemon Water (@x54) May 3, 2021")
    assert found["dam"]["said_of_text"] > 0 and found["dam"]["signed_of_text"] == 0
    assert found["lemon"]["said_of_text"] == 0 and found["lemon"]["signed_of_text"] > 0


def test_ties_are_broken_by_the_checks_ids() -> None:
    filed = [Filed(name, "The dam burst in the night") for name in ("b", "c", "a")]
    for order in (filed, filed[::-1], sorted(filed, key=lambda one: one.id)):
        assert Shelf(order).rank("The dam burst") == ["a", "b", "c"]


def test_the_order_on_the_shelf_changes_nothing() -> None:
    message = "The dam at Blue Lake burst, 12 villages flooded and a shark in the street"
    assert Shelf(FILED[::-1]).rank(message) == SHELF.rank(message)


# --- days ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The dam burst — Name (@x54) May 3, 2021", date(2021, 5, 3)),
        ("The dam burst — Name (@name) January 28, 2021", date(2021, 1, 28)),
        ("3 May 2021", date(2021, 5, 3)),
        ("2021-05-03", date(2021, 5, 3)),
        ("ngày 3 tháng 5 năm 2021", date(2021, 5, 3)),
        ("3/5/2021", date(2021, 5, 3)),
        ("On May 3, 2021 they said it would be on June 4, 2021", date(2021, 6, 4)),
        ("May 3, 2021 and then June 4", date(2021, 5, 3)),
        (nfd("ngày 3 tháng 5 năm 2021"), date(2021, 5, 3)),
    ],
)
def test_the_last_full_date_is_the_day(text: str, day: date) -> None:
    assert day_of(text) == day.toordinal()
    assert sheet(text).day == day.toordinal()


@pytest.mark.parametrize("text", ["", "yesterday", "May 2021", "3/5", "31/2/2021", "10/3/2021 âm lịch", "Sunday, 2021"])
def test_no_full_date_is_no_day(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("days", "steps"),
    [
        (0, (1, 1, 1, 0)),
        (-3, (1, 1, 1, 0)),
        (7, (1, 1, 1, 0)),
        (8, (0, 1, 1, 0)),
        (31, (0, 0, 1, 0)),
        (121, (0, 0, 0, 0)),
        (-11, (0, 0, 0, 0)),
        (-31, (0, 0, 0, 1)),
    ],
)
def test_how_long_after_the_message_the_check_came_out(days: int, steps: tuple[int, ...]) -> None:
    shelf = Shelf([Filed("dam", "The dam burst", day=date(2021, 5, 3).toordinal() + days)])
    found = named(shelf, "The dam burst — Name (@x54) May 3, 2021")["dam"]
    assert tuple(found[name] for name in ("same_week", "same_month", "same_season", "much_older")) == steps
    assert (found["days"], found["no_day"]) == (pytest.approx(abs(days) / 1000), 0)


def test_without_both_days_nothing_is_said_of_them() -> None:
    dated, undated = (Shelf([Filed("dam", "The dam burst", day=day)]) for day in (date(2021, 5, 3).toordinal(), None))
    for shelf, message in ((dated, "The dam burst"), (undated, "The dam burst May 3, 2021")):
        found = named(shelf, message)["dam"]
        assert (found["same_week"], found["days"], found["no_day"]) == (0, 0, 1)


def test_of_two_like_checks_the_one_of_that_week_comes_first() -> None:
    may, march = date(2021, 5, 6), date(2019, 3, 1)
    shelf = Shelf([Filed("a", "The dam burst", day=march.toordinal()), Filed("b", "The dam burst", day=may.toordinal())])
    assert shelf.rank("The dam has burst — Name (@x54) May 3, 2021")[0] == "b"


# --- words ---------------------------------------------------------------------------------------------------------------


def test_english_words_are_stemmed_and_function_words_left_out() -> None:
    assert words_of("The dams were bursting, and it's the Government's fault!") == (*words_of("dam burst"), *words_of("government fault"))
    assert words_of("the of and I'm") == ()


def test_vietnamese_words_are_folded() -> None:
    assert words_of("Đập Trúc Lam VỠ, nước dâng") == ("dap", "truc", "lam", "vo", "nuoc", "dang")
    assert words_of("hoà bình") == words_of("hòa bình") == words_of("hoa binh")


def test_decomposed_words_are_the_same_words() -> None:
    assert words_of(nfd("Đập Trúc Lam vỡ, nước dâng")) == words_of("Đập Trúc Lam vỡ, nước dâng")


def test_only_capitals_are_names() -> None:
    assert sheet("Sáng nay đập vỡ ở Trúc Lam").names == frozenset({"trúc", "lam"})


def test_names_are_capitals_that_begin_no_sentence() -> None:
    assert sheet("Yesterday a shark swam in Greenport. Everybody saw it with Ann").names == frozenset({"greenport", "ann"})


def test_figures_are_runs_of_digits() -> None:
    assert sheet("12.000 on line 5, 12 villages").figures == frozenset({"12", "000", "5"})


# --- what is said and how it is signed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said", "sign"),
    [
        ("It burst! — Ann (@x54) May 3, 2021", "It burst! ", "Ann ( x54) May 3, 2021"),
        ("First — second — Ann", "First — second ", "Ann"),
        ("It burst", "It burst", ""),
        ("— Ann May 3, 2021", "— Ann May 3, 2021", ""),
        ("Read https://example.org/x?y=1 now", "Read   now", ""),
        ("Read example.com/page now pic.twitter.com/a1b2", "Read   now  ", ""),
        ("#BlueLakeDam burst", " Blue Lake Dam burst", ""),
        ("", "", ""),
    ],
)
def test_a_message_is_parted_into_what_is_said_and_the_signature(text: str, said: str, sign: str) -> None:
    assert split_signed(text) == (said, sign)


@PARTED
@pytest.mark.parametrize("text", ["Đập Trúc Lam vỡ, nước tràn về", "đập vỡ", "giá điện tăng"])
def test_vietnamese_words_stay_whole(text: str) -> None:
    assert split_signed(text) == (text, "")


@PARTED
def test_a_marked_message_shares_as_much_as_an_unmarked_one() -> None:
    message = FILED[4].claim
    assert named(SHELF, message)["đập"]["claim_of_check"] == pytest.approx(named(SHELF, fold(message))["đập"]["claim_of_check"])


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["dam", "— ", "@x", "#AbC", "May 3, 2021", "đập", "12", "http://a.b/c"]), max_size=9).map(" ".join)
)
@settings(max_examples=100, deadline=None)
def test_any_message_is_ranked(text: str) -> None:
    found = SHELF.rank(text)
    assert found == SHELF.rank(text)
    assert len(found) == len(set(found)) and set(found) <= {one.id for one in FILED}


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_checks_can_be_filed(claims: list[str], text: str) -> None:
    shelf = Shelf([Filed(str(at), claim, claim[:4], claim) for at, claim in enumerate(claims)])
    assert set(shelf.rank(text)) <= {str(at) for at in range(len(claims))}


# --- CheckThat! ----------------------------------------------------------------------------------------------------------


def test_a_verified_claim_is_filed_with_what_is_given() -> None:
    row = {"vclaim_id": 7, "vclaim": "The dam burst.", "title": "Did it?", "subtitle": "No.", "date": "2021-05-03"}
    assert to_filed(row) == Filed("7", "The dam burst.", "Did it?", "No.", date(2021, 5, 3).toordinal())
    assert to_filed({"vclaim_id": "a", "vclaim": "The dam burst.", "title": None}) == Filed("a", "The dam burst.")


@pytest.mark.parametrize("said", ["3 May 2021", "May 3, 2021", "2021-05-03"])
def test_the_day_of_a_check_in_every_spelling(said: str) -> None:
    assert to_filed({"vclaim_id": "a", "vclaim": "b", "date": said}).day == date(2021, 5, 3).toordinal()


def test_relevant_claims_by_query() -> None:
    rows = [["q1", "0", "a", "1"], ["q1", "0", "b ", "1"], ["q2", "0", "c", "0"], ["q3", "0", "d", "2", "more"]]
    assert to_relevance(rows) == {"q1": frozenset({"a", "b"}), "q3": frozenset({"d"})}
    assert to_relevance([]) == {}
