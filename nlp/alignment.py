"""A statement laid over a passage: which runs of its syllables the passage holds, and what stands where it says something else.

Tiles are found longest first and may stand in another order than in the passage (`Tối 28/3, lực lượng họp mặt` and `lực lượng họp
mặt tối 28/3` say the same), after Wise's greedy string tiling (1993). What no tile covers is a change: put in, or put in another's place.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from nlp.numerals import is_written_in_digits, parse_number
from nlp.profile import Profile
from nlp.text import Token

_LONE = 12  # a lone syllable is a tile only this near to its neighbours' place in the passage
_MOST_PLACES = 30  # of a repeated syllable in the passage that are looked at: hostile text repeats one without end
_LONGEST_STATEMENT = 300  # syllables laid over; the rest of a longer one counts as uncovered


class Tile(NamedTuple):
    """`size` syllables from `mine` in the statement stand from `other` in the passage."""

    mine: int
    other: int
    size: int


class Change(NamedTuple):
    """Syllables `first`..`last` (inclusive) of the statement that no tile covers.

    `instead`: the passage's syllables between the neighbouring tiles (a half-open span; empty: the run was put in), None where
    the neighbours do not stand side by side in the passage or the run stands at an end of the statement.
    """

    first: int
    last: int
    instead: tuple[int, int] | None

    @property
    def size(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Alignment:
    """Tiles in the statement's order. `size`: the statement's syllables."""

    size: int
    tiles: tuple[Tile, ...]

    @cached_property
    def covered(self) -> frozenset[int]:
        """The statement's places that stand in a tile."""
        return frozenset(at for tile in self.tiles for at in range(tile.mine, tile.mine + tile.size))

    @cached_property
    def used(self) -> frozenset[int]:
        """The passage's places that stand in a tile."""
        return frozenset(at for tile in self.tiles for at in range(tile.other, tile.other + tile.size))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        found: list[Change] = []
        before: Tile | None = None
        for tile in (*self.tiles, None):
            start, end = (before.mine + before.size if before else 0), (tile.mine if tile else self.size)
            if start < end:
                found.append(Change(start, end - 1, _between(before, tile)))
            before = tile
        return tuple(found)

    @cached_property
    def order(self) -> float:
        """The share of neighbouring tiles that follow each other in the passage too; 1 where there are fewer than two."""
        pairs = list(zip(self.tiles, self.tiles[1:], strict=False))
        return sum(left.other < right.other for left, right in pairs) / len(pairs) if pairs else 1.0


def _between(before: Tile | None, after: Tile | None) -> tuple[int, int] | None:
    if before is None or after is None:
        return None
    start, end = before.other + before.size, after.other
    return (start, end) if start <= end else None


def align(statement: Profile, passage: Profile) -> Alignment:
    """Lay a statement over a passage, by marked syllables if both are marked, else by folded ones."""
    marked = statement.marked and passage.marked
    mine, other = _keys(statement.tokens, marked), _keys(passage.tokens, marked)
    return Alignment(len(mine), _tiles(mine, other))


def _keys(tokens: Sequence[Token], marked: bool) -> list[str]:
    return [_number(token.form) or (token.form if marked else token.folded) for token in tokens]


def _number(form: str) -> str:
    value = parse_number(form) if is_written_in_digits(form) else None
    return f"#{value!r}" if value is not None else ""


def _tiles(mine: Sequence[str], other: Sequence[str]) -> tuple[Tile, ...]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, key in enumerate(other):
        if len(places[key]) < _MOST_PLACES:
            places[key].append(at)
    free, taken = set(range(min(len(mine), _LONGEST_STATEMENT))), set[int]()
    found: list[Tile] = []
    while (tile := _longest(mine, places, free, taken, found)) is not None:
        found.append(tile)
        free.difference_update(range(tile.mine, tile.mine + tile.size))
        taken.update(range(tile.other, tile.other + tile.size))
    return tuple(sorted(found))


def _longest(mine: Sequence[str], places: dict[str, list[int]], free: set[int], taken: set[int], found: list[Tile]) -> Tile | None:
    """The longest run that is still free on both sides; of equal ones the one nearest to its neighbours' place."""
    best: tuple[int, int, Tile] | None = None
    runs: dict[int, int] = {}
    for at, key in enumerate(mine):
        ending: dict[int, int] = {}
        if at in free:
            for place in places.get(key, ()):
                if place not in taken:
                    size = ending[place] = runs.get(place - 1, 0) + 1
                    if best is None or size >= best[0]:
                        tile = Tile(at - size + 1, place - size + 1, size)
                        rank = (size, -_shift(tile, found))
                        if best is None or rank > best[:2]:
                            best = (*rank, tile)
        runs = ending
    if best is None or (best[0] == 1 and -best[1] > _LONE):
        return None
    return best[2]


def _shift(tile: Tile, found: Sequence[Tile]) -> int:
    """How far a tile stands from where its nearest neighbour in the statement would have it; 0 if it is the first."""
    if not found:
        return 0
    near = min(found, key=lambda one: abs(one.mine - tile.mine))
    return abs((tile.other - tile.mine) - (near.other - near.mine))
