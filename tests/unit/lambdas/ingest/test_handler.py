"""What the sender is answered, and what our log is told."""

import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError

from lambdas.contracts.keyring import Key, write_document
from lambdas.ingest import handler
from lambdas.ingest.request import Request
from lambdas.ingest.request_log import RequestLog
from tests.fakes.ingest import NOW, IngestHarness, a_request, as_api_gateway
from tests.unit.lambdas.ingest.every_source import PAIRS, sample

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(harness: IngestHarness, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setattr(handler, "_ingest", lambda: harness.ingest)
    monkeypatch.setattr(
        handler, "_request_log", lambda: RequestLog("Jamwire-Ingest", "Jamwire", clock=lambda: NOW)
    )

    def ask(request: Request, **how: Any) -> dict[str, Any]:
        return handler.handle(as_api_gateway(request, **how), None)

    return ask


def log(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [line] = capsys.readouterr().out.splitlines()
    return dict(json.loads(line))


@pytest.mark.parametrize("base64_encoded", [False, True])
def test_accepted_is_exactly_200_in_json_with_the_id(ask: Ask, base64_encoded: bool) -> None:
    answer = ask(sample("netlify/deploy-failed"), base64_encoded=base64_encoded)
    assert answer["statusCode"] == 200
    assert answer["headers"] == {"content-type": "application/json"}
    assert len(json.loads(answer["body"])["id"]) == 32


def slack_form(body: bytes) -> Request:
    """What a person did in Slack, signed."""
    request = a_request("slack", body, x_slack_request_timestamp=str(int(NOW)))
    message = b"v0:%d:%b" % (NOW, body)
    signature = hmac.digest(PAIRS["slack"][0].encode(), message, "sha256").hex()
    return replace(request, headers={**request.headers, "x-slack-signature": f"v0={signature}"})


@pytest.mark.parametrize(
    "body",
    [
        b"payload=" + quote('{"type": "view_submission", "view": {"id": "V7"}}').encode(),
        b"payload=" + quote('{"type": "block_actions", "actions": []}').encode(),
        b"payload=" + quote('{"type": "shortcut"}').encode(),
        b"command=%2Fbus&text=12",
        b"command=%2Fbus&text=",
    ],
)
def test_what_a_person_does_in_slack_is_acknowledged_in_silence(
    ask: Ask, harness: IngestHarness, body: bytes
) -> None:
    answer = ask(slack_form(body))
    assert (answer["statusCode"], answer["body"], len(harness.published)) == (200, "", 1)


def test_event_of_slack_is_answered_in_json(ask: Ask) -> None:
    answer = ask(slack_form(b'{"type": "event_callback", "event": {"type": "app_mention", "text": "x"}}'))
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/json")
    assert json.loads(answer["body"])["id"]


def test_a_refusal_is_a_problem_document_that_tells_nothing(ask: Ask) -> None:
    answer = ask(sample("netlify/deploy-failed", tamper=True))
    assert answer["statusCode"] == 401
    assert answer["headers"] == {"content-type": "application/problem+json"}
    assert json.loads(answer["body"]) == {"type": "about:blank", "title": "Unauthorized", "status": 401}


def test_another_method_is_told_the_right_one(ask: Ask) -> None:
    answer = ask(a_request("netlify", method="GET"))
    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "POST")


def test_unavailable_service_is_answered_503(ask: Ask, harness: IngestHarness) -> None:
    harness.away = True
    answer = ask(sample("netlify/deploy-failed"))
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")


def test_internal_error_reveals_nothing(
    ask: Ask, harness: IngestHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(name: str) -> list[Any]:
        raise RuntimeError("with a body in it")

    monkeypatch.setattr(harness, "keys", broken)
    answer = ask(sample("netlify/deploy-failed"))
    assert answer["statusCode"] == 500
    assert "with a body" not in answer["body"]
    told = log(capsys)
    assert told["outcome"] == "failed"
    assert told["reason"].startswith(f"RuntimeError in {__name__}:")
    assert "with a body" not in json.dumps(told)


def test_log_line_has_id_and_type_and_no_content(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    request = sample("netlify/form-submitted")
    answer = ask(request)
    told = log(capsys)
    assert told["event_id"] == json.loads(answer["body"])["id"]
    assert (told["outcome"], told["event_type"], told["endpoint"]) == (
        "accepted",
        "form.submitted",
        "netlify",
    )
    assert told["bytes"] == len(request.body)
    [metric] = told["_aws"]["CloudWatchMetrics"]
    assert ([counted["Name"] for counted in metric["Metrics"]], told["Accepted"]) == (["Accepted"], 1)
    assert "count" not in told
    assert "ada@example.com" not in json.dumps(told)


def test_the_log_names_a_reason_but_no_strangers_text(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    ask(a_request("<script>"))
    told = log(capsys)
    assert (told["outcome"], told["reason"]) == ("rejected", "no such endpoint")
    assert "script" not in json.dumps(told)


def test_invalid_base64_is_refused(ask: Ask) -> None:
    event = as_api_gateway(a_request("netlify")) | {"body": "***", "isBase64Encoded": True}
    assert handler.handle(event, None)["statusCode"] == 400


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The calls of AWS that ingest makes, each answered."""
    calls: list[tuple[str, dict[str, Any]]] = []
    secret = write_document({"zap": [Key("1", "secret", "")]})

    def answer(client: BaseClient, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        calls.append((operation, arguments))
        return {"SecretString": secret}

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    for name in ("SECRET_ARN", "TOPIC_ARN"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("PAYLOADS_BUCKET", "payloads")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("ENDPOINTS_FILE", "endpoints.json")
    (tmp_path / "endpoints.json").write_text('{"zap": {"source": "token"}}')
    monkeypatch.delenv("REPETITIONS_TABLE", raising=False)
    for made in (handler._ingest, handler._s3, handler._dynamodb):
        made.cache_clear()
    return calls


def a_post(length: int) -> dict[str, Any]:
    body = {"title": "x", "more": "y" * length}
    return as_api_gateway(a_request("zap", body, authorization="Bearer secret"))


def test_a_client_of_s3_is_made_only_when_it_is_needed(wired: list[tuple[str, dict[str, Any]]]) -> None:
    assert handler.handle(a_post(10), None)["statusCode"] == 200
    assert [operation for operation, _ in wired] == ["GetSecretValue", "Publish"]
    assert handler._s3.cache_info().currsize == 0


def test_an_item_is_asked_only_where_there_is_a_table(
    wired: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler.handle(a_post(10), None)
    assert [operation for operation, _ in wired] == ["GetSecretValue", "Publish"]
    monkeypatch.setenv("REPETITIONS_TABLE", "repetitions")
    handler._ingest.cache_clear()
    wired.clear()
    handler.handle(a_post(10), None)
    assert [operation for operation, _ in wired] == ["GetSecretValue", "UpdateItem", "Publish"]
    assert wired[1][1]["TableName"] == "repetitions"


def test_event_is_published_where_dynamodb_is_away(
    wired: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def away(**call: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    monkeypatch.setenv("REPETITIONS_TABLE", "repetitions")
    monkeypatch.setattr(handler._dynamodb(), "update_item", away)
    assert handler.handle(a_post(10), None)["statusCode"] == 200
    told = log(capsys)
    assert (told["outcome"], told["Accepted"], told["RepetitionsUnknown"]) == ("accepted", 1, 1)


def test_a_large_payload_is_an_object_in_the_bucket(
    wired: list[tuple[str, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = handler.handle(a_post(500_000), None)
    id = json.loads(answer["body"])["id"]
    [_, (_, put), (_, publish)] = wired
    assert (put["Bucket"], put["Key"], put["ContentType"]) == (
        "payloads",
        f"zap/{id}.json",
        "application/json",
    )
    assert json.loads(put["Body"])["more"] == "y" * 500_000
    assert json.loads(publish["Message"])["dataref"] == f"s3://payloads/zap/{id}.json"
    assert json.loads(publish["Message"])["data"]["payload"] is None
    assert "yyy" not in json.dumps(log(capsys))


def a_list(*items: Any) -> dict[str, Any]:
    return as_api_gateway(a_request("zap", list(items), authorization="Bearer secret", idempotency_key="k"))


def test_list_is_answered_with_all_ids_and_logged_in_one_line(
    wired: list[tuple[str, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = handler.handle(a_list({"title": "Ada"}, "broken", *[{"title": "x"}] * 11), None)
    told = json.loads(answer["body"])
    assert (answer["statusCode"], len(set(told["ids"])), told["id"]) == (200, 12, told["ids"][0])
    assert [operation for operation, _ in wired] == ["GetSecretValue", "PublishBatch", "PublishBatch"]
    line = log(capsys)
    assert (line["event_id"], line["count"], line["refused"]) == (told["id"], 12, [1])
    assert (line["Accepted"], line["RefusedItems"]) == (12, 1)
    assert "Ada" not in json.dumps(line)
    assert "broken" not in json.dumps(line)


def test_list_of_which_sns_refuses_a_part_is_asked_for_again(
    wired: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(**call: Any) -> dict[str, Any]:
        return {"Successful": [], "Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(handler._SNS, "publish_batch", refuse)
    answer = handler.handle(a_list({"title": "one"}, {"title": "two"}), None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")
    assert log(capsys)["reason"] == "the event cannot be published: NotPublishedError"


def test_empty_list_of_a_feed_is_answered_without_an_id(
    wired: list[tuple[str, dict[str, Any]]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mapping = {"each": "[]"}
    (tmp_path / "endpoints.json").write_text(json.dumps({"zap": {"source": "token", "mapping": mapping}}))
    assert json.loads(handler.handle(a_list(), None)["body"]) == {"id": None, "ids": []}
    assert [operation for operation, _ in wired] == ["GetSecretValue"]
    assert "Accepted" not in log(capsys)


def test_notice_and_time_that_are_not_found_are_counted(
    wired: list[tuple[str, dict[str, Any]]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mapping = {"notice": {"title": "Line {line}", "time": "{at}"}}
    (tmp_path / "endpoints.json").write_text(json.dumps({"zap": {"source": "token", "mapping": mapping}}))
    assert handler.handle(a_list({"at": "soon"}, {"line": 12}), None)["statusCode"] == 200
    line = log(capsys)
    assert (line["Accepted"], line["UnmappedNotices"], line["UnreadTimes"]) == (2, 1, 1)
    assert len(line["_aws"]["CloudWatchMetrics"][0]["Metrics"]) == 3


def test_where_s3_is_away_the_log_says_so(
    wired: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def away(**call: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.example")

    monkeypatch.setattr(handler._s3(), "put_object", away)
    answer = handler.handle(a_post(500_000), None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")
    assert [operation for operation, _ in wired] == ["GetSecretValue"]
    assert log(capsys)["reason"] == "the payload cannot be stored: EndpointConnectionError"


@pytest.mark.parametrize("operation", ["keys", "refresh"])
def test_where_secrets_cannot_be_read_the_sender_is_asked_again(
    wired: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    operation: str,
) -> None:
    def away(self: object, *_: str) -> None:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager.example")

    monkeypatch.setattr(f"lambdas.clients.secrets.Keyring.{operation}", away)
    wrong = as_api_gateway(a_request("zap", {"title": "x"}, authorization="Bearer wrong"))
    answer = handler.handle(wrong, None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")
    assert log(capsys)["reason"] == "the secrets cannot be read: EndpointConnectionError"


def test_event_of_eventbridge_is_published_and_named_in_the_answer(
    wired: list[tuple[str, dict[str, Any]]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "endpoints.json").write_text('{"app": {"source": "amplify"}}')
    detail = {"appId": "d7", "branchName": "main", "jobId": "9", "jobStatus": "SUCCEED"}
    answer = handler.handle({"endpoint": "app", "event": {"id": "e7", "detail": detail}}, None)
    [(operation, call)] = wired
    assert (operation, json.loads(call["Message"])["id"]) == ("Publish", answer["id"])
    line = log(capsys)
    assert (line["outcome"], line["event_id"], line["endpoint"]) == ("accepted", answer["id"], "app")


def test_handshake_is_logged_as_one(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c7"}).encode()
    assert "c7" in ask(slack_form(body))["body"]
    line = log(capsys)
    assert (line["outcome"], line["event_type"]) == ("accepted", "handshake")
    assert line.keys().isdisjoint({"Accepted", "_aws"})
    assert line["ms"] >= 0
