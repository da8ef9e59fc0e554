"""Alarms as events, so that any rule can hear of them."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.contracts.settings import AlarmEventsSettings
from stacks.constructs.alarm import PERIOD, TRANSITIONS, add_alarm, say
from stacks.constructs.filter_policy import filter_policy
from stacks.constructs.function import Function
from stacks.constructs.subscriber import RECEIVES, RETENTION, VISIBILITY_FACTOR, JamwireStack, subscribe
from stacks.hub import HubStack

TIMEOUT: Final = Duration.seconds(15)


class AlarmEventsStack(JamwireStack):
    """Publishes each alarm as an event, ``alarm.raised`` and ``alarm.cleared``, beside those of the endpoints.

    An alarm waits in a queue until it is published. It goes no further than that: an alarm about the dead letters of
    a Slack channel, told to that channel, makes one more dead letter and no other alarm, since the alarm is up already.

    Attributes:
        alarm_names: Its own alarm, which only the alarm topic itself can be sure to tell.
    """

    def __init__(self, scope: Construct, id: str, *, hub: HubStack) -> None:
        super().__init__(scope, id, hub=hub, description="Jamwire: alarms to events")
        # No `Subscriber`: it takes in what is no event, and needs no memory, since the same alarm has the same id.
        parts = Construct(self, "Subscriber")
        dead_letters = sqs.Queue(parts, "DeadLetters", retention_period=RETENTION, enforce_ssl=True)
        queue = sqs.Queue(
            parts,
            "Queue",
            visibility_timeout=Duration.seconds(VISIBILITY_FACTOR * TIMEOUT.to_seconds()),
            retention_period=RETENTION,
            # Once every visibility, so for a day: no outage of SNS is to lose an alarm.
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=RECEIVES),
            enforce_ssl=True,
        )
        subscribe(parts, hub.alarm_topic, queue, dead_letters, *filter_policy((), TRANSITIONS))
        function = Function(
            parts,
            "Function",
            handler="lambdas.alarm_events.handler.handle",
            service=f"{self.stack_name}-Subscriber",
            timeout=TIMEOUT,
            environment=AlarmEventsSettings(topic_arn=hub.topic.topic_arn).to_environment(),
        )
        hub.topic.grant_publish(function)
        function.add_event_source(event_sources.SqsEventSource(queue, batch_size=1))
        self.alarm_names = [
            add_alarm(
                parts,
                "DeadLettersAlarm",
                name=f"{self.stack_name}-DeadLetters",
                metric=dead_letters.metric_approximate_number_of_messages_visible(
                    statistic="Maximum", period=PERIOD
                ),
                at=1,
                text=say(
                    f"{self.stack_name}: alarms could not be passed on as events.",
                    look=f"the errors in {function.log_group.log_group_name}; once they are put right:",
                    run=f"aws sqs start-message-move-task --source-arn {dead_letters.queue_arn}",
                ),
                topic=hub.alarm_topic,
            )
        ]
