"""Small charts as numbers for a drawing: bars a day, with the forecast behind them. The table beside is the same numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WIDTH, HEIGHT = 640.0, 110.0
_TOP, _FOOT = 12.0, 16.0
_LABELS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One day in the drawing's units. `low`, `high`: the ends of a forecast's interval; then the bar is what is expected."""

    day: str
    value: float
    x: float
    y: float
    width: float
    height: float
    labelled: bool
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    bars: tuple[Bar, ...]
    base: float
    width: float = WIDTH
    height: float = HEIGHT


def _every_day(days: Sequence[Mapping[str, Any]], value: str) -> list[Mapping[str, Any]]:
    if not days:
        return []
    known = {one["day"]: one for one in days}
    first, last = date.fromisoformat(min(known)), date.fromisoformat(max(known))
    every = ((first + timedelta(days=at)).isoformat() for at in range((last - first).days + 1))
    return [known.get(day, {"day": day, value: 0}) for day in every]


def draw(days: Sequence[Mapping[str, Any]], value: str, ahead: Sequence[Mapping[str, Any]] = ()) -> Drawing | None:
    """`days`: {"day", <value>} each, in any order, days without one count as zero; `ahead`: {"day", "expected", "low", "high"}. None where every day is zero."""
    days = _every_day(days, value)
    days = days[next((at for at, one in enumerate(days) if one[value]), len(days)) :]  # before the first one nothing was counted
    most = max([float(one[value]) for one in days] + [float(one["high"]) for one in ahead], default=0.0)
    if most <= 0:
        return None
    base = HEIGHT - _FOOT
    step = WIDTH / max(len(days) + len(ahead), 10)
    every = -(-(len(days) + len(ahead)) // _LABELS)

    def y(amount: float) -> float:
        return round(base - (base - _TOP) * amount / most, 1)

    bars = []
    for at, one in enumerate([*days, *ahead]):
        amount = float(one.get(value, one.get("expected", 0.0)))
        low, high = (y(one["low"]), y(one["high"])) if "low" in one else (None, None)
        bars.append(
            Bar(
                one["day"],
                amount,
                round(at * step + step * 0.12, 1),
                y(amount),
                round(step * 0.76, 1),
                round(base - y(amount), 1),
                at % every == 0,
                low,
                high,
            )
        )
    return Drawing(tuple(bars), base)
