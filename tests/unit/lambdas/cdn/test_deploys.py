"""Content that waits for its deploy: which deploy is its own, and which purges everything."""

import pytest

from tests.fakes.events import NOON, a_publish, happening
from tests.unit.lambdas.cdn.edge import deployed, edge, requested


def test_content_waits_for_the_deploy_of_a_build_that_began_after_it() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    assert site.queue == []  # it is remembered, and waits for nothing of its own
    site.now = NOON + 20
    site.hear(requested("c" * 12, NOON + 20))
    site.hear(a_publish("b", NOON + 20, paths=("/b", "/a")))
    site.now = NOON + 60
    site.hear(deployed("c" * 12, NOON + 60))
    assert site.items == [["/a"]]
    assert site.cloudfront.made[0].reference.startswith("d-")  # it may begin for the deploy
    site.run(60)
    site.hear(requested("d" * 12, NOON + 61))
    site.hear(deployed("d" * 12, site.now))
    assert site.items == [["/a"], ["/a", "/b"]]
    site.run(60)
    assert site.told == [
        ("cdn.invalidated", "c" * 12, ("/a",)),
        ("cdn.invalidated", "d" * 12, ("/a", "/b")),
    ]
    site.hear(a_publish("c", site.now, paths=("/c",)), requested("e" * 12, site.now + 1))
    site.hear(deployed("e" * 12, site.now + 9))
    assert site.items[2:] == [["/c"]]


def test_content_that_is_heard_after_its_deploy_is_purged_at_once() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(deployed("c" * 12, NOON + 60))
    site.hear(a_publish("late", NOON + 5, paths=("/late",)))
    site.run(60)
    assert site.items == [["/a"], ["/late"]]
    assert site.cloudfront.made[1].reference.startswith("late-")


def test_a_failed_deploy_purges_nothing() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(happening("deploy.failed", id="f", at=NOON + 60, correlation="c" * 12))
    site.run(600)
    assert site.items == []


@pytest.mark.parametrize("type", ["build.failed", "build.succeeded", "build.started", "deploy.failed"])
def test_what_only_tells_of_builds_is_no_change(type: str) -> None:
    site = edge(wait_for_deploy=True)
    site.hear(happening(type, id="ours", source="/subscribers/Rebuild", correlation="c" * 12))
    site.hear(happening(type, id="another"))
    site.run(60)
    assert site.items == []


def test_an_ordered_build_that_has_succeeded_is_a_deploy() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(happening("build.succeeded", id="w", at=NOON + 60, correlation="c" * 12))
    assert site.items == [["/a"]]
    site.run(60)
    site.hear(deployed("c" * 12, site.now))  # of the same build, by another webhook
    site.run(60)
    assert site.items == [["/a"]]


def test_a_deploy_that_nobody_ordered_is_everything_and_content_still_waits_for_its_own() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(deployed("", NOON + 30))
    site.run(60)
    assert site.items == [["/*"]]
    site.hear(deployed("c" * 12, site.now))
    assert site.items == [["/*"], ["/a"]]


def test_a_deploy_without_a_word_is_that_of_the_only_build_where_the_host_gives_none_back() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10, echoes_correlation=False))
    site.hear(deployed("", NOON + 30))
    site.run(60)
    assert site.items == [["/a"]]
    assert site.told == [("cdn.invalidated", "c" * 12, ("/a",))]


def test_deploy_after_that_of_a_build_whose_host_gives_no_word_back_is_everything() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10, echoes_correlation=False))
    site.hear(deployed("", NOON + 30))
    site.run(60)
    site.hear(deployed("", site.now))  # somebody has pushed
    assert site.items == [["/a"], ["/*"]]


def test_deploy_without_a_word_ends_no_build_of_another_host() -> None:
    site = edge(wait_for_deploy=True)
    others = requested("b" * 12, NOON + 5)
    site.hear(a_publish("a", NOON, paths=("/a",)), others)
    site.hear(requested("c" * 12, NOON + 10, echoes_correlation=False), deployed("", NOON + 30))
    site.run(60)
    site.hear(deployed("b" * 12, site.now))  # what it was for is on the site by then
    site.run(3600)
    assert site.items == [["/a"]]


@pytest.mark.parametrize("echoes_correlation", [True, False])
def test_restored_deploy_is_everything_and_content_still_waits_for_its_own(echoes_correlation: bool) -> None:
    site = edge(wait_for_deploy=True)
    order = requested("c" * 12, NOON + 10, echoes_correlation=echoes_correlation)
    site.hear(a_publish("a", NOON, paths=("/a",)), order)
    site.hear(happening("deploy.succeeded", id="r", at=NOON + 3600, subject="old", outcome="restored"))
    site.run(60)
    assert site.items == [["/*"]]
    site.hear(deployed("c" * 12 if echoes_correlation else "", site.now))
    assert site.items == [["/*"], ["/a"]]


@pytest.mark.parametrize("outcome", ["unchanged", "skipped", "superseded", "cancelled"])
def test_content_of_a_build_without_a_result_waits_for_the_next(outcome: str) -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(happening("deploy.cancelled", id="x", at=NOON + 30, correlation="c" * 12, outcome=outcome))
    site.run(60)
    assert site.items == []
    site.hear(requested("d" * 12, site.now))
    site.hear(deployed("d" * 12, site.now + 30))
    assert site.items == [["/a"]]


def test_where_nobody_orders_builds_a_deploys_own_begin_counts() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    site.hear(happening("deploy.started", id="s", at=NOON + 5, subject="d1"))
    site.hear(a_publish("b", NOON + 9, paths=("/b",)))
    site.hear(deployed("", NOON + 30, subject="d1"))
    assert site.items == [["/*"]]
    site.run(60)
    site.hear(requested("c" * 12, site.now))
    site.hear(deployed("c" * 12, site.now + 9))
    assert site.items == [["/*"], ["/b"]]


def test_what_an_endpoint_says_of_builds_is_not_believed() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    site.hear(
        happening("build.requested", id="x", at=NOON, correlation="c" * 12, body={"correlation": "c" * 12})
    )
    site.hear(deployed("c" * 12, NOON + 1))
    assert site.items == []  # somebody ordered it, and may tell so yet
    site.run(80)
    assert site.items == [["/*"]]


def test_a_deploy_that_is_heard_before_its_order_purges_no_more_than_what_it_was_for() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    site.hear(deployed("c" * 12, NOON + 8))
    assert site.reasons == ["waiting for the order of its build"]
    site.now += 3
    site.hear(requested("c" * 12, NOON + 2))
    site.run(200)
    assert site.items == [["/a"]]
    assert site.told == [("cdn.invalidated", "c" * 12, ("/a",))]
    assert site.queue == []


def test_publish_heard_with_the_order_of_a_deployed_build_is_all_that_is_purged() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(deployed("c" * 12, NOON + 8))
    site.now += 3
    site.hear(requested("c" * 12, NOON + 2), a_publish("late", NOON, paths=("/late",)))
    site.run(200)
    assert site.items == [["/late"]]
