"""One passage, taken apart once for all comparisons: terms with weights, numbers, dates, names, negations."""

from dataclasses import dataclass

from nlp.concepts import Pole, concept_at, find_poles
from nlp.names import Name, find_names
from nlp.quantities import DayOfYear, Quantity, find_dates, find_quantities
from nlp.text import Token, expand_chat, has_diacritics, nfc, tokenize
from nlp.weights import TermWeights, is_verb, term_weights


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that carries meaning. `concept` is shared by synonyms; `weight` in 0..1 per syllable, summed."""

    concept: str
    form: str
    folded: str
    weight: float
    first: int
    last: int
    verb: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A passage ready for comparison. `marked`: written with diacritics (English counts as marked)."""

    text: str
    tokens: tuple[Token, ...]
    marked: bool
    terms: tuple[Term, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[DayOfYear, ...]
    names: tuple[Name, ...]
    concepts: frozenset[str]
    poles: frozenset[Pole]
    forms: str
    folded: str

    @property
    def weight(self) -> float:
        return sum(term.weight for term in self.terms)


def profile(text: str, marked: bool | None = None) -> Profile:
    """Take a passage apart. `marked` overrides the look at the passage itself (a short one may have no marked syllable)."""
    clean = nfc(text)
    tokens = expand_chat(tokenize(clean))
    is_marked = marked if marked is not None else has_diacritics(clean) or _is_english(tokens)
    dates = find_dates(tokens)
    quantities = find_quantities(tokens, dates)
    terms = _terms(tokens, is_marked, _number_tokens(dates, quantities))
    return Profile(
        text=clean,
        tokens=tokens,
        marked=is_marked,
        terms=terms,
        quantities=quantities,
        dates=dates,
        names=find_names(clean, tokens),
        concepts=frozenset(term.concept for term in terms),
        poles=find_poles(tokens, is_marked),
        forms=_joined(token.form for token in tokens),
        folded=_joined(token.folded for token in tokens),
    )


def _joined(parts: object) -> str:
    return " " + " ".join(parts) + " "  # type: ignore[arg-type]


# Words that no unmarked Vietnamese text holds; and words that are syllables of it as well (`the`: thẻ), which count half.
_ENGLISH = frozenset(
    [
        "of",
        "and",
        "is",
        "are",
        "was",
        "were",
        "for",
        "with",
        "from",
        "will",
        "has",
        "have",
        "been",
        "after",
        "their",
        "which",
        "says",
        "would",
        "been",
        "never",
    ]
)
_MAYBE_ENGLISH = frozenset(["the", "that", "to", "an", "in", "on", "be"])
_UNMARKED_VIETNAMESE = frozenset(
    ["khong", "la", "va", "nguoi", "duoc", "cua", "co", "cho", "nhung", "ngay", "tu", "bi", "nay", "voi", "trong", "nghe", "nha"]
)
_ENOUGH = 1.0


def _is_english(tokens: tuple[Token, ...]) -> bool:
    forms = {token.form for token in tokens}
    if len(forms & _UNMARKED_VIETNAMESE) > 1:
        return False
    halves = 0.5 * sum(token.form in _MAYBE_ENGLISH for token in tokens)
    return bool(forms & _ENGLISH) or halves >= (_ENOUGH if "the" in forms else 1.5 * _ENOUGH)


def _number_tokens(dates: tuple[DayOfYear, ...], quantities: tuple[Quantity, ...]) -> frozenset[int]:
    spans = [(date.first, date.last) for date in dates] + [(quantity.first, quantity.last) for quantity in quantities]
    return frozenset(at for first, last in spans for at in range(first, last + 1))


def _terms(tokens: tuple[Token, ...], marked: bool, numbers: frozenset[int]) -> tuple[Term, ...]:
    weights = term_weights()
    out: list[Term] = []
    index = 0
    while index < len(tokens):
        if index in numbers:
            index += 1
            continue
        found = concept_at(tokens, index, marked)
        concept, last = found if found is not None else ("", index)
        if any(at in numbers for at in range(index, last + 1)):
            concept, last = "", index
        term = _term(tokens, index, last, concept, marked, weights)
        if term.weight > 0:
            out.append(term)
        index = last + 1
    return tuple(out)


def _term(tokens: tuple[Token, ...], first: int, last: int, concept: str, marked: bool, weights: TermWeights) -> Term:  # noqa: PLR0913, PLR0917
    part = tokens[first : last + 1]
    form = " ".join(token.form for token in part)
    folded = " ".join(token.folded for token in part)
    weight = sum(weights.of(token.form, token.folded, marked) for token in part)
    # A phrase says about as much as its rarest syllables, not their sum: `miễn phí` is one word.
    return Term(concept or form, form, folded, min(weight, 1.2) if concept else weight, first, last, is_verb(concept or form, form))


def covers(other: Profile, term: Term, marked: bool) -> bool:
    """Does the other passage hold this term, or a phrase of the same concept?

    `marked`: both passages are written with diacritics, so that `bán` and `bạn` can be told apart.
    """
    if term.concept in other.concepts:
        return True
    return f" {term.form} " in other.forms if marked else f" {term.folded} " in other.folded
