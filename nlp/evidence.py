"""A claim that nobody has checked, held against what an authority has published: refuted, or (the usual answer) not enough to say.

A passage is refuted only if it speaks of the same named thing as the bulletin (`bão số 14`, `phà Đình Bảy`), says much the
same about it, and then gives another number for the same measure, or a price for what the bulletin says is free. (Bare negation was tried and taken out: it refuted
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
_SAME_SERIES = 0.45  # the same where both name one thing by its number (`bão số 14`): there is no other it could be
_SAME_SENTENCE, _OWN_WORDS = 0.25, 0.15  # what a deciding sentence must share with the passage, with its lead's help and by itself


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
    return frozenset(names) | _numbered(passage)


def _numbered(passage: Profile) -> frozenset[str]:
    return frozenset(f"{quantity.noun} {quantity.value:g}" for quantity in passage.quantities if quantity.unit == "no" and quantity.noun in _SERIES)


_NEGATED_FIGURE = re.compile(r" (?:không|chưa|khó) (?:có|phải|đạt|lên|tới|thể|quá|vượt|bị|giật) ")
# A passage that cites a bulletin passes on another one, a later one perhaps: bulletins follow each other by the hour.
_CITES = re.compile(r" theo (?:ban tin|dai khi|dai|trung tam|thong bao|co quan khi tuong|du bao cua) ")
_SERIES = frozenset({"bao", "quyet", "thong", "nghi", "dot"})


def contradiction(passage: Profile, bulletin: Reading, lead: Profile | None = None) -> Contradiction | None:
    """The bulletin's sentence that cannot be true together with the passage; None where it does not say enough.

    `lead`: title and first sentence of the passage's story, where the thing may be named that the passage speaks of.
    """
    if denies(passage) or _NEGATED_FIGURE.search(passage.forms) or _CITES.search(passage.folded):
        return None
    numbered = _numbered(passage) or (_numbered(lead) if lead is not None else frozenset())
    same_series = bool(numbered & _numbered(bulletin.lead))
    if not same_series and not anchors(passage) & anchors(bulletin.lead):
        return None
    matter = compare(passage, profile(f"{bulletin.title_text}\n{bulletin.text}")).action_covered
    if matter < (_SAME_SERIES if same_series else _SAME_MATTER):
        return None
    for at, sentence in enumerate(bulletin.profiles):
        reason = _against(passage, sentence, bulletin)
        if reason is not None:
            return Contradiction(bulletin.sentences[at].text, bulletin.sentences[at].offset, 0.9, (reason,))
    return None


def _against(passage: Profile, sentence: Profile, bulletin: Reading) -> Reason | None:
    comparison = compare(passage, sentence, bulletin.lead)
    if comparison.claim_covered < _SAME_SENTENCE or comparison.own_covered < _OWN_WORDS or comparison.dates.conflict or comparison.denial:
        return None
    if _is_free(sentence, bulletin) and _PRICED.search(passage.folded) and not _FREE.search(passage.folded) and _has_price(passage):
        return Reason("numbers", 1.0, 1.0, "Trang viết là phải trả tiền, bản tin viết là miễn phí")
    pair = _numbers_against(passage, sentence)
    if pair is None or _repeats_a_number(passage, bulletin):
        return None
    return Reason("numbers", 1.0, 1.0, f"Trang viết “{_words(passage, pair[0])}”, bản tin viết “{_words(sentence, pair[1])}”")


_PRICED = re.compile(r" (?:phai|thu|dong|nop|tra|ton|mat) ")
_FREE = re.compile(r" (?:mien phi|mien ve|khong thu|khong phai (?:nop|dong|tra)|khong mat (?:tien|phi)|free of charge) ")


def _is_free(sentence: Profile, bulletin: Reading) -> bool:
    """Only where the bulletin names no price at all: in a list of fares one of them may be free."""
    return bool(_FREE.search(sentence.folded)) and not any(_has_price(part) for part in (bulletin.title, *bulletin.profiles))


def _has_price(passage: Profile) -> bool:
    return any(quantity.unit == "vnd" for quantity in passage.quantities)


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
