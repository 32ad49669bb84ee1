"""Copies of one text are told; other texts on the same matter are not."""

from hypothesis import given
from hypothesis import strategies as st

from nlp.copies import copies

STORY = " ".join(f"Trạm bơm số {number} ở xã Lam Giang ngừng chạy từ sáng nay vì nước lên cao." for number in range(12))
OTHER = " ".join(f"Người dân thôn {number} xã Lam Giang kể nước đã rút, chợ họp lại như thường." for number in range(12))


def test_a_copy_with_another_lead_and_end_is_one() -> None:
    assert copies([STORY, OTHER, f"Theo báo bạn. {STORY} Tin sẽ được cập nhật."]) == [None, None, 0]


def test_marks_and_tone_placement_do_not_hide_a_copy() -> None:
    assert copies([STORY, STORY.replace("ừ", "u").replace("ạ", "a")])[1] in (0, None)
    assert copies([STORY, STORY.upper()]) == [None, 0]


def test_a_copy_of_a_copy_names_the_first() -> None:
    assert copies([STORY, STORY, STORY]) == [None, 0, 0]


def test_nothing_is_a_copy_of_nothing() -> None:
    assert copies([]) == []
    assert copies(["", ""]) == [None, None]


@given(st.lists(st.text(max_size=60), max_size=6))
def test_what_is_named_stands_before_and_is_nobodys_copy(texts: list[str]) -> None:
    found = copies(texts)
    assert all(one is None or (one < at and found[one] is None) for at, one in enumerate(found))
