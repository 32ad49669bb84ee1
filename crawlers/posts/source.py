"""What a connector is: a whole stream, in batches, until its connection ends."""

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from kiemtin.domain.posts import Post


class Source(Protocol):
    """`name`: the organisation's host, for people."""

    name: str

    def batches(self, over: threading.Event) -> Iterator[Sequence[Post]]:
        """Posts as they come, until `over`; raises whatever the connection raises."""
        ...
