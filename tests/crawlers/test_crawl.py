"""The crawl as a whole, against a real server: what it asks, what it stores, what it refuses and says."""

import os
import ssl
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import trustme

from crawlers.check import check_outlets
from crawlers.run import CrawlReport, Progress, run_crawl
from kiemtin.config import Config
from kiemtin.domain.outlets import Outlet
from kiemtin.errors import BusyError, CrawlError, DataDirError
from kiemtin.store import frontier
from kiemtin.store.records import open_records, writer_lock
from kiemtin.store.tables import frontier as rows
from kiemtin.store.tables import stories, story_revisions
from tests.support.site import Reply, Site, article, outlet, rss, zipped

FIVE_MIB = 5 * 1024 * 1024


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def crawl(data: Path, *outlets: Outlet, **more: Any) -> CrawlReport:
    """One whole pass."""
    more.setdefault("loopback_ok", True)
    config = more.pop("config", Config())
    with writer_lock(data) as lock:
        report = run_crawl(data, outlets, config, more.pop("loopback_ok"), lock, more.pop("on_progress", None), **more)
    end_pass(data)
    return report


def end_pass(data: Path) -> None:
    records = open_records(data)
    with records.begin() as conn:
        frontier.finish_pass(conn, datetime.now(UTC))
    records.close()


def select(data: Path, query: Any) -> list[Any]:
    records = open_records(data)
    with records.begin() as conn:
        found = list(conn.execute(query).all())
    records.close()
    return found


def reasons(data: Path, site: Site) -> dict[str, str]:
    """Path to state or reason, for everything that is in the frontier."""
    query = sa.select(rows.c.url, rows.c.state, rows.c.reason)
    return {url.removeprefix(site.url("")): reason or state for url, state, reason in select(data, query)}


def test_a_pass_stores_every_story_once_and_the_next_asks_conditionally(tmp_path: Path, site: Site) -> None:
    pages = [site.page(f"/tin/{number}", f"Nước hồ Trúc Lam dâng {number} mét") for number in range(8)]
    hidden = site.page("/kin/1", "Tin trong thư mục kín")
    site.routes["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /kin/\n", content_type="text/plain", etag=False)
    feed = site.feed("/rss", [*pages, f"{pages[0]}?utm_source=rss", hidden])

    first = crawl(tmp_path, outlet(feeds=(feed,)))
    assert (first.new, first.not_modified, first.refusals, first.failures) == (8, 0, {"robots_disallowed": 1}, ())
    assert site.asked("/kin/1") == []
    assert len(select(tmp_path, sa.select(stories))) == 8
    assert len([path for path in site.paths() if path.startswith("/tin/")]) == 8

    site.forget()
    second = crawl(tmp_path, outlet(feeds=(feed,)))
    assert (second.new, second.changed, second.same, second.not_modified) == (0, 0, 0, 9)
    assert {request.status for request in site.log if request.path != "/robots.txt"} == {304}
    assert len(select(tmp_path, sa.select(story_revisions))) == 8


def test_the_requests_are_polite(tmp_path: Path, site: Site) -> None:
    page = site.page("/tin/1", headers={"Set-Cookie": "a=b"})
    site.routes["/cu"] = Reply(status=301, headers={"Location": page, "Set-Cookie": "c=d"})
    site.page("/tin/2", headers={"Set-Cookie": "e=f"})
    crawl(tmp_path, outlet(feeds=(site.feed("/rss", [site.url("/cu"), site.url("/tin/2")]),)), config=Config(contact="https://office.example/ask"))
    assert site.paths()[0] == "/robots.txt"
    assert site.paths().count("/robots.txt") == 1
    for request in site.log:
        names = {name.lower() for name in request.headers}
        assert request.headers["User-Agent"] == "KiemTin/0.1.0 (+https://office.example/ask)"
        assert not names & {"cookie", "referer", "authorization", "from", "x-forwarded-for"}


def test_a_changed_page_is_a_changed_story(tmp_path: Path, site: Site) -> None:
    feed = site.feed("/rss", [site.page("/tin/1", "Hồ Trúc Lam xả hai cửa"), site.page("/tin/2", "Hồ Suối Ngọc cạn")])
    crawl(tmp_path, outlet(feeds=(feed,)))
    site.page("/tin/1", "Hồ Trúc Lam xả ba cửa")
    second = crawl(tmp_path, outlet(feeds=(feed,)))
    assert (second.new, second.changed, second.not_modified) == (0, 1, 2)
    found = select(tmp_path, sa.select(stories.c.title, stories.c.revision).order_by(stories.c.revision))
    assert [tuple(row) for row in found] == [("Hồ Suối Ngọc cạn", 1), ("Hồ Trúc Lam xả ba cửa", 2)]


def test_sitemaps_index_plain_and_packed(tmp_path: Path, site: Site) -> None:
    urls = [site.page(f"/tin/{number}", f"Tin số {number} về hồ Trúc Lam") for number in range(4)]
    plain = "".join(f"<url><loc>{url}</loc><lastmod>2026-03-20</lastmod></url>" for url in urls[:2])
    packed = "".join(f"<url><loc>{url}</loc></url>" for url in urls[2:])
    site.routes["/map.xml"] = Reply(
        b"<sitemapindex>"
        + b"".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>".encode() for path in ("/m1.xml", "/m2.xml.gz"))
        + b"</sitemapindex>"
    )
    site.routes["/m1.xml"] = Reply(f"<urlset>{plain}</urlset>".encode(), content_type="application/xml")
    site.routes["/m2.xml.gz"] = Reply(zipped(f"<urlset>{packed}</urlset>".encode()), content_type="application/gzip")
    report = crawl(tmp_path, outlet(sitemaps=(site.url("/map.xml"),)))
    assert (report.new, report.failures) == (4, ())


# What each address of the misbehaving site comes to: a state or a reason; None where any refusal will do.
EXPECTED = {
    "/lon": "too_large",
    "/lon-khong-do-dai": "too_large",
    "/bom-gzip": "too_large",
    "/bom-deflate": "too_large",
    "/gzip-hong": None,
    "/nho-giot": "too_slow",
    "/noi-bo": "private_address",
    "/ten-noi-bo": "private_address",
    "/vong": "too_many_redirects",
    "/sau-buoc/0": "too_many_redirects",
    "/tep": "bad_address",
    "/mang-xa-hoi": "bad_address",
    "/kin-sau-chuyen-huong": "robots_disallowed",
    "/503": "http_status",
    "/doi-lau": "http_status",
    "/403": "http_status",
    "/404": "gone-http_status",
    "/anh": "not_html",
    "/cut": "unreachable",
    "/trong": None,
    "/nul": "done",
    "/503-roi-200": "done",
    "/nam-buoc/0": "done",
    "/tot": "done",
}


def misbehave(site: Site) -> None:
    """Every kind of bad page, and a few good ones."""
    big = article("Trang quá lớn", ("x" * (FIVE_MIB + 1),))
    bomb = zlib.compress(b"x" * (64 * FIVE_MIB))
    moved = {
        "/noi-bo": "http://169.254.169.254/",
        "/ten-noi-bo": "http://[::ffff:127.0.0.1]/",
        "/vong": "/vong",
        "/tep": "file:///etc/passwd",
        "/mang-xa-hoi": "https://www.facebook.com/truclam",
        "/kin-sau-chuyen-huong": "/kin/1",
        **{f"/sau-buoc/{step}": f"/sau-buoc/{step + 1}" for step in range(6)},
        **{f"/nam-buoc/{step}": f"/nam-buoc/{step + 1}" for step in range(5)},
    }
    site.routes |= {path: Reply(status=302, headers={"Location": target}) for path, target in moved.items()}
    site.routes |= {
        "/robots.txt": Reply(b"User-agent: kiemtin\nDisallow: /kin/", content_type="text/plain"),
        "/lon": Reply(big),
        "/lon-khong-do-dai": Reply(big, length=False),
        "/bom-gzip": Reply(zipped(b"x" * (64 * FIVE_MIB)), headers={"Content-Encoding": "gzip"}),
        "/bom-deflate": Reply(bomb, headers={"Content-Encoding": "deflate"}),
        "/gzip-hong": Reply(b"\x1f\x8bnot gzip at all", headers={"Content-Encoding": "gzip"}),
        "/nho-giot": Reply(article("Trang nhỏ giọt"), drip=0.05),
        "/sau-buoc/6": Reply(article("Bước sáu")),
        "/nam-buoc/5": Reply(article("Bước năm, vẫn đọc được")),
        "/503": Reply(status=503),
        "/doi-lau": Reply(status=429, headers={"Retry-After": "3600"}),
        "/503-roi-200": lambda before: Reply(status=503) if before == 0 else Reply(article("Máy chủ đã trở lại")),
        "/403": Reply(status=403),
        "/404": Reply(status=404),
        "/anh": Reply(b"\x89PNG\r\n\x1a\n" + bytes(500), content_type="image/png"),
        "/cut": Reply(article("Trang bị cắt"), headers={"Content-Length": "999999"}, length=False),
        "/trong": Reply(b"<html></html>"),
        "/nul": Reply(article("Trang có byte\0 rỗng")),
        "/tot": Reply(article("Trang tốt")),
    }
    site.page("/kin/1", "Không được đọc")


def test_every_bad_page_has_one_reason_and_the_rest_is_crawled(tmp_path: Path, site: Site) -> None:
    misbehave(site)
    feed = site.feed("/rss", [site.url(path) for path in EXPECTED])

    report = crawl(tmp_path, outlet(feeds=(feed,)), config=Config(crawl_timeout_seconds=1.0))

    found = reasons(tmp_path, site)
    wrong = {path: found[path] for path, reason in EXPECTED.items() if reason not in (None, found[path], f"gone-{found[path]}")}
    assert wrong == {}
    assert found["/gzip-hong"] not in ("done", "pending")
    assert found["/trong"] not in ("done", "pending")
    assert report.new == 4
    assert report.gone == 1
    assert site.asked("/kin/1") == []
    assert len(site.asked("/503")) == 3
    assert len(site.asked("/503-roi-200")) == 2
    assert len(site.asked("/doi-lau")) == 1
    assert len(site.asked("/nho-giot")) == 3
    assert site.asked("/sau-buoc/6") == []
    for failure in report.failures:
        assert failure.line.startswith("Báo Trúc Lam — ")
        assert failure.line.endswith(f" — {failure.url}")
        assert "\n" not in failure.line
    assert site.url("/503") in {failure.url for failure in report.failures}


def test_every_bad_feed_has_one_line_and_the_others_are_read(tmp_path: Path, site: Site) -> None:
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    bomb = entities + b'<rss version="2.0"><channel><title>&b;</title></channel></rss>'
    site.routes |= {
        "/bom": Reply(bomb),
        "/khong-xml": Reply(b"this is \xff\xfe no feed"),
        "/html": Reply(article("Không phải nguồn tin")),
        "/404": Reply(status=404),
        "/map": Reply(b"<urlset><url><loc>"),
        "/map-bom": Reply(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><urlset><url><loc>&a;</loc></url></urlset>'),
    }
    page = site.page("/tin/1")
    half = rss(f"<item><title>A &nbsp; \0 B</title><link>{page}</link></item><item><title>C").replace(b"</channel></rss>", b"")
    site.routes["/nua"] = Reply(half, content_type="text/xml; charset=us-ascii")
    bad = ("/bom", "/khong-xml", "/html", "/404")
    outlets = [outlet(f"Báo {path}", feeds=(site.url(path),)) for path in bad]
    outlets += [outlet("Báo map-bom", sitemaps=(site.url("/map-bom"),)), outlet("Báo nửa", feeds=(site.url("/nua"),))]
    report = crawl(tmp_path, *outlets)
    assert {failure.outlet for failure in report.failures} == {*(f"Báo {path}" for path in bad), "Báo map-bom"}
    assert len(report.failures) == 5
    assert report.new == 1


def test_a_feed_of_a_hundred_thousand_items_is_bounded(tmp_path: Path, site: Site) -> None:
    items = "".join(f"<item><link>{site.url(f'/t/{number}')}</link></item>" for number in range(100_000))
    body = rss(items)
    assert len(body) > FIVE_MIB
    site.routes["/rss"] = Reply(zipped(body), headers={"Content-Encoding": "gzip"})
    slim = rss("".join(f"<item><link>/t/{number}</link></item>" for number in range(100_000)))
    assert len(slim) < FIVE_MIB
    site.routes["/rss-gon"] = Reply(slim)
    report = crawl(tmp_path, outlet("Báo lớn", feeds=(site.url("/rss"),)), outlet("Báo gọn", feeds=(site.url("/rss-gon"),)), pages_per_outlet=5)
    assert [failure.reason for failure in report.failures] == ["too_large"]
    assert report.gone == 5
    assert report.left == {"Báo gọn": 49_995}


def test_loopback_and_its_disguises_are_refused_unless_agreed_to(tmp_path: Path, site: Site) -> None:
    port = site.url("").rpartition(":")[2]
    hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "0"]
    outlets = [outlet(host, feeds=(f"http://{host}:{port}/rss",)) for host in hosts]
    site.feed("/rss", [])
    report = crawl(tmp_path, *outlets, loopback_ok=False)
    assert site.log == []
    assert {failure.outlet for failure in report.failures} == set(hosts)
    said = {failure.outlet: failure.reason for failure in report.failures}
    assert {said[host] for host in hosts[:6]} == {"private_address"}
    assert set(said.values()) <= {"private_address", "unreachable", "bad_address"}


def test_an_unknown_host_and_a_closed_port_are_one_line_each(tmp_path: Path) -> None:
    with Site() as gone:
        closed = gone.url("/rss")
    report = crawl(tmp_path, outlet("Tên lạ", feeds=("http://truclam.invalid/rss",)), outlet("Cổng đóng", feeds=(closed,)))
    assert {failure.outlet: failure.reason for failure in report.failures} == {"Tên lạ": "unreachable", "Cổng đóng": "unreachable"}


def test_a_silent_robots_txt_forbids(tmp_path: Path, site: Site) -> None:
    site.routes["/robots.txt"] = Reply(status=503)
    report = crawl(tmp_path, outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),)))
    assert set(site.paths()) == {"/robots.txt"}
    assert [failure.reason for failure in report.failures] == ["unreachable"]


@pytest.fixture
def secure() -> Iterator[tuple[Site, trustme.CA]]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Site(context) as running:
        yield running, authority


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, secure: tuple[Site, trustme.CA]) -> None:
    site, _ = secure
    report = crawl(tmp_path, outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),)))
    assert site.log == []
    assert [failure.line for failure in report.failures] == [f"Báo Trúc Lam — chứng chỉ TLS không đáng tin — {site.url('/rss')}"]


def test_with_a_trusted_certificate_it_is_read_but_never_led_back_to_plain_http(
    tmp_path: Path, secure: tuple[Site, trustme.CA], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe, authority = secure
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(tmp_path / "ca.pem"))
    safe.routes["/xuong"] = Reply(status=302, headers={"Location": site.page("/tin/1")})
    site.routes["/len"] = Reply(status=302, headers={"Location": safe.page("/tin/2")})
    feed = safe.feed("/rss", [safe.url("/xuong"), site.url("/len"), safe.page("/tin/3", "Tin ba")])
    (tmp_path / "data").mkdir()
    both = replace(outlet(feeds=(feed,)), home=site.url("/"))  # the outlet declares both addresses as its own
    report = crawl(tmp_path / "data", both)
    assert report.new == 2
    assert [failure.url for failure in report.failures] == [safe.url("/xuong")]
    assert site.asked("/tin/1") == []


def test_two_runs_at_once(tmp_path: Path, site: Site) -> None:
    feed = site.feed("/rss", [site.page("/tin/1")])
    with writer_lock(tmp_path) as lock:
        with pytest.raises(BusyError), writer_lock(tmp_path):
            pass
        assert run_crawl(tmp_path, [outlet(feeds=(feed,))], Config(), True, lock).new == 1


def test_ctrl_c_stops_it_and_the_next_run_finishes(tmp_path: Path, site: Site) -> None:
    feed = site.feed("/rss", [site.page(f"/tin/{number}", f"Tin {number} về hồ") for number in range(60)])

    def interrupt(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crawl(tmp_path, outlet(feeds=(feed,)), on_progress=interrupt)
    asked = len(site.log)
    assert asked < 62
    with writer_lock(tmp_path) as lock:
        report = run_crawl(tmp_path, [outlet(feeds=(feed,))], Config(), True, lock)
    assert report.resumed
    assert len(select(tmp_path, sa.select(stories))) == 60


def test_a_crash_is_one_line(tmp_path: Path, site: Site) -> None:
    feed = site.feed("/rss", [])
    with pytest.raises(CrawlError, match="ModuleNotFoundError") as caught:
        crawl(tmp_path, outlet(feeds=(feed,)), save="no_such_module:save")
    assert "\n" not in str(caught.value)


def test_records_that_cannot_be_written_end_the_crawl_in_one_line(tmp_path: Path, site: Site) -> None:
    (tmp_path / "records.sqlite3").write_bytes(b"this is no database" * 100)
    with writer_lock(tmp_path) as lock, pytest.raises(DataDirError, match="not a database") as caught:
        run_crawl(tmp_path, [outlet(feeds=(site.feed("/rss", []),))], Config(), True, lock)
    assert "\n" not in str(caught.value)


def test_the_check_tries_each_outlet_and_stores_nothing(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    site.routes["/muc-luc"] = Reply(b"<html><body><ul><li><a href='/tin/1'>x</a></li></ul></body></html>")
    site.routes["/hong"] = Reply(b"no feed")
    good = site.feed("/rss", [site.url("/muc-luc"), site.page("/tin/1"), site.page("/tin/2")])
    results = {result.outlet: result for result in check_outlets([outlet("Tốt", (good,)), outlet("Hỏng", (site.url("/hong"),))], Config(), True)}
    assert (results["Tốt"].ok, results["Hỏng"].ok) == (True, False)
    feed, first, second = results["Tốt"].findings
    assert (feed.ok, feed.items) == (True, 3)
    assert not first.ok
    assert (second.ok, second.title_found, second.date_found, second.text_length > 100) == (True, True, True, True)
    assert results["Hỏng"].findings[0].reason.startswith("nội dung hỏng")
    assert site.asked("/tin/2") == []
    assert list(tmp_path.iterdir()) == []
