"""The function that asks for failed deliveries: what it may do, when it runs, and what it costs."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from lambdas.contracts.settings import RecoverySettings
from stacks.endpoints import Endpoint
from stacks.recovery import GitHubWebhooks, RecoveryStack
from tests.unit.stacks.rulebook import resources, template_of

ENDPOINTS: Mapping[str, str | Endpoint] = {
    "site": "netlify",
    "code": "github",
    "org": Endpoint("github", public_url="https://hooks.acme.example/org"),
}
WEBHOOKS = {"code": GitHubWebhooks("acme/site"), "org": GitHubWebhooks("acme")}


def recovery(endpoints: dict[str, GitHubWebhooks] = WEBHOOKS, **props: Any) -> Template:
    return template_of(
        lambda app, hub: RecoveryStack(app, "Recovery", hub=hub, endpoints=endpoints, **props),
        endpoints=ENDPOINTS,
    )


def statements(template: Template) -> list[dict[str, Any]]:
    return [
        statement
        for policy in resources(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_function_runs_every_quarter_of_an_hour() -> None:
    [rule] = resources(recovery(), "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(15 minutes)"


def test_run_that_fails_is_left_to_the_next_one() -> None:
    [invoked] = resources(recovery(), "AWS::Lambda::EventInvokeConfig")
    assert invoked["MaximumRetryAttempts"] == 0


def test_function_may_write_its_log_read_its_token_and_publish() -> None:
    actions = {action for one in statements(recovery()) for action in _listed(one["Action"])}
    assert actions == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"),
        "sns:Publish",
    }


def _listed(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else actions


def test_it_costs_no_alarm_no_queue_and_no_table() -> None:
    found = {resource["Type"] for resource in recovery().to_json()["Resources"].values()}
    assert found == {
        *("AWS::Lambda::Function", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::LayerVersion"),
        *("AWS::Lambda::Permission", "AWS::Logs::LogGroup", "AWS::IAM::Role", "AWS::IAM::Policy"),
        *("AWS::Events::Rule", "AWS::SecretsManager::Secret"),
    }


def test_function_is_told_each_endpoint_and_its_webhooks() -> None:
    template = recovery()
    [function] = resources(template, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    text = "".join(
        part if isinstance(part, str) else "https://api" for part in variables["WEBHOOKS"]["Fn::Join"][1]
    )
    assert json.loads(text) == {
        "https://api/code": "https://api.github.com/repos/acme/site/hooks",
        "https://hooks.acme.example/org": "https://api.github.com/orgs/acme/hooks",
    }
    settings = RecoverySettings.from_environment({**variables, "WEBHOOKS": text})
    assert (settings.stack_id, settings.every) == ("Recovery", 900)
    assert settings.secret_arn == template.to_json()["Outputs"]["TokenArn"]["Value"]


def test_github_of_ones_own_has_its_own_address() -> None:
    own = GitHubWebhooks("acme/site", api="https://github.acme.example/api/v3/")
    assert own.address == "https://github.acme.example/api/v3/repos/acme/site/hooks"


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"endpoints": {}}, "endpoints is empty"),
        ({"endpoints": {"cms": GitHubWebhooks("acme")}}, "endpoints has 'cms', expected .*: code, org"),
        (
            {"endpoints": {"site": GitHubWebhooks("acme")}},
            "endpoints has 'site', expected .* source 'github'",
        ),
        ({"endpoints": {"code": GitHubWebhooks("a/b/c")}}, "The webhooks are of 'a/b/c'"),
        ({"endpoints": {"code": GitHubWebhooks("acme/../x")}}, "The webhooks are of"),
        ({"endpoints": {"code": GitHubWebhooks("acme", api="http://x")}}, "begins with https://"),
        ({"every": cdk.Duration.minutes(14)}, "every is 840 s, expected 900 to 3600 s"),
        ({"every": cdk.Duration.minutes(61)}, "every is 3660 s"),
    ],
)
def test_mistake_is_told_in_a_sentence(props: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        recovery(**props)
