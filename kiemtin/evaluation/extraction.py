"""Article bodies from pages: a folder with `ground-truth.json` and `html/<id>.html.gz`, scored as the article extraction benchmark scores.

Precision and recall are of runs of four words with their counts, a page each, then averaged; F1 is of the two averages
(github.com/scrapinghub/article-extraction-benchmark, evaluate.py).
"""

import gzip
import json
import re
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from crawlers.articles import Extraction, extract_page
from kiemtin.domain.stories import Page
from kiemtin.errors import InputError
from kiemtin.evaluation.files import read_text
from kiemtin.evaluation.scores import Outcome, Report, interval

_RUN = 4
_MAX_PAGE = 50 * 2**20


def evaluate_extraction(folder: Path) -> Outcome:
    """Raises InputError where the folder is no such benchmark."""
    try:
        truth = json.loads(read_text(folder / "ground-truth.json"))
        pages = [(_safe(name), str(entry["articleBody"]), str(entry.get("url", ""))) for name, entry in sorted(truth.items())]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{folder}/ground-truth.json: cần có articleBody cho mỗi trang") from error
    if not pages:
        raise InputError(f"{folder}: không có trang nào")
    bodies = [_body(folder / "html" / f"{name}.html.gz", url) for name, _, url in pages]
    scores = [_score(gold, found) for (_, gold, _), found in zip(pages, bodies, strict=True)]
    columns = [np.array(column) for column in zip(*scores, strict=True)]
    metrics = {"f1": _f1(*columns), "precision": float(columns[0].mean()), "recall": float(columns[1].mean())}
    mean = lambda column: float(column.mean())  # noqa: E731
    intervals = {"f1": interval(_f1, *columns), "precision": interval(mean, columns[0]), "recall": interval(mean, columns[1])}
    report = Report("extraction", len(pages), {name: round(value, 4) for name, value in metrics.items()}, intervals)
    return Outcome(report, [{"page": name, "articleBody": body} for (name, _, _), body in zip(pages, bodies, strict=True)])


def _safe(name: str) -> str:
    """A page's name as a file's; raises ValueError for one that leads elsewhere."""
    if not re.fullmatch(r"[\w.-]+", name):
        raise ValueError(name)
    return name


def _body(path: Path, url: str) -> str:
    page = Page(url or "https://example.org/", "", _read_page(path), "text/html", datetime.now(UTC))
    found = extract_page(page, page.fetched_at, "en")
    return found.story.text if isinstance(found, Extraction) else ""


def _read_page(path: Path) -> bytes:
    """The page's bytes, unpacked; a page may be in any encoding."""
    try:
        with gzip.open(path) as file:
            body = file.read(_MAX_PAGE + 1)
        if len(body) > _MAX_PAGE:
            raise InputError(f"{path}: lớn hơn {_MAX_PAGE // 2**20} MiB")
        return body
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _score(gold: str, found: str) -> tuple[float, float]:
    true, given = _runs(gold), _runs(found)
    shared = sum((true & given).values())
    precision = shared / sum(given.values()) if given else float(not true)
    recall = shared / sum(true.values()) if true else 1.0
    return precision, recall


def _runs(text: str) -> "Counter[tuple[str, ...]]":
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1)))


def _f1(precision: Any, recall: Any) -> float:
    p, r = float(precision.mean()), float(recall.mean())
    return 2 * p * r / (p + r) if p + r else 0.0
