"""How a build ends without a result, and what is requested then: cancelled, superseded, nothing to do."""

import pytest

from lambdas.rebuild.state import MAX_CANCELLED, MAX_PAUSE_SECONDS
from tests.fakes.events import NOON, happening
from tests.unit.lambdas.rebuild.site import LONGEST_BUILD, QUIET, Site, publish


@pytest.mark.parametrize("outcome", ["unchanged", "skipped"])
@pytest.mark.parametrize("type", ["deploy.cancelled", "build.cancelled"])
def test_build_for_which_there_was_nothing_to_do_is_done(site: Site, type: str, outcome: str) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(60)
    site.finish(type, outcome)
    assert len(site.builds) == 2  # it has freed its place
    site.finish(type, outcome)
    site.run(7200)
    assert (len(site.builds), site.queue) == (2, [])


@pytest.mark.parametrize("outcome", ["cancelled", "", "never heard of"])
def test_cancelled_build_is_requested_once_more_at_once(site: Site, outcome: str) -> None:
    publish(site, "a")
    site.run(QUIET + 60)
    site.finish("deploy.cancelled", outcome)
    first, again = site.builds
    assert again[0] == NOON + QUIET + 60
    assert again[1] != first[1]  # the story of the first one is over
    assert [event.payload()["titles"] for event in site.announced] == [["a published"]] * 2
    site.finish()
    site.run(7200)
    assert (len(site.builds), site.queue) == (2, [])


def test_build_that_is_cancelled_ever_again_is_requested_ever_later_and_then_left(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    for _ in range(20):
        if site.in_flight:
            site.finish("build.cancelled", "cancelled")
        site.run(MAX_PAUSE_SECONDS)
    starts = [at for at, _ in site.builds]
    assert len(starts) == 1 + MAX_CANCELLED
    assert len({correlation for _, correlation in site.builds}) == len(starts)
    assert (site.queue, site.dead) == ([], [])
    publish(site, "b")
    site.run(QUIET)
    assert len(site.builds) == len(starts) + 1


def test_pause_after_a_second_cancellation_grows(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    for _ in range(4):
        cancelled_at = site.now
        site.finish("deploy.cancelled", "cancelled")
        while not site.in_flight:
            site.run(1)
        site.looked = int(site.builds[-1][0] - cancelled_at)
        assert site.looked in (0, 30, 60, 120)
    assert site.looked == 120


@pytest.mark.parametrize("outcome", ["superseded", "held"])
def test_build_that_gave_way_awaits_the_newer_one(site: Site, outcome: str) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", outcome)
    site.run(60)
    site.hear(happening("deploy.succeeded", id="newer", at=site.now))
    site.run(7200)
    assert (len(site.builds), site.queue) == (1, [])


def test_build_that_gave_way_to_one_that_never_came_is_requested_again(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", "superseded")
    site.hear(happening("deploy.failed", id="newer", at=site.now))
    site.run(LONGEST_BUILD + 1)
    assert len(site.builds) == 2


def test_build_that_gave_way_counts_as_one_that_was_cancelled(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", "superseded")
    site.run(LONGEST_BUILD + 1)
    for _ in range(20):
        if site.in_flight:
            site.finish("build.cancelled", "cancelled")
        site.run(MAX_PAUSE_SECONDS)
    assert len({correlation for _, correlation in site.builds}) == 1 + MAX_CANCELLED
    assert len(site.builds) == 1 + MAX_CANCELLED


def test_publish_after_a_build_gave_way_has_a_build_of_its_own(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", "superseded")
    publish(site, "b")
    site.hear(happening("deploy.succeeded", id="newer", at=site.now))
    site.run(QUIET)
    assert len(site.builds) == 2
    assert site.announced[-1].payload()["publishes"] == 2


def test_restored_deploy_ends_no_build(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(60)
    correlation = site.in_flight[0]
    site.hear(happening("deploy.succeeded", id="r", at=site.now, correlation=correlation, outcome="restored"))
    assert len(site.builds) == 1
