"""The day's editions as a flow: made when their time has come, queued for who wants them, and sent."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow, task

from kiemtin.delivery.worker import send_out
from kiemtin.domain.editions import EditionKind
from kiemtin.domain.stories import HANOI
from kiemtin.pipeline.briefing import is_due, make_due_editions
from kiemtin.pipeline.workspace import Workspace, open_workspace

_EARLY = timedelta(seconds=2)  # Prefect rounds the wait for a scheduled time: it may be half a second short


@task(retries=3, retry_delay_seconds=30, persist_result=False)
def due_editions(data_dir: str, config_file: str = "", loopback_ok: bool = False) -> dict[str, int]:
    """Run twice, it makes and sends once: editions are frozen, deliveries have keys. Returns counts, never a text."""
    with open_workspace(Path(data_dir), Path(config_file) if config_file else None) as workspace:
        now = _not_early(workspace)
        made = make_due_editions(workspace, now)
        sent = send_out(workspace, now, loopback_ok)
    return {"editions": len(made), "sent": sent.sent, "waiting": sent.waiting, "failed": sent.failed}


def _not_early(workspace: Workspace) -> datetime:
    """Now; a run that Prefect has started a moment before the set time waits for it."""
    now = datetime.now(UTC)
    day = now.astimezone(HANOI).date()
    if not is_due(workspace, EditionKind.DAILY, day, now) and is_due(workspace, EditionKind.DAILY, day, now + _EARLY):
        time.sleep(_EARLY.total_seconds())
    return datetime.now(UTC)


@flow(name="kiemtin-briefing", persist_result=False, log_prints=False)
def briefing_flow(data_dir: str, config_file: str = "", loopback_ok: bool = False) -> dict[str, int]:
    """What the schedule runs at the set time."""
    return due_editions(data_dir, config_file, loopback_ok)
