"""Takes out of a page what is not its article: comments, related links, advertisements, newsletters, share bars, tags, bylines, chrome.

Two kinds of cues: names (class, id, role, itemprop) and headings ("Bình luận", "Xem thêm", "Quảng cáo"). The article itself is guarded:
what holds the title, the marked article body or most of the page's prose is never taken out by a name alone.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache

from lxml import etree  # type: ignore[import-untyped]

from crawlers.layout import HEADING_TAGS, Block, blocks, mark_paragraphs, remove, text_of


class Junk(Enum):
    """What a part of a page is, other than article. The value is the most text (characters) such a part may hold; None: any amount."""

    COMMENTS = None
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
_LIST_LINK_SHARE = 0.7
_PROSE_SHARE = 0.5


def _stem(words: str) -> str:
    return "|".join(words.split())


# Names, cut at case changes, in lower case. `word(...)` stands between non-letters, `part(...)` anywhere (Vietnamese names are often written together).
def _word(words: str) -> str:
    return rf"(?<![a-z])(?:{_stem(words)})(?![a-z])"


_NAMES: tuple[tuple[Junk, re.Pattern[str]], ...] = (
    (
        Junk.COMMENTS,
        re.compile(
            r"comment(?!ar)|binh-?luan|y-?kien-?(?:ban-?doc|doc-?gia)|disqus|phan-?hoi|thao-?luan|"
            + _word("cmt cmts ykien y-kien respond replies reply reply-list discussion discussions discuss guestbook livefyre coral reader-responses user-reviews hoi-dap")
        ),
    ),
    (
        Junk.RELATED,
        re.compile(
            r"(?<!cor)(?<!p)relat(?:ed|ion|e(?![a-z]))|lien-?quan|cung-?(?:chuyen-?muc|muc|su-?kien|chu-?de)|read-?(?:more|also|next)(?![a-z]*-?content)|(?:xem|doc)-?(?:them|tiep|nhieu)|"
            r"tin-?(?:khac|moi|hot|noi-?bat|nong|tuc-?khac|doc-?nhieu|xem-?nhieu|cung|lq|tai-?tro)|bai-?(?:viet-?)?(?:khac|moi)|quan-?tam|recommend|outbrain|taboola|mgid|dable|most-?(?:read|popular|view|share|comment)|"
            r"trending|you-?may|might-?like|also-?like|suggest|(?:other|more|latest|next|hot|top|recent|popular)-?(?:news|stor(?:y|ies)|articles?|posts?)(?![a-z])|(?:prev|next)-?(?:post|article)|goi-?y|de-?xuat|dang-?chu-?y|"
            + _word("popular similar seealso see-also teasers onward further-reading crosslinks")
        ),
    ),
    (
        Junk.ADVERTISEMENT,
        re.compile(
            r"quang-?cao|advert|adsbygoogle|googletag|sponsor|promoted|ad-?slot|ad-?(?:box|zone|unit|wrap|container|banner|label|block|space|holder)|tai-?tro(?!ng)|khuyen-?mai|"
            + _word("ad ads adv advs qc dfp gpt banner banners promo promos promotion admzone native-ad commercial box-qc shopping affiliate")
        ),
    ),
    (Junk.NEWSLETTER, re.compile(r"newsletter|subscri|sign-?up|mailing-?list|dang-?ky|nhan-?(?:ban-?)?tin|ban-?tin-?email|" + _word("followus follow-us follow subscription donate donation appeal"))),
    (Junk.SHARE, re.compile(r"shar(?:e|ing)(?!d?holder|-?market|s-)|chia-?se|social|sociable|add-?this|add-?to-?any|like-?box|fb-?like|mxh|reaction|send-?star|" + _word("toolbar tools print zalo facebook twitter rating ratings vote"))),
    (Junk.TAGS, re.compile(r"tag-?(?:s(?![a-z])|list|cloud|box|detail|cotnent|content|links|wrap|item)|tu-?khoa|key-?words?|hash-?tag|" + _word("tag tags topics categories the-tag"))),
    (Junk.BYLINE, re.compile(r"by-?line|author|tac-?gia|but-?danh|nguoi-?(?:viet|dang)|journalist|contributor|phong-?vien|writer|" + _word("vcard h-card bio reporter creator credit credits posted-by signature poster nguon"))),
    (
        Junk.CHROME,
        re.compile(
            r"bread-?crumb|pagination|cookie|gdpr|copyright|site-?footer|page-?footer|mega-?menu|off-?canvas|skip-?(?:link|to)|back-?to-?top|search-?(?:box|form|bar)|popup|menu(?![a-z])|ban-?quyen|nav-?(?:bar|menu|top|left|list)|"
            r"site-?header|page-?header|top-?header|main-?header|header-?(?:top|main|wrap|menu|nav)|side-?bar|right-?col|col-?right|cot-?phai|danh-?muc|footer(?![a-z]*-?content)|chan-?trang|dau-?trang|"
            + _word("nav navigation pager consent modal login dang-nhap sidebar toc muc-luc widget ticker masthead hotline lien-he tro-lai weather")
        ),
    ),
    (Junk.CAPTION, re.compile(r"caption|chu-?thich|photo-?credit|image-?credit|" + _word("cutline anh-chu"))),
    (
        Junk.DATE_LINE,
        re.compile(_word("date dates time datetime timestamp published pubdate publish-date post-meta entry-meta article-meta meta dateline ngay ngay-dang thoi-gian views view-count luot-xem source nguon-tin read-time")),
    ),
)  # fmt: skip
_SWITCH = re.compile(r"^(?:has|with|without|no|not|show|is|js|enable|disable|hide)-|-(?:open|opened|enabled|disabled|closed|on|off|status|count)$")
_POST_MARK = re.compile(r"(?:^| )(?:hentry|type-post|post|post-\d+|single)(?: |$)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ROLES = {
    "navigation": Junk.CHROME, "complementary": Junk.CHROME, "contentinfo": Junk.CHROME, "search": Junk.CHROME, "dialog": Junk.CHROME,
    "menu": Junk.CHROME, "menubar": Junk.CHROME, "toolbar": Junk.CHROME, "banner": Junk.CHROME,
}  # fmt: skip
_PROPERTIES = {"author": Junk.BYLINE, "comment": Junk.COMMENTS, "creator": Junk.BYLINE, "publisher": Junk.CHROME, "caption": Junk.CAPTION, "keywords": Junk.TAGS}
_VERDICT_TYPE = re.compile(r"schema\.org/(?:ClaimReview|Rating)$")
_COMMENT_TYPE = re.compile(r"schema\.org/(?:User)?Comments?$")

_END = r"\s*[:.…>»\-–|]*\s*"
_COUNT = r"\s*(?:[(\[]?\s*\d{1,6}\s*[)\]]?)?"
# Headings as folded text. Each must be the whole of its line, counts and punctuation aside.
_HEADINGS: tuple[tuple[Junk, re.Pattern[str]], ...] = (
    (
        Junk.COMMENTS,
        re.compile(
            r"[\w ]{0,20}\b(?:ban doc|doc gia|nguoi doc|khan gia|cong dong)\b[\w ]{0,12}\b(?:binh luan|phan hoi|viet|gop y|trao doi|noi gi|len tieng|ban luan|chia se|hoi|thao luan|y kien)\b[\w ]{0,12}"
            r"|[\w ]{0,20}\b(?:binh luan|phan hoi|gop y|trao doi|tieng noi|y kien|hop thu|goc|chia se|thao luan|ban luan|thu)\b[\w ]{0,12}\b(?:ban doc|doc gia|nguoi doc|khan gia|cong dong)\b[\w ]{0,12}"
            r"|[\w ]{0,20}\breaders?\b[\w ]{0,12}\b(?:comments?|say|views?|thoughts?|opinions?|letters?|reactions?|write|feedback|forum)\b[\w ]{0,12}|[\w ]{0,12}\bfrom (?:our|the) readers\b"
            r"|(?:\d{1,6} )?(?:(?:cac |gui |viet |them |hien thi |xem |tat ca )?(?:binh luan|y kien|phan hoi)(?: (?:ban doc|doc gia|cua ban|cua ban doc|cua doc gia|bai viet(?: nay)?|moi nhat|noi bat|nguoi doc|facebook))*"
            r"|ban doc (?:binh luan|phan hoi|viet|gop y|noi gi)|doc gia (?:binh luan|phan hoi|gop y)|y kien cua ban|y kien (?:ban doc|doc gia)|hoi dap|thao luan"
            r"|(?:reader |user |readers |leave a |post a |add a |join the |view )?(?:comments?|conversation|discussion|replies|repl(?:y|ies))(?: \(?closed\)?)?|leave a reply|what readers say|have your say|responses)"
            + _COUNT + _END
        ),
    ),
    (
        Junk.RELATED,
        re.compile(
            r"[>»+•\-* ]*(?:(?:cac )?(?:tin|bai)(?: viet| tuc| bai)? (?:lien quan|cung (?:chuyen muc|chu de|su kien|muc|tac gia)|khac|moi(?: nhat| hon| cap nhat)?|cu hon|noi bat|nong|doc nhieu|xem nhieu|hot|tiep theo|nen doc|dang chu y|ban nen doc)"
            r"|co the ban (?:quan tam|thich|chua biet|muon (?:doc|xem|biet))|ban co the (?:quan tam|thich)|(?:xem|doc|tim hieu)(?: them| tiep)(?: tin(?: tuc)?| bai(?: viet)?| ve chu de nay| tren .{1,30}| tai day)?|(?:mời|moi) (?:ban )?(?:xem|doc) them"
            r"|(?:dang |duoc |tin )?(?:doc|xem|quan tam) nhieu(?: nhat)?|lien quan|cung chuyen muc|cung chu de|goi y cho ban|danh cho ban|de xuat cho ban|tin lien quan|nen doc|chu de lien quan|dong su kien|moi nhat|tin moi"
            r"|related(?: (?:news|stor(?:y|ies)|articles?|topics?|content|posts?|links?|reading|coverage))?|read (?:more|also|next|on|this)|see (?:also|more)|also read|more (?:from|on|stories|news|in|like this).{0,30}|you (?:may|might)(?: also)? (?:like|be interested in|want to read)"
            r"|recommended(?: (?:for you|stories|articles|reading))?|most (?:read|popular|viewed|shared)|popular(?: (?:now|stories|news))?|trending(?: now)?|latest(?: (?:news|stories))?|up next|dont miss|editors picks?|further reading|next (?:story|article)|other news|what to read next|top stories)"
            + _COUNT + _END
        ),
    ),
    (
        Junk.ADVERTISEMENT,
        re.compile(
            r"[\[(\-* ]*(?:(?:thong tin )?quang cao|noi dung (?:tai tro|quang cao)|(?:bai viet )?(?:duoc )?tai tro(?: boi .{1,40})?|advertisements?|advertorial|ads?(?: by .{1,30})?|sponsored(?: (?:content|by .{1,40}|links?|post))?|promoted(?: content)?|paid (?:content|post|partnership)|khuyen mai|rao vat|partner content|tai tro)"
            r"[\])]*" + _END
        ),
    ),
    (
        Junk.NEWSLETTER,
        re.compile(
            r"(?:dang ky (?:nhan|theo doi|ban tin|email).{0,60}|nhan (?:ban )?tin (?:qua |hang |moi ).{0,40}|theo doi (?:chung toi|bao|kenh|trang).{0,60}|subscribe.{0,80}|sign up (?:for|to).{0,80}|(?:our |daily |weekly |email |free )*newsletters?.{0,40}|follow us.{0,60}|get (?:the|our).{0,40} (?:newsletter|inbox|email).{0,40}|join our .{0,60}|tai ung dung.{0,40}|download (?:the|our) app.{0,30})"
            + _END
        ),
    ),
    (
        Junk.SHARE,
        re.compile(
            r"(?:chia se(?: (?:bai viet|bai|len|qua|facebook|zalo|tin nay|voi ban be)(?: nay)?(?: .{1,20})?)?|share(?: (?:this|on|via|with)(?: .{1,30})?)?|gui (?:email|thu|bai viet|cho ban be)(?: cho ban be)?|in (?:bai(?: viet)?|trang)|luu (?:bai|tin)(?: viet)?|sao chep (?:lien ket|link)|copy link|print(?: this)?|email(?: this)?|facebook|zalo|twitter|x|thich|like|tweet|tro (?:lai|ve) .{1,30}|danh gia bai viet|bai viet nay co huu ich.{0,30})"
            + _COUNT + _END
        ),
    ),
    (Junk.TAGS, re.compile(r"(?:tags?|tu khoa|the|chu de|keywords?|topics?|filed under|hashtags?|categories|chuyen muc|nhan)" + _END)),
)  # fmt: skip
# A cue and what it leads, on one line: "Xem thêm: ...", "Từ khóa: ...", "Tác giả: ...".
_LINES: tuple[tuple[Junk, re.Pattern[str], int], ...] = (
    (Junk.RELATED, re.compile(r"[>»+•\-* ]*(?:(?:moi )?(?:ban )?(?:xem|doc) (?:them|tiep)|(?:tin|bai)(?: viet)? (?:lien quan|khac)|read (?:more|also|next)|see also|also read|related(?: \w+)?|more on this|watch)\s*(?::|>>?|»|\||–|-(?=\s))"), 260),
    (Junk.TAGS, re.compile(r"(?:tags?|tu khoa|the|keywords?|topics?|hashtags?|filed under)\s*:"), 400),
    (Junk.ADVERTISEMENT, re.compile(r"[\[(]?\s*(?:quang cao|advertisement|sponsored|noi dung tai tro|ad)\s*[\])]?\s*(?::|–|-(?=\s)|\|)"), 400),
    (Junk.SHARE, re.compile(r"(?:chia se|share(?: this)?|theo doi|follow(?: us)?)(?: .{1,30})?\s*:"), 120),
    (Junk.COMMENTS, re.compile(r"(?:binh luan|y kien ban doc|ban doc|comments?)(?: cua .{1,40})?\s*(?:\(\d{1,6}\))?\s*:"), 400),
    (
        Junk.BYLINE,
        re.compile(
            r"(?:(?:tac gia|phong vien|bai viet|bai va anh|bai, anh|nguoi viet|nguoi dang|dang boi|duoc dang boi|viet boi|bien tap(?: vien)?|bien soan|thuc hien|tong hop|anh|nguoi thuc hien|nhom pv|pv|ctv|but danh|nguon|theo)\s*[:|]"
            r"|(?:posted|written|published|reported|reporting|edited|editing|compiled|words|photos?|by|author|authors|source|story|text)(?: by| and photos| and editing)?\s*:|(?:written|posted|reported|reporting|edited|editing|photographs?) by )"
        ),
        140,
    ),
)  # fmt: skip
_FOOTER = re.compile(
    r"^(?:©|\(c\) ?\d{4}|copyright\b|ban quyen\b|all rights reserved|giay phep (?:so|hoat dong|xuat ban|thiet lap|bao chi|mxh)|tong bien tap\b|co quan chu quan|chiu trach nhiem (?:noi dung|chinh)|toa soan\b|khong sao chep|"
    r"ghi ro nguon|chi duoc phat hanh lai)|(?:©|bao luu moi quyen|all rights reserved|ban quyen thuoc (?:ve )?|ghi ro nguon)"
)
_MAX_FOOTER = 300
_DATE_WORDS = frozenset(
    "thu hai ba tu nam sau bay chu nhat t2 t3 t4 t5 t6 t7 cn ngay thang luc gio phut gmt utc am pm sa ch ict cap dang xuat ban published updated posted on at last date time "
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec est edt pst pdt bst th st nd rd h z t hom qua nay truoc ago hours hour minutes minute days day read min".split()
)
_MAX_DATE_LINE = 90
_LONGEST_LINE = max(longest for _kind_of_line, _pattern, longest in _LINES)
_BY_NAME = re.compile(r"^(?:By|BY|Bởi|bởi)\s+(?:[^\W\d_a-z][\w.'’-]*[\s,]*(?:and |và |& )?){1,8}(?:[|,•-].{0,60})?$")
_AD_TALK = re.compile(
    r"mua ngay|dat hang|giam gia|giam \d+ ?%|khuyen mai|uu dai|hotline|lien he ngay|mien phi van chuyen|gia soc|tra gop|buy now|shop now|\d+ ?% off|order (?:now|today)|free shipping|limited (?:time|offer)|discount|sale"
)
_INLINE = frozenset({"a", "b", "strong", "em", "i", "span", "u", "mark", "font", "abbr", "q", "cite", "small", "sub", "sup", "time"})
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")
_MARKS = re.compile("[\u0300-\u036f’']+")
_REPLY = re.compile(
    r"(?:\d{1,5} )?(?:thich|tra loi|like|reply|bao cao|report|phan hoi)(?: ?\(?\d{1,5}\)?)?"
    r"(?:\s*[·•|,/\-–]?\s*(?:(?:\d{1,5} )?(?:thich|tra loi|like|reply|share|chia se|bao cao|report|bao vi pham|phan hoi)|\d{1,3} (?:phut|gio|ngay|minutes?|hours?|days?)(?: (?:truoc|ago))?)(?: ?\(?\d{1,5}\)?)?)+"
)
_MIN_PROSE = 60


def prune(body: etree._Element, title: etree._Element | None) -> list[Block]:
    """Take everything that is not the article out of `body`, in place; returns the blocks of what remains.

    `title` is the element that holds the page's title, where it is known: nothing around it is taken out.
    """
    guarded = _guarded(body, title)
    _prune_by_name(body, guarded, _prose_length(body))
    found = blocks(body)
    changed = _prune_by_heading(body, found, guarded)
    if _prune_by_replies(found, guarded) or changed:
        found = blocks(body)
    if _prune_link_lists(body, guarded):
        found = blocks(body)
    mark_paragraphs(found)
    return found


def fold(text: str) -> str:
    """Lower case without diacritics, for comparing cues."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.casefold())).replace("đ", "d")


def is_prose(block: Block) -> bool:
    """Whether a block reads like a sentence of an article rather than like a title, label or link."""
    return len(block.text) >= _MIN_PROSE and block.link_share < 0.4 and bool(_SENTENCE_END.search(block.text))  # noqa: PLR2004


def line_junk(text: str) -> Junk | None:
    """What a single line is, where its own words say that it is no part of the article."""
    if len(text) > _LONGEST_LINE:
        return None
    if _BY_NAME.match(text):
        return Junk.BYLINE
    folded = fold(text)
    for kind, pattern, longest in _LINES:
        if len(text) <= longest and pattern.match(folded):
            return kind
    if len(text) <= _MAX_FOOTER and _FOOTER.search(folded):
        return Junk.CHROME
    parts = re.split(r"\s*[|·•]\s*", folded) if len(text) <= _MAX_HEADING else []
    if len(parts) > 1 and all(not part or _heading_junk(part, len(part)) for part in parts):
        return Junk.SHARE
    return _heading_junk(folded, len(text))


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


def _guarded(body: etree._Element, title: etree._Element | None) -> set[etree._Element]:
    inner = list(body.xpath('.//*[@itemprop="articleBody" or @id="articleBody"][1] | .//main[1]'))
    inner += [] if title is None else [title]
    inner += body.findall(".//h1")[:3]
    articles = [item for item in body.iter("article") if name_junk(_names(item)) is not Junk.COMMENTS]
    if len(articles) == 1:
        inner += articles
    return {body, *inner, *(ancestor for element in inner for ancestor in element.iterancestors())}


def _prose_length(body: etree._Element) -> int:
    return sum(len(text_of(element)) for element in body.iter("p"))


def _names(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}".strip()


def _prune_by_name(body: etree._Element, guarded: set[etree._Element], page_prose: int) -> None:
    stack = [body]
    while stack:
        for child in list(stack.pop()):
            kind = _kind(child)
            if kind and child not in guarded and not _within_sentence(child) and _may_go(child, kind, page_prose):
                remove(child)
            elif len(child):
                stack.append(child)


def _within_sentence(element: etree._Element) -> bool:
    """Whether an inline element stands in running text, as a link on a keyword does: taking it out would break a sentence."""
    if element.tag not in _INLINE:
        return False
    parent = element.getparent()
    if parent is None or parent.tag not in ("p", "li", "h2", "h3", "blockquote", "div", "td", "span", "em", "strong", "b", "i"):
        return False
    before = element.getprevious()
    around = (element.tail or "", (before.tail if before is not None else parent.text) or "")
    return any(len(text.split()) >= 3 for text in around)  # noqa: PLR2004  (words that make it running text)


def _kind(element: etree._Element) -> Junk | None:
    attributes = element.attrib
    if not attributes:
        return Junk.CAPTION if element.tag == "figcaption" else None
    kind = name_junk(_names(element)) if "class" in attributes or "id" in attributes else None
    if kind:
        return kind
    if element.tag == "figcaption":
        return Junk.CAPTION
    if "hidden" in attributes or "display:none" in attributes.get("style", "").replace(" ", ""):
        return Junk.CHROME
    if attributes.get("rel") == "author":
        return Junk.BYLINE
    if "itemtype" in attributes:
        if _COMMENT_TYPE.search(attributes["itemtype"]):
            return Junk.COMMENTS
        if _VERDICT_TYPE.search(attributes["itemtype"]):
            return Junk.VERDICT  # the claim stands there in order to be denied: as text it would pass for the outlet's own words
    return _PROPERTIES.get(attributes.get("itemprop", "")) or _ROLES.get(attributes.get("role", ""))


def _may_go(element: etree._Element, kind: Junk, page_prose: int) -> bool:
    """The guard: a name may lie (a theme's `with-sidebar` wrapper), the amount of prose in it tells."""
    if kind is Junk.COMMENTS:
        return True
    text = text_of(element)
    if kind.value is not None and len(text) > kind.value:
        return False
    prose = sum(len(text_of(paragraph)) for paragraph in element.iter("p"))
    return prose < max(200, _PROSE_SHARE * page_prose)


def _heading_junk(folded: str, length: int) -> Junk | None:
    if length > _MAX_HEADING:
        return None
    for kind, pattern in _HEADINGS:
        if pattern.fullmatch(folded):
            return kind
    return None


def _prune_by_heading(body: etree._Element, found: list[Block], guarded: set[etree._Element]) -> bool:
    """Take out sections that their heading names, and single lines that name themselves; says whether anything went."""
    changed = False
    for block in found:
        kind = line_junk(block.text)
        if kind and block.element is not body and body in block.element.iterancestors():
            heading = _heading_junk(fold(block.text), len(block.text))
            _take_section(block, kind, guarded) if heading else _take_line(block, guarded)
            changed = True
    return changed


def _prune_by_replies(found: list[Block], guarded: set[etree._Element]) -> bool:
    """Comment sections that no name or heading tells: where readers are offered to like or answer."""
    controls = [block.element for block in found if len(block.text) <= _MAX_HEADING and _REPLY.fullmatch(fold(block.text))]
    for control in controls:
        section = control.getparent()
        if section is None or section in guarded:
            continue
        around = section.getparent()
        if len(controls) > 1 and around is not None and around not in guarded and sum(around in other.iterancestors() for other in controls) > 1:
            section = around
        remove(section)
    return bool(controls)


def _take_line(block: Block, guarded: set[etree._Element]) -> None:
    element = block.element
    if element in guarded or len(text_of(element)) > len(block.text) + 2:
        _blank_line(element, block.text)
    else:
        remove(_outermost_alike(element, guarded))


def _blank_line(element: etree._Element, text: str) -> None:
    """The line stands bare in a larger element: take its own text away, keep the rest."""
    if element.text and " ".join(element.text.split()) == text:
        element.text = None
        return
    for child in element:
        if child.tail and " ".join(child.tail.split()) == text:
            child.tail = None
            return
        if text_of(child) == text:
            remove(child)
            return


def _outermost_alike(element: etree._Element, guarded: set[etree._Element]) -> etree._Element:
    """The largest element that holds this one's text and nothing else."""
    length = len(text_of(element))
    parent = element.getparent()
    while parent is not None and parent not in guarded and len(text_of(parent)) <= length + 2:
        element, parent = parent, parent.getparent()
    return element


def _take_section(block: Block, kind: Junk, guarded: set[etree._Element]) -> None:
    if len(text_of(block.element)) > len(block.text) + 2:
        _blank_line(block.element, block.text)
        return
    heading = _outermost_alike(block.element, guarded)
    parent = heading.getparent()
    if parent is None:
        return
    first = heading.getprevious() is None and not (parent.text or "").strip()
    if first and parent not in guarded and not _holds_article(parent, kind):
        remove(parent)
        return
    for sibling in _belonging(heading, kind, guarded):
        remove(sibling)
    remove(heading)


def _holds_article(parent: etree._Element, kind: Junk) -> bool:
    if kind is Junk.COMMENTS:
        return False
    prose = [block for block in blocks(parent) if is_prose(block)]
    return len(prose) >= (3 if kind is Junk.RELATED else 2) and sum(block.linked == 0 for block in prose) > len(parent.findall(".//a"))


def _belonging(heading: etree._Element, kind: Junk, guarded: set[etree._Element]) -> list[etree._Element]:
    """The siblings after a heading that belong to it."""
    following = [sibling for sibling in heading.itersiblings()]
    taken: list[etree._Element] = []
    for position, sibling in enumerate(following):
        if sibling in guarded:
            break
        is_heading = sibling.tag in HEADING_TAGS and heading.tag in HEADING_TAGS and sibling.tag <= heading.tag
        if kind is Junk.COMMENTS:
            if is_heading and not _is_junk_heading(sibling) and _prose_after(following[position + 1 :]):
                break
            taken.append(sibling)
            continue
        if kind not in (Junk.RELATED, Junk.ADVERTISEMENT, Junk.TAGS, Junk.NEWSLETTER) or (is_heading and sibling.find(".//a") is None):
            break
        after = following[position + 1] if position + 1 < len(following) else None
        if not _is_teaser(sibling, kind, after, first=not taken, headed=heading.tag in HEADING_TAGS):
            break
        taken.append(sibling)
        if kind is Junk.ADVERTISEMENT and text_of(sibling):
            break
    return taken


def _is_junk_heading(element: etree._Element) -> bool:
    text = text_of(element)
    return line_junk(text) is not None


def _prose_after(siblings: list[etree._Element]) -> bool:
    return sum(is_prose(Block(text_of(sibling), 0, sibling)) for sibling in siblings if sibling.tag == "p") >= 2  # noqa: PLR2004


def _is_teaser(sibling: etree._Element, kind: Junk, following: etree._Element | None, *, first: bool, headed: bool) -> bool:
    """Whether a sibling after "Tin liên quan", "Quảng cáo", "Từ khóa" belongs there: links, titles, short teasers; never plain prose."""
    text = text_of(sibling)
    if not text:
        return True
    if kind is Junk.ADVERTISEMENT:
        return _link_share(sibling, text) > 0.5 or bool(_AD_TALK.search(fold(text)))  # noqa: PLR2004
    if sibling.tag in ("ul", "ol") or _link_share(sibling, text) > 0.4:  # noqa: PLR2004
        return True
    if kind is Junk.RELATED:
        prose = [block for block in blocks(sibling) if is_prose(block)]
        has_link = sibling.find(".//a") is not None
        ends = headed and (following is None or (following.find(".//a") is not None and _link_share(following, text_of(following)) > 0.4))  # noqa: PLR2004
        plain = not prose and (has_link or first or ends)
        return plain or (len(sibling) > 0 and has_link and len(prose) <= len(sibling.findall(".//a"))) or ends
    return len(text) < _MIN_PROSE


def _link_share(element: etree._Element, text: str) -> float:
    links = [element] if element.tag == "a" else element.findall(".//a")
    return sum(len(text_of(link)) for link in links) / max(1, len(text))


def _prune_link_lists(body: etree._Element, guarded: set[etree._Element]) -> bool:
    """Lists that are nothing but links: navigation and related stories whatever they are called."""
    changed = False
    for element in body.findall(".//ul") + body.findall(".//ol"):
        links = element.findall(".//a")
        if len(links) > 1 and element not in guarded and _link_share(element, text_of(element)) > _LIST_LINK_SHARE:
            remove(element)
            changed = True
    return changed
