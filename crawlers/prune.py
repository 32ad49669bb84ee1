"""Takes out of a page what is not its article: comments, related links, advertisements, newsletters, share bars, tags, bylines, chrome.

Two kinds of cues (`crawlers.cues`): names (class, id, role, itemprop) and headings ("Bình luận", "Xem thêm", "Quảng cáo"). The article
itself is guarded: what holds the title, the marked article body or most of the page's prose is never taken out by a name alone.
"""

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from crawlers.cues import Junk, fold, heading_junk, line_junk, may_be_signature, name_junk, names_readers, speaks_of_readers
from crawlers.layout import BLOCK_TAGS, HEADING_TAGS, Block, blocks, mark_paragraphs, remove, text_of

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
_MAX_SPEAKER = 40
_MAX_SPEAKER_WORDS = 6
_MIN_SAID = 8
_SAYS = re.compile(r"\s*(?:(?:viết|nói|bình luận|hỏi|góp ý|trả lời|wrote|writes|says|said|asks)\s*)?:?$", re.IGNORECASE)
# Who asks and answers in a published interview, and what opens the items of a list: no readers.
_NO_READER = re.compile(
    r"(?:hoi|dap|tra loi|cau hoi|tra loi cau hoi|q|a|pv|phong vien|mc|bien tap vien|question|answer|interviewer)\b"
    r"|(?:cach|buoc|phuong an|lua chon|dieu|muc|phan|step|tip|option|part|chapter)\b.{0,3}\d"
    r"|(?:luu y|chu y|ghi chu|ket luan|dia diem|thoi gian|note)\b"
)
_TITLED = re.compile(r"(?:ong|ba|bac si|bs|ts|tien si|gs|pgs|giao su|ky su|luat su|chuyen gia|dr|prof|mr|mrs|ms|professor)\b")
_THREAD_SHARE = 0.5  # of the article's prose: unnamed threads that say more might be the article
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")
_MAX_CONTROL = 90
_MAX_THREADS = 30
_MAX_LOOK_AHEAD = 50
_MAX_WRAPPERS = 4  # elements around a name: <td><font><b>
_MIN_PROSE = 60


def prune(body: etree._Element, title: etree._Element | None) -> list[Block]:
    """Take everything that is not the article out of `body`, in place; returns the blocks of what remains.

    `title` is the element that holds the page's title, where it is known: nothing around it is taken out.
    """
    guarded = _guarded(body, title)
    _prune_by_name(body, guarded, _prose_length(body))
    found = blocks(body)
    if _prune_threads(body, found, guarded):
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
    if "aria-label" in attributes and element.tag in BLOCK_TAGS and line_junk(attributes["aria-label"]) is Junk.COMMENTS:
        return Junk.DISCUSSION
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
        kind = line_junk(block.text) or (Junk.BYLINE if may_be_signature(block.text) and _is_right(block) else None)
        if kind and block.element is not body and body in block.element.iterancestors():
            heading = heading_junk(fold(block.text), len(block.text))
            if heading:
                _take_section(block, kind, guarded, page_prose)
            else:
                _take_line(block, guarded)
            changed = True
    return changed


@dataclass(frozen=True, slots=True)
class _Item:
    """Somebody's words: the element that holds them and the name, and the name as folded text. `place` is the first of `count` blocks."""

    element: etree._Element
    speaker: str
    as_written: str
    place: int
    count: int


def _prune_threads(body: etree._Element, found: list[Block], guarded: set[etree._Element]) -> bool:
    """Take out what readers say to each other where a heading, a name or its place after the article tells; says whether anything went."""
    items = _items(found, body)
    if not items:
        return False
    prose = sum(len(block.text) for place, block in enumerate(found) if is_prose(block) and place not in items and place - 1 not in items)
    headings = [
        block
        for place, block in enumerate(found[:-1])
        if place + 1 in items and place not in items and speaks_of_readers(block.text) and not _is_interview(_following(items, place + 1))
    ]
    taken = [block for block in headings[:_MAX_THREADS] if block.element is not body and block.element not in guarded]
    for block in taken:
        if body in block.element.iterancestors():  # an earlier one may have taken it along
            _take_thread(block, prose, guarded)
    alive = [item for item in items.values() if body in item.element.iterancestors()]
    return _prune_unheaded(alive, found, prose, guarded) or bool(taken)


def _items(found: list[Block], body: etree._Element) -> dict[int, _Item]:
    """The items by the place of their first block. Only the first block of an element can be its opening."""
    items: dict[int, _Item] = {}
    opened: set[etree._Element] = set()
    for place, block in enumerate(found):
        if block.element not in opened and (item := _item(found, place, body)):
            items[place] = item
        opened.add(block.element)
    return items


def _item(found: list[Block], place: int, body: etree._Element) -> _Item | None:
    """A block's words in somebody's name: "<b>name</b>: words", or a name on its own line and words on the next."""
    block = found[place]
    element = block.element
    if element is body or element.tag in HEADING_TAGS:
        return None
    name, alone = _opening(element, block.text)
    if not name or (block.link_share > _PROSE_SHARE and not alone):
        return None
    if not alone:
        return _Item(element, fold(name), name, place, 1)
    following = found[place + 1] if place + 1 < len(found) else None
    if following is None or len(following.text) < _MIN_SAID or following.element.tag in HEADING_TAGS:
        return None
    around = _around_both(element, following.element)
    return None if around is None or around is body else _Item(around, fold(name), name, place, 2)


def _around_both(name: etree._Element, words: etree._Element) -> etree._Element | None:
    """The element that opens with a name on its own line and holds the words after it; a `<dt>` stands for its pair."""
    if name.tag == "dt":
        return name
    parent = name.getparent()
    ancestors = set(words.iterancestors())
    if name in ancestors:
        return name
    return parent if parent in ancestors and name.getprevious() is None else None


def _opening(element: etree._Element, text: str) -> tuple[str, bool]:
    """The name that an element opens with, in an emphasised part of its own ("" if none), and whether it holds nothing else."""
    part = element
    for _ in range(_MAX_WRAPPERS):
        child = next(iter(part), None)
        if child is None or (part.text or "").strip():
            break
        part = child
        said = text_of(part)
        if len(said) <= _MAX_SPEAKER + 10 and len(said) < len(text):
            return _name(said, text[len(said) :]), False
    if len(text) <= _MAX_SPEAKER and (part is not element or element.tag in ("dt", "div")) and not speaks_of_readers(text):
        return _name(text, ""), True
    return "", False


def _name(said: str, rest: str) -> str:
    """`said` without "viết:", if it could be a name before the words `rest`; "" otherwise."""
    name = _SAYS.sub("", said).strip(" ()[]-–—•")
    words = name.split()
    if not words or len(words) > _MAX_SPEAKER_WORDS or _SENTENCE_END.search(name) or not re.search(r"[^\W\d_]", name):
        return ""
    if rest and len(re.sub(r"\W", "", rest)) < _MIN_SAID:
        return ""
    return "" if _NO_READER.match(fold(name)) else name


def _following(items: dict[int, _Item], place: int) -> list[_Item]:
    """The items that follow each other from a place on."""
    run: list[_Item] = []
    while place in items:
        run.append(items[place])
        place += items[place].count
    return run


def _is_interview(items: list[_Item]) -> bool:
    """Whether the same few people take turns."""
    return len(items) > 3 and 2 * len({item.speaker for item in items}) <= len(items)  # noqa: PLR2004


def _take_thread(block: Block, prose: int, guarded: set[etree._Element]) -> None:
    """The heading and everything of its section."""
    heading = _outermost_alike(block.element, guarded)
    parent = heading.getparent()
    if parent is None:
        return
    others = sum(len(text_of(paragraph)) for paragraph in parent.iter("p") if not _opening(paragraph, text_of(paragraph))[0])
    if heading.getprevious() is None and parent not in guarded and others <= _PROSE_SHARE * prose:
        remove(parent)
        return
    for sibling in _belonging(heading, Junk.COMMENTS, guarded):
        remove(sibling)
    remove(heading)


def _prune_unheaded(items: list[_Item], found: list[Block], prose: int, guarded: set[etree._Element]) -> bool:
    groups: dict[tuple[etree._Element | None, str], list[_Item]] = {}
    for item in items:
        outer = _outermost_alike(item.element, guarded)
        groups.setdefault((outer.getparent(), str(outer.tag)), []).append(item)
    changed = False
    last = _main_end(found, {place for item in items for place in range(item.place, item.place + item.count)})
    for (parent, _tag), group in groups.items():
        if parent is not None and _is_thread(parent, group, found, last, prose):
            _remove_items(parent, group, guarded)
            changed = True
    return changed


def _is_thread(parent: etree._Element, group: list[_Item], found: list[Block], last: tuple[int, etree._Element | None], prose: int) -> bool:
    end, main = last
    after = group[0].place > end
    holding = {main, *main.iterancestors()} if main is not None else set()
    around = [element for element in islice(group[0].element.iterancestors(), 3) if element not in holding]
    if after and any(names_readers(_names(element)) for element in around):
        return True
    said = sum(len(found[place].text) for item in group for place in range(item.place, item.place + item.count))
    if len(group) < 2 or not after or said > _THREAD_SHARE * prose or len({item.speaker for item in group}) < len(group):  # noqa: PLR2004
        return False
    within = main is parent or (main in parent.iterancestors() and group[0].element.tag in ("li", "tr"))
    if within and not _is_parted(group[0].element):
        return False
    return all(_is_a_readers_name(item) for item in group)


def _is_parted(element: etree._Element) -> bool:
    """Whether a rule or a signature stands between an element and the article before it."""
    before = element.getprevious()
    return before is not None and (before.tag == "hr" or may_be_signature(text_of(before)))


def _is_a_readers_name(item: _Item) -> bool:
    """A name of two words and more with capitals ("Lan Anh"), or a handle ("lan_1990")."""
    words = item.as_written.split()
    if _TITLED.match(item.speaker):
        return False
    if len(words) == 1:
        return bool(re.search(r"[\d_@.]", words[0])) or words[0].islower()
    return all(word[0].isupper() or not word[0].isalpha() for word in words)


def _main_end(found: list[Block], said: set[int]) -> tuple[int, etree._Element | None]:
    """The place of the last full paragraph in the element that holds most of them, and that element."""
    sizes: dict[etree._Element, int] = {}
    for place, block in enumerate(found):
        parent = block.element.getparent()
        if place not in said and parent is not None and is_prose(block):
            sizes[parent] = sizes.get(parent, 0) + len(block.text)
    if not sizes:
        return len(found), None
    main = max(sizes, key=sizes.__getitem__)
    return max(place for place, block in enumerate(found) if place not in said and is_prose(block) and block.element.getparent() is main), main


def _remove_items(parent: etree._Element, group: list[_Item], guarded: set[etree._Element]) -> None:
    said = sum(len(text_of(item.element)) for item in group)
    if parent not in guarded and (parent.tag == "dl" or len(text_of(parent)) <= said + _MAX_CONTROL):
        remove(parent)
        return
    for item in group:
        remove(_outermost_alike(item.element, guarded))


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
            if is_heading and not _is_junk_heading(sibling) and _prose_after(following[position + 1 : position + 1 + _MAX_LOOK_AHEAD]):
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


def _is_right(block: Block) -> bool:
    """Whether a line is set at the right edge, by itself or by what wraps it and nothing else."""
    for around in (block.element, *islice(block.element.iterancestors(), 2)):
        if around.get("align") == "right" or "text-align:right" in around.get("style", "").replace(" ", ""):
            return not _says_more(around, len(block.text))
    return False


def _is_junk_heading(element: etree._Element) -> bool:
    text = text_of(element)
    return line_junk(text) is not None or speaks_of_readers(text)


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
