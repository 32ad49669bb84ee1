"""How many tests were not run for want of a part, said loudly after every run; with KIEMTIN_ALL_PARTS=1 any such test is a failure."""

import json
import os
import sys
from pathlib import Path

_MAY_BE_ABSENT = ("shared/data", "kiemtin[semantic]")
RECORD = Path(__file__).parents[2] / ".pytest_cache" / "not_run.json"


def main() -> int:
    missing: dict[str, int] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    total = sum(missing.values())
    print(f"Tests not run for want of a part: {total}" + "".join(f"\n  {count} × {reason}" for reason, count in sorted(missing.items())))
    return 1 if total and _must_run(missing) else 0


def _must_run(missing: dict[str, int]) -> bool:
    """On the project's own machines every part is installed, but data that is not the project's, and an optional extra of 5 GB."""
    return os.environ.get("KIEMTIN_ALL_PARTS") == "1" and not all(any(part in reason for part in _MAY_BE_ABSENT) for reason in missing)


if __name__ == "__main__":
    sys.exit(main())
