"""A great many real items of news through the real analysis: items per second, peak memory, how many alerts.

    made-up worlds (checks, bulletins, stories) | save | analyse
    daily_news rows as stories of an invented paper | save | analyse (timed) | alerts with an appearance among them

The texts belong to the papers. They stand in a temporary data directory while this runs; what is printed are numbers, and with
`--show` on a terminal the alerts themselves, by the ids of their rows.
"""

import argparse
import json
import random
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.generate import NOW, PAPER, outlets
from benchmarks.measure import Took, say
from crawlers.articles import Extraction, extract_page
from crawlers.catalog import load_catalog
from crawlers.reviews import to_claim_review
from kiemtin.demo.world import World
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import Page, Story
from kiemtin.pipeline.analysis import AnalysisReport, analyse
from kiemtin.pipeline.views import alerts_view
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import outlets as outlet_store
from kiemtin.store import reviews as review_store
from kiemtin.store.stories import save_extraction

DAILY_NEWS = "daily_news_2025-08_2026-05.jsonl.gz"
_HOST = "https://bao-do-thu.example/"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Volume:
    """What one run gave; `alerts` are those with an appearance among the real items."""

    items: int
    checks: int
    took: Took
    peak_mib: float
    report: AnalysisReport
    alerts: list[dict[str, Any]]

    def view(self) -> dict[str, Any]:
        derived = sum("derived" in alert for alert in self.alerts)
        return {
            "items": self.items,
            "claim_reviews": self.checks,
            "seconds": round(self.took.wall, 1),
            "seconds_of_computing": round(self.took.cpu, 1),
            "items_per_second": round(self.items / self.took.wall, 1),
            "items_per_second_of_computing": round(self.items / self.took.cpu, 1),
            "peak_mib": self.peak_mib,
            "derived_checks": self.report.derived_checks,
            "appearances": self.report.appearances,
            "alerts": len(self.alerts),
            "alerts_on_derived_checks": derived,
            "appearances_in_alerts": sum(len(alert["rows"]) for alert in self.alerts),
        }


def world_folders() -> list[Path]:
    """The demo's world and the tests' worlds."""
    return [measure.REPOSITORY / "kiemtin" / "demo", *sorted(path.parent for path in (measure.REPOSITORY / "tests" / "worlds").glob("*/world.json"))]


def read_items(path: Path, count: int, seed: int) -> list[Story]:
    """`count` rows, drawn from the whole file, as stories of the invented paper."""
    rows = [row for row in measure.read_rows(path) if row.get("title") and row.get("summary")]
    chosen = random.Random(seed).sample(rows, min(count, len(rows)))
    return [Story(f"{_HOST}{row['id']}", PAPER, row["title"], row["summary"], _when(row["published"]), "vi") for row in chosen]


def _when(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def into_the_worlds_days(stories: list[Story]) -> list[Story]:
    """The same stories as if they had come out in the days of the made-up worlds, so that bulletins are held against them too."""
    return [replace(story, published_at=NOW - timedelta(minutes=number % 5_000)) for number, story in enumerate(stories)]


def prepare(workspace: Workspace) -> None:
    """Save every page of the worlds and analyse them."""
    paper, _ = outlets()
    worlds = [World(folder, f"http://127.0.0.1:{port}") for port, folder in enumerate(world_folders(), 1)]
    catalogs = [_catalog(world, workspace.data_dir / "outlets.toml") for world in worlds]
    with workspace.records.begin() as conn:
        outlet_store.replace_catalog(conn, (*(outlet for catalog in catalogs for outlet in catalog), paper))
    for world, catalog in zip(worlds, catalogs, strict=True):
        _save_world(workspace, world, {outlet.name: outlet for outlet in catalog})
    analyse(workspace, NOW)


def _catalog(world: World, file: Path) -> tuple[Outlet, ...]:
    file.write_text(world.catalog(), "utf-8")
    return load_catalog(file)


def _save_world(workspace: Workspace, world: World, by_name: dict[str, Outlet]) -> None:
    documents = world.documents()
    with workspace.records.begin() as conn:
        for page in world.data["pages"]:
            outlet, url = by_name[page["outlet"]], world.address(page)
            body = documents[url.removeprefix(world.base)].body
            found = extract_page(Page(url, outlet.name, body, "text/html; charset=utf-8", NOW), NOW, outlet.language)
            if isinstance(found, Extraction):
                checks = [to_claim_review(review, outlet, url, found.story.language) for review in found.reviews]
                save_extraction(conn, outlet, found.story, checks, NOW)


def save_items(workspace: Workspace, stories: list[Story]) -> None:
    paper, _ = outlets()
    for start in range(0, len(stories), _BATCH):
        with workspace.records.begin() as conn:
            for story in stories[start : start + _BATCH]:
                save_extraction(conn, paper, story, (), NOW)


def run(stories: list[Story], data_dir: Path) -> Volume:
    """Analyse the worlds, then the items on top of them; only the second is timed."""
    with open_workspace(data_dir) as workspace:
        prepare(workspace)
        save_items(workspace, stories)
        with workspace.records.begin() as conn:
            checks = review_store.count(conn)
        say(f"Analysing {len(stories):,} items against {checks:,} ClaimReviews ...")
        measure.reset_peak()
        reports: list[AnalysisReport] = []
        took = measure.timed(lambda: reports.append(analyse(workspace, NOW)))
        return Volume(len(stories), checks, took, measure.peak_mib(), reports[0], _alerts_on_items(workspace))


def _alerts_on_items(workspace: Workspace) -> list[dict[str, Any]]:
    """The alerts in which a real item appears, with the ids of those rows; `derived` where the check is itself a real item."""
    found = []
    for alert in alerts_view(workspace)["alerts"]:
        mine = [appearance for appearance in alert["appearances"] if appearance["url"].startswith(_HOST)]
        if mine:
            checks = [piece["url"].removeprefix(_HOST) for piece in alert["evidence"] if piece["url"].startswith(_HOST)]
            rows = [{"row": appearance["url"].removeprefix(_HOST), "quote": appearance["quote"]} for appearance in mine]
            found.append({**alert, "rows": rows} | ({"derived": checks} if checks else {}))
    return found


def show(alerts: list[dict[str, Any]], count: int) -> None:
    """Alerts to look at: for a person at a terminal, kept nowhere."""
    for number, alert in enumerate(alerts[:count], 1):
        print(f"\n{number}. {alert['theme']} [{alert['priority']}] claim: {alert['claim']['text']}")
        for row in alert["rows"]:
            print(f"   row {row['row']}: “{row['quote']}”")
        for piece in alert["evidence"]:
            print(f"   {piece['relation']} — {piece['publisher']}: “{piece['quote']}” {piece['url']}")
        print("   why: " + "; ".join(f"{reason['name']}={reason['value']}" for reason in alert["reasons"]))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_volume", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1, help="which items are drawn")
    parser.add_argument("--shift-dates", action="store_true", help="date the items into the worlds' days: bulletins apply too")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N alerts to the terminal")
    parser.add_argument("--json", action="store_true", help="one JSON document of numbers on standard output")
    chosen = parser.parse_args(arguments)
    shared = measure.shared_data()
    if shared is None or not (shared / DAILY_NEWS).exists():
        say(f"real_volume: {DAILY_NEWS} is absent (KIEMTIN_SHARED_DATA or ../shared/data): nothing to measure with")
        return 1
    stories = read_items(shared / DAILY_NEWS, chosen.items, chosen.seed)
    with tempfile.TemporaryDirectory(prefix="kiemtin-bench-") as folder:
        volume = run(into_the_worlds_days(stories) if chosen.shift_dates else stories, Path(folder))
    if chosen.json:
        print(json.dumps(volume.view(), indent=1))
    else:
        print("\n".join(f"{name.replace('_', ' '):>26}: {value:,}" for name, value in volume.view().items()))
        show(volume.alerts, chosen.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
