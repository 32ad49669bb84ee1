"""The watched claims of one moment: a batch of texts in, what each says of which claim out. Numbers of claims alone; no text leaves."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from kiemtin.domain.repeats import Said
from nlp.proposition import proposition
from nlp.repeats.decision import PostReading, Watched, denies_claim, said, watch
from nlp.repeats.shelf import HELD, find, shelve

_KEPT = 20_000  # claims taken apart that are kept, about 8 kB each


class Board:
    """Claims by their numbers, in the order given; each as its check words it, frames and denying words left out."""

    def __init__(self, claims: Sequence[str]) -> None:
        self._claims = [proposition(claim) for claim in claims]
        self._shelf = shelve(self._claims)
        self._watched = lru_cache(_KEPT)(self._take_apart)

    def __len__(self) -> int:
        return len(self._claims)

    def _take_apart(self, number: int) -> Watched:
        return watch(self._claims[number])

    def compare(self, texts: Sequence[str]) -> Iterator[tuple[int, int, Said]]:
        """(text, claim, what it says of it) for those texts that say something of one: one claim each, the one that says most."""
        for text, claims in find(self._shelf, texts):
            post = PostReading(texts[text])
            found = [
                (sum(self._watched(number).weights), -number, what) for number, held in claims if (what := self._say(number, held, post)) is not None
            ]
            if found:
                _, negative, what = max(found)
                yield text, -negative, what

    def _say(self, number: int, held: float, post: PostReading) -> Said | None:
        if held >= HELD:
            what = said(self._watched(number), post.profile)
            if what is not None:
                return what
        return Said.DENIAL if post.may_deny and denies_claim(self._watched(number), post.profile) else None
