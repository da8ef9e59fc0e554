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

from lambdas.contracts.ingest_settings import IngestSettings
from lambdas.ingest.endpoints import (
    ConfiguredEndpoint,
    Endpoint,
    endpoints_document,
    read_endpoints,
)
from lambdas.ingest.schemes.document import Verification
from lambdas.ingest.schemes.tokens import EventBridge
from stacks.constructs import payloads_bucket as payloads
from stacks.constructs.alarm import DEFAULT_DEPLOYMENT, PERIOD, TRANSITIONS, add_alarm, command, say
from stacks.constructs.code_asset import ROOT
from stacks.constructs.function import METRICS_NAMESPACE, Function, dependencies_layer
from stacks.constructs.nag import acknowledge
from stacks.constructs.secret import keyring_secret

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
        secret: The endpoints' secrets (`lambdas.clients.secrets`).
        service: The name that ingest has in logs and metrics.
        alarm_names: Its alarms.

    Raises:
        ValueError: The rulebook names what does not exist, or more endpoints than fit into a function's environment;
            one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoints: Mapping[str, "str | Verification | Endpoint"],
        deployment: str = DEFAULT_DEPLOYMENT,
        alarm_email: str | None = None,
        payloads_kept: Duration = payloads.KEPT,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,60}", deployment):
            raise ValueError(
                f"The deployment's name is {deployment!r}, expected letters, digits and hyphens."
            )
        super().__init__(scope, f"{deployment}-{id}", description="Jamwire: webhooks in, events out")
        self.deployment = deployment
        self.service = f"{deployment}-Ingest"
        self.topic = sns.Topic(self, "Events", enforce_ssl=True)
        self.alarm_topic = self._alarm_topic(alarm_email)
        self.secret = keyring_secret(self, "Secrets", "Live secrets of Jamwire's endpoints")
        self.payloads = payloads.payloads_bucket(self, payloads_kept)
        self.payloads_kept = payloads_kept
        document = endpoints_document(endpoints)
        configured = read_endpoints(document).values()
        self.ingest = self._ingest(document, configured)
        self._listen_to_eventbridge(configured)
        self.api = self._api()
        self.alarm_names = self._alarms()

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
            made = topic.add_subscription(subscriptions.EmailSubscription(email))
            subscription = cast(sns.CfnSubscription, made.node.default_child)
            subscription.filter_policy = TRANSITIONS
            subscription.filter_policy_scope = "MessageBody"
        return topic

    def _ingest(self, document: str, configured: Iterable[ConfiguredEndpoint]) -> Function:
        function = Function(
            Construct(self, "Ingest"),
            "Function",
            handler="lambdas.ingest.handler.handle",
            service=self.service,
            timeout=Duration.seconds(15),
            layers=(
                [dependencies_layer(self, PUBLIC_KEY_REQUIREMENTS)]
                if any(endpoint.scheme.needs_cryptography for endpoint in configured)
                else []
            ),
            log_retention=REJECTED_KEPT,
            environment=IngestSettings(
                topic_arn=self.topic.topic_arn,
                secret_arn=self.secret.secret_arn,
                payloads_bucket=self.payloads.bucket_name,
                endpoints=document,
            ).to_environment(),
        )
        self.topic.grant_publish(function)
        self.secret.grant_read(function)
        payloads.grant_put(self.payloads, function)
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

    def metric(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """A metric of ingest."""
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name=name,
            dimensions_map={"service": self.service},
            statistic=statistic,
            period=PERIOD,
        )

    def _alarms(self) -> list[str]:
        return [
            # Ingest itself answers 503 or 500 and ends in order; it also fails before it begins, and without a sender.
            add_alarm(
                self,
                "IngestErrors",
                name=f"{self.deployment}-IngestErrors",
                metric=cloudwatch.MathExpression(
                    expression="FILL(answered, 0) + FILL(crashed, 0)",
                    using_metrics={
                        "answered": self.api.metric_server_error(statistic="Sum", period=PERIOD),
                        "crashed": self.ingest.metric_errors(statistic="Sum", period=PERIOD),
                    },
                    label="Requests answered 5xx, and crashes",
                    period=PERIOD,
                ),
                at=1,
                text=say(
                    f"{self.deployment}: ingest fails. Senders were asked to try again, and most of them will.",
                    look=f"the reasons of outcome unavailable or failed in {self.ingest.log_group.log_group_name}",
                    run=f"aws logs tail {self.ingest.log_group.log_group_name} --since 1h",
                ),
                topic=self.alarm_topic,
            ),
            add_alarm(
                self,
                "RejectionSpike",
                name=f"{self.deployment}-RejectionSpike",
                metric=self.metric("Rejected"),
                at=REJECTION_SPIKE,
                text=say(
                    f"{self.deployment}: {REJECTION_SPIKE} requests and more were rejected within five minutes. "
                    "Either a secret was changed on one side only, or a stranger is trying.",
                    look="reason, endpoint and address of what was rejected",
                    run=command(self.deployment, "rejected list"),
                ),
                topic=self.alarm_topic,
            ),
        ]

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
