"""Words by which a text says that something is false, and what they speak about."""

import re
from dataclasses import dataclass

from nlp.profile import Profile, covers

# On folded text, between blanks: unmarked text must be understood as well. Each says that a statement is untrue.
_STRONG = re.compile(
    r" (?:bac (?:bo|tin|thong tin|don)|phu nhan|dinh chinh|khong (?:he )?co (?:chuyen|viec|that|co so|can cu|bang chung|chuyen do)|hoan toan khong|vo can cu|"
    r"tin (?:gia|vit|don that thiet|don vo can cu|that thiet|bia dat|don nham|don sai|sai|xau doc|xam|nham|don thoi)|that thiet|bia dat|bia ra|bia chuyen|dung chuyen|"
    r"sai su that|khong dung|khong chinh xac|khong xac thuc|khong phai su that|thong tin sai|sai lech|sai hoan toan|la sai|la gia|deu sai|deu gia|"
    r"dung (?:voi )?tin|khong nen tin|cho (?:voi )?tin|cho nen tin|dung nghe|dung mac lua|dung chia se|khong nen nghe|khong tin theo|chua tung|khong he|chang he|lam gi co|nao co|dau co|"
    r"khong (?:co )?(?:chu truong|ke hoach|quy dinh|van ban|quyet dinh|thong bao|de xuat)(?: nao)?|chua (?:co|he co) (?:chu truong|ke hoach|quy dinh|van ban|quyet dinh|thong bao|bang chung|nghien cuu|co so)|"
    r"khong ghi nhan|chua ghi nhan|khong xay ra|khong phat hien|khong (?:he )?ban hanh|khong phat hanh|khong (?:co )?tac dung|khong the (?:chua|thay|tri|diet|ngan)|"
    r"cat ghep|gia mao|mao danh|thoi phong|hieu lam|hieu sai|hieu nham|nham lan|doi cong chung|tung tin|tung hoa mu|loan tin|bi phat vi|chieu tro|chieu tro lua dao|tro lua|lua dao|"
    r"thuc ra|thuc chat|tren thuc te|khong phai (?:la|do|vi|nho|mat)|khong (?:con|mau|ai|vu|ca|ho|truong hop) nao|khong lien quan|trai (?:voi|han)|trai voi (?:tin|thong tin|loi)|khac voi (?:tin|thong tin|loi) don|chu khong phai|phan bac|bac don|xam lam|xam nha|xao lon|"
    r"den(?:y|ies|ied)|debunk(?:s|ed)?|hoax|fake|false(?:ly)?|untrue|not true|no evidence|misleading|baseless|unfounded|refut(?:es|ed|e)|rejects?|rejected|dismiss(?:es|ed)?|myth|contrary to|never (?:issued|announced|said|planned)|"
    r"no (?:such|plan|plans|order|decision|record|truth)|disput(?:es|ed)|scam|fact check) "
)
# A headline of this kind introduces a check, whatever its body says.
_CHECK_TITLE = re.compile(
    r"^ (?:(?:bac|bac bo|dinh chinh|thuc hu|su that|kiem chung|xac minh|khong co chuyen|khong co viec|canh bao|dung tin|dung voi tin|tin gia|vach tran|giai dap|lam ro|lat tay|goc kiem chung|fact check|su that) )"
    r"| (?:thuc hu|su that (?:ve|la|dang sau|phia sau|vu|chuyen)|kiem chung|len tieng|noi gi|co that (?:khong|hay)|co dung (?:khong|nhu)|dung hay sai|hay chi la|la tin don|chi la tin don) "
)
# What a denial in another sentence points back with: `thông tin trên là bịa đặt`.
_POINTS_BACK = re.compile(r" (?:thong tin|noi dung|tin don|loi don|tin|dieu|viec|van ban|thong bao|hinh anh|doan clip|clip|video|bai viet|cau chuyen|chuyen|quang cao|bai dang) (?:tren|nay|do|neu tren|noi tren|vua neu|dang lan truyen|lan truyen|kieu nay|ay) | (?:tin don|loi don|tin gia|tin that thiet|rumou?rs?|the claims?|the posts?|such claims?) ")
_NEGATORS = frozenset("không chưa chẳng chả đừng chớ khỏi hổng hông not no never cannot n't without isn't aren't won't doesn't wasn't".split())
_NEGATORS_FOLDED = frozenset("khong chang cha not no never cannot without".split())
_NOT_NEGATING_BEFORE = frozenset("khí gian quân chỉ những lưu ít nhỏ ngừng gì phận phép quan lực".split())
_REACH = 4


@dataclass(frozen=True, slots=True)
class Denial:
    """The denying words as they stand in the folded text, and whether they point back to something said before."""

    cue: str
    points_back: bool


def find_denial(passage: Profile, claim: Profile) -> Denial | None:
    """The words by which this passage calls something untrue; None where it does not, or where the claim itself holds them."""
    for match in _STRONG.finditer(passage.folded):
        cue = match.group(0).strip()
        if f" {cue} " not in claim.folded:
            return Denial(cue, bool(_POINTS_BACK.search(passage.folded)))
    return None


def denies(passage: Profile) -> bool:
    """Does the passage say of anything that it is untrue?"""
    return bool(_STRONG.search(passage.folded))


def is_check_title(title: Profile) -> bool:
    """Does the headline introduce a check ("Bác tin ...", "Thực hư chuyện ...")?"""
    return bool(_CHECK_TITLE.search(title.folded)) or bool(_STRONG.search(title.folded))


def negated(passage: Profile, claim: Profile) -> frozenset[str]:
    """The concepts shared with the claim that a negation in the passage bears on."""
    inside = {at for term in passage.terms if term.last > term.first for at in range(term.first, term.last + 1)}
    both_marked = passage.marked and claim.marked
    found: set[str] = set()
    for at in range(len(passage.tokens)):
        if at in inside or not _negates(passage, at):
            continue
        reach = [term for term in passage.terms if at < term.first <= at + _REACH]
        found.update(term.concept for term in reach[:2] if covers(claim, term, both_marked))
    return frozenset(found)


def _negates(passage: Profile, at: int) -> bool:
    tokens = passage.tokens
    form = tokens[at].form
    if form not in (_NEGATORS if passage.marked else _NEGATORS_FOLDED):
        return False
    follow = tokens[at + 1].form if at + 1 < len(tokens) else ""
    if not follow or passage.text[tokens[at].end : tokens[at].end + 2].strip().startswith("?"):
        return False  # `... không?` asks
    if follow in _NOT_NEGATING_BEFORE or (at and tokens[at - 1].form in ("hàng", "hang", "hay", "có", "co", "trên")):
        return False
    return True


_FRAME = re.compile(
    r"^(?:(?:thông tin|tin|tin đồn|có tin|bài đăng|bài viết|một (?:bài đăng|thông báo|bài viết|video|clip|đoạn clip)|mạng xã hội|video|clip|hình ảnh|ảnh|đoạn clip|người dùng mạng xã hội|một số tài khoản|nhiều người|lời đồn)"
    r"(?: (?:lan truyền|đang lan truyền|chia sẻ|được chia sẻ|trên mạng(?: xã hội)?|trên facebook|trên tiktok))*(?: (?:cho rằng|nói rằng|cho biết|nói|rằng|cho thấy|quay cảnh|kể|nêu|khẳng định))+:? |có tin |nghe nói |nghe đồn |tin đồn (?:rằng |về )?|thông tin (?:về )?|"
    r"(?:social media )?(?:posts?|claims?|a video|video|photos?|images?|a viral (?:post|video)|users) (?:claim(?:ing|s)?|shows?|say(?:s|ing)?|that) (?:that )?)",
    re.IGNORECASE,
)


def strip_framing(claim: str) -> str:
    """`Thông tin cho rằng đập bị vỡ` → `đập bị vỡ`: the frame says who talks, not what is claimed."""
    stripped = _FRAME.sub("", claim, count=1).strip(" \"“”'")
    return stripped if len(stripped.split()) >= 4 else claim  # noqa: PLR2004
