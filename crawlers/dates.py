"""When something was published, from the many ways in which Vietnamese and English pages say it.

Day before month; no offset means Asia/Ho_Chi_Minh; results are aware UTC. Plain patterns come first: dateparser costs milliseconds.
"""

import re
import unicodedata
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
FUTURE_TOLERANCE = timedelta(minutes=10)
MAX_DATE_LENGTH = 160
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MAX_AGO = 10_000

_MONTHS = {name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_VI_NUMBERS = {name: number for number, name in enumerate(("mot", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi"), 1)} | {
    "gieng": 1, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_UNITS = {
    "giay": timedelta(seconds=1), "second": timedelta(seconds=1), "sec": timedelta(seconds=1),
    "phut": timedelta(minutes=1), "minute": timedelta(minutes=1), "min": timedelta(minutes=1), "'": timedelta(minutes=1),
    "gio": timedelta(hours=1), "tieng": timedelta(hours=1), "hour": timedelta(hours=1), "hr": timedelta(hours=1), "h": timedelta(hours=1),
    "ngay": timedelta(days=1), "day": timedelta(days=1), "hom": timedelta(days=1),
    "tuan": timedelta(weeks=1), "week": timedelta(weeks=1), "thang": timedelta(days=30), "month": timedelta(days=30),
    "nam": timedelta(days=365), "year": timedelta(days=365),
}  # fmt: skip
_DAYS_BACK = {"hom nay": 0, "today": 0, "hom qua": 1, "yesterday": 1, "hom kia": 2}

# All patterns run on folded text: lower case, no diacritics.
_ISO = re.compile(
    r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(?:[t ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?(\s*z\b|\s*[+-]\d{2}:?\d{2}\b)?"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?)?z?$")
_DAY_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/])")
_VI_LONG = re.compile(r"(?:ngay\s+|mung\s+)?(\d{1,2})\s*,?\s*thang\s+(\d{1,2}|[a-z]+(?: (?:mot|hai)\b)?)\s*,?\s*(?:nam\s+)?(\d{4})")
_EN_MONTH_FIRST = re.compile(r"\b([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_EN_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([a-z]{3})[a-z]*\.?,?[\s-]+(\d{4})\b")
_TIME = re.compile(r"(?<![\d:+/-])(\d{1,2})(?::|\s?h\s?|\s?gio\s?|g)(\d{2})?(?::(\d{2}))?(?:\.\d+)?(?![\d/])\s*(am|pm|sa|ch|sang|chieu|toi)?\b")
_OFFSET = re.compile(r"(?:(?:gmt|utc)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?|\s([+-])(\d{2}):?(\d{2})\b)")
_UTC_WORD = re.compile(r"\b(?:gmt|utc)\b|\dz\b")
_NAMED_ZONE = re.compile(r"\d\s*(est|edt|cst|cdt|mst|mdt|pst|pdt)\b")
_NAMED_HOURS = {"est": 5, "edt": 4, "cst": 6, "cdt": 5, "mst": 7, "mdt": 6, "pst": 8, "pdt": 7}  # RFC 822, hours behind UTC
_UNIT_NAMES = "|".join(sorted(_UNITS, key=len, reverse=True))
_AGO = re.compile(rf"(?:khoang |cach day |about )?(\d{{1,5}}|an?|mot)\s*({_UNIT_NAMES})s?\s*(?:dong ho )?(?:truoc|ago)\b")
_DAY_WORD = re.compile(r"\b(hom nay|today|hom qua|yesterday|hom kia)\b")
_JUST_NOW = re.compile(r"\b(?:vua xong|vua moi|just now|moi day)\b")


def parse_date(text: str, now: datetime) -> datetime | None:
    """The moment that a date text names, aware UTC; None where it names none. `now` serves relative forms ("2 giờ trước")."""
    folded = _fold(text)
    if not folded:
        return None
    return _absolute(folded) or _relative(folded, now) or _by_dateparser(text, folded, now)


def parse_stated_date(text: str) -> datetime | None:
    """As `parse_date`, for forms that need no clock (ISO 8601, RFC 822, written dates)."""
    folded = _fold(text)
    return _absolute(folded) if folded else None


def is_future(date: datetime, now: datetime) -> bool:
    """True where `date` lies more than 10 minutes after `now`: clocks differ by a little, honest dates by no more."""
    return date > now + FUTURE_TOLERANCE


def _fold(text: str) -> str:
    if len(text) > MAX_DATE_LENGTH:
        return ""
    bare = "".join(char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(bare.replace("đ", "d").replace("\u2019", "'").replace("\u2013", "-").split())


def _absolute(folded: str) -> datetime | None:
    if match := _ISO.search(folded):
        year, month, day = (int(part) for part in match.group(1, 2, 3))
        hour, minute, second = (int(part or 0) for part in match.group(4, 5, 6))
        offset = match[7].strip() if match[7] else None
        rest = folded[: match.start()] + " " + folded[match.end() :]
        if match[4] is None:
            hour, minute, second = _time_in(rest)
        return _moment(year, month, day, (hour, minute, second), _iso_zone(offset) if offset else _zone_in(rest))
    if match := _COMPACT.match(folded):
        numbers = [int(part or 0) for part in match.groups()]
        return _moment(numbers[0], numbers[1], numbers[2], (numbers[3], numbers[4], numbers[5]), UTC if folded.endswith("z") else VIET_NAM)
    for pattern, order in _WRITTEN:
        if match := pattern.search(folded):
            date = order(match)
            rest = folded[: match.start()] + " ; " + folded[match.end() :]
            if date and (moment := _moment(*date, _time_in(rest), _zone_in(folded))):
                return moment
    return None


def _numeric(match: re.Match[str]) -> tuple[int, int, int]:
    day, month, year = int(match[1]), int(match[3]), int(match[4])
    if month > 12 >= day:  # noqa: PLR2004
        day, month = month, day
    return (year + 2000 if len(match[4]) == 2 else year), month, day  # noqa: PLR2004


def _vietnamese(match: re.Match[str]) -> tuple[int, int, int] | None:
    month = int(match[2]) if match[2].isdigit() else _VI_NUMBERS.get(match[2])
    return (int(match[3]), month, int(match[1])) if month else None


def _english(name: str, day: str, year: str) -> tuple[int, int, int] | None:
    month = _MONTHS.get(name)
    return (int(year), month, int(day)) if month else None


_WRITTEN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int, int] | None]], ...] = (
    (_DAY_FIRST, _numeric),
    (_VI_LONG, _vietnamese),
    (_EN_MONTH_FIRST, lambda match: _english(match[1], match[2], match[3])),
    (_EN_DAY_FIRST, lambda match: _english(match[2], match[1], match[3])),
)


def _time_in(rest: str) -> tuple[int, int, int]:
    match = _TIME.search(_OFFSET.sub(" ", rest))
    if not match:
        return 0, 0, 0
    hour = int(match[1])
    if match[4] in ("pm", "ch", "chieu", "toi") and hour < 12:  # noqa: PLR2004
        hour += 12
    elif match[4] == "am" and hour == 12:  # noqa: PLR2004
        hour = 0
    return hour, int(match[2] or 0), int(match[3] or 0)


def _zone_in(folded: str) -> timezone | ZoneInfo:
    if match := _OFFSET.search(folded):
        sign, hours, minutes = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
        return _offset(sign, int(hours), int(minutes or 0))
    if match := _NAMED_ZONE.search(folded):
        return _offset("-", _NAMED_HOURS[match[1]], 0)
    return UTC if _UTC_WORD.search(folded) else VIET_NAM


def _iso_zone(offset: str) -> timezone | ZoneInfo:
    return UTC if offset == "z" else _offset(offset[0], int(offset[1:3]), int(offset[-2:]))


def _offset(sign: str, hours: int, minutes: int) -> timezone | ZoneInfo:
    if hours > 14 or minutes > 59:  # noqa: PLR2004
        return VIET_NAM
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if sign == "-" else size)


def _moment(year: int, month: int, day: int, time: tuple[int, int, int], zone: timezone | ZoneInfo) -> datetime | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return datetime(year, month, day, *time, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _relative(folded: str, now: datetime) -> datetime | None:
    if match := _AGO.search(folded):
        count = int(match[1]) if match[1].isdigit() else 1
        return (now - count * _UNITS[match[2]]).astimezone(UTC) if count <= _MAX_AGO else None
    if match := _DAY_WORD.search(folded):
        day = (now - timedelta(days=_DAYS_BACK[match[1]])).astimezone(VIET_NAM)
        return _moment(day.year, day.month, day.day, _time_in(folded.replace(match[1], ";")), VIET_NAM)
    return now.astimezone(UTC) if _JUST_NOW.search(folded) else None


def _by_dateparser(text: str, folded: str, now: datetime) -> datetime | None:
    if len(folded) > 60 or not re.search(r"\d{4}", folded) or not re.search(r"(?<!\d)\d{1,2}(?!\d)", folded):  # noqa: PLR2004
        return None
    import dateparser

    settings = {
        "DATE_ORDER": "DMY", "PREFER_LOCALE_DATE_ORDER": False, "TIMEZONE": "Asia/Ho_Chi_Minh", "RETURN_AS_TIMEZONE_AWARE": True,
        "RELATIVE_BASE": now.astimezone(VIET_NAM).replace(tzinfo=None), "REQUIRE_PARTS": ["day", "month", "year"],
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = dateparser.parse(text, languages=["vi", "en"], settings=settings)
        except (ValueError, OverflowError, RecursionError, TypeError):
            return None
    if not isinstance(found, datetime):
        return None
    return found.astimezone(UTC) if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
