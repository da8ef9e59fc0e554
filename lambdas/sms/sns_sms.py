"""One part to one number, through SNS."""

import os
from functools import cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.runtime import Retry, Undeliverable

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

_FOR_GOOD: Final = {
    "InvalidParameter",
    "InvalidParameterValue",
    "OptedOut",
    "Validation",
    "ValidationException",
}
"""What SNS answers to a number that it will never reach (SNS API reference, `Publish`: Errors)."""


class UnknownOutcomeError(Retry):
    """It was not told whether the message was sent."""


def send(number: str, text: str, place: int) -> None:
    """Send a text message.

    Args:
        number: To whom; personal, and therefore in no reason.
        text: One part.
        place: The number's place in the rulebook, by which a reason names it.

    Raises:
        Retry: It was not sent and may be tried again.
        UnknownOutcomeError: It may have been sent.
        Undeliverable: SNS will never send to this number.
    """
    try:
        _sns().publish(
            PhoneNumber=number,
            Message=text,
            MessageAttributes={
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
                "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": os.environ["MAX_PRICE"]},
            },
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        reason = f"SNS answered {code} for number {place} of the rulebook"
        if code.removesuffix("Exception") in _FOR_GOOD or code in _FOR_GOOD:
            raise Undeliverable(reason) from None
        raise Retry(reason=reason) from None
    except BotoCoreError as error:
        raise UnknownOutcomeError(reason=f"SNS: {type(error).__name__}") from None


@cache
def _sns() -> "SNSClient":
    return boto3.client("sns")
