"""What is invalidated at once and what a moment later, and who is told of it."""

from dataclasses import replace

import pytest

from lambdas.cdn.announcement import MAX_SHOWN, announcements_of
from lambdas.cdn.state import Batch
from tests.fakes.events import NOON, a_publish, happening
from tests.unit.lambdas.cdn.edge import ONE, OTHER, edge


def test_what_changed_is_invalidated_at_once_together_and_by_name() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/b", "/a")), a_publish("b", paths=("/a",)))
    assert site.items == [["/a", "/b"]]
    assert site.cloudfront.made[0].reference.startswith("a-")


def test_an_event_that_names_no_paths_is_everything() -> None:
    site = edge()
    site.hear(happening("deploy.succeeded", id="d"))
    assert site.items == [["/*"]]


def test_what_changes_while_one_has_just_begun_is_collected_for_the_next() -> None:
    site = edge(window=10.0)
    for number in range(20):
        site.hear(a_publish(f"p{number}", paths=(f"/{number}",)))
        site.run(1)
    site.run(30)
    assert [len(items) for items in site.items] == [1, 9, 10]


def test_what_changes_in_the_window_of_a_completed_invalidation_waits_for_its_end() -> None:
    site = edge(window=60.0)
    site.cloudfront.takes = 0.0
    site.hear(a_publish("a", paths=("/a",)))
    site.run(20)
    site.hear(a_publish("b", paths=("/b",)))
    assert [at for at, _ in site.queue] == [NOON + 60]
    site.run(60)
    assert [made.at for made in site.cloudfront.made] == [NOON, NOON + 60]


def test_invalidation_is_looked_at_later_than_it_is_requested() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/a",)))
    assert site.cloudfront.calls == 1


def test_the_others_are_told_when_cloudfront_has_completed_it() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/a",)))
    site.run(29)
    assert site.announced == []
    site.run(20)
    [told] = site.announced
    assert (told.type, told.source, told.notice.paths) == ("cdn.invalidated", "/subscribers/Cdn", ("/a",))
    assert told.payload()["distributions"] == {ONE: "I0"}
    assert site.queue == []


def test_several_distributions_are_all_invalidated_and_told_of_once() -> None:
    site = edge(distributions=(ONE, OTHER))
    site.hear(a_publish("a", paths=("/a",)))
    site.run(60)
    assert [made.distribution for made in site.cloudfront.made] == [ONE, OTHER]
    assert len(site.announced) == 1


def test_each_build_is_told_once_of_the_invalidation_of_several_deploys() -> None:
    site = edge()
    told = (("a", "c" * 12), ("b", "c" * 12), ("d", ""), ("e", "d" * 12))
    site.hear(*(happening("deploy.succeeded", id=id, correlation=build) for id, build in told))
    site.run(60)
    assert [build for _, build, _ in site.told] == ["c" * 12, "d" * 12]


@pytest.mark.parametrize("type", ["deploy.failed", "deploy.started", "preview.succeeded", "deploy.cancelled"])
def test_what_leaves_the_site_as_it_is_purges_nothing_and_ends_nothing(type: str) -> None:
    site = edge()
    site.hear(happening(type, id="x", paths=("/x",)), a_publish("a", paths=("/a",)))
    assert site.items == [["/a"]]


def test_announcement_names_paths_and_tags_apart_and_no_more_than_an_event_holds() -> None:
    batch = Batch(reference="r", items=("/a", "#entry-7"), began=NOON)
    [told] = announcements_of(batch)
    assert (told.notice.paths, told.notice.tags) == (("/a",), ("entry-7",))
    [told] = announcements_of(replace(batch, items=tuple(f"/{n}{'x' * 3000}" for n in range(100))))
    assert 0 < sum(map(len, told.notice.paths)) < 200_000


@pytest.mark.parametrize(
    ("items", "changed", "more"),
    [
        (("/a",), "1 path", ()),
        (("/a", "/b"), "2 paths", ()),
        (tuple(f"/{n}" for n in range(MAX_SHOWN)), "20 paths", ()),
        (tuple(f"/{n}" for n in range(MAX_SHOWN + 2)), "22 paths", ("and 2 more",)),
        (("/*",), "everything", ()),
    ],
)
def test_announcement_says_in_words_how_much_is_fetched(
    items: tuple[str, ...], changed: str, more: tuple[str, ...]
) -> None:
    [told] = announcements_of(Batch(reference="r", items=items, began=NOON))
    assert told.notice.title == f"The CDN fetches {changed} anew"
    assert tuple(told.notice.text.splitlines()) == (*items[:MAX_SHOWN], *more)
