"""The HTTP API that senders call: every path and method leads to ingest."""

import json
from typing import Final, cast

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration

from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge

RATE_PER_SECOND: Final = 200
BURST: Final = 400
"""What all senders together may do before API Gateway answers 429; senders retry."""

ACCESS_LOG: Final = {
    "id": "requestId",
    "time": "requestTimeEpoch",
    "ip": "identity.sourceIp",
    "path": "path",
    "status": "status",
    "ms": "responseLatency",
}
"""The access log's fields: nothing of bodies, headers, query strings or signatures. It tells of requests that ingest
never sees, and is paid for by the byte, even of what is throttled (docs/cost.md); so it is short."""


def webhook_api(hub: Stack, ingest: Function) -> apigateway.HttpApi:
    """The hub's API, throttled and with an access log."""
    api = apigateway.HttpApi(hub, "Api", api_name=hub.stack_name, create_default_stage=False)
    # Every method reaches ingest, which answers 405 to all but POST; API Gateway would say 404.
    routes = api.add_routes(
        path="/{endpoint}",
        methods=[apigateway.HttpMethod.ANY],
        integration=HttpLambdaIntegration("Ingest", ingest),
    )
    for route in routes:
        acknowledge(
            route,
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
        throttle=apigateway.ThrottleSettings(rate_limit=RATE_PER_SECOND, burst_limit=BURST),
    )
    _log_access(hub, stage)
    return api


def _log_access(hub: Stack, stage: apigateway.HttpStage) -> None:
    log_group = logs.LogGroup(
        hub,
        "AccessLog",
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=RemovalPolicy.DESTROY,
    )
    resource = cast(apigateway.CfnStage, stage.node.default_child)
    resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=log_group.log_group_arn,
        format=json.dumps(
            {name: f"$context.{value}" for name, value in ACCESS_LOG.items()}, separators=(",", ":")
        ),
    )
