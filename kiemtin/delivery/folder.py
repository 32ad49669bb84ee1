"""A folder on the server: each version as JSON and DOCX, whole or not at all."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.delivery.topic import docx_of
from kiemtin.delivery.webhook import body_of

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_FOLDER = "outgoing"


def send(data_dir: Path, name: str, correction: Mapping[str, Any]) -> Outcome:
    """Put both files below `<data>/outgoing/<name>/`, the JSON last: where it stands, the document does too. Again changes nothing."""
    if not NAME.fullmatch(name):
        return Failed("tên thư mục không dùng được", final=True)
    folder, stem = data_dir / _FOLDER / name, f"{correction['id']}-{correction['revision']}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / f"{stem}.docx", docx_of(correction))
        _replace(folder / f"{stem}.json", body_of(correction))
    except OSError as error:
        return Failed(f"không ghi được vào thư mục: {error.strerror}" if error.strerror else "không ghi được vào thư mục")
    return Sent(f"{stem}.json")


def _replace(path: Path, body: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """A new name lasts only once its folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
