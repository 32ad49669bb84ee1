"""A claim that nobody has checked, held against what an authority has published: refuted, or (the usual answer) not enough to say.

A passage is refuted only if it speaks of the same named thing as the bulletin (`bão số 14`, `phà Đình Bảy`), says much the
same about it, and then gives another number for the same measure. (Bare negation was tried and taken out: it refuted
near-misses as often as repeats.)
"""

import re
from dataclasses import dataclass

from kiemtin.domain.claims import Reason
from nlp.compare import compare
from nlp.denial import denies
from nlp.profile import Profile, profile
from nlp.quantities import Quantity
from nlp.sentences import Reading

_SAME_MATTER = 0.8  # share of the passage's weight that the bulletin has to speak about
_SAME_SENTENCE = 0.25


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The bulletin's sentence that decides, its offset, and the numbers or words that stand against each other."""

    quote: str
    offset: int
    score: float
    reasons: tuple[Reason, ...]


def anchors(passage: Profile) -> frozenset[str]:
    """What a passage is about by name or number: two passages about different things share none."""
    names = {" ".join(name.parts) for name in passage.names if name.head or len(name.parts) > 1}
    ordinals = {f"{quantity.noun} {quantity.value:g}" for quantity in passage.quantities if quantity.unit == "no" and quantity.noun in _SERIES}
    return frozenset(names | ordinals)


_NEGATED_FIGURE = re.compile(r" (?:không|chưa|khó) (?:có|phải|đạt|lên|tới|thể|quá|vượt|bị|giật) ")
_SERIES = frozenset({"bao", "quyet", "thong", "nghi", "dot"})


def contradiction(passage: Profile, bulletin: Reading) -> Contradiction | None:
    """The bulletin's sentence that cannot be true together with the passage; None where it does not say enough."""
    if denies(passage) or _NEGATED_FIGURE.search(passage.forms) or not anchors(passage) & anchors(bulletin.lead):
        return None
    if compare(passage, profile(f"{bulletin.title_text}\n{bulletin.text}")).action_covered < _SAME_MATTER:
        return None
    for at, sentence in enumerate(bulletin.profiles):
        reason = _against(passage, sentence, bulletin)
        if reason is not None:
            return Contradiction(bulletin.sentences[at].text, bulletin.sentences[at].offset, 0.9, (reason,))
    return None


def _against(passage: Profile, sentence: Profile, bulletin: Reading) -> Reason | None:
    comparison = compare(passage, sentence, bulletin.lead)
    if comparison.claim_covered < _SAME_SENTENCE or comparison.dates.conflict or comparison.denial:
        return None
    pair = _numbers_against(passage, sentence)
    if pair is None or _repeats_a_number(passage, bulletin):
        return None
    return Reason("numbers", 1.0, 1.0, f"Trang viết “{_words(passage, pair[0])}”, bản tin viết “{_words(sentence, pair[1])}”")


def _repeats_a_number(passage: Profile, bulletin: Reading) -> bool:
    """A page that gives one of the bulletin's own figures reports the bulletin."""
    theirs = [quantity for part in (bulletin.title, *bulletin.profiles) for quantity in part.quantities]
    return any(
        mine.unit == other.unit and mine.noun == other.noun and mine.value == other.value
        for mine in passage.quantities
        if _measures(mine)
        for other in theirs
    )


def _measures(quantity: Quantity) -> bool:
    return bool(quantity.unit) and quantity.unit not in ("time", "hour", "year") and not (quantity.unit == "no" and quantity.noun in _SERIES)


def _numbers_against(passage: Profile, sentence: Profile) -> tuple[Quantity, Quantity] | None:
    for mine in passage.quantities:
        if not _measures(mine):
            continue
        others = [other for other in sentence.quantities if other.unit == mine.unit and other.noun == mine.noun]
        if others and all(abs(other.value - mine.value) > 0.02 * max(other.value, mine.value) for other in others):
            return mine, others[0]
    return None


def _words(passage: Profile, quantity: Quantity) -> str:
    first = quantity.first - 1 if quantity.unit == "no" and quantity.first else quantity.first
    return passage.text[passage.tokens[first].start : passage.tokens[quantity.last].end]
