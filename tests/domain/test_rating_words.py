"""Rating words and numbers on the one scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemtin.domain.rating_words import normalize_rating
from kiemtin.domain.ratings import Rating


def _words(text: str) -> Rating:
    return normalize_rating(text, None, None, None)


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        (Rating.FALSE, "Sai | Sai sự thật | SAI SỰ THẬT! | Tin giả | Bịa đặt | Không đúng | không đúng sự thật | Lừa đảo | Cắt ghép | Không có thật"),
        (Rating.FALSE, "False | FALSE. | Fake | Hoax | Scam | Pants on Fire! | Altered | not true | Isn’t true | Incorrect | Sai: ảnh cắt ghép"),
        (Rating.FALSE, "Sai su that | tin gia | bia dat | khong dung su that"),
        (Rating.MISLEADING, "Gây hiểu lầm | Thiếu bối cảnh | Mostly false | Misleading | Missing context | Out of context | Chưa chính xác"),
        (Rating.MIXED, "Sai một phần | Đúng một phần | Half true | Mixture | Partly false | không hoàn toàn đúng"),
        (Rating.MOSTLY_TRUE, "Mostly true | Phần lớn đúng | Gần đúng"),
        (Rating.TRUE, "Đúng | Chính xác | Có thật | True | Correct | không sai"),
        (Rating.UNPROVEN, "Chưa kiểm chứng | Chưa đủ căn cứ | Unproven | No evidence this is true | Không có bằng chứng"),
        (Rating.UNKNOWN, " | abc | Satire | Trào phúng | Đúng hay sai? | Giá | Người dân dùng nước | This is a claim that spread"),
        (Rating.UNKNOWN, "Không phải tin giả | This is not fake news | Đúng nhưng thiếu bối cảnh"),
    ],
)
def test_words(rating: Rating, words: str) -> None:
    assert {word: _words(word) for word in words.split("|")} == dict.fromkeys(words.split("|"), rating)


@pytest.mark.parametrize(
    ("value", "best", "worst", "rating"),
    [
        (1, 5, 1, Rating.FALSE),
        ("1", None, None, Rating.FALSE),
        ("2", "5", "1", Rating.MISLEADING),
        (3, 5, 1, Rating.MIXED),
        (4.0, 5, 1, Rating.MOSTLY_TRUE),
        (5, 1, 5, Rating.FALSE),
        (1, 1, 5, Rating.TRUE),
        (0, 10, 0, Rating.FALSE),
        ("2,5", 5, 0, Rating.MIXED),
        (-1, 5, 1, Rating.UNKNOWN),
        (6, 5, 1, Rating.UNKNOWN),
        (1, 1, 1, Rating.UNKNOWN),
        ("nan", 5, 1, Rating.UNKNOWN),
        (True, 5, 1, Rating.UNKNOWN),
        ({}, [], None, Rating.UNKNOWN),
        (None, None, None, Rating.UNKNOWN),
    ],
)
def test_numbers(value: object, best: object, worst: object, rating: Rating) -> None:
    assert normalize_rating(None, value, best, worst) is rating


def test_words_and_number_that_contradict_each_other_are_unknown() -> None:
    assert normalize_rating("Sai", 5, 5, 1) is Rating.UNKNOWN
    assert normalize_rating("True", 1, 5, 1) is Rating.UNKNOWN


def test_words_win_over_a_number_that_is_only_near() -> None:
    assert normalize_rating("Gây hiểu lầm", 1, 5, 1) is Rating.MISLEADING
    assert normalize_rating("Chưa đủ căn cứ", 1, 5, 1) is Rating.UNPROVEN


def test_the_number_serves_where_the_words_are_not_known() -> None:
    assert normalize_rating("Cà chua thối", 1, 5, 1) is Rating.FALSE


@given(st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text(), st.floats(), st.integers()), st.integers(), st.floats())
def test_anything_gives_a_rating(words: str | None, value: object, best: object, worst: object) -> None:
    assert normalize_rating(words, value, best, worst) in Rating
