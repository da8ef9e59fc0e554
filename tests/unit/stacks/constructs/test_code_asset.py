"""A function is made of what it imports: a change touches only those who run it."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from stacks.constructs.code_asset import ROOT, files_of, handler_code


def names(handler: str) -> set[str]:
    return {str(path.relative_to(ROOT / "lambdas")) for path in files_of(handler)}


def test_a_subscriber_has_its_own_folder_the_runtime_and_the_event() -> None:
    files = names("lambdas.slack.handler.handle")
    assert {
        "slack/handler.py",
        "slack/message.py",
        "runtime/worker.py",
        "runtime/payloads.py",
        "contracts/event.py",
        "__init__.py",
    } <= files
    assert not [name for name in files if name.startswith(("ingest/", "sms/", "cdn/"))]


def test_ingest_carries_no_runtime() -> None:
    files = names("lambdas.ingest.handler.handle")
    assert {"ingest/handler.py", "contracts/event.py", "clients/secrets.py"} <= files
    assert not [name for name in files if name.startswith("runtime/")]


@pytest.mark.parametrize("handler", ["lambdas.nowhere.handle", "stacks.hub.handle", "handle"])
def test_a_handler_that_is_none_is_refused(handler: str) -> None:
    with pytest.raises(ValueError, match=r"^The handler is .*, expected"):
        files_of(handler)


def digest(**documents: str) -> str:
    """The hash of ingest's asset, as CloudFormation is told of it."""
    stack = cdk.Stack(cdk.App(), "Stack")
    with handler_code("lambdas.ingest.handler.handle", documents) as code:
        key = code.bind(stack).s3_location.object_key
    assert isinstance(code, lambda_.Code)
    return key


def test_asset_is_known_by_what_is_in_it() -> None:
    assert digest(endpoints="{}") == digest(endpoints="{}")
    assert len({digest(), digest(endpoints="{}"), digest(endpoints="[]")}) == 3
