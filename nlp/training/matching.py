"""The weights of `nlp.match`: a logistic regression whose signs are fixed beforehand, over labelled pairs and made-up worlds.

More agreement may only raise, more conflict may only lower the probability: otherwise the pairs, in which near-misses share
nearly all words on purpose, teach that agreement is suspicious (tried: recall on the worlds fell from 0.60 to 0.40).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.compare import Comparison, compare
from nlp.denial import strip_framing
from nlp.examine import examine
from nlp.match import FEATURES, vector
from nlp.profile import Profile, profile
from nlp.sentences import Reading

LINK, SUGGEST = 0.57, 0.22
_LOWERS = frozenset(
    [
        "replaced",
        "heaviest_missing",
        "numbers_conflict",
        "numbers_missing",
        "dates_conflict",
        "dates_missing",
        "names_conflict",
        "names_missing",
        "extra_numbers",
        "replaced_in_order",
        "missing_in_order",
        "extra_in_order",
        "extra_when_covered",
        "bare_missing",
        "bare_heaviest",
    ]
)
_FREE = frozenset({"bare"})
_L2 = 0.0005
# The pairs' `related` texts differ in one word on purpose, much oftener than news does.
_PAIR_WEIGHTS = {"same": 0.6, "none": 0.6, "related": 0.1}
_WORTH_LEARNING = 0.2


@dataclass(frozen=True, slots=True)
class Example:
    features: list[float]
    same: bool
    weight: float
    event: str


def learn_match(pairs: Path, worlds: list[Path]) -> dict[str, object]:
    """The artefact `match/weights.json`."""
    examples = [*_from_pairs(pairs), *(example for world in worlds for example in _from_world(world))]
    weights, bias = fit(examples)
    return {"bias": bias, "weights": dict(zip(FEATURES, weights, strict=True)), "link": LINK, "suggest": SUGGEST}


def fit(examples: list[Example]) -> tuple[list[float], float]:
    """Weighted logistic loss with L2, by L-BFGS-B with one-sided bounds."""
    from scipy.optimize import minimize

    x = np.array([example.features for example in examples])
    y = np.array([float(example.same) for example in examples])
    w = np.array([example.weight for example in examples])

    def loss(theta: Any) -> tuple[float, Any]:
        p = 1 / (1 + np.exp(-(x @ theta[:-1] + theta[-1])))
        value = -(w * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum() / w.sum() + _L2 * (theta[:-1] ** 2).sum() / 2
        error = w * (p - y) / w.sum()
        return float(value), np.append(x.T @ error + _L2 * theta[:-1], error.sum())

    bounds = [_bounds(name) for name in FEATURES] + [(None, None)]
    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2000})
    return [float(value) for value in found.x[:-1]], float(found.x[-1])


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in _FREE:
        return None, None
    return (None, 0.0) if name in _LOWERS else (0.0, None)


def _from_pairs(folder: Path) -> Iterator[Example]:
    for name in ("pairs_dev.jsonl", "pairs_train.jsonl"):
        for line in (folder / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            comparison = compare(profile(strip_framing(row["claim"])), profile(row["text"]))
            if row["label"] != "opposite" and not comparison.denial:
                yield Example(vector(comparison), row["label"] == "same", _PAIR_WEIGHTS[row["label"]], row["event"])


def _from_world(folder: Path) -> Iterator[Example]:
    """The passage of each news page that comes nearest to each checked claim."""
    world = json.loads((folder / "world.json").read_text("utf-8"))
    checks = [(page["about"], _wordings(page)) for page in world["pages"] if page["kind"] == "fact_check" and page["about"]]
    for page in world["pages"]:
        if page["kind"] in ("fact_check", "debunk_article", "bulletin", "debunk"):
            continue
        reading = _reading(page)
        for about, wordings in checks:
            comparison = _nearest(wordings, reading)
            if comparison.claim_covered >= _WORTH_LEARNING:
                yield Example(vector(comparison), page["kind"] == "repeat" and page["about"] == about, 1.0, f"{folder.name} {about}")


def _reading(page: dict[str, Any]) -> Reading:
    return Reading(page["title"], "\n".join([page["lead"], *page["paragraphs"]]))


def _wordings(page: dict[str, Any]) -> list[Profile]:
    claim = page["reviews"][0]["claim_reviewed"]
    found = examine(claim, _reading(page))
    return [profile(claim), *(profile(text) for text in (found.wordings if found else ()))]


def _nearest(wordings: list[Profile], reading: Reading) -> Comparison:
    passages: list[tuple[Profile, Profile | None]] = [(reading.title, None)]
    passages += [(part, reading.lead) for part in reading.profiles]
    passages += [(reading.pair(at), reading.lead) for at in range(len(reading.profiles) - 1)]
    found = [compare(claim, passage, context, reading.folded) for passage, context in passages for claim in wordings]
    return max(found, key=_nearness)


def _nearness(c: Comparison) -> float:
    agreement = c.claim_covered + 0.6 * c.action_covered + 0.5 * c.verbs_covered + 0.2 * c.text_covered
    return agreement - (c.numbers.conflict > 0) - 0.5 * c.dates.conflict - 0.2 * c.numbers.missing
