"""Content: the same event has the same type and notice whatever CMS it comes from, and names what has changed."""

from typing import Any

import pytest

from tests.unit.lambdas.ingest.normalised import normalised, payload_of

CMS = ("contentful", "sanity", "storyblok", "hygraph", "datocms", "strapi", "ghost", "wordpress")


ROUTES = {"*": ["/blog/{slug}"]}


@pytest.mark.parametrize("source", CMS)
def test_publication_is_alike_from_every_cms(source: str) -> None:
    draft = normalised(source, payload_of(source))
    assert draft.type == "content.published"
    assert draft.notice.title in ("Summer timetable published", "news/summer published")
    assert "{fresh}" in draft.notice.tags
    assert draft.notice.severity == "info"


@pytest.mark.parametrize("source", [cms for cms in CMS if cms not in ("contentful", "wordpress")])
def test_route_gives_the_paths(source: str) -> None:
    assert normalised(source, payload_of(source), routes=ROUTES).notice.paths == ("/blog/summer",)


def test_each_locale_has_its_path() -> None:
    routes = {"blogPost": ["/{locale}/blog/{slug}", "/blog"], "page": ["/{slug}"]}
    paths = normalised("contentful", payload_of("contentful"), routes=routes).notice.paths
    assert paths == ("/blog", "/de/blog/sommer", "/en-US/blog/summer")


def test_route_may_name_any_value_of_the_body() -> None:
    payload = payload_of("hygraph")
    payload = {**payload, "data": {**payload["data"], "section": "news & more"}}
    routes = {"BlogPost": ["/{data.section}/{slug}", "/{data.nothing}/{slug}"]}
    assert normalised("hygraph", payload, routes=routes).notice.paths == ("/news%20%26%20more/summer",)


def test_slug_cannot_escape_its_part_of_a_path() -> None:
    payload = {**payload_of("strapi"), "entry": {"id": 1, "slug": "../admin/*"}}
    [path] = normalised("strapi", payload, routes=ROUTES).notice.paths
    assert path == "/blog/..%2Fadmin%2F%2A"


def test_path_of_the_cms_counts_without_a_route() -> None:
    assert normalised("storyblok", payload_of("storyblok")).notice.paths == ("/news/summer",)
    assert normalised("ghost", payload_of("ghost")).notice.paths == ("/summer/",)
    assert normalised("contentful", payload_of("contentful")).notice.paths == ()


DRAFTS: dict[str, tuple[str, Any, str, str]] = {
    "contentful": (
        "contentful",
        {"sys": {"id": "1"}},
        "ContentManagement.Entry.save",
        "contentful.contentmanagement.entry.save",
    ),
    "sanity": ("sanity", {"_id": "drafts.1", "_type": "post"}, "update", "sanity.update"),
    "strapi": (
        "strapi",
        {"event": "entry.update", "entry": {"id": 1, "publishedAt": None}},
        "",
        "strapi.entry.update",
    ),
    "hygraph": ("hygraph", {"operation": "update", "data": {}}, "", "hygraph.update"),
    "prismic": ("prismic", {"type": "test-trigger"}, "", "prismic.test-trigger"),
    "ghost": ("ghost", {"event": "post.edited", "post": {}}, "", "ghost.post.edited"),
    "storyblok": (
        "storyblok",
        {"action": "published", "story_id": 7, "full_slug": "a", "release_id": 5},
        "",
        "storyblok.published",
    ),
}


@pytest.mark.parametrize(("source", "payload", "native", "kind"), DRAFTS.values(), ids=DRAFTS.keys())
def test_draft_is_no_change_of_content(source: str, payload: Any, native: str, kind: str) -> None:
    assert normalised(source, payload, native or None).type == kind


def test_unpublished_entry_of_strapi_is_gone_though_its_rest_is_a_draft() -> None:
    gone = {"event": "entry.unpublish", "model": "page", "entry": {"id": 4, "publishedAt": None}}
    assert normalised("strapi", gone).type == "content.unpublished"


def test_merged_release_changes_everything() -> None:
    merged = {
        "action": "merged",
        "release_id": 5,
        "space_id": 3,
        "text": "The release spring has been merged.",
    }
    draft = normalised("storyblok", merged, routes={"*": ["/news"]})
    assert (draft.type, draft.notice.paths, draft.notice.tags) == ("content.updated", (), ())


GONE = {
    "contentful": ({"sys": {"id": "1"}}, "ContentManagement.Entry.delete", "content.deleted"),
    "sanity": ({"_id": "1"}, "delete", "content.deleted"),
    "storyblok": ({"action": "unpublished", "full_slug": "a"}, "", "content.unpublished"),
    "hygraph": ({"operation": "unpublish", "data": {}}, "", "content.unpublished"),
    "datocms": ({"event_type": "delete", "entity": {}}, "", "content.deleted"),
    "strapi": ({"event": "entry.unpublish", "entry": {}}, "", "content.unpublished"),
    "ghost": ({"event": "page.unpublished", "page": {"current": {}}}, "", "content.unpublished"),
    "wordpress": ({"hook": "deleted_post"}, "", "content.deleted"),
    "shopify": ({"id": 1, "handle": "ticket"}, "products/delete", "content.deleted"),
    "woocommerce": ({"id": 1}, "product.deleted", "content.deleted"),
}


@pytest.mark.parametrize(("source", "gone"), GONE.items(), ids=GONE.keys())
def test_removal_has_its_event_type(source: str, gone: tuple[Any, str, str]) -> None:
    payload, native, kind = gone
    assert normalised(source, payload, native or None).type == kind
