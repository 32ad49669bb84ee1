"""Names of persons in Vietnamese text, with or without marks and capitals: whether there is one, never which.

text | syllables | full names, titled names, nicknames, upland names | yes or no

A name that stands as a place, body or product (`đường Nguyễn Huệ`, `Hà Nội`) is none; a house number or a title before it makes it one.
Word lists: `family_names.txt`, `private_given_names.txt`, `private_words.txt`, `private_places.txt`, `private_ordinary_pairs.txt`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache

from nlp.resources import read_lines
from nlp.text import Token, fold, has_diacritics, nfc, tokenize

_FILES = ("family_names.txt", "private_given_names.txt", "private_words.txt", "private_places.txt")
_LONGEST_NAME = 6
_LONGEST_PHRASE = 4
_SHOUTING = 0.6  # share of capitals above which they say nothing
_FULL = 3  # syllables of an ordinary full name
_STRONG_MIDDLE = {True: frozenset({"văn", "thị"}), False: frozenset({"van", "thi"})}
# Titles that are also everyday words before a place: `chị em Hà Nội`, `con sông`.
_LOOSE_TITLES = frozenset({"em", "cháu", "chau", "bé", "be", "cái", "cai"})
# Titles that, without marks, are mostly other words: có, chỉ, ba (three), đi, thay, chủ, ảnh, tháng.
_UNMARKED_DOUBTFUL = frozenset({"co", "chi", "ba", "di", "thay", "chu", "anh", "thang", "cai", "cau", "be", "bac", "ong", "em", "chau", "cu", "duong", "thim", "mo", "ms", "miss"})
_NO_ORDER_TITLES = frozenset({"co", "thang", "thay", "cai", "em", "be", "chau"})
_INITIALS = re.compile(r"(?<![\w.])(?:[A-ZĐ]\.\s?){2,4}[A-ZĐ][a-zà-ỹ]{1,6}(?![\w])")
_TITLE_INITIALS = re.compile(r"(?<!\w)(?:ông|bà|anh|chị|cô|chú|bác|em|cháu|bé|ong|ba|chi|co|chu|bac|chau)\s+(?:[a-zđ]\.){2,4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Lists:
    """The word lists in one spelling, phrases with single spaces."""

    common: frozenset[str]
    rare: frozenset[str]
    seldom: frozenset[str]
    doubtful: frozenset[str]
    highland: frozenset[str]
    middle: frozenset[str]
    given: frozenset[str]
    plain: frozenset[str]
    kin: frozenset[str]
    job: frozenset[str]
    openers: frozenset[str]
    order: frozenset[str]
    speech: frozenset[str]
    trade: frozenset[str]
    byname: frozenset[str]
    head: frozenset[str]
    softhead: frozenset[str]
    link: frozenset[str]
    exception: frozenset[str]
    place: frozenset[str]
    honoured: frozenset[str]
    brand: frozenset[str]
    body: frozenset[str]
    country: frozenset[str]
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _View:
    """A text as syllables in one spelling. `touching[i]`: only a space or hyphen parts i from i + 1; `capital` is all false where
    capitals say nothing."""

    text: str
    starts: tuple[int, ...]
    words: tuple[str, ...]
    capital: tuple[bool, ...]
    touching: tuple[bool, ...]
    marked: bool
    lists: _Lists

    def pair(self, at: int) -> bool:
        """Are the syllables at and after `at` an ordinary pair of words?"""
        return 0 <= at < len(self.words) - 1 and (self.words[at], self.words[at + 1]) in self.lists.pairs

    def phrase(self, start: int, end: int) -> str:
        return " ".join(self.words[start:end])


@cache
def _lists(marked: bool) -> _Lists:
    found: dict[str, set[str]] = defaultdict(set)
    for line in (line for name in _FILES for line in read_lines(name)):
        key, _, listed = line.partition(":")
        for phrase in listed.split("|") if "|" in listed else listed.split():
            found[key].add(_spelled(phrase, marked))
    if not marked:
        found["plain"] = found["bare"]
    found["openers"] = {phrase.split()[0] for phrase in found["kin"] | found["job"]}
    sets = {field.name: frozenset(found[field.name]) for field in fields(_Lists) if field.name != "pairs"}
    return _Lists(**sets, pairs=frozenset(_pairs(marked)))


def _pairs(marked: bool) -> Iterator[tuple[str, str]]:
    for line in read_lines("private_ordinary_pairs.txt"):
        first, _, seconds = line.partition(":")
        for second in seconds.split():
            yield (first, second) if marked else (fold(first), fold(second))


def _spelled(phrase: str, marked: bool) -> str:
    return " ".join(token.form if marked else token.folded for token in tokenize(nfc(phrase)))


def _view(text: str, tokens: tuple[Token, ...], marked: bool, only_bare: bool = False) -> _View:
    """`only_bare` blots out the syllables that bear marks, to read unmarked names inside a marked text."""
    words = tuple("" if only_bare and token.form != token.folded else token.form if marked else token.folded for token in tokens)
    capital = tuple(text[token.start].isupper() for token in tokens)
    letters = sum(word[:1].isalpha() for word in words)
    if letters > _LONGEST_NAME and sum(capital) > _SHOUTING * letters:
        capital = (False,) * len(tokens)
    gaps = (text[left.end : right.start] for left, right in zip(tokens, tokens[1:], strict=False))
    touching = (*(gap in _JOINS or (gap in _AFTER_INITIAL and (len(left.form) == 1 or left.form in _SHORT_TITLES)) for gap, left in zip(gaps, tokens, strict=False)), False)
    return _View(text, tuple(token.start for token in tokens), words, capital, touching, marked, _lists(marked))


_JOINS = frozenset({" ", "  ", "   ", "-", "'", "’", "\u00a0"})
_SHORT_TITLES = frozenset("mr mrs ms dr bs ks ths ts gs".split())
_AFTER_INITIAL = frozenset({".", ". "})


def holds_name(text: str, tokens: tuple[Token, ...]) -> bool:
    """Does an NFC text (with its `tokens`) name a person, other than one of history after whom the place in question is called?"""
    marked = has_diacritics(text)
    view = _view(text, tokens, marked)
    if "." in text and (_INITIALS.search(text) or _TITLE_INITIALS.search(text)):
        return True
    if any(_begins_name(view, at) for at in range(len(view.words))):
        return True
    if not marked:
        return False
    bare = _view(text, tokens, False, only_bare=True)
    return any(_full_name(bare, at) for at in range(len(bare.words)))


def _begins_name(view: _View, at: int) -> bool:
    return _full_name(view, at) or _titled(view, at) or _untitled(view, at) or _upland(view, at)


# --- full names: a family name and one to four syllables


def _full_name(view: _View, at: int) -> bool:
    if not _family(view, at) or _in_job(view, at):
        return False
    if view.words[at] in view.lists.head and _heads(view, at):
        return False
    size = _capitals(view, at)
    return _capital_name(view, at, size) if size > 1 else _small_name(view, at)


def _heads(view: _View, at: int) -> bool:
    """`Duong Nguyen Hue`, `Ho Tri An`: does a known place or another family name follow, so that this is no family name?"""
    if at + 1 >= len(view.words):
        return False
    sure = _family(view, at + 1) and (view.marked or view.words[at + 1] not in view.lists.doubtful)
    return (sure and not view.pair(at)) or _named_length(view, at + 1) > 0


def _family(view: _View, at: int) -> bool:
    word, lists = view.words[at], view.lists
    return word in lists.common or word in lists.rare or (view.capital[at] and word in lists.seldom)


def _in_job(view: _View, at: int) -> bool:
    """`tổ trưởng`, `trưởng thôn`: no family name, though it may look like one without marks."""
    return view.phrase(at, at + 2) in view.lists.job


def _capitals(view: _View, at: int) -> int:
    """How many syllables from `at` stand in capitals without a break."""
    end = at
    while end < len(view.words) and view.capital[end] and end - at < _LONGEST_NAME:
        end += 1
        if not view.touching[end - 1]:
            break
    return end - at


def _capital_name(view: _View, at: int, size: int) -> bool:
    lists = view.lists
    titled, headed = _kin_before(view, at, sure=True), _after_head(view, at)
    if headed or _is_named(view, at, size):
        return titled or (not headed and size >= _FULL and _speaks(view, at + size))
    common = view.words[at] in lists.common
    if not titled and not common and _inside(view, at):
        return False
    last, second = view.words[at + size - 1], view.words[at + 1]
    if size < _FULL:
        vouched = titled or _job_before(view, at) or _speaks(view, at + size)
        return vouched or (common and last in lists.given and not view.pair(at))
    if view.words[at] in lists.head or not common:
        sure = titled or second in _STRONG_MIDDLE[view.marked] or (second in lists.middle and last in lists.given)
        return sure or (view.words[at] in lists.rare and not view.pair(at) and not _body(view, at + 1))
    return titled or last in lists.given or second in lists.middle or second in lists.given or len(last) == 1


def _inside(view: _View, at: int) -> bool:
    """Does another capital syllable stand directly before?"""
    return at > 0 and view.touching[at - 1] and view.capital[at - 1]


def _named_length(view: _View, at: int) -> int:
    """Syllables of the longest listed place, person of history or firm that begins at `at`; 0 if none does."""
    lists = view.lists
    for end in range(min(at + _LONGEST_PHRASE, len(view.words)), at + 1, -1):
        phrase = view.phrase(at, end)
        if phrase in lists.place or phrase in lists.honoured or phrase in lists.brand:
            return end - at
    return 0


def _is_named(view: _View, at: int, size: int) -> bool:
    """Do these capital syllables name something listed (or begin with such a name)?"""
    length = _named_length(view, at)
    return length >= size or (length > 0 and view.words[at + length] not in view.lists.given)


def _small_name(view: _View, at: int) -> bool:
    """A full name without capitals: only its syllables tell it from words."""
    if at + 1 >= len(view.words) or not view.touching[at]:
        return False
    if at + 2 < len(view.words) and view.touching[at + 1] and _small_triple(view, at):
        return True
    second, lists = view.words[at + 1], view.lists
    titled = _kin_before(view, at, sure=True) or _job_before(view, at)
    return titled and second in lists.given and second not in lists.plain and not view.pair(at) and not _named_length(view, at)


def _small_triple(view: _View, at: int) -> bool:
    lists = view.lists
    family, middle, given = view.words[at : at + 3]
    strong = middle in _STRONG_MIDDLE[view.marked]
    if not strong and not view.marked and _named_length(view, at + 2):
        return False  # `to tai ha noi`
    if _after_head(view, at) or _named_length(view, at) or (not strong and _inside_place(view, at)):
        return _kin_before(view, at, sure=True) and _named_length(view, at) != 2  # noqa: PLR2004
    vouched = _kin_before(view, at) or _job_before(view, at) or _speaks(view, at + 3) or (at + 3 < len(view.words) and view.words[at + 3] in lists.given and _speaks(view, at + 4))
    if strong:
        return _after_middle(view, at, vouched)
    if middle == "a" and _speaks(view, at + 3):
        return True
    if middle not in lists.middle or given not in lists.given:
        return False
    if vouched:
        return not (view.pair(at) and view.pair(at + 1))
    doubtful = family in lists.rare or (not view.marked and family in lists.doubtful)
    if _named_length(view, at + 1) or _named_length(view, at + 2) or any(view.pair(near) for near in (at - 1, at, at + 1)):
        return False
    return not doubtful or (family not in lists.rare and not view.pair(at + 2) and given not in lists.plain)


def _after_middle(view: _View, at: int, vouched: bool) -> bool:
    """`phan thi no`: after `văn` or `thị` any syllable may be the given name, if the words are not ordinary ones."""
    lists = view.lists
    family, given = view.words[at], view.words[at + 2]
    ordinary, rare = view.pair(at + 1), family in lists.rare
    doubtful = rare or (not view.marked and family in lists.doubtful)
    if given in lists.given:
        return vouched or not (ordinary or rare or (doubtful and view.pair(at)))
    return not ordinary and (vouched or (not doubtful and not view.pair(at)))


def _inside_place(view: _View, at: int) -> bool:
    """`tan [son nhat]`: does a listed name begin before and reach beyond `at`?"""
    return any(_named_length(view, at - back) > back for back in (1, 2) if at >= back)


# --- what stands around a name


def _phrase_before(view: _View, at: int, phrases: frozenset[str], close: bool) -> str:
    """The longest listed phrase that ends just before `at` ("" if none); `close`: nothing but a space between."""
    if not at or (not view.touching[at - 1] and (close or _sentence_ends(view, at - 1))):
        return ""
    for length in range(min(at, _LONGEST_PHRASE), 0, -1):
        phrase = view.phrase(at - length, at)
        if phrase in phrases:
            return phrase
    return ""


def _sentence_ends(view: _View, at: int) -> bool:
    gap = view.text[view.starts[at] : view.starts[at + 1]]
    return any(mark in gap for mark in ".!?;\n")


def _kin_before(view: _View, at: int, sure: bool = False) -> bool:
    """Does a form of address stand before? `sure`: one that is nothing else, which makes even a place's name a person's."""
    title = _phrase_before(view, at, view.lists.kin, close=True)
    if not title or (sure and title in _LOOSE_TITLES):
        return False
    return view.marked or not sure or title not in _UNMARKED_DOUBTFUL


def _job_before(view: _View, at: int) -> bool:
    return bool(_phrase_before(view, at, view.lists.job, close=False))


def _speaks(view: _View, at: int) -> bool:
    """Does a verb of saying or dealing, or an age in years, stand at `at`?"""
    words, speech = view.words, view.lists.speech
    if at >= len(words):
        return False
    return words[at] in speech or view.phrase(at, at + 2) in speech or (at + 1 < len(words) and words[at].isdigit() and words[at + 1] in _YEARS)


def _after_head(view: _View, at: int) -> bool:
    """Does the name stand as a place or body: after `đường`, `trường`, ... or in a list that begins so?"""
    for _ in range(_LONGEST_PHRASE):
        if _phrase_before(view, at, view.lists.job, close=True):
            return False  # `trưởng thôn Đỗ Văn Giàu`
        head = _phrase_before(view, at, view.lists.head, close=True)
        if head:
            return view.marked or head not in view.lists.softhead or _named_length(view, at) > 0
        at = _earlier_in_list(view, at)
        if not at:
            return False
    return False


def _earlier_in_list(view: _View, at: int) -> int:
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
_LISTING = frozenset({",", "-", "–", "/", "+"})


# --- titles with a name: `chị Hoa bán cá`, `Ông Bảy Đởm`


def _titled(view: _View, at: int) -> bool:
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


def _kin_names(view: _View, at: int, start: int, title: str) -> bool:
    if view.phrase(at, start + 1) in view.lists.exception or view.phrase(at, start + 2) in view.lists.exception:
        return False
    if view.words[start] in view.lists.order and start + 1 < len(view.words) and not view.capital[start]:
        return view.capital[start + 1] or _nickname(view, start, title)
    size = _capitals(view, start)
    if size:
        return _capital_after_title(view, at, start, size, title)
    return _small_after_title(view, start, title)


def _capital_after_title(view: _View, at: int, start: int, size: int, title: str) -> bool:
    lists, word = view.lists, view.words[start]
    if _body(view, start):
        return False
    place = view.capital[at] and _is_named(view, at, size + start - at)
    if (place or _is_named(view, start, size)) and not (_trade(view, start + size) or _speaks(view, start + size)):
        return view.marked and not place and title not in _LOOSE_TITLES and view.words[start] not in lists.order and not _inside(view, at)
    doubtful = title in _LOOSE_TITLES or (not view.marked and title in _UNMARKED_DOUBTFUL) or (view.capital[at] and at > 0 and view.touching[at - 1])
    vouched = _trade(view, start + size) or _speaks(view, start + size)
    return word in lists.given or _family(view, start) or vouched or not doubtful


def _body(view: _View, at: int) -> bool:
    """Does a place, a body or an abbreviation such as UBND begin here?"""
    lists, word = view.lists, view.words[at]
    if word in lists.head or word in lists.body or view.phrase(at, at + 2) in lists.body or view.phrase(at, at + 2) in lists.head:
        return not _family(view, at)
    written = view.text[view.starts[at] : view.starts[at] + len(word)]
    return len(written) > 1 and written.isupper() and written.isascii() and not _family(view, at)


def _small_after_title(view: _View, start: int, title: str) -> bool:
    lists, word = view.lists, view.words[start]
    if word not in lists.given:
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


def _trade(view: _View, at: int) -> bool:
    return at < len(view.words) and (view.words[at] in view.lists.trade or view.phrase(at, at + 2) in view.lists.trade)


def _nickname(view: _View, start: int, title: str) -> bool:
    """`chú ba mập`, `dì sáu bánh xèo`: an order of birth and what one is known by."""
    if not view.marked and title in _NO_ORDER_TITLES:
        return False
    if title in ("ông", "ong") and view.words[start + 1] in view.lists.order:
        return True
    known_by = view.words[start + 1]
    if known_by in view.lists.byname or view.phrase(start + 1, start + 3) in view.lists.byname:
        return True
    if not view.marked and title not in _ORDER_TITLES:
        return False
    return not view.pair(start) and known_by not in _YEAR_WORDS and known_by[0].isalpha() and (_trade(view, start + 2) or _speaks(view, start + 2))


_ORDER_TITLES = frozenset({"bac", "ba", "ong", "chu", "thim", "duong"})
_YEAR_WORDS = frozenset("nay ngoái sau trước tới người ngoai truoc toi nguoi tháng thang tuần tuan ngày ngay giờ gio lần lan con nhà nha".split())


def _job_names(view: _View, start: int) -> bool:
    """After an occupation only what looks like a name counts: `tài xế Grab` and `bác sĩ Bạch Mai` are none."""
    size = _capitals(view, start)
    if not size:
        return _small_after_job(view, start)
    if _is_named(view, start, size) or _body(view, start):
        return False
    if view.words[start] in view.lists.order and size > 1:
        return True
    return view.words[start] in view.lists.given or _family(view, start)


def _small_after_job(view: _View, start: int) -> bool:
    """`tên thịnh gửi ...`, `bạn khánh vy lớp 10`, `tên ba khía`."""
    lists, word = view.lists, view.words[start]
    if word in lists.order and start + 1 < len(view.words):
        return view.words[start + 1] in lists.byname
    if word not in lists.given or word in lists.plain or view.pair(start - 1):
        return False
    if not view.marked and (view.words[start - 1] in _UNMARKED_LOOSE_JOBS or _named_length(view, start)):
        return False
    end = start + 2 if start + 1 < len(view.words) and view.words[start + 1] in lists.given else start + 1
    return _trade(view, end) or (view.words[start - 1] in _CALLED and not view.pair(start))


_UNMARKED_LOOSE_JOBS = frozenset({"tho", "ban", "bs", "ts", "dr", "gs", "xe"})  # also: nhỏ, bạn/bán/bản, ...
_CALLED = frozenset({"tên", "ten"})


# --- names without family name or title, and upland names


def _untitled(view: _View, at: int) -> bool:
    """`Thu Trang nói ...`, `Tư Rẫy bảo ...`, `Bảo Ngọc Trần`: given names that speak, or come before the family name."""
    size = _capitals(view, at)
    begins = at == 0 or not (view.capital[at - 1] and view.touching[at - 1])
    if not size or not begins or _after_head(view, at) or _is_named(view, at, size):
        return False
    lists, words = view.lists, view.words[at : at + size]
    if size == 1:
        usable = view.marked and words[0] in lists.given and words[0] not in lists.plain and words[0] not in lists.country
        return usable and _speaks(view, at + 1) and not view.pair(at)
    if words[0] in lists.order and size <= _FULL:
        return _speaks(view, at + size)
    if size > _FULL or words[0] not in lists.given or words[1] not in lists.given and words[1] not in lists.common:
        return False
    return _speaks(view, at + size) or (size == _FULL and words[-1] in lists.common and words[-1] not in lists.place)


def _upland(view: _View, at: int) -> bool:
    """`Y Blum Niê`, `Giàng Seo Phử`, `A Lềnh`; also in small letters where the particle stands in the middle: `giàng a chinh`."""
    word, lists = view.words[at], view.lists
    if (word not in lists.highland and word not in _LETTERS) or at + 2 >= len(view.words) or not view.touching[at] or _after_head(view, at):
        return False
    second, third = view.words[at + 1 : at + 3]
    size = _capitals(view, at)
    if size < 2:  # noqa: PLR2004
        particle = word in lists.highland and second in _PARTICLES and not view.pair(at)
        return particle or (word in _LETTERS and fold(third) in _CLANS and view.touching[at + 1])
    if _inside(view, at) or _is_named(view, at, size):
        return False
    if word not in _LETTERS:
        return size >= _FULL or _speaks(view, at + size)
    if word == "a":
        return size == 2 and (third in lists.link or _speaks(view, at + 2))  # noqa: PLR2004
    return size >= _FULL or second in lists.highland


_LETTERS = frozenset("yhka")
_CLANS = frozenset("nie eban mlo hlong ksor rmah ayun bya ktla enuol adrong kbuor kpa rcam siu".split())
_PARTICLES = frozenset({"a", "seo", "h", "y"})


# --- a term alone


def is_person_name(text: str) -> bool:
    """Is this term, standing alone, a person's name? Places, bodies, firms, products and weather are none. Honoured names count as names."""
    clean = nfc(text).strip()
    tokens = tokenize(clean)
    view = _view(clean, tokens, has_diacritics(clean))
    if not view.words or _listed(view):
        return False
    return _ABBREVIATED.search(clean) is not None or holds_name(clean, tokens) or _bare_name(view)


_LONGEST_TERM = 7
_ABBREVIATED = re.compile(r"(?<![\w.])(?:[A-ZĐ]\.\s?){1,4}[A-ZĐ][a-zà-ỹ]{1,6}$|[a-zà-ỹ] [A-ZĐ]\.$")


def _listed(view: _View) -> bool:
    """A known place or firm, or a term that begins with what a place or body is called."""
    lists, whole = view.lists, view.phrase(0, len(view.words))
    if whole in lists.place - lists.honoured or whole in lists.brand or whole in _PLACES_FIRST:
        return True
    if view.words[0] in lists.head and len(view.words) > 1:
        return not _family(view, 0) or _heads(view, 0)
    return view.phrase(0, 2) in lists.head or view.phrase(0, 3) in lists.head


_PLACES_FIRST = frozenset({"hồ chí minh", "ho chi minh"})


def _bare_name(view: _View) -> bool:
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
    known = sum(word in lists.given or word in lists.middle for word in words[1:])
    if size >= _FULL and (words[0] in lists.common or words[0] in lists.rare or words[0] in lists.highland):
        return capitals or known == size - 1
    if size >= _FULL and capitals and words[0] in lists.seldom:
        return known * 2 >= size
    if size == 2:  # noqa: PLR2004
        return capitals and words[0] in lists.common and known == 1
    return words[-1] in lists.common and all(word in lists.given or word in lists.middle for word in words[:-1])


def _ordinary_term(view: _View) -> bool:
    """Do the syllables read as words? Not where a family name that is nothing else stands before, or only the first two do so."""
    pairs = [view.pair(at) for at in range(len(view.words) - 1)]
    if view.words[0] in view.lists.common and (view.marked or view.words[0] not in view.lists.doubtful):
        return all(pairs)
    return any(pairs[1:]) or (pairs[0] and len(view.words) != _FULL)
