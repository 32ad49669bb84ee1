"""One crawl: the frontier and the catalogue in, a report out. The work itself happens in one subprocess (see `crawlers.__main__`)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from crawlers.order import MAX_PAGES_PER_OUTLET, CrawlReport, Failure, Order, Progress, manners_of, report_from_json
from crawlers.process import running
from kiemtin.config import Config
from kiemtin.domain.outlets import Outlet
from kiemtin.errors import CrawlError

__all__ = ["SAVE", "CrawlReport", "Failure", "Progress", "run_crawl"]

SAVE = "kiemtin.store.stories:save_extraction"


def run_crawl(
    data_dir: Path,
    outlets: Sequence[Outlet],
    config: Config,
    loopback_ok: bool,
    lock_fd: int | None,
    on_progress: Callable[[Progress], None] | None = None,
    *,
    save: str = SAVE,
    pages_per_outlet: int = MAX_PAGES_PER_OUTLET,
) -> CrawlReport:
    """Crawl until nothing is pending, and say what came of it; goes on where a killed crawl stopped.

    The caller holds `kiemtin.store.records.writer_lock` and hands over its descriptor. Failing outlets are part of the report.
    Raises CrawlError if the crawl process crashes, DataDirError if Records cannot be written.
    """
    manners = manners_of(config, loopback_ok)
    order = Order("crawl", str(data_dir), tuple(outlets), manners, config.revisit_hours, save, 0, pages_per_outlet)
    report: CrawlReport | None = None
    with running(order, lock_fd) as events:
        for event in events:
            if event["event"] == "progress" and on_progress is not None:
                on_progress(Progress(event["requests"], event["stories"], event["waiting"]))
            elif event["event"] == "report":
                report = report_from_json(event["report"])
    if report is None:
        raise CrawlError("the crawl process ended without a report")
    return report
