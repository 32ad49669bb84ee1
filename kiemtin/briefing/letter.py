"""An edition as plain text: the body of its e-mail, and what its reading time is counted on."""

from collections.abc import Iterator, Mapping
from typing import Any

from kiemtin.briefing import words
from kiemtin.documents import plain


def text_of(body: Mapping[str, Any]) -> str:
    """One line for each thing that the page shows, in its order."""
    return plain("\n".join([words.title(body).upper(), body["office"], "", *_lines(body), ""]))


def sections(body: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Headings with their lines, the same in a letter and in a document."""
    yield "Rút lại", [f"RÚT LẠI: {one['statement']}{_after(one['withdrawal_reason'])} {one['url']}" for one in body["withdrawals"]]
    yield "Đính chính đã công bố", [f"{one['rating_name']}: {one['statement']} {one['url']}" for one in body["corrections"]]
    for watched in body["watchlists"]:
        yield watched["name"], [_news(item) for item in watched["items"]]
    if body["nothing_new"]:
        yield "Báo chí đưa tin", ["Kỳ này không có gì mới."]
    yield "Sắp diễn ra (do cơ quan tự nhập)", [f"{words.day(one['day'])}: {one['text']}" for one in body["events"]]
    yield "Điều đã đính chính từng lan đến đâu", [_repeated(one) for one in body["repeats"]]
    yield "Được nhắc lại trong bài đăng công khai", [_counted(one) for one in body.get("counted", ())]
    yield "Con số", list(_numbers(body))
    yield "Những gì không thu thập được", [f"{one['outlet']}: {words.gap(one)}" for one in body["gaps"]] or ["Mọi nguồn đều bình thường."]


def _lines(body: Mapping[str, Any]) -> Iterator[str]:
    for title, found in sections(body):
        if found:
            yield title.upper()
            yield from (f"- {line}" for line in found)
            yield ""
    yield body["url"]


def _after(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


def _news(item: Mapping[str, Any]) -> str:
    first, others = item["links"][0], item["links"][1:]
    grown = " [có diễn biến mới]" if item["state"] == "grown" else ""
    also = f"; {', '.join(link['outlet'] for link in others)}" if others else ""
    return f"{item['title']}{grown} — {first['outlet']}, {words.hour(first['published_at'])}{also}. {first['url']}"


def _repeated(one: Mapping[str, Any]) -> str:
    cells = "; ".join(f"{words.short_day(cell['day'])}: {cell['pages']} trang" for cell in one["spread"])
    return f"{one['statement']} ({one['rating_name']}). {cells}. {one['url']}"


def _counted(one: Mapping[str, Any]) -> str:
    cells = "; ".join(f"{words.short_day(cell['day'])}: {words.number(cell['posts'])} bài" for cell in one["days"])
    denials = one["denials"] if isinstance(one["denials"], str) else words.number(one["denials"])
    return f"{one['statement']}. {cells}. Bác lại: {denials}. {one['url']}"


def _numbers(body: Mapping[str, Any]) -> Iterator[str]:
    volume = body["volume"]
    yield f"{words.number(volume['stories'])} tin của {len(volume['outlets'])} nguồn, kể về {words.number(volume['clusters'])} sự việc. {volume['query']}"
    for one in volume["spikes"]:
        expected = words.number(one["expected"])
        yield f"Nhiều hơn hẳn thường lệ: {one['name']}, {words.short_day(one['day'])}: {words.number(one['count'])} tin, bốn tuần trước cho thấy khoảng {expected}."
    if volume["forecast"]:
        days = "; ".join(f"{words.short_day(day['day'])}: {words.number(round(day['expected']))}" for day in volume["forecast"]["days"])
        yield f"Dự báo số tin bảy ngày tới: {days} (sai số trung bình {words.number(volume['forecast']['error'])} tin một ngày)."
    alerts = "; ".join(f"{one['name']} {one['count']}" for one in body["open_alerts"])
    yield f"Cảnh báo đang mở: {alerts}." if alerts else "Không có cảnh báo nào đang mở."
