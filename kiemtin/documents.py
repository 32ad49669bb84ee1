"""Word documents that are the same bytes for the same words, whenever they are made."""

import io
import re
import zipfile
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocxDocument

_FIXED = datetime(2020, 1, 1, tzinfo=UTC)
_ZIP_DATE = (2020, 1, 1, 0, 0, 0)
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BAR = 20  # blocks of the longest bar


def plain(text: str) -> str:
    """Without the control characters that XML does not hold, and those that turn the direction of what follows."""
    return _UNFIT.sub("", text)


def new_document(office: str, title: str) -> DocxDocument:
    document = Document()
    properties = document.core_properties
    properties.author, properties.title, properties.language = plain(office)[:250], plain(title)[:250], "vi"
    properties.created = properties.modified = _FIXED
    properties.last_modified_by, properties.comments = "", ""
    return document


def add_section(document: DocxDocument, title: str, lines: list[str]) -> None:
    document.add_heading(plain(title), 1)
    for line in lines:
        document.add_paragraph(plain(line))


def add_bars(document: DocxDocument, title: str, heads: tuple[str, str], rows: list[tuple[str, int]]) -> None:
    """Numbers as a table with a bar of text in each row; nothing where there are none."""
    if not rows:
        return
    document.add_heading(plain(title), 1)
    most = max(1, *(number for _, number in rows))
    table = document.add_table(rows=1, cols=3)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = heads
    for name, number in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text, cells[2].text = plain(name), str(number), "█" * round(_BAR * number / most) if number * _BAR >= most else ""


def packed(document: DocxDocument) -> bytes:
    """python-docx stamps the archive with the time of day: packed again with a fixed one."""
    first, out = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as written, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        for name in sorted(written.namelist()):
            again.writestr(zipfile.ZipInfo(name, _ZIP_DATE), written.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
