"""Limit 9, coverage is press clipping: in this version nothing watches, counts over time or forecasts, and a person's name is known as one."""

from collections.abc import Callable

import pytest

from kiemtin.config import Config
from kiemtin.store.tables import metadata
from nlp.privacy import is_person_name
from tests.limits.test_limit_2_posts_counted import commands
from tests.limits.tools import TEXTS, defined, modules, name_words, source

NAMES = [line for line in (TEXTS / "generated_names.txt").read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
# What a watchlist is made of: listed places, sectors and subjects.
PLACES_SECTORS_SUBJECTS = (
    "Cần Thơ",
    "Đồng Tháp",
    "Bạc Liêu",
    "An Giang",
    "Quảng Trị",
    "Lâm Đồng",
    "Thành phố Hồ Chí Minh",
    "Hà Nội",
    "Ninh Kiều",
    "Bà Rịa - Vũng Tàu",
    "Sông Hậu",
    "vịnh Hạ Long",
    "đồng bằng sông Cửu Long",
    "can tho",
    "dong bang song cuu long",
    "sốt xuất huyết",
    "tay chân miệng",
    "xăng dầu",
    "giá lúa",
    "cá tra",
    "tôm sú",
    "xâm nhập mặn",
    "sạt lở bờ sông",
    "bão",
    "lũ quét",
    "học phí",
    "bảo hiểm y tế",
    "căn cước",
    "hộ chiếu",
    "đăng kiểm",
    "quốc lộ 1",
    "cao tốc Bắc - Nam",
    "sân bay Long Thành",
    "ngân hàng",
    "lãi suất",
    "lừa đảo qua điện thoại",
    "vắc-xin",
    "chất lượng không khí",
    "rice exports",
    "dengue fever",
    "storm warning",
    "Mekong Delta",
)
WATCHING = frozenset(
    """watchlist watch watcher watched timeseries trend trending spike burst anomaly anomalies forecast forecasting surge outbreak volume
    histogram iptc mediatopic""".split()  # noqa: SIM905
)


def test_limit_9_every_generated_name_is_known_as_a_persons() -> None:
    assert len(NAMES) >= 100
    assert [name for name in NAMES if not is_person_name(name)] == []


def _blanks(name: str) -> str:
    return f"  {name} "


def _quoted(name: str) -> str:
    return f"“{name}”"


# Shares measured 2026-11. In small letters a name of the uplands or a nickname (`lý a sùng`, `tư rẫy`) looks like other words.
@pytest.mark.parametrize(("change", "floor"), [(_blanks, 1.0), (_quoted, 1.0), (str.upper, 0.95), (str.lower, 0.8)])
def test_limit_9_a_name_is_known_however_it_is_written(change: Callable[[str], str], floor: float) -> None:
    names = [name for name in NAMES if " " in name and name.replace(" ", "").isalpha()]
    missed = [change(name) for name in names if not is_person_name(change(name))]
    assert 1 - len(missed) / len(names) >= floor, missed


def test_limit_9_places_sectors_and_subjects_are_no_persons_names() -> None:
    assert [term for term in PLACES_SECTORS_SUBJECTS if is_person_name(term)] == []


def test_limit_9_there_is_no_watchlist_series_or_spike() -> None:
    """They come with the tests of LIMITS.md: names refused, unpublished terms never match, series over sensitive subjects raise."""
    for path, tree in modules():
        assert not name_words(path.removesuffix(".py")) & WATCHING, path
        assert [name for name in sorted(defined(tree)) if name_words(name) & WATCHING] == [], path
    stored = {name for table in metadata.tables.values() for name in (table.name, *table.columns.keys())}
    assert [name for name in sorted(stored) if name_words(name) & WATCHING] == []
    assert [name for name in Config.model_fields if name_words(name) & WATCHING] == []
    assert [name for name, _ in commands() if name_words(name) & WATCHING] == []


def test_limit_9_no_name_in_a_text_becomes_a_field() -> None:
    """Recognising names serves to refuse tips and to tell places apart: nothing that is kept is made of it."""
    users = {path for path, tree in modules() for name in ("is_person_name", "holds_name", "find_private") if f"{name}(" in source(tree)}
    assert {path for path in users if not path.startswith("nlp/")} <= {
        "kiemtin/pipeline/intake.py",
        "kiemtin/pipeline/reviewing.py",
        "kiemtin/pipeline/tipping.py",
    }
