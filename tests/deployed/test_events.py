"""The event store by command: events found, what became of them, and events sent once more and only where asked for."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from jamwire.cli.event_store import Store, now
from jamwire.local.credentials import local_environment
from jamwire.operations.events import history
from tests.deployed.deployed import Deployed, Jamwire, Sent


def document(run: "subprocess.CompletedProcess[str]") -> Any:
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def found(jamwire: Jamwire, *options: str) -> list[str]:
    return [event["id"] for event in document(jamwire("events", "list", "--json", *options))]


LOOKED_AT = ("Slack", "Sms")
"""Subscribers of which these tests are; the loop's hear of deploys, too."""


def statuses(deployed: Deployed, sent: Sent) -> list[dict[str, str]]:
    """What became of an event, and of each replay of it: the state at each subscriber."""
    store = Store.open(deployed.deployment)
    [known] = history(deployed.deployment, store.archive, store.ledgers, sent.id, now())
    return [
        {name: status.state for name, status in told.statuses.items() if name in LOOKED_AT}
        for told in known.deliveries
    ]


def kept(deployed: Deployed, label: str) -> Sent:
    """An event that has come into the archive."""
    sent = deployed.send(label)
    deployed.until_archived(label, sent)
    return sent


def replay(jamwire: Jamwire, *arguments: str) -> str:
    done: dict[str, Any] = document(jamwire("events", "replay", *arguments, "--yes", "--json"))
    assert done["unsent"] == []
    return str(done["replay"])


def test_an_event_is_found_by_id_type_family_endpoint_and_time(deployed: Deployed, jamwire: Jamwire) -> None:
    sent = kept(deployed, "netlify/deploy-started")
    other = kept(deployed, "token/notice")
    for options in (
        ("--type", "deploy.started"),
        ("--type", "deploy.*"),
        ("--endpoint", "site"),
        ("--endpoint", "site", "--type", "deploy.started"),
    ):
        ids = found(jamwire, *options)
        assert sent.id in ids
        assert other.id not in ids
    assert found(jamwire)[-2:] == [sent.id, other.id]
    assert found(jamwire, "--limit", "1") == [other.id]
    assert found(jamwire, "--since", "2h", "--until", "1h") == []
    assert found(jamwire, "--type", "deploy.*", "--endpoint", "zap") == []
    [known] = document(jamwire("events", "show", sent.id, "--json"))
    assert sent.mark in json.dumps(known["event"])


def test_what_was_delivered_and_to_whom_it_is_of_no_concern_is_shown(
    deployed: Deployed, jamwire: Jamwire
) -> None:
    sent = kept(deployed, "netlify/deploy-started")
    deployed.until(lambda: statuses(deployed, sent)[0]["Slack"] == "delivered", "delivered")
    assert statuses(deployed, sent) == [{"Slack": "delivered", "Sms": "not told"}]
    shown = jamwire("events", "show", sent.id).stdout
    assert "its rule does not match" in shown
    assert sent.id in found(jamwire, "--subscriber", "slack")
    assert sent.id not in found(jamwire, "--subscriber", "sms")


def test_what_waits_is_shown_with_the_reason(deployed: Deployed, jamwire: Jamwire) -> None:
    deployed.fault(status=429, retry_after=20, count=1)  # so long does a busy machine have for three looks
    sent = kept(deployed, "netlify/deploy-started")
    deployed.until(lambda: statuses(deployed, sent)[0]["Slack"] == "waiting", "waiting")
    assert "Slack answered 429" in jamwire("events", "show", sent.id).stdout
    assert sent.id not in found(jamwire, "--failed")
    deployed.until(lambda: statuses(deployed, sent)[0]["Slack"] == "delivered", "delivered at last")


@pytest.fixture
def dead(deployed: Deployed, jamwire: Jamwire) -> Sent:
    """An event that Slack refused for good, and that went as a text message."""
    deployed.fault(status=404, count=1)
    sent = kept(deployed, "netlify/deploy-failed")
    deployed.dead_letter("Slack", sent)
    deployed.until(lambda: deployed.told(sent) == ["sms"], "the text message")
    return sent


def test_what_is_dead_is_replayed_where_it_is_dead_and_only_there(
    deployed: Deployed, jamwire: Jamwire, dead: Sent
) -> None:
    assert statuses(deployed, dead) == [{"Slack": "dead", "Sms": "delivered"}]
    assert "no_service" in jamwire("events", "show", dead.id).stdout
    assert dead.id in found(jamwire, "--failed")
    assert dead.id not in found(jamwire, "--failed", "--subscriber", "sms")
    refused = jamwire("events", "replay", dead.id, "--failed", given="n\n")
    assert "Send 1 event once more, where it is dead (Slack: 1)?" in refused.stderr
    replay(jamwire, dead.id, "--failed")
    deployed.until(lambda: deployed.told(dead) == ["slack", "sms"], "the message")
    deployed.until_quiet()
    assert deployed.told(dead) == ["slack", "sms"]
    itself, replayed = statuses(deployed, dead)
    assert (itself["Slack"], replayed) == ("dead", {"Slack": "delivered"})
    assert dead.id not in found(jamwire, "--failed")
    assert "There are no such events" in jamwire("events", "replay", dead.id, "--failed").stderr
    jamwire("dead-letters", "discard", "--event", dead.id, "--yes")


def test_a_replay_to_one_tells_that_one_again_and_a_redelivery_tells_nobody(
    deployed: Deployed, jamwire: Jamwire
) -> None:
    endpoint, headers, body = deployed.signed("netlify/deploy-failed", mark="replayed-to-one")
    answer = deployed.post(endpoint, headers, body)
    sent = Sent(answer.document["id"], "replayed-to-one")
    deployed.until(lambda: deployed.told(sent) == ["slack", "sms"], "both")
    deployed.until_quiet()
    replay(jamwire, sent.id, "--to", "sms")
    deployed.until(lambda: deployed.told(sent) == ["slack", "sms", "sms"], "the text message again")
    assert deployed.post(endpoint, headers, body).document["id"] == sent.id
    deployed.until_quiet()
    assert deployed.told(sent) == ["slack", "sms", "sms"]


def test_a_replay_to_all_goes_by_the_rules_and_is_kept_only_once(
    deployed: Deployed, jamwire: Jamwire
) -> None:
    sent = kept(deployed, "netlify/deploy-failed")
    deployed.until(lambda: deployed.told(sent) == ["slack", "sms"], "both")
    deployed.until_quiet()
    replay(jamwire, sent.id)
    deployed.until(lambda: deployed.told(sent) == ["slack", "slack", "sms", "sms"], "both again")
    deployed.until_quiet()
    assert found(jamwire).count(sent.id) == 1
    assert statuses(deployed, sent)[1] == {"Slack": "delivered", "Sms": "delivered"}


def test_an_interrupted_replay_is_resumed_and_tells_each_once(deployed: Deployed, jamwire: Jamwire) -> None:
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    events = [kept(deployed, "netlify/form-submitted") for _ in range(8)]
    deployed.until(lambda: all(deployed.told(sent) == ["slack"] for sent in events), "all of them")
    deployed.until_quiet()
    certificate = deployed.account.certificate
    options = ("--since", start, "--type", "form.submitted", "--to", "slack", "--rate", "0.5", "--yes")
    running = subprocess.Popen(
        [Path(sys.executable).with_name("jamwire"), "events", "replay", *options],
        env=local_environment(deployed.account.ports.port, certificate),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deployed.until(lambda: any(deployed.told(sent) == ["slack"] * 2 for sent in events), "the first again")
    os.kill(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in said
    resumption = said.strip().splitlines()[-1].partition("to go on: jamwire ")[2].split()
    done = [sent for sent in events if deployed.told(sent) == ["slack"] * 2]
    assert 0 < len(done) < len(events)
    assert jamwire(*resumption, "--yes").returncode == 0
    deployed.until(lambda: all(deployed.told(sent) == ["slack"] * 2 for sent in events), "each again")
    deployed.until_quiet()
    assert all(deployed.told(sent) == ["slack"] * 2 for sent in events)
    assert "nothing left to send" in jamwire(*resumption, "--yes").stderr


WRONG = {
    "an unknown id": (("show", "nothing"), 1, "There is no event 'nothing' in the archive"),
    "an unknown id to replay": (("replay", "nothing", "--yes"), 1, "There is no event 'nothing'"),
    "a range in the future": (("list", "--since", "2999-01-01"), 1, "expected a time that has come"),
    "a range that ends before it begins": (
        ("replay", "--since", "1h", "--until", "2h"),
        1,
        "expected a time after --since",
    ),
    "a rate that is none": (("replay", "--since", "1h", "--rate", "0"), 1, "The rate is 0, expected 0.01"),
    "an unknown subscriber": (
        ("replay", "--since", "1h", "--to", "nobody"),
        1,
        "There is no subscriber 'nobody'; there are: Audience, Cdn, Live, Rebuild, Slack, Sms, Story",
    ),
    "the archive itself": (
        ("replay", "--since", "1h", "--to", "archive"),
        1,
        "there are: Audience, Cdn, Live, Rebuild, Slack, Sms, Story",
    ),
    "an unknown replay": (("replay", "--resume", "nothing"), 1, "There is no replay 'nothing'"),
    "a time that is none": (("list", "--since", "yesterday"), 2, "expected one such as 2h, 3d"),
    "no choice at all": (("replay", "--yes"), 2, "expected ids, or --since"),
    "two choices": (("replay", "an-id", "--since", "1h"), 2, "expected ids, or --since"),
    "another choice beside a resumption": (
        ("replay", "--resume", "x", "--since", "1h"),
        2,
        "no other choice",
    ),
}


@pytest.mark.parametrize(("arguments", "code", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_a_person_can_put_right_is_said_in_a_line(
    jamwire: Jamwire, arguments: tuple[str, ...], code: int, says: str
) -> None:
    run = jamwire("events", *arguments)
    assert (run.returncode, run.stdout) == (code, "")
    # A wrong use is said in a frame, whose lines are joined here.
    assert says in " ".join(run.stderr.replace("│", " ").split())
    assert "Traceback" not in run.stderr
