"""A deployment with one audience, for the command's unit tests."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from jamwire.operations.audience.audience import Audience, find_audience
from jamwire.operations.deployment import Deployment, Stack
from lambdas.contracts.audience_table import topic_count
from lambdas.contracts.audience_topics import Channel
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.keys import encode
from lambdas.followers.sealing import Sealer
from tests.fakes.audience_table import AudienceTable

DATA, LOOKUP = b"d" * 32, b"l" * 32
TIME = "2026-05-04T12:00:00.000Z"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/secret-part"
SUBSCRIPTION = json.dumps({"endpoint": ENDPOINT, "p256dh": "p", "auth": "a"})

OUTPUTS = {
    "AudienceTable": "table",
    "AudienceSecretArn": "keys",
    "AudienceUrl": "https://a2.execute-api.us-east-1.amazonaws.com/",
    "AudienceApiId": "a2",
    "PushQueueUrl": "push-queue",
    "EmailQueueUrl": "email-queue",
    "TextQueueUrl": "text-queue",
}


class Secrets:
    """Secrets Manager with the audience's keys."""

    def __init__(self) -> None:
        own = {"data": encode(DATA), "lookup": encode(LOOKUP), "links": encode(b"i" * 32)}
        self.document: dict[str, Any] = own | {"push": [{"id": "k1", "private": encode(b"1" * 32)}]}
        self.tokens: list[str] = []

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        return {"SecretString": json.dumps(self.document), "VersionId": "v" * 36}

    def put_secret_value(self, *, SecretId: str, SecretString: str, ClientRequestToken: str) -> None:  # noqa: N803
        self.document = json.loads(SecretString)
        self.tokens.append(ClientRequestToken)


class Queue:
    """SQS: what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        self.sent += [(QueueUrl, json.loads(entry["MessageBody"])) for entry in Entries]
        return {}


class AudienceAccount:
    """A deployment of a hub and an audience, whose followers a test puts there."""

    def __init__(self, *, page: int = 10_000) -> None:
        self.table, self.secrets, self.queue = AudienceTable(page), Secrets(), Queue()
        self.clients: dict[str, Any] = {
            "dynamodb": self.table,
            "secretsmanager": self.secrets,
            "sqs": self.queue,
            "cloudformation": SimpleNamespace(),
        }
        self.deployment = Deployment("Jamwire", client=self.clients.__getitem__)
        self.deployment.stacks = [Stack("Jamwire-Audience", "Audience", "CREATE_COMPLETE", dict(OUTPUTS))]

    @property
    def audience(self) -> Audience:
        return find_audience(self.deployment)

    def id(self, channel: Channel, address: str) -> str:
        return follower_id(LOOKUP, channel, address)

    def count(self, channel: Channel, topic: str) -> int:
        """How many follow a topic at once, as it is counted."""
        beginning = topic_count(channel, topic)
        found = (item for (_, sort), item in self.table.items.items() if sort.startswith(beginning))
        return sum(int(item["followers"]["N"]) for item in found)

    def follow(self, channel: Channel, address: str, /, *topics: str, **words: Any) -> str:
        """Let a person follow; gives the id."""
        id = self.id(channel, address)
        consent = Consent(wording="f" * 64, asked_at=TIME, confirmed_at=TIME, how="link")
        sealed = Sealer(DATA).seal(SUBSCRIPTION if channel == "push" else address, id)
        follower = Follower(
            id=id,
            channel=channel,
            state="following",
            address=sealed,
            topics=topics or ("line-12",),
            consent=consent,
        )
        self.audience.followers.follow(replace(follower, **words))
        return id
