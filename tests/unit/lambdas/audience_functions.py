"""An account for the audience's functions, as Lambda calls them: a table, a secret, and services that note calls."""

import importlib
import json
import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.clients import aws as services
from lambdas.contracts import audience_message_words
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import AudienceSettings, ChannelQueues
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.environment import Settings
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.keys import encode
from lambdas.followers.plan import Plan, Told
from lambdas.followers.sealing import Sealer
from lambdas.followers.store import Followers
from tests.fakes.audience_table import AudienceTable
from tests.fakes.messaging import KEYS
from tests.unit.lambdas.audience_email.test_letters import SITE
from tests.unit.lambdas.audience_email.test_mailer import TOPICS

TIME = "2027-01-15T08:00:00Z"
SECRET = {
    "data": encode(KEYS.data),
    "lookup": encode(KEYS.lookup),
    "links": encode(KEYS.links),
    "push": [],
}
DOCUMENTS = {"topics.json": TOPICS.to_json(), "words.json": json.dumps({"email_link": "Weiterlesen"})}
"""The files beside a function's code."""


class Account:
    """An account with one of the audience's functions.

    Args:
        monkeypatch: Undoes it after the test.
        name: The function's folder.
        settings: What it is told beside what all are.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, *settings: Settings) -> None:
        self.table = AudienceTable()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.attempts: dict[str, int | None] = {}
        self.refusals: dict[str, ClientError] = {}
        self.followers = Followers(self.table, "audience")  # type: ignore[arg-type]
        monkeypatch.setattr(services, "client", self.client)
        monkeypatch.setattr(audience_message_words, "Path", _document)
        all_settings = (
            AudienceSettings(
                table="audience",
                secret_arn="arn:secret",
                topics_file="topics.json",
                site=SITE,
                url="https://api.example.com/",
            ),
            ChannelQueues(
                email_queue_url="https://queue",
                text_queue_url="https://queue",
                email_questions_url="https://questions",
                text_questions_url="https://questions",
            ),
        )
        for one in (*all_settings, *settings):
            for variable, value in one.to_environment().items():
                monkeypatch.setenv(variable, value)
        self.module: ModuleType = importlib.reload(importlib.import_module(f"lambdas.{name}.handler"))
        if hasattr(self.module, "Path"):
            monkeypatch.setattr(self.module, "Path", _document)

    def client(self, service: str, config: Any = None) -> Any:
        self.attempts[service] = ((config and config.retries) or {}).get("total_max_attempts")
        if service == "dynamodb":
            return self.table
        return _Client(self)

    def made(self, operation: str) -> list[dict[str, Any]]:
        return [call for name, call in self.calls if name == operation]

    def refuse(self, operation: str, code: str, message: str) -> None:
        """Let a call fail."""
        self.refusals[operation] = ClientError({"Error": {"Code": code, "Message": message}}, operation)

    def follow(self, channel: Channel, address: str) -> None:
        """Somebody follows line 12."""
        id = follower_id(KEYS.lookup, channel, address)
        self.followers.follow(
            Follower(
                id=id,
                channel=channel,
                state="following",
                address=Sealer(KEYS.data).seal(address, id),
                topics=("line-12",),
                consent=Consent(wording="f" * 64, asked_at=TIME, confirmed_at=TIME),
            )
        )

    def plan(self, told: Told, channel: Channel) -> None:
        """What is told, and by which channel."""
        plan = Plan(name=told.fanout, at=time.time(), followers={channel: 1}, told=told)
        self.table.put_item(TableName="audience", Item=plan.to_item())

    def work(self, job: Job, queue: str = "queue") -> list[str]:
        """Let the function see to a job; gives the message if it stays in the queue."""
        context = SimpleNamespace(aws_request_id="r1", get_remaining_time_in_millis=lambda: 60_000)
        now = str(int(time.time() * 1000))
        record = {
            "messageId": "m1",
            "receiptHandle": "h1",
            "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}",
            "body": job.to_json(),
            "attributes": {
                "SentTimestamp": now,
                "ApproximateReceiveCount": "1",
                "ApproximateFirstReceiveTimestamp": now,
            },
        }
        answer = self.module.handle({"Records": [record]}, context)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


class _Client:
    def __init__(self, account: Account) -> None:
        self._account = account

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**words: Any) -> Any:
            self._account.calls.append((operation, words))
            if refusal := self._account.refusals.get(operation):
                raise refusal
            return {"SecretString": json.dumps(SECRET)} if operation == "get_secret_value" else {}

        return call


def _document(name: str) -> Any:
    return SimpleNamespace(read_text=lambda: DOCUMENTS[name])
