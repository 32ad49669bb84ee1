"""Words that can stand for each other in a factual statement, as one concept; and pairs that reverse it.

`nlp/data/synonyms_vi.txt` holds a group a line; a phrase belongs to one group only (a test holds it there).
"""

from dataclasses import dataclass
from functools import cache

from nlp.resources import read_lines
from nlp.text import Token, fold, nfc, unify_tone

_MAX_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrase → concept, by marked and by folded spelling; and concept → the concepts that contradict it."""

    by_form: dict[str, str]
    by_folded: dict[str, str]
    opposites: dict[str, frozenset[str]]


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
    by_folded: dict[str, str] = {}
    for phrase, concept in by_form.items():
        by_folded.setdefault(fold(phrase), concept)
    opposites: dict[str, set[str]] = {}
    for line in read_lines("antonyms.txt"):
        left, right = ([_key(phrase) for phrase in side.split("|")] for side in line.split("↔"))
        for one in left:
            for other in right:
                a, b = by_form.setdefault(one, one), by_form.setdefault(other, other)
                by_folded.setdefault(fold(one), a)
                by_folded.setdefault(fold(other), b)
                opposites.setdefault(a, set()).add(b)
                opposites.setdefault(b, set()).add(a)
    return Lexicon(by_form, by_folded, {concept: frozenset(others) for concept, others in opposites.items()})


def concept_at(tokens: tuple[Token, ...], index: int, marked: bool) -> tuple[str, int] | None:
    """The concept of the longest known phrase that starts here, and its last token; None where no phrase is known."""
    words = lexicon()
    table = words.by_form if marked else words.by_folded
    for size in range(min(_MAX_PHRASE, len(tokens) - index), 0, -1):
        part = tokens[index : index + size]
        phrase = " ".join(token.form if marked else token.folded for token in part)
        concept = table.get(phrase)
        if concept is not None:
            return concept, index + size - 1
    return None
