"""Text messages, through SNS."""

import json
import os
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import boto3
from botocore.exceptions import ClientError

from lambdas.runtime import Event, Retry, Undeliverable, once, subscriber
from lambdas.sms.message import compose

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


@subscriber
def handle(event: Event) -> None:
    """Tell every number of one event; a number that has been told is not told again by a retry.

    Raises:
        Retry: A number could not be told now.
        Undeliverable: A number cannot be told at all.
    """
    text = compose(event.notice)
    failures: list[Retry | Undeliverable] = []
    for place, number in enumerate(json.loads(os.environ["PHONE_NUMBERS"]), start=1):
        try:
            once(event, number, partial(_send, number, text, place))
        except (Retry, Undeliverable) as failure:
            failures.append(failure)
    if failures:
        raise min(failures, key=lambda failure: isinstance(failure, Undeliverable))


def _send(number: str, text: str, place: int) -> None:
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
        reason = f"SNS answered {code} for number {place} of the rulebook"  # the number itself is personal
        if code.removesuffix("Exception") in _FOR_GOOD or code in _FOR_GOOD:
            raise Undeliverable(reason) from None
        raise Retry(reason=reason) from None


@cache
def _sns() -> "SNSClient":
    return boto3.client("sns")
