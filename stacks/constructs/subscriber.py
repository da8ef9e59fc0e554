"""The subscriber: a queue with a function that acts on events. The extension API at deploy time."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.retry_schedule import DELAYS, MAX_DELAY
from lambdas.contracts.settings import SubscriberSettings
from stacks.constructs.alarm import PERIOD, add_alarm, command, say
from stacks.constructs.filter_policy import filter_policy
from stacks.constructs.function import METRICS_NAMESPACE, Function, dependencies_layer
from stacks.constructs.payloads_bucket import grant_read
from stacks.constructs.queue_validation import validate_queue
from stacks.constructs.ttl_table import ttl_table
from stacks.hub import HubStack

GIVE_UP_AFTER: Final = Duration.hours(76)
"""Longer than the 75 h 35 min of the Standard Webhooks specification's example schedule."""

TIMEOUT: Final = Duration.seconds(30)

RETENTION: Final = Duration.days(14)
"""SQS's longest: a queue that outlasts every schedule, and two weeks for a person to see the dead letters."""

LONGEST_GIVE_UP: Final = Duration.days(13)
LONGEST_TIMEOUT: Final = Duration.minutes(15)
BATCH_SIZE: Final = 10

RECEIVES: Final = 1000
"""SQS's largest `maxReceiveCount`. The runtime itself gives up what is too old. This only catches what never
gets as far as the runtime, and must not bury what a throttled function has merely received often."""

RATE_LIMITED_CONCURRENCY: Final = 2
"""Functions at once where one at a time may call the destination: the least that Lambda knows (Lambda API reference,
`ScalingConfig`). More of them would only be rate limited."""

VISIBILITY_FACTOR: Final = 6
"""Visibility is six times the function's timeout (Lambda developer guide, "Using Lambda with Amazon SQS")."""

OLDEST_MESSAGE: Final = Duration.minutes(15)
"""Age at which a message that is due, and that nobody takes, is somebody's business."""

FAILURES: Final = 4
"""Failed tries of one event that are somebody's business: three waits of the schedule were of no use."""

STILL_FAILING: Final = Duration.seconds(sum(DELAYS[: FAILURES - 1]))
"""How old it is by then."""

SCHEDULE_HOUR: Final = Duration.hours(1)
SCHEDULE_QUIET: Final = Duration.hours(math.ceil(MAX_DELAY / 3600) + 1)
"""What is tried every twelve hours is one alarm, so it is over only after an hour more."""


class JamwireStack(Stack):
    """A stack for subscribers; it is named after the hub's deployment: ``Jamwire-Slack``.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.

    Attributes:
        subscribers: Those in it, in the order in which they were made.
    """

    def __init__(self, scope: Construct, id: str, *, hub: HubStack, description: str = "") -> None:
        super().__init__(scope, f"{hub.deployment}-{id}", description=description or f"Jamwire: {id}")
        self.subscribers: list[Subscriber] = []


class Subscriber(Construct):
    """Subscription with filter → queue → function, with its dead letters, its memory and its alarms.

    Args:
        scope: Where it belongs.
        id: Its id there.
        hub: The hub it listens to.
        handler: The notifier's import path: ``lambdas.pager.handle``.
        events: Event types it hears, exact or as families (``deploy.*``); all where empty.
        where: A condition on the event's JSON, in SNS's filter policy language. One on ``data.payload`` is not met
            by an event whose payload is too large to travel with it.
        timeout: How long one batch may take.
        give_up_after: How long an event is tried. What is worthless when late says so with a short time.
        rate_limit: How often the destination may be called, over all functions; at any time where it is left out. A
            notifier that takes a batch is then given all that waits.
        custom_metrics: Metrics that the notifier counts beside those of the runtime; the dashboard shows them.
        environment: The notifier's environment variables; never a secret.

    Attributes:
        function: Grant it what it needs to reach its destination.
        queue: Where its events wait.
        dead_letters: Where events end that could not be delivered, with the reason.
        name: Its name to people: its stack's, and its own where that is not ``Subscriber``.
        service: Its name in logs and metrics.
        custom_metrics: As given.
        alarm_names: Its alarms, that of the dead letters first.

    Raises:
        ValueError: A rule or a time breaks a guarantee; one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        handler: str,
        events: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
        timeout: Duration = TIMEOUT,
        give_up_after: Duration = GIVE_UP_AFTER,
        rate_limit: RateLimit | None = None,
        custom_metrics: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.name = self.node.path.removesuffix("/Subscriber").replace("/", "-")
        self.service = self.node.path.replace("/", "-")
        self.custom_metrics = tuple(custom_metrics)
        policy, policy_scope = filter_policy(events, where or {})
        visibility = _visibility(timeout, give_up_after)

        self.dead_letters = sqs.Queue(self, "DeadLetters", retention_period=RETENTION, enforce_ssl=True)
        self.queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=visibility,
            retention_period=RETENTION,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=RECEIVES),
            enforce_ssl=True,
        )
        validate_queue(self.queue, visibility=visibility, kept=give_up_after)
        self._ledger = ttl_table(
            self,
            "Ledger",
            never_restored="It tells what was delivered; restoring an older state would repeat messages.",
        )
        subscribe(self, hub.topic, self.queue, self.dead_letters, policy, policy_scope)
        self.function = self._make_function(
            handler, timeout, give_up_after, rate_limit, environment or {}, hub.deployment
        )
        grant_read(hub.payloads, self.function)
        self.alarm_names = list(self._alarms(hub, give_up_after))
        outputs = {
            "QueueUrl": self.queue.queue_url,
            "DeadLettersUrl": self.dead_letters.queue_url,
            "LedgerTable": self._ledger.table_name,
        }
        for name, value in outputs.items():
            output = CfnOutput(self, f"{name}Output", value=value)
            output.override_logical_id(f"{re.sub('[^A-Za-z0-9]', '', id)}{name}")
        if isinstance(stack := Stack.of(self), JamwireStack):
            stack.subscribers.append(self)

    def metric(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """A metric of its function (`lambdas.runtime.report`)."""
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name=name,
            dimensions_map={"service": self.service},
            statistic=statistic,
            period=PERIOD,
        )

    def _make_function(
        self,
        handler: str,
        timeout: Duration,
        give_up_after: Duration,
        rate_limit: RateLimit | None,
        environment: Mapping[str, str],
        deployment: str,
    ) -> Function:
        settings = SubscriberSettings(
            stack_id=Stack.of(self).node.id.removeprefix(f"{deployment}-"),
            queue_url=self.queue.queue_url,
            dead_letters_url=self.dead_letters.queue_url,
            ledger_table=self._ledger.table_name,
            give_up_after=give_up_after.to_seconds(),
            rate_limit=rate_limit,
        )
        function = Function(
            self,
            "Function",
            handler=handler,
            service=self.service,
            timeout=timeout,
            layers=[dependencies_layer(self)],
            environment={**settings.to_environment(), **environment},
        )
        self.dead_letters.grant_send_messages(function)
        self._ledger.grant(function, "dynamodb:UpdateItem", "dynamodb:BatchWriteItem")
        function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=BATCH_SIZE,
                report_batch_item_failures=True,
                max_concurrency=RATE_LIMITED_CONCURRENCY if rate_limit else None,
            )
        )
        return function

    def _alarms(self, hub: HubStack, give_up_after: Duration) -> Iterator[str]:
        """Why these, and why so: `docs/decisions/0012-alarms.md`."""
        known_as = self.name.removeprefix(f"{hub.deployment}-").lower()
        log = self.function.log_group.log_group_name
        yield add_alarm(
            self,
            "DeadLettersAlarm",
            name=f"{self.name}-DeadLetters",
            metric=self.dead_letters.metric_approximate_number_of_messages_visible(
                statistic="Maximum", period=PERIOD
            ),
            at=1,
            text=say(
                f"{self.name}: events could not be delivered and wait in the dead letters.",
                look="the reason of each, and how often it was tried",
                run=command(hub.deployment, f"dead-letters list --subscriber {known_as}"),
            ),
            topic=hub.alarm_topic,
        )
        late = min(OLDEST_MESSAGE.to_seconds(), give_up_after.to_seconds())
        yield add_alarm(
            self,
            "OldestMessageAlarm",
            name=f"{self.name}-OldestMessage",
            # SQS counts the age of messages that are hidden until their next try; those nobody is to take yet.
            metric=cloudwatch.MathExpression(
                expression="IF(due > 0, age, 0)",
                using_metrics={
                    "age": self.queue.metric_approximate_age_of_oldest_message(
                        statistic="Maximum", period=PERIOD
                    ),
                    "due": self.queue.metric_approximate_number_of_messages_visible(
                        statistic="Minimum", period=PERIOD
                    ),
                },
                label="Age of the oldest event while some are due",
                period=PERIOD,
            ),
            at=late,
            text=say(
                f"{self.name}: events are due and are not taken; the oldest is {late // 60} minutes old. The "
                "function is throttled, ends before it begins, or is slower than what comes in.",
                look=f"Lambda's Throttles and Errors of the function, and {log}",
                run=f"aws logs tail {log} --since 1h",
            ),
            topic=hub.alarm_topic,
        )
        if give_up_after.to_seconds() <= STILL_FAILING.to_seconds():
            return  # it is in the dead letters by then
        yield add_alarm(
            self,
            "StillFailingAlarm",
            name=f"{self.name}-StillFailing",
            metric=self.metric("Failures", "Maximum").with_(period=SCHEDULE_HOUR),
            at=FAILURES,
            text=say(
                f"{self.name}: an event has been tried for {STILL_FAILING.to_seconds() // 60} minutes and is still not "
                f"delivered. It is tried again for {_hours(give_up_after)}; nothing is lost.",
                look=f"reason and next_try_in of what is postponed, in {log}",
                run=command(hub.deployment, f"events list --subscriber {known_as}"),
            ),
            topic=hub.alarm_topic,
            quiet=SCHEDULE_QUIET,
        )


def subscribe(
    scope: Construct,
    topic: sns.Topic,
    queue: sqs.Queue,
    dead_letters: sqs.Queue,
    policy: dict[str, Any] | None,
    policy_scope: str,
) -> None:
    """Lead what is published on a topic into a queue, and into its dead letters where SNS cannot deliver it."""
    # Both queues take messages from this topic only: events, and what SNS itself could not deliver.
    for each in (queue, dead_letters):
        each.grant_send_messages(
            iam.ServicePrincipal(
                "sns.amazonaws.com", conditions={"ArnEquals": {"aws:SourceArn": topic.topic_arn}}
            )
        )
    subscription = sns.CfnSubscription(
        scope,
        "Subscription",
        topic_arn=topic.topic_arn,
        protocol="sqs",
        endpoint=queue.queue_arn,
        raw_message_delivery=True,
        filter_policy=policy,
        filter_policy_scope=policy_scope,
        redrive_policy={"deadLetterTargetArn": dead_letters.queue_arn},
    )
    # Events published before the queue lets SNS in would go to the dead letters, or nowhere.
    subscription.node.add_dependency(queue, dead_letters)


def _hours(duration: Duration) -> str:
    hours = round(duration.to_seconds() / 3600)
    return f"{hours} hours in all" if hours > 1 else f"{duration.to_seconds() // 60} minutes in all"


def _visibility(timeout: Duration, give_up_after: Duration) -> Duration:
    """The queue's visibility, for times that keep what Lambda and SQS ask for."""
    longest = LONGEST_TIMEOUT.to_seconds()
    if not 1 <= timeout.to_seconds() <= longest:
        raise ValueError(
            f"The timeout is {timeout.to_seconds()} s, expected 1 to {longest} s: Lambda runs no longer, and "
            "the queue's visibility is six times as long."
        )
    visibility = Duration.seconds(timeout.to_seconds() * VISIBILITY_FACTOR)
    if not visibility.to_seconds() <= give_up_after.to_seconds() <= LONGEST_GIVE_UP.to_seconds():
        raise ValueError(
            f"give_up_after is {give_up_after.to_seconds()} s, expected at least {visibility.to_seconds()} s "
            "(six times the timeout: one more try after a crash) and at most "
            f"{LONGEST_GIVE_UP.to_seconds()} s (what the queue can keep)."
        )
    return visibility
