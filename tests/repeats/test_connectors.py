"""The connectors against local servers that speak the documented protocols, and lines as an office hands them in."""

import io
import json
import threading
import time
from datetime import UTC, datetime

import pytest

from crawlers.guarded_http import Asked, PrivateAddressError, ask
from crawlers.posts import mastodon
from crawlers.posts.bluesky import BlueskyStream
from crawlers.posts.lines import LineReader
from crawlers.posts.mastodon import MastodonTimeline
from crawlers.posts.reading import MAX_TEXT, read_line, read_time, text_of
from kiemtin.counting.tally import Tally
from kiemtin.domain.repeats import Platform
from tests.support.posts import BLUESKY, MASTODON, WATCHED, bluesky_server, mastodon_server

CANARIES = ("Vẹt Thị Canary", "canary_vet", "@canary.vet", "0912", "did:plc:canary", "12 Hẻm", "cụm từ riêng")
AGENT = "KiemTin (+https://vidu.example)"


def test_mastodon_is_read_from_now_on_page_by_page() -> None:
    over, posts = threading.Event(), []
    with mastodon_server(CANARIES) as server:
        for batch in MastodonTimeline(server.host, AGENT, loopback_ok=True, pause=0.02).batches(over):
            posts += batch
            if len(posts) >= MASTODON + 10:
                over.set()
    assert len([post for post in posts if any(claim in post.text for claim in WATCHED)]) == MASTODON
    assert {post.platform for post in posts} == {Platform.SOCIAL}
    assert len({post.id for post in posts}) == MASTODON + 10
    assert server.asked[0] == "/api/v1/timelines/public?local=true&limit=40", "the first page only says where the stream stands"
    assert server.asked[1] == "/api/v1/timelines/public?local=true&limit=40&min_id=1039"
    assert {header["User-Agent"] for header in server.headers} == {AGENT}
    assert all(not {"Authorization", "Cookie"} & set(header) for header in server.headers)


def test_mastodon_waits_when_it_is_told_to() -> None:
    over = threading.Event()
    with mastodon_server(CANARIES) as server:
        server.answer_429 = 1
        began = time.monotonic()
        next(MastodonTimeline(server.host, AGENT, loopback_ok=True, pause=0.01).batches(over))
        assert time.monotonic() - began >= 0.5
        assert len(server.asked) == 2


def test_mastodon_leaves_what_is_not_public_and_what_has_no_time() -> None:
    source = MastodonTimeline("may.example", AGENT)
    status = mastodon.Status("1", "<p>chào</p>", "2026-11-20T01:02:03.000Z")
    post = source._taken(status)
    assert post is not None
    assert (post.text, post.created_at) == ("chào", datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC))
    assert source._taken(mastodon.Status("1", "x", "2026-11-20T01:02:03Z", "unlisted")) is None
    assert source._taken(mastodon.Status("1", "x", "hôm qua")) is None


def test_bluesky_is_read_once_each_and_the_rest_left() -> None:
    over, posts = threading.Event(), []
    with bluesky_server(CANARIES) as server:
        for batch in BlueskyStream(server.host, AGENT, loopback_ok=True).batches(over):
            posts += batch
            if len(posts) >= 2 * BLUESKY:
                over.set()
    assert len(posts) == 2 * BLUESKY, "likes, deletions, identities and what is no JSON are left; what comes twice is told by its id"
    assert len({post.id for post in posts}) == BLUESKY
    assert server.asked == ["/subscribe?wantedCollections=app.bsky.feed.post"]


def test_bluesky_goes_on_where_it_was() -> None:
    with bluesky_server(CANARIES) as server:
        source = BlueskyStream(server.host, AGENT, loopback_ok=True)
        for _ in range(2):
            next(source.batches(threading.Event()))
    assert server.asked[1].startswith("/subscribe?wantedCollections=app.bsky.feed.post&cursor=")


@pytest.mark.parametrize("make", [MastodonTimeline, BlueskyStream])
def test_private_addresses_are_refused(make: type) -> None:
    with pytest.raises((PrivateAddressError, ValueError)):
        next(make("127.0.0.1:9", AGENT).batches(threading.Event()))


def test_an_answer_that_is_too_long_is_refused() -> None:
    with mastodon_server(CANARIES) as server, pytest.raises(OSError, match="100"):
        ask(Asked(f"http://{server.host}/api/v1/timelines/public", AGENT, 100, loopback_ok=True))


def test_lines_of_many_kinds() -> None:
    good = {"text": "chào", "created_at": "2026-11-20T08:00:00+07:00", "platform": "zalo", "id": 7, "user": {"name": "Vẹt"}}
    body = (
        json.dumps(good).encode() + b"\n\nno json\n[1]\n{}\n" + b'{"text": "' + b"a" * 400_000 + b'", "created_at": 1}\n' + json.dumps(good).encode()
    )
    reader = LineReader(io.BytesIO(body))
    posts = list(reader)
    assert [(post.text, post.platform, post.id, post.created_at) for post in posts] == [
        ("chào", Platform.MESSAGING, "zalo 7", datetime(2026, 11, 20, 1, tzinfo=UTC))
    ] * 2
    assert reader.unreadable == 4


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T01:00:00Z", datetime(2026, 11, 20, 1, tzinfo=UTC)),
        ("2026-11-20T08:00:00", datetime(2026, 11, 20, 1, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 19, 17, tzinfo=UTC)),
        (1_795_136_400, datetime(2026, 11, 20, 1, tzinfo=UTC)),
    ],
)
def test_times_without_an_offset_are_viet_nams(written: str | float, moment: datetime) -> None:
    assert read_time(written) == moment


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"null", b'{"text": 5, "created_at": 1}', b'{"text": "a"}', b'{"text": "a", "created_at": "?"}', b'{"text": "a", "created_at": 1e30}', b'{"text": "a", "created_at": null}', b"\xff\xfe"],
)  # fmt: skip
def test_what_is_no_post_is_none(line: bytes) -> None:
    assert read_line(line) is None


def test_a_long_text_is_cut_and_html_becomes_words() -> None:
    post = read_line(json.dumps({"text": "a" * 50_000, "created_at": 1}).encode())
    assert post is not None
    assert len(post.text) == MAX_TEXT
    assert text_of("<p>một<br>hai</p><p>ba &amp; <b>bốn</b></p><script>x</script>").split()[:4] == ["một", "hai", "ba", "&"]


@pytest.mark.parametrize(
    ("fragment", "words"),
    [("", []), ("  ", []), ("<!-- x -->", []), ("<p></p>", []), ("<b>một", ["một"]), ("<<>>", ["<<>>"]), ("<p>" * 3_000 + "sâu", ["sâu"])],
)  # fmt: skip
def test_broken_html_is_borne(fragment: str, words: list[str]) -> None:
    assert text_of(fragment).split() == words


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 1e18, -1e18])
def test_a_time_beyond_the_calendar_is_none_and_stops_no_stream(written: str | float) -> None:
    with pytest.raises(ValueError, match=r"calendar|year"):
        read_time(written)


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T00:00:00Z"])
def test_any_time_that_can_be_read_has_a_day_or_none(written: str) -> None:
    for live in (True, False):
        Tally(live).day_for(read_time(written), datetime(2026, 11, 20, tzinfo=UTC))


def test_the_same_number_on_two_platforms_is_two_posts() -> None:
    rows = [{"text": "chào", "created_at": 1, "platform": platform, "id": 7} for platform in ("zalo", "facebook")]
    assert len({post.id for post in map(read_line, (json.dumps(row).encode() for row in rows)) if post is not None}) == 2
    assert [post.id for post in [read_line(b'{"text": "a", "created_at": 1, "platform": "zalo"}')] if post is not None] == [""]
