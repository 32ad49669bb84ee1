"""One spelling for one address."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.urls import canonicalize, host_of


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        ("HTTPS://BaoMoi.Example:443/a/../b#top", "https://baomoi.example/b"),
        ("http://bao.example", "http://bao.example/"),
        ("http://bao.example./tin?b=2&a=1", "http://bao.example/tin?a=1&b=2"),
        ("https://bao.example/tin?id=5&utm_source=zalo&fbclid=x&zarsrc=30&vn_campaign=y", "https://bao.example/tin?id=5"),
        ("https://bao.example/tin?UTM_Medium=x", "https://bao.example/tin"),
        ("https://báo.example/thời tiết", "https://xn--bo-mia.example/th%E1%BB%9Di%20ti%E1%BA%BFt"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("  https://bao.example/x \n", "https://bao.example/x"),
    ],
)
def test_canonical_spelling(spelled: str, canonical: str) -> None:
    assert canonicalize(spelled) == canonical


def test_parameters_that_name_a_page_stay() -> None:
    url = "https://bao.example/index.php?cid=12&id=4&ref=muc&source=3"
    assert canonicalize(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://bao.example/x",
        "javascript:alert(1)",
        "//bao.example/x",
        "/x",
        "https://ten:mk@bao.example/",
        "https://@bao.example/",
        "https://bao.example/a\x00b",
        "https://bao.example/a\nb",
        "https://bao.example:99999/",
        "https://bao .example/",
        "https:///x",
        "https://bao.example/" + "a" * 2_000,
        "https://bao.example/" + "ế" * 900,
        "http://[::1/",
    ],
)
def test_refused(url: str) -> None:
    with pytest.raises(ValueError):
        canonicalize(url)


def test_host_with_its_port_only_where_not_default() -> None:
    assert host_of("https://Bao.Example:443/x") == "bao.example"
    assert host_of("http://bao.example:8000/x") == "bao.example:8000"


_PIECES = st.text(alphabet="/.?&=#%;+ abA2fé đ:@[]<>\"'\\^|`{}~", max_size=40)


@given(st.one_of(st.text(max_size=60), st.builds(str.__add__, st.sampled_from(["http://a.vn", "https://B.vn:443", "https://bé.vn:8080/"]), _PIECES)))
@example("http://a.vn/%25%32%35?%2525=%&;=")
def test_twice_is_once(url: str) -> None:
    try:
        once = canonicalize(url)
    except ValueError:
        return
    assert canonicalize(once) == once
