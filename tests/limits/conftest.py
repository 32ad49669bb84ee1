"""The demo, run once as people run it, for all tests that look at what it leaves behind."""

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.limits.tools import ROOT

# Reports every connection, name look-up and datagram of the program and of the processes that it starts.
_WATCH = """
import os, sys
def watch(event, arguments, file=os.open(os.environ["LIMITS_WATCH"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)):
    if event in ("socket.connect", "socket.sendto"):
        os.write(file, f"{event} {arguments[-1]!r}\\n".encode())
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        os.write(file, f"{event} {arguments[0]!r}\\n".encode())
sys.addaudithook(watch)
"""
CLIENT, FORWARDED = "127.0.0.9", "203.0.113.77"


@dataclass(frozen=True, slots=True)
class DemoRun:
    """One `kiemtin demo --once` in an empty home: its data directory, all it said, whom it spoke to, and what it left elsewhere."""

    data: Path
    said: str
    code: int
    base: str
    spoke_to: tuple[str, ...]
    left_elsewhere: tuple[Path, ...]
    answered_client: int


def watched_environment(folder: Path) -> dict[str, str]:
    """An environment whose home and temporary directory are below a folder, and in which every connection is noted in `watch.log`."""
    for name in ("home", "temporary", "site", "work"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(_WATCH, "utf-8")
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("KIEMTIN_", "XDG_"))},
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LIMITS_WATCH": str(folder / "watch.log"),
    }


def files_below(*folders: Path) -> tuple[Path, ...]:
    return tuple(path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    folder = tmp_path_factory.mktemp("demo")
    port, environment = _free_port(), watched_environment(folder)
    command = subprocess.Popen(
        [sys.executable, "-m", "kiemtin.cli", "demo", "--once", "--port", str(port), "--data", str(folder / "data")],
        cwd=folder / "work",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    answered: list[int] = []
    client = threading.Thread(target=_read_as_client, args=(port, command, answered), daemon=True)
    client.start()
    said, _ = command.communicate(timeout=120)
    client.join()
    yield DemoRun(
        folder / "data",
        said.decode(),
        command.returncode,
        f"http://127.0.0.1:{port}",
        tuple((folder / "watch.log").read_text("utf-8").splitlines()),
        files_below(folder / "home", folder / "temporary", folder / "work"),
        sum(answered),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def leave_at_once(port: int) -> None:
    """Ask for a page and reset the connection: a server that reports this would name the client."""
    with socket.create_connection(("127.0.0.1", port), 5, (CLIENT, 0)) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {FORWARDED}\r\n\r\n".encode())


def _read_as_client(port: int, command: "subprocess.Popen[bytes]", answered: list[int]) -> None:
    """Somebody else reads the demo's pages while it runs, from an address of their own."""
    while command.poll() is None and sum(answered) < 20:
        try:
            with socket.create_connection(("127.0.0.1", port), 5, (CLIENT, 0)) as link:
                link.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {FORWARDED}\r\nConnection: close\r\n\r\n".encode())
                answered.append(int(b"200" in link.recv(64)))
                link.recv(65_536)
            leave_at_once(port)
        except OSError:
            time.sleep(0.1)
