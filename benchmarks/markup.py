"""A made-up story as a whole page, in one of three markups, with everything that stands around a story on a real page."""

import json
import random
from collections.abc import Callable
from datetime import datetime
from html import escape

_SITE = "Báo Đo Thử"


class Around:
    """Scripts, styles, menus, teasers, comments, in numbers that differ from page to page.

    Real Vietnamese article pages (seven, 2025) have 67-508 kB, 440-1,760 elements, 37-317 links, 14-274 kB of scripts.
    `heading` makes up the title of another story, `name` that of a section.
    """

    def __init__(self, rng: random.Random, heading: Callable[[], str], name: Callable[[], str]) -> None:
        self._rng = rng
        self._heading = heading
        self._name = name

    def scripts(self) -> str:
        rng = self._rng
        config = {f"slot_{n}": [rng.randrange(10**9) for _ in range(12)] for n in range(rng.randrange(80, 900))}
        styles = "".join(f".c{n}{{margin:{n % 9}px;color:#{n * 7919 % 4096:03x}}}" for n in range(rng.randrange(100, 900)))
        return f"<script>window.__CONFIG__={json.dumps(config)};</script><style>{styles}</style>"

    def menu(self) -> str:
        items = [f'<li class="item"><a href="/muc-{n}">{escape(self._name())}</a></li>' for n in range(self._rng.randrange(25, 120))]
        return f'<nav class="main-nav"><ul>{"".join(items)}</ul></nav>'

    def teasers(self) -> str:
        return f'<div class="related box-category">{"".join(self._teaser(n) for n in range(self._rng.randrange(10, 60)))}</div>'

    def _teaser(self, number: int) -> str:
        link = f'<a href="/tin-lien-quan-{number}.html">'
        return f'<div class="item-news">{link}<img src="/anh-{number}.jpg" alt=""></a><h3>{link}{escape(self._heading())}</a></h3></div>'

    def comments(self) -> str:
        item = '<div class="comment-item"><p>Đọc tin này lúc {} giờ, cảm ơn tòa soạn.</p></div>'
        items = "".join(item.format(n) for n in range(self._rng.randrange(0, 15)))
        return f'<section id="comments" class="box-comment">{items}</section>'

    def footer(self) -> str:
        return f"<footer><p>{_SITE}. Giấy phép số {self._rng.randrange(1, 900)}/GP-ĐT. Ghi rõ nguồn khi phát lại.</p></footer>"


def _head(title: str, when: datetime, url: str, around: Around, article: bool) -> str:
    stamp = when.isoformat()
    markup = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": stamp, "mainEntityOfPage": url}
    json_ld = f'<script type="application/ld+json">{json.dumps(markup, ensure_ascii=False)}</script>' if article else ""
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)} | {_SITE}</title>'
        f'<link rel="canonical" href="{url}"><meta property="og:title" content="{escape(title)}"><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{stamp}">{json_ld}{around.scripts()}</head>'
    )


def modern(title: str, paragraphs: tuple[str, ...], when: datetime, url: str, around: Around) -> str:
    """`article`, `h1`, `p`, with JSON-LD."""
    body = "".join(f"<p>{escape(part)}</p>" for part in paragraphs[1:])
    return (
        f"{_head(title, when, url, around, True)}<body><header>{around.menu()}</header><main><article><h1>{escape(title)}</h1>"
        f'<p class="sapo">{escape(paragraphs[0])}</p><div class="content">{body}</div></article>{around.teasers()}</main>'
        f"{around.comments()}{around.footer()}</body></html>"
    )


def divs(title: str, paragraphs: tuple[str, ...], when: datetime, url: str, around: Around) -> str:
    """Nothing but `div`s."""
    body = "".join(f'<div class="para">{escape(part)}</div>' for part in paragraphs)
    return (
        f'{_head(title, when, url, around, True)}<body><div id="top">{around.menu()}</div><div class="wrapper">'
        f'<div class="title-detail"><h1>{escape(title)}</h1></div><div class="detail-content">{body}</div>'
        f'<div class="sidebar">{around.teasers()}</div></div>{around.comments()}{around.footer()}</body></html>'
    )


def table(title: str, paragraphs: tuple[str, ...], when: datetime, url: str, around: Around) -> str:
    """A layout table, the text between `br`s, without JSON-LD."""
    body = "<br><br>".join(escape(part) for part in paragraphs)
    return (
        f'{_head(title, when, url, around, False)}<body>{around.menu()}<table width="980"><tr><td class="noi-dung"><h1>{escape(title)}</h1>'
        f'<span class="ngay">{when:%d/%m/%Y %H:%M}</span><br>{body}</td><td>{around.teasers()}</td></tr></table>'
        f"{around.comments()}{around.footer()}</body></html>"
    )


MARKUPS = (modern, divs, table)
