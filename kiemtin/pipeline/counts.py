"""Counts of public posts as they are shown: by claim, by day, as the contract's cells."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kiemtin.domain.repeats import Cell, Said


def by_claim(counts: Mapping[Cell, int]) -> dict[str, dict[Cell, int]]:
    """The same numbers under each claim's id."""
    found: dict[str, dict[Cell, int]] = {}
    for cell, count in counts.items():
        found.setdefault(cell.claim_id, {})[cell] = count
    return found


def by_day(counts: Mapping[Cell, int], said: Said = Said.REPEAT) -> list[tuple[date, int]]:
    """Numbers a day, all platform classes together, in order."""
    found: dict[date, int] = {}
    for cell, count in counts.items():
        if cell.said is said:
            found[cell.day] = found.get(cell.day, 0) + count
    return sorted(found.items())


def total(counts: Mapping[Cell, int], said: Said = Said.REPEAT) -> int:
    return sum(count for cell, count in counts.items() if cell.said is said)


def cells_view(counts: Mapping[Cell, int], said: Said) -> list[dict[str, Any]]:
    """The contract's cells: {"day", "platform", "count"}."""
    rows = sorted((cell.day, cell.platform, count) for cell, count in counts.items() if cell.said is said)
    return [{"day": day.isoformat(), "platform": platform.value, "count": count} for day, platform, count in rows]
