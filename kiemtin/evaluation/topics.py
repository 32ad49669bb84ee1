"""News topics: `topic`, `text` rows against the shipped head that knows these topics."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kiemtin.errors import InputError
from kiemtin.evaluation.files import read_rows
from kiemtin.evaluation.scores import Outcome, Report, accuracy, interval, macro_f1
from nlp.seen import count_seen
from nlp.topics import IPTC, VNTC, topic_model


def evaluate_topics(files: Sequence[Path]) -> Outcome:
    """Raises InputError where a row has a topic that no shipped head knows."""
    rows = [row for path in files for row in read_rows(path, "topic", "text")]
    if not rows:
        raise InputError("không có dòng nào để đo")
    texts, gold = [str(row["text"]) for row in rows], [str(row["topic"]) for row in rows]
    model = topic_model(_head_for(frozenset(gold)))
    found = model.label(texts)
    number = {topic: at for at, topic in enumerate(model.topics)}
    columns = [np.array([number[topic] for topic in labels]) for labels in (gold, found)]
    scores = {"accuracy": accuracy, "macro_f1": macro_f1(sorted({number[topic] for topic in gold}))}
    seen = count_seen("topics", texts)
    report = Report(
        "topics",
        len(rows),
        {name: round(score(*columns), 4) for name, score in scores.items()},
        {name: interval(score, *columns) for name, score in scores.items()},
        (f"{seen} of {len(rows)} rows were trained on",) if seen else (),
    )
    return Outcome(report, [{"label": label} for label in found])


def _head_for(topics: frozenset[str]) -> str:
    for name in (VNTC, IPTC):
        if topics <= frozenset(topic_model(name).topics):
            return name
    known = frozenset(topic_model(VNTC).topics) | frozenset(topic_model(IPTC).topics)
    raise InputError(f"chủ đề không biết: {', '.join(ascii(topic[:40]) for topic in sorted(topics - known)[:5]) or 'lẫn hai bộ chủ đề'}")
