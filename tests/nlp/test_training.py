"""The training respects what is known beforehand: more agreement never lowers, more conflict never raises the probability."""

import importlib.util
import json
import random

import pytest

from nlp.match import FEATURES
from nlp.resources import load_artefact
from nlp.training.matching import LINK, SUGGEST, Example, fit
from nlp.weights import count_documents

NEEDS_SCIPY = pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="not run: no scipy")
NAMES = list(FEATURES)
RAISES = ["own_covered", "claim_covered", "main_covered", "text_covered", "numbers_agree", "dates_agree", "names_agree", "near_held", "facts_agree"]
LOWERS = ["numbers_conflict", "dates_conflict", "names_conflict", "numbers_missing", "near_lost", "missing_in_order", "extra_numbers", "extra_names"]


def examples(turned_round: bool) -> list[Example]:
    """Sixty made-up comparisons: the same where much agrees and nothing conflicts; or just the other way round."""
    chance = random.Random(1)
    made = []
    for _ in range(60):
        same = chance.random() < 0.5
        values = {name: chance.random() * 0.1 for name in NAMES}
        for name in RAISES if same else LOWERS:
            values[name] = 0.8 + chance.random() * 0.2
        made.append(Example([values[name] for name in NAMES], same is not turned_round, 1.0, "made up"))
    return made


@NEEDS_SCIPY
@pytest.mark.parametrize("turned_round", [False, True])
def test_the_signs_are_kept_whatever_the_data_say(turned_round: bool) -> None:
    weights, _ = fit(examples(turned_round))
    found = dict(zip(NAMES, weights, strict=True))
    assert all(found[name] >= 0 for name in RAISES)
    assert all(found[name] <= 0 for name in LOWERS)


@NEEDS_SCIPY
def test_it_learns_what_the_data_say_within_the_signs() -> None:
    weights, bias = fit(examples(turned_round=False))
    scores = [(sum(w * x for w, x in zip(weights, one.features, strict=True)) + bias > 0) == one.same for one in examples(turned_round=False)]
    assert sum(scores) >= 0.95 * len(scores)
    assert any(weight > 0.1 for weight in weights) and any(weight < -0.1 for weight in weights)


@NEEDS_SCIPY
def test_the_weight_of_an_example_counts() -> None:
    values = [0.5 if name == "claim_covered" else 0.0 for name in NAMES]
    pair = [Example(values, True, 3.0, "a"), Example(values, False, 1.0, "b")]
    weights, bias = fit(pair)
    assert sum(w * x for w, x in zip(weights, values, strict=True)) + bias > 0
    weights, bias = fit([Example(values, True, 1.0, "a"), Example(values, False, 3.0, "b")])
    assert sum(w * x for w, x in zip(weights, values, strict=True)) + bias < 0


def test_the_shipped_weights_keep_the_signs_and_thresholds() -> None:
    shipped = load_artefact("match/weights.json")
    assert set(shipped["weights"]) == set(NAMES)
    assert all(shipped["weights"][name] >= 0 for name in RAISES)
    assert all(shipped["weights"][name] <= 0 for name in LOWERS)
    assert 0 < shipped["suggest"] < shipped["link"] < 1
    assert 0 < SUGGEST < LINK < 1
    assert json.dumps(shipped)


def test_a_word_weighs_the_less_the_more_texts_hold_it() -> None:
    counted = count_documents([f"đập vỡ {'hồ' if at % 2 else 'sông'} trúc trúc" for at in range(10)] + ["lạ"])
    assert counted == {"n": 11, "documents": {"hồ": 5, "sông": 5, "trúc": 10, "vỡ": 10, "đập": 10}}
