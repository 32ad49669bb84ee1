"""An unchecked claim against an authority's bulletin: refuted by another figure for the same measure of the same named thing, or nothing said."""

import unicodedata

import pytest

from nlp.evidence import anchors, contradiction
from nlp.profile import profile
from nlp.sentences import Reading

TITLE = "Tin bão số 14: gió cấp 9, giật cấp 11"
TEXT = (
    "Bão số 14 cách bờ 120 km, gió mạnh nhất cấp 9, giật cấp 11. Bão số 14 di chuyển theo hướng tây với vận tốc 20 km mỗi giờ. "
    "Tàu thuyền được gọi vào bờ."
)
BULLETIN = Reading(TITLE, TEXT)


@pytest.mark.parametrize(
    ("passage", "words"),
    [
        ("Bão số 14 có gió mạnh nhất cấp 15, giật cấp 17", "cấp 15"),
        ("Bão số 14 mạnh cấp 12", "cấp 12"),
        ("Bão số 14 di chuyển theo hướng tây với vận tốc 60 km mỗi giờ", "60 km"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_another_figure_is_a_contradiction(passage: str, words: str, form: str) -> None:
    found = contradiction(profile(unicodedata.normalize(form, passage)), BULLETIN)
    assert found is not None
    assert TEXT[found.offset :].startswith(found.quote)
    assert found.quote.startswith("Bão số 14")
    assert 0 < found.score <= 1
    assert [reason.name for reason in found.reasons] == ["numbers"]
    assert words in found.reasons[0].text


@pytest.mark.parametrize(
    "passage",
    [
        "Bão số 14 có gió mạnh nhất cấp 9, giật cấp 11",  # reports the bulletin
        "Bão số 14 có gió cấp 9, có nơi giật cấp 15",  # holds one of its figures
        "Bão số 15 có gió mạnh nhất cấp 15",  # another storm
        "Gió mạnh nhất cấp 15",  # no named thing
        "Bão số 14 không có gió mạnh nhất cấp 15",  # a negated figure
        "Tin bão số 14 có gió mạnh nhất cấp 15 là bịa đặt",  # a denial
        "Bão số 14 làm 40 người ở chợ Gò Mây phải ngủ lại trong kho",  # says something else
        "Bão số 14 đang tới",  # no figure
        "",
    ],
)
def test_not_enough_to_say(passage: str) -> None:
    assert contradiction(profile(passage), BULLETIN) is None


def test_a_bulletin_without_text_contradicts_nothing() -> None:
    assert contradiction(profile("Bão số 14 có gió mạnh nhất cấp 15"), Reading("", "")) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bão số 14 giật cấp 11", {"bao 14"}),
        ("Phà Gò Mây ngừng chạy", {"go may"}),
        ("Gió mạnh cấp 9", set()),
        ("Quyết định số 12 về phí", {"dinh 12"}),
    ],
)
def test_anchors(text: str, found: set[str]) -> None:
    if text.startswith("Quyết định"):
        assert anchors(profile(text)) <= found
    else:
        assert anchors(profile(text)) == found


FREE = Reading(
    "Sở Y tế tỉnh Vân Sậy thông báo đợt tiêm vét",
    "Trẻ dưới 5 tuổi ở tỉnh Vân Sậy được tiêm vét vắc xin sởi từ ngày 23/11. Mỗi mũi tiêm hoàn toàn miễn phí cho trẻ.",
)


def test_a_price_for_what_is_free_is_a_contradiction() -> None:
    found = contradiction(profile("Trẻ ở tỉnh Vân Sậy phải đóng 250.000 đồng mỗi mũi tiêm vét vắc xin sởi"), FREE)
    assert found is not None and "miễn phí" in found.quote


@pytest.mark.parametrize(
    "passage", ["Trẻ ở tỉnh Vân Sậy được tiêm vét vắc xin sởi miễn phí", "Trẻ ở tỉnh Gò Mây phải đóng 250.000 đồng mỗi mũi tiêm vét vắc xin sởi"]
)
def test_no_price_or_another_place_is_none(passage: str) -> None:
    assert contradiction(profile(passage), FREE) is None


def test_where_the_bulletin_names_prices_one_of_them_may_be_free() -> None:
    fares = Reading(FREE.title_text, f"{FREE.text} Bãi xe thu 5.000 đồng.")
    assert contradiction(profile("Trẻ ở tỉnh Vân Sậy phải đóng 250.000 đồng mỗi mũi tiêm vét vắc xin sởi"), fares) is None


def test_a_storm_is_known_by_its_number_also_where_only_the_lead_names_it() -> None:
    lead = profile("Cơn bão thứ 14 trong năm áp sát bờ")
    assert contradiction(profile("Tâm bão mạnh cấp 15 khi vào bờ"), BULLETIN) is None
    assert contradiction(profile("Tâm bão mạnh cấp 15 khi vào bờ"), BULLETIN, lead) is not None
