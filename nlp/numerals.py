"""Numerals in digits and words, without what they count: `5.000.000`, `năm triệu`, `1tr2`, `hai mươi mốt`, `một phần tư`, `7 chấm 2`.

Works on tokens of marked, unmarked and chat Vietnamese, and of English.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nlp.text import Token

Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as said. `last`: its last token; `scale`: the last scale word in it (`triệu`: 1e6), 1 where there is none.

    `share`: said as a part of something (`một phần ba`, `7 trên 10`); the value is then in percent.
    """

    value: float
    last: int
    scale: float = 1.0
    share: bool = False


_DIGIT: Mapping[str, int] = MappingProxyType({
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
})  # fmt: skip
_AFTER_TENS = frozenset(["mốt", "tư", "lăm", "nhăm"])  # `hai mốt`, `hai lăm`: twenty-one, twenty-five
_DIGIT_FOLDED = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
_EN_DIGIT = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
}  # fmt: skip
_SCALE: Mapping[str, float] = MappingProxyType({
    "chục": 10, "trăm": 100, "nghìn": 1e3, "ngàn": 1e3, "nghin": 1e3, "ngan": 1e3, "triệu": 1e6, "trieu": 1e6, "tỷ": 1e9, "tỉ": 1e9, "ty": 1e9,
    "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "chuc": 10, "tram": 100,
})  # fmt: skip
_GLUED_SCALE = {"k": 1e3, "tr": 1e6, "m": 1e6, "củ": 1e6, "cu": 1e6, "ty": 1e9, "tỷ": 1e9, "bn": 1e9}
_TENS = frozenset(["mười", "mươi", "muoi"])
_DOZEN = {"chục": 10, "chuc": 10, "tá": 12}
_ODD = frozenset(["lẻ", "linh"])  # `một trăm lẻ năm`: nothing stands in the tens
_HALF = frozenset(["rưỡi", "ruoi"])
_POINT = frozenset(["chấm", "phẩy", "cham", "phay", "point"])
# Words (and forms) at which a number may begin, besides digits: all other places are passed over unlooked at.
STARTS = frozenset({*_DIGIT, *_DIGIT_FOLDED, *_EN_DIGIT, "mười", "muoi", "nửa", "gấp", "gap"})
_THOUSAND = 1e3
_LONGEST = 12
_MAX_DIGITS = 15  # beyond it a float is no longer exact, and no news counts so far


def parse_number(form: str) -> float | None:
    """`50.000` → 50000, `3,5` → 3.5, `1.234,5` → 1234.5, `12%` → 12, `-3` → -3; None where it is no single number (or a longer one)."""
    body = form.rstrip("%").rstrip()
    sign, body = (-1.0, body[1:]) if body[:1] in ("-", "−") else (1.0, body)
    if sum(map(str.isdigit, body)) > _MAX_DIGITS:
        return None
    if re.fullmatch(r"\d+", body):
        return sign * float(body)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", body):
        return sign * float(body.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", body):
        return sign * float(body.replace(",", ""))
    if re.fullmatch(r"\d+[.,]\d+", body):
        return sign * float(body.replace(",", "."))
    return None


def is_written_in_digits(form: str) -> bool:
    """Does this token start as a number in digits does?"""
    return form[0].isdigit() or (form[0] in "-−" and len(form) > 1)


def scale_of(form: str) -> float | None:
    """What a scale word multiplies by; None for any other word."""
    return _SCALE.get(form)


def digit_of(form: str) -> int | None:
    """A Vietnamese digit word's value, or that of one or two digits."""
    return int(form) if form.isdecimal() and len(form) <= 2 else _DIGIT.get(form)  # noqa: PLR2004


def numeral_at(tokens: Tokens, index: int) -> Numeral | None:
    """The number that begins here, in digits or words; None where none does. A lone digit word is one too: the caller looks at what follows."""
    share = _share(tokens, index)
    if share is not None:
        return share
    form = tokens[index].form
    if is_written_in_digits(form):
        value = parse_number(form)
        return _scaled(tokens, index, value) if value is not None else None
    if form == "nửa":
        return _half_of(tokens, index)
    return _in_words(tokens, index)


def _share(tokens: Tokens, index: int) -> Numeral | None:
    """`sáu trong mỗi mười mẫu`, `7 trên 10 hộ`, `một phần ba`, `2/3 số hộ`: in percent."""
    words = [token.form for token in tokens[index : index + 4]]
    fraction = re.fullmatch(r"([1-9])/([2-9]|10)", words[0])
    if fraction and int(fraction[1]) < int(fraction[2]):
        return Numeral(100.0 * int(fraction[1]) / int(fraction[2]), index, share=True)
    part = digit_of(words[0])
    if part is None or len(words) < 3:  # noqa: PLR2004
        return None
    if words[1] == "phần":
        whole = digit_of(words[2])
        return _fraction(tokens, index + 2, part / whole) if whole and part < whole else None
    at = 3 if words[2] in ("mỗi", "số") else 2
    if words[1] in ("trong", "trên") and at < len(words) and words[at] in ("mười", "10"):
        return Numeral(part * 10.0, index + at, share=True)
    return None


def _fraction(tokens: Tokens, last: int, value: float) -> Numeral:
    """`một phần tư triệu` is an amount, `một phần tư` alone a share."""
    scale = _SCALE.get(tokens[last + 1].form) if last + 1 < len(tokens) else None
    return Numeral(value * scale, last + 1, scale) if scale else Numeral(100.0 * value, last, share=True)


def _half_of(tokens: Tokens, index: int) -> Numeral:
    scale = _SCALE.get(tokens[index + 1].form) if index + 1 < len(tokens) else None
    return Numeral(scale / 2, index + 1, scale) if scale else Numeral(0.5, index)


def _scaled(tokens: Tokens, index: int, value: float) -> Numeral:
    """Apply `triệu`, `nghìn`, `k` and a following remainder (`1 triệu 200 nghìn`, `1tr2`) to a number in digits."""
    last, scale = index, 1.0
    if last + 2 < len(tokens) and tokens[last + 1].form in _POINT and tokens[last + 2].form.isdecimal():
        decimals = tokens[last + 2].form
        value, last = value + float(decimals) / 10 ** len(decimals), last + 2
    while last + 1 < len(tokens):
        follow = tokens[last + 1]
        glued = follow.start == tokens[last].end
        found = _SCALE.get(follow.form) or (_GLUED_SCALE.get(follow.form) if glued or follow.form in ("củ", "k", "tr") else None)
        if found is None or (follow.form == "m" and not glued):
            break
        value, last, scale = value * found, last + 1, found
    return _with_rest(tokens, last, value, scale)


def _with_rest(tokens: Tokens, last: int, value: float, scale: float) -> Numeral:
    """What follows the last scale word: `rưỡi`, the glued digits of `1tr2`, or a smaller amount (`200 nghìn`)."""
    follow = tokens[last + 1] if last + 1 < len(tokens) else None
    if follow is None or scale == 1.0:
        return Numeral(value, last, scale)
    if follow.form in _HALF:
        return Numeral(value + scale / 2, last + 1, scale)
    if follow.form.isdecimal() and follow.start == tokens[last].end and len(follow.form) <= 3:  # noqa: PLR2004
        return Numeral(value + float(follow.form) * scale / 10 ** len(follow.form), last + 1, scale)
    if follow.form.isdecimal() and last + 2 < len(tokens):
        smaller = _SCALE.get(tokens[last + 2].form)
        if smaller is not None and _THOUSAND <= smaller < scale and float(follow.form) * smaller < scale:
            return Numeral(value + float(follow.form) * smaller, last + 2, smaller)
    return Numeral(value, last, scale)


@dataclass(slots=True)
class _Sum:
    """A number in words as far as it has been read: whole scales, the group below a thousand, the last scale word."""

    total: float = 0.0
    group: float = 0.0
    scale: float = 1.0
    digit_last: bool = False

    def take(self, form: str, digit: int | None, started: bool) -> bool:
        """Add one more word; False where it does not belong to the number."""
        if digit is not None:
            return self._take_digit(form, digit)
        if form in _TENS:
            return self._take_tens(form)
        if started and self.group and form in ("trăm", "tram"):
            self.group, self.scale, self.digit_last = self.group * 100, 100.0, False
        elif started and self.group and form in _DOZEN:
            self.group, self.scale, self.digit_last = self.group * _DOZEN[form], float(_DOZEN[form]), False
        elif started and (self.group or self.total) and _SCALE.get(form, 0) >= _THOUSAND:
            self.scale, self.digit_last = _SCALE[form], False
            # `hai tỷ ba trăm triệu` adds; `mười nghìn tỷ` goes on multiplying.
            self.total = self.total + self.group * self.scale if self.group else self.total * self.scale
            self.group = 0.0
        else:
            return False
        return True

    def _take_digit(self, form: str, digit: int) -> bool:
        if self.digit_last and form not in _AFTER_TENS:
            return False
        self.group = self.group * 10 + digit if self.digit_last else self.group + digit
        self.digit_last = True
        return True

    def _take_tens(self, form: str) -> bool:
        if form == "mười" and self.digit_last:
            return False
        ones = self.group % 10 if self.digit_last else 0
        self.group += ones * 9 if ones else 10  # `hai mươi`: only the last digit becomes tens
        self.digit_last = False
        return True


def _in_words(tokens: Tokens, index: int) -> Numeral | None:
    """`năm triệu`, `hai mươi nghìn`, `một trăm lẻ năm`, `hai mốt`: groups below a thousand, each with its scale."""
    found, last = _Sum(), index - 1
    for at in range(index, min(index + _LONGEST, len(tokens))):
        form = tokens[at].form
        if form in _ODD and at > index and found.scale > 1:
            continue
        if not found.take(form, _digit(tokens, at, at > index), at > index):
            break
        last = at
    return _finished(tokens, last, found) if last >= index else None


def _finished(tokens: Tokens, last: int, found: _Sum) -> Numeral:
    """What may follow the last word: a decimal (`một phẩy năm`), half of the last scale (`ba ngàn rưỡi`)."""
    value = found.total + found.group
    follow = [token.form for token in tokens[last + 1 : last + 3]]
    if found.scale == 1.0 and found.digit_last and len(follow) > 1 and follow[0] in _POINT and follow[1] in _DIGIT:
        return Numeral(value + _DIGIT[follow[1]] / 10, last + 2)
    if found.scale > 1.0 and follow and follow[0] in _HALF:
        return Numeral(value + found.scale / 2, last + 1, found.scale)
    return Numeral(value, last, found.scale)


def _digit(tokens: Tokens, at: int, started: bool) -> int | None:
    form = tokens[at].form
    if form in _EN_DIGIT:
        return _EN_DIGIT[form]
    if form in _DIGIT:
        return _DIGIT[form]
    # Unmarked `nam`, `ba`, `tu`, `sau`, `bay` are mostly other words: a number only next to a scale word or inside one.
    follow = tokens[at + 1].form if at + 1 < len(tokens) else ""
    if form in _DIGIT_FOLDED and (started or follow in ("trieu", "nghin", "ngan", "muoi", "tram", "ty", "chuc")):
        return _DIGIT_FOLDED[form]
    return None
