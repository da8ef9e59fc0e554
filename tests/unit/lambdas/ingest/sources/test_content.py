"""Content: the same happening has the same type and notice whatever CMS it comes from, and names what to fetch anew."""

from typing import Any

import pytest

from jamwire.samples.catalogue import SAMPLES
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.source import Draft, VerifiedRequest

CMS = ("contentful", "sanity", "storyblok", "hygraph", "datocms", "strapi", "ghost", "wordpress")
ROUTES = {"*": ["/blog/{slug}"]}


def normalised(source: str, payload: Any, native: str = "", routes: Any = None) -> Draft:
    entry = CATALOGUE[source]
    return entry.normalise(
        entry, VerifiedRequest(native or native_of(source, payload), payload, routes or {})
    )


def native_of(source: str, payload: Any) -> str:
    sample = next(sample for sample in SAMPLES.values() if sample.source == source)
    return CATALOGUE[source].native_type_of(sample.headers, payload)


def payload_of(source: str) -> Any:
    return next(sample.body for sample in SAMPLES.values() if sample.source == source)


@pytest.mark.parametrize("source", CMS)
def test_a_publication_is_the_same_from_every_cms(source: str) -> None:
    draft = normalised(source, payload_of(source))
    assert draft.type == "content.published"
    assert draft.notice.title in ("Summer timetable published", "news/summer published")
    assert "{fresh}" in draft.notice.tags
    assert draft.notice.severity == "info"


@pytest.mark.parametrize("source", [cms for cms in CMS if cms not in ("contentful", "wordpress")])
def test_a_route_says_where_it_is_shown(source: str) -> None:
    assert normalised(source, payload_of(source), routes=ROUTES).notice.paths == ("/blog/summer",)


def test_each_language_has_its_path() -> None:
    routes = {"blogPost": ["/{locale}/blog/{slug}", "/blog"], "page": ["/{slug}"]}
    paths = normalised("contentful", payload_of("contentful"), routes=routes).notice.paths
    assert paths == ("/blog", "/de/blog/sommer", "/en-US/blog/summer")


def test_a_route_may_name_any_place_of_the_body() -> None:
    payload = payload_of("hygraph")
    payload = {**payload, "data": {**payload["data"], "section": "news & more"}}
    routes = {"BlogPost": ["/{data.section}/{slug}", "/{data.nothing}/{slug}"]}
    assert normalised("hygraph", payload, routes=routes).notice.paths == ("/news%20%26%20more/summer",)


def test_what_a_sender_wrote_cannot_leave_its_part_of_a_path() -> None:
    payload = {**payload_of("strapi"), "entry": {"id": 1, "slug": "../admin/*"}}
    [path] = normalised("strapi", payload, routes=ROUTES).notice.paths
    assert path == "/blog/..%2Fadmin%2F%2A"


def test_without_a_route_the_cmss_own_path_or_address_counts() -> None:
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
    "storyblok": ("storyblok", {"action": "merged"}, "", "storyblok.merged"),
}


@pytest.mark.parametrize(("source", "payload", "native", "kind"), DRAFTS.values(), ids=DRAFTS.keys())
def test_what_changes_nothing_of_the_site_is_no_change_of_content(
    source: str, payload: Any, native: str, kind: str
) -> None:
    assert normalised(source, payload, native).type == kind


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
def test_what_is_taken_away_is_told_as_that(source: str, gone: tuple[Any, str, str]) -> None:
    payload, native, kind = gone
    assert normalised(source, payload, native).type == kind


def test_money_is_told_as_people_write_it() -> None:
    def paid(amount: int, currency: str) -> str:
        body = {
            "type": "payment_intent.succeeded",
            "data": {"object": {"amount": amount, "currency": currency}},
        }
        return normalised("stripe", body).notice.title

    assert paid(4205, "eur") == "Payment received: 42.05 EUR"
    assert paid(500, "jpy") == "Payment received: 500 JPY"


def test_answers_of_every_kind_are_shown() -> None:
    fields = [{"id": str(n), "title": f"Question {n}"} for n in range(4)]
    answers = [
        {"type": "choices", "choices": {"labels": ["a", "b"]}, "field": {"id": "0"}},
        {"type": "number", "number": 12, "field": {"id": "1"}},
        {"type": "choice", "choice": {"label": "Sunday"}, "field": {"id": "2"}},
        {"type": "email", "email": "ada@example.com", "field": {"id": "3"}},
    ]
    body = {
        "event_type": "form_response",
        "form_response": {"definition": {"fields": fields}, "answers": answers},
    }
    assert normalised("typeform", body).notice.fields == {
        "Question 0": "a, b",
        "Question 1": "12",
        "Question 2": "Sunday",
        "Question 3": "ada@example.com",
    }
