"""How an edition's facts are said in Vietnamese. Pure: body in, words out."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from kiemtin.documents import plain
from kiemtin.domain.stories import HANOI

TITLES = {"daily": "Bản tin ngày", "weekly": "Bản tin tuần", "monthly": "Bản tin tháng"}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
GAPS = {
    "feed_failed": "không tải được {count} nguồn cấp",
    "silent": "gần như im lặng: {count} tin, thường ngày {usual}",
    "parse_fallen": "không đọc được {count} trong {of} trang mới",
    "undated": "{count} trong {of} tin mới không ghi ngày",
    "future_dates": "{count} trong {of} tin ghi ngày ở tương lai, không nhận",
    "under_yield": "{count} tin, ít hơn mức khai báo {usual} tin một ngày",
}
_SYLLABLES_A_MINUTE = 220  # of Vietnamese read silently; slow enough for a reader who stops at figures


def day(text: str) -> str:
    """20/11/2025."""
    return date.fromisoformat(text[:10]).strftime("%d/%m/%Y")


def short_day(text: str) -> str:
    """20/11."""
    return day(text)[:5]


def moment(text: str | None) -> str:
    """20/11/2025 08:05, Vietnam's time; "" where there is none."""
    return datetime.fromisoformat(text).astimezone(HANOI).strftime("%d/%m/%Y %H:%M") if text else ""


def hour(text: str | None) -> str:
    """08:05 20/11."""
    return datetime.fromisoformat(text).astimezone(HANOI).strftime("%H:%M %d/%m") if text else ""


def number(value: float) -> str:
    """1.234 and 12,5."""
    text = f"{value:,.1f}".removesuffix(".0")
    return text.translate(str.maketrans(",.", ".,"))


def title(body: Mapping[str, Any]) -> str:
    """Bản tin ngày 20/11/2025; Bản tin tuần 10/11 – 16/11/2025; Bản tin tháng 10/2025."""
    head, issued = TITLES[body["kind"]], date.fromisoformat(body["day"])
    last = issued - timedelta(days=1)
    match body["kind"]:
        case "weekly":
            return f"{head} {short_day(body['first'])} – {last.strftime('%d/%m/%Y')}"
        case "monthly":
            return f"{head} {last.strftime('%m/%Y')}"
    return f"{head} {issued.strftime('%d/%m/%Y')}"


def weekday(body: Mapping[str, Any]) -> str:
    return WEEKDAYS[date.fromisoformat(body["day"]).weekday()]


def gap(one: Mapping[str, Any]) -> str:
    return GAPS[one["kind"]].format(count=number(one["count"]), of=number(one["of"]), usual=number(one["usual"]))


def minutes(text: str) -> int:
    """How long the text takes to read, at least a minute."""
    return max(1, -(-len(text.split()) // _SYLLABLES_A_MINUTE))


def cleaned(value: Any) -> Any:
    """The same body without characters that turn the direction of what follows, or that no page may hold."""
    if isinstance(value, Mapping):
        return {key: cleaned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return plain(value) if isinstance(value, str) else value
