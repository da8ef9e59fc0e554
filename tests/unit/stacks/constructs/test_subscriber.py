"""The guarantees of the subscriber construct, for the shipped subscribers and for a user's own."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration

from lambdas.contracts.ledger_item import DEAD_INDEX
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import StorySettings
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.rules import all_of, matching, severity
from tests.unit.stacks.rulebook import ENDPOINTS, context, resources, shipped, template_of

SUBSCRIBERS = (
    "Jamwire-Slack",
    "Jamwire-Sms",
    "Jamwire-Rebuild",
    "Jamwire-Cdn",
    "Jamwire-Story",
    "Jamwire-Archive",
)
every_subscriber = pytest.mark.parametrize("stack", SUBSCRIBERS)


def pager(app: cdk.App, hub: HubStack, **props: Any) -> JamwireStack:
    stack = JamwireStack(app, "Pager", hub=hub)
    Subscriber(stack, "Subscriber", hub=hub, handler="lambdas.cdn.handler.handle", **props)
    return stack


def one(stack: str, kind: str) -> dict[str, Any]:
    [properties] = resources(shipped()[stack], kind)
    return properties


def queues(stack: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The queue and its dead letters."""
    both = resources(shipped()[stack], "AWS::SQS::Queue")
    [queue] = [queue for queue in both if "RedrivePolicy" in queue]
    [dead_letters] = [queue for queue in both if "RedrivePolicy" not in queue]
    return queue, dead_letters


@every_subscriber
def test_events_come_raw_and_what_sns_cannot_deliver_goes_to_the_dead_letters(stack: str) -> None:
    subscription = one(stack, "AWS::SNS::Subscription")
    assert subscription["RawMessageDelivery"] is True
    assert "DeadLetters" in str(subscription["RedrivePolicy"]["deadLetterTargetArn"])


@every_subscriber
def test_visibility_is_six_times_the_timeout(stack: str) -> None:
    queue, _ = queues(stack)
    assert queue["VisibilityTimeout"] == 6 * one(stack, "AWS::Lambda::Function")["Timeout"]


@every_subscriber
def test_queue_and_dead_letters_keep_for_two_weeks(stack: str) -> None:
    assert [queue["MessageRetentionPeriod"] for queue in queues(stack)] == [1_209_600] * 2


@every_subscriber
def test_one_failed_message_fails_alone(stack: str) -> None:
    assert one(stack, "AWS::Lambda::EventSourceMapping")["FunctionResponseTypes"] == [
        "ReportBatchItemFailures"
    ]


@every_subscriber
def test_what_was_delivered_is_forgotten_by_itself(stack: str) -> None:
    tables = resources(shipped()[stack], "AWS::DynamoDB::Table")
    for table in tables:
        if len(table["KeySchema"]) == 1:
            assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"


@every_subscriber
def test_subscriber_changes_items_of_its_own_ledger_only(stack: str) -> None:
    statements = [
        statement
        for policy in resources(shipped()[stack], "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "Ledger" in str(statement.get("Resource"))
    ]
    assert [statement["Action"] for statement in statements] == [
        ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
    ]
    assert "index" not in str(statements)


@every_subscriber
def test_ledger_has_an_index_of_the_dead_by_keys_alone(stack: str) -> None:
    tables = resources(shipped()[stack], "AWS::DynamoDB::Table")
    indexes = [i for table in tables for i in table.get("GlobalSecondaryIndexes", [])]
    [dead] = [index for index in indexes if index["IndexName"] == DEAD_INDEX]
    assert [key["AttributeName"] for key in dead["KeySchema"]] == ["dead", "updated_at"]
    assert dead["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_idempotent_subscriber_says_where_its_log_is() -> None:
    template = template_of(lambda app, hub: pager(app, hub, idempotent=True)).to_json()
    [function] = resources(template, "AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["IDEMPOTENT"] == "true"
    assert template["Outputs"]["SubscriberLog"]["Value"] == function["LoggingConfig"]["LogGroup"]


def test_idempotent_subscriber_with_a_rate_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of them"):
        template_of(lambda app, hub: pager(app, hub, idempotent=True, rate_limit=RateLimit(per_second=1)))


def test_a_pace_is_kept_by_few_functions_that_know_it() -> None:
    template = template_of(lambda app, hub: pager(app, hub, rate_limit=RateLimit(per_second=1, burst=3)))
    [mapping] = resources(template, "AWS::Lambda::EventSourceMapping")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    [function] = resources(template, "AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["RATE_LIMIT"] == '{"per_second": 1, "burst": 3}'


@every_subscriber
def test_queues_take_messages_from_the_topic_only(stack: str) -> None:
    for policy in resources(shipped()[stack], "AWS::SQS::QueuePolicy"):
        allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
        for statement in allowed:
            assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
            assert "aws:SourceArn" in statement["Condition"]["ArnEquals"]


@every_subscriber
def test_a_role_names_each_resource(stack: str) -> None:
    for policy in resources(shipped()[stack], "AWS::IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement.get("Resource") != "*"
            assert "*" not in str(statement["Action"])


@every_subscriber
def test_payloads_that_are_too_large_to_travel_can_be_read_and_their_absence_told(stack: str) -> None:
    allowed = {
        str(statement["Action"]): statement["Resource"]["Fn::Join"][1]
        for policy in resources(shipped()[stack], "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if str(statement["Action"]).startswith("s3:")
    }
    hub = {"StackName": "Jamwire-Hub", "Region": {"Ref": "AWS::Region"}, "OutputName": "PayloadsBucket"}
    bucket = ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Fn::GetStackOutput": hub}]
    assert allowed == {"s3:GetObject": [*bucket, "/*"], "s3:ListBucket": bucket}


def allowed(template: Any, action: str) -> list[Any]:
    """The resources on which an action is allowed."""
    return [
        statement["Resource"]
        for policy in resources(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if action in statement["Action"]
    ]


def test_stateful_subscriber_reads_and_writes_a_table_of_its_own() -> None:
    template = template_of(lambda app, hub: pager(app, hub, stateful=True))
    [function] = resources(template, "AWS::Lambda::Function")
    table = function["Environment"]["Variables"]["STATE_TABLE"]["Ref"]
    assert table.startswith("Documents")
    assert allowed(template, "dynamodb:PutItem") == [{"Fn::GetAtt": [table, "Arn"]}]
    assert template.to_json()["Outputs"]["DocumentsTable"]["Value"] == {"Ref": table}
    assert allowed(template, "sns:Publish") == []


def test_publishing_subscriber_knows_the_topic_and_may_publish_on_it() -> None:
    template = template_of(lambda app, hub: pager(app, hub, publishes=True))
    [function] = resources(template, "AWS::Lambda::Function")
    assert allowed(template, "sns:Publish") == [function["Environment"]["Variables"]["TOPIC_ARN"]]
    assert allowed(template, "dynamodb:PutItem") == []


def test_stateless_subscriber_has_no_state_table() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    stack = JamwireStack(app, "Pager", hub=hub)
    stateless = Subscriber(stack, "Subscriber", hub=hub, handler="lambdas.cdn.handler.handle")
    with pytest.raises(LookupError, match="stateful=True"):
        _ = stateless.state_table


def test_function_is_told_its_settings_and_the_id_of_its_stack() -> None:
    settings = StorySettings(until="cdn.invalidated", patience=60)
    template = template_of(lambda app, hub: pager(app, hub, settings=settings))
    [function] = resources(template, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    assert StorySettings.from_environment(variables) == settings
    assert variables["STACK_ID"] == "Pager"


def policy_of(**props: Any) -> tuple[Any, Any]:
    template = template_of(lambda app, hub: pager(app, hub, **props))
    [subscription] = resources(template, "AWS::SNS::Subscription")
    return subscription.get("FilterPolicy"), subscription.get("FilterPolicyScope")


def test_event_types_are_filtered_by_attribute() -> None:
    policy = {"type": ["form.submitted", {"prefix": "deploy."}]}
    assert policy_of(when=["form.submitted", "deploy.*"]) == (policy, "MessageAttributes")


def test_a_condition_is_filtered_on_the_body() -> None:
    policy = {"type": ["notice.sent"], "data": {"notice": {"severity": ["critical"]}}}
    assert policy_of(when=all_of("notice.sent", severity("critical"))) == (policy, "MessageBody")


def test_without_a_rule_everything_is_heard() -> None:
    assert policy_of() == (None, "MessageAttributes")


BAD_RULES: dict[str, dict[str, Any]] = {
    "a type that is none": {"when": ["deploy*"]},
    "no types": {"when": []},
    "too many types": {"when": [f"e{n}.x" for n in range(151)]},
    "too many combinations": {
        "when": all_of([f"e{n}.x" for n in range(20)], matching({"id": [str(n) for n in range(8)]})),
    },
    "too many keys": {"when": matching({f"k{n}": ["v"] for n in range(6)})},
    "a value for a list": {"when": matching({"data": {"notice": {"severity": "critical"}}})},
    "an unknown operator": {"when": matching({"type": [{"like": "x"}]})},
    "an $or of one": {"when": matching({"$or": [{"type": ["x"]}]})},
    "a filter of nothing": {"when": matching({})},
    "a timeout over Lambda's": {"timeout": Duration.minutes(16)},
    "a time shorter than the visibility": {"give_up_after": Duration.minutes(1)},
    "a time longer than the queue keeps": {"give_up_after": Duration.days(14)},
    "a handler that is not there": {"handler": "lambdas.nowhere.handle"},
}


@pytest.mark.parametrize("props", BAD_RULES.values(), ids=BAD_RULES.keys())
def test_a_rule_that_breaks_a_guarantee_is_refused_in_one_sentence(props: dict[str, Any]) -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    stack = JamwireStack(app, "Pager", hub=hub)
    with pytest.raises(ValueError, match=r"(expected|allows)[^\n]*\.$"):
        Subscriber(stack, "Subscriber", hub=hub, **({"handler": "lambdas.cdn.handler.handle"} | props))


WEAKENED: dict[str, tuple[dict[str, Any], str]] = {
    "visibility": (
        {"visibility_timeout": 30},
        r"visibility is 30 s, expected at least 180 s, six times the function's timeout",
    ),
    "retention": (
        {"message_retention_period": 3600},
        r"keeps messages for 3600 s, expected more than 273600 s, for which they are tried",
    ),
    "dead letters": ({"redrive_policy": None}, "has no dead letters, expected them"),
}


@pytest.mark.parametrize(("change", "said"), WEAKENED.values(), ids=WEAKENED)
def test_a_rulebook_that_weakens_the_queue_does_not_synthesise(change: dict[str, Any], said: str) -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    stack = JamwireStack(app, "Pager", hub=hub)
    pager = Subscriber(stack, "Subscriber", hub=hub, handler="lambdas.cdn.handler.handle")
    for name, value in change.items():
        setattr(pager.queue.node.default_child, name, value)
    with pytest.raises(RuntimeError, match=said):
        app.synth()
