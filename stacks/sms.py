"""Text messages, through SNS."""

import re
from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import SmsSettings
from lambdas.contracts.sms_limits import Budget, QuietHours
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

    Raises:
        ValueError: There is no number, a number is not valid, or the budget is too small.
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
    ) -> None:
        _check(phone_numbers, budget, origination_number)
        super().__init__(scope, id, hub=hub, description="Jamwire: events as text messages")
        settings = SmsSettings(
            phone_numbers=tuple(phone_numbers),
            max_price=max_price,
            budget=budget,
            quiet_hours=quiet_hours,
            origination_number=origination_number,
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
        # Phone numbers have no ARN; what is no topic is a phone number.
        sms.function.add_to_role_policy(
            iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:*:sns:*:*:*"])
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
