"""What people see on the terminal. Nothing is decided here."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from kiemtin.domain.scope import THEME_NAMES_VI, Theme

if TYPE_CHECKING:
    from kiemtin.delivery.worker import DeliveryReport
    from kiemtin.pipeline.checks import Checked
    from kiemtin.pipeline.counting import CountReport
    from kiemtin.pipeline.intake import TipAnswer
    from kiemtin.pipeline.passes import PassReport
    from nlp.training.artefacts import Learnt

_RELATION_VI = {"same": "cùng tuyên bố", "opposite": "nói ngược lại", "related": "liên quan"}
_EVIDENCE_VI = {"refutes": "Bác bỏ", "supports": "Ủng hộ", "not_enough_info": "Chưa đủ thông tin"}
_KIND_VI = {"news": "báo chí", "fact_checker": "đơn vị kiểm chứng", "authority": "cơ quan", "unlisted": "ngoài danh mục"}
_STATUS_VI = {
    "new": "mới",
    "in_review": "đang xem",
    "rated": "đã đánh giá",
    "approved": "đã duyệt",
    "sent": "đã gửi",
    "withdrawn": "đã rút",
    "dismissed": "đã bỏ qua",
    "needs_evidence": "cần bằng chứng",
}
_SHOW_AFTER_SECONDS = 1.0
_EVERY_SECONDS = 0.2


class Bar:
    """One line of progress on standard error, only for what takes longer than a second, and never with `--json`."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._started = time.monotonic()
        self._last = 0.0
        self._step = ""

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if self._step and self._live:
            click.echo("\r\033[K", nl=False, err=True)

    def show(self, step: str, done: int, total: int) -> None:
        """Say how far a step is; on a terminal the line is rewritten, elsewhere each step is said once."""
        now = time.monotonic()
        if self._quiet or now - self._started < _SHOW_AFTER_SECONDS or (now - self._last < _EVERY_SECONDS and step == self._step):
            return
        of = f"/{total}" if total else ""
        if self._live:
            click.echo(f"\r\033[K… {step} {done}{of}", nl=False, err=True)
        elif step != self._step:
            click.echo(f"… {step}", err=True)
        self._last, self._step = now, step


def print_pass(report: "PassReport") -> None:
    crawl, analysis = report.crawl, report.analysis
    click.echo(
        f"Thu thập: {crawl.requests} yêu cầu, {crawl.not_modified} không đổi (304); tin mới {crawl.new}, đã sửa {crawl.changed}, "
        f"như cũ {crawl.same}; kiểm chứng {crawl.reviews}; {crawl.duration_seconds:.1f} giây." + (" (làm tiếp lượt bị ngắt)" if crawl.resumed else "")
    )
    if crawl.refusals:
        click.echo("Bỏ qua: " + ", ".join(f"{reason} {count}" for reason, count in sorted(crawl.refusals.items())))
    for failure in crawl.failures:
        click.echo(f"  ✗ {failure.line}")
    for outlet, left in sorted(crawl.left.items()):
        click.echo(f"  … {outlet}: còn {left} trang, sẽ tải ở lượt sau")
    click.echo(
        f"Phân tích: {analysis.stories} tin; kiểm chứng mới {analysis.checks}, rút từ bài cải chính {analysis.derived_checks}, "
        f"ngoài phạm vi (không lưu) {analysis.out_of_scope_checks}; lần xuất hiện {analysis.appearances}."
    )
    click.echo(
        f"Hàng đợi: mở {analysis.opened}, cập nhật {analysis.updated}, mở lại {analysis.reopened}, đóng {analysis.closed} cảnh báo."
        + (f" Đã xóa theo thời hạn: {report.forgotten}." if report.forgotten else "")
    )
    clipped = report.clipped
    if clipped.stories or clipped.updates:
        click.echo(f"Điểm tin: {clipped.stories} tin mới, {clipped.updates} tin sửa; {clipped.clusters} sự việc mới, {clipped.copies} bài đăng lại.")


def print_deliveries(sent: "DeliveryReport") -> None:
    """Nothing is said where nothing waited."""
    if sent.sent or sent.failed or sent.waiting or sent.notices:
        click.echo(f"Gửi đi: đã nhận {sent.sent}, không gửi được {sent.failed}, còn chờ {sent.waiting}; thư báo nhân viên {sent.notices}.")


def print_alerts(document: dict[str, Any]) -> None:
    alerts = document["alerts"]
    if not alerts:
        click.echo("Hàng đợi trống.")
        return
    for number, alert in enumerate(alerts, 1):
        click.echo()
        head = f"{number}. [{alert['priority']}] {THEME_NAMES_VI[Theme(alert['theme'])]} · {_STATUS_VI[alert['status']]} · {alert['id']}"
        click.secho(head, bold=True)
        click.echo(f"   Tuyên bố: {alert['claim']['text']}")
        for appearance in alert["appearances"]:
            when = (appearance["published_at"] or "không rõ ngày")[:10]
            click.echo(f"   • {appearance['outlet']} ({when}): “{appearance['quote']}”\n     {appearance['url']}")
        for piece in alert["evidence"]:
            kind = _KIND_VI[piece["publisher_kind"]]
            click.echo(f"   ▸ {_EVIDENCE_VI[piece['relation']]} — {piece['publisher']} ({kind}): “{piece['quote']}”\n     {piece['url']}")
        if not alert["independent_evidence"]:
            click.echo("   ! Chưa có bằng chứng độc lập: chỉ là lập trường chính thức hoặc nguồn có liên quan.")
        click.echo("   Vì sao: " + "; ".join(reason["text"] for reason in alert["reasons"]))
    click.echo(f"\n{len(alerts)} cảnh báo. Hệ thống chỉ gợi ý; hai người cùng quyết định.")


def print_claims(document: dict[str, Any]) -> None:
    if not document["claims"]:
        click.echo("Chưa có tuyên bố nào.")
    for claim in document["claims"]:
        theme = THEME_NAMES_VI[Theme(claim["theme"])] if claim["theme"] else "chưa rõ lĩnh vực"
        click.echo(f"{claim['id']}  {theme}: {claim['text']}  (nhắc lại: {claim['repeats_total']})")
        if claim["review_url"]:
            click.echo(f"    {claim['review_url']}")


def print_counted(report: "CountReport") -> None:
    click.echo(
        f"Đã đọc {report.read} bài đăng trong {report.seconds:.1f} giây; số bài nhắc lại một tuyên bố đang được đếm: {report.matched}. Không bài nào được giữ."
    )
    if report.unreadable:
        click.echo(f"{report.unreadable} dòng không phải là bài đăng, đã bỏ qua.", err=True)


def print_checked(checked: "Checked") -> None:
    theme = THEME_NAMES_VI[checked.scope.theme] if checked.scope.theme else "chưa rõ"
    scope = "trong phạm vi" if checked.scope.in_scope else "ngoài phạm vi (không phải một phát biểu thực tế thuộc lĩnh vực nào)"
    click.echo(f"Lĩnh vực: {theme}; {scope}.")
    for piece in checked.evidence:
        kind = _KIND_VI[piece.publisher_kind.value]
        click.echo(f"  ▸ {_EVIDENCE_VI[piece.relation.value]} — {piece.publisher} ({kind}): “{piece.quote}”\n    {piece.url}")
    if not checked.matches:
        click.echo("Chưa thấy kiểm chứng nào được công bố về điều này. Điều đó không có nghĩa là nó đúng.")
    for match, review in checked.matches:
        sure = "" if match.linked else " (gợi ý, chưa chắc)"
        click.secho(f"\n{_RELATION_VI[match.relation.value]}{sure}, điểm {match.score:.2f}: {review.claim_reviewed}", bold=True)
        click.echo(f"   {review.reviewed_by}: {review.rating_words}\n   {review.review_url}")
        click.echo("   Vì sao: " + "; ".join(reason.text for reason in match.reasons))


def print_tip_answers(answers: "list[TipAnswer]") -> None:
    for number, answer in enumerate(answers, 1):
        click.echo(f"{number}. {answer.message}")
        if answer.outcome == "answered" and answer.checked is not None:
            print_checked(answer.checked)
    counts = {outcome: sum(answer.outcome == outcome for answer in answers) for outcome in ("answered", "kept", "refused", "out_of_scope")}
    click.echo(
        f"\n{len(answers)} tin báo: trả lời ngay {counts['answered']}, giữ cho người kiểm tra (72 giờ) {counts['kept']}, "
        f"từ chối vì có thông tin riêng {counts['refused']}, ngoài phạm vi {counts['out_of_scope']}."
    )


def print_outlet_check(result: dict[str, Any]) -> None:
    click.echo(f"{'✓' if result['ok'] else '✗'} {result['outlet']}")
    for finding in result["findings"]:
        if finding["role"] == "page":
            what = f"tiêu đề {'có' if finding['title_found'] else 'không'}, {finding['text_length']} ký tự, ngày {'có' if finding['date_found'] else 'không'}"
        else:
            what = f"{finding['items']} mục"
        click.echo(f"    {'✓' if finding['ok'] else '✗'} {finding['url']}: {what if finding['ok'] else finding['reason']}")


def print_report(report: dict[str, Any]) -> None:
    """A report of `kiemtin eval`."""
    click.echo(f"{report['task']}: {report['n']} dòng")
    for name, value in report["metrics"].items():
        low, high = report["intervals"].get(name, (value, value))
        click.echo(f"  {name:26} {value:.4f}  (95 %: {low:.4f} – {high:.4f})")
    for note in report.get("notes", ()):
        click.echo(f"  ! {note}")


def print_learnt(name: str, learnt: "Learnt") -> None:
    measured = ", ".join(f"{key} {value:.4f}" if isinstance(value, float) else f"{key} {value}" for key, value in learnt.report.items())
    click.echo(f"{name}: {len(learnt.body)} byte" + (f"; {measured}" if measured else ""))
