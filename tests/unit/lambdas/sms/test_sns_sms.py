"""What SNS is asked to send, and what its answers mean."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

import lambdas.sms.sns_sms
from lambdas.runtime import Retry, Undeliverable
from lambdas.sms.sns_sms import UnknownOutcomeError, send

NUMBER = "+12065550100"


@pytest.fixture
def sns(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("sns")
    monkeypatch.setattr(lambdas.sms.sns_sms, "_sns", lambda: client)
    monkeypatch.setenv("MAX_PRICE", "0.50")
    with Stubber(client) as stubber:
        yield stubber


def test_a_message_is_transactional_and_has_a_highest_price(sns: Stubber) -> None:
    sns.add_response(
        "publish",
        {"MessageId": "1"},
        {
            "PhoneNumber": NUMBER,
            "Message": "Deploy failed",
            "MessageAttributes": {
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
                "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"},
            },
        },
    )
    send(NUMBER, "Deploy failed", 1)
    sns.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["Throttling", "InternalError", "KMSThrottlingException"])
def test_a_passing_fault_is_tried_again_on_the_schedule(sns: Stubber, code: str) -> None:
    sns.add_client_error("publish", code)
    with pytest.raises(Retry, match=f"SNS answered {code} for number 2") as retry:
        send(NUMBER, "x", 2)
    assert retry.value.after is None
    assert not isinstance(retry.value, UnknownOutcomeError)


@pytest.mark.parametrize("code", ["InvalidParameter", "OptedOutException", "ValidationException"])
def test_a_number_that_cannot_be_reached_is_given_up(sns: Stubber, code: str) -> None:
    sns.add_client_error("publish", code)
    with pytest.raises(Undeliverable, match=f"SNS answered {code} for number 1"):
        send(NUMBER, "x", 1)


def test_no_answer_may_mean_that_it_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def publish(self, **_: object) -> None:
            raise ReadTimeoutError(endpoint_url="https://sns.invalid")

    monkeypatch.setattr(lambdas.sms.sns_sms, "_sns", Silent)
    monkeypatch.setenv("MAX_PRICE", "0.50")
    with pytest.raises(UnknownOutcomeError):
        send(NUMBER, "x", 1)


def test_no_reason_tells_a_number(sns: Stubber) -> None:
    sns.add_client_error("publish", "InvalidParameter", f"Invalid parameter: PhoneNumber {NUMBER}")
    with pytest.raises(Undeliverable) as undeliverable:
        send(NUMBER, "x", 1)
    assert NUMBER not in str(undeliverable.value)
