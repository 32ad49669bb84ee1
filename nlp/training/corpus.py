"""The texts that are learnt from. None of them is kept: what ships is numbers."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

DAILY_NEWS = "daily_news_2025-08_2026-05.jsonl.gz"
HEADLINES = "tc201805.jsonl.gz"
ARTICLES = "vntc10_train.jsonl.gz"
VERDICTS = "vifactcheck_dev_part.jsonl.gz"
CHECKED = "checkthat2022_2a_en"


def rows(corpus: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of a gzipped JSON Lines file."""
    with gzip.open(corpus / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def table(corpus: Path, name: str) -> Iterator[list[str]]:
    """The rows of a tab-separated file."""
    with (corpus / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines, delimiter="\t")


def titles_and_leads(corpus: Path) -> Iterator[str]:
    """Daily news items as title and summary."""
    for row in rows(corpus, DAILY_NEWS):
        yield f"{row['title']}. {row['summary'] or ''}"
