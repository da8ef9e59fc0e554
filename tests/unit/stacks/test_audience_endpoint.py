"""The endpoint of an audience: its limits, whose pages may ask it, and what its access log leaves out."""

import json

from lambdas.contracts.audience_settings import AudienceApiSettings
from stacks.audience import Site, Turnstile
from tests.unit.stacks.audience import functions, template, whole
from tests.unit.stacks.rulebook import resources


def test_endpoint_is_told_of_its_challenge() -> None:
    document = template(challenge=Turnstile("0x4AAAAAAADnPIDROrmt1Wwj"), per_network=30)
    said = functions(document)["audience_api"]["Environment"]["Variables"]
    told = AudienceApiSettings.from_environment(said)
    assert (told.challenge_site_key, told.per_network) == ("0x4AAAAAAADnPIDROrmt1Wwj", 30)


def test_endpoint_has_a_limit_for_each_route() -> None:
    [stage] = resources(whole(), "AWS::ApiGatewayV2::Stage")
    routes = {each["RouteKey"] for each in resources(whole(), "AWS::ApiGatewayV2::Route")}
    assert set(stage["RouteSettings"]) == routes
    assert {
        "GET /settings",
        "POST /follow",
        "POST /state",
        "GET /preferences",
        "POST /preferences",
        "POST /renew",
        "GET /confirm",
        "POST /confirm",
        "GET /unsubscribe",
        "POST /unsubscribe",
    } < routes
    strange = stage["RouteSettings"]["POST /{path+}"]
    assert strange == {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}


def test_preflights_are_answered_for_the_site_only() -> None:
    [api] = resources(
        template(site=Site(name="Buses", url="https://Example.com/buses", zone="UTC")),
        "AWS::ApiGatewayV2::Api",
    )
    assert api["CorsConfiguration"]["AllowOrigins"] == ["https://example.com"]
    assert "AllowCredentials" not in api["CorsConfiguration"]
    methods = {each["RouteKey"].split()[0] for each in resources(whole(), "AWS::ApiGatewayV2::Route")}
    assert methods == {"GET", "HEAD", "POST"}  # a route of any method would be given them


def test_access_log_tells_neither_who_nor_by_which_link() -> None:
    [stage] = resources(whole(), "AWS::ApiGatewayV2::Stage")
    logged = set(json.loads(stage["AccessLogSettings"]["Format"]).values())
    assert logged == {
        "$context.requestId",
        "$context.requestTimeEpoch",
        "$context.routeKey",
        "$context.status",
        "$context.responseLatency",
    }
