"""Which of a few texts are the same text again, with other words around it: syndicated copies on an alert's page.

texts | runs of five syllables | Jaccard similarity | the earliest one that it repeats
"""

from collections.abc import Sequence

from nlp.text import fold, tokenize

_RUN, ALIKE = 5, 0.6  # of two texts of 300 syllables that differ in one sentence in ten about 0.7 stays


def copies(texts: Sequence[str]) -> list[int | None]:
    """For each text the index of the first one before it that it is a copy of, None where it is its own. Quadratic: for hundreds, not thousands."""
    taken = [runs(text) for text in texts]
    found: list[int | None] = []
    for at, mine in enumerate(taken):
        found.append(next((other for other in range(at) if found[other] is None and similarity(mine, taken[other]) >= ALIKE), None))
    return found


def runs(text: str) -> frozenset[str]:
    """All runs of five syllables, folded."""
    words = [token.form for token in tokenize(fold(text))]
    return frozenset(" ".join(words[at : at + _RUN]) for at in range(max(len(words) - _RUN + 1, min(1, len(words)))))


def similarity(left: frozenset[str], right: frozenset[str]) -> float:
    """Jaccard."""
    return len(left & right) / len(left | right) if left and right else 0.0
