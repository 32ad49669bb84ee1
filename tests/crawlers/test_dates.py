"""Dates as Vietnamese and English pages write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.dates import VIET_NAM, is_future, parse_date, parse_stated_date

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # noon in Viet Nam


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=VIET_NAM)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", _local(2026, 11, 20)),
        ("2026-11-20T07:30:00+07:00", _local(2026, 11, 20, 7, 30)),
        ("2026-11-20T00:30:00Z", _local(2026, 11, 20, 7, 30)),
        ("2026-11-20T07:30:00.123+0700", _local(2026, 11, 20, 7, 30)),
        ("2026-11-20 07:30", _local(2026, 11, 20, 7, 30)),
        ("20261120T073000", _local(2026, 11, 20, 7, 30)),
        ("Fri, 20 Nov 2026 07:30:00 +0700", _local(2026, 11, 20, 7, 30)),
        ("Fri, 20 Nov 2026 00:30:00 GMT", _local(2026, 11, 20, 7, 30)),
        ("Thu, 19 Nov 2026 19:30:00 EST", _local(2026, 11, 20, 7, 30)),
        ("20/11/2026 07:30", _local(2026, 11, 20, 7, 30)),
        ("07:30 20/11/2026", _local(2026, 11, 20, 7, 30)),
        ("Thứ hai, 20/11/2026, 07:30 (GMT+7)", _local(2026, 11, 20, 7, 30)),
        ("Thứ Hai, 20/11/2026", _local(2026, 11, 20)),
        ("Thứ Bảy, 07/03/2026 - 08:52", _local(2026, 3, 7, 8, 52)),
        ("07/03/2026 08:52 (GMT+07:00)", _local(2026, 3, 7, 8, 52)),
        ("07-03-2026 - 00:01 AM", _local(2026, 3, 7, 0, 1)),
        ("20-11-2026", _local(2026, 11, 20)),
        ("20.11.2026 7h30", _local(2026, 11, 20, 7, 30)),
        ("7/3/26", _local(2026, 3, 7)),
        ("ngày 20 tháng 11 năm 2026", _local(2026, 11, 20)),
        ("Thứ Sáu, ngày 20 tháng 11 năm 2026, 7 giờ 30", _local(2026, 11, 20, 7, 30)),
        ("7:30 chiều ngày 20/11/2026", _local(2026, 11, 20, 19, 30)),
        ("20 tháng mười một, 2026", _local(2026, 11, 20)),
        ("Nov 20, 2026", _local(2026, 11, 20)),
        ("November 20, 2026 7:30 PM", _local(2026, 11, 20, 19, 30)),
        ("20th of November, 2026", _local(2026, 11, 20)),
        ("11/20/2026", _local(2026, 11, 20)),
        ("2 giờ trước", _local(2026, 11, 20, 10)),
        ("15 phút trước", _local(2026, 11, 20, 11, 45)),
        ("7' trước", _local(2026, 11, 20, 11, 53)),
        ("hôm qua 21:05", _local(2026, 11, 19, 21, 5)),
        ("Hôm nay, 07:30", _local(2026, 11, 20, 7, 30)),
        ("an hour ago", _local(2026, 11, 20, 11)),
        ("yesterday at 9:05 pm", _local(2026, 11, 19, 21, 5)),
        ("20 novembre 2026", _local(2026, 11, 20)),
    ],
)
def test_forms(text: str, expected: datetime) -> None:
    found = parse_date(text, NOW)
    assert found == expected
    assert found is not None and found.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "abc", "31/02/2026", "1/1/0001", "20/11", "99999999 giờ trước", "Mười hai", "Điều 12.3.4.5", "x" * 5_000])
def test_no_date(text: str) -> None:
    assert parse_date(text, NOW) is None


def test_day_comes_before_month() -> None:
    assert parse_date("03/04/2026", NOW) == _local(2026, 4, 3)


def test_relative_forms_need_a_clock() -> None:
    assert parse_stated_date("2 giờ trước") is None


def test_future_begins_after_ten_minutes() -> None:
    assert not is_future(NOW + timedelta(minutes=10), NOW)
    assert is_future(NOW + timedelta(minutes=11), NOW)


@settings(deadline=None)  # dateparser takes its time over some texts on a busy machine
@given(st.text(max_size=80))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    found = parse_date(text, NOW)
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 1, 1)))
def test_written_and_read_again(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0, tzinfo=VIET_NAM)
    for form in ("%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S+07:00", "%H:%M, ngày %d tháng %m năm %Y", "%d %b %Y %H:%M +0700"):
        assert parse_date(moment.strftime(form), NOW) == moment
