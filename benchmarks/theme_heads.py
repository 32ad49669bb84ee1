"""Themes: the open word list beside scikit-learn classifiers trained for the same job, on texts that none of them was made from.

news items labelled by hand, cut by date; statements written blind | word list, words, list scores, both | right, macro F1

A trained head replaces the list where it is better on both; so far none is (see the printed table), so none ships.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from nlp.profile import profile
from nlp.themes import SPECIFICITY, score_themes, theme_of
from nlp.topics import count, weigh
from nlp.training.topics import IPTC_TEST_FROM

_TEXTS = measure.REPOSITORY / "tests" / "nlp"
_NEWS = "daily_news_2025-08_2026-05.jsonl.gz"
_NAMES = tuple(theme.value for theme in SPECIFICITY)
_SILVER_EVERY, _SILVER_WEIGHT, _PAIR_WEIGHT, _HAND_WEIGHT = 6, 0.1, 0.5, 3.0


@dataclass(frozen=True, slots=True)
class Rows:
    texts: list[str]
    themes: list[str]
    weights: list[float]

    def __add__(self, other: "Rows") -> "Rows":
        return Rows(self.texts + other.texts, self.themes + other.themes, self.weights + other.weights)


def listed(text: str) -> str:
    told = profile(text)
    theme = theme_of(told.tokens, told.marked)
    return "none" if theme is None else theme.value


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_TEXTS / name).read_text("utf-8").splitlines()]


def news(shared: Path) -> tuple[Rows, Rows, Rows]:
    """Hand-labelled items before and from the test's first day, and earlier items with what the word list says of them."""
    labels = {row["id"]: row["theme"] for row in _read("news_labels.jsonl")}
    before, after, silver = Rows([], [], []), Rows([], [], []), Rows([], [], [])
    for at, row in enumerate(measure.read_rows(shared / _NEWS)):
        text, early = f"{row['title']}. {row['summary'] or ''}", row["published"] < IPTC_TEST_FROM
        if row["id"] in labels:
            part, theme, weight = (before if early else after), labels[row["id"]], _HAND_WEIGHT
        elif early and at % _SILVER_EVERY == 0:
            part, theme, weight = silver, listed(text), _SILVER_WEIGHT
        else:
            continue
        part.texts.append(text)
        part.themes.append(theme)
        part.weights.append(weight)
    return before, after, silver


def claims() -> Rows:
    """The claims of the labelled pairs, each once."""
    found = {row["claim"]: row["theme"] for name in ("train", "dev", "c", "d", "e") for row in _read(f"pairs_{name}.jsonl")}
    return Rows(list(found), list(found.values()), [_PAIR_WEIGHT] * len(found))


def statements(part: str) -> Rows:
    found = [row for row in _read("facts.jsonl") if row["theme"] and row["part"] == part]
    return Rows([row["text"] for row in found], [row["theme"] for row in found], [1.0] * len(found))


def _list_scores(texts: Sequence[str]) -> Any:
    table = np.zeros((len(texts), len(_NAMES)))
    for at, told in enumerate(map(profile, texts)):
        for theme, score in score_themes(told.tokens, told.marked).items():
            table[at, SPECIFICITY.index(theme)] = np.log1p(score)
    return table


def compare(shared: Path) -> dict[str, dict[str, float]]:
    """By the name of each way: `news` and `news_f1` on later items, `statements` on blind ones of the half nobody looked at."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    before, after, silver = news(shared)
    by_hand, unseen = before + claims() + statements("dev"), statements("test")
    known = by_hand + silver
    counts = count(known.texts)
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.where(documents >= 3, np.log((1 + len(known.texts)) / (1 + documents)) + 1, 0.0)

    def words(texts: Sequence[str]) -> Any:
        return weigh(count(texts), idf)

    of_words = LinearSVC(random_state=0).fit(words(known.texts), known.themes, known.weights)
    of_silver = LinearSVC(random_state=0).fit(words(silver.texts), silver.themes)

    def both(texts: Sequence[str]) -> Any:
        return np.hstack([_list_scores(texts), of_silver.decision_function(words(texts)) / 2])

    of_scores = LogisticRegression(max_iter=3000).fit(_list_scores(by_hand.texts), by_hand.themes, by_hand.weights)
    of_both = LogisticRegression(max_iter=3000).fit(both(by_hand.texts), by_hand.themes, by_hand.weights)
    ways: Mapping[str, Any] = {
        "word list": lambda texts: [listed(text) for text in texts],
        "words (linear SVM)": lambda texts: of_words.predict(words(texts)),
        "list scores (logistic)": lambda texts: of_scores.predict(_list_scores(texts)),
        "list scores and words (logistic)": lambda texts: of_both.predict(both(texts)),
    }
    return {name: _score(way(after.texts), after.themes, way(unseen.texts), unseen.themes) for name, way in ways.items()}


def _score(news_found: Sequence[str], news_gold: Sequence[str], found: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import f1_score

    return {
        "news": float(np.mean(np.array(news_found) == np.array(news_gold))),
        "news_f1": float(f1_score(news_gold, news_found, average="macro")),
        "statements": float(np.mean(np.array(found) == np.array(gold))),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.theme_heads", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    shared = measure.shared_data()
    if shared is None:
        measure.say("The shared data is absent (KIEMTIN_SHARED_DATA or ../shared/data): nothing to measure.")
        return 1
    found = compare(shared)
    if chosen.json:
        json.dump(found, sys.stdout, ensure_ascii=False)
    else:
        print("\n".join(f"{name:34}" + "".join(f"  {key} {value:.3f}" for key, value in scores.items()) for name, scores in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
