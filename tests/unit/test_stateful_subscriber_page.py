"""The example of docs/stateful-subscriber.md is deployed and run as it is printed."""

import importlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

import lambdas
import stacks
from lambdas.runtime import Retry
from lambdas.runtime.stateful import StatefulSubscriber
from stacks.constructs import code_asset
from stacks.hub import HubStack
from tests.fakes.events import NOON, happening
from tests.fakes.state_store import MemoryStore
from tests.unit.stacks.rulebook import ENDPOINTS, ROOT, context, resources

PAGE = ROOT / "docs" / "stateful-subscriber.md"
MAX_LINES = 60
NEW = ("stacks.hourly", "lambdas.hourly", "lambdas.hourly.core", "lambdas.hourly.handler")


def files() -> dict[str, str]:
    """The example's files, each named in the paragraph before its code."""
    found = re.findall(r"^`([\w/]+\.py)`.*?```python\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    return dict(found)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example beside the project's own code."""
    shutil.copytree(ROOT / "lambdas", tmp_path / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(code_asset, "ROOT", tmp_path)
    for package in (lambdas, stacks):
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / package.__name__)])
    yield
    for module in NEW:
        sys.modules.pop(module, None)


def test_example_is_short() -> None:
    assert list(files()) == ["stacks/hourly.py", "lambdas/hourly/core.py", "lambdas/hourly/handler.py"]
    assert sum(len(text.splitlines()) for text in files().values()) <= MAX_LINES


def test_example_is_deployed_with_table_topic_and_grants(example: None) -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    stack = importlib.import_module("stacks.hourly").HourlyStack(app, "Hourly", hub=hub)
    template = Template.from_stack(stack)
    [function] = resources(template, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    assert function["Handler"] == "lambdas.hourly.handler.handle"
    assert variables["STACK_ID"] == "Hourly"
    assert "Documents" in variables["STATE_TABLE"]["Ref"]
    assert "TOPIC_ARN" in variables
    allowed = [
        statement["Action"]
        for policy in resources(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert ["dynamodb:GetItem", "dynamodb:PutItem"] in allowed
    assert "sns:Publish" in allowed


def test_example_counts_an_hour_and_tells_once(example: None) -> None:
    handler = importlib.import_module("lambdas.hourly.handler")
    now, published = NOON, []
    hourly: StatefulSubscriber[Any, Any, Any] = StatefulSubscriber(
        stack_id="Hourly",
        core=handler.Hourly(),
        store=MemoryStore(),
        publish=published.append,
        clock=lambda: now,
    )
    forms = [happening("form.submitted", id=f"form-{number}") for number in range(3)]
    with pytest.raises(Retry) as first:
        hourly.handle(forms[:2])
    assert (first.value.after, list(first.value.of)) == (3600, forms[1:2])
    now += 1800
    with pytest.raises(Retry) as second:
        hourly.handle(forms[2:])
    assert (second.value.after, list(second.value.of)) == (1800, forms[2:])
    now += 1800
    hourly.handle(forms[1:])
    [told] = published
    assert (told.type, told.source) == ("notice.sent", "/subscribers/Hourly")
    assert told.notice.title == "Forms in the last hour: 3"
    hourly.handle(forms)
    assert len(published) == 1
