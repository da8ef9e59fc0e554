"""What is written down of each request: enough for a person, nothing of the content, and not more than is bearable."""

import json
from typing import Any

import pytest

from lambdas.contracts.heard import HEARD_EVERY
from lambdas.ingest.request_log import KEY_SEEN_EVERY, REJECTED_BURST, RequestLog
from tests.fakes.ingest import NOW, a_request

SECRETIVE = a_request("site", b'{"email": "ada@example.com"}', address="192.0.2.7", x_signature="of-somebody")


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(clock: Clock) -> RequestLog:
    return RequestLog("Jamwire-Ingest", "Jamwire", clock)


def rejected(records: RequestLog) -> dict[str, Any]:
    return dict(json.loads(records.rejected(401, 1.0, "no secret made this signature", SECRETIVE, "site")))


def test_rejected_request_is_logged_without_body(records: RequestLog) -> None:
    line = rejected(records)
    assert (line["endpoint"], line["status"], line["reason"]) == (
        "site",
        401,
        "no secret made this signature",
    )
    assert (line["address"], line["bytes"]) == ("192.0.2.7", 28)
    assert "ada" not in json.dumps(line)
    assert "of-somebody" not in json.dumps(line)


def test_it_counts_as_a_metric_by_reason(records: RequestLog) -> None:
    line = rejected(records)
    [metric] = line["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "Jamwire"
    assert metric["Dimensions"] == [["service"], ["service", "reason"]]
    assert {name for dimension in metric["Dimensions"] for name in dimension} <= set(line)
    assert line["Rejected"] == 1


def test_event_counts_in_what_else_is_said_of_it(records: RequestLog) -> None:
    line = json.loads(records.accepted(200, 1.0, "", counted=("DeliveryIdReused",), event_id="1"))
    [metric] = line["_aws"]["CloudWatchMetrics"]
    assert [counted["Name"] for counted in metric["Metrics"]] == ["Accepted", "DeliveryIdReused"]
    assert line["DeliveryIdReused"] == 1


def test_only_events_count_in_metric_accepted(records: RequestLog) -> None:
    line = json.loads(records.accepted(200, 1.0, "", event_id="1", event_type="deploy.failed"))
    [metric] = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Metrics"], metric["Dimensions"]) == (
        [{"Name": "Accepted", "Unit": "Count"}],
        [["service"]],
    )
    assert (line["Accepted"], line["service"]) == (1, "Jamwire-Ingest")
    assert "_aws" not in json.loads(records.accepted(200, 1.0, "", event_type="handshake"))


def test_an_attack_is_counted_and_not_written_down_one_by_one(records: RequestLog, clock: Clock) -> None:
    lines = [rejected(records) for _ in range(1000)]
    assert sum("reason" in line for line in lines) == REJECTED_BURST
    assert all(line["recorded"] is False for line in lines[REJECTED_BURST:])
    assert max(len(json.dumps(line)) for line in lines[REJECTED_BURST:]) < 120
    clock.now += 1
    assert rejected(records)["Rejected"] == 1000 - REJECTED_BURST + 1


def test_a_secret_is_named_when_it_verifies_once_an_hour(records: RequestLog, clock: Clock) -> None:
    def seen(key: str) -> bool:
        return "secret_seen" in json.loads(records.accepted(200, 1.0, key))

    assert [seen("a"), seen("a"), seen("b"), seen("")] == [True, False, True, False]
    clock.now += KEY_SEEN_EVERY
    assert seen("a")


def heard(records: RequestLog, endpoint: str = "cms", key_id: str = "key", **facts: Any) -> bool:
    line = json.loads(records.accepted(200, 1.0, key_id, endpoint=endpoint, **facts))
    return bool(line.get("heard", False))


def test_endpoint_is_said_to_be_heard_now_and_then(records: RequestLog, clock: Clock) -> None:
    """So that whoever looks for it finds few lines, however many events there are."""
    said = 0
    for _ in range(3600):
        said += heard(records, event_id="1")
        clock.now += 1
    assert said == 3600 / HEARD_EVERY
    assert heard(records, "site", event_id="1")


def test_only_what_is_verified_is_heard(records: RequestLog) -> None:
    assert not heard(records, key_id="", event_type="handshake")
    assert "heard" not in rejected(records)
    assert heard(records, key_id="", event_id="1")  # EventBridge's, which IAM has let in
    assert heard(records, "site", event_type="handshake")
