"""The heads of `nlp.topics`: linear support vector machines, their weights rounded to signed bytes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from kiemtin.domain.coverage import Subject
from kiemtin.errors import InputError
from nlp.topics import count, read_model, weigh
from nlp.training.corpus import ARTICLES, DAILY_NEWS, HEADLINES, rows
from nlp.training.examples import read_rows

_MIN_DOCUMENTS = 3
_C = 0.7
_BYTE = 127


@dataclass(frozen=True, slots=True)
class Labelled:
    """`weight`: how much the row counts beside others (labels by hand count more than labels that follow from a section)."""

    text: str
    topic: str
    weight: float = 1.0


def vntc_rows(corpus: Path) -> list[Labelled]:
    return [Labelled(row["text"], row["topic"]) for row in rows(corpus, ARTICLES)]


# Sections that are one IPTC topic. Those that are several (politics and society, the world, daily life) teach nothing and are left out.
_OF_VNTC = {"Khoa hoc": "13", "Kinh doanh": "04", "Phap luat": "02", "Suc khoe": "07", "The thao": "15", "Van hoa": "01", "Vi tinh": "13"}
_OF_HEADLINES = {
    "am thuc": "10", "bat dong san": "04", "du lich": "10", "giao duc va viec lam - giao duc": "05", "giao duc va viec lam - viec lam": "09",
    "khoa hoc - sinh thai va moi truong": "06", "khoa hoc": "13", "kinh doanh va cong nghiep": "04", "suc khoe": "07", "mang may tinh va vien thong": "13",
    "mua sam - trang phuc": "10", "nha vuon": "10", "sach va van hoc": "01", "tai chinh": "04", "tai chinh - dau tu - co phieu va trai phieu": "04",
    "the thao - the thao doi khang": "15", "the thao - the thao dong doi - bong da": "15",
    "con nguoi va xa hoi - gia dinh va cac moi quan he - hon nhan": "14", "con nguoi va xa hoi - khoa hoc xa hoi - van hoa": "01",
}  # fmt: skip
_OF_PAPER = {"Thể thao": "15", "Kinh doanh": "04", "Công nghệ": "13"}
_EVERY_ARTICLE, _EVERY_HEADLINE, _EVERY_ITEM = 4, 12, 4
_SECTION_WEIGHT, _HAND_WEIGHT = 0.1, 3.0
LABELS = "news_labels.jsonl"
IPTC_TEST_FROM = "2026-03-01"  # items labelled by hand are learnt from until this day, and measured on from it


@dataclass(frozen=True, slots=True)
class Item:
    """A news item labelled by hand: `also` is a second topic that fits nearly as well, "" if none."""

    text: str
    topic: str
    also: str
    published: str


def labelled_items(folder: Path, corpus: Path) -> list[Item]:
    """Items of daily news with the IPTC topics that a person gave them (the label file holds row ids, no texts)."""
    labels = {row["id"]: row for row in read_rows(folder / LABELS)}
    strange = {row["iptc"] for row in labels.values()} - {subject.value for subject in Subject}
    if strange:
        raise InputError(f"{LABELS}: nhãn {', '.join(map(ascii, sorted(strange)))} không phải chủ đề IPTC")
    found = (row for row in rows(corpus, DAILY_NEWS) if row["id"] in labels)
    return [Item(f"{row['title']}. {row['summary'] or ''}", labels[row["id"]]["iptc"], labels[row["id"]]["iptc2"], row["published"]) for row in found]


def media_topic_rows(folder: Path, corpus: Path) -> list[Labelled]:
    """Sections of three corpora that are one IPTC topic each, and the items labelled by hand before the test begins."""
    found = [
        Labelled(row["text"][:1500], _OF_VNTC[row["topic"]], _SECTION_WEIGHT)
        for row in islice(rows(corpus, ARTICLES), 0, None, _EVERY_ARTICLE)
        if row["topic"] in _OF_VNTC
    ]
    found += [
        Labelled(row["text"], _OF_HEADLINES[row["topic"]], _SECTION_WEIGHT)
        for row in islice(rows(corpus, HEADLINES), 0, None, _EVERY_HEADLINE)
        if row["topic"] in _OF_HEADLINES
    ]
    items = (row for row in rows(corpus, DAILY_NEWS) if row["category"] in _OF_PAPER and row["published"] < IPTC_TEST_FROM)
    found += [
        Labelled(f"{row['title']}. {row['summary'] or ''}", _OF_PAPER[row["category"]], _SECTION_WEIGHT)
        for row in islice(items, 0, None, _EVERY_ITEM)
    ]
    by_hand = [item for item in labelled_items(folder, corpus) if item.published < IPTC_TEST_FROM]
    return found + [Labelled(item.text, item.topic, _HAND_WEIGHT) for item in by_hand]


def measure_media_topics(body: bytes, items: Sequence[Item]) -> dict[str, float]:
    """On the items labelled by hand from the test's first day on: right, and right or the second topic that fits."""
    test = [item for item in items if item.published >= IPTC_TEST_FROM]
    found = read_model(body).label(item.text for item in test)
    right = [label == item.topic for label, item in zip(found, test, strict=True)]
    either = [label in (item.topic, item.also) for label, item in zip(found, test, strict=True)]
    return {"items": len(test), "accuracy": sum(right) / len(test), "accuracy_of_either": sum(either) / len(test)}


def learn_topics(labelled: Sequence[Labelled], min_documents: int = _MIN_DOCUMENTS, c: float = _C) -> bytes:
    """An artefact for `nlp.topics.topic_model`."""
    from sklearn.svm import LinearSVC

    counts = count(row.text for row in labelled)
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.where(documents >= min_documents, np.log((1 + len(labelled)) / (1 + documents)) + 1, 0.0)
    places = np.flatnonzero(idf)
    model = LinearSVC(C=c, random_state=0)
    model.fit(weigh(counts, idf)[:, places], [row.topic for row in labelled], sample_weight=[row.weight for row in labelled])
    return _pack(model, places, idf[places])


def _pack(model: Any, places: Any, idf: Any) -> bytes:
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # of two topics scikit-learn keeps one score, for the second
        weights, bias = np.hstack([-weights, weights]), np.append(-bias, bias)
    scale = np.abs(weights).max(axis=0) / _BYTE
    packed = np.round(weights / scale).astype(np.int8)
    kept = packed.any(axis=1)
    out = io.BytesIO()
    np.savez_compressed(
        out,
        topics=np.array(model.classes_, dtype="U"),
        buckets=places[kept].astype(np.int32),
        weights=packed[kept],
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
        idf=idf[kept].astype(np.float16),
    )
    return out.getvalue()
