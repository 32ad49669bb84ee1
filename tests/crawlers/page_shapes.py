"""Made-up article pages in many layouts, with canaries planted wherever text is no article. `SHAPES[name](paragraphs) -> html`."""

from collections.abc import Callable

TITLE = "Cầu Vạn Liễu mở lại cho xe tải từ sáng thứ hai"
LEAD = "Sau ba tuần gia cố mố cầu phía nam, xe dưới mười tấn được qua cầu Vạn Liễu từ sáu giờ sáng thứ hai tuần tới."
PARAGRAPHS = (
    "Theo thông báo của ban quản lý đường bộ Lương Sơn Hạ, đợt thử tải hôm qua cho thấy dầm chính chỉ võng bốn milimét.",
    "Trong ba tuần sửa chữa, mỗi ngày có khoảng 1.200 lượt xe phải đi vòng qua phà Bến Gỗ, dài thêm 14 km.",
    "Ban quản lý đặt hai trạm cân ở đầu cầu và giới hạn tốc độ 30 km/giờ cho đến hết mùa mưa.",
    "Kinh phí của đợt gia cố là 4,6 tỷ đồng, lấy từ quỹ bảo trì của tỉnh.",
)
CANARIES = {
    "comment": "BÌNHLUẬNTHẢ: tôi đi qua đây hôm kia thấy đường vẫn còn lún, mong các anh sửa sớm cho bà con nhờ.",
    "comment2": "TRẢLỜITHẢ: đúng vậy bạn ạ, nhà mình ở ngay đầu cầu mà cũng không thấy ai báo trước gì cả.",
    "related": "LIÊNQUANTHẢ: Phà Bến Gỗ tăng chuyến trong dịp lễ",
    "related2": "TINKHÁCTHẢ: Chợ nổi Tân Quới dời sang bến mới",
    "ad": "QUẢNGCÁOTHẢ: Mua ngay sâm đất giảm giá 50%, giao tận nhà trong ngày!",
    "byline": "Tamghi Thửngười",
    "newsletter": "BẢNTINTHẢ nhập thư điện tử để nhận tin mỗi sáng",
    "share": "CHIASẺTHẢ",
    "tag": "THẺTHẢ",
    "footer": "CHÂNTRANGTHẢ giấy phép số 12 do sở cấp",
    "nav": "ĐIỀUHƯỚNGTHẢ",
}


def _ps(paragraphs: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>\n" for text in paragraphs)


def _head(extra: str = "", title: str = TITLE) -> str:
    return f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title} - Báo Lương Sơn</title>{extra}</head>'


def semantic(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head('<meta property="article:published_time" content="2026-11-16T08:00:00+07:00">')}<body>
<header><a href="/">Báo Lương Sơn</a></header><nav><a href="/a">{c["nav"]}</a></nav>
<main><article><h1>{TITLE}</h1><p class="byline">{c["byline"]}</p><time datetime="2026-11-16T08:00:00+07:00">16/11/2026</time>
<p class="lead">{LEAD}</p>{_ps(paragraphs[:2])}
<aside class="related"><h3>Tin liên quan</h3><a href="/1">{c["related"]}</a></aside>
<div class="ad-slot"><span>Quảng cáo</span><p>{c["ad"]}</p></div>{_ps(paragraphs[2:])}
<div class="share">Chia sẻ: <a href="#">{c["share"]}</a></div><div class="tags"><a href="/t">{c["tag"]}</a></div></article>
<section id="comments"><h2>Bình luận (2)</h2><ol><li><b>Bạn đọc ẩn</b><p>{c["comment"]}</p></li><li><p>{c["comment2"]}</p></li></ol></section>
</main>
<form class="newsletter"><p>{c["newsletter"]}</p></form><footer><p>{c["footer"]}</p></footer></body></html>"""


def vietnamese_divs(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head()}<body><div class="header"><div class="menu-chinh"><a href="/">{c["nav"]}</a></div></div>
<div class="wrap"><div class="cot-trai with-sidebar"><div class="tieu-de-bai">{TITLE}</div><div class="tac-gia">{c["byline"]}</div>
<div class="ngay-dang">Thứ hai, 16/11/2026, 08:00 (GMT+7)</div><div class="tomtat"><b>{LEAD}</b></div>
<div class="noidung">{"".join(f"<div>{text}</div>" for text in paragraphs[:2])}
<div class="box-lienquan"><div class="hd">Đọc thêm</div><div class="it"><a href="/1">{c["related"]}</a></div></div>
<div class="qc-giua-bai">{c["ad"]}</div>{"".join(f"<div>{text}</div>" for text in paragraphs[2:])}</div>
<div class="tinCungChuyenMuc"><div>Tin cùng chuyên mục</div><div><a href="/2">{c["related2"]}</a>
<div>{c["related2"]} phần tóm tắt của tin ấy dài một câu.</div></div></div>
<div class="boxChiaSe">{c["share"]}</div><div class="tuKhoa">Từ khóa: <a href="/t">{c["tag"]}</a></div>
<div class="box_binhluan"><div class="tt">Ý kiến bạn đọc (2)</div><div class="bl"><b>Người đọc</b><div>{c["comment"]}</div></div>
<div class="bl">{c["comment2"]}</div></div>
</div><div class="cot-phai"><div>Đọc nhiều</div><a href="/3">{c["related2"]}</a></div></div>
<div class="chan-trang">{c["footer"]}</div></body></html>"""


def table(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head()}<body><form id="aspnetForm" action="/"><table width="980"><tr><td colspan="2">
<a href="/">{c["nav"]}</a> | <a href="/x">Thời sự</a></td></tr>
<tr><td width="600"><table><tr><td><font size="5"><b>{TITLE}</b></font></td></tr><tr><td><i>16/11/2026 08:00</i></td></tr><tr><td><b>{LEAD}</b>
</td></tr>
<tr><td>{_ps(paragraphs)}</td></tr><tr><td align="right"><b>{c["byline"]}</b></td></tr>
<tr><td><b>Các tin khác:</b><ul><li><a href="/1">{c["related"]}</a></li><li><a href="/2">{c["related2"]}</a></li></ul></td></tr>
<tr><td><b>Ý kiến bạn đọc</b></td></tr><tr><td><b>Một người</b>: {c["comment"]}</td></tr><tr><td><b>Người khác</b>: {c["comment2"]}</td></tr>
</table></td>
<td width="380"><table><tr><td><b>Quảng cáo</b></td></tr><tr><td>{c["ad"]}</td></tr></table></td></tr>
<tr><td colspan="2">{c["footer"]} - Bản quyền thuộc về Báo Lương Sơn</td></tr></table></form></body></html>"""


def breaks(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head()}<body><h1>{TITLE}</h1><div>08:00 16/11/2026</div><div id="bai">{LEAD}<br><br>{"<br><br>".join(paragraphs[:2])}<br><br>
&gt;&gt; Xem thêm: <a href="/1">{c["related"]}</a><br><br>{"<br><br>".join(paragraphs[2:])}<br><br><b>{c["byline"]}</b><br><br>
Tin liên quan:<br>- <a href="/2">{c["related"]}</a><br>- <a href="/3">{c["related2"]}</a><br><br>Quảng cáo<br>{c["ad"]}<br><br>
Từ khóa: <a href="/t">{c["tag"]}</a><br><br>Bình luận (2)<br><b>Một người</b>: {c["comment"]}<br><b>Người khác</b>: {c["comment2"]}<br></div>
<div>{c["footer"]} © Báo Lương Sơn</div></body></html>"""


def breaks_in_cell(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head()}<body><table><tr><td class="noi_dung"><h1>{TITLE}</h1><font color="gray">Thứ Hai, 16/11/2026</font><br>
<span class="tacgia">{c["byline"]}</span><br>
<font size="3"><b>{LEAD}</b><br><br>{"<br>".join(paragraphs)}</font><br><br><b>Có thể bạn quan tâm</b><br><a href="/2">{c["related"]}</a><br>
<a href="/3">{c["related2"]}</a><br>
<b>Bạn đọc bình luận</b><br>{c["comment"]}<br>{c["comment2"]}</td></tr></table></body></html>"""


def flat(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head()}<body><p><a href="/">{c["nav"]}</a> <a href="/y">Kinh tế</a></p><h1>{TITLE}</h1><p>Tác giả: {c["byline"]}</p>
<p>16/11/2026</p><p><strong>{LEAD}</strong></p>
{_ps(paragraphs[:3])}<p>Đọc thêm: <a href="/1">{c["related"]}</a></p>{_ps(paragraphs[3:])}<p style="text-align:right">
<strong>{c["byline"]}</strong></p>
<h3>Tin liên quan</h3><p><a href="/1">{c["related"]}</a></p><p><a href="/2">{c["related2"]}</a></p><p>Chia sẻ: <a href="#">{c["share"]}</a></p>
<h3>Ý kiến bạn đọc</h3><p><b>Một người</b></p><p>{c["comment"]}</p><p><b>Người khác</b></p><p>{c["comment2"]}</p></body></html>"""


def wordpress(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head()}<body class="post-template-default single single-post postid-4 comments-open"><div id="page" class="site has-sidebar">
<header id="masthead" class="site-header"><a href="/">{c["nav"]}</a></header><div id="content" class="site-content">
<div id="primary" class="content-area"><main>
<article id="post-4" class="post-4 post type-post status-publish category-giao-thong tag-cau-duong hentry"><header class="entry-header">
<h1 class="entry-title">{TITLE}</h1>
<div class="entry-meta"><span class="posted-on">16/11/2026</span> bởi <span class="author vcard">
<a rel="author" href="/author/x">{c["byline"]}</a></span></div></header>
<div class="entry-content"><p><em>{LEAD}</em></p>{_ps(paragraphs)}<div class="sharedaddy sd-sharing-enabled">
<h3 class="sd-title">Share this:</h3>{c["share"]}</div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><a href="/2">{c["related"]}</a></div></div>
<footer class="entry-footer"><span class="tags-links"><a rel="tag" href="/t">{c["tag"]}</a></span></footer></article>
<div class="author-box"><h4>{c["byline"]}</h4><p>{c["byline"]} viết về cầu đường đã mười năm và sống ở bến phà.</p></div>
<div id="comments" class="comments-area"><h2 class="comments-title">2 bình luận</h2><ol class="comment-list"><li class="comment">
<article class="comment-body"><p>{c["comment"]}</p></article></li>
<li class="comment"><article class="comment-body"><p>{c["comment2"]}</p></article></li></ol><div id="respond">Trả lời</div></div></main></div>
<aside id="secondary" class="widget-area"><section class="widget"><h2>Bài viết mới</h2><a href="/3">{c["related2"]}</a></section></aside></div>
<footer id="colophon" class="site-footer">{c["footer"]}</footer></div></body></html>"""


def english(paragraphs: tuple[str, ...]) -> str:
    c = CANARIES
    return f"""{_head()}<body><div class="top"><a href="/">{c["nav"]}</a></div><div class="story-wrap"><h1 class="headline">{TITLE}</h1>
<div class="by">By <a href="/x">{c["byline"]}</a></div>
<div class="stamp">Nov 16, 2026 8:00 AM</div><div class="standfirst">{LEAD}</div>
<div class="text">{_ps(paragraphs[:2])}<p>READ MORE: <a href="/1">{c["related"]}</a></p>
<div><div>ADVERTISEMENT</div><div>{c["ad"]}</div></div>{_ps(paragraphs[2:])}<p><i>Reporting by {c["byline"]}</i></p></div>
<div><h4>You may also like</h4><div><a href="/2">{c["related"]}</a></div><div><a href="/3">{c["related2"]}</a></div></div>
<div><h4>Sign up for our newsletter</h4><p>{c["newsletter"]}</p></div>
<div><h3>Comments (2)</h3><div><b>someone</b><p>{c["comment"]}</p></div><div><b>other</b><p>{c["comment2"]}</p></div></div></div>
<div class="footer">{c["footer"]}</div></body></html>"""


def component_names(paragraphs: tuple[str, ...]) -> str:
    """Names that mean nothing, as page builders make them: only headings and structure tell."""
    c = CANARIES
    return f"""{_head()}<body><div class="x1"><a href="/">{c["nav"]}</a><a href="/q">Giáo dục</a><a href="/w">Y tế</a></div><div class="x2">
<h1 class="k9">{TITLE}</h1><div class="k3">16/11/2026, 08:00</div>
<div class="k4">{LEAD}</div><div class="k5">{"".join(f'<div class="k6"><span>{text}</span></div>' for text in paragraphs)}</div>
<div class="k7"><div class="k8">Tin cùng chuyên mục</div><div class="k10"><a href="/1"><span>{c["related"]}</span></a></div><div class="k10">
<a href="/2"><span>{c["related2"]}</span></a></div></div>
<div class="k11"><div class="k12">Bình luận</div><div class="k13"><div>Một người</div><div>{c["comment"]}</div></div><div class="k13">
<div>Người khác</div><div>{c["comment2"]}</div></div></div></div>
<div class="x3"><div>{c["footer"]}</div><div>© 2026 Báo Lương Sơn. Bảo lưu mọi quyền.</div></div></body></html>"""


def comments_outweigh(paragraphs: tuple[str, ...]) -> str:
    """Two sentences of news under forty long comments."""
    c = CANARIES
    many = "".join(f'<div class="item-comment"><p>{c["comment"]} Lần {number}.</p></div>' for number in range(40))
    return f"""{_head()}<body><div class="main"><h1>{TITLE}</h1><div class="sapo">{LEAD}</div><div class="body">{_ps(paragraphs)}</div>
<div class="list-comments">{many}</div></div></body></html>"""


def markdown_like(paragraphs: tuple[str, ...]) -> str:
    """Everything within one `<p>`, as pasted text often is."""
    c = CANARIES
    return f"""{_head()}<body><div id="content"><h1>{TITLE}</h1><p>{LEAD}<br/>{"<br/>".join(paragraphs)}<br/>({c["byline"]})</p>
<h4>Xem thêm</h4><ul><li><a href="/1">{c["related"]}</a></li></ul><div class="fb-comments"><p>{c["comment"]}</p></div></div></body></html>"""


SHAPES: dict[str, Callable[[tuple[str, ...]], str]] = {
    shape.__name__: shape
    for shape in (
        semantic, vietnamese_divs, table, breaks, breaks_in_cell, flat, wordpress, english, component_names, comments_outweigh, markdown_like,
    )
}  # fmt: skip


# ---- signatures and readers' words that no class name tells: `SIGNED[name]` and `THREADS[name]` are put around or after an article's paragraphs
SIGNATURES = {
    "role": "Phóng viên Tamghi Thửngười",
    "role_with_colon": "Dự báo viên: Tamghi Thửngười",
    "two_roles": "Người viết: Phóng viên Tamghi Thửngười",
    "names_joined": "Tamghi Thửngười – Thử Hai Tamghi",
    "roles_joined": "Phóng viên Tamghi Thửngười, Biên tập: Thử Hai Tamghi",
    "photos": "Bài và ảnh: Tamghi Thửngười",
    "english": "By Tamghi Thửngười and Thử Hai",
}
_WHO = ("Lâm Thửđộcgiả", "doc_gia_thu_2")
_SAYS = ("BÌNHLUẬNTHẢ đường vẫn còn lún, mong các anh sửa sớm cho bà con nhờ.", "TRẢLỜITHẢ nhà mình ở ngay đầu cầu mà không thấy ai báo?")
READERS_CANARIES = ("Thửđộcgiả", "doc_gia_thu_2", "BÌNHLUẬNTHẢ", "TRẢLỜITHẢ")


def _each(form: str, count: int = 2) -> str:
    return "".join(form.format(who=who, says=says) for who, says in list(zip(_WHO, _SAYS, strict=True))[:count])


THREADS = {
    "table_of_letters": "<table border=1><tr><td><font><b>Thư phản hồi</b></font></td></tr>"
    f"{_each('<tr><td><font><b>{who}</b>: {says}</font></td></tr>')}</table>",
    "table_of_two_cells": "<table><tr><td colspan=2><b>Bạn đọc gửi về tòa soạn</b></td></tr>"
    f"{_each('<tr><td>{who}</td><td>{says}</td></tr>')}</table>",
    "exchange": f'<div class="q1"><h3>Trao đổi</h3>{_each("<p><em>{who}</em>: {says}</p>")}</div>',
    "one_reader_under_a_heading": f'<div class="q1"><h4>Góp ý, trao đổi</h4>{_each("<p><i>{who}</i>: {says}</p>", 1)}</div>',
    "labelled_section": f'<section aria-label="Comments">{_each("<div><strong>{who}</strong> <span>{says}</span></div>")}</section>',
    "labelled_in_vietnamese": f'<div aria-label="Ý kiến bạn đọc">{_each("<div><span>{who}</span> <span>{says}</span></div>", 1)}</div>',
    "definitions": f"<h3>Nhắn gửi</h3><dl>{_each('<dt>{who}</dt><dd>{says}</dd>')}</dl>",
    "definitions_without_heading": f"<dl>{_each('<dt>{who}</dt><dd>{says}</dd>')}</dl>",
    "letters_list": f"<h3>Letters to the editor</h3><ul>{_each('<li><cite>{who}</cite> <q>{says}</q></li>')}</ul>",
    "remarks_by_class": f'<div class="reader-remarks">{_each("<p><u>{who}</u>: {says}</p>", 1)}</div>',
    "names_on_lines_of_their_own": f'<div class="z">{_each("<div><b>{who}</b><p>{says}</p></div>")}</div>',
    "nothing_tells_but_the_place": f'<div class="z">{_each("<div><a href=/u>{who}</a>: {says}</div>")}</div>',
    "lines_between_breaks": f"<div><b>Thảo luận</b><br>{_each('<font color=blue>{who}:</font> {says}<br>')}</div>",
    "after_a_rule": f"<hr>{_each('<p><strong>{who}</strong>: {says}</p>')}",
}
