"""How urgent an alert is: yes/no and how-much questions with visible weights that add up to 100. No text is scored for its tone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiemtin.domain.claims import Appearance, Claim, Evidence, EvidenceRelation, Reason
from kiemtin.domain.repeats import FEWEST
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.stories import HANOI
from kiemtin.domain.weights import Weights

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
_FULL_REACH = 5  # pages: five or more count as full reach
_FULL_REPETITION = 5  # days
_SPECIFIC = frozenset({ClaimKind.RULE_OR_FEE, ClaimKind.EFFECT, ClaimKind.SCAM_METHOD})
# (not older than, value): what was repeated yesterday can still be acted on, what was repeated last month has had its reader.
_RECENCY = ((timedelta(days=1), 1.0), (timedelta(days=3), 0.7), (timedelta(days=7), 0.4), (timedelta(days=14), 0.2))
FADES = _RECENCY[-1][0]  # what is older no longer changes


DEFAULT = Weights()


@dataclass(frozen=True, slots=True)
class Spread:
    """When the pages that repeat a claim were published, and what time it is.

    `counted`: how many public posts repeated it on each of the last eight days that have ended, the oldest first (0 for what is below ten).
    """

    days: Sequence[datetime]
    now: datetime
    counted: Sequence[int] = ()


def prioritise(
    claim: Claim, appearances: Sequence[Appearance], evidence: Sequence[Evidence], spread: Spread | None = None, weights: Weights = DEFAULT
) -> tuple[int, tuple[Reason, ...]]:
    """Priority 0..100 and the parts it is made of. Raises KeyError for a claim without a theme."""
    assert claim.theme is not None
    linked = sum(appearance.linked for appearance in appearances)
    independent = any(piece.independent and piece.relation is EvidenceRelation.REFUTES for piece in evidence)
    grown = doublings(spread.counted) if spread else 0
    days = len({day.astimezone(HANOI).date() for day in spread.days}) if spread else 0
    reasons = (
        Reason("harm", HARM[claim.theme], weights.harm, "Mức có thể gây hại nếu người dân làm theo, theo lĩnh vực"),
        Reason("reach", min(linked + grown, _FULL_REACH) / _FULL_REACH, weights.reach, _reach_words(linked, grown)),
        Reason(
            "specificity", float(claim.kind in _SPECIFIC), weights.specificity, "Nêu quy định, tác dụng hay cách thức mà người dân có thể làm theo"
        ),
        Reason("recency", _recency(spread), weights.recency, _recency_words(spread)),
        Reason("repetition", min(days, _FULL_REPETITION) / _FULL_REPETITION, weights.repetition, f"Số ngày có trang nhắc lại: {days}"),
        Reason("evidence", 1.0 if independent else 0.5, weights.evidence, "Bằng chứng độc lập" if independent else "Chưa có bằng chứng độc lập"),
    )
    return round(sum(reason.value * reason.weight for reason in reasons)), reasons


def doublings(counted: Sequence[int]) -> int:
    """How often the last day's posts are double the usual of the days before (never less than ten): each counts as one page more."""
    if not counted:
        return 0
    *before, last = counted
    usual = max(sum(before) / len(before) if before else 0.0, FEWEST)
    return int(math.log2(last / usual)) if last > usual else 0


def _reach_words(linked: int, grown: int) -> str:
    pages = f"Số trang đã đăng nhắc lại: {linked}"
    return f"{pages}; bài đăng công khai hôm qua gấp {2**grown} lần thường lệ" if grown else pages


def _recency(spread: Spread | None) -> float:
    if spread is None or not spread.days:
        return 0.0
    age = spread.now - max(spread.days)
    return next((value for limit, value in _RECENCY if age <= limit), 0.0)


def _recency_words(spread: Spread | None) -> str:
    if spread is None or not spread.days:
        return "Không rõ lần nhắc lại gần nhất"
    return f"Lần nhắc lại gần nhất: {max(spread.days).astimezone(HANOI):%d/%m/%Y}"
