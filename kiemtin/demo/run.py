"""`kiemtin demo`: serve the made-up world, crawl it with the real crawler, print the queue."""

import secrets
import shutil
import time
from importlib import resources
from pathlib import Path
from typing import Any

import click

from crawlers.catalog import load_catalog
from kiemtin.demo.server import WorldServer, load_world, serving
from kiemtin.demo.world import World
from kiemtin.desk.context import open_desk
from kiemtin.desk.serve import serve
from kiemtin.domain.staff import Role
from kiemtin.errors import InputError
from kiemtin.pipeline.accounts import add_staff
from kiemtin.pipeline.passes import run_pass
from kiemtin.pipeline.report import pass_view
from kiemtin.pipeline.views import alerts_view
from kiemtin.pipeline.workspace import Workspace, open_workspace, utc_now
from kiemtin.printing import Bar, print_alerts, print_pass

_MARK = "demo.marker"


def world_folder() -> Path:
    return Path(str(resources.files("kiemtin.demo")))


def run_demo(data_dir: Path, port: int, once: bool, quiet: bool) -> dict[str, Any]:
    """Start afresh in the demo's own directory, make one pass, show the queue; without `once`, serve the desk on `port` until Ctrl-C.

    Returns {"pass": ..., "alerts": [...]}. Raises InputError if the directory is not the demo's, or the port is taken.
    """
    port = port or _free_port()
    _clear(data_dir)
    started = time.monotonic()
    server = WorldServer()
    with serving(server):
        world = World(world_folder(), server.base)
        load_world(server, world)
        catalog_file = data_dir / "outlets.toml"
        catalog_file.write_text(world.catalog(), "utf-8")
        (data_dir / "kiemtin.toml").write_text(_CONFIG.format(port=port), "utf-8")
        if not quiet:
            click.echo(
                f"Thế giới tưởng tượng: {len(world.data['outlets'])} nguồn, {len(world.data['pages'])} trang tại {server.base} (mọi sự việc đều bịa đặt)."
            )
        with open_workspace(data_dir) as workspace:
            with Bar(quiet) as bar:
                report = run_pass(workspace, load_catalog(catalog_file), loopback_ok=True, progress=bar.show)
            document = alerts_view(workspace)
            if not quiet:
                print_pass(report)
                print_alerts(document)
                _say_what_next(data_dir, time.monotonic() - started, once)
            if not once:
                _serve(workspace, port)
    return {"pass": pass_view(report), **document}


_CONFIG = """# Cấu hình của demo: cơ quan và địa chỉ đều tưởng tượng.
office_name = "Văn phòng thông tin Lam Giang (tưởng tượng)"
public_url = "http://127.0.0.1:{port}"
"""
_PEOPLE = (("người đánh giá", Role.REVIEWER), ("người duyệt", Role.APPROVER), ("người xem", Role.VIEWER), ("quản trị", Role.ADMIN))


def _free_port() -> int:
    probe = WorldServer()
    port = int(probe.server_address[1])
    probe.server_close()
    return port


def _serve(workspace: Workspace, port: int) -> None:
    """The desk, with one account of each role and passwords that are made up now and shown once."""
    click.echo("\nTài khoản demo (mật khẩu ngẫu nhiên, chỉ hiện lần này):")
    for name, role in _PEOPLE:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        add_staff(workspace.records, name, role, password, utc_now())
        click.echo(f"  {name:<16} {password}")
    serve(
        open_desk(workspace, loopback_ok=True),
        "127.0.0.1",
        port,
        ready=lambda at: click.echo(f"Bàn biên tập: http://127.0.0.1:{at}/  Trang công khai: http://127.0.0.1:{at}/corrections  (Ctrl-C để dừng)"),
    )
    click.echo("\nĐã dừng.")


def _clear(data_dir: Path) -> None:
    """Empty the demo's own directory; somebody else's data is never touched."""
    if data_dir.exists() and any(data_dir.iterdir()):
        if not (data_dir / _MARK).exists():
            raise InputError(f"{data_dir}: không phải thư mục của demo; chọn thư mục trống bằng --data")
        shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / _MARK).write_text("kiemtin demo\n", "utf-8")


def _say_what_next(data_dir: Path, seconds: float, once: bool) -> None:
    click.echo(f"\nXong sau {seconds:.1f} giây. Thử tiếp:")
    click.echo(f'  kiemtin check "Uống nước chanh đun sôi là khỏi sốt xuất huyết" --data {data_dir}')
    click.echo(f"  kiemtin alerts --json --data {data_dir}")
    click.echo(f"  kiemtin doctor --data {data_dir}")
    if once:
        click.echo("  kiemtin demo          (mở bàn biên tập, phục vụ đến khi bấm Ctrl-C)")
