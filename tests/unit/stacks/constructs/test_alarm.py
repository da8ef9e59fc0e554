"""Alarms that a person can live with: told once, once more when they are over, in words that help."""

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration

from jamwire.cli.main import load
from lambdas.contracts.retry_schedule import MAX_DELAY
from stacks.alarm_events import AlarmEventsStack
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.settings import Settings
from tests.unit.stacks.rulebook import (
    ENDPOINTS,
    ROOT,
    context,
    resources,
    shipped,
    synthesise_app,
    template_of,
)


def alarms_of(templates: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = [a for template in templates.values() for a in resources(template, "AWS::CloudWatch::Alarm")]
    return {alarm["AlarmName"]: alarm for alarm in found}


def alarms() -> dict[str, dict[str, Any]]:
    return alarms_of(shipped())


NAMES = [
    "Jamwire-Alarms-DeadLetters",
    "Jamwire-Archive-DeadLetters",
    "Jamwire-Archive-NotTaken",
    "Jamwire-Archive-StillFailing",
    "Jamwire-Audience-DeadLetters",
    "Jamwire-Audience-EndpointErrors",
    "Jamwire-Audience-Feedback-DeadLetters",
    "Jamwire-Audience-Jobs-DeadLetters",
    "Jamwire-Audience-NotTaken",
    "Jamwire-Audience-StillFailing",
    "Jamwire-Cdn-DeadLetters",
    "Jamwire-Cdn-NotTaken",
    "Jamwire-Cdn-StillFailing",
    "Jamwire-IngestErrors",
    "Jamwire-Live-Crowded",
    "Jamwire-Live-DeadLetters",
    "Jamwire-Rebuild-DeadLetters",
    "Jamwire-Rebuild-NotTaken",
    "Jamwire-Rebuild-StillFailing",
    "Jamwire-RejectionSpike",
    "Jamwire-Slack-DeadLetters",
    "Jamwire-Slack-NotTaken",
    "Jamwire-Slack-StillFailing",
    "Jamwire-Sms-DeadLetters",
    "Jamwire-Sms-NotTaken",
    "Jamwire-Sms-StillFailing",
    "Jamwire-Story-DeadLetters",
    "Jamwire-Story-NotTaken",
    "Jamwire-Story-StillFailing",
]
every_alarm = pytest.mark.parametrize("name", NAMES)


def text_of(name: str) -> str:
    text = alarms()[name]["AlarmDescription"]
    parts = text["Fn::Join"][1] if isinstance(text, dict) else [text]
    return "".join(part if isinstance(part, str) else "<it>" for part in parts)


def period_of(alarm: dict[str, Any]) -> int:
    metrics = [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query] or [alarm]
    [period] = {metric["Period"] for metric in metrics}
    return int(period)


def test_these_are_all() -> None:
    assert sorted(alarms()) == NAMES


@every_alarm
def test_one_bad_value_raises_it_and_a_time_of_quiet_ends_it(name: str) -> None:
    alarm = alarms()[name]
    assert alarm["DatapointsToAlarm"] == (3 if name.endswith("-NotTaken") else 1)
    assert alarm["TreatMissingData"] == "notBreaching"
    watched = period_of(alarm) * alarm["EvaluationPeriods"]
    assert watched >= 30 * 60
    # CloudWatch looks back a day at most, and a week where a period is an hour or more (PutMetricAlarm).
    assert watched <= (86_400 if period_of(alarm) < 3600 else 604_800)


@every_alarm
def test_it_is_told_to_the_alarm_topic_when_it_is_raised_and_when_it_is_over(name: str) -> None:
    alarm = alarms()[name]
    assert alarm["AlarmActions"] == alarm["OKActions"]
    assert len(alarm["AlarmActions"]) == 1
    assert "Alarms" in str(alarm["AlarmActions"])
    assert "InsufficientDataActions" not in alarm


@every_alarm
def test_its_text_says_who_what_happened_where_to_look_and_what_to_run(name: str) -> None:
    happened, look, run = text_of(name).split("\n")
    stack, _, what = happened.partition(": ")
    assert what
    assert name.startswith(f"{stack}-")
    assert look.startswith("Look at: ")
    assert run.startswith("Run: ")
    assert (
        len(text_of(name)) + 100 < 1024
    )  # PutMetricAlarm, AlarmDescription; a log group's name is not known here


@every_alarm
def test_the_command_in_its_text_exists(name: str) -> None:
    run = text_of(name).rpartition("Run: ")[2]
    words = run.split()
    if words[0] == "aws":
        assert re.fullmatch(
            r"aws logs tail <it> --since 1h"
            r"|aws sqs start-message-move-task --source-arn <it>( --destination-arn <it>)?",
            run,
        )
        return
    assert words.pop(0) == "jamwire"
    command = load(words.pop(0))
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_another_deployment_is_named_in_names_texts_and_commands() -> None:
    found = alarms_of(synthesise_app(ROOT / "app.py", deployment="Staging"))
    assert sorted(found) == [name.replace("Jamwire", "Staging") for name in NAMES]
    assert found["Staging-Slack-DeadLetters"]["AlarmDescription"].endswith(
        "Run: jamwire dead-letters list --subscriber slack --deployment Staging"
    )


def subscriber_alarms(**props: Any) -> dict[str, dict[str, Any]]:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        stack = JamwireStack(app, "Pager", hub=hub)
        Subscriber(stack, "Subscriber", hub=hub, handler="lambdas.cdn.handler.handle", **props)
        return stack

    return alarms_of({"": template_of(build).to_json()})


def test_messages_are_not_taken_where_some_are_due_all_the_time() -> None:
    """SQS counts the age of hidden messages too, which wait for their next try; these are due now."""
    alarm = alarms()["Jamwire-Slack-NotTaken"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ApproximateNumberOfMessagesVisible", "Minimum")
    assert (alarm["Threshold"], period_of(alarm) * alarm["DatapointsToAlarm"]) == (1, 15 * 60)
    assert "DeadLetters" not in str(alarm["Dimensions"])


def test_one_event_that_fails_for_days_is_one_alarm() -> None:
    alarm = alarms()["Jamwire-Slack-StillFailing"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == ("FailingFor", "Maximum", 1800)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "Jamwire-Slack-Subscriber"}]
    assert period_of(alarm) * alarm["EvaluationPeriods"] > MAX_DELAY
    assert "tried for 30 minutes" in text_of("Jamwire-Slack-StillFailing")


@pytest.mark.parametrize(
    ("minutes", "alarms"),
    [
        (15, {"DeadLetters"}),
        (30, {"DeadLetters"}),
        (31, {"DeadLetters", "NotTaken", "StillFailing"}),
    ],
)
def test_what_is_given_up_soon_is_told_by_its_dead_letters(minutes: int, alarms: set[str]) -> None:
    found = subscriber_alarms(give_up_after=Duration.minutes(minutes))
    assert set(found) == {f"Jamwire-Pager-{alarm}" for alarm in alarms}


def test_ingest_fails_whether_it_answers_so_or_ends_before_it_can() -> None:
    """API Gateway answers 5xx for a function that crashes or is throttled."""
    alarm = alarms()["Jamwire-IngestErrors"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/ApiGateway", "5xx", "Sum")


def test_a_spike_is_of_all_rejected_requests_whatever_the_reason() -> None:
    alarm = alarms()["Jamwire-RejectionSpike"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == ("Rejected", "Sum", 100)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "Jamwire-Ingest"}]


def test_dead_letters_are_told_from_the_first_on() -> None:
    for name in (name for name in NAMES if name.endswith("-DeadLetters")):
        alarm = alarms()[name]
        assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)
        assert "DeadLetters" in str(alarm["Dimensions"])


def test_no_filter_stands_between_an_alarm_and_its_e_mail() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS, settings=Settings(alarm_email="oncall@example.com"))
    [subscription] = resources(cdk.assertions.Template.from_stack(hub), "AWS::SNS::Subscription")
    assert "FilterPolicy" not in subscription


def alarms_stack() -> cdk.assertions.Template:
    return template_of(lambda app, hub: AlarmEventsStack(app, "Alarms", hub=hub))


def test_alarms_wait_in_a_queue_until_they_are_published() -> None:
    template = alarms_stack()
    [subscription] = resources(template, "AWS::SNS::Subscription")
    assert subscription["FilterPolicyScope"] == "MessageBody"
    assert "DeadLetters" in str(subscription["RedrivePolicy"]["deadLetterTargetArn"])
    assert subscription["RawMessageDelivery"] is True
    queue, dead_letters = sorted(
        resources(template, "AWS::SQS::Queue"), key=lambda queue: "RedrivePolicy" not in queue
    )
    [function] = resources(template, "AWS::Lambda::Function")
    assert queue["VisibilityTimeout"] == 6 * function["Timeout"]
    tried = queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"]
    assert 86_400 < tried < queue["MessageRetentionPeriod"]
    assert dead_letters["MessageRetentionPeriod"] == 1_209_600
    [source] = resources(template, "AWS::Lambda::EventSourceMapping")
    assert source["BatchSize"] == 1  # what fails, fails alone


def test_its_function_may_publish_events_and_take_alarms_only() -> None:
    [policy] = resources(alarms_stack(), "AWS::IAM::Policy")
    statements = policy["PolicyDocument"]["Statement"]
    assert all(statement["Resource"] != "*" for statement in statements)
    assert [s["Action"] for s in statements if str(s["Action"]).startswith("sns:")] == ["sns:Publish"]
    services = {str(action).split(":")[0] for s in statements for action in _listed(s["Action"])}
    assert services == {"logs", "sns", "sqs"}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_it_is_no_subscriber_to_the_commands_that_ask_each_for_its_memory() -> None:
    assert not [key for key in shipped()["Jamwire-Alarms"].get("Outputs", {}) if "DeadLettersUrl" in key]


def test_it_hears_alarms_and_no_events() -> None:
    [subscription] = resources(alarms_stack(), "AWS::SNS::Subscription")
    assert "Alarms" in json.dumps(subscription["TopicArn"])
