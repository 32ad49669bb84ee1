"""JSON Lines on a file or standard input: what an office already gets through an official research interface."""

from collections.abc import Iterator
from typing import BinaryIO

from crawlers.posts.reading import read_line
from kiemtin.domain.posts import Post

_MAX_LINE = 256 * 1024  # bytes; a longer line is no post


class LineReader:
    """The posts of a stream of lines, one at a time. `unreadable`: lines that were none."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.unreadable = 0

    def __iter__(self) -> Iterator[Post]:
        while line := self._stream.readline(_MAX_LINE + 1):
            if len(line) > _MAX_LINE:
                self._skip_rest(line)
                self.unreadable += 1
            elif (post := read_line(line)) is not None:
                yield post
            elif line.strip():
                self.unreadable += 1

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(_MAX_LINE)
