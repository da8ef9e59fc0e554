"""What can be followed, as the public endpoint says it."""

import json

import pytest

from jamwire.operations.audience import topics
from jamwire.operations.errors import OperationError
from jamwire.operations.http_client import EndpointResponse
from tests.fakes.audience_account import AudienceAccount


def answer(monkeypatch: pytest.MonkeyPatch, body: str) -> list[str]:
    asked: list[str] = []

    def get(url: str) -> EndpointResponse:
        asked.append(url)
        return EndpointResponse(200, body)

    monkeypatch.setattr(topics, "get", get)
    return asked


def test_topics_are_those_of_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "site": {"zone": "Europe/Berlin"},
        "channels": {"text": {"countries": ["DE", "AT"]}},
        "topics": [{"name": "line-*", "title": "Line {}", "text": "Delays."}],
    }
    asked = answer(monkeypatch, json.dumps(said))
    known = topics.public_settings(AudienceAccount().audience)
    assert (known.topics.can_follow("line-12"), known.topics.can_follow("news")) == (True, False)
    assert (known.countries, known.zone) == (("DE", "AT"), "Europe/Berlin")
    assert asked == ["https://a2.execute-api.us-east-1.amazonaws.com/settings"]


@pytest.mark.parametrize("body", ["", "{}", "<html>", '{"topics": [{}]}'])
def test_endpoint_that_does_not_say_is_told(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    answer(monkeypatch, body)
    with pytest.raises(OperationError, match="does not say what can be followed"):
        topics.public_settings(AudienceAccount().audience)


def test_endpoint_of_a_local_account_is_asked_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer(monkeypatch, '{"site": {}, "channels": {}, "topics": []}')
    account = AudienceAccount()
    account.deployment.local_url = "http://127.0.0.1:4566"
    assert topics.public_settings(account.audience).countries == ()
    assert asked == ["http://127.0.0.1:4566/_aws/execute-api/a2/settings"]
