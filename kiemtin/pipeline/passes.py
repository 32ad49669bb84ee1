"""One pass: crawl, analyse, queue, clip. Killed at any moment, the same call goes on where it stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawlers.run import CrawlReport, run_crawl
from kiemtin.domain.coverage import day_of
from kiemtin.domain.outlets import Outlet
from kiemtin.errors import CrawlError
from kiemtin.pipeline.analysis import AnalysisReport, analyse
from kiemtin.pipeline.clipping import ClipReport, clip
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress, utc_now
from kiemtin.store import collected, frontier, tips
from kiemtin.store import outlets as outlet_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store import stories as story_store
from kiemtin.store.records import erase_traces, writer_lock


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass did. `forgotten`: bodies older than the configured days, and tips older than 72 hours."""

    crawl: CrawlReport
    analysis: AnalysisReport
    clipped: ClipReport
    forgotten: int

    @property
    def nothing_done(self) -> bool:
        """Every outlet failed and nothing was there to analyse."""
        crawl = self.crawl
        return bool(crawl.failures) and not (crawl.new or crawl.changed or crawl.same or crawl.not_modified or crawl.reviews)


def run_pass(
    workspace: Workspace, catalog: Sequence[Outlet], loopback_ok: bool = False, replay: bool = False, progress: Progress = no_progress
) -> PassReport:
    """One pass over a catalogue. `replay` asks for quarantined pages again.

    Raises BusyError if another command is writing, CrawlError if the crawl process broke, DataDirError on a full disk.
    """
    with writer_lock(workspace.data_dir) as lock:
        with workspace.records.begin() as conn:
            outlet_store.replace_catalog(conn, tuple(catalog))
            if replay:
                frontier.replay_quarantine(conn)
        crawl = run_crawl(
            workspace.data_dir,
            catalog,
            workspace.config,
            loopback_ok,
            lock,
            lambda step: progress("thu thập", step.requests, step.requests + step.waiting),
        )
        analysis = analyse(workspace, utc_now(), progress)
        clipped = clip(workspace, utc_now(), progress)
        forgotten = forget(workspace, utc_now())
        with workspace.records.begin() as conn:
            collected.take_stock(conn, [outlet.name for outlet in catalog], day_of(utc_now()))
            frontier.finish_pass(conn, utc_now())
    return PassReport(crawl, analysis, clipped, forgotten)


def forget(workspace: Workspace, now: datetime) -> int:
    """Let go of what has had its time (LIMITS 1, 2 and 3); returns how many bodies and tips went."""
    forget_counts(workspace)
    with workspace.records.begin() as conn:
        gone = story_store.forget_bodies(conn, now, workspace.config.body_days) + tips.forget_tips(conn, now)
    if gone:
        erase_traces(workspace.records)
    return gone


def forget_counts(workspace: Workspace) -> None:
    """Drop the counts of claims that are public no more: a check that was rated anew, an outlet that left the catalogue (LIMITS 2)."""
    with workspace.records.begin() as conn:
        gone = repeat_store.counted(conn) - repeat_store.public_claims(conn).keys()
    if gone:
        with workspace.records.change() as conn:
            for claim_id in sorted(gone):
                repeat_store.delete_claim(conn, claim_id)


__all__ = ["CrawlError", "PassReport", "forget", "forget_counts", "run_pass"]
