"""Ten months of real news replayed day by day through the real code: shelves, clusters, counts, spikes, forecast, and each day's briefing in every form.

daily_news rows of one day as stories of three papers | save | clip | edition of the next morning | HTML, DOCX, JSON (PDF on the days asked for)
                                                                          seconds and memory of each day, by month; with --out the clusters

The texts belong to the papers. They stand in a temporary data directory while this runs; what is printed are numbers.
"""

import argparse
import gzip
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.measure import peak_mib, say
from kiemtin.briefing.render import FORMS
from kiemtin.domain.coverage import day_of
from kiemtin.domain.editions import EditionKind, period_of
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.domain.stories import Story
from kiemtin.pipeline.analysis import analyse
from kiemtin.pipeline.briefing import make_edition, set_time
from kiemtin.pipeline.clipping import clip
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import outlets as outlet_store
from kiemtin.store import stories as story_store
from kiemtin.store.tables import shelf, stories

_GOAL_A_DAY, _GOAL_ALL = 30.0, 3600.0
_LABELLED_HOST = "https://replay.example/"


@dataclass(slots=True)
class Took:
    """Seconds a day, by step."""

    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def measured(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.steps[step].append(time.perf_counter() - start)

    def day(self, at: int) -> float:
        return sum(times[at] for times in self.steps.values())


def read_days(path: Path, first: str, last: str) -> dict[date, list[dict[str, Any]]]:
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["published"] and first <= row["published"][:10] <= last:
                days[day_of(datetime.fromisoformat(row["published"]))].append(row)
    return dict(sorted(days.items()))


def paper_of(row: dict[str, Any]) -> str:
    return str(row["source"]).partition(" - ")[0]


def outlets_of(days: dict[date, list[dict[str, Any]]]) -> dict[str, Outlet]:
    names = sorted({paper_of(row) for rows in days.values() for row in rows})
    return {
        name: Outlet(name, OutletKind.NEWS, _LABELLED_HOST, "vi", name, _LABELLED_HOST, name, feeds=(_LABELLED_HOST,), min_stories_per_day=20)
        for name in names
    }  # fmt: skip


def save_day(workspace: Workspace, rows: list[dict[str, Any]], outlets: dict[str, Outlet]) -> None:
    with workspace.records.begin() as conn:
        for row in rows:
            moment = datetime.fromisoformat(row["published"])
            story = Story(_LABELLED_HOST + row["id"], paper_of(row), row["title"], row["summary"] or "", moment, "vi")
            story_store.save_extraction(conn, outlets[story.outlet], story, [], moment)


def replay(workspace: Workspace, days: dict[date, list[dict[str, Any]]], pdf: frozenset[str], also_analyse: bool, out: Path | None) -> Took:
    outlets, took = outlets_of(days), Took()
    with workspace.records.begin() as conn:
        outlet_store.replace_catalog(conn, tuple(outlets.values()))
    for at, (day, rows) in enumerate(days.items()):
        morning = period_of(EditionKind.DAILY, day + timedelta(days=1), set_time(workspace)).last
        with took.measured("save"):
            save_day(workspace, rows, outlets)
        with took.measured("analyse"):
            if also_analyse:
                analyse(workspace, morning)
        with took.measured("clip"):
            clip(workspace, morning)
        with took.measured("edition"):
            edition = make_edition(workspace, EditionKind.DAILY, day + timedelta(days=1), morning)
        with took.measured("render"):
            bodies = {form: render(edition.body) for form, (render, _) in FORMS.items() if form != "pdf" or edition.day.isoformat() in pdf}
        with took.measured("forget"), workspace.records.begin() as conn:
            story_store.forget_bodies(conn, morning, workspace.config.body_days)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for form, body in bodies.items():
                if edition.day.isoformat() in pdf:
                    (out / f"{edition.day}.{form}").write_bytes(body)
        if (at + 1) % 30 == 0:
            say(f"{at + 1} days, {sum(map(len, list(days.values())[: at + 1]))} stories, last day {took.day(at):.1f} s, {peak_mib():.0f} MiB")
    return took


def report(took: Took, days: dict[date, list[dict[str, Any]]]) -> None:
    months: dict[str, list[int]] = defaultdict(list)
    for at, day in enumerate(days):
        months[day.isoformat()[:7]].append(at)
    print(f"{'month':8s} {'days':>4s} {'stories/day':>11s} {'median s':>8s} {'most s':>7s}  " + "  ".join(f"{step:>8s}" for step in took.steps))
    sizes = [len(rows) for rows in days.values()]
    for month, places in months.items():
        each = [took.day(at) for at in places]
        steps = "  ".join(f"{statistics.median(times[at] for at in places):8.2f}" for times in took.steps.values())
        print(
            f"{month:8s} {len(places):4d} {statistics.mean(sizes[at] for at in places):11.0f} {statistics.median(each):8.2f} {max(each):7.2f}  {steps}"
        )
    total = sum(took.day(at) for at in range(len(days)))
    most = max(took.day(at) for at in range(len(days)))
    print(
        f"{sum(sizes)} stories, {len(days)} days: {total:.0f} s ({total / _GOAL_ALL:.2f} of the hour); longest day {most:.1f} s ({most / _GOAL_A_DAY:.2f} of 30 s)"
    )
    print(f"peak memory {peak_mib():.0f} MiB")


def clusters_of(workspace: Workspace) -> dict[str, str]:
    """{row id: cluster id}."""
    query = sa.select(stories.c.canonical_url, shelf.c.cluster_id).join(shelf, shelf.c.story_id == stories.c.id)
    with workspace.records.begin() as conn:
        return {row.canonical_url.removeprefix(_LABELLED_HOST): row.cluster_id for row in conn.execute(query)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path, help="daily_news_2025-08_2026-05.jsonl.gz")
    parser.add_argument("--first", default="2000-01-01")
    parser.add_argument("--last", default="2999-12-31")
    parser.add_argument("--analyse", action="store_true", help="also match each story against the checks (none are loaded)")
    parser.add_argument("--pdf", action="append", default=[], help="a day whose edition is also printed")
    parser.add_argument("--out", type=Path, help="where printed days' editions go, and clusters.tsv (row id, cluster)")
    arguments = parser.parse_args()
    days = read_days(arguments.news, arguments.first, arguments.last)
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder)) as workspace:
        took = replay(workspace, days, frozenset(arguments.pdf), arguments.analyse, arguments.out)
        report(took, days)
        found = clusters_of(workspace)
        say(f"{len(set(found.values()))} clusters of {len(found)} stories")
        if arguments.out is not None:
            (arguments.out / "clusters.tsv").write_text("".join(f"{row}\t{cluster}\n" for row, cluster in sorted(found.items())), "utf-8")


if __name__ == "__main__":
    main()
