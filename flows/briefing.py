"""The day's editions as a flow: made when their time has come, queued for who wants them, and sent."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task

from kiemtin.delivery.worker import send_out
from kiemtin.pipeline.briefing import make_due_editions
from kiemtin.pipeline.workspace import open_workspace


@task(retries=3, retry_delay_seconds=30, persist_result=False)
def due_editions(data_dir: str, config_file: str = "", loopback_ok: bool = False) -> dict[str, int]:
    """Run twice, it makes and sends once: editions are frozen, deliveries have keys. Returns counts, never a text."""
    now = datetime.now(UTC)
    with open_workspace(Path(data_dir), Path(config_file) if config_file else None) as workspace:
        made = make_due_editions(workspace, now)
        sent = send_out(workspace, now, loopback_ok)
    return {"editions": len(made), "sent": sent.sent, "waiting": sent.waiting, "failed": sent.failed}


@flow(name="kiemtin-briefing", persist_result=False, log_prints=False)
def briefing_flow(data_dir: str, config_file: str = "", loopback_ok: bool = False) -> dict[str, int]:
    """What the schedule runs at the set time."""
    return due_editions(data_dir, config_file, loopback_ok)
