"""How values are shown: times in Vietnam's zone, ages in words, marks on what decides, the spread as a chart. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from kiemtin.briefing.page import safe_link
from kiemtin.domain.stories import HANOI


def moment(value: datetime | str | None) -> str:
    """27/11/2026 08:05, Vietnam's time."""
    if value is None or value == "":
        return "—"
    return _aware(value).astimezone(HANOI).strftime("%d/%m/%Y %H:%M")


def day(value: datetime | date | str | None) -> str:
    """27/11/2026."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return (value.astimezone(HANOI) if isinstance(value, datetime) else value).strftime("%d/%m/%Y")


def _aware(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def age(value: datetime, now: datetime, language: str) -> str:
    """How long ago, in the largest unit that says enough."""
    minutes = max(0, int((now - value).total_seconds() // 60))
    for size, vietnamese, one, many in ((1440, "ngày", "day", "days"), (60, "giờ", "hour", "hours"), (1, "phút", "minute", "minutes")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {vietnamese} trước" if language == "vi" else f"{count} {one if count == 1 else many} ago"
    return "vừa xong" if language == "vi" else "just now"


def number(value: float) -> str:
    """12.345 and 0,5, as Vietnamese writes them."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))


def host(url: str) -> str:
    """Whose page a link leads to, for people to read before they click."""
    try:
        return urlsplit(url).netloc.removeprefix("www.")[:80]
    except ValueError:  # an address that is none
        return ""


def clean_xml(text: str) -> str:
    """Without the control characters that no XML document may hold; escaping is the template's."""
    return "".join(char for char in text if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff" and not "\ud800" <= char <= "\udfff"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a text that decides, and what it is: number, date, place, negation."""

    start: int
    end: int
    kind: str


def marked(text: str, marks: Sequence[Mark]) -> Markup:
    """The text with its marks as `<mark>`; everything else escaped. Overlapping marks: the earlier, then the longer one stands."""
    out, at = Markup(""), 0
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        if mark.start < at or mark.end > len(text):
            continue
        out += escape(text[at : mark.start]) + Markup('<mark class="{}">{}</mark>').format(mark.kind, text[mark.start : mark.end])
        at = mark.end
    return out + escape(text[at:])


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a chart, in the drawing's units."""

    day: date
    pages: int
    x: float
    y: float
    width: float
    height: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Pages a day as bars; the table behind it is the same numbers. Drawn by `chart.svg.j2`."""

    bars: tuple[Bar, ...]
    most: int
    width: float
    height: float
    days: tuple[tuple[date, int], ...]


_WIDTH, _HEIGHT, _TOP, _MOST_DAYS, _LABELS = 640.0, 140.0, 14.0, 60, 6


def chart(spread: Sequence[tuple[date, int]]) -> Chart | None:
    """The last sixty days on which the claim was repeated and the days between them; None where there is nothing to draw."""
    if not spread:
        return None
    counts = dict(spread)
    last = max(counts)
    first = max(min(counts), last - timedelta(days=_MOST_DAYS - 1))
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    most = max(counts.get(one, 0) for one in days)
    step = _WIDTH / max(len(days), 14)
    every = -(-len(days) // _LABELS)
    bars = []
    for at, one in enumerate(days):
        pages = counts.get(one, 0)
        height = (_HEIGHT - _TOP) * pages / most
        bars.append(
            Bar(one, pages, round(at * step + step * 0.1, 1), round(_HEIGHT - height, 1), round(step * 0.8, 1), round(height, 1), at % every == 0)
        )
    return Chart(tuple(bars), most, _WIDTH, _HEIGHT, tuple((one, counts.get(one, 0)) for one in days if counts.get(one)))


def dicts(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Frozen rows with a day, as a chart reads them."""
    return [{**asdict(row), "day": row.day.isoformat()} for row in rows]


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment, "day": day, "age": age, "number": number, "host": host, "safe_link": safe_link, "marked": marked,
    "clean_xml": clean_xml, "dicts": dicts,
}  # fmt: skip
