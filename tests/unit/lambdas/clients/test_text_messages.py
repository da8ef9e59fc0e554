"""What End User Messaging is asked to send, and what its answers mean for the message."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber

from lambdas.clients.aws import CALLED_ONCE
from lambdas.clients.text_messages import FATES, SERVICE, TextMessages
from lambdas.contracts.not_sent import NotSentError

ANN = "+12065550100"
IDENTITY = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c"


@pytest.fixture
def service() -> Iterator[Stubber]:
    with Stubber(boto3.client(SERVICE, region_name="us-east-1", config=CALLED_ONCE)) as stubber:
        yield stubber


def texts(service: Stubber, **more: Any) -> TextMessages:
    return TextMessages(service.client, identity=IDENTITY, max_price=0.05, **more)


def sent(**words: object) -> dict[str, object]:
    return {
        "OriginationIdentity": IDENTITY,
        "MessageType": "TRANSACTIONAL",
        "DestinationPhoneNumber": ANN,
        "MessageBody": "Late",
        "MaxPrice": "0.05000",
        "TimeToLive": 600,
        **words,
    }


def test_text_is_sent_with_its_price_cap(service: Stubber) -> None:
    service.add_response("send_text_message", {"MessageId": "1"}, sent())
    texts(service).send(ANN, "Late", 600.9)
    service.assert_no_pending_responses()


def test_price_cap_is_for_each_part(service: Stubber) -> None:
    service.add_response("send_text_message", {}, sent(MessageBody="x" * 161, MaxPrice="0.10000"))
    texts(service).send(ANN, "x" * 161, 600)


@pytest.mark.parametrize(("seconds", "told"), [(0, 5), (-5, 5), (10**9, 259_200)])
def test_time_on_the_way_is_what_the_service_takes(service: Stubber, seconds: float, told: int) -> None:
    service.add_response("send_text_message", {}, sent(TimeToLive=told))
    texts(service).send(ANN, "Late", seconds)


def test_configuration_set_is_named_where_there_is_one(service: Stubber) -> None:
    service.add_response("send_text_message", {}, sent(ConfigurationSetName="Audience"))
    texts(service, configuration_set="Audience").send(ANN, "Late", 600)


class Refusing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_text_message(self, **call: object) -> None:
        raise self.error


def refused(code: str, reason: str = "") -> ClientError:
    said: Any = {
        "Error": {"Code": code, "Message": f"cannot send to {ANN}"},
        **({"Reason": reason} if reason else {}),
    }
    return ClientError(said, "SendTextMessage")


def fate_of(error: Exception) -> NotSentError:
    with pytest.raises(NotSentError) as raised:
        TextMessages(Refusing(error), identity=IDENTITY, max_price=0.05).send(ANN, "Late", 600)
    return raised.value


@pytest.mark.parametrize(("said", "fate"), FATES.items())
def test_refusal_says_what_becomes_of_the_text(said: str, fate: str) -> None:
    error = fate_of(refused(*said.split()))
    assert (error.fate, error.reason) == (fate, f"End User Messaging answered {said}")


def test_reason_that_is_not_listed_counts_as_its_code() -> None:
    assert fate_of(refused("ConflictException", "SOMETHING_NEW")).fate == "account"
    assert fate_of(refused("ValidationException", "PRICE_OVER_THRESHOLD")).fate == "refused"


def test_refusal_names_nobody() -> None:
    error = fate_of(refused("ValidationException", "PRICE_OVER_THRESHOLD"))
    assert ANN not in error.reason
    assert error.__suppress_context__


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (ReadTimeoutError(endpoint_url="https://x"), "unknown"),
        (ConnectTimeoutError(endpoint_url="https://x"), "later"),
    ],
)
def test_lost_answer_is_unknown(error: Exception, fate: str) -> None:
    assert fate_of(error).fate == fate


def test_call_is_made_once(service: Stubber) -> None:
    assert service.client.meta.config.retries["total_max_attempts"] == 1
