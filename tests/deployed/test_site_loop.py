"""From a burst of publishes to one build, its deploy, one purge and one story."""

import json
from typing import Any

import pytest

from jamwire.local.inbox.build import title_of_order
from lambdas.contracts.correlation import correlation_in
from tests.deployed.deployed import Deployed

PUBLISH = "standard-webhooks/content-published"


def publish(deployed: Deployed, count: int) -> list[str]:
    return [deployed.send(PUBLISH).id for _ in range(count)]


def new_order(deployed: Deployed, before: int) -> dict[str, Any]:
    [order] = deployed.until(lambda: deployed.orders()[before:], "a build")
    return order


def waiting(deployed: Deployed) -> int:
    """How many publishes wait for the next build."""
    window = deployed.state("Rebuild").get("waiting")  # no state at all until the first request is noted
    return window["count"] if window else 0


def slack_says(deployed: Deployed, text: str) -> list[dict[str, Any]]:
    found = deployed.inbox("GET", "/api/deliveries?channel=slack")
    return [d["request"] for d in found if text in json.dumps(d["request"], ensure_ascii=False)]


def test_a_burst_of_publishes_is_one_build_one_purge_and_one_story(deployed: Deployed) -> None:
    builds = len(deployed.orders())
    purged = len(deployed.inbox("GET", "/api/deliveries?channel=cdn"))
    stories = len(slack_says(deployed, "Live after"))
    ids = publish(deployed, 5)
    order = new_order(deployed, builds)
    title = title_of_order(order["request"])
    correlation = correlation_in(title)
    assert order["event_id"] in ids
    assert order["request"]["host"] == "netlify"
    # What a slow machine hears only after the quiet was accepted before the build, and so is in it.
    assert 1 <= order["request"]["body"]["publishes"] <= 5
    assert correlation == order["request"]["body"]["correlation"]
    assert len(deployed.inbox("GET", "/api/deliveries?channel=cdn")) == purged  # nothing before the deploy

    [told] = deployed.finish_builds()
    assert told == title
    story = deployed.until(lambda: slack_says(deployed, "Live after")[stories:], "the story")
    deployed.until_quiet()
    assert len(slack_says(deployed, "Live after")) == stories + 1
    text = json.dumps(story[0])
    for step in ("Published", "Build ordered", "Deployed", "Purged"):
        assert f"*{step}*" in text
    [invalidation] = deployed.inbox("GET", "/api/deliveries?channel=cdn")[purged:]
    assert invalidation["request"]["Paths"] == ["/news/", "/news/summer"]
    assert len(deployed.orders()) == builds + 1


def test_what_is_published_during_a_build_is_built_when_it_has_ended(deployed: Deployed) -> None:
    builds = len(deployed.orders())
    publish(deployed, 1)
    new_order(deployed, builds)
    publish(deployed, 2)
    deployed.until(lambda: waiting(deployed) == 2, "the publishes heard")
    assert len(deployed.orders()) == builds + 1
    deployed.finish_builds()
    order = new_order(deployed, builds + 1)
    assert order["request"]["body"]["publishes"] == 2


def test_a_failed_deploy_is_told_and_purges_nothing(deployed: Deployed) -> None:
    builds = len(deployed.orders())
    purged = len(deployed.inbox("GET", "/api/deliveries?channel=cdn"))
    publish(deployed, 1)
    new_order(deployed, builds)
    deployed.finish_builds("failed")
    deployed.until(lambda: slack_says(deployed, "Not live, deploy failed"), "the story")
    deployed.until_quiet()
    assert len(deployed.inbox("GET", "/api/deliveries?channel=cdn")) == purged


@pytest.mark.parametrize("status", [404, 410])
def test_a_hook_that_is_gone_is_in_the_dead_letters_and_told(deployed: Deployed, status: int) -> None:
    deployed.inbox("POST", "/api/faults", {"channel": "build", "status": status, "count": 1})
    sent = deployed.send(PUBLISH)
    letter = deployed.dead_letter("Rebuild", sent)
    assert letter["Reason"] == f"netlify answered {status}"
    deployed.until(lambda: slack_says(deployed, f"netlify answered {status}"), "the story")
    builds = len(deployed.orders())
    publish(deployed, 1)  # with the next one, the first is built too
    assert new_order(deployed, builds)["request"]["body"]["publishes"] == 2


def test_a_busy_host_is_asked_again_when_it_wants_to_be(deployed: Deployed) -> None:
    deployed.inbox("POST", "/api/faults", {"channel": "build", "status": 429, "retry_after": 3, "count": 1})
    builds = len(deployed.orders())
    publish(deployed, 1)
    new_order(deployed, builds)
