"""`kiemtin serve`: the desk's web server, what it does by the clock (deliveries, tidying, counting), and beside it the schedule in a process of its own."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

import uvicorn

from kiemtin.delivery.worker import send_out
from kiemtin.desk.app import create_app
from kiemtin.desk.context import Desk
from kiemtin.errors import InputError
from kiemtin.pipeline.cases import reopen_rechecks
from kiemtin.pipeline.counting import FLUSH_SECONDS, Counting
from kiemtin.pipeline.passes import forget
from kiemtin.pipeline.sources import note_models
from kiemtin.store import frontier

_DELIVERY_SECONDS, _RENEW_SECONDS, _AGAIN_SECONDS, _FORGET_SECONDS = 2.0, 5.0, 30.0, 3600.0
_STOP_SECONDS = 8.0


def serve(desk: Desk, host: str, port: int, schedule: Sequence[str] = (), ready: Callable[[int], None] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM. `schedule`: the command of the process that runs beside it, if any; `ready` is told the port once it listens.

    Raises InputError where the port is taken.
    """
    note_models(desk.workspace)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(desk), host=host, port=port, access_log=False, log_config=None, server_header=False, proxy_headers=False,
            timeout_keep_alive=15, limit_concurrency=200, h11_max_incomplete_event_size=32 * 1024, timeout_graceful_shutdown=5,
        )
    )  # fmt: skip
    with _by_the_clock(desk, schedule), _counting(desk), _told_when_ready(server, ready):
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
def _by_the_clock(desk: Desk, schedule: Sequence[str]) -> Iterator[None]:
    over = threading.Event()
    threads = [
        _thread(desk, over, "deliveries", _DELIVERY_SECONDS, lambda: send_out(desk.workspace, desk.clock(), desk.loopback_ok)),
        _thread(desk, over, "passes", _RENEW_SECONDS, _Renewal(desk)),
        _thread(desk, over, "tidying", _FORGET_SECONDS, lambda: _tidy(desk)),
    ]
    if schedule:
        threads.append(_thread(desk, over, "schedule", _AGAIN_SECONDS, lambda: _beside(schedule, over)))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def _counting(desk: Desk) -> Iterator[None]:
    """Public streams, where any is configured: read in threads of their own, their numbers stored every minute."""
    counting, over = Counting(desk.workspace, desk.loopback_ok), threading.Event()
    if not counting.is_on:
        yield
        return
    desk.streams = counting.troubles
    counting.start()
    tending = _thread(desk, over, "counting", FLUSH_SECONDS, counting.tend)
    tending.start()
    try:
        yield
    finally:
        over.set()
        tending.join()
        counting.stop()


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


class _Renewal:
    """A pass has ended, whoever ran it: what is asked from now on is asked of the new index."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last = self._ended()

    def _ended(self) -> datetime | None:
        with self._desk.workspace.records.begin() as conn:
            return frontier.last_finished(conn)

    def __call__(self) -> None:
        ended = self._ended()
        if ended != self._last:
            self._last = ended
            self._desk.asker.renew()


def _beside(command: Sequence[str], over: threading.Event) -> None:
    """The schedule's process, until the desk stops; where it ends by itself that is a trouble, and it is started again."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as child:
        while child.poll() is None:
            if over.wait(0.5):
                _stop(child)
                return
    raise OSError("the schedule's process has ended")


def _stop(child: "subprocess.Popen[bytes]") -> None:
    """It and whatever it has started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=_STOP_SECONDS)
