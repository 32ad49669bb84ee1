"""What a published text says to a statement that nobody has checked."""

import pytest

from kiemtin.domain.claims import EvidenceRelation
from nlp.bearing import Bearing, bearing_of
from nlp.profile import profile
from nlp.sentences import Reading

BULLETIN = Reading(
    "Thông báo mực nước sông Vàm Lở, phát lúc 16 giờ ngày 19/11",
    "Mực nước sông Vàm Lở tại trạm Bến Lúa lúc 15 giờ ngày 19/11 là 1,42 m, dưới báo động 1 là 0,58 m.\n"
    "Trong ba ngày tới, mực nước biến đổi chậm theo triều. Chưa có khả năng xảy ra lũ trước ngày 23/11.",
)


def bearing(statement: str, text: Reading = BULLETIN) -> Bearing | None:
    return bearing_of(profile(statement), text)


def test_another_figure_is_refuted_with_the_words_that_decide() -> None:
    found = bearing("Mực nước sông Vàm Lở tại trạm Bến Lúa lúc 15 giờ ngày 19/11 là 3,9 m")
    assert found is not None and found.relation is EvidenceRelation.REFUTES
    assert found.quote.startswith("Mực nước sông Vàm Lở") and found.quote in BULLETIN.text
    assert found.decides == "3,9 → 1,42"


def test_what_it_says_itself_is_supported() -> None:
    found = bearing("Mực nước sông Vàm Lở tại trạm Bến Lúa lúc 15 giờ ngày 19/11 là 1,42 m")
    assert found is not None and found.relation is EvidenceRelation.SUPPORTS


@pytest.mark.parametrize(
    "statement",
    ["Học phí trường tiểu học Suối Ngọc tăng gấp đôi từ tháng sau", "Uống nước lá vối mỗi sáng chữa khỏi bệnh tiểu đường", "Sông", ""],
)
def test_a_text_about_something_else_bears_on_nothing(statement: str) -> None:
    assert bearing(statement) is None


def test_not_enough_is_the_usual_answer() -> None:
    found = bearing("Mực nước sông Vàm Lở tại trạm Bến Lúa ngày 19/11 khiến hai trường học ven sông phải đóng cửa")
    assert found is None or (found.relation is EvidenceRelation.NOT_ENOUGH_INFO and found.decides == "")


def test_an_empty_text_says_nothing() -> None:
    assert bearing("Mực nước sông Vàm Lở là 3,9 m", Reading("", "")) is None


FARE = "Phà Đình Bảy tăng giá vé lên 30.000 đồng mỗi lượt từ ngày 1/8"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", f"Thông tin {FARE} là sai sự thật."),
        ("", f"Không có chuyện {FARE}, Sở Giao thông cho biết."),
        ("", f"Sở bác bỏ tin đồn {FARE}."),
        ("", f"Đề xuất {FARE} đã bị bác. Vé vẫn là 15.000 đồng."),
        ("", f"Một số tài khoản đăng rằng {FARE}. Người dân không nên tin."),
        ("Bác tin phà tăng giá vé", f"Mạng xã hội lan truyền thông tin {FARE}. Sở khẳng định thông tin này là sai sự thật."),
    ],
)
def test_a_denial_never_supports_what_it_denies(title: str, text: str) -> None:
    found = bearing(FARE, Reading(title, text))
    assert found is None or found.relation is not EvidenceRelation.SUPPORTS
