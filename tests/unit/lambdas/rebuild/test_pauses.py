"""A build host that is busy or failing: how long it is left alone, and what ends the pause."""

from contextlib import suppress
from itertools import pairwise

import pytest

from lambdas.rebuild.state import MAX_PAUSE_SECONDS
from lambdas.runtime import Retry
from lambdas.runtime.context import DeliveryContext, delivery_context
from tests.fakes.events import NOON, a_publish
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record
from tests.unit.lambdas.rebuild.site import QUIET, Site, publish


def test_operator_ends_the_pause_that_the_build_host_asked_for(site: Site) -> None:
    site.status, site.headers = 403, {"retry-after": "3600"}
    publish(site, "a")
    site.run(QUIET)
    site.status, site.headers = 201, {}
    [(_, event)] = site.queue
    surroundings = Surroundings().worker(Recorder()).context
    for retried, builds in ((False, 0), (True, 1)):
        with delivery_context(DeliveryContext(surroundings, {}, retried)):
            site.now += 1
            with suppress(Retry):
                site.rebuild.handle([event])
        assert len(site.builds) == builds


def test_rate_limited_host_is_no_refusal(site: Site) -> None:
    site.status, site.headers = 403, {"x-ratelimit-remaining": "0"}
    publish(site, "a")
    site.run(QUIET)
    site.status = 201
    site.run(60)
    assert (len(site.builds), site.dead) == (1, [])


def test_a_busy_host_is_left_alone_for_as_long_as_it_asks(site: Site) -> None:
    site.status, site.headers = 429, {"retry-after": "90"}
    publish(site, "a")
    site.run(QUIET)
    calls = site.looked
    site.status = 201
    publish(site, "b")
    site.run(89)
    assert site.builds == []
    site.run(2)
    assert [at for at, _ in site.builds] == [NOON + QUIET + 90]
    assert site.looked > calls


def test_a_failing_host_is_asked_again_ever_more_slowly(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(3600)
    assert site.looked < 16
    site.status = 201
    site.run(MAX_PAUSE_SECONDS)
    assert len(site.builds) == 1


def pauses(site: Site, seconds: float) -> list[float]:
    """The times between the requests that a build host refuses while it fails."""
    asked = len(site.asked)
    site.run(seconds)
    return [later - earlier for earlier, later in pairwise(site.asked[asked:])]


def test_failing_host_is_asked_again_by_the_retry_schedule(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    asked = pauses(site, 24 * 3600)
    assert asked[:12] == [3, 3, 6, 12, 24, 48, 96, 192, 384, 768, 900, 900]
    assert (max(asked[:30]), asked[-1]) == (900, 3600)


@pytest.mark.parametrize(("status", "fate"), [(503, ""), (201, "unheard")])
def test_host_that_is_away_is_told_of_while_it_is(site: Site, status: int, fate: str) -> None:
    """By what raises the alarm StillFailing after half an hour."""
    site.status, site.fate = status, fate
    around = Surroundings()
    worker = around.worker(lambda events: site.rebuild.handle(events), batch=True)
    record = a_record(a_publish("a", around.now))
    failing_for = []
    while around.now < SENT_AT + 3000:
        site.now = around.now
        assert around.run(worker, record) == ["m1"]
        [facts] = [facts for outcome, facts in around.reported if outcome == "postponed"]
        failing_for.append(facts.get("failing_for"))
        around.reported.clear()
        around.now += facts["next_try_in"]
    assert failing_for[:2] == [None, 0]  # it waits for more to be published, and then asks
    assert max(filter(None, failing_for)) >= 1800


def test_host_that_is_back_is_no_more_told_of(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(60)
    site.status = 201
    site.run(60)
    publish(site, "b")
    assert site.failing_for is None


def test_pauses_begin_anew_after_a_build(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(100)
    site.status = 201
    site.run(60)
    site.finish()
    site.status = 503
    publish(site, "b")
    assert pauses(site, 40) == [3, 3, 6, 12]


def test_pauses_begin_anew_after_an_operators_retry(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(100)
    [(_, event)] = site.queue
    asked = site.now
    with (
        delivery_context(DeliveryContext(Surroundings().worker(Recorder()).context, {}, True)),
        pytest.raises(Retry) as retry,
    ):
        site.rebuild.handle([event])
    assert site.asked[-1] == asked
    assert retry.value.after == pytest.approx(3.0)
