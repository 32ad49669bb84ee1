"""The article's paragraphs out of a pruned tree: what trafilatura finds, completed from the page where it leaves a paragraph out."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from crawlers.cues import Junk, fold, is_date_line, is_signed_by_role, line_junk
from crawlers.dates import parse_stated_date
from crawlers.layout import HEADING_TAGS, Block, text_of
from crawlers.prune import is_prose

_OPTIONS = Extractor(output_format="python", fast=True, comments=False, with_metadata=False)
_XML_BLOCKS = frozenset({"p", "head", "item", "quote", "row", "code", "list", "table", "ab", "body", "main", "lb"})
_KEY_LENGTH = 60
_START = 20  # letters by which a line is known where trafilatura joined it with the next
_MAX_LEADS = 12
_MIN_LEAD = 40
_SHORT_TEXT = 400  # characters of text under which trafilatura's answer is compared with the page's main container
_MUCH_LONGER = 1.2
_MAX_SIGN_OFF = 100
_LINK = 0.8  # the share of linked text from which a block is a link
_ONLY_LINK = 0.95
_MAX_LINKED = 0.4  # and up to which it can be text
_MIN_LINK_TITLE = 20
_HOME_SHARE = 0.1  # of the prose of the largest container: smaller ones do not say where the article is
_NAME_WORD = r"(?:[^\W\d_a-zà-ỹ][\w'’.-]*)"
_NAME_LINE = re.compile(
    rf"^[(\[]?(?:{_NAME_WORD}(?:\s*[-–,/&+]\s*|\s+(?:và\s+|and\s+)?)?){{1,9}}"
    r"(?:\s*\(.{1,40}\)|\s*/.{1,40}|\s+(?:tổng hợp|lược dịch|biên dịch|ghi|thực hiện))?[)\]]?$"
)
_MAX_IMPRINT = 160
_IMPRINT = re.compile(
    r"\b(?:tac gia|thuc hien|phong vien|nguoi viet|bien tap|but danh|dang boi|viet boi|bai|bai va anh|nguoi dang"
    r"|(?:(?:written|posted|reported|photo) )?by)\s*:"
    r"|^(?:dang luc|dang ngay|cap nhat|xuat ban|published|updated|posted)\b.{0,60}\d"
)
_SOURCE_LINE = re.compile(
    rf"^[(\[]?\s*(?:[Tt]heo|THEO|[Nn]guồn|Ảnh|ảnh|[Ss]ource)\s*:?\s+(?:{_NAME_WORD}(?:\s*[-–,/&+(]\s*|\s+(?:và\s+)?|\)|$)){{1,8}}\.?[)\]]?$"
)


@dataclass(frozen=True, slots=True)
class Body:
    """`text`: paragraphs joined by line feeds.

    For telling lists of stories from articles: `teasers`, headings on the page that are links; `lines`, found before links were dropped (those
    of 20 characters and more); `listed`, how many of them are links or follow right after one; `run`, the longest run of full paragraphs that do not.
    """

    text: str
    teasers: int
    listed: int
    lines: int
    run: int


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the text, with its place among the page's blocks where that is known."""

    text: str
    place: int | None


def extract_body(tree: etree._Element, page: list[Block], title: str, title_at: etree._Element | None, description: str) -> Body:
    """The article in a pruned tree whose blocks are `page`; text is "" where there is none."""
    start = _title_place(page, title_at)
    lines = _found(tree, page) if page else []
    placed = sum(line.place is not None for line in lines)
    if placed and placed >= 0.5 * len(lines):  # else trafilatura joined lines or gave the whole page as one
        lines = _completed(lines, page, start)
    if not placed or sum(len(line.text) for line in lines) < _SHORT_TEXT:
        lines = _longer_of(lines, _main_container(page, start), placed)
    lines = _leads(lines, page, start, description) + lines
    text = _tidy([line.text for line in _trimmed(lines, page, start)], title)
    whole = [line.text for line in lines if len(line.text) >= _MIN_LINK_TITLE]
    teasers = sum(block.element.tag in HEADING_TAGS and block.link_share > _LINK for block in page)
    listed, run = _listed(whole, page)
    return Body("\n".join(text), teasers, listed, len(whole), run)


def _found(tree: etree._Element, page: list[Block]) -> list[_Line]:
    document = bare_extraction(tree, options=_OPTIONS)
    body = getattr(document, "body", None)
    if body is None:
        return []
    full = _queues(_key(block.text) for block in page)
    starts = _queues(_key(block.text)[:_START] for block in page)  # trafilatura drops some inline elements: lines then differ after their start
    lines, taken = [], set[int]()
    for text in _texts(body):
        key = _key(text)
        place = _next_free(full.get(key), taken)
        if place is None and len(key) >= _START:
            place = _next_free(starts.get(key[:_START]), taken)
            place = place if place is not None and _same(page[place].text, text) else None
        if place is not None:
            taken.add(place)
        lines.append(_Line(text if place is None else page[place].text, place))
    return _in_page_order(lines)


def _in_page_order(lines: list[_Line]) -> list[_Line]:
    """Trafilatura puts what it recovers late behind the rest; a line whose place is not known stays with the one before it."""
    keys, last = [], -1
    for line in lines:
        last = last if line.place is None else line.place
        keys.append(last)
    order = sorted(range(len(lines)), key=keys.__getitem__)
    return [lines[number] for number in order]


def _queues(keys: Iterable[str]) -> dict[str, deque[int]]:
    places: dict[str, deque[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, deque()).append(place)
    return places


def _next_free(places: deque[int] | None, taken: set[int]) -> int | None:
    """The first place that no line has taken yet; repeated lines are met in their order."""
    while places and places[0] in taken:
        places.popleft()
    return places[0] if places else None


def _same(whole: str, text: str) -> bool:
    """Whether a line is the block, but for inline parts that were dropped."""
    return len(text) >= 0.6 * len(whole) and len(whole) >= 0.8 * len(text)


def _texts(body: etree._Element) -> Iterator[str]:
    pieces: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in _XML_BLOCKS:
            if text := " ".join("".join(pieces).split()).strip(" |"):
                yield text
            pieces = []
        elif element.tag == "cell" and event == "start" and pieces:
            pieces.append(" | ")
        pieces.append((element.text if event == "start" else element.tail) or "")
    if text := " ".join("".join(pieces).split()):
        yield text


def _key(text: str) -> str:
    return "".join(re.findall(r"\w+", text.casefold()))[:_KEY_LENGTH]


def _completed(lines: list[_Line], page: list[Block], start: int) -> list[_Line]:
    """The lines, with the paragraphs of the same containers that trafilatura left out put in at their places."""
    known = {line.place for line in lines if line.place is not None}
    parents = {_container(page[place].element) for place in known if is_prose(page[place])}
    root = _common([page[start].element if start >= 0 else page[min(known)].element, *parents])
    missing = [
        _Line(block.text, place)
        for place, block in enumerate(page)
        if place not in known
        and place > start
        and ((_stands_alone(page, place) and root in block.element.iterancestors()) or (_container(block.element) in parents and _is_text(block)))
    ]
    return _merged(lines, missing)


def _merged(lines: list[_Line], missing: list[_Line]) -> list[_Line]:
    merged: list[_Line] = []
    for line in lines:
        while missing and line.place is not None and missing[0].place < line.place:  # type: ignore[operator]  # missing lines have places
            merged.append(missing.pop(0))
        merged.append(line)
    return merged + missing


def _container(element: etree._Element) -> etree._Element:
    """The element whose parts are a block's neighbours; wrappers around a single paragraph do not count."""
    parent = element.getparent() if element.tag in ("p", "li", "blockquote", *HEADING_TAGS) else element
    while parent is not None and (parent.tag in ("ul", "ol", "blockquote") or _is_wrapper(parent)) and parent.getparent() is not None:
        parent = parent.getparent()
    return parent


def _is_wrapper(element: etree._Element) -> bool:
    child = next(iter(element), None)
    return child is not None and child.getnext() is None


def _stands_alone(page: list[Block], place: int) -> bool:
    """Prose, and not the teaser below a linked title."""
    return is_prose(page[place]) and (place == 0 or page[place - 1].link_share < _LINK)


def _is_text(block: Block) -> bool:
    if block.element.tag in HEADING_TAGS:
        return block.linked == 0
    return is_prose(block) or (block.element.tag == "p" and block.linked == 0 and len(block.text) > 20)  # noqa: PLR2004


def _main_container(page: list[Block], start: int) -> list[_Line]:
    """The lines of the element that holds the most prose: for pages of a few sentences, which trafilatura passes over."""
    weights: dict[etree._Element, int] = {}
    for block in page:
        reads_on = len(block.text) >= _MIN_LEAD or _ends_as_sentence(block.text)
        if reads_on and block.link_share < _MAX_LINKED and block.element.tag not in HEADING_TAGS:
            container = _container(block.element)
            weights[container] = weights.get(container, 0) + len(block.text)
    if not weights:
        return []
    main = max(weights, key=weights.__getitem__)
    return [
        _Line(block.text, place)
        for place, block in enumerate(page)
        if place != start and block.link_share < _MAX_LINKED and _container(block.element) is main
    ]


def _longer_of(found: list[_Line], other: list[_Line], placed: int) -> list[_Line]:
    length = sum(len(line.text) for line in found)
    return other if other and (not placed or sum(len(line.text) for line in other) > _MUCH_LONGER * length) else found


def _leads(lines: list[_Line], page: list[Block], start: int, description: str) -> list[_Line]:
    """What stands between the title and the first line and reads like a lead, or is the page's own description."""
    known = {_key(line.text) for line in lines}
    first = next((place for place, block in enumerate(page) if place > start and _key(block.text) in known), 0)
    told = _key(description)[:_MIN_LEAD]
    leads = []
    for place in range(start + 1, first):
        block = page[place]
        is_told = len(told) >= _START and _key(block.text).startswith(told)
        if is_told or (start >= 0 and len(block.text) >= _MIN_LEAD and block.link_share < _MAX_LINKED and _ends_as_sentence(block.text)):
            leads.append(_Line(block.text, place))
    return leads[-_MAX_LEADS:]


def _title_place(page: list[Block], title_at: etree._Element | None) -> int:
    if title_at is None:
        return -1
    key = _key(text_of(title_at))
    around = {title_at, *title_at.iterancestors(), *title_at.iterdescendants()}
    return next((place for place, block in enumerate(page) if block.element in around and _key(block.text) == key), -1)


def _trimmed(lines: list[_Line], page: list[Block], start: int) -> list[_Line]:
    """Without the page's frame: what stands before the title, and short lines outside the article's containers at the end."""
    lines = [line for line in lines if line.place is None or _may_stay(page[line.place], line.place > start)]
    opening = next((number for number, line in enumerate(lines) if len(line.text) >= _MIN_LEAD and _ends_as_sentence(line.text)), 0)
    lines = [line for line in lines[:opening] if not _is_imprint(line.text)] + lines[opening:]
    prose = [line.place for line in lines if line.place is not None and is_prose(page[line.place])]
    if not prose:
        return lines
    sizes: dict[etree._Element, int] = {}
    for place in prose:
        container = _container(page[place].element)
        sizes[container] = sizes.get(container, 0) + len(page[place].text)
    largest = max(sizes.values())
    root = _common([container for container, size in sizes.items() if size >= _HOME_SHARE * largest])
    return lines[: _end(lines, page, root)]


def _end(lines: list[_Line], page: list[Block], root: etree._Element) -> int:
    """How many lines are left when teasers, the page's foot and headings that lead nowhere are taken from the end."""
    end = len(lines)
    teasers = next((count for count in range(end) if not _is_teaser(page, lines[end - 1 - count].place)), end)
    end -= teasers if teasers > 1 else 0  # a single one may be the last paragraph after a link within the article
    while end and _is_foot(page, lines[end - 1].place, root):
        end -= 1
    while end and (last := lines[end - 1].place) is not None and page[last].element.tag in HEADING_TAGS:
        end -= 1
    return end


def _is_foot(page: list[Block], place: int | None, root: etree._Element) -> bool:
    """Whether a line stands outside the article's element and does not read like a sentence of it."""
    if place is None:
        return False
    block = page[place]
    if root is block.element or root in block.element.iterancestors():
        return False
    reads_on = _ends_as_sentence(block.text) and block.link_share < _MAX_LINKED
    return not reads_on or line_junk(block.text) is Junk.CHROME


def _is_teaser(page: list[Block], place: int | None) -> bool:
    """Whether a line is, or stands under, a linked title: at the end of an article these are other stories."""
    if not place:
        return False
    return page[place].link_share > _LINK or (page[place - 1].link_share > _LINK and len(page[place - 1].text) >= _MIN_LINK_TITLE)


def _ends_as_sentence(text: str) -> bool:
    return bool(re.search(r"[.!?…][\"”’»)\]]*$", text)) and not _IMPRINT.search(fold(text[:200]))


def _is_imprint(text: str) -> bool:
    """Before the first sentence: who wrote it and when."""
    return len(text) <= _MAX_IMPRINT and (parse_stated_date(text) is not None or bool(_IMPRINT.search(fold(text))))


def _may_stay(block: Block, after_title: bool) -> bool:
    bare = block.text.strip(">»•–-*·. ")
    if block.linked >= _ONLY_LINK * len(bare) and block.element.tag not in HEADING_TAGS:
        return False  # a paragraph that is one link leads to another story
    return after_title or is_prose(block)


def _common(elements: list[etree._Element]) -> etree._Element:
    """The innermost element that holds all of them."""
    shared = [elements[0], *elements[0].iterancestors()]
    for element in elements[1:]:
        own = {element, *element.iterancestors()}
        shared = [ancestor for ancestor in shared if ancestor in own]
    return shared[0]


def _tidy(lines: list[str], title: str) -> list[str]:
    """Each paragraph once, without the title, dates, bylines and other lines that are no text."""
    title_key, seen, kept = _key(title), set[str](), list[str]()
    for line in lines:
        if not kept and (_key(line) == title_key or (len(line) <= _MAX_SIGN_OFF and _NAME_LINE.match(line))):
            continue
        if (line in seen and len(line) >= _MIN_LEAD) or line_junk(line) or is_date_line(line) or not re.search(r"\w", line):
            continue
        seen.add(line)
        kept.append(line)
    while len(kept) > 1 and _is_sign_off(kept[-1]):
        kept.pop()
    return kept


def _is_sign_off(line: str) -> bool:
    """After the last paragraph: names and sources in place of a signature."""
    return len(line) <= _MAX_SIGN_OFF and bool(_NAME_LINE.match(line) or _SOURCE_LINE.match(line) or is_signed_by_role(line))


def _listed(lines: list[str], page: list[Block]) -> tuple[int, int]:
    """How many lines are linked titles or follow one, and the longest run of prose that does not."""
    starts = {_key(line)[:_START] for line in lines}
    count, run, longest, after_link = 0, 0, 0, False
    for block in page:
        is_title = len(block.text) >= _MIN_LINK_TITLE
        listed = is_title and (after_link or block.link_share > _LINK / 2) and _key(block.text)[:_START] in starts
        run = 0 if listed or after_link else run + is_prose(block)
        count, longest = count + listed, max(longest, run)
        after_link = is_title and block.link_share > _LINK
    return count, longest
