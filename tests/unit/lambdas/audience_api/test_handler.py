"""The function as Lambda calls it: by its environment and its handler alone."""

import base64
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.clients import aws as services
from lambdas.contracts.audience_settings import (
    AudienceApiSettings,
    AudienceSettings,
    ChannelQueues,
    EmailSettings,
    PushSettings,
)
from lambdas.contracts.audience_topics import Topics
from lambdas.followers.keys import encode
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.audience_api.world import ANN, EMAIL, PUSH, SITE, TEXT, TOPICS

SECRET = {
    **{name: encode(name.encode().ljust(32)) for name in ("data", "lookup", "links")},
    "push": [{"id": "new", "private": encode(b"\x02" * 32)}],
}


class Account:
    """Every service of an account: the table, the secret and the queues."""

    def __init__(self) -> None:
        self.table = AudienceTable()
        self.messages: list[dict[str, str]] = []
        self.error: Exception | None = None
        self.clients: list[str] = []

    def client(self, service: str, **_: Any) -> Any:
        self.clients.append(service)
        return self.table if service == "dynamodb" else self

    def get_secret_value(self, **call: str) -> dict[str, str]:
        assert call == {"SecretId": "arn:secret"}
        return {"SecretString": json.dumps(SECRET)}

    def send_message(self, **message: str) -> None:
        if self.error:
            raise self.error
        self.messages.append(message)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Account]:
    account = Account()
    monkeypatch.setattr(services, "session", lambda: account)
    monkeypatch.setattr(services, "carry", lambda client: None)  # there is no way to go
    services.client.cache_clear()  # type: ignore[attr-defined]
    (tmp_path / "topics.json").write_text(Topics(TOPICS).to_json())
    (tmp_path / "words.json").write_text('{"asked": "Look!"}')
    for settings in (
        AudienceSettings(table="table", secret_arn="arn:secret", topics_file="topics.json", site=SITE),
        ChannelQueues(push_queue_url="push", email_queue_url="email", email_questions_url="email-questions"),
        PushSettings(push_contact="mailto:web@example.com"),
        EmailSettings(email_from=ANN, email_consent="Mail me.", email_configuration_set="set"),
        AudienceApiSettings(words_file="words.json"),
    ):
        for name, value in settings.to_environment().items():
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    yield account
    services.client.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def function(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    module = importlib.import_module("lambdas.audience_api.handler")
    with monkeypatch.context() as start:
        start.setenv(services.ON_LAMBDA, "Api")
        yield importlib.reload(module)
    importlib.reload(module)


def event(body: str, *, encoded: bool = False, path: str = "/follow") -> dict[str, Any]:
    """What API Gateway sends (developer guide, "Lambda integrations for HTTP APIs", payload format 2.0)."""
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "t=t0ken",
        "headers": {"content-type": "application/json; charset=utf-8", "host": "abc.execute-api"},
        "requestContext": {
            "http": {"method": "POST", "path": path, "sourceIp": "203.0.113.7"},
            "stage": "$default",
        },
        "body": base64.b64encode(body.encode()).decode() if encoded else body,
        "isBase64Encoded": encoded,
    }


@pytest.mark.parametrize("encoded", [True, False])
def test_question_is_put_into_its_channels_queue(
    account: Account, function: ModuleType, encoded: bool
) -> None:
    answer = function.handle(event(json.dumps(EMAIL), encoded=encoded), None)
    assert (answer["statusCode"], json.loads(answer["body"])) == (202, {"message": "Look!"})
    [message] = account.messages
    assert message["QueueUrl"] == "email-questions"
    assert json.loads(message["MessageBody"])["kind"] == "question"
    assert ANN not in str(account.messages) + str(account.table.items)


def test_clients_are_made_while_the_function_starts(account: Account, function: ModuleType) -> None:
    assert sorted(account.clients) == ["dynamodb", "secretsmanager", "sqs"]
    function.handle(event(json.dumps(EMAIL)), None)
    assert sorted(account.clients) == ["dynamodb", "secretsmanager", "sqs"]


def test_libraries_are_imported_while_the_function_starts(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert function._libraries() == ["lambdas.followers.sealing"]
    function._libraries.cache_clear()
    monkeypatch.setenv("TEXT_QUEUE_URL", "text")
    assert function._libraries() == ["lambdas.followers.sealing", "phonenumbers"]


def test_browser_follows_in_the_table(account: Account, function: ModuleType) -> None:
    assert function.handle(event(json.dumps(PUSH)), None)["statusCode"] == 200
    assert account.table.partition("topic#push#line-12")


def test_channel_without_a_queue_is_not_there(function: ModuleType) -> None:
    assert function.handle(event(json.dumps(TEXT)), None)["statusCode"] == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [(json.dumps(EMAIL), 202), (json.dumps(EMAIL | {"address": "ann example"}), 400), ("{", 400)],
)
def test_log_line_holds_nothing_of_the_request(
    function: ModuleType, capsys: pytest.CaptureFixture[str], body: str, status: int
) -> None:
    function.handle(event(body), None)
    line = json.loads(capsys.readouterr().out)
    assert line.keys() == {"service", "route", "status", "ms"}
    assert (line["route"], line["status"]) == ("POST /follow", status)
    assert 0 < line["ms"] == round(line["ms"], 1) < 10_000


def test_strangers_path_is_not_logged(function: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    function.handle(event("", path=f"/{ANN}"), None)
    assert json.loads(capsys.readouterr().out)["route"] == ""


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (
            ClientError({"Error": {"Code": "ServiceUnavailable", "Message": ANN}}, "SendMessage"),
            503,
            "ClientError",
        ),
        (RuntimeError(ANN), 500, "RuntimeError"),
    ],
)
def test_failure_of_ours_is_answered_and_tells_nothing(
    account: Account,
    function: ModuleType,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    status: int,
    name: str,
) -> None:
    account.error = error
    answer = function.handle(event(json.dumps(EMAIL)), None)
    logged = capsys.readouterr().out
    assert answer["statusCode"] == json.loads(logged)["status"] == status
    assert ("retry-after" in answer["headers"]) == (status == 503)
    assert json.loads(logged)["reason"].startswith(f"{name} in tests.unit.lambdas.audience_api.test_handler:")
    assert ANN not in answer["body"] + logged
