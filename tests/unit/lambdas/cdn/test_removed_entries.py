"""An entry that is on the site no more: purged where it was shown, or told as one that nobody remembers."""

from dataclasses import replace

from lambdas.runtime import Event
from tests.fakes.events import NOON, happening
from tests.unit.lambdas.cdn.edge import deployed, edge, requested


def entry(type: str, at: float, *paths: str, incomplete: bool = False) -> Event:
    return happening(
        type,
        id=f"e-{at}",
        at=at,
        source="/endpoints/cms",
        subject="entry",
        paths=paths,
        incomplete=incomplete,
    )


def test_entry_is_purged_where_it_was_shown_after_the_deploy_that_removed_it() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(entry("content.published", NOON, "/blog/winter", "/blog"))
    site.hear(requested("c" * 12, NOON + 1), deployed("c" * 12, NOON + 40))
    site.run(100)
    removed = site.now
    site.hear(entry("content.deleted", removed, "/*", "/blog", incomplete=True))
    site.run(5)
    assert site.items == [["/blog", "/blog/winter"]]
    site.hear(requested("d" * 12, removed + 1), deployed("d" * 12, removed + 40))
    site.run(100)
    assert site.items == [["/blog", "/blog/winter"]] * 2
    assert site.counted == []


def test_entry_that_nobody_remembers_is_counted_and_told() -> None:
    site = edge()
    site.hear(
        entry("content.deleted", NOON, "/*", "/blog", incomplete=True),
        entry("content.unpublished", NOON + 1, incomplete=True),
    )
    site.run(100)
    assert site.items == [["/*"]]
    assert site.counted == [("Unplaced", 2)]
    assert site.announced[0].notice.text.endswith(
        "Where 2 entries were shown is not known, so everything is fetched."
    )
    site.hear(happening("deploy.succeeded", id="d", at=site.now))
    site.run(100)
    assert site.counted == [("Unplaced", 2)]
    assert site.announced[1].notice.text == "/*"


def test_unplaced_entry_is_told_with_the_invalidation_that_it_caused() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(entry("content.deleted", NOON, "/*", incomplete=True))
    site.hear(happening("notice.sent", id="n", at=NOON + 1, paths=("/news",)))
    site.run(100)
    assert site.items == [["/news"]]
    assert site.counted == []
    site.hear(requested("c" * 12, NOON + 2), deployed("c" * 12, site.now))
    site.run(100)
    assert site.items == [["/news"], ["/*"]]
    assert site.counted == [("Unplaced", 1)]
    assert [bool("not known" in event.notice.text) for event in site.announced] == [False, True]


def test_tags_of_an_entry_are_enough_where_the_distribution_knows_them() -> None:
    site = edge(cache_tags=True)
    event = entry("content.deleted", NOON, "/*", incomplete=True)
    site.hear(replace(event, notice=replace(event.notice, tags=("post", "7"))))
    site.run(100)
    assert site.items == [["#7", "#post"]]
    assert site.counted == []
