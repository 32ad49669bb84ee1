"""How the parts of an alert's priority weigh."""

from dataclasses import asdict, dataclass

TOTAL = 100


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts, out of 100 in all. The team changes them in the desk, with history."""

    harm: int = 40
    reach: int = 20
    specificity: int = 10
    recency: int = 10
    repetition: int = 5
    evidence: int = 15

    @property
    def is_valid(self) -> bool:
        parts = asdict(self).values()
        return all(0 <= part <= TOTAL for part in parts) and sum(parts) == TOTAL
