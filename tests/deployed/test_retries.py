"""What becomes of an event when its destination does not take it."""

import datetime as dt
import json
import time
from typing import Any

import pytest

from tests.deployed.deployed import Deployed, Jamwire, Sent

OUTAGE_SECONDS = 10

SLOWNESS = 20
"""Seconds that a machine may be late that runs other tests meanwhile; `python -m bench.outages` measures."""


def attempts(deployed: Deployed, sent: Sent, count: int) -> list[dict[str, Any]]:
    """Wait for so many answered attempts at Slack."""

    def answered() -> list[dict[str, Any]]:
        found = [d for d in deployed.deliveries(sent) if d["channel"] == "slack"]
        return found if len(found) >= count and found[-1]["status"] else []

    return deployed.until(answered, f"{count} attempts")


def seconds_between(first: dict[str, Any], second: dict[str, Any]) -> float:
    times = [dt.datetime.fromisoformat(attempt["received_at"]) for attempt in (first, second)]
    return (times[1] - times[0]).total_seconds()


def test_slack_is_left_alone_for_as_long_as_it_asks_and_then_told(deployed: Deployed) -> None:
    deployed.fault(status=429, retry_after=2, count=1)
    sent = deployed.send("netlify/deploy-started")
    first, second = attempts(deployed, sent, 2)
    assert (first["status"], second["status"]) == (429, 200)
    assert seconds_between(first, second) >= 2


def test_a_failing_slack_is_tried_again_on_the_schedule(deployed: Deployed) -> None:
    deployed.fault(status=500, count=1)
    sent = deployed.send("netlify/deploy-started")
    first, second = attempts(deployed, sent, 2)
    assert (first["status"], second["status"]) == (500, 200)
    assert seconds_between(first, second) >= 3


def test_message_comes_about_as_late_as_the_outage_was_long(deployed: Deployed) -> None:
    deployed.fault(status=500)
    began = time.time()
    sent = [deployed.send("netlify/deploy-started") for _ in range(3)]
    time.sleep(OUTAGE_SECONDS)
    deployed.inbox("DELETE", "/api/faults")
    back = time.time()
    deployed.until(lambda: all(deployed.told(one) == ["slack"] for one in sent), "the messages")
    told = [
        dt.datetime.fromisoformat(d["received_at"]).timestamp()
        for one in sent
        for d in deployed.deliveries(one)
    ]
    assert max(told) - back <= back - began + SLOWNESS


def test_a_slack_that_does_not_answer_is_tried_again(deployed: Deployed) -> None:
    deployed.fault(hang=20, count=1)
    sent = deployed.send("netlify/deploy-started")
    first, second = attempts(deployed, sent, 2)
    assert (first["status"], second["status"]) == (None, 200)


def test_one_event_that_fails_does_not_hold_up_the_others(deployed: Deployed) -> None:
    deployed.fault(status=500, count=1)
    failing = deployed.send("netlify/deploy-started")
    attempts(deployed, failing, 1)
    others = [deployed.send("netlify/deploy-started") for _ in range(5)]
    deployed.until(lambda: all(deployed.told(sent) == ["slack"] for sent in others), "the others")
    _, second = attempts(deployed, failing, 2)
    first_of_others = min(attempts(deployed, sent, 1)[0]["received_at"] for sent in others)
    assert first_of_others < second["received_at"]


def test_mended_slack_is_told_now_what_waits_and_once(deployed: Deployed, jamwire: Jamwire) -> None:
    deployed.fault(status=500)
    sent = deployed.send("netlify/deploy-started")
    deployed.until_archived("netlify/deploy-started", sent)
    attempts(deployed, sent, 4)  # after 0, 3, 6 and 12 s
    deployed.until(lambda: next_try_in(jamwire, sent) > 8, "a long wait")
    deployed.inbox("DELETE", "/api/faults")
    run = jamwire("events", "retry", "--subscriber", "slack", "--yes", "--json")
    assert (run.returncode, json.loads(run.stdout)["unsent"]) == (0, []), run.stderr
    deployed.until(lambda: deployed.told(sent) == ["slack"], "the message")
    again = jamwire("events", "retry", "--subscriber", "slack", "--yes", "--json")
    assert json.loads(again.stdout) == {"sent": 0, "gone": 0, "unsent": []}
    assert deployed.told(sent) == ["slack"]
    # The old message would come back and find its event delivered; nobody waits for it here.
    deployed.deployment.client("sqs").purge_queue(QueueUrl=deployed.queues["Slack"])


def next_try_in(jamwire: Jamwire, sent: Sent) -> float:
    """Seconds until Slack is tried again, as the command tells."""
    [known] = json.loads(jamwire("events", "show", sent.id, "--json").stdout)
    [slack] = [at for at in known["deliveries"][0]["subscribers"] if at["name"] == "Slack"]
    if not slack["next_try"]:
        return 0.0
    return (dt.datetime.fromisoformat(slack["next_try"]) - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.mark.parametrize(
    ("status", "said"), [(404, "no_service"), (410, "channel_is_archived"), (403, "action_prohibited")]
)
def test_what_slack_refuses_for_good_is_in_the_dead_letters_with_the_reason(
    deployed: Deployed, status: int, said: str
) -> None:
    deployed.fault(status=status, count=1)
    sent = deployed.send("netlify/deploy-started")
    letter = deployed.dead_letter("Slack", sent)
    assert letter["Reason"] == f"Slack answered {status} {said}"
    assert letter["Subscriber"] == "Jamwire-Slack-Subscriber"
    assert letter["Attempts"] == "1"
    assert letter["FirstAttempt"] <= letter["LastAttempt"]
    assert [d["status"] for d in deployed.deliveries(sent)] == [status]


def test_a_dead_letter_of_one_subscriber_is_no_matter_of_another(deployed: Deployed) -> None:
    deployed.fault(status=404, count=1)
    sent = deployed.send("netlify/deploy-failed")
    deployed.dead_letter("Slack", sent)
    deployed.until(lambda: deployed.told(sent) == ["sms"], "the text message")
