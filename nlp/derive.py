"""Checks without markup: a published story that reports a claim to be false ("Bác tin ...", "Không có chuyện ...").

What is denied becomes `claim_reviewed`; the denying sentence is the quote; who denies is named if it is an organisation.
"""

import re
from dataclasses import dataclass

from kiemtin.domain.scope import Theme
from nlp.compare import coverage
from nlp.denial import denies, is_check_title
from nlp.privacy import NAME, find_private
from nlp.profile import profile
from nlp.resources import read_lines
from nlp.scope import Scope, scope_of
from nlp.sentences import Reading
from nlp.text import syllables

_SAID = r"(?:cho rằng|nói rằng|rằng|cho biết|nói|về việc|về chuyện|về|việc|chuyện|là|kể)"
_TOLD = r"(?:[Tt]hông tin|[Tt]in đồn|[Tt]in nhắn|[Tt]in|[Ll]ời đồn|[Nn]ội dung|[Bb]ài (?:viết|đăng)|[Cc]huyện|[Vv]ăn bản|[Cc]lip|[Vv]ideo|[Hh]ình ảnh|[Cc]ảnh báo|[Ll]ời cảnh báo)"
_UNTRUE = r"(?:(?:là |đều |hoàn toàn |chỉ là )+(?:tin giả|tin đồn(?: thất thiệt)?|bịa đặt|sai(?: sự thật)?|giả|không (?:đúng|chính xác|có cơ sở|có thật)|thất thiệt|tin vịt|vô căn cứ)|(?:không (?:đúng|chính xác|có cơ sở)|sai sự thật)|is (?:false|fake|untrue|a hoax))"
# Each takes the denied statement as its first group. Ordered: the more exact form first.
_STATEMENTS = (
    re.compile(rf"^{_TOLD}(?: {_SAID})? (.{{15,240}}?),? {_UNTRUE}"),
    re.compile(
        rf"(?:[Tt]rước|[Vv]ề|[Ll]iên quan(?: đến)?|[Xx]ung quanh) {_TOLD}(?: lan truyền| trên mạng)?(?: {_SAID})? (.{{15,240}}?), (?=[A-ZÀ-ỸĐ])"
    ),
    re.compile(rf"(?:[Bb]ác(?: bỏ)?|[Pp]hủ nhận|[Đđ]ính chính) {_TOLD}(?: đồn)?(?: {_SAID})? (.{{12,240}}?)(?:[.:;](?!\d)|$)"),
    re.compile(r"^(?:[Kk]hông có (?:chuyện|việc)|[Ll]àm gì có chuyện) (.{12,240}?)(?:[.;](?!\d)|$)"),
    re.compile(
        rf"^(?:Thực hư|Sự thật(?: về| đằng sau| phía sau)?|Kiểm chứng:?|Xác minh) (?:{_TOLD.replace('[Tt]', 't').replace('[', '[')} )?(?:{_SAID} )?(.{{12,240}}?)(?:[.?;](?!\d)|$)"
    ),
    re.compile(r"[“\"'‘]([^”\"'’]{15,240})[”\"'’],?:? " + _UNTRUE),
    re.compile(
        rf"(?:nghe nói|nghe đồn|đồn nhau|truyền tai nhau|lan truyền {_TOLD}|chia sẻ {_TOLD}|đồn rằng|cho rằng|{_TOLD} (?:cho rằng|nói rằng|rằng)) (?:rằng )?(.{{15,240}}?)(?:[.;](?!\d)|$)"
    ),
    re.compile(
        r"[Cc]hưa (?:có|từng có) (?:thử nghiệm|nghiên cứu|bằng chứng|tài liệu|căn cứ|cơ sở)[^.]{0,40}?(?:cho thấy|chứng minh|khẳng định|nói|rằng) (.{12,240}?)(?:[.:;](?!\d)|$)"
    ),
    re.compile(r"(?:denies|denied|rejects|dismissed|dismisses) (?:claims?|rumou?rs?|reports?) (?:that |of )?(.{12,240}?)(?:[.;](?!\d)|$)"),
)
_ORGANISATION = re.compile(
    r"\b((?:Bộ|Sở|Cục|Tổng cục|Chi cục|Công an|UBND|Ủy ban|Trung tâm|Đài|Bệnh viện|Ngân hàng|Viện|Trường|Công ty|Tổng công ty|Tập đoàn|Điện lực|Kho bạc|Bảo hiểm xã hội|Phòng|Trạm|Ban quản lý|Hiệp hội|Hội|Cảng|Tổ chức|Ministry|Department|Police|Agency|Hospital|Bank|Centre|Center)"
    r"(?: (?!(?:cho|khẳng|bác|nói|thông|đã|vừa|cũng|sẽ|phủ|đính|xác|trả|công bố|là|không|chưa|khuyến|cảnh|yêu|đề|says|said|denie[sd]|directors?|chief|head|spokes\w+|ministers?|officers?|managers?|president|chair\w*|doctor|[DM]rs?|Ms)\b)[\w-]+){1,8})"
)
_MIN_SYLLABLES = 5
_MIN_WORDING = 7
_STRIP = " \"“”'‘’,.:;–-"


@dataclass(frozen=True, slots=True)
class DerivedCheck:
    """What a story denies. `wordings`: other sentences of the story that put the denied claim into words."""

    claim: str
    wordings: tuple[str, ...]
    quote: str
    speaker: str
    theme: Theme


def derive_check(reading: Reading, about: Theme | None) -> DerivedCheck | None:
    """The check that this story is, or None: the headline must introduce a check, the body must deny, the claim be in scope."""
    if not is_check_title(reading.title):
        return None
    denying = next((at for at, part in enumerate(reading.profiles) if denies(part)), None)
    if denying is None and not denies(reading.title):
        return None
    quote = reading.title_text if denying is None else reading.sentences[denying].text
    found = _statements(reading)
    for claim in found:
        scope = _scope(claim, about)
        if scope.in_scope and scope.theme is not None:
            others = tuple(other for other in found if other != claim and _words_it_again(claim, other))
            return DerivedCheck(claim, others, quote, find_speaker(quote), scope.theme)
    return None


_SAME_CLAIM = 0.5  # share of the claim's weight that another statement of the story must hold to be the same claim in other words


def _words_it_again(claim: str, other: str) -> bool:
    return syllables(other) >= _MIN_WORDING and coverage(profile(claim), profile(other)) >= _SAME_CLAIM


def _scope(claim: str, about: Theme | None) -> Scope:
    return scope_of(profile(claim), about, reviewed=True)


def _statements(reading: Reading) -> list[str]:
    """The denied statement as title, lead and first sentences word it, the fullest first."""
    found: list[str] = []
    for text in (reading.title_text, *(sentence.text for sentence in reading.sentences[:5])):
        for pattern in _STATEMENTS:
            match = pattern.search(text)
            if match is not None:
                claim = match.group(1).strip(_STRIP)
                if syllables(claim) >= _MIN_SYLLABLES and not denies(profile(claim)):
                    found.append(claim[0].upper() + claim[1:])
                break
    return sorted(dict.fromkeys(found), key=lambda claim: -min(syllables(claim), 30))


_ATTRIBUTES = re.compile(
    r"\b(?:[Tt]heo|[Aa]ccording to)\b|\b(?:cho biết|cho hay|khẳng định|thông báo|thông tin rằng|nói|nói rằng|phát biểu|xác nhận|bác bỏ|phủ nhận|đính chính|trả lời|nhấn mạnh|said|says|told|denied|denies|confirmed)\b"
)
UNNAMED = "một nguồn không nêu tên"


def _names_a_person(text: str) -> bool:
    """Does a family name stand before two or more capitalised syllables (`Công an tỉnh NGUYỄN VĂN HỢI`)? When in doubt, yes."""
    if NAME in find_private(text):
        return True
    words = text.split()
    families = frozenset(word.casefold() for line in read_lines("family_names.txt") for word in line.partition(":")[2].split())
    return any(
        words[at].casefold() in families and words[at][0].isupper() and words[at + 1][0].isupper() and words[at + 2][0].isupper()
        for at in range(1, len(words) - 2)
    )


def find_speaker(quote: str) -> str:
    """Whom a passage attributes its statement to: an organisation by name, `UNNAMED` for anybody else, "" if it attributes nothing.

    Never a person's name: evidence counts as the speaker's, and an unnamed speaker is nobody's independent word.
    """
    match = _ORGANISATION.search(quote)
    if match is not None and " " in match.group(1):
        # `Giám đốc Sở Y tế NGUYỄN VĂN ...`: what holds a name of a person is not kept as anybody's.
        return UNNAMED if _names_a_person(match.group(1)) else match.group(1).strip()
    return UNNAMED if _ATTRIBUTES.search(quote) else ""
