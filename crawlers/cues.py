"""How the parts of a page that are not its article give themselves away: names of elements, headings, and single lines.

Vietnamese and English. Only words are looked at here; what is then taken out of a tree is decided in `crawlers.prune`.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache


class Junk(Enum):
    """What a part of a page is, other than article. The value is the most text (characters) such a part may hold; None: any amount."""

    COMMENTS = None
    DISCUSSION = 60_000
    RELATED = 6_000
    ADVERTISEMENT = 2_000
    NEWSLETTER = 800
    SHARE = 600
    TAGS = 1_000
    BYLINE = 1_200
    CHROME = 20_000
    DATE_LINE = 160
    CAPTION = 500
    VERDICT = 3_000


_MAX_HEADING = 90


def _stem(words: str) -> str:
    return "|".join(words.split())


# Names are cut at case changes and in lower case. Plain parts match anywhere, since Vietnamese names are often written together;
# `_word(...)` only between non-letters.
def _word(words: str) -> str:
    return rf"(?<![a-z])(?:{_stem(words)})(?![a-z])"


_NAMES: tuple[tuple[Junk, re.Pattern[str]], ...] = (
    (Junk.COMMENTS, re.compile(r"comment(?!ar)|binh-?luan|y-?kien-?(?:ban-?doc|doc-?gia)|disqus|" + _word("cmt cmts ykien y-kien livefyre"))),
    (
        Junk.DISCUSSION,  # names that an article's own part may bear too
        re.compile(
            r"phan-?hoi|thao-?luan|gop-?y|"
            + _word("respond replies reply reply-list discussion discussions discuss guestbook coral reader-responses user-reviews hoi-dap talk")
        ),
    ),
    (
        Junk.RELATED,
        re.compile(
            r"(?<!cor)(?<!p)relat(?:ed|ion|e(?![a-z]))|lien-?quan|cung-?(?:chuyen-?muc|muc|su-?kien|chu-?de)|read-?(?:more|also|"
            r"next)(?![a-z]*-?content)|(?:xem|doc)-?(?:them|tiep|nhieu)|"
            r"tin-?(?:khac|moi|hot|noi-?bat|nong|tuc-?khac|doc-?nhieu|xem-?nhieu|cung|lq|tai-?tro)|bai-?(?:viet-?)?(?:khac|moi)|"
            r"quan-?tam|recommend|outbrain|taboola|mgid|dable|most-?(?:read|popular|view|share|comment)|"
            r"trending|you-?may|might-?like|also-?like|suggest|(?:other|more|latest|next|hot|top|recent|popular)-?(?:news|stor(?:y|ies)|"
            r"articles?|posts?)(?![a-z])|(?:prev|next)-?(?:post|article)|goi-?y|de-?xuat|dang-?chu-?y|"
            + _word("popular similar seealso see-also teasers onward further-reading crosslinks")
        ),
    ),
    (
        Junk.ADVERTISEMENT,
        re.compile(
            r"quang-?cao|advert|adsbygoogle|googletag|sponsor|promoted|ad-?slot|ad-?(?:box|zone|unit|wrap|container|banner|label|block|"
            r"space|holder)|tai-?tro(?!ng)|khuyen-?mai|"
            + _word("ad ads adv advs qc dfp gpt banner banners promo promos promotion admzone native-ad commercial box-qc shopping affiliate")
        ),
    ),
    (Junk.NEWSLETTER, re.compile(
        r"newsletter|subscri|sign-?up|mailing-?list|dang-?ky|nhan-?(?:ban-?)?tin|ban-?tin-?email|"
        + _word("followus follow-us follow subscription donate donation appeal"))),
    (Junk.SHARE, re.compile(
        r"shar(?:e|ing)(?!d?holder|-?market|s-)|chia-?se|social|sociable|add-?this|add-?to-?any|like-?box|fb-?like|mxh|reaction|send-?star|"
        + _word("toolbar tools print zalo facebook twitter rating ratings vote"))),
    (Junk.TAGS, re.compile(
        r"tag-?(?:s(?![a-z])|list|cloud|box|detail|cotnent|content|links|wrap|item)|tu-?khoa|key-?words?|hash-?tag|"
        + _word("tag tags topics categories the-tag"))),
    (Junk.BYLINE, re.compile(
        r"by-?line|author|tac-?gia|but-?danh|nguoi-?(?:viet|dang)|journalist|contributor|phong-?vien|writer|"
        + _word("vcard h-card bio reporter creator credit credits posted-by signature poster nguon"))),
    (
        Junk.CHROME,
        re.compile(
            r"bread-?crumb|pagination|cookie|gdpr|copyright|site-?footer|page-?footer|mega-?menu|off-?canvas|skip-?(?:link|to)|"
            r"back-?to-?top|search-?(?:box|form|bar)|popup|menu(?![a-z])|ban-?quyen|nav-?(?:bar|menu|top|left|list)|"
            r"site-?header|page-?header|top-?header|main-?header|header-?(?:top|main|wrap|menu|nav)|side-?bar|right-?col|col-?right|"
            r"cot-?phai|danh-?muc|footer(?![a-z]*-?content)|chan-?trang|dau-?trang|"
            + _word("nav navigation pager consent modal login dang-nhap sidebar toc muc-luc widget ticker masthead hotline lien-he tro-lai weather")
        ),
    ),
    (Junk.CAPTION, re.compile(r"caption|chu-?thich|photo-?credit|image-?credit|" + _word("cutline anh-chu"))),
    (
        Junk.DATE_LINE,
        re.compile(_word(
            "date dates time datetime timestamp published pubdate publish-date post-meta entry-meta article-meta meta dateline ngay "
            "ngay-dang thoi-gian views view-count luot-xem source nguon-tin read-time")),
    ),
)  # fmt: skip
_SWITCH = re.compile(r"^(?:has|with|without|no|not|show|is|js|enable|disable|hide)-|-(?:open|opened|enabled|disabled|closed|on|off|status|count)$")
_POST_MARK = re.compile(r"(?:^| )(?:hentry|type-post|post|post-\d+|single)(?: |$)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_END = r"\s*[:.…>»\-–|]*\s*"
_COUNT = r"\s*(?:[(\[]?\s*\d{1,6}\s*[)\]]?)?"
# Headings as folded text. Each must be the whole of its line, counts and punctuation aside.
_HEADINGS: tuple[tuple[Junk, re.Pattern[str]], ...] = (
    (
        Junk.COMMENTS,
        re.compile(
            r"[\w ]{0,20}\b(?:ban doc|doc gia|nguoi doc)\b[\w ]{0,12}\b(?:binh luan|phan hoi|viet|gop y|trao doi|noi "
            r"gi|len tieng|ban luan|chia se|hoi|thao luan|y kien)\b[\w ]{0,12}"
            r"|[\w ]{0,20}\b(?:binh luan|phan hoi|gop y|trao doi|tieng noi|y kien|hop thu|goc|chia se|thao luan|ban luan|thu)\b[\w "
            r"]{0,12}\b(?:ban doc|doc gia|nguoi doc)\b[\w ]{0,12}"
            r"|[\w ]{0,20}\breaders?\b[\w ]{0,12}\b(?:comments?|say|views?|thoughts?|opinions?|letters?|reactions?|write|feedback|"
            r"forum)\b[\w ]{0,12}|[\w ]{0,12}\bfrom (?:our|the) readers\b"
            r"|(?:\d{1,6} )?(?:(?:cac |gui |viet |them |hien thi |xem |tat ca )?(?:binh luan|y kien|phan hoi)(?: (?:ban doc|doc gia|cua "
            r"ban|cua ban doc|cua doc gia|bai viet(?: nay)?|moi nhat|noi bat|nguoi doc|facebook))*"
            r"|ban doc (?:binh luan|phan hoi|viet|gop y|noi gi)|doc gia (?:binh luan|phan hoi|gop y)|y kien cua ban|y kien (?:ban doc|"
            r"doc gia)|(?:khung|muc|cung) thao luan"
            r"|(?:reader |user |readers |leave a |post a |add a |view )?(?:comments?|replies)"
            r"(?: \(?closed\)?)?|join the (?:conversation|discussion)|leave a reply|what readers say|have your say)"
            + _COUNT + _END
        ),
    ),
    (
        Junk.RELATED,
        re.compile(
            r"[>»+•\-* ]*(?:(?:cac )?(?:tin|bai)(?: viet| tuc| bai)? (?:lien quan|cung (?:chuyen muc|chu de|su kien|muc|tac gia)|khac|"
            r"moi(?: nhat| hon| cap nhat)?|cu hon|noi bat|nong|doc nhieu|xem nhieu|hot|tiep theo|nen doc|dang chu y|ban nen doc)"
            r"|co the ban (?:quan tam|thich|chua biet|muon (?:doc|xem|biet))|ban co the (?:quan tam|thich)|(?:xem|doc|tim hieu)(?: them| "
            r"tiep)(?: tin(?: tuc)?| bai(?: viet)?| ve chu de nay| tren .{1,30}| tai day)?|(?:mời|moi) (?:ban )?(?:xem|doc) them"
            r"|(?:dang |duoc |tin )?(?:doc|xem|quan tam) nhieu(?: nhat)?|lien quan|cung chuyen muc|cung chu de|goi y cho ban|danh cho "
            r"ban|de xuat cho ban|tin lien quan|nen doc|chu de lien quan|dong su kien|moi nhat|tin moi"
            r"|related(?: (?:news|stor(?:y|ies)|articles?|topics?|content|posts?|links?|reading|coverage))?|read (?:more|also|next|on|"
            r"this)|see (?:also|more)|also read|more (?:from|on) .{1,30}|more (?:stories|news|like this)|you (?:may|might)(?: also)? (?:like|be "
            r"interested in|want to read)"
            r"|recommended(?: (?:for you|stories|articles|reading))?|most (?:read|popular|viewed|shared)|popular(?: (?:now|stories|"
            r"news))?|trending(?: now)?|latest(?: (?:news|stories))?|up next|dont miss|editors picks?|further reading|next (?:story|"
            r"article)|other news|what to read next|top stories)"
            + _COUNT + _END
        ),
    ),
    (
        Junk.ADVERTISEMENT,
        re.compile(
            r"[\[(\-* ]*(?:(?:thong tin )?quang cao|noi dung (?:tai tro|quang cao)|(?:bai viet )?(?:duoc )?tai tro(?: boi .{1,40})?|"
            r"advertisements?|advertorial|ads?(?: by .{1,30})?|sponsored(?: (?:content|by .{1,40}|links?|post))?|promoted(?: content)?|"
            r"paid (?:content|post|partnership)|khuyen mai|rao vat|partner content|tai tro)"
            r"[\])]*" + _END
        ),
    ),
    (
        Junk.NEWSLETTER,
        re.compile(
            r"(?:dang ky (?:nhan )?(?:theo doi )?(?:ban tin|tin (?:moi|tuc|nhanh|hang ngay)|email|newsletter).{0,60}|dang ky ngay de nhan.{0,40}"
            r"|nhan (?:ban )?tin (?:qua |hang |moi ).{0,40}|theo doi (?:chung toi|bao .{1,30} tren|kenh .{1,30} tren|trang .{1,30} tren)[^.]{0,40}"
            r"|subscribe(?: (?:to|now|today|for) .{0,60})?|sign up (?:for|to) (?:our|the|receive|get) .{0,60}"
            r"|(?:our |daily |weekly |email |free )*newsletters?.{0,40}"
            r"|follow us.{0,60}|get (?:the|our).{0,40} (?:newsletter|inbox|email).{0,40}|tai ung dung.{0,40}|download (?:the|our) app.{0,30})"
            + _END
        ),
    ),
    (
        Junk.SHARE,
        re.compile(
            r"(?:chia se(?: (?:bai viet|bai|len|qua|facebook|zalo|tin nay|voi ban be)(?: nay)?(?: .{1,20})?)?|share(?: (?:this|on|via|"
            r"with)(?: .{1,30})?)?|gui (?:email|thu|bai viet|cho ban be)(?: cho ban be)?|in (?:bai(?: viet)?|trang)|luu (?:bai|tin)(?: "
            r"viet)?|sao chep (?:lien ket|link)|copy link|print(?: this)?|email(?: this)?|facebook|zalo|twitter|x|thich|like|tweet|"
            r"(?:tro (?:lai|ve)|ve) (?:dau trang|trang chu|trang truoc|chuyen muc.{0,20})|danh gia bai viet|bai viet nay co huu ich.{0,30})"
            + _COUNT + _END
        ),
    ),
    (Junk.TAGS, re.compile(r"(?:tags?|tu khoa|the|chu de|keywords?|topics?|filed under|hashtags?|categories|chuyen muc|nhan)" + _END)),
)  # fmt: skip
# A cue and what it leads, on one line: "Xem thêm: ...", "Từ khóa: ...", "Tác giả: ...".
_LINES: tuple[tuple[Junk, re.Pattern[str], int], ...] = (
    (Junk.RELATED, re.compile(
        r"[>»+•\-* ]*(?:(?:moi )?(?:ban )?(?:xem|doc) (?:them|tiep)|(?:tin|bai)(?: viet)? (?:lien quan|khac)|read (?:more|also|next)|see "
        r"also|also read|related(?: \w+)?|more on this|watch)\s*(?::|>>?|»|\||–|-(?=\s))"), 260),
    (Junk.TAGS, re.compile(r"(?:tags?|tu khoa|the|keywords?|topics?|hashtags?|filed under)\s*:"), 400),
    (Junk.ADVERTISEMENT, re.compile(r"[\[(]?\s*(?:quang cao|advertisement|sponsored|noi dung tai tro|ad)\s*[\])]?\s*(?::|–|-(?=\s)|\|)"), 400),
    (
        Junk.SHARE,
        re.compile(
            r"(?:chia se(?: (?:bai viet|bai|tin|len|qua|facebook|zalo)(?: nay)?)?|share(?: (?:this|on|via)(?: \w+)?)?"
            r"|(?:theo doi|follow)(?: (?:us|chung toi|bao .{1,20}))? (?:tren|on) .{1,20})\s*:"
        ),
        120,
    ),
    (
        Junk.COMMENTS,
        re.compile(r"(?:binh luan|y kien ban doc|ban doc|doc gia|comments?)(?: cua (?:ban doc|doc gia))?\s*(?:\(\d{1,6}\))?\s*:"),
        400,
    ),
    (
        Junk.BYLINE,
        re.compile(
            r"(?:(?:tac gia|phong vien|bai viet|bai va anh|bai, anh|nguoi viet|nguoi dang|dang boi|duoc dang boi|viet boi|bien tap(?: "
            r"vien)?|bien soan|thuc hien|tong hop|anh|nguoi thuc hien|nhom pv|pv|ctv|but danh|nguon|theo)\s*[:|]"
            r"|(?:posted|written|published|reported|reporting|edited|editing|compiled|words|photos?|by|author|authors|source|story|"
            r"text)(?: by| and photos| and editing)?\s*:|(?:written|posted|reporting|editing|photographs?) by )"
        ),
        140,
    ),
)  # fmt: skip
_FOOTER = re.compile(r"©|\(c\) ?(?:19|20)\d\d|bao luu moi quyen|all rights reserved|ghi ro nguon .{0,40}(?:khi|website|trang|bao)")
_IMPRINT = re.compile(  # an imprint is no sentence: these count only where the line does not end like one
    r"^(?:copyright\b|ban quyen\b|giay phep\b|tong bien tap\b|co quan chu quan\b|chiu trach nhiem\b|toa soan\b"
    r"|khong sao chep\b|chi duoc phat hanh lai\b)"
)
_MAX_FOOTER = 300
# Who signs: a role before a name, with or without a colon. As written, since the name is told by its capitals.
_NAME_WORD = r"(?:[^\W\d_a-zà-ỹ][\w'’.]*)"
_ROLE = (
    r"(?:(?i:nhóm\s+)?(?i:phóng viên|pv|ctv|cộng tác viên|tác giả|người viết|người thực hiện|thực hiện|dự báo viên|kiểm chứng viên|người kiểm chứng"
    r"|biên tập(?: viên)?|biên soạn|biên dịch|bình luận viên|thông tín viên|bài(?:\s*(?:,|và|&)\s*ảnh)?|tin(?:\s*(?:,|và|-)\s*(?:bài|ảnh))?|ảnh"
    r"|(?:story |text |words |photos? |written |reported |edited )*by|reporter|editor|staff writer|correspondent|photographer)\b)"
)
_JOINT = r"(?:\s*[-–—,;/&+]\s*|\s+(?:và|and)\s+)"
_NAMES_JOINED = rf"(?:{_ROLE}\s*:?\s+)?{_NAME_WORD}(?:[\s-]+{_NAME_WORD}){{0,5}}"
_SIGNED_BY_ROLE = re.compile(rf"[(\[—–-]?\s*{_ROLE}\s*:?\s+{_NAMES_JOINED}(?:{_JOINT}{_NAMES_JOINED}){{0,4}}(?:\s*\([^()]{{1,40}}\))?[)\]]?")
_MAX_SIGNATURE = 100
_MAX_SIGNATURE_WORDS = 8
_ASKS = re.compile(r"(?:phong vien|pv)\s*[:|]")
_SENTENCE_END = re.compile(r"[.!?…:;][\"”’»)\]]*$")
# A line that speaks of readers and replies, made of these words alone; it counts only where a reader's words follow (`crawlers.prune`).
_EXCHANGE = re.compile(
    r"binh luan|y kien|ban doc|doc gia|nguoi doc|trao doi|phan hoi|thao luan|ban luan|gop y|hoi dap|nhan gui|doi dap|chia se|hop thu|len tieng"
    r"|\b(?:comments?|repl(?:y|ies)|discussions?|letters?|remarks?|readers?|responses?|feedback|talk|conversation|reactions?|opinions?|views)\b"
)
_EXCHANGE_FILLERS = re.compile(
    r"va|cua|cac|tu|gui|ve|voi|toi|toa|soan|muc|goc|thu|noi|gi|viet|hoi|dien|dan|cung|hop|ban|nhung|moi|nhat|tat|ca|xem|cho|bai|nay|trang|tin|loi|cau"
    r"|our|your|the|from|to|of|and|on|what|say|said|wrote|write|have|us|editor|add|all|latest|join|this|story|article|by|in|post|mail|box|corner|forum|s"
)
_EXCHANGE_NAMES = re.compile(
    r"(?<![a-z])(?:remarks?|trao-?doi|nhan-?gui|hoi-?am|doi-?dap|talk-?back|feedback|letters|thu-?ban-?doc|(?:ban-?doc|doc-?gia)-?(?:viet|noi|gui|hoi)|"
    r"reader-?(?:letters|voices|posts)|conversations?|responses|threads?)(?![a-z])"
)
_DATE_WORDS = frozenset(
    [
        "thu",
        "hai",
        "ba",
        "tu",
        "nam",
        "sau",
        "bay",
        "chu",
        "nhat",
        "t2",
        "t3",
        "t4",
        "t5",
        "t6",
        "t7",
        "cn",
        "ngay",
        "thang",
        "luc",
        "gio",
        "phut",
        "gmt",
        "utc",
        "am",
        "pm",
        "sa",
        "ch",
        "ict",
        "cap",
        "dang",
        "xuat",
        "ban",
        "published",
        "updated",
        "posted",
        "on",
        "at",
        "last",
        "date",
        "time",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "est",
        "edt",
        "pst",
        "pdt",
        "bst",
        "th",
        "st",
        "nd",
        "rd",
        "h",
        "z",
        "t",
        "hom",
        "qua",
        "nay",
        "truoc",
        "ago",
        "hours",
        "hour",
        "minutes",
        "minute",
        "days",
        "day",
        "read",
        "min",
    ]
)
_MAX_DATE_LINE = 90
_LONGEST_LINE = max(longest for _kind_of_line, _pattern, longest in _LINES)
_BY_NAME = re.compile(r"^(?:By|BY|Bởi|bởi)\s+(?:[^\W\d_a-z][\w.'’-]*[\s,]*(?:and |và |& )?){1,8}(?:[|,•-].{0,60})?$")
_MARKS = re.compile("[\u0300-\u036f’']+")


def fold(text: str) -> str:
    """Lower case without diacritics, for comparing cues."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.casefold())).replace("đ", "d")


def line_junk(text: str) -> Junk | None:
    """What a single line is, where its own words say that it is no part of the article."""
    if len(text) > _LONGEST_LINE:
        return None
    if _BY_NAME.match(text) or is_signed_by_role(text):
        return Junk.BYLINE
    folded = fold(text)
    for kind, pattern, longest in _LINES:
        if len(text) <= longest and pattern.match(folded) and not (kind is Junk.BYLINE and _is_question(text, folded)):
            return kind
    if len(text) <= _MAX_FOOTER and (_FOOTER.search(folded) or (_IMPRINT.search(folded) and not folded.endswith("."))):
        return Junk.CHROME
    parts = re.split(r"\s*[|·•]\s*", folded) if len(text) <= _MAX_HEADING else []
    if len(parts) > 1 and all(not part or heading_junk(part, len(part)) for part in parts):
        return Junk.SHARE
    return heading_junk(folded, len(text))


def _is_question(text: str, folded: str) -> bool:
    """Whether a line is what an interviewer says ("Phóng viên: Bao giờ cầu xong?") and not a reporter's name."""
    if not _ASKS.match(folded):
        return False
    words: list[str] = re.findall(r"[^\W\d_]+", re.split(r"[:|]", text, maxsplit=1)[1])
    return 2 * sum(word[0].isupper() for word in words) < len(words)


def is_signed_by_role(text: str) -> bool:
    """Whether a line is a role and the names of those who have it, and nothing else."""
    return len(text) <= _MAX_SIGNATURE and not text.endswith((".", ":", "?", "!")) and bool(_SIGNED_BY_ROLE.fullmatch(text))


def may_be_signature(text: str) -> bool:
    """Whether a line could be a signature, where its place on the page says so too: a few words, most with a capital, no sentence."""
    words = re.findall(r"[^\W\d_][\w.'’]*", text)
    if not words or len(words) > _MAX_SIGNATURE_WORDS or len(text) > _MAX_SIGNATURE or _SENTENCE_END.search(text):
        return False
    return is_signed_by_role(text) or (words[0][0].isupper() and 2 * sum(word[0].isupper() for word in words) > len(words))


def speaks_of_readers(text: str) -> bool:
    """Whether a line could head what readers say to each other, in words that an article's own heading may have too ("Trao đổi", "Letters")."""
    folded = fold(text)
    if len(text) > _MAX_HEADING or not _EXCHANGE.search(folded):
        return False
    return all(_EXCHANGE_FILLERS.fullmatch(word) for word in re.findall(r"[^\W\d_]+", _EXCHANGE.sub(" ", folded)))


def names_readers(names: str) -> bool:
    """Whether class, id or role names could stand for what readers say, and for an article's own part as well."""
    return bool(_EXCHANGE_NAMES.search(_CAMEL.sub("-", names[:400]).replace("_", "-").lower()))


def is_date_line(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    if len(text) > _MAX_DATE_LINE or not any(map(str.isdigit, text)):
        return False
    words = re.findall(r"[^\W\d_]+", fold(text))
    return all(word in _DATE_WORDS for word in words) and bool(re.search(r"\d[/.:-]\d|(?:19|20)\d\d|truoc|ago", fold(text)))


@lru_cache(maxsize=20_000)
def name_junk(names: str) -> Junk | None:
    """What an element is by its class and id names."""
    tokens = [token for token in _CAMEL.sub("-", names).replace("_", "-").lower().split() if not _SWITCH.search(token)]
    spelled = " ".join(tokens)[:400]
    is_post = bool(_POST_MARK.search(spelled))
    for kind, pattern in _NAMES:
        if pattern.search(spelled) and not (is_post and kind is not Junk.COMMENTS):
            return kind
    return None


def heading_junk(folded: str, length: int) -> Junk | None:
    """What section a heading opens, given its folded text and the length of the line."""
    if length > _MAX_HEADING:
        return None
    for kind, pattern in _HEADINGS:
        if pattern.fullmatch(folded):
            return kind
    return None
