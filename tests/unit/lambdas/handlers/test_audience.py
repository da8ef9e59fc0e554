"""An audience's subscriber and its digests as Lambda calls them: by their environment and their handler alone."""

import json
from pathlib import Path

import pytest

from lambdas.contracts.audience_settings import AudienceSettings, ChannelQueues, SiteOfAudience
from lambdas.contracts.audience_topics import Topic, Topics
from tests.fakes.events import happening
from tests.unit.lambdas.handlers.account import NOW, RUN, Aws, Deployed, invoke


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
