"""The models of `nlp.decision`: from labelled pairs, and from pairs that share words by chance (another event, or real news).

What is said of one event never stands on both sides of a split.
"""

import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kiemtin.domain.claims import Relation
from kiemtin.errors import InputError
from nlp.compare import compare
from nlp.decision import CLASSES, LINK, LINK_UNMARKED, SUGGEST, features, manner_grams
from nlp.denial import is_check_title
from nlp.kernel import softmax
from nlp.profile import Profile, profile
from nlp.proposition import proposition
from nlp.retrieval import index_terms, query_terms
from nlp.text import fold
from nlp.training.corpus import DAILY_NEWS, rows
from nlp.training.examples import read_rows
from nlp.training.kernels import Rows, Shape, best_heat, fit, macro_f1, out_of_fold, pack, rows_of, threshold_for

RUMOURS = "denials.jsonl"
PAIRS = ("pairs_dev.jsonl", "pairs_train.jsonl", "pairs_c.jsonl", "pairs_d.jsonl", "pairs_e.jsonl")
SHAPE = Shape(alpha=0.4, gamma=0.01, linear=0.003, classes=4)
_LABELS = {label.value if label else "none": at for at, label in enumerate(CLASSES)}
_SAME, _OPPOSITE = _LABELS[Relation.SAME.value], _LABELS[Relation.OPPOSITE.value]
_PRECISION, _LEAST, _RECALL = 0.98, 50, 0.95
_PLAIN_WEIGHT, _UNMARKED_WEIGHT, _CHANCE_WEIGHT, _CHANCE, _REAL_ITEMS = 0.3, 0.5, 0.5, 600, 4_000
_MANNER_C, _MANNER_TEXTS, _MANNER_FOLDS, _SMALLEST = 0.1, 3, 5, 0.01


@dataclass(frozen=True, slots=True)
class Pair:
    """`label`: a place in `CLASSES`; `is_written`: labelled by a person, not by chance or by taking marks away."""

    claim: Profile
    text: Profile
    label: int
    event: str
    weight: float = 1.0
    is_written: bool = True


def labelled_pairs(folder: Path, names: Sequence[str] = PAIRS) -> list[Pair]:
    """The written pairs; raises InputError for a label that is none of the four."""
    return [
        Pair(profile(proposition(row["claim"])), profile(row["text"]), _label(row["label"]), f"{name} {row['event']}")
        for name in names
        for row in read_rows(folder / name)
    ]


def _label(name: str) -> int:
    if name not in _LABELS:
        raise InputError(f"nhãn {name!a} không thuộc {', '.join(_LABELS)}")
    return _LABELS[name]


def rumour_pairs(folder: Path, corpus: Path) -> list[Pair]:
    """Real headlines that deny or question a rumour (by row id), each with the rumour in our own words: the training half of them."""
    labelled = {row["id"]: row["texts"] for row in read_rows(folder / RUMOURS) if row.get("texts") and is_for_training(row["id"])}
    headlines = {row["id"]: row["title"] for row in rows(corpus, DAILY_NEWS) if row["id"] in labelled}
    return [
        Pair(profile(proposition(headlines[key])), profile(text), _SAME, f"{RUMOURS} {key}")
        for key, texts in labelled.items()
        if key in headlines
        for text in texts
    ]


def is_for_training(row_id: str) -> bool:
    """Half of the labelled headlines, by their id; the other half is only measured on."""
    return int(row_id[:8], 16) % 2 == 0


def unmarked(pairs: Sequence[Pair]) -> list[Pair]:
    """Every pair once more, its text without diacritics."""
    marked = [pair for pair in pairs if pair.text.marked and not pair.text.text.isascii()]
    return [replace(pair, text=profile(fold(pair.text.text)), weight=_UNMARKED_WEIGHT, is_written=False) for pair in marked]


_PLAIN = ("{}", "Nghe nói {}", "Có đúng là {}?", "{}, mọi người biết chưa")
_DENIED = ("Không có chuyện {}", "Thông tin {} là bịa đặt", "Bác tin {}", "{} là tin giả")


def plain_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """Each claim held against itself, barely framed, plainly denied, or with another figure: what nobody takes the trouble to write."""
    claims: dict[str, Profile] = {}
    for pair in pairs:
        claims.setdefault(pair.event, pair.claim)
    found: list[Pair] = []
    for at, (event, claim) in enumerate(claims.items()):
        own = claim.text.strip(" .")
        texts = [(own, _SAME), (fold(own), _SAME), (_PLAIN[at % len(_PLAIN)].format(own), _SAME), (_DENIED[at % len(_DENIED)].format(own), _OPPOSITE)]
        other = _other_figure(own, at)
        texts += [(other, _LABELS[Relation.RELATED.value])] if other != own else []
        found += [Pair(claim, profile(text), label, event, _PLAIN_WEIGHT, is_written=False) for text, label in texts]
    return found


def _other_figure(text: str, seed: int) -> str:
    """The text with its first figure (no date, no decimal) two to nine times as large."""

    def larger(found: re.Match[str]) -> str:
        value = int(found.group().replace(".", "")) * (2 + seed % 8)
        return f"{value:,}".replace(",", ".") if "." in found.group() else str(value)

    return re.sub(r"(?<![\d.,/-])(?:\d{1,3}(?:\.\d{3})+|\d+)(?![\d.,/-]*\d)", larger, text, count=1)


def chance_pairs(pairs: Sequence[Pair], corpus: Path) -> list[Pair]:
    """Pairs that share words by chance, so that none says the same: texts of other events and real news items, each with the written
    claim it shares most words with; and texts, each with the real headline it shares most words with (headlines of checks left out)."""
    claims: dict[str, Profile] = {}
    for pair in pairs:
        claims.setdefault(pair.event, pair.claim)
    titles = [row["title"] for row in rows(corpus, DAILY_NEWS)]
    random.Random(3).shuffle(titles)
    items, shelf = titles[:_REAL_ITEMS], titles[_REAL_ITEMS : 2 * _REAL_ITEMS]
    headlines = {f"headline {at}": claim for at, claim in enumerate(map(profile, shelf)) if not is_check_title(claim)}
    texts = [(pair.text, pair.event) for pair in pairs]
    random.Random(4).shuffle(texts)
    return [
        *_by_chance(claims, texts)[:_CHANCE],
        *_by_chance(claims, [(profile(item), "") for item in items])[:_CHANCE],
        *_by_chance(headlines, texts)[: 2 * _CHANCE],
    ]


def _by_chance(claims: dict[str, Profile], texts: Sequence[tuple[Profile, str]]) -> list[Pair]:
    nearest = _nearest(claims)
    found = ((text, own, nearest(text, own)) for text, own in texts)
    return [
        Pair(claims[event], text, _LABELS["none"], own or event, _CHANCE_WEIGHT, is_written=False) for text, own, event in found if event is not None
    ]


def _nearest(claims: dict[str, Profile]) -> Callable[[Profile, str], str | None]:
    filed: dict[str, list[str]] = defaultdict(list)
    for event, claim in claims.items():
        for key in index_terms(claim):
            filed[key].append(event)

    def find(text: Profile, own: str) -> str | None:
        shared: dict[str, float] = defaultdict(float)
        for key in query_terms(text):
            for event in filed.get(key, ()):
                if event != own:
                    shared[event] += math.log(len(claims) / len(filed[key]))
        best = max(sorted(shared), key=lambda event: shared[event], default=None)
        return best if best is not None and shared[best] > _WORTH else None

    return find


_WORTH = 8.0  # of shared words' rarity, summed: less is no near miss


def learn_manner(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The artefact `decision/manner.json`: which words around a claim tell a denial from a repeat."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    told = [pair for pair in pairs if pair.label in (_SAME, _OPPOSITE)]
    counter = CountVectorizer(analyzer=sorted, min_df=_MANNER_TEXTS, binary=True)
    table = counter.fit_transform([manner_grams(pair.claim, pair.text) for pair in told])
    model = LogisticRegression(C=_MANNER_C, max_iter=1000, class_weight="balanced").fit(table, [pair.label == _OPPOSITE for pair in told])
    named = zip(counter.get_feature_names_out(), model.coef_[0], strict=True)
    return {"bias": round(float(model.intercept_[0]), 4), "weights": {str(gram): round(float(w), 4) for gram, w in named if abs(w) >= _SMALLEST}}


def rows_of_pairs(pairs: Sequence[Pair]) -> Rows:
    """Features of every pair; each one's manner is judged by weights learnt from other events."""
    from sklearn.model_selection import GroupKFold

    manner = np.zeros(len(pairs))
    for known, unknown in GroupKFold(_MANNER_FOLDS).split(manner, groups=[pair.event for pair in pairs]):
        artefact = learn_manner([pairs[at] for at in known])
        for at in unknown:
            grams = manner_grams(pairs[at].claim, pairs[at].text)
            manner[at] = artefact["bias"] + sum(artefact["weights"].get(gram, 0.0) for gram in grams)
    found = [features(one.claim, one.text, compare(one.claim, one.text), float(value)) for one, value in zip(pairs, manner, strict=True)]
    return rows_of(found, [pair.label for pair in pairs], [pair.event for pair in pairs], [pair.weight for pair in pairs])


@dataclass(frozen=True, slots=True)
class DecisionReport:
    """Out of fold, over the pairs that people labelled: macro F1 of the four, and `same` at both thresholds."""

    pairs: int
    macro_f1: float
    link: float
    link_unmarked: float
    link_precision: float
    link_recall: float
    suggest: float
    suggest_precision: float
    suggest_recall: float


def learn_decision(pairs: Sequence[Pair]) -> tuple[bytes, dict[str, Any]]:
    """The artefact `decision/weights.npz` and its report."""
    table = rows_of_pairs(pairs)
    values = out_of_fold(table, SHAPE)
    written = np.array([pair.is_written for pair in pairs])
    heat = best_heat(values[written], table.labels[written])
    shares, labels = softmax(values * heat)[written], table.labels[written]
    same, is_same = shares[:, _SAME], labels == _SAME
    link = threshold_for(same, is_same, _PRECISION, _LEAST)
    plain = table.table[:, table.names.index("marked")] == 0
    link_unmarked = max(link, threshold_for(softmax(values * heat)[plain, _SAME], table.labels[plain] == _SAME, _PRECISION, _LEAST))
    suggest = float(np.quantile(same[is_same], 1 - _RECALL))
    at_link, at_suggest = same >= link, same >= suggest
    report = DecisionReport(
        pairs=int(written.sum()),
        macro_f1=macro_f1(labels, shares.argmax(axis=1)),
        link=link,
        link_unmarked=link_unmarked,
        link_precision=float(is_same[at_link].mean()) if at_link.any() else 1.0,
        link_recall=float(at_link[is_same].mean()),
        suggest=suggest,
        suggest_precision=float(is_same[at_suggest].mean()),
        suggest_recall=float(at_suggest[is_same].mean()),
    )
    return pack(fit(table, SHAPE, heat, {LINK: link, LINK_UNMARKED: link_unmarked, SUGGEST: suggest})), asdict(report)
