"""An account's services beside its tables: queues, a topic, logs and secrets, or one that may not be asked."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError


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
