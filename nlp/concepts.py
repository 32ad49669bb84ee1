"""Words that can stand for each other in a factual statement, as one concept; and pairs that reverse it.

`nlp/data/synonyms_vi.txt` holds a group a line; a phrase belongs to one group only (a test holds it there).
"""

from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from nlp.resources import read_lines
from nlp.text import Token, fold, nfc, unify_tone

_MAX_PHRASE = 5
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrase → concept, by marked and by folded spelling."""

    by_form: dict[str, str]
    by_folded: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pole:
    """One side of a pair whose exchange reverses a statement: `tăng` is side 0 of a pair, `giảm` side 1."""

    pair: int
    side: int


def _key(phrase: str) -> str:
    return " ".join(unify_tone(nfc(phrase.strip().lower())).replace("-", " ").split())


@cache
def lexicon() -> Lexicon:
    """The bundled groups. A folded spelling that two groups share belongs to the first: unmarked text is ambiguous."""
    by_form: dict[str, str] = {}
    for line in (*read_lines("synonyms_vi.txt"), *read_lines("synonyms_en.txt")):
        phrases = [_key(phrase) for phrase in line.split("|")]
        for phrase in phrases:
            by_form.setdefault(phrase, phrases[0])
    return Lexicon(by_form, _by_folded(by_form))


@cache
def _poles() -> tuple[dict[str, Pole], dict[str, Pole]]:
    by_form: dict[str, Pole] = {}
    for pair, line in enumerate(read_lines("antonyms.txt")):
        for side, phrases in enumerate(line.split("↔")):
            by_form.update({_key(phrase): Pole(pair, side) for phrase in phrases.split("|")})
    return by_form, _by_folded(by_form)


def _by_folded(by_form: dict[str, T]) -> dict[str, T]:
    by_folded: dict[str, T] = {}
    for phrase, value in by_form.items():
        by_folded.setdefault(fold(phrase), value)
    return by_folded


def find_poles(tokens: tuple[Token, ...], marked: bool) -> frozenset[Pole]:
    """All poles a passage names, the longest phrase first: `không bắt buộc` is not `bắt buộc`."""
    table = _poles()[0 if marked else 1]
    found: set[Pole] = set()
    index = 0
    while index < len(tokens):
        hit = _longest(table, tokens, index, marked)
        if hit is not None:
            found.add(hit[0])
        index = hit[1] + 1 if hit is not None else index + 1
    return frozenset(found)


def _longest(table: dict[str, T], tokens: tuple[Token, ...], index: int, marked: bool) -> tuple[T, int] | None:
    for size in range(min(_MAX_PHRASE, len(tokens) - index), 0, -1):
        phrase = " ".join(token.form if marked else token.folded for token in tokens[index : index + size])
        if phrase in table:
            return table[phrase], index + size - 1
    return None


def concept_at(tokens: tuple[Token, ...], index: int, marked: bool) -> tuple[str, int] | None:
    """The concept of the longest known phrase that starts here, and its last token; None where no phrase is known."""
    words = lexicon()
    return _longest(words.by_form if marked else words.by_folded, tokens, index, marked)
