"""Which words of a passage decide, for a reader to see at once: figures, dates, places and negations, and which of them differ from the claim's."""

from collections.abc import Iterator
from dataclasses import dataclass

from nlp.profile import Profile, profile

NUMBER, DATE, PLACE, NEGATION = "number", "date", "place", "negation"
_NEGATIONS = frozenset(
    "không chưa chẳng chả đừng bác sai giả bịa nhầm dừng bỏ hủy miễn not no never false fake untrue denies denied".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Span:
    """`start`, `end` in the text; `differs`: the other text has another figure, date or place, or none."""

    start: int
    end: int
    kind: str
    differs: bool


def deciding_spans(text: str, against: str) -> list[Span]:
    """In the order of the text; the spans of one kind never overlap each other."""
    mine, other = profile(text), profile(against)
    return sorted(_spans(mine, other), key=lambda span: (span.start, span.end))


def _spans(mine: Profile, other: Profile) -> Iterator[Span]:
    values = {(quantity.value, quantity.unit) for quantity in other.quantities}
    for quantity in mine.quantities:
        yield _span(mine, quantity.first, quantity.last, NUMBER, (quantity.value, quantity.unit) not in values)
    days = {(date.day, date.month) for date in other.dates}
    for date in mine.dates:
        yield _span(mine, date.first, date.last, DATE, (date.day, date.month) not in days)
    places = {place.name for place in other.places}
    for place in mine.places:
        yield _span(mine, place.first, place.last, PLACE, place.name not in places)
    theirs = {token.form for token in other.tokens}
    for at, token in enumerate(mine.tokens):
        if token.form in _NEGATIONS:
            yield _span(mine, at, at, NEGATION, token.form not in theirs)


def _span(of: Profile, first: int, last: int, kind: str, differs: bool) -> Span:
    return Span(of.tokens[first].start, of.tokens[last].end, kind, differs)
