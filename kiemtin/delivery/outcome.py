"""How a delivery ended: values, because a destination that does not answer is nothing unexpected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """`receipt`: what the other side answered, shortened."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Failed:
    """`final`: trying again cannot help."""

    reason: str
    final: bool = False


Outcome = Sent | Failed
