"""Numbers with what they count, as typed values with their span: `5 triệu`, `5.000.000 đồng`, `năm triệu` and `5tr` are one amount.

Values are compared by `unit` and `value`. Works on tokens of marked, unmarked and chat Vietnamese, and of English.
"""

import re
from dataclasses import dataclass

from nlp.dates import DayOfYear
from nlp.numerals import STARTS, Numeral, Tokens, is_written_in_digits, numeral_at, scale_of


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts.

    `unit`: "vnd", "usd", "%", "time" (minutes), "year" (2026), "m", "kg", "degree", "times", "no" (an ordinal: bão số 15,
    lớp 6, vùng II), "hour" (a time of day, 0..24) or "" (a plain count; `noun` is then the folded syllable that follows, if any; for "time"
    it is the word of the unit). `first`, `last`: token indexes, inclusive.
    """

    value: float
    unit: str
    noun: str
    first: int
    last: int


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
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_ROMAN_AFTER = frozenset(["vung", "quy", "doan", "loai", "cap", "khu", "nhom", "hang", "ky"])
# `50 đô` is money, `đô thị` and `đô vật` are not.
_NO_DOLLAR = frozenset(["thị", "thi", "vật", "vat", "đốc", "hộ", "trưởng"])
_HALVES = frozenset(["rưỡi", "ruoi"])
_BELOW_ZERO = frozenset(["không", "0", "khong", "zero"])
_DAY_PARTS = {"sáng": 0, "sang": 0, "khuya": 0, "trưa": 0, "trua": 0, "chiều": 12, "chieu": 12, "tối": 12, "toi": 12}
_AT_A_TIME = frozenset(["lúc", "luc", "hồi", "hoi", "at"])
_HOUR_WORDS = frozenset(["giờ", "gio"])
_MAX_HOUR, _MAX_MINUTE, _NOON = 24, 59, 12
# `vé ba chục ngàn`, `phạt 3 triệu`: a bare thousand or million that counts nothing is money.
_MONEY_SCALES = frozenset([1e3, 1e6])
_AFTER_MONEY = frozenset(["mỗi", "một", "moi", "mot", "cho", "từ", "tu", "là", "la", "tiền", "tien", "thay", "nữa", "nua", "và", "va", "để", "de", "nếu", "neu", "khi", "vào", "vao", "trên", "tren", "chỉ", "chi", "trong", "kể", "ke"])  # fmt: skip
_COUNTED = frozenset(["người", "ca", "trường", "tỉnh", "huyện", "xã", "học", "hộ", "con", "chiếc", "xe", "tàu", "lần", "cuốn", "quyển", "môn", "nước", "khách", "em", "bé", "nạn", "trẻ", "cháu", "ngôi", "nhà", "căn", "mẫu", "cột", "trạm", "phần", "people", "cases", "schools", "provinces", "children", "nguoi", "ho", "xe", "ca"])  # fmt: skip
# `năm nay`, `ba mẹ`, `một hôm`, `tư nhân`: these are numbers only before what is surely counted.
_MOSTLY_OTHER_WORDS = frozenset(["năm", "một", "ba", "tư"])
_SURELY_COUNTED = frozenset(["ngày", "tuần", "tháng", "năm", "giờ", "phút", "giây", "người", "lần", "ca", "tỉnh", "huyện", "hecta", "mét", "km", "phần", "mẫu", "đồng", "cháu", "trẻ", "nạn", "ngôi", "căn"])  # fmt: skip


def find_quantities(tokens: Tokens, dates: tuple[DayOfYear, ...] = ()) -> tuple[Quantity, ...]:
    """Quantities in order, skipping tokens that belong to a date."""
    taken = {index for date in dates for index in range(date.first, date.last + 1)}
    found: list[Quantity] = []
    after = 0
    for index in [at for at, token in enumerate(tokens) if token.form in STARTS or token.form in _ROMAN or is_written_in_digits(token.form)]:
        quantity = _quantity_at(tokens, index, taken) if index >= after and index not in taken else None
        if quantity is not None:
            found.append(quantity)
            after = quantity.last + 1
    return tuple(found)


def _quantity_at(tokens: Tokens, index: int, taken: set[int]) -> Quantity | None:
    form = tokens[index].form
    if form in _ROMAN:
        before = tokens[index - 1].folded if index else ""
        return Quantity(float(_ROMAN[form]), "no", before, index, index) if before in _ROMAN_AFTER else None
    if form in ("gấp", "gap"):
        return Quantity(2.0, "times", "", index, index + 1) if index + 1 < len(tokens) and tokens[index + 1].form in ("đôi", "doi") else None
    clock = re.fullmatch(r"(\d{1,2}):(\d{2})", form)
    if clock:
        return _hour(int(clock[1]), int(clock[2]), index, index)
    numeral = numeral_at(tokens, index)
    if numeral is None or any(at in taken for at in range(index, numeral.last + 1)) or not _counts_something(tokens, index, numeral):
        return None
    quantity = _with_unit(tokens, index, numeral, taken)
    # Only degrees and percentages go below zero; elsewhere the stroke before a figure is a dash.
    if quantity.value < 0 and quantity.unit not in ("degree", "%"):
        return Quantity(-quantity.value, quantity.unit, quantity.noun, quantity.first, quantity.last)
    return quantity


def _counts_something(tokens: Tokens, first: int, numeral: Numeral) -> bool:
    """A lone small word (`sáu`, `nửa`) is a number only before what can be counted."""
    form = tokens[first].form
    if numeral.last > first or is_written_in_digits(form):
        return True
    follow = tokens[first + 1].form if first + 1 < len(tokens) else ""
    if form in _MOSTLY_OTHER_WORDS:
        return follow in _SURELY_COUNTED
    return form == "mười" or follow in _UNITS or (form != "nửa" and follow in _COUNTED)


def _with_unit(tokens: Tokens, first: int, numeral: Numeral, taken: set[int]) -> Quantity:  # noqa: PLR0911 (one return a kind of unit)
    value, last = numeral.value, numeral.last
    before = tokens[first - 1] if first else None
    if numeral.share or tokens[last].form.endswith("%"):
        return Quantity(value, "%", "", first, last)
    if (
        first == last
        and re.fullmatch(r"(19|20)\d\d", tokens[first].form)
        and (before is None or before.folded in ("nam", "in", "since", "tet", "mua"))
    ):
        return Quantity(value, "year", "", first, last)
    if value < 10_000 and before is not None and before.form in _ORDINAL_BEFORE and _is_ordinal(tokens, first, last):  # noqa: PLR2004
        return Quantity(value, "no", _ordinal_noun(tokens, first), first, last)
    follow = tokens[last + 1] if last + 1 < len(tokens) and last + 1 not in taken else None
    hour = _time_of_day(tokens, first, numeral, taken)
    if hour is not None:
        return hour
    if follow is not None:
        measured = _measured(tokens, first, numeral)
        if measured is not None:
            return measured
    if numeral.scale in _MONEY_SCALES and (follow is None or follow.form in _AFTER_MONEY or scale_of(follow.form) is not None):
        return Quantity(value, "vnd", "", first, last)
    if numeral.scale in _MONEY_SCALES and tokens[last].form in ("k", "tr", "củ"):
        return Quantity(value, "vnd", "", first, last)
    return Quantity(value, "", follow.folded if follow is not None else "", first, last)


def _measured(tokens: Tokens, first: int, numeral: Numeral) -> Quantity | None:
    """The number with its unit, if one follows: `2 cây số`, `hai tiếng rưỡi`, `âm 8 độ`, `tám độ dưới không`."""
    at = numeral.last + 1
    known = _UNITS.get(tokens[at].form)
    after = tokens[at + 1].form if at + 1 < len(tokens) else ""
    if known is None or not _is_unit(tokens[at].form, after):
        return None
    unit, factor = known
    value, last = numeral.value * factor, at + (1 if _SECOND.get(tokens[at].form) == after else 0)
    if unit == "degree" and _is_below_zero(tokens, first, last):
        value = -abs(value)
    if last + 1 < len(tokens) and tokens[last + 1].form in _HALVES:
        value, last = value + factor / 2, last + 1
    return Quantity(value, unit, tokens[at].folded if unit == "time" else "", first, last)


def _is_unit(form: str, after: str) -> bool:
    needed = _SECOND.get(form)
    return needed is None or after == needed or (form == "đô" and after not in _NO_DOLLAR)


def _is_below_zero(tokens: Tokens, first: int, last: int) -> bool:
    if first and tokens[first - 1].form in ("âm", "am", "minus"):
        return True
    follow = [token.form for token in tokens[last + 1 : last + 4]]
    return any(word in ("dưới", "duoi", "below") and at + 1 < len(follow) and follow[at + 1] in _BELOW_ZERO for at, word in enumerate(follow))


def _time_of_day(tokens: Tokens, first: int, numeral: Numeral, taken: set[int]) -> Quantity | None:
    """`2 giờ sáng`, `6 giờ 15`, `lúc 19 giờ`, `6h15`, `6:15`; `72 giờ` and `trong 2 giờ` last so long."""
    at = numeral.last + 1
    if at >= len(tokens) or at in taken or numeral.value != int(numeral.value) or not 0 <= numeral.value <= _MAX_HOUR:
        return None
    glued_h = tokens[at].form == "h" and tokens[at].start == tokens[at - 1].end
    if not glued_h and tokens[at].form not in _HOUR_WORDS:
        return None
    part, after = _day_part(tokens, at + 1)
    minutes, last = _minutes(tokens, after, taken)
    part, last = (part, last) if part is not None else _day_part(tokens, last + 1, last)
    said_so = first > 0 and tokens[first - 1].form in _AT_A_TIME
    if part is None and minutes is None and not said_so and not glued_h:
        return None
    hour = int(numeral.value)
    return _hour(hour + part if part and hour < _NOON else hour, minutes or 0, first, max(last, at))


def _day_part(tokens: Tokens, at: int, otherwise: int | None = None) -> tuple[int | None, int]:
    """Hours that `chiều`, `tối` add, and the place after it (or its own, where `otherwise` says what to give for none)."""
    found = _DAY_PARTS.get(tokens[at].form) if at < len(tokens) else None
    if otherwise is None:
        return found, at + (found is not None)
    return found, at if found is not None else otherwise


def _minutes(tokens: Tokens, at: int, taken: set[int]) -> tuple[int | None, int]:
    """The minutes that begin at this place and their last token; None and the token before it where there are none."""
    numeral = numeral_at(tokens, at) if at < len(tokens) and at not in taken else None
    if numeral is None or numeral.scale > 1 or numeral.share or numeral.value != int(numeral.value) or not 0 <= numeral.value <= _MAX_MINUTE:
        return None, at - 1
    last = numeral.last
    if last + 1 < len(tokens) and tokens[last + 1].form in ("phút", "phut"):
        return int(numeral.value), last + 1
    counted = last + 1 < len(tokens) and (tokens[last + 1].form in _UNITS or tokens[last + 1].form in _COUNTED)
    return (None, at - 1) if counted else (int(numeral.value), last)


def _hour(hour: int, minute: int, first: int, last: int) -> Quantity | None:
    return Quantity(hour + minute / 60, "hour", "", first, last) if hour <= _MAX_HOUR and minute <= _MAX_MINUTE else None


def _is_ordinal(tokens: Tokens, first: int, last: int) -> bool:
    # `độ 7` and `cấp 12` are ordinals, `do 7 người` (caused by) is not; `thứ 7`, `lớp 6`, `số 15` are.
    if tokens[first - 1].form in ("do", "lo", "quan", "thu", "loai", "cap", "dot", "thông", "nghị", "tap"):
        follow = tokens[last + 1].form if last + 1 < len(tokens) else ""
        return follow not in _UNITS and follow not in _COUNTED
    return True


def _ordinal_noun(tokens: Tokens, at: int) -> str:
    before = tokens[at - 1].folded
    nouns = [token.folded for token in tokens[max(at - 3, 0) : at - 1]]
    if before in ("so", "thu", "no", "number") and "bao" in nouns:
        return "bao"  # `bão số 15`, `cơn bão thứ 15`, `bão mang số 15`
    return nouns[-1] if nouns and before in ("so", "no", "number") else before
