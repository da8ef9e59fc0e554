"""Text messages, through SNS or AWS End User Messaging, within the quiet hours and the budget of the rulebook."""

import os
from collections.abc import Sequence

from lambdas.clients.aws import CALLED_ONCE, at_start, client
from lambdas.clients.text_messages import SERVICE, TextMessages
from lambdas.contracts.settings import SmsSettings
from lambdas.runtime import Event, now, subscriber
from lambdas.sms.dispatch import Dispatch
from lambdas.sms.end_user_sms import EndUserSms
from lambdas.sms.failures import raise_for_failures
from lambdas.sms.sns_sms import SnsSms


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Send these events to every number; a number that has an event does not get it again by a retry.

    Raises:
        Retry: A number cannot be reached now: the service fails, it is quiet hours, or the day's budget is spent.
        Undeliverable: A number cannot be reached at all.
        ExceptionGroup: Both, for different events.
    """
    dispatch = Dispatch.begin(_settings(), _service().send, now())
    raise_for_failures(list(dispatch.send_all(events)))


@at_start
def _settings() -> SmsSettings:
    return SmsSettings.from_environment(os.environ)


@at_start
def _service() -> SnsSms | EndUserSms:
    settings = _settings()
    if not settings.identity:
        return SnsSms(client("sns", config=CALLED_ONCE), settings.max_price, settings.origination_number)
    service = client(SERVICE, config=CALLED_ONCE)
    return EndUserSms(TextMessages(service, identity=settings.identity, max_price=settings.max_price))
