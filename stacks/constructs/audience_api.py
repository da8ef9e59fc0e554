"""The public endpoint of an audience: what visitors' pages call, and what links in messages open."""

import json
from collections.abc import Mapping
from typing import Final, cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration

from lambdas.contracts.rate_limit import RateLimit
from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge

_OFTEN: Final = RateLimit(per_second=200, burst=400)
_SELDOM: Final = RateLimit(per_second=20, burst=40)
_STRANGERS: Final = RateLimit(per_second=10, burst=20)

ROUTES: Final[Mapping[str, RateLimit]] = {
    "GET /settings": _OFTEN,
    "POST /state": _OFTEN,
    "POST /follow": _SELDOM,
    "POST /renew": _SELDOM,
    "GET /confirm": _SELDOM,
    "POST /confirm": _SELDOM,
    "GET /preferences": _SELDOM,
    "POST /preferences": _SELDOM,
    "GET /unsubscribe": _SELDOM,
    # Never refused for the sake of others: mailbox providers ask for it at once for many who have had enough.
    "POST /unsubscribe": _OFTEN,
    "GET /{path+}": _STRANGERS,
    "HEAD /{path+}": _STRANGERS,
    "POST /{path+}": _STRANGERS,
}
"""What all visitors may ask for together, by route, before API Gateway answers 429. Every page that has the buttons
asks for the settings; whoever follows, asks once.

Each is of one method: a route of any method would take the preflights of CORS away from API Gateway (API Gateway
developer guide, "Configure CORS for HTTP APIs")."""

ACCESS_LOG: Final = {
    "id": "requestId",
    "time": "requestTimeEpoch",
    "route": "routeKey",
    "status": "status",
    "ms": "responseLatency",
}
"""The access log's fields: nothing that tells who it was, and no query string, for links are in it."""

PREFLIGHT_KEPT: Final = Duration.hours(1)


def audience_api(stack: Stack, origin: str) -> apigateway.HttpApi:
    """The API, which leads nowhere yet; a page of the site's origin may use it."""
    return apigateway.HttpApi(
        stack,
        "PublicApi",
        api_name=stack.stack_name,
        create_default_stage=False,
        cors_preflight=apigateway.CorsPreflightOptions(
            allow_origins=[origin],
            allow_methods=[apigateway.CorsHttpMethod.GET, apigateway.CorsHttpMethod.POST],
            allow_headers=["content-type"],
            expose_headers=["retry-after"],
            max_age=PREFLIGHT_KEPT,
        ),
    )


def lead_to(api: apigateway.HttpApi, function: Function) -> None:
    """Lead every route to the function, each with a limit of its own, and log who was answered what."""
    integration = HttpLambdaIntegration("Function", function)
    routes = [_add_route(api, key, integration) for key in ROUTES]
    stage = apigateway.HttpStage(
        api,
        "Stage",
        http_api=api,
        stage_name="$default",
        auto_deploy=True,
        throttle=apigateway.ThrottleSettings(rate_limit=_STRANGERS.per_second, burst_limit=_STRANGERS.burst),
    )
    resource = cast(apigateway.CfnStage, stage.node.default_child)
    resource.route_settings = {key: _settings(limit) for key, limit in ROUTES.items()}
    resource.node.add_dependency(*routes)  # API Gateway refuses settings of a route that there is not yet
    log_group = logs.LogGroup(
        api, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
    )
    fields = {name: f"$context.{value}" for name, value in ACCESS_LOG.items()}
    resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=log_group.log_group_arn, format=json.dumps(fields, separators=(",", ":"))
    )


def _add_route(api: apigateway.HttpApi, key: str, integration: HttpLambdaIntegration) -> apigateway.CfnRoute:
    method, _, path = key.partition(" ")
    [route] = api.add_routes(path=path, methods=[apigateway.HttpMethod(method)], integration=integration)
    resource = cast(apigateway.CfnRoute, route.node.default_child)
    acknowledge(
        resource,
        "AwsSolutions-APIG4",
        "It is for everybody. What changes something is authorised by a signed link, by a code or by what only the "
        "browser knows of its subscription.",
    )
    return resource


def _settings(limit: RateLimit) -> dict[str, float]:
    """A limit as API Gateway takes it (`RouteSettings`)."""
    return {"ThrottlingRateLimit": limit.per_second, "ThrottlingBurstLimit": limit.burst}
