"""What SNS is asked to send, and what its answers mean."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from lambdas.runtime import Retry, Undeliverable
from lambdas.sms.sns_sms import SnsSms

NUMBER = "+12065550100"


@pytest.fixture
def sns_sms() -> SnsSms:
    return SnsSms(boto3.client("sns"), 0.5)


@pytest.fixture
def sns(sns_sms: SnsSms) -> Iterator[Stubber]:
    with Stubber(sns_sms.sns) as stubber:
        yield stubber


def test_message_is_transactional_and_has_a_max_price(sns_sms: SnsSms, sns: Stubber) -> None:
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
    sns_sms.send(NUMBER, "Deploy failed", 1)
    sns.assert_no_pending_responses()


def test_message_is_sent_from_the_number_of_the_rulebook() -> None:
    sns_sms = SnsSms(boto3.client("sns"), 0.5, "+18005550100")
    with Stubber(sns_sms.sns) as sns:
        attributes = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"},
            "AWS.MM.SMS.OriginationNumber": {"DataType": "String", "StringValue": "+18005550100"},
        }
        sent = {"PhoneNumber": NUMBER, "Message": "x", "MessageAttributes": attributes}
        sns.add_response("publish", {"MessageId": "1"}, sent)
        sns_sms.send(NUMBER, "x", 1)


@pytest.mark.parametrize("code", ["Throttling", "InternalError", "KMSThrottlingException"])
def test_passing_fault_is_tried_again_on_the_schedule(sns_sms: SnsSms, sns: Stubber, code: str) -> None:
    sns.add_client_error("publish", code)
    with pytest.raises(Retry, match=f"SNS answered {code} for number 2") as retry:
        sns_sms.send(NUMBER, "x", 2)
    assert (retry.value.after, retry.value.uncertain) == (None, False)


@pytest.mark.parametrize(
    "code", ["InvalidParameter", "OptedOutException", "ParameterValueInvalid", "ValidationException"]
)
def test_unreachable_number_is_undeliverable(sns_sms: SnsSms, sns: Stubber, code: str) -> None:
    sns.add_client_error("publish", code)
    with pytest.raises(Undeliverable, match=f"SNS answered {code} for number 1"):
        sns_sms.send(NUMBER, "x", 1)


@pytest.mark.parametrize(
    ("error", "uncertain"),
    [(ReadTimeoutError, True), (ConnectTimeoutError, False), (EndpointConnectionError, False)],
)
def test_text_is_uncertain_only_where_sns_was_reached(error: type[BotoCoreError], uncertain: bool) -> None:
    class Silent:
        def publish(self, **_: object) -> None:
            raise error(endpoint_url="https://sns.invalid")

    sns_sms = SnsSms(Silent(), 0.5)  # type: ignore[arg-type]
    with pytest.raises(Retry, match=f"^SNS: {error.__name__}$") as retry:
        sns_sms.send(NUMBER, "x", 1)
    assert retry.value.uncertain is uncertain


def test_number_is_in_no_reason(sns_sms: SnsSms, sns: Stubber) -> None:
    sns.add_client_error("publish", "InvalidParameter", f"Invalid parameter: PhoneNumber {NUMBER}")
    with pytest.raises(Undeliverable) as undeliverable:
        sns_sms.send(NUMBER, "x", 1)
    assert NUMBER not in str(undeliverable.value)
