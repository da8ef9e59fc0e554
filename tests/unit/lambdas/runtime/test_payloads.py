"""A payload that is kept elsewhere is read when a notifier asks for it; whether it is gone or S3 is away is told apart."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Undeliverable
from lambdas.runtime import payloads
from tests.fakes.events import an_event
from tests.fakes.subscriber import Surroundings, a_record

DATAREF = "s3://payloads/site/1.json"
CALL = {"Bucket": "payloads", "Key": "site/1.json"}
LARGE = replace(an_event("e1"), dataref=DATAREF)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("s3")
    monkeypatch.setattr(payloads, "client", lambda service, config: client)
    payloads._s3.cache_clear()
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
    payloads._s3.cache_clear()


def holds(s3: Stubber, text: bytes) -> None:
    s3.add_response("get_object", {"Body": StreamingBody(io.BytesIO(text), len(text))}, CALL)


class Reader:
    """A notifier that looks at payloads, some of them twice."""

    def __init__(self) -> None:
        self.read: list[Any] = []

    def __call__(self, events: Sequence[Event]) -> None:
        self.read += [event.payload() for event in events for _ in range(2)]


def test_payload_is_read_once_for_each_event(s3: Stubber, around: Surroundings) -> None:
    holds(s3, b'{"a": [1]}')
    reader = Reader()
    assert around.run(around.worker(reader), a_record(LARGE)) == []
    assert reader.read == [{"a": [1]}] * 2


def test_payload_nobody_asks_for_is_not_read(s3: Stubber, around: Surroundings) -> None:
    assert around.run(around.worker(lambda events: None), a_record(LARGE)) == []
    assert around.outcomes == ["delivered"]


@pytest.mark.parametrize("code", ["NoSuchKey", "NoSuchBucket"])
def test_event_whose_payload_is_gone_is_dead(s3: Stubber, around: Surroundings, code: str) -> None:
    s3.add_client_error("get_object", code, http_status_code=404, expected_params=CALL)
    records = [a_record(LARGE), a_record(an_event("e2"), id="m2")]
    assert around.run(around.worker(Reader()), *records) == []
    assert around.reasons == ["its payload is no longer kept"]
    assert around.outcomes == ["dead", "delivered"]


@pytest.mark.parametrize(
    ("code", "status"), [("SlowDown", 503), ("InternalError", 500), ("AccessDenied", 403)]
)
def test_event_waits_while_s3_refuses_its_payload(
    s3: Stubber, around: Surroundings, code: str, status: int
) -> None:
    s3.add_client_error("get_object", code, http_status_code=status, expected_params=CALL)
    worker = around.worker(Reader())
    assert around.run(worker, a_record(LARGE)) == ["m1"]
    assert around.sqs.hidden == {"m1": 3}
    [(outcome, facts)] = around.reported
    assert (outcome, facts["reason"].split()[-1], facts["next_try_in"]) == ("postponed", code, 3)
    around.now += 5
    holds(s3, b"{}")
    assert around.run(worker, a_record(LARGE, receives=2)) == []


def test_gone_payload_gives_up_one_event_of_a_batch(s3: Stubber, around: Surroundings) -> None:
    for _ in range(2):  # with its batch, and by itself
        s3.add_client_error("get_object", "NoSuchKey", http_status_code=404, expected_params=CALL)
    records = [a_record(LARGE), a_record(an_event("e2"), id="m2")]
    worker = around.worker(Reader(), batch=True)
    assert around.run(worker, *records) == ["m1", "m2"]
    assert around.run(worker, *records) == []
    assert around.reasons == ["its payload is no longer kept"]
    assert sorted(around.outcomes[2:]) == ["dead", "delivered"]


def test_payload_cut_off_is_read_again_later(s3: Stubber, around: Surroundings) -> None:
    s3.add_response("get_object", {"Body": StreamingBody(io.BytesIO(b'{"a"'), 1000)}, CALL)
    assert around.run(around.worker(Reader()), a_record(LARGE)) == ["m1"]


@pytest.mark.parametrize("dataref", ["https://example.com/x", "s3://", "s3://payloads", "s3:///key", "x"])
def test_dataref_outside_s3_is_never_read(s3: Stubber, dataref: str) -> None:
    with pytest.raises(Undeliverable, match="not a valid address"):
        payloads.fetch(dataref)
