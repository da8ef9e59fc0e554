"""What every function keeps to, whoever makes it."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from constructs import Construct

from stacks.constructs.function import ENVIRONMENT_BYTES, Function, environment_bytes
from tests.unit.stacks.rulebook import context


def function(**environment: str) -> Function:
    stack = cdk.Stack(cdk.App(context=context()), "Stack")
    return Function(
        Construct(stack, "Parts"),
        "Function",
        handler="lambdas.slack.handle",
        service="Pager",
        timeout=Duration.seconds(3),
        environment=environment,
    )


def room(environment: dict[str, str]) -> int:
    own = {"POWERTOOLS_SERVICE_NAME": "Pager", "POWERTOOLS_METRICS_NAMESPACE": "Jamwire"}
    return ENVIRONMENT_BYTES - len(json.dumps(own | environment))


def test_an_environment_that_just_fits_is_taken_and_one_byte_more_is_not() -> None:
    fits = "x" * room({"NAMES": ""})
    function(NAMES=fits)
    with pytest.raises(
        ValueError, match=r"^The environment of Pager is 4097 bytes as JSON, most of it NAMES, "
    ):
        function(NAMES=fits + "x")


def test_quotes_count_twice() -> None:
    quotes = '"' * (room({"NAMES": ""}) // 2)
    function(NAMES=quotes)
    with pytest.raises(ValueError, match=r"is 409[78] bytes"):
        function(NAMES=quotes + '"')


def test_what_only_the_deployment_knows_counts_with_room_for_it() -> None:
    queue = cdk.aws_sqs.Queue(cdk.Stack(cdk.App(), "Stack"), "Queue")
    assert environment_bytes({"URL": queue.queue_url}) == len('{"URL": ""}') + 160


def test_a_variable_that_comes_later_counts_too() -> None:
    made = function(NAMES="x" * room({"NAMES": ""}))
    with pytest.raises(ValueError, match="most of it NAMES"):
        made.set_variable("DOCUMENTS_TABLE", "y")
