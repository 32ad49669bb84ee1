"""What the index keeps of a filed claim beside its keys: enough to see whether it is worth a comparison without reading it again."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from nlp.profile import Profile
from nlp.text import fold

Needle = tuple[str, str, str, float]


class Sought(Protocol):
    """What `compare.coverage` looks for: a claim's profile, or its sketch. `needles`: see `Profile.needles`; `weight`: their sum."""

    @property
    def marked(self) -> bool: ...

    @property
    def needles(self) -> Iterable[Needle]: ...

    @property
    def weight(self) -> float: ...


class Sketch:
    """One wording of a claim, as far as looking for its words needs it. Read word by word: most passages are told by the first few."""

    __slots__ = ("_lines", "marked", "weight")

    def __init__(self, marked: bool, weight: float, lines: Sequence[str]) -> None:
        self.marked = marked
        self.weight = weight
        self._lines = lines

    @property
    def needles(self) -> Iterator[Needle]:
        for line in self._lines:
            form, weight, concept = line.split("\t")
            yield concept or form, *_between_blanks(form), float(weight)


def write_sketches(wordings: Sequence[Profile]) -> bytes:
    """The wordings of one claim: for each a line `marked<TAB>weight` and a line `form<TAB>weight<TAB>concept where it is another` for
    each of its words, the heaviest first; a blank line between wordings."""
    return "\n\n".join(map(_written, wordings)).encode()


def _written(passage: Profile) -> str:
    words = sorted(passage.terms, key=lambda term: -term.weight)
    lines = [f"{term.form}\t{term.weight:.4f}\t{term.concept if term.concept != term.form else ''}" for term in words]
    return "\n".join([f"{int(passage.marked)}\t{passage.weight:.4f}", *lines])


def read_sketches(body: bytes) -> tuple[Sketch, ...]:
    """What `write_sketches` wrote."""
    return tuple(_sketch(part.split("\n")) for part in body.decode().split("\n\n")) if body else ()


def _sketch(lines: list[str]) -> Sketch:
    marked, weight = lines[0].split("\t")
    return Sketch(marked == "1", float(weight), lines[1:])


@lru_cache(maxsize=50_000)
def _between_blanks(form: str) -> tuple[str, str]:
    """As written and folded: claims share most of their words."""
    return f" {form} ", f" {fold(form)} "
