"""The command line: thin wrappers that print. For people by default, one JSON document with `--json`, errors in one line."""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

import kiemtin
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.editions import EditionKind
from kiemtin.domain.staff import Role
from kiemtin.errors import InputError, KiemTinError
from kiemtin.printing import (
    Bar,
    print_alerts,
    print_checked,
    print_claims,
    print_counted,
    print_deliveries,
    print_learnt,
    print_outlet_check,
    print_pass,
    print_report,
    print_tip_answers,
)

if TYPE_CHECKING:
    from datetime import datetime

    from kiemtin.evaluation.scores import Outcome

_DEFAULT_DATA = Path("data")
_MAX_LINE = 1000


def _common(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command takes, after its own words."""
    options = [
        click.option("--data", "data_dir", type=click.Path(path_type=Path), default=_DEFAULT_DATA, show_default=True, help="Thư mục dữ liệu."),
        click.option(
            "--config",
            "config_file",
            type=click.Path(path_type=Path),
            default=None,
            help="Tệp cấu hình (mặc định: kiemtin.toml trong thư mục dữ liệu).",
        ),
        click.option("--json", "as_json", is_flag=True, help="In một tài liệu JSON."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _is_unicode(text: str) -> bool:
    """False where the terminal gave bytes that are no UTF-8: they arrive as halves of characters, which no JSON document can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _emit(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(kiemtin.__version__, prog_name="kiemtin")
def cli() -> None:
    """Kiểm Tin: từ tin đã đăng đến hàng đợi cảnh báo có bằng chứng, để hai người cùng quyết định."""


@cli.command()
@click.option("--catalog", "catalog_file", type=click.Path(path_type=Path), default=None, help="outlets.toml (mặc định: danh mục kèm theo).")
@click.option("--loopback-ok", is_flag=True, help="Cho phép địa chỉ loopback (thử nghiệm, demo).")
@click.option("--replay-quarantine", is_flag=True, help="Tải lại các trang đã bị cách ly vì lỗi.")
@_common
def run(catalog_file: Path | None, loopback_ok: bool, replay_quarantine: bool, data_dir: Path, config_file: Path | None, as_json: bool) -> int:
    """Một lượt: thu thập, phân tích, xếp hàng đợi, gửi đi; in những gì đã làm."""
    from dataclasses import asdict

    from crawlers.catalog import bundled_catalog_path, load_catalog
    from kiemtin.delivery.worker import send_out
    from kiemtin.pipeline.passes import run_pass
    from kiemtin.pipeline.report import pass_view
    from kiemtin.pipeline.workspace import open_workspace, utc_now

    catalog = load_catalog(catalog_file or bundled_catalog_path())
    with open_workspace(data_dir, config_file) as workspace, Bar(quiet=as_json) as bar:
        report = run_pass(workspace, catalog, loopback_ok, replay_quarantine, bar.show)
        sent = send_out(workspace, utc_now(), loopback_ok)
    if as_json:
        _emit({**pass_view(report), "deliveries": asdict(sent)})
    else:
        print_pass(report)
        print_deliveries(sent)
    failed = {failure.outlet for failure in report.crawl.failures}
    return 1 if report.nothing_done and failed.issuperset(outlet.name for outlet in catalog) else 0


@cli.command()
@click.argument("text")
@_common
def check(text: str, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Câu này đã được kiểm chứng chưa? In các kiểm chứng khớp và bằng chứng."""
    from kiemtin.pipeline.checks import Checker
    from kiemtin.pipeline.views import check_view
    from kiemtin.pipeline.workspace import open_workspace

    if not _is_unicode(text):
        raise InputError("văn bản cần kiểm tra không phải UTF-8")
    with open_workspace(data_dir, config_file) as workspace:
        checked = Checker(workspace).check(text)
    if as_json:
        _emit(check_view(checked))
    else:
        print_checked(checked)


@cli.command()
@click.option("--status", type=click.Choice([status.value for status in AlertStatus]), default=None, help="Chỉ các cảnh báo ở bước này.")
@_common
def alerts(status: str | None, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Hàng đợi cảnh báo, khẩn trước."""
    from kiemtin.pipeline.views import alerts_view
    from kiemtin.pipeline.workspace import open_workspace

    with open_workspace(data_dir, config_file) as workspace:
        document = alerts_view(workspace, AlertStatus(status) if status else None)
    if as_json:
        _emit(document)
    else:
        print_alerts(document)


@cli.command()
@_common
def claims(data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Các tuyên bố và số lần được nhắc lại trong bài đăng công khai (những ngày đã hết; dưới mười: "<10")."""
    from kiemtin.pipeline.views import claims_view
    from kiemtin.pipeline.workspace import open_workspace, utc_now

    with open_workspace(data_dir, config_file) as workspace:
        document = claims_view(workspace, utc_now())
    if as_json:
        _emit(document)
    else:
        print_claims(document)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@_common
def count(file: Path, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Đếm bài đăng nhắc lại tuyên bố sai đã công khai: JSON Lines, "-" là đầu vào chuẩn; ít nhất 1.000 bài. Không bài nào được giữ."""
    from kiemtin.pipeline.counting import count_lines
    from kiemtin.pipeline.workspace import open_workspace

    endless = str(file) == "-"
    try:
        with nullcontext(sys.stdin.buffer) if endless else file.open("rb") as stream, open_workspace(data_dir, config_file) as workspace:
            report = count_lines(workspace, stream, endless)
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error
    if as_json:
        _emit({"read": report.read, "matched": report.matched, "seconds": report.seconds})
    else:
        print_counted(report)


@cli.group()
def tips() -> None:
    """Tin báo của người dân."""


@tips.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_common
def tips_import(file: Path, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Nhận tin báo từ JSON Lines ("text"). Tin có thông tin riêng bị từ chối và không được lưu."""
    from kiemtin.pipeline.intake import import_tips
    from kiemtin.pipeline.report import tips_view
    from kiemtin.pipeline.workspace import open_workspace, utc_now

    with open_workspace(data_dir, config_file) as workspace:
        answers = import_tips(workspace, file, utc_now())
    if as_json:
        _emit(tips_view(answers))
    else:
        print_tip_answers(answers)


@cli.group()
def factchecks() -> None:
    """Các kiểm chứng đã công bố."""


@factchecks.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_common
def factchecks_import(file: Path, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Nhập ClaimReview: JSON, JSON Lines hoặc nguồn Data Commons."""
    from dataclasses import asdict

    from kiemtin.pipeline.intake import import_factchecks
    from kiemtin.pipeline.workspace import open_workspace, utc_now

    with open_workspace(data_dir, config_file) as workspace, Bar(quiet=as_json) as bar:
        report = import_factchecks(workspace, file, utc_now(), bar.show)
    if as_json:
        _emit(asdict(report))
    else:
        click.echo(
            f"Đã đọc {report.read}, lưu {report.saved} kiểm chứng mới hoặc đã đổi; ngoài phạm vi (không lưu) {report.out_of_scope}; "
            f"ngoài danh mục (chỉ hiển thị) {report.unlisted}; không dùng được {report.unusable}."
        )


@cli.group()
def outlets() -> None:
    """Danh mục nguồn tin."""


@outlets.command("check")
@click.option("--catalog", "catalog_file", type=click.Path(path_type=Path), default=None, help="outlets.toml (mặc định: danh mục kèm theo).")
@click.option("--loopback-ok", is_flag=True, help="Cho phép địa chỉ loopback (thử nghiệm, demo).")
@_common
def outlets_check(catalog_file: Path | None, loopback_ok: bool, data_dir: Path, config_file: Path | None, as_json: bool) -> int:
    """Tải thử mỗi nguồn một trang và nói phần nào đọc được."""
    from crawlers.catalog import bundled_catalog_path, load_catalog
    from crawlers.check import check_outlets
    from kiemtin.config import load_config
    from kiemtin.pipeline.report import outlet_check_view

    catalog = load_catalog(catalog_file or bundled_catalog_path())
    results = []
    for result in check_outlets(catalog, load_config(data_dir, config_file), loopback_ok):
        results.append(outlet_check_view(result))
        if not as_json:
            print_outlet_check(results[-1])
    if as_json:
        _emit({"outlets": results})
    return 0 if any(result["ok"] for result in results) else 1


@cli.command()
@click.option("--catalog", "catalog_file", type=click.Path(path_type=Path), default=None, help="outlets.toml: có thì thu thập theo lịch.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Cổng (0: cổng trống bất kỳ).")
@click.option("--loopback-ok", is_flag=True, help="Cho phép địa chỉ loopback (thử nghiệm, demo).")
@click.option("--no-schedule", is_flag=True, help="Chỉ bàn biên tập: không thu thập, không ra bản tin theo lịch.")
@_common
def serve(
    catalog_file: Path | None, host: str, port: int, loopback_ok: bool, no_schedule: bool, data_dir: Path, config_file: Path | None, as_json: bool
) -> None:
    """Bàn biên tập trên web, gửi đi những gì đã duyệt; theo lịch: thu thập (nếu có danh mục) và ra bản tin."""
    from crawlers.catalog import load_catalog
    from flows.schedule import Order
    from kiemtin.desk.context import open_desk
    from kiemtin.desk.serve import serve as serve_desk
    from kiemtin.pipeline.workspace import open_workspace

    def ready(at: int) -> None:
        _emit({"host": host, "port": at}) if as_json else click.echo(f"Bàn biên tập: http://{host}:{at}/ ; bấm Ctrl-C để dừng.")

    if catalog_file is not None:
        load_catalog(catalog_file)  # what cannot be used is told now, not at the first pass
    with open_workspace(data_dir, config_file) as workspace:
        config = workspace.config
        paths = [str(path.resolve()) if path else "" for path in (data_dir, config_file, catalog_file)]
        order = Order(paths[0], paths[1], paths[2], loopback_ok, config.pass_minutes, config.briefing_time)
        serve_desk(open_desk(workspace, loopback_ok), host, port, () if no_schedule else order.command, ready)


@cli.command()
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", default=None, help="Ngày ra bản tin, NĂM-THÁNG-NGÀY (mặc định: hôm nay)."
)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in EditionKind]), default=EditionKind.DAILY.value, show_default=True, help="Kỳ bản tin."
)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Ghi ra tệp .html, .pdf, .docx, .json hoặc .txt.")
@_common
def briefing(day: "datetime | None", kind: str, out: Path | None, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Bản tin của một ngày, tuần hoặc tháng: đã ra thì giữ nguyên; chưa tới giờ thì là bản nháp."""
    from kiemtin.briefing.letter import text_of
    from kiemtin.briefing.render import FORMS
    from kiemtin.domain.coverage import day_of
    from kiemtin.pipeline.briefing import edition_for
    from kiemtin.pipeline.workspace import open_workspace, utc_now

    form = out.suffix.removeprefix(".").lower() if out else ""
    if out is not None and form not in FORMS:
        raise click.UsageError(f"--out: không có dạng {out.suffix or 'này'}; dùng {', '.join(f'.{name}' for name in FORMS)}")
    with open_workspace(data_dir, config_file) as workspace:
        edition, is_draft = edition_for(workspace, EditionKind(kind), day.date() if day else day_of(utc_now()), utc_now())
    if out is not None:
        _write(out, FORMS[form][0](edition.body))
    if as_json:
        _emit({**edition.body, "draft": is_draft})
        return
    click.echo(f"Đã ghi {out}." if out else text_of(edition.body))
    if is_draft:
        click.echo("Bản nháp: chưa tới giờ ra bản tin.", err=True)


def _write(path: Path, body: bytes) -> None:
    try:
        path.write_bytes(body)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


@cli.group()
def user() -> None:
    """Tài khoản của nhân viên."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="Vai trò.")
@_common
def user_add(name: str, role: str, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Mở một tài khoản; mật khẩu lấy từ bàn phím hoặc đầu vào chuẩn."""
    from kiemtin.pipeline.accounts import add_staff
    from kiemtin.pipeline.workspace import open_workspace, utc_now

    password = _read_password()
    with open_workspace(data_dir, config_file) as workspace:
        person = add_staff(workspace.records, name, Role(role), password, utc_now())
    if as_json:
        _emit({"id": person.id, "name": person.name, "role": person.role.value})
    else:
        click.echo(f"Đã mở tài khoản {person.name} ({person.role.value}).")


def _read_password() -> str:
    """Typed twice without being shown, or the first line of standard input."""
    if sys.stdin.isatty():
        return str(click.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Nhập lại mật khẩu", err=True))
    line = sys.stdin.readline(_MAX_LINE)
    if not line.strip():
        raise InputError("chưa có mật khẩu ở đầu vào chuẩn")
    return line.rstrip("\r\n")


@cli.command()
@_common
def reindex(data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Dựng lại chỉ mục tìm kiếm từ Records."""
    from kiemtin.pipeline.indexing import reindex as rebuild
    from kiemtin.pipeline.workspace import open_workspace
    from kiemtin.store.records import writer_lock

    with open_workspace(data_dir, config_file) as workspace, Bar(quiet=as_json) as bar, writer_lock(data_dir):
        filed = rebuild(workspace, bar.show)
    _emit({"indexed": filed}) if as_json else click.echo(f"Đã lập chỉ mục {filed} văn bản.")


@cli.command()
@_common
def doctor(data_dir: Path, config_file: Path | None, as_json: bool) -> int:
    """Kiểm tra từng bộ phận và nói cách sửa."""
    from kiemtin.doctor import examine

    findings = examine(data_dir, config_file)
    if as_json:
        _emit({"findings": [{"part": finding.part, "ok": finding.ok, "text": finding.text, "mend": finding.mend} for finding in findings]})
    else:
        for finding in findings:
            click.echo(f"{'✓' if finding.ok else '✗'} {finding.part}: {finding.text}" + (f"\n    Cách sửa: {finding.mend}" if finding.mend else ""))
    return 0 if all(finding.ok for finding in findings) else 1


@cli.group("eval")
def evaluation() -> None:
    """Đo các mô hình kèm theo trên tệp đã gắn nhãn."""


def _measured(outcome: "Outcome", out: Path | None, as_json: bool) -> None:
    from kiemtin.evaluation.files import write_predictions

    if out is not None:
        write_predictions(out, outcome.predictions)
    report = outcome.report.as_json()
    _emit(report) if as_json else print_report(report)


_OUT = click.option("--out", type=click.Path(path_type=Path), default=None, help="Ghi mỗi dòng một dự đoán (JSON Lines).")
_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


@evaluation.command("topics")
@_FILES
@_OUT
@_common
def eval_topics(files: tuple[Path, ...], out: Path | None, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Chủ đề tin: tệp có "topic" và "text"."""
    from kiemtin.evaluation.topics import evaluate_topics

    _measured(evaluate_topics(files), out, as_json)


@evaluation.command("verdict")
@_FILES
@_OUT
@_common
def eval_verdict(files: tuple[Path, ...], out: Path | None, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Bằng chứng ủng hộ, bác bỏ hay chưa đủ: tệp ViFactCheck."""
    from kiemtin.evaluation.verdict import evaluate_verdict

    _measured(evaluate_verdict(files), out, as_json)


@evaluation.command("retrieval")
@click.option("--claims", "claims_file", type=click.Path(path_type=Path), required=True, help="Các tuyên bố đã kiểm chứng (JSON Lines).")
@click.option("--queries", "queries_file", type=click.Path(path_type=Path), required=True, help="Các câu hỏi (TSV).")
@click.option("--qrels", "qrels_file", type=click.Path(path_type=Path), required=True, help="Tuyên bố đúng của từng câu hỏi (TSV).")
@_OUT
@_common
def eval_retrieval(
    claims_file: Path, queries_file: Path, qrels_file: Path, out: Path | None, data_dir: Path, config_file: Path | None, as_json: bool
) -> None:
    """Tìm kiểm chứng đã có: tệp CheckThat!."""
    from kiemtin.evaluation.retrieval import evaluate_retrieval

    _measured(evaluate_retrieval(claims_file, queries_file, qrels_file), out, as_json)


@evaluation.command("extraction")
@click.argument("directory", type=click.Path(path_type=Path))
@_OUT
@_common
def eval_extraction(directory: Path, out: Path | None, data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Trích thân bài: thư mục của article extraction benchmark."""
    from kiemtin.evaluation.extraction import evaluate_extraction

    _measured(evaluate_extraction(directory), out, as_json)


@cli.command()
@click.option("--corpus", type=click.Path(path_type=Path), required=True, help="Thư mục dữ liệu luyện.")
@click.option("--only", multiple=True, help="Chỉ mô hình này (lặp lại được).")
@_common
def train(corpus: Path, only: tuple[str, ...], data_dir: Path, config_file: Path | None, as_json: bool) -> None:
    """Luyện lại các mô hình kèm theo từ dữ liệu, và in số đo kiểm tra chéo."""
    from nlp.training.artefacts import learn

    learnt = learn(corpus, only, None if as_json else print_learnt)
    if as_json:
        _emit({"models": {name: {"bytes": len(one.body), **one.report} for name, one in learnt.items()}})


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Cổng của bàn biên tập (0: cổng trống bất kỳ).")
@click.option("--once", is_flag=True, help="Kết thúc sau khi in hàng đợi.")
@click.option("--data", "data_dir", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True, help="Thư mục dữ liệu của demo.")
@click.option("--json", "as_json", is_flag=True, help="In một tài liệu JSON (cần --once).")
def demo(port: int, once: bool, data_dir: Path, as_json: bool) -> None:
    """Cả hệ thống trên một thế giới tưởng tượng kèm theo: thu thập, phân tích, hàng đợi, bàn biên tập."""
    from kiemtin.demo.run import run_demo

    if as_json and not once:
        raise click.UsageError("--json cần --once")
    document = run_demo(data_dir, port, once, as_json)
    if as_json:
        _emit(document)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"kiemtin: {' '.join(message.split())}", err=True)
    sys.exit(code)


def main() -> None:
    """Entry point: a failure is one line on standard error and exit 1; wrong usage is 2, Ctrl-C 130."""
    try:
        result = cli.main(prog_name="kiemtin", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _fail("đã dừng; chạy lại cùng lệnh để làm tiếp", 130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        _fail(f"{error.format_message()} ({error.ctx.command_path if error.ctx else 'kiemtin'} --help)", error.exit_code)
    except (click.ClickException, KiemTinError) as error:
        _fail(str(error), 1)
    except Exception as error:
        # A full standard output, or a fault of ours. A message may hold words of a page or a tip: they belong in no log (LIMITS 1).
        _fail(f"lỗi không lường trước: {getattr(error, 'strerror', None) or type(error).__name__}", 1)
    sys.exit(result if isinstance(result, int) else 0)


if __name__ == "__main__":
    main()
