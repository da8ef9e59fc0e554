"""Who may publish, who may listen, and what is refused at synth."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins

from lambdas.alarm_events.alarm_event import event_of
from lambdas.contracts.live_private import PrivateTopics
from stacks.hub import HubStack
from stacks.live import LiveStack, key_expiry
from tests.fakes.alarms import failure_record
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
    assert (variables["KEEP"], variables["GIVE_UP_AFTER"]) == ("86400", "1800")
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


ACCOUNT = PrivateTopics(beginning="account", issuer="https://issuer.test", audience="client")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"beginning": "account/*"}, "begin with 'account/\\*', expected one word"),
        ({"issuer": "issuer.test"}, "issuer of private topics is 'issuer.test', expected an https:// URL"),
        ({"audience": ""}, "have no audience or no claim"),
        ({"claim": ""}, "have no audience or no claim"),
    ],
)
def test_private_topics_that_nobody_could_follow_are_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        template(private=replace(ACCOUNT, **wrong))


def test_private_topics_take_a_token_everywhere() -> None:
    document = template(private=ACCOUNT)
    [namespace] = [
        each for each in resources(document, "AWS::AppSync::ChannelNamespace") if each["Name"] == "private"
    ]
    assert modes(namespace["SubscribeAuthModes"]) == ["OPENID_CONNECT"]
    assert 'claims["sub"]' in namespace["CodeHandlers"]
    routes = resources(document, "AWS::ApiGatewayV2::Route")
    assert {route["RouteKey"]: route.get("AuthorizationType", "NONE") for route in routes} == {
        "GET /{path+}": "JWT"
    }


def test_only_cloudfront_may_call_the_functions_url() -> None:
    document = template()
    [url] = resources(document, "AWS::Lambda::Url")
    assert url["AuthType"] == "AWS_IAM"
    permissions = resources(document, "AWS::Lambda::Permission")
    of_url = [each for each in permissions if each["Principal"] != "events.amazonaws.com"]
    assert {each["Principal"] for each in of_url} == {"cloudfront.amazonaws.com"}
    # A caller of a URL needs both (Lambda developer guide, "Control access to Lambda function URLs").
    assert {each["Action"] for each in of_url} == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert all(
        each.get("InvokedViaFunctionUrl") for each in of_url if each["Action"] == "lambda:InvokeFunction"
    )


def test_state_is_served_for_a_second_and_errors_are_not_kept() -> None:
    document = template()
    [distribution] = resources(document, "AWS::CloudFront::Distribution")
    config = distribution["DistributionConfig"]
    assert {error["ErrorCachingMinTTL"] for error in config["CustomErrorResponses"]} == {0}
    [policy] = resources(document, "AWS::CloudFront::CachePolicy")
    lifetimes = policy["CachePolicyConfig"]
    assert (lifetimes["MinTTL"], lifetimes["DefaultTTL"], lifetimes["MaxTTL"]) == (0, 1, 1)


def test_web_acl_may_stand_before_the_state() -> None:
    arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/jamwire-state/0a1b"
    [distribution] = resources(template(web_acl=arn), "AWS::CloudFront::Distribution")
    assert distribution["DistributionConfig"]["WebACLId"] == arn
    with pytest.raises(ValueError, match="expected web_acl on the site's"):
        template(web_acl=arn, own_distribution=False)


def test_sites_own_distribution_may_serve_the_state() -> None:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        live = LiveStack(app, "Live", hub=hub, when=["notice.*"], own_distribution=False)
        stack = cdk.Stack(live, "Site")
        cloudfront.Distribution(
            stack,
            "Distribution",
            default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("site.test")),
            additional_behaviors={"/_jamwire/*": live.state_behavior},
        )
        return stack

    [distribution] = resources(dict(template_of(build).to_json()), "AWS::CloudFront::Distribution")
    [behavior] = distribution["DistributionConfig"]["CacheBehaviors"]
    assert behavior["PathPattern"] == "/_jamwire/*"


def test_key_is_renewed_each_month_and_lambda_tells_where_it_is_not() -> None:
    document = template()
    [rule] = resources(document, "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(30 days)"
    [config] = resources(document, "AWS::Lambda::EventInvokeConfig")
    [renewal] = [
        id
        for id, resource in document["Resources"].items()
        if resource.get("Properties", {}).get("Handler") == "lambdas.live_key.handler.handle"
    ]
    assert config["FunctionName"] == {"Ref": renewal}
    assert "Alarms" in str(config["DestinationConfig"]["OnFailure"])
    statements = [
        statement
        for policy in resources(document, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert any(
        statement["Action"] == "sns:Publish" and "Alarms" in str(statement["Resource"])
        for statement in statements
    )


def test_failed_renewal_becomes_an_event_in_the_words_of_an_alarm() -> None:
    [rule] = resources(template(), "AWS::Events::Rule")
    [target] = rule["Targets"]
    parts = target["Input"]["Fn::Join"][1]
    alarm = json.loads("".join(part if isinstance(part, str) else "<it>" for part in parts))
    # What Lambda sends of a function that has failed at every try.
    record = failure_record(alarm)
    event = event_of(record, region="us-east-1", now=0)
    assert (event.type, event.subject) == ("alarm.raised", "Jamwire-Live-KeyNotRenewed")
    assert event.notice.title.startswith(
        "Jamwire-Live: the key by which visitors listen could not be renewed."
    )
    assert "about eleven months after it was last renewed" in event.notice.title  # true of each month's
    look, run = event.notice.text.split("\n")
    assert (look, run) == ("Look at: the errors in <it>", "Run: aws logs tail <it> --since 1d")


def test_crowd_raises_an_alarm_on_the_apis_connections() -> None:
    alarms = resources(template(max_connections=500), "AWS::CloudWatch::Alarm")
    [crowded] = [alarm for alarm in alarms if alarm["AlarmName"].endswith("Crowded")]
    assert (crowded["Namespace"], crowded["MetricName"]) == ("AWS/AppSync", "ActiveConnections")
    assert [dimension["Name"] for dimension in crowded["Dimensions"]] == ["EventAPIId"]
    assert crowded["Threshold"] == 500
