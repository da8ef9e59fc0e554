"""An endpoint from which something is expected falls silent and is heard again, each told once, by its own role."""

import json
import time
from dataclasses import replace

from jamwire.operations.dynamodb import from_item, to_item
from jamwire.operations.hearings import find_hearings
from lambdas.contracts.heard import HEARD_EVERY
from lambdas.contracts.outputs import HubOutput
from lambdas.contracts.silence import Hearing, Hearings
from lambdas.contracts.state_table import ID, STATE_ID, Record, item_of, record_of
from lambdas.silence.hearings import OVERLAP
from tests.deployed.deployed import Deployed, Jamwire

TWO_DAYS = 2 * 86_400


def look(deployed: Deployed) -> None:
    """Let the function look now, which does so every five minutes."""
    [function] = [name for name in deployed.resources("Hub", "AWS::Lambda::Function") if "Silence" in name]
    answer = deployed.deployment.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()


def record(deployed: Deployed) -> Record[Hearings]:
    key = {
        "TableName": deployed.deployment.hub.outputs[HubOutput.SILENCE_TABLE],
        "Key": {ID: {"S": STATE_ID}},
    }
    item = deployed.deployment.client("dynamodb").get_item(**key, ConsistentRead=True)["Item"]
    return record_of(from_item(item), Hearings)


def two_days_pass(deployed: Deployed) -> None:
    """As if the blog had last been heard two days ago."""
    now = time.time()
    pass_over_log(deployed, blog=Hearing(since=now - 2 * TWO_DAYS, heard=now - TWO_DAYS))


def pass_over_log(deployed: Deployed, **endpoints: Hearing) -> None:
    """As if all of the log had been read, even what a look reads once more, and this were known of these endpoints."""
    now = time.time()
    known = record(deployed)
    state = Hearings(endpoints={**known.state.endpoints, **endpoints}, read_until=now + OVERLAP)
    item = item_of(STATE_ID, replace(known, state=state, version=known.version + 1), now)
    deployed.deployment.client("dynamodb").put_item(
        TableName=deployed.deployment.hub.outputs[HubOutput.SILENCE_TABLE], Item=to_item(item)
    )


def is_heard(deployed: Deployed) -> None:
    """Write what a running function of ingest's writes that has not done so of late."""
    client, group = deployed.deployment.client("logs"), deployed.deployment.hub.outputs[HubOutput.INGEST_LOG]
    client.create_log_stream(logGroupName=group, logStreamName="another-function")
    line = json.dumps({"outcome": "accepted", "endpoint": "blog", "heard": True})
    at = round((time.time() + 1) * 1000)
    client.put_log_events(
        logGroupName=group, logStreamName="another-function", logEvents=[{"timestamp": at, "message": line}]
    )
    deployed.until(lambda: time.time() * 1000 > at, "the time of the line")


def told(deployed: Deployed) -> list[str]:
    """Slack messages about the blog's silence."""
    texts = [
        str(delivery["request"].get("text"))
        for delivery in deployed.inbox("GET", "/api/deliveries")
        if delivery["channel"] == "slack"
    ]
    return [text for text in texts if "blog has been silent" in text or "blog is heard again" in text]


def test_silence_is_told_once_and_so_is_its_end(deployed: Deployed, jamwire: Jamwire) -> None:
    deployed.send("contentful/published")
    deployed.until(lambda: find_hearings(deployed.deployment)["blog"].last_heard, "ingest's word")
    look(deployed)
    assert (
        record(deployed).state.endpoints["blog"].heard > time.time() - HEARD_EVERY - 60
    )  # another test was first

    two_days_pass(deployed)
    look(deployed)
    pass_over_log(deployed)
    look(deployed)
    deployed.until(lambda: told(deployed), "the silence")
    shown = json.loads(jamwire("endpoints", "--json").stdout)
    [blog] = [endpoint for endpoint in shown if endpoint["name"] == "blog"]
    assert (blog["expect"], blog["silent_since"]) == (86_400, blog["last_heard"])

    pass_over_log(deployed)
    is_heard(deployed)
    look(deployed)
    look(deployed)
    deployed.until(lambda: len(told(deployed)) == 2, "the end of it")
    deployed.until_quiet()
    silent, heard = told(deployed)
    assert "blog has been silent for 2 days" in silent
    assert "blog is heard again" in heard
