"""The words under which a claim is filed and a passage looks for it. Recall comes first; the decision is made afterwards."""

from nlp.dates import DayOfYear
from nlp.profile import Profile
from nlp.quantities import Quantity
from nlp.text import fold, nfc, tokenize
from nlp.weights import term_weights

_QUERY_TERMS = 14


def _number_key(quantity: Quantity) -> str:
    return f"n{quantity.value:g}"


def _date_key(date: DayOfYear) -> str:
    return f"d{date.day or 0}.{date.month or 0}"


def _weighted(passage: Profile) -> dict[str, float]:
    """Every key of a passage with its weight: folded syllables, concepts, numbers, dates."""
    keys: dict[str, float] = {}
    for term in passage.terms:
        syllables = term.folded.split()
        for syllable in syllables:
            keys[syllable] = max(keys.get(syllable, 0.0), term.weight / len(syllables))
        if " " in term.concept or term.concept != term.form:
            keys["c" + fold(term.concept).replace(" ", "_")] = term.weight
    keys.update((_number_key(quantity), 0.6) for quantity in passage.quantities)
    keys.update((_date_key(date), 0.6) for date in passage.dates)
    return keys


def index_terms(passage: Profile) -> tuple[str, ...]:
    """All keys under which a claim (or a story) is filed, in a fixed order."""
    return tuple(sorted(_weighted(passage)))


def story_terms(text: str) -> tuple[str, ...]:
    """The keys under which a story is filed, for a check that comes later: its syllables alone, at a quarter of the cost of all keys."""
    weights = term_weights().by_folded
    return tuple(sorted({token.folded for token in tokenize(nfc(text)) if weights.get(token.folded, 1.0) > 0}))


def query_terms(passage: Profile, limit: int = _QUERY_TERMS) -> tuple[str, ...]:
    """The weightiest keys of a passage, at most `limit`: more of them cost time and add only frequent words."""
    keys = _weighted(passage)
    return tuple(sorted(keys, key=lambda key: (-keys[key], key))[:limit])
