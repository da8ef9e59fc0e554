"""What becomes of paths and tags that CloudFront would not take as they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cdn.items import (
    MAX_PATH_LENGTH,
    MAX_TAG_LENGTH,
    is_wildcard,
    matches,
    page_twins,
    path_item,
    tag_item,
    without_covered,
)


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("/blog/summer", "/blog/summer"),
        ("blog/x y", "/blog/x%20y"),
        ("/über", "/%C3%BCber"),
        ("/a%20b", "/a%20b"),
        ("/100%", "/100%25"),
        ("/a/../b", "/b"),
        ("/../../etc", "/etc"),
        ("/a/./b/", "/a/b/"),
        ("/a/b/..", "/a/"),
        ("/a/*/c", "/a/*"),
        ("/a/*", "/a/*"),
        ("/*", "/*"),
        ("/search?q=a b", "/search?q=a%20b"),
        ("/page#part", "/page"),
        ("/runtime~main.js", "/runtime%7Emain.js"),
        ("/~ada/[1]{2}|3^4`5", "/%7Eada/%5B1%5D%7B2%7D%7C3%5E4%605"),
        ("/l'été (1),@a;b=c&d+e!$", "/l'%C3%A9t%C3%A9%20(1),@a;b=c&d+e!$"),
        ('/say"<>\\^`{|}\n', "/say%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ("/lone\ud800", "/lone%EF%BF%BD"),
        ("", None),
        ("#part", None),
    ],
)
def test_a_path_is_named_as_cloudfront_takes_it(path: str, item: str | None) -> None:
    assert path_item(path) == item


def test_a_path_that_is_too_long_to_be_named_is_covered_by_a_wildcard() -> None:
    item = path_item("/" + "ü" * 2000)
    assert item is not None
    assert len(item) <= MAX_PATH_LENGTH
    assert item.endswith("%BC*")
    assert path_item("/" + "x" * (2 * MAX_PATH_LENGTH)) == "/" + "x" * (MAX_PATH_LENGTH - 2) + "*"


def test_longest_path_and_tag_are_taken_whole() -> None:
    path, tag = "/" + "x" * (MAX_PATH_LENGTH - 1), "t" * MAX_TAG_LENGTH
    assert (path_item(path), tag_item(tag), tag_item(tag + "t")) == (path, f"#{tag}", None)
    assert path_item(f"{path}*") == f"{path[:-1]}*"
    assert f"{path[:-1]}/" in page_twins(path[:-1])
    assert f"{path[:-1]}.html" not in page_twins(path[:-1])


@given(st.text(max_size=6000))
def test_every_text_is_a_valid_item_or_none(text: str) -> None:
    item = path_item(text)
    if item is not None:
        assert item.startswith("/")
        assert re.fullmatch(r"(?:[A-Za-z0-9$_.+!'(),;/?:@=&-]|%[0-9A-Fa-f]{2})*\*?", item)
        assert len(item) <= MAX_PATH_LENGTH
        assert "*" not in item[:-1]
        assert path_item(item) == item


WINTER = {"/blog/winter", "/blog/winter/", "/blog/winter/index.html", "/blog/winter.html"}


@pytest.mark.parametrize(
    ("item", "twins"),
    [
        *((item, WINTER) for item in sorted(WINTER)),
        ("/", {"/", "/index.html"}),
        ("/index.html", {"/", "/index.html"}),
        ("/v1.2", {"/v1.2", "/v1.2/", "/v1.2/index.html", "/v1.2.html"}),
        ("/feed.xml", {"/feed.xml"}),
        ("/main.js", {"/main.js"}),
        ("/search?q=a", {"/search?q=a"}),
        ("/blog/*", {"/blog/*"}),
        ("/*", {"/*"}),
        ("#tag", {"#tag"}),
    ],
)
def test_page_has_the_addresses_that_a_static_host_serves_it_at(item: str, twins: set[str]) -> None:
    assert set(page_twins(item)) == twins


@given(st.text(max_size=4500))
def test_twins_of_a_valid_item_are_valid_items(text: str) -> None:
    item = path_item(text)
    if item is not None:
        twins = page_twins(item)
        assert item in twins
        assert [path_item(twin) for twin in twins] == [*twins]


@pytest.mark.parametrize(
    ("tag", "item"),
    [
        ("product:electronics", "#product:electronics"),
        ("Product", "#product"),
        ("a,b", None),
        ("a b", None),
        ("ü", None),
        ("", None),
        ("x" * 257, None),
    ],
)
def test_a_tag_is_taken_or_left_out(tag: str, item: str | None) -> None:
    assert tag_item(tag) == item


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        ({"/a/*", "/a/b", "/ab", "#a"}, {"/a/*", "/ab", "#a"}),
        ({"/a*", "/ab/*", "/b/*", "/b/c"}, {"/a*", "/b/*"}),
        ({"/*", "/a/*", "/b", "#a"}, {"/*"}),
    ],
)
def test_wildcard_takes_the_place_of_what_it_covers(items: set[str], kept: set[str]) -> None:
    assert without_covered(items) == kept


@given(st.sets(st.text(alphabet="ab/*", max_size=6)))
def test_what_a_wildcard_covers_is_left_out_and_nothing_else(texts: set[str]) -> None:
    items = {item for text in texts if (item := path_item(text))}
    kept = without_covered(items)
    assert kept <= items
    for item in items:
        assert any(matches(other, item) for other in kept)
    for item in kept:
        assert not any(matches(other, item) for other in kept - {item} if is_wildcard(other))
