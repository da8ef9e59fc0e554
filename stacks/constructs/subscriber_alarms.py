"""The alarms of a subscriber. Why these, and why so: `docs/decisions/0012-alarms.md`."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.contracts.retry_schedule import MAX_DELAY
from stacks.constructs.alarm import CLEARS_AFTER, alarm_description, command
from stacks.constructs.metrics import PERIOD, service_metric
from stacks.constructs.queues import waiting_messages
from stacks.hub import HubStack

MAX_DUE: Final = Duration.minutes(15)
"""How long messages may be due all the time, before it is somebody's business that nobody takes them."""

NOT_TAKEN_PERIODS: Final = round(MAX_DUE.to_seconds() / PERIOD.to_seconds())

STILL_FAILING: Final = Duration.minutes(30)
"""How long after its first failure an event that still fails is somebody's business. It is tried every quarter of an
hour by then, so the alarm is raised within 45 minutes."""

SCHEDULE_CLEARS_AFTER: Final = Duration.seconds(2 * MAX_DELAY)
"""What is tried every hour is one alarm, so it is over only after two hours."""


def add_subscriber_alarms(
    scope: Construct,
    *,
    hub: HubStack,
    name: str,
    service: str,
    queue: sqs.Queue,
    dead_letters: sqs.Queue,
    log: str,
    give_up_after: Duration,
) -> str:
    """Every alarm of a subscriber.

    Args:
        scope: The subscriber.
        hub: Its hub.
        name: Its name to people.
        service: Its name in metrics.
        queue: Where its events wait.
        dead_letters: Where events end that could not be delivered.
        log: Name of its log group.
        give_up_after: How long an event is tried.

    Returns:
        Name of the alarm on the dead letters.
    """
    dead = dead_letters_alarm(
        scope,
        hub=hub,
        name=name,
        dead_letters=dead_letters,
        description=alarm_description(
            f"{name}: events could not be delivered and wait in the dead letters.",
            look="the reason of each, and how often it was tried",
            run=_command(hub, name, "dead-letters list"),
        ),
    )
    # What is given up sooner is in the dead letters by then, whether it has failed or came to be too late.
    if give_up_after.to_seconds() > STILL_FAILING.to_seconds():
        _not_taken_alarm(scope, hub, name, queue, log)
        _still_failing_alarm(scope, hub, name, service, log, give_up_after)
    return dead


def dead_letters_alarm(
    scope: Construct, *, hub: HubStack, name: str, dead_letters: sqs.Queue, description: str
) -> str:
    """The alarm that is raised by the first dead letter; its name is returned."""
    return hub.add_alarm(
        scope,
        "DeadLettersAlarm",
        name=f"{name}-DeadLetters",
        metric=waiting_messages(dead_letters, "Maximum"),
        threshold=1,
        description=description,
    )


def _not_taken_alarm(scope: Construct, hub: HubStack, name: str, queue: sqs.Queue, log: str) -> None:
    hub.add_alarm(
        scope,
        "NotTakenAlarm",
        name=f"{name}-NotTaken",
        # Not the age of the oldest message: SQS counts that of messages that are hidden until their next try, too.
        metric=waiting_messages(queue, "Minimum"),
        threshold=1,
        datapoints=NOT_TAKEN_PERIODS,
        description=alarm_description(
            f"{name}: events are due and are not taken, for {MAX_DUE.to_minutes():g} minutes of the last "
            f"{CLEARS_AFTER.to_minutes():g}. The function is throttled, or is slower than what comes in.",
            look=f"Lambda's Throttles and Errors of the function, and {log}",
            run=f"aws logs tail {log} --since 1h",
        ),
    )


def _still_failing_alarm(
    scope: Construct, hub: HubStack, name: str, service: str, log: str, give_up_after: Duration
) -> None:
    hub.add_alarm(
        scope,
        "StillFailingAlarm",
        name=f"{name}-StillFailing",
        metric=service_metric(service, "FailingFor", "Maximum"),
        threshold=STILL_FAILING.to_seconds(),
        description=alarm_description(
            f"{name}: an event has been tried for {STILL_FAILING.to_minutes():g} minutes and is still not "
            f"delivered. It is tried again for {_hours(give_up_after)}; nothing is lost.",
            look=f"reason and next_try_in of what is postponed, in {log}",
            run=_command(hub, name, "events list"),
        ),
        clears_after=SCHEDULE_CLEARS_AFTER,
    )


def _command(hub: HubStack, name: str, words: str) -> str:
    known_as = name.removeprefix(f"{hub.deployment}-").lower()
    return command(hub.deployment, f"{words} --subscriber {known_as}")


def _hours(duration: Duration) -> str:
    hours = round(duration.to_seconds() / 3600)
    return f"{hours} hours in all" if hours > 1 else f"{duration.to_seconds() // 60} minutes in all"
