"""Themes: the word list's form, sanity, and floors on the bundled texts."""

import json
import time
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from kiemtin.domain.scope import Theme
from nlp.text import expand_chat, fold, has_diacritics, nfc, tokenize, unify_tone
from nlp.themes import MAX_SYLLABLES, SPECIFICITY, Phrase, phrases, read_phrase, score_themes, theme_of

TESTS = Path(__file__).resolve().parents[1]
Sample = tuple[str, str, str]  # style, expected theme, text


def theme(text: str, marked: bool | None = None) -> Theme | None:
    clean = nfc(text)
    return theme_of(expand_chat(tokenize(clean)), has_diacritics(clean) if marked is None else marked)


def rows(path: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (TESTS / path).read_text("utf-8").splitlines() if line.strip()]


def limits(name: str) -> list[Sample]:
    return [("", row["theme"], row["text"]) for row in rows(f"limits/texts/{name}.jsonl")]


def pairs() -> list[Sample]:
    found = rows("nlp/pairs_dev.jsonl")
    claims = {row["claim"]: ("claim", row["theme"], row["claim"]) for row in found}
    return [*claims.values(), *((row["style"], row["theme"], row["text"]) for row in found if row["label"] == "same")]


def rates(samples: Iterable[Sample]) -> tuple[float, float]:
    """Share given any theme, share given the right one."""
    pairs_of = [(theme(text), expected) for _, expected, text in samples]
    return sum(got is not None for got, _ in pairs_of) / len(pairs_of), sum(got == expected for got, expected in pairs_of) / len(pairs_of)


@pytest.mark.parametrize("samples", [limits("checkable"), limits("questions_and_forecasts"), pairs()], ids=["checkable", "questions", "pairs"])
def test_floors(samples: list[Sample]) -> None:
    recall, accuracy = rates(samples)
    assert recall >= 0.97
    assert accuracy >= 0.93


def test_floor_without_diacritics() -> None:
    recall, accuracy = rates(sample for sample in pairs() if sample[0] == "no_diacritics")
    assert recall >= 0.97
    assert accuracy >= 0.88


def test_floor_when_every_text_loses_its_diacritics() -> None:
    recall, accuracy = rates((style, expected, fold(nfc(text))) for style, expected, text in [*limits("checkable"), *pairs()])
    assert recall >= 0.97
    assert accuracy >= 0.92


@pytest.mark.parametrize(
    "text",
    [
        "Đội tuyển Việt Nam thắng 2-0 ở trận bán kết, tiền đạo ghi cả hai bàn thắng.",
        "Nữ ca sĩ ra mắt album mới, người hâm mộ xếp hàng xem đêm nhạc.",
        "Cử tri đi bỏ phiếu trong cuộc bầu cử giữa kỳ.",
        "Quân đội hai bên tiếp tục giao tranh dù có lệnh ngừng bắn.",
        "Nghi phạm giết người bị bắt giữ sau hai ngày lẩn trốn.",
        "The striker scored twice as the champions won the final match.",
        "Cả gia đình ngồi nói chuyện tới khuya.",
        "",
    ],
)
def test_what_belongs_to_no_theme(text: str) -> None:
    assert theme(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bọn lừa đảo giả nhân viên ngân hàng, gửi đường link lạ để lấy mã OTP.", Theme.SCAMS),
        ("Lệ phí cấp hộ chiếu tăng lên 300.000 đồng.", Theme.PUBLIC_SERVICES),
        ("Lũ quét cuốn trôi hai cây cầu bắc qua sông.", Theme.DISASTER),
        ("Trường tiểu học cho học sinh nghỉ học vì bão.", Theme.EDUCATION),
        ("Quốc hội thông qua việc miễn học phí từ năm học tới.", Theme.EDUCATION),
        ("gia heo hoi hom nay giam con 58.000 dong mot ky", Theme.FOOD_FISHERIES),
        ("The new toll on the expressway starts on Monday.", Theme.TRANSPORT),
    ],
)
def test_one_statement_one_theme(text: str, expected: Theme) -> None:
    assert theme(text) == expected


def test_english_may_be_called_marked() -> None:
    text = "Dengue patients filled the hospital in October."
    assert theme(text, marked=True) == theme(text, marked=False) == Theme.HEALTH


def test_both_tone_placements_and_compositions_agree() -> None:
    assert theme("Hoả hoạn ở chợ") == theme("Hỏa hoạn ở chợ") == theme(unicodedata.normalize("NFD", "Hỏa hoạn ở chợ")) == Theme.DISASTER


def test_a_phrase_does_not_cross_a_comma() -> None:
    tokens = tokenize("ba trăm gian hàng, không chừa gian nào")
    assert Theme.TRANSPORT not in score_themes(tokens, True)


def test_a_cause_counts_half() -> None:
    assert score_themes(tokenize("dời lại vì bão lũ"), True)[Theme.DISASTER] == score_themes(tokenize("đang có bão lũ"), True)[Theme.DISASTER] / 2


def test_a_single_unmarked_syllable_only_hints() -> None:
    assert theme("lũ", marked=True) == Theme.DISASTER
    assert theme("lu", marked=False) is None


def test_stray_words_do_not_place_an_article() -> None:
    article = "Bác sĩ kể lại. " + "chuyện ngày xưa của những người bạn cũ " * 60
    assert theme("Bác sĩ kể lại.") == Theme.HEALTH
    assert theme(article) is None


def test_ties_follow_the_documented_order() -> None:
    assert sorted(SPECIFICITY) == sorted(Theme)
    assert SPECIFICITY.index(Theme.SCAMS) < SPECIFICITY.index(Theme.PUBLIC_SERVICES) < SPECIFICITY.index(Theme.ECONOMY)
    assert SPECIFICITY.index(Theme.DISASTER) < SPECIFICITY.index(Theme.ENVIRONMENT)


def test_word_list_form() -> None:
    seen: set[tuple[Theme | None, str]] = set()
    for phrase in phrases():
        assert phrase.weight in ((3, 2, 1, -2) if phrase.theme else (0, -2)), phrase
        assert phrase.text == unify_tone(nfc(phrase.text)).lower(), phrase
        assert phrase.text == " ".join(token.form for token in tokenize(phrase.text)), phrase
        assert 1 <= len(phrase.text.split()) <= MAX_SYLLABLES, phrase
        assert (phrase.theme, phrase.text) not in seen, phrase
        seen.add((phrase.theme, phrase.text))


@pytest.mark.parametrize("named", list(Theme))
def test_every_theme_has_its_words(named: Theme) -> None:
    assert sum(phrase.theme == named and phrase.weight > 0 for phrase in phrases()) >= 160


def test_a_line_is_read_or_refused() -> None:
    assert read_phrase("health\t3\tvắc xin") == Phrase(Theme.HEALTH, 3, "vắc xin", True)
    assert read_phrase("*\t-2\tphim") == Phrase(None, -2, "phim", False)
    assert read_phrase("scams\t3\totp!") == Phrase(Theme.SCAMS, 3, "otp", True)
    for line in ("politics\t3\tnghị trường", "health\tvắc xin", "health\tx\tvắc xin"):
        with pytest.raises(ValueError):
            read_phrase(line)


def test_an_article_takes_milliseconds_at_most() -> None:
    tokens = tokenize(" ".join(text for _, _, text in limits("checkable")))[:1000]
    theme_of(tokens, True)
    best = min(_seconds(lambda: theme_of(tokens, True)) for _ in range(20))
    assert best < 0.005  # 0.4 ms where it was written; the margin is for busy machines


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
