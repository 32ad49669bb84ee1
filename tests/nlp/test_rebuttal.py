"""Denials without a denying word, and what is told as a drill, a proposal or of another year."""

import unicodedata

import pytest

from nlp.framing import frames
from nlp.profile import profile
from nlp.rebuttal import denial_probability, grams, sets_right
from nlp.sentences import Reading

CLAIM = profile("Nước máy thị trấn Gò Mây nhiễm chì vượt mức cho phép 20 lần từ ngày 5/11")
DENIAL = Reading(
    "Kết quả xét nghiệm nước máy Gò Mây",
    "Trung tâm Kiểm soát bệnh tật khẳng định cả 12 mẫu nước máy đều đạt quy chuẩn, kết quả đo cho thấy hàm lượng chì ở mức bình thường. "
    "Nhà máy cho biết nước vẫn được cấp như thường lệ, không có mẫu nào vượt mức cho phép. Người đăng bài đã gỡ bài và xin lỗi.",
)
REPEAT = Reading(
    "Cả thị trấn Gò Mây không dám dùng nước máy",
    "Nhiều người kể cho nhau nghe nước máy Gò Mây nhiễm chì gấp 20 lần mức cho phép từ ngày 5/11. Bà con đổ xô đi mua nước bình, "
    "có nhà phải sang xã bên xin nước giếng về nấu ăn.",
)


def test_a_denial_without_a_denying_word_sets_right() -> None:
    assert sets_right(DENIAL, 0, CLAIM)
    assert denial_probability(DENIAL, 0, CLAIM) > 0.8


def test_a_repeat_does_not() -> None:
    assert not sets_right(REPEAT, 0, CLAIM)
    assert denial_probability(REPEAT, 0, CLAIM) < 0.2


def test_both_spellings_of_unicode_are_one() -> None:
    twice = Reading(unicodedata.normalize("NFD", DENIAL.title_text), unicodedata.normalize("NFD", DENIAL.text))
    assert denial_probability(twice, 0, CLAIM) == denial_probability(DENIAL, 0, CLAIM)


def test_of_unmarked_text_nothing_is_said() -> None:
    assert not sets_right(Reading("Ket qua xet nghiem nuoc may", "Ca 12 mau nuoc may deu dat quy chuan, nuoc van duoc cap."), 0, CLAIM)


def test_what_the_claim_is_about_counts_for_nothing() -> None:
    found = set(grams([profile("Nước máy Gò Mây nhiễm chì")], CLAIM))
    assert found == set()
    assert "vẫn _ _" in set(grams([profile("vẫn nhiễm chì")], CLAIM))


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("Huyện diễn tập sơ tán khi đập hồ Trúc Lam vỡ", "staged"),
        ("Sở đề xuất thu phí qua cầu 20.000 đồng", "proposed"),
        ("Năm ngoái, cây cầu này từng bị cấm xe tải", "bygone"),
    ],
)
def test_a_frame_is_seen_in_marked_text_only(text: str, frame: str) -> None:
    assert frame in profile(text).frames
    assert frames(profile("Đập hồ Trúc Lam vỡ").forms, True) == frozenset()
    assert frames(profile(text).folded, False) == frozenset()
