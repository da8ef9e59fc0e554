"""An account with a deployed function: its services note each call, and the function is called as Lambda does."""

import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.config import Config
from botocore.credentials import Credentials

from lambdas.clients import http
from lambdas.clients.http import HttpResponse
from lambdas.contracts.event import Event
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import DESTINATION, Key, write_document
from tests.fakes.subscriber import a_record

NOW = time.time()
"""A handler reads the time itself."""

RUN = {"time": "2027-01-15T08:00:00Z"}
"""What EventBridge says of a scheduled run (EventBridge user guide, "Scheduled events")."""


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
