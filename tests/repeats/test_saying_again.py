"""What counts as saying a claim again, as denying it, and as neither; in whatever spelling."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemtin.domain.repeats import Said
from nlp.repeats.board import Board
from nlp.repeats.figures import figures
from nlp.repeats.spelling import MAX_CHARS, open_tags

FEE = "Từ 1/12/2026 làm thẻ căn cước gắn chip phải đóng phí 150.000 đồng"
LEMON = "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết sau 3 ngày"
CARS = "Cầu Vàm Trúc nứt trụ, cấm ô tô qua lại từ 22/11"
FUND = "Quỹ Tương trợ Sông Mây phát 5 triệu đồng cho mỗi hộ quét mã QR trước ngày 25/11"
BOARD = Board([FEE, LEMON, CARS, FUND])


def heard(text: str) -> tuple[int, Said] | None:
    """Which claim a text says again or denies."""
    found = [(claim, said) for _, claim, said in BOARD.compare(["hôm nay trời đẹp", text, "mai đi chơi"])]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (0, FEE),
        (0, unicodedata.normalize("NFD", FEE)),
        (0, FEE.upper()),
        (0, "mn ơi từ 1/12/2026 làm thẻ cccd gắn chip phải đóng phí 150k nha 😱"),
        (0, "tu 1-12-2026 lam the can cuoc gan chip phai dong phi 150 nghin dong do ca nha"),
        (0, "Nghe nói từ ngày 1 tháng 12 năm 2026 làm thẻ căn cước gắn chip phải đóng phí 150 ngàn. Trời ơi tiền đâu chịu nổi"),
        (1, "Uống nước chanh đun sôi chữa khỏi sốt xuất huyết sau 3 ngày, có thật không mn?"),
        (1, "uốngggg nước chanh đun sôi chữa khỏi sốt xuất huyết sau ba ngày"),
        (1, "#UốngNướcChanh đun sôi chữa khỏi #SốtXuấtHuyết sau 3 ngày"),
        (1, "Uống 🍋 nước chanh đun sôi 🔥 chữa khỏi sốt xuất huyết sau 3 ngày"),
        (1, "Uống nước\u200b chanh đun sôi chữa khỏi sốt xuất huyết sau 3 ngày"),
        (1, "Uống nc chanh đun sôi chữa khỏi sxh sau 3 ngày đó mn"),
        (1, "𝗨𝗼̂́𝗻𝗴 nước chanh đun sôi chữa khỏi sốt xuất huyết sau 3 ngày"),
        (2, "Ai biết chưa, cầu Vàm Trúc nứt trụ, cấm ô tô qua lại từ ngày 22 tháng 11"),
        (3, "Quỹ Tương trợ Sông Mây phát 5tr cho mỗi hộ quét mã QR trước 25/11, share gấp"),
        (3, "Quỹ Tương trợ Sông Mây phát 5.000.000đ cho mỗi hộ quét mã QR trước ngày 25/11"),
        (3, "Không biết sao mà quỹ Tương trợ Sông Mây phát 5 củ cho mỗi hộ quét mã QR trước ngày 25/11"),
    ],
)  # fmt: skip
def test_many_spellings_of_one_claim_count(claim: int, text: str) -> None:
    assert heard(text) == (claim, Said.REPEAT)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (0, f"Tin {FEE[:1].lower() + FEE[1:]} là tin giả, mọi người đừng chia sẻ"),
        (0, f"{FEE}? Bịa đặt hết, công an xã nói rồi"),
        (0, "Từ 1/12/2026 làm thẻ căn cước gắn chip không phải đóng phí 150.000 đồng"),
        (1, "khong co chuyen uong nuoc chanh dun soi chua khoi sot xuat huyet sau 3 ngay dau"),
        (3, "Bác bỏ tin đồn Quỹ Tương trợ Sông Mây phát 5 triệu đồng cho mỗi hộ quét mã QR trước ngày 25/11"),
    ],
)
def test_a_denial_is_counted_apart(claim: int, text: str) -> None:
    assert heard(text) == (claim, Said.DENIAL)


@pytest.mark.parametrize(
    "text",
    [
        "Từ 1/12/2026 làm thẻ căn cước gắn chip phải đóng phí 50.000 đồng",
        "Từ 1/11/2026 làm thẻ căn cước gắn chip phải đóng phí 150.000 đồng",
        "Từ 1/12/2026 làm thẻ bảo hiểm gắn chip phải đóng phí 150.000 đồng",
        "Đề xuất từ 1/12/2026 làm thẻ căn cước gắn chip phải đóng phí 150.000 đồng",
        "Nếu từ 1/12/2026 làm thẻ căn cước gắn chip phải đóng phí 150.000 đồng thì sao",
        "de xuat tu 1/12/2026 lam the can cuoc gan chip phai dong phi 150.000 dong",
        "Uống nước dừa đun sôi chữa khỏi sốt xuất huyết sau 3 ngày",
        "Uống nước chanh đun sôi chữa khỏi cúm A sau 3 ngày",
        "Cầu Bến Lúa nứt trụ, cấm ô tô qua lại từ 22/11",
        "Diễn tập: cầu Vàm Trúc nứt trụ, cấm ô tô qua lại từ 22/11",
        "Uống nước chanh đun sôi, nhớ đi khám khi sốt xuất huyết",
        "Nước chanh chữa sốt",
        "",
        "😱😱😱",
    ],
)
def test_what_changes_the_truth_or_is_short_counts_for_nothing(text: str) -> None:
    assert heard(text) is None


def test_a_post_counts_for_one_claim_the_one_that_says_most() -> None:
    longer = f"{LEMON} nếu thêm hai lát gừng già và một thìa mật ong rừng"
    board = Board([LEMON, longer])
    assert list(board.compare([longer])) == [(0, 1, Said.REPEAT)]
    assert list(board.compare([f"{FEE}. {LEMON}"])) == [(0, 0, Said.REPEAT)]


def test_each_text_of_a_batch_is_told_from_its_neighbours() -> None:
    texts = ["Uống nước chanh đun sôi", "chữa khỏi sốt xuất huyết sau 3 ngày", LEMON, "a\x1eb", f"x\x1e{LEMON}", ""]
    assert [(text, claim) for text, claim, _ in BOARD.compare(texts)] == [(2, 1), (4, 1)]


def test_no_claims_and_no_texts() -> None:
    assert list(Board([]).compare([LEMON])) == []
    assert list(BOARD.compare([])) == []
    assert list(Board(["a", "12", "😱"]).compare(["a", "12", "😱", ""])) == []


def test_a_claim_behind_the_part_that_is_read_is_not_counted() -> None:
    assert heard("trời đẹp. " * (MAX_CHARS // 10) + LEMON) is None


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_texts_are_borne(texts: list[str]) -> None:
    assert all(0 <= text < len(texts) for text, _, _ in BOARD.compare(texts))


@given(st.permutations([LEMON, "trời mưa", FEE, CARS, "mai nghỉ", f"Tin {LEMON} là tin giả"]))
def test_neighbours_and_their_order_change_nothing(texts: list[str]) -> None:
    alone = {text: [(claim, said) for _, claim, said in BOARD.compare([text])] for text in texts}
    together: dict[str, list[tuple[int, Said]]] = {text: [] for text in texts}
    for at, claim, said in BOARD.compare(texts):
        together[texts[at]].append((claim, said))
    assert together == alone


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("150.000 đồng", {150_000}), ("150k", {150_000}), ("150 nghìn", {150_000}), ("150000đ", {150_000}), ("3,5 triệu", {3_500_000}), ("1tr2", {1_200_000}),
        ("ngày 1.12.2026", {1, 12, 2026}), ("22/11", {22, 11}), ("5G", set()), ("2.000 m3", {2000}), ("90%", {90}),
    ],
)  # fmt: skip
def test_figures_as_plain_values(text: str, values: set[int]) -> None:
    assert figures(text) == {value * 100 for value in values}


def test_tags_are_opened() -> None:
    assert open_tags("xem #UốngNướcChanh #ỞChợ #tin nhé").split() == ["xem", "uống", "nước", "chanh", "ở", "chợ", "tin", "nhé"]
