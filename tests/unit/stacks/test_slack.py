"""What a Slack channel's stack adds to a subscriber."""

import json
from typing import Any

import aws_cdk as cdk
import pytest

from lambdas.contracts.settings import SlackSettings
from stacks.hub import HubStack
from stacks.slack import SlackStack
from tests.unit.stacks.rulebook import resources, template_of


def outputs(**props: Any) -> dict[str, Any]:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        return SlackStack(app, "Slack", hub=hub, when=["deploy.*"], **props)

    return dict(template_of(build).to_json()["Outputs"])


def test_a_webhook_is_called_no_more_often_than_slack_allows() -> None:
    template = template_of(lambda app, hub: SlackStack(app, "Slack", hub=hub))
    [function] = resources(template, "AWS::Lambda::Function")
    assert json.loads(function["Environment"]["Variables"]["RATE_LIMIT"]) == {"per_second": 1, "burst": 3}


@pytest.mark.parametrize(("fallback", "there"), [(False, False), (True, True)])
def test_a_second_webhook_has_its_place_beside_the_first(fallback: bool, there: bool) -> None:
    found = outputs(fallback=fallback)
    assert ("FallbackSecretArn" in found) is there
    assert not there or found["FallbackSecretArn"] == found["SecretArn"]


def test_function_reads_the_settings_of_its_stack() -> None:
    template = template_of(lambda app, hub: SlackStack(app, "Ops", hub=hub))
    [function] = resources(template, "AWS::Lambda::Function")
    [(secret, _)] = template.find_resources("AWS::SecretsManager::Secret").items()
    variables = function["Environment"]["Variables"]
    assert SlackSettings.from_environment(variables).secret_arn == {"Ref": secret}
    assert variables["STACK_ID"] == "Ops"


def test_slack_reads_its_own_secret() -> None:
    template = template_of(lambda app, hub: SlackStack(app, "Ops", hub=hub))
    assert len(resources(template, "AWS::SecretsManager::Secret")) == 1
    [function] = resources(template, "AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["STACK_ID"] == "Ops"
