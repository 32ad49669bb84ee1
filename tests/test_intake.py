"""Files handed to an import: what is no ordinary file, or too much, is refused before it is read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiemtin.errors import InputError
from kiemtin.pipeline.intake import import_factchecks, import_tips
from kiemtin.pipeline.workspace import open_workspace

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("read", [import_tips, import_factchecks])
def test_an_endless_file_is_refused_without_reading_it(read: object, tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace, pytest.raises(InputError, match="tệp thường"):
        read(workspace, Path("/dev/zero"), NOW)  # type: ignore[operator]


def test_more_tips_than_a_letter_box_holds_are_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "tips.jsonl").write_text('{"text": "Từ 1/12 phí cấp hộ chiếu tăng lên 500.000 đồng"}\n' * 1_001, "utf-8")
    with open_workspace(tmp_path / "data") as workspace, pytest.raises(InputError, match="1000"):
        import_tips(workspace, tmp_path / "tips.jsonl", NOW)
