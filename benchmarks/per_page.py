"""What one page costs after extraction, and one `check`: processor time against 100,000 (1,000, 1,000,000) generated ClaimReviews.

real Vietnamese articles (VNTC-10, every 25th, as they are long) | theme, words, candidates, decision, bulletins | ms a page
rumours in our own words                                         | Checker.check                                | ms a text

The limits: 5 ms a page, median, at 100,000, growing slower than linearly to 1,000,000; 20 ms a check at the 95th percentile.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.generate import NOW
from benchmarks.whole_way import page_sets, prepare
from crawlers.articles import Extraction, extract_page
from kiemtin.domain.outlets import OutletKind
from kiemtin.pipeline.analysis import match_one
from kiemtin.pipeline.bulletins import BulletinShelf
from kiemtin.pipeline.checks import Checker
from kiemtin.pipeline.indexing import CandidateFinder
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import outlets as outlet_store

_WARM_UP = 20
_TEXTS = measure.REPOSITORY / "tests" / "nlp" / "denials.jsonl"
PAGE_LIMIT, CHECK_LIMIT = 5.0, 20.0


def spread(work: Callable[[Any], object], given: Sequence[Any]) -> dict[str, float]:
    """Milliseconds of processor time for each: median, mean, 95th percentile."""
    for one in given[:_WARM_UP]:
        work(one)
    took = []
    for one in given:
        start = time.process_time()
        work(one)
        took.append(1_000 * (time.process_time() - start))
    took.sort()
    return {"median": round(statistics.median(took), 2), "mean": round(statistics.mean(took), 2), "p95": round(took[int(0.95 * len(took))], 2)}


def pages(workspace: Workspace, shared: Path, count: int) -> dict[str, float]:
    with workspace.records.begin() as conn:
        catalog = {outlet.name: outlet for outlet in outlet_store.load_outlets(conn)}
    news = next(outlet for outlet in catalog.values() if outlet.kind is OutletKind.NEWS)
    find, shelf = CandidateFinder(workspace), BulletinShelf(workspace, catalog)
    given = next(found.pages for found in page_sets(count, shared, 1_000) if found.name == "texts")
    stories = [found.story for page in given if isinstance(found := extract_page(page, NOW, "vi"), Extraction)]
    words = statistics.median(len(story.text.split()) for story in stories)
    return {"pages": len(stories), "median_words": words} | spread(lambda story: match_one(story, news, find, shelf, frozenset()), stories)


def checks(workspace: Workspace) -> dict[str, float]:
    texts = [text for line in _TEXTS.read_text("utf-8").splitlines() for text in json.loads(line).get("texts", ())]
    checker = Checker(workspace)
    return {"texts": len(texts)} | spread(checker.check, texts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.per_page", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    shared = measure.shared_data()
    if shared is None:
        measure.say("The shared data is absent (KIEMTIN_SHARED_DATA or ../shared/data): no real articles to measure.")
        return 1
    rows = []
    for count in chosen.reviews:
        with tempfile.TemporaryDirectory(prefix="kiemtin-bench-") as folder:
            measure.say(f"Saving and indexing {count:,} ClaimReviews ...")
            prepare(Path(folder) / "data", count)
            measure.reset_peak()
            with open_workspace(Path(folder) / "data") as workspace:
                rows.append(
                    {"reviews": count, "page": pages(workspace, shared, chosen.pages), "check": checks(workspace), "peak_mib": measure.peak_mib()}
                )
    if chosen.json:
        json.dump({"rows": rows, "page_limit": PAGE_LIMIT, "check_limit": CHECK_LIMIT}, sys.stdout)
        return 0
    for row in rows:
        page, check = row["page"], row["check"]
        print(
            f"{row['reviews']:>9,} ClaimReviews: a page {page['median']} ms median ({page['median'] / PAGE_LIMIT:.2f} of the limit; mean {page['mean']}, "
            f"p95 {page['p95']}; {page['median_words']:.0f} words), a check {check['p95']} ms p95 ({check['p95'] / CHECK_LIMIT:.2f} of the limit; "
            f"median {check['median']}), {row['peak_mib']} MiB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
