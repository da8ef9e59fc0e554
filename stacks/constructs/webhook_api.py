"""The HTTP API that senders call: every path and method leads to ingest, each endpoint's with a limit of its own.

A limit is a route's: API Gateway has a bucket of tokens for each, so that one noisy sender takes nothing away from the
others (API Gateway developer guide, "Throttle requests to your HTTP APIs").
"""

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final, cast

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from lambdas.contracts.access_log import COUNTED, ENDPOINT, SERVICE, STATUS, THROTTLED
from lambdas.contracts.metrics import NAMESPACE
from lambdas.contracts.rate_limit import RateLimit
from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge

ENDPOINT_LIMIT: Final = RateLimit(per_second=200, burst=400)
"""What one endpoint takes before API Gateway answers 429: a CMS that publishes a thousand entries at once makes some
ten requests a second, and a code host a few hundred at once."""

STRANGERS_LIMIT: Final = RateLimit(per_second=10, burst=20)
"""What names take together that no endpoint has. They are recorded, so that a person finds a mistyped address."""

ACCOUNT_PER_SECOND: Final = 10_000
ACCOUNT_BURST: Final = 5_000
"""What API Gateway takes of an account in a region, for all of its APIs (API Gateway quotas)."""

MAX_ROUTES: Final = 250
"""Endpoints with a route of their own. API Gateway allows 300 (API Gateway quotas), CloudFormation 500 resources; those
beyond share the route of names that no endpoint has."""

STRANGERS: Final = "/{endpoint}"

ACCESS_LOG: Final = {
    "id": "requestId",
    "time": "requestTimeEpoch",
    "ip": "identity.sourceIp",
    ENDPOINT: "routeKey",
    STATUS: "status",
    "ms": "responseLatency",
}
"""The access log's fields: nothing of bodies, headers, query strings or signatures. It tells of requests that ingest
never sees, and is paid for by the byte, even of what is throttled (docs/cost.md); so it is short, and no field is as
long as a stranger likes: a path may have ten thousand bytes."""


def webhook_api(
    hub: Stack, ingest: Function, service: str, limits: Mapping[str, RateLimit | None]
) -> tuple[apigateway.HttpApi, logs.LogGroup]:
    """The hub's API and its access log.

    Args:
        hub: The hub.
        ingest: The function that answers.
        service: The function's name in metrics, in which what is throttled counts, too.
        limits: What each endpoint takes, by its name; None for `ENDPOINT_LIMIT`.

    Raises:
        ValueError: A limit is not one that API Gateway takes.
    """
    api = apigateway.HttpApi(hub, "Api", api_name=hub.stack_name, create_default_stage=False)
    # Every method reaches ingest, which answers 405 to all but POST; API Gateway would say 404.
    [strangers] = api.add_routes(
        path=STRANGERS,
        methods=[apigateway.HttpMethod.ANY],
        integration=HttpLambdaIntegration("Ingest", ingest),
    )
    route = cast(apigateway.CfnRoute, strangers.node.default_child)
    own = dict(islice(limits.items(), MAX_ROUTES))
    routes = [route, *_own_routes(hub, api, ingest, route.target, own)]
    for one in routes:
        acknowledge(
            one,
            "AwsSolutions-APIG4",
            "Senders of webhooks sign what they send; ingest verifies each signature over the raw bytes, "
            "which no authoriser of an HTTP API is given.",
        )
    stage = apigateway.HttpStage(
        hub,
        "Stage",
        http_api=api,
        stage_name="$default",
        auto_deploy=True,
        throttle=apigateway.ThrottleSettings(
            rate_limit=ENDPOINT_LIMIT.per_second, burst_limit=ENDPOINT_LIMIT.burst
        ),
    )
    settings = {_key(f"/{name}"): _settings(name, limit or ENDPOINT_LIMIT) for name, limit in own.items()}
    shared = ENDPOINT_LIMIT if len(limits) > len(own) else STRANGERS_LIMIT
    resource = cast(apigateway.CfnStage, stage.node.default_child)
    resource.route_settings = {_key(STRANGERS): _settings("", shared), **settings}
    resource.node.add_dependency(*routes)  # API Gateway refuses settings of a route that there is not yet
    return api, _log_access(hub, resource, service)


def _own_routes(
    hub: Stack, api: apigateway.HttpApi, ingest: Function, target: str | None, names: Iterable[str]
) -> list[apigateway.CfnRoute]:
    """A route for each endpoint, to the integration that there is; one permission for all, since a policy is small."""
    ingest.add_permission(
        "Endpoints",
        principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
        source_arn=hub.format_arn(service="execute-api", resource=api.api_id, resource_name="*/*/*"),
    )
    parts = Construct(hub, "Routes")
    routes = [
        apigateway.CfnRoute(
            parts,
            name,
            api_id=api.api_id,
            route_key=_key(f"/{name}"),
            target=target,
            authorization_type="NONE",
        )
        for name in names
    ]
    for route in routes:  # an older ingest knows an endpoint by the parameter of the path only
        route.node.add_dependency(ingest)
    return routes


def _key(path: str) -> str:
    return f"ANY {path}"


def _settings(name: str, limit: RateLimit) -> dict[str, float]:
    """A limit as API Gateway takes it (`RouteSettings`)."""
    if not (0 < limit.per_second <= ACCOUNT_PER_SECOND and 1 <= limit.burst <= ACCOUNT_BURST):
        raise ValueError(
            f"The rate_limit of {name!r} is {limit.per_second:g} a second and {limit.burst:g} at once, expected up to "
            f"{ACCOUNT_PER_SECOND} a second and 1 to {ACCOUNT_BURST} at once."
        )
    return {"ThrottlingRateLimit": limit.per_second, "ThrottlingBurstLimit": limit.burst}


def _log_access(hub: Stack, stage: apigateway.CfnStage, service: str) -> logs.LogGroup:
    log_group = logs.LogGroup(
        hub,
        "AccessLog",
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=RemovalPolicy.DESTROY,
    )
    fields = {name: f"$context.{value}" for name, value in ACCESS_LOG.items()}
    stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=log_group.log_group_arn,
        format=json.dumps(fields | {SERVICE: service}, separators=(",", ":")),
    )
    _count_throttled(log_group)
    return log_group


def _count_throttled(log_group: logs.LogGroup) -> None:
    """Count what API Gateway refuses. A metric is paid for by the hour, and only where there is something to count."""
    for name, dimensions in COUNTED.items():
        logs.MetricFilter(
            log_group,
            name,
            log_group=log_group,
            filter_pattern=logs.FilterPattern.string_value(f"$.{STATUS}", "=", THROTTLED),
            metric_namespace=NAMESPACE,
            metric_name=name,
            metric_value="1",
            dimensions={dimension: f"$.{dimension}" for dimension in dimensions},
        )
