"""The subscriber: a queue with a function that acts on events. The extension API at deploy time."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from lambdas.contracts.environment import Settings
from lambdas.contracts.outputs import SubscriberOutput
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import SubscriberSettings
from stacks.constructs.filter_policy import filter_policy
from stacks.constructs.function import Function, dependencies_layer
from stacks.constructs.ledger_table import LEDGER_ACTIONS, ledger_table
from stacks.constructs.metrics import service_metric
from stacks.constructs.outputs import write_outputs
from stacks.constructs.payloads_bucket import grant_read
from stacks.constructs.queue_validation import validate_queue
from stacks.constructs.queues import add_queues, subscribe, visibility_of
from stacks.constructs.registration import Registration
from stacks.constructs.state_table import STATE_ACTIONS, state_table
from stacks.constructs.subscriber_alarms import add_subscriber_alarms
from stacks.hub import HubStack
from stacks.rules import When

GIVE_UP_AFTER: Final = Duration.hours(76)
"""Longer than the 75 h 35 min of the Standard Webhooks specification's example schedule."""

TIMEOUT: Final = Duration.seconds(30)

MAX_GIVE_UP_AFTER: Final = Duration.days(13)
MAX_TIMEOUT: Final = Duration.minutes(15)
BATCH_SIZE: Final = 10


RATE_LIMITED_CONCURRENCY: Final = 2
"""Functions at once where one at a time may call the destination: the least that Lambda knows (Lambda API reference,
`ScalingConfig`). More of them would only be rate limited."""


class Subscriber(Construct):
    """Subscription with filter → queue → function, with its dead letters, its memory and its alarms.

    Args:
        scope: Where it belongs.
        id: Its id there.
        hub: The hub it listens to.
        handler: The notifier's import path: ``lambdas.pager.handle``.
        when: Which events it hears (`stacks.rules`); every event where it is left out.
        timeout: How long one batch may take.
        give_up_after: How long an event is tried. What is worthless when late says so with a short time.
        rate_limit: How often the destination may be called, over all functions; at any time where it is left out. A
            notifier that takes a batch is then given all that waits.
        idempotent: Whether a delivery does no harm if it is repeated, as where the destination knows what it has. What
            comes for the first time is then neither claimed nor recorded in the ledger.
        custom_metrics: Metrics that the notifier counts beside those of the runtime; the dashboard shows them.
        settings: What the notifier is told (`lambdas.contracts.settings`).
        environment: The notifier's environment variables in place of settings; never a secret.
        stateful: Whether it keeps a state between its events (`lambdas.runtime.stateful`). Its table is put
            beside it into `scope`, which has room for one.
        publishes: Whether it publishes events of its own on the hub's topic.
        documents: Text files that the function is given beside its code, by their names.

    Attributes:
        function: Grant it what it needs to reach its destination.
        queue: Where its events wait.
        dead_letters: Where events end that could not be delivered, with the reason.
        name: Its name to people: its stack's, and its own where that is not ``Subscriber``.
        service: Its name in logs and metrics.

    Raises:
        ValueError: A rule, a time or a combination breaks a guarantee; one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        handler: str,
        when: When | None = None,
        timeout: Duration = TIMEOUT,
        give_up_after: Duration = GIVE_UP_AFTER,
        rate_limit: RateLimit | None = None,
        idempotent: bool = False,
        custom_metrics: Sequence[str] = (),
        settings: Settings | None = None,
        environment: Mapping[str, str] | None = None,
        stateful: bool = False,
        publishes: bool = False,
        documents: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.name = self.node.path.removesuffix("/Subscriber").replace("/", "-")
        self.service = self.node.path.replace("/", "-")
        if idempotent and rate_limit:
            raise ValueError(
                "idempotent and rate_limit are both given, expected one of them: the permit of a rate-limited "
                "destination is the claim, too, and costs no write of its own."
            )
        policy, policy_scope = filter_policy(when)
        visibility = _visibility(timeout, give_up_after)

        self.queue, self.dead_letters = add_queues(self, visibility)
        validate_queue(self.queue, visibility=visibility, kept=give_up_after)
        self._ledger = ledger_table(self)
        subscribe(self, hub.topic, self.queue, self.dead_letters, policy, policy_scope)
        self._state_table = state_table(scope) if stateful else None
        told = SubscriberSettings(
            stack_id=Stack.of(self).stack_name.removeprefix(f"{hub.deployment}-"),
            queue_url=self.queue.queue_url,
            dead_letters_url=self.dead_letters.queue_url,
            ledger_table=self._ledger.table_name,
            give_up_after=give_up_after.to_seconds(),
            rate_limit=rate_limit,
            idempotent=idempotent or None,
            state_table=self._state_table.table_name if self._state_table else None,
            topic_arn=hub.topic.topic_arn if publishes else None,
        )
        variables = {
            **told.to_environment(),
            **(settings.to_environment() if settings else {}),
            **(environment or {}),
        }
        self.function = self._make_function(handler, timeout, rate_limit, variables, documents)
        grant_read(hub.payloads, self.function)
        if publishes:
            hub.topic.grant_publish(self.function)
        if self._state_table:
            self._state_table.grant(self.function, *STATE_ACTIONS)
        self._write_outputs(id, rate_limit, idempotent=idempotent)
        self._register(hub, give_up_after, custom_metrics)

    @property
    def state_table(self) -> dynamodb.Table:
        """Where it keeps its state.

        Raises:
            LookupError: It is stateless.
        """
        if self._state_table is None:
            raise LookupError(f"{self.name} is stateless, expected Subscriber(…, stateful=True).")
        return self._state_table

    def metric(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """A metric of its function (`lambdas.runtime.report`)."""
        return service_metric(self.service, name, statistic)

    def _make_function(
        self,
        handler: str,
        timeout: Duration,
        rate_limit: RateLimit | None,
        environment: Mapping[str, str],
        documents: Mapping[str, str] | None,
    ) -> Function:
        function = Function(
            self,
            "Function",
            handler=handler,
            service=self.service,
            timeout=timeout,
            layers=[dependencies_layer(self)],
            environment=environment,
            documents=documents,
        )
        self.dead_letters.grant_send_messages(function)
        # Not by the table's own grant, which would name its index too.
        function.add_to_role_policy(
            iam.PolicyStatement(actions=LEDGER_ACTIONS, resources=[self._ledger.table_arn])
        )
        function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=BATCH_SIZE,
                report_batch_item_failures=True,
                max_concurrency=RATE_LIMITED_CONCURRENCY if rate_limit else None,
            )
        )
        return function

    def _write_outputs(self, id: str, rate_limit: RateLimit | None, *, idempotent: bool) -> None:
        write_outputs(
            self,
            {
                SubscriberOutput.QUEUE_URL: self.queue.queue_url,
                SubscriberOutput.DEAD_LETTERS_URL: self.dead_letters.queue_url,
                SubscriberOutput.LEDGER_TABLE: self._ledger.table_name,
                SubscriberOutput.FUNCTION: self.function.function_name,
            },
            prefix=id,
        )
        if rate_limit:
            write_outputs(self, {SubscriberOutput.RATE_LIMIT: f"{rate_limit.per_second:g}"}, prefix=id)
        if idempotent:
            write_outputs(self, {SubscriberOutput.LOG: self.function.log_group.log_group_name}, prefix=id)

    def _register(self, hub: HubStack, give_up_after: Duration, custom_metrics: Sequence[str]) -> None:
        """Add its alarms, and make it known to the dashboard."""
        alarm = add_subscriber_alarms(
            self,
            hub=hub,
            name=self.name,
            service=self.service,
            queue=self.queue,
            dead_letters=self.dead_letters,
            log=self.function.log_group.log_group_name,
            give_up_after=give_up_after,
        )
        hub.register(
            Registration(
                name=self.name,
                service=self.service,
                custom_metrics=tuple(custom_metrics),
                dead_letters_alarm=alarm,
            )
        )


def _visibility(timeout: Duration, give_up_after: Duration) -> Duration:
    """The queue's visibility, for times that keep what Lambda and SQS ask for."""
    longest = MAX_TIMEOUT.to_seconds()
    if not 1 <= timeout.to_seconds() <= longest:
        raise ValueError(
            f"The timeout is {timeout.to_seconds()} s, expected 1 to {longest} s: Lambda runs no longer, and "
            "the queue's visibility is six times as long."
        )
    visibility = visibility_of(timeout)
    if not visibility.to_seconds() <= give_up_after.to_seconds() <= MAX_GIVE_UP_AFTER.to_seconds():
        raise ValueError(
            f"give_up_after is {give_up_after.to_seconds()} s, expected at least {visibility.to_seconds()} s "
            "(six times the timeout: one more try after a crash) and at most "
            f"{MAX_GIVE_UP_AFTER.to_seconds()} s (what the queue can keep)."
        )
    return visibility
