"""What tells a person's name from a place or a word: the bundled lists, and a text seen as syllables in one spelling.

The lists: `family_names.txt`, `private_given_names.txt`, `private_words.txt`, `private_places.txt`, `private_ordinary_pairs.txt`. Each is read
in two spellings, with marks and without: a text is held against the one it is written in.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise

from nlp.resources import read_lines
from nlp.text import Token, fold, nfc, tokenize

LONGEST_PHRASE = 4  # syllables of the longest listed phrase looked for
_LONGEST_NAME = 6
_SHOUTING = 0.6  # share of capitals above which they say nothing
_FILES = ("family_names.txt", "private_given_names.txt", "private_words.txt", "private_places.txt")
_JOINS = frozenset({" ", "  ", "   ", "-", "'", "\u2019", "\u00a0"})
_AFTER_ABBREVIATION = frozenset({".", ". "})
_SHORT_TITLES = frozenset({"mr", "mrs", "ms", "dr", "bs", "ks", "ths", "ts", "gs"})


@dataclass(frozen=True, slots=True)
class Lists:
    """The word lists in one spelling, phrases with single spaces."""

    common: frozenset[str]
    rare: frozenset[str]
    seldom: frozenset[str]
    doubtful: frozenset[str]
    highland: frozenset[str]
    middle: frozenset[str]
    given: frozenset[str]
    plain: frozenset[str]
    kin: frozenset[str]
    job: frozenset[str]
    openers: frozenset[str]
    order: frozenset[str]
    speech: frozenset[str]
    trade: frozenset[str]
    byname: frozenset[str]
    head: frozenset[str]
    softhead: frozenset[str]
    link: frozenset[str]
    exception: frozenset[str]
    place: frozenset[str]
    honoured: frozenset[str]
    brand: frozenset[str]
    named: frozenset[str]
    body: frozenset[str]
    country: frozenset[str]
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class View:
    """A text as syllables in one spelling. `touching[i]`: only a space or hyphen parts i from i + 1; `capital` is all false where
    capitals say nothing."""

    text: str
    starts: tuple[int, ...]
    words: tuple[str, ...]
    capital: tuple[bool, ...]
    touching: tuple[bool, ...]
    marked: bool
    lists: Lists

    def pair(self, at: int) -> bool:
        """Are the syllables at and after `at` an ordinary pair of words?"""
        return 0 <= at < len(self.words) - 1 and (self.words[at], self.words[at + 1]) in self.lists.pairs

    def phrase(self, start: int, end: int) -> str:
        return " ".join(self.words[start:end])

    def capitals(self, at: int) -> int:
        """How many syllables from `at` stand in capitals without a break; 6 at most."""
        end = at
        while end < len(self.words) and self.capital[end] and end - at < _LONGEST_NAME:
            end += 1
            if not self.touching[end - 1]:
                break
        return end - at

    def inside(self, at: int) -> bool:
        """Does another capital syllable stand directly before?"""
        return at > 0 and self.touching[at - 1] and self.capital[at - 1]

    def family(self, at: int) -> bool:
        """Can this be a family name?"""
        word, lists = self.words[at], self.lists
        return word in lists.common or word in lists.rare or (self.capital[at] and word in lists.seldom)

    def doubtful(self, at: int) -> bool:
        """Is this family name more often something else, as it is spelled here?"""
        return self.words[at] in self.lists.rare or (not self.marked and self.words[at] in self.lists.doubtful)

    def given(self, at: int) -> bool:
        return at < len(self.words) and self.words[at] in self.lists.given

    def named_length(self, at: int) -> int:
        """Syllables of the longest listed place, person of history or firm that begins at `at`; 0 if none does."""
        for end in range(min(at + LONGEST_PHRASE, len(self.words)), at + 1, -1):
            if self.phrase(at, end) in self.lists.named:
                return end - at
        return 0

    def is_named(self, at: int, size: int) -> bool:
        """Do these capital syllables name something listed (or begin with such a name)?"""
        length = self.named_length(at)
        return length >= size or (length > 0 and self.words[at + length] not in self.lists.given)

    def inside_place(self, at: int) -> bool:
        """`tan [son nhat]`: does a listed name begin before and reach beyond `at`?"""
        return any(self.named_length(at - back) > back for back in (1, 2) if at >= back)


def view_of(text: str, tokens: tuple[Token, ...], marked: bool, only_bare: bool = False) -> View:
    """An NFC text with its tokens, held against the lists with marks or without. `only_bare` blots out the syllables that bear marks, to read
    unmarked names inside a marked text."""
    words = tuple("" if only_bare and token.form != token.folded else token.form if marked else token.folded for token in tokens)
    capital = tuple(text[token.start].isupper() for token in tokens)
    letters = sum(word[:1].isalpha() for word in words)
    if letters > _LONGEST_NAME and sum(capital) > _SHOUTING * letters:
        capital = (False,) * len(tokens)
    touching = (*(_touch(text, left, right) for left, right in pairwise(tokens)), False)
    if only_bare:
        touching = (*(near and bool(left) and bool(right) for near, (left, right) in zip(touching, pairwise(words), strict=False)), False)
    return View(text, tuple(token.start for token in tokens), words, capital, touching, marked, _lists(marked))


def _touch(text: str, left: Token, right: Token) -> bool:
    gap = text[left.end : right.start]
    return gap in _JOINS or (gap in _AFTER_ABBREVIATION and (len(left.form) == 1 or left.form in _SHORT_TITLES))


@cache
def _lists(marked: bool) -> Lists:
    """Every list; in a text without marks `plain` is the longer `bare`."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in (line for name in _FILES for line in read_lines(name)):
        key, _, listed = line.partition(":")
        for phrase in listed.split("|") if "|" in listed else listed.split():
            found[key].add(_spelled(phrase, marked))
    if not marked:
        found["plain"] = found["bare"]
    found["named"] = found["place"] | found["honoured"] | found["brand"]
    found["openers"] = {phrase.split()[0] for phrase in found["kin"] | found["job"]}
    sets = {field.name: frozenset(found[field.name]) for field in fields(Lists) if field.name != "pairs"}
    return Lists(**sets, pairs=frozenset(_pairs(marked)))


def _pairs(marked: bool) -> Iterator[tuple[str, str]]:
    for line in read_lines("private_ordinary_pairs.txt"):
        first, _, seconds = line.partition(":")
        for second in seconds.split():
            yield (first, second) if marked else (fold(first), fold(second))


def _spelled(phrase: str, marked: bool) -> str:
    return " ".join(token.form if marked else token.folded for token in tokenize(nfc(phrase)))
