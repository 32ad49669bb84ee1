"""Every learnt artefact by name, in the order in which they build on each other, and how it is learnt.

shared data, the project's own texts | learn | artefact | manifest

Anyone with the shared data learns the same again: all is seeded and in a fixed order.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kiemtin.errors import InputError
from nlp import seen
from nlp.checkthat import QUERY_HEADER, to_filed, to_relevance
from nlp.ranking import Shelf
from nlp.resources import forget, models_dir
from nlp.training import decision, events, topics, verdict
from nlp.training.corpus import ARTICLES, CHECKED, DAILY_NEWS, HEADLINES, VERDICTS, rows, table
from nlp.training.examples import (
    Bag,
    bags_of_pairs,
    bags_of_real_items,
    bags_of_stories,
    bags_of_world,
    checks_of_stories,
    read_world,
    told_in_pairs,
    told_in_stories,
    told_in_world,
)
from nlp.training.matching import learn_match
from nlp.training.ranking import Asked, ask, cross_validated, learn_ranking
from nlp.training.rebuttal import learn_rebuttal
from nlp.training.words import learn_vectors, learn_verbs, learn_weights

_ROOT = Path(__file__).parents[2]
OWN_TEXTS = _ROOT / "tests" / "nlp"
_WORLDS = [_ROOT / "tests" / "worlds" / world for world in ("delta", "highland", "harbour", "midland", "lagoon")]


@dataclass(frozen=True, slots=True)
class Learnt:
    """An artefact's bytes, and what was measured on rows it was not learnt from."""

    body: bytes
    report: Mapping[str, Any] = field(default_factory=dict)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=None if isinstance(value, list) else 1, separators=(",", ":")).encode()


def _match(corpus: Path) -> Learnt:
    made_up = [*bags_of_pairs(OWN_TEXTS), *bags_of_stories(OWN_TEXTS), *(bag for world in _WORLDS for bag in bags_of_world(world))]
    checks = [*checks_of_stories(OWN_TEXTS), *(check for world in _WORLDS for check in read_world(world)[1])]
    bags: list[Bag] = [*made_up, *bags_of_real_items(corpus, checks)]
    return Learnt(_json(learn_match(bags)))


def _rebuttal(_corpus: Path) -> Learnt:
    told = [*told_in_pairs(OWN_TEXTS), *told_in_stories(OWN_TEXTS), *(one for world in _WORLDS for one in told_in_world(world))]
    return Learnt(_json(learn_rebuttal(told)))


def _manner(_corpus: Path) -> Learnt:
    return Learnt(_json(decision.learn_manner(decision.labelled_pairs(OWN_TEXTS))))


def _decision(corpus: Path) -> Learnt:
    written = [*decision.labelled_pairs(OWN_TEXTS), *decision.rumour_pairs(OWN_TEXTS, corpus)]
    given = [*written, *decision.unmarked(written), *decision.plain_pairs(written)]
    body, report = decision.learn_decision([*given, *decision.chance_pairs(given, corpus)])
    return Learnt(body, report)


def _vntc(corpus: Path) -> Learnt:
    return Learnt(topics.learn_topics(topics.vntc_rows(corpus)))


def _media_topics(corpus: Path) -> Learnt:
    body = topics.learn_topics(topics.media_topic_rows(OWN_TEXTS, corpus))
    return Learnt(body, topics.measure_media_topics(body, topics.labelled_items(OWN_TEXTS, corpus)))


def _topics_seen(corpus: Path) -> Learnt:
    return Learnt(seen.pack(row["text"] for row in rows(corpus, ARTICLES)))


def _events(corpus: Path) -> Learnt:
    """Measured out of fold, by week."""
    pairs = events.read_pairs(OWN_TEXTS, "train")
    known = events.examples(pairs, events.traces_of(corpus, pairs))
    return Learnt(events.learn_events(known), events.measure(known))


def _verdict(whole: bool) -> Callable[[Path], Learnt]:
    def learn(corpus: Path) -> Learnt:
        body, report = verdict.learn_verdict(verdict.judged_rows(corpus, whole))
        return Learnt(body, asdict(report))

    return learn


def _verdict_seen(corpus: Path) -> Learnt:
    return Learnt(seen.pack(row["statement"] for row in rows(corpus, VERDICTS)))


def _asked(corpus: Path) -> list[tuple[str, Asked]]:
    """The training and development queries of CheckThat! with their candidates."""
    shelf = Shelf([to_filed(row) for row in rows(corpus, f"{CHECKED}/vclaims.jsonl.gz")])
    gold = to_relevance([*table(corpus, f"{CHECKED}/CT2022-Task2A-EN-Train_QRELs.tsv"), *table(corpus, f"{CHECKED}/CT2022-Task2A-EN-Dev_QRELs.tsv")])
    queries = [row for row in table(corpus, f"{CHECKED}/CT2022-Task2A-EN-Train-Dev_Queries.tsv") if row[0] != QUERY_HEADER]
    return [(text, ask(shelf, text, gold[query])) for query, text in queries if query in gold]


def _ranking(corpus: Path) -> Learnt:
    asked = [one for _, one in _asked(corpus)]
    precision = [_at_five(order, one.gold) for one, order in cross_validated(asked)]
    return Learnt(_json(learn_ranking(asked)), {"queries": len(asked), "map@5": sum(precision) / len(precision)})


def _at_five(order: Sequence[str], gold: frozenset[str]) -> float:
    hits = [place for place, claim in enumerate(order[:5], 1) if claim in gold]
    return sum(at / place for at, place in enumerate(hits, 1)) / min(5, len(gold))


def _ranking_seen(corpus: Path) -> Learnt:
    return Learnt(seen.pack(row[0] for row in table(corpus, f"{CHECKED}/CT2022-Task2A-EN-Train-Dev_Queries.tsv")))


ARTEFACTS: Mapping[str, Callable[[Path], Learnt]] = {
    "term_weights/weights.json": lambda corpus: Learnt(_json(learn_weights(corpus))),
    "term_weights/verbs.json": lambda corpus: Learnt(_json(learn_verbs(corpus))),
    "vectors/vectors.npz": lambda corpus: Learnt(learn_vectors(corpus)),
    "match/weights.json": _match,
    "rebuttal/weights.json": _rebuttal,
    "decision/manner.json": _manner,
    "decision/weights.npz": _decision,
    "topics/vntc.npz": _vntc,
    "topics/iptc.npz": _media_topics,
    "topics/seen.npz": _topics_seen,
    "events/idf.npz": lambda corpus: Learnt(events.learn_idf(corpus)),
    "events/trees.npz": _events,
    "verdict/evidence.npz": _verdict(whole=False),
    "verdict/document.npz": _verdict(whole=True),
    "verdict/seen.npz": _verdict_seen,
    "ranking/weights.json": _ranking,
    "ranking/seen.npz": _ranking_seen,
}


def learn(corpus: Path, names: Sequence[str] = (), tell: Callable[[str, Learnt], None] | None = None) -> dict[str, Learnt]:
    """Learn these artefacts (all, where none is named) and put each in its place, with the manifest. Raises InputError.

    Each one is written as soon as it is learnt: the later ones build on it.
    """
    unknown = [name for name in names if name not in ARTEFACTS]
    if unknown:
        raise InputError(f"không có mô hình {', '.join(unknown)} (có: {', '.join(ARTEFACTS)})")
    _require(corpus)
    learnt: dict[str, Learnt] = {}
    for name in [name for name in ARTEFACTS if not names or name in names]:
        learnt[name] = ARTEFACTS[name](corpus)
        path = models_dir() / name
        path.parent.mkdir(exist_ok=True)
        _replace(path, learnt[name].body)
        write_manifest(models_dir())
        forget()
        if tell is not None:
            tell(name, learnt[name])
    return learnt


def _require(corpus: Path) -> None:
    missing = [name for name in (DAILY_NEWS, HEADLINES, ARTICLES, VERDICTS, CHECKED) if not (corpus / name).exists()]
    if missing:
        raise InputError(f"{corpus}: thiếu {', '.join(missing)}")
    if not OWN_TEXTS.exists():
        raise InputError(f"{OWN_TEXTS}: không có; chỉ luyện được từ một bản mã nguồn đầy đủ")


def write_manifest(root: Path) -> None:
    """The SHA-256 of every artefact: one that differs is not loaded."""
    entries = {name: {"sha256": hashlib.sha256((root / name).read_bytes()).hexdigest()} for name in ARTEFACTS if (root / name).exists()}
    _replace(root / "manifest.json", (json.dumps(entries, indent=1) + "\n").encode())


def _replace(path: Path, body: bytes) -> None:
    """Whole or not at all: a kill in the midst leaves what was there."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(body)
    beside.replace(path)
