"""Who may publish, who may listen, and what is refused at synth."""

import datetime as dt
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration

from stacks.hub import HubStack
from stacks.live import LiveStack, key_expiry
from tests.unit.stacks.rulebook import resources, template_of


def template(**props: Any) -> dict[str, Any]:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        return LiveStack(app, "Live", hub=hub, **({"when": ["notice.*"]} | props))

    return dict(template_of(build).to_json())


def modes(config: Any) -> list[str]:
    return [mode["AuthType"] for mode in config]


def test_visitors_may_listen_and_only_the_function_may_publish() -> None:
    document = template()
    [api] = resources(document, "AWS::AppSync::Api")
    config = api["EventConfig"]
    assert modes(config["ConnectionAuthModes"]) == ["API_KEY"]
    assert modes(config["DefaultSubscribeAuthModes"]) == ["API_KEY"]
    assert modes(config["DefaultPublishAuthModes"]) == ["AWS_IAM"]
    spaces = resources(document, "AWS::AppSync::ChannelNamespace")
    assert {space["Name"] for space in spaces} == {"site", "page", "notice"}
    assert not any("PublishAuthModes" in space or "SubscribeAuthModes" in space for space in spaces)


def test_the_function_may_publish_in_the_three_namespaces_and_nowhere_else() -> None:
    policies = resources(template(), "AWS::IAM::Policy")
    statements = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    [granted] = [each for each in statements if str(each["Action"]).startswith("appsync:EventPublish")]
    assert granted["Action"] == "appsync:EventPublish"
    ends = {resource["Fn::Join"][1][-1] for resource in granted["Resource"]}
    assert ends == {f"/channelNamespace/{name}" for name in ("site", "page", "notice")}


def test_what_a_page_needs_is_told_as_outputs() -> None:
    assert {"HttpUrl", "RealtimeUrl", "ApiKey"} <= set(template()["Outputs"])


def test_a_second_try_after_a_crash_comes_before_it_is_given_up() -> None:
    document = template()
    [function] = [
        each
        for each in resources(document, "AWS::Lambda::Function")
        if each["Handler"] == "lambdas.live.handler.handle"
    ]
    variables = function["Environment"]["Variables"]
    assert (variables["LATE_AFTER"], variables["GIVE_UP_AFTER"]) == ("60", "300")
    assert function["Timeout"] == 10


def test_another_name_is_another_key() -> None:
    ids = [
        {id for id, r in template(key=name)["Resources"].items() if r["Type"] == "AWS::AppSync::ApiKey"}
        for name in ("Visitors", "Visitors2")
    ]
    assert len(ids[0] | ids[1]) == 2


@pytest.mark.parametrize(
    "now", ["2026-01-01T00:00:00+00:00", "2027-12-31T23:59:59+00:00", "2028-02-29T12:00:00+00:00"]
)
def test_a_key_lasts_eleven_months_and_no_longer_than_appsync_allows(now: str) -> None:
    moment = dt.datetime.fromisoformat(now)
    assert dt.timedelta(days=330) <= key_expiry(moment) - moment <= dt.timedelta(days=365)
    assert key_expiry(moment).day == 1


@pytest.mark.parametrize("event", ["form.submitted", "deploy.*", "deploy.failed"])
def test_an_event_of_which_no_visitor_is_told_is_refused(event: str) -> None:
    with pytest.raises(ValueError, match="expected one of which visitors are told"):
        template(when=[event])


@pytest.mark.parametrize("seconds", [0, 300, 3600])
def test_a_time_that_breaks_the_guarantee_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="late_after is"):
        template(late_after=Duration.seconds(seconds))
