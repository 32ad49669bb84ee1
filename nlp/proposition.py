"""What a published check is a check of: the bare statement, without the words that frame or deny it.

`Bác tin đập Sông Hinh bị vỡ` and `Thực hư video cho thấy đập Sông Hinh bị vỡ` are both about `đập Sông Hinh bị vỡ`. Only words are left out;
those that stay are the check's own, so that whoever is named in front (`Google bác tin dùng dữ liệu ...`) stays as well.
"""

import re

from nlp.text import fold, nfc

_LEAST = 4  # syllables that must be left

_FRAME = re.compile(
    r"^(?:(?:thông tin|tin|tin đồn|có tin|bài đăng|bài viết|một (?:bài đăng|thông báo|bài viết|video|clip|đoạn clip)|mạng xã hội|video|clip|hình ảnh|ảnh|đoạn clip|người dùng mạng xã hội|một số tài khoản|nhiều người|lời đồn)"
    r"(?: (?:lan truyền|đang lan truyền|chia sẻ|được chia sẻ|trên mạng(?: xã hội)?|trên facebook|trên tiktok))*(?: (?:cho rằng|nói rằng|cho biết|nói|rằng|cho thấy|quay cảnh|kể|nêu|khẳng định))+:? |có tin |nghe nói |nghe đồn |tin đồn (?:rằng |về )?|thông tin (?:về )?|"
    r"(?:social media )?(?:posts?|claims?|a video|video|photos?|images?|a viral (?:post|video)|users) (?:claim(?:ing|s)?|shows?|say(?:s|ing)?|that) (?:that )?)",
    re.IGNORECASE,
)


# On folded text, which has the length of the text itself. Each is left out wherever it stands.
_NEWS = r"(?:thong tin|tin don|tin gia|tin nhan|tin|loi don|viec|chuyen|vu|video|clip|doan clip|loat anh|hinh anh|anh|bai dang|bai viet|noi dung|canh bao)"
_OF_KIND = r"(?: (?:that thiet|sai su that|sai lech|sai|bia dat|xuyen tac|lan truyen|dang lan truyen|tren mang(?: xa hoi)?|gia mao|gia|chua kiem chung|khong dung(?: su that)?|khong chinh xac))*"
_ABOUT = r"(?: (?:cho rang|noi rang|cho thay|ve viec|ve chuyen|ve vu|rang|ve|quay canh))?"
_UNTRUE = r"(?:tin gia|tin don(?: that thiet| sai su that| vo can cu)?|tin vit|tin that thiet|bia dat|sai(?: su that)?|gia mao|thong tin (?:sai(?: su that| lech)?|gia|bia dat|that thiet)|khong (?:dung(?: su that)?|chinh xac|co that|co co so|co can cu)|that thiet|vo can cu|hu cau)"
_CUES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:bac bo|bac|phu nhan|dinh chinh|thuc hu|su that(?: ve| dang sau| phia sau)?|kiem chung|xac minh|lam ro|giai ma|lat tay|vach tran|canh bao|canh giac(?: voi)?|len tieng(?: ve)?)(?: ve)? {_NEWS}{_OF_KIND}{_ABOUT}[:,]? ",
        rf"\b(?:xu (?:ly|phat)|phat|moi lam viec|trieu tap|khoi to|lap bien ban|kien|bat)(?: \S+){{0,5}}? (?:tung|dang|dua|chia se|lan truyen|phat tan|bia) {_NEWS}{_OF_KIND}{_ABOUT} ",
        r"\b(?:khong he co|khong co|lam gi co|chang co) (?:chuyen|viec) ",
        rf"^(?:{_NEWS}{_OF_KIND}|ngo nhan|lam tuong|hieu lam(?: ve)?|thuc hu|su that|bac|kiem chung){_ABOUT}(?:: | (?=['\"“‘]))",
        rf"^(?:tin gia|tin don|thuc hu|lam tuong|ngo nhan|hieu lam){_ABOUT} ",
        rf",? (?:van )?(?:la|deu la|chi la|thuc chat la|hoan toan la|hoan toan|deu) {_UNTRUE}(?=$|[ .,!:;'\"”’])",
        r",? (?:hoan toan )?(?:sai su that|khong dung su that|khong chinh xac|khong co can cu|khong co co so)(?=$|[ .,!:;'\"”’])",
        r"[:,]? (?:co that khong|co dung khong|co dung su that khong|dung hay sai|that hay gia|lieu co dung|su that (?:ra sao|the nao|la gi)|thuc hu (?:ra sao|the nao)|noi gi)\b ?\??",
        r"(?:,? thuc chat)?(?: la)?(?: san pham)? (?:do|cua) (?:ai|tri tue nhan tao)(?: tao(?: ra)?| dung(?: len)?)?(?=$|[ .,!:;'\"”’])",
        r"^(?:anh|video|clip|hinh anh)(?: do)? ai(?: tao)?(?: ve)?:? ",
        r"^co that (?:su )?(?:la |rang )?|\bco that su (?=\S+ \S+)",
        r"\b(?:phu nhan|bac bo|bac) (?:cao buoc|kha nang|nghi van|de xuat|don doan)(?: ve| rang)? ",
        r",? \S+ (?:phu nhan|bac bo)$|\bphu nhan (?=\S+ \S+)|,? nhu tin don$|,? (?:chi )?la (?:anh )?cat ghep$|\b(?:dap tat|dap tan|dap tra|phan hoi|tra loi) tin don ",
        r" (?:dang )?lan truyen tren mang(?: xa hoi)?\b.*$",
        r"\b(?:fact[ -]?check|debunked|hoax alert|no, |false:) ?",
    )
)


def proposition(claim_reviewed: str) -> str:
    """The statement under review; the whole claim where too little would be left."""
    claim = nfc(claim_reviewed)
    if " | " in claim:  # a round-up of several headlines: those that deny something
        parts = [part for part in claim.split(" | ") if _without_cues(part) != part]
        claim = parts[0] if len(parts) == 1 else claim
    bare = strip_framing(_without_cues(strip_framing(claim)))
    return bare if len(bare.split()) >= _LEAST else strip_framing(claim)


def _without_cues(claim: str) -> str:
    for cue in _CUES:
        folded = fold(claim)
        for found in reversed(list(cue.finditer(folded))):
            claim = f"{claim[: found.start()]} {claim[found.end() :]}"
        claim = " ".join(claim.split()).strip(" :,-–|")
    return claim


def strip_framing(claim: str) -> str:
    """`Thông tin cho rằng đập bị vỡ` → `đập bị vỡ`: the frame says who talks, not what is claimed."""
    stripped = _FRAME.sub("", claim, count=1).strip(" \"“”'")
    return stripped if len(stripped.split()) >= _LEAST else claim


_HEARSAY = re.compile(
    r"^.{0,120}?\b(?:nói rằng|cho rằng|đăng rằng|đồn rằng|khẳng định rằng|khẳng định|rằng|có tin nói|có tin|tin nói|nói|đọc được tin|trước tin|nghe nói|thông tin|claim(?:s|ed|ing)? that|say(?:s|ing)? that|that|says?) (?=\S+ \S+ \S+ \S+)",
    re.IGNORECASE,
)


def unframe(sentence: str) -> str:
    """`Nhiều trang đăng rằng đê đã vỡ` → `đê đã vỡ`: what follows the first word of hearsay, if enough of the sentence is left."""
    rest = _HEARSAY.sub("", sentence, count=1).strip(" “”\"'.")
    return rest if len(rest.split()) >= max(7, len(sentence.split()) // 3) else sentence
