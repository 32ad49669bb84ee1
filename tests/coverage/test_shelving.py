"""A story stands on a shelf by what it is about, however it is written; it is on a watchlist where it has one of each kind that the list asks for."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.domain.coverage import SECTOR_NAMES_VI, SUBJECT_NAMES_VI, FreeTerm, Sector, Shelf, Subject, Watchlist
from nlp.resources import read_lines
from nlp.shelving import LEAD, MEKONG_PROVINCES, Telling, is_on, listed_places, shelve, telling_of
from nlp.text import fold, nfc, tokenize

DELTA = "dong bang song cuu long"
SHRIMP = Telling(
    "Nông dân Sóc Trăng trúng mùa tôm sú", "Giá tôm sú tại các ao nuôi ở tỉnh Sóc Trăng tăng thêm mười nghìn đồng mỗi ký so với tuần trước."
)
SHELF = Shelf(Subject.ECONOMY, "food_fisheries", frozenset({"can tho"}), frozenset({Sector.FISHERIES, Sector.TRADE}))
LIST = Watchlist("w1", "Danh sách thử")
PROPOSED = FreeTerm("lúa mùa nổi", "a")
PUBLIC = replace(PROPOSED, confirmed_by="b")


def shelf_of(title: str, lead: str = "") -> Shelf:
    (shelf,) = shelve([telling_of(title, lead)])
    return shelf


def folded(text: str) -> str:
    """Title and lead as `is_on` takes them."""
    return f" {' '.join(token.form for token in tokenize(fold(nfc(text))))} "


def without_marks(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)).replace("đ", "d").replace("Đ", "D")


# --- sectors -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "sectors"),
    [
        ("Khởi công khu công nghiệp thứ hai tại Lam Giang", {Sector.INVESTMENT}),
        ("Lô cá tra đầu tiên qua kiểm dịch", {Sector.FISHERIES, Sector.EXPORT_RULES}),
        ("Học sinh Lam Giang tựu trường", {Sector.EDUCATION}),
        ("Bệnh viện Lam Giang thêm phòng cấp cứu", {Sector.HEALTH}),
        ("Xâm nhập mặn đến cống Gò Mây", {Sector.WATER}),
        ("Ngân hàng hạ lãi suất", {Sector.BANKING}),
        ("Làm căn cước trong một buổi sáng", {Sector.PUBLIC_SERVICES}),
        ("Trời đẹp cuối tuần", set()),
    ],
)
def test_a_story_is_of_each_sector_whose_words_it_holds(title: str, sectors: set[Sector]) -> None:
    assert shelf_of(title).sectors == sectors


def test_a_word_counts_only_with_its_own_marks() -> None:
    """`lũ` is of the waters, `lu` and `lụ` are not; `cúm` is of health, `cụm` is not."""
    assert shelf_of("Cụm cây lụ khụ bên đường làng").sectors == frozenset()
    assert Sector.HEALTH in shelf_of("Cúm vào mùa").sectors


def test_only_the_top_of_a_story_says_what_it_is_about() -> None:
    opening = "Trời đẹp và gió nhẹ suốt tuần. " * 20
    assert len(opening) > LEAD
    assert shelf_of("Trời đẹp cuối tuần", opening + "Ngân hàng hạ lãi suất.").sectors == frozenset()
    assert Sector.BANKING in shelf_of("Trời đẹp cuối tuần", "Ngân hàng hạ lãi suất. " + opening).sectors


def test_a_lead_ends_at_a_words_end_and_knows_no_line_breaks() -> None:
    telling = telling_of("Tin", "Nước  lên\n\nchậm. " * 100)
    assert len(telling.lead) <= LEAD
    assert set(telling.lead.split(" ")) == {"Nước", "lên", "chậm."}
    assert telling_of("Tin", "Nước\nlên") == Telling("Tin", "Nước lên")


def test_every_sector_has_words_and_every_sector_and_subject_a_name() -> None:
    assert {line.partition("|")[0].strip() for line in read_lines("sectors.txt")} == set(Sector)
    assert set(SECTOR_NAMES_VI) == set(Sector)
    assert set(SUBJECT_NAMES_VI) == set(Subject)


# --- places --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "today"),
    [
        ("Sóc Trăng", "can tho"),
        ("Hậu Giang", "can tho"),
        ("Cần Thơ", "can tho"),
        ("Bến Tre", "vinh long"),
        ("Trà Vinh", "vinh long"),
        ("Tiền Giang", "dong thap"),
        ("Bạc Liêu", "ca mau"),
        ("Kiên Giang", "an giang"),
        ("Quảng Nam", "da nang"),
        ("Bình Dương", "ho chi minh"),
        ("TP HCM", "ho chi minh"),
    ],
)
def test_a_province_is_todays_under_its_old_name_too(said: str, today: str) -> None:
    assert shelf_of(f"Mưa lớn ở {said}", f"Mưa lớn kéo dài tại {said} trong hai ngày.").places == {today}


@pytest.mark.parametrize("said", ["Đồng bằng sông Cửu Long", "đồng bằng sông Cửu Long", "ĐBSCL", "Tây Nam Bộ", "dong bang song Cuu Long"])
def test_the_delta_is_a_place_by_any_of_its_names(said: str) -> None:
    assert shelf_of(f"Mưa lớn ở {said}").places == {DELTA}


def test_a_story_without_a_place_has_none() -> None:
    assert shelf_of("Trời đẹp cuối tuần", "Gió nhẹ, ít mây.").places == frozenset()


def test_a_watchlist_can_ask_for_every_province_of_today_and_for_the_delta() -> None:
    assert len(listed_places()) == 34 + 1
    assert listed_places()[DELTA] == "Đồng bằng sông Cửu Long"
    assert listed_places().keys() >= MEKONG_PROVINCES
    assert all(key == fold(key) for key in listed_places())


# --- however it is written -----------------------------------------------------------------------------------------------


def test_text_without_diacritics_has_the_same_places_and_the_sectors_of_its_longer_phrases() -> None:
    marked, bare = shelve([SHRIMP, Telling(*map(without_marks, SHRIMP))])
    assert without_marks(SHRIMP.text).isascii()
    assert bare.places == marked.places == {"can tho"}
    assert bare.sectors == marked.sectors == {Sector.FISHERIES, Sector.FARMING}
    assert bare.theme == marked.theme


def test_without_diacritics_a_single_syllable_says_nothing() -> None:
    """`tom` may be `tóm`, `thue` may be `thuê`."""
    assert shelf_of("Tom lai, nha nay cho thue va khong ban").sectors == frozenset()


@pytest.mark.parametrize("telling", [SHRIMP, Telling("Hoà bình về trên phố Thuỷ Tạ", "Trẻ em thả diều ở tỉnh Hậu Giang, thuỷ sản đầy chợ.")])
def test_composed_and_decomposed_text_stand_on_one_shelf(telling: Telling) -> None:
    decomposed = Telling(*(unicodedata.normalize("NFD", part) for part in telling))
    assert decomposed != telling
    first, second = shelve([telling, decomposed])
    assert first == second
    assert Sector.FISHERIES in first.sectors


def test_english_is_shelved_too() -> None:
    shelf = shelf_of("Rice exports from the Mekong Delta rise", "Exporters said on Monday that their orders were rising after a slow spring.")
    assert shelf.places == {DELTA}
    assert shelf.theme == "food_fisheries"


@pytest.mark.parametrize("text", ["", " ", "…", "😀🌊", "42", "Ω" * 900, "không" * 300])
def test_whatever_the_text_there_is_a_shelf(text: str) -> None:
    assert shelf_of(text, text).places == frozenset()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200)), max_size=4))
def test_one_shelf_a_story_in_order_whatever_else_comes_with_it(texts: list[tuple[str, str]]) -> None:
    tellings = [telling_of(title, text) for title, text in texts]
    shelves = shelve([*tellings, SHRIMP])
    assert len(shelves) == len(texts) + 1
    assert shelves[-1] == shelve([SHRIMP])[0]
    assert all(shelf.places <= listed_places().keys() for shelf in shelves)


# --- watchlists ----------------------------------------------------------------------------------------------------------

PLACE, OTHER_PLACE = frozenset({"can tho"}), frozenset({"ha noi"})
SECTOR, OTHER_SECTOR = frozenset({Sector.TRADE, Sector.HEALTH}), frozenset({Sector.HEALTH})
SUBJECT, OTHER_SUBJECT = frozenset({Subject.ECONOMY}), frozenset({Subject.SPORT})


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ({"places": PLACE}, True),
        ({"places": OTHER_PLACE}, False),
        ({"places": PLACE | OTHER_PLACE}, True),
        ({"sectors": SECTOR}, True),
        ({"sectors": OTHER_SECTOR}, False),
        ({"subjects": SUBJECT}, True),
        ({"subjects": OTHER_SUBJECT}, False),
        ({"places": PLACE, "sectors": SECTOR}, True),
        ({"places": PLACE, "sectors": OTHER_SECTOR}, False),
        ({"places": OTHER_PLACE, "sectors": SECTOR}, False),
        ({"places": PLACE, "sectors": SECTOR, "subjects": SUBJECT}, True),
        ({"places": PLACE, "sectors": SECTOR, "subjects": OTHER_SUBJECT}, False),
        ({}, False),
    ],
)
def test_one_of_each_kind_that_the_list_names(asked: dict[str, frozenset[str]], met: bool) -> None:
    assert is_on(replace(LIST, **asked), SHELF, folded("tôm")) is met  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "met"), [*((one, True) for one in sorted(MEKONG_PROVINCES)), (DELTA, True), ("tay ninh", False), ("ha noi", False)]
)
def test_a_province_of_the_delta_is_in_the_delta(place: str, met: bool) -> None:
    delta = replace(LIST, places=frozenset({DELTA}))
    assert is_on(delta, replace(SHELF, places=frozenset({place})), "") is met


def test_the_delta_as_a_whole_is_none_of_its_provinces() -> None:
    assert not is_on(replace(LIST, places=PLACE), replace(SHELF, places=frozenset({DELTA})), "")


@pytest.mark.parametrize(
    ("term", "met"),
    [(PUBLIC, True), (PROPOSED, False), (replace(PROPOSED, confirmed_by="a"), False)],
    ids=["public", "proposed", "confirmed by its own proposer"],
)
def test_a_free_term_matches_only_once_it_is_public(term: FreeTerm, met: bool) -> None:
    assert term.is_public is met
    assert is_on(replace(LIST, terms=(term,)), SHELF, folded("Vụ lúa mùa nổi đầu tiên.")) is met


def test_a_term_that_is_not_public_yet_asks_for_nothing() -> None:
    listed = replace(LIST, places=PLACE, terms=(PROPOSED,))
    assert is_on(listed, SHELF, folded("Tôm sú được giá."))
    assert not is_on(replace(listed, terms=(PUBLIC,)), SHELF, folded("Tôm sú được giá.")), "a public one is a kind like the others"


@pytest.mark.parametrize(
    "text",
    ["Lúa mùa nổi được giá.", "LÚA MÙA NỔI", "Vụ “lúa mùa nổi”, chưa từng thấy", "Lua mua noi", unicodedata.normalize("NFD", "lúa mùa nổi")],
)
def test_a_term_is_found_however_it_is_written(text: str) -> None:
    for term in (PUBLIC, replace(PUBLIC, text=unicodedata.normalize("NFD", PUBLIC.text)), replace(PUBLIC, text=PUBLIC.text.upper())):
        assert is_on(replace(LIST, terms=(term,)), SHELF, folded(text))


@pytest.mark.parametrize("text", ["Lúa mùa", "mùa nổi lúa", "Lúa mùa nổilên", "", "xlúa mùa nổi"])
def test_a_term_is_found_in_whole_words_only(text: str) -> None:
    assert not is_on(replace(LIST, terms=(PUBLIC,)), SHELF, folded(text))


def test_any_of_the_public_terms_will_do() -> None:
    listed = replace(LIST, terms=(PUBLIC, FreeTerm("chợ nổi", "a", "b"), FreeTerm("cá linh", "a")))
    assert is_on(listed, SHELF, folded("Chợ nổi đông lại"))
    assert not is_on(listed, SHELF, folded("Cá linh về sớm"))


_places = st.frozensets(st.sampled_from(sorted(listed_places())), max_size=3)
_sectors = st.frozensets(st.sampled_from(Sector), max_size=3)
_subjects = st.frozensets(st.sampled_from(Subject), max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Subject), _places, _sectors, _places, _sectors, _subjects)
def test_who_asks_for_more_kinds_gets_no_more_stories(
    subject: Subject,
    places: frozenset[str],
    sectors: frozenset[Sector],
    asked_places: frozenset[str],
    asked_sectors: frozenset[Sector],
    asked: frozenset[Subject],
) -> None:
    shelf = Shelf(subject, None, places, sectors)
    whole = Watchlist("w", "Cả", asked_places, asked_sectors, asked)
    parts = [replace(LIST, places=asked_places), replace(LIST, sectors=asked_sectors), replace(LIST, subjects=asked)]
    named = [one for one in parts if one.places or one.sectors or one.subjects]
    assert is_on(whole, shelf, "") is (bool(named) and all(is_on(one, shelf, "") for one in named))
