"""How urgent an alert is: yes/no and how-much questions with visible weights that add up to 100. No text is scored for its tone."""

from collections.abc import Sequence

from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation, Reason
from kiemtin.domain.scope import ClaimKind, Theme

# What could happen to a person who acts on a false claim of this theme: 1 bodily harm, 0.7 loss of money or rights, 0.4 inconvenience.
HARM: dict[Theme, float] = {
    Theme.HEALTH: 1.0,
    Theme.DISASTER: 1.0,
    Theme.FOOD_FISHERIES: 0.9,
    Theme.SCAMS: 0.9,
    Theme.TRANSPORT: 0.7,
    Theme.ENVIRONMENT: 0.7,
    Theme.PUBLIC_SERVICES: 0.7,
    Theme.ECONOMY: 0.7,
    Theme.EDUCATION: 0.5,
    Theme.SCIENCE_TECH: 0.4,
    Theme.TOURISM_CULTURE: 0.4,
}
# Weights out of 100; the monitoring team will be able to change them (with history) in the desk.
WEIGHT_HARM, WEIGHT_REACH, WEIGHT_SPECIFIC, WEIGHT_EVIDENCE = 40.0, 30.0, 10.0, 20.0
_FULL_REACH = 5  # outlets: five or more count as full reach
_SPECIFIC = frozenset({ClaimKind.RULE_OR_FEE, ClaimKind.EFFECT, ClaimKind.SCAM_METHOD})


def prioritise(claim: Claim, appearances: Sequence[Appearance], evidence: Sequence[Evidence]) -> tuple[int, tuple[Reason, ...]]:
    """Priority 0..100 and the parts it is made of. Raises KeyError for a claim without a theme."""
    assert claim.theme is not None
    linked = sum(appearance.linked for appearance in appearances)
    independent = any(piece.independent and piece.relation is EvidenceRelation.REFUTES for piece in evidence)
    reasons = (
        Reason("harm", HARM[claim.theme], WEIGHT_HARM, "Mức có thể gây hại nếu người dân làm theo, theo lĩnh vực"),
        Reason("reach", min(linked, _FULL_REACH) / _FULL_REACH, WEIGHT_REACH, f"Số trang đã đăng nhắc lại: {linked}"),
        Reason("specific", float(claim.kind in _SPECIFIC), WEIGHT_SPECIFIC, "Nêu quy định, tác dụng hay cách thức mà người dân có thể làm theo"),
        Reason("evidence", 1.0 if independent else 0.5, WEIGHT_EVIDENCE, "Bằng chứng độc lập" if independent else "Chưa có bằng chứng độc lập"),
    )
    return round(sum(reason.value * reason.weight for reason in reasons)), reasons
