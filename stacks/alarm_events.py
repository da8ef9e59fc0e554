"""Alarms as events, so that any rule can hear of them."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from lambdas.contracts.settings import AlarmEventsSettings
from stacks.constructs.alarm import TOLD, alarm_description
from stacks.constructs.filter_policy import filter_policy
from stacks.constructs.function import Function
from stacks.constructs.queues import add_queues, subscribe, visibility_of
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber_alarms import dead_letters_alarm
from stacks.hub import HubStack
from stacks.rules import matching

TIMEOUT: Final = Duration.seconds(15)


class AlarmEventsStack(JamwireStack):
    """Publishes each alarm as an event, ``alarm.raised`` and ``alarm.cleared``, beside those of the endpoints.

    An alarm waits in a queue until it is published. It goes no further than that: an alarm about the dead letters of
    a Slack channel, told to that channel, makes one more dead letter and no other alarm, since the alarm is up already.
    Its own alarm on what it could not publish is told by e-mail and shown on the dashboard.
    """

    def __init__(self, scope: Construct, id: str, *, hub: HubStack) -> None:
        super().__init__(scope, id, hub=hub, description="Jamwire: alarms to events")
        # No `Subscriber`: it takes in what is no event, and needs no memory, since the same alarm has the same id.
        parts = Construct(self, "Subscriber")
        # Received once every visibility, so for a day: no outage of SNS is to lose an alarm.
        queue, dead_letters = add_queues(parts, visibility_of(TIMEOUT))
        subscribe(parts, hub.alarm_topic, queue, dead_letters, *filter_policy(matching(TOLD)))
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
        dead_letters_alarm(
            parts,
            hub=hub,
            name=self.stack_name,
            dead_letters=dead_letters,
            description=alarm_description(
                f"{self.stack_name}: alarms could not be passed on as events.",
                look=f"the errors in {function.log_group.log_group_name}; once they are put right:",
                # SNS put some of them there, and they know no queue to go back to.
                run=f"aws sqs start-message-move-task --source-arn {dead_letters.queue_arn} "
                f"--destination-arn {queue.queue_arn}",
            ),
        )
