"""How open pages listen: in AWS by TLS, and on a local account as that speaks."""

from typing import Any

import pytest

from jamwire.operations.deployment import Deployment
from jamwire.operations.live import listening_to

OUTPUTS = {
    "RealtimeUrl": "wss://abc.appsync-realtime-api.eu-west-1.amazonaws.com/event/realtime",
    "HttpUrl": "https://abc.appsync-api.eu-west-1.amazonaws.com/event",
    "ApiKey": "da2-abc",
    "StateUrl": "https://d123.cloudfront.net/",
}


PRIVATE = {"PrivateStateUrl": "https://xyz.execute-api.eu-west-1.amazonaws.com/"}


class CloudFormation:
    """Two stacks, of which one pushes."""

    def __init__(self, outputs: dict[str, str] = OUTPUTS) -> None:
        self._outputs = outputs

    def get_paginator(self, _: str) -> "CloudFormation":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [
            {"Stacks": [stack("Jamwire-Live", self._outputs), stack("Jamwire-Slack", {"SecretArn": "x"})]}
        ]


def stack(name: str, outputs: dict[str, str]) -> dict[str, Any]:
    listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    return {"StackName": name, "StackStatus": "CREATE_COMPLETE", "Outputs": listed}


def deployment(local_url: str = "") -> Deployment:
    return Deployment("Jamwire", client=lambda _: CloudFormation(), local_url=local_url)


def test_page_gets_the_tag_and_the_policy_to_listen() -> None:
    [live] = listening_to(deployment())
    assert live.stack == "Live"
    assert live.tag == (
        '<script type="module" src="/jamwire-live.js" '
        f'data-jamwire-url="{OUTPUTS["RealtimeUrl"]}" data-jamwire-key="da2-abc" '
        'data-jamwire-state="https://d123.cloudfront.net/"></script>'
    )
    assert live.policy == (
        "script-src 'self'; connect-src 'self' wss://abc.appsync-realtime-api.eu-west-1.amazonaws.com https://d123.cloudfront.net"
    )


def test_site_may_ask_for_the_state_of_private_topics() -> None:
    private = Deployment("Jamwire", client=lambda _: CloudFormation(OUTPUTS | PRIVATE), local_url="")
    [live] = listening_to(private)
    assert live.private_state_url == PRIVATE["PrivateStateUrl"]
    assert live.policy.endswith(
        " https://d123.cloudfront.net https://xyz.execute-api.eu-west-1.amazonaws.com"
    )


@pytest.mark.parametrize(
    ("local_url", "scheme"), [("http://127.0.0.1:4000", "ws:"), ("https://127.0.0.1:4000", "wss:")]
)
def test_local_account_is_listened_to_as_it_speaks(local_url: str, scheme: str) -> None:
    [live] = listening_to(deployment(local_url))
    assert live.url.startswith(scheme)
