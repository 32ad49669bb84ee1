"""A public post: in memory while it is compared, then gone (LIMITS 2)."""

from datetime import datetime
from typing import NoReturn

from kiemtin.domain.repeats import Platform


class Post:
    """Text, platform class, time and an opaque id for not counting one post twice.

    No dataclass on purpose: what prints, copies, pickles or turns values into JSON finds nothing here that it could write.
    """

    __slots__ = ("created_at", "id", "platform", "text")

    def __init__(self, text: str, platform: Platform, created_at: datetime, post_id: str) -> None:
        self.text = text
        self.platform = platform
        self.created_at = created_at
        self.id = post_id

    def __repr__(self) -> str:
        return "<a post>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a post is not written anywhere")
