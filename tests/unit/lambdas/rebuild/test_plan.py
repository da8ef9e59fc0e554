"""When a build is ordered: every publish is built after it, one build at a time, within a bounded time."""

import pytest

from lambdas.contracts.state_table import Record, State
from lambdas.rebuild.plan import MAX_LOOK_SECONDS, MIN_LOOK_SECONDS
from lambdas.runtime import Retry
from tests.fakes.events import NOON, a_publish, happening
from tests.fakes.state_store import MemoryStore
from tests.unit.lambdas.rebuild.site import LONGEST_BUILD, LONGEST_WAIT, QUIET, Site, publish


def test_a_burst_is_one_build_when_it_is_over(site: Site) -> None:
    for number in range(20):
        publish(site, f"p{number}")
        site.run(2)
    assert site.builds == []
    site.run(QUIET)
    [(at, _)] = site.builds
    assert at == pytest.approx(NOON + 38 + QUIET)
    site.run(600)
    assert len(site.builds) == 1
    assert site.queue == []


def test_a_burst_that_does_not_end_is_built_all_the_same(site: Site) -> None:
    for number in range(40):
        publish(site, f"p{number}")
        site.run(5)
    assert site.builds[0][0] == pytest.approx(NOON + LONGEST_WAIT, abs=5)


def test_what_is_published_during_a_build_is_in_the_next_and_that_begins_at_once_after_it(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    for number in range(5):
        publish(site, f"b{number}")
    site.run(200)
    assert len(site.builds) == 1
    site.finish()
    assert [at for at, _ in site.builds] == [NOON + QUIET, NOON + QUIET + 200]
    assert site.most_in_flight == 1
    assert site.builds[0][1] != site.builds[1][1]


def test_a_build_that_is_never_heard_of_holds_up_the_next_for_so_long_only(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(LONGEST_BUILD - 1)
    assert len(site.builds) == 1
    site.run(2)
    assert [at for at, _ in site.builds] == [NOON + QUIET, NOON + QUIET + LONGEST_BUILD]


@pytest.mark.parametrize(
    ("passed", "after"), [(1.0, MIN_LOOK_SECONDS), (80.0, 20.0), (400.0, MAX_LOOK_SECONDS), (1795.0, 5.0)]
)
def test_publish_that_waits_for_a_build_looks_ever_more_seldom(
    site: Site, passed: float, after: float
) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.now += passed
    publish(site, "b")
    assert [at - site.now for at, _ in site.queue] == [pytest.approx(after)]


def test_the_end_of_another_build_is_no_end_of_ours(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(60)
    site.hear(happening("deploy.succeeded", id="other", at=site.now))
    site.hear(happening("deploy.succeeded", id="another", at=site.now, correlation="0" * 12))
    assert len(site.builds) == 1


def test_what_was_accepted_before_a_build_and_comes_after_it_is_in_it(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.hear(a_publish("late", NOON + 5))
    site.run(3600)
    assert len(site.builds) == 1


def test_a_replay_is_built_though_its_publish_is_old(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish()
    site.hear(happening("content.published", id="a", source="/endpoints/cms", at=NOON, replay="r1"))
    site.run(QUIET)
    assert len(site.builds) == 2


def test_the_others_are_told_what_a_build_is_for(site: Site) -> None:
    publish(site, "a")
    site.run(4)
    publish(site, "b")
    site.run(QUIET)
    [told] = site.announced
    assert (told.type, told.source, told.correlationid) == (
        "build.requested",
        "/subscribers/Rebuild",
        site.builds[0][1],
    )
    assert told.notice.title == "a published and 1 more"
    assert told.payload()["publishes"] == 2
    assert told.payload()["first"] < told.payload()["last"]


def test_single_publish_is_called_by_its_title(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    assert site.announced[0].notice.title == "a published"


def test_two_functions_at_once_do_not_undo_each_others_work(site: Site) -> None:
    class Slow(MemoryStore):
        """Another function is done with its work between our reading and our writing."""

        def write(self, id: str, record: Record[State], now: float) -> Record[State]:
            if not self.items:
                super().write(id, record, now)
            return super().write(id, record, now)

    site.store = Slow()
    events = [a_publish("a"), a_publish("b")]
    with pytest.raises(Retry, match="another function") as retry:
        site.rebuild.handle(events)
    assert list(retry.value.of) == events
