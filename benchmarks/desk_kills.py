"""`kill -9` of the desk's server while people decide: what was confirmed is there, nothing is half done, every delivery arrives.

the load of `desk_load` | kiemtin serve, killed at random moments and started again | log, versions and deliveries
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.desk_load import (
    FULL,
    SMALL,
    Crowd,
    Recipient,
    Server,
    Size,
    faults_of,
    prepare,
    print_faults,
    print_summary,
    read,
    serving,
    summary,
    wait_for_deliveries,
)
from benchmarks.measure import say

_AT_START = 0.2  # so many kills fall into the server's start
_EARLIEST, _LATEST = 0.02, 0.95  # of the decisions: between them the kills are spread at random
_SLOWEST_NEWSROOM = 0.3  # it answers after up to so many seconds: kills must also fall between the sending and the writing down


@dataclass(frozen=True, slots=True)
class Kill:
    """Seconds since the server listened (`listening`) or was started, and how many decisions had been confirmed by then."""

    seconds: float
    listening: bool
    confirmed: int


class Killer(threading.Thread):
    """Kills and starts again, so many times; `over` when the last server listens."""

    def __init__(self, server: Server, size: Size, kills: int, rng: random.Random, start_seconds: float) -> None:
        super().__init__(daemon=True)
        self.found: list[Kill] = []
        self.over = threading.Event()
        self.crowd: Crowd | None = None
        self._server, self._rng, self._start = server, rng, start_seconds
        self._moments = sorted(int(size.decisions * rng.uniform(_EARLIEST, _LATEST)) for _ in range(kills))

    def run(self) -> None:
        """Each when so many decisions are confirmed and up to a second more has gone; some of them twice in a row, the second in the start."""
        try:
            again = False
            while len(self.found) < len(self._moments):
                began = time.monotonic()
                if again:
                    time.sleep(self._rng.uniform(0.1, self._start))
                else:
                    while self._confirmed() < self._moments[len(self.found)]:
                        time.sleep(0.01)
                    time.sleep(self._rng.random())
                self._server.kill()
                self.found.append(Kill(round(time.monotonic() - began, 2), not again, self._confirmed()))
                say(f"kill {len(self.found)}/{len(self._moments)}: {asdict(self.found[-1])}")
                self._server.launch()
                again = self._rng.random() < _AT_START and len(self.found) < len(self._moments)
                if not again:
                    self._server.wait()
        finally:
            self.over.set()

    def _confirmed(self) -> int:
        return sum(attempt.status == 303 for attempt in list(self.crowd.attempts)) if self.crowd else 0


def run(size: Size, kills: int, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kiemtin-kills-") as folder, Recipient(lambda: random.uniform(0, _SLOWEST_NEWSROOM)) as newsroom:
        office = prepare(Path(folder) / "data", size, newsroom.url)
        began = time.monotonic()
        with serving(office.data) as server:
            killer = Killer(server, size, kills, rng, time.monotonic() - began)
            say(f"{size.people} people, {size.alerts} alerts, {kills} kills, seed {seed}")
            crowd = killer.crowd = Crowd(office, server, rng, lambda accepted: accepted >= size.decisions and killer.over.is_set())
            killer.start()
            seconds = crowd.work()
            killer.join()
            drained = wait_for_deliveries(office.data)
        stored = read(office.data)
        keys = Counter(one.key for one in newsroom.arrived)
        in_log = {line.token for line in stored.lines}
        unanswered = [attempt for attempt in crowd.attempts if not attempt.status]
        return {
            "seed": seed,
            "kills": [asdict(kill) for kill in killer.found],
            **summary(crowd, seconds, newsroom.arrived, stored),
            "unanswered": len(unanswered),
            "unanswered_and_done": sum(attempt.token in in_log for attempt in unanswered),
            "most_sendings_of_a_key": max(keys.values(), default=0),
            "seconds_until_all_delivered": round(drained, 1),
            "faults": faults_of(crowd, newsroom.arrived, stored, server.errors),
        }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk_kills", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--small", action="store_true", help="200 decisions by 10 people")
    parser.add_argument("--seed", type=int, default=None, help="of the load and of the moments; random unless given")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args(arguments)
    document = run(SMALL if chosen.small else FULL, chosen.kills, random.randrange(10**6) if chosen.seed is None else chosen.seed)
    if chosen.json:
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print_summary(document)
        print(
            f"{len(document['kills'])} kills; {document['unanswered']} decisions got no answer, {document['unanswered_and_done']} of them are in the log; "
            f"a key was sent {document['most_sendings_of_a_key']} times at most; all delivered {document['seconds_until_all_delivered']} s after the end"
        )
        print_faults(document["faults"])
    return 1 if document["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
