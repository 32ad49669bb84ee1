"""What all connectors share: times as they are written, text out of a fragment of HTML, one line of JSON as a post."""

from datetime import UTC, datetime

import msgspec
from lxml import etree
from lxml import html as lxml_html

from kiemtin.domain.posts import Post
from kiemtin.domain.repeats import platform_of
from kiemtin.domain.stories import HANOI

MAX_TEXT = 20_000  # characters of one post


class Line(msgspec.Struct):
    """A post as an office hands it in. Fields that are not named here are skipped by the decoder and become no value."""

    text: str
    created_at: str | int | float
    platform: str = ""
    id: str | int = ""


_LINES = msgspec.json.Decoder(Line)


def read_line(line: bytes) -> Post | None:
    """None for a line that is no post."""
    try:
        found = _LINES.decode(line)
        name = f"{found.platform} {found.id}" if found.id != "" else ""
        return Post(found.text[:MAX_TEXT], platform_of(found.platform), read_time(found.created_at), name)
    except (msgspec.MsgspecError, ValueError):
        return None


def read_time(written: str | float) -> datetime:
    """ISO 8601, or seconds since 1970; without an offset it is Viet Nam's time. Raises ValueError for anything else, and for what no calendar day can be told of."""
    try:
        if isinstance(written, int | float):
            return datetime.fromtimestamp(written, UTC)
        moment = datetime.fromisoformat(written.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=HANOI)).astimezone(UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("a time beyond the calendar") from error


def text_of(fragment: str) -> str:
    """The words of a fragment of HTML; "" where there are none."""
    if not fragment.strip():
        return ""
    try:
        tree = lxml_html.fragment_fromstring(fragment[:MAX_TEXT], create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    for line in tree.iter("br", "p"):
        line.tail = "\n" + (line.tail or "")
    return str(tree.text_content()).strip()
