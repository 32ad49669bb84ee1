"""A page's tree, brought into one shape: paragraphs. Pages built of tables or of lines between `<br>`s become pages built of `<p>`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

_DEAD_TAGS = (
    "script", "style", "noscript", "template", "iframe", "svg", "canvas", "object", "embed", "audio", "video", "map", "select", "datalist",
    "button", "input", "textarea", "dialog", "nav", "footer", "aside", "menu", "applet", "math", "progress", "meter", "rp", "rt",
)  # fmt: skip
BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
        "hgroup",
    ]
)
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKABLE = ("div", "p", "td", "section", "article", "center", "main", "font", "span", "body", "li", "blockquote", "form", "b", "strong")
_INLINE_WRAPPERS = frozenset({"font", "span", "b", "strong"})
_CELL_PROSE = 300  # characters: longer cells hold an article, not a datum
_MAX_ELEMENTS = 40_000
_MAX_ATTRIBUTES = 20_000  # equals signs: beyond it, no tag may hold thousands of attributes (the parser's time grows with their square)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{10000,}")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or table row as text on one line; `linked` is how much of it (characters) stands in links."""

    text: str
    linked: int
    element: etree._Element

    @property
    def link_share(self) -> float:
        return self.linked / max(1, len(self.text))


class TooManyElements(ValueError):
    """A page with more elements, or more attributes in one tag, than any honest page has."""


def parse_html(text: str) -> etree._Element | None:
    """The tree of a page (comments dropped), or None where there is none; raises TooManyElements."""
    if text.count("=") > _MAX_ATTRIBUTES and any(tag[0].count("=") > _MAX_ATTRIBUTES // 10 for tag in _LONG_TAG.finditer(text)):
        raise TooManyElements
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, default_doctype=False, huge_tree=False)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if tree.xpath("count(//*)") > _MAX_ELEMENTS:
        raise TooManyElements
    return tree


def drop_dead(tree: etree._Element) -> None:
    """Remove what never is text: scripts, forms' fields, embedded things, navigation by its own element."""
    etree.strip_elements(tree, *_DEAD_TAGS, with_tail=False)


def remove(element: etree._Element) -> None:
    """Take an element out of its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + " " + element.tail
        else:
            parent.text = (parent.text or "") + " " + element.tail
    element.tail = None
    parent.remove(element)


def text_of(element: etree._Element) -> str:
    """All text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def unify(body: etree._Element) -> None:
    """Turn layout tables into `<div>`s and lines between `<br>`s into `<p>`s, in place."""
    for table in body.findall(".//table"):
        if _is_layout(table):
            _to_divs(table)
    parents: dict[etree._Element, int] = {}
    for line_break in body.iter("br"):
        parent = line_break.getparent()
        if parent is not None and parent.tag in _BREAKABLE:
            parents[parent] = parents.get(parent, 0) + 1
    for parent in reversed(parents):  # innermost first: a wrapper that became a block parts its own parent's lines
        _break_into_paragraphs(parent)


def _is_layout(table: etree._Element) -> bool:
    if table.find(".//table") is not None or table.find(".//h1") is not None:
        return True
    rows = table.findall(".//tr")
    if rows and all(len(row) <= 1 for row in rows):
        return True
    return any(len(text_of(cell)) > _CELL_PROSE for cell in table.iter("td"))


def _to_divs(table: etree._Element) -> None:
    table.tag = "div"
    stack = list(table)
    while stack:
        element = stack.pop()
        if element.tag in ("tbody", "thead", "tfoot", "tr", "td", "th", "caption"):
            element.tag = "div"
            stack.extend(element)


def _break_into_paragraphs(parent: etree._Element) -> None:
    """Wrap each line of `parent` (the inline content between `<br>`s and blocks) into a `<p>` of its own."""
    children = list(parent)
    line = etree.Element("p")
    line.text, parent.text = parent.text, None
    parts: list[etree._Element] = []
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag == "br" or child.tag in BLOCK_TAGS or (child.tag in _INLINE_WRAPPERS and child.find("p") is not None):
            parts.append(line)
            if child.tag != "br":
                parts.append(child)
            line = etree.Element("p")
            line.text = tail
        else:
            line.append(child)
            child.tail = tail
    parts.append(line)
    if parent.tag in ("p", *_INLINE_WRAPPERS):
        parent.tag = "div"
    parent[:] = [part for part in parts if part.tag != "p" or len(part) or (part.text or "").strip()]


def blocks(body: etree._Element) -> list[Block]:
    """The text of a tree as blocks in the order of the page. A table's row is one block, its cells parted by " | "."""
    return list(_walk(body))


def _walk(body: etree._Element) -> Iterator[Block]:  # noqa: PLR0912
    owners: list[etree._Element] = [body]
    pieces: list[str] = []
    linked, in_link = 0, 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag
        is_block = tag in BLOCK_TAGS and tag not in ("td", "th")
        if event == "start":
            if is_block:
                if text := _joined(pieces):
                    yield Block(text, linked, owners[-1])
                pieces, linked = [], 0
                owners.append(element)
            elif tag == "a":
                in_link += 1
            elif tag == "br":
                pieces.append(" ")
            elif tag in ("td", "th") and pieces:
                pieces.append(" | ")
            said = element.text
        else:
            if is_block:
                if text := _joined(pieces):
                    yield Block(text, linked, owners[-1])
                pieces, linked = [], 0
                owners.pop()
            elif tag == "a":
                in_link -= 1
            said = element.tail if element is not body else None
        if said:
            pieces.append(said)
            if in_link:
                linked += len(said)


_SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")


def _joined(pieces: list[str]) -> str:
    if not pieces:
        return ""
    return _SPACES.sub(" ", "".join(pieces)).strip(" |")


def mark_paragraphs(found: list[Block]) -> None:
    """Give the innermost `<div>`s that hold text the tag that says so."""
    for block in found:
        element = block.element
        if element.tag in ("div", "section", "center", "dd", "address") and not any(child.tag in BLOCK_TAGS for child in element.iterdescendants()):
            element.tag = "p"
