"""One desk a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import DeskRun, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskRun]:
    with open_desk(tmp_path / "data") as run:
        yield run
