"""The catalogue: what is taken in, and one clear line for what is not."""

from pathlib import Path

import pytest

from crawlers.catalog import bundled_catalog_path, load_catalog
from crawlers.refused_hosts import refused_host
from kiemtin.domain.outlets import OutletKind
from kiemtin.errors import CatalogError

GOOD = {
    "name": '"Báo Trúc Lam"',
    "kind": '"news"',
    "home": '"https://truclam.example/"',
    "feeds": '["https://truclam.example/rss.xml?utm_source=x"]',
    "language": '"vi"',
    "legal_name": '"Công ty Trúc Lam"',
    "imprint": '"1 đường Trúc Lam"',
    "controller": '"Hội Trúc Lam"',
}


def entry(**changes: str | None) -> str:
    values = {**GOOD, **changes}
    return "[[outlet]]\n" + "\n".join(f"{key} = {value}" for key, value in values.items() if value is not None) + "\n"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "outlets.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_good_entry_is_taken_in_with_canonical_addresses(tmp_path: Path) -> None:
    (outlet,) = load_catalog(written(tmp_path, entry(state='"VN"', speaks_for='["Hội Trúc Lam"]', min_stories_per_day="3", verified="false")))
    assert outlet.name == "Báo Trúc Lam"
    assert outlet.kind is OutletKind.NEWS
    assert outlet.feeds == ("https://truclam.example/rss.xml",)
    assert (outlet.state, outlet.min_stories_per_day, outlet.speaks_for, outlet.verified) == ("VN", 3, ("Hội Trúc Lam",), False)


def test_the_catalogue_that_ships_loads() -> None:
    outlets = load_catalog(bundled_catalog_path())
    assert len(outlets) >= 20
    assert {outlet.kind for outlet in outlets} == set(OutletKind)


@pytest.mark.parametrize("key", ["name", "kind", "home", "language", "legal_name", "imprint", "controller"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(CatalogError, match=rf"outlet 1.*: {key}: thiếu"):
        load_catalog(written(tmp_path, entry(**{key: None})))


@pytest.mark.parametrize("key", ["name", "legal_name", "imprint", "controller"])
def test_a_blank_key_is_as_good_as_missing(tmp_path: Path, key: str) -> None:
    with pytest.raises(CatalogError, match=f": {key}: để trống"):
        load_catalog(written(tmp_path, entry(**{key: '"  "'})))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": '"blog"'}, 'kind: phải là "news"'),
        ({"author": '"x"'}, "author: khóa không có trong quy định"),
        ({"feeds": None}, "feeds: cần ít nhất một"),
        ({"feeds": '"https://truclam.example/rss"'}, "feeds: phải là một danh sách"),
        ({"feeds": '["ftp://truclam.example/rss"]'}, "feeds: không phải một địa chỉ"),
        ({"feeds": '["https://user@truclam.example/rss"]'}, "feeds: không phải một địa chỉ"),
        ({"home": '"not an address"'}, "home: không phải một địa chỉ"),
        ({"sitemaps": '["https://www.facebook.com/truclam/sitemap.xml"]'}, "sitemaps: www.facebook.com là mạng xã hội"),
        ({"verified": '"yes"'}, "verified: phải là true hoặc false"),
        ({"min_stories_per_day": "-1"}, "min_stories_per_day: "),
        ({"state": '"Viet Nam"'}, "state: "),
    ],
)
def test_one_line_names_entry_and_key(tmp_path: Path, changes: dict[str, str | None], said: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load_catalog(written(tmp_path, entry(name='"Báo Suối Ngọc"') + entry(**changes)))
    assert f'outlet 2 "Báo Trúc Lam": {said}' in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "không có mục"),
        (b"# only a comment\n", "không có mục"),
        (b"outlet = 3\n", "không có mục"),
        (b"outlet = [3]\n", "outlet 1: "),
        (b"[[outlet]\n", "không đúng TOML"),
        (b'[[outlet]]\nname = "\xff\xfe"\n', "không phải UTF-8"),
        (b'[[outlets]]\nname = "x"\n', "'outlets': khóa không có"),
        (b"#" * (5 * 1024 * 1024 + 1), "lớn hơn 5 MiB"),
        (b"x = " + b"[" * 100_000, "không đúng TOML"),
    ],
)
def test_an_unusable_file_is_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(CatalogError, match=said) as caught:
        load_catalog(written(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_no_file_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="No such file"):
        load_catalog(tmp_path / "none.toml")


def test_names_are_identity(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"outlet 2.*name: trùng với outlet 1"):
        load_catalog(written(tmp_path, entry() + entry(name='"BÁO TRÚC LAM"')))


def test_at_most_two_thousand_entries(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="2001 mục"):
        load_catalog(written(tmp_path, "[[outlet]]\n" * 2_001))


REFUSED = """
https://facebook.com/truclam https://www.facebook.com/x https://m.facebook.com/x https://FaceBook.com./x https://facebook.com:443/x
https://ｆａｃｅｂｏｏｋ.com/x https://faceb%6fok.com/ https://fb.com/x https://instagram.com/x https://www.threads.net/@x https://twitter.com/x https://x.com/x
https://x.com:8443/rss https://mobile.twitter.com/x https://tiktok.com/@x https://vt.tiktok.com/x https://zalo.me/x https://oa.zalo.me/x
https://linkedin.com/in/x https://reddit.com/r/x.rss https://old.reddit.com/r/x https://truclam.tumblr.com/rss https://bsky.app/profile/x/rss https://mastodon.social/@x.rss
https://mastodon.truclam.example/@x.rss https://mstdn.jp/@x.rss https://truclam.blogspot.com/feeds/posts/default https://truclam.blogspot.com.vn/feeds
https://truclam.wordpress.com/feed https://truclam.substack.com/feed https://medium.com/feed/@x https://truclam.medium.com/feed https://spiderum.com/x
https://truclam.ghost.io/rss https://truclam.wixsite.com/blog https://truclam.weebly.com/feed https://truclam.github.io/feed.xml https://sites.google.com/view/x
https://news.google.com/rss/search?q=x https://www.google.com/alerts/feeds/1/2 https://truclam.livejournal.com/data/rss https://telegra.ph/x https://write.as/x/feed
https://www.youtube.com/feeds/videos.xml?channel_id=x https://youtu.be/x https://vimeo.com/x/rss https://www.dailymotion.com/rss/user/x https://rumble.com/c/x
https://t.me/s/truclam https://telegram.me/truclam https://wa.me/1 https://discord.gg/x https://chat.zalo.me/ https://voz.vn/f/x.1/index.rss
https://forum.truclam.example/rss https://diendan.truclam.example/rss https://www.otofun.net/rss https://tinhte.vn/rss https://webtretho.com/f
https://rsshub.app/telegram/channel/x https://rss.app/feeds/x.xml https://rsshub.truclam.example/x https://rss-bridge.org/bridge01/?action=display
https://truclam.example/rss-bridge/?action=display&bridge=Facebook https://truclam.example/feed?url=https%3A%2F%2Ffacebook.com%2Fx https://nitter.net/x/rss
https://nitter.truclam.example/x/rss https://invidious.truclam.example/feed/channel/x https://fetchrss.com/rss/x.xml https://feeds.feedburner.com/x https://truclam.translate.goog/rss
https://vnexpress.net@facebook.com/x https://kill-the-newsletter.com/feeds/x.xml https://patreon.com/x
""".split()  # noqa: SIM905 (a table to read)


def test_the_list_of_refused_addresses_is_long_enough() -> None:
    assert len(REFUSED) >= 60


@pytest.mark.parametrize("address", REFUSED)
def test_no_outlet_on_a_host_where_persons_publish(tmp_path: Path, address: str) -> None:
    assert refused_host(address)
    for key in ("home", "feeds", "sitemaps"):
        value = f'"{address}"' if key == "home" else f'["{address}"]'
        with pytest.raises(CatalogError, match=f": {key}: "):
            load_catalog(written(tmp_path, entry(**{key: value})))


@pytest.mark.parametrize(
    "address",
    [
        "https://vnexpress.net/rss/tin-moi-nhat.rss",
        "https://www.fao.org/blogs/blog-detail/en/",
        "https://netflix.com.vn.example/rss",
        "https://hexx.com.example/rss",
        "https://baocantho.com.vn/rss/home.rss",
        "https://truclam.example/facebook/rss.xml",
        "https://www.who.int/rss-feeds/news-english.xml",
    ],
)
def test_organisations_are_not_refused_by_mistake(address: str) -> None:
    assert refused_host(address) is None
