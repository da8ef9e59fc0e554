"""By what a change is named: tags, paths, all addresses of a page, or everything."""

from tests.fakes.events import a_publish
from tests.unit.lambdas.cdn.edge import edge


def test_tags_are_purged_where_the_distribution_knows_them() -> None:
    site = edge(cache_tags=True)
    site.hear(a_publish("a", paths=("/a", "/b"), tags=("post", "Post-1")))
    assert site.items == [["#post", "#post-1"]]


def test_a_tag_that_can_be_none_is_left_out_and_the_paths_are_named() -> None:
    site = edge(cache_tags=True)
    site.hear(a_publish("a", paths=("/a",), tags=("post", "a,b")), a_publish("b", paths=("/c",), tags=("é",)))
    assert site.items == [["#post", "/a", "/c"]]
    assert site.counted == [("LeftOut", 2)]


def test_where_nothing_can_be_named_it_is_everything() -> None:
    site = edge(cache_tags=True)
    site.hear(a_publish("a", tags=("a,b",), paths=("#",)))
    assert site.items == [["/*"]]


def test_paths_that_cannot_be_named_are_counted() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/a", "#top", "")))
    assert (site.items, site.counted) == ([["/a"]], [("LeftOut", 2)])


def test_page_is_purged_at_all_its_addresses_where_the_site_has_them() -> None:
    site = edge(page_twins=True)
    site.hear(a_publish("a", paths=("/a/", "/main.css")))
    assert site.items == [["/a", "/a.html", "/a/", "/a/index.html", "/main.css"]]
