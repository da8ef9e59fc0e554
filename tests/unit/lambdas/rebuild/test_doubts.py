"""A request whose answer was not heard, or is heard late: no build is requested twice, and none is forgotten."""

from dataclasses import replace

import pytest

from lambdas.contracts.state_table import STATE_ID
from lambdas.rebuild.plan import DOUBT_SECONDS, Response
from lambdas.rebuild.state import BuildRequest, RebuildState
from lambdas.runtime import Retry
from tests.fakes.events import NOON, a_publish, happening
from tests.unit.lambdas.rebuild.site import QUIET, Site, publish


def test_request_in_doubt_is_not_repeated_for_another_publish(site: Site) -> None:
    publish(site, "a")
    site.fate = "unheard"
    site.run(QUIET)
    assert [at for at, _ in site.queue] == [site.now + DOUBT_SECONDS]
    publish(site, "b")
    assert len(site.asked) == 1


@pytest.mark.parametrize("fate", ["unanswered", "dies after"])
def test_an_order_that_was_heard_without_an_answer_is_not_made_twice(site: Site, fate: str) -> None:
    publish(site, "a")
    site.fate = fate
    site.run(QUIET)
    site.fate = ""
    site.run(5)
    site.hear(happening("deploy.started", id="s", at=site.now, correlation=site.builds[0][1]))
    site.run(300)
    assert len(site.builds) == 1
    assert [type for type, _ in site.told] == ["build.requested"]
    assert site.queue == []


@pytest.mark.parametrize("fate", ["unheard", "dies before"])
def test_an_order_that_was_not_heard_is_made_again(site: Site, fate: str) -> None:
    publish(site, "a")
    site.fate = fate
    site.run(QUIET + 1)
    site.fate = ""
    site.run(200)
    assert len(site.builds) == 1
    waited = site.builds[0][0] - (NOON + QUIET)
    assert waited == DOUBT_SECONDS if fate == "unheard" else waited >= DOUBT_SECONDS
    assert len(site.announced) == 1


def test_an_order_that_was_taken_is_noted_whatever_was_heard_in_between(site: Site) -> None:
    publish(site, "a")
    subscriber = site.rebuild

    def slow_act(request: BuildRequest) -> Response:
        assert subscriber.act
        response = subscriber.act(request)
        with pytest.raises(Retry, match="waiting for its build"):
            subscriber.handle([a_publish("b", site.now + 1)])
        return response

    site.queue = []
    with pytest.raises(Retry):
        subscriber.handle([a_publish("a")])
    site.now += QUIET
    with pytest.raises(Retry, match="waiting for its build"):
        replace(subscriber, act=slow_act).handle([a_publish("a")])
    state = site.store.read(STATE_ID, RebuildState).state
    assert state.request
    assert state.request.accepted
    assert state.waiting
    assert state.waiting.count == 1
    assert [type for type, _ in site.told] == ["build.requested"]


def test_end_that_is_heard_before_the_response_ends_the_build(site: Site) -> None:
    subscriber = site.rebuild

    def slow_act(request: BuildRequest) -> Response:
        assert subscriber.act
        response = subscriber.act(request)
        end = happening("deploy.succeeded", id="end", at=site.now, correlation=request.build.correlation)
        subscriber.handle([end])
        return response

    with pytest.raises(Retry):
        subscriber.handle([a_publish("a")])
    site.now += QUIET
    replace(subscriber, act=slow_act).handle([a_publish("a")])
    assert site.store.read(STATE_ID, RebuildState).state.request is None
    assert len({event.id for event in site.announced}) == 1
