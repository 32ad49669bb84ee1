"""A folder on the server: each version as JSON and DOCX, whole or not at all."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiemtin.briefing.render import FORMS
from kiemtin.delivery.outcome import Failed, Outcome, Sent
from kiemtin.delivery.topic import docx_of
from kiemtin.delivery.webhook import body_of
from kiemtin.errors import InputError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_FOLDER = "outgoing"


def send(data_dir: Path, name: str, correction: Mapping[str, Any]) -> Outcome:
    """Put both files below `<data>/outgoing/<name>/`, the JSON last: where it stands, the document does too. Again changes nothing."""
    return _put(data_dir, name, f"{correction['id']}-{correction['revision']}", {"docx": docx_of(correction), "json": body_of(correction)})


def send_edition(data_dir: Path, name: str, body: Mapping[str, Any]) -> Outcome:
    """The same for a briefing, in every form; without Debian's pango the print is left out."""
    files = {}
    for form, (render, _) in FORMS.items():
        with suppress(InputError):
            files[form] = render(body)
    return _put(data_dir, name, f"ban-tin-{body['kind']}-{body['day']}", files)


def _put(data_dir: Path, name: str, stem: str, files: Mapping[str, bytes]) -> Outcome:
    """The JSON last."""
    if not NAME.fullmatch(name):
        return Failed("tên thư mục không dùng được", final=True)
    folder = data_dir / _FOLDER / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending in sorted(files, key=lambda form: (form == "json", form)):
            _replace(folder / f"{stem}.{ending}", files[ending])
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
