"""Text messages, through SNS, within the quiet hours and the budget of the rulebook."""

import os
from collections.abc import Sequence

from lambdas.clients.aws import at_start, client
from lambdas.contracts.settings import SmsSettings
from lambdas.runtime import Event, now, subscriber
from lambdas.sms.dispatch import Dispatch
from lambdas.sms.failures import raise_for_failures
from lambdas.sms.sns_sms import SnsSms


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Send these events to every number; a number that has an event does not get it again by a retry.

    Raises:
        Retry: A number cannot be reached now: SNS fails, it is quiet hours, or the day's budget is spent.
        Undeliverable: A number cannot be reached at all.
        ExceptionGroup: Both, for different events.
    """
    dispatch = Dispatch.begin(_settings(), _sns_sms().send, now())
    raise_for_failures(list(dispatch.send_all(events)))


@at_start
def _settings() -> SmsSettings:
    return SmsSettings.from_environment(os.environ)


@at_start
def _sns_sms() -> SnsSms:
    return SnsSms(client("sns"), _settings().max_price, _settings().origination_number)
