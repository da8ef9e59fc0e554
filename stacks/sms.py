"""Text messages, through SNS or AWS End User Messaging."""

import re
from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import SmsSettings
from lambdas.contracts.sms_limits import Budget, QuietHours
from stacks.constructs.audience_channels import IDENTITY
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.rules import When
from stacks.settings import E164

__all__ = ["Budget", "QuietHours", "SmsStack"]

GIVE_UP_AFTER: Final = Duration.hours(48)
"""Beyond the budget an event waits up to a day for the next one and then, as that begins at midnight, for the end of
the quiet hours; told late it tells its time. Should the next day's budget go to others, all of it, it is given up."""

TIMEOUT: Final = Duration.seconds(60)
"""A round to many numbers, each remembered for each event."""

RATE_LIMIT: Final = RateLimit(per_second=20, burst=20)
"""SNS sends 20 text messages a second for an account (SNS endpoints and quotas). What matters more: one function at a
time is at work, with all that waits, so that what piled up makes one text and budgets are spent in order."""


ORIGINATION_NUMBER: Final = re.compile(r"\+?\d{5,14}")
"""What SNS takes for one (SNS developer guide, "Publishing SMS messages to a mobile phone")."""


class SmsStack(JamwireStack):
    """Sends text messages to each number: one for each event, one for several that pile up.

    Delivered means here that SNS has accepted a message, not that a phone has it: what carriers say of it is in SNS's
    own delivery logs, which are switched on for the account and by no template (`docs/deploy.md`).

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        phone_numbers: Who is told, in E.164: ``+12065550100``.
        budget: How much may be sent in a day. What is beyond it waits for the next day, and is told in one text.
        quiet_hours: When nobody is told but of what is critical; what comes then is told at their end, in one text.
            Their time zone is the budget's too; without them it is UTC.
        when: Which events it hears (`stacks.rules`); every event where it is left out.
        max_price: US dollars that one message may cost at most; dearer ones are refused by SNS.
        origination_number: The number that they are sent from, one of the account's: a 10DLC or toll-free number, or a
            short code. Phones in the US get nothing from an account without one. SNS chooses where it is left out.
        identity: ARN of the phone number or pool of AWS End User Messaging that they are sent from, in place of SNS:
            the one of an `AudienceStack`, say, so that its throughput, its opt-outs and its spending limit hold.

    Raises:
        ValueError: There is no number, a number is not valid, the budget is too small, or both an `origination_number`
            and an `identity` are given.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        phone_numbers: Sequence[str],
        budget: Budget,
        quiet_hours: QuietHours | None = None,
        when: When | None = None,
        max_price: float = 0.50,
        origination_number: str = "",
        identity: str = "",
    ) -> None:
        _check(phone_numbers, budget, origination_number)
        _check_identity(identity, origination_number)
        super().__init__(scope, id, hub=hub, description="Jamwire: events as text messages")
        settings = SmsSettings(
            phone_numbers=tuple(phone_numbers),
            max_price=max_price,
            budget=budget,
            quiet_hours=quiet_hours,
            origination_number=origination_number,
            identity=identity or None,
        )
        sms = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.sms.handler.handle",
            when=when,
            timeout=TIMEOUT,
            give_up_after=GIVE_UP_AFTER,
            rate_limit=RATE_LIMIT,
            custom_metrics=["Parts"],
            settings=settings,
        )
        sms.function.add_to_role_policy(_may_send(identity))


def _may_send(identity: str) -> iam.PolicyStatement:
    if identity:
        return iam.PolicyStatement(actions=["sms-voice:SendTextMessage"], resources=[identity])
    # Phone numbers have no ARN; what is no topic is a phone number.
    return iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:*:sns:*:*:*"])


def _check_identity(identity: str, origination_number: str) -> None:
    if identity and not Token.is_unresolved(identity) and not IDENTITY.fullmatch(identity):
        raise ValueError(
            f"The identity is {identity!r}, expected the ARN of a phone number or a pool, such as "
            "'arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c'."
        )
    if identity and origination_number:
        raise ValueError(
            "Both identity and origination_number are given, expected one of them: the number is SNS's."
        )


def _check(phone_numbers: Sequence[str], budget: Budget, origination_number: str) -> None:
    if isinstance(phone_numbers, str) or not phone_numbers:
        raise ValueError(f"phone_numbers is {phone_numbers!r}, expected a list of one or more numbers.")
    for number in phone_numbers:
        if not E164.fullmatch(number):
            raise ValueError(f"The phone number is {number!r}, expected E.164 such as '+12065550100'.")
    if origination_number and not ORIGINATION_NUMBER.fullmatch(origination_number):
        raise ValueError(
            f"The origination_number is {origination_number!r}, expected 5 to 14 digits such as '+18005550100'."
        )
    if budget.per_day < len(phone_numbers):
        raise ValueError(
            f"The budget's per_day is {budget.per_day}, expected at least {len(phone_numbers)}: one part for each "
            "number."
        )
