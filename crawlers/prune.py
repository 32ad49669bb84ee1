"""Takes out of a page what is not its article: comments, related links, advertisements, newsletters, share bars, tags, bylines, chrome.

Two kinds of cues (`crawlers.cues`): names (class, id, role, itemprop) and headings ("Bình luận", "Xem thêm", "Quảng cáo"). The article
itself is guarded: what holds the title, the marked article body or most of the page's prose is never taken out by a name alone.
"""

import re
from itertools import islice

from lxml import etree

from crawlers.cues import Junk, fold, heading_junk, line_junk, name_junk
from crawlers.layout import HEADING_TAGS, Block, blocks, mark_paragraphs, remove, text_of

_MAX_FOLLOWING = 10_000
_LIST_LINK_SHARE = 0.7
_LINKED = 0.8
_PROSE_SHARE = 0.5
_INLINE = frozenset({"a", "b", "strong", "em", "i", "span", "u", "mark", "font", "abbr", "q", "cite", "small", "sub", "sup", "time"})
_ROLES = {
    "navigation": Junk.CHROME, "complementary": Junk.CHROME, "contentinfo": Junk.CHROME, "search": Junk.CHROME, "dialog": Junk.CHROME,
    "menu": Junk.CHROME, "menubar": Junk.CHROME, "toolbar": Junk.CHROME, "banner": Junk.CHROME,
}  # fmt: skip
_PROPERTIES = {
    "author": Junk.BYLINE,
    "comment": Junk.COMMENTS,
    "creator": Junk.BYLINE,
    "publisher": Junk.CHROME,
    "caption": Junk.CAPTION,
    "keywords": Junk.TAGS,
}
_VERDICT_TYPE = re.compile(r"schema\.org/(?:ClaimReview|Rating)$")
_COMMENT_TYPE = re.compile(r"schema\.org/(?:User)?Comments?$")
_AD_TALK = re.compile(
    r"mua ngay|dat hang|giam gia|giam \d+ ?%|khuyen mai|uu dai|hotline|lien he ngay|mien phi van chuyen|gia soc|tra gop|buy now|shop now|"
    r"\d+ ?% off|order (?:now|today)|free shipping|limited (?:time|offer)|discount|sale"
)
_REPLY = re.compile(
    r"(?:\d{1,5} )?(?:thich|tra loi|like|reply|bao cao|report|phan hoi)(?: ?\(?\d{1,5}\)?)?"
    r"(?:\s*[·•|,/\-–]?\s*(?:(?:\d{1,5} )?(?:thich|tra loi|like|reply|share|chia se|bao cao|report|bao vi pham|phan hoi)|\d{1,3} (?:phut|"
    r"gio|ngay|minutes?|hours?|days?)(?: (?:truoc|ago))?)(?: ?\(?\d{1,5}\)?)?)+"
)
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")
_MAX_CONTROL = 90
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


def is_prose(block: Block) -> bool:
    """Whether a block reads like a sentence of an article rather than like a title, label or link."""
    return len(block.text) >= _MIN_PROSE and block.link_share < 0.4 and bool(_SENTENCE_END.search(block.text))  # noqa: PLR2004


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
    return any(len(text.split()) >= 3 for text in around)  # noqa: PLR2004


def _kind(element: etree._Element) -> Junk | None:  # noqa: PLR0911
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


def _prune_by_heading(body: etree._Element, found: list[Block], guarded: set[etree._Element]) -> bool:
    """Take out sections that their heading names, and single lines that name themselves; says whether anything went."""
    changed = False
    page_prose = sum(len(block.text) for block in found if is_prose(block))
    for block in found:
        kind = line_junk(block.text)
        if kind and block.element is not body and body in block.element.iterancestors():
            heading = heading_junk(fold(block.text), len(block.text))
            if heading:
                _take_section(block, kind, guarded, page_prose)
            else:
                _take_line(block, guarded)
            changed = True
    return changed


def _prune_by_replies(found: list[Block], guarded: set[etree._Element]) -> bool:
    """Comment sections that no name or heading tells: where readers are offered to like or answer."""
    controls = [block.element for block in found if len(block.text) <= _MAX_CONTROL and _REPLY.fullmatch(fold(block.text))]
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
    if element in guarded or _says_more(element, len(block.text)):
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
    while parent is not None and parent not in guarded and not _says_more(parent, length):
        element, parent = parent, parent.getparent()
    return element


def _says_more(element: etree._Element, length: int) -> bool:
    """Whether an element holds more text than `length`; reads no further than it must."""
    found = 0
    for piece in element.itertext():
        found += len("".join(piece.split()))
        if found > length + 2:
            return True
    return False


def _take_section(block: Block, kind: Junk, guarded: set[etree._Element], page_prose: int) -> None:
    if _says_more(block.element, len(block.text)):
        _blank_line(block.element, block.text)
        return
    heading = _outermost_alike(block.element, guarded)
    parent = heading.getparent()
    if parent is None:
        return
    first = heading.getprevious() is None and not (parent.text or "").strip()
    if first and parent not in guarded and not _holds_article(parent, kind, page_prose):
        remove(parent)
        return
    for sibling in _belonging(heading, kind, guarded):
        remove(sibling)
    remove(heading)


def _holds_article(parent: etree._Element, kind: Junk, page_prose: int) -> bool:
    """Whether what a heading opens goes on with the article: prose that is no teaser under a linked title."""
    if kind is Junk.COMMENTS:
        return False
    found = blocks(parent)
    alone = [block for block, before in zip(found[1:], found, strict=False) if is_prose(block) and before.link_share < _LINKED]
    if kind is Junk.RELATED:
        return bool(alone)
    return sum(len(block.text) for block in alone) > _PROSE_SHARE * page_prose or len(alone) > 2  # noqa: PLR2004


def _belonging(heading: etree._Element, kind: Junk, guarded: set[etree._Element]) -> list[etree._Element]:
    """The siblings after a heading that belong to it."""
    following = list(islice(heading.itersiblings(), _MAX_FOLLOWING if kind is Junk.COMMENTS else _MAX_FOLLOWING // 100))
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
