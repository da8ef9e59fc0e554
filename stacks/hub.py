"""The hub: where webhooks come in and events go out. It knows no subscriber."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from lambdas.ingest.endpoints import (
    ConfiguredEndpoint,
    Endpoint,
    Verification,
    endpoints_document,
    read_endpoints,
)
from lambdas.ingest.schemes import EventBridge
from stacks import payloads
from stacks.acknowledge import acknowledge
from stacks.alarms import add_alarm
from stacks.code import ROOT
from stacks.function import METRICS_NAMESPACE, Function, dependencies_layer
from stacks.keyring import keyring_secret

RATE_PER_SECOND = 200
BURST = 400
"""What all senders together may do before API Gateway answers 429; senders retry."""

ACCESS_LOG = {
    "requestId": "requestId",
    "time": "requestTimeEpoch",
    "sourceIp": "identity.sourceIp",
    "method": "httpMethod",
    "path": "path",
    "status": "status",
    "responseBytes": "responseLength",
    "milliseconds": "responseLatency",
    "error": "error.message",
}
"""The access log's fields: nothing of bodies, headers, query strings or signatures."""

REJECTED_KEPT = logs.RetentionDays.TWO_WEEKS
"""How long ingest's log is kept, and with it what it says of rejected requests and their senders' addresses."""

REJECTION_SPIKE = 100
"""Rejected requests within five minutes that are somebody's business."""

PUBLIC_KEY_REQUIREMENTS = ROOT / "lambdas" / "ingest" / "requirements.txt"

ENVIRONMENT_LIMIT = 3500
"""Characters left for the endpoints in a function's environment, of which Lambda allows 4 KB."""


class HubStack(Stack):
    """The HTTP API, the ingest function, the topic, large payloads, the endpoints' secrets and the alarm topic.

    Args:
        scope: The app.
        id: ``Hub``; the stack is named ``<deployment>-Hub``.
        endpoints: Name of each endpoint and the source that calls it, or how its calls are verified.
        deployment: First part of every stack's name; another one makes a second deployment in the account.
        alarm_email: Who is told of alarms; AWS asks this address to confirm.
        payloads_kept: How long a payload is kept that is too large to travel with its event. Whoever needs it later,
            to redrive or to replay the event, finds it gone.

    Attributes:
        topic: Where events are published.
        payloads: Where large payloads are kept.
        payloads_kept: For how long.
        alarm_topic: Where alarms are told.
        secret: The endpoints' secrets (`lambdas.keyring`).

    Raises:
        ValueError: The rulebook names what does not exist; one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoints: Mapping[str, "str | Verification | Endpoint"],
        deployment: str = "Jamwire",
        alarm_email: str | None = None,
        payloads_kept: Duration = payloads.KEPT,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,60}", deployment):
            raise ValueError(
                f"The deployment's name is {deployment!r}, expected letters, digits and hyphens."
            )
        super().__init__(scope, f"{deployment}-{id}", description="Jamwire: webhooks in, events out")
        self.deployment = deployment
        self.topic = sns.Topic(self, "Events", enforce_ssl=True)
        self.alarm_topic = self._alarm_topic(alarm_email)
        self.secret = keyring_secret(self, "Secrets", "Live secrets of Jamwire's endpoints")
        self.payloads = payloads.payloads_bucket(self, payloads_kept)
        self.payloads_kept = payloads_kept
        document = endpoints_document(endpoints)
        configured = read_endpoints(document).values()
        self.ingest = self._ingest(document, configured)
        self._listen_to_eventbridge(configured)
        self._alarms()
        self.api = self._api()

        CfnOutput(self, "Url", value=self.api.api_endpoint)
        CfnOutput(self, "ApiId", value=self.api.api_id)
        CfnOutput(self, "Endpoints", value=document)
        CfnOutput(self, "IngestFunction", value=self.ingest.function_name)
        CfnOutput(self, "IngestLog", value=self.ingest.log_group.log_group_name)
        CfnOutput(self, "SecretArn", value=self.secret.secret_arn)
        CfnOutput(self, "TopicArn", value=self.topic.topic_arn)
        CfnOutput(self, "AlarmTopicArn", value=self.alarm_topic.topic_arn)

    def _alarm_topic(self, email: str | None) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        topic.grant_publish(
            iam.ServicePrincipal(
                "cloudwatch.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": self.account}}
            )
        )
        if email:
            topic.add_subscription(subscriptions.EmailSubscription(email))
        return topic

    def _ingest(self, document: str, configured: Iterable[ConfiguredEndpoint]) -> Function:
        if len(document) > ENVIRONMENT_LIMIT:
            raise ValueError(
                f"The endpoints take {len(document)} characters, expected at most {ENVIRONMENT_LIMIT}: "
                "move some of them to a second deployment."
            )
        function = Function(
            Construct(self, "Ingest"),
            "Function",
            handler="lambdas.ingest.handler.handle",
            service=f"{self.deployment}-Ingest",
            timeout=Duration.seconds(15),
            layers=(
                [dependencies_layer(self, PUBLIC_KEY_REQUIREMENTS)]
                if any(endpoint.scheme.needs_cryptography for endpoint in configured)
                else []
            ),
            log_retention=REJECTED_KEPT,
            environment={
                "TOPIC_ARN": self.topic.topic_arn,
                "SECRET_ARN": self.secret.secret_arn,
                "PAYLOADS_BUCKET": self.payloads.bucket_name,
                "ENDPOINTS": document,
            },
        )
        self.topic.grant_publish(function)
        self.secret.grant_read(function)
        payloads.let_put(self.payloads, function)
        return function

    def _listen_to_eventbridge(self, configured: Iterable[ConfiguredEndpoint]) -> None:
        """Let in the sources that send no webhooks; IAM proves who they are."""
        for endpoint in configured:
            if isinstance(endpoint.scheme, EventBridge):
                target = {"endpoint": endpoint.name, "event": events.EventField.from_path("$")}
                events.Rule(
                    self,
                    f"From{endpoint.name}",
                    event_pattern=events.EventPattern(source=[f"aws.{endpoint.source.name}"]),
                    targets=[
                        targets.LambdaFunction(self.ingest, event=events.RuleTargetInput.from_object(target))
                    ],
                )

    def _alarms(self) -> None:
        rejected = cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name="Rejected",
            dimensions_map={"service": f"{self.deployment}-Ingest"},
            statistic="Sum",
            period=Duration.minutes(5),
        )
        add_alarm(
            self,
            "IngestErrors",
            metric=self.ingest.metric_errors(period=Duration.minutes(5)),
            at=1,
            text=f"{self.deployment}: ingest fails; senders are told to try again. See its log.",
            topic=self.alarm_topic,
        )
        add_alarm(
            self,
            "RejectionSpike",
            metric=rejected,
            at=REJECTION_SPIKE,
            text=f"{self.deployment}: {REJECTION_SPIKE} requests and more were rejected within five minutes. "
            "Run: jamwire rejected list",
            topic=self.alarm_topic,
        )

    def _api(self) -> apigateway.HttpApi:
        api = apigateway.HttpApi(self, "Api", api_name=self.stack_name, create_default_stage=False)
        # Every method reaches ingest, which answers 405 to all but POST; API Gateway would say 404.
        routes = api.add_routes(
            path="/{endpoint}",
            methods=[apigateway.HttpMethod.ANY],
            integration=HttpLambdaIntegration("Ingest", self.ingest),
        )
        for route in routes:
            acknowledge(
                route,
                "AwsSolutions-APIG4",
                "Senders of webhooks sign what they send; ingest verifies each signature over the raw bytes, "
                "which no authoriser of an HTTP API is given.",
            )
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=RATE_PER_SECOND, burst_limit=BURST),
        )
        self._log_access(stage)
        return api

    def _log_access(self, stage: apigateway.HttpStage) -> None:
        log_group = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        resource = cast(apigateway.CfnStage, stage.node.default_child)
        resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn,
            format=json.dumps({name: f"$context.{value}" for name, value in ACCESS_LOG.items()}),
        )
