"""More paths than are free, or than fit into what is kept: folders are purged in their place."""

import json

import pytest

from lambdas.cdn.compaction import MAX_PATHS, MAX_WILDCARDS
from lambdas.cdn.items import matches
from lambdas.cdn.plan import FREE_PATHS, MAX_PENDING, apply_events, start_invalidation
from lambdas.cdn.state import Batch, CdnState, ChangedBetween
from lambdas.contracts.documents import to_document
from lambdas.contracts.settings import CdnSettings
from lambdas.contracts.state_table import STATE_ID
from tests.fakes.events import NOON, a_publish
from tests.unit.lambdas.cdn.edge import ONE, OTHER, deployed, edge, requested


def test_after_the_free_paths_and_the_paid_ones_folders_are_purged() -> None:
    site = edge(paid_paths=200)
    for number in range(12):
        site.hear(a_publish(f"p{number}", paths=tuple(f"/blog/{number}/{page}" for page in range(110))))
        site.run(60)
    assert [len(items) for items in site.items] == [110] * 10 + [1, 1]
    assert site.items[-1] == ["/blog/11/*"]
    site.now += 32 * 24 * 3600  # another month
    site.hear(a_publish("next", paths=tuple(f"/blog/{page}" for page in range(110))))
    assert len(site.items[-1]) == 110


def test_free_paths_of_a_month_can_all_be_used() -> None:
    site = edge()
    site.hear(a_publish("a", paths=tuple(f"/blog/{page}" for page in range(FREE_PATHS))))
    assert len(site.items[0]) == FREE_PATHS


def test_each_distribution_is_paid_for() -> None:
    site = edge(distributions=(ONE, OTHER))
    for number in range(6):
        site.hear(a_publish(f"p{number}", paths=tuple(f"/blog/{number}/{page}" for page in range(90))))
        site.run(60)
    assert [len(items) for items in site.items[::2]] == [90] * 5 + [1]  # 100 are left, 50 for each


def pending(*publishes: tuple[str, float, int]) -> dict[str, ChangedBetween]:
    """What waits for a deploy after publishes, each of a folder, at a second, of so many of its paths."""
    events = [
        a_publish(f"{folder}{at}", NOON + at, paths=tuple(f"/{folder}/{page}" for page in range(count)))
        for folder, at, count in publishes
    ]
    state = apply_events(CdnState(), events, CdnSettings(distributions=(ONE,), wait_for_deploy=True))
    return dict(state.pending)


def test_folders_that_stand_for_too_many_paths_wait_for_their_own_changes_only() -> None:
    state = pending(("a", 1.0, 1), ("b", 2.0, MAX_PENDING // 2 + 1), ("a", 3.0, MAX_PENDING // 2 + 1))
    assert state == {"/a/*": (NOON + 1, NOON + 3), "/b/*": (NOON + 2, NOON + 2)}


def test_folder_of_fewer_paths_keeps_them_beside_one_that_stands_for_too_many() -> None:
    state = pending(("a", 1.0, MAX_PENDING - 1400), ("b", 2.0, 1401))
    assert len(state) == 1402
    assert "/a/*" in state


def test_a_site_of_very_many_and_very_long_paths_stays_within_what_is_kept() -> None:
    site = edge(wait_for_deploy=True)
    for number in range(80):
        paths = tuple(f"/{number % 7}/{number}-{page}-{'x' * 300}" for page in range(100))
        site.hear(a_publish(f"p{number}", NOON + number, paths=paths))
    text = site.store.items[STATE_ID]["document"]
    assert len(text) < 350_000
    site.hear(requested("c" * 12, NOON + 100))
    site.hear(deployed("c" * 12, NOON + 200))
    [items] = site.items
    for number in range(80):
        assert any(matches(item, f"/{number % 7}/{number}-5-{'x' * 300}") for item in items)


def test_paths_too_long_to_be_kept_while_they_wait_are_purged_together() -> None:
    site = edge()
    site.hear(a_publish("a", paths=tuple(f"/news/{number}-{'x' * 400}" for number in range(600))))
    assert site.items == [["/*"]]  # as few bytes as there can be


@pytest.mark.parametrize(("folders", "item"), [(("news",), "/news/*"), (("news", "events"), "/*")])
def test_long_paths_beside_long_ones_in_progress_are_purged_as_one(
    folders: tuple[str, ...], item: str
) -> None:
    def long_paths(folder: str, count: int = 200) -> tuple[str, ...]:
        return tuple(f"/{folder}/{number}-{'x' * 350}" for number in range(count))

    in_progress = [
        Batch(reference=folder, items=long_paths(folder), began=NOON) for folder in ("old", "older")
    ]
    state = apply_events(
        CdnState(batches=tuple(in_progress), began=NOON),
        [a_publish(folder, paths=long_paths(folder, 200 // len(folders))) for folder in folders],
        edge().settings,
    )
    assert len(state.pending) == 200  # each by its name as long as it waits
    state = start_invalidation(state, edge().settings, NOON + 60)
    assert state.batches[2].items == (item,)
    assert len(json.dumps(to_document(state))) < 350_000


def items_beside(paths: int, wildcards: int, *changed: str) -> list[tuple[str, ...]]:
    """What is invalidated of what changed while CloudFront still works on so many others."""
    items = (*(f"/{n}" for n in range(paths)), *(f"/{n}/*" for n in range(wildcards)))
    settings = CdnSettings(distributions=(ONE,), paid_paths=10 * MAX_PATHS)
    state = CdnState(batches=(Batch(reference="r", items=items, began=NOON),))
    state = apply_events(state, [a_publish("a", paths=changed)], settings)
    return [batch.items for batch in start_invalidation(state, settings, NOON).batches[1:]]


@pytest.mark.parametrize(
    ("paths", "wildcards", "changed", "items"),
    [
        (MAX_PATHS - 1, MAX_WILDCARDS, ("/blog/a",), [("/blog/a",)]),
        (MAX_PATHS - 1, MAX_WILDCARDS - 1, ("/blog/a", "/blog/b"), [("/blog/*",)]),
        (MAX_PATHS - 1, MAX_WILDCARDS, ("/blog/a", "/blog/b"), []),
    ],
)
def test_invalidation_has_the_room_that_those_in_progress_leave(
    paths: int, wildcards: int, changed: tuple[str, ...], items: list[tuple[str, ...]]
) -> None:
    assert items_beside(paths, wildcards, *changed) == items
