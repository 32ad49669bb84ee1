"""Press clipping in the desk: the briefing, explore, one event, watchlists, how collecting goes."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kiemtin.desk.routes.explore import csv_of
from kiemtin.domain.coverage import day_of
from kiemtin.domain.editions import EditionKind
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.domain.staff import Role
from kiemtin.domain.stories import Story
from kiemtin.pipeline.briefing import make_edition
from kiemtin.pipeline.clipping import clip
from kiemtin.store.stories import save_extraction
from kiemtin.store.tables import decisions, shelf, watchlist_terms
from tests.support.desk import DeskRun

DAM = "Đập Khe Mây ở xã Vĩnh Sậy bị vỡ lúc 2 giờ sáng nay, nước tràn vào ba thôn, 214 hộ dân phải sơ tán tới trường tiểu học Bờ Kè."
STORIES = (
    ("Báo Đồng Xanh", "Vỡ đập Khe Mây, 214 hộ dân Vĩnh Sậy sơ tán trong đêm", DAM),
    ("Tin Bến Lúa", "214 hộ ở Vĩnh Sậy sơ tán sau khi đập Khe Mây vỡ", DAM.replace("tràn vào", "ngập")),
    ("Báo Đồng Xanh", "Xuất khẩu cá tra Bến Lúa tăng 12%", "Các nhà máy thủy sản ở Bến Lúa cho biết xuất khẩu cá tra tháng này tăng 12% so với cùng kỳ."),
    ("Tin Bến Lúa", "<script>alert(1)</script> =HYPERLINK học phí trường Bờ Kè", "Học sinh tiểu học Bờ Kè không phải đóng học phí năm nay."),
)  # fmt: skip


@pytest.fixture
def clipped(desk: DeskRun) -> Iterator[DeskRun]:
    """Four stories of yesterday on the shelf."""
    moment = desk.clock() - timedelta(hours=20)
    with desk.workspace.records.begin() as conn:
        for number, (outlet, title, text) in enumerate(STORIES):
            paper = Outlet(outlet, OutletKind.NEWS, "https://tin.example", "vi", outlet, "https://tin.example", outlet)
            story = Story(f"https://tin.example/{number}", outlet, title, text, moment + timedelta(minutes=number), "vi")
            save_extraction(conn, paper, story, [], moment)
    clip(desk.workspace, desk.clock())
    yield desk


def cluster_of(run: DeskRun, number: int) -> str:
    story = Story(f"https://tin.example/{number}", "", "", "", None, "vi").id
    return str(run.rows(sa.select(shelf.c.cluster_id).where(shelf.c.story_id == story))[0].cluster_id)


def test_explore_lists_counts_and_finds(clipped: DeskRun) -> None:
    with clipped.browser(Role.VIEWER) as viewer:
        page = viewer.get("/explore").text
        assert all(title in page for _, title, _ in STORIES[:3]) and "<script>alert" not in page
        assert "cá tra" in viewer.get("/explore?subject=04").text
        assert viewer.get("/explore?first=2020-01-01&last=2026-01-01").status_code == 422
        assert viewer.get("/explore?subject=99").status_code == 422
        listed_only = viewer.get("/explore?subject=11")
        assert listed_only.status_code == 200 and "chỉ được liệt kê" in listed_only.text and "<svg" not in listed_only.text
        assert viewer.get("/explore.csv?subject=11").status_code == 422


def test_numbers_come_as_csv_and_no_cell_of_it_runs(clipped: DeskRun) -> None:
    with clipped.browser(Role.VIEWER) as viewer:
        answer = viewer.get("/explore.csv?outlet=Tin+Bến+Lúa")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["kind", "key", "day", "stories", "clusters"] and answer.headers["content-disposition"].startswith("attachment")
    assert sum(int(row[3]) for row in rows[1:]) == 2
    for cell in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        assert next(csv.reader(io.StringIO(csv_of([[cell]]), newline="")))[0][0] == "'"


def test_an_event_is_parted_merged_and_put_back(clipped: DeskRun) -> None:
    one = cluster_of(clipped, 0)
    assert cluster_of(clipped, 1) == one
    story = Story("https://tin.example/1", "", "", "", None, "vi").id
    with clipped.browser(Role.REVIEWER) as reviewer, clipped.browser(Role.VIEWER) as viewer:
        assert STORIES[1][1] in viewer.get(f"/clusters/{one}").text
        assert viewer.send(f"/clusters/{one}/split", stories=[story]).status_code == 403
        assert reviewer.send(f"/clusters/{one}/split", stories=[]).status_code == 422
        assert reviewer.send(f"/clusters/{one}/split", stories=[story]).status_code == 303
        apart = cluster_of(clipped, 1)
        assert apart != one
        assert reviewer.send(f"/clusters/{one}/merge", other=f"http://x.example/clusters/{apart}").status_code == 303
        assert cluster_of(clipped, 1) == one
        assert viewer.get(f"/clusters/{apart}").headers["location"] == f"/clusters/{one}"
        assert "Hoàn tác" in reviewer.get(f"/clusters/{one}").text
        assert viewer.get("/clusters/khong-co").status_code == 404
    logged = [row.action for row in clipped.rows(sa.select(decisions.c.action).where(decisions.c.subject == one).order_by(decisions.c.seq))]
    assert logged == ["cluster_split", "cluster_merged"]


def test_a_watchlist_is_made_and_a_term_needs_somebody_else(clipped: DeskRun) -> None:
    with clipped.browser(Role.REVIEWER) as one, clipped.browser(Role.APPROVER) as other, clipped.browser(Role.ADMIN) as admin:
        assert admin.send("/watchlists", name="Của quản trị", sectors=["trade"]).status_code == 403
        assert one.send("/watchlists", name="Nguyễn Văn Hùng", sectors=["trade"]).status_code == 422
        made = one.send("/watchlists", name="Cá tra", sectors=["fisheries"])
        path = made.headers["location"]
        assert one.send(f"{path}/terms", term="cá tra").status_code == 303
        assert "chờ người thứ hai" in other.get(path).text
        assert one.send(f"{path}/terms", term="cá tra", step="confirm").status_code == 422
        assert other.send(f"{path}/terms", term="cá tra", step="confirm").status_code == 303
        assert "cá tra" in other.get("/sources.json").text
        assert one.send(f"{path}/remove").status_code == 303
        assert one.get(path).status_code == 404
    assert clipped.rows(sa.select(watchlist_terms)) == []


def test_an_edition_is_read_in_every_form_and_what_is_not_there_is_not_found(clipped: DeskRun) -> None:
    day = day_of(clipped.clock())
    with clipped.browser(Role.VIEWER) as viewer:
        assert "Bản nháp" in viewer.get(f"/briefing/{day.isoformat()}").text
        make_edition(clipped.workspace, EditionKind.DAILY, day, clipped.clock())
        page = viewer.get(f"/briefing/{day.isoformat()}").text
        assert "Bản nháp" not in page and "cá tra" in page and "<script>alert" not in page
        for form, begins in (("json", b"{"), ("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"\n"), ("txt", "BẢN TIN".encode())):
            answer = viewer.get(f"/briefing/{day.isoformat()}.{form}")
            assert answer.status_code == 200 and answer.content.lstrip()[:20].startswith(begins.strip()), form
        assert day.strftime("%d/%m/%Y") in viewer.get("/briefing").text
        for path in (
            "/briefing/2020-01-01",
            "/briefing/khong-phai-ngay",
            f"/briefing/{day.isoformat()}.exe",
            f"/briefing/{day.isoformat()}?kind=weekly",
        ):
            assert viewer.get(path).status_code == 404, path


def test_what_is_coming_up_is_entered_without_anybodys_name(clipped: DeskRun) -> None:
    tomorrow = (day_of(clipped.clock()) + timedelta(days=1)).isoformat()
    with clipped.browser(Role.REVIEWER) as reviewer:
        assert reviewer.send("/briefing/events", day=tomorrow, text="Ông Nguyễn Văn Hùng họp báo").status_code == 422
        assert reviewer.send("/briefing/events", day="mai", text="Hạn nộp thuế quý bốn").status_code == 422
        assert reviewer.send("/briefing/events", day=tomorrow, text="Hạn nộp thuế quý bốn").status_code == 303
        assert "Hạn nộp thuế quý bốn" in reviewer.get("/briefing").text


def test_how_collecting_goes_is_a_page(clipped: DeskRun) -> None:
    with clipped.browser(Role.VIEWER) as viewer:
        assert "Tình hình thu thập" in viewer.get("/collecting").text
