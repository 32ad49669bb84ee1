"""The artefacts of `nlp.events`: how rare each phrase is in news, and boosted trees over pairs of stories that people labelled.

daily news until the test begins | idf of hashed phrases
labelled pairs (row ids and labels, no texts) | features | boosted trees, their nodes as plain numbers
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from nlp.events import BUCKETS, FEATURES, Trace, Trees, bucket_of, features, phrases_of, read_trees, trace_of
from nlp.profile import profile
from nlp.shelving import telling_of
from nlp.training.corpus import DAILY_NEWS, rows

PAIRS = "event_pairs.tsv"
TEST_FROM = "2026-02-01"  # pairs are learnt from until this day, and measured on from it
_WEEK = 7.0
_FOLDS = 8
_SECONDS_A_DAY = 86_400
_BOOSTERS = 6
_FOR = frozenset({
    "whole", "title", "cross_most", "cross_least", "names", "names_of_smaller", "names_of_all", "figures", "terms_of_smaller", "terms", "rare", "date_shared",
    "place_shared", "verbs", "parts_of_names", "parts_of_smaller", "parts_of_all", "rarest_name", "headed_most", "headed_least", "title_names",
    "title_names_of_smaller", "rarest", "rarest_few", "rarest_many", "shared_phrases", "rarest_of_titles",
})  # fmt: skip
_AGAINST = frozenset({
    "no_name_shared", "days", "over_a_day", "over_two_days", "dates_differ", "provinces_differ", "round_up", "figures_differ", "unit_differs", "unheard_least",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of daily news, whether they tell of one event, and how they were drawn: "boundary" or "random"."""

    first: str
    second: str
    same: bool
    drawn: str
    part: str


def read_pairs(folder: Path, part: str) -> list[Pair]:
    """Lines `first<TAB>second<TAB>0|1<TAB>boundary|random<TAB>train|test`."""
    lines = (line.split("\t") for line in (folder / PAIRS).read_text("utf-8").splitlines() if line and not line.startswith("#"))
    found = (Pair(first, second, label == "1", drawn, which) for first, second, label, drawn, which in lines)
    return [pair for pair in found if pair.part == part]


def learn_idf(corpus: Path) -> bytes:
    """How rare each phrase is: an artefact of its own, because traces are made with it."""
    stories = [row for row in rows(corpus, DAILY_NEWS) if row["published"] < TEST_FROM]
    documents = np.zeros(BUCKETS, np.int64)
    for row in stories:
        documents[list({bucket_of(phrase) for phrase in phrases_of(profile(telling_of(row["title"], row["summary"] or "").text))})] += 1
    idf = np.log((1 + len(stories)) / (np.maximum(documents, 1)))
    return _packed({"idf": np.round(idf * 10).astype(np.uint8)})


def _packed(arrays: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def trace_row(row: dict[str, Any]) -> Trace:
    """A row of daily news; the sections of one paper are one outlet."""
    moment = datetime.fromisoformat(row["published"]).timestamp() / _SECONDS_A_DAY
    return trace_of(row["id"], row["source"].partition(" - ")[0], "vi", moment, telling_of(row["title"], row["summary"] or ""))


def traces_of(corpus: Path, pairs: Iterable[Pair]) -> dict[str, Trace]:
    wanted = {row_id for pair in pairs for row_id in (pair.first, pair.second)}
    return {row["id"]: trace_row(row) for row in rows(corpus, DAILY_NEWS) if row["id"] in wanted}


@dataclass(frozen=True, slots=True)
class Examples:
    """(n, features), (n,) labels, (n,) week: pairs of one week never straddle two folds."""

    x: Any
    y: Any
    week: Any


def examples(pairs: Sequence[Pair], traces: dict[str, Trace]) -> Examples:
    x = np.array([features(traces[pair.first], traces[pair.second]) for pair in pairs])
    y = np.array([pair.same for pair in pairs])
    week = np.array([int(min(traces[pair.first].moment, traces[pair.second].moment) // _WEEK) for pair in pairs])
    return Examples(x, y, week)


def _booster(seed: int) -> Any:
    """What speaks for one event may never count against it: with so few pairs, trees learn chance otherwise (average precision + 0.007)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=120, max_leaf_nodes=6, learning_rate=0.06, min_samples_leaf=15, l2_regularization=1.0, max_features=0.4, random_state=seed,
        monotonic_cst=[1 if name in _FOR else -1 if name in _AGAINST else 0 for name in FEATURES],
    )  # fmt: skip


def out_of_fold(known: Examples) -> Any:
    """Scores of pairs by trees that have not seen their week."""
    from sklearn.model_selection import GroupKFold, cross_val_predict

    scores = [
        cross_val_predict(_booster(seed), known.x, known.y, groups=known.week, cv=GroupKFold(_FOLDS), method="decision_function")
        for seed in range(_BOOSTERS)
    ]
    return sum(scores) / _BOOSTERS


def measure(known: Examples) -> dict[str, float]:
    from sklearn.metrics import average_precision_score

    precision = float(average_precision_score(known.y, out_of_fold(known)))
    return {
        "pairs": len(known.y),
        "average_precision": precision,
        "average_precision_of_cosine": float(average_precision_score(known.y, known.x[:, 0])),
    }


def learn_events(known: Examples) -> bytes:
    """The mean of a few boosters, each of which sees some of the features at a time."""
    models = [_booster(seed).fit(known.x, known.y) for seed in range(_BOOSTERS)]
    arrays = _flat([predictor.nodes for model in models for (predictor,) in model._predictors])
    arrays["value"] /= _BOOSTERS
    bias = np.mean([model._baseline_prediction.ravel()[0] for model in models])
    return _checked(_packed({"bias": np.float64(bias), **arrays}), models, known.x)


def _flat(trees: Sequence[Any]) -> dict[str, Any]:
    """scikit-learn's nodes one after another; places of children are counted through."""
    starts = np.cumsum([0] + [len(nodes) for nodes in trees[:-1]])
    inner = [nodes["is_leaf"] == 0 for nodes in trees]
    return {
        "roots": starts.astype(np.int32),
        "feature": np.concatenate([np.where(split, nodes["feature_idx"].astype(np.int32), -1) for nodes, split in zip(trees, inner, strict=True)]),
        "threshold": np.concatenate([np.where(split, nodes["num_threshold"], 0.0) for nodes, split in zip(trees, inner, strict=True)]),
        "left": np.concatenate([nodes["left"].astype(np.int32) + start for nodes, start in zip(trees, starts, strict=True)]).astype(np.int32),
        "right": np.concatenate([nodes["right"].astype(np.int32) + start for nodes, start in zip(trees, starts, strict=True)]).astype(np.int32),
        "value": np.concatenate([nodes["value"] for nodes in trees]),
    }


def _checked(body: bytes, models: Sequence[Any], x: Any) -> bytes:
    """What is written must say what was learnt."""
    trees: Trees = read_trees(body)
    if not np.allclose(trees.scores(x), np.mean([model.decision_function(x) for model in models], axis=0), atol=1e-6):
        raise ValueError("the written trees differ from the learnt ones")
    return body
