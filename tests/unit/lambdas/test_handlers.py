"""Each function as Lambda calls it: by its environment and its handler alone, from the message to the destination."""

import importlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from lambdas.clients import aws as services
from lambdas.clients import http, secrets
from lambdas.clients.http import HttpResponse
from lambdas.contracts.audience_settings import AudienceSettings, ChannelQueues, SiteOfAudience
from lambdas.contracts.audience_topics import Topic, Topics
from lambdas.contracts.environment import Settings
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import DESTINATION, Key, write_document
from lambdas.contracts.settings import (
    AlarmEventsSettings,
    ArchiveSettings,
    CdnSettings,
    LiveKeySettings,
    LiveSettings,
    LiveStateSettings,
    RebuildSettings,
    RecoverySettings,
    SlackSettings,
    SmsSettings,
    StorySettings,
    SubscriberSettings,
)
from lambdas.contracts.sms_limits import Budget
from tests.fakes.alarms import ALARM
from tests.fakes.events import happening
from tests.fakes.subscriber import a_record

NOW = time.time()
"""A handler reads the time itself."""

SLACK_URL = "https://hooks.slack.example/services/T/B/secret"
BUILD_HOOK = "https://api.netlify.com/build_hooks/0123456789abcdef01234567"
APPSYNC_URL = "https://abc.appsync-api.us-east-1.amazonaws.com/event"


class Aws:
    """Every service of an account: it notes each call, and answers what it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.configs: dict[str, Config] = {}
        self.secret = ""
        self.answers: dict[str, Any] = {
            "cloudfront.create_invalidation": {"Invalidation": {"Id": "I1"}},
            "cloudfront.get_invalidation": {"Invalidation": {"Status": "InProgress"}},
        }

    def client(self, service: str, config: Config) -> Any:
        self.configs[service] = config
        return Client(self, service)

    def get_credentials(self) -> Credentials:
        return Credentials("key", "secret")

    def answer(self, operation: str, call: dict[str, Any]) -> Any:
        self.calls.append((operation, call))
        if operation == "secretsmanager.get_secret_value":
            return {
                "SecretString": write_document({DESTINATION: [Key("k", self.secret, "2027-01-15T08:00:00Z")]})
            }
        return self.answers.get(operation, {})

    def made(self, operation: str) -> list[dict[str, Any]]:
        return [call for name, call in self.calls if name == operation]

    def published(self) -> list[Event]:
        return [Event.from_json(call["Message"]) for call in self.made("sns.publish")]


class Client:
    def __init__(self, aws: Aws, service: str) -> None:
        self._aws, self._service = aws, service

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **call: self._aws.answer(f"{self._service}.{name}", call)


Deployed = Callable[..., ModuleType]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    aws = Aws()
    monkeypatch.setattr(services, "session", lambda: aws)
    services.client.cache_clear()  # type: ignore[attr-defined]
    yield aws
    services.client.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def deploy(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """A function's module as it is read at a cold start, in the environment that its stack writes."""
    modules: list[ModuleType] = []

    def deployed(name: str, **settings: Any) -> ModuleType:
        own = settings.pop("own")
        subscriber = SubscriberSettings(
            stack_id=name.capitalize(),
            queue_url="queue",
            dead_letters_url="dead-letters",
            ledger_table="ledger",
            give_up_after=86_400.0,
            **settings,
        )
        for kept in (subscriber, own):
            for variable, value in kept.to_environment().items():
                monkeypatch.setenv(variable, value)
        module = importlib.import_module(f"lambdas.{name}.handler")
        with monkeypatch.context() as start:
            start.setenv(services.ON_LAMBDA, name)
            modules.append(importlib.reload(module))
        return modules[-1]

    yield deployed
    for module in modules:
        importlib.reload(module)  # without what it has kept of this account


def invoke(module: ModuleType, *events: Event) -> list[str]:
    """Let the function see to messages; gives those that stay in the queue."""
    context = SimpleNamespace(aws_request_id="r1", get_remaining_time_in_millis=lambda: 30_000)
    records = [a_record(event, id=f"m{number}", sent_at=NOW) for number, event in enumerate(events)]
    answer = module.handle({"Records": records}, context)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def answer_to_http(monkeypatch: pytest.MonkeyPatch, response: HttpResponse) -> list[HttpRequest]:
    """Answer every request to a destination; gives the requests."""
    requests: list[HttpRequest] = []

    def send(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return response

    monkeypatch.setattr(http, "send", send)
    return requests


def test_slack_posts_to_the_webhook_of_its_secret(
    aws: Aws, deploy: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.secret = SLACK_URL
    requests = answer_to_http(monkeypatch, HttpResponse(200, body=b"ok"))
    slack = deploy("slack", own=SlackSettings(secret_arn="arn:secret"))
    assert invoke(slack, happening("deploy.failed", at=NOW)) == []
    [request] = requests
    assert request.url.geturl() == SLACK_URL
    assert aws.made("secretsmanager.get_secret_value") == [{"SecretId": "arn:secret"}]
    assert "deploy.failed" in json.loads(request.body)["text"]


def test_slack_names_its_stack_where_no_webhook_is_set(aws: Aws, deploy: Deployed) -> None:
    slack = deploy("slack", own=SlackSettings(secret_arn="arn:secret"))
    invoke(slack, happening("deploy.failed", at=NOW))
    assert "jamwire secret add slack" in str(aws.made("sqs.send_message"))


def test_sms_is_sent_to_the_numbers_of_the_environment(aws: Aws, deploy: Deployed) -> None:
    own = SmsSettings(phone_numbers=("+4915100000000",), max_price=0.25, budget=Budget(20, 10))
    assert invoke(deploy("sms", own=own), happening("deploy.failed", at=NOW)) == []
    [call] = aws.made("sns.publish")
    assert call["PhoneNumber"] == "+4915100000000"
    assert call["MessageAttributes"]["AWS.SNS.SMS.MaxPrice"]["StringValue"] == "0.25"
    assert aws.configs["sns"].retries["total_max_attempts"] == 1  # type: ignore[attr-defined]


def test_sms_is_sent_from_the_identity_of_the_environment(aws: Aws, deploy: Deployed) -> None:
    own = SmsSettings(
        phone_numbers=("+4915100000000",),
        max_price=0.25,
        budget=Budget(20, 10),
        identity="arn:phone-number/p1",
    )
    assert invoke(deploy("sms", own=own), happening("deploy.failed", at=NOW)) == []
    [call] = aws.made("pinpoint-sms-voice-v2.send_text_message")
    assert (call["DestinationPhoneNumber"], call["OriginationIdentity"]) == (
        "+4915100000000",
        "arn:phone-number/p1",
    )
    assert call["MaxPrice"] == "0.25000"
    assert not aws.made("sns.publish")


def rebuild_settings() -> Settings:
    return RebuildSettings(
        build_host="netlify", secret_arn="arn:secret", quiet=0.0, longest_wait=60.0, longest_build=1800.0
    )


def test_publish_is_built_by_the_hook_of_its_secret(
    aws: Aws, deploy: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.secret = BUILD_HOOK
    requests = answer_to_http(monkeypatch, HttpResponse(201))
    rebuild = deploy("rebuild", own=rebuild_settings(), state_table="states", topic_arn="arn:topic")
    assert invoke(rebuild, happening("content.published", at=NOW)) == []
    [request] = requests
    assert request.url.geturl().startswith(BUILD_HOOK)
    [told] = aws.published()
    assert (told.type, told.source) == ("build.requested", "/subscribers/Rebuild")
    assert {call["TableName"] for call in aws.made("dynamodb.put_item")} == {"states"}


def test_story_is_told_when_it_is_over(aws: Aws, deploy: Deployed) -> None:
    own = StorySettings(until="deploy.succeeded", patience=2700.0)
    story = deploy("story", own=own, state_table="states", topic_arn="arn:topic")
    word, now = "0a1b2c3d4e5f", timestamp(NOW)
    body = {"correlation": word, "started": NOW, "echoes_correlation": True, "publishes": 1, "first": now}
    body |= {"last": now, "name": "News published", "titles": ["News published"]}
    source = "/subscribers/Rebuild"
    requested = happening("build.requested", id="r", at=NOW, source=source, correlation=word, body=body)
    deployed = happening("deploy.succeeded", id="d", at=NOW, correlation=word)
    assert invoke(story, requested, deployed) == []
    assert [told.type for told in aws.published()] == ["site.published"]


def test_cdn_invalidates_its_distributions(aws: Aws, deploy: Deployed) -> None:
    own = CdnSettings(distributions=("E2QWRUHAPOMQZL",))
    cdn = deploy("cdn", own=own, state_table="states", topic_arn="arn:topic")
    change = happening("content.published", at=NOW - 60, paths=("/news",), subject="entry-7")
    assert invoke(cdn, change) == ["m0"]  # until CloudFront has completed it
    [call] = aws.made("cloudfront.create_invalidation")
    assert call["DistributionId"] == "E2QWRUHAPOMQZL"
    assert "/news" in call["InvalidationBatch"]["Paths"]["Items"]


def test_live_pushes_what_is_news_and_says_so(
    aws: Aws, deploy: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[str] = []

    def send(self: URLLib3Session, request: Any) -> Any:
        pushed.append(json.loads(request.body)["channel"])
        return SimpleNamespace(status_code=200, content=b"{}", headers={})

    monkeypatch.setattr(URLLib3Session, "send", send)
    live = deploy(
        "live",
        own=LiveSettings(http_url=APPSYNC_URL, states_table="states", keep=3600),
        topic_arn="arn:topic",
    )
    purged = happening("cdn.invalidated", at=NOW, correlation="0a1b2c3d4e5f", paths=("/news",))
    assert invoke(live, purged) == []
    assert pushed
    assert [(told.type, told.source) for told in aws.published()] == [("pages.notified", "/subscribers/Live")]
    assert aws.made("sns.publish")[0]["TopicArn"] == "arn:topic"


def test_archive_keeps_the_event_in_its_table(aws: Aws, deploy: Deployed) -> None:
    own = ArchiveSettings(events_table="events", keep_seconds=86_400)
    assert invoke(deploy("archive", own=own), happening("deploy.failed", at=NOW)) == []
    assert "events" in str(aws.calls)


@pytest.fixture
def audience_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AudienceSettings:
    topics = tmp_path / "topics.json"
    topics.write_text(Topics({"line-*": Topic("Line {}", "Delays.")}).to_json())
    for variable, value in ChannelQueues(email_queue_url="emails").to_environment().items():
        monkeypatch.setenv(variable, value)
    return AudienceSettings(
        table="audience",
        secret_arn="arn:secret",
        topics_file=str(topics),
        site=SiteOfAudience(name="Harbour Buses", url="https://buses.example"),
    )


def counted(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Names of the metrics that were counted."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {name for line in lines if "_aws" in line for name in line}


def test_audience_tells_the_followers_of_a_topic(
    aws: Aws, deploy: Deployed, audience_settings: AudienceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answers["dynamodb.query"] = {"Items": [{"followers": {"N": "700"}}, {"followers": {"N": "800"}}]}
    audience = deploy("audience", own=audience_settings)
    assert invoke(audience, happening("notice.warning", at=NOW, subject="line-12/0615")) == []
    [call] = aws.made("sqs.send_message_batch")
    assert call["QueueUrl"] == "emails"
    assert len(call["Entries"]) == 2
    assert aws.made("dynamodb.transact_write_items")
    assert "Recipients" in counted(capsys)


def test_audience_leaves_other_events_alone(
    aws: Aws, deploy: Deployed, audience_settings: AudienceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    audience = deploy("audience", own=audience_settings)
    old = happening("notice.warning", at=NOW, id="old", subject="line-12", expires="2020-01-01T00:00:00Z")
    assert invoke(audience, happening("deploy.failed", at=NOW), old) == []
    assert not aws.made("sqs.send_message_batch")
    assert not aws.made("dynamodb.transact_write_items")
    assert {"NotForFollowers", "FollowersTooLate"} <= counted(capsys)


def test_digests_are_started_by_the_quarter_of_an_hour(
    aws: Aws, deploy: Deployed, audience_settings: AudienceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    slot = {
        "sk": {"S": "UTC#00:00"},
        "followers": {"N": "2"},
        "ran": {"S": "2026-01-01"},
        "sent": {"S": "2026-01-01"},
    }
    aws.answers["dynamodb.query"] = {"Items": [slot]}
    deploy("audience_digest", own=audience_settings).handle(RUN, None)
    [call] = aws.made("sqs.send_message_batch")
    assert '"kind":"digest"' in call["Entries"][0]["MessageBody"]
    assert "DigestsStarted" in counted(capsys)


RUN = {"time": "2027-01-15T08:00:00Z"}
"""What EventBridge says of a scheduled run (EventBridge user guide, "Scheduled events")."""


def recovery_settings() -> Settings:
    return RecoverySettings(
        stack_id="Recovery",
        topic_arn="arn:topic",
        secret_arn="arn:secret",
        webhooks={"https://hub.example/code": "https://api.github.com/repos/acme/site/hooks"},
        every=900.0,
    )


def test_recovery_asks_by_the_token_of_its_secret(
    aws: Aws, deploy: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.secret = "github_pat_1"
    requests: list[HttpRequest] = []
    hook = {"id": 7, "config": {"url": "https://hub.example/code"}}
    failed = {"id": 42, "guid": "g", "delivered_at": "2027-01-15T07:50:00Z", "redelivery": False}
    bodies: list[Any] = [[hook], [{**failed, "status_code": 502}], {}]

    def send(request: HttpRequest, max_kept: int | None) -> HttpResponse:
        requests.append(request)
        return HttpResponse(200, body=json.dumps(bodies.pop(0)).encode()[:max_kept])

    monkeypatch.setattr(http, "send", send)
    deploy("recovery", own=recovery_settings()).handle(RUN, None)
    assert [(request.method, request.url.path) for request in requests] == [
        ("GET", "/repos/acme/site/hooks"),
        ("GET", "/repos/acme/site/hooks/7/deliveries"),
        ("POST", "/repos/acme/site/hooks/7/deliveries/42/attempts"),
    ]
    assert {request.headers["authorization"] for request in requests} == {"Bearer github_pat_1"}
    assert aws.made("secretsmanager.get_secret_value") == [{"SecretId": "arn:secret"}]
    assert aws.published() == []
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["AskedAgain"] == [1.0]


def test_recovery_without_a_token_is_told(
    aws: Aws, deploy: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "read_document", lambda text: {})
    deploy("recovery", own=recovery_settings()).handle(RUN, None)
    [told] = aws.published()
    assert (told.type, told.source) == ("recovery.failed", "/subscribers/Recovery")
    assert told.notice.fields == {"Why": "no token is set; run: jamwire secret add recovery"}
    assert told.time == "2027-01-15T08:00:00.000Z"


def test_alarm_is_published_on_the_topic_and_logged(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable, value in AlarmEventsSettings(topic_arn="arn:topic").to_environment().items():
        monkeypatch.setenv(variable, value)
    module = importlib.reload(importlib.import_module("lambdas.alarm_events.handler"))
    module.handle({"Records": [{"messageId": "1", "body": json.dumps(ALARM)}]}, None)
    [call] = aws.made("sns.publish")
    assert call["TopicArn"] == "arn:topic"
    logged = json.loads(capsys.readouterr().out)
    assert (logged["event_type"], logged["alarm"]) == ("alarm.raised", ALARM["AlarmName"])
    assert logged["event_id"] == Event.from_json(call["Message"]).id
    module._publisher.cache_clear()


def test_state_is_read_from_its_table(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in LiveStateSettings(states_table="states").to_environment().items():
        monkeypatch.setenv(variable, value)
    module = importlib.reload(importlib.import_module("lambdas.live_state.handler"))
    request = {"rawPath": "/notice/line-12.json", "headers": {}, "requestContext": {}}
    assert module.handle(request, None)["statusCode"] == 200
    [call] = aws.made("dynamodb.get_item")
    assert call["TableName"] == "states"
    for kept in (module._states, module._settings):
        kept.cache_clear()


def test_visitors_key_is_renewed_for_almost_a_year(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in LiveKeySettings(api_id="api", key_id="da2-key").to_environment().items():
        monkeypatch.setenv(variable, value)
    importlib.import_module("lambdas.live_key.handler").handle({}, None)
    [call] = aws.made("appsync.update_api_key")
    assert (call["apiId"], call["id"]) == ("api", "da2-key")
    assert 363 <= (call["expires"] - time.time()) / 86_400 <= 365
