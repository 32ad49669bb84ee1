"""What the index keeps of a filed claim beside its keys: enough to see whether it is worth a comparison without reading it again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from nlp.profile import Profile
from nlp.text import fold

Needle = tuple[str, str, str, float]


class Sought(Protocol):
    """What `compare.coverage` looks for: a claim's profile, or its sketch. `needles`: see `Profile.needles`; `weight`: their sum."""

    @property
    def marked(self) -> bool: ...

    @property
    def needles(self) -> tuple[Needle, ...]: ...

    @property
    def weight(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Sketch:
    """One wording of a claim, as far as looking for its words needs it."""

    marked: bool
    needles: tuple[Needle, ...]
    weight: float


def write_sketches(wordings: Sequence[Profile]) -> bytes:
    """The wordings of one claim: `[[marked, [[form, weight, concept where it is another], ...]], ...]` as JSON."""
    rows = [
        [passage.marked, [[term.form, term.weight] + ([term.concept] if term.concept != term.form else []) for term in passage.terms]]
        for passage in wordings
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def read_sketches(body: bytes) -> tuple[Sketch, ...]:
    """What `write_sketches` wrote."""
    return tuple(_sketch(marked, rows) for marked, rows in json.loads(body))


def _sketch(marked: bool, rows: list[list[Any]]) -> Sketch:
    heaviest_first = sorted(rows, key=lambda row: -row[1])  # most passages are told by the first few
    needles = tuple((other[0] if other else form, *_between_blanks(form), weight) for form, weight, *other in heaviest_first)
    return Sketch(marked, needles, sum(needle[3] for needle in needles))


@lru_cache(maxsize=50_000)
def _between_blanks(form: str) -> tuple[str, str]:
    """As written and folded: claims share most of their words."""
    return f" {form} ", f" {fold(form)} "
