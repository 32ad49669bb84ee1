"""Numbers in memory: what has been counted and not yet been handed over. Below ten a number never leaves; at its day's end it is gone."""

import hashlib
import secrets
import threading
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from kiemtin.domain.coverage import day_of
from kiemtin.domain.repeats import FEWEST, Cell, Said

_LATE = timedelta(minutes=10)  # a post of a day that has ended is still counted so long: streams lag
_EARLY = timedelta(minutes=5)  # clocks differ: what is further in the future is of no day yet
_MOST_SEEN = 1_000_000  # posts of one day that are known to have been counted; more are left uncounted rather than counted twice


class _Seen:
    """Which posts of one day were counted: their keyed hashes, under a random key that is written nowhere and goes with the day."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._hashes: set[bytes] = set()

    def is_new(self, name: str) -> bool:
        """True once for each name, as long as there is room to know."""
        mine = hashlib.blake2b(name.encode("utf-8", "replace"), key=self._key, digest_size=8).digest()
        if mine in self._hashes or len(self._hashes) >= _MOST_SEEN:
            return False
        self._hashes.add(mine)
        return True


class Tally:
    """Counts of one process, for many threads. `live`: a stream, whose days close; else a file, whose days are all open until its end."""

    def __init__(self, live: bool) -> None:
        self._live = live
        self._turn = threading.Lock()
        self._counts: dict[Cell, int] = {}
        self._published: set[Cell] = set()
        self._seen: dict[date, _Seen] = {}
        self.repeats = 0

    def day_for(self, created_at: datetime, now: datetime) -> date | None:
        """The day in Viet Nam on which a post of that time is counted; None where that day is over, or has not begun."""
        if created_at > now + _EARLY:
            return None
        day = day_of(created_at)
        return day if not self._live or day >= day_of(now - _LATE) else None

    def add(self, cell: Cell, name: str) -> bool:
        """One more. `name`: what tells this post from others ("" where nothing does); False where it was counted before."""
        with self._turn:
            if name and not self._seen.setdefault(cell.day, _Seen()).is_new(name):
                return False
            self._counts[cell] = self._counts.get(cell, 0) + 1
            self.repeats += cell.said is Said.REPEAT
            return True

    def take(self, published: Collection[Cell] = ()) -> dict[Cell, int]:
        """What may be handed over: ten and more of a cell, and anything of a cell that this tally or `published` already has ten of.

        It is the taker's from then on: what goes wrong there is lost, or given back, and never counted twice.
        """
        with self._turn:
            self._published.update(published)
            ready = {cell: count for cell, count in self._counts.items() if count >= FEWEST or cell in self._published}
            for cell in ready:
                del self._counts[cell]
            self._published.update(ready)
            return ready

    def give_back(self, taken: Mapping[Cell, int]) -> None:
        """What could certainly not be stored waits for the next time."""
        with self._turn:
            for cell, count in taken.items():
                self._counts[cell] = self._counts.get(cell, 0) + count

    def close(self, now: datetime) -> None:
        """Let go of the small numbers and the hashes of days that are over."""
        with self._turn:
            first = day_of(now - _LATE)
            self._counts = {cell: count for cell, count in self._counts.items() if cell.day >= first}
            self._published = {cell for cell in self._published if cell.day >= first}
            self._seen = {day: seen for day, seen in self._seen.items() if day >= first}

    def drop(self, watched: Collection[str]) -> None:
        """A claim that is no longer public is no longer counted: its numbers go."""
        with self._turn:
            self._counts = {cell: count for cell, count in self._counts.items() if cell.claim_id in watched}
            self._published = {cell for cell in self._published if cell.claim_id in watched}
