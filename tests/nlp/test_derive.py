"""Checks without markup: which headlines give a claim, which give none, and who is said to deny it."""

import unicodedata

import pytest

from kiemtin.domain.scope import Theme
from nlp.derive import UNNAMED, DerivedCheck, derive_check, find_speaker
from nlp.sentences import Reading
from nlp.themes import theme_of

CLAIM = "đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập"
BODY = "Ban quản lý hồ cho biết đập vẫn an toàn, thông tin đập vỡ là bịa đặt. Mưa lớn còn kéo dài đến sáng mai."


def derived(title: str, text: str = BODY) -> DerivedCheck | None:
    reading = Reading(title, text)
    return derive_check(reading, theme_of(reading.lead.tokens, reading.lead.marked))


@pytest.mark.parametrize(
    "headline",
    [
        "Bác tin {}",
        "Bác bỏ tin đồn {}",
        "Bác thông tin {}",
        "Không có chuyện {}",
        "Không có việc {}",
        "Thực hư tin {}",
        "Thực hư {}",
        "Sự thật về tin {}",
        "Thông tin {} là sai sự thật",
        "Tin {} là tin giả",
        "Tin đồn {} là bịa đặt",
        "Kiểm chứng: {}?",
        "Kiểm chứng tin {}",
        "Sở Nông nghiệp bác tin {}",
        "Ban quản lý hồ phủ nhận tin {}",
        "“{}” là tin giả",
        "Đính chính thông tin {}",
        "Phủ nhận tin đồn {}",
    ],
)
def test_a_headline_gives_the_claim(headline: str) -> None:
    found = derived(headline.format(CLAIM))
    assert found is not None
    assert found.claim == CLAIM[0].upper() + CLAIM[1:]
    assert found.theme is Theme.DISASTER
    assert found.quote == BODY[: BODY.index(". ") + 1]


def test_an_english_headline_gives_the_claim() -> None:
    found = derived("Department denies claims that the Truc Lam dam has burst and flooded 12 villages", "The department said the reports are false.")
    assert found is not None
    assert found.claim == "The Truc Lam dam has burst and flooded 12 villages"


def test_a_decomposed_page_gives_the_same_claim() -> None:
    assert derived(unicodedata.normalize("NFD", f"Bác tin {CLAIM}"), unicodedata.normalize("NFD", BODY)) == derived(f"Bác tin {CLAIM}")


def test_the_quote_stands_in_the_page() -> None:
    found = derived(f"Bác tin {CLAIM}", f"Mưa lớn kéo dài. {BODY}")
    assert found is not None
    assert found.quote in f"Mưa lớn kéo dài. {BODY}"
    assert "bịa đặt" in found.quote


def test_where_the_body_denies_nothing_the_title_is_the_quote() -> None:
    found = derived(f"Bác tin {CLAIM}", "Mưa lớn còn kéo dài.")
    assert found is not None and found.quote == f"Bác tin {CLAIM}"


def test_other_sentences_that_word_the_claim_are_kept_as_wordings() -> None:
    body = "Trước thông tin đập hồ Trúc Lam vỡ làm 12 thôn chìm trong nước lúc nửa đêm, Ban quản lý hồ khẳng định đó là tin bịa đặt."
    found = derived(f"Bác tin {CLAIM}", body)
    assert found is not None
    assert any("chìm trong nước" in text for text in (found.claim, *found.wordings))
    assert found.claim not in found.wordings


@pytest.mark.parametrize(
    ("title", "text"),
    [
        # what happens to people who post is no check of what they posted
        ("Phạt người tung tin giả về vỡ đập hồ Trúc Lam", "Công an xã cho biết đã phạt 7,5 triệu đồng một người đăng tin sai sự thật về vỡ đập."),
        ("Xử phạt người đăng tin sai sự thật", "Công an huyện đã phạt 5 triệu đồng người đăng bài viết bịa đặt về mưa lũ."),
        ("Triệu tập người tung tin giả về lũ lụt", "Người này thừa nhận thông tin mình đăng là bịa đặt."),
        ("Mức phạt với người đăng tin giả từ 5 đến 10 triệu đồng", "Người đăng tin giả bị phạt tới 10 triệu đồng."),
        # opinions
        ("Sự thật là ai cũng chán ngán cách làm này lắm rồi", "Theo tôi cách làm này không đúng chút nào."),
        ("Đừng tin vào sự tử tế của chuyến xe này", "Tôi thấy thật đáng buồn, không đúng chút nào."),
        # out of scope
        ("Bác tin chủ tịch thành phố từ chức sau kỳ bầu cử", "Văn phòng bác bỏ tin chủ tịch thành phố từ chức sau kỳ bầu cử."),
        ("Bác tin nhà thờ Đá Bạc bị dỡ vì giáo xứ phản đối", "Thông tin này là bịa đặt."),
        ("Không có chuyện lãnh đạo bệnh viện nhận hối lộ để bao che sai phạm", "Thông tin trên là bịa đặt."),
        ("Bác tin người biểu tình đòi nhân quyền chặn cầu Gò Mây", "Thông tin trên là bịa đặt."),
        # no check at all
        ("Đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập", "Mưa lớn kéo dài."),
        ("Giá xăng tăng từ chiều nay", "Mỗi lít xăng tăng 500 đồng từ 15 giờ."),
        ("Kiểm chứng: đập hồ Trúc Lam vỡ khiến 12 thôn bị ngập?", "Mưa lớn kéo dài, nước dâng nhanh."),
        ("Bác tin lũ", "Thông tin này là bịa đặt."),
        ("", ""),
    ],
)
def test_nothing_is_derived(title: str, text: str) -> None:
    assert derived(title, text) is None


def test_a_claim_without_any_theme_is_not_derived() -> None:
    assert derive_check(Reading("Bác tin cái ghế ở góc sân kia có màu xanh lá", "Thông tin này là bịa đặt."), None) is None


# --- who denies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "speaker"),
    [
        ("Sở Y tế tỉnh Sông Mây khẳng định tin này sai sự thật.", "Sở Y tế tỉnh Sông Mây"),
        ("Theo Công an xã Vân Sậy cho biết, thông tin trên là bịa đặt.", "Công an xã Vân Sậy"),
        ("UBND huyện Đá Bạc bác bỏ thông tin trên.", "UBND huyện Đá Bạc"),
        ("Bệnh viện Hoa Gạo phủ nhận tin này.", "Bệnh viện Hoa Gạo"),
        ("The Ministry of Health denied the claim.", "Ministry of Health"),
        ("Tin này là bịa đặt.", ""),
        ("Theo bác sĩ Lê Hữu Sậy, thông tin này không đúng.", UNNAMED),
        ("Ông Nguyễn Văn Mây khẳng định tin này là bịa đặt.", UNNAMED),
        ("Bà Trần Thị Sậy, giám đốc Sở Y tế tỉnh Sông Mây, nói tin này sai.", "Sở Y tế tỉnh Sông Mây"),
        ("Giám đốc Bệnh viện Hoa Gạo, bác sĩ Trần Văn Mây, nói tin này sai.", "Bệnh viện Hoa Gạo"),
        ("Chị Hoa ở Công ty Nước Mây nói tin này sai.", "Công ty Nước Mây"),
    ],
)
def test_the_speaker_is_an_organisation_and_never_a_person(quote: str, speaker: str) -> None:
    assert find_speaker(quote) == speaker


@pytest.mark.parametrize(
    ("quote", "name"),
    [
        ("Giám đốc Sở Y tế Trần Văn Mây khẳng định tin này là bịa đặt.", "Trần Văn Mây"),
        ("Trưởng Công an xã Vân Sậy Lê Văn Bưởi nói tin này sai.", "Lê Văn Bưởi"),
        ("Chủ tịch UBND huyện Đá Bạc Phạm Thị Lúa bác bỏ thông tin trên.", "Phạm Thị Lúa"),
        ("Đại diện Công ty Nước Mây ông Trần Văn Sậy nói tin này sai.", "Trần Văn Sậy"),
        ("Phó giám đốc Trung tâm Kiểm soát bệnh tật Lê Thị Bưởi cho hay tin này sai.", "Lê Thị Bưởi"),
        ("Health Department director John Reedman said the claim is false.", "John Reedman"),
    ],
)
def test_a_name_behind_the_organisation_is_no_part_of_the_speaker(quote: str, name: str) -> None:
    assert name not in find_speaker(quote)
    assert name.rsplit(maxsplit=1)[-1] not in find_speaker(quote)
