"""Provinces and districts, under their names before and after the mergers of July 2025."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.compare import compare
from nlp.places import Place, may_be_one
from nlp.profile import profile


def places(text: str) -> list[Place]:
    return list(profile(text).places)


def named(text: str) -> list[tuple[str, str, bool]]:
    return [(place.name, place.province, place.merged) for place in places(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nước dâng nhanh ở Sóc Trăng và Cà Mau", [("soc trang", "can tho", True), ("ca mau", "ca mau", False)]),
        ("Nước dâng nhanh ở tỉnh Hậu Giang", [("hau giang", "can tho", True)]),
        ("Kẹt xe ở TP.HCM từ sáng", [("ho chi minh", "ho chi minh", False)]),
        ("Tàu cập cảng Bà Rịa - Vũng Tàu", [("ba ria vung tau", "ho chi minh", True)]),
        ("nuoc dang nhanh o soc trang tu khuya", [("soc trang", "can tho", True)]),
        ("mua to o tinh hoa binh tu khuya", [("hoa binh", "phu tho", True)]),
        ("Bão đổ bộ Thừa Thiên Huế", [("thua thien hue", "hue", False)]),
        ("Cháy chợ ở TP Thủ Đức", [("thu duc", "ho chi minh", True)]),
    ],
)
def test_a_place_is_found_under_either_name(text: str, found: list[tuple[str, str, bool]]) -> None:
    assert named(text) == found
    assert named(unicodedata.normalize("NFD", text)) == found


@pytest.mark.parametrize(
    "text", ["Người dân mong hòa bình và thái bình", "ai cung mong hoa binh", "phu yen nghi truoc cua nha", "Không có nơi nào được nêu"]
)
def test_ordinary_words_are_no_places(text: str) -> None:
    assert named(text) == []


def test_the_span_is_that_of_the_name() -> None:
    passage = profile("Mưa lớn ở tỉnh Sóc Trăng")
    (place,) = passage.places
    assert [token.form for token in passage.tokens[place.first : place.last + 1]] == ["sóc", "trăng"]
    assert passage.text[passage.tokens[place.first].start : passage.tokens[place.last].end] == "Sóc Trăng"


@pytest.mark.parametrize(
    ("mine", "other", "one"),
    [
        (("hau", "giang"), ("can", "tho"), True),
        (("can", "tho"), ("soc", "trang"), True),
        (("hau", "giang"), ("soc", "trang"), False),  # two places once, and only parts of one today
        (("sai", "gon"), ("ho", "chi", "minh"), True),
        (("ca", "mau"), ("can", "tho"), False),
        (("truc", "lam"), ("truc", "lam"), False),  # no province
    ],
)
def test_two_names_of_one_province(mine: tuple[str, ...], other: tuple[str, ...], one: bool) -> None:
    assert may_be_one(mine, other) is one
    assert may_be_one(other, mine) is one


def test_a_merged_province_is_no_other_place() -> None:
    claim = profile("Đập ở tỉnh Sóc Trăng bị vỡ đêm 18/11")
    assert compare(claim, profile("Đập ở tỉnh Cần Thơ bị vỡ đêm 18/11")).names.conflict == 0
    assert compare(claim, profile("Đập ở tỉnh Cà Mau bị vỡ đêm 18/11")).names.conflict == 1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_places_of_any_text_stand_in_it(text: str) -> None:
    passage = profile(text)
    for place in passage.places:
        assert 0 <= place.first <= place.last < len(passage.tokens)
