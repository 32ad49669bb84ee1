"""One passage, taken apart once for all comparisons: terms with weights, numbers, dates, names, negations."""

from functools import cached_property
from typing import NamedTuple

from nlp.concepts import Pole, concepts, find_poles
from nlp.dates import DayOfYear, find_dates
from nlp.framing import frames
from nlp.names import Name, find_names
from nlp.places import Place, find_places
from nlp.quantities import Quantity, find_quantities
from nlp.text import Token, expand_chat, has_diacritics, nfc, tokenize
from nlp.weights import is_verb, term_weights


class Term(NamedTuple):
    """A word or phrase that carries meaning. `concept` is shared by synonyms; `weight` in 0..1 per syllable, summed."""

    concept: str
    form: str
    folded: str
    weight: float
    first: int
    last: int
    verb: bool


class Profile:
    """A passage ready for comparison, each part taken out only when it is first asked for. `marked`: written with diacritics
    (English counts as marked). `words`: its syllables as written if marked, else folded."""

    def __init__(self, text: str, tokens: tuple[Token, ...], marked: bool) -> None:
        self.text = text
        self.tokens = tokens
        self.marked = marked

    @cached_property
    def words(self) -> list[str]:
        return [token.form for token in self.tokens] if self.marked else [token.folded for token in self.tokens]

    @cached_property
    def dates(self) -> tuple[DayOfYear, ...]:
        return find_dates(self.tokens)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return find_quantities(self.tokens, self.dates)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        return _terms(self.tokens, self.words, self.marked, _number_tokens(self.dates, self.quantities))

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return find_names(self.text, self.tokens)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        return find_places(self.text, self.tokens, self.marked)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """What its terms stand for, and what the shorter phrases within them do: `chiếm đoạt tài khoản` holds `tài khoản`."""
        known = concepts(self.marked)
        long = [term for term in self.terms if term.last > term.first]
        nested = {concept for term in long for concept in known.every(self.words, term.first, term.last)}
        return frozenset(nested.union(term.concept for term in self.terms))

    @cached_property
    def parts(self) -> dict[Term, tuple[Term, ...]]:
        """The words that each longer phrase is made of, two at least: `chiếm đoạt tài khoản` is `chiếm đoạt` and `tài khoản`."""
        return {term: found for term in self.terms if term.last > term.first + 1 and len(found := self._split(term)) > 1}

    def _split(self, term: Term) -> tuple[Term, ...]:
        numbers = frozenset(at for at in range(len(self.tokens)) if not term.first <= at <= term.last)
        return _terms(self.tokens, self.words, self.marked, numbers, term.last - term.first)

    @cached_property
    def needles(self) -> tuple[tuple[str, str, str, float], ...]:
        """Of each term what is looked for in another passage: concept, form and folded form between blanks, weight."""
        return tuple((term.concept, f" {term.form} ", f" {term.folded} ", term.weight) for term in self.terms)

    @cached_property
    def poles(self) -> frozenset[Pole]:
        return find_poles(self.words, self.marked)

    @cached_property
    def frames(self) -> frozenset[str]:
        return frames(self.forms, self.marked)

    @cached_property
    def forms(self) -> str:
        return _joined([token.form for token in self.tokens])

    @cached_property
    def folded(self) -> str:
        return _joined([token.folded for token in self.tokens])

    @cached_property
    def weight(self) -> float:
        return sum(term.weight for term in self.terms)


def profile(text: str, marked: bool | None = None) -> Profile:
    """Take a passage apart. `marked` overrides the look at the passage itself (a short one may have no marked syllable)."""
    clean = nfc(text)
    tokens = expand_chat(tokenize(clean))
    return Profile(clean, tokens, marked if marked is not None else reads_as_marked(clean, tokens))


def reads_as_marked(text: str, tokens: tuple[Token, ...]) -> bool:
    """Is it written with diacritics, or in a language that needs none?"""
    return has_diacritics(text) or _is_english(tokens)


def _joined(parts: list[str]) -> str:
    return " " + " ".join(parts) + " "


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


def _terms(tokens: tuple[Token, ...], words: list[str], marked: bool, numbers: frozenset[int], longest: int = 99) -> tuple[Term, ...]:
    """The words that weigh anything, known phrases (the longest at each place, of `longest` syllables at most) as one; numbers are no words."""
    known, weights = concepts(marked), term_weights()
    weight_of = weights.by_form if marked else weights.by_folded
    out: list[Term] = []
    after = 0
    for index, word in enumerate(words):
        if index < after or index in numbers:
            continue
        found = known.longest(words, index, longest) if word in known.firsts else None
        if found is not None and numbers.isdisjoint(range(index, found[1] + 1)):
            concept, last = found
            # A phrase says about as much as its rarest syllables, not their sum: `miễn phí` is one word.
            weight = min(sum(weight_of.get(part, 1.0) for part in words[index : last + 1]), 1.2)
        else:
            concept, last, weight = tokens[index].form, index, weight_of.get(word, 1.0)
        if weight > 0:
            out.append(_term(tokens, index, last, concept, weight))
        after = last + 1
    return tuple(out)


def _term(tokens: tuple[Token, ...], first: int, last: int, concept: str, weight: float) -> Term:
    form, folded = tokens[first].form, tokens[first].folded
    if last > first:
        form = " ".join([token.form for token in tokens[first : last + 1]])
        folded = " ".join([token.folded for token in tokens[first : last + 1]])
    return Term(concept, form, folded, weight, first, last, is_verb(concept, form))


def covers(other: Profile, term: Term, marked: bool) -> bool:
    """Does the other passage hold this term, or a phrase of the same concept?

    `marked`: both passages are written with diacritics, so that `bán` and `bạn` can be told apart.
    """
    if term.concept in other.concepts:
        return True
    return f" {term.form} " in other.forms if marked else f" {term.folded} " in other.folded
