"""Made-up worlds put through the real analysis, and what came of each kind of page."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.articles import Extraction, extract_page
from crawlers.catalog import load_catalog
from crawlers.reviews import to_claim_review
from kiemtin.demo.world import World
from kiemtin.domain.stories import Page, Refusal
from kiemtin.pipeline.analysis import analyse
from kiemtin.pipeline.views import alerts_view
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import outlets as outlet_store
from kiemtin.store.stories import save_extraction

WORLDS = Path(__file__).parent.parent / "worlds"
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@dataclass
class Score:
    """Repeats of a world: how many there are, how many the queue shows; and which pages it shows wrongly, by kind."""

    repeats: int = 0
    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false_alerts: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return len(self.found) / self.repeats

    def false_by_kind(self) -> dict[str, int]:
        return dict(Counter(kind for kind, _ in self.false_alerts))


@contextmanager
def analysed(folder: Path, data_dir: Path) -> Iterator[tuple[World, Workspace, list[Refusal]]]:
    """A world extracted page by page (without the network) and analysed."""
    world = World(folder, "http://127.0.0.1:9")
    catalog_file = data_dir / "outlets.toml"
    data_dir.mkdir(parents=True, exist_ok=True)
    catalog_file.write_text(world.catalog(), "utf-8")
    catalog = load_catalog(catalog_file)
    by_name = {outlet.name: outlet for outlet in catalog}
    documents = world.documents()
    refused: list[Refusal] = []
    with open_workspace(data_dir) as workspace:
        with workspace.records.begin() as conn:
            outlet_store.replace_catalog(conn, catalog)
            for page in world.data["pages"]:
                outlet = by_name[page["outlet"]]
                url = world.address(page)
                body = documents[url.removeprefix(world.base)].body
                found = extract_page(Page(url, outlet.name, body, "text/html; charset=utf-8", NOW, page["title"]), NOW, outlet.language)
                if isinstance(found, Extraction):
                    reviews = [to_claim_review(review, outlet, url, found.story.language) for review in found.reviews]
                    save_extraction(conn, outlet, found.story, reviews, NOW)
                else:
                    refused.append(found)
        analyse(workspace, NOW)
        yield world, workspace, refused


def score(world: World, workspace: Workspace, refused: list[Refusal]) -> Score:
    """Hold the queue against what the world says of each page."""
    pages: dict[str, dict[str, Any]] = {world.address(page): page for page in world.data["pages"]}
    shown = {appearance["url"] for alert in alerts_view(workspace)["alerts"] for appearance in alert["appearances"]}
    result = Score(unread=[refusal.url for refusal in refused])
    for url, page in pages.items():
        if page["kind"] == "repeat":
            result.repeats += 1
            (result.found if url in shown else result.missed).append(page["slug"])
        elif url in shown:
            result.false_alerts.append((page["kind"], page["slug"]))
    return result
