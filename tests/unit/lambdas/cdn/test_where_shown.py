"""Where each CMS's and shop's entries were shown: found by the id, moved, lost, too large, and in any order."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cdn.changes import changes_of
from lambdas.cdn.memory import MAX_TRIES, Memory
from lambdas.cdn.shown import KEPT, MAX_ADDRESSES, MAX_BYTES, REFRESHED_AFTER, entry_id
from lambdas.clients.state_store import VersionConflictError
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.settings import SubscriberSettings
from lambdas.contracts.state_table import Record
from tests.fakes.events import NOON, happening
from tests.fakes.state_store import MemoryStore
from tests.unit.lambdas.ingest.normalised import normalised

LIST = "/articles"
ROUTES = {"*": ["/articles/{slug}", LIST]}


@dataclass(frozen=True)
class Cms:
    """What a sender calls a publish and a removal, and how it writes an entry."""

    published: str
    removed: str
    named: Mapping[str, Any]  # what it says of an entry that it removes
    slug: tuple[str, ...]

    def body(self, slug: Any) -> dict[str, Any]:
        body: dict[str, Any] = dict(self.named)
        *path, last = self.slug
        inner = body
        for name in path:
            inner[name] = inner = dict(inner.get(name, {}))
        inner[last] = slug
        return body


TOPIC = "ContentManagement.Entry."
CMS = {
    "contentful": Cms(f"{TOPIC}publish", f"{TOPIC}unpublish", {"sys": {"id": "7"}}, ("fields", "slug")),
    "contentful deleted": Cms(f"{TOPIC}publish", f"{TOPIC}delete", {"sys": {"id": "7"}}, ("fields", "slug")),
    "sanity": Cms("create", "delete", {"_id": "7"}, ("slug",)),
    "storyblok": Cms("published", "unpublished", {"story_id": 7}, ("slug",)),
    "hygraph": Cms("publish", "unpublish", {"data": {"id": "7", "__typename": "Article"}}, ("data", "slug")),
    "datocms": Cms(
        "publish",
        "unpublish",
        {"entity_type": "item", "entity": {"id": "7"}},
        ("entity", "attributes", "slug"),
    ),
    "strapi": Cms(
        "entry.publish",
        "entry.unpublish",
        {"model": "article", "entry": {"documentId": "7", "publishedAt": None}},
        ("entry", "slug"),
    ),
    "ghost": Cms(
        "post.published", "post.unpublished", {"post": {"current": {"id": "7"}}}, ("post", "current", "slug")
    ),
    "wordpress": Cms("publish_post", "trashed_post", {"ID": 7}, ("post_name",)),
    "shopify": Cms("products/create", "products/delete", {"id": 7}, ("handle",)),
    "shopify collection": Cms("collections/create", "collections/delete", {"id": 7}, ("handle",)),
    "woocommerce": Cms("product.created", "product.deleted", {"id": 7}, ("slug",)),
}
every_cms = pytest.mark.parametrize("name", CMS)


@dataclass
class Subscriber:
    """The CDN's memory, and what it makes of what senders call."""

    store: Any = field(default_factory=MemoryStore)
    now: float = NOON

    def purges(self, *events: Event, cache_tags: bool = False) -> set[str]:
        recalled = Memory(store=self.store, clock=lambda: self.now).recall(events)
        return set().union(*(changes_of(event, cache_tags=cache_tags)[0] for event in recalled))

    def hears(self, name: str, body: Any, native: str, **facts: Any) -> set[str]:
        return self.purges(event_of(name, body, native, at=self.now), **facts)


def event_of(name: str, body: Any, native: str, *, at: float = NOON) -> Event:
    draft = normalised(name.split()[0], body, native, ROUTES)
    return Event(
        id=f"e{at}",
        source=f"/endpoints/{name.split()[0]}",
        type=draft.type,
        time=timestamp(at),
        notice=draft.notice,
        subject=draft.subject,
    )


@every_cms
def test_publish_is_purged_by_its_paths(name: str) -> None:
    cms = CMS[name]
    assert Subscriber().hears(name, cms.body("winter"), cms.published) == {"/articles/winter", LIST}


@every_cms
def test_removal_by_the_id_alone_purges_where_it_was_shown(name: str) -> None:
    cms, cdn = CMS[name], Subscriber()
    cdn.hears(name, cms.body("winter"), cms.published)
    cdn.now += 60
    assert cdn.hears(name, cms.named, cms.removed) == {"/articles/winter", LIST}


@every_cms
def test_removal_of_an_unknown_entry_purges_everything(name: str) -> None:
    cms, cdn = CMS[name], Subscriber()
    assert "/*" in cdn.hears(name, cms.named, cms.removed)


@every_cms
def test_address_before_a_rename_is_purged_too(name: str) -> None:
    cms, cdn = CMS[name], Subscriber()
    cdn.hears(name, cms.body("winter"), cms.published)
    cdn.now += 60
    assert cdn.hears(name, cms.body("ice"), cms.published) == {"/articles/winter", "/articles/ice", LIST}
    cdn.now += 60
    assert cdn.hears(name, cms.body("ice"), cms.published) == {"/articles/ice", LIST}
    cdn.now += 60
    assert cdn.hears(name, cms.named, cms.removed) == {"/articles/ice", LIST}


@every_cms
def test_language_without_a_slug_hides_no_other(name: str) -> None:
    cms = CMS[name]
    body = cms.body({"en": "winter", "it": None})
    assert Subscriber().hears(name, body, cms.published) == {"/articles/winter", LIST}


@every_cms
def test_publish_without_a_slug_purges_everything(name: str) -> None:
    cms, cdn = CMS[name], Subscriber()
    cdn.hears(name, cms.body("winter"), cms.published)
    cdn.now += 60
    assert "/*" in cdn.hears(name, cms.named, cms.published)
    cdn.now += 60
    assert "/*" in cdn.hears(name, cms.named, cms.removed)  # nobody knows where it went


def test_prismic_names_no_entry_and_purges_everything() -> None:
    cdn = Subscriber()
    body = {"masterRef": "r1", "documents": ["7"]}
    assert "/*" in cdn.hears("prismic", body, "api-update")
    assert "/*" in cdn.hears("prismic", body, "api-update", cache_tags=True)
    assert Subscriber().store.items == {}


def test_every_language_of_a_removed_entry_is_purged_and_each_is_renamed_by_itself() -> None:
    cdn, cms = Subscriber(), CMS["strapi"]

    def publish(locale: str, slug: str) -> set[str]:
        cdn.now += 60
        body = cms.body(slug)
        return cdn.hears("strapi", {**body, "entry": {**body["entry"], "locale": locale}}, cms.published)

    publish("en", "winter")
    assert publish("it", "inverno") == {"/articles/inverno", LIST}
    assert publish("en", "ice") == {"/articles/winter", "/articles/ice", LIST}
    cdn.now += 60
    assert cdn.hears("strapi", cms.named, cms.removed) == {"/articles/ice", "/articles/inverno", LIST}
    italian = {**cms.named, "entry": {"documentId": "7", "locale": "it"}}
    assert cdn.hears("strapi", italian, cms.removed) == {"/articles/inverno", LIST}


def test_entries_of_two_kinds_with_one_number_are_two() -> None:
    first, second = ({"model": model, "entry": {"id": 1}} for model in ("article", "author"))
    events = [event_of("strapi", body, "entry.publish") for body in (first, second)]
    assert len({entry_id(event) for event in events}) == 2


def test_tags_of_a_removed_entry_are_remembered() -> None:
    cdn, cms = Subscriber(), CMS["shopify"]
    cdn.hears("shopify", {**cms.body("winter"), "product_type": "boots"}, cms.published, cache_tags=True)
    cdn.now += 60
    moved = {**cms.body("winter"), "product_type": "shoes"}
    assert cdn.hears("shopify", moved, cms.published, cache_tags=True) == {"#boots", "#shoes", "#7"}
    cdn.now += 60
    assert cdn.hears("shopify", cms.named, cms.removed, cache_tags=True) == {"#shoes", "#7"}
    assert "/*" in Subscriber().hears("shopify", cms.named, cms.removed, cache_tags=True)


def test_publish_whose_tags_are_unknown_stays_everything() -> None:
    cdn, cms = Subscriber(), CMS["shopify"]
    cdn.hears("shopify", {**cms.body("winter"), "product_type": "boots"}, cms.published, cache_tags=True)
    cdn.now += 60
    assert "/*" in cdn.hears("shopify", cms.named, cms.published, cache_tags=True)


def test_unpublish_and_then_delete_are_both_found() -> None:
    cdn, cms = Subscriber(), CMS["contentful"]
    cdn.hears("contentful", cms.body("winter"), cms.published)
    for topic in ("unpublish", "delete"):
        cdn.now += 60
        assert cdn.hears("contentful", cms.named, f"{TOPIC}{topic}") == {"/articles/winter", LIST}


def test_what_the_store_has_forgotten_is_everything_until_the_next_publish() -> None:
    cdn, cms = Subscriber(), CMS["contentful"]
    cdn.hears("contentful", cms.body("winter"), cms.published)
    cdn.store.items.clear()
    cdn.now += 60
    assert "/*" in cdn.hears("contentful", cms.named, cms.removed)
    cdn.hears("contentful", cms.body("winter"), cms.published)
    cdn.now += 60
    assert cdn.hears("contentful", cms.named, cms.removed) == {"/articles/winter", LIST}


def publish(*paths: str, at: float = NOON, type: str = "content.published", id: str = "p") -> Event:
    return happening(type, id=f"{id}{at}", at=at, source="/endpoints/cms", subject="7", paths=paths)


def removal(at: float, *paths: str) -> Event:
    event = publish(*paths, at=at, type="content.deleted", id="r")
    return replace(event, notice=replace(event.notice, incomplete=True))


def test_entry_of_too_many_addresses_is_everything() -> None:
    cdn = Subscriber()
    many = tuple(f"/{number:0100}" for number in range(MAX_BYTES // 100))
    assert cdn.purges(publish(*many)) == {*many}
    assert "/*" in cdn.purges(removal(NOON + 1))
    assert all(len(item["document"]) < MAX_BYTES for item in cdn.store.items.values())


def test_entry_remembers_a_few_of_its_addresses() -> None:
    cdn = Subscriber()
    for number in range(100):
        cdn.purges(publish(f"/{number}", at=NOON + number))
    [item] = cdn.store.items.values()
    assert item["document"].count("since") == MAX_ADDRESSES
    assert cdn.purges(removal(NOON + 200)) == {"/99"}


def test_entry_that_stays_where_it_is_is_written_once_a_month() -> None:
    cdn = Subscriber()
    for day in range(91):
        cdn.now = NOON + day * 86_400
        cdn.purges(publish("/a", at=cdn.now))
    assert cdn.store.writes == 1 + 90 * 86_400 // REFRESHED_AFTER
    assert KEPT > 2 * REFRESHED_AFTER


def test_events_of_no_entry_are_left_as_they_are() -> None:
    cdn = Subscriber()
    events = [happening("deploy.succeeded", id="d", subject="7"), happening("content.published", id="c")]
    assert Memory(store=cdn.store, clock=lambda: NOON).recall(events) == events
    assert cdn.store.items == {}


def test_removal_that_names_no_path_at_all_is_found() -> None:
    cdn = Subscriber()
    cdn.purges(publish("/a"))
    assert cdn.purges(publish(at=NOON + 1, type="content.deleted")) == {"/a"}


def test_removal_is_of_where_the_entry_was_shown_at_its_time() -> None:
    cdn = Subscriber()
    cdn.purges(publish("/a"))
    cdn.purges(publish("/b", at=NOON + 2))
    assert cdn.purges(removal(NOON + 1)) == {"/a"}
    assert cdn.purges(removal(NOON)) == {"/a"}  # accepted in the same millisecond


@pytest.mark.parametrize(("path", "incomplete"), [("/a", False), ("/*", True)])
def test_removal_is_complete_where_the_entry_is_found(path: str, incomplete: bool) -> None:
    cdn = Subscriber()
    cdn.purges(publish(path))
    [found] = Memory(store=cdn.store, clock=lambda: NOON).recall([removal(NOON + 1)])
    assert found.notice.incomplete is incomplete


def test_publish_that_names_no_path_stays_everything() -> None:
    cdn = Subscriber()
    cdn.purges(publish("/a"))
    assert cdn.purges(publish(at=NOON + 1)) == {"/*"}
    assert cdn.purges(publish("/b", at=NOON + 2)) == {"/*", "/b"}
    assert cdn.purges(removal(NOON + 3)) == {"/b"}


@given(
    st.permutations([publish(f"/{name}", at=NOON + at) for at, name in enumerate("abc")]),
    st.lists(st.integers(0, 2), max_size=4),
)
def test_every_address_is_purged_in_whatever_order_and_how_often_events_come(
    events: list[Event], again: list[int]
) -> None:
    cdn = Subscriber()
    purged = [cdn.purges(event) for event in itertools.chain(events, (events[i] for i in again))]
    assert set().union(*purged) == {"/a", "/b", "/c"}
    assert cdn.purges(removal(NOON + 10)) == {"/c"}


def test_rename_that_comes_again_after_a_crash_purges_both_addresses_again() -> None:
    cdn = Subscriber()
    cdn.purges(publish("/a"))
    renames = [publish("/b", at=NOON + 1), publish("/c", at=NOON + 2)]
    assert cdn.purges(*renames) == {"/a", "/b", "/c"}
    assert cdn.purges(*renames) == {"/a", "/b", "/c"}


class Contested(MemoryStore):
    """A store into which another function writes between a read and a write."""

    others: int = 1

    def write(self, id: str, record: Record[Any], now: float) -> Record[Any]:
        if self.others:
            self.others -= 1
            raise VersionConflictError
        return super().write(id, record, now)


def test_entry_that_another_function_has_written_is_read_anew() -> None:
    cdn = Subscriber(Contested())
    assert cdn.purges(publish("/a")) == {"/a"}
    assert cdn.purges(removal(NOON + 1)) == {"/a"}


def test_entry_that_others_go_on_writing_is_a_conflict() -> None:
    cdn = Subscriber(Contested())
    cdn.store.others = MAX_TRIES
    with pytest.raises(VersionConflictError):
        cdn.purges(publish("/a"))


def test_memory_needs_the_table_of_a_stateful_subscriber(monkeypatch: pytest.MonkeyPatch) -> None:
    told = SubscriberSettings(
        stack_id="Cdn", queue_url="q", dead_letters_url="d", ledger_table="l", give_up_after=1.0
    )
    for name, value in told.to_environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LookupError, match="stateful=True"):
        Memory.from_environment()
