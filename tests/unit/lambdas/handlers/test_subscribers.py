"""Each subscriber as Lambda calls it: by its environment and its handler alone, from the message to the destination."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.clients.http import HttpResponse
from lambdas.clients.transport import Transport
from lambdas.contracts.environment import Settings
from lambdas.contracts.event import timestamp
from lambdas.contracts.settings import (
    ArchiveSettings,
    CdnSettings,
    LiveSettings,
    RebuildSettings,
    SlackSettings,
    SmsSettings,
    StorySettings,
)
from lambdas.contracts.sms_limits import Budget
from tests.fakes.events import happening
from tests.unit.lambdas.handlers.account import NOW, Aws, Deployed, answer_to_http, invoke

SLACK_URL = "https://hooks.slack.example/services/T/B/secret"
BUILD_HOOK = "https://api.netlify.com/build_hooks/0123456789abcdef01234567"
APPSYNC_URL = "https://abc.appsync-api.us-east-1.amazonaws.com/event"


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

    def send(self: Transport, request: Any) -> Any:
        pushed.append(json.loads(request.body)["channel"])
        return SimpleNamespace(status_code=200, content=b"{}", headers={})

    monkeypatch.setattr(Transport, "send", send)
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
