"""Numbers and dates as typed values with their span: `5 triệu`, `5.000.000 đồng`, `năm triệu` and `5tr` are one amount.

Values are compared by `unit` and `value`. Works on tokens of marked, unmarked and chat Vietnamese, and of English.
"""

import re
from dataclasses import dataclass

from nlp.text import Token


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts.

    `unit`: "vnd", "usd", "%", "time" (minutes), "year" (2026), "m", "kg", "degree", "times", "no" (an ordinal: bão số 15,
    lớp 6, vùng II), "hour" (a time of day) or "" (a plain count; `noun` is then the folded syllable that follows, if any; for "time" it is the word of the unit).
    `first`, `last`: token indexes, inclusive.
    """

    value: float
    unit: str
    noun: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """A date mention; a part that is not said is None. `lunar` dates never equal solar ones; `ends`: the end of that month."""

    day: int | None
    month: int | None
    year: int | None
    first: int
    last: int
    lunar: bool = False
    ends: bool = False


_DIGIT = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_DIGIT_FOLDED = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
_EN_DIGIT = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
}  # fmt: skip
_SCALE = {
    "chục": 10, "trăm": 100, "nghìn": 1e3, "ngàn": 1e3, "nghin": 1e3, "ngan": 1e3, "triệu": 1e6, "trieu": 1e6, "tỷ": 1e9, "tỉ": 1e9, "ty": 1e9,
    "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "chuc": 10, "tram": 100,
}  # fmt: skip
_GLUED_SCALE = {"k": 1e3, "tr": 1e6, "m": 1e6, "củ": 1e6, "cu": 1e6, "ty": 1e9, "tỷ": 1e9, "bn": 1e9}
_UNITS: dict[str, tuple[str, float]] = {
    "đồng": ("vnd", 1), "dong": ("vnd", 1), "đ": ("vnd", 1), "vnđ": ("vnd", 1), "vnd": ("vnd", 1), "usd": ("usd", 1), "dollars": ("usd", 1), "đô": ("usd", 1),
    "phút": ("time", 1), "phut": ("time", 1), "minutes": ("time", 1), "minute": ("time", 1), "giây": ("time", 1 / 60), "giay": ("time", 1 / 60),
    "giờ": ("time", 60), "gio": ("time", 60), "tiếng": ("time", 60), "hours": ("time", 60), "hour": ("time", 60),
    "ngày": ("time", 1440), "ngay": ("time", 1440), "hôm": ("time", 1440), "hom": ("time", 1440), "days": ("time", 1440), "day": ("time", 1440), "đêm": ("time", 1440), "dem": ("time", 1440),
    "tuần": ("time", 10080), "tuan": ("time", 10080), "weeks": ("time", 10080), "week": ("time", 10080),
    "tháng": ("time", 43800), "thang": ("time", 43800), "months": ("time", 43800), "month": ("time", 43800), "quý": ("time", 131400),
    "năm": ("time", 525600), "nam": ("time", 525600), "years": ("time", 525600), "year": ("time", 525600),
    "km": ("m", 1000), "cây": ("m", 1000), "mét": ("m", 1), "met": ("m", 1), "m": ("m", 1), "cm": ("m", 0.01), "mm": ("m", 0.001), "kilometres": ("m", 1000),
    "kg": ("kg", 1), "ký": ("kg", 1), "cân": ("kg", 1), "tấn": ("kg", 1000), "tan": ("kg", 1000), "tạ": ("kg", 100), "tonnes": ("kg", 1000), "tons": ("kg", 1000),
    "gram": ("kg", 0.001), "gam": ("kg", 0.001), "lạng": ("kg", 0.1), "g": ("kg", 0.001),
    "độ": ("degree", 1), "do": ("degree", 1), "richter": ("degree", 1), "magnitude": ("degree", 1),
    "phần": ("%", 1), "percent": ("%", 1), "lần": ("times", 1), "lan": ("times", 1), "times": ("times", 1),
}  # fmt: skip
# `2 cây xăng` counts things; only `2 cây số` is a distance. Likewise these need the second syllable.
_SECOND = {"cây": "số", "phần": "trăm", "đô": "la"}
_ORDINAL_BEFORE = frozenset(["số", "so", "no", "lớp", "lop", "khối", "khoi", "lô", "lo", "quận", "quan", "vùng", "vung", "cấp", "cap", "độ", "do", "khóa", "khoa", "tuyến", "tuyen", "lộ", "1a", "bảng", "ron", "thứ", "thu", "giai", "loại", "loai", "nhóm", "nhom", "type", "covid", "grade", "category", "number", "route", "đợt", "dot", "mũi", "mui", "tập", "tap", "thông", "nghị"])  # fmt: skip
_ORDINAL_WHOLE = frozenset(["nghị_định", "thông_tư", "quốc_lộ", "tỉnh_lộ", "điều", "khoản"])
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_ROMAN_AFTER = frozenset(["vung", "quy", "doan", "loai", "cap", "khu", "nhom", "hang", "ky"])
_MONTHS_EN = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep", "october oct", "november nov", "december dec"), 1
    )
    for name in names.split()
}  # fmt: skip
# Words (folded) and forms at which a date or a number may begin, besides digits: all other places are passed over unlooked at.
_DATE_STARTS = frozenset({"ngay", "mung", "mong", "hom", "ram", "thang", *_MONTHS_EN})
_NUMBER_STARTS = frozenset({*_DIGIT, *_DIGIT_FOLDED, *_EN_DIGIT, *_ROMAN, "mười", "mươi", "muoi", "nửa", "gấp", "gap"})
_DAY_MONTH = re.compile(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})?")
_MAX_DAY, _MAX_MONTH = 31, 12


def parse_number(form: str) -> float | None:
    """`50.000` → 50000, `3,5` → 3.5, `1.234,5` → 1234.5, `12%` → 12; None where it is no single number."""
    body = form.rstrip("%")
    if re.fullmatch(r"\d+", body):
        return float(body)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", body):
        return float(body.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", body):
        return float(body.replace(",", ""))
    if re.fullmatch(r"\d+[.,]\d+", body):
        return float(body.replace(",", "."))
    return None


def find_dates(tokens: tuple[Token, ...]) -> tuple[DayOfYear, ...]:
    """Dates in order: `20/11`, `đêm 18-11`, `ngày 20 tháng 11 năm 2026`, `tháng 12`, `mùng 2 Tết`, `20 November`."""
    found: list[DayOfYear] = []
    after = 0
    for index in [at for at, token in enumerate(tokens) if token.folded in _DATE_STARTS or token.form[0].isdigit()]:
        date = (_numeric_date(tokens, index) or _worded_date(tokens, index) or _english_date(tokens, index)) if index >= after else None
        if date is not None:
            found.append(date)
            after = date.last + 1
    return tuple(found)


def _valid(day: int | None, month: int | None) -> bool:
    return (day is None or 1 <= day <= _MAX_DAY) and (month is None or 1 <= month <= _MAX_MONTH)


_DATE_CONTEXT = frozenset(["ngày", "ngay", "từ", "tu", "sáng", "sang", "chiều", "chieu", "tối", "toi", "đêm", "dem", "trưa", "trua", "hôm", "hom", "đến", "den", "tới", "toi", "trước", "truoc", "sau", "vào", "vao", "kể", "ke", "ra", "đầu", "dau", "cuối", "cuoi", "mai", "nay", "on", "from", "since", "before", "until", "by", "quốc", "dịp", "dip", "lúc", "luc", "của", "mùng", "mung"])  # fmt: skip


def _numeric_date(tokens: tuple[Token, ...], index: int) -> DayOfYear | None:
    form = tokens[index].form
    iso = _ISO_DATE.fullmatch(form)
    if iso:
        parts = [int(part) for part in iso.groups()]
        return DayOfYear(parts[2], parts[1], parts[0], index, index) if _valid(parts[2], parts[1]) else None
    match = _DAY_MONTH.fullmatch(form)
    if not match:
        return None
    day, month = int(match.group(1)), int(match.group(3))
    if match.group(2) != "/" and match.group(4) is None and not (index and tokens[index - 1].form in _DATE_CONTEXT):
        return None  # `3.5` is a number, `5-7` a range, unless a word before says that it is a date
    if match.group(2) == "." and match.group(4) is None and index and tokens[index - 1].form not in ("ngày", "ngay"):
        return None
    stated = int(match.group(4)) if match.group(4) else None
    year = stated + 2000 if stated is not None and stated < 100 else stated  # noqa: PLR2004
    return DayOfYear(day, month, year, index, index, _is_lunar(tokens, index)) if _valid(day, month) else None


def _is_lunar(tokens: tuple[Token, ...], index: int) -> bool:
    return any(token.folded in ("am", "lunar") for token in tokens[index + 1 : index + 3] if token.form not in ("âm_thanh",)) and any(
        token.folded in ("lich", "calendar") for token in tokens[index + 1 : index + 4]
    )


def _small(token: Token) -> int | None:
    return int(token.form) if token.form.isdecimal() and len(token.form) <= 2 else None  # noqa: PLR2004


def _worded_date(tokens: tuple[Token, ...], index: int) -> DayOfYear | None:
    word = tokens[index].folded
    follow = tokens[index + 1 : index + 8]
    if word in ("ngay", "mung", "mong", "hom", "ram") and follow:
        day = 15 if word == "ram" else _small(follow[0])
        if day is None or not 1 <= day <= _MAX_DAY:
            return None
        at = index if word == "ram" else index + 1
        return _with_month(tokens, index, at, day, lunar=word in ("mung", "mong", "ram"))
    if word == "thang" and follow and (index == 0 or _small(tokens[index - 1]) is None):
        month = _month_number(follow[0])
        if month is not None:
            year, last = _year_after(tokens, index + 1)
            ends = index > 0 and tokens[index - 1].folded in ("cuoi", "het")
            return DayOfYear(None, month, year, index, last, _is_lunar(tokens, last), ends)
    if _small(tokens[index]) is not None and len(follow) > 1 and follow[0].folded == "thang":
        month = _month_number(follow[1])
        day = _small(tokens[index])
        if month is not None and day and day <= _MAX_DAY and follow[1].form.isdecimal():
            year, last = _year_after(tokens, index + 2)
            return DayOfYear(day, month, year, index, last, _is_lunar(tokens, last))
    return None


def _with_month(tokens: tuple[Token, ...], first: int, at: int, day: int, lunar: bool) -> DayOfYear | None:
    after = tokens[at + 1 : at + 3]
    if len(after) == 2 and after[0].folded == "thang":  # noqa: PLR2004
        month = _month_number(after[1])
        if month is not None:
            year, last = _year_after(tokens, at + 2)
            return DayOfYear(day, month, year, first, last, (lunar and tokens[first].folded == "ram") or _is_lunar(tokens, last))
    if after and after[0].folded == "tet":
        return DayOfYear(day, 1, None, first, at + 1, lunar=True)
    before = tokens[first - 1].folded if first else ""
    alone = tokens[first].folded == "hom" or (tokens[first].folded == "ngay" and before in _DATE_CONTEXT)
    return DayOfYear(day, None, None, first, at) if alone else None


def _month_number(token: Token) -> int | None:
    value = _small(token)
    if value is None:
        value = {"giêng": 1, "chạp": 12, "hai": 2, "ba": 3, "tư": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9}.get(token.form)
    return value if value is not None and 1 <= value <= _MAX_MONTH else None


def _year_after(tokens: tuple[Token, ...], at: int) -> tuple[int | None, int]:
    for step in (1, 2):
        if at + step < len(tokens) and re.fullmatch(r"(19|20)\d\d", tokens[at + step].form):
            return int(tokens[at + step].form), at + step
        if at + step < len(tokens) and tokens[at + step].folded not in ("nam", "/"):
            break
    return None, at


def _english_date(tokens: tuple[Token, ...], index: int) -> DayOfYear | None:
    month = _MONTHS_EN.get(tokens[index].form)
    if month is None or (
        tokens[index].form == "may"
        and (index + 1 >= len(tokens) or _small(tokens[index + 1]) is None)
        and (index == 0 or _small(tokens[index - 1]) is None)
    ):
        return None
    before = _small(tokens[index - 1]) if index else None
    after = _small(tokens[index + 1]) if index + 1 < len(tokens) else None
    day = before if before is not None else after
    first = index - 1 if before is not None else index
    last = index + 1 if before is None and after is not None else index
    year, last = _year_after(tokens, last)
    return DayOfYear(day, month, year, first, last) if _valid(day, month) else None


def find_quantities(tokens: tuple[Token, ...], dates: tuple[DayOfYear, ...] = ()) -> tuple[Quantity, ...]:
    """Quantities in order, skipping tokens that belong to a date."""
    taken = {index for date in dates for index in range(date.first, date.last + 1)}
    found: list[Quantity] = []
    after = 0
    for index in [at for at, token in enumerate(tokens) if token.form in _NUMBER_STARTS or token.form[0].isdigit()]:
        number = _number_at(tokens, index, taken) if index >= after and index not in taken else None
        if number is None:
            continue
        value, last = number
        quantity = _with_unit(tokens, index, last, value, taken)
        if quantity is not None:
            found.append(quantity)
            last = quantity.last
        after = last + 1
    return tuple(found)


def _number_at(tokens: tuple[Token, ...], index: int, taken: set[int]) -> tuple[float, int] | None:
    token = tokens[index]
    if token.form in _ROMAN and index and tokens[index - 1].folded in _ROMAN_AFTER:
        return float(_ROMAN[token.form]), index
    value = parse_number(token.form) if token.form[0].isdecimal() else None
    if value is not None:
        return _scaled(tokens, index, value)
    if token.form == "nửa" and index + 1 < len(tokens) and tokens[index + 1].form in _UNITS:
        return 0.5, index
    if token.form in ("gấp", "gap") and index + 1 < len(tokens) and tokens[index + 1].form in ("đôi", "doi"):
        return 2.0, index + 1
    return _in_ten(tokens, index) or _worded_number(tokens, index)


def _in_ten(tokens: tuple[Token, ...], index: int) -> tuple[float, int] | None:
    """`sáu trong mỗi mười mẫu`, `7 trên 10 hộ`: a share, given here in percent."""
    words = [token.form for token in tokens[index : index + 4]]
    if len(words) < 3 or words[1] not in ("trong", "trên"):  # noqa: PLR2004
        return None
    at = 3 if words[2] in ("mỗi", "số") else 2
    share = _DIGIT.get(words[0], int(words[0]) if words[0].isdecimal() else None)
    if share is None or at >= len(words) or words[at] not in ("mười", "10"):
        return None
    return share * 10.0, index + at


def _is_share(tokens: tuple[Token, ...], first: int, last: int) -> bool:
    return last - first >= 2 and tokens[first + 1].form in ("trong", "trên")  # noqa: PLR2004


def _scaled(tokens: tuple[Token, ...], last: int, value: float) -> tuple[float, int]:
    """Apply `triệu`, `nghìn`, `k` and a following remainder (`1 triệu 200`, `1tr2`)."""
    while last + 1 < len(tokens):
        follow = tokens[last + 1]
        glued = follow.start == tokens[last].end
        scale = _SCALE.get(follow.form) or (_GLUED_SCALE.get(follow.form) if glued or follow.form in ("củ", "k", "tr") else None)
        if scale is None or (follow.form == "m" and not glued):
            break
        value, last = value * scale, last + 1
        if scale == 1e6 and last + 1 < len(tokens) and tokens[last + 1].start == tokens[last].end and tokens[last + 1].form.isdecimal():  # noqa: PLR2004
            rest = tokens[last + 1].form
            value, last = value + float(rest) * 10.0 ** (6 - len(rest)), last + 1
    return _half(tokens, last, value)


def _half(tokens: tuple[Token, ...], last: int, value: float) -> tuple[float, int]:
    """`ba ngàn rưỡi` is 3,500: half of the last scale on top."""
    if last + 1 < len(tokens) and tokens[last + 1].form in ("rưỡi", "ruoi"):
        scale = _SCALE.get(tokens[last].form) or _GLUED_SCALE.get(tokens[last].form) or 1.0
        return value + scale / 2, last + 1
    return value, last


def _worded_number(tokens: tuple[Token, ...], index: int) -> tuple[float, int] | None:
    """`năm triệu`, `hai mươi nghìn`, `mười lăm`, `một trăm hai mươi`; a lone small word counts only before a unit or scale."""
    total, current, last, words = 0.0, 0.0, index - 1, 0
    for at in range(index, min(index + 8, len(tokens))):
        form = tokens[at].form
        if form in ("mười", "mươi", "muoi"):
            ones = current % 10  # `một trăm hai mươi`: only the last digit becomes tens
            current += ones * 9 if ones and form != "mười" else 10
        elif form in ("trăm", "tram") and words:
            current = (current or 1) * 100
        elif form in _SCALE and _SCALE[form] >= 1000 and words:  # noqa: PLR2004
            total, current = total + (current or 1) * _SCALE[form], 0.0
        elif form in ("chục", "chuc", "tá") and words:
            current = (current or 1) * (12 if form == "tá" else 10)
        else:
            digit = _digit(tokens, at, words)
            if digit is None:
                break
            current += digit
        last, words = at, words + 1
    if words == 0:
        return None
    value, last = _half(tokens, last, total + current)
    if words == 1 and tokens[last].form != "rưỡi" and not _counts_something(tokens, last):
        return None
    return value, last


def _digit(tokens: tuple[Token, ...], at: int, words: int) -> int | None:
    form = tokens[at].form
    if form == "không":
        return None
    if form in _EN_DIGIT:
        return _EN_DIGIT[form]
    if form in _DIGIT:
        return _DIGIT[form]
    # Unmarked `nam`, `ba`, `tu`, `sau`, `bay` are mostly other words: a number only next to a scale word or inside one.
    if form in _DIGIT_FOLDED and (words or (at + 1 < len(tokens) and tokens[at + 1].form in ("trieu", "nghin", "ngan", "muoi", "tram", "ty"))):
        return _DIGIT_FOLDED[form]
    return None


def _counts_something(tokens: tuple[Token, ...], last: int) -> bool:
    follow = tokens[last + 1].form if last + 1 < len(tokens) else ""
    if (
        tokens[last].form in ("năm", "một", "ba", "tư")
        and follow not in _SCALE
        and follow not in ("ngày", "tuần", "tháng", "giờ", "phút", "người", "lần", "ca", "tỉnh", "huyện")
    ):
        return False
    return follow in _UNITS or follow in _SCALE or follow in _COUNTED or tokens[last].form == "mười"


_COUNTED = frozenset(["người", "ca", "trường", "tỉnh", "huyện", "xã", "học", "hộ", "con", "chiếc", "xe", "tàu", "lần", "cuốn", "quyển", "môn", "nước", "khách", "em", "bé", "nạn", "people", "cases", "schools", "provinces", "children"])  # fmt: skip


def _with_unit(tokens: tuple[Token, ...], first: int, last: int, value: float, taken: set[int]) -> Quantity | None:  # noqa: PLR0911 (one return a kind of unit)
    token = tokens[last]
    if token.form.endswith("%"):
        return Quantity(value, "%", "", first, last)
    if (
        re.fullmatch(r"(19|20)\d\d", tokens[first].form)
        and first == last
        and (first == 0 or tokens[first - 1].folded in ("nam", "in", "since", "tet", "mua"))
    ):
        return Quantity(value, "year", "", first, last)
    before = tokens[first - 1] if first else None
    if _is_share(tokens, first, last):
        return Quantity(value, "%", "", first, last)
    if tokens[first].form in ("gấp", "gap"):
        return Quantity(value, "times", "", first, last)
    if token.form in _ROMAN:
        return Quantity(value, "no", tokens[first - 1].folded, first, last)
    if value < 10_000 and before is not None and before.form in _ORDINAL_BEFORE and _is_ordinal(tokens, first):  # noqa: PLR2004
        return Quantity(value, "no", _ordinal_noun(tokens, first), first, last)
    follow = tokens[last + 1] if last + 1 < len(tokens) and last + 1 not in taken else None
    if follow is not None and (follow.form in _UNITS or (follow.form == "cây" and last + 2 < len(tokens) and tokens[last + 2].form == "số")):
        needed = _SECOND.get(follow.form)
        after = tokens[last + 2].form if last + 2 < len(tokens) else ""
        if needed is None or after == needed:
            unit, factor = _UNITS[follow.form]
            if unit == "degree" and before is not None and before.form in ("âm", "am", "minus"):
                factor = -factor
            return Quantity(value * factor, unit, follow.folded if unit == "time" else "", first, last + (2 if needed else 1))
    if follow is not None and follow.start == token.end and follow.form == "h":
        return Quantity(value, "hour", "", first, last + 1)
    if value >= 1000 and tokens[last].form in ("k", "tr", "củ"):  # noqa: PLR2004
        return Quantity(value, "vnd", "", first, last)
    if tokens[last].form in _MONEY_SCALES and (follow is None or follow.form in _AFTER_MONEY):
        return Quantity(value, "vnd", "", first, last)
    return Quantity(value, "", follow.folded if follow is not None else "", first, last)


# `vé ba chục ngàn`, `phạt 3 triệu`: a bare thousand or million that counts nothing is money.
_MONEY_SCALES = frozenset(["nghìn", "ngàn", "nghin", "ngan", "triệu", "trieu", "k", "tr", "củ", "rưỡi"])
_AFTER_MONEY = frozenset(
    [
        "mỗi",
        "một",
        "moi",
        "mot",
        "cho",
        "từ",
        "tu",
        "là",
        "la",
        "tiền",
        "tien",
        "thay",
        "nữa",
        "nua",
        "và",
        "va",
        "để",
        "de",
        "nếu",
        "neu",
        "khi",
        "vào",
        "vao",
    ]
)


def _is_ordinal(tokens: tuple[Token, ...], at: int) -> bool:
    # `độ 7` and `cấp 12` are ordinals, `do 7 người` (caused by) is not; `thứ 7`, `lớp 6`, `số 15` are.
    before = tokens[at - 1].form
    if before in ("do", "lo", "quan", "thu", "loai", "cap", "dot", "thông", "nghị", "tap"):
        return at + 1 >= len(tokens) or tokens[at + 1].form not in _UNITS
    return True


def _ordinal_noun(tokens: tuple[Token, ...], at: int) -> str:
    before = tokens[at - 1].folded
    if before in ("so", "no", "number") and at >= 2:  # noqa: PLR2004
        return tokens[at - 2].folded
    return before
