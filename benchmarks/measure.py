"""What every measurement needs: where the shared data is, peak memory, medians, and a stopwatch per stage."""

import gzip
import json
import os
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
_PACKAGES = ("kiemtin", "crawlers", "nlp", "alerts", "benchmarks", "__main__")


def shared_data() -> Path | None:
    """The folder of texts for measuring: KIEMTIN_SHARED_DATA, else ../shared/data beside the repository; None where it is absent."""
    folder = Path(os.environ.get("KIEMTIN_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def say(line: str) -> None:
    """Progress and remarks: standard error, so that `--json` stays clean."""
    print(line, file=sys.stderr, flush=True)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def reset_peak() -> bool:
    """Forget the peak so far (Linux); False where the kernel does not allow it: the peak is then the whole process's."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak_mib() -> float:
    """Peak resident memory in MiB since `reset_peak`, else since the start of the process."""
    try:
        status = Path("/proc/self/status").read_text()
        return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)
    except (OSError, ValueError, IndexError):
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock on the wall, and of the process's own computing (all threads): the second does not feel its neighbours."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Took:
    """How long the work takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def median(rounds: Sequence[Took]) -> Took:
    return Took(statistics.median(took.wall for took in rounds), statistics.median(took.cpu for took in rounds))


class Stages:
    """Seconds of computing per stage, each second counted once: for the innermost stage that is running.

    Functions are wrapped wherever the project's modules hold them, and put back at the end. Costs about 1 µs a call.
    """

    def __init__(self, stages: Mapping[str, Sequence[tuple[Any, str]]]) -> None:
        self._stages = stages
        self._seconds: dict[str, float] = defaultdict(float)
        self._calls: dict[str, int] = defaultdict(int)
        self._running: list[str] = ["rest"]
        self._since = 0.0
        self._undo: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> "Stages":
        # A function that has been renamed since is passed over: its time is then counted where it is called from.
        for stage, functions in self._stages.items():
            for owner, name in functions:
                if hasattr(owner, name):
                    self._wrap(stage, owner, name)
        self._since = time.process_time()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._switch()
        for owner, name, original in reversed(self._undo):
            setattr(owner, name, original)

    def _switch(self) -> None:
        now = time.process_time()
        self._seconds[self._running[-1]] += now - self._since
        self._since = now

    def enter(self, stage: str) -> None:
        self._switch()
        self._running.append(stage)
        self._calls[stage] += 1

    def leave(self) -> None:
        self._switch()
        self._running.pop()

    def _wrap(self, stage: str, owner: Any, name: str) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def inside(*args: Any, **named: Any) -> Any:
            self.enter(stage)
            try:
                return original(*args, **named)
            finally:
                self.leave()

        self._replace(owner, name, inside)
        for module in [module for key, module in sys.modules.items() if key.partition(".")[0] in _PACKAGES]:
            for held, value in list(vars(module).items()):
                if value is original and (module, held) != (owner, name):
                    self._replace(module, held, inside)

    def _replace(self, owner: Any, name: str, new: Any) -> None:
        self._undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, new)

    def table(self) -> list[dict[str, Any]]:
        """Stage, seconds, share of the whole and calls, the longest first."""
        whole = sum(self._seconds.values()) or 1.0
        rows = sorted(self._seconds.items(), key=lambda row: -row[1])
        return [
            {"stage": stage, "seconds": round(seconds, 3), "share": round(seconds / whole, 3), "calls": self._calls[stage]} for stage, seconds in rows
        ]
