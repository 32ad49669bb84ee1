"""The schedule: passes every so many minutes, the briefing at its set time in Vietnam. A process of its own beside the desk.

python -m flows.schedule ORDER | Prefect's server on loopback, its home under the data directory | deployments with their schedules | runs
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

TIMEZONE = "Asia/Ho_Chi_Minh"
_STARTUP_SECONDS, _PARENT_SECONDS = 120.0, 2.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be scheduled. Paths as text; `catalog` "": no passes. `briefing_time`: HH:MM; `cron` is it as a cron line."""

    data_dir: str
    config_file: str
    catalog: str
    loopback_ok: bool
    pass_minutes: int
    briefing_time: str

    @property
    def cron(self) -> str:
        hour, _, minute = self.briefing_time.partition(":")
        return f"{int(minute)} {int(hour)} * * *"

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "flows.schedule", json.dumps(asdict(self))]


def run_schedule(order: Order) -> None:
    """Until it is stopped, or its server ends. Only Prefect's own server plans runs ahead: the temporary one of a single flow does not."""
    _end_with_parent()
    port = _free_port()
    os.environ.update(_settings(order, port))
    import flows  # sets what Prefect must know before it is imported  # noqa: F401

    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(server, port)
        _catch_up(order)
        _serve(order)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _end_with_parent() -> None:
    """A desk that is killed leaves no schedule behind."""
    parent = os.getppid()

    def until_orphaned() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_SECONDS)
        os.killpg(os.getpgrp(), signal.SIGTERM)

    threading.Thread(target=until_orphaned, daemon=True).start()


def _settings(order: Order, port: int) -> dict[str, str]:
    """Prefect reads them when it is imported; everything that it writes stays under the data directory."""
    home = Path(order.data_dir).resolve() / "prefect"
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    return {
        "TMPDIR": str(home / "tmp"),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "15",
        "PREFECT_RUNNER_POLL_FREQUENCY": "5",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Raises OSError where it does not come up in two minutes."""
    until = time.monotonic() + _STARTUP_SECONDS
    while server.poll() is None and time.monotonic() < until:
        if _is_up(port):
            return
        time.sleep(0.5)
    raise OSError("the schedule's server did not start")


def _is_up(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asked.request("GET", "/api/health")
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _catch_up(order: Order) -> None:
    """Today's editions whose time came while nothing ran: a cron fires for what is to come only."""
    from flows.briefing import due_editions

    due_editions.fn(order.data_dir, order.config_file, order.loopback_ok)


def _serve(order: Order) -> None:
    from prefect import serve
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron, Interval
    from prefect.types.entrypoint import EntrypointType

    from flows.briefing import briefing_flow
    from flows.passes import pass_flow

    common = {"data_dir": order.data_dir, "config_file": order.config_file, "loopback_ok": order.loopback_ok}
    module = EntrypointType.MODULE_PATH
    daily = Cron(order.cron, timezone=TIMEZONE)
    wanted = [RunnerDeployment.from_flow(briefing_flow, "briefing", schedule=daily, parameters=common, entrypoint_type=module)]
    if order.catalog:
        every, catalogued = Interval(timedelta(minutes=order.pass_minutes)), {**common, "catalog": order.catalog}
        wanted.append(RunnerDeployment.from_flow(pass_flow, "pass", schedule=every, parameters=catalogued, entrypoint_type=module))
    serve(*wanted, limit=2, print_starting_message=False)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        run_schedule(Order(**json.loads(sys.argv[1])))
