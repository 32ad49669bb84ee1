"""Whether a text holds personal data of a private person: a tip that does is refused and never stored (LIMITS 3).

text | one spelling of digits and letters | patterns for contacts, numbers and addresses, words for names | the kinds found

Nothing of the text is returned, kept or logged. When in doubt the answer is yes: the sender is only asked to put it differently.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from nlp.persons import holds_name, is_person_name
from nlp.resources import read_lines
from nlp.text import fold, nfc, tokenize

__all__ = ["ACCOUNT", "ADDRESS", "EMAIL", "HANDLE", "NAME", "PHONE", "find_private", "is_person_name"]

NAME, PHONE, ACCOUNT = "tên người", "số điện thoại", "số tài khoản hoặc giấy tờ"
EMAIL, ADDRESS, HANDLE = "địa chỉ e-mail", "địa chỉ nhà", "tài khoản mạng xã hội"
_MAX_LENGTH = 20_000  # characters looked at; a longer text is no tip


def find_private(text: str) -> frozenset[str]:
    """The kinds of personal data in a text, in Vietnamese words for the sender; empty where the text may be kept.

    Pure and quick (about 0.2 ms a tip). Only the first 20,000 characters are looked at; callers bound a tip far below that.
    """
    clean = nfc(unicodedata.normalize("NFKC", text[:_MAX_LENGTH])).translate(_EMOJI_MARKS)
    folded = fold(clean)
    checks = (
        (EMAIL, lambda: bool(_EMAIL.search(folded))),
        (HANDLE, lambda: _holds_handle(clean, folded)),
        (PHONE, lambda: _holds_phone(folded)),
        (ACCOUNT, lambda: _holds_account(folded)),
        (ADDRESS, lambda: _holds_address(clean, folded)),
        (NAME, lambda: holds_name(clean)),
    )
    return frozenset(kind for kind, check in checks if check())


_EMOJI_MARKS = dict.fromkeys([0xFE0F, 0x20E3])


@cache
def _any_of(*keys: str) -> str:
    """A pattern for the folded phrases of these lists, the longest first."""
    phrases = {fold(nfc(phrase.strip())) for line in read_lines("private_words.txt") for key, _, listed in [line.partition(":")] if key in keys for phrase in listed.split("|")}
    return "(?:" + "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)) + ")"


# --- e-mail and social accounts

_DOT = r"\s*(?:\.|\bcham\b|\bdot\b|\(dot\)|\[dot\]|\(cham\)|\[cham\])\s*"
_AT = r"\s*(?:@|[(\[{<]\s*(?:at|a cong|a vong|@)\s*[)\]}>]|\ba ?(?:cong|vong|moc)\b)\s*"
_MAILERS = r"(?:gmail|g mail|yahoo|hotmail|outlook|icloud|proton|protonmail|ymail|zoho|live|yandex)"
_TLD = r"(?:com|net|org|vn|me|edu|gov|info|io|co|biz)\b"
_EMAIL = re.compile(rf"[a-z0-9_]@[a-z0-9-]+{_DOT}[a-z]{{2,}}|[a-z0-9_]{_AT}[a-z0-9-]+{_DOT}{_TLD}|[a-z0-9_]{_AT}{_MAILERS}\b|\bat\s+{_MAILERS}\b|\b{_MAILERS}{_DOT}com\b|\b{_MAILERS}\s+com\b")
_SITES = r"(?:facebook|fb|instagram|tiktok|youtube|threads|twitter|x|telegram|linkedin|pinterest|weibo|locket|snapchat|zalo|discord|bigo)"
_PROFILE = re.compile(
    rf"(?<![\w@.-])(?:(?:www|m|vi-vn|vt|vm|web|chat)\.)?{_SITES}\s?\.\s?(?:com|net|tv|gg|me)\s?/\s?[@\w]|(?<![\w.-])(?:t|wa|m|zalo|fb|line|ig)\.me/|(?<![\w.-])(?:youtu\.be|fb\.watch|fb\.gg|discord\.gg|chat\.zalo)/"
    r"|(?<![\w@.])@\s?[a-z_][\w.]+|(?<![\w@.])@\d*[a-z_][\w.]*|(?<![\w#/.])[a-z][a-z0-9]*_[a-z0-9_.]+|\b[a-z][\w.]*#\d{4}\b"
)
_NO_ACCOUNT = r"(?!(?:ao|gia|la|cua|bi|va|de|co|lua|khac|khong|that|nay|do|nao|moi|cu|tren|duoc|thi|rac|nguoi|mao|chinh|dang|se|da|hay|kem|voi|cho|tu|trong|ra|vao|phai|ho|toi|minh|chung|ban|nhom|group|oa|pay|ai|mini|web|pc|app|cloud|shop)\b)"


@cache
def _account_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """On folded text: an account named by its platform; then, on the original, one followed by quotes or capitals."""
    site = _any_of("platform")
    names = r"[a-z][\w]*[._]\w[\w.]*|[a-z]+\d[\w.]*"
    folded = re.compile(
        rf"\b(?:nick ?name|nick|username|user name|ten dang nhap|acc)\s+(?:{site}\s+)+{_NO_ACCOUNT}[\w\"“'.]|\b{site}\s*:\s*{_NO_ACCOUNT}\w|(?<!ung dung )(?<!tren )\b{site}\s+(?:ca nhan\s+)?(?:ten|ten la|nick|id|cua (?:ong|ba|anh|chi|co|chu|bac|thay|em|chau|thang|con|be))\s+{_NO_ACCOUNT}\w"
        rf"|\b(?:facebook|fb|face|tiktok|tik tok|instagram|insta|ig|threads|telegram|tele|twitter|wechat|line|youtube|zalo)\s+(?:{names})(?![\w.]*\.(?:vn|com|net|org))|\bzalo (?:(?:co|chu|anh|chi|ba|ong|di|bac) (?:hai|ba|tu|nam|sau|bay|tam|chin|ut))\b|\b(?:uid|id (?:facebook|fb|zalo|tiktok))\s*[:=]?\s*\w"
    )
    quoted = re.compile(rf"\b(?:(?:nick|tai khoan|kenh|trang|{site})\s+){{1,3}}(?:ten\s+|ten la\s+|mang ten\s+|co ten\s+)?[\"“”'‘«]\s*\w")
    return folded, quoted


@cache
def _account_heads() -> re.Pattern[str]:
    """What stands right before an account's name in capitals."""
    site = _any_of("platform")
    return re.compile(rf"\b(?:nick(?: {site})?|(?:tai khoan|kenh|acc|trang|page) {site}|{site} (?:nhom truong )?(?:ten|ten la|cua)|zalo|fb|ig|nhom truong ten)\s+")


@cache
def _public_accounts() -> re.Pattern[str]:
    """Bodies and products that may stand after a platform's name: `Zalo Bộ Y tế`, `Facebook Messenger`."""
    return re.compile(rf"(?:{_any_of('head', 'bank', 'platform')}|chinh phu|cong an|ubnd|uy ban|nha nuoc|viet nam|bao|thong tin|dien luc|evn|vneid|so|cuc|chi cuc|hoi|to quoc|mat tran|oa|pay|ai|mini app|marketplace|reels?|shorts?|live|shop|viettel|vinaphone|mobifone|premium|music)\b")


def _holds_handle(clean: str, folded: str) -> bool:
    named, quoted = _account_words()
    if _PROFILE.search(folded) or named.search(folded) or quoted.search(folded):
        return True
    return any(clean[found.end() : found.end() + 1].isupper() and not _public_accounts().match(folded, found.end()) for found in _account_heads().finditer(folded))


# --- numbers: telephones, accounts, papers

_CHUNK = r"[0-9oil]*\d[0-9oil]*"
_DIGITS = re.compile(rf"(?<![\w.,/#*])[(+]{{0,3}}{_CHUNK}(?:[ .\-–_·()]{{1,3}}{_CHUNK})*(?![\w/*#%])")
_SLASHED_PHONE = re.compile(r"(?<!\d)0[35789]\d{1,2}[/,]\d{3}[/,]\d{3,4}(?!\d)")
_AS_DIGITS = str.maketrans("oil", "011")
_PHONE = re.compile(r"(?:00?84|84)?0?[35789]\d{8}|(?:00?84|84)?02\d{8,9}|0[35789]\d{7,9}|01[2689]\d{8}")
_PUBLIC_LINE = re.compile(r"1[89]00\d{4,6}|11[0-9]|1022|111|18\d{6}")
_GROUPED = re.compile(r"\d{1,3}(?:([ .])\d{3})(?:\1\d{3})*")
_NO_NUMBER = re.compile(r"\d{1,2}[.\-]\d{1,2}[.\-]\d{4}|\d{4}-\d{1,2}-\d{1,2}|[1-9]\d{0,2}\.\d{4,}|\d{4}\s?[-–]\s?\d{4}")
_DIGIT_WORDS = {"khong": 1, "mot": 1, "hai": 1, "ba": 1, "bon": 1, "tu": 1, "nam": 1, "lam": 1, "sau": 1, "bay": 1, "bảy": 1, "tam": 1, "chin": 1, "zero": 1, "oh": 1, "one": 1, "two": 1, "three": 1, "four": 1, "five": 1, "six": 1, "seven": 1, "eight": 1, "nine": 1, "muoi": 0}  # fmt: skip
_SPOKEN_DIGITS = 7
_SHORTEST_CALL, _LONGEST_CALL = 8, 12
_SHORTEST_ACCOUNT, _SHORTEST_BARE = 6, 9


def _numbers(folded: str) -> Iterator[tuple[str, str, int, int]]:
    """Runs of digits as (written, digits only, start, end); dates, decimals and year ranges are left out."""
    for found in _DIGITS.finditer(folded):
        written = found[0]
        if not _NO_NUMBER.fullmatch(written.strip(" ()+")):
            yield written, re.sub(r"\D", "", written.translate(_AS_DIGITS)), found.start(), found.end()


def _holds_phone(folded: str) -> bool:
    if _SLASHED_PHONE.search(folded) or _spoken_number(folded):
        return True
    return any(_is_phone(folded, written, digits, start, end) for written, digits, start, end in _numbers(folded))


def _is_phone(folded: str, written: str, digits: str, start: int, end: int) -> bool:
    if _PUBLIC_LINE.fullmatch(digits) or _money(folded, written, end):
        return False
    if written.lstrip("( ").startswith("+") and len(digits) >= _SHORTEST_CALL:
        return True
    if _PHONE.fullmatch(digits) and (digits[0] == "0" or digits.startswith("84") or "." not in written or _called(folded, start)):
        return digits[0] == "0" or digits.startswith("84") or _called(folded, start)
    return _SHORTEST_CALL <= len(digits) <= _LONGEST_CALL and _called(folded, start)


@cache
def _before(*keys: str) -> re.Pattern[str]:
    """One of these words, then at most three others, up to the end."""
    return re.compile(rf"\b{_any_of(*keys)}\b[\s:.,\-–(]*(?:[a-z]+[\s:.,\-–(]+){{0,3}}$")


_WINDOW = 50


def _called(folded: str, start: int) -> bool:
    return bool(_before("call").search(folded[max(0, start - _WINDOW) : start]))


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(rf"\s*{_any_of('unit')}\b")


def _money(folded: str, written: str, end: int) -> bool:
    """A quantity: in groups of three by dots, or with a unit after it."""
    grouped = _GROUPED.fullmatch(written)
    return bool(_unit().match(folded, end)) or bool(grouped and grouped[1] == "." and not written.startswith("0"))


def _spoken_number(folded: str) -> bool:
    """Seven digits or more in words, also mixed with figures: `không chín một hai, ba bốn năm ...`."""
    said = spoken = 0
    for token in tokenize(folded):
        if token.form in _DIGIT_WORDS:
            said, spoken = said + _DIGIT_WORDS[token.form], spoken + 1
        elif token.form.isdigit() and len(token.form) <= 4 and spoken:  # noqa: PLR2004
            said += len(token.form)
        else:
            said = spoken = 0
        if said >= _SPOKEN_DIGITS and spoken > said // 2:
            return True
    return False


_PLATE = re.compile(r"(?<![\w/.,])[1-9]\d\s?-?[A-Z]{1,2}\d?\s?[- .]\s?(?:\d{3}[. ]?\d{2}|\d{4})(?![\w/])")
_PAPER = re.compile(r"(?<![\w/])[a-z]{1,2}\d{7,13}(?![\w/])")


def _holds_account(folded: str) -> bool:
    return bool(_plates().search(folded)) or any(_is_account(folded, *number) for number in _numbers(folded))


@cache
def _plates() -> re.Pattern[str]:
    """Licence plates, passports and insurance cards."""
    plate = r"[1-9]\d\s?-?[a-z]{1,2}\d?\s?[-. ]?\s?(?:\d{3}[. ]?\d{2}|\d{4})(?![\w/])"
    return re.compile(rf"(?<![\w/.,])[1-9]\d-?[a-z]{{1,2}}\d?-\s?(?:\d{{3}}\.?\d{{2}}|\d{{4}})(?![\w/])|(?<![\w/.,])[1-9]\d[a-z]\d?[- ]\d{{3}}\.\d{{2}}(?![\w/])|(?<![\w/.,])[1-9]\d[abcdefklmnpstuvxyz]\d?\d{{5}}(?![\w/])"
                      rf"|\b(?:bien so|bien kiem soat|bks|bsx|xe|bien)\s+(?:so\s+|xe\s+)?{plate}|(?<![\w/])(?:[a-z]{{2}}\d{{10,13}}|[a-z]\d{{7,8}})(?![\w/])")


def _is_account(folded: str, written: str, digits: str, start: int, end: int) -> bool:
    if len(digits) < _SHORTEST_ACCOUNT or _PUBLIC_LINE.fullmatch(digits) or _money(folded, written, end):
        return False
    lead = folded[max(0, start - _WINDOW) : start]
    if _before("account", "paper", "bank").search(lead):
        return True
    if len(digits) < _SHORTEST_BARE or _PHONE.fullmatch(digits):
        return False
    grouped = _GROUPED.fullmatch(written)
    return not grouped and not _YEAR_BEFORE.search(lead) and len(set(re.findall(r"[^\doil]", written))) <= 1


_YEAR_BEFORE = re.compile(r"\b(?:nam|thang|ngay|quy)\s+$")


# --- street addresses

_HOUSE = r"(?:\d{1,4}(?:/\d{1,4}){0,4}(?:[a-z](?:\d{1,2})?)?|\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4})"
_LANE = r"(?:hem|ngo|ngach|kiet|duong|pho|dai lo)"
_AREA = r"(?:to|ap|thon|khom|khu pho|khu dan cu|kdc|phuong|p\.?|xa|quan|q\.?|huyen|thi tran|quoc lo|tinh lo|ban|xom|doi|chung cu|toa)"
_NO_HOUSE = r"(?<!ngay )(?<!thang )(?<!sang )(?<!chieu )(?<!toi )(?<!dem )(?<!trua )(?<!tu )(?<!den )(?<!hom )(?<!mung )(?<!truoc )(?<!sau )(?<!nam )(?<!quan )(?<!phuong )(?<!cap )(?<!km )(?<!lop )(?<!khoa )(?<!luc )(?<!bao so )(?<!dip )(?<!tuyen )(?<!tuyen so )(?<!q\.)(?<!p\.)(?<!q )(?<!p )(?<!quy )(?<!lo )(?<!tieu )(?<!va )(?<!hom )(?<!khu )"
_ADDRESS = re.compile(
    rf"\b(?:so nha|nha so|dia chi nha|dia chi\s*:?\s*so)\s*:?\s*{_HOUSE}(?!\w)"
    rf"|{_NO_HOUSE}(?<![\w/.,]){_HOUSE},?\s+{_LANE}\s+(?!sat|sat|bo|thuy|hang|ong|day|truyen|cao toc|vanh dai|nhanh|mon|dua|tron|tranh|chay|xuong|lon|nho|hoac|va|bi|da|se|dang)\w"
    rf"|\b(?:so|nha)\s+{_HOUSE},?\s+(?:{_LANE}|{_AREA})\s+\w|\b{_LANE}\s+{_HOUSE}[\s,]+(?:so|nha|so nha)\s+{_HOUSE}(?!\w)"
    rf"|\b(?:can|can ho|phong|p\.?|lo|nen)\s*(?:so )?[a-z]?\d{{1,4}}[a-z]?(?:[.\-]\d{{1,4}})?,?\s+(?:chung cu|toa|block|nha tro|khu dan cu|kdc|ktx|ky tuc xa|khu do thi)\b"
)


def _holds_address(clean: str, folded: str) -> bool:
    return bool(_ADDRESS.search(folded)) or any(_names_street(clean, folded, found) for found in _HOUSE_THEN.finditer(folded))


_HOUSE_THEN = re.compile(rf"{_NO_HOUSE}(?<![\w/.,:-]){_HOUSE},?\s+(?=[a-z])")


@cache
def _streets() -> re.Pattern[str]:
    names = {fold(nfc(name.strip())) for line in read_lines("private_places.txt") for key, _, listed in [line.partition(":")] if key == "honoured" for name in listed.split("|")}
    return re.compile("(?:" + "|".join(sorted(names, key=len, reverse=True)) + r"|\d{1,2} thang \d{1,2}|cach mang thang (?:tam|8)|hang [a-z]+|au co|dien bien phu|quang trung)\b")


@cache
def _families() -> re.Pattern[str]:
    names = {fold(nfc(name)) for line in read_lines("family_names.txt") for name in line.partition(":")[2].split()}
    return re.compile("(?:" + "|".join(sorted(names, key=len, reverse=True)) + r")\s+[a-z]+")


def _names_street(clean: str, folded: str, house: re.Match[str]) -> bool:
    """`88 Nguyễn Xiển`, `16A ly tu trong`: a house number before a street's own name."""
    at = house.end()
    if _streets().match(folded, at):
        return True
    capital = clean[at].isupper() and bool(re.match(r"\S+\s+\w", clean[at:])) and clean[at:].split()[1][0].isupper()
    if capital and _families().match(folded, at):
        return True
    number = house[0].strip(" ,")
    numbered = bool(_DATE.fullmatch(number)) is False and ("/" in number or number[-1] in "abcd")
    return numbered and bool(_THEN_AREA.match(folded, at)) and not _unit().match(folded, at)


_DATE = re.compile(r"(?:[12]?\d|3[01])/(?:\d|1[0-2])")
_THEN_AREA = re.compile(r"(?:[a-z]+\s+){1,3}[a-z]+,?\s+(?:phuong|p\.?|quan|q\.?|thi tran|tp\.?)\s*\w")
