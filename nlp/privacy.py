"""Whether a text holds personal data of a private person: a tip that does is refused and never stored (LIMITS 3).

text | one spelling of digits and letters | patterns for contacts, numbers and addresses, words for names | the kinds found

Nothing of the text is returned, kept or logged. When in doubt the answer is yes: the sender is only asked to put it differently.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlp.persons import holds_name, is_person_name
from nlp.resources import read_lines
from nlp.text import Token, fold, nfc, tokenize

__all__ = ["ACCOUNT", "ADDRESS", "EMAIL", "HANDLE", "NAME", "PHONE", "find_private", "is_person_name"]

NAME, PHONE, ACCOUNT = "tên người", "số điện thoại", "số tài khoản hoặc giấy tờ"
EMAIL, ADDRESS, HANDLE = "địa chỉ e-mail", "địa chỉ nhà", "tài khoản mạng xã hội"
_MAX_LENGTH = 20_000  # characters; no tip is longer, and what is not looked at must not be called clean


def find_private(text: str) -> frozenset[str]:
    """The kinds of personal data in a text, in Vietnamese words for the sender; empty where the text may be kept.

    Pure, 0.2 ms for a tip of two lines. Raises ValueError (without the text) for more than 20,000 characters: callers bound a tip below that.
    """
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"more than {_MAX_LENGTH} characters")
    clean = nfc(unicodedata.normalize("NFKC", text)).translate(_EMOJI_MARKS)
    folded, tokens = fold(clean), tokenize(clean)
    kinds = {NAME} if holds_name(clean, tokens) else set()
    if _MAIL_SIGN.search(folded) and _EMAIL.search(folded):
        kinds.add(EMAIL)
    if _holds_handle(clean, folded, tokens):
        kinds.add(HANDLE)
    if _spoken_number(tokens):
        kinds.add(PHONE)
    if any(char.isdigit() for char in folded):
        kinds |= _numbered_kinds(clean, folded)
    return frozenset(kinds)


def _numbered_kinds(clean: str, folded: str) -> set[str]:
    """What only a text with figures can hold."""
    numbers = tuple(_numbers(folded))
    checks = {
        PHONE: bool(_COMMA_PHONE.search(folded)) or any(_is_phone(folded, number) for number in numbers),
        ACCOUNT: bool(_PLATE.search(folded)) or any(_is_account(folded, number) for number in numbers),
        ADDRESS: _holds_address(clean, folded),
    }
    return {kind for kind, found in checks.items() if found}


_EMOJI_MARKS = dict.fromkeys([0xFE0F, 0x20E3])


def _phrases(*keys: str, file: str = "private_words.txt") -> frozenset[str]:
    """The folded phrases of these lists."""
    lines = [line.partition(":") for line in read_lines(file)]
    return frozenset(fold(nfc(phrase.strip())) for key, _, listed in lines if key in keys for phrase in listed.split("|"))


@cache
def _any_of(*keys: str, file: str = "private_words.txt") -> str:
    """A pattern for the folded phrases of these lists, the longest first."""
    return "(?:" + "|".join(re.escape(phrase) for phrase in sorted(_phrases(*keys, file=file), key=len, reverse=True)) + ")"


# --- e-mail and social accounts

_DOT = r"\s*(?:\.|\bcham\b|\bdot\b|[(\[](?:dot|cham)[)\]])\s*"
_AT = r"\s*(?:@|[(\[{<]\s*(?:at|a cong|a vong|@)\s*[)\]}>]|\ba ?(?:cong|vong|moc)\b)\s*"
_MAILERS = r"(?:gmail|g mail|yahoo|hotmail|outlook|icloud|proton|protonmail|ymail|zoho|live|yandex)"
_TLD = r"(?:com|net|org|vn|me|edu|gov|info|io|co|biz)\b"
_MAIL_SIGN = re.compile(r"@|\bat\b|\ba ?(?:cong|vong|moc)\b|mail|yahoo|outlook|icloud|proton")
_EMAIL = re.compile(
    rf"[a-z0-9_]@[a-z0-9-]+{_DOT}[a-z]{{2,}}|[a-z0-9_]{_AT}[a-z0-9-]+{_DOT}{_TLD}|[a-z0-9_]{_AT}{_MAILERS}\b"
    rf"|\bat\s+{_MAILERS}\b|\b{_MAILERS}(?:{_DOT}|\s+)com\b"
)
_SITES = r"(?:facebook|fb|instagram|tiktok|youtube|threads|twitter|x|telegram|linkedin|pinterest|weibo|locket|snapchat|zalo|discord|bigo)"
_PROFILE = re.compile(
    rf"(?<![\w@.-])(?:(?:www|m|vi-vn|vt|vm|web|chat)\.)?{_SITES}\s?\.\s?(?:com|net|tv|gg|me)\s?/\s?[@\w]"
    r"|(?<![\w.-])(?:(?:t|wa|m|zalo|fb|line|ig)\.me|youtu\.be|fb\.watch|fb\.gg|discord\.gg|chat\.zalo)/"
    r"|(?<![\w@.])@\s?[a-z_][\w.]+|(?<![\w@.])@\d*[a-z_]|(?<![\w#/.])[a-z][a-z0-9]*_[a-z0-9_.]|\b[a-z][\w.]{1,40}#\d{4}\b"
)


@cache
def _account_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """An account named by its platform, in folded text; and one in quotes, in small letters with marks or without (`trang "..."`, not `trạng`)."""
    site, other = _any_of("platform"), rf"(?!{_any_of('noaccount')}\b)"
    person = r"(?:ong|ba|anh|chi|co|chu|bac|thay|em|chau|thang|con|be)"
    order = r"(?:hai|ba|tu|nam|sau|bay|tam|chin|ut)"
    named = re.compile(
        rf"\b(?:nick ?name|nick|username|user name|ten dang nhap|acc)\s+(?:{site}\s+)+{other}[\w\"\u201c'.]"
        rf"|(?<!tren )(?<!qua )(?<!tu )(?<!mang )(?<!dung )\b{site}\s*:\s*{other}\w"
        rf"|(?<!ung dung )(?<!tren )\b{site}\s+(?:ca nhan\s+)?(?:ten|ten la|nick|id|cua {person})\s+{other}\w"
        rf"|\b(?!x\b){site}\s+(?:[a-z]\w{{0,40}}[._]\w[\w.]*|[a-z]+\d[\w.]*)(?![\w.]*\.(?:vn|com|net|org))"
        rf"|\bzalo {person} {order}\b|\b(?:uid|id (?:facebook|fb|zalo|tiktok))\s*[:=]?\s*\w"
    )
    called = r"(?:t[eê]n\s+|t[eê]n l[aà]\s+|mang t[eê]n\s+|c[oó] t[eê]n\s+)?"
    account = rf"(?:nick|t[aà]i kho[aả]n|k[eê]nh|trang|page|fanpage|profile|acc|{site})"
    quoted = re.compile(rf"\b(?:{account}\s+){{1,3}}{called}[\"\u201c\u201d'\u2018\u00ab]\s*\w")
    return named, quoted


@cache
def _account_openers() -> frozenset[str]:
    """The first words of everything that can introduce an account: without one of them the slower patterns need not run."""
    others = {"nick", "nickname", "username", "user", "acc", "ten", "uid", "id", "tai", "kenh", "trang", "page", "fanpage", "profile", "nhom"}
    return frozenset(phrase.split()[0] for phrase in _phrases("platform")) | others


@cache
def _account_heads() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands right before an account's name in capitals; and what may stand there and is no person's (`Zalo Bộ Y tế`)."""
    site = _any_of("platform")
    named = rf"(?:tai khoan|kenh|acc|trang|page) {site}|{site} (?:nhom truong )?(?:ten|ten la|cua)"
    public = _any_of("head", "body", "bank", "platform", "public")
    return re.compile(rf"\b(?:nick(?: {site})?|{named}|zalo|fb|ig|nhom truong ten)\s+"), re.compile(rf"{public}\b")


def _holds_handle(clean: str, folded: str, tokens: tuple[Token, ...]) -> bool:
    if any(sign in folded for sign in ".@_#") and _PROFILE.search(folded):
        return True
    if _account_openers().isdisjoint(token.folded for token in tokens):
        return False
    named, quoted = _account_words()
    if named.search(folded) or quoted.search(clean.lower()):
        return True
    heads, public = _account_heads()
    ends = (found.end() for found in heads.finditer(folded))
    return any(clean[end : end + 1].isupper() and not public.match(folded, end) for end in ends)


# --- numbers: telephones, accounts, papers

_CHUNK = r"[0-9oil]{0,24}\d[0-9oil]{0,24}"  # o and l stand for 0 and 1
_DIGITS = re.compile(rf"(?<![\w.,/#*])[(+]{{0,3}}{_CHUNK}(?:[ .\-\u2013_\u00b7()]{{1,3}}{_CHUNK}){{0,24}}(?![\w/*#%])")
_COMMA_PHONE = re.compile(r"(?<!\d)0[35789]\d{1,2}\s?[/,]\s?\d{3}\s?[/,]\s?\d{3,4}(?!\d)")
_AS_DIGITS = str.maketrans("oil", "011")
# Numbers of mobile and fixed lines, with or without the country's 84 (decision 2036/QĐ-BTTTT of 2016: 03, 05, 07, 08, 09; fixed lines 02).
_PHONE = re.compile(r"(?:00?84|84)?0?[35789]\d{8}|(?:00?84|84)?02\d{8,9}|0[35789]\d{7,9}|01[2689]\d{8}")
_PUBLIC_LINE = re.compile(r"1[89]00\d{4,6}|18\d{6}")  # service lines; 111 to 115 and 1022 are too short to be looked at
_GROUPED = re.compile(r"\d{1,3}(?:([ .])\d{3})(?:\1\d{3})*")
_NO_NUMBER = re.compile(r"\d{1,2}[.\-]\d{1,2}[.\-]\d{4}|\d{4}-\d{1,2}-\d{1,2}|[1-9]\d{0,2}\.\d{4,}|\d{4}\s?[-\u2013]\s?\d{4}")
_DIGIT_WORDS = frozenset(["khong", "mot", "hai", "ba", "bon", "tu", "nam", "lam", "sau", "bay", "tam", "chin", "zero"]).union(
    ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
)
_SPOKEN_DIGITS = 7
_LONGEST_GROUP = 4
_SHORTEST_CALL, _LONGEST_CALL = 8, 12
_SHORTEST_ACCOUNT, _SHORTEST_BARE = 6, 9
_WINDOW = 50  # characters before a number in which a word tells what it is


@dataclass(frozen=True, slots=True)
class _Number:
    """A run of digits as written (folded), its digits alone, and where it stands."""

    written: str
    digits: str
    start: int
    end: int


def _numbers(folded: str) -> Iterator[_Number]:
    """Runs of digits that could be a telephone or an account; dates, decimals and spans of years are left out."""
    for found in _DIGITS.finditer(folded):
        digits = re.sub(r"\D", "", found[0].translate(_AS_DIGITS))
        if len(digits) >= _SHORTEST_ACCOUNT and not _NO_NUMBER.fullmatch(found[0].strip(" ()+")):
            yield _Number(found[0], digits, found.start(), found.end())


def _is_phone(folded: str, number: _Number) -> bool:
    digits = number.digits
    if _PUBLIC_LINE.fullmatch(digits) or _is_quantity(folded, number):
        return False
    if number.written.lstrip("( ").startswith("+") and len(digits) >= _SHORTEST_CALL:
        return True
    if digits.startswith(("0", "84")) and _PHONE.fullmatch(digits):
        return True
    return _SHORTEST_CALL <= len(digits) <= _LONGEST_CALL and _introduced(folded, number, "call")


def _introduced(folded: str, number: _Number, *keys: str) -> bool:
    return bool(_before(*keys).search(folded[max(0, number.start - _WINDOW) : number.start]))


@cache
def _before(*keys: str) -> re.Pattern[str]:
    """One of these words, then at most three others, up to the end."""
    return re.compile(rf"\b{_any_of(*keys)}\b[\s:.,\-\u2013(]*(?:[a-z]+[\s:.,\-\u2013(]+){{0,3}}$")


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(rf"\s*(?!ngan hang|con toi|con no|nguoi la){_any_of('unit')}\b")


def _is_quantity(folded: str, number: _Number) -> bool:
    """In groups of three parted by dots, or with a unit after it; never what begins like a telephone number."""
    grouped = _GROUPED.fullmatch(number.written)
    if number.digits[0] == "0" or number.written.startswith(("+", "(")) or (number.digits.startswith("84") and not grouped):
        return False
    return bool(_unit().match(folded, number.end)) or bool(grouped and grouped[1] == ".")


def _spoken_number(tokens: tuple[Token, ...]) -> bool:
    """Seven digits or more in words, also mixed with figures: `không chín một hai, ba bốn năm ...`."""
    said = spoken = 0
    for token in tokens:
        if token.folded in _DIGIT_WORDS:
            said, spoken = said + 1, spoken + 1
        elif token.form.isdigit() and len(token.form) <= _LONGEST_GROUP:
            said += len(token.form)
        else:
            said = spoken = 0
        if said >= _SPOKEN_DIGITS and spoken > said // 2:
            return True
    return False


# Licence plates (`51F-123.45`; after `biển số` in any form), passports and insurance cards.
_ANY_PLATE = r"[1-9]\d\s?-?[a-z]{1,2}\d?\s?[-. ]?\s?(?:\d{3}[. ]?\d{2}|\d{4})(?![\w/])"
_PLATE = re.compile(
    r"(?<![\w/.,])[1-9]\d(?:-?[a-z]{1,2}\d?-\s?(?:\d{3}\.?\d{2}|\d{4})|[a-z]\d?[- ]\d{3}\.\d{2}|[abcdefklmnpstuvxyz]\d?\d{5})(?![\w/])"
    rf"|\b(?:bien so|bien kiem soat|bks|bsx|xe|bien)\s+(?:so\s+|xe\s+)?{_ANY_PLATE}|(?<![\w/])(?:[a-z]{{2}}\d{{10,13}}|[a-z]\d{{7,8}})(?![\w/])"
)
_YEAR_BEFORE = re.compile(r"\b(?:nam|thang|ngay|quy)\s+$")


@cache
def _then_bank() -> re.Pattern[str]:
    return re.compile(rf"[\s,(\-\u2013:]+(?:cua |tai |o )?{_any_of('bank')}\b")


def _is_account(folded: str, number: _Number) -> bool:
    if _PUBLIC_LINE.fullmatch(number.digits) or _is_quantity(folded, number):
        return False
    if _introduced(folded, number, "account", "paper", "bank") or _then_bank().match(folded, number.end):
        return True
    if len(number.digits) < _SHORTEST_BARE or _PHONE.fullmatch(number.digits) or _GROUPED.fullmatch(number.written):
        return False
    return not _YEAR_BEFORE.search(folded[: number.start][-_WINDOW:]) and len(set(re.findall(r"[^\doil]", number.written))) <= 1


# --- street addresses

_HOUSE = r"(?:\d{1,4}(?:/\d{1,4}){0,4}(?:[a-z](?:\d{1,2})?)?|\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4})"
_LANE = r"(?:hem|ngo|ngach|kiet|duong|pho|dai lo)"
_AREA = r"(?:to|ap|thon|khom|khu pho|khu dan cu|kdc|phuong|p\.?|xa|quan|q\.?|huyen|thi tran|quoc lo|tinh lo|ban|xom|doi|chung cu|toa)"
_BLOCK = r"(?:chung cu|toa|block|nha tro|khu dan cu|kdc|ktx|ky tuc xa|khu do thi)"
_ADDRESS = re.compile(
    rf"\b(?:so nha|nha so|dia chi nha|dia chi\s*:?\s*so)\s*:?\s*{_HOUSE}(?!\w)"
    rf"|\b(?:so|nha)\s+{_HOUSE},?\s+(?:{_LANE}|{_AREA})\s+\w|\b{_LANE}\s+{_HOUSE}[\s,]+(?:so|nha|so nha|nha so)\s+{_HOUSE}(?!\w)"
    rf"|\b(?:can|can ho|phong|p\.?|lo|nen)\s*(?:so )?[a-z]?\d{{1,4}}[a-z]?(?:[.\-]\d{{1,4}})?,?\s+{_BLOCK}\b"
)


_HOUSE_THEN = re.compile(rf"(?<![\w/.,:-]){_HOUSE},?\s+(?=[a-z])")
# Before a number that counts, dates or ranks something and so is no house's.
_NO_HOUSE = re.compile(
    r"(?:\b(?:ngay|thang|sang|chieu|toi|dem|trua|tu|den|hom|mung|truoc|sau|nam|quan|phuong|cap|km|lop|khoa|luc|bao so|dip|tuyen|tuyen so|q|p|quy|lo"
    r"|tieu|va|khu|vi tri|hang|hon|gan|thu)\s|[qp]\.\s?)$"
)
_LONGEST_LEAD = 10


def _holds_address(clean: str, folded: str) -> bool:
    if _ADDRESS.search(folded):
        return True
    houses = (found for found in _HOUSE_THEN.finditer(folded) if not _NO_HOUSE.search(folded[max(0, found.start() - _LONGEST_LEAD) : found.start()]))
    return any(_names_street(clean, folded, found) for found in houses)


@cache
def _streets() -> re.Pattern[str]:
    """Streets' own names with or without marks."""
    names = {nfc(name.strip()).lower() for line in read_lines("private_places.txt") if line.startswith("honoured:") for name in line[9:].split("|")}
    listed = "|".join(sorted(names | {fold(name) for name in names}, key=len, reverse=True))
    return re.compile(rf"(?:{listed}|\d{{1,2}} th[aá]ng \d{{1,2}}|c[aá]ch m[aạ]ng th[aá]ng (?:t[aá]m|8)|(?:hàng|hang) [^\W\d_]+)\b")


@cache
def _families() -> re.Pattern[str]:
    """A family name with or without marks, and another syllable after it."""
    lines = [line.partition(":") for line in read_lines("family_names.txt")]
    names = {nfc(name) for key, _, listed in lines if key in ("common", "rare") for name in listed.split()}
    return re.compile("(?:" + "|".join(sorted(names | {fold(name) for name in names}, key=len, reverse=True)) + r")\s+[^\W\d_]+")


_LANE_WORD = re.compile(r"(?:hẻm|hem|ngõ|ngo|ngách|ngach|kiệt|kiet|đường|duong|phố|pho|đại lộ|dai lo)\s+(?:(?:số|so)\s+)?(?=\w)")


def _names_street(clean: str, folded: str, house: re.Match[str]) -> bool:
    """`88 Nguyễn Xiển`, `17/2 ngõ Chợ`, `16A ly tu trong`: a house number before a lane or a street's own name."""
    small = clean.lower() if len(clean.lower()) == len(clean) else folded
    lane = _LANE_WORD.match(small, house.end())
    at = lane.end() if lane else house.end()
    family = bool(_families().match(small, at))
    if _streets().match(small, at) or (lane and ("/" in house[0] or folded[at].isdigit() or clean[at].isupper() or family)):
        return True
    second = clean[at:].split(maxsplit=2)[1:2]
    if family and clean[at].isupper() and second and second[0][0].isupper():
        return True
    number = house[0].strip(" ,")
    numbered = not _DATE.fullmatch(number) and ("/" in number or number[-1] in "abcd")
    return numbered and bool(_THEN_AREA.match(folded, at)) and not _unit().match(folded, at)


_DATE = re.compile(r"(?:[12]?\d|3[01])/(?:\d|1[0-2])")
_THEN_AREA = re.compile(r"(?:[a-z]+\s+){1,3}[a-z]+,?\s+(?:phuong|p\.?|quan|q\.?|thi tran|tp\.?)\s*\w")
