"""`kiemtin demo`: serve the made-up world, crawl it with the real crawler, print the queue."""

import shutil
import time
from importlib import resources
from pathlib import Path
from typing import Any

import click

from crawlers.catalog import load_catalog
from kiemtin.demo.server import WorldServer, load_world, serving
from kiemtin.demo.world import World
from kiemtin.errors import InputError
from kiemtin.pipeline.passes import run_pass
from kiemtin.pipeline.report import pass_view
from kiemtin.pipeline.views import alerts_view
from kiemtin.pipeline.workspace import open_workspace
from kiemtin.printing import Bar, print_alerts, print_pass

_MARK = "demo.marker"


def world_folder() -> Path:
    return Path(str(resources.files("kiemtin.demo")))


def run_demo(data_dir: Path, port: int, once: bool, quiet: bool) -> dict[str, Any]:
    """Start afresh in the demo's own directory, make one pass, show the queue; without `once`, serve until Ctrl-C.

    Returns {"pass": ..., "alerts": [...]}. Raises InputError if the directory is not the demo's, or the port is taken.
    """
    _clear(data_dir)
    started = time.monotonic()
    try:
        server = WorldServer(port)
    except OSError as error:
        raise InputError(f"cổng {port}: {error.strerror}; chọn cổng khác bằng --port") from error
    with serving(server):
        world = World(world_folder(), server.base)
        load_world(server, world)
        catalog_file = data_dir / "outlets.toml"
        catalog_file.write_text(world.catalog(), "utf-8")
        if not quiet:
            click.echo(
                f"Thế giới tưởng tượng: {len(world.data['outlets'])} nguồn, {len(world.data['pages'])} trang tại {server.base} (mọi sự việc đều bịa đặt)."
            )
        with open_workspace(data_dir) as workspace, Bar(quiet) as bar:
            report = run_pass(workspace, load_catalog(catalog_file), loopback_ok=True, progress=bar.show)
            document = alerts_view(workspace)
        if not quiet:
            print_pass(report)
            print_alerts(document)
            _say_what_next(data_dir, server.base, time.monotonic() - started, once)
        if not once:
            _wait()
    return {"pass": pass_view(report), **document}


def _clear(data_dir: Path) -> None:
    """Empty the demo's own directory; somebody else's data is never touched."""
    if data_dir.exists() and any(data_dir.iterdir()):
        if not (data_dir / _MARK).exists():
            raise InputError(f"{data_dir}: không phải thư mục của demo; chọn thư mục trống bằng --data")
        shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / _MARK).write_text("kiemtin demo\n", "utf-8")


def _say_what_next(data_dir: Path, base: str, seconds: float, once: bool) -> None:
    click.echo(f"\nXong sau {seconds:.1f} giây. Thử tiếp:")
    click.echo(f'  kiemtin check "Uống nước chanh đun sôi là khỏi sốt xuất huyết" --data {data_dir}')
    click.echo(f"  kiemtin alerts --json --data {data_dir}")
    click.echo(f"  kiemtin doctor --data {data_dir}")
    if once:
        click.echo("  kiemtin demo          (phục vụ thế giới này đến khi bấm Ctrl-C, để mở được các liên kết)")
    else:
        click.echo(f"Đang phục vụ tại {base}; bấm Ctrl-C để dừng.")


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("\nĐã dừng.")
