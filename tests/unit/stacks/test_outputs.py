"""Stacks write the outputs that `jamwire` reads, each under its one name."""

from typing import Any, get_args

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from lambdas.contracts.live_private import PrivateTopics
from lambdas.contracts.outputs import HubOutput, Output, SubscriberOutput
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.endpoints import Endpoint
from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.slack import SlackStack
from tests.unit.stacks.rulebook import context, shipped, template_of

ACCOUNT = PrivateTopics(beginning="account", issuer="https://issuer.test", audience="client")


def outputs_of(*templates: dict[str, dict[str, object]]) -> set[str]:
    """Names of outputs, without those that the CDK writes for its own references between stacks."""
    names = {name for template in templates for name in template.get("Outputs", {})}
    return {name for name in names if not name.startswith("PublishOutputRef")}


def test_every_output_is_written_under_a_known_name() -> None:
    with_fallback = template_of(lambda app, hub: SlackStack(app, "Slack", hub=hub, fallback=True)).to_json()
    private = template_of(
        lambda app, hub: LiveStack(app, "Live", hub=hub, when=["notice.*"], private=ACCOUNT)
    )
    known = {str(name) for kind in get_args(Output) if kind is not SubscriberOutput for name in kind}
    subscriber = {f"Subscriber{name}" for name in SubscriberOutput}
    found = outputs_of(*shipped().values(), with_fallback, private.to_json(), expecting_hub())
    assert found == known | subscriber


def expecting_hub() -> dict[str, Any]:
    """The template of a hub that expects something of an endpoint."""
    endpoints = {"cms": Endpoint("contentful", expect=cdk.Duration.hours(24))}
    return dict(
        Template.from_stack(HubStack(cdk.App(context=context()), "Hub", endpoints=endpoints)).to_json()
    )


def test_hub_writes_every_output_of_a_hub() -> None:
    assert outputs_of(expecting_hub()) == set(HubOutput)
    assert set(HubOutput) - outputs_of(shipped()["Jamwire-Hub"]) == {HubOutput.SILENCE_TABLE}


@pytest.mark.parametrize(("id", "prefix"), [("Second", "Second"), ("On-call", "Oncall")])
def test_outputs_of_several_subscribers_begin_with_their_ids(id: str, prefix: str) -> None:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        stack = JamwireStack(app, "Pager", hub=hub)
        for name in ("Subscriber", id):
            Subscriber(stack, name, hub=hub, handler="lambdas.cdn.handler.handle", idempotent=True)
        return stack

    # What is idempotent has no rate limit.
    written = set(SubscriberOutput) - {SubscriberOutput.RATE_LIMIT}
    expected = {f"{first}{name}" for first in ("Subscriber", prefix) for name in written}
    assert outputs_of(template_of(build).to_json()) == expected


def test_rate_limit_is_told_in_calls_a_second() -> None:
    assert shipped()["Jamwire-Slack"]["Outputs"]["SubscriberRateLimit"]["Value"] == "1"
    assert "SubscriberRateLimit" not in shipped()["Jamwire-Archive"]["Outputs"]
