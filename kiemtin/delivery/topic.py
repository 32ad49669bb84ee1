"""A rebuttal topic for a newsroom, made from the public object alone: every line is the statement, an approved sentence, a quote with its link, or a number.

public body | topic_of | page, DOCX, plain text
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from kiemtin.documents import add_bars, add_section, new_document, packed, plain
from kiemtin.domain.ratings import Rating
from kiemtin.domain.stories import HANOI
from nlp.marks import DATE, NUMBER, PLACE, deciding_spans

_MOST_ANGLES = 12
KINDS = {NUMBER: "con số", DATE: "mốc thời gian", PLACE: "nơi chốn"}
# Which evidence a rating rests on; where there is none (an official position, too little to say), nothing is called verified (LIMITS 5).
_CARRIES = {
    Rating.FALSE.code: frozenset({"refutes"}),
    Rating.MISLEADING.code: frozenset({"refutes"}),
    Rating.MIXED.code: frozenset({"refutes", "supports"}),
    Rating.MOSTLY_TRUE.code: frozenset({"supports"}),
    Rating.TRUE.code: frozenset({"supports"}),
}
_RELATIONS = {"refutes": "bác bỏ phát biểu", "supports": "ủng hộ phát biểu", "not_enough_info": "chưa đủ để kết luận"}
_SPREAD, _ANGLES = "Số trang nhắc lại mỗi ngày", "Gợi ý khai thác, lấy từ bằng chứng"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A publisher's own words, and what they do to the statement."""

    quote: str
    publisher: str
    url: str
    day: str
    relation: str
    independent: bool


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
    """`true_points`: the evidence that the rating rests on; `other`: what says otherwise or does not decide, with `answer` to it.

    What is withdrawn has a statement and a reason, and no evidence: nothing of it is to be quoted again.
    """

    statement: str
    verdict: str
    withdrawn: str
    reason: str
    true_points: tuple[Quoted, ...]
    other: tuple[Quoted, ...]
    answer: str
    not_known: str
    spread: tuple[tuple[str, int], ...]
    angles: tuple[Angle, ...]


def topic_of(body: Mapping[str, Any]) -> Topic:
    if body["status"] == "withdrawn":
        return Topic(body["statement"], "RÚT LẠI", body["withdrawal_reason"] or "", "", (), (), "", "", (), ())
    quoted = tuple(_quoted(piece) for piece in body["evidence"])
    carry = _CARRIES.get(body["rating"] or "", frozenset())
    return Topic(
        statement=body["statement"],
        verdict=body["rating_name"],
        withdrawn="",
        reason=body["reason"],
        true_points=tuple(one for one in quoted if one.relation in carry),
        other=tuple(one for one in quoted if one.relation not in carry),
        answer=body["answer"] or "",
        not_known=body["not_known"] or "",
        spread=tuple((_day(cell["day"]), cell["pages"]) for cell in body["spread"]),
        angles=tuple(islice(_angles(body), _MOST_ANGLES)),
    )


def _quoted(piece: Mapping[str, Any]) -> Quoted:
    return Quoted(piece["quote"], piece["publisher"], piece["url"], _day(piece["published_at"]), piece["relation"], piece["independent"])


def _angles(body: Mapping[str, Any]) -> Iterator[Angle]:
    """Those that the statement does not have, each once."""
    seen: set[str] = set()
    for piece in body["evidence"]:
        for span in deciding_spans(piece["quote"], body["statement"]):
            words = _whole(piece["quote"], span.start, span.end)
            if span.kind in KINDS and span.differs and words.casefold() not in seen:
                seen.add(words.casefold())
                yield Angle(words, KINDS[span.kind], piece["quote"], piece["publisher"], piece["url"])


def _whole(text: str, start: int, end: int) -> str:
    """To the end of the word: "35 triệu m3" is read as "35 triệu m" and a 3."""
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]


def _day(text: str | None) -> str:
    if not text:
        return "không ghi ngày"
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(HANOI) if moment.tzinfo else moment).strftime("%d/%m/%Y")


def _dated(body: Mapping[str, Any]) -> list[str]:
    """Who says it, as of when, and what is known to change."""
    lines = [f"{body['office']} · bản {body['revision']} · {_day(body['changed_at'])} · {body['url']}"]
    lines += [f"Sẽ kiểm tra lại vào ngày {_day(body['recheck_on'])}."] if body["recheck_on"] else []
    return lines + (["Mục này đang được xem xét lại."] if body["under_review"] else [])


def _sections(topic: Topic) -> Iterator[tuple[str, list[str]]]:
    """Headings with their lines, the same in a letter and in a document; empty ones are left out."""
    sections = {
        "Lý do rút lại": [topic.withdrawn],
        "Vì sao": [topic.reason],
        "Điều đã được xác minh": [_cited(one) for one in topic.true_points],
        "Các nguồn khác" if topic.true_points else "Các nguồn": [_cited(one, _RELATIONS[one.relation]) for one in topic.other] + [topic.answer],
        "Điều chưa biết": [topic.not_known],
    }
    for title, lines in sections.items():
        if found := [line for line in lines if line]:
            yield title, found


def _cited(one: Quoted, relation: str = "") -> str:
    notes = [relation, "" if one.independent else "nguồn không độc lập"]
    noted = "; ".join(note for note in notes if note)
    return f"“{one.quote}” — {one.publisher}, {one.day}{f' ({noted})' if noted else ''}. {one.url}"


def text_of(body: Mapping[str, Any]) -> str:
    """For an e-mail's body."""
    topic = topic_of(body)
    lines = [f"{topic.verdict.upper()}: {topic.statement}", "", *_dated(body), ""]
    for title, found in _sections(topic):
        lines += [title.upper(), *(f"- {line}" for line in found), ""]
    if topic.spread:
        lines += [_SPREAD.upper(), *(f"- {day}: {pages}" for day, pages in topic.spread), ""]
    if topic.angles:
        lines += [_ANGLES.upper(), *(f"- {_angle(one)}" for one in topic.angles), ""]
    return plain("\n".join([*lines, body["notice"], ""]))


def _angle(one: Angle) -> str:
    return f"{one.span} ({one.kind}): “{one.quote}” — {one.publisher}, {one.url}"


def docx_of(body: Mapping[str, Any]) -> bytes:
    """The topic as a document; the same body is the same bytes."""
    document, topic = new_document(body["office"], body["statement"]), topic_of(body)
    document.add_heading(plain(f"{topic.verdict}: {topic.statement}"), 0)
    for line in _dated(body):
        document.add_paragraph(plain(line))
    for title, lines in _sections(topic):
        add_section(document, title, lines)
    add_bars(document, _SPREAD, ("Ngày", "Số trang"), list(topic.spread))
    if topic.angles:
        add_section(document, _ANGLES, [_angle(one) for one in topic.angles])
    document.add_paragraph(plain(body["notice"]))
    return packed(document)
