"""What the whole way costs beside extraction alone: HTML bytes in, decided alerts out.

the same pages | trafilatura.extract(html, fast=True)                     ┐ in turns, several rounds, medians
               | extract_page, save_extraction, analyse (a fresh copy)    ┘
               | the same once more, with a stopwatch per stage
"""

import argparse
import gzip
import itertools
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trafilatura

from benchmarks import measure
from benchmarks.generate import NOW, PAPER, make_claims, make_pages, make_reviews, outlets, story_of_text, to_page
from benchmarks.measure import Stages, Took, say
from crawlers import articles
from crawlers.articles import Extraction, extract_page
from crawlers.reviews import to_claim_review
from kiemtin.domain.stories import Page
from kiemtin.pipeline import analysis, bulletins, cases, indexing
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import index as search_index
from kiemtin.store import index_queue, queue, records, reviews, stories
from kiemtin.store import outlets as outlet_store
from nlp import compare, derive, match, names, profile, scope, sentences, text, themes

GOAL = 1.5  # the whole way costs at most so many times what extraction alone costs
_SAVE = 50  # pages a transaction: a crawl saves in small batches
_REVIEW_SEED, _PAGE_SEED, _TEXT_SEED = 1, 2, 3
_LONGEST_TEXT = 6_000  # characters of a corpus text: about 1,300 words


@dataclass(frozen=True, slots=True)
class PageSet:
    """Pages that are measured together, and where they come from."""

    name: str
    about: str
    pages: tuple[Page, ...]


def page_sets(count: int, shared: Path | None, claims: int) -> list[PageSet]:
    """The sets that can be had here: made-up pages always; real texts in made-up markup, and real pages, from the shared data."""
    planted = list(make_claims(min(claims, 1_000), _REVIEW_SEED))
    sets = [PageSet("made-up", "made-up stories in made-up markup", tuple(make_pages(count, _PAGE_SEED, planted)))]
    if shared is None:
        say("The shared data is absent (KIEMTIN_SHARED_DATA or ../shared/data): made-up pages only.")
        return sets
    sets.append(PageSet("texts", "real Vietnamese articles (VNTC-10) in made-up markup", _text_pages(shared, count)))
    sets.append(PageSet("real", "real pages: Vietnamese outlets and the article extraction benchmark", _real_pages(shared)))
    return [found for found in sets if found.pages]


def _text_pages(shared: Path, count: int) -> tuple[Page, ...]:
    path = shared / "vntc10_test.jsonl.gz"
    if not path.exists():
        return ()
    rows = list(itertools.islice(measure.read_rows(path), 0, None, 25))
    chosen = random.Random(_TEXT_SEED).sample(rows, min(count, len(rows)))
    return tuple(to_page(_story(str(row["text"])), number, _TEXT_SEED) for number, row in enumerate(chosen))


def _story(text: str) -> Any:
    title, _, rest = text[:_LONGEST_TEXT].strip().partition("\n")
    return story_of_text(rest or title, " ".join(title.split()[:14]))


def _real_pages(shared: Path) -> tuple[Page, ...]:
    files = [*sorted((shared / "html_vn").glob("*.html.gz")), *sorted((shared / "article_extraction_benchmark" / "html").glob("*.html.gz"))]
    return tuple(
        Page(f"https://bao-do-thu.example/that/{number}.html", PAPER, gzip.decompress(file.read_bytes()), "text/html", NOW)
        for number, file in enumerate(files)
    )


def prepare(data_dir: Path, count: int) -> dict[str, float]:
    """A data directory with `count` ClaimReviews, saved, examined and indexed in the real way; seconds of each step."""
    with open_workspace(data_dir) as workspace:
        with workspace.records.begin() as conn:
            outlet_store.replace_catalog(conn, outlets())
        save = measure.timed(lambda: _save_reviews(workspace, count))
        analyse = measure.timed(lambda: analysis.analyse(workspace, NOW))
    return {"save_seconds": round(save.cpu, 1), "analyse_seconds": round(analyse.cpu, 1)}


def _save_reviews(workspace: Workspace, count: int) -> None:
    made = make_reviews(count, _REVIEW_SEED)
    while batch := list(itertools.islice(made, 5_000)):
        with workspace.records.begin() as conn:
            reviews.save(conn, batch)


def whole_way(workspace: Workspace, pages: Sequence[Page]) -> analysis.AnalysisReport:
    """What a pass does with these pages once they are fetched."""
    by_name = {outlet.name: outlet for outlet in outlets()}
    for start in range(0, len(pages), _SAVE):
        found = [(page, extract_page(page, NOW, "vi")) for page in pages[start : start + _SAVE]]
        with workspace.records.begin() as conn:
            for page, extraction in found:
                if isinstance(extraction, Extraction):
                    outlet, story = by_name[page.outlet], extraction.story
                    checks = [to_claim_review(review, outlet, page.url, story.language) for review in extraction.reviews]
                    stories.save_extraction(conn, outlet, story, checks, NOW)
    return analysis.analyse(workspace, NOW)


def extraction_alone(pages: Sequence[Page]) -> None:
    for page in pages:
        trafilatura.extract(page.body, fast=True)


def _on_a_copy(base: Path, work: Callable[[Workspace], object]) -> Took:
    """How long the work takes on a fresh copy of the data directory; copying and opening are not counted."""
    with tempfile.TemporaryDirectory(prefix="kiemtin-bench-", dir=base.parent) as folder:
        copy = Path(folder) / "data"
        shutil.copytree(base, copy)
        with open_workspace(copy) as workspace:
            workspace.index.find("review", ["x"], 1)
            return measure.timed(lambda: work(workspace))


STAGES: dict[str, list[tuple[Any, str]]] = {
    "extraction": [(articles, "extract_page")],
    "sentences": [(sentences, "split_sentences")],
    "profiles": [(profile, "profile")],
    "syllables": [(text, "tokenize")],
    "theme": [(themes, "theme_of")],
    "scope": [(scope, "is_factual"), (scope, "scope_of"), (scope, "kind_of")],
    "search": [(search_index.TantivyIndex, "find"), (match, "query_terms")],
    "compare": [(match, "_best_window"), (compare, "coverage")],
    "derived checks": [(derive, "derive_check")],
    "bulletins": [(bulletins, "match_bulletins")],
    "candidates": [(indexing, "to_candidate"), (reviews, "load")],
    "index": [(search_index.TantivyIndex, "file"), (indexing, "_filed")],
    "store": [
        *((stories, name) for name in ("save_extraction", "load_stories", "ids_to_analyse", "mark_analysed", "mark_unanalysed")),
        *((queue, name) for name in ("save_claims", "replace_appearances", "stories_of_review", "stories_of_reviews")),
        *((reviews, name) for name in ("replace_derived", "has_published", "unexamined", "to_rematch", "rematched")),
        *((index_queue, name) for name in ("next_batch", "done")),
        (records.Records, "begin"),
    ],
    "decide": [(cases, "decide_cases")],
}


@dataclass(frozen=True, slots=True)
class Result:
    """One set of pages at one number of ClaimReviews: every round of both, the stages of one more round, peak memory in MiB."""

    pages: PageSet
    reviews: int
    alone: tuple[Took, ...]
    whole: tuple[Took, ...]
    stages: list[dict[str, Any]]
    report: analysis.AnalysisReport
    peak: float

    @property
    def ratio(self) -> float:
        return measure.median(self.whole).cpu / measure.median(self.alone).cpu

    @property
    def _extraction(self) -> float:
        """The part of the ratio that the project's own extraction makes up, by its share in the round with stopwatches."""
        seconds: dict[str, float] = {stage["stage"]: stage["seconds"] for stage in self.stages}
        return self.ratio * seconds.get("extraction", 0.0) / sum(seconds.values())

    def view(self) -> dict[str, Any]:
        count, alone, whole = len(self.pages.pages), measure.median(self.alone), measure.median(self.whole)
        return {
            "set": self.pages.name,
            "about": self.pages.about,
            "pages": count,
            "mean_bytes": sum(len(page.body) for page in self.pages.pages) // count,
            "claim_reviews": self.reviews,
            "extraction_alone_pages_per_second": round(count / alone.wall, 1),
            "whole_way_pages_per_second": round(count / whole.wall, 1),
            "ratio": round(self.ratio, 2),
            "ratio_by_the_wall": round(whole.wall / alone.wall, 2),
            "own_extraction_ratio": round(self._extraction, 2),
            "after_extraction_ratio": round(self.ratio - self._extraction, 2),
            "goal": GOAL,
            "goal_met": self.ratio <= GOAL,
            "rounds": {"alone": [_seconds(took) for took in self.alone], "whole": [_seconds(took) for took in self.whole]},
            "peak_mib": self.peak,
            "stories": self.report.stories,
            "appearances": self.report.appearances,
            "alerts_opened": self.report.opened,
            "stages": self.stages,
        }


def _seconds(took: Took) -> dict[str, float]:
    return {"wall": round(took.wall, 3), "cpu": round(took.cpu, 3)}


def measure_set(pages: PageSet, base: Path, count: int, rounds: int) -> Result:
    """Extraction alone and the whole way in turns; then once more with the stopwatches."""
    alone: list[Took] = []
    whole: list[Took] = []
    reports: list[analysis.AnalysisReport] = []
    measure.reset_peak()
    for number in range(rounds):
        alone.append(measure.timed(lambda: extraction_alone(pages.pages)))
        whole.append(_on_a_copy(base, lambda workspace: reports.append(whole_way(workspace, pages.pages))))
        say(f"{pages.name}, {count:,} ClaimReviews, round {number + 1}/{rounds}: alone {alone[-1].cpu:.2f} s, whole way {whole[-1].cpu:.2f} s")
    peak = measure.peak_mib()
    tables: list[list[dict[str, Any]]] = []
    _on_a_copy(base, lambda workspace: tables.append(_with_stages(workspace, pages.pages)))
    return Result(pages, count, tuple(alone), tuple(whole), tables[0], reports[-1], peak)


def _with_stages(workspace: Workspace, pages: Sequence[Page]) -> list[dict[str, Any]]:
    with Stages(STAGES) as stages:
        whole_way(workspace, pages)
    return stages.table()


def warm_up() -> None:
    """Word lists, models and parsers are loaded once a process: not part of what is measured."""
    with tempfile.TemporaryDirectory(prefix="kiemtin-bench-") as folder:
        prepare(Path(folder), 20)
        pages = make_pages(6, 9, list(make_claims(20, _REVIEW_SEED)))
        extraction_alone(pages)
        with open_workspace(Path(folder)) as workspace:
            whole_way(workspace, pages)
    names.find_names("", ())


def run(counts: Sequence[int], page_count: int, rounds: int, only: Sequence[str]) -> dict[str, Any]:
    """All sets at all numbers of ClaimReviews."""
    warm_up()
    results: list[dict[str, Any]] = []
    setups: list[dict[str, Any]] = []
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="kiemtin-bench-") as folder:
            base = Path(folder) / "base"
            say(f"Saving and indexing {count:,} ClaimReviews ...")
            setups.append({"claim_reviews": count, **prepare(base, count)})
            for pages in page_sets(page_count, measure.shared_data(), count):
                if not only or pages.name in only:
                    results.append(measure_set(pages, base, count, rounds).view())
    return {"goal": GOAL, "trafilatura": trafilatura.__version__, "setup": setups, "results": results}


def print_results(document: dict[str, Any]) -> None:
    for setup in document["setup"]:
        print(f"{setup['claim_reviews']:>9,} ClaimReviews: saved in {setup['save_seconds']} s, examined and indexed in {setup['analyse_seconds']} s")
    goal = f"≤ {GOAL}?"
    heads = f"{'set':8} {'ClaimReviews':>12} {'pages':>5} {'kB':>4} {'alone/s':>8} {'whole/s':>8} {'ratio':>6}"
    print(f"\n{heads}  {goal:7} {'peak MiB':>8} {'alerts':>6}")
    for row in document["results"]:
        met = "met" if row["goal_met"] else "missed"
        print(
            f"{row['set']:8} {row['claim_reviews']:>12,} {row['pages']:>5} {row['mean_bytes'] // 1000:>4} "
            f"{row['extraction_alone_pages_per_second']:>8} {row['whole_way_pages_per_second']:>8} {row['ratio']:>6}  {met:7} "
            f"{row['peak_mib']:>8} {row['alerts_opened']:>6}"
        )
    for row in document["results"]:
        parts = ", ".join(f"{stage['stage']} {stage['share']:.0%}" for stage in row["stages"] if stage["share"] >= 0.005)
        own = f"own extraction {row['own_extraction_ratio']} + the rest {row['after_extraction_ratio']} times trafilatura alone"
        print(f"\n{row['set']}, {row['claim_reviews']:,} ClaimReviews: {own}; {parts}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole_way", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, nargs="+", default=[1_000, 100_000], help="numbers of ClaimReviews (up to 1,000,000)")
    parser.add_argument("--pages", type=int, default=300, help="pages of each made-up set")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sets", nargs="*", default=[], choices=["made-up", "texts", "real"], help="only these sets")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args(arguments)
    started = time.perf_counter()
    document = run(chosen.reviews, chosen.pages, chosen.rounds, chosen.sets)
    if chosen.json:
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print_results(document)
        print(f"\n{time.perf_counter() - started:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
