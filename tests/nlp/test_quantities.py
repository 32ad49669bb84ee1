"""Numbers and dates: the same amount in every spelling, and nothing that is none."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlp.dates import DayOfYear, find_dates
from nlp.numerals import parse_number
from nlp.quantities import Quantity, find_quantities
from nlp.text import expand_chat, nfc, tokenize

DAY, WEEK, MONTH, YEAR = 1440.0, 10080.0, 43800.0, 525600.0


def read(text: str) -> tuple[tuple[Quantity, ...], tuple[DayOfYear, ...]]:
    tokens = expand_chat(tokenize(nfc(text)))
    dates = find_dates(tokens)
    return find_quantities(tokens, dates), dates


def amounts(text: str) -> list[tuple[float, str]]:
    return [(quantity.value, quantity.unit) for quantity in read(text)[0]]


def days(text: str) -> list[tuple[int | None, int | None, int | None]]:
    return [(date.day, date.month, date.year) for date in read(text)[1]]


def known(text: str, *more: object, reason: str) -> object:
    return pytest.param(text, *more, marks=pytest.mark.xfail(strict=True, reason=reason))


AMOUNTS = [
    # money
    ("5 triệu đồng", 5e6, "vnd"),
    ("5.000.000 đồng", 5e6, "vnd"),
    ("năm triệu đồng", 5e6, "vnd"),
    ("5tr đồng", 5e6, "vnd"),
    ("phạt 5tr", 5e6, "vnd"),
    ("nam trieu dong", 5e6, "vnd"),
    ("five million dong", 5e6, "vnd"),
    ("5 million VND", 5e6, "vnd"),
    ("1,5 triệu đồng", 1.5e6, "vnd"),
    ("2 tỷ đồng", 2e9, "vnd"),
    ("hai tỉ đồng", 2e9, "vnd"),
    ("20.000 đồng", 20_000, "vnd"),
    ("20.000đ", 20_000, "vnd"),
    ("vé 20k", 20_000, "vnd"),
    ("vé 20 nghìn", 20_000, "vnd"),
    ("hai mươi nghìn đồng", 20_000, "vnd"),
    ("20 nghin dong", 20_000, "vnd"),
    ("hai muoi nghin dong", 20_000, "vnd"),
    ("vé ba chục ngàn", 30_000, "vnd"),
    ("ba ngàn rưỡi", 3_500, "vnd"),
    ("hai mươi lăm ngàn", 25_000, "vnd"),
    ("100 USD", 100, "usd"),
    ("100 đô la", 100, "usd"),
    ("1 triệu 200 nghìn đồng", 1.2e6, "vnd"),
    ("mất 1tr2", 1.2e6, "vnd"),
    ("nửa triệu", 500_000, "vnd"),
    ("một phần tư triệu đồng", 250_000, "vnd"),
    ("năm mươi đô", 50, "usd"),
    ("1 triệu rưỡi", 1.5e6, "vnd"),
    ("trạm 5G giá 2 triệu đồng", 2e6, "vnd"),
    ("hai tỷ ba trăm triệu đồng", 2.3e9, "vnd"),
    # percent and shares
    ("một phần ba số hộ", 100 / 3, "%"),
    ("1/2 số hộ", 50, "%"),
    ("-2,5%", -2.5, "%"),
    ("12%", 12, "%"),
    ("12,5%", 12.5, "%"),
    ("12 %", 12, "%"),
    ("12 phần trăm", 12, "%"),
    ("mười hai phần trăm", 12, "%"),
    ("3 percent", 3, "%"),
    ("sáu trong mỗi mười mẫu", 60, "%"),
    ("7 trên 10 hộ", 70, "%"),
    # times
    ("gấp đôi", 2, "times"),
    ("gấp 3 lần", 3, "times"),
    ("ba lần", 3, "times"),
    # spans of time, in minutes
    ("30 phút", 30, "time"),
    ("hai tiếng", 120, "time"),
    ("72 giờ", 3 * DAY, "time"),
    ("hai mươi tư giờ", DAY, "time"),
    ("3 ngày", 3 * DAY, "time"),
    ("2 tuần", 2 * WEEK, "time"),
    ("nửa tháng", MONTH / 2, "time"),
    ("nửa ngày", DAY / 2, "time"),
    ("2 tháng", 2 * MONTH, "time"),
    ("một năm rưỡi", 1.5 * YEAR, "time"),
    ("5 năm", 5 * YEAR, "time"),
    ("10 minutes", 10, "time"),
    ("hai tiếng rưỡi", 150, "time"),
    ("nửa năm", YEAR / 2, "time"),
    ("trong 2 giờ", 120, "time"),
    # times of day
    ("lúc 7h", 7, "hour"),
    ("2 giờ sáng", 2, "hour"),
    ("lúc 19 giờ", 19, "hour"),
    ("7 giờ tối", 19, "hour"),
    ("6 giờ 15", 6.25, "hour"),
    ("6h15", 6.25, "hour"),
    ("6:15", 6.25, "hour"),
    ("sáu giờ sáng mười lăm phút", 6.25, "hour"),
    # measures
    ("10 km", 10_000, "m"),
    ("2 cây số", 2_000, "m"),
    ("1.234,5 mét", 1_234.5, "m"),
    ("5 mm", 0.005, "m"),
    ("1,2 tấn", 1_200, "kg"),
    ("500 gram", 0.5, "kg"),
    ("39 độ C", 39, "degree"),
    ("âm 5 độ C", -5, "degree"),
    ("xuống -3 độ C", -3, "degree"),
    ("nửa cây số", 500, "m"),
    ("tám độ dưới không", -8, "degree"),
    ("động đất 7 chấm 2 độ", 7.2, "degree"),
    # ordinals
    ("bão số 15", 15, "no"),
    ("lớp 6", 6, "no"),
    ("vùng II", 2, "no"),
    ("gió cấp 12", 12, "no"),
    ("tuyến số 5", 5, "no"),
    ("quốc lộ 1", 1, "no"),
    ("quận 7", 7, "no"),
    ("nghị định số 168", 168, "no"),
    # plain counts
    ("120 người", 120, ""),
    ("mười lăm người", 15, ""),
    ("hai mươi mốt học sinh", 21, ""),
    ("ba tỉnh", 3, ""),
    ("năm người", 5, ""),
    ("1.500 con", 1_500, ""),
    ("1,500 people", 1_500, ""),
    ("twenty people", 20, ""),
    ("2,5 triệu lượt khách", 2.5e6, ""),
    ("2 cây xăng", 2, ""),
    ("một trăm hai mươi người", 120, ""),
    ("một trăm lẻ năm người", 105, ""),
    ("hai mốt người", 21, ""),
    ("một tá người", 12, ""),
    # years
    ("năm 2026", 2026, "year"),
    ("in 2026", 2026, "year"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "unit"), AMOUNTS)
def test_an_amount(text: str, value: float, unit: str) -> None:
    found = amounts(text)
    assert len(found) == 1, found
    assert found[0][1] == unit
    assert found[0][0] == pytest.approx(value)


def test_the_table_is_long_enough() -> None:
    assert len(AMOUNTS) >= 60


@pytest.mark.parametrize(
    ("text", "noun"),
    [("bão số 15", "bao"), ("lớp 6", "lop"), ("vùng II", "vung"), ("tuyến số 5", "tuyen"), ("120 người", "nguoi"), ("3 ngày", "ngay")],
)
def test_what_is_counted(text: str, noun: str) -> None:
    assert [quantity.noun for quantity in read(text)[0]] == [noun]


@pytest.mark.parametrize("text", ["trong 2026 hộ dân", "cháy 3 nhà", "do 7 người"])
def test_no_ordinal_and_no_year(text: str) -> None:
    assert not {unit for _, unit in amounts(text)} & {"no", "year"}


@pytest.mark.parametrize(
    "text", ["", "không có gì", "năm nay", "một hôm", "ba mẹ", "tư nhân", "sáu", "nam giới", "may mắn", "vi khuẩn", "tháng trước", "hàng trăm hộ"]
)
def test_words_that_are_no_numbers(text: str) -> None:
    assert read(text) == ((), ())


DATES = [
    ("18/11", (18, 11, None)),
    ("đêm 18-11", (18, 11, None)),
    ("18/11/2026", (18, 11, 2026)),
    ("18-11-2026", (18, 11, 2026)),
    ("18.11.2026", (18, 11, 2026)),
    ("18/11/26", (18, 11, 2026)),
    ("2026-11-18", (18, 11, 2026)),
    ("ngày 3.5", (3, 5, None)),
    ("ngày 20 tháng 11 năm 2026", (20, 11, 2026)),
    ("20 tháng 11", (20, 11, None)),
    ("ngay 20 thang 11", (20, 11, None)),
    ("tháng 12 năm 2026", (None, 12, 2026)),
    ("tháng 12", (None, 12, None)),
    ("tháng 12/2026", (None, 12, 2026)),
    ("12/2026", (None, 12, 2026)),
    ("hai mươi lăm tháng mười một", (25, 11, None)),
    ("ngày mười chín tháng Mười hai", (19, 12, None)),
    ("mồng một tháng Mười hai", (1, 12, None)),
    ("ngày đầu tiên của tháng 12", (1, 12, None)),
    ("từ 1.12", (1, 12, None)),
    ("hôm 15", (15, None, None)),
    ("từ ngày 15", (15, None, None)),
    ("20 November 2026", (20, 11, 2026)),
    ("November 20", (20, 11, None)),
    ("May 5", (5, 5, None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "date"), DATES)
def test_a_date(text: str, date: tuple[int | None, int | None, int | None]) -> None:
    assert days(text) == [date]
    assert not read(text)[1][0].lunar
    assert amounts(text) == [], "what belongs to a date is no number"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("mùng 2 Tết", (2, 1)),
        ("mồng 3 Tết", (3, 1)),
        ("rằm tháng 7", (15, 7)),
        ("10/3 âm lịch", (10, 3)),
        ("ngày 10 tháng 3 âm lịch", (10, 3)),
        ("mồng 5 tháng Giêng", (5, 1)),
    ],
)
def test_a_lunar_date(text: str, date: tuple[int, int]) -> None:
    found = read(text)[1]
    assert [(one.day, one.month, one.lunar) for one in found] == [(*date, True)]


@pytest.mark.parametrize("text", ["cuối tháng 11", "hết tháng 11", "ngày cuối cùng của tháng 11"])
def test_the_end_of_a_month(text: str) -> None:
    assert [(date.month, date.ends) for date in read(text)[1]] == [(11, True)]
    assert not read("từ tháng 11")[1][0].ends


@pytest.mark.parametrize(
    "text",
    [
        "3.5",
        "tăng 3.5 điểm",
        "5-7 mét",
        "32/13",
        "ngày 45",
        "may be 5",
        "1.234",
        "12,5",
        "từ 5-7 mét",
        "1/2 số hộ",
    ],
)
def test_no_date(text: str) -> None:
    assert days(text) == []


@pytest.mark.parametrize("text", ["nghỉ hai tháng", "trong ba tháng hai người", "nửa tháng 3 lần", "vài tháng bốn chuyến"])
def test_months_that_are_counted_are_no_dates(text: str) -> None:
    assert days(text) == []


@pytest.mark.parametrize("text", ["từ 23 đến 28/11", "23–28/11", "ngày 23 và 28/11"])
def test_the_first_of_two_days_is_of_the_same_month(text: str) -> None:
    assert days(text) == [(23, 11, None), (28, 11, None)]


def test_a_span_in_one_word_is_some_day_of_its_month() -> None:
    assert days("từ 23-28/11") == [(None, 11, None)]
    assert days("23 người đến 28/11") == [(28, 11, None)]


def test_the_last_lunar_month_said_to_be_solar_is_december() -> None:
    assert [(date.month, date.lunar) for date in read("tháng Chạp dương lịch")[1]] == [(12, False)]
    assert [(date.month, date.lunar) for date in read("tháng Chạp")[1]] == [(12, True)]


def test_a_decimal_in_words() -> None:
    assert amounts("một phẩy năm phần trăm") == [(1.5, "%")]


@pytest.mark.parametrize("text", ["bão số 15", "cơn bão thứ 15", "cơn bão mang số 15"])
def test_a_storm_by_its_number(text: str) -> None:
    assert [(quantity.value, quantity.noun) for quantity in read(text)[0]] == [(15, "bao")]


def test_the_hours_around_midnight() -> None:
    night, dawn = read("đêm 14/11")[1][0], read("rạng sáng 15/11")[1][0]
    assert (night.night, night.dawn) == (True, False)
    assert (dawn.night, dawn.dawn) == (False, True)


def test_a_long_sentence_gives_each_once() -> None:
    text = "Từ 1/12 vé xe buýt tuyến số 5 tăng 20% lên 12.000 đồng, trẻ em dưới 6 tuổi được miễn, theo thông báo ngày 20 tháng 11 năm 2026."
    assert days(text) == [(1, 12, None), (20, 11, 2026)]
    assert amounts(text) == [(5, "no"), (20, "%"), (12_000, "vnd"), (6, "")]


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("50.000", 50_000), ("3,5", 3.5), ("3.5", 3.5), ("1.234,5", 1_234.5), ("1,234.5", 1_234.5), ("12%", 12), ("007", 7), ("1.2.3", None),
        ("18/11", None),
        ("", None), ("%", None), ("12.34.567", None), ("abc", None),
    ],
)  # fmt: skip
def test_parse_number(form: str, value: float | None) -> None:
    assert parse_number(form) == value


_PIECES = st.sampled_from(
    [
        "một", "hai", "ba", "năm", "mươi", "mười", "trăm", "lẻ", "nghìn", "triệu", "tỷ", "đồng", "rưỡi", "nửa", "tháng", "ngày",
        "mùng", "rằm", "hôm", "Tết", "số", "5", "12", "3,5", "1/2", "18-11", "2026", "%", "k", "tr", "h", "độ", "âm", "gấp", "đôi",
        "trong", "mỗi", "10", "vùng", "II", "lịch", "không", "May", "20", "Giêng", "0", "00", "99/99", "0000-00-00", "1tr2",
        "7h30", "-",
    ]
)  # fmt: skip


def _small_raised(text: str) -> bool:
    """Figures that are digits without being decimal, such as `²`: they have a test of their own, below."""
    return any(char.isdigit() and not char.isdecimal() for char in nfc(text))


@example("rộng 10 m² và 5 km²")
@example("9" * 400 + " đồng")
@example("٣ người")
@given(
    st.one_of(
        st.text(max_size=60).filter(lambda text: not _small_raised(text)),
        st.lists(_PIECES, max_size=16).map(" ".join),
        st.lists(_PIECES, max_size=16).map("".join),
    )
)
def test_never_raises_and_points_into_the_tokens(text: str) -> None:
    tokens = expand_chat(tokenize(nfc(text)))
    dates = find_dates(tokens)
    quantities = find_quantities(tokens, dates)
    for found in (dates, quantities):
        taken = [at for one in found for at in range(one.first, one.last + 1)]
        assert all(0 <= at < len(tokens) for at in taken)
        assert taken == sorted(set(taken)), "in order, and no token belongs to two of them"
    assert not any(math.isnan(quantity.value) for quantity in quantities)
    assert all((date.day is None or 1 <= date.day <= 31) and (date.month is None or 1 <= date.month <= 12) for date in dates)


@pytest.mark.parametrize("text", ["diện tích 10²", "theo ghi chú ¹ năm 2026", "①", "CO₂ tăng 5 ₂"])
def test_small_raised_figures_do_not_raise(text: str) -> None:
    read(text)
