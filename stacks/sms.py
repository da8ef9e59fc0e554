"""Text messages, through SNS."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.hub import HubStack
from stacks.subscriber import Subscriber, SubscriberStack

_E164: Final = re.compile(r"\+[1-9]\d{6,14}")

GIVE_UP_AFTER: Final = Duration.minutes(15)
"""A text message that comes later is of no use any more."""


class SmsStack(SubscriberStack):
    """Sends one text message for each event to each number.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        phone_numbers: Who is told, in E.164: ``+12065550100``.
        events: Event types it hears.
        where: A condition on the event's JSON.
        max_price: US dollars that one message may cost at most; dearer ones are refused by SNS.

    Raises:
        ValueError: A number is not in E.164, or there is none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        phone_numbers: Sequence[str],
        events: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
        max_price: float = 0.50,
    ) -> None:
        _check(phone_numbers)
        super().__init__(scope, id, hub=hub, description="Jamwire: events as text messages")
        sms = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.sms.handle",
            events=events,
            where=where,
            give_up_after=GIVE_UP_AFTER,
            environment={"PHONE_NUMBERS": json.dumps(list(phone_numbers)), "MAX_PRICE": f"{max_price:.2f}"},
        )
        # Phone numbers have no ARN; what is no topic is a phone number.
        sms.function.add_to_role_policy(
            iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:*:sns:*:*:*"])
        )


def _check(phone_numbers: Sequence[str]) -> None:
    if isinstance(phone_numbers, str) or not phone_numbers:
        raise ValueError(f"phone_numbers is {phone_numbers!r}, expected a list of one or more numbers.")
    for number in phone_numbers:
        if not _E164.fullmatch(number):
            raise ValueError(f"The phone number is {number!r}, expected E.164 such as '+12065550100'.")
