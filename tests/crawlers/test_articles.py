"""Pages to stories: every paragraph of the article, and nothing of what stands around it."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.articles import Extraction, decode, extract_page
from crawlers.dates import VIET_NAM
from kiemtin.domain.stories import Page, Refusal, RefusalReason
from tests.crawlers.page_shapes import CANARIES, LEAD, PARAGRAPHS, READERS_CANARIES, SHAPES, SIGNATURES, THREADS, TITLE

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
URL = "https://bao.example/giao-thong/cau-van-lieu.html"
HEAD = f'<html lang="vi"><head><meta charset="utf-8"><title>{TITLE} | Báo Lương Sơn</title></head><body>'


def _extract(html: str | bytes, content_type: str = "text/html; charset=utf-8", **more: Any) -> Extraction | Refusal:
    body = html.encode() if isinstance(html, str) else html
    return extract_page(Page(more.pop("url", URL), "Báo Lương Sơn", body, content_type, NOW, **more), NOW, "vi")


def _story(html: str | bytes, content_type: str = "text/html; charset=utf-8", **more: Any) -> Extraction:
    found = _extract(html, content_type, **more)
    assert isinstance(found, Extraction), found
    return found


def _lines(html: str | bytes, content_type: str = "text/html; charset=utf-8", **more: Any) -> list[str]:
    return _story(html, content_type, **more).story.text.split("\n")


def _refused(html: str | bytes, content_type: str = "text/html", **more: Any) -> RefusalReason:
    found = _extract(html, content_type, **more)
    assert isinstance(found, Refusal), found
    return found.reason


def _article(*parts: str) -> str:
    return f"{HEAD}<h1>{TITLE}</h1><article><p>{LEAD}</p>{''.join(parts)}</article></body></html>"


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_paragraph_and_no_canary_in_any_layout(shape: str, count: int) -> None:
    found = _story(SHAPES[shape](PARAGRAPHS[:count]))
    assert found.story.text.split("\n") == [LEAD, *PARAGRAPHS[:count]]
    assert found.story.title == TITLE
    assert not [name for name, words in CANARIES.items() if words.split(":")[0] in repr(found)]


@pytest.mark.parametrize("shape", [name for name in SHAPES if name not in ("comments_outweigh", "markdown_like")])
def test_the_date_that_each_layout_shows(shape: str) -> None:
    published = _story(SHAPES[shape](PARAGRAPHS)).story.published_at
    assert published is not None
    assert published.astimezone(VIET_NAM).date().isoformat() == "2026-11-16"


def test_plain_trafilatura_would_let_canaries_through() -> None:
    """The layouts are hard enough to mean something."""
    from trafilatura import extract

    leaking = [name for name, shape in SHAPES.items() if CANARIES["comment"] in (extract(shape(PARAGRAPHS), fast=True) or "")]
    assert len(leaking) >= 6


def test_a_lead_that_stands_twice_is_kept_once() -> None:
    html = f'{HEAD}<h1>{TITLE}</h1><h2 class="sapo">{LEAD}</h2><article><p><b>{LEAD}</b></p><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></article>'
    assert _lines(html) == [LEAD, *PARAGRAPHS[:2]]


def _long(texts: tuple[str, ...]) -> list[str]:
    return [f"{text} Thông tin ấy được ban quản lý nhắc lại nhiều lần trong tuần, lần thứ {number}." for number, text in enumerate(texts * 3)]


def test_a_lead_outside_the_marked_article_is_put_in_front() -> None:
    lines, lead = _long(PARAGRAPHS), LEAD.removesuffix(".")  # known for the lead by the page's description alone
    body = "".join(f'<p class="Normal">{line}</p>' for line in lines)
    top = f'<div class="top"><h1 class="title">{TITLE}</h1><div class="box"><p class="k4">{lead}</p><p>Khu vực phía nam</p></div></div>'
    html = f'{HEAD}{top}<article class="fck_detail">{body}</article>'.replace("<title>", f'<meta name="description" content="{lead}"><title>')
    assert _lines(html) == [lead, *lines]


def test_an_article_in_several_containers_is_kept_whole() -> None:
    lines = [" ".join([line] * 3) for line in _long(PARAGRAPHS)]
    names = ["span12"] * 5 + ["post-text"] * 3 + ["span12"] * 4  # trafilatura takes the marked containers for the whole
    parts = "".join(f'<div class="row"><div class="{name}"><p>{line}</p></div></div>' for name, line in zip(names, lines, strict=True))
    assert _lines(f'{HEAD}<div class="wrap"><h1>{TITLE}</h1><p>{LEAD}</p>{parts}</div>') == [LEAD, *lines]


def test_inner_headings_lists_and_tables_are_text() -> None:
    table = "<table><tr><th>Xã</th><th>Số hộ</th></tr><tr><td>Lương Hạ</td><td>25</td></tr></table>"
    html = _article(f"<h2>Phân luồng ra sao</h2><p>{PARAGRAPHS[0]}</p><ul><li>Ngày một: cấm xe tải</li><li>Ngày hai: cấm xe khách</li></ul>{table}")
    expected = [LEAD, "Phân luồng ra sao", PARAGRAPHS[0], "Ngày một: cấm xe tải", "Ngày hai: cấm xe khách", "Xã | Số hộ", "Lương Hạ | 25"]
    assert _lines(html) == expected


def test_sentences_that_only_resemble_cues_stay() -> None:
    lines = [
        'Chia sẻ với phóng viên, ông giám đốc nói: "Cầu đã an toàn."',
        "Đăng ký nhận hỗ trợ trước 30/11 tại ủy ban xã.",
        "Bản quyền của bài hát thuộc về người sáng tác.",
        "Giấy phép số 12 được cấp cho bến phà hôm qua.",
        "Theo dõi trang trại từ xa giúp giảm 30% chi phí.",
        "Bình luận của chuyên gia cầu đường: dầm chính còn tốt.",
    ]
    assert _lines(_article(*(f"<p>{line}</p>" for line in lines))) == [LEAD, *lines]


def test_section_headings_that_resemble_cues_stay() -> None:
    headings = ["Trở lại trường sau lũ", "Bình luận của chuyên gia", "Chia sẻ của người dân", "Hỏi đáp"]
    parts = [f"<h2>{heading}</h2><p>{text}</p>" for heading, text in zip(headings, PARAGRAPHS, strict=True)]
    expected = [LEAD, *(line for pair in zip(headings, PARAGRAPHS, strict=True) for line in pair)]
    assert _lines(_article(*parts)) == expected


def test_an_empty_advertisement_label_takes_no_paragraph_with_it() -> None:
    html = _article(f"<p>Quảng cáo</p><p>{PARAGRAPHS[0]}</p><div>ADVERTISEMENT</div><p>{PARAGRAPHS[1]}</p>")
    assert _lines(html) == [LEAD, *PARAGRAPHS[:2]]


def test_read_more_within_the_text_takes_its_link_only() -> None:
    link = '<p><a href="/1">Phà Bến Gỗ tăng chuyến dịp lễ</a></p>'
    html = _article(f"<p>Xem thêm</p>{link}<p>{PARAGRAPHS[0]}</p><p><b>Đọc thêm: </b><a href='/2'>Chợ nổi dời bến</a></p><p>{PARAGRAPHS[1]}</p>")
    assert _lines(html) == [LEAD, *PARAGRAPHS[:2]]


def test_links_within_sentences_stay() -> None:
    text = 'Theo ban quản lý, <a class="tag-link" href="/the/cau">cầu Vạn Liễu</a> sẽ được kiểm tra lại vào tháng sau.'
    assert _lines(_article(f"<p>{text}</p>"))[1] == "Theo ban quản lý, cầu Vạn Liễu sẽ được kiểm tra lại vào tháng sau."


def test_embedded_posts_and_captions_are_no_text() -> None:
    post = '<blockquote class="twitter-tweet"><p>CANARY tôi thấy cầu lún</p>— CANARY (@canary)</blockquote>'
    caption = "<figure><img src='x'><figcaption>Cầu sáng nay. Ảnh: CANARY</figcaption></figure>"
    assert _lines(_article(post, caption, f"<p>{PARAGRAPHS[0]}</p>")) == [LEAD, PARAGRAPHS[0]]


@pytest.mark.parametrize(
    "sign_off", ["Tamghi Thửngười", "Tamghi Thửngười - Thử Hai", "Tamghi Thửngười (tổng hợp)", "Theo Tamghi Thửngười", "(Nguồn: Báo Khác)"]
)
def test_the_signature_is_no_text(sign_off: str) -> None:
    assert _lines(_article(f"<p>{PARAGRAPHS[0]}</p><p style='text-align:right'><strong>{sign_off}</strong></p>")) == [LEAD, PARAGRAPHS[0]]


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("form", ["<p>{}</p>", '<div align="right"><b>{}</b></div>', '<p style="text-align: right"><i>{}</i></p>', "<h4>{}</h4>"])
def test_no_signature_wherever_it_stands(name: str, form: str) -> None:
    signed, rest = form.format(SIGNATURES[name]), f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    assert _lines(_article(rest, signed)) == [LEAD, *PARAGRAPHS[:2]]
    assert _lines(f"{HEAD}<h1>{TITLE}</h1>{signed}<div><p>{LEAD}</p>{rest}</div>") == [LEAD, *PARAGRAPHS[:2]]
    assert _lines(f"{HEAD}<h1>{TITLE}</h1><div>{signed}<p>{LEAD}</p>{rest}</div>") == [LEAD, *PARAGRAPHS[:2]]


def test_a_signature_at_the_right_edge_before_more_of_the_page() -> None:
    box = "<div><h3>Ba mốc của đợt sửa cầu</h3><p>Ngày 2: đóng cầu. Ngày 9: thử tải lần đầu, dầm võng bốn milimét.</p></div>"
    found = _lines(_article(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><div align=right>Tamghi Thửngười</div>", box))
    assert "Tamghi" not in " ".join(found) and found[:3] == [LEAD, *PARAGRAPHS[:2]]


@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("name", THREADS)
def test_what_readers_say_is_no_text(name: str, count: int, outside: bool) -> None:
    thread, story = THREADS[name], "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:count])
    page = f"<div class=a><p>{LEAD}</p>{story}</div>{thread}" if outside else f"<div class=a><p>{LEAD}</p>{story}{thread}</div>"
    found = _story(f"{HEAD}<div class=w><h1>{TITLE}</h1>{page}</div>")
    assert found.story.text.split("\n") == [LEAD, *PARAGRAPHS[:count]]
    assert not [words for words in READERS_CANARIES if words in repr(found)]


_INTERVIEW = (
    "Phóng viên: Thưa bác sĩ, khi nào người bệnh nên đến trạm y tế?",
    "Bác sĩ Hồ Thử Lan: Khi sốt quá hai ngày, người bệnh cần được khám và làm xét nghiệm tại trạm.",
    "Phóng viên: Ở nhà cần làm gì?",
    "Bác sĩ Hồ Thử Lan: Uống nhiều nước, nghỉ ngơi và theo dõi thân nhiệt bốn giờ một lần.",
)


@pytest.mark.parametrize("tag", ["b", "strong", "em", "span"])
@pytest.mark.parametrize("heading", ["", "<h2>Hỏi đáp</h2>", "<h2>Trao đổi</h2>"])
@pytest.mark.parametrize("wrap", ["{}", "<div class=x>{}</div>"])
def test_an_interview_stays(tag: str, heading: str, wrap: str) -> None:
    turns = "".join(f"<p><{tag}>{line.partition(': ')[0]}:</{tag}> {line.partition(': ')[2]}</p>" for line in _INTERVIEW)
    found = _lines(f"{HEAD}<h1>{TITLE}</h1><p>{LEAD}</p><div class=y>{heading}{wrap.format(turns)}</div>")
    assert [line for line in found if line not in ("Hỏi đáp", "Trao đổi")] == [LEAD, *_INTERVIEW]


@pytest.mark.parametrize(
    "items",
    [
        ("Cách 1: Rửa bằng nước muối pha loãng trong mười phút.", "Cách 2: Ngâm nước vo gạo qua một đêm rồi rửa lại cho sạch."),
        ("Ăn uống: Dùng nước đun sôi, tránh đồ sống trong mùa lũ.", "Vệ sinh: Dọn bùn ngay khi nước rút, phơi khô đồ dùng."),
        ("Lương Hạ: Nước rút hết, học sinh trở lại trường từ thứ hai.", "Bến Gỗ: Phà chạy lại từ sáu giờ sáng, mỗi chuyến ba mươi phút."),
        ("Ông Lê Thử: Nhà tôi ngập nửa mét, may đã kê đồ từ chiều.", "Bà Hà Thử: Thuyền của đội cứu hộ đến lúc năm giờ sáng."),
    ],
)
@pytest.mark.parametrize("form", ["<p><b>{}:</b> {}</p>", "<li><strong>{}</strong>: {}</li>", "<div><em>{}:</em> {}</div>"])
def test_items_of_the_article_that_open_with_bold_words_stay(items: tuple[str, ...], form: str) -> None:
    told = "".join(form.format(*item.split(": ", 1)) for item in items)
    html = _article(f"<p>{PARAGRAPHS[0]}</p>", f"<ul>{told}</ul>" if form.startswith("<li") else told, f"<p>{PARAGRAPHS[1]}</p>")
    assert _lines(html) == [LEAD, PARAGRAPHS[0], *items, PARAGRAPHS[1]]
    at_the_end = _article(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>", f"<ul>{told}</ul>" if form.startswith("<li") else told)
    assert _lines(at_the_end) == [LEAD, *PARAGRAPHS[:2], *items]


def test_a_table_of_figures_after_the_article_stays() -> None:
    rows = [("Xã Lương Hạ", "25 hộ phải dời"), ("Xã Bến Gỗ", "14 hộ phải dời")]
    table = "".join(f"<tr><td><b>{name}</b></td><td>{figure}</td></tr>" for name, figure in rows)
    html = _article(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><table>{table}</table>")
    assert _lines(html) == [LEAD, *PARAGRAPHS[:2], *(" | ".join(row) for row in rows)]


def test_a_short_notice_gives_its_text() -> None:
    lead = "Mười hai thợ lặn trẻ trồng lại san hô ở vịnh Thử."
    texts = ["Họ đã gắn 340 nhánh san hô trong sáu ngày.", "Đợt tới bắt đầu vào tháng ba năm sau."]
    copy = "".join(f"<p class=k>{text}</p>" for text in texts)
    html = f"{HEAD}<nav><a href=/>Vịnh</a></nav><section class=w><div>Vịnh</div><h1>{TITLE}</h1><h2>{lead}</h2><section>{copy}</section></section>"
    assert _lines(html) == [lead, *texts]


def test_unlabelled_teasers_after_the_article_are_no_text() -> None:
    teaser = "<div><a href='/{0}'><b>Tiêu đề của một tin khác số {0}</b></a><div>Tóm tắt của tin khác ấy, đủ dài để giống một đoạn văn.</div></div>"
    html = _article(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>").replace("</body>", "".join(map(teaser.format, range(4))))
    assert _lines(html) == [LEAD, *PARAGRAPHS[:2]]


# ---- what is no article


def test_lists_of_stories() -> None:
    teasers = "".join(
        f"<div><h3><a href='/{n}'>Tiêu đề của tin số {n} trong mục</a></h3><p>Tóm tắt của tin số {n}, một câu trọn vẹn và khá dài.</p></div>"
        for n in range(9)
    )
    links = "".join(f"<li><a href='/{n}'>Tiêu đề của tin số {n} trong mục</a></li>" for n in range(9))
    assert _refused(f"{HEAD}<h1>Thời sự</h1>{teasers}") is RefusalReason.NOT_ARTICLE
    assert _refused(f"{HEAD}<h1>Thời sự</h1><ul>{links}</ul>") is RefusalReason.NOT_ARTICLE


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7", "application/pdf", RefusalReason.NOT_HTML),
        (b"%PDF-1.7", "text/html", RefusalReason.NOT_HTML),
        (b'{"a": 1}', "application/json", RefusalReason.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n", "", RefusalReason.NOT_HTML),
        (b"", "text/html", RefusalReason.NOT_HTML),
        (b"<html><body></body></html>", "text/html", RefusalReason.EMPTY),
        (b"<html><body><div id=app></div><script>run()</script></body></html>", "text/html", RefusalReason.EMPTY),
    ],
)
def test_reasons(body: bytes, content_type: str, reason: RefusalReason) -> None:
    assert _refused(body, content_type) is reason


def test_a_date_in_the_future_is_refused_but_clocks_may_differ_a_little() -> None:
    def page(moment: datetime) -> str:
        return _article(f"<p>{PARAGRAPHS[0]}</p>").replace(
            "<title>", f'<meta property="article:published_time" content="{moment.isoformat()}"><title>'
        )

    assert _refused(page(NOW + timedelta(hours=1))) is RefusalReason.FUTURE_DATE
    assert _story(page(NOW + timedelta(minutes=5))).story.published_at == NOW + timedelta(minutes=5)


def test_a_parser_that_fails_gives_the_class_name_only() -> None:
    found = _extract("<html><body>" + "<p>CANARY</p>" * 60_000)
    assert isinstance(found, Refusal)
    assert (found.reason, found.detail) == (RefusalReason.PARSER_FAILED, "TooManyElements")


# ---- fields


def test_titles() -> None:
    def title(head: str, body: str = "", **more: Any) -> str:
        return _story(f"<html><head>{head}</head><body>{body}<p>{LEAD}</p><p>{PARAGRAPHS[0]}</p></body></html>", **more).story.title

    assert title(f"<title>{TITLE} - Báo Lương Sơn</title>") == TITLE
    assert title(f"<title>Báo Lương Sơn :: {TITLE}</title>") == TITLE
    assert title(f'<meta property="og:title" content="{TITLE}"><title>x</title>') == TITLE
    assert title(f"<title>Trang tin X - {TITLE}</title>", f"<div class='t'>{TITLE}</div>") == TITLE
    assert title("<title>Báo</title>", f"<h1>{TITLE}</h1>") == TITLE
    assert title(f"<title>{TITLE} | Báo Lương Sơn</title>", "<h1>Báo Lương Sơn</h1>") == TITLE
    assert (
        title("<title>Giá xăng - dầu giảm từ 15 giờ - Báo X</title>", listed_title="Giá xăng - dầu giảm từ 15 giờ") == "Giá xăng - dầu giảm từ 15 giờ"
    )
    assert title("", listed_title=TITLE) == TITLE


def test_dates_in_their_order_of_trust() -> None:
    ld = json.dumps({"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-11-14T07:00:00+07:00", "author": {"name": "CANARY"}})
    script, meta = f'<script type="application/ld+json">{ld}</script>', '<meta name="pubdate" content="2026-11-15">'
    shown, listed = "<p class='date'>16/11/2026 08:00</p>", datetime(2026, 11, 17, tzinfo=UTC)

    def day(head: str, body: str, **more: Any) -> int | None:
        html = f"<html><head>{head}</head><body><h1>{TITLE}</h1>{body}<p>{LEAD}</p></body></html>"
        found = _story(html, **more).story
        assert "CANARY" not in repr(found)
        return found.published_at.astimezone(VIET_NAM).day if found.published_at else None

    assert day(script + meta, shown, listed_at=listed) == 14
    assert day(meta, shown, listed_at=listed) == 15
    assert day("", shown, listed_at=listed) == 16
    assert day("", "", listed_at=listed) == 17
    assert day("", "") is None


def test_a_missing_date_says_why() -> None:
    assert _story(_article(f"<p>{PARAGRAPHS[0]}</p>")).story.date_note


def test_canonical_address_only_on_the_same_host() -> None:
    def canonical(head: str, url: str = URL + "?utm_source=x") -> str:
        return _story(_article(f"<p>{PARAGRAPHS[0]}</p>").replace("<title>", head + "<title>"), url=url).story.canonical_url

    assert canonical("") == URL
    assert canonical('<link rel="canonical" href="/that.html?fbclid=1">') == "https://bao.example/that.html"
    assert canonical('<meta property="og:url" content="https://bao.example/og.html">') == "https://bao.example/og.html"
    assert canonical('<link rel="canonical" href="https://khac.example/that.html">') == URL
    assert canonical('<link rel="canonical" href="https://bao.example/">') == URL
    assert canonical('<link rel="canonical" href="http://bao.example/that.html">') == "https://bao.example/that.html"


def test_language_is_told_by_the_text_before_the_markup() -> None:
    english = "The bridge over the Van Lieu river opens again to trucks on Monday after three weeks of repairs, the road office said."
    assert _story(_article(f"<p>{PARAGRAPHS[0]}</p>").replace('lang="vi"', 'lang="en"')).story.language == "vi"
    assert (
        _story(
            f"<html lang='en'><title>Bridge opens again to trucks</title><body><h1>Bridge opens again to trucks</h1><p>{english}</p>"
        ).story.language
        == "en"
    )


def test_text_that_only_the_structured_data_holds() -> None:
    ld = json.dumps({"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-11-14", "articleBody": f"{LEAD} {PARAGRAPHS[0]}"})
    assert _lines(f'<html><head><script type="application/ld+json">{ld}</script></head><body><div id="app"></div></body></html>') == [
        f"{LEAD} {PARAGRAPHS[0]}"
    ]


# ---- bytes


def test_encodings() -> None:
    html = _article(f"<p>{PARAGRAPHS[0]}</p>")
    for body, content_type in (
        (html.encode(), "text/html; charset=iso-8859-1"),
        (html.replace("utf-8", "windows-1252").encode(), "text/html"),
        (html.encode("utf-16"), "text/html"),
        (html.encode("utf-8-sig"), "text/html"),
        (html.replace("utf-8", "x").encode() + b"\xe1", "text/html"),
        (html.replace("tuần", "t\0uần").encode(), "text/html; charset=utf-8"),
    ):
        assert _lines(body, content_type) == [LEAD, PARAGRAPHS[0]]


def test_a_legacy_encoding_by_its_header() -> None:
    assert decode("cầu đường".encode("cp1258", "replace").replace(b"?", b""), "text/html; charset=windows-1258").startswith("c")
    assert decode("café".encode("latin-1"), "text/html; charset=iso-8859-1") == "café"


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(body: bytes) -> None:
    _extract(body)
    _extract(b"<html><body><h1>x</h1><table><tr><td>" + body)


_BITS = st.sampled_from(
    [
        "<div class=comment>",
        "<p>",
        "</p>",
        "<br>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<h2>Xem thêm</h2>",
        "<a href=/x>một tin khác nữa ở đây</a>",
        "</div>",
        "Bình luận (2)",
        LEAD,
        *PARAGRAPHS,
        "<ul><li>",
        "<b>",
        "</b>",
        "<h1>",
        "<p>Tác giả: CANARY</p>",
        "<article>",
        "<time datetime=2026-11-19>",
        "\x00",
        "&nbsp;",
    ]
)


@settings(deadline=None)
@given(st.lists(_BITS, max_size=25))
def test_no_soup_of_tags_fails(bits: list[str]) -> None:
    found = _extract(HEAD + "".join(bits))
    assert isinstance(found, Extraction) or found.reason is not RefusalReason.PARSER_FAILED, found
    assert "CANARY" not in repr(found)


def test_nothing_of_a_page_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="crawlers"), caplog.at_level(logging.WARNING):
        for shape in SHAPES.values():
            _extract(shape(PARAGRAPHS))
    assert not any(words.split(":")[0] in caplog.text for words in (*CANARIES.values(), LEAD))
