"""A deployment for the command's unit tests: stacks, and small stand-ins for the services that it asks."""

import json
import re
from collections.abc import Iterator
from typing import Any

from jamwire.operations.archive import Archive, EventSummary
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.dynamodb import to_item
from jamwire.operations.subscribers import choose_subscribers
from lambdas.contracts import state_table
from lambdas.contracts.archive_table import item_of
from lambdas.contracts.event import Event, Notice, Sender, timestamp
from lambdas.contracts.publish_story import Story
from tests.fakes.dynamodb import ConditionalCheckFailedException, condition_of, updated

NOW = 1_800_000_000.0
"""2027-01-15T08:00:00Z."""

DAY = 86_400
KEPT = 30 * DAY
TOPIC = "arn:aws:sns:us-east-1:000000000000:events"

Item = dict[str, Any]


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
        conditions = f"{request['KeyConditionExpression']} AND {request.get('FilterExpression', '')}"
        is_index = "IndexName" in request
        found = sorted(
            (
                item
                for item in self.tables.get(request["TableName"], {}).values()
                if all(_holds(item, condition, names, values) for condition in _conditions(conditions))
            ),
            key=lambda item: item["time" if is_index else "source"]["S"],
            reverse=not request.get("ScanIndexForward", True),
        )
        start = request.get("ExclusiveStartKey", {"at": 0})["at"]
        page = found[start : start + self.page]
        shown = [
            {n: v for n, v in item.items() if not is_index or n not in ("event", "ttl")} for item in page
        ]
        more = start + self.page < len(found)
        return {"Items": shown} | ({"LastEvaluatedKey": {"at": start + self.page}} if more else {})


def _conditions(expression: str) -> Iterator[str]:
    between = re.sub(r"(BETWEEN \S+) AND ", r"\1 .. ", expression)
    yield from (part.strip() for part in between.split(" AND ") if part.strip())


def _holds(item: Item, condition: str, names: dict[str, str], values: dict[str, Item]) -> bool:
    words = re.findall(r"[#:]\w+", condition)
    value = item.get(names[words[0]], {}).get("S")
    operands = [values[word]["S"] for word in words[1:]]
    if value is None:
        return False
    if condition.startswith("begins_with"):
        return bool(value.startswith(operands[0]))
    return operands[0] <= value <= operands[1] if ".." in condition else bool(value == operands[0])


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
            }
        ]

    def get_subscription_attributes(self, **request: str) -> dict[str, Any]:
        return {"Attributes": {"FilterPolicy": json.dumps(self.policies[request["SubscriptionArn"]])}}


class Logs:
    """A log group's lines, with their times in unix milliseconds."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def get_paginator(self, operation: str) -> "Logs":
        assert operation == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        """A page for each line."""
        for at, line in self.lines:
            if (
                request["startTime"] <= at <= request["endTime"]
                and request["filterPattern"].strip('"') in line
            ):
                yield {"events": [{"timestamp": at, "message": line}]}


class Account:
    """A deployment of a hub, two subscribers and an archive, at a moment."""

    def __init__(self, *, archived: bool = True) -> None:
        self.clock = Clock()
        self.dynamodb, self.sqs, self.sns = DynamoDB(), SQS(), SNS()
        self.sns.policies = {"Slack": {"type": [{"prefix": "deploy."}]}, "Sms": {"type": ["deploy.failed"]}}
        self.logs = Logs()
        clients = {"dynamodb": self.dynamodb, "sqs": self.sqs, "sns": self.sns, "logs": self.logs}
        self.deployment = Deployment("Jamwire", client=clients.__getitem__)
        hub = {"Endpoints": "{}", "TopicArn": TOPIC}
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
        environment: str = "",
    ) -> Event:
        """Put an event into the archive that was accepted so many seconds ago."""
        event = Event(
            id=id,
            source=f"/endpoints/{endpoint}",
            type=type,
            time=timestamp(NOW - before),
            notice=Notice(title=f"Title of {id}"),
            correlationid=correlation,
            sender=Sender(environment=environment),
            body=body or {"id": id},
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
