"""The state of topics for pages that open late: its table, and the function that answers a CDN with it."""

from functools import cached_property
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from lambdas.contracts.live_private import PrivateTopics
from lambdas.contracts.live_state_table import PARTITION_KEY, SORT_KEY
from lambdas.contracts.settings import LiveStateSettings
from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge

RATE_PER_SECOND: Final = 200
BURST: Final = 400
"""What all visitors with a token may ask for, before API Gateway answers 429."""

READ_ACTIONS: Final = ("dynamodb:GetItem", "dynamodb:Query")
WRITE_ACTIONS: Final = ("dynamodb:GetItem", "dynamodb:PutItem")

TIMEOUT: Final = Duration.seconds(5)

PREFIX: Final = "_jamwire"
"""Where the site's own distribution serves the state."""


class LiveStates(Construct):
    """The table, and the function behind a URL that only CloudFront may call.

    Args:
        scope: Where it belongs.
        id: Its id there.
        service: The function's name in logs and metrics.
        private: Topics of one visitor each. They are read through an API of their own, which asks for the visitor's
            token; no CDN keeps them.

    Attributes:
        table: The states.
        private_url: Where private topics are read; None where there are none.
    """

    def __init__(self, scope: Construct, id: str, *, service: str, private: PrivateTopics | None) -> None:
        super().__init__(scope, id)
        self.table = _table(self)
        settings = LiveStateSettings(
            states_table=self.table.table_name, private_claim=private.claim if private else ""
        )
        function = Function(
            self,
            "Function",
            handler="lambdas.live_state.handler.handle",
            service=service,
            timeout=TIMEOUT,
            environment=settings.to_environment(),
        )
        self.table.grant(function, *READ_ACTIONS)
        self._url = function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
        self.private_url = _private_api(self, service, function, private).api_endpoint if private else None

    @cached_property
    def behavior(self) -> cloudfront.BehaviorOptions:
        """How a distribution serves the state: one read of a document a second and location, whatever the crowd."""
        return cloudfront.BehaviorOptions(
            origin=origins.FunctionUrlOrigin.with_origin_access_control(self._url),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            compress=True,
            cache_policy=cloudfront.CachePolicy(
                self,
                "Lifetime",
                comment="A second, or what the state says",
                min_ttl=Duration.seconds(0),
                default_ttl=Duration.seconds(1),
                max_ttl=Duration.seconds(1),
                enable_accept_encoding_brotli=True,
                enable_accept_encoding_gzip=True,
            ),
        )

    def add_distribution(self, comment: str, web_acl: str | None) -> cloudfront.Distribution:
        """A distribution that serves nothing but the state, with the ARN of a web ACL before it."""
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=comment,
            default_behavior=self.behavior,
            error_responses=error_responses(),
            web_acl_id=web_acl,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
        )
        acknowledge(distribution, "AwsSolutions-CFR1", "Visitors of a site may be anywhere.")
        acknowledge(
            distribution,
            "AwsSolutions-CFR2",
            "docs/live.md says what a stranger can cost, and how to add a WAF.",
        )
        acknowledge(
            distribution, "AwsSolutions-CFR3", "Its log would hold visitors' addresses and nothing of use."
        )
        acknowledge(
            distribution,
            "AwsSolutions-CFR4",
            "The site's owner may give it a certificate and its minimum TLS.",
        )
        return distribution


def error_responses() -> list[cloudfront.ErrorResponse]:
    """CloudFront keeps an error for ten seconds unless it is told otherwise; a new topic would begin stale."""
    return [
        cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0))
        for status in (403, 404, 500, 502, 503, 504)
    ]


def _table(scope: Construct) -> dynamodb.Table:
    table = dynamodb.Table(
        scope,
        "Table",
        partition_key=dynamodb.Attribute(name=PARTITION_KEY, type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name=SORT_KEY, type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="ttl",
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(
        table,
        "AwsSolutions-DDB3",
        "It tells what is true at this moment; an older state would tell what was.",
    )
    return table


def _private_api(
    scope: Construct, name: str, function: Function, private: PrivateTopics
) -> apigateway.HttpApi:
    api = apigateway.HttpApi(
        scope,
        "Api",
        api_name=name,
        create_default_stage=False,
        cors_preflight=apigateway.CorsPreflightOptions(
            allow_origins=["*"],
            allow_methods=[apigateway.CorsHttpMethod.GET],
            allow_headers=["authorization"],
            expose_headers=["date", "etag", "age"],
            max_age=Duration.days(1),
        ),
    )
    api.add_routes(
        path="/{path+}",
        methods=[apigateway.HttpMethod.GET],
        integration=HttpLambdaIntegration("State", function),
        authorizer=authorizers.HttpJwtAuthorizer("Visitor", private.issuer, jwt_audience=[private.audience]),
    )
    stage = apigateway.HttpStage(
        scope,
        "Stage",
        http_api=api,
        stage_name="$default",
        auto_deploy=True,
        throttle=apigateway.ThrottleSettings(rate_limit=RATE_PER_SECOND, burst_limit=BURST),
    )
    acknowledge(stage, "AwsSolutions-APIG1", "Its log would hold visitors' addresses and nothing of use.")
    return api
