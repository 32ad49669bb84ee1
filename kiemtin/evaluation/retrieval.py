"""Finding the published check that a post is about: CheckThat! files, no theme filter."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kiemtin.errors import InputError
from kiemtin.evaluation.files import read_rows, read_table
from kiemtin.evaluation.scores import Outcome, Report, interval
from nlp.checkthat import QUERY_HEADER, to_filed, to_relevance
from nlp.ranking import Shelf
from nlp.seen import count_seen

_AT = 5
_SHOWN = 100  # of a ranking, in the predictions


def evaluate_retrieval(claims: Path, queries: Path, qrels: Path) -> Outcome:
    """map@5, mrr and hit@1 over the queries that have a relevant claim."""
    filed = [to_filed(row) for row in read_rows(claims, "vclaim_id", "vclaim")]
    if not filed:
        raise InputError(f"{claims}: không có tuyên bố nào")
    shelf = Shelf(filed)
    asked = [(row[0], row[1]) for row in read_table(queries, 2, QUERY_HEADER)]
    relevant = to_relevance(read_table(qrels, 4))
    rankings = [(query, shelf.rank(text)) for query, text in asked]
    scored = [(ranking, relevant[query]) for query, ranking in rankings if relevant.get(query)]
    if not scored:
        raise InputError("không câu hỏi nào có tuyên bố đúng trong tệp qrels")
    columns = {
        f"map@{_AT}": [average_precision(ranking, gold) for ranking, gold in scored],
        "mrr": [_reciprocal(ranking, gold) for ranking, gold in scored],
        "hit@1": [float(ranking[:1] != [] and ranking[0] in gold) for ranking, gold in scored],
    }
    seen = count_seen("ranking", (query for query, _ in asked))
    report = Report(
        "retrieval",
        len(scored),
        {name: round(float(np.mean(values)), 4) for name, values in columns.items()},
        {name: interval(lambda column: float(np.mean(column)), values) for name, values in columns.items()},
        (f"{seen} of {len(asked)} queries were trained on; cross-validated figures come from `kiemtin train`",) if seen else (),
    )
    return Outcome(report, [{"query_id": query, "ranking": ranking[:_SHOWN]} for query, ranking in rankings])


def average_precision(ranking: Sequence[str], gold: frozenset[str], at: int = _AT) -> float:
    """The mean, over the relevant claims (at most `at`), of the precision at each one's place among the first `at`."""
    hits, total = 0, 0.0
    for place, claim in enumerate(ranking[:at], 1):
        if claim in gold:
            hits += 1
            total += hits / place
    return total / min(len(gold), at)


def _reciprocal(ranking: Sequence[str], gold: frozenset[str]) -> float:
    return next((1 / place for place, claim in enumerate(ranking, 1) if claim in gold), 0.0)
