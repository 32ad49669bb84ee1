"""Whose word evidence is: every way in which a publisher is not, or is, independent of a claim and of the office."""

from dataclasses import replace

import pytest

from alerts.independence import Office, is_independent
from kiemtin.domain.outlets import Outlet, OutletKind

OFFICE = Office("Văn phòng Tỉnh Sông Mây", "VN")
CLAIM = "Nước sông Cái Vẹt nhiễm thủy ngân gấp 12 lần mức cho phép"


def declared(
    name: str, kind: OutletKind = OutletKind.NEWS, controller: str = "", state: str | None = None, speaks_for: tuple[str, ...] = ()
) -> Outlet:
    home = "https://vi-du.example"
    return Outlet(name, kind, home, "vi", f"Tòa soạn {name}", f"{home}/toa-soan", controller, (f"{home}/rss",), state=state, speaks_for=speaks_for)


CHECKER = declared("Trạm Soi Tin", OutletKind.FACT_CHECKER, "Hội Soi Tin")
PAPER = declared("Báo Gò Mây", controller="Công ty Gò Mây")
STATE_PAPER = declared("Báo Tỉnh", controller="Ủy ban tỉnh", state="VN")
FOREIGN_STATE = declared("Đài Xa", OutletKind.AUTHORITY, "Bộ Khí tượng nước Xa", "FR", ("Cơ quan Khí tượng Xa",))
MINISTRY = declared("Bộ Nước", OutletKind.AUTHORITY, "Chính phủ", "VN", ("Bộ Nước", "Bộ Tài nguyên Nước"))
UNDECLARED = declared("Báo Vô Chủ")
OWN = declared("Bản tin Văn phòng", controller="văn phòng tỉnh sông mây")
MILL = declared("Tin Nhà máy", controller="Tập đoàn Cái Vẹt", speaks_for=("Nhà máy giấy Cái Vẹt",))
CATALOG = (CHECKER, PAPER, STATE_PAPER, FOREIGN_STATE, MINISTRY, UNDECLARED, OWN, MILL)


@pytest.mark.parametrize(
    ("publisher", "independent"),
    [
        (CHECKER, True),
        (PAPER, True),
        (FOREIGN_STATE, True),
        (STATE_PAPER, False),
        (MINISTRY, False),
        (UNDECLARED, False),
        (replace(CHECKER, controller=" "), False),
        (OWN, False),
        (None, False),
    ],
    ids=lambda one: one.name if isinstance(one, Outlet) else str(one),
)
def test_by_publisher(publisher: Outlet | None, independent: bool) -> None:
    assert is_independent(publisher, "", CLAIM, OFFICE, CATALOG) is independent


@pytest.mark.parametrize(
    ("speaker", "independent"),
    [
        ("", True),
        ("Trạm Soi Tin", True),  # speaks for itself
        ("trạm soi tin ", True),
        ("Tòa soạn Trạm Soi Tin", True),
        ("Đài Xa", True),
        ("Cơ quan Khí tượng Xa", True),  # an authority of another state, under a name it declares
        ("Bộ Nước", False),
        ("Bộ Tài nguyên Nước", False),
        ("Báo Gò Mây", False),  # a newspaper is no source of its own
        ("Sở Không Rõ", False),  # nobody has declared who that is
        ("một nguồn không nêu tên", False),
    ],
)
def test_a_passage_counts_as_the_one_it_attributes_to(speaker: str, independent: bool) -> None:
    assert is_independent(CHECKER, speaker, CLAIM, OFFICE, CATALOG) is independent


@pytest.mark.parametrize(
    ("claim", "independent"),
    [
        (CLAIM, True),
        ("Nhà máy giấy Cái Vẹt xả thải đêm 18/11", False),
        ("TẬP ĐOÀN CÁI VẸT xả thải đêm 18/11", False),
        ("Theo Tin Nhà máy, nước sông sạch", False),
    ],
)
def test_the_body_concerned_is_not_independent(claim: str, independent: bool) -> None:
    assert is_independent(MILL, "", claim, OFFICE, CATALOG) is independent


def test_the_office_decides_which_state_and_controller_are_its_own() -> None:
    abroad = Office("", "FR")
    assert is_independent(STATE_PAPER, "", CLAIM, abroad, CATALOG)
    assert is_independent(OWN, "", CLAIM, abroad, CATALOG)
    assert not is_independent(FOREIGN_STATE, "", CLAIM, abroad, CATALOG)


def test_an_office_without_a_declared_controller_makes_no_undeclared_outlet_its_own_or_independent() -> None:
    assert not is_independent(UNDECLARED, "", CLAIM, Office("", "VN"), CATALOG)
    assert is_independent(CHECKER, "", CLAIM, Office("", "VN"), CATALOG)
