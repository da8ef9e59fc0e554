"""One noisy sender takes nothing away from the others, and what is throttled is written down and counted."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from lambdas.ingest.request import Request
from stacks.constructs.webhook_api import ACCOUNT_BURST, ENDPOINT_LIMIT, MAX_ROUTES, STRANGERS_LIMIT
from stacks.endpoints import Endpoint, RateLimit
from stacks.hub import HubStack
from tests.fakes.ingest import a_request, as_api_gateway
from tests.unit.stacks.rulebook import context, resources

Document = dict[str, Any]
STAGE, ROUTE = "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Route"


def hub(**endpoints: Any) -> Document:
    stack = HubStack(cdk.App(context=context()), "Hub", endpoints=endpoints)
    return dict(Template.from_stack(stack).to_json())


def limits(template: Document) -> dict[str, RateLimit]:
    """What API Gateway takes, by the route's key."""
    [stage] = resources(template, STAGE)
    return {
        key: RateLimit(of["ThrottlingRateLimit"], of["ThrottlingBurstLimit"])
        for key, of in stage["RouteSettings"].items()
    }


def test_every_endpoint_has_a_route_of_any_method() -> None:
    template = hub(site="netlify", code="github")
    routes = resources(template, ROUTE)
    assert {route["RouteKey"] for route in routes} == {"ANY /{endpoint}", "ANY /site", "ANY /code"}
    [integration] = resources(template, "AWS::ApiGatewayV2::Integration")
    assert len({json.dumps(route["Target"]) for route in routes}) == 1
    assert integration["PayloadFormatVersion"] == "2.0"


def test_names_that_differ_by_a_hyphen_have_a_route_each() -> None:
    template = hub(**{"a-b": "netlify", "ab": "netlify"})
    assert {"ANY /a-b", "ANY /ab"} < {route["RouteKey"] for route in resources(template, ROUTE)}


def test_noisy_endpoint_does_not_starve_another() -> None:
    """API Gateway gives each route whose limit is named tokens of its own."""
    template = hub(site="netlify", code="github")
    assert limits(template) == {
        "ANY /{endpoint}": STRANGERS_LIMIT,
        "ANY /site": ENDPOINT_LIMIT,
        "ANY /code": ENDPOINT_LIMIT,
    }
    assert ENDPOINT_LIMIT.per_second >= 20 * STRANGERS_LIMIT.per_second


def test_endpoint_may_say_its_own_limit() -> None:
    template = hub(site="netlify", cms=Endpoint("contentful", rate_limit=RateLimit(500, 1000)))
    assert limits(template)["ANY /cms"] == RateLimit(500, 1000)
    assert limits(template)["ANY /site"] == ENDPOINT_LIMIT


@pytest.mark.parametrize(
    "limit", [RateLimit(0, 1), RateLimit(20_000, 1), RateLimit(1, 0), RateLimit(1, 5001)]
)
def test_limit_beyond_the_account_is_refused(limit: RateLimit) -> None:
    with pytest.raises(ValueError, match=rf"^The rate_limit of 'cms' is .*1 to {ACCOUNT_BURST} at once\.$"):
        hub(cms=Endpoint("contentful", rate_limit=limit))


def test_stage_is_made_after_the_routes_that_it_limits() -> None:
    """API Gateway finds no route otherwise, and refuses the stage."""
    template = hub(site="netlify")
    [stage] = [r for r in template["Resources"].values() if r["Type"] == STAGE]
    routes = {id for id, r in template["Resources"].items() if r["Type"] == ROUTE}
    assert len(routes) == 2
    assert routes <= set(stage["DependsOn"])


def test_own_route_is_made_after_an_ingest_that_knows_it() -> None:
    template = hub(site="netlify")
    [function] = [id for id, r in template["Resources"].items() if r["Type"] == "AWS::Lambda::Function"]
    [route] = [
        r
        for r in template["Resources"].values()
        if r["Type"] == ROUTE and r["Properties"]["RouteKey"] == "ANY /site"
    ]
    assert function in route["DependsOn"]


def test_endpoints_beyond_the_quota_share_a_route() -> None:
    template = hub(**{f"endpoint-{n}": "netlify" for n in range(MAX_ROUTES + 5)})
    assert len(resources(template, ROUTE)) == MAX_ROUTES + 1 == len(limits(template))
    assert limits(template)["ANY /{endpoint}"] == ENDPOINT_LIMIT


def test_one_permission_lets_every_route_in() -> None:
    """A function's policy holds 20 KB, and a route's permission takes some 400 bytes of it."""
    few, many = hub(a="netlify"), hub(**{f"endpoint-{n}": "netlify" for n in range(60)})
    permissions = [resources(template, "AWS::Lambda::Permission") for template in (few, many)]
    assert len(permissions[0]) == len(permissions[1]) == 2
    assert any(str(p["SourceArn"]).endswith("'/*/*/*']]}") for p in permissions[1])


def test_access_log_holds_nothing_as_long_as_a_stranger_likes() -> None:
    [stage] = resources(hub(site="netlify"), STAGE)
    log = json.loads(stage["AccessLogSettings"]["Format"])
    assert {"$context.requestId", "$context.status", "$context.identity.sourceIp"} <= set(log.values())
    long = ("body", "header", "query", "path", "useragent")
    assert not any(word in value.lower() for value in log.values() for word in long)


def test_throttled_requests_count_among_the_rejected() -> None:
    """They are the metric that the alarm watches, by the same name and dimension."""
    template = hub(site="netlify")
    [stage] = resources(template, STAGE)
    line = json.loads(stage["AccessLogSettings"]["Format"])
    counted = {
        found["MetricName"]: {of["Key"]: line[of["Value"].removeprefix("$.")] for of in found["Dimensions"]}
        for one in resources(template, "AWS::Logs::MetricFilter")
        for found in one["MetricTransformations"]
        if one["FilterPattern"] == '{ $.status = "429" }'
    }
    assert counted == {
        "Rejected": {"service": "Jamwire-Ingest"},
        "Throttled": {"service": "Jamwire-Ingest", "endpoint": "$context.routeKey"},
    }
    [spike] = [
        a for a in resources(template, "AWS::CloudWatch::Alarm") if a["AlarmName"] == "Jamwire-RejectionSpike"
    ]
    assert (spike["Namespace"], spike["MetricName"]) == ("Jamwire", "Rejected")
    assert spike["Dimensions"] == [{"Name": "service", "Value": "Jamwire-Ingest"}]


def test_nothing_is_counted_where_nothing_is_throttled() -> None:
    """A default value would make data, and data cost."""
    for one in resources(hub(site="netlify"), "AWS::Logs::MetricFilter"):
        [transformation] = one["MetricTransformations"]
        assert "DefaultValue" not in transformation


def test_request_by_an_own_route_is_the_endpoints() -> None:
    event = as_api_gateway(a_request("site")) | {"routeKey": "ANY /site", "pathParameters": None}
    assert Request.of(event).endpoint == "site"
    event = as_api_gateway(a_request("nobody"))
    assert Request.of(event).endpoint == "nobody"
