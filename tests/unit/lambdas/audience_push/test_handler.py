"""The function as Lambda calls it: by its environment and a job of its queue, from the table to the push services."""

import importlib
import json
import os
import time
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from lambdas.clients import aws as services
from lambdas.clients.http import HttpResponse
from lambdas.clients.push_connections import PushConnections
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import AudienceSettings, ChannelQueues, PushSettings
from lambdas.contracts.audience_table import topic_partition
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.keys import encode
from lambdas.followers.plan import Plan
from lambdas.followers.store import Followers
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.audience_push.test_message import SITE, TOLD
from tests.unit.lambdas.audience_push.test_sender import FCM, KEYS, a_recipient

SETTINGS = (
    AudienceSettings(table="audience", secret_arn="arn:secret", topics_file="topics.json", site=SITE),
    ChannelQueues(push_queue_url="https://queue"),
    PushSettings(push_contact="mailto:web@example.com"),
)
SECRET = {
    "data": encode(KEYS.data),
    "lookup": encode(KEYS.lookup),
    "links": encode(KEYS.links),
    "push": [{"id": key.id, "private": encode(key.private)} for key in KEYS.push],
}
FOLLOWERS = tuple(f"{number:032x}" for number in range(1, 4))


class Account:
    def __init__(self) -> None:
        self.table = AudienceTable()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.pushes: list[str] = []
        self.answers: dict[str, HttpResponse] = {}

    def client(self, service: str, config: object = None) -> Any:
        if service == "dynamodb":
            return self.table
        return SimpleNamespace(
            get_secret_value=lambda **call: {"SecretString": json.dumps(SECRET)},
            send_message_batch=lambda **call: self.calls.append(("send", call)) or {},
            change_message_visibility=lambda **call: self.calls.append(("hide", call)),
        )

    def post(self, origin: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        self.pushes.append(origin + path)
        return self.answers.get(origin + path, HttpResponse(201))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account()
    monkeypatch.setattr(services, "client", account.client)
    monkeypatch.setattr(PushConnections, "post", lambda self, *request: account.post(*request))
    for settings in SETTINGS:
        for name, value in settings.to_environment().items():
            monkeypatch.setitem(os.environ, name, value)
    now = time.time()
    plan = Plan(name=TOLD.fanout, at=now, followers={"push": len(FOLLOWERS)}, told=TOLD)
    account.table.put_item(TableName="audience", Item=plan.to_item())
    for id in FOLLOWERS:
        Followers(account.table, "audience").follow(a_follower(id))  # type: ignore[arg-type]
    return account


@pytest.fixture
def function(account: Account) -> ModuleType:
    module = importlib.reload(importlib.import_module("lambdas.audience_push.handler"))
    return module


def a_follower(id: str) -> Follower:
    return Follower(
        id=id,
        channel="push",
        state="following",
        address=a_recipient(id).address,
        topics=("line-12",),
        push_key="new",
        consent=Consent(wording="w", asked_at=TOLD.time, confirmed_at=TOLD.time, how="browser", network="n"),
    )


def invoke(function: ModuleType, job: Job) -> list[str]:
    record = {
        "messageId": "m1",
        "receiptHandle": "r1",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue",
        "body": job.to_json(),
        "attributes": {"SentTimestamp": str(round(time.time() * 1000))},
    }
    context = SimpleNamespace(aws_request_id="i1", get_remaining_time_in_millis=lambda: 60_000)
    return [
        failure["itemIdentifier"]
        for failure in function.handle({"Records": [record]}, context)["batchItemFailures"]
    ]


def job_item(account: Account) -> dict[str, Any]:
    [item] = [item for item in account.table.partition(f"fanout#{TOLD.fanout}") if item["sk"]["S"] != "plan"]
    return item


JOB = Job(kind="topic", channel="push", fanout=TOLD.fanout)


def test_job_is_told_to_all_followers_of_the_topic(account: Account, function: ModuleType) -> None:
    assert invoke(function, JOB) == []
    assert sorted(account.pushes) == [f"{FCM}/fcm/send/{id}" for id in FOLLOWERS]
    assert job_item(account)["sent"] == {"N": "3"}


def test_follower_whose_subscription_has_ended_follows_no_more(
    account: Account, function: ModuleType
) -> None:
    account.answers[f"{FCM}/fcm/send/{FOLLOWERS[1]}"] = HttpResponse(410)
    assert invoke(function, JOB) == []
    left = account.table.partition(topic_partition("push", "line-12"))
    assert [item["sk"]["S"] for item in left] == [FOLLOWERS[0], FOLLOWERS[2]]
    assert job_item(account)["gone"] == {"N": "1"}


def test_paused_push_service_gets_one_job_later(account: Account, function: ModuleType) -> None:
    account.answers = {f"{FCM}/fcm/send/{id}": HttpResponse(429, {"retry-after": "120"}) for id in FOLLOWERS}
    assert invoke(function, JOB) == []
    [(_, call)] = account.calls
    [entry] = call["Entries"]
    assert Job.from_json(entry["MessageBody"]).followers == FOLLOWERS
    assert entry["DelaySeconds"] in (119, 120)


def test_report_says_how_many_and_not_whom(
    account: Account, function: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    invoke(function, JOB)
    said = capsys.readouterr().out
    assert '"FollowersTold":[3.0]' in said
    assert FCM not in said
    assert FOLLOWERS[0] not in said
