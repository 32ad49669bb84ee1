"""What a published check is a check of: the bare statement, without the words that frame or deny it.

`Bác tin đập Sông Hinh bị vỡ` and `Thực hư video cho thấy đập Sông Hinh bị vỡ` are both about `đập Sông Hinh bị vỡ`. Only words are left out;
those that stay are the check's own, so that whoever is named in front (`Google bác tin dùng dữ liệu ...`) stays as well.
"""

import re

from nlp.text import fold, has_diacritics, nfc, unify_tone

_LEAST = 4  # syllables that must be left


def _fold_words(pattern: str) -> str:
    """A pattern in folded spelling; its escapes (`\\S`, `\\b`) keep their letters."""
    return "".join(part if part.startswith("\\") else fold(part) for part in re.split(r"(\\.)", pattern))


_FRAME_WORDS = (
    r"^(?:(?:thông tin|tin|tin đồn|có tin|bài đăng|bài viết|một (?:bài đăng|thông báo|bài viết|video|clip|đoạn clip)|mạng xã hội|video|clip|hình ảnh|ảnh|đoạn clip|người dùng mạng xã hội|một số tài khoản|nhiều người|lời đồn)"
    r"(?: (?:lan truyền|đang lan truyền|chia sẻ|được chia sẻ|trên mạng(?: xã hội)?|trên facebook|trên tiktok))*(?: (?:cho rằng|nói rằng|cho biết|nói(?! tiếng)|rằng|cho thấy|quay cảnh|kể|nêu|khẳng định))+:? |có tin (?:đồn )?(?:rằng )?|nghe nói |nghe đồn |tin đồn (?:rằng |về )?|thông tin (?:về )?|"
    r"(?:social media )?(?:posts?|claims?|a video|video|photos?|images?|a viral (?:post|video)|users) (?:claim(?:ing|s)?|shows?|say(?:s|ing)?|that) (?:that )?)"
)
_FRAME = re.compile(_FRAME_WORDS, re.IGNORECASE)
_FRAME_FOLDED = re.compile(_fold_words(_FRAME_WORDS), re.IGNORECASE)


# Each is left out wherever it stands. In marked spelling: only unmarked text is searched folded, where `nổ,` and `no,` are one.
_NEWS = r"(?:thông tin|tin đồn|tin giả|tin nhắn|tin|lời đồn|việc|chuyện|vụ|video|clip|đoạn clip|loạt ảnh|hình ảnh|ảnh|bài đăng|bài viết|nội dung)"
_TOLD = r"(?:thông tin|tin đồn|tin giả|tin nhắn|tin|lời đồn|video|clip|đoạn clip|loạt ảnh|hình ảnh|ảnh|bài đăng|bài viết)"
_BAD = r"(?:thất thiệt|sai sự thật|sai lệch|bịa đặt|xuyên tạc|giả mạo|giả|chưa kiểm chứng|không đúng sự thật|không đúng|không chính xác)"
_OF_KIND = rf"(?: (?:{_BAD}|lan truyền|đang lan truyền|trên mạng(?: xã hội)?))*"
_ABOUT = r"(?: (?:cho rằng|nói rằng|cho thấy|về việc|về chuyện|về vụ|rằng|về|quay cảnh))?"
_END = r"(?=$|[.,!?:;'\"”’)]| [-–|]| của | do | trên | lan )"
_UNTRUE = r"(?:tin giả|tin đồn(?: thất thiệt| sai sự thật| vô căn cứ)?|tin vịt|tin thất thiệt|bịa đặt|sai sự thật|giả mạo|thông tin (?:sai sự thật|sai lệch|sai|giả|bịa đặt|thất thiệt)|không (?:đúng sự thật|đúng|chính xác|có thật|có cơ sở|có căn cứ)|thất thiệt|vô căn cứ|hư cấu)"
_CUE_WORDS = (
    rf"\b(?:bác bỏ|bác|phủ nhận|đính chính|thực hư|kiểm chứng|xác minh|làm rõ|giải mã|lật tẩy|vạch trần|lên tiếng(?: về)?) {_NEWS}{_OF_KIND}{_ABOUT}[:,]? ",
    rf"\bsự thật(?: về| đằng sau| phía sau| sau)? {_NEWS}{_OF_KIND}{_ABOUT}[:,]? ",
    rf"\b(?:cảnh báo|cảnh giác(?: với)?) (?:tin giả|tin đồn|thông tin {_BAD}|tin {_BAD}){_ABOUT} ",
    rf"\b(?:xử lý|xử phạt|bị phạt|phạt|mời làm việc|triệu tập|khởi tố|lập biên bản|kiện)(?: \S+){{0,5}}? (?:tung|đăng tải|đăng|đưa|chia sẻ|lan truyền|phát tán|bịa) {_TOLD}(?: ai)? {_BAD}{_OF_KIND}{_ABOUT} ",
    r"(?:^|(?<=[:;,.] ))(?:sẽ )?(?:không hề có|không có|làm gì có|chẳng có) (?:chuyện|việc) ",
    rf"^(?:{_TOLD}{_OF_KIND}|ngộ nhận|hiểu lầm(?: về)?|lầm tưởng|thực hư|sự thật|bác|kiểm chứng){_ABOUT}(?:: | (?=['\"“‘]))",
    r"^(?:tin giả|tin đồn|thực hư|lầm tưởng|ngộ nhận|hiểu lầm)(?: (?:cho rằng|rằng|về việc|về chuyện|việc|chuyện))? ",
    rf",? (?:vẫn )?(?:là|đều là|chỉ là|thực chất là|hoàn toàn là|hoàn toàn|đều) {_UNTRUE}{_END}",
    rf",? (?:hoàn toàn )?(?:sai sự thật|không đúng sự thật|không chính xác|không có căn cứ|không có cơ sở){_END}",
    r"[:,]? (?:có thật không|có đúng không|có đúng sự thật không|đúng hay sai|thật hay giả|liệu có đúng|sự thật (?:ra sao|thế nào|là gì)|thực hư (?:ra sao|thế nào)|nói gì)\b ?\??",
    r"^(?:ảnh|video|clip|hình ảnh)(?: do)? (?:ai|trí tuệ nhân tạo)(?: tạo(?: ra)?)?(?: về)?:? (?!cũng|đã|đang|sẽ|lại)",
    r"(?:,? thực chất)?(?: là)?(?: sản phẩm)? (?:do|của) (?:ai|trí tuệ nhân tạo) (?:tạo(?: ra)?|dựng(?: lên)?|vẽ)\b",
    r"^có thật (?:sự )?(?:là |rằng )?|\bcó thật sự (?=\S+ \S+)",
    r"\b(?:phủ nhận|bác bỏ|bác) (?:cáo buộc|khả năng|nghi vấn|đề xuất|đồn đoán)(?: về| rằng)? ",
    r",? \S+ (?:phủ nhận|bác bỏ)$|\bphủ nhận (?=\S+ \S+)|,? như tin đồn$|,? (?:chỉ )?là (?:ảnh )?cắt ghép$|\b(?:dập tắt|dập tan|đáp trả|phản hồi|trả lời) tin đồn ",
    r" (?:đang )?lan truyền trên mạng(?: xã hội)?(?:,.*)?$",
    r"^fact[ -]?check:? |^debunked:? |^hoax alert:? |^false: |^no, ",
)
_MARKED_CUES = tuple(map(re.compile, _CUE_WORDS))
_FOLDED_CUES = tuple(re.compile(_fold_words(pattern)) for pattern in _CUE_WORDS)
_ROUNDS = 3


def proposition(claim_reviewed: str) -> str:
    """The statement under review; the whole claim where too little would be left."""
    claim = nfc(claim_reviewed)
    parts = [part for part in claim.split(" | ") if part.strip()]
    if len(parts) > 1:  # a round-up of several headlines: those that deny something
        denying = [part for part in parts if any(cue.search(_searched(part)) for cue in _cues(part))]
        claim = denying[0] if len(denying) == 1 else claim
    bare = claim
    for _ in range(_ROUNDS):
        before, bare = bare, strip_framing(_without_cues(strip_framing(bare)))
        if before == bare:
            break
    return bare if len(bare.split()) >= _LEAST else strip_framing(claim)


def _cues(claim: str) -> tuple[re.Pattern[str], ...]:
    return _MARKED_CUES if has_diacritics(claim) else _FOLDED_CUES


def _searched(claim: str) -> str:
    """The claim as its cues are spelled, character for character."""
    if not has_diacritics(claim):
        return fold(claim)
    lowered = claim.lower()
    return unify_tone(lowered) if len(lowered) == len(claim) else claim


def _without_cues(claim: str) -> str:
    found_any = False
    for cue in _cues(claim):
        for found in reversed(list(cue.finditer(_searched(claim)))):
            claim, found_any = f"{claim[: found.start()]} {claim[found.end() :]}", True
        claim = " ".join(claim.split())
    return claim.strip(" :,-–|") if found_any else claim


def strip_framing(claim: str) -> str:
    """`Thông tin cho rằng đập bị vỡ` → `đập bị vỡ`: the frame says who talks, not what is claimed."""
    frame = _FRAME if has_diacritics(claim) or not claim.isascii() else _FRAME_FOLDED
    stripped = frame.sub("", claim, count=1).strip(" \"“”'")
    return stripped if len(stripped.split()) >= _LEAST else claim


_HEARSAY = re.compile(
    r"^.{0,120}?\b(?:nói rằng|cho rằng|đăng rằng|đồn rằng|khẳng định rằng|khẳng định|rằng|có tin nói|có tin|tin nói|nói|đọc được tin|trước tin|nghe nói|thông tin|claim(?:s|ed|ing)? that|say(?:s|ing)? that|that|says?) (?=\S+ \S+ \S+ \S+)",
    re.IGNORECASE,
)


def unframe(sentence: str) -> str:
    """`Nhiều trang đăng rằng đê đã vỡ` → `đê đã vỡ`: what follows the first word of hearsay, if enough of the sentence is left."""
    rest = _HEARSAY.sub("", sentence, count=1).strip(" “”\"'.")
    return rest if len(rest.split()) >= max(7, len(sentence.split()) // 3) else sentence
