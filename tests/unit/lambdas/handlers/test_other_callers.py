"""Functions that a schedule, an alarm or a visitor calls: by their environment and their handler alone."""

import importlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from lambdas.clients import http, secrets
from lambdas.clients.dynamodb import to_item
from lambdas.clients.http import HttpResponse
from lambdas.contracts.environment import Settings
from lambdas.contracts.event import Event
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.settings import (
    AlarmEventsSettings,
    LiveKeySettings,
    LiveStateSettings,
    RecoverySettings,
    SilenceSettings,
)
from lambdas.contracts.silence import Hearing, Hearings
from lambdas.contracts.state_table import Record, item_of
from tests.fakes.alarms import ALARM
from tests.unit.lambdas.handlers.account import NOW, RUN, Aws, Deployed


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


def test_silence_is_published_on_the_topic_and_logged(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = SilenceSettings(
        stack_id="Hub",
        topic_arn="arn:topic",
        state_table="state",
        ingest_log="ingest",
        expected_file="expected.json",
    )
    (tmp_path / "expected.json").write_text('{"cms": 3600, "code": 3600}')
    names = {"LAMBDA_TASK_ROOT": str(tmp_path), "POWERTOOLS_SERVICE_NAME": "Jamwire-Silence"}
    for variable, value in (settings.to_environment() | names).items():
        monkeypatch.setenv(variable, value)
    known = {name: Hearing(since=NOW - 9000) for name in ("cms", "code")}
    record = Record(state=Hearings(endpoints=known, read_until=NOW - 300), version=1)
    aws.answers["dynamodb.get_item"] = {"Item": to_item(item_of("state", record, NOW))}
    module = importlib.reload(importlib.import_module("lambdas.silence.handler"))
    monkeypatch.setattr(module, "heard_between", lambda client, log, start, end: {"code": NOW})
    module.handle({}, None)
    [told] = aws.published()
    assert (told.type, told.source, told.subject) == ("endpoint.silent", "/subscribers/Hub", "cms")
    assert {call["TableName"] for call in aws.made("dynamodb.put_item")} == {"state"}
    line = json.loads(capsys.readouterr().out)
    assert line == {"service": "Jamwire-Silence", "outcome": "checked", "silent": ["cms"]}
    module._check.cache_clear()


def test_keys_are_filled_in_by_the_accounts_services(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("lambdas.audience_keys.handler")

    def fulfil(event: Any, services: Any) -> None:
        services.secrets.put_secret_value(SecretId=event["SecretArn"])
        services.texts().update_pool(PoolId="pool")

    monkeypatch.setattr(module, "fulfil", fulfil)
    module.handle({"SecretArn": "arn:secret"}, None)
    assert aws.calls == [
        ("secretsmanager.put_secret_value", {"SecretId": "arn:secret"}),
        ("pinpoint-sms-voice-v2.update_pool", {"PoolId": "pool"}),
    ]
