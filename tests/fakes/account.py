"""A deployment for the command's unit tests: stacks, and small stand-ins for the services that it asks."""

import json
import re
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from jamwire.operations.archive import Archive
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.dynamodb import to_item
from jamwire.operations.selection import EventSummary
from jamwire.operations.subscribers import choose_subscribers
from lambdas.contracts import state_table
from lambdas.contracts.archive_table import BY_TIME, item_of
from lambdas.contracts.event import Event, Notice, Sender, Severity, source_of, timestamp
from lambdas.contracts.ledger_item import DEAD, DEAD_INDEX
from lambdas.contracts.publish_story import Story
from tests.fakes.cloudwatch import CloudWatch
from tests.fakes.dynamodb import ConditionalCheckFailedException, condition_of, updated

NOW = 1_800_000_000.0
"""2027-01-15T08:00:00Z."""

DAY = 86_400
KEPT = 30 * DAY
TOPIC = "arn:aws:sns:us-east-1:000000000000:events"
ALARMS = "arn:aws:sns:us-east-1:000000000000:alarms"

Item = dict[str, Any]

SORT_KEYS = {None: "source", BY_TIME: "time", DEAD_INDEX: "updated_at"}
"""By the index; None for the event store itself."""

NOT_IN_AN_INDEX = ("event", "ttl")


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


class DynamoDB:
    """As much of DynamoDB as is asked for: keys of one or two attributes, and the expressions of `jamwire.operations.archive`."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[str, str], Item]] = {}
        self.queries: list[dict[str, Any]] = []
        self.read = 0
        """Items that queries have read."""
        self.gets: list[int] = []
        self.page = 1_000
        self.answered = 100
        """Of so many keys at once BatchGetItem answers; the rest are unprocessed."""

    def put_item(self, **request: Any) -> None:
        item = request["Item"]
        key = (item["id"]["S"], item["source"]["S"] if "source" in item else "")
        self.tables.setdefault(request["TableName"], {})[key] = item

    def get_item(self, **request: Any) -> dict[str, Any]:
        found = self.tables.get(request["TableName"], {}).get((request["Key"]["id"]["S"], ""))
        return {"Item": found} if found else {}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        [(table, asked)] = request["RequestItems"].items()
        keys = asked["Keys"]
        assert 0 < len(keys) <= 100
        assert len({json.dumps(key) for key in keys}) == len(keys)
        self.gets.append(len(keys))
        items = self.tables.get(table, {})
        found = [items.get((k["id"]["S"], k.get("source", {"S": ""})["S"])) for k in keys[: self.answered]]
        left = keys[self.answered :]
        return {
            "Responses": {table: [item for item in found if item]},
            "UnprocessedKeys": {table: {"Keys": left}} if left else {},
        }

    def scan(self, **request: Any) -> dict[str, Any]:
        assert request["ConsistentRead"]
        holds = condition_of(request["FilterExpression"], tuple(request["ExpressionAttributeNames"].items()))
        items = list(self.tables.get(request["TableName"], {}).values())
        start = request.get("ExclusiveStartKey", {"at": 0})["at"]
        page = items[start : start + self.page]
        found = [item for item in page if holds(item, request["ExpressionAttributeValues"])]
        more = start + self.page < len(items)
        return {"Items": found} | ({"LastEvaluatedKey": {"at": start + self.page}} if more else {})

    def update_item(self, **request: Any) -> None:
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        table = self.tables.setdefault(request["TableName"], {})
        item = table.get((request["Key"]["id"]["S"], ""), {})
        if not condition_of(request["ConditionExpression"], tuple(names.items()))(item, values):
            raise ConditionalCheckFailedException(
                {"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem"
            )
        table[request["Key"]["id"]["S"], ""] = updated(item, request["UpdateExpression"], names, values)

    def query(self, **request: Any) -> dict[str, Any]:
        self.queries.append(request)
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        index = request.get("IndexName")
        sort_key = SORT_KEYS[index]
        found = sorted(
            _matching(
                self.tables.get(request["TableName"], {}).values(),
                request["KeyConditionExpression"],
                names,
                values,
            ),
            key=lambda item: _content(item[sort_key]),
            reverse=not request.get("ScanIndexForward", True),
        )
        keys = [_key_of(item, sort_key) for item in found]
        start = keys.index(request["ExclusiveStartKey"]) + 1 if "ExclusiveStartKey" in request else 0
        end = start + min(self.page, request.get("Limit", self.page))
        page = list(_matching(found[start:end], request.get("FilterExpression", ""), names, values))
        shown = [{n: v for n, v in item.items() if not index or n not in NOT_IN_AN_INDEX} for item in page]
        self.read += len(found[start:end])
        more = {"LastEvaluatedKey": keys[end - 1]} if end < len(found) else {}
        return {"Items": shown, "ScannedCount": len(found[start:end])} | more


KEYS = {"source": (), "time": ("day",), "updated_at": ("dead",)}
"""Attributes of an index's key beside the table's own and the sort key, by the sort key."""


def _key_of(item: Item, sort_key: str) -> Item:
    names = {"id", sort_key, *KEYS[sort_key]} | ({"source"} if "source" in item else set())
    return {name: item[name] for name in names}


def _matching(
    items: Iterable[Item], expression: str, names: dict[str, str], values: dict[str, Item]
) -> Iterator[Item]:
    conditions = list(_conditions(expression))
    return (item for item in items if all(_holds(item, each, names, values) for each in conditions))


def _conditions(expression: str) -> Iterator[str]:
    between = re.sub(r"(BETWEEN \S+) AND ", r"\1 .. ", expression)
    yield from (part.strip() for part in between.split(" AND ") if part.strip())


def _holds(item: Item, condition: str, names: dict[str, str], values: dict[str, Item]) -> bool:
    words = re.findall(r"[#:]\w+", condition)
    operands = [_content(values[word]) for word in words[1:]]
    if names[words[0]] not in item:
        return False
    value = _content(item[names[words[0]]])
    if condition.startswith("begins_with"):
        return bool(value.startswith(operands[0]))
    if ".." in condition:
        return bool(operands[0] <= value <= operands[1])
    return bool(value >= operands[0] if ">=" in condition else value == operands[0])


def _content(value: Item) -> Any:
    [(kind, content)] = value.items()
    return int(content) if kind == "N" else content


class Denied:
    """A service that the credentials may not ask.

    Args:
        action: What they lack.
    """

    def __init__(self, action: str) -> None:
        self.action = action

    def __getattr__(self, operation: str) -> Any:
        message = f"a is not authorized to perform: {self.action} on resource: *"
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, operation)


class SQS:
    """Queues that take messages and say how many they hold."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.written: list[dict[str, Any]] = []
        """The attributes of each message."""
        self.waiting = 0

    def send_message(self, **message: Any) -> None:
        self.sent.append((message["QueueUrl"], message["MessageBody"]))
        self.written.append(message.get("MessageAttributes", {}))

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        visible, hidden = request["AttributeNames"]
        return {"Attributes": {visible: str(self.waiting), hidden: "0"}}


class SNS:
    """A topic with its subscriptions' filter policies, by the subscriber's name."""

    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []
        self.policies: dict[str, dict[str, Any]] = {}
        self.emails: list[dict[str, str]] = []

    def publish(self, **message: Any) -> None:
        self.published.append(message)

    def get_paginator(self, operation: str) -> "SNS":
        assert operation == "list_subscriptions_by_topic"
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [
            {
                "Subscriptions": [
                    {
                        "Protocol": "sqs",
                        "Endpoint": f"arn:aws:sqs:us-east-1:000000000000:{name}",
                        "SubscriptionArn": name,
                    }
                    for name in self.policies
                ]
                + self.emails
            }
        ]

    def get_subscription_attributes(self, **request: str) -> dict[str, Any]:
        return {"Attributes": {"FilterPolicy": json.dumps(self.policies[request["SubscriptionArn"]])}}


class Logs:
    """Log groups' lines, with their times in unix milliseconds; those of `lines` are in every group."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.groups: dict[str, list[tuple[int, str]]] = {}

    def get_paginator(self, operation: str) -> Any:
        known = {"filter_log_events": self._events, "describe_log_groups": self._groups}
        return SimpleNamespace(paginate=known[operation])

    def _events(self, **request: Any) -> Iterator[dict[str, Any]]:
        """A page for each line."""
        for at, line in (*self.lines, *self.groups.get(request["logGroupName"], ())):
            if request["startTime"] <= at <= request.get("endTime", at) and _has(
                line, request["filterPattern"]
            ):
                yield {"events": [{"timestamp": at, "message": line}]}

    def _groups(self, **request: Any) -> Iterator[dict[str, Any]]:
        yield from ({"logGroups": [{"logGroupName": name}]} for name in self.groups)


def _has(line: str, pattern: str) -> bool:
    """Whether a line has a term in it, or a field of this value."""
    if field := re.fullmatch(r'\{ \$\.(\w+) = "(\w+)" \}', pattern):
        return line.startswith("{") and str(json.loads(line).get(field[1])) == field[2]
    return pattern.strip('"') in line


class SecretsManager:
    """Secrets by their ARNs; each is empty until it is written."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        text = self.texts.get(SecretId, "{}")
        return {"SecretString": text, "VersionId": str(hash(text))}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.texts[SecretId] = SecretString


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
