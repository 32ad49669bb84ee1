"""A topic is made of the public object and nothing else; a withdrawal says so first; the same object is the same bytes."""

import io
import time
import unicodedata
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiemtin.delivery.topic import docx_of, text_of, topic_of
from kiemtin.domain.claims import EvidenceRelation
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Assessment
from tests.delivery import ASSESSMENT, CLAIM, OFFICE, REFUTES, SUPPORTS, changed, first, withdrawn


def words(body: bytes) -> str:
    """All that the document says, in order."""
    document = Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_what_the_rating_rests_on_is_told_apart_from_what_says_otherwise() -> None:
    topic = topic_of(first().body)
    assert [(one.quote, one.publisher, one.url, one.day) for one in topic.true_points] == [
        (REFUTES.quote, "Trạm Soi Tin", REFUTES.url, "27/11/2026")
    ]  # fmt: skip
    assert [one.url for one in topic.other] == [SUPPORTS.url]
    assert (topic.statement, topic.verdict, topic.withdrawn) == (CLAIM.text, "Sai sự thật", "")
    assert (topic.answer, topic.not_known) == (ASSESSMENT.answer, ASSESSMENT.unknown)
    assert topic.spread == (("25/11/2026", 4), ("26/11/2026", 1))


@pytest.mark.parametrize(
    ("rating", "verified"),
    [
        (Rating.FALSE, [REFUTES.url]),
        (Rating.MISLEADING, [REFUTES.url]),
        (Rating.MIXED, [SUPPORTS.url, REFUTES.url]),
        (Rating.MOSTLY_TRUE, [SUPPORTS.url]),
        (Rating.TRUE, [SUPPORTS.url]),
        (Rating.UNPROVEN, []),
        (Rating.UNKNOWN, []),
        (None, []),
    ],
)
def test_only_what_carries_the_rating_is_called_verified(rating: Rating | None, verified: list[str]) -> None:
    body = first(replace(ASSESSMENT, rating=rating)).body
    topic = topic_of(body)
    assert [one.url for one in topic.true_points] == verified
    assert {one.url for one in (*topic.true_points, *topic.other)} == {REFUTES.url, SUPPORTS.url}
    assert ("Điều đã được xác minh" in words(docx_of(body))) is bool(verified)
    assert ("ĐIỀU ĐÃ ĐƯỢC XÁC MINH" in text_of(body)) is bool(verified)


def test_suggestions_stand_in_a_quote_and_have_its_link() -> None:
    topic = topic_of(first().body)
    quotes = {REFUTES.quote: REFUTES.url, SUPPORTS.quote: SUPPORTS.url}
    assert {one.span for one in topic.angles} >= {"26/11", "35 triệu m3"}
    assert all(one.span in one.quote and quotes[one.quote] == one.url for one in topic.angles)
    assert len({one.span.casefold() for one in topic.angles}) == len(topic.angles)


def test_without_evidence_nothing_is_suggested() -> None:
    topic = topic_of(changed(evidence=[]))
    assert (topic.angles, topic.true_points, topic.other) == ((), (), ())


def test_the_document_says_who_when_what_and_on_which_evidence() -> None:
    said = words(docx_of(first().body))
    for part in (OFFICE, "27/11/2026", CLAIM.text, "Sai sự thật", "Điều đã được xác minh", REFUTES.quote, REFUTES.url, "ủng hộ phát biểu",
                 "nguồn không độc lập", ASSESSMENT.answer, "Điều chưa biết", ASSESSMENT.unknown, "Gợi ý khai thác", "25/11/2026", "https://tin.example/corrections/k1",
                 first().body["notice"]):  # fmt: skip
        assert part in said, part


def test_the_letter_says_the_same() -> None:
    said = text_of(first().body)
    for part in (
        OFFICE,
        "27/11/2026",
        "SAI SỰ THẬT",
        CLAIM.text,
        REFUTES.quote,
        REFUTES.url,
        ASSESSMENT.unknown,
        "35 triệu m3",
        first().body["notice"],
    ):
        assert part in said, part


def test_a_withdrawal_says_so_first_gives_its_reason_and_repeats_no_evidence() -> None:
    body = withdrawn().body
    for said in (words(docx_of(body)), text_of(body)):
        assert said.startswith(f"RÚT LẠI: {CLAIM.text}")
        assert "Số đo là của hồ khác." in said and body["notice"] in said
        assert REFUTES.quote not in said and ASSESSMENT.reason not in said and "25/11/2026" not in said


def test_an_official_position_says_that_nothing_verified_it_and_when_it_is_looked_at_again() -> None:
    body = first(replace(ASSESSMENT, rating=None)).body
    for said in (words(docx_of(body)), text_of(body)):
        assert "chưa được kiểm chứng độc lập" in said.lower() and "Sẽ kiểm tra lại vào ngày 11/12/2026." in said


def test_what_is_under_review_says_so() -> None:
    assert "đang được xem xét lại" in words(docx_of(changed(under_review=True)))
    assert "đang được xem xét lại" not in words(docx_of(first().body))


def test_the_same_object_is_the_same_bytes_whenever_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    before = docx_of(first().body)
    there = time.time() + 100_000
    monkeypatch.setattr(time, "time", lambda: there)
    assert docx_of(first().body) == before
    with zipfile.ZipFile(io.BytesIO(before)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(2020, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff", "\u202e", "\r"])
def test_characters_that_a_document_cannot_hold_are_left_out(odd: str) -> None:
    body = changed(statement=f"Đập{odd} vỡ", reason=f"{odd}Không.", office=f"Văn{odd} phòng", withdrawal_reason=odd)
    said = words(docx_of(body))
    assert "Đập vỡ" in said and "Văn phòng" in said and odd not in said
    assert odd not in text_of(body)


def test_text_that_looks_like_a_formula_or_markup_is_just_text() -> None:
    odd = "=HYPERLINK(1) <w:p/> & @a +1 -1"
    assert odd in words(docx_of(changed(reason=odd)))


def test_a_long_statement_makes_a_document_too() -> None:
    assert "dài " * 500 in words(docx_of(changed(statement="dài " * 500)))


# --- for any words ---------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    "35 triệu m3 nước 26/11 ngày 5/12/2026 hồ Trúc Lam Lam Giang xã Gò Mây không chưa ngập 12 thôn 3,5% 120.000 đồng m2 . , “ ” : =1+1 <b> đập".split()  # noqa: SIM905
)
TEXTS = st.lists(WORDS, min_size=1, max_size=14).map(" ".join) | st.text(min_size=1, max_size=40)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    pieces = tuple(
        replace(REFUTES, url=f"https://soitin.example/{at}", quote=quote, relation=draw(st.sampled_from(EvidenceRelation)))
        for at, quote in enumerate(draw(st.lists(TEXTS, min_size=1, max_size=4)))
    )
    rating = draw(st.sampled_from([*Rating, None]))
    assessment = Assessment(rating, draw(TEXTS), tuple(one.id for one in pieces), draw(TEXTS), draw(TEXTS))
    return {**first(assessment, pieces).body, "statement": draw(TEXTS)}


@given(bodies())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_line_of_a_topic_stands_in_the_public_object(body: dict[str, Any]) -> None:
    topic, pieces = topic_of(body), {(one["quote"], one["publisher"], one["url"]) for one in body["evidence"]}
    assert all(one.span and one.span in one.quote for one in topic.angles)
    assert {(one.quote, one.publisher, one.url) for one in (*topic.angles, *topic.true_points, *topic.other)} <= pieces
    assert len(topic.true_points) + len(topic.other) == len(body["evidence"])
    assert (topic.statement, topic.verdict, topic.reason) == (body["statement"], body["rating_name"], body["reason"])
    assert (topic.answer or None, topic.not_known or None) == (body["answer"], body["not_known"])
    assert [pages for _, pages in topic.spread] == [cell["pages"] for cell in body["spread"]]


@given(bodies())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_document_can_be_made_of_any_words_and_opens_and_is_the_same_twice(body: dict[str, Any]) -> None:
    made = docx_of(body)
    assert docx_of(body) == made
    said = words(made)
    assert all(plain(one["quote"]) in said and one["url"] in said for one in body["evidence"])
    assert plain(body["statement"]) in said and plain(body["reason"]) in said


def plain(text: str) -> str:
    """As a document holds it: without control characters, and those that turn the direction of what follows."""
    return "".join(char for char in text if char in "\t\n" or (unicodedata.category(char) not in ("Cc", "Cs") and char not in TURNS))


TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"


def test_the_spread_is_a_table_of_days_numbers_and_bars() -> None:
    (table,) = Document(io.BytesIO(docx_of(first().body))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Ngày", "Số trang", ""], ["25/11/2026", "4", "█" * 20], ["26/11/2026", "1", "█" * 5]
    ]  # fmt: skip


def test_without_a_spread_there_is_no_table() -> None:
    assert Document(io.BytesIO(docx_of(changed(spread=[])))).tables == []
    assert "SỐ TRANG" not in text_of(changed(spread=[]))


def test_a_formula_stands_as_text_in_the_document_and_runs_nowhere() -> None:
    body = docx_of(changed(statement="=1+1", reason="=cmd|'/c x'!A1"))
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        raw = packed.read("word/document.xml").decode()
        assert not [name for name in packed.namelist() if name.endswith(".bin") or "embed" in name]
    assert "=1+1" in words(body) and "=cmd|'/c x'!A1" in words(body)
    assert "fldSimple" not in raw and "instrText" not in raw


def test_vietnamese_comes_back_letter_by_letter_composed_or_not() -> None:
    alphabet = "ẮẰẲẴẶ Ấầẩẫậ Đđ Ếềểễệ Ốồổỗộ Ớờởỡợ Ứừửữự Ỳỵỷỹ"
    for form in ("NFC", "NFD"):
        odd = unicodedata.normalize(form, alphabet)
        assert odd in words(docx_of(changed(reason=odd))) and odd in text_of(changed(reason=odd))
