"""One body, five forms: the same bytes each time, nothing that a browser would run, nothing from elsewhere, numbers and dates as they are read in Vietnam."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import html as lxml_html

from kiemtin.briefing import page, words
from kiemtin.briefing.charts import draw
from kiemtin.briefing.document import docx_of
from kiemtin.briefing.letter import text_of
from kiemtin.briefing.page import html_of, pdf_of, safe_link
from kiemtin.briefing.render import FORMS, json_of
from kiemtin.coverage.edition import compose
from kiemtin.coverage.health import TroubleKind
from kiemtin.domain.editions import EditionKind, period_of
from kiemtin.errors import InputError
from tests.support.briefing import DAY, OFFICE, OUTLETS, SET_TIME, full_body, listed, material, strings, titled
from tests.support.site import Site

ROOT = Path(__file__).parents[2]
SCRIPT, IMAGE, TEMPLATE = "<script>alert('x')</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}{% raw %}"
HOSTILE = (
    SCRIPT,
    IMAGE,
    TEMPLATE,
    "</title></style></textarea>",
    "<!-- -->]]>",
    "&lt;b&gt; & &amp;",
    "'onmouseover='x'",
    "<a href=javascript:x>",
    "%s {0} {x}",
)
UNREADABLE = ("\u202eđảo\u2066", "\x1b[31mđỏ\x07", "a\x00b", "một\rhai", "x\x85y\ufffe")
_DIGESTS = """
import hashlib, json, sys
from kiemtin.briefing.render import FORMS
body = json.load(sys.stdin)
print(json.dumps({form: hashlib.sha256(FORMS[form][0](body)).hexdigest() for form in sys.argv[1:]}))
"""


def said_by(document: bytes) -> str:
    """All text of a Word document, tables included."""
    opened = Document(io.BytesIO(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in opened.paragraphs), *cells])


def as_read(form: str, body: Mapping[str, Any]) -> str:
    made = FORMS[form][0](body)
    match form:
        case "html":
            return " ".join(lxml_html.document_fromstring(made).find("body").text_content().split())
        case "docx":
            return said_by(made)
    return made.decode()


READ = ("html", "docx", "txt", "json")


# --- the same bytes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_same_body_is_the_same_bytes(form: str) -> None:
    render, _ = FORMS[form]
    body = full_body()
    assert render(body) == render(json.loads(json.dumps(body, sort_keys=True))), "as Records give it back"


def test_another_number_is_another_edition() -> None:
    assert all(FORMS[form][0](full_body()) != FORMS[form][0](full_body(events_told=1235)) for form in READ)


def test_in_another_process_too() -> None:
    body, forms = full_body(), ("html", "docx", "json", "txt")
    here = {form: hashlib.sha256(FORMS[form][0](body)).hexdigest() for form in forms}
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "America/New_York"}
        done = subprocess.run(
            [sys.executable, "-c", _DIGESTS, *forms], input=json.dumps(body), env=env, capture_output=True, text=True, timeout=60, check=True
        )
        assert json.loads(done.stdout) == here


def test_json_is_the_frozen_body_itself() -> None:
    body = full_body()
    assert json.loads(json_of(body)) == body
    assert "Báo Đồng Xanh".encode() in json_of(body), "to be read by people as well"


# --- what stands in each -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", READ)
def test_each_form_says_the_same(form: str) -> None:
    body, said = full_body(), as_read(form, full_body())
    news = [item for found in body["watchlists"] for item in found["items"]]
    awaited = [item["title"] for item in news] + [one["statement"] for part in ("withdrawals", "corrections", "repeats") for one in body[part]]
    awaited += [found["name"] for found in body["watchlists"]] + [one["text"] for one in body["events"]]
    awaited += [one["rating_name"] for part in ("corrections", "repeats") for one in body[part]]
    awaited += [body["withdrawals"][0]["withdrawal_reason"], body["volume"]["spikes"][0]["name"], OUTLETS[0], OFFICE]
    awaited += [one["name"] for one in body["open_alerts"]]
    assert [text for text in awaited if text.casefold() not in said.casefold()] == []


@pytest.mark.parametrize("form", READ[:3])
def test_what_is_withdrawn_is_read_before_anything_else(form: str) -> None:
    said = as_read(form, full_body()).casefold()
    parts = ["Câu hai: đập", "Câu một: đập", "Hồ Trúc Lam", "Bến Sương", "Họp báo về hồ", "Câu ba: đập", "cảnh báo đang mở", "tải được"]
    places = [said.index(text.casefold()) for text in parts[:2]] + [said.index(text.casefold(), said.index("câu một")) for text in parts[2:]]
    assert places[0] < places[1] < places[4]
    assert said.index("rút lại: câu hai") < said.index("câu một")


@pytest.mark.parametrize("form", READ[:3])
def test_an_edition_without_news_says_so(form: str) -> None:
    said = as_read(form, compose(material()))
    assert "Kỳ này không có gì mới." in said
    assert "Mọi nguồn đều bình thường." in said and "Không có cảnh báo nào đang mở." in said
    assert "Kỳ này không có gì mới." not in as_read(form, full_body())


@pytest.mark.parametrize("form", READ[:3])
def test_what_grew_is_marked_and_what_is_new_is_not(form: str) -> None:
    body = titled("Nước hồ Trúc Lam dâng")
    assert "có diễn biến mới" not in as_read(form, body)
    body["watchlists"][0]["items"][0]["state"] = "grown"
    assert "có diễn biến mới" in as_read(form, body)


def test_the_document_opens_and_holds_each_title_under_its_list() -> None:
    body = full_body()
    opened = Document(io.BytesIO(docx_of(body)))
    paragraphs = [(one.style.name, one.text) for one in opened.paragraphs]
    for found in body["watchlists"]:
        at = paragraphs.index(("Heading 1", found["name"]))
        lines = [text for _, text in paragraphs[at + 1 : at + 1 + len(found["items"])]]
        assert [line.startswith(item["title"]) for line, item in zip(lines, found["items"], strict=True)] == [True] * len(lines)
        assert all(item["links"][0]["url"] in line for line, item in zip(lines, found["items"], strict=True))
    (table,) = opened.tables
    assert [row.cells[1].text for row in table.rows] == ["Số tin", *(str(1000 + at) for at in range(28))]


def test_the_document_names_the_office_and_nobody_and_leads_nowhere_by_itself() -> None:
    made = docx_of(full_body())
    properties = Document(io.BytesIO(made)).core_properties
    assert (properties.author, properties.last_modified_by, properties.language) == (OFFICE, "", "vi")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not [name for name in archive.namelist() if b'TargetMode="External"' in archive.read(name)]
        assert {info.date_time for info in archive.infolist()} == {(2020, 1, 1, 0, 0, 0)}


def test_the_letter_has_every_address_in_full() -> None:
    body, said = full_body(), text_of(full_body())
    assert said.startswith("BẢN TIN NGÀY 20/11/2026\n")
    assert said.rstrip().endswith(body["url"])
    links = [item["links"][0]["url"] for found in body["watchlists"] for item in found["items"]]
    links += [one["url"] for part in ("withdrawals", "corrections", "repeats", "counted") for one in body[part]] + [body["volume"]["query"]]
    assert [link for link in links if link not in said] == []


def test_the_page_has_a_bar_a_day_and_the_numbers_beside_it() -> None:
    page_of = lxml_html.document_fromstring(html_of(full_body()))
    spread, posts, volume = page_of.findall(".//svg")
    assert [rect.findtext("title") for rect in posts.findall("rect")] == ["19/11/2026: 1.234 bài"]
    assert [rect.findtext("title") for rect in spread.findall("rect")] == ["18/11/2026: 4 trang", "19/11/2026: 9 trang"]
    titles = [rect.findtext("title") for rect in volume.findall("rect")]
    assert len(titles) == 28 + 7 and titles[0] == "23/10/2026: 1.000 tin" and titles[28] == "20/11/2026: 40,2 tin"
    assert page_of.get("lang") == "vi"


# --- hostile words -------------------------------------------------------------------------------------------------------------


def everywhere(text: str) -> dict[str, Any]:
    """A body with this text wherever words of others may stand."""
    stories = [listed("c1", 0, text, text), listed("c1", 1, OUTLETS[1], text)]
    body = full_body(clusters={"w1": {"c1": stories}}, office=text, holiday=text, events=((DAY, text),), outlets={text: 1})
    for part in ("withdrawals", "corrections", "repeats"):
        body[part][0] |= {key: text for key in ("statement", "rating_name", "withdrawal_reason") if key in body[part][0]}
    body["watchlists"][0]["name"] = body["volume"]["spikes"][0]["name"] = body["open_alerts"][0]["name"] = text
    for gap in body["gaps"]:
        gap["outlet"] = text
    return body


def elements(made: bytes) -> Iterator[Any]:
    yield from lxml_html.document_fromstring(made).iter()


def shape(made: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """The elements with the names of their attributes."""
    return [(str(one.tag), tuple(sorted(one.attrib))) for one in elements(made) if isinstance(one.tag, str)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_words_change_the_page(text: str) -> None:
    made = html_of(everywhere(text))
    assert shape(made) == shape(html_of(everywhere("Nước hồ dâng")))
    tree = lxml_html.document_fromstring(made)
    assert [link.text for link in tree.findall(".//p[@class='head']/a")] == [text]
    assert text in (tree.findtext(".//title") or "") and text in tree.findtext(".//p[@class='office']", "")


def test_the_page_has_nothing_to_run_and_nothing_from_elsewhere() -> None:
    for one in elements(html_of(everywhere(IMAGE))):
        assert one.tag not in ("script", "img", "iframe", "object", "embed", "link", "base", "form", "input", "image", "use")
        assert not [name for name in one.attrib if name.startswith("on") or name in ("src", "srcset", "style", "xlink:href", "action")]
        if one.tag == "meta":
            assert "http-equiv" not in one.attrib
        if one.tag == "style":
            assert "url(" not in one.text and "@import" not in one.text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>", "vbscript:x",
     "file:///etc/passwd", "//tin.example/x", "/etc", "", "mailto:a@b.example", "blob:https://x"],
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_is_no_link(url: str) -> None:
    body = titled("Nước hồ dâng")
    for link in body["watchlists"][0]["items"][0]["links"]:
        link["url"] = url
    assert safe_link(url) == ""
    hrefs = [one.get("href") for one in elements(html_of(body)) if one.tag == "a"]
    assert "" in hrefs and {href.partition(":")[0] for href in hrefs if href} == {"https"}


@pytest.mark.parametrize("form", ["docx", "txt"])
def test_documents_and_letters_hold_the_words_as_they_are(form: str) -> None:
    text = " ".join(HOSTILE)
    assert as_read(form, everywhere(text)).count(text) > 8


def test_what_cannot_be_shown_is_left_out_of_a_document_and_breaks_no_form() -> None:
    text = " ".join(UNREADABLE)
    body = everywhere(text)
    said = said_by(docx_of(body))
    assert [char for char in said if not (char.isprintable() or char == "\n")] == []
    assert shape(html_of(body)) == shape(html_of(everywhere("Nước hồ dâng")))
    assert text in set(strings(json.loads(json_of(body)))), "JSON escapes what it must"


# --- the print -----------------------------------------------------------------------------------------------------------------


def inflated(made: bytes) -> bytes:
    """What stands in a PDF, its packed parts unpacked."""
    parts = re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL)
    return b"\n".join([made, *(zlib.decompressobj().decompress(part) for part in parts if part.startswith(b"x"))])


def test_the_print_is_a_pdf_of_its_edition_whatever_the_words() -> None:
    body = everywhere(IMAGE + UNREADABLE[0] + UNREADABLE[2])
    body["watchlists"][0]["items"][0]["links"][0]["url"] = "javascript:alert(1)"
    made = pdf_of(body)
    assert made.startswith(b"%PDF-") and made.rstrip().endswith(b"%%EOF")
    made = inflated(made)
    assert b"(https://tin.example/" in made, "addresses can be looked for in it"
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"(javascript:"):
        assert word not in made


class _NoPango(MetaPathFinder):
    """As weasyprint fails on a machine without its libraries: while it is imported, with OSError."""

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: object = None) -> None:
        if name.partition(".")[0] == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_NoPango(), *sys.meta_path])


@pytest.mark.usefixtures("without_pango")
def test_without_its_libraries_only_the_print_is_missing_and_what_to_install_is_said() -> None:
    with pytest.raises(InputError, match="apt-get install libpango"):
        pdf_of(full_body())
    for form in READ:
        assert FORMS[form][0](full_body())


@pytest.mark.parametrize(
    "there",
    ['<link rel="stylesheet" href="{}">', '<img src="{}">', '<link rel="attachment" href="{}">', "<style>@import url({});</style>",
     "<style>p {{ background: url({}) }}</style><p>x</p>", '<svg><image href="{}" width="9" height="9"/></svg>'],
    ids=["style sheet", "picture", "attachment", "import", "background", "drawing"],
)  # fmt: skip
def test_the_print_asks_for_nothing_anywhere(monkeypatch: pytest.MonkeyPatch, there: str) -> None:
    """Not even where the page held an address that is fetched. How the print then ends is another matter."""
    with Site() as site:
        made = f"<!doctype html><title>x</title><body>{there.format(site.url('/a'))}</body>"
        monkeypatch.setattr(page, "html_of", lambda _body: made.encode())
        with suppress(Exception):
            pdf_of({"id": "e1"})
        assert site.log == []


# --- words -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (7, "7"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567"), (12.5, "12,5"), (1234.56, "1.234,6"), (3.04, "3"), (2.0, "2"), (0.25, "0,2")],
)  # fmt: skip
def test_numbers_have_points_for_thousands_and_a_comma_for_parts(value: float, said: str) -> None:
    assert words.number(value) == said


def test_days_and_hours_are_vietnam_s() -> None:
    assert (words.day("2026-11-20"), words.short_day("2026-11-20")) == ("20/11/2026", "20/11")
    assert words.moment("2026-11-19T18:05:00+00:00") == "20/11/2026 01:05"
    assert words.hour("2026-12-31T17:00:00+00:00") == "00:00 01/01"
    assert (words.moment(None), words.hour(None), words.moment("")) == ("", "", "")


@pytest.mark.parametrize(
    ("kind", "day", "said"),
    [
        (EditionKind.DAILY, "2026-11-20", "Bản tin ngày 20/11/2026"),
        (EditionKind.WEEKLY, "2026-11-23", "Bản tin tuần 16/11 – 22/11/2026"),
        (EditionKind.WEEKLY, "2027-01-04", "Bản tin tuần 28/12 – 03/01/2027"),
        (EditionKind.MONTHLY, "2026-12-01", "Bản tin tháng 11/2026"),
        (EditionKind.MONTHLY, "2027-01-01", "Bản tin tháng 12/2026"),
    ],
)
def test_each_edition_has_its_title(kind: EditionKind, day: str, said: str) -> None:
    body = compose(material(period=period_of(kind, type(DAY).fromisoformat(day), SET_TIME)))
    assert words.title(body) == said
    assert said in as_read("html", body) and text_of(body).startswith(said.upper())


@pytest.mark.parametrize(("day", "name"), [("2026-11-16", "Thứ Hai"), ("2026-11-20", "Thứ Sáu"), ("2026-11-22", "Chủ nhật")])
def test_each_day_has_its_name(day: str, name: str) -> None:
    body = full_body(period=period_of(EditionKind.DAILY, type(DAY).fromisoformat(day), SET_TIME))
    assert words.weekday(body) == name
    assert f"{name}, Ngày hội Đồng Xanh · từ " in as_read("html", body)


GAPS = {
    TroubleKind.FEED_FAILED: "không tải được 3 nguồn cấp",
    TroubleKind.SILENT: "gần như im lặng: 3 tin, thường ngày 12,5",
    TroubleKind.PARSE_FALLEN: "không đọc được 3 trong 1.204 trang mới",
    TroubleKind.UNDATED: "3 trong 1.204 tin mới không ghi ngày",
    TroubleKind.FUTURE_DATES: "3 trong 1.204 tin ghi ngày ở tương lai, không nhận",
    TroubleKind.UNDER_YIELD: "3 tin, ít hơn mức khai báo 12,5 tin một ngày",
}


@pytest.mark.parametrize("form", READ[:3])
def test_each_gap_is_said_with_its_numbers_in_every_form(form: str) -> None:
    body = full_body()
    assert [words.gap(one) for one in body["gaps"]] == [GAPS[kind] for kind in TroubleKind]
    said = as_read(form, body)
    assert [kind for kind, gap in GAPS.items() if f"{OUTLETS[0]}: {gap}" not in said] == []


@pytest.mark.parametrize(("many", "minutes"), [(0, 1), (1, 1), (220, 1), (221, 2), (2200, 10)])
def test_reading_time_is_counted_on_syllables_and_is_a_minute_at_least(many: int, minutes: int) -> None:
    assert words.minutes("tin " * many) == minutes


def test_the_numbers_of_an_edition_are_said_in_words() -> None:
    said = text_of(full_body())
    assert "- 1.027 tin của 2 nguồn, kể về 1.234 sự việc." in said
    assert "- Nhiều hơn hẳn thường lệ: Thời tiết, 19/11: 1.250 tin, bốn tuần trước cho thấy khoảng 12,5." in said
    assert "- Dự báo số tin bảy ngày tới: 20/11: 40; 21/11: 41;" in said and "(sai số trung bình 3,5 tin một ngày)." in said
    assert "- Cảnh báo đang mở: Y tế 3; Thiên tai 12." in said


# --- charts ------------------------------------------------------------------------------------------------------------------------


def test_a_chart_of_nothing_is_none() -> None:
    assert draw([], "stories") is None
    assert draw([{"day": "2026-11-20", "stories": 0}], "stories") is None
    assert b"<svg" not in html_of(compose(material()))


def test_days_without_a_number_are_drawn_too() -> None:
    drawing = draw([{"day": "2026-11-16", "pages": 2}, {"day": "2026-11-14", "pages": 1}], "pages")
    assert drawing is not None
    assert [(bar.day, bar.value) for bar in drawing.bars] == [("2026-11-14", 1), ("2026-11-15", 0), ("2026-11-16", 2)]


@pytest.mark.parametrize("many", [1, 5, 28, 60])
def test_bars_stay_inside_the_drawing_and_are_as_high_as_their_numbers(many: int) -> None:
    days = [{"day": (DAY - timedelta(days=many - at)).isoformat(), "stories": at + 1} for at in range(many)]
    ahead = [{"day": "2026-11-20", "expected": many / 2, "low": 0, "high": many * 1.5}]
    drawing = draw(days, "stories", ahead)
    assert drawing is not None and len(drawing.bars) == many + 1
    assert all(bar.x >= 0 and bar.x + bar.width <= drawing.width and 0 <= bar.y <= drawing.base for bar in drawing.bars)
    assert drawing.bars[many - 1].height == pytest.approx(many * drawing.bars[0].height, rel=0.3, abs=many * 0.06)
    last = drawing.bars[-1]
    assert last.low == drawing.base and last.high is not None and last.high < last.y
