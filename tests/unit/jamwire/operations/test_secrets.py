"""What is taken for the secret of a destination."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.secrets import add_secret, list_secrets, subscriber_of

NETLIFY = "https://api.netlify.com/build_hooks/5c23354f454e1350f8543e78"


@dataclass
class Account:
    """An account with a hub, a Slack channel and a build host."""

    target: str = "netlify"
    secrets: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> "Account":
        return self

    def get_paginator(self, name: str) -> "Account":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        outputs = {
            "Hub": {
                "SecretArn": "hub",
                "Endpoints": '{"site":{"source":"netlify"}}',
                "Url": "https://x",
                "ApiId": "a",
            },
            "Slack": {"SecretArn": "slack", "FallbackSecretArn": "fallback"},
            "Rebuild": {"SecretArn": "rebuild", "Target": self.target},
            "Recovery": {"TokenArn": "recovery"},
        }
        return [
            {
                "Stacks": [
                    {
                        "StackName": f"Jamwire-{name}",
                        "StackStatus": "CREATE_COMPLETE",
                        "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in values.items()],
                    }
                    for name, values in outputs.items()
                ]
            }
        ]

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        return {"SecretString": self.secrets.get(SecretId, "{}"), "VersionId": "1"}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.secrets[SecretId] = SecretString


def deployment(target: str = "netlify") -> Deployment:
    return Deployment("Jamwire", client=Account(target).client)


def test_build_hook_is_kept_for_its_stack() -> None:
    made = deployment()
    add_secret(made, "rebuild", NETLIFY)
    assert [key.value for key in list_secrets(made, "rebuild")] == [NETLIFY]
    assert list_secrets(made, "slack") == []


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("netlify", "https://hooks.slack.com/services/T/B/x"),
        ("netlify", "https://api.netlify.com/build_hooks/"),
        ("vercel", NETLIFY),
        ("github", "https://api.github.com/repos/acme/docs/dispatches"),
    ],
)
def test_hook_of_another_build_host_is_refused(target: str, url: str) -> None:
    with pytest.raises(
        OperationError, match=f"^This is not a valid build hook of {target}; expected one as https://"
    ):
        add_secret(deployment(target), "rebuild", url)


def test_webhook_of_a_destination_may_be_anywhere() -> None:
    add_secret(deployment(), "slack", "https://hooks.slack.com/services/T/B/x")
    with pytest.raises(OperationError, match="not a valid webhook URL"):
        add_secret(deployment(), "slack", "hooks.slack.com")


def test_token_is_kept_as_it_is() -> None:
    made = deployment()
    add_secret(made, "recovery", "github_pat_11ABC_x-y")
    assert [key.value for key in list_secrets(made, "recovery")] == ["github_pat_11ABC_x-y"]


@pytest.mark.parametrize("token", ["github pat", "github_pat_\u2019", "a\tb"])
def test_token_that_no_header_can_carry_is_refused(token: str) -> None:
    with pytest.raises(OperationError, match="not a valid token") as refused:
        add_secret(deployment(), "recovery", token)
    assert token not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "subscriber"),
    [
        ("slack", "slack"),
        ("Slack", "slack"),
        ("slack-fallback", "slack"),
        ("rebuild", "rebuild"),
        ("recovery", ""),
        ("site", ""),
    ],
)
def test_destination_has_a_subscriber_and_an_endpoint_none(name: str, subscriber: str) -> None:
    assert subscriber_of(deployment(), name) == subscriber
