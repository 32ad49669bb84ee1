"""Names of persons in Vietnamese text, with or without marks and capitals: whether there is one, never which.

text | syllables | full names, titled names, nicknames, upland names | yes or no

A name that stands as a place, body or product (`đường Nguyễn Huệ`, `Hà Nội`) is none; a house number or a title before it makes it one.
The word lists are in `nlp.person_words`.
"""

import re

from nlp.person_words import LONGEST_PHRASE, View, view_of
from nlp.text import Token, fold, has_diacritics, nfc, tokenize

_FULL = 3  # syllables of an ordinary full name
_STRONG_MIDDLE = {True: frozenset({"văn", "thị"}), False: frozenset({"van", "thi"})}
# Titles that are also everyday words before a place: `chị em Hà Nội`, `con sông`.
_LOOSE_TITLES = frozenset({"em", "cháu", "chau", "bé", "be", "cái", "cai"})
# Titles that, without marks, are mostly other words: có, chỉ, ba (three), đi, thay, chủ, ảnh, tháng.
_UNMARKED_DOUBTFUL = frozenset(
    ["co", "chi", "ba", "di", "thay", "chu", "anh", "thang", "cai", "cau", "be", "bac", "ong", "em", "chau", "cu", "duong", "thim", "mo"]
)
_NO_ORDER_TITLES = frozenset({"co", "thang", "thay", "cai", "em", "be", "chau"})
_INITIALS = re.compile(r"(?<![\w.])(?:[A-ZĐ]\.\s?){2,4}[A-ZĐ][a-zà-ỹ]{1,6}(?![\w])")
_TITLE_INITIALS = re.compile(r"(?<!\w)(?:ông|bà|anh|chị|cô|chú|bác|em|cháu|bé|ong|ba|chi|co|chu|bac|chau)\s+(?:[a-zđ]\.){2,4}", re.IGNORECASE)


def holds_name(text: str, tokens: tuple[Token, ...]) -> bool:
    """Does an NFC text (with its `tokens`) name a person, other than one of history after whom the place in question is called?"""
    marked = has_diacritics(text)
    view = view_of(text, tokens, marked)
    if "." in text and (_INITIALS.search(text) or _TITLE_INITIALS.search(text)):
        return True
    if any(_begins_name(view, at) for at in range(len(view.words))):
        return True
    if not marked:
        return False
    bare = view_of(text, tokens, False, only_bare=True)
    return any(_full_name(bare, at) for at in range(len(bare.words)))


def _begins_name(view: View, at: int) -> bool:
    return _full_name(view, at) or _titled(view, at) or _untitled(view, at) or _upland(view, at)


# --- full names: a family name and one to four syllables


def _full_name(view: View, at: int) -> bool:
    if not view.family(at) or _in_job(view, at):
        return False
    if view.words[at] in view.lists.head and _heads(view, at):
        return False
    size = view.capitals(at)
    return _capital_name(view, at, size) if size > 1 else _small_name(view, at)


def _heads(view: View, at: int) -> bool:
    """`Duong Nguyen Hue`, `Ho Tri An`: does a known place or another family name follow, so that this is no family name?"""
    if at + 1 >= len(view.words):
        return False
    sure = view.family(at + 1) and (view.marked or not view.doubtful(at + 1))
    return (sure and not view.pair(at)) or view.named_length(at + 1) > 0


def _in_job(view: View, at: int) -> bool:
    """`tổ trưởng`, `trưởng thôn`: no family name, though it may look like one without marks."""
    return view.phrase(at, at + 2) in view.lists.job


def _capital_name(view: View, at: int, size: int) -> bool:
    lists = view.lists
    titled, headed = _kin_before(view, at, sure=True), _after_head(view, at)
    if headed or view.is_named(at, size):
        return titled or (not headed and size >= _FULL and _speaks(view, at + size))
    common = view.words[at] in lists.common
    if not titled and not common and view.inside(at):
        return False
    last, second = view.words[at + size - 1], view.words[at + 1]
    if size < _FULL:
        vouched = titled or _job_before(view, at) or _speaks(view, at + size)
        return vouched or (common and last in lists.given and not view.pair(at))
    if view.words[at] in lists.head or not common:
        sure = titled or second in _STRONG_MIDDLE[view.marked] or (second in lists.middle and last in lists.given)
        return sure or (view.words[at] in lists.rare and not view.pair(at) and not _body(view, at + 1))
    return titled or last in lists.given or second in lists.middle or second in lists.given or len(last) == 1


def _small_name(view: View, at: int) -> bool:
    """A full name without capitals: only its syllables tell it from words."""
    if at + 1 >= len(view.words) or not view.touching[at]:
        return False
    if at + 2 < len(view.words) and view.touching[at + 1] and _small_triple(view, at):
        return True
    second, lists = view.words[at + 1], view.lists
    titled = _kin_before(view, at, sure=True) or _job_before(view, at)
    return titled and second in lists.given and second not in lists.plain and not view.pair(at) and not view.named_length(at)


def _small_triple(view: View, at: int) -> bool:
    strong = view.words[at + 1] in _STRONG_MIDDLE[view.marked]
    if not strong and not view.marked and view.named_length(at + 2):
        return False  # `to tai ha noi`
    if _after_head(view, at) or view.named_length(at) or (not strong and view.inside_place(at)):
        return _kin_before(view, at, sure=True) and view.named_length(at) != 2  # noqa: PLR2004
    spoken = _speaks(view, at + 3) or (view.given(at + 3) and _speaks(view, at + 4))
    vouched = spoken or _kin_before(view, at) or _job_before(view, at)
    return _after_middle(view, at, vouched) if strong else _after_usual_middle(view, at, vouched)


def _after_usual_middle(view: View, at: int, vouched: bool) -> bool:
    """`le hoang nam`: three name syllables, of which no two are ordinary words together."""
    lists = view.lists
    family, middle, given = view.words[at : at + 3]
    if middle == "a" and _speaks(view, at + 3):
        return True
    if middle not in lists.middle or given not in lists.given:
        return False
    if vouched:
        return not (view.pair(at) and view.pair(at + 1))
    if view.named_length(at + 1) or view.named_length(at + 2) or any(view.pair(near) for near in (at - 1, at, at + 1)):
        return False
    return not view.doubtful(at) or (family not in lists.rare and not view.pair(at + 2) and given not in lists.plain)


def _after_middle(view: View, at: int, vouched: bool) -> bool:
    """`phan thi no`: after `văn` or `thị` any syllable may be the given name, if the words are not ordinary ones."""
    lists = view.lists
    ordinary, doubtful = view.pair(at + 1), view.doubtful(at)
    if view.given(at + 2):
        return vouched or not (ordinary or view.words[at] in lists.rare or (doubtful and view.pair(at)))
    return not ordinary and (vouched or not (doubtful or view.pair(at)))


# --- what stands around a name


def _phrase_before(view: View, at: int, phrases: frozenset[str], close: bool) -> str:
    """The longest listed phrase that ends just before `at` ("" if none); `close`: nothing but a space between."""
    if not at or (not view.touching[at - 1] and (close or _sentence_ends(view, at - 1))):
        return ""
    for length in range(min(at, LONGEST_PHRASE), 0, -1):
        phrase = view.phrase(at - length, at)
        if phrase in phrases:
            return phrase
    return ""


def _sentence_ends(view: View, at: int) -> bool:
    gap = view.text[view.starts[at] : view.starts[at + 1]]
    return any(mark in gap for mark in ".!?;\n")


def _kin_before(view: View, at: int, sure: bool = False) -> bool:
    """Does a form of address stand before? `sure`: one that is nothing else, which makes even a place's name a person's."""
    title = _phrase_before(view, at, view.lists.kin, close=True)
    if not title or (sure and title in _LOOSE_TITLES):
        return False
    return view.marked or not sure or title not in _UNMARKED_DOUBTFUL


def _job_before(view: View, at: int) -> bool:
    return bool(_phrase_before(view, at, view.lists.job, close=False))


def _speaks(view: View, at: int) -> bool:
    """Does a verb of saying or dealing, or an age in years, stand at `at`?"""
    words, speech = view.words, view.lists.speech
    if at >= len(words):
        return False
    return words[at] in speech or view.phrase(at, at + 2) in speech or (at + 1 < len(words) and words[at].isdigit() and words[at + 1] in _YEARS)


def _after_head(view: View, at: int) -> bool:
    """Does the name stand as a place or body: after `đường`, `trường`, ... or in a list that begins so?"""
    for _ in range(LONGEST_PHRASE):
        if _phrase_before(view, at, view.lists.job, close=True):
            return False  # `trưởng thôn Đỗ Văn Giàu`
        head = _phrase_before(view, at, view.lists.head, close=True)
        if head:
            return view.marked or head not in view.lists.softhead or view.named_length(at) > 0
        at = _earlier_in_list(view, at)
        if not at:
            return False
    return False


def _earlier_in_list(view: View, at: int) -> int:
    """Where the item before this one in `đường Lê Lợi, Trần Phú và ...` begins; 0 if there is none."""
    end = at - 1
    if end > 0 and view.words[end] in view.lists.link:
        end -= 1
    elif end < 0 or view.touching[end] or view.text[view.starts[end] + len(view.words[end]) : view.starts[at]].strip() not in _LISTING:
        return 0
    start = end
    while start > 0 and view.capital[start] and view.capital[start - 1] and view.touching[start - 1]:
        start -= 1
    return start if end >= 0 and view.capital[start] and start < end else 0


_YEARS = frozenset({"tuổi", "tuoi"})
_LISTING = frozenset({",", "-", "\u2013", "/", "+"})


# --- titles with a name: `chị Hoa bán cá`, `Ông Bảy Đởm`


def _titled(view: View, at: int) -> bool:
    if view.words[at] not in view.lists.openers:
        return False
    for length in (3, 2, 1):
        phrase = view.phrase(at, at + length)
        if at + length >= len(view.words) or not view.touching[at + length - 1]:
            continue
        if phrase in view.lists.kin:
            return _kin_names(view, at, at + length, phrase)
        if phrase in view.lists.job:
            return _job_names(view, at + length)
    return False


def _kin_names(view: View, at: int, start: int, title: str) -> bool:
    if view.phrase(at, start + 1) in view.lists.exception or view.phrase(at, start + 2) in view.lists.exception:
        return False
    if view.words[start] in view.lists.order and start + 1 < len(view.words) and not view.capital[start]:
        return (view.capital[start + 1] and view.marked) or _nickname(view, start, title)
    size = view.capitals(start)
    if size:
        return _capital_after_title(view, at, start, size, title)
    return _small_after_title(view, start, title)


def _capital_after_title(view: View, at: int, start: int, size: int, title: str) -> bool:
    lists, word = view.lists, view.words[start]
    if _body(view, start):
        return False
    place = view.capital[at] and view.is_named(at, size + start - at)
    if (place or view.is_named(start, size)) and not (_trade(view, start + size) or _speaks(view, start + size)):
        return view.marked and not place and title not in _LOOSE_TITLES and view.words[start] not in lists.order and not view.inside(at)
    inside = view.capital[at] and at > 0 and view.touching[at - 1]  # `tiếng Anh`, `Bác`: often itself a name
    doubtful = inside or title in _LOOSE_TITLES or (not view.marked and title in _UNMARKED_DOUBTFUL)
    vouched = _trade(view, start + size) or _speaks(view, start + size)
    return word in lists.given or view.family(start) or vouched or not doubtful


def _body(view: View, at: int) -> bool:
    """Does a place, a body or an abbreviation such as UBND begin here?"""
    lists, word = view.lists, view.words[at]
    if word in lists.head or word in lists.body or view.phrase(at, at + 2) in lists.body or view.phrase(at, at + 2) in lists.head:
        return not view.family(at)
    written = view.text[view.starts[at] : view.starts[at] + len(word)]
    return len(written) > 1 and written.isupper() and written.isascii() and not view.family(at)


def _small_after_title(view: View, start: int, title: str) -> bool:
    lists, word = view.lists, view.words[start]
    if word not in lists.given or view.phrase(start, start + 2) in lists.job:
        return False
    if not view.marked and (title in _UNMARKED_NEVER or view.named_length(start)):
        return False
    end = start + 1
    doubtful = not view.marked and title in _UNMARKED_DOUBTFUL
    if end < len(view.words) and view.words[end] in lists.common and (view.marked or view.words[end] not in lists.doubtful):
        return not view.pair(start - 1)
    if not doubtful and end < len(view.words) and view.words[end] in lists.given and not _trade(view, end):
        end += 1
    ordinary = view.pair(start - 1) or word in lists.plain
    if _trade(view, end) and word not in lists.plain and not (doubtful and ordinary and view.words[end] not in _SURE_TRADES):
        return True
    if _speaks(view, end) and not ordinary:
        return True
    return view.marked and title not in _LOOSE_TITLES and not ordinary and not view.pair(start)


_UNMARKED_NEVER = frozenset({"cau", "mo", "duong", "di"})  # nearly always: câu, mở, đường, đi
_SURE_TRADES = frozenset({"lop", "tho"})


def _trade(view: View, at: int) -> bool:
    return at < len(view.words) and (view.words[at] in view.lists.trade or view.phrase(at, at + 2) in view.lists.trade)


def _nickname(view: View, start: int, title: str) -> bool:
    """`chú ba mập`, `dì sáu bánh xèo`: an order of birth and what one is known by."""
    if not view.marked and title in _NO_ORDER_TITLES:
        return False
    if title in ("ông", "ong") and view.words[start + 1] in view.lists.order:
        return True
    known_by = view.words[start + 1]
    if known_by in view.lists.byname or view.phrase(start + 1, start + 3) in view.lists.byname:
        return True
    if (not view.marked and title not in _ORDER_TITLES) or view.pair(start) or known_by in _NO_NICKNAMES or not known_by[0].isalpha():
        return False
    return _trade(view, start + 2) or _speaks(view, start + 2)


_ORDER_TITLES = frozenset({"bac", "ba", "ong", "chu", "thim", "duong"})
_NO_NICKNAMES = frozenset(
    ["nay", "ngoái", "ngoai", "sau", "trước", "truoc", "tới", "toi", "người", "nguoi", "tháng", "thang", "tuần", "tuan", "ngày", "ngay"]
).union(["giờ", "gio", "lần", "lan", "con", "nhà", "nha"])


def _job_names(view: View, start: int) -> bool:
    """After an occupation only what looks like a name counts: `tài xế Grab` and `bác sĩ Bạch Mai` are none."""
    size = view.capitals(start)
    if not size:
        return _small_after_job(view, start)
    if view.is_named(start, size) or _body(view, start):
        return False
    if view.words[start] in view.lists.order and size > 1:
        return True
    return view.words[start] in view.lists.given or view.family(start)


def _small_after_job(view: View, start: int) -> bool:
    """`tên thịnh gửi ...`, `bạn khánh vy lớp 10`, `tên ba khía`."""
    lists, word = view.lists, view.words[start]
    if word in lists.order and start + 1 < len(view.words):
        return view.words[start + 1] in lists.byname
    if word not in lists.given or word in lists.plain or view.pair(start - 1):
        return False
    if not view.marked and (view.words[start - 1] in _UNMARKED_LOOSE_JOBS or view.named_length(start)):
        return False
    end = start + 2 if start + 1 < len(view.words) and view.words[start + 1] in lists.given else start + 1
    return _trade(view, end) or (view.words[start - 1] in _CALLED and not view.pair(start))


_UNMARKED_LOOSE_JOBS = frozenset({"tho", "ban", "bs", "ts", "dr", "gs", "xe"})  # also: nhỏ, bạn/bán/bản, ...
_CALLED = frozenset({"tên", "ten"})


# --- names without family name or title, and upland names


def _untitled(view: View, at: int) -> bool:
    """`Thu Trang nói ...`, `Tư Rẫy bảo ...`, `Bảo Ngọc Trần`: given names that speak, or come before the family name."""
    size = view.capitals(at)
    if not size or view.inside(at) or _after_head(view, at) or view.is_named(at, size):
        return False
    lists, words = view.lists, view.words[at : at + size]
    if size == 1:
        usable = view.marked and words[0] in lists.given and words[0] not in lists.plain and words[0] not in lists.country
        return usable and _speaks(view, at + 1) and not view.pair(at)
    if words[0] in lists.order and size <= _FULL:
        return _speaks(view, at + size)
    if size > _FULL or words[0] not in lists.given or (words[1] not in lists.given and words[1] not in lists.common):
        return False
    return _speaks(view, at + size) or (size == _FULL and words[-1] in lists.common and words[-1] not in lists.place)


def _upland(view: View, at: int) -> bool:
    """`Y Blum Niê`, `Giàng Seo Phử`, `A Lềnh`; also in small letters where the particle stands in the middle: `giàng a chinh`."""
    word, lists = view.words[at], view.lists
    if (word not in lists.highland and word not in _LETTERS) or at + 2 >= len(view.words) or not view.touching[at] or _after_head(view, at):
        return False
    second, third = view.words[at + 1 : at + 3]
    size = view.capitals(at)
    if size < 2:  # noqa: PLR2004
        particle = word in lists.highland and second in _PARTICLES and not view.pair(at)
        return particle or (word in _LETTERS and fold(third) in _CLANS and view.touching[at + 1])
    if view.inside(at) or view.is_named(at, size):
        return False
    if word not in _LETTERS:
        return size >= _FULL or _speaks(view, at + size)
    if word == "a":
        return size == 2 and (third in lists.link or _speaks(view, at + 2))  # noqa: PLR2004
    return size >= _FULL or second in lists.highland


_LETTERS = frozenset("yhka")
_CLANS = frozenset({"nie", "eban", "mlo", "hlong", "ksor", "rmah", "ayun", "bya", "ktla", "enuol", "adrong", "kbuor", "kpa", "rcam", "siu"})
_PARTICLES = frozenset({"a", "seo", "h", "y"})


# --- a term alone


def is_person_name(text: str) -> bool:
    """Is this term, standing alone, a person's name? Places, bodies, firms, products and weather are none. Honoured names count as names."""
    clean = nfc(text).strip()
    tokens = tokenize(clean)
    view = view_of(clean, tokens, has_diacritics(clean))
    if not view.words or _listed(view):
        return False
    return _ABBREVIATED.search(clean) is not None or holds_name(clean, tokens) or _bare_name(view)


_LONGEST_TERM = 7
_ABBREVIATED = re.compile(r"(?<![\w.])(?:[A-ZĐ]\.\s?){1,4}[A-ZĐ][a-zà-ỹ]{1,6}$|[a-zà-ỹ] [A-ZĐ]\.$")


def _listed(view: View) -> bool:
    """A known place or firm, or a term that begins with what a place or body is called."""
    lists, whole = view.lists, view.phrase(0, len(view.words))
    if whole in lists.place - lists.honoured or whole in lists.brand or whole in _PLACES_FIRST:
        return True
    if view.words[0] in lists.head and len(view.words) > 1:
        return not view.family(0) or _heads(view, 0)
    return view.phrase(0, 2) in lists.head or view.phrase(0, 3) in lists.head


_PLACES_FIRST = frozenset({"hồ chí minh", "ho chi minh"})


def _bare_name(view: View) -> bool:
    """Only name syllables: a family name first or last, or a nickname by order of birth."""
    words, lists, size = view.words, view.lists, len(view.words)
    capitals = all(view.capital)
    if not 1 < size <= _LONGEST_TERM or not all(word.isalpha() for word in words) or (any(view.capital) and not capitals):
        return False
    if size >= _FULL and words[0] in lists.common and words[1] in _STRONG_MIDDLE[view.marked] and view.phrase(0, 2) != "do thi":
        return True
    if _ordinary_term(view):
        return False
    if capitals and words[0] in lists.order:
        return view.marked
    return _bare_full_name(view, capitals) if size >= _FULL else capitals and words[0] in lists.common and words[1] in lists.middle | lists.given


def _bare_full_name(view: View, capitals: bool) -> bool:
    words, lists = view.words, view.lists
    known = [word in lists.given or word in lists.middle for word in words]
    if words[0] in lists.common or words[0] in lists.rare or words[0] in lists.highland:
        return capitals or all(known[1:])
    if capitals and words[0] in lists.seldom:
        return sum(known[1:]) * 2 >= len(words)
    return words[-1] in lists.common and all(known[:-1])


def _ordinary_term(view: View) -> bool:
    """Do the syllables read as words? Not where a family name that is nothing else stands before, or only the first two do so."""
    pairs = [view.pair(at) for at in range(len(view.words) - 1)]
    if view.words[0] in view.lists.common and (view.marked or view.words[0] not in view.lists.doubtful):
        return all(pairs)
    return any(pairs[1:]) or (pairs[0] and len(view.words) != _FULL)
