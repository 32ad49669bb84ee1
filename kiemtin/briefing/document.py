"""An edition as a Word document."""

from collections.abc import Mapping
from typing import Any

from kiemtin.briefing import words
from kiemtin.briefing.letter import sections, text_of
from kiemtin.documents import add_bars, add_section, new_document, packed, plain


def docx_of(body: Mapping[str, Any]) -> bytes:
    """The same body is the same bytes."""
    document = new_document(body["office"], words.title(body))
    document.add_heading(plain(words.title(body)), 0)
    day = f"{words.weekday(body)}{', ' + body['holiday'] if body['holiday'] else ''} · " if body["kind"] == "daily" else ""
    period = f"từ {words.moment(body['first'])} đến {words.moment(body['last'])}"
    document.add_paragraph(plain(f"{body['office']} · {day}{period} · đọc khoảng {words.minutes(text_of(body))} phút · {body['url']}"))
    for title, lines in sections(body):
        if lines:
            add_section(document, title, lines)
    add_bars(document, "Số tin mỗi ngày", ("Ngày", "Số tin"), [(words.day(one["day"]), one["stories"]) for one in body["volume"]["days"]])
    return packed(document)
