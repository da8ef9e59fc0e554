"""A deployment for the command's unit tests: stacks, and small stand-ins for the services that it asks."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from jamwire.operations.archive import Archive
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.dynamodb import to_item
from jamwire.operations.selection import EventSummary
from jamwire.operations.subscribers import choose_subscribers
from lambdas.contracts import state_table
from lambdas.contracts.archive_table import item_of
from lambdas.contracts.event import Event, Notice, Sender, Severity, source_of, timestamp
from lambdas.contracts.ledger_item import DEAD
from lambdas.contracts.publish_story import Story
from tests.fakes.account_services import SNS, SQS, Logs, SecretsManager
from tests.fakes.account_tables import DynamoDB, Item
from tests.fakes.cloudwatch import CloudWatch

NOW = 1_800_000_000.0
"""2027-01-15T08:00:00Z."""

DAY = 86_400
KEPT = 30 * DAY
TOPIC = "arn:aws:sns:us-east-1:000000000000:events"
ALARMS = "arn:aws:sns:us-east-1:000000000000:alarms"


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = NOW
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Account:
    """A deployment of a hub, two subscribers and an archive, at a moment."""

    def __init__(self, *, archived: bool = True, sqs: SQS | None = None) -> None:
        self.clock = Clock()
        self.dynamodb, self.sqs, self.sns = DynamoDB(), sqs or SQS(), SNS()
        self.sns.policies = {"Slack": {"type": [{"prefix": "deploy."}]}, "Sms": {"type": ["deploy.failed"]}}
        self.logs, self.secrets, self.cloudwatch = Logs(), SecretsManager(), CloudWatch()
        region = SimpleNamespace(meta=SimpleNamespace(region_name="us-east-1"))
        self.clients: dict[str, Any] = {
            "dynamodb": self.dynamodb,
            "sqs": self.sqs,
            "sns": self.sns,
            "logs": self.logs,
            "secretsmanager": self.secrets,
            "cloudwatch": self.cloudwatch,
            "cloudformation": region,
        }
        self.deployment = Deployment("Jamwire", client=self.clients.__getitem__)
        hub = {
            "Endpoints": '{"site":{"source":"netlify"},"cms":{"source":"contentful"}}',
            "TopicArn": TOPIC,
            "AlarmTopicArn": ALARMS,
            "Url": "https://a1.execute-api.us-east-1.amazonaws.com",
            "ApiId": "a1",
            "SecretArn": "hub",
            "IngestLog": "ingest",
        }
        self.deployment.stacks = [
            *([_stack("Archive", EventsTable="events", EventsKept=str(KEPT))] if archived else []),
            Stack("Jamwire-Hub", "Hub", "CREATE_COMPLETE", hub),
            _stack("Slack"),
            _stack("Sms"),
        ]

    def keep_story(self, correlation: str, story: Story) -> None:
        """Let `StoryStack` be deployed and remember a story."""
        self.deployment.stacks = [*self.deployment.stacks, _stack("Story", StoriesTable="stories")]
        item = to_item(state_table.item_of(correlation, state_table.Record(state=story, version=1), NOW))
        self.dynamodb.put_item(TableName="stories", Item=item)

    @property
    def archive(self) -> Archive:
        return Archive.of(self.deployment, self.clock.sleep)

    def ledgers(self, name: str = "") -> Ledgers:
        subscribers = choose_subscribers(self.deployment, name, but="Archive")
        return Ledgers(self.dynamodb, subscribers, clock=self.clock, sleep=self.clock.sleep)

    def keep(
        self,
        id: str,
        *,
        endpoint: str = "site",
        type: str = "deploy.failed",
        before: float = 60,
        correlation: str = "",
        body: Any = None,
        dataref: str = "",
        environment: str = "",
        severity: Severity = "info",
    ) -> Event:
        """Put an event into the archive that was accepted so many seconds ago."""
        event = Event(
            id=id,
            source=source_of(endpoint),
            type=type,
            time=timestamp(NOW - before),
            notice=Notice(title=f"Title of {id}", severity=severity),
            correlationid=correlation,
            sender=Sender(environment=environment),
            dataref=dataref,
            body=None if dataref else body or {"id": id},
        )
        self.dynamodb.put_item(TableName="events", Item=to_item(item_of(event, kept_seconds=KEPT)))
        return event

    def remember(self, subscriber: str, key: str, state: str, **facts: Any) -> None:
        """Put what a subscriber remembers of an event into its ledger."""
        numbers = {"attempts": 0, "final_attempts": 3, "updated_at": (int(NOW) - 30) * 1000} | {
            name: value for name, value in facts.items() if not isinstance(value, str)
        }
        item: Item = {"id": {"S": key}, "state": {"S": state}}
        item |= {name: {"N": str(value)} for name, value in numbers.items()}
        item |= {"dead": {"S": DEAD}} if state == "dead" else {}
        item |= {name: {"S": value} for name, value in facts.items() if isinstance(value, str)}
        self.dynamodb.put_item(TableName=f"{subscriber}-ledger", Item=item)

    def sent(self) -> list[tuple[str, str]]:
        """What was sent to queues and topic: to whom, and the event's id."""
        queued = [(url.rpartition("/")[2], json.loads(body)["id"]) for url, body in self.sqs.sent]
        return queued + [("all", json.loads(message["Message"])["id"]) for message in self.sns.published]


def ids(summaries: Iterator[EventSummary] | list[EventSummary]) -> list[str]:
    return [summary.id for summary in summaries]


def _stack(name: str, **outputs: str) -> Stack:
    url = f"https://sqs.us-east-1.amazonaws.com/000000000000/{name}"
    own = {
        "SubscriberQueueUrl": url,
        "SubscriberDeadLettersUrl": f"{url}-dead",
        "SubscriberLedgerTable": f"{name}-ledger",
    }
    return Stack(f"Jamwire-{name}", name, "CREATE_COMPLETE", own | outputs)
