"""Words by which a text says that something is false, and what they speak about."""

import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from nlp.profile import Profile, covers
from nlp.text import fold

# Between blanks, in marked spelling; unmarked text is searched for the same words folded. Each says that a statement is untrue.
_STRONG_WORDS = (
    r"bác (?:bỏ|tin|thông tin|đồn)|phủ nhận|đính chính|không (?:hề )?có (?:chuyện|việc|thật|cơ sở|căn cứ|bằng chứng)|hoàn toàn không|vô căn cứ|"
    r"tin (?:giả|vịt|đồn thất thiệt|đồn vô căn cứ|thất thiệt|bịa đặt|đồn nhảm|đồn sai|sai|xấu độc|xàm|nhảm|đồn thổi)|thất thiệt|bịa đặt|bịa ra|bịa chuyện|dựng chuyện|"
    r"sai sự thật|không đúng|không chính xác|không xác thực|không phải sự thật|thông tin sai|sai lệch|sai hoàn toàn|là sai|là giả|đều sai|đều giả|"
    r"đừng (?:vội )?tin|không nên tin|chớ (?:vội )?tin|chớ nên tin|đừng nghe|đừng mắc lừa|đừng chia sẻ|không nên nghe|không tin theo|chưa từng|chưa bao giờ (?:được|có|bàn|nói|thông báo|ban hành|cấp|tổ chức)|không hề|chẳng hề|làm gì có|nào có|đâu có|"
    r"không (?:có )?(?:chủ trương|kế hoạch|quy định|văn bản|quyết định|thông báo|đề xuất)(?: nào)?|"
    r"chưa (?:có|hề có) (?:chủ trương|kế hoạch|quy định|văn bản|quyết định|thông báo|bằng chứng|nghiên cứu|thử nghiệm|cơ sở)|"
    r"không ghi nhận|chưa ghi nhận|không xảy ra|không phát hiện|không (?:hề )?ban hành|không phát hành|không (?:có )?tác dụng|không thể (?:chữa|thay|trị|diệt|ngăn|xảy ra)|"
    r"nói láo|nói dối|nói xạo|ai bảo|cắt ghép|giả mạo|mạo danh|thổi phồng|hiểu lầm|hiểu sai|hiểu nhầm|nhầm lẫn|lan truyền nhầm|tung tin|tung hỏa mù|loan tin|chiêu trò|trò lừa|lừa đảo|"
    r"thực ra|thực chất|trên thực tế|không phải (?:\d\S*|là|do|vì|nhờ|mất|của|từ|văn bản|quy định|thông báo|sự thật|như vậy|thế)|không (?:con|mẫu|ai|vụ|ca|hộ|trường hợp) nào|không liên quan|không có (?:trong|tên trong) (?:bất kỳ|kết quả|danh sách)|là không có|được đồn đại|đồn đại là|"
    r"trái (?:với|hẳn)|khác với (?:tin|thông tin|lời) đồn|chứ không phải|phản bác|bác đồn|xàm lắm|xàm nha|xạo|"
    r"den(?:y|ies|ied)|debunk(?:s|ed)?|hoax|fake|false(?:ly)?|untrue|not true|no evidence|misleading|baseless|unfounded|refut(?:es|ed|e)|rejects?|rejected|dismiss(?:es|ed)?|myth|"
    r"contrary to|never (?:issued|announced|said|planned)|no (?:such|plan|plans|order|decision|record|truth)|disput(?:es|ed)|scam|fact check"
)
# A headline of this kind introduces a check, whatever its body says.
_CHECK_OPENING = r"bác|bác bỏ|đính chính|thực hư|sự thật|kiểm chứng|xác minh|không có chuyện|không có việc|đừng tin|đừng vội tin|tin giả|vạch trần|giải mã|giải đáp|làm rõ|lật tẩy|góc kiểm chứng|lầm tưởng|ngộ nhận|hiểu lầm|fact check"
_CHECK_INSIDE = r"thực hư|sự thật (?:về|là|đằng sau|phía sau|sau|sâu|vụ|chuyện|bất ngờ|thông tin|clip|video)|kiểm chứng|lên tiếng|nói gì|lầm tưởng|ngộ nhận|hiểu lầm|bị oan|là tin đồn|chỉ là tin đồn|như tin đồn|dập tắt tin đồn|dập tan tin đồn|đáp trả tin đồn|phản hồi tin đồn|nói về tin đồn|cắt ghép"
# A newspaper that asks so in its headline answers below; anybody else who asks wants to know.
_CHECK_ASKED = r"có thật|có thật sự|có đúng (?:không|như)|đúng hay sai|thật hay giả|hay chỉ là"
# What a denial in another sentence points back with: `thông tin trên là bịa đặt`.
_POINTING = (
    r"(?:thông tin|nội dung|tin đồn|lời đồn|tin|điều|việc|văn bản|thông báo|hình ảnh|đoạn clip|clip|video|bài viết|câu chuyện|chuyện|quảng cáo|bài đăng) "
    r"(?:trên|này|đó|nêu trên|nói trên|vừa nêu|đang lan truyền|lan truyền|kiểu này|ấy)|(?:tin đồn|lời đồn|tin giả|tin thất thiệt|rumou?rs?|the claims?|the posts?|such claims?)"
)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern for marked and for unmarked text: `không dùng` is not `không đúng`, though both fold alike."""

    marked: re.Pattern[str]
    folded: re.Pattern[str]

    @classmethod
    def of(cls, words: str, frame: str = " (?:{}) ") -> "_Pattern":
        return cls(re.compile(frame.format(words)), re.compile(frame.format(fold(words))))

    def search(self, passage: Profile) -> re.Match[str] | None:
        return self.marked.search(passage.forms) if passage.marked else self.folded.search(passage.folded)

    def all(self, passage: Profile) -> list[str]:
        found = self.marked.finditer(passage.forms) if passage.marked else self.folded.finditer(passage.folded)
        return [match.group(0).strip() for match in found]


# `lừa đảo` denies a claim that a fund pays out; of a claim about swindlers it is merely the subject.
_SCAM_CUES = frozenset(
    ["lừa đảo", "trò lừa", "chiêu trò", "giả mạo", "mạo danh", "lua dao", "tro lua", "chieu tro", "gia mao", "mao danh", "scam", "fake"]
)
_SCAM_CLAIM = _Pattern.of(
    r"lừa|kẻ gian|kẻ xấu|mất (?:sạch |hết )?tiền|trừ (?:hết |sạch )?tiền|rút (?:hết |sạch )?tiền|hút (?:hết |sạch )?tiền|chiếm đoạt|đánh cắp|bốc hơi|scammers?|fraudsters?"
)
_STRONG = _Pattern.of(_STRONG_WORDS)
_OPENS_CHECK = _Pattern.of(_CHECK_OPENING, "^ (?:{}) ")
_HOLDS_CHECK = _Pattern.of(_CHECK_INSIDE)
_ASKS_FOR_CHECK = _Pattern.of(_CHECK_ASKED)
_POINTS_BACK = _Pattern.of(_POINTING)
_NEGATORS = frozenset(
    [
        "không",
        "chưa",
        "chẳng",
        "chả",
        "đừng",
        "hổng",
        "hông",
        "not",
        "no",
        "never",
        "cannot",
        "n't",
        "without",
        "isn't",
        "aren't",
        "won't",
        "doesn't",
        "wasn't",
    ]
)
_NEGATORS_FOLDED = frozenset(["khong", "chang", "cha", "not", "no", "never", "cannot", "without"])
# `không khí` and `không gian` are nouns; `không còn`, `không được` end or forbid, as `hết`, `ngừng`, `cấm` do, and deny nothing.
_NOT_NEGATING_BEFORE = frozenset(
    [
        "khí",
        "gian",
        "quân",
        "chỉ",
        "những",
        "lưu",
        "ít",
        "nhỏ",
        "ngừng",
        "gì",
        "phận",
        "phép",
        "quan",
        "lực",
        "còn",
        "kịp",
        "cần",
        "được",
        "ai",
        "nổi",
        "thoát",
        "ngờ",
        "mở",
        "dám",
        "biết",
        "khi",
        "nên",
        "thể",
        "tới",
        "đến",
        "lành",
    ]
)
_NOT_NEGATING_BEFORE_FOLDED = frozenset(
    [
        "khi",
        "gian",
        "quan",
        "chi",
        "nhung",
        "luu",
        "it",
        "ngung",
        "gi",
        "con",
        "kip",
        "can",
        "duoc",
        "ai",
        "noi",
        "thoat",
        "ngo",
        "mo",
        "dam",
        "biet",
        "nen",
        "the",
        "toi",
        "den",
    ]
)
_REACH = 3
# `ai không đổi thẻ sẽ bị phạt`, `không quét mã, hộ dân bị cắt điện`: what is negated is the condition of a sanction, and so demanded.
_ON_CONDITION = frozenset(["", "ai", "nào", "nếu", "hễ", "người", "hộ", "hợp", "chủ", "khách", "nao", "neu", "nguoi", "ho", "hop", "chu", "khach"])
_SANCTION = re.compile(r" (?:bi|phat|cat|khoa|mat|tu choi|thu hoi|khong duoc|huy|dung) ")


@dataclass(frozen=True, slots=True)
class Denial:
    """The denying words as they stand in the folded text, and whether they point back to something said before."""

    cue: str
    points_back: bool


def find_denial(passage: Profile, claim: Profile) -> Denial | None:
    """The words by which this passage calls something untrue; None where it does not, or where the claim itself holds them."""
    for cue in _denying_words(passage):
        if cue in _SCAM_CUES and _SCAM_CLAIM.search(claim):
            continue
        if f" {cue} " not in (claim.forms if passage.marked and claim.marked else claim.folded):
            return Denial(cue, bool(_POINTS_BACK.search(passage)))
    return None


# Kept as long as the passage itself: each is held against many claims.
_cues_of: WeakKeyDictionary[Profile, list[str]] = WeakKeyDictionary()


def _denying_words(passage: Profile) -> list[str]:
    found = _cues_of.get(passage)
    if found is None:
        found = _cues_of[passage] = _STRONG.all(passage)
    return found


def denies(passage: Profile) -> bool:
    """Does the passage say of anything that it is untrue?"""
    return bool(_denying_words(passage))


def is_check_title(title: Profile) -> bool:
    """Does the headline introduce a check ("Bác tin ...", "Thực hư chuyện ...", "Có thật ...?")?"""
    return introduces_check(title) or _STRONG.search(title) is not None or _ASKS_FOR_CHECK.search(title) is not None


def introduces_check(text: Profile) -> bool:
    """The same of any text, which may also ask whether something is true without knowing."""
    return _OPENS_CHECK.search(text) is not None or _HOLDS_CHECK.search(text) is not None


def negated(passage: Profile, claim: Profile) -> frozenset[str]:
    """The concepts shared with the claim that a negation in the passage bears on."""
    known = _NEGATORS if passage.marked else _NEGATORS_FOLDED
    places = [at for at, token in enumerate(passage.tokens) if token.form in known]
    if not places:  # the usual case
        return frozenset()
    inside = {at for term in passage.terms if term.last > term.first for at in range(term.first, term.last + 1)}
    both_marked = passage.marked and claim.marked
    found: set[str] = set()
    for at in places:
        if at in inside or not _negates(passage, at):
            continue
        reach = [term for term in passage.terms if at < term.first <= at + _REACH and not _parted(passage, at, term.first)]
        found.update(term.concept for term in reach if (term.verb or not passage.marked) and covers(claim, term, both_marked))
    return frozenset(found)


def _parted(passage: Profile, at: int, other: int) -> bool:
    """`không dùng thuốc, uống nước lá`: the comma ends what the negation bears on."""
    between = passage.text[passage.tokens[at].end : passage.tokens[other].start]
    return any(mark in between for mark in ",;:.!?\n")


_UNCHANGED = ("giữ nguyên", "không đổi", "không thay đổi", "như cũ", "như trước", "lắc đầu", "remains unchanged", "not affected", "no change")
_GOES_ON = frozenset(["truyền", "đồn", "lan", "tin", "rỉ", "kháo", "xôn", "chưa", "đang", "còn", "phải", "không", "bị", "cứ", "là"])


def stays(passage: Profile, claim: Profile) -> bool:
    """`vé vẫn ba chục ngàn`, `trường vẫn dạy học`: what the claim says to change is said to stay. Unmarked `van` says too little."""
    if not passage.marked or not claim.poles or " vẫn " in claim.forms or " van " in claim.folded:
        return False
    if any(f" {words} " in passage.forms and f" {words} " not in claim.forms for words in _UNCHANGED):
        return True
    words = [token.form for token in passage.tokens]
    if _SANCTION.search(passage.folded) and any(word == "vẫn" and at and words[at - 1] in _ON_CONDITION for at, word in enumerate(words)):
        return False  # `ai vẫn dùng thẻ cũ sẽ bị phạt`
    return any(word == "vẫn" and (at + 1 >= len(words) or words[at + 1] not in _GOES_ON) for at, word in enumerate(words))


def _negates(passage: Profile, at: int) -> bool:
    tokens = passage.tokens
    form = tokens[at].form
    if form not in (_NEGATORS if passage.marked else _NEGATORS_FOLDED):
        return False
    follow = tokens[at + 1].form if at + 1 < len(tokens) else ""
    if not follow or passage.text[tokens[at].end : tokens[at].end + 2].strip().startswith("?"):
        return False  # `... không?` asks
    before = tokens[at - 1].form if at else ""
    if before in _ON_CONDITION and _SANCTION.search(passage.folded):
        return False
    harmless = _NOT_NEGATING_BEFORE if passage.marked else _NOT_NEGATING_BEFORE_FOLDED
    return follow not in harmless and before not in ("hàng", "hang", "hay", "có", "co", "trên")
