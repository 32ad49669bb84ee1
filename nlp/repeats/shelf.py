"""Which watched claims a post may repeat: those of whose rare pairs of neighbouring words it has some, and nearly all of whose words.

Many claims differ in their figures alone, so those whose figures stand in the post come first. They decide nothing here: the same
figure is spelled in many ways, and the decision reads them with their units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.repeats.arrays import Ints, Rows
from nlp.repeats.figures import figures, has_figures_in_words
from nlp.repeats.spelling import Spelled, Vocabulary

_RARE = 10  # of a claim's pairs, so many of the rarest are looked for
_MET = 3  # of them must stand in a post (all, where the claim has no more)
_TOUCHED = 2_000  # claims that a post is counted against, from its rarest pairs on
HELD = 0.9  # share of a claim's weight, in words, that must stand in it too
_TOUCHED_UPON = 0.6  # the same for a post that may deny it
_MOST = 8  # claims that one post is held against, the likeliest first

_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The watched claims by their words. `words`, `total`: of each claim its words and their weight; `needed`: how many of its rare pairs a post must have."""

    vocabulary: Vocabulary
    words: Rows
    total: npt.NDArray[np.float64]
    pairs: Ints
    claims_of: Rows
    needed: Ints
    figures: tuple[frozenset[int], ...]


def shelve(claims: Sequence[str]) -> Shelf:
    """About 60 µs a claim."""
    vocabulary = Vocabulary(claims)
    spelled = vocabulary.spell(claims)
    count, width = len(claims), max(len(vocabulary), 1)
    here = np.unique(spelled.texts * width + spelled.words)
    owners, words = here // width, here % width
    pair_owners, pairs = _rare(*_pairs(spelled, width))
    order = np.lexsort((pair_owners, pairs))
    keys, starts = np.unique(pairs[order], return_index=True)
    return Shelf(
        vocabulary,
        Rows(np.searchsorted(owners, np.arange(count + 1)), words),
        np.bincount(owners, vocabulary.weight[words], count).astype(float),
        keys,
        Rows(np.append(starts, len(pairs)).astype(np.int64), pair_owners[order]),
        np.minimum(np.bincount(pair_owners, minlength=count), _MET),
        tuple(map(figures, claims)),
    )


def _pairs(spelled: Spelled, width: int) -> tuple[Ints, Ints]:
    """Each pair of neighbouring words once a text: the text, and the pair as a number."""
    together = np.flatnonzero(spelled.texts[1:] == spelled.texts[:-1])
    pairs, owners = spelled.words[together] * width + spelled.words[together + 1], spelled.texts[together]
    order = np.lexsort((pairs, owners))
    pairs, owners = pairs[order], owners[order]
    first = np.ones(len(pairs), bool)
    first[1:] = (pairs[1:] != pairs[:-1]) | (owners[1:] != owners[:-1])
    return owners[first], pairs[first]


def _rare(owners: Ints, pairs: Ints) -> tuple[Ints, Ints]:
    """Of each claim's pairs the ten that the fewest claims have."""
    _, inverse, often = np.unique(pairs, return_inverse=True, return_counts=True)
    order = np.lexsort((pairs, often[inverse], owners)) if len(pairs) else _NONE
    owners, pairs = owners[order], pairs[order]
    kept = _rank(owners) < _RARE
    return owners[kept], pairs[kept]


def _rank(owners: Ints) -> Ints:
    """For sorted owners: the how-manieth each one is of its own."""
    return np.arange(len(owners)) - np.searchsorted(owners, owners)


def find(shelf: Shelf, texts: Sequence[str]) -> list[tuple[int, list[tuple[int, float]]]]:
    """The texts that may repeat or deny a claim (their places, in order); of each the likeliest claims, eight at most, with the share of their weight that stands there."""
    spelled = shelf.vocabulary.spell(texts)
    owners, claims = _sharing(shelf, spelled)
    held = _held(shelf, spelled, owners, claims)
    good = np.flatnonzero(held >= _TOUCHED_UPON)
    found: dict[int, list[tuple[int, float]]] = {}
    for text, claim, share in zip(owners[good].tolist(), claims[good].tolist(), held[good].tolist(), strict=True):
        found.setdefault(text, []).append((claim, share))
    ranked = ((text, _likeliest(shelf, texts[text], mine)) for text, mine in sorted(found.items()))
    return [(text, likeliest) for text, likeliest in ranked if likeliest]


def _likeliest(shelf: Shelf, text: str, mine: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """A claim whose figure is missing where the text has another one in its place is left out, unless figures stand there in words."""
    said, in_words = figures(text), has_figures_in_words(text)
    missing = {claim: len(shelf.figures[claim] - said) for claim, _ in mine}
    ranked = sorted((missing[claim], -share, claim) for claim, share in mine if not missing[claim] or in_words or not said - shelf.figures[claim])
    return [(claim, -share) for _, share, claim in ranked[:_MOST]]


def _sharing(shelf: Shelf, spelled: Spelled) -> tuple[Ints, Ints]:
    """Text and claim wherever they share enough rare pairs."""
    owners, pairs = _pairs(spelled, max(len(shelf.vocabulary), 1))
    if not len(pairs) or not len(shelf.pairs):
        return _NONE, _NONE
    at = np.minimum(np.searchsorted(shelf.pairs, pairs), len(shelf.pairs) - 1)
    known = np.flatnonzero(shelf.pairs[at] == pairs)
    owners, at = owners[known], at[known]
    often = shelf.claims_of.starts[at + 1] - shelf.claims_of.starts[at]
    order = np.lexsort((often, owners))
    owners, at, often = owners[order], at[order], often[order]
    touched = np.cumsum(often)
    before = touched - often
    so_far = touched - before[np.searchsorted(owners, owners)] if len(owners) else touched
    few = np.flatnonzero((so_far <= _TOUCHED) | (_rank(owners) < _MET))
    claims, places = shelf.claims_of.gather(at[few])
    number = len(shelf.needed)
    both, met = np.unique(owners[few][places] * number + claims, return_counts=True)
    enough = np.flatnonzero(met >= shelf.needed[both % number])
    return both[enough] // number, both[enough] % number


def _held(shelf: Shelf, spelled: Spelled, owners: Ints, claims: Ints) -> npt.NDArray[np.float64]:
    """The share of each claim's weight that stands in the text, anywhere."""
    width = max(len(shelf.vocabulary), 1)
    here = np.unique(spelled.texts * width + spelled.words)
    words, places = shelf.words.gather(claims)
    if not len(words) or not len(here):
        return np.zeros(len(claims))
    wanted = owners[places] * width + words
    at = np.minimum(np.searchsorted(here, wanted), len(here) - 1)
    weight = shelf.vocabulary.weight[words] * (here[at] == wanted)
    return np.bincount(places, weight, len(claims)) / shelf.total[claims]
