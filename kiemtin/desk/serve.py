"""`kiemtin serve`: the desk's web server, and beside it the two things that run by the clock: deliveries, and passes where a catalogue is given."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from kiemtin.delivery.worker import send_out
from kiemtin.desk.app import create_app
from kiemtin.desk.context import Desk
from kiemtin.errors import InputError
from kiemtin.pipeline.cases import reopen_rechecks
from kiemtin.pipeline.passes import forget
from kiemtin.pipeline.sources import note_models

_DELIVERY_SECONDS, _FORGET_SECONDS = 2.0, 3600.0


@dataclass(frozen=True, slots=True)
class Passes:
    """A pass every so many minutes, each in a process of its own with the same command as by hand."""

    catalog: Path
    data_dir: Path
    config_file: Path | None
    minutes: int
    loopback_ok: bool

    @property
    def command(self) -> list[str]:
        words = [sys.executable, "-m", "kiemtin", "run", "--catalog", str(self.catalog), "--data", str(self.data_dir), "--json"]
        return words + (["--config", str(self.config_file)] if self.config_file else []) + (["--loopback-ok"] if self.loopback_ok else [])


def serve(desk: Desk, host: str, port: int, passes: Passes | None = None, ready: Callable[[int], None] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM. `ready` is told the port once it listens. Raises InputError where the port is taken."""
    note_models(desk.workspace)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(desk), host=host, port=port, access_log=False, log_config=None, server_header=False, proxy_headers=False,
            timeout_keep_alive=15, limit_concurrency=200, h11_max_incomplete_event_size=32 * 1024, timeout_graceful_shutdown=5,
        )
    )  # fmt: skip
    with _by_the_clock(desk, passes), _told_when_ready(server, ready):
        try:
            server.run()
        except SystemExit as error:
            raise InputError(f"không phục vụ được ở {host}:{port}; cổng có thể đang được dùng") from error


@contextmanager
def _told_when_ready(server: uvicorn.Server, ready: Callable[[int], None] | None) -> Iterator[None]:
    over = threading.Event()

    def wait() -> None:
        while not over.wait(0.05):
            if server.started and ready is not None:
                ready(next(iter(server.servers[0].sockets)).getsockname()[1])
                return

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _by_the_clock(desk: Desk, passes: Passes | None) -> Iterator[None]:
    over = threading.Event()
    threads = [
        _thread(desk, over, "deliveries", _DELIVERY_SECONDS, lambda: send_out(desk.workspace, desk.clock(), desk.loopback_ok)),
        _thread(desk, over, "tidying", _FORGET_SECONDS, lambda: _tidy(desk)),
    ]
    if passes is not None:
        threads.append(_thread(desk, over, "passes", passes.minutes * 60.0, lambda: _one_pass(desk, passes, over)))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _thread(desk: Desk, over: threading.Event, name: str, seconds: float, do: Callable[[], object]) -> threading.Thread:
    return threading.Thread(target=_repeat, args=(desk, over, name, seconds, do), daemon=True)


def _repeat(desk: Desk, over: threading.Event, name: str, seconds: float, do: Callable[[], object]) -> None:
    """At once, and again after each pause. What went wrong is told by `/readyz` until a later turn goes well: nothing ends the deliveries for good."""
    while True:
        try:
            do()
            desk.troubles.pop(name, None)
        except Exception as error:
            desk.troubles[name] = type(error).__name__
        if over.wait(seconds):
            return


def _tidy(desk: Desk) -> None:
    """Let go of what has had its time, and take up again what was to be looked at again."""
    forget(desk.workspace, desk.clock())
    reopen_rechecks(desk.workspace, desk.clock())


def _one_pass(desk: Desk, passes: Passes, over: threading.Event) -> None:
    with subprocess.Popen(passes.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        while child.poll() is None:
            if over.wait(0.5):
                child.terminate()
    desk.asker.renew()
