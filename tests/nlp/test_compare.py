"""Two passages side by side: what agrees, what conflicts, what turns a statement round."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.compare import Comparison, Tally, compare, coverage
from nlp.profile import profile
from nlp.proposition import strip_framing, unframe
from nlp.text import fold

DAM = "Đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11, 12 thôn hạ du ngập trong nước."
FARE = "Từ 1/12 vé xe buýt tuyến số 5 tăng lên 12.000 đồng một lượt"
CURE = "Uống nước lá vối mỗi sáng chữa khỏi bệnh tiểu đường sau 30 ngày"


def held(claim: str, text: str) -> Comparison:
    return compare(profile(claim), profile(text))


def test_a_text_against_itself() -> None:
    for text in (DAM, FARE, CURE):
        found = held(text, text)
        assert found.own_covered == found.claim_covered == found.text_covered == found.action_covered == pytest.approx(1.0)
        assert (found.numbers.conflict, found.dates.conflict, found.names.conflict, found.extra_numbers) == (0, 0, 0, 0)
        assert (found.numbers.missing, found.dates.missing, found.names.missing) == (0, 0, 0)
        assert not (found.opposed or found.negation_differs or found.denial)
        assert found.heaviest_missing == 0


# --- numbers, dates, names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (DAM, DAM.replace("12 thôn", "30 thôn")),
        (FARE, FARE.replace("12.000", "15.000")),
        (FARE, FARE.replace("12.000 đồng", "15 nghìn đồng")),
        (FARE, FARE.replace("số 5", "số 6")),
        (CURE, CURE.replace("30 ngày", "3 ngày")),
        (CURE, CURE.replace("30 ngày", "một tuần")),
        ("Bão số 15 giật cấp 12", "Bão số 16 giật cấp 12"),
        ("Nhiệt độ xuống âm 5 độ C", "Nhiệt độ xuống 5 độ C"),
        ("Giá điện tăng 12% từ tháng sau", "Giá điện tăng 2% từ tháng sau"),
        ("Học sinh lớp 6 phải thi lại", "Học sinh lớp 9 phải thi lại"),
        ("Lương tối thiểu vùng II tăng", "Lương tối thiểu vùng III tăng"),
    ],
)
def test_another_number_conflicts(claim: str, text: str) -> None:
    assert held(claim, text).numbers.conflict == held(text, claim).numbers.conflict == 1


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (FARE, FARE.replace("12.000 đồng", "mười hai nghìn đồng")),
        (FARE, FARE.replace("12.000 đồng", "12k")),
        (FARE, FARE.replace("12.000", "12000")),
        (CURE, CURE.replace("30 ngày", "một tháng")),
        (CURE, CURE.replace("30 ngày", "ba mươi ngày")),
        ("Phạt 5 triệu đồng nếu trễ hạn", "Phạt 5tr nếu trễ hạn"),
        ("Quãng đường dài 2 km", "Quãng đường dài 2000 mét"),
        ("Giá điện tăng 12%", "Giá điện tăng mười hai phần trăm"),
        ("Mất nước 72 giờ", "Mất nước 3 ngày"),
        ("Có 5 triệu đồng trong hộp", "There were 5 million dong in the box"),
    ],
)
def test_another_spelling_of_a_number_agrees(claim: str, text: str) -> None:
    for found in (held(claim, text), held(text, claim)):
        assert found.numbers.conflict == found.numbers.missing == 0
        assert found.numbers.agree >= 1


def test_a_number_that_is_not_said_is_missing_and_one_too_many_is_extra() -> None:
    without = "Vé xe buýt tăng lên từ 1/12"
    assert held(FARE, without).numbers == Tally(0, 0, 2)
    assert held(without, FARE).numbers == Tally(0, 0, 0)
    assert held(without, FARE).extra_numbers == 2


@pytest.mark.parametrize(
    ("mine", "other", "tally"),
    [
        ("đêm 18/11", "đêm 18-11", Tally(1, 0, 0)),
        ("ngày 18/11", "ngày 18 tháng 11 năm 2026", Tally(1, 0, 0)),
        ("hết tháng 11", "từ 1/12", Tally(1, 0, 0)),
        ("tháng 11", "ngày 18/11", Tally(1, 0, 0)),
        ("ngày 18/11", "ngày 19/11", Tally(0, 1, 0)),
        ("ngày 18/11", "ngày 18/10", Tally(0, 1, 0)),
        ("ngày 18/11/2026", "ngày 18/11/2025", Tally(0, 1, 0)),
        ("10/3 âm lịch", "ngày 10/3", Tally(0, 1, 0)),
        ("ngày 18/11", "tuần sau", Tally(0, 0, 1)),
    ],
)
def test_dates(mine: str, other: str, tally: Tally) -> None:
    assert held(f"Trường học đóng cửa {mine}", f"Trường học đóng cửa {other}").dates == tally
    if tally.total == tally.agree + tally.conflict:
        assert held(f"Trường học đóng cửa {other}", f"Trường học đóng cửa {mine}").dates == tally


@pytest.mark.parametrize(
    ("claim", "text", "conflict"),
    [
        ("Cháy lớn ở chợ Bàu Sen", "Cháy lớn ở chợ Bàu Sen", 0),
        ("Cháy lớn ở chợ Bàu Sen", "Cháy lớn ở chợ Gò Mây", 1),
        ("Nước sông Vàm Sậy lên nhanh", "Nước sông Gò Mây lên nhanh", 1),
        ("Bệnh viện Hoa Gạo ngừng nhận bệnh nhân", "Bệnh viện Gò Mây ngừng nhận bệnh nhân", 1),
        ("Dịch lan ở xã Đá Bạc", "Dịch lan ở xã Vân Sậy", 1),
        ("Dịch lan ở xã Đá Bạc", "Dịch lan ở huyện Gò Mây", 0),
        ("Dịch lan ở xã Suối Ngọc", "Dịch lan ở xã Đá Bạc", 1),
    ],
)
def test_names_conflict_under_the_same_head_only(claim: str, text: str, conflict: int) -> None:
    assert held(claim, text).names.conflict == held(text, claim).names.conflict == conflict


def test_a_name_in_small_letters_is_still_found() -> None:
    assert held("Cháy lớn ở chợ Bàu Sen", "chay lon o cho bau sen").names == Tally(1, 0, 0)


def test_what_stands_in_the_title_counts_half() -> None:
    claim, passage, title = profile(DAM), profile("12 thôn hạ du ngập trong nước đêm 18/11"), profile("Đập hồ Trúc Lam vỡ")
    alone, within = compare(claim, passage), compare(claim, passage, title)
    assert alone.claim_covered < within.claim_covered < 1
    assert alone.own_covered == within.own_covered
    assert coverage(claim, passage, title) == pytest.approx(within.claim_covered)


# --- what turns a statement round ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Vé xe buýt tăng từ tuần sau", "Vé xe buýt giảm từ tuần sau"),
        ("Khám bệnh miễn phí cho trẻ em", "Khám bệnh thu phí với trẻ em"),
        ("Cầu Gò Mây đóng cửa", "Cầu Gò Mây mở cửa"),
        ("Phải tiêm bắt buộc", "Tiêm tự nguyện"),
        ("Kết quả dương tính", "Kết quả âm tính"),
        ("Học sinh nghỉ học ngày mai", "Học sinh đi học ngày mai"),
        ("The fee will increase", "The fee will decrease"),
    ],
)
def test_antonyms_oppose_in_both_directions(claim: str, text: str) -> None:
    assert held(claim, text).opposed and held(text, claim).opposed
    assert not held(claim, claim).opposed


def test_unmarked_chua_negates_nothing() -> None:
    """It is `chưa`, but also `chữa` (to cure), `chứa`, `chùa`."""
    assert not held(CURE, "uong nuoc la voi moi sang chua khoi benh tieu duong").negation_differs


def test_a_text_that_names_both_poles_opposes_neither() -> None:
    assert not held("Giá xăng tăng", "Giá xăng tăng rồi giảm").opposed


@pytest.mark.parametrize(
    "text",
    [
        "Đập hồ Trúc Lam không vỡ",
        "Đập hồ Trúc Lam chưa vỡ",
        "Đập hồ Trúc Lam chẳng vỡ",
        "dap ho Truc Lam khong vo",
    ],
)
def test_one_negation_differs(text: str) -> None:
    claim = "Đập hồ Trúc Lam vỡ"
    assert held(claim, text).negation_differs
    assert held(text, claim).negation_differs


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Đập hồ Trúc Lam không vỡ", "Đập hồ Trúc Lam chưa vỡ"),
        ("Bến phà không hoạt động", "Bến phà không hoạt động từ sáng"),
        ("Không khí ô nhiễm ở Gò Mây", "Gò Mây ô nhiễm không khí"),
        ("Đập hồ Trúc Lam vỡ", "Đập hồ Trúc Lam vỡ phải không?"),
        ("Đập hồ Trúc Lam vỡ", "Có đúng đập hồ Trúc Lam vỡ không?"),
        ("Cầu Gò Mây bị cấm", "Cầu Gò Mây không còn được đi, bị cấm"),
        (CURE, f"Không dùng thuốc, {CURE[0].lower()}{CURE[1:]}"),
    ],
)
def test_the_same_parity_does_not_differ(claim: str, text: str) -> None:
    assert not held(claim, text).negation_differs


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("Vé xe buýt tuyến số 5 vẫn 12.000 đồng", True),
        ("Vé xe buýt tuyến số 5 giữ nguyên 12.000 đồng", True),
        ("Vé xe buýt tuyến số 5 không đổi, 12.000 đồng", True),
        ("Nhiều người vẫn truyền tai nhau vé xe buýt tuyến số 5 tăng lên 12.000 đồng", False),
        ("Tin vẫn lan: vé xe buýt tuyến số 5 tăng lên 12.000 đồng", False),
    ],
)
def test_what_stays_as_it_was(text: str, stays: bool) -> None:
    assert held(FARE, text).negation_differs is stays
    assert not held(text, text).negation_differs


# --- denials -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        "Bác tin {}", "Không có chuyện {}", "Thông tin {} là bịa đặt", "Tin {} là sai sự thật", "Không đúng: {}", "Làm gì có {}", 
        "{} chỉ là tin đồn thất thiệt", "Đừng tin lời đồn {}", "The claim that {} is false", "{}: tin giả",
    ],
)  # fmt: skip
@pytest.mark.parametrize("spell", [str, lambda text: unicodedata.normalize("NFD", text), fold], ids=["print", "nfd", "unmarked"])
def test_a_denial_is_seen(frame: str, spell: object) -> None:
    assert held(DAM, spell(frame.format("đập hồ Trúc Lam ở xã Vân Sậy vỡ"))).denial  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    [
        "Người bệnh không dùng thuốc vẫn khỏi tiểu đường nhờ nước lá vối",
        "Không dùng điện thoại khi sạc",
        "Đập hồ Trúc Lam vỡ, nước tràn về 12 thôn",
        "Không khí lạnh tràn về",
        "Dừng xe buýt tuyến số 5",
        "Sai số của máy đo là 5%",
    ],
)
def test_no_denial(text: str) -> None:
    assert held(CURE, text).denial == ""


def test_unmarked_dung_is_doubtful_and_read_as_the_denial() -> None:
    assert held(CURE, "khong dung: uong nuoc la voi moi sang chua khoi benh tieu duong").denial == "khong dung"


def test_a_cue_of_the_claim_itself_denies_nothing() -> None:
    claim = "Người đăng tin giả về lũ bị phạt 5 triệu đồng"
    assert held(claim, claim).denial == ""
    assert held(claim, f"Không có chuyện {claim.lower()}").denial


def test_swindling_is_the_subject_of_a_scam_claim_and_the_denial_of_others() -> None:
    scam = "Quét mã QR trên trụ sạc xe điện là mất sạch tiền trong tài khoản"
    assert held(scam, "Kẻ gian lừa đảo bằng mã QR dán trên trụ sạc, ai quét là mất sạch tiền").denial == ""
    fund = "Quỹ Bến Sậy phát 2 triệu đồng cho mỗi hộ vùng lũ"
    assert held(fund, "Trò lừa đảo: quỹ Bến Sậy phát 2 triệu đồng cho mỗi hộ vùng lũ").denial


@pytest.mark.parametrize(
    ("text", "back"), [("Thông tin trên là bịa đặt", True), ("Tin đồn này sai sự thật", True), ("Bác tin đập hồ Trúc Lam vỡ", False)]
)
def test_a_denial_that_points_back(text: str, back: bool) -> None:
    found = held(DAM, text)
    assert found.denial
    assert found.denial_points_back is back


@pytest.mark.parametrize(
    "text",
    [
        "tin dap ho Truc Lam vo la sai su that",
        "chi la tin don that thiet",
        "dan o to 3 van an toan, khong co gi xay ra",
        "an la voi on dinh duong huyet",
        "xe to in bien so o ben a",
        "nguoi dan co the doi the can cuoc tai nha",
    ],
)
def test_unmarked_vietnamese_is_not_taken_for_english(text: str) -> None:
    assert not profile(text).marked


@pytest.mark.parametrize(
    "text", ["The claim that the dam burst is false", "The fee was raised from May 5", "Posts claim that a virus has been found in the water"]
)
def test_english_counts_as_marked(text: str) -> None:
    assert profile(text).marked


# --- frames --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("framed", "claim"),
    [
        ("Thông tin cho rằng đập hồ Trúc Lam bị vỡ", "đập hồ Trúc Lam bị vỡ"),
        ("Bài đăng chia sẻ trên mạng xã hội cho rằng nước lá vối chữa khỏi tiểu đường", "nước lá vối chữa khỏi tiểu đường"),
        ("Social media posts claim that the dam burst overnight", "the dam burst overnight"),
        ("Tin đồn về lũ", "Tin đồn về lũ"),
        ("Đập hồ Trúc Lam bị vỡ", "Đập hồ Trúc Lam bị vỡ"),
    ],
)
def test_a_frame_is_taken_off_a_claim(framed: str, claim: str) -> None:
    assert strip_framing(framed) == claim
    assert strip_framing(claim) == claim


def test_hearsay_is_taken_off_a_sentence_that_is_long_enough() -> None:
    assert unframe("Nhiều trang đăng rằng đập hồ Trúc Lam bị vỡ, 12 thôn ngập.") == "đập hồ Trúc Lam bị vỡ, 12 thôn ngập"
    assert unframe("Nhiều trang đăng rằng đập vỡ.") == "Nhiều trang đăng rằng đập vỡ."


# --- properties ----------------------------------------------------------------------------------------------------------

_SENTENCES = st.sampled_from(
    [
        DAM, FARE, CURE, "Vé xe buýt tuyến số 5 giảm còn 12k từ 1/12", "Đập hồ Trúc Lam không vỡ", "Bão số 15 giật cấp 12 đổ bộ đêm 18-11", "",
        "dap ho truc lam vo, 12 thon ngap", "Khám bệnh miễn phí cho trẻ em dưới 6 tuổi ở bệnh viện Hoa Gạo",
        "The fee will increase by 5 percent on May 5",
        "Nhiệt độ xuống âm 5 độ C ở đèo Gò Mây", "mn ơi ko uống nước lá vối nha, ko chữa đc bệnh",
    ]
)  # fmt: skip


@given(_SENTENCES, _SENTENCES)
def test_what_is_mutual_is_found_from_both_sides(left: str, right: str) -> None:
    forth, back = held(left, right), held(right, left)
    assert forth.opposed == back.opposed
    assert forth.dates.agree == back.dates.agree
    assert (forth.numbers.agree > 0) == (back.numbers.agree > 0)
    if forth.numbers.total == back.numbers.total == 1:
        assert forth.numbers == back.numbers


@given(_SENTENCES, _SENTENCES)
def test_shares_are_shares_and_tallies_add_up(left: str, right: str) -> None:
    mine, found = profile(left), held(left, right)
    for share in (found.own_covered, found.claim_covered, found.action_covered, found.text_covered, found.verbs_covered, found.order):
        assert -1e-9 <= share <= 1 + 1e-9
    assert found.numbers.total == len(mine.quantities)
    assert found.dates.total == len(mine.dates)
    assert found.names.total == len(mine.names)


@given(_SENTENCES, _SENTENCES)
def test_the_spelling_of_either_side_changes_nothing(left: str, right: str) -> None:
    plain = held(left, right)
    assert held(unicodedata.normalize("NFD", left), right) == plain
    assert held(left, unicodedata.normalize("NFD", right)) == plain


def test_one_day_of_a_span_is_no_conflict_with_the_other() -> None:
    tally = held("Học sinh nghỉ học từ 23/11 đến 28/11", "Học sinh nghỉ học kể từ 23/11").dates
    assert (tally.agree, tally.conflict, tally.missing) == (1, 0, 1)
    tally = held("Học sinh nghỉ học từ 23/11 đến 28/11", "Học sinh nghỉ học từ 23/11 đến 5/12").dates
    assert (tally.agree, tally.conflict, tally.missing) == (1, 1, 0)


def test_an_ordinal_is_no_other_ordinal() -> None:
    assert held("Bão số 12 vào miền Trung", "Gió cấp 12 ở miền Trung").numbers.agree == 0


def test_a_drill_a_proposal_and_another_year_are_other_frames() -> None:
    claim = "Đập hồ Trúc Lam bị nứt, 200 hộ sơ tán"
    assert held(claim, "Diễn tập: đập hồ Trúc Lam bị nứt, 200 hộ sơ tán").other_frame
    assert not held(f"Diễn tập: {claim}", "Diễn tập: đập hồ Trúc Lam bị nứt, 200 hộ sơ tán").other_frame
    assert not held(claim, claim).other_frame
