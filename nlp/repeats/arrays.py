"""Rows of different lengths in two arrays, and looking many of them up at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Row `i` is `values[starts[i] : starts[i + 1]]`."""

    starts: Ints
    values: Ints

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> "Rows":
        lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
        values = np.fromiter((value for row in rows for value in row), np.int64, int(lengths.sum()))
        return cls(np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths))), values)

    def gather(self, wanted: Ints) -> tuple[Ints, Ints]:
        """The values of these rows one after another, and for each the place in `wanted` of its row."""
        starts = self.starts[wanted]
        lengths = self.starts[wanted + 1] - starts
        places = np.repeat(np.arange(len(wanted)), lengths)
        offsets = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.values[starts[places] + offsets], places
