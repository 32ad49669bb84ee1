"""How urgent an alert is: the sum of visible parts."""

from dataclasses import replace

import pytest

from alerts import priority
from alerts.priority import HARM, prioritise
from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.scope import ClaimKind, Theme

CLAIM = Claim("c1", "Nước lá vối chữa khỏi tiểu đường", Theme.HEALTH, ClaimKind.EFFECT)
INDEPENDENT = Evidence("c1", "https://soitin.example/1", "Trạm Soi Tin", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES, "Không đúng.", True)
OFFICIAL = replace(INDEPENDENT, independent=False)
SUPPORTS = replace(INDEPENDENT, relation=EvidenceRelation.SUPPORTS)


def pages(linked: int, suggested: int = 0) -> list[Appearance]:
    return [Appearance("c1", f"s{at}", "x", 0, 0.9, at < linked) for at in range(linked + suggested)]


@pytest.mark.parametrize(
    ("theme", "kind", "linked", "evidence", "expected"),
    [
        (Theme.HEALTH, ClaimKind.EFFECT, 5, [INDEPENDENT], 100),
        (Theme.HEALTH, ClaimKind.EFFECT, 9, [INDEPENDENT], 100),
        (Theme.HEALTH, ClaimKind.EFFECT, 5, [OFFICIAL], 90),
        (Theme.HEALTH, ClaimKind.EFFECT, 5, [OFFICIAL, SUPPORTS], 90),
        (Theme.HEALTH, ClaimKind.QUANTITY_OR_DATE, 5, [INDEPENDENT], 90),
        (Theme.HEALTH, None, 1, [INDEPENDENT], 66),
        (Theme.DISASTER, ClaimKind.EVENT_AT_PLACE, 1, [OFFICIAL], 56),
        (Theme.SCAMS, ClaimKind.SCAM_METHOD, 1, [INDEPENDENT], 72),
        (Theme.PUBLIC_SERVICES, ClaimKind.RULE_OR_FEE, 2, [OFFICIAL], 60),
        (Theme.TOURISM_CULTURE, ClaimKind.EVENT_AT_PLACE, 1, [OFFICIAL], 32),
    ],
)
def test_priority(theme: Theme, kind: ClaimKind | None, linked: int, evidence: list[Evidence], expected: int) -> None:
    assert prioritise(replace(CLAIM, theme=theme, kind=kind), pages(linked), evidence)[0] == expected


def test_the_reasons_add_up_to_it_and_their_weights_to_a_hundred() -> None:
    for theme in Theme:
        value, reasons = prioritise(replace(CLAIM, theme=theme), pages(3), [OFFICIAL])
        assert value == round(sum(reason.value * reason.weight for reason in reasons))
        assert sum(reason.weight for reason in reasons) == 100
        assert all(0 <= reason.value <= 1 and reason.text for reason in reasons)
        assert 0 <= value <= 100


def test_every_theme_has_its_harm_and_bodily_harm_comes_first() -> None:
    assert set(HARM) == set(Theme)
    assert all(0 < harm <= 1 for harm in HARM.values())
    assert {theme for theme, harm in HARM.items() if harm == 1} == {Theme.HEALTH, Theme.DISASTER}
    assert max(priority.WEIGHT_REACH, priority.WEIGHT_SPECIFIC, priority.WEIGHT_EVIDENCE) < priority.WEIGHT_HARM


def test_more_pages_never_make_it_less_urgent_and_suggested_ones_do_not_count() -> None:
    values = [prioritise(CLAIM, pages(linked), [INDEPENDENT])[0] for linked in range(8)]
    assert values == sorted(values)
    assert prioritise(CLAIM, pages(2, suggested=6), [INDEPENDENT])[0] == values[2]


def test_the_pages_are_named_in_numbers_only() -> None:
    _, reasons = prioritise(CLAIM, pages(3), [INDEPENDENT])
    assert any("3" in reason.text for reason in reasons if reason.name == "reach")
    assert not any("Trạm Soi Tin" in reason.text for reason in reasons)
