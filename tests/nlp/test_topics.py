"""Shelf marks for stories: a head learnt from made-up rows, the shipped one, and the texts that models were learnt from."""

import io
import unicodedata
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.errors import ConfigError
from nlp import seen, topics
from nlp.seen import count_seen, hash_of, pack
from nlp.topics import BUCKETS, VNTC, TopicModel, count, topic_model, weigh
from nlp.training.topics import Labelled, learn_topics

# --- a head learnt here --------------------------------------------------------------------------------------------------

SPORT, HEALTH, WEATHER = "sport", "health", "weather"
WORDS = {
    SPORT: ("đội bóng", "cầu thủ", "bàn thắng", "trận đấu", "huấn luyện viên", "khán giả", "sân vận động", "giải đấu"),
    HEALTH: ("bệnh viện", "bác sĩ", "bệnh nhân", "uống thuốc", "vắc xin", "xét nghiệm", "điều trị", "sức khỏe"),
    WEATHER: ("mưa lớn", "gió mạnh", "bão", "nhiệt độ", "nắng nóng", "triều cường", "không khí lạnh", "dự báo"),
}
PLACES = ("Gò Mây", "Trúc Lam", "Vân Sậy")


def made_up(topic: str, at: int) -> str:
    """Four of the topic's words and a place, which says nothing."""
    words = WORDS[topic]
    return f"Hôm nay ở {PLACES[at % 3]} có {words[at % 8]}, {words[(at + 3) % 8]} rồi {words[(at + 5) % 8]} và {words[(at + 6) % 8]}"


LEARNT = [Labelled(made_up(topic, at), topic) for topic in WORDS for at in range(14)]
HELD_OUT = {
    "Cầu thủ ghi bàn thắng trong trận đấu ở Vân Sậy": SPORT,
    "Huấn luyện viên khen đội bóng trước khán giả": SPORT,
    "Bác sĩ dặn bệnh nhân uống thuốc rồi làm xét nghiệm": HEALTH,
    "Vắc xin về bệnh viện Trúc Lam": HEALTH,
    "Bão gây mưa lớn và gió mạnh ở Gò Mây": WEATHER,
    "Dự báo nắng nóng, nhiệt độ lên cao": WEATHER,
}

Loader = Callable[[bytes], TopicModel]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loader]:
    """Loads an artefact as if it were shipped; the loader starts without memory, and forgets what it saw."""

    def loaded(body: bytes) -> TopicModel:
        monkeypatch.setattr(topics, "load_bytes", lambda _name: body)
        topic_model.cache_clear()
        return topic_model("made up")

    yield loaded
    topic_model.cache_clear()


@pytest.fixture(scope="module")
def learnt() -> bytes:
    return learn_topics(LEARNT)


def test_what_was_learnt_labels_texts_that_were_not(load: Loader, learnt: bytes) -> None:
    model = load(learnt)
    assert set(model.topics) == set(WORDS)
    assert model.label(HELD_OUT) == list(HELD_OUT.values())
    assert model.label(row.text for row in LEARNT) == [row.topic for row in LEARNT]


@pytest.mark.parametrize(
    "spell",
    [str.upper, str.lower, lambda text: unicodedata.normalize("NFD", text), lambda text: text.replace("khỏe", "khoẻ").replace("hóa", "hoá")],
    ids=["capitals", "small", "nfd", "new tone"],
)
def test_the_spelling_changes_no_label(load: Loader, learnt: bytes, spell: Callable[[str], str]) -> None:
    model = load(learnt)
    assert np.allclose(model.scores([spell(text) for text in HELD_OUT]), model.scores(list(HELD_OUT)))


def test_the_same_rows_give_the_same_bytes_of_weights(learnt: bytes) -> None:
    again = learn_topics(LEARNT)
    with np.load(io.BytesIO(learnt), allow_pickle=False) as one, np.load(io.BytesIO(again), allow_pickle=False) as other:
        for part in one.files:
            assert np.array_equal(one[part], other[part]), part


def test_rounding_the_weights_to_bytes_keeps_the_labels(load: Loader, learnt: bytes) -> None:
    """Beside the same machine with its weights as they were fitted."""
    from sklearn.svm import LinearSVC

    texts = [*HELD_OUT, *(row.text for row in LEARNT)]
    counts = count(row.text for row in LEARNT)
    documents = np.bincount(counts.indices, minlength=BUCKETS)
    idf = np.where(documents >= 3, np.log((1 + len(LEARNT)) / (1 + documents)) + 1, 0.0)
    exact = LinearSVC(C=0.7, random_state=0).fit(weigh(counts, idf), [row.topic for row in LEARNT])
    model = load(learnt)
    assert model.label(texts) == list(exact.predict(weigh(count(texts), idf)))
    assert np.abs(model.scores(texts) - exact.decision_function(weigh(count(texts), idf))).max() < 0.02


def test_words_of_too_few_texts_say_nothing(load: Loader) -> None:
    rare = [*LEARNT, Labelled("zzyzx zzyzx", SPORT)]
    model = load(learn_topics(rare))
    assert np.array_equal(model.scores(["zzyzx"]), model.scores([""]))


def test_a_row_that_weighs_more_counts_more(load: Loader) -> None:
    """The same text under two topics goes to the one whose row weighs more."""
    for heavy, light in ((SPORT, HEALTH), (HEALTH, SPORT)):
        torn = [Labelled("zzyzx quay lại", topic, weight) for topic, weight in ((heavy, 5.0), (light, 0.5)) for _ in range(4)]
        assert load(learn_topics([*LEARNT, *torn])).label(["zzyzx quay lại"]) == [heavy]


def test_a_head_of_two_topics_knows_both(load: Loader) -> None:
    model = load(learn_topics([row for row in LEARNT if row.topic != WEATHER]))
    kept = {text: topic for text, topic in HELD_OUT.items() if topic != WEATHER}
    assert model.label(kept) == list(kept.values())


def test_labels_come_in_the_order_of_the_texts_however_many(load: Loader, learnt: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(learnt)
    whole = model.label([*HELD_OUT, *HELD_OUT])
    for size in (1, 5, 12):
        monkeypatch.setattr(topics, "_BATCH", size)
        assert model.label(iter([*HELD_OUT, *HELD_OUT])) == whole
    assert model.label([]) == []


@given(st.lists(st.text(max_size=40), max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_text_gets_one_of_the_topics(texts: list[str]) -> None:
    model = topic_model(VNTC)
    found = model.label(texts)
    assert len(found) == len(texts) and set(found) <= set(model.topics)


def test_rows_of_tf_idf_are_of_unit_length_or_empty() -> None:
    from scipy.sparse.linalg import norm

    rows = weigh(count(["bão bão bão về", "bão", ""]), np.ones(BUCKETS, np.float32))
    assert norm(rows, axis=1) == pytest.approx([1, 1, 0], abs=1e-5)


def test_counts_are_of_syllables_and_of_pairs() -> None:
    assert count(["bão về", "bão bão", "_ ?!"]).sum(axis=1).ravel().tolist()[0] == [3, 3, 0]


# --- the shipped head ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("The thao", "Đội bóng Trúc Lam thắng 3-0 trong trận chung kết, tiền đạo ghi hai bàn thắng trước hàng nghìn cổ động viên trên sân vận động."),
        ("The thao", "Huấn luyện viên thay ba cầu thủ ở hiệp hai, trọng tài rút thẻ đỏ và đội khách thua trận bán kết giải vô địch."),
        ("Suc khoe", "Bác sĩ khuyên bệnh nhân tiểu đường uống thuốc theo đơn, ăn ít đường và khám định kỳ để tránh biến chứng tim mạch."),
        ("Suc khoe", "Trẻ sốt cao, viêm họng cần được đưa đến bệnh viện; không tự ý dùng kháng sinh vì vi khuẩn sẽ kháng thuốc."),
        ("Vi tinh", "Phiên bản mới của phần mềm diệt virus vá lỗ hổng trong hệ điều hành Windows, người dùng máy tính nên cập nhật qua Internet."),
        ("Vi tinh", "Hãng công bố bộ vi xử lý cho máy chủ, tăng tốc trình duyệt web và giảm dung lượng bộ nhớ mà phần mềm cần."),
    ],
)
def test_the_shipped_head_labels_what_is_obvious(topic: str, text: str) -> None:
    assert topic_model(VNTC).label([text]) == [topic]


def test_the_shipped_head_knows_ten_topics_each_with_weights() -> None:
    model = topic_model(VNTC)
    assert len(model.topics) == len(set(model.topics)) == model.weights.shape[1] == len(model.bias) == 10
    assert model.weights.shape[0] == len(model.idf) == BUCKETS
    assert np.all(np.abs(model.weights).max(axis=0) > 0) and np.all(np.isfinite(model.weights))


def test_a_head_that_is_not_shipped_is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError) as caught:
        topic_model("topics/none.npz")
    assert "topics/none.npz" in str(caught.value) and "\n" not in str(caught.value)


def test_topics_that_would_have_to_be_unpickled_are_refused(load: Loader, learnt: bytes) -> None:
    with np.load(io.BytesIO(learnt), allow_pickle=False) as stored:
        arrays = {part: stored[part] for part in stored.files}
    packed = io.BytesIO()
    np.savez(packed, **arrays | {"topics": np.array([{"a": 1}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle"):
        load(packed.getvalue())


# --- what was learnt from ------------------------------------------------------------------------------------------------


@pytest.fixture
def learnt_from(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[str]], None]]:
    def learnt(texts: list[str]) -> None:
        body = pack(texts)
        monkeypatch.setattr(seen, "load_bytes", lambda _name: body)
        seen._hashes.cache_clear()

    seen._hashes.cache_clear()
    yield learnt
    seen._hashes.cache_clear()


def test_only_texts_that_were_learnt_from_are_counted(learnt_from: Callable[[list[str]], None]) -> None:
    learnt_from(["Đập vỡ", "Vé tăng", "Đập vỡ"])
    assert count_seen("topics", ["Đập vỡ"]) == 1
    assert count_seen("topics", ["Đập vỡ ", "\n Vé tăng", "Đập vỡ"]) == 3
    assert count_seen("topics", ["đập vỡ", "Đập vỡ.", "Đập  vỡ", ""]) == 0
    assert count_seen("topics", []) == 0
    assert count_seen("topics", (text for text in ["Vé tăng", "Bão"])) == 1


def test_from_no_text_none_is_known(learnt_from: Callable[[list[str]], None]) -> None:
    learnt_from([])
    assert count_seen("topics", ["Đập vỡ", ""]) == 0


@given(st.lists(st.text(max_size=20), max_size=6), st.lists(st.text(max_size=20), max_size=6))
@settings(max_examples=60, deadline=None)
def test_counting_is_by_text(known: list[str], asked: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        body = pack(known)
        patch.setattr(seen, "load_bytes", lambda _name: body)
        seen._hashes.cache_clear()
        try:
            stripped = {text.strip() for text in known}
            assert count_seen("topics", asked) == sum(text.strip() in stripped for text in asked)
        finally:
            seen._hashes.cache_clear()


def test_half_a_character_has_a_hash_too() -> None:
    """JSON may spell one; it must not stop a count."""
    assert 0 <= hash_of("\ud800 vỡ") < 2**64


@pytest.mark.parametrize("model", ["topics", "verdict", "ranking"])
def test_the_shipped_models_have_seen_nothing_made_up(model: str) -> None:
    assert count_seen(model, [made_up(topic, at) for topic in WORDS for at in range(9)]) == 0
