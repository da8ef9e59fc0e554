"""Every number is told once; one that fails keeps none of the others waiting."""

import json
from collections.abc import Callable

import boto3
import pytest
from botocore.stub import Stubber

import lambdas.sms
from lambdas.event import Event
from lambdas.runtime import Retry, Undeliverable
from tests.unit.events import an_event

FIRST, SECOND = "+12065550100", "+12065550101"


class Once:
    """The runtime's memory of destinations."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, event: Event, destination: str, deliver: Callable[[], None]) -> None:
        if destination not in self.told:
            deliver()
            self.told.append(destination)


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> Once:
    once = Once()
    monkeypatch.setattr(lambdas.sms, "once", once)
    return once


@pytest.fixture
def sns(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    client = boto3.client("sns")
    monkeypatch.setattr(lambdas.sms, "_sns", lambda: client)
    monkeypatch.setenv("PHONE_NUMBERS", json.dumps([FIRST, SECOND]))
    monkeypatch.setenv("MAX_PRICE", "0.50")
    stubber = Stubber(client)
    stubber.activate()
    return stubber


def expect(sns: Stubber, number: str) -> None:
    sns.add_response(
        "publish",
        {"MessageId": "1"},
        {
            "PhoneNumber": number,
            "Message": "Deploy failed",
            "MessageAttributes": {
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
                "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"},
            },
        },
    )


def tell() -> None:
    lambdas.sms.handle.__wrapped__(an_event())  # type: ignore[attr-defined]


def test_every_number_is_told(sns: Stubber, once: Once) -> None:
    expect(sns, FIRST)
    expect(sns, SECOND)
    tell()
    sns.assert_no_pending_responses()


def test_a_retry_tells_only_whom_it_has_not_told(sns: Stubber, once: Once) -> None:
    expect(sns, FIRST)
    sns.add_client_error("publish", "Throttling")
    with pytest.raises(Retry, match="SNS answered Throttling for number 2"):
        tell()
    expect(sns, SECOND)
    tell()
    sns.assert_no_pending_responses()


def test_a_number_that_cannot_be_reached_keeps_none_waiting(sns: Stubber, once: Once) -> None:
    sns.add_client_error("publish", "InvalidParameter")
    expect(sns, SECOND)
    with pytest.raises(Undeliverable, match="SNS answered InvalidParameter for number 1"):
        tell()
    assert once.told == [SECOND]


def test_as_long_as_one_number_may_still_be_told_the_event_is_tried_again(sns: Stubber, once: Once) -> None:
    sns.add_client_error("publish", "OptedOutException")
    sns.add_client_error("publish", "InternalError")
    with pytest.raises(Retry):
        tell()


def test_no_reason_tells_a_number(sns: Stubber, once: Once) -> None:
    sns.add_client_error("publish", "InvalidParameter", f"Invalid parameter: PhoneNumber {FIRST}")
    expect(sns, SECOND)
    with pytest.raises(Undeliverable) as undeliverable:
        tell()
    assert FIRST not in str(undeliverable.value)
