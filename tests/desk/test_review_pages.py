"""From the queue to the public page, through the pages themselves."""

from typing import Any

import sqlalchemy as sa

from kiemtin.domain.alerts import Tip
from kiemtin.domain.claims import EvidenceRelation
from kiemtin.domain.scope import Theme
from kiemtin.domain.staff import Role
from kiemtin.pipeline.cases import reopen_rechecks
from kiemtin.pipeline.log import broken_at
from kiemtin.store import queue as queue_store
from kiemtin.store import tips as tip_store
from kiemtin.store.tables import claims, deliveries, evidence
from tests.support.desk import AUTHORITY, Browser, DeskRun, make_alert

CLAIM = "Uống nước lá sen chữa khỏi bệnh sởi"


def pieces(run: DeskRun, alert_id: str) -> list[str]:
    with run.workspace.records.begin() as conn:
        alert = conn.execute(sa.text("SELECT claim_id FROM alerts WHERE id = :id"), {"id": alert_id}).scalar_one()
        return [piece.id for piece in queue_store.load_evidence(conn, alert)]


def rate(browser: Browser, run: DeskRun, alert_id: str, **more: Any) -> Any:
    fields = {
        "action": "rate",
        "version": run.version(alert_id),
        "rating": "false",
        "reason": "Chưa có nghiên cứu nào.",
        "evidence": pieces(run, alert_id),
    }
    return browser.send(f"/alerts/{alert_id}/step", **{**fields, **more})


def approve(browser: Browser, run: DeskRun, alert_id: str) -> Any:
    return browser.send(f"/alerts/{alert_id}/step", action="approve", version=run.version(alert_id))


def test_two_people_and_then_it_stands_in_public(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second, desk.browser() as anyone:
        assert CLAIM in first.get("/").text
        page = first.get(f"/alerts/{alert_id}").text
        assert CLAIM in page and "Trạm Soi Tin" in page and "Báo Đồng Xanh" in page
        assert CLAIM not in anyone.get("/corrections").text
        assert rate(first, desk, alert_id).status_code == 303
        assert desk.status(alert_id) == "rated"
        assert CLAIM not in anyone.get("/corrections").text + anyone.get("/corrections.json").text + anyone.get("/corrections.atom").text
        refused = approve(first, desk, alert_id)
        assert (refused.status_code, desk.status(alert_id)) == (403, "rated")
        assert approve(second, desk, alert_id).status_code == 303
        listed = anyone.get("/corrections").text
        assert CLAIM in listed and "Sai sự thật" in listed
        feed = anyone.get("/corrections.json").json()
        body = feed["items"][0]["_kiemtin"]
        page = anyone.get(f"/corrections/{body['id']}").text
        assert "application/ld+json" in page and "Báo Đồng Xanh" not in page, "who carried it stands nowhere in public"
        assert anyone.get(f"/corrections/{body['id']}.json").json() == body
        assert anyone.get(f"/corrections/{body['id']}.jsonld").json()["claimReviewed"] == CLAIM
        assert anyone.get(f"/corrections/{body['id']}.docx").content[:2] == b"PK"
        assert CLAIM in anyone.get("/corrections.atom").text
    with desk.workspace.records.begin() as conn:
        assert broken_at(conn) is None


def test_an_old_page_loses_nothing_that_was_written(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        old = desk.version(alert_id)
        assert second.send(f"/alerts/{alert_id}/step", action="take", version=old).status_code == 303
        answer = rate(first, desk, alert_id, version=old, reason="Điều tôi đã viết rất lâu <b>")
        assert answer.status_code == 409
        assert "Điều tôi đã viết rất lâu &lt;b&gt;" in answer.text
        assert "đã thay đổi" in answer.text
        assert desk.status(alert_id) == "in_review"


def test_without_independent_evidence_there_is_only_an_official_position(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM, checker=AUTHORITY)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second, desk.browser() as anyone:
        assert "Chưa có bằng chứng độc lập" in first.get(f"/alerts/{alert_id}").text
        refused = rate(first, desk, alert_id)
        assert (refused.status_code, desk.status(alert_id)) == (422, "new")
        assert rate(first, desk, alert_id, rating="official").status_code == 303
        assert approve(second, desk, alert_id).status_code == 303
        body = anyone.get("/corrections.json").json()["items"][0]["_kiemtin"]
        assert (body["rating"], body["position"]) == (None, "official_position")
        page = anyone.get(f"/corrections/{body['id']}").text
        assert "chưa được kiểm chứng độc lập" in page and "ld+json" not in page
        assert anyone.get(f"/corrections/{body['id']}.jsonld").status_code == 404


def test_a_withdrawal_stands_where_the_correction_stood(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second, desk.browser() as anyone:
        rate(first, desk, alert_id)
        approve(second, desk, alert_id)
        refused = second.send(f"/alerts/{alert_id}/step", action="withdraw", version=desk.version(alert_id))
        assert refused.status_code == 422, "a reason is needed"
        second.send(f"/alerts/{alert_id}/step", action="withdraw", version=desk.version(alert_id), words="Nguồn kiểm chứng đã tự sửa.")
        body = anyone.get("/corrections.json").json()["items"][0]["_kiemtin"]
        assert (body["status"], body["revision"], body["withdrawal_reason"]) == ("withdrawn", 2, "Nguồn kiểm chứng đã tự sửa.")
        assert anyone.get(f"/corrections/{body['id']}.jsonld").status_code == 410
        assert "Đã rút lại" in anyone.get("/corrections").text


def test_evidence_that_supports_it_reopens_and_must_be_answered(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    (claim_id,) = (row.id for row in desk.rows(sa.select(claims.c.id)))
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second, desk.browser() as anyone:
        rate(first, desk, alert_id)
        approve(second, desk, alert_id)
        story = desk.rows(sa.text("SELECT canonical_url FROM stories"))[0].canonical_url  # type: ignore[arg-type]
        added = first.send(f"/alerts/{alert_id}/evidence", url=story, quote="Người dân đang xôn xao", relation="supports")
        assert added.status_code == 303, added.text
        assert desk.status(alert_id) == "in_review"
        body = anyone.get("/corrections.json").json()["items"][0]["_kiemtin"]
        assert body["under_review"] is True
        assert rate(first, desk, alert_id).status_code == 422
        assert rate(first, desk, alert_id, answer="Xôn xao không phải là bằng chứng.").status_code == 303
        approve(second, desk, alert_id)
        body = anyone.get("/corrections.json").json()["items"][0]["_kiemtin"]
        assert (body["revision"], body["under_review"], body["answer"]) == (2, False, "Xôn xao không phải là bằng chứng.")
        assert body["evidence"][0]["relation"] == EvidenceRelation.SUPPORTS.value
    assert desk.rows(sa.select(evidence.c.id).where(evidence.c.claim_id == claim_id))
    assert desk.rows(sa.select(deliveries)) == []


def test_a_quote_that_does_not_stand_there_is_refused(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    story = desk.rows(sa.text("SELECT canonical_url FROM stories"))[0].canonical_url  # type: ignore[arg-type]
    with desk.browser(Role.REVIEWER) as first:
        for url, quote in ((story, "Người dân không xôn xao"), ("https://elsewhere.example/1", "Người dân"), (story, "   ")):
            assert first.send(f"/alerts/{alert_id}/evidence", url=url, quote=quote, relation="refutes").status_code == 422


def test_a_page_that_does_not_repeat_the_claim_is_taken_off_and_stays_off(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    story = desk.rows(sa.text("SELECT id FROM stories"))[0].id  # type: ignore[arg-type]
    with desk.browser(Role.REVIEWER) as first:
        first.send(f"/alerts/{alert_id}/step", action="take", version=desk.version(alert_id))
        first.send(f"/alerts/{alert_id}/pages", story=story, repeats="false")
        page = first.get(f"/alerts/{alert_id}").text
        assert "chỉ là gợi ý" in page and "Chưa thấy trang nào" in page
        first.send(f"/alerts/{alert_id}/pages", story=story, repeats="true")
        assert "chỉ là gợi ý" not in first.get(f"/alerts/{alert_id}").text


def test_private_data_in_what_is_written_is_refused(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first:
        answer = rate(first, desk, alert_id, reason="Hãy gọi 0912 345 678 để hỏi.")
        assert answer.status_code == 422
        assert "thông tin riêng" in answer.text and "0912 345 678" in answer.text, "what was written is kept on the page"


def test_the_queue_is_filtered_searched_and_paged(desk: DeskRun) -> None:
    made = [make_alert(desk.workspace, f"Uống nước lá số {number} chữa khỏi bệnh sởi") for number in range(60)]
    with desk.browser(Role.VIEWER) as viewer:
        first = viewer.get("/")
        assert first.text.count("data-row") == 50
        following = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert viewer.get(following).text.count("data-row") == 10
        assert viewer.get("/?q=nuoc+la+so+17").text.count("data-row") == 1
        assert viewer.get("/?q=nước+lá+số+17").text.count("data-row") == 1
        assert viewer.get("/?q=%25").text.count("data-row") == 0
        assert viewer.get("/?theme=transport").text.count("data-row") == 0
        assert viewer.get("/?status=dismissed").text.count("data-row") == 0
        assert viewer.get("/?status=nonsense").status_code == 422
        assert viewer.send("/searches", name="Sởi", query="q=soi").status_code == 303
        assert "Sởi" in viewer.get("/").text
    assert len(set(made)) == 60


def test_weights_put_the_queue_in_a_new_order_and_are_kept_with_history(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.VIEWER) as viewer:
        weights = {"harm": 0, "reach": 0, "specificity": 0, "recency": 0, "repetition": 0, "evidence": 100}
        assert viewer.send("/settings/weights", **weights).status_code == 403
        assert first.send("/settings/weights", **{**weights, "harm": 1}).status_code == 422
        assert first.send("/settings/weights", **weights).status_code == 303
        assert "Bằng chứng 100" in first.get("/settings").text
    assert desk.rows(sa.text(f"SELECT priority FROM alerts WHERE id = '{alert_id}'"))[0].priority == 100  # type: ignore[arg-type]


def test_merged_alerts_can_be_split_again(desk: DeskRun) -> None:
    one, other = make_alert(desk.workspace, CLAIM), make_alert(desk.workspace, f"{CLAIM} trong ba ngày")
    with desk.browser(Role.REVIEWER) as first:
        assert first.send(f"/alerts/{one}/step", action="merge", version=desk.version(one), into=one).status_code == 422
        assert (
            first.send(f"/alerts/{one}/step", action="merge", version=desk.version(one), into=f"http://127.0.0.1/alerts/{other}").status_code == 303
        )
        assert other in first.get(f"/alerts/{one}").text
        assert first.send(f"/alerts/{one}/step", action="split", version=desk.version(one)).status_code == 303
    assert desk.status(one) == "in_review"


def test_feedback_makes_the_weekly_precision(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        first.send(f"/alerts/{alert_id}/feedback", useful="true")
        second.send(f"/alerts/{alert_id}/feedback", useful="true")
        page = first.get("/precision").text
        assert "16/11/2026" in page and "100 %" in page


def test_an_official_position_comes_back_after_fourteen_days(desk: DeskRun) -> None:
    alert_id = make_alert(desk.workspace, CLAIM, checker=AUTHORITY)
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second, desk.browser() as anyone:
        rate(first, desk, alert_id, rating="official")
        approve(second, desk, alert_id)
        desk.clock.move(days=13)
        assert reopen_rechecks(desk.workspace, desk.clock()) == 0
        desk.clock.move(days=1)
        assert reopen_rechecks(desk.workspace, desk.clock()) == 1
        assert reopen_rechecks(desk.workspace, desk.clock()) == 0
        assert desk.status(alert_id) == "in_review"
        assert anyone.get("/corrections.json").json()["items"][0]["_kiemtin"]["under_review"] is True
        first.log_in(desk.people[Role.REVIEWER].name)
        assert "Tự mở lại vì đã đến ngày xem lại" in first.get(f"/alerts/{alert_id}").text


def test_a_correction_of_a_restated_tip_answers_the_next_one_who_asks(desk: DeskRun) -> None:
    make_alert(desk.workspace, CLAIM)
    claim = "Từ tháng sau qua cầu Tre Ngà phải trả phí 20.000 đồng"
    quote = "Người dân đang xôn xao"
    with desk.workspace.records.change() as conn:
        tip_store.save_tip(conn, Tip("t1", "Nghe nói cầu Tre Ngà thu phí", desk.clock(), Theme.TRANSPORT))
        url = conn.execute(sa.text("SELECT canonical_url FROM stories")).scalar_one()
    with desk.browser(Role.REVIEWER) as first, desk.browser(Role.APPROVER) as second:
        taken = first.send("/desk/tips/t1/take", text=claim, url=url, quote=quote)
        assert taken.status_code == 303, taken.text
        alert_id = taken.headers["location"].rsplit("/", 1)[1]
        assert "Có thể liên quan" not in first.send("/check", text=claim).text
        assert rate(first, desk, alert_id).status_code == 303
        assert approve(second, desk, alert_id).status_code == 303
        answer = first.send("/check", text="Từ tháng sau, qua cầu Tre Ngà phải trả phí 20.000 đồng").text
        assert "Có thể liên quan" in answer or "cùng một phát biểu" in answer
        assert claim in answer and "Sai sự thật" in answer
