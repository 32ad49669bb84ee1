"""How kernel models, pairs for the decision and all artefacts are learnt: on made-up rows, and without writing to `models/`."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemtin.domain.claims import Relation
from kiemtin.errors import InputError
from nlp import kernel
from nlp.decision import CLASSES, LINK, LINK_UNMARKED, SUGGEST, manner_grams
from nlp.kernel import KernelModel, kernel_model, softmax
from nlp.profile import profile
from nlp.resources import models_dir, verify_manifest
from nlp.training import artefacts
from nlp.training.decision import PAIRS, Pair, _other_figure, is_for_training, labelled_pairs, learn_manner, plain_pairs, unmarked
from nlp.training.kernels import Rows, Shape, best_heat, fit, macro_f1, out_of_fold, pack, rows_of, threshold_for

SHAPE = Shape(alpha=0.1, gamma=0.2, linear=0.01, classes=3)
SAME, OPPOSITE, RELATED, NONE = range(4)
DAM = "Đập hồ Trúc Lam ở xã Vân Sậy vỡ đêm 18/11, 12 thôn ngập"


def blobs(per_class: int = 20, spread: float = 0.3, seed: int = 0) -> Rows:
    """Three clouds in two features, each row a group of its own."""
    chance = np.random.default_rng(seed)
    centres = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    labels = np.repeat(np.arange(3), per_class)
    table = centres[labels] + chance.normal(0, spread, (len(labels), 2))
    return Rows(("left", "right"), table, labels, tuple(map(str, range(len(labels)))), np.ones(len(labels)))


# --- fit, pack, load -----------------------------------------------------------------------------------------------------


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], KernelModel]]:
    """Loads an artefact as if it were shipped; the loader starts without memory, and forgets what it saw."""

    def loaded(body: bytes) -> KernelModel:
        monkeypatch.setattr(kernel, "load_bytes", lambda _name: body)
        kernel_model.cache_clear()
        return kernel_model("made up")

    yield loaded
    kernel_model.cache_clear()


def test_clouds_are_told_apart() -> None:
    learnt, other = blobs(), blobs(seed=1)
    assert np.array_equal(fit(learnt, SHAPE).values(other.table).argmax(axis=1), other.labels)
    assert macro_f1(other.labels, fit(learnt, SHAPE).values(other.table).argmax(axis=1)) == 1.0


def test_what_is_packed_and_loaded_gives_the_same_values(load: Callable[[bytes], KernelModel]) -> None:
    """But for the rounding of the learnt rows to half precision."""
    model = fit(blobs(), SHAPE, 3.0, {"link": 0.9, "suggest": 0.25})
    loaded, rows = load(pack(model)), blobs(seed=2).table
    assert np.allclose(loaded.values(rows), model.values(rows), atol=5e-3)
    assert np.array_equal(loaded.values(rows).argmax(axis=1), model.values(rows).argmax(axis=1))
    assert (loaded.names, loaded.heat, loaded.gamma) == (model.names, 3.0, SHAPE.gamma)
    assert loaded.thresholds == pytest.approx({"link": 0.9, "suggest": 0.25})


def test_the_artefact_holds_nothing_that_would_have_to_be_unpickled() -> None:
    with np.load(io.BytesIO(pack(fit(blobs(), SHAPE))), allow_pickle=False) as stored:
        assert {stored[name].dtype.kind for name in stored.files} <= {"U", "f"}


def test_the_same_rows_give_the_same_model() -> None:
    rows = blobs(seed=3).table
    assert np.array_equal(fit(blobs(), SHAPE).values(rows), fit(blobs(), SHAPE).values(rows))


def test_values_rest_on_the_features_names_not_on_their_order() -> None:
    found = [{"left": float(row[0]), "right": float(row[1])} for row in blobs().table]
    turned = [{"right": row["right"], "left": row["left"]} for row in found]
    labels, groups = blobs().labels.tolist(), list(blobs().groups)
    one, other = (fit(rows_of(given, labels, groups), SHAPE) for given in (found, turned))
    assert one.names != other.names
    assert one.probabilities(found) == pytest.approx(other.probabilities(turned), abs=1e-6)


def test_a_rare_label_weighs_as_much_as_a_frequent_one() -> None:
    """In the middle between two clouds neither the large nor the small one wins by its size."""
    many, few = blobs(60), blobs(6)
    table = np.vstack([many.table[many.labels == 0], few.table[few.labels == 1]])
    labels = np.repeat([0, 1], [60, 6])
    rows = Rows(many.names, table, labels, tuple(map(str, range(66))), np.ones(66))
    model = fit(rows, Shape(0.1, 0.2, 0.01, 2))
    assert np.array_equal(model.values(table).argmax(axis=1), labels)


def test_a_feature_that_never_varies_does_no_harm() -> None:
    rows = blobs()
    flat = Rows(("left", "right", "flat"), np.hstack([rows.table, np.ones((len(rows.labels), 1))]), rows.labels, rows.groups, rows.weights)
    assert np.isfinite(fit(flat, SHAPE).values(flat.table)).all()


def test_fewer_landmarks_than_rows_are_kept() -> None:
    model = fit(blobs(), Shape(0.1, 0.2, 0.01, 3, landmarks=10))
    assert len(model.vectors) == len(model.weights) == 10
    assert np.array_equal(model.values(blobs(seed=1).table).argmax(axis=1), blobs(seed=1).labels)


# --- folds ---------------------------------------------------------------------------------------------------------------


def memorisable(groups: int = 40, size: int = 5) -> Rows:
    """Groups of nearly equal rows far from all others, each with a label by chance: nothing to learn but by heart."""
    chance = np.random.default_rng(5)
    centres = np.repeat(chance.normal(0, 5, (groups, 6)), size, axis=0)
    labels = np.repeat(chance.permutation(np.arange(groups) % 2), size)
    names = tuple(f"group {at // size}" for at in range(groups * size))
    return Rows(tuple("abcdef"), centres + chance.normal(0, 0.01, centres.shape), labels, names, np.ones(len(labels)))


def test_a_group_stands_never_on_both_sides_of_a_split() -> None:
    """Learnt by heart, every row is right; from other groups, about half of them."""
    rows, shape = memorisable(), Shape(0.01, 0.5, 0.0, 2)
    by_heart = (fit(rows, shape).values(rows.table).argmax(axis=1) == rows.labels).mean()
    apart = (out_of_fold(rows, shape).argmax(axis=1) == rows.labels).mean()
    assert by_heart == 1.0
    assert 0.2 < apart < 0.75


def test_without_its_groups_the_same_table_would_be_known_by_heart() -> None:
    """The test above would see a group that stands on both sides."""
    rows = memorisable()
    alone = Rows(rows.names, rows.table, rows.labels, tuple(map(str, range(len(rows.labels)))), rows.weights)
    assert (out_of_fold(alone, Shape(0.01, 0.5, 0.0, 2)).argmax(axis=1) == rows.labels).mean() > 0.95


def test_every_row_gets_a_value_and_another_seed_other_folds() -> None:
    rows = blobs(spread=2.0)
    values = out_of_fold(rows, SHAPE)
    assert values.shape == (60, 3) and np.abs(values).sum(axis=1).min() > 0
    assert np.array_equal(values, out_of_fold(rows, SHAPE))
    assert not np.array_equal(values, out_of_fold(rows, SHAPE, seed=1))


def test_some_of_the_rows_keep_all_that_belongs_to_them() -> None:
    rows = blobs()
    some = rows.only(np.array([3, 25, 41]))
    assert (some.names, some.groups, some.labels.tolist()) == (rows.names, ("3", "25", "41"), [0, 1, 2])
    assert np.array_equal(some.table, rows.table[[3, 25, 41]])


# --- thresholds and heat -------------------------------------------------------------------------------------------------

_SCORED = st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=30, unique_by=lambda pair: pair[0])


def _precision(scores: object, right: object, threshold: float) -> tuple[int, float]:
    above = np.asarray(scores) >= threshold
    return int(above.sum()), float(np.asarray(right)[above].mean()) if above.any() else 1.0


@given(_SCORED, st.sampled_from([0.5, 0.8, 1.0]), st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_from_the_threshold_on_enough_rows_are_right_and_no_lower_one_would_do(pairs: list[tuple[int, bool]], precision: float, least: int) -> None:
    scores, right = np.array([score / 1000 for score, _ in pairs]), np.array([is_right for _, is_right in pairs])
    found = threshold_for(scores, right, precision, least)
    reached = [score for score in scores if _precision(scores, right, score)[0] >= least and _precision(scores, right, score)[1] >= precision]
    if not reached:
        assert found > 1
        return
    assert found == min(reached)


def test_where_no_threshold_will_do_nothing_reaches_it() -> None:
    assert threshold_for(np.array([0.9, 1.0]), np.array([False, False]), 0.5, 1) > 1
    assert threshold_for(np.array([0.9, 1.0]), np.array([True, True]), 0.5, 3) > 1


def test_rows_of_one_score_are_counted_together() -> None:
    scores, right = np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, False, False])
    found = threshold_for(scores, right, 1.0, 2)
    assert _precision(scores, right, found)[1] == 1.0


def test_heat_is_high_where_values_can_be_trusted_and_low_where_not() -> None:
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 3, 300)
    sharp = np.eye(3)[labels] * 0.5 + chance.normal(0, 0.02, (300, 3))
    noise = chance.normal(0, 0.5, (300, 3))
    assert best_heat(sharp, labels) > best_heat(noise, labels) == 1.0


def test_the_best_heat_is_the_likeliest() -> None:
    chance = np.random.default_rng(1)
    labels = chance.integers(0, 3, 200)
    values = np.eye(3)[labels] * 0.5 + chance.normal(0, 0.3, (200, 3))

    def loss(heat: float) -> float:
        return float(-np.log(softmax(values * heat)[np.arange(200), labels]).mean())

    best = best_heat(values, labels)
    assert 1 < best < 12
    assert all(loss(best) <= loss(heat) + 1e-9 for heat in (1.0, best - 0.25, best + 0.25, 12.0))


# --- pairs for the decision ----------------------------------------------------------------------------------------------


def written(folder: Path, label: str) -> Path:
    row = {"claim": f"Bác tin {DAM}", "text": f"Nghe nói {DAM}", "label": label, "event": "dam"}
    (folder / "pairs.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    return folder


@pytest.mark.parametrize(("label", "place"), [("same", SAME), ("opposite", OPPOSITE), ("related", RELATED), ("none", NONE)])
def test_a_written_pair_is_read_with_its_bare_claim(tmp_path: Path, label: str, place: int) -> None:
    (pair,) = labelled_pairs(written(tmp_path, label), ["pairs.jsonl"])
    assert (pair.claim.text, pair.label, pair.event, pair.weight, pair.is_written) == (DAM, place, "pairs.jsonl dam", 1.0, True)
    assert CLASSES[place] == (Relation(label) if label != "none" else None)


@pytest.mark.parametrize("label", ["Same", "", "refutes", "0"])
def test_another_label_is_refused(tmp_path: Path, label: str) -> None:
    with pytest.raises(InputError):
        labelled_pairs(written(tmp_path, label), ["pairs.jsonl"])


def test_the_projects_own_pairs_can_all_be_read() -> None:
    found = labelled_pairs(Path(__file__).parent, PAIRS[:2])
    assert {pair.label for pair in found} == {SAME, OPPOSITE, RELATED, NONE}
    assert all(pair.event.split(" ")[0] in PAIRS for pair in found)


def test_half_of_the_headlines_are_for_training() -> None:
    rows = [json.loads(line) for line in (Path(__file__).parent / "denials.jsonl").read_text("utf-8").splitlines()]
    share = sum(is_for_training(row["id"]) for row in rows) / len(rows)
    assert 0.4 < share < 0.6
    assert is_for_training("0000000aff") and not is_for_training("0000000baa")


@pytest.mark.parametrize(
    ("text", "seed", "other"),
    [
        ("Có 12 thôn và 5 xã ngập", 0, "Có 24 thôn và 5 xã ngập"),
        ("Có 12 thôn và 5 xã ngập", 3, "Có 60 thôn và 5 xã ngập"),
        ("Có 12 thôn và 5 xã ngập", 8, "Có 24 thôn và 5 xã ngập"),
        ("Giá 12.000 đồng", 1, "Giá 36.000 đồng"),
        ("Mổ mắt 0 đồng", 4, "Mổ mắt 0 đồng"),
        ("Đập vỡ", 4, "Đập vỡ"),
        pytest.param("Giá 1.250.000 đồng", 0, "Giá 2.500.000 đồng"),
    ],
)
def test_another_figure_is_two_to_nine_times_the_first_one(text: str, seed: int, other: str) -> None:
    assert _other_figure(text, seed) == other


@given(st.integers(1, 10**6), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_another_figure_is_never_the_same(figure: int, seed: int) -> None:
    found = int(_other_figure(f"{figure}", seed))
    assert found % figure == 0 and 2 <= found // figure <= 9


def pair(text: str, label: int = SAME, event: str = "dam") -> Pair:
    return Pair(profile(DAM), profile(text), label, event)


def test_a_pair_is_given_once_more_without_its_marks() -> None:
    (once,) = unmarked([pair("Đập vỡ rồi"), pair("dap vo roi"), pair("The dam burst")])
    assert (once.text.text, once.label, once.event, once.is_written) == ("dap vo roi", SAME, "dam", False)
    assert once.weight < 1


def test_each_claim_is_held_against_itself_once() -> None:
    found = plain_pairs([pair("một"), pair("hai"), pair("ba", OPPOSITE, "other event")])
    assert {one.event for one in found} == {"dam", "other event"}
    for event in ("dam", "other event"):
        labels = [one.label for one in found if one.event == event]
        assert sorted(labels) == [SAME] * 3 + [OPPOSITE, RELATED]
    assert all(not one.is_written and one.weight < 1 for one in found)


def test_manner_tells_denials_from_repeats_by_the_words_around_the_claim() -> None:
    repeats = [pair(f"{frame} {DAM}", SAME, str(at)) for at, frame in enumerate(["Nghe nói", "Mọi người ơi", "Nghe nói", "Bà con ơi"] * 5)]
    denials = [
        pair(f"{frame} {DAM}", OPPOSITE, str(at)) for at, frame in enumerate(["Không có chuyện", "Bác tin", "Đừng tin", "Không có chuyện"] * 5)
    ]
    found = learn_manner([*repeats, *denials, pair("Thư viện mở cửa", RELATED, "x")])
    claim = profile(DAM)

    def odds(text: str) -> float:
        return float(found["bias"] + sum(found["weights"].get(gram, 0.0) for gram in manner_grams(claim, profile(text))))

    assert odds(f"Không có chuyện {DAM}") > 0 > odds(f"Nghe nói {DAM}")
    assert not any("dap" in gram.split() or "vo" in gram.split() for gram in found["weights"]), "the claim's own words are masked"
    assert json.dumps(found)


def test_the_shipped_thresholds_stand_in_the_model() -> None:
    shipped = kernel_model("decision/weights.npz").thresholds
    assert set(shipped) == {LINK, LINK_UNMARKED, SUGGEST}


# --- all artefacts -------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Should anything be learnt here by mistake, it is not written over what ships."""
    place = tmp_path / "models"
    place.mkdir()
    monkeypatch.setattr(artefacts, "models_dir", lambda: place)
    return place


@pytest.mark.parametrize("names", [["none.json"], ["topics/vntc.npz", "topics"], ["", "match/weights.json"]])
def test_an_unknown_artefact_is_refused_in_one_line(elsewhere: Path, tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        artefacts.learn(tmp_path, names)
    assert "\n" not in str(caught.value) and "match/weights.json" in str(caught.value)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("names", [[], ["topics/vntc.npz"], ["rebuttal/weights.json"]])
def test_a_folder_without_the_data_is_refused_in_one_line(elsewhere: Path, tmp_path: Path, names: list[str]) -> None:
    told: list[str] = []
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError) as caught:
            artefacts.learn(folder, names, lambda name, _: told.append(name))
        assert str(folder) in str(caught.value) and "\n" not in str(caught.value)
    assert list(elsewhere.iterdir()) == told == []


def test_a_folder_with_a_part_of_the_data_is_told_what_it_lacks(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "vntc10_train.jsonl.gz").touch()
    with pytest.raises(InputError) as caught:
        artefacts.learn(tmp_path, ["topics/vntc.npz"])
    assert "vifactcheck" in str(caught.value) and "vntc10_train" not in str(caught.value)
    assert list(elsewhere.iterdir()) == []


def test_what_is_learnt_is_what_ships() -> None:
    assert set(artefacts.ARTEFACTS) == set(json.loads((models_dir() / "manifest.json").read_text("utf-8")))
    assert verify_manifest() == []
