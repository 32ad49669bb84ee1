"""The ground all matching stands on: characters, tone placement, diacritics, syllables with their offsets.

Everything here keeps offsets: a quote is always cut from the original text, never from a normalised one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

_LETTERS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
_MARKS = ["\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]


def _fold_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for letter in _LETTERS:
        for mark in ["", *_MARKS]:
            whole = unicodedata.normalize("NFC", letter + mark)
            base = unicodedata.normalize("NFD", whole)[0]
            table[ord(whole)] = base.lower()
    table.update({code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)})
    return table


_FOLD = _fold_table()
# `hoà` and `hòa`, `khoẻ` and `khỏe`, `thuỷ` and `thủy` are one word in two spellings; the older placement is kept.
# After `q` the `u` belongs to the consonant (`quý`), and before a final letter both spellings agree (`toàn`).
_NEW_TONE = re.compile(r"(?<![qQ])(o[àáảãạ]|o[èéẻẽẹ]|u[ỳýỷỹỵ])(?![a-zà-ỹ])", re.IGNORECASE)
# A stroke right before a figure belongs to it (`-3 độ`), as does a percent sign after it; `18-11` is one token, and so is `5g`, which weighs nothing.
_WORD = re.compile(r"(?<!\S)[-−](?=\d)\d+(?:[.,]\d+)*(?: ?%)?|[2-6]g(?!\w)|\d+(?:[.,:/-]\d+)*(?: ?%)?|[^\W\d_]+", re.UNICODE)
_REPEATED = re.compile(r"([^\W\d])\1{2,}", re.IGNORECASE)

# Chat spellings whose meaning does not depend on the context. `k` after a number is a thousand (see quantities).
CHAT: dict[str, str] = {
    "ko": "không", "k": "không", "kg": "không", "hok": "không", "hong": "không", "hông": "không", "khg": "không", "kh": "không",
    "dc": "được", "đc": "được", "đx": "được", "dx": "được", "j": "gì", "z": "vậy", "v": "vậy", "r": "rồi", "vs": "với", "ms": "mới",
    "ng": "người", "ngta": "người ta", "mn": "mọi người", "mng": "mọi người", "bv": "bệnh viện", "hs": "học sinh", "gv": "giáo viên",
    "sv": "sinh viên", "ph": "phụ huynh", "tp": "thành phố", "hn": "hà nội", "sg": "sài gòn", "tphcm": "thành phố hồ chí minh",
    "hcm": "hồ chí minh", "đt": "điện thoại", "dt": "điện thoại", "sdt": "số điện thoại", "sđt": "số điện thoại", "tk": "tài khoản",
    "nh": "ngân hàng", "nc": "nước", "vn": "việt nam", "tn": "tin nhắn", "ck": "chuyển khoản", "cmnd": "căn cước", "cccd": "căn cước",
    "gplx": "giấy phép lái xe", "blx": "bằng lái xe", "bhyt": "bảo hiểm y tế", "bhxh": "bảo hiểm xã hội", "sxh": "sốt xuất huyết",
    "atm": "máy atm", "ubnd": "ủy ban nhân dân", "csgt": "cảnh sát giao thông", "ca": "công an", "mxh": "mạng xã hội", "tgian": "thời gian",
    "bít": "biết", "bik": "biết", "bt": "biết", "nghe ns": "nghe nói", "cg": "cũng", "cx": "cũng", "lm": "làm", "trc": "trước", "wa": "quá",
    "nv": "nhân viên", "cty": "công ty", "kdl": "khu du lịch", "đk": "đăng ký", "tx": "thị xã",
    "ql": "quốc lộ", "tl": "tỉnh lộ", "kv": "khu vực", "thpt": "trung học phổ thông", "thcs": "trung học cơ sở", "gd": "giáo dục", "gddt": "giáo dục đào tạo",
}  # fmt: skip
# These stand for something else in ordinary print, so they are read as chat only in a text that is chat.
_ONLY_IN_CHAT = frozenset(
    {
        "k",
        "j",
        "z",
        "v",
        "r",
        "kg",
        "kh",
        "ca",
        "bt",
        "ph",
        "dt",
        "tn",
        "ng",
        "nh",
        "gd",
        "lm",
        "kv",
        "ck",
        "nc",
        "wa",
        "hong",
        "ms",
        "bít",
        "tl",
        "ql",
    }
)
_CHAT_SIGNS = frozenset(
    {
        "ko",
        "dc",
        "đc",
        "mn",
        "mng",
        "hok",
        "vs",
        "j",
        "z",
        "ngta",
        "trc",
        "bik",
        "cx",
        "cg",
        "lun",
        "zậy",
        "zị",
        "hông",
        "khg",
        "nha",
        "nhe",
        "nhé",
        "ơi",
        "ạ",
        "k",
        "r",
    }
)


class Token(NamedTuple):
    """One syllable or number. `form`: lower case, one tone placement; `folded`: without diacritics; offsets in the original.

    A named tuple: made by the thousand for every page, it costs less than half a dataclass.
    """

    form: str
    folded: str
    start: int
    end: int


_new_token: Callable[[Iterable[object]], Token] = partial(tuple.__new__, Token)


def nfc(text: str) -> str:
    """Composed characters; also drops zero-width ones and NUL, which hide words from comparison."""
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE))


_INVISIBLE = dict.fromkeys([0, 0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])


def unify_tone(text: str) -> str:
    """One placement of tone marks: `hoà` becomes `hòa`. Keeps the length. Expects NFC."""
    return _NEW_TONE.sub(_move_mark, text)


def _move_mark(match: re.Match[str]) -> str:
    first, second = match.group(0)[0], match.group(0)[1]
    decomposed = unicodedata.normalize("NFD", second)
    return unicodedata.normalize("NFC", first + decomposed[1:]) + decomposed[0]


def fold(text: str) -> str:
    """Lower case without diacritics, `đ` as `d`; one character for one. Expects NFC."""
    return text.translate(_FOLD)


_ASCII, _MARKED_SHARE = 127, 0.06  # Vietnamese print has marks on a third of its letters; a foreign name among English words stays below


def has_diacritics(text: str) -> bool:
    """Is this Vietnamese written with its marks? False for unmarked Vietnamese and for English."""
    letters = sum(map(str.isalpha, text))
    plain = sum(map(str.isalpha, text.encode("ascii", "ignore").decode("ascii")))
    return letters > 0 and (letters - plain) / letters > _MARKED_SHARE


def tokenize(text: str) -> tuple[Token, ...]:
    """Syllables and numbers of an NFC text, in order."""
    lowered = text.lower()
    lowered = unify_tone(lowered if len(lowered) == len(text) else text)
    folded = fold(lowered)
    spans = [found.span() for found in _WORD.finditer(lowered)]
    # Made by the thousand for every page: this way no line of Python runs for each.
    parts = zip([lowered[a:b] for a, b in spans], [folded[a:b] for a, b in spans], [a for a, _ in spans], [b for _, b in spans], strict=True)
    return tuple(map(_new_token, parts))


def expand_chat(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Chat spellings written out (`ko` → `không`), each at the place of the original; a token may become several."""
    forms = [token.form for token in tokens]
    long = _REPEATED.search(" ".join(forms)) is not None
    if not long and CHAT.keys().isdisjoint(forms):
        return tokens
    is_chat = sum(token.form in _CHAT_SIGNS for token in tokens) >= 1
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if index and tokens[index - 1].end == token.start:  # `50k`, `1tr2`: a scale, not a word
            out.append(token)
            continue
        form = _REPEATED.sub(r"\1", token.form) if long and token.form not in CHAT else token.form  # `cccd`
        is_word = form in _ONLY_IN_CHAT and (not is_chat or _reads_as_print(form, index, forms, tokens))
        written = form if is_word else CHAT.get(form, form)
        if written == token.form:
            out.append(token)
            continue
        out.extend(Token(part, fold(part), token.start, token.end) for part in written.split())
    return tuple(out)


_CASES = "ca"


def _reads_as_print(form: str, index: int, forms: Sequence[str], tokens: Sequence[Token]) -> bool:
    """In chat too `3.400 ca` are cases, and without marks `ca` may be any of cá, cà, cả."""
    return form == _CASES and ((index > 0 and forms[index - 1][0].isdigit()) or all(token.form == token.folded for token in tokens))


_OPEN_Y = re.compile(r"(?<=[hklmstv])[yỳýỷỹỵ]$")
_Y_AS_I = dict(zip("yỳýỷỹỵ", "iìíỉĩị", strict=True))


def same_spelling(form: str) -> str:
    """`kỹ` and `kĩ`, `bác sỹ` and `bác sĩ` are one word in two spellings: the one with `i` is given. Expects a token's form."""
    return _OPEN_Y.sub(lambda match: _Y_AS_I[match.group()], form)


def syllables(text: str) -> int:
    """Whitespace-separated syllables: the measure under which nothing is linked by itself."""
    return len(text.split())
