"""Whoever expects something of an endpoint gets what tells of its silence; nobody else pays for it."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration

from lambdas.ingest.endpoints import read_endpoints
from stacks.endpoints import Endpoint
from stacks.hub import HubStack
from tests.unit.stacks.rulebook import context, resources

Document = dict[str, Any]
EXPECTING = {"cms": Endpoint("contentful", expect=Duration.hours(24)), "site": "netlify"}


def synthesised(endpoints: Any) -> tuple[Document, Path]:
    app = cdk.App(context=context())
    HubStack(app, "Hub", endpoints=endpoints)
    assembly = app.synth()
    return dict(assembly.get_stack_by_name("Jamwire-Hub").template), Path(assembly.directory)


def silence_function(template: Document) -> Document:
    [function] = [
        f
        for f in resources(template, "AWS::Lambda::Function")
        if f["Handler"] == "lambdas.silence.handler.handle"
    ]
    return function


def test_hub_that_expects_nothing_has_nothing_for_it() -> None:
    template, _ = synthesised({"site": "netlify", "code": "github"})
    for kind in ("AWS::Events::Rule", "AWS::DynamoDB::Table"):
        assert resources(template, kind) == []
    assert len(resources(template, "AWS::Lambda::Function")) == 1
    assert "SilenceTable" not in template["Outputs"]


def test_hub_that_expects_something_looks_every_five_minutes() -> None:
    template, folder = synthesised(EXPECTING)
    [rule] = resources(template, "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    function = silence_function(template)
    asset = folder / f"asset.{function['Code']['S3Key'].removesuffix('.zip')}"
    variables = function["Environment"]["Variables"]
    assert json.loads((asset / variables["EXPECTED_FILE"]).read_text()) == {"cms": 86_400, "site": 0}
    assert (asset / "lambdas" / "silence" / "handler.py").is_file()
    assert variables["STACK_ID"] == "Hub"
    assert template["Outputs"]["SilenceTable"]["Value"] == variables["STATE_TABLE"]


def test_silence_costs_one_alarm_and_no_secret() -> None:
    (with_it, _), (without, _) = synthesised(EXPECTING), synthesised({"cms": "contentful", "site": "netlify"})
    for kind in ("AWS::SecretsManager::Secret", "AWS::SQS::Queue"):
        assert len(resources(with_it, kind)) == len(resources(without, kind))
    names = [{a["AlarmName"] for a in resources(t, "AWS::CloudWatch::Alarm")} for t in (with_it, without)]
    assert names[0] - names[1] == {"Jamwire-SilenceUnknown"}


def test_looks_in_vain_raise_an_alarm() -> None:
    template, _ = synthesised(EXPECTING)
    [alarm] = [
        alarm
        for alarm in resources(template, "AWS::CloudWatch::Alarm")
        if alarm["AlarmName"] == "Jamwire-SilenceUnknown"
    ]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (300, 3, 6)


def test_function_of_silence_may_do_what_it_needs_only() -> None:
    template, _ = synthesised(EXPECTING)
    [policy] = [
        policy
        for policy in resources(template, "AWS::IAM::Policy")
        if "FilterLogEvents" in json.dumps(policy["PolicyDocument"])
    ]
    actions = {
        action
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert actions == {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "logs:CreateLogStream",
        "logs:FilterLogEvents",
        "logs:PutLogEvents",
        "sns:Publish",
    }
    assert all(statement["Resource"] != "*" for statement in policy["PolicyDocument"]["Statement"])


def test_output_of_endpoints_says_what_is_expected() -> None:
    template, _ = synthesised(EXPECTING)
    endpoints = read_endpoints(template["Outputs"]["Endpoints"]["Value"])
    assert {name: endpoint.expect for name, endpoint in endpoints.items()} == {"cms": 86_400, "site": 0}
