"""A rebuttal topic for a newsroom, made from the public object alone: every line is the statement, an approved sentence, a quote with its link, or a number.

public body | topic_of | page, DOCX, plain text
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument

from kiemtin.domain.stories import HANOI
from nlp.marks import DATE, NUMBER, PLACE, deciding_spans

_MOST_ANGLES = 12
_KINDS = {NUMBER: "con số", DATE: "mốc thời gian", PLACE: "nơi chốn"}
_FIXED = datetime(2020, 1, 1, tzinfo=UTC)  # the same correction is the same bytes, whenever it is asked for
_ZIP_DATE = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is known, in a publisher's own words."""

    quote: str
    publisher: str
    url: str
    day: str


@dataclass(frozen=True, slots=True)
class Angle:
    """A figure, date or place that stands in a quote: something to ask about, from the evidence and nowhere else."""

    span: str
    kind: str
    quote: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True)
class Topic:
    statement: str
    verdict: str
    withdrawn: str
    reason: str
    known: tuple[Quoted, ...]
    not_known: str
    spread: tuple[tuple[str, int], ...]
    angles: tuple[Angle, ...]


def topic_of(body: Mapping[str, Any]) -> Topic:
    """`known`: what refutes the statement, or is not enough to decide; what supports it stands under the same heading, and is marked there."""
    evidence = body["evidence"]
    return Topic(
        statement=body["statement"],
        verdict="RÚT LẠI" if body["status"] == "withdrawn" else body["rating_name"],
        withdrawn=body["withdrawal_reason"] or "",
        reason=body["reason"],
        known=tuple(Quoted(piece["quote"], piece["publisher"], piece["url"], _day(piece["published_at"])) for piece in evidence),
        not_known=body["not_known"] or "",
        spread=tuple((_day(cell["day"]), cell["pages"]) for cell in body["spread"]),
        angles=tuple(_angles(body))[:_MOST_ANGLES] if body["status"] != "withdrawn" else (),
    )


def _angles(body: Mapping[str, Any]) -> Iterator[Angle]:
    seen: set[str] = set()
    for piece in body["evidence"]:
        for span in deciding_spans(piece["quote"], body["statement"]):
            words = piece["quote"][span.start : span.end]
            if span.kind in _KINDS and span.differs and words.casefold() not in seen:
                seen.add(words.casefold())
                yield Angle(words, _KINDS[span.kind], piece["quote"], piece["publisher"], piece["url"])


def _day(text: str | None) -> str:
    if not text:
        return "không ghi ngày"
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(HANOI) if moment.tzinfo else moment).strftime("%d/%m/%Y")


def text_of(body: Mapping[str, Any]) -> str:
    """For an e-mail's body."""
    topic = topic_of(body)
    lines = [topic.verdict.upper(), "", f"Phát biểu: {topic.statement}", ""]
    lines += [f"Lý do rút lại: {topic.withdrawn}", ""] if topic.withdrawn else ["Vì sao:", topic.reason, ""]
    lines += ["Bằng chứng:"] + [f"- “{one.quote}” — {one.publisher}, {one.day}: {one.url}" for one in topic.known]
    lines += ["", "Điều chưa biết:", topic.not_known] if topic.not_known else []
    return "\n".join([*lines, "", f"{body['office']}: {body['url']}", "", body["notice"], ""])


def docx_of(body: Mapping[str, Any]) -> bytes:
    """The topic as a document; the same body is the same bytes."""
    document, topic = Document(), topic_of(body)
    _properties(document, body)
    document.add_heading(_plain(f"{topic.verdict}: {topic.statement}"), 0)
    document.add_paragraph(_plain(f"{body['office']} · bản {body['revision']} · {_day(body['changed_at'])} · {body['url']}"))
    if topic.withdrawn:
        document.add_heading("Lý do rút lại", 1)
        document.add_paragraph(_plain(topic.withdrawn))
    _section(document, "Vì sao", [topic.reason])
    _section(document, "Bằng chứng", [f"“{one.quote}” — {one.publisher}, {one.day}. {one.url}" for one in topic.known])
    _section(document, "Điều chưa biết", [topic.not_known] if topic.not_known else [])
    _spread(document, topic)
    _section(
        document,
        "Gợi ý khai thác, lấy từ bằng chứng",
        [f"{one.span} ({one.kind}): “{one.quote}” — {one.publisher}, {one.url}" for one in topic.angles],
    )
    document.add_paragraph(_plain(body["notice"]))
    return _packed(document)


def _section(document: DocxDocument, title: str, lines: list[str]) -> None:
    if lines:
        document.add_heading(title, 1)
        for line in lines:
            document.add_paragraph(_plain(line))


def _spread(document: DocxDocument, topic: Topic) -> None:
    if not topic.spread:
        return
    document.add_heading("Số trang nhắc lại mỗi ngày", 1)
    most = max(pages for _, pages in topic.spread)
    table = document.add_table(rows=0, cols=3)
    for day, pages in topic.spread:
        cells = table.add_row().cells
        cells[0].text, cells[1].text, cells[2].text = day, str(pages), "█" * max(1, round(20 * pages / most))


def _properties(document: DocxDocument, body: Mapping[str, Any]) -> None:
    properties = document.core_properties
    properties.author, properties.title, properties.language = _plain(body["office"])[:250], _plain(body["statement"])[:250], "vi"
    properties.created = properties.modified = _FIXED
    properties.last_modified_by, properties.comments = "", ""


def _plain(text: str) -> str:
    """Without the control characters that XML does not hold."""
    return "".join(char for char in text if char in "\t\n" or (char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"))


def _packed(document: DocxDocument) -> bytes:
    """python-docx stamps the archive with the time of day: packed again with a fixed one."""
    first, out = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as written, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(written.namelist()):
            packed.writestr(zipfile.ZipInfo(name, _ZIP_DATE), written.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
