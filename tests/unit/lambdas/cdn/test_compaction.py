"""Whatever has changed is covered, within the limits, by as little as that takes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.cdn.compaction import Room, compact
from lambdas.cdn.items import is_wildcard, matches, path_item, tag_item

segments = st.sampled_from(["a", "b", "blog", "2026", "news", "x y", "é", "*", "..", ""])
paths = st.lists(segments, max_size=5).map(lambda parts: "/" + "/".join(parts))
tags = st.sampled_from(["one", "two", "three"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(paths, max_size=60),
    st.lists(tags, max_size=3),
    st.integers(0, 40),
    st.integers(0, 15),
    st.integers(0, 50),
)
def test_everything_changed_is_covered_and_no_limit_exceeded(
    changed: list[str], tagged: list[str], most_paths: int, wildcards: int, affordable: int
) -> None:
    items = {item for path in changed if (item := path_item(path))}
    items |= {item for tag in tagged if (item := tag_item(tag))}
    room = Room(paths=most_paths, wildcards=wildcards, affordable=affordable)
    found = compact(items, room)
    if found is None:
        assert wildcards == 0
        return
    for item in items:
        assert any(matches(other, item) for other in found) or "/*" in found
    assert sum(map(is_wildcard, found)) <= wildcards
    assert sum(not is_wildcard(item) for item in found) <= most_paths
    assert len(found) <= max(affordable, 1)
    assert len(found) <= max(len(items), 1)  # never dearer than each by itself
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("changed", "room", "expected"),
    [
        (["/b", "/a"], Room(), ["/a", "/b"]),
        (["/a", "/*"], Room(), ["/*"]),
        (["/blog/a", "/blog/b", "/c"], Room(affordable=2), ["/blog/*", "/c"]),
        (["/blog/a", "/blog/b", "/c"], Room(affordable=1), ["/*"]),
        (["/blog/a", "/blog/2026/b", "/blog/2026/c"], Room(affordable=2), ["/blog/2026/*", "/blog/a"]),
        (["/blog/a", "/blog/2026/b", "/blog/2026/c"], Room(affordable=1), ["/blog/*"]),
        (["/blog/2026/b", "/blog/2026/c"], Room(affordable=0), ["/blog/2026/*"]),
        (["/blog/b", "/news/c"], Room(paths=0), ["/*"]),
        (["/a"], Room(paths=0, wildcards=0), None),
        (["#one", "/a/b", "/a/c"], Room(affordable=2), ["#one", "/a/*"]),
        (["#a/b/1", "#a/b/2"], Room(affordable=1), ["/*"]),
    ],
)
def test_the_shortest_that_there_is_room_for(
    changed: list[str], room: Room, expected: list[str] | None
) -> None:
    assert compact(changed, room) == expected


def test_the_fullest_folders_become_wildcards_first() -> None:
    changed = [f"/big/{n}" for n in range(30)] + [f"/small/{n}" for n in range(3)]
    assert compact(changed, Room(paths=10)) == ["/big/*", "/small/0", "/small/1", "/small/2"]


def test_as_many_folders_become_wildcards_as_it_takes() -> None:
    changed = [f"/{folder}/{n}" for folder in "abc" for n in range(10)] + ["/d/0", "/d/1"]
    assert compact(changed, Room(paths=2)) == ["/a/*", "/b/*", "/c/*", "/d/0", "/d/1"]


def test_ten_thousand_paths_are_covered_at_once() -> None:
    changed = [f"/section-{n % 40}/page-{n}" for n in range(10_000)]
    found = compact(changed, Room())
    assert found is not None
    assert all(any(matches(item, path) for item in found) for path in changed)
