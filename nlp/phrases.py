"""Finding known phrases in a run of syllables: looked up by their first syllable, so that most places cost one look."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PhraseTable(Generic[T]):
    """Phrases with what they stand for. `sizes`: for each first syllable the lengths (in syllables) of its phrases, longest first."""

    values: Mapping[str, T]
    sizes: Mapping[str, tuple[int, ...]]

    def longest(self, words: Sequence[str], at: int) -> tuple[T, int] | None:
        """What the longest phrase that starts at this place stands for, and its last place; None where none starts."""
        for size in self.sizes.get(words[at], ()) if at < len(words) else ():
            if size == 1:
                return self.values[words[at]], at
            phrase = " ".join(words[at : at + size])
            if phrase in self.values and at + size <= len(words):
                return self.values[phrase], at + size - 1
        return None

    def anywhere(self, words: Sequence[str]) -> bool:
        """Does any of the phrases stand in this text?"""
        return any(word in self.sizes and self.longest(words, at) is not None for at, word in enumerate(words))


def phrase_table(values: Mapping[str, T], longest: int = 99) -> PhraseTable[T]:
    """A table of phrases whose syllables are parted by one blank; phrases of more than `longest` syllables are left out."""
    sizes: dict[str, set[int]] = {}
    for phrase in values:
        words = phrase.split(" ")
        if len(words) <= longest:
            sizes.setdefault(words[0], set()).add(len(words))
    return PhraseTable(values, {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()})


def phrase_set(phrases: Iterable[str]) -> PhraseTable[bool]:
    """A table of phrases that stand for nothing but themselves."""
    return phrase_table(dict.fromkeys(phrases, True))
