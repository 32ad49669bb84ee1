"""Finding known phrases in a run of syllables: looked up by their first two syllables, so that most places cost one look."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PhraseTable(Generic[T]):
    """Phrases with what they stand for.

    `firsts`: every phrase's first syllable; `sizes`: for the first two syllables of the phrases that have as many, the lengths of
    these phrases, longest first.
    """

    values: Mapping[str, T]
    firsts: frozenset[str]
    sizes: Mapping[tuple[str, str], tuple[int, ...]]

    def longest(self, words: Sequence[str], at: int, most: int = 99) -> tuple[T, int] | None:
        """What the longest phrase (of `most` syllables) that starts here stands for, and its last place; None where none starts."""
        if at >= len(words) or words[at] not in self.firsts:
            return None
        for size in self._sizes(words, at):
            if size <= most and at + size <= len(words) and (phrase := " ".join(words[at : at + size])) in self.values:
                return self.values[phrase], at + size - 1
        return (self.values[words[at]], at) if words[at] in self.values else None

    def _sizes(self, words: Sequence[str], at: int) -> tuple[int, ...]:
        return self.sizes.get((words[at], words[at + 1]), ()) if at + 1 < len(words) else ()

    def every(self, words: Sequence[str], first: int, last: int) -> Iterator[T]:
        """What each phrase within these places (inclusive) stands for, also those inside longer ones."""
        for at in range(first, last + 1):
            if words[at] in self.values:
                yield self.values[words[at]]
            for size in self._sizes(words, at):
                if at + size <= last + 1 and (phrase := " ".join(words[at : at + size])) in self.values:
                    yield self.values[phrase]

    def anywhere(self, words: Sequence[str]) -> bool:
        """Does any of the phrases stand in this text?"""
        return any(word in self.firsts and self.longest(words, at) is not None for at, word in enumerate(words))


def phrase_table(values: Mapping[str, T], longest: int = 99) -> PhraseTable[T]:
    """A table of phrases whose syllables are parted by one blank; phrases of more than `longest` syllables are left out."""
    kept = {phrase: value for phrase, value in values.items() if phrase.count(" ") < longest}
    sizes: dict[tuple[str, str], set[int]] = {}
    for words in (phrase.split(" ") for phrase in kept if " " in phrase):
        sizes.setdefault((words[0], words[1]), set()).add(len(words))
    firsts = frozenset(phrase.partition(" ")[0] for phrase in kept)
    return PhraseTable(kept, firsts, {pair: tuple(sorted(found, reverse=True)) for pair, found in sizes.items()})


def phrase_set(phrases: Iterable[str]) -> PhraseTable[bool]:
    """A table of phrases that stand for nothing but themselves."""
    return phrase_table(dict.fromkeys(phrases, True))
