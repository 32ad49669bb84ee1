"""How urgent an alert is: the sum of visible parts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.priority import HARM, Spread, prioritise
from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.weights import Weights

CLAIM = Claim("c1", "Nước lá vối chữa khỏi tiểu đường", Theme.HEALTH, ClaimKind.EFFECT)
INDEPENDENT = Evidence("c1", "https://soitin.example/1", "Trạm Soi Tin", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES, "Không đúng.", True)
OFFICIAL = replace(INDEPENDENT, independent=False)
SUPPORTS = replace(INDEPENDENT, relation=EvidenceRelation.SUPPORTS)


def pages(linked: int, suggested: int = 0) -> list[Appearance]:
    return [Appearance("c1", f"s{at}", "x", 0, 0.9, at < linked) for at in range(linked + suggested)]


NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
TODAY = Spread([NOW - timedelta(days=day) for day in range(5)], NOW)


@pytest.mark.parametrize(
    ("theme", "kind", "linked", "evidence", "spread", "expected"),
    [
        (Theme.HEALTH, ClaimKind.EFFECT, 5, [INDEPENDENT], TODAY, 100),
        (Theme.HEALTH, ClaimKind.EFFECT, 9, [INDEPENDENT], TODAY, 100),
        (Theme.HEALTH, ClaimKind.EFFECT, 5, [INDEPENDENT], None, 85),
        (Theme.HEALTH, ClaimKind.EFFECT, 5, [OFFICIAL, SUPPORTS], None, 78),
        (Theme.HEALTH, None, 1, [INDEPENDENT], Spread([NOW], NOW), 70),
        (Theme.DISASTER, ClaimKind.EVENT_AT_PLACE, 1, [OFFICIAL], Spread([NOW - timedelta(days=5)], NOW), 56),
        (Theme.TOURISM_CULTURE, ClaimKind.EVENT_AT_PLACE, 1, [OFFICIAL], None, 28),
    ],
)
def test_priority(theme: Theme, kind: ClaimKind | None, linked: int, evidence: list[Evidence], spread: Spread | None, expected: int) -> None:
    assert prioritise(replace(CLAIM, theme=theme, kind=kind), pages(linked), evidence, spread)[0] == expected


def test_what_was_repeated_long_ago_is_less_urgent() -> None:
    ages = [prioritise(CLAIM, pages(1), [], Spread([NOW - timedelta(days=days)], NOW))[0] for days in (0, 2, 5, 10, 30)]
    assert ages == sorted(ages, reverse=True)
    assert len(set(ages)) == 5


def test_the_team_can_weigh_the_parts_anew() -> None:
    only_evidence = Weights(harm=0, reach=0, specificity=0, recency=0, repetition=0, evidence=100)
    assert only_evidence.is_valid
    assert prioritise(CLAIM, pages(9), [OFFICIAL], TODAY, only_evidence)[0] == 50
    assert not replace(only_evidence, harm=1).is_valid
    assert not Weights(harm=-1, reach=21).is_valid


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
    assert max(Weights().reach, Weights().specificity, Weights().evidence) < Weights().harm


def test_more_pages_never_make_it_less_urgent_and_suggested_ones_do_not_count() -> None:
    values = [prioritise(CLAIM, pages(linked), [INDEPENDENT])[0] for linked in range(8)]
    assert values == sorted(values)
    assert prioritise(CLAIM, pages(2, suggested=6), [INDEPENDENT])[0] == values[2]


def test_the_pages_are_named_in_numbers_only() -> None:
    _, reasons = prioritise(CLAIM, pages(3), [INDEPENDENT])
    assert any("3" in reason.text for reason in reasons if reason.name == "reach")
    assert not any("Trạm Soi Tin" in reason.text for reason in reasons)
