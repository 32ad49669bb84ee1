"""From comparison to decision: the same, the opposite, related, nothing; and what is sure enough to be linked."""

import math
import unicodedata
from collections.abc import Callable, Sequence

import pytest

from kiemtin.domain.claims import ClaimMatch, Relation
from nlp.compare import compare
from nlp.decision import match_text
from nlp.match import FEATURES, Candidate, Lead, explain, match_story, probability, vector
from nlp.profile import profile
from nlp.sentences import TITLE_OFFSET, Reading
from nlp.text import fold

DAM = "Đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11, 12 thôn hạ du ngập trong nước."
FARE = "Từ 1/12 vé xe buýt tuyến số 5 tăng lên 12.000 đồng một lượt"
CURE = "Uống nước lá vối mỗi sáng chữa khỏi bệnh tiểu đường sau 30 ngày"
FIRE = "Hỏa hoạn thiêu rụi nhà máy hóa chất Gò Mây sáng 18/11, 5 công nhân tử vong"
REST = "Mưa lớn kéo dài từ chiều khiến nước dâng nhanh. Người dân đã lên chỗ cao."
DULL = "Mưa lũ ở xã Vân Sậy"


def new_tone(text: str) -> str:
    """The other placement of the tone in these texts' words."""
    for old, new in (("hỏa", "hoả"), ("hóa", "hoá"), ("Hỏa", "Hoả"), ("khỏe", "khoẻ"), ("thủy", "thuỷ")):
        text = text.replace(old, new)
    return text


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def matched(claim: str, text: str) -> ClaimMatch | None:
    return match_text(Candidate("r1", profile(claim)), profile(text))


def relation(claim: str, text: str) -> Relation | None:
    found = matched(claim, text)
    return found.relation if found is not None else None


class OneCheck:
    """A shelf with one check on it, found whatever is looked for."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate

    def leads(self, _keys: Sequence[str]) -> list[Lead]:
        return [Lead(self._candidate.review_id, (self._candidate.claim, *self._candidate.wordings))]

    def load(self, _ids: Sequence[str]) -> dict[str, Candidate]:
        return {self._candidate.review_id: self._candidate}


def in_story(claim: str, title: str, text: str) -> ClaimMatch | None:
    candidate = Candidate("r1", profile(claim))
    found = match_story(Reading(title, text), OneCheck(candidate))
    assert len(found) <= 1
    return found[0] if found else None


# --- one text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [DAM, FARE, CURE, FIRE])
@pytest.mark.parametrize("spell", [str, nfd, new_tone, fold, str.lower, str.upper], ids=["print", "nfd", "new tone", "unmarked", "small", "capitals"])
def test_a_claim_is_itself_in_every_spelling(claim: str, spell: Callable[[str], str]) -> None:
    for found in (matched(claim, spell(claim)), matched(spell(claim), claim)):
        assert found is not None
        assert (found.relation, found.linked) == (Relation.SAME, True)


@pytest.mark.parametrize("spell", [nfd, new_tone, fold], ids=["nfd", "new tone", "unmarked"])
@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (DAM, "Có đúng là đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11 khiến 12 thôn hạ du ngập?"),
        (DAM, DAM.replace("12 thôn", "30 thôn")),
        (DAM, "Bác tin đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11, 12 thôn hạ du ngập trong nước."),
        (DAM, "Đập hồ Trúc Lam ở xã Vân Sậy không vỡ đêm 18/11, 12 thôn hạ du không ngập."),
        (FIRE, FIRE.replace("18/11", "2/3")),
        (FARE, "Từ 1/12 vé xe buýt tuyến số 5 giảm xuống 12.000 đồng một lượt"),
        (FARE, "Thư viện Trúc Lam nhận thêm nhiều đầu sách cho thiếu nhi trong dịp hè"),
    ],
)
def test_every_spelling_gives_the_same_relation(claim: str, text: str, spell: Callable[[str], str]) -> None:
    assert relation(claim, spell(text)) == relation(claim, text)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (DAM, DAM.replace("12 thôn", "30 thôn")),
        (DAM, DAM.replace("18/11", "2/3")),
        (DAM, DAM.replace("hồ Trúc Lam", "hồ Bàu Sen")),
        (DAM, DAM.replace("xã Vân Sậy", "xã Đá Bạc")),
        (FARE, FARE.replace("số 5", "số 6")),
        (FARE, FARE.replace("12.000", "21.000")),
        (CURE, CURE.replace("30 ngày", "3 ngày")),
    ],
)
def test_another_number_date_or_place_is_another_claim(claim: str, text: str) -> None:
    found = matched(claim, text)
    assert found is not None
    assert (found.relation, found.linked) == (Relation.RELATED, False)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (DAM, f"Bác tin {DAM}"),
        (DAM, f"Không có chuyện {DAM}"),
        (DAM, "Đập hồ Trúc Lam ở xã Vân Sậy không vỡ đêm 18/11, 12 thôn hạ du không ngập."),
        (CURE, f"Không đúng: {CURE}"),
        (CURE, "Uống nước lá vối mỗi sáng không chữa khỏi bệnh tiểu đường sau 30 ngày"),
        (FARE, "Từ 1/12 vé xe buýt tuyến số 5 giảm xuống 12.000 đồng một lượt"),
        (FARE, "Từ 1/12 vé xe buýt tuyến số 5 vẫn 12.000 đồng một lượt"),
    ],
)
def test_what_turns_the_claim_round_is_the_opposite(claim: str, text: str) -> None:
    found = matched(claim, text)
    assert found is not None
    assert (found.relation, found.linked) == (Relation.OPPOSITE, False)


@pytest.mark.parametrize(
    "text", ["Thư viện Trúc Lam nhận thêm nhiều đầu sách cho thiếu nhi trong dịp hè", "Giá gạo tăng nhẹ ở các chợ trong tuần này", ""]
)
def test_something_else_is_nothing(text: str) -> None:
    assert matched(CURE, text) is None


@pytest.mark.parametrize("text", ["Đập hồ Trúc Lam vỡ", "Đập hồ Trúc Lam vỡ đêm 18/11", "dap ho truc lam vo dem 18/11"])
def test_a_short_text_is_never_linked(text: str) -> None:
    assert len(text.split()) < 8
    found = matched(text, text)
    assert found is not None
    assert found.relation is Relation.SAME
    assert not found.linked


def test_eight_syllables_are_enough() -> None:
    text = "Đập hồ Trúc Lam vỡ lúc 3 giờ"
    assert len(text.split()) == 8
    found = matched(text, text)
    assert found is not None and found.linked


def test_a_question_and_hearsay_count_by_what_they_assert() -> None:
    for text in (f"Nghe nói {DAM}", f"Có đúng là {DAM[:-1]} không?", f"Mọi người truyền tai nhau {DAM}"):
        found = matched(DAM, text)
        assert found is not None and found.relation is Relation.SAME and found.linked, text


def test_another_wording_of_the_check_helps_but_excuses_no_conflict() -> None:
    other = "Thân đê hồ Trúc Lam ở xã Vân Sậy toác ra, nước cuốn sạch 12 thôn phía dưới"
    bare, worded = Candidate("r1", profile(DAM)), Candidate("r1", profile(DAM), (profile(other),))
    alone, helped = match_text(bare, profile(other)), match_text(worded, profile(other))
    assert helped is not None
    assert alone is None or helped.score > alone.score
    wrong = other.replace("12 thôn", "45 thôn")
    conflicting = match_text(Candidate("r1", profile(DAM), (profile(wrong),)), profile(wrong))
    assert conflicting is None or conflicting.relation is not Relation.SAME


def test_the_quote_is_the_original_text() -> None:
    found = matched(DAM, DAM)
    assert found is not None
    assert (found.review_id, found.quote, found.offset) == ("r1", DAM, TITLE_OFFSET)
    assert 0 <= found.score <= 1


# --- a story -------------------------------------------------------------------------------------------------------------


def test_a_story_that_repeats_is_linked_with_its_sentence_and_offset() -> None:
    text = f"Chiều qua trời mưa. {DAM} {REST}"
    found = in_story(DAM, DULL, text)
    assert found is not None
    assert (found.relation, found.linked) == (Relation.SAME, True)
    assert text[found.offset :].startswith(found.quote)
    assert DAM in found.quote


def test_a_claim_in_the_title_has_the_titles_offset() -> None:
    found = in_story(DAM, DAM.rstrip("."), REST)
    assert found is not None
    assert (found.linked, found.offset, found.quote) == (True, TITLE_OFFSET, DAM.rstrip("."))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Bác tin đập hồ Trúc Lam vỡ", f"{DAM} {REST}"),
        ("Không có chuyện đập hồ Trúc Lam vỡ", f"{DAM} {REST}"),
        ("Thực hư tin đập hồ Trúc Lam vỡ", f"{DAM} {REST}"),
        (DULL, f"Thông tin đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11, 12 thôn hạ du ngập trong nước là bịa đặt. {REST}"),
        (DULL, f"Mạng xã hội lan truyền: {DAM} Thông tin trên là bịa đặt, ban quản lý hồ cho biết. {REST}"),
        (DULL, f"{DAM} {REST} Ban quản lý khẳng định tin đập hồ Trúc Lam vỡ là sai sự thật."),
        (DULL, f"{DAM} {REST} Theo ban quản lý, đập hồ Trúc Lam ở xã Vân Sậy không vỡ."),
    ],
    ids=["title", "title no such thing", "title question", "same sentence", "next sentence", "last sentence", "contrary last sentence"],
)
@pytest.mark.parametrize("spell", [str, nfd, fold], ids=["print", "nfd", "unmarked"])
def test_a_debunk_that_quotes_the_claim_is_no_repeat(title: str, text: str, spell: Callable[[str], str]) -> None:
    found = in_story(DAM, spell(title), spell(text))
    assert found is None or (found.relation is not Relation.SAME and not found.linked)


def test_a_denial_of_something_else_leaves_the_repeat_alone() -> None:
    found = in_story(DAM, DULL, f"{DAM} {REST} Tin giá gạo ở chợ Gò Mây tăng gấp đôi thì sai sự thật.")
    assert found is not None and found.linked


def test_a_claim_told_by_title_and_first_sentence_together_is_found() -> None:
    found = in_story(DAM, "Đập hồ Trúc Lam ở xã Vân Sậy vỡ", f"Nước tràn xuống đêm 18/11, 12 thôn bị ngập. {REST}")
    assert found is not None and found.linked


def test_a_sentence_that_feels_may_repeat_and_one_that_judges_may_not() -> None:
    assert in_story(DAM, DULL, f"Ai cũng sợ vì {DAM[0].lower()}{DAM[1:]}").linked  # type: ignore[union-attr]
    found = in_story(DAM, DULL, f"Theo tôi, thật vô lý khi {DAM[0].lower()}{DAM[1:]}")
    assert found is None or not found.linked


def test_a_story_about_something_else_touches_nothing() -> None:
    found = in_story(DAM, "Thư viện nhận thêm sách", "Thư viện vừa nhận thêm nhiều đầu sách cho thiếu nhi. Độc giả có thể mượn từ tuần sau.")
    assert found is None


def test_an_opinion_is_no_repeat_whatever_it_mentions() -> None:
    found = in_story(DAM, "Viết sau cơn lũ", f"Theo tôi, thật không thể chấp nhận được: {DAM}")
    assert found is None or not found.linked


def test_a_story_without_text_is_looked_at_by_its_title() -> None:
    assert in_story(DAM, "", "") is None
    assert in_story(DAM, DAM, "") is not None


# --- reasons and weights -------------------------------------------------------------------------------------------------


def test_a_match_says_why() -> None:
    found = matched(DAM, DAM)
    assert found is not None
    names = [reason.name for reason in found.reasons]
    assert {"words", "numbers", "dates", "names"} <= set(names)
    assert len(names) == len(set(names))
    assert all(reason.text for reason in found.reasons)


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        (DAM, f"Bác tin {DAM}", "denial"),
        (DAM, "Đập hồ Trúc Lam ở xã Vân Sậy không vỡ đêm 18/11", "negation"),
        (FARE, "Từ 1/12 vé xe buýt tuyến số 5 giảm xuống 12.000 đồng một lượt", "antonym"),
    ],
)
def test_what_turned_the_decision_is_among_the_reasons(claim: str, text: str, reason: str) -> None:
    assert reason in [one.name for one in explain(compare(profile(claim), profile(text)))]
    assert reason not in [one.name for one in explain(compare(profile(claim), profile(claim)))]


def test_a_reason_counts_conflicts() -> None:
    text = FARE.replace("12.000", "21.000")
    numbers = next(reason for reason in explain(compare(profile(FARE), profile(text))) if reason.name == "numbers")
    assert "khớp 1" in numbers.text and "khác 1" in numbers.text


def test_a_conflict_is_among_the_reasons_even_where_nothing_agrees() -> None:
    reasons = explain(compare(profile(CURE), profile(CURE.replace("30 ngày", "3 ngày"))))
    assert any("khác 1" in reason.text for reason in reasons)


def test_the_features_have_a_fixed_order_and_are_finite() -> None:
    found = vector(compare(profile(DAM), profile(FARE)))
    assert len(found) == len(FEATURES)
    assert all(math.isfinite(value) for value in found)


def test_more_agreement_is_never_less_probable() -> None:
    parts = ["Đập hồ Trúc Lam", "Đập hồ Trúc Lam vỡ", "Đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11", DAM]
    scores = [probability(compare(profile(DAM), profile(part))) for part in parts]
    assert scores == sorted(scores)
    assert probability(compare(profile(DAM), profile(DAM.replace("12 thôn", "30 thôn")))) < scores[-1]
