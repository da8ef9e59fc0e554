"""Content: the same event has the same type and notice whatever CMS it comes from, and names what has changed."""

import json
from typing import Any

import pytest

from lambdas.ingest.normalisers.generic import MAX_PATHS
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
    routes = {"BlogPost": ["/{data.section}/{slug}"]}
    assert normalised("hygraph", payload, routes=routes).notice.paths == ("/news%20%26%20more/summer",)


def test_route_that_cannot_be_filled_makes_everything_changed() -> None:
    routes = {"*": ["/blog/{slug}", "/{data.nothing}/{slug}"]}
    notice = normalised("hygraph", payload_of("hygraph"), routes=routes).notice
    assert notice.paths == ("/*", "/blog/summer")
    assert notice.incomplete


def test_value_of_the_body_is_taken_in_the_language_of_the_path() -> None:
    fields = {
        "slug": {"en-US": "winter", "de": "winter-de"},
        "section": {"en-US": "news", "de": "neues"},
        "year": {"en-US": 2027},
    }
    routes = {"*": ["/{locale}/{fields.section}/{fields.year}/{slug}"]}
    paths = normalised("contentful", {"sys": {"id": "1"}, "fields": fields}, routes=routes).notice.paths
    assert paths == ("/de/neues/2027/winter-de", "/en-US/news/2027/winter")


def test_more_paths_than_can_be_named_are_everything() -> None:
    slug = {f"de-{number:04}": f"s{number}" for number in range(MAX_PATHS + 1)}
    notice = normalised("contentful", {"sys": {"id": "1"}, "fields": {"slug": slug}}, routes=ROUTES).notice
    assert len(notice.paths) == MAX_PATHS
    assert notice.paths[0] == "/*"
    assert notice.incomplete


def test_as_many_paths_as_can_be_named_are_named() -> None:
    slug = {f"de-{number:04}": f"s{number}" for number in range(MAX_PATHS)}
    notice = normalised("contentful", {"sys": {"id": "1"}, "fields": {"slug": slug}}, routes=ROUTES).notice
    assert (len(notice.paths), "/*" in notice.paths, notice.incomplete) == (MAX_PATHS, False, False)


LOCALISED: dict[str, tuple[Any, dict[str, str]]] = {
    "of one language": ("winter", {"": "winter"}),
    "without one language": ({"en": "winter", "it": None}, {"en": "winter"}),
    "with an empty language": ({"en": "winter", "pt_BR": " "}, {"en": "winter"}),
    "of a typed object": ({"_type": "localeSlug", "en": "winter", "de": "w"}, {"en": "winter", "de": "w"}),
    "of slug objects": ({"en": {"_type": "slug", "current": "winter"}}, {"en": "winter"}),
    "of a list by key": ([{"_key": "en", "value": "winter"}, {"_key": "it"}], {"en": "winter"}),
    "of a list by language": ([{"_key": "0f", "language": "en", "value": "winter"}], {"en": "winter"}),
    "of a list with more than languages": (
        [None, "it", {"_key": "en", "value": "winter"}, 7],
        {"en": "winter"},
    ),
    "in languages of one's own names": ({"main": "winter", "other": "w"}, {"main": "winter", "other": "w"}),
    "in no language": ({"en": None, "it": None}, {}),
    "of an empty slug object": ({"_type": "slug"}, {}),
    "of a slug object with its source": ({"_type": "slug", "current": None, "source": "title"}, {}),
    "of a reference": ({"_type": "reference", "_ref": "x"}, {}),
    "of blocks": ([{"_type": "block", "_key": "a1", "children": []}], {}),
    "of an image": ({"_type": "image", "asset": {"_ref": "x"}, "alt": "winter"}, {}),
}


@pytest.mark.parametrize(("slug", "places"), LOCALISED.values(), ids=LOCALISED.keys())
def test_slug_is_read_in_each_language(slug: Any, places: dict[str, str]) -> None:
    routes = {"*": ["/{locale}/{slug}"]} if places and "" not in places else {"*": ["/{slug}"]}
    notice = normalised("sanity", {"_id": "1", "slug": slug}, "update", routes).notice
    named = sorted("/".join(("", place, slug)).replace("//", "/") for place, slug in places.items())
    assert notice.paths == tuple(named)
    assert notice.incomplete is not bool(places)


@pytest.mark.parametrize(
    "title", [{"it": None, "en": "Hello"}, {"_type": "localeString", "en": "Hello", "de": "Hallo"}]
)
def test_title_is_that_of_the_first_language_that_has_one(title: Any) -> None:
    assert normalised("sanity", {"_id": "1", "title": title}, "update").notice.title == "Hello updated"


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


@pytest.mark.parametrize(
    ("current", "previous", "word"),
    [
        ({"status": "published"}, {"status": "draft"}, "content.published"),
        ({"status": "published"}, {}, "content.published"),
        ({"status": "published"}, {"title": "Old"}, "content.updated"),
        ({"status": "draft"}, {"status": "published"}, "content.unpublished"),
        ({}, {"status": "published", "id": "1"}, "content.deleted"),
        ({"status": "draft"}, {"title": "Old"}, "ghost.post.edited"),
        ({"status": "scheduled"}, {"status": "draft"}, "ghost.post.edited"),
        ({}, {"status": "draft", "id": "1"}, "ghost.post.deleted"),
    ],
)
def test_ghost_without_an_event_is_told_by_the_status(current: Any, previous: Any, word: str) -> None:
    assert normalised("ghost", {"post": {"current": current, "previous": previous}}).type == word
    page = normalised("ghost", {"page": {"current": current, "previous": previous}})
    assert page.type == word.replace("post", "page")


def test_sanity_without_its_header_is_a_change() -> None:
    assert normalised("sanity", {"_id": "1"}, "").type == "content.updated"
    assert normalised("sanity", {"_id": "drafts.1"}, "").type.startswith("sanity.")
    assert normalised("sanity", {}, "").type == "sanity.received"


@pytest.mark.parametrize(
    ("status", "word"),
    [("publish", "content.updated"), ("trash", "content.unpublished"), ("draft", "wordpress.received")],
)
def test_wordpress_without_a_hook_is_told_by_the_status(status: str, word: str) -> None:
    assert normalised("wordpress", {"ID": 1, "post_status": status}, "").type == word


INTERNAL: dict[str, tuple[str, dict[str, Any]]] = {
    "wordpress, plain": ("wordpress", {"ID": 12, "post_url": "https://w.example/?p=12"}),
    "wordpress, guid": ("wordpress", {"ID": 12, "guid": "https://w.example/?page_id=12"}),
    "wordpress, trash": ("wordpress", {"ID": 12, "post_url": "https://w.example/winter__trashed/"}),
    "wordpress, second in the trash": ("wordpress", {"ID": 12, "post_url": "/winter__trashed-2/"}),
    "wordpress, preview": ("wordpress", {"ID": 12, "post_url": "https://w.example/winter/?preview=true"}),
    "wordpress, no address": ("wordpress", {"ID": 12, "post_url": "http://[w"}),
    "woocommerce, draft": (
        "woocommerce",
        {"id": 12, "permalink": "https://w.example/?post_type=product&p=1"},
    ),
    "woocommerce, trash": ("woocommerce", {"id": 12, "permalink": "https://w.example/product/a__trashed/"}),
    "ghost, draft": (
        "ghost",
        {
            "post": {
                "current": {"id": "1", "url": "https://g.example/p/0b7a3c1e-9d52-4f1c-8a7e-1f2d3c4b5a69/"}
            }
        },
    ),
    "ghost, unpublished": ("ghost", {"post": {"current": {"id": "1", "url": "https://g.example/404/"}}}),
}
REMOVED = {"wordpress": "trashed_post", "woocommerce": "product.deleted", "ghost": "post.unpublished"}


@pytest.mark.parametrize(("source", "payload"), INTERNAL.values(), ids=INTERNAL.keys())
def test_address_inside_the_cms_is_no_path_of_the_site(source: str, payload: Any) -> None:
    notice = normalised(source, payload, REMOVED[source]).notice
    assert notice.paths == ()
    assert notice.incomplete


@pytest.mark.parametrize("slug", ["winter__trashed", "winter__trashed-2"])
@pytest.mark.parametrize(("source", "name"), [("wordpress", "post_name"), ("woocommerce", "slug")])
def test_slug_in_the_trash_fills_no_route(source: str, name: str, slug: str) -> None:
    assert normalised(source, {name: slug}, REMOVED[source], ROUTES).notice.incomplete


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


@pytest.mark.parametrize(
    ("source", "native", "body"),
    [
        ("wordpress", "publish_post", {"ID": 1, "post_title": "TITLE"}),
        ("ghost", "post.published", {"post": {"current": {"id": "1", "title": "TITLE"}}}),
        ("woocommerce", "product.created", {"id": 1, "name": "TITLE"}),
    ],
)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Bus &amp; tram", "Bus & tram"),
        ("It&#8217;s late&#x2026;", "It\u2019s late\u2026"),
        ("1 &lt; 2 &quot;so&quot;", '1 < 2 "so"'),
        ("AT&T; R & D", "AT&T; R & D"),
    ],
)
def test_title_in_markup_is_read_as_text(
    source: str, native: str, body: Any, written: str, read: str
) -> None:
    said = json.loads(json.dumps(body).replace('"TITLE"', json.dumps(written)))
    assert normalised(source, said, native).notice.title == f"{read} published"


def test_title_in_plain_text_is_left_as_it_is() -> None:
    body = {"_id": "1", "title": "How to write &amp;"}
    assert normalised("sanity", body, "create").notice.title == "How to write &amp; published"
