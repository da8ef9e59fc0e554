"""Counts in, counts out: whatever goes wrong on the way, every accepted event is told once.

Slack's function ends sooner here than it does as shipped, so that a test sees what follows its death.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psutil
import pytest

from jamwire.local import processes
from tests.deployed.deployed import Deployed, Sent, tells_of

TIMEOUT, VISIBILITY = 10, 12
TO_SLACK, TO_PHONES_TOO, TO_CDN_TOO = (
    "netlify/deploy-started",
    "netlify/deploy-failed",
    "netlify/deploy-succeeded",
)


@pytest.fixture(scope="module", autouse=True)
def _hurried(_deployed: Deployed) -> Iterator[None]:
    """Let Slack's function end after a few seconds, and its queue show its messages again soon after."""
    [function] = _deployed.resources("Slack", "AWS::Lambda::Function")
    functions, sqs = _deployed.deployment.client("lambda"), _deployed.deployment.client("sqs")
    queue = {"QueueUrl": _deployed.queues["Slack"]}
    timeout = functions.get_function_configuration(FunctionName=function)["Timeout"]
    shown_after = sqs.get_queue_attributes(**queue, AttributeNames=["VisibilityTimeout"])["Attributes"]

    def let(timeout: int, attributes: dict[str, str]) -> None:
        functions.update_function_configuration(FunctionName=function, Timeout=timeout)
        sqs.set_queue_attributes(**queue, Attributes=attributes)

    let(TIMEOUT, {"VisibilityTimeout": str(VISIBILITY)})
    yield
    let(timeout, shown_after)


def send(deployed: Deployed, count: int, label: str = TO_SLACK) -> list[Sent]:
    """Send so many events at the same time."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: deployed.send(label), range(count)))


def tellings(deployed: Deployed, events: Sequence[Sent]) -> Counter[str]:
    """How often Slack has taken each event."""
    found = deployed.inbox("GET", "/api/deliveries?channel=slack")
    taken = [delivery for delivery in found if delivery["status"] == 200]
    return Counter(sent.id for sent in events for delivery in taken if tells_of(delivery, sent.id))


def until_told_once(deployed: Deployed, events: Sequence[Sent]) -> None:
    """Wait until Slack has taken each event, and all is quiet; then each was taken once."""
    once = dict.fromkeys((sent.id for sent in events), 1)
    deployed.until(lambda: tellings(deployed, events) == once, f"{len(events)} events in Slack")
    deployed.until_quiet()
    assert tellings(deployed, events) == once


def slack_workers(deployed: Deployed) -> list[psutil.Process]:
    """Processes in which Slack's function runs."""
    found: list[psutil.Process] = []
    for marked in processes.find(deployed.account.directory):
        with suppress(psutil.NoSuchProcess):  # it was found while it ended
            family = marked.process.children(recursive=True)
            found += [child for child in family if "Jamwire-Slack" in " ".join(child.cmdline())]
    return found


@pytest.mark.parametrize("fault", [{"status": 500}, {"cut": True}], ids=["500", "cut"])
def test_a_storm_of_faults_loses_nothing_and_repeats_nothing(
    deployed: Deployed, fault: dict[str, Any]
) -> None:
    # One failure of the schedule's kind: after a second one the schedule waits for five minutes.
    slow_down = {"status": 429, "retry_after": 2, "count": 2}
    for each in (slow_down, {**fault, "count": 1}, slow_down):
        deployed.fault(**each)
    before = len(deployed.inbox("GET", "/api/deliveries?channel=slack"))
    until_told_once(deployed, send(deployed, 30))
    tried = deployed.inbox("GET", "/api/deliveries?channel=slack")[before:]
    assert {429, fault.get("status")} <= {delivery["status"] for delivery in tried}


def test_a_function_killed_while_slack_hangs_loses_nothing_and_repeats_nothing(deployed: Deployed) -> None:
    deployed.fault(hang=30, count=1)
    before = len(deployed.inbox("GET", "/api/deliveries?channel=slack"))
    events = send(deployed, 3)
    deployed.until(
        lambda: len(deployed.inbox("GET", "/api/deliveries?channel=slack")) > before, "a call that hangs"
    )
    for worker in deployed.until(lambda: slack_workers(deployed), "Slack's function at work"):
        os.kill(worker.pid, signal.SIGKILL)
    until_told_once(deployed, events)
    assert any(deployed.log_has("Slack", sent, "uncertain") for sent in events)


def test_what_senders_repeat_at_the_same_time_is_told_once(deployed: Deployed) -> None:
    events = send(deployed, 5, TO_PHONES_TOO)
    again = [deployed.signed(TO_PHONES_TOO, mark=sent.mark) for sent in events for _ in range(5)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda request: deployed.post(*request), again))
    assert Counter(answer.document["id"] for answer in answers) == dict.fromkeys((e.id for e in events), 5)
    until_told_once(deployed, events)
    # A text message may tell of several events: that each was told once is read off the function's log.
    told = Counter(line["event_id"] for line in deployed.log("Sms") if line.get("message") == "delivered")
    assert {sent.id: told[sent.id] for sent in events} == {sent.id: 1 for sent in events}


def test_a_subscriber_that_goes_and_comes_back_while_events_flow_costs_the_others_nothing(
    deployed: Deployed,
) -> None:
    events: list[Sent] = []
    with ThreadPoolExecutor(1) as pool:
        change = pool.submit(
            lambda: (deployed.account.destroy("Jamwire-Cdn"), deployed.account.deploy("Jamwire-Cdn"))
        )
        while not change.done():
            events.append(deployed.send(TO_CDN_TOO))
        change.result()
    deployed.look_again()  # the subscriber has another queue now
    events.append(deployed.send(TO_CDN_TOO))
    until_told_once(deployed, events)
    assert deployed.log_has("Cdn", events[-1], "delivered")
