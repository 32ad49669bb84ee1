"""A pass as a flow: the same plain functions as `kiemtin run`, with retries and a place in a schedule."""

from pathlib import Path
from typing import Any

from prefect import flow, task

from crawlers.catalog import load_catalog
from kiemtin.pipeline.passes import run_pass
from kiemtin.pipeline.report import pass_view
from kiemtin.pipeline.workspace import open_workspace


@task(retries=2, retry_delay_seconds=60, persist_result=False)
def one_pass(data_dir: str, catalog: str, loopback_ok: bool = False, config_file: str = "") -> dict[str, Any]:
    """One pass over a catalogue; what a killed one left is finished by the retry. Returns counts, never a text."""
    with open_workspace(Path(data_dir), Path(config_file) if config_file else None) as workspace:
        report = pass_view(run_pass(workspace, load_catalog(Path(catalog)), loopback_ok))
    return {"crawl": {key: value for key, value in report["crawl"].items() if isinstance(value, int | float)}, "analysis": report["analysis"]}


@flow(name="kiemtin-pass", persist_result=False, log_prints=False)
def pass_flow(data_dir: str, catalog: str, loopback_ok: bool = False, config_file: str = "") -> dict[str, Any]:
    """What a schedule runs."""
    return one_pass(data_dir, catalog, loopback_ok, config_file)
