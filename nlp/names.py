"""Proper names as they stand in print: runs of capitalised syllables, with the word before that says what they name.

Used to compare two texts (`sông Vàm Lở` is not `sông Cái Tắc`), never to find or keep a person: a name is no field anywhere.
"""

from dataclasses import dataclass

from nlp.text import Token, fold

# What a place, body or thing is called before its name; two names conflict only under the same head.
HEADS = frozenset(
    """tỉnh|thành phố|tp|huyện|quận|xã|phường|thị xã|thị trấn|thôn|ấp|bản|buôn|khu|đảo|quần đảo|vịnh|biển|bãi|sông|suối|kênh|rạch|hồ|đập|núi|đồi|đèo|cầu|hầm|phà|bến|cảng|
    sân bay|ga|chợ|siêu thị|trường|tiểu học|bệnh viện|trạm|nhà máy|thủy điện|hồ chứa|đường|phố|quốc lộ|cao tốc|tuyến|ngân hàng|công ty|bão|sở|bộ|đại học|mầm non|ví|sàn|ứng dụng|lễ hội|chùa|
    khu du lịch|khu công nghiệp|vườn quốc gia|rừng|hãng|hòn""".replace("\n", "").replace("    ", "").split("|")
)  # fmt: skip
_HEADS_FOLDED = frozenset(fold(head) for head in HEADS)
_ALIASES = {
    ("tphcm",): ("ho", "chi", "minh"), ("tp", "hcm"): ("ho", "chi", "minh"), ("hcm",): ("ho", "chi", "minh"), ("sai", "gon"): ("ho", "chi", "minh"), ("viet", "nam"): ("vn",),
    ("trung", "hoa"): ("trung", "quoc"), ("china",): ("trung", "quoc"), ("my",): ("hoa", "ky"), ("vietnam",): ("vn",),
}  # fmt: skip
# Capitalised in print without naming anything that could tell two claims apart.
_NO_NAMES = frozenset(fold(word) for word in ["bộ", "sở", "cục", "ubnd", "hđnd", "công", "an", "chính", "phủ", "nhà", "nước", "tin", "thông", "tin", "từ", "theo", "tôi", "ngày", "ông", "bà", "the", "a", "an", "in", "on", "at", "it", "this", "that", "what", "is", "are", "will", "from", "no"])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name: its folded syllables, the folded head word before it ("" if none), its token span (inclusive)."""

    parts: tuple[str, ...]
    head: str
    first: int
    last: int


def find_names(text: str, tokens: tuple[Token, ...]) -> tuple[Name, ...]:
    """Names of a text in print case; a text all in capitals or all in small letters has none to be seen."""
    capital = [text[token.start].isupper() for token in tokens]
    words = sum(token.form[0].isalpha() for token in tokens)
    if not words or (sum(capital) > 0.6 * words and words > 6):  # noqa: PLR2004
        return ()
    found: list[Name] = []
    index = 0
    while index < len(tokens):
        if not capital[index]:
            index += 1
            continue
        last = index
        while last + 1 < len(tokens) and capital[last + 1] and _adjacent(text, tokens[last], tokens[last + 1]):
            last += 1
        name = _name(text, tokens, index, last)
        if name is not None:
            found.append(name)
        index = last + 1
    return tuple(found)


def _adjacent(text: str, left: Token, right: Token) -> bool:
    return text[left.end : right.start] in (" ", "-", " - ", ". ", ".")


def _starts_sentence(text: str, token: Token) -> bool:
    before = text[: token.start].rstrip(" \t\"“‘'(–-")
    return not before or before[-1] in ".!?:;…\n"


def _name(text: str, tokens: tuple[Token, ...], first: int, last: int) -> Name | None:
    parts = [tokens[at].folded for at in range(first, last + 1)]
    head = ""
    # `Đập Sông Mây bị vỡ`: a head word in capitals is no part of the name; a lone first word is no name.
    alone = last == first and _starts_sentence(text, tokens[first])
    if alone and (parts[0] in _HEADS_FOLDED or len(parts[0]) < 2 or not _looks_foreign(tokens[first].form)):  # noqa: PLR2004
        return None
    before = _head_before(tokens, first)
    for size in () if before else (2, 1):  # `xã Suối Ngọc` is a commune: `Suối` is part of its name
        if len(parts) > size and " ".join(parts[:size]) in _HEADS_FOLDED:
            head, parts, first = " ".join(parts[:size]), parts[size:], first + size
            break
    head = head or before
    parts = [part for part in parts if part not in _NO_NAMES]
    if not parts:
        return None
    key = tuple(parts)
    return Name(_ALIASES.get(key, key), head, first, last)


def _looks_foreign(form: str) -> bool:
    return form.isascii() and len(form) > 4 and not form.endswith(("ng", "nh", "ch"))  # noqa: PLR2004


def _head_before(tokens: tuple[Token, ...], first: int) -> str:
    for size in (2, 1):
        before = " ".join(token.folded for token in tokens[max(0, first - size) : first])
        if first >= size and before in _HEADS_FOLDED:
            return before
    return ""


def holds_name(folded: tuple[str, ...], name: Name) -> bool:
    """Does this sequence of folded syllables hold the name? Works on texts without marks or capitals."""
    size = len(name.parts)
    return any(folded[at : at + size] == name.parts for at in range(len(folded) - size + 1))
