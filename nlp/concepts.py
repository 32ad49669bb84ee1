"""Words that can stand for each other in a factual statement, as one concept; and pairs that reverse it.

`nlp/data/synonyms_vi.txt` holds a group a line; a phrase belongs to one group only (a test holds it there).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from nlp.phrases import PhraseTable, phrase_table
from nlp.resources import read_lines
from nlp.text import fold, nfc, tokenize

_MAX_PHRASE = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrase → concept, by marked and by folded spelling."""

    by_form: PhraseTable[str]
    by_folded: PhraseTable[str]


@dataclass(frozen=True, slots=True)
class Pole:
    """One side of a pair whose exchange reverses a statement: `tăng` is side 0 of a pair, `giảm` side 1."""

    pair: int
    side: int


def _key(phrase: str) -> str:
    """The phrase as the syllables of a text come out."""
    return " ".join(token.form for token in tokenize(nfc(phrase.strip())))


@cache
def lexicon() -> Lexicon:
    """The bundled groups. A folded spelling that two groups share belongs to the first: unmarked text is ambiguous.

    A word of both languages (`vaccine`, `app`) joins its two groups.
    """
    by_form: dict[str, str] = {}
    for line in (*read_lines("synonyms_vi.txt"), *read_lines("synonyms_en.txt")):
        phrases = [_key(phrase) for phrase in line.split("|")]
        concept = next((by_form[phrase] for phrase in phrases if phrase in by_form), phrases[0])
        by_form.update((phrase, concept) for phrase in phrases if phrase not in by_form)
    return Lexicon(phrase_table(by_form, _MAX_PHRASE), phrase_table(_by_folded(by_form), _MAX_PHRASE))


@cache
def _poles() -> tuple[PhraseTable[Pole], PhraseTable[Pole]]:
    by_form = _read_poles("antonyms.txt")
    return phrase_table(by_form, _MAX_PHRASE), phrase_table(_by_folded(by_form), _MAX_PHRASE)


@cache
def _contrasts() -> PhraseTable[Pole]:
    return phrase_table(_read_poles("contrasts.txt"), _MAX_PHRASE)


def _read_poles(name: str) -> dict[str, Pole]:
    """A phrase that stands in several pairs belongs to the last."""
    by_form: dict[str, Pole] = {}
    for pair, line in enumerate(read_lines(name)):
        for side, phrases in enumerate(line.split("↔")):
            by_form.update({_key(phrase): Pole(pair, side) for phrase in phrases.split("|")})
    return by_form


def _by_folded(by_form: dict[str, T]) -> dict[str, T]:
    by_folded: dict[str, T] = {}
    for phrase, value in by_form.items():
        by_folded.setdefault(fold(phrase), value)
    return by_folded


def find_poles(words: Sequence[str], marked: bool) -> frozenset[Pole]:
    """All poles a passage names, the longest phrase first: `không bắt buộc` is not `bắt buộc`.

    `words`: its syllables, as written if `marked`, else folded.
    """
    return _named_in(_poles()[0 if marked else 1], words)


def find_contrasts(words: Sequence[str]) -> frozenset[Pole]:
    """The same of the common pairs (`trong` ↔ `ngoài`) that say something only where one stands in the other's very place."""
    return _named_in(_contrasts(), words)


def _named_in(table: PhraseTable[Pole], words: Sequence[str]) -> frozenset[Pole]:
    found: set[Pole] = set()
    after = 0
    for index, word in enumerate(words):
        if index < after or word not in table.firsts:
            continue
        hit = table.longest(words, index)
        if hit is not None:
            found.add(hit[0])
            after = hit[1] + 1
    return frozenset(found)


def concepts(marked: bool) -> PhraseTable[str]:
    """Known phrases with their concepts, for marked or for folded syllables."""
    return lexicon().by_form if marked else lexicon().by_folded
