"""One text against one published claim: four probabilities, the relation they give, and what is sure enough to be linked."""

import re
import unicodedata
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.domain.claims import ClaimMatch, Relation
from nlp.compare import compare
from nlp.decision import CLASSES, DECISION, LINK, SUGGEST, Decision, decide, features, is_verbatim, manner_grams, manner_of, match_text, threshold
from nlp.kernel import kernel_model
from nlp.match import Candidate
from nlp.profile import profile
from nlp.text import fold

DAM = "Đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11, 12 thôn hạ du ngập trong nước."
FARE = "Từ 1/12 vé xe buýt tuyến số 5 tăng lên 12.000 đồng một lượt"
CURE = "Uống nước lá vối mỗi sáng chữa khỏi bệnh tiểu đường sau 30 ngày"
FIRE = "Hỏa hoạn thiêu rụi nhà máy hóa chất Gò Mây sáng 18/11, 5 công nhân tử vong"
EXAM = "Học sinh lớp 6 ở huyện Gò Mây phải thi lại môn Toán vào ngày 20/12 vì lộ đề"
ALL = [DAM, FARE, CURE, FIRE, EXAM]
OTHER = "Thư viện Trúc Lam nhận thêm nhiều đầu sách cho thiếu nhi trong dịp hè"


def decided(claim: str, text: str) -> Decision:
    return decide(profile(claim), profile(text))


def matched(claim: str, text: str, wordings: Sequence[str] = ()) -> ClaimMatch | None:
    return match_text(Candidate("r1", profile(claim), tuple(map(profile, wordings))), profile(text))


def linked(claim: str, text: str) -> bool:
    found = matched(claim, text)
    return found is not None and found.linked


def small(text: str) -> str:
    return text[0].lower() + text[1:]


# --- what is linked ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ALL)
@pytest.mark.parametrize("frame", ["{}", "Nghe nói {}", "{}, mọi người biết chưa?", "Mọi người ơi, {}"])
def test_a_repeat_in_the_claims_own_words_is_linked(claim: str, frame: str) -> None:
    found = matched(claim, frame.format(small(claim.rstrip("."))))
    assert found is not None
    assert (found.relation, found.linked) == (Relation.SAME, True)


@pytest.mark.parametrize("claim", ALL)
@pytest.mark.parametrize("frame", ["{}", "nghe noi {}", "mn oi nghe noi {}"])
def test_an_unmarked_repeat_is_linked(claim: str, frame: str) -> None:
    assert linked(claim, frame.format(fold(claim)))


@pytest.mark.parametrize("claim", ALL)
@pytest.mark.parametrize("frame", ["Không có chuyện {}", "Bác tin {}", "Thông tin {} là bịa đặt", "Không đúng: {}", "{} chỉ là tin đồn thất thiệt"])
@pytest.mark.parametrize("spell", [str, fold], ids=["print", "unmarked"])
def test_a_denial_is_the_opposite_and_never_linked(claim: str, frame: str, spell: Callable[[str], str]) -> None:
    found = matched(claim, spell(frame.format(small(claim.rstrip(".")))))
    assert found is not None
    assert (found.relation, found.linked) == (Relation.OPPOSITE, False)


@pytest.mark.parametrize(
    ("claim", "old", "new"),
    [
        (DAM, "12 thôn", "30 thôn"),
        (DAM, "18/11", "2/3"),
        (DAM, "hồ Trúc Lam", "hồ Bàu Sen"),
        (DAM, "xã Vân Sậy", "xã Đá Bạc"),
        (FARE, "số 5", "số 6"),
        (FARE, "12.000", "21.000"),
        (FARE, "1/12", "1/10"),
        (CURE, "30 ngày", "3 ngày"),
        (FIRE, "5 công nhân", "15 công nhân"),
        (FIRE, "18/11", "2/3"),
        (EXAM, "lớp 6", "lớp 9"),
        (EXAM, "huyện Gò Mây", "huyện Bàu Sen"),
    ],
)
@pytest.mark.parametrize("spell", [str, fold], ids=["print", "unmarked"])
def test_another_figure_day_or_name_is_never_linked(claim: str, old: str, new: str, spell: Callable[[str], str]) -> None:
    assert old in claim
    assert not linked(claim, spell(claim.replace(old, new)))
    assert not linked(claim.replace(old, new), spell(claim))


@pytest.mark.parametrize(
    "text", ["Đập hồ Trúc Lam vỡ đêm 18/11", "Đập vỡ", "Vé xe buýt tăng lên 12.000 đồng", "chữa khỏi bệnh tiểu đường", "vỡ", "?"]
)
def test_a_text_under_eight_syllables_is_never_linked(text: str) -> None:
    assert len(text.split()) < 8
    for claim in [*ALL, text]:
        assert not linked(claim, text)


def test_a_claim_under_seven_syllables_is_never_linked() -> None:
    claim = "Đập Trúc Lam vỡ đêm qua"
    text = f"{claim}, nhiều người dân đã lên chỗ cao"
    assert not linked(claim, text)
    assert not linked(claim, f"Nghe nói {small(claim)} rồi mọi người ơi")


def test_eight_syllables_and_seven_of_the_claim_are_enough() -> None:
    claim = "Đập hồ Trúc Lam vỡ đêm qua"
    assert linked(claim, f"{claim} rồi")


@pytest.mark.parametrize("claim", ALL)
def test_a_text_about_something_else_is_no_match(claim: str) -> None:
    assert matched(claim, OTHER) is None


def test_another_wording_may_be_nearer_and_changes_no_figures() -> None:
    text = "Con đê chắn hồ Trúc Lam bị bục đêm 18/11, nước tràn vào 12 thôn ở xã Vân Sậy"
    alone, worded = matched(DAM, text), matched(DAM, text, [text])
    assert worded is not None
    assert alone is None or worded.score >= alone.score
    assert worded.relation is Relation.SAME
    other = matched(DAM, DAM.replace("12 thôn", "30 thôn"), [DAM.replace("12 thôn", "30 thôn")])
    assert other is None or not other.linked


# --- spelling ------------------------------------------------------------------------------------------------------------


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def new_tone(text: str) -> str:
    for old, new in (("hỏa", "hoả"), ("hóa", "hoá"), ("Hỏa", "Hoả"), ("khỏe", "khoẻ"), ("thủy", "thuỷ")):
        text = text.replace(old, new)
    return text


TEXTS = [
    DAM,
    f"Bác tin {DAM}",
    DAM.replace("12 thôn", "30 thôn"),
    "Có đúng là đập hồ Trúc Lam ở xã Vân Sậy vỡ khiến 12 thôn ngập?",
    FIRE,
    FIRE.replace("5 công nhân", "15 công nhân"),
    "Cháy nhà máy hóa chất Gò Mây, 5 công nhân thiệt mạng",
    f"Không có chuyện {small(FIRE)}",
    OTHER,
]


@pytest.mark.parametrize("spell", [nfd, new_tone], ids=["nfd", "new tone"])
@pytest.mark.parametrize("claim", [DAM, FIRE])
@pytest.mark.parametrize("text", TEXTS)
def test_another_spelling_gives_the_same_probabilities(claim: str, text: str, spell: Callable[[str], str]) -> None:
    plain = decided(claim, text)
    for found in (decided(claim, spell(text)), decided(spell(claim), text)):
        assert found.probabilities == plain.probabilities
        assert found.relation == plain.relation


def test_figures_in_both_spellings_are_one() -> None:
    assert linked(FARE, FARE.replace("12.000", "12000"))
    assert linked(FARE.replace("12.000", "12000"), FARE)


# --- probabilities and the relation they give ----------------------------------------------------------------------------

_PIECES = st.sampled_from(["đập", "vỡ", "không", "12", "18/11", "50.000", "Trúc Lam", "bác tin", "tin giả", "?", "ko", "tháng", "The", "burst"])
_TEXTS = st.sampled_from([*TEXTS, ""]) | st.lists(_PIECES | st.text(max_size=6), max_size=12).map(" ".join)


@given(_TEXTS, _TEXTS)
@settings(max_examples=80, deadline=None)
def test_probabilities_are_shares_of_one(claim: str, text: str) -> None:
    found = decided(claim, text)
    assert sum(found.probabilities) == pytest.approx(1, abs=1e-5)
    assert all(0 <= share <= 1 for share in found.probabilities)
    assert found.same == found.probabilities[0]
    assert 0 <= found.about <= 1 + 1e-5
    assert found.relation in CLASSES


@given(_TEXTS, _TEXTS)
@settings(max_examples=80, deadline=None)
def test_only_the_same_without_conflict_or_denial_is_linked(claim: str, text: str) -> None:
    found, comparison = matched(claim, text), compare(profile(claim), profile(text))
    if found is None or not found.linked:
        return
    assert found.relation is Relation.SAME
    assert (comparison.numbers.conflict, comparison.dates.conflict, comparison.names.conflict, comparison.denial) == (0, 0, 0, "")
    assert len(profile(text).text.split()) >= 8 and len(profile(claim).text.split()) >= 7


def test_linking_takes_more_than_suggesting() -> None:
    assert 0 < threshold(SUGGEST) < threshold(LINK) < 1


def test_the_model_knows_every_feature() -> None:
    claim, text = profile(DAM), profile(FARE)
    assert set(features(claim, text, compare(claim, text))) == set(kernel_model(DECISION).names)
    assert kernel_model(DECISION).weights.shape[1] == len(CLASSES)


def given_shares(*shares: float, text: str = OTHER) -> Decision:
    same, opposite, related, none = shares
    return Decision((same, opposite, related, none), compare(profile(DAM), profile(text)))


def test_the_same_is_suggested_from_its_threshold_unless_the_opposite_is_likelier() -> None:
    at = threshold(SUGGEST)
    assert given_shares(at, 0.0, 0.5, 0.5 - at).relation is Relation.SAME
    assert given_shares(at, at, 0.4, 0.6 - 2 * at).relation is Relation.SAME
    assert given_shares(at, at + 0.01, 0.1, 0.89 - 2 * at).relation is None
    assert given_shares(0.3, 0.4, 0.2, 0.1).relation is Relation.OPPOSITE


def test_below_it_the_likeliest_of_the_others_is_taken() -> None:
    assert given_shares(0.0, 0.6, 0.3, 0.1).relation is Relation.OPPOSITE
    assert given_shares(0.0, 0.1, 0.6, 0.3).relation is Relation.RELATED
    assert given_shares(0.0, 0.1, 0.3, 0.6).relation is None


def test_a_related_text_that_turns_the_claims_own_words_is_the_opposite() -> None:
    turned = "Đập hồ Trúc Lam ở xã Vân Sậy không vỡ đêm 18/11, 12 thôn hạ du không ngập trong nước."
    assert given_shares(0.0, 0.1, 0.6, 0.3, text=turned).relation is Relation.OPPOSITE
    assert given_shares(0.0, 0.1, 0.6, 0.3, text=DAM).relation is Relation.SAME


# --- word for word -------------------------------------------------------------------------------------------------------


def test_verbatim_is_the_whole_claim_and_nothing_that_turns_it() -> None:
    def verbatim(text: str) -> bool:
        claim = profile(DAM)
        return is_verbatim(claim, profile(text), compare(claim, profile(text)))

    assert verbatim(DAM) and verbatim(fold(DAM)) and verbatim(f"Nghe nói {small(DAM)}")
    assert not verbatim(DAM.replace("12 thôn", "30 thôn"))
    assert not verbatim(f"Bác tin {small(DAM)}")
    assert not verbatim(DAM.replace("vỡ", "không vỡ"))
    assert not verbatim(f"{DAM} {FARE}. {CURE}. {FIRE}."), "the claim is only a small part of it"


# --- the words around the claim ------------------------------------------------------------------------------------------


def grams(claim: str, text: str) -> frozenset[str]:
    return manner_grams(profile(claim), profile(text))


def test_the_claims_own_words_and_names_are_masked() -> None:
    found = grams(DAM, "Không có chuyện đập hồ Trúc Lam vỡ đêm 18/11 ở Gò Mây")
    words = {word for gram in found for word in gram.split()}
    assert {"khong", "co", "chuyen"} <= words
    assert not {"dap", "ho", "truc", "lam", "vo", "dem", "go", "may"} & words
    assert "khong co chuyen" in found and "^ khong co" in found and "co chuyen _" in found


def test_words_that_turn_a_claim_stay_visible_though_it_holds_them() -> None:
    claim = "Cầu Gò Mây không đóng cửa vào ban đêm"
    assert "khong" in grams(claim, "Cầu Gò Mây không đóng cửa vào ban đêm")
    assert "cau" not in grams(claim, "Cầu Gò Mây không đóng cửa vào ban đêm")


def test_figures_are_one_and_a_question_shows() -> None:
    assert grams(DAM, "Có 30 nhà sập rồi") == grams(DAM, "Có 45 nhà sập rồi")
    assert any(gram.endswith("?") for gram in grams(DAM, "Có thật không?"))
    assert not any(gram.endswith("?") for gram in grams(DAM, "Có thật không"))


def test_neighbouring_masked_words_are_one_place() -> None:
    """So that the length of the claim counts for nothing."""
    short, long = "Bác tin đập vỡ", "Bác tin đập hồ ở xã vỡ đêm 18/11"
    assert grams(DAM, short) == grams(DAM, long.replace(" 18/11", ""))
    assert not any("_ _" in gram for gram in grams(DAM, long))


@pytest.mark.parametrize("spell", [nfd, fold, str.upper], ids=["nfd", "unmarked", "capitals"])
def test_the_manner_is_read_from_folded_words(spell: Callable[[str], str]) -> None:
    text = "Không có chuyện đập hồ vỡ đêm 18/11 nha mọi người"
    assert grams(DAM, spell(text)) == grams(DAM, text)


def test_a_denial_sounds_more_like_one_than_a_repeat() -> None:
    for claim in ALL:
        repeat, denial = (manner_of(profile(claim), profile(frame.format(small(claim)))) for frame in ("Nghe nói {}", "Không có chuyện {}"))
        assert denial > repeat


# --- reasons -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [DAM, f"Bác tin {DAM}", DAM.replace("12 thôn", "30 thôn")])
def test_the_decision_is_the_first_reason_in_percent(text: str) -> None:
    found = matched(DAM, text)
    assert found is not None
    first, *others = found.reasons
    assert first.name == "decision" and "decision" not in [reason.name for reason in others]
    assert re.fullmatch(
        r"Khả năng cùng tuyên bố \d+%, nói ngược lại \d+%, chỉ liên quan \d+%, không liên quan \d+%",
        first.text,
    )
    assert first.value == pytest.approx(decided(DAM, text).same, abs=1e-3)
    assert f"cùng tuyên bố {decided(DAM, text).same:.0%}" in first.text


def test_a_match_quotes_the_text_and_its_score() -> None:
    text = f"Nghe nói {small(DAM)}"
    found = matched(DAM, nfd(text))
    assert found is not None
    assert (found.review_id, found.quote) == ("r1", text)
    assert found.score == pytest.approx(decided(DAM, text).about, abs=1e-4)
