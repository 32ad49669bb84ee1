"""Processes that know a folder, from their words or their surroundings."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def knowing(folder: Path) -> Iterator[tuple[int, str]]:
    """(number, program) of each but this one."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue  # it has ended, or is another's
        if str(folder).encode() in known and process.name != str(os.getpid()):
            yield int(process.name), known.partition(b"\x00")[0].decode()


def kill_all_knowing(folder: Path) -> None:
    for number, _ in knowing(folder):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
