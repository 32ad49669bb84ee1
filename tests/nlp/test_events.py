"""Stories of one event: traces, pairs, the written trees, placements that never rename a cluster, and floors on labelled pairs."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp.clustering import Known, cluster_id_of, place
from nlp.events import FEATURES, event_trees, features, is_round_up, tell_one_event_across_languages, trace_of
from nlp.shelving import telling_of
from nlp.training.events import Examples, examples, learn_events, read_pairs, traces_of

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("KIEMTIN_SHARED_DATA") or HERE.parents[1].parent / "shared" / "data")
NEEDS_DATA = pytest.mark.skipif(not SHARED.is_dir(), reason="not run: no shared/data")
DAM = "Đập Khe Mây ở xã Vĩnh Sậy bị vỡ lúc 2 giờ sáng 18/11, nước tràn vào ba thôn, 214 hộ dân phải sơ tán tới trường tiểu học Bờ Kè."


def story(number: int, title: str, text: str, hours: float = 0.0, outlet: str = "Báo Đồng Xanh", language: str = "vi") -> Known:
    trace = trace_of(f"s{number}", outlet, language, 20_000 + hours / 24, telling_of(title, text))
    return Known(trace, f"{title}\n{text}")


FIRST = story(1, "Vỡ đập Khe Mây, 214 hộ dân Vĩnh Sậy sơ tán trong đêm", DAM)
SAME = story(2, "214 hộ ở Vĩnh Sậy sơ tán sau khi đập Khe Mây vỡ", DAM.replace("tràn vào", "ngập"), 3, "Tin Bến Lúa")
OTHER = story(
    3,
    "Chợ nổi Bến Lúa thêm mười lăm ghe bán trái cây",
    "Ban quản lý chợ nổi Bến Lúa cho biết du khách cuối tuần tăng, các ghe bán trái cây được sắp lại.",
    4,
)
ROUND_UP = story(4, "Điểm tin 18h ngày 18-11: Vỡ đập Khe Mây; Chợ nổi Bến Lúa đông khách", "Những tin chính trong ngày.", 5)
ENGLISH = story(5, "Khe May dam bursts, 214 Vinh Say households evacuated", "The Khe May dam in Vinh Say burst on 18 November. 214 households moved to Bo Ke school.", 6, "Lam Giang Daily", "en")  # fmt: skip


def test_a_pair_is_as_many_numbers_as_have_names() -> None:
    assert len(features(FIRST.trace, SAME.trace)) == len(FEATURES)
    assert all(np.isfinite(features(FIRST.trace, OTHER.trace)))


def test_one_event_is_told_from_another() -> None:
    same, other = event_trees().scores([features(FIRST.trace, SAME.trace), features(FIRST.trace, OTHER.trace)])
    assert same > 0 > other


def test_a_round_up_is_the_report_of_no_event() -> None:
    assert ROUND_UP.trace.is_round_up and not FIRST.trace.is_round_up
    assert is_round_up("Toàn cảnh 17h: Chợ nổi Bến Lúa đông khách | Học sinh Bờ Kè nghỉ học")
    (placed,) = place([replace(FIRST, cluster_id="c1")], [ROUND_UP])
    assert placed.opens


def test_a_story_joins_its_event_and_another_opens_its_own() -> None:
    placed = {one.story_id: one for one in place([], [OTHER, SAME, FIRST])}
    assert placed["s1"].opens and placed["s3"].opens
    assert placed["s2"].cluster_id == cluster_id_of("s1")


def test_what_a_person_has_parted_stays_parted() -> None:
    known = replace(FIRST, cluster_id="c1")
    assert place([known], [SAME])[0].cluster_id == "c1"
    assert place([known], [SAME], frozenset({("s2", "c1")}))[0].opens


def test_a_copy_is_marked_and_yesterdays_prices_are_none() -> None:
    again = story(6, "Vỡ đập Khe Mây, 214 hộ dân Vĩnh Sậy sơ tán trong đêm", DAM, 2, "Tin Bến Lúa")
    (placed,) = place([replace(FIRST, cluster_id="c1")], [again])
    assert (placed.cluster_id, placed.copy_of) == ("c1", "s1")
    prices = "Giá cà phê hôm nay 18/11 tại chợ Bến Lúa giữ ở mức 96.000 đồng một kg, hồ tiêu 141.000 đồng, hạt điều 38.000 đồng một kg."
    first = replace(story(7, "Giá nông sản 18/11", prices), cluster_id="c7")
    (later,) = place([first], [story(8, "Giá nông sản 19/11", prices.replace("18/11", "19/11"), 24)])
    assert later.copy_of is None


def test_names_and_numbers_carry_an_event_into_another_language() -> None:
    assert tell_one_event_across_languages(FIRST.trace, ENGLISH.trace) == tell_one_event_across_languages(ENGLISH.trace, FIRST.trace)
    assert place([replace(FIRST, cluster_id="c1")], [ENGLISH])[0].cluster_id == "c1"
    elsewhere = story(9, "Bo Ke market reopens in Vinh Say", "The market has 30 stalls.", 6, "Lam Giang Daily", "en")
    assert place([replace(FIRST, cluster_id="c1")], [elsewhere])[0].opens


def test_the_written_trees_say_what_was_learnt() -> None:
    random = np.random.default_rng(7)
    x = random.random((400, len(FEATURES)))
    known = Examples(x, x[:, 0] + x[:, 1] > 1, np.arange(400) // 50)
    assert learn_events(known)  # raises where the written trees differ


@NEEDS_DATA
def test_labelled_pairs_are_told_apart() -> None:
    """Floors below what the card says: 0.84 out of fold; here the shipped trees on pairs that they have not seen."""
    from sklearn.metrics import average_precision_score

    pairs = read_pairs(HERE, "test")
    known = examples(pairs, traces_of(SHARED, pairs))
    scores = event_trees().scores(known.x)
    precision, cosine = average_precision_score(known.y, scores), average_precision_score(known.y, known.x[:, 0])
    assert precision >= 0.76 and precision > cosine + 0.1, (precision, cosine)
