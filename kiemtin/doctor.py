"""`kiemtin doctor`: each part tried once, with what is wrong and how to mend it."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiemtin.briefing.words import GAPS
from kiemtin.config import load_config
from kiemtin.domain.coverage import day_of
from kiemtin.errors import KiemTinError
from kiemtin.pipeline.coverage import troubles_on
from kiemtin.pipeline.log import broken_at
from kiemtin.pipeline.workspace import Workspace, open_workspace, utc_now
from kiemtin.store import decisions as decision_store
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import frontier, index_queue
from kiemtin.store import outlets as outlet_store
from kiemtin.store import reviews as review_store
from kiemtin.store import stories as story_store
from nlp.resources import verify_manifest

_LOW_DISK_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: is it well, what was seen, and how to mend it ("" where nothing is to be done)."""

    part: str
    ok: bool
    text: str
    mend: str = ""


def examine(data_dir: Path, config_file: Path | None = None) -> list[Finding]:
    """Try every part; a part that cannot be tried because another is broken is left out."""
    found = [_config(data_dir, config_file), _models(), _disk(data_dir)]
    if not found[0].ok:
        return found
    try:
        with open_workspace(data_dir, config_file) as workspace:
            found += [check(workspace) for check in _CHECKS]
    except KiemTinError as error:
        found.append(
            Finding("Records", False, str(error), "Kiểm tra quyền ghi và dung lượng của thư mục dữ liệu; nếu tệp hỏng, khôi phục từ bản sao lưu.")
        )
    return found


def _config(data_dir: Path, config_file: Path | None) -> Finding:
    try:
        config = load_config(data_dir, config_file)
    except KiemTinError as error:
        return Finding("Cấu hình", False, str(error), "Sửa khóa được nêu trong kiemtin.toml; danh sách khóa ở docs/configuration.md.")
    if config.contact == type(config).model_fields["contact"].default:
        return Finding("Cấu hình", True, "đang dùng địa chỉ liên hệ mặc định; đặt `contact` trước khi thu thập từ các báo thật")
    return Finding("Cấu hình", True, f"đọc được ({config.office_name})")


def _models() -> Finding:
    broken = verify_manifest()
    if broken:
        return Finding("Mô hình", False, f"khác với bản kê: {', '.join(broken)}", "Cài lại gói kiemtin: các tệp trong models/ đã bị thay đổi.")
    return Finding("Mô hình", True, "khớp với bản kê")


def _disk(data_dir: Path) -> Finding:
    there = next(path for path in (data_dir, *data_dir.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    writable = os.access(there, os.W_OK)
    ok = free >= _LOW_DISK_BYTES and writable
    text = f"còn {free // 2**20} MiB" + ("" if writable else ", không ghi được")
    return Finding("Đĩa", ok, text, "" if ok else "Giải phóng dung lượng hoặc sửa quyền ghi của thư mục dữ liệu.")


def _records(workspace: Workspace) -> Finding:
    with workspace.records.begin() as conn:
        if conn.dialect.name == "sqlite":
            verdict = str(conn.exec_driver_sql("PRAGMA quick_check").scalar())
            if verdict != "ok":
                return Finding("Records", False, verdict, "Khôi phục records.sqlite3 từ bản sao lưu gần nhất.")
        return Finding(
            "Records", True, f"{story_store.count(conn)} tin, {review_store.count(conn)} kiểm chứng, {len(outlet_store.load_outlets(conn))} nguồn"
        )


def _index(workspace: Workspace) -> Finding:
    with workspace.records.begin() as conn:
        waiting = index_queue.waiting(conn)
        stored = sum(1 for _ in review_store.load_all(conn))
    filed = workspace.index.count("review") if not workspace.index.is_empty() else 0
    if filed != stored and not waiting:
        return Finding("Chỉ mục", False, f"có {filed} kiểm chứng, Records có {stored}", "Chạy `kiemtin reindex`.")
    return Finding("Chỉ mục", True, f"{filed} kiểm chứng" + (f", {waiting} mục đang chờ lượt sau" if waiting else ""))


def _log(workspace: Workspace) -> Finding:
    with workspace.records.begin() as conn:
        broken = broken_at(conn)
        last = decision_store.last(conn)
    if broken is not None:
        mend = "Có người sửa thẳng vào cơ sở dữ liệu: so với bản sao lưu gần nhất, bắt đầu từ dòng này."
        return Finding("Nhật ký quyết định", False, f"chuỗi bị đứt ở dòng {broken}", mend)
    return Finding("Nhật ký quyết định", True, f"{last.seq if last else 0} dòng, chuỗi nguyên vẹn")


def _deliveries(workspace: Workspace) -> Finding:
    with workspace.records.begin() as conn:
        counts = delivery_store.counts(conn)
    failed = sum(states.get("failed", 0) for states in counts.values())
    waiting = sum(states.get("waiting", 0) for states in counts.values())
    text = f"{waiting} đang chờ, {failed} không gửi được"
    return Finding("Gửi đi", not failed, text, "Mở trang Tòa soạn, đọc lý do, rồi gửi lại." if failed else "")


def _crawl(workspace: Workspace) -> Finding:
    with workspace.records.begin() as conn:
        counts = {state.value: count for state, count in frontier.counts(conn).items()}
    if not counts:
        return Finding("Thu thập", True, "chưa có lượt nào; chạy `kiemtin run --catalog outlets.toml`")
    text = f"{counts.get('done', 0)} địa chỉ đã xong, {counts.get('pending', 0)} đang chờ, {counts.get('quarantined', 0)} bị cách ly, {counts.get('gone', 0)} không còn"
    mend = "Xem lý do khi chạy `kiemtin run`; tải lại bằng `kiemtin run --replay-quarantine`." if counts.get("quarantined") else ""
    return Finding("Thu thập", True, text, mend)


def _collecting(workspace: Workspace) -> Finding:
    """What today's passes show of each source; the page `/collecting` has the numbers."""
    with workspace.records.begin() as conn:
        found = troubles_on(conn, day_of(utc_now()), day_is_over=False)
    if not found:
        return Finding("Nguồn tin", True, "không thấy nguồn nào bất thường hôm nay")
    told = "; ".join(f"{one.outlet}: {GAPS[one.kind.value].format(count=one.count, of=one.of, usual=round(one.usual, 1))}" for one in found)
    return Finding("Nguồn tin", False, told, "Xem trang Tình hình thu thập; thử lại bằng `kiemtin outlets check`.")


def _sqlite(_workspace: Workspace) -> Finding:
    return Finding("SQLite", True, sqlite3.sqlite_version)


_CHECKS: tuple[Callable[[Workspace], Finding], ...] = (_records, _index, _crawl, _collecting, _log, _deliveries, _sqlite)
