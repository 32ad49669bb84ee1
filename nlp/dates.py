"""Dates as typed values with their span: `20/11`, `đêm 18-11`, `ngày 20 tháng 11 năm 2026`, `hai mươi tháng mười một`, `tháng 12/2026`, `mùng 2 Tết`."""

import re
from dataclasses import dataclass

from nlp.numerals import Tokens, numeral_at
from nlp.text import Token


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """A date mention; a part that is not said is None. `lunar` dates never equal solar ones; `ends`: the end of that month.

    `night` and `dawn`: the late and the early hours of that day. `first`, `last`: token indexes, inclusive.
    """

    day: int | None
    month: int | None
    year: int | None
    first: int
    last: int
    lunar: bool = False
    ends: bool = False
    night: bool = False
    dawn: bool = False


_MONTHS_EN = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep", "october oct", "november nov", "december dec"), 1
    )
    for name in names.split()
}  # fmt: skip
_MONTH_WORDS = {"hai": 2, "ba": 3, "tư": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10, "muoi": 10}
_LUNAR_MONTHS = {"giêng": 1, "gieng": 1, "chạp": 12}
_TENTH_AND = {"một": 11, "mốt": 11, "hai": 12, "mot": 11}
_DAY_MONTH = re.compile(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-]((?:19|20)\d\d)")
_RANGE = re.compile(r"(\d{1,2})-(\d{1,2})[/.](\d{1,2})(?:[/.]\d{4})?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_YEAR = re.compile(r"(19|20)\d\d")
_MAX_DAY, _MAX_MONTH = 31, 12
_DASH = 3  # characters between the two figures of `21 – 25/11`
# Words (folded) at which a date may begin, besides digits: all other places are passed over unlooked at.
_STARTS = frozenset({"ngay", "mung", "mong", "hom", "ram", "thang", *_MONTHS_EN})
_DATE_CONTEXT = frozenset(["ngày", "ngay", "từ", "tu", "sáng", "sang", "chiều", "chieu", "tối", "toi", "đêm", "dem", "trưa", "trua", "hôm", "hom", "đến", "den", "tới", "trước", "truoc", "sau", "vào", "vao", "kể", "ke", "ra", "đầu", "dau", "cuối", "cuoi", "mai", "nay", "on", "from", "since", "before", "until", "by", "quốc", "dịp", "dip", "lúc", "luc", "của", "mùng", "mung"])  # fmt: skip
# After a fraction or a range these say that it is no date: `1/2 số hộ`, `5-7 mét`.
_OF_A_WHOLE = frozenset(["số", "so", "tổng", "tong", "diện", "dien", "dân", "dan", "lượng", "luong", "quãng", "chiều", "khối", "giá", "gia"])
_COUNTED_IN = frozenset(["mét", "met", "m", "km", "kg", "ký", "tấn", "tan", "độ", "do", "phút", "phut", "giờ", "gio", "ngày", "ngay", "tuần", "tuan", "tháng", "thang", "năm", "nam", "người", "nguoi", "lần", "lan", "triệu", "trieu", "nghìn", "nghin", "ngàn", "tỷ", "đồng", "dong", "phần", "cm", "mm", "lít", "con", "hộ", "tuổi", "tuoi", "cấp", "cap"])  # fmt: skip


def find_dates(tokens: Tokens) -> tuple[DayOfYear, ...]:
    """Dates in order, none overlapping another."""
    found: list[DayOfYear] = []
    after = 0
    for index, token in enumerate(tokens):
        if index < after or not (token.folded in _STARTS or token.form[0].isdigit() or _may_be_a_worded_day(tokens, index)):
            continue
        date = _numeric_date(tokens, index) or _worded_date(tokens, index) or _english_date(tokens, index)
        if date is not None and date.first >= after:
            found.append(_with_hours(tokens, date))
            after = date.last + 1
    return tuple(found)


def _with_hours(tokens: Tokens, date: DayOfYear) -> DayOfYear:
    """`đêm 14/11` and `rạng sáng 15/11` may be one night."""
    before = [token.folded for token in tokens[max(date.first - 2, 0) : date.first]]
    night, dawn = "dem" in before or "khuya" in before, "rang" in before
    if not (night or dawn):
        return date
    return DayOfYear(date.day, date.month, date.year, date.first, date.last, date.lunar, date.ends, night, dawn)


def _valid(day: int | None, month: int | None) -> bool:
    return (day is None or 1 <= day <= _MAX_DAY) and (month is None or 1 <= month <= _MAX_MONTH)


def _numeric_date(tokens: Tokens, index: int) -> DayOfYear | None:
    form = tokens[index].form
    iso = _ISO_DATE.fullmatch(form)
    if iso:
        parts = [int(part) for part in iso.groups()]
        return DayOfYear(parts[2], parts[1], parts[0], index, index) if _valid(parts[2], parts[1]) else None
    of_year = _MONTH_YEAR.fullmatch(form)
    if of_year:
        month, year = int(of_year[1]), int(of_year[2])
        return DayOfYear(None, month, year, index, index, ends=_ends(tokens, index)) if _valid(None, month) else None
    days = _RANGE.fullmatch(form)
    if days and int(days[1]) < int(days[2]) and _valid(int(days[2]), int(days[3])):
        return DayOfYear(None, int(days[3]), None, index, index)  # `23-28/11`: any of these days
    if _small(tokens[index]) is not None:
        return _first_of_two(tokens, index)
    match = _DAY_MONTH.fullmatch(form)
    if not match or (match[4] is None and not _is_day_and_month(tokens, index, match)):
        return None
    day, month = int(match[1]), int(match[3])
    stated = int(match[4]) if match[4] else None
    year_said = stated + 2000 if stated is not None and stated < 100 else stated  # noqa: PLR2004
    return DayOfYear(day, month, year_said, index, index, _is_lunar(tokens, index)) if _valid(day, month) else None


def _first_of_two(tokens: Tokens, index: int) -> DayOfYear | None:
    """`từ 23 đến 28/11`, `21–25/11`, `các ngày 21 và 22/11`: the first day is of the month that the second one names."""
    at = index + 2 if index + 1 < len(tokens) and tokens[index + 1].folded in ("den", "toi", "va", "sang") else index + 1
    if at >= len(tokens) or (at == index + 1 and tokens[at].start - tokens[index].end > _DASH):
        return None
    match, day = _DAY_MONTH.fullmatch(tokens[at].form), _small(tokens[index])
    if not match or match[2] != "/" or day is None or not _valid(day, int(match[3])) or not 0 < day < int(match[1]):
        return None
    return DayOfYear(day, int(match[3]), None, index, index)


def _is_day_and_month(tokens: Tokens, index: int, match: re.Match[str]) -> bool:
    """`3.5` is a number, `5-7` a range, `1/2 số hộ` a half, unless the words around say that it is a date."""
    before = tokens[index - 1].form if index else ""
    follow = tokens[index + 1].form if index + 1 < len(tokens) else ""
    if match[2] == "/":
        return before in ("ngày", "ngay") or follow not in _OF_A_WHOLE or int(match[1]) >= int(match[3])
    if match[2] == ".":
        return before in ("ngày", "ngay", "từ", "tu")
    of_a_year = follow in ("năm", "nam") and index + 2 < len(tokens) and _YEAR.fullmatch(tokens[index + 2].form)
    return before in _DATE_CONTEXT and (bool(of_a_year) or follow not in _COUNTED_IN)


def _is_lunar(tokens: Tokens, index: int) -> bool:
    follow = [token.folded for token in tokens[index + 1 : index + 4]]
    return ("am" in follow[:2] or "lunar" in follow[:2]) and ("lich" in follow or "calendar" in follow)


def _ends(tokens: Tokens, first: int) -> bool:
    before = [token.folded for token in tokens[max(first - 3, 0) : first]]
    return "cuoi" in before or "het" in before


def _small(token: Token) -> int | None:
    return int(token.form) if token.form.isdecimal() and len(token.form) <= 2 else None  # noqa: PLR2004


def _worded_date(tokens: Tokens, index: int) -> DayOfYear | None:
    word = tokens[index].folded
    if word in ("ngay", "hom", "mung", "mong", "ram"):
        return _after_day_word(tokens, index)
    if word == "thang":
        return _month_alone(tokens, index)
    day = _day_number(tokens, index)
    if day is None or day[1] + 1 >= len(tokens) or tokens[day[1] + 1].folded != "thang":
        return None
    month = _month(tokens, day[1] + 2)
    if month is None or (not tokens[index].form.isdecimal() and not _is_a_day_of(tokens, index)):
        return None
    year, last = _year_after(tokens, month[1])
    return DayOfYear(day[0], month[0], year, index, last, month[2] or _is_lunar(tokens, last))


def _is_a_day_of(tokens: Tokens, index: int) -> bool:
    """`hai mươi lăm tháng mười một` is a day; in `ba tháng` and `hai tháng sau` the months are counted."""
    before = tokens[index - 1].form if index else ""
    return before in _DATE_CONTEXT or (tokens[index].form in ("hai", "ba", "mười", "muoi") and tokens[index + 1].folded != "thang")


def _may_be_a_worded_day(tokens: Tokens, index: int) -> bool:
    return tokens[index].folded in ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi") and any(
        token.folded == "thang" for token in tokens[index + 1 : index + 4]
    )


def _day_number(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """A day of a month in digits or words, with its last token."""
    if index >= len(tokens):
        return None
    found = numeral_at(tokens, index)
    if found is None or found.share or found.value != int(found.value) or not 1 <= found.value <= _MAX_DAY:
        return None
    return int(found.value), found.last


def _after_day_word(tokens: Tokens, index: int) -> DayOfYear | None:
    """`ngày 20 tháng 11`, `mùng 2 Tết`, `rằm tháng 7`, `ngày đầu tiên của tháng 12`, `hôm 15`."""
    word = tokens[index].folded
    if word == "ngay" and index + 1 < len(tokens) and tokens[index + 1].folded in ("dau", "cuoi"):
        return _first_or_last_day(tokens, index)
    day = (15, index) if word == "ram" else _day_number(tokens, index + 1)
    if day is None:
        return None
    value, at = day
    after = tokens[at + 1].folded if at + 1 < len(tokens) else ""
    if after == "thang":
        month = _month(tokens, at + 2)
        if month is not None:
            year, last = _year_after(tokens, month[1])
            return DayOfYear(value, month[0], year, index, last, word == "ram" or month[2] or _is_lunar(tokens, last))
    if after == "tet":
        return DayOfYear(value, 1, None, index, at + 1, lunar=True)
    before = tokens[index - 1].folded if index else ""
    alone = tokens[at].form.isdecimal() and (word == "hom" or (word == "ngay" and before in _DATE_CONTEXT))
    return DayOfYear(value, None, None, index, at) if alone else None


def _first_or_last_day(tokens: Tokens, index: int) -> DayOfYear | None:
    """`ngày đầu tiên của tháng 12`, `ngày cuối cùng của tháng 11`."""
    at = index + 2
    while at < len(tokens) and tokens[at].folded in ("tien", "cung", "cua"):
        at += 1
    if at >= len(tokens) or tokens[at].folded != "thang":
        return None
    month = _month(tokens, at + 1)
    if month is None:
        return None
    year, last = _year_after(tokens, month[1])
    ends = tokens[index + 1].folded == "cuoi"
    return DayOfYear(None if ends else 1, month[0], year, index, last, month[2], ends)


def _month_alone(tokens: Tokens, index: int) -> DayOfYear | None:
    """`tháng 12`, `tháng mười hai năm 2026`, `cuối tháng 11`; in `3 tháng 4 ngày` and `ba tháng hai` the months are counted."""
    if index and (
        _small(tokens[index - 1]) is not None or numeral_at(tokens, index - 1) is not None or tokens[index - 1].folded in ("nua", "may", "vai")
    ):
        return None
    if index + 1 < len(tokens):
        of_year = _MONTH_YEAR.fullmatch(tokens[index + 1].form)
        if of_year and _valid(None, int(of_year[1])):
            return DayOfYear(None, int(of_year[1]), int(of_year[2]), index, index + 1, ends=_ends(tokens, index))
    month = _month(tokens, index + 1)
    if month is None:
        return None
    year, last = _year_after(tokens, month[1])
    return DayOfYear(None, month[0], year, index, last, month[2] or _is_lunar(tokens, last), _ends(tokens, index))


def _month(tokens: Tokens, at: int) -> tuple[int, int, bool] | None:
    """The month at this place, its last token, and whether its name is a lunar one."""
    if at >= len(tokens):
        return None
    form = tokens[at].form
    if form in _LUNAR_MONTHS:
        solar = at + 2 < len(tokens) and tokens[at + 1].folded == "duong" and tokens[at + 2].folded == "lich"
        return _LUNAR_MONTHS[form], at, not solar
    value = _small(tokens[at])
    if value is not None:
        return (value, at, False) if _valid(None, value) else None
    value = _MONTH_WORDS.get(form)
    if value == 10 and at + 1 < len(tokens) and tokens[at + 1].form in _TENTH_AND:  # noqa: PLR2004
        return _TENTH_AND[tokens[at + 1].form], at + 1, False
    return (value, at, False) if value is not None else None


def _year_after(tokens: Tokens, at: int) -> tuple[int | None, int]:
    for step in (1, 2):
        if at + step < len(tokens) and _YEAR.fullmatch(tokens[at + step].form):
            return int(tokens[at + step].form), at + step
        if at + step < len(tokens) and tokens[at + step].folded not in ("nam", "/"):
            break
    return None, at


def _english_date(tokens: Tokens, index: int) -> DayOfYear | None:
    month = _MONTHS_EN.get(tokens[index].form)
    beside = index > 0 and tokens[index].start - tokens[index - 1].end == 1  # `room 12) May 3` is the third
    before = _small(tokens[index - 1]) if beside else None
    after = _small(tokens[index + 1]) if index + 1 < len(tokens) else None
    if month is None or (tokens[index].form == "may" and after is None and before is None):
        return None
    day = before if before is not None else after
    first = index - 1 if before is not None else index
    last = index + 1 if before is None and after is not None else index
    year, last = _year_after(tokens, last)
    return DayOfYear(day, month, year, first, last) if _valid(day, month) else None
