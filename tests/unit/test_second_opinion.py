"""The services' own APIs refuse what is wrong in a template, of whatever kind; and every exemption is found out."""

import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.second_opinion import checkov
from tests.second_opinion.checkov import Finding
from tests.second_opinion.exemptions import EXEMPTIONS
from tests.second_opinion.services import refused
from tests.templates_check import lint, verdict
from tests.unit.stacks.rulebook import shipped

Resources = dict[str, dict[str, Any]]
STACKS = ("Jamwire-Hub", "Jamwire-Slack", "Jamwire-Archive")


def of_type(resources: Resources, kind: str) -> dict[str, Any]:
    return next(r["Properties"] for r in resources.values() if r["Type"] == kind)


def deep_filter(resources: Resources) -> None:
    of_type(resources, "AWS::SNS::Subscription")["FilterPolicy"] = {"type": [{"suffixes": "x"}]}


def endless_alarm(resources: Resources) -> None:
    of_type(resources, "AWS::CloudWatch::Alarm")["EvaluationPeriods"] = "six"


def misspelt_visibility(resources: Resources) -> None:
    of_type(resources, "AWS::SQS::Queue")["VisibilityTimeOut"] = 180


def slow_function(resources: Resources) -> None:
    of_type(resources, "AWS::Lambda::Function")["Timeouts"] = 3


def large_environment(resources: Resources) -> None:
    of_type(resources, "AWS::Lambda::Function")["Environment"]["Variables"]["MORE"] = '"' * 2100


def unknown_type(resources: Resources) -> None:
    resources["New"] = {"Type": "AWS::Pipes::Pipe", "Properties": {}}


FAULTS: list[Callable[[Resources], None]] = [
    deep_filter,
    endless_alarm,
    misspelt_visibility,
    slow_function,
    large_environment,
    unknown_type,
]


def templates() -> dict[str, Any]:
    return {name: copy.deepcopy(shipped()[name]) for name in STACKS}


def test_services_take_every_resource() -> None:
    assert list(refused(templates())) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_services_refuse_what_is_wrong(fault: Callable[[Resources], None]) -> None:
    changed = templates()
    fault(changed["Jamwire-Slack"]["Resources"])
    assert list(refused(changed)) != []


@pytest.mark.parametrize(
    "fault", [misspelt_visibility, slow_function, endless_alarm], ids=lambda f: f.__name__
)
def test_cfn_lint_finds_what_is_wrong(fault: Callable[[Resources], None], tmp_path: Path) -> None:
    changed = templates()["Jamwire-Slack"]
    fault(changed["Resources"])
    (tmp_path / "Slack.json").write_text(json.dumps(changed))
    assert verdict("cfn-lint", lambda: lint(str(tmp_path)), 1) == 1


def test_cfn_lint_that_fails_is_no_consent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = tmp_path / "cfn-lint"
    failing.write_text("#!/bin/sh\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(RuntimeError):
        lint(str(tmp_path))


def test_undefined_attribute_of_an_index_is_refused() -> None:
    changed = templates()
    resources = changed["Jamwire-Archive"]["Resources"]
    [table] = [r["Properties"] for id, r in resources.items() if id.startswith("EventStore")]
    table["AttributeDefinitions"].pop()
    assert any(line.startswith("Jamwire-Archive/EventStore") for line in refused(changed))


def a_finding(check: str, resource: str) -> Finding:
    return Finding(check, "Ensure that it is so", "x.json", resource)


def test_finding_without_a_reason_is_told() -> None:
    [line] = [
        line
        for line in checkov.judged([a_finding("CKV_AWS_20", "AWS::S3::Bucket.Pages")])
        if "nothing to pass over" not in line
    ]
    assert line == "x.json: AWS::S3::Bucket.Pages: CKV_AWS_20 Ensure that it is so"


def test_reason_without_a_finding_is_told() -> None:
    assert len(list(checkov.judged([]))) == len(EXEMPTIONS)


def test_reason_is_given_for_its_resources_only() -> None:
    found = a_finding("CKV_AWS_26", "AWS::SNS::Topic.Events4C2")
    assert any(line.startswith("x.json: AWS::SNS::Topic.Events") for line in checkov.judged([found]))
