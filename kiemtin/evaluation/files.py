"""The labelled files that `kiemtin eval` reads: bounded, checked row by row, plain or gzipped."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiemtin.errors import InputError

_MAX_BYTES = 2 * 1024**3  # of text, unpacked
_FIELD = 10_000_000


def read_text(path: Path) -> str:
    """The file as text; raises InputError where it cannot be read, is no UTF-8 or unpacks to more than 2 GiB."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            body = file.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if len(body) > _MAX_BYTES:
        raise InputError(f"{path}: lớn hơn {_MAX_BYTES // 2**30} GiB")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: không phải UTF-8") from error


def read_rows(path: Path, *keys: str) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file; raises InputError naming the line that is no object or lacks one of the keys."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: dòng {number} không phải JSON") from error
        if not isinstance(row, dict) or any(key not in row for key in keys):
            raise InputError(f"{path}: dòng {number} cần có {', '.join(keys)}")
        yield row


def read_table(path: Path, columns: int, header: str = "") -> Iterator[list[str]]:
    """The rows of a tab-separated file without the one whose first cell is `header`; raises InputError for a row with fewer columns."""
    csv.field_size_limit(_FIELD)
    try:
        found = list(csv.reader(io.StringIO(read_text(path), newline=""), delimiter="\t"))
    except csv.Error as error:
        raise InputError(f"{path}: {error}") from error
    for number, row in enumerate(found, 1):
        if not row or (header and row[0] == header):
            continue
        if len(row) < columns:
            raise InputError(f"{path}: dòng {number} cần có {columns} cột")
        yield row


def write_predictions(path: Path, rows: Any) -> None:
    """One JSON object a line."""
    try:
        with path.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
