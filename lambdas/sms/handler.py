"""Text messages, through SNS, within the hours and the budget of the rulebook."""

from collections.abc import Sequence

from lambdas.runtime import Event, subscriber
from lambdas.sms.dispatch import Round
from lambdas.sms.failures import answer


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Tell every number of these events; a number that has been told is not told again by a retry.

    Raises:
        Retry: A number could not be told now: SNS fails, it is quiet hours, or the day's budget is spent.
        Undeliverable: A number cannot be told at all.
        ExceptionGroup: Both, for different events.
    """
    answer(list(Round.begin().tell_all(events)))
