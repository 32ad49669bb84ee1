"""What every step works with: the data directory's stores, the configuration, and the clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kiemtin.config import Config, load_config
from kiemtin.store.index import SearchIndex, open_index
from kiemtin.store.records import Records, open_records

# (step, done, total): total 0 where it is not known beforehand.
Progress = Callable[[str, int, int], None]


def no_progress(_step: str, _done: int, _total: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One data directory, opened."""

    data_dir: Path
    config: Config
    records: Records
    index: SearchIndex


@contextmanager
def open_workspace(data_dir: Path, config_file: Path | None = None) -> Iterator[Workspace]:
    """Open the stores of a data directory; raises ConfigError or DataDirError in one line."""
    config = load_config(data_dir, config_file)
    records = open_records(data_dir)
    try:
        yield Workspace(data_dir, config, records, open_index(data_dir))
    finally:
        records.close()


def utc_now() -> datetime:
    return datetime.now(UTC)
