"""A published check before it is filed."""

import pytest

from kiemtin.domain.scope import Theme
from nlp.examine import Examined, examine
from nlp.sentences import Reading

CLAIM = "Đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập"
DENIAL = "Ban quản lý khẳng định tin đập hồ Trúc Lam vỡ là bịa đặt."
PAGE = Reading(
    "Kiểm chứng: đập hồ Trúc Lam có vỡ không?",
    f"Nhiều trang đăng rằng đập hồ Trúc Lam bị vỡ, 12 thôn chìm trong nước. {DENIAL} Trời còn mưa.",
)


def test_a_check_from_a_feed_has_a_theme_and_nothing_more() -> None:
    assert examine(CLAIM, None) == Examined(Theme.DISASTER, (), "")


@pytest.mark.parametrize("frame", ["{}", "Thông tin cho rằng {}", "Bài đăng chia sẻ trên mạng xã hội cho rằng {}"])
def test_the_page_gives_another_wording_and_the_denying_sentence(frame: str) -> None:
    found = examine(frame.format(CLAIM), PAGE)
    assert found == Examined(Theme.DISASTER, ("đập hồ Trúc Lam bị vỡ, 12 thôn chìm trong nước",), DENIAL)


def test_the_quote_is_cut_from_the_page() -> None:
    found = examine(CLAIM, PAGE)
    assert found is not None and found.quote in PAGE.text


def test_of_two_denials_the_one_about_the_claim_is_quoted() -> None:
    page = Reading("Kiểm chứng", f"Tin giá gạo tăng gấp đôi là bịa đặt. {DENIAL}")
    found = examine(CLAIM, page)
    assert found is not None and found.quote == DENIAL


def test_a_sentence_with_another_number_is_no_wording() -> None:
    page = Reading("Kiểm chứng", f"Đập hồ Trúc Lam vỡ khiến 45 thôn bị ngập trong đêm mưa. {DENIAL}")
    found = examine(CLAIM, page)
    assert found is not None and found.wordings == ()


def test_wordings_are_few() -> None:
    page = Reading("Kiểm chứng", " ".join(f"Đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập, lần {at}." for at in range(20)))
    found = examine(CLAIM, page)
    assert found is not None and 1 <= len(found.wordings) <= 3


def test_the_pages_lead_lends_its_theme_to_a_claim_that_names_none() -> None:
    claim = "Có cái lạ ở góc sân ấy"
    assert examine(claim, None) == Examined(None, (), "")
    found = examine(claim, PAGE)
    assert found is not None and found.theme is Theme.DISASTER


@pytest.mark.parametrize(
    "claim",
    [
        "Chủ tịch thành phố từ chức sau kỳ bầu cử",
        "Giáo xứ Đá Bạc bị cấm làm lễ",
        "Lãnh đạo huyện nhận hối lộ để bao che",
        "Người biểu tình đòi nhân quyền chặn cầu Gò Mây",
    ],
)
@pytest.mark.parametrize("page", [None, PAGE], ids=["feed", "page"])
def test_what_is_out_of_scope_is_not_filed(claim: str, page: Reading | None) -> None:
    assert examine(claim, page) is None


def test_an_empty_page_gives_no_quote() -> None:
    assert examine(CLAIM, Reading("", "")) == Examined(Theme.DISASTER, (), "")
