"""Many texts at once against the published checks, for measuring only: one text a line in, one JSON document out.

python -m benchmarks.check_file F.jsonl --data DIR
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from kiemtin.errors import InputError, KiemTinError
from kiemtin.pipeline.checks import MAX_CHARS, Checker
from kiemtin.pipeline.views import check_view
from kiemtin.pipeline.workspace import open_workspace
from kiemtin.printing import Bar

_MAX_BYTES = 500 * 1024 * 1024


def read_texts(path: Path) -> list[str]:
    """The "text" of every line; raises InputError naming the line that has none that can be checked."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: lớn hơn {_MAX_BYTES // 2**20} MiB")
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: không phải UTF-8") from error
    return [_text(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _text(path: Path, number: int, line: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: dòng {number} không phải JSON") from error
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise InputError(f'{path}: dòng {number} cần có "text" là chữ')
    if len(text) > MAX_CHARS:
        raise InputError(f"{path}: dòng {number} dài quá {MAX_CHARS} ký tự")
    return text


def check_file(path: Path, data_dir: Path, config_file: Path | None = None, quiet: bool = True) -> dict[str, Any]:
    """`{"results": [...]}`: one check object (as `kiemtin check --json`) for each line, in order. Nothing of the texts is stored."""
    texts = read_texts(path)
    results = []
    with open_workspace(data_dir, config_file) as workspace, Bar(quiet) as bar:
        checker = Checker(workspace)
        for done, text in enumerate(texts, 1):
            results.append(check_view(checker.check(text)))
            bar.show("đối chiếu", done, len(texts))
    return {"results": results}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check_file", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help='JSON Lines, each line with a "text"')
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data directory (default: ./data)")
    parser.add_argument("--config", type=Path, help="kiemtin.toml (default: the data directory's)")
    parser.add_argument("--json", action="store_true", help="always so: one JSON document on standard output")
    chosen = parser.parse_args(arguments)
    try:
        document = check_file(chosen.file, chosen.data, chosen.config, quiet=chosen.json)
    except KiemTinError as error:
        print(f"check_file: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    json.dump(document, sys.stdout, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
