"""Is this a checkable factual statement within a theme? An allow-list: what fits none of the five kinds is left alone.

Questions, rumours and forecasts count by what they assert. A sentence that judges, asks for, believes, praises, accuses or
speaks of politics or faith is not taken up, whatever else it says; which of these it was is neither returned nor recorded.
"""

import re
from dataclasses import dataclass
from functools import cache

from kiemtin.domain.scope import ClaimKind, Theme
from nlp.phrases import PhraseTable, phrase_set
from nlp.profile import Profile
from nlp.resources import read_lines
from nlp.text import fold, has_diacritics, nfc, unify_tone
from nlp.themes import theme_of

_MIN_TOKENS = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """What a passage is about and what kind of statement it makes. `kind` None: not taken up."""

    theme: Theme | None
    kind: ClaimKind | None

    @property
    def in_scope(self) -> bool:
        return self.theme is not None and self.kind is not None


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases that count anywhere, and those that count only at the beginning; `loose` takes single folded syllables too."""

    forms: PhraseTable[bool]
    folded: PhraseTable[bool]
    loose: PhraseTable[bool]
    first: PhraseTable[bool]
    first_folded: PhraseTable[bool]


def _phrases(lines: tuple[str, ...]) -> _Phrases:
    every = [unify_tone(nfc(part.strip())) for line in lines for part in line.split("|") if part.strip()]
    anywhere = [phrase for phrase in every if not phrase.startswith("^")]
    first = [phrase[1:] for phrase in every if phrase.startswith("^")]
    # One folded syllable can be many words (`giau`: rich, hidden): unmarked text is judged by longer phrases only.
    return _Phrases(
        phrase_set(anywhere),
        phrase_set(fold(phrase) for phrase in anywhere if " " in phrase),
        phrase_set(fold(phrase) for phrase in anywhere),
        phrase_set(first),
        phrase_set(fold(phrase) for phrase in first),
    )


@cache
def _opinion() -> _Phrases:
    return _phrases(read_lines("opinion.txt"))


@cache
def _mild_opinion() -> _Phrases:
    return _phrases(read_lines("opinion_mild.txt"))


@cache
def _left_alone() -> _Phrases:
    return _phrases(read_lines("left_alone.txt"))


@cache
def _kinds() -> dict[ClaimKind, _Phrases]:
    rows = [line.split("\t") for line in read_lines("claim_kinds.txt")]
    return {ClaimKind(kind): _phrases((phrases,)) for kind, phrases in rows}


@cache
def _harmless() -> _Phrases:
    return _phrases(read_lines("harmless.txt"))


def _telling(passage: Profile) -> list[str]:
    """The passage's syllables, a blank in the place of each harmless phrase."""
    known, words = _harmless(), list(passage.words)
    table = known.forms if passage.marked else known.folded
    for at in range(len(words)):
        found = table.longest(words, at)
        if found is not None:
            words[at : found[1] + 1] = [""] * (found[1] + 1 - at)
    return words


def _holds(passage: Profile, phrases: _Phrases, single_folded: bool = False) -> bool:
    words = passage.words if single_folded else _telling(passage)
    if passage.marked:
        known, opening = phrases.forms, phrases.first
    else:
        known, opening = phrases.loose if single_folded else phrases.folded, phrases.first_folded
    return known.anywhere(words) or (bool(words) and opening.longest(words, 0) is not None)


def is_factual(passage: Profile) -> bool:
    """False where the sentence judges, wishes, believes, accuses, or speaks of what is out of scope."""
    return may_repeat(passage) and not (_holds(passage, _mild_opinion()) or _judges_by_excess(passage))


def may_repeat(passage: Profile) -> bool:
    """May this sentence be held against published checks, though it also feels or asks (`ai cũng sợ vì đập đã nứt`)?

    Not where it judges, tells of its writer's own life, or its subject is out of scope.
    """
    return not (_holds(passage, _opinion()) or _tells_of_oneself(passage) or not may_be_taken_up(passage))


def may_be_taken_up(passage: Profile) -> bool:
    """False where the subject itself is out of scope, also in a check that somebody published."""
    return not (_holds(passage, _left_alone()) or _is_about_a_person(passage) or _blames(passage))


_SELF = frozenset(["tôi", "tui", "mình", "tao", "tớ"])
_SELF_FOLDED = frozenset(["toi", "tui", "minh"])
# `chính mình`, `Hồ Chí Minh`, `thông minh` are nobody who speaks.
_NO_SELF_AFTER = frozenset(["chi", "quang", "thong", "chung", "van", "binh", "chinh", "minh", "xac", "anh"])
_ENGLISH_SELF = re.compile(r"\b(?:I|We|we|[Mm]y) [a-z]+")
_PASSES_ON_WORDS = r"nghe|đọc|xem|được biết|nói|kể(?! từ)|báo|đăng|chia sẻ|nhận được|gửi|thông báo|bảo|nhắn|truyền|đồn|share|heard|read|told|says?"
_PASSES_ON = re.compile(rf" (?:{_PASSES_ON_WORDS}) ")
_PASSES_ON_FOLDED = re.compile(rf" (?:{fold(_PASSES_ON_WORDS)}) ")


def _tells_of_oneself(passage: Profile) -> bool:
    """First person without a word that passes something on: `tôi nghe trạm y tế báo ...` states a fact, `tôi đi khám ...` does not."""
    if passage.marked:
        speaks = any(token.form in _SELF for token in passage.tokens)
        passes_on = _PASSES_ON.search(passage.forms)
    else:
        words = [token.folded for token in passage.tokens]
        speaks = any(
            word in _SELF_FOLDED and (not at or words[at - 1] not in _NO_SELF_AFTER) and not passage.text[passage.tokens[at].start].isupper()
            for at, word in enumerate(words)
        ) or (bool(words) and words[0] in ("toi", "tui", "minh"))
        passes_on = _PASSES_ON_FOLDED.search(passage.folded)
    speaks = speaks or (not has_diacritics(passage.text) and bool(_ENGLISH_SELF.search(passage.text)))
    return speaks and not passes_on


_ROLES = re.compile(
    r"^ (?:(?:ong|ba|anh|chi|co|thay) )?(?:can bo|lanh dao|giam doc|ban giam doc|hieu truong|chu tich|bi thu|truong (?:tram|phong|ban|thon|ap|cong an)|pho (?:chu tich|giam doc)|chu nhiem|thanh tra|hai quan|quan chuc|"
    r"thuyen truong|chu dau tu|bac si|y ta|mayor|director|officials?|clerks?) "
)
_REPORTS_WORDS = (
    r"cho biết|cho hay|thông báo|nói|khẳng định|khuyến cáo|cảnh báo|xác nhận|công bố|khuyên|said|says|announced?|warn(?:s|ed)?|confirm(?:s|ed)?"
)
_REPORTS = re.compile(rf" (?:{_REPORTS_WORDS}) ")
_REPORTS_FOLDED = re.compile(rf"(?<! ha) (?:{fold(_REPORTS_WORDS)}) ")  # `Ha Noi` says nothing


def _is_about_a_person(passage: Profile) -> bool:
    """What an official or another single person did is conduct, not a fact of a theme; what one *reports* may be."""
    return bool(_ROLES.search(passage.folded)) and not (_REPORTS.search(passage.forms) if passage.marked else _REPORTS_FOLDED.search(passage.folded))


_MEASURED_EXCESS = frozenset(
    [
        "cuối",
        "hết",
        "đầu",
        "nửa",
        "thời",
        "trời",
        "hạn",
        "tải",
        "trình",
        "khổ",
        "mức",
        "liều",
        "giờ",
        "cảnh",
        "tuổi",
        "trời",
        "khứ",
        "số",
        "ngày",
        "độ",
        "nhiệt",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
    ]
)


def _judges_by_excess(passage: Profile) -> bool:
    """`quá dài`, `quá cao` judge; `quá hạn`, `quá 30 km` measure."""
    if not passage.marked:
        return False
    tokens = passage.tokens
    for at, token in enumerate(tokens):
        if token.form == "quá":
            follow = tokens[at + 1].form if at + 1 < len(tokens) else ""
            before = tokens[at - 1].form if at else ""
            if follow not in _MEASURED_EXCESS and not follow[:1].isdigit() and before not in ("vượt", "đã", "không"):
                return True
    return False


_BLAME = re.compile(
    r" (?:la (?:do|vi|boi|tai)|do|vi|boi|tai) (?:cac |may |mot )?(?:bo|so|nganh|huyen|xa|phuong|tinh|thanh pho|nha truong|chinh quyen|lanh dao|can bo|ngan hang|cong ty|ban quan ly|quan ly|cang vu|ho|chu|doanh nghiep|"
    r"giam doc|co quan|nha may|thuy dien|nha thau|nha nuoc|nha xe|quy hoach|bon|dan|benh vien) (?!\d)(?:[a-z]+ ){0,3}(?:doi|de|cho phep|bao mat|dieu hanh|lam|xa|ham|nham mat|kem|au|khong|thieu|lo|ngheo|qua|lai|chu|ma) "
)


def _blames(passage: Profile) -> bool:
    """`... là do nhà trường ham rẻ`: a cause in somebody's conduct. A cause in nature or chemistry is a statement of fact."""
    return bool(_BLAME.search(passage.folded))


_SOON_OR_NOW = (
    r"sáng nay|trưa nay|chiều nay|tối nay|đêm nay|đêm qua|hôm qua|sáng qua|chiều qua|tối qua|hôm nay|ngày mai|từ mai|mai này|tuần này|tuần sau|tuần tới|tuần trước|tháng này|tháng sau|tháng tới|"
    r"năm sau|năm tới|vừa|mới vừa|sắp|sắp tới|tới đây|thời gian tới|đang|hiện|hiện nay|bắt đầu|kể từ|lúc|rạng sáng|khuya|hồi|cuối tuần|đầu tuần|today|tonight|tomorrow|yesterday|just|now|next|this week"
)
_ISSUED_OR_DONE = (
    r"bộ|sở|cục|ubnd|ủy ban|công an|cảnh sát|csgt|chính phủ|nhà nước|thông tư|nghị định|quy định|luật|bệnh viện|trạm y tế|ngân hàng|trường|nhà trường|cơ quan|đài|trung tâm|bị phạt|phạt|bị cấm|cấm|bắt buộc|bị khóa|khóa|"
    r"thu hồi|hết hạn|không cần|được miễn|miễn phí|được hưởng|phải nộp|phải đóng|phải đổi|phải đăng ký|ministry|police|bank|hospital|government|fined|banned|must|mandatory"
)
_DOES_SOMETHING = (
    r"chữa|trị|khỏi|diệt|tiêu diệt|ngừa|phòng|ngăn|gây|gây ra|làm tan|tan|giúp|hết|ung thư|vô sinh|đột quỵ|nhiễm|nổ|cháy|chết|thải độc|hút|sập|vỡ|nứt|sạt|ngập|tử vong|thiệt mạng|ngộ độc|mất tiền|mất sạch|chiếm đoạt|"
    r"lừa|giả danh|giả mạo|mạo danh|quét|otp|link|đường dẫn|cures?|prevents?|causes?|kills?|treats?|scam"
)
_ANCHORS = "|".join((_SOON_OR_NOW, _ISSUED_OR_DONE, _DOES_SOMETHING))
_ANCHORED = re.compile(rf" (?:{_ANCHORS}) ")
_ANCHORED_FOLDED = re.compile(rf" (?:{fold(_ANCHORS)}) ")


def _is_anchored(passage: Profile) -> bool:
    """Does it say when, where, how much, by whom, or what is done? What says none of these can hardly be checked."""
    if passage.quantities or passage.dates or passage.places or any(len(name.parts) > 1 or name.head for name in passage.names):
        return True
    return bool(_ANCHORED.search(passage.forms) if passage.marked else _ANCHORED_FOLDED.search(passage.folded))


_KIND_ORDER = (ClaimKind.SCAM_METHOD, ClaimKind.EFFECT, ClaimKind.RULE_OR_FEE, ClaimKind.EVENT_AT_PLACE)


def kind_of(passage: Profile, reviewed: bool = False) -> ClaimKind | None:
    """The kind of checkable statement a passage makes; None where it makes none.

    `reviewed`: somebody published a check of it, so it is checkable, and only what is out of scope is left out.
    """
    if len(passage.tokens) < _MIN_TOKENS or not (may_be_taken_up(passage) if reviewed else is_factual(passage) and _is_anchored(passage)):
        return None
    fitting = [kind for kind in _KIND_ORDER if _holds(passage, _kinds()[kind], single_folded=True)]
    if fitting:
        return fitting[0]
    if passage.quantities or passage.dates:
        return ClaimKind.QUANTITY_OR_DATE
    return ClaimKind.EVENT_AT_PLACE if reviewed else None


def scope_of(passage: Profile, about: Theme | None = None, reviewed: bool = False) -> Scope:
    """Theme and kind of a passage; `about` is the theme of the story around it, for a sentence that names none itself."""
    return Scope(theme_of(passage.tokens, passage.marked) or about, kind_of(passage, reviewed))
