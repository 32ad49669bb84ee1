"""The public timeline of one Mastodon server: what its own people have posted in public, nothing else.

GET /api/v1/timelines/public?local=true&limit=40[&min_id=ID], https://docs.joinmastodon.org/methods/timelines/#public; no login, no token.
`local`: posts of other servers are counted there, if those are configured. The pace keeps below the documented 300 requests in five minutes, and a
server that answers 429 is left alone until its X-RateLimit-Reset.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from crawlers.guarded_http import Answer, Asked, ask
from crawlers.posts.reading import MAX_TEXT, read_time, text_of
from kiemtin.domain.posts import Post
from kiemtin.domain.repeats import Platform

_PAUSE, _LONGEST_REST = 5.0, 900.0  # seconds between two requests; the longest that a server may ask for
_PAGE, _MAX_BYTES = 40, 4 * 1024 * 1024
_OK, _TOO_MANY = 200, 429


class Status(msgspec.Struct):
    """A status as far as it is read (https://docs.joinmastodon.org/entities/Status/): its account is not."""

    id: str
    content: str
    created_at: str
    visibility: str = "public"


_PAGES = msgspec.json.Decoder(list[Status])


class StreamError(Exception):
    """The server answered with something else than a timeline. Says the status code alone."""


class MastodonTimeline:
    """`host`: the server. `pause`: seconds between two requests."""

    def __init__(self, host: str, agent: str, loopback_ok: bool = False, pause: float = _PAUSE) -> None:
        self.name = host
        self._agent = agent
        self._loopback_ok = loopback_ok
        self._pause = pause
        self._newest = ""

    def batches(self, over: threading.Event) -> Iterator[Sequence[Post]]:
        """From now on: the first page is only looked at for where the stream stands."""
        while not over.is_set():
            answer = ask(Asked(self._url(), self._agent, _MAX_BYTES, self._loopback_ok))
            if answer.status == _TOO_MANY:
                over.wait(_rest(answer, datetime.now(UTC)))
                continue
            if answer.status != _OK:
                raise StreamError(str(answer.status))
            page = _PAGES.decode(answer.body)
            first_look, self._newest = not self._newest, max((status.id for status in page), key=_age, default=self._newest)
            yield [] if first_look else [post for status in page if (post := self._taken(status)) is not None]
            if len(page) < _PAGE or first_look:
                over.wait(self._pause)
            else:
                over.wait(min(self._pause, 1.0))  # behind: the pages in between are read at the fastest pace that the limit allows

    def _url(self) -> str:
        scheme = "http" if self._loopback_ok else "https"
        return f"{scheme}://{self.name}/api/v1/timelines/public?local=true&limit={_PAGE}" + (
            f"&min_id={quote(self._newest, safe='')}" if self._newest else ""
        )

    def _taken(self, status: Status) -> Post | None:
        if status.visibility != "public":
            return None
        try:
            created_at = read_time(status.created_at)
        except ValueError:
            return None
        return Post(text_of(status.content)[:MAX_TEXT], Platform.SOCIAL, created_at, f"{self.name} {status.id}")


def _age(status_id: str) -> tuple[int, str]:
    """Ids are decimal numbers that grow with time, given as strings."""
    return len(status_id), status_id


def _rest(answer: Answer, now: datetime) -> float:
    """Until the limit is lifted, by the server's own word (ISO 8601)."""
    try:
        until = read_time(answer.header("x-ratelimit-reset"))
    except ValueError:
        return 60.0
    return min(max((until - now).total_seconds(), 1.0), _LONGEST_REST)
