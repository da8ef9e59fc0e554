"""More paths than are free, or than fit into what is kept: folders are purged in their place."""

import json

from lambdas.cdn.items import matches
from lambdas.cdn.plan import MAX_PENDING, apply_events, start_invalidation
from lambdas.cdn.state import Batch, CdnState
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
    site.hear(a_publish("next", paths=("/blog/a", "/blog/b")))
    assert site.items[-1] == ["/blog/a", "/blog/b"]


def test_each_distribution_is_paid_for() -> None:
    site = edge(distributions=(ONE, OTHER))
    for number in range(6):
        site.hear(a_publish(f"p{number}", paths=tuple(f"/blog/{number}/{page}" for page in range(100))))
        site.run(60)
    assert [len(items) for items in site.items[::2]] == [100] * 5 + [1]


def test_folders_that_stand_for_too_many_paths_wait_for_their_own_changes_only() -> None:
    many = range(MAX_PENDING // 2 + 1)
    changes = [
        a_publish(folder, NOON + at, paths=tuple(f"/{folder}/{page}" for page in many))
        for folder, at in (("a", 1.0), ("b", 2.0))
    ]
    state = apply_events(CdnState(), changes, CdnSettings(distributions=(ONE,), wait_for_deploy=True))
    assert state.pending == {"/a/*": (NOON + 1, NOON + 1), "/b/*": (NOON + 2, NOON + 2)}


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


def test_long_paths_beside_long_ones_in_progress_are_purged_by_their_folder() -> None:
    def long_paths(folder: str) -> tuple[str, ...]:
        return tuple(f"/{folder}/{number}-{'x' * 350}" for number in range(200))

    in_progress = [
        Batch(reference=folder, items=long_paths(folder), began=NOON) for folder in ("old", "older")
    ]
    state = apply_events(
        CdnState(batches=tuple(in_progress), began=NOON),
        [a_publish("a", paths=long_paths("news"))],
        edge().settings,
    )
    assert len(state.pending) == 200  # each by its name as long as it waits
    state = start_invalidation(state, edge().settings, NOON + 60)
    assert state.batches[2].items == ("/news/*",)
    assert len(json.dumps(to_document(state))) < 350_000
