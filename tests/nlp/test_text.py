"""Characters, tones, syllables: offsets always point into the text, and one word has one form however it is written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.text import Token, expand_chat, fold, has_diacritics, nfc, syllables, tokenize, unify_tone

_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặèéẻẽẹòóỏõọùúủũụỳýỷỹỵƯƠĐÀ \u0300\u0301\u0303\u0309\u0323\u200b.,-0123456789%"
WORDS = st.sampled_from(
    [
        "hoà", "hòa", "khoẻ", "khỏe", "thuỷ", "thủy", "quý", "quỳ", "toàn", "OÀ", "Hoả", "UỲNH", "ko", "dc", "mn", "k", "5k", "1tr2", "vs", "kooooo",
        "Đập", "18/11", "1.234,5", "12%", "é", "İ", "ẞ", "ﬁ", "²", "Ⅻ",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.text(_LETTERS, max_size=60), st.lists(WORDS, max_size=12).map(" ".join))


def forms(text: str) -> list[str]:
    return [token.form for token in tokenize(nfc(text))]


def expanded(text: str) -> list[str]:
    return [token.form for token in expand_chat(tokenize(nfc(text)))]


@given(TEXTS)
def test_offsets_point_into_the_text_in_order(text: str) -> None:
    clean, end = nfc(text), 0
    for token in tokenize(clean):
        assert end <= token.start < token.end <= len(clean)
        assert len(token.form) == len(token.folded) == token.end - token.start
        end = token.end


@given(TEXTS)
def test_a_token_is_what_stands_at_its_offsets(text: str) -> None:
    clean = nfc(text)
    for token in tokenize(clean):
        there = clean[token.start : token.end]
        assert token.folded == fold(token.form)
        assert fold(unify_tone(there)) == token.folded or len(there.lower()) == len(there), (there, token)


@given(TEXTS)
def test_written_out_chat_keeps_its_place(text: str) -> None:
    clean = nfc(text)
    tokens = tokenize(clean)
    places = {(token.start, token.end) for token in tokens}
    out = expand_chat(tokens)
    assert {(token.start, token.end) for token in out} == places
    assert [token.start for token in out] == sorted(token.start for token in out)


@given(TEXTS)
def test_fold_keeps_the_length_and_is_idempotent(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_unify_tone_keeps_the_length_and_is_idempotent(text: str) -> None:
    once = unify_tone(nfc(text))
    assert len(once) == len(nfc(text))
    assert unify_tone(once) == once


@given(TEXTS)
def test_unify_tone_only_moves_marks(text: str) -> None:
    clean = nfc(text)
    assert fold(unify_tone(clean)) == fold(clean)


@given(st.text(st.characters(blacklist_characters="\0\xad\u200b\u200c\u200d\u2060\ufeff"), max_size=80))
def test_nfc_is_idempotent(text: str) -> None:
    assert nfc(nfc(text)) == nfc(text)


def test_nfc_is_idempotent_where_something_invisible_parts_a_letter_from_its_mark() -> None:
    assert nfc("ho\u200b\u0300a") == nfc(nfc("ho\u200b\u0300a")) == "hòa"


@given(TEXTS)
def test_composed_and_decomposed_text_have_the_same_tokens(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert tokenize(nfc(composed)) == tokenize(nfc(decomposed))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa", "hoà"), ("hóa", "hoá"), ("hỏa", "hoả"), ("xõa", "xoã"), ("họa", "hoạ"), ("khỏe", "khoẻ"), ("lòe", "loè"), ("thủy", "thuỷ"),
        ("tùy", "tuỳ"), ("lũy", "luỹ"), ("hủy", "huỷ"), ("HÒA", "HOÀ"), ("Thủy điện", "Thuỷ điện"), ("Hòa Bình", "Hoà Bình"),
    ],
)  # fmt: skip
def test_both_placements_of_the_tone_are_one_word(old: str, new: str) -> None:
    assert old != new
    assert unify_tone(new) == unify_tone(old) == old
    assert forms(new) == forms(old)
    assert forms(unicodedata.normalize("NFD", new)) == forms(old)


@pytest.mark.parametrize("word", ["quý", "quỳ", "quỷ", "quà", "QUÝ", "toàn", "hoàn", "khoét", "huỳnh", "thuyền", "loài", "ngoài", "oái", "hoa", "đã"])
def test_words_with_one_spelling_only_are_left_as_they_are(word: str) -> None:
    assert unify_tone(word) == word


@pytest.mark.parametrize("hidden", ["\0", "\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"])
def test_what_cannot_be_seen_hides_no_word(hidden: str) -> None:
    assert forms(f"đ{hidden}ập v{hidden}ỡ") == ["đập", "vỡ"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Đập hồ Trúc Lam vỡ", "dap ho truc lam vo"), ("ĐƯỜNG sạt lở", "duong sat lo"), ("nghị quyết 5%", "nghi quyet 5%"), ("ỹ Ỷ ự Ặ", "y y u a")],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Đập hồ Trúc Lam bị vỡ", True),
        (unicodedata.normalize("NFC", "Người dân đã lên chỗ cao"), True),
        ("Dap ho Truc Lam bi vo", False),
        ("The dam has burst", False),
        ("12/11 - 5%", False),
        ("", False),
    ],
)
def test_has_diacritics(text: str, marked: bool) -> None:
    assert has_diacritics(text) is marked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Giá 1.234,5 đồng", ["giá", "1.234,5", "đồng"]),
        ("tăng 12% từ 18/11.", ["tăng", "12%", "từ", "18/11"]),
        ("vé-tàu (mới)", ["vé", "tàu", "mới"]),
        ("50k", ["50", "k"]),
        ("đêm 18-11, 12 thôn", ["đêm", "18-11", "12", "thôn"]),
        ("  ", []),
        ("_", []),
    ],
)
def test_tokenize(text: str, words: list[str]) -> None:
    assert forms(text) == words


@pytest.mark.parametrize(
    ("chat", "written"),
    [
        ("ko có điện", "không có điện"),
        ("mn ơi đập vỡ r", "mọi người ơi đập vỡ rồi"),
        ("hs đc nghỉ học", "học sinh được nghỉ học"),
        ("ubnd tp thông báo", "ủy ban nhân dân thành phố thông báo"),
        ("thiệttttt ko", "thiệt không"),
        ("sxh tăng", "sốt xuất huyết tăng"),
    ],
)
def test_chat_is_written_out(chat: str, written: str) -> None:
    assert expanded(chat) == written.split()


@pytest.mark.parametrize("text", ["công ty r", "nhóm v", "vitamin k", "5 kg thịt", "vùng kh"])
def test_letters_that_are_chat_only_among_chat_are_left_alone_in_print(text: str) -> None:
    if not {"k", "r"} & set(text.split()):  # these two are signs of chat themselves
        assert expanded(text) == text.split()
    assert expanded(f"{text} ko")[-1] == "không"


@pytest.mark.parametrize("text", ["vé 50k", "phạt 5tr", "7h", "1tr2"])
def test_a_scale_glued_to_its_number_is_no_chat_word(text: str) -> None:
    assert expanded(f"mn ơi {text}")[3:] == forms(text)


def test_plain_print_is_handed_through_unchanged() -> None:
    tokens = tokenize("Đập hồ Trúc Lam vẫn an toàn")
    assert expand_chat(tokens) is tokens


def test_a_written_out_word_stands_where_its_short_form_stood() -> None:
    mn = [token for token in expand_chat(tokenize("ơi mn ơi")) if token.start == 3]
    assert mn == [Token("mọi", "moi", 3, 5), Token("người", "nguoi", 3, 5)]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("Đập vỡ", 2), ("đập-vỡ  rồi\nnhé", 3), ("8.500 đồng", 2)])
def test_syllables_are_parted_by_blanks(text: str, count: int) -> None:
    assert syllables(text) == count
