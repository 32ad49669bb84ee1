"""How many tests were not run for want of a part, said loudly after every run; with KIEMTIN_ALL_PARTS=1 any such test is a failure."""

import json
import os
import sys
from pathlib import Path

RECORD = Path(__file__).parents[2] / ".pytest_cache" / "not_run.json"


def main() -> int:
    missing: dict[str, int] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    total = sum(missing.values())
    print(f"Tests not run for want of a part: {total}" + "".join(f"\n  {count} × {reason}" for reason, count in sorted(missing.items())))
    return 1 if total and _must_run(missing) else 0


def _must_run(missing: dict[str, int]) -> bool:
    """On the project's own machines every part can be installed, except data that is not the project's: it may be absent."""
    return os.environ.get("KIEMTIN_ALL_PARTS") == "1" and any("shared/data" not in reason for reason in missing)


if __name__ == "__main__":
    sys.exit(main())
