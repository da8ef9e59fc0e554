"""The hub: where webhooks come in and events go out. Its template knows no subscriber."""

from collections.abc import Iterable, Mapping

from aws_cdk import Annotations, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.contracts.ingest_settings import IngestSettings
from lambdas.contracts.outputs import HubOutput
from lambdas.contracts.rate_limit import RateLimit
from lambdas.ingest.endpoint_document import Endpoint, endpoints_document, verification_document
from lambdas.ingest.endpoints import ConfiguredEndpoint, read_endpoints
from lambdas.ingest.schemes.document import Verification
from stacks.constructs import payloads_bucket as payloads
from stacks.constructs.alarm import CLEARS_AFTER, add_alarm, alarm_description, command
from stacks.constructs.code_asset import ROOT
from stacks.constructs.eventbridge import listen_to_eventbridge
from stacks.constructs.function import MANY_EVENTS_MEMORY_MB, Function, dependencies_layer
from stacks.constructs.metrics import PERIOD, service_metric
from stacks.constructs.outputs import write_outputs
from stacks.constructs.queues import waiting_messages
from stacks.constructs.registration import Graphs, Registration
from stacks.constructs.repetitions_table import repetitions_table
from stacks.constructs.secret import keyring_secret
from stacks.constructs.silence import FAILED_LOOKS, tell_of_silence
from stacks.constructs.topics import alarm_topic, events_topic
from stacks.constructs.webhook_api import webhook_api
from stacks.settings import Settings

REJECTED_KEPT = logs.RetentionDays.TWO_WEEKS
"""How long ingest's log is kept, and with it what it says of rejected requests and their senders' addresses."""

REJECTION_SPIKE = 100
"""Rejected requests within five minutes that are somebody's business."""

ENDPOINTS_FILE = "endpoints.json"

DEFAULTS = Settings()

PUBLIC_KEY_REQUIREMENTS = ROOT / "lambdas" / "ingest" / "requirements.txt"


class HubStack(Stack):
    """The HTTP API, the ingest function, the topic, large payloads, the endpoints' secrets and the alarm topic.

    Args:
        scope: The app.
        id: ``Hub``; the stack is named ``<deployment>-Hub``.
        endpoints: Name of each endpoint and the source that calls it, or how its calls are verified.
        settings: The deployment's name, and the address to which alarms are sent.
        payloads_kept: How long a payload is kept that is too large to travel with its event. Whoever needs it later,
            to redrive or to replay the event, finds it gone.

    Attributes:
        deployment: First part of every stack's name.
        endpoints: Every endpoint by its name.
        topic: Where events are published.
        payloads: Where large payloads are kept.
        payloads_kept: For how long.
        alarm_topic: Where alarms are told.
        secret: The endpoints' secrets (`lambdas.clients.secrets`).
        service: The name that ingest has in logs and metrics.
        ingest_errors_alarm: Name of the alarm on requests that ingest could not answer.
        alarm_names: Every alarm of the deployment, in the order of the rulebook.
        subscribers: Every subscriber of the deployment, in the order of the rulebook.
        graphs: What else the dashboard shows.

    Raises:
        ValueError: The rulebook names what does not exist; one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoints: Mapping[str, "str | Verification | Endpoint"],
        settings: Settings = DEFAULTS,
        payloads_kept: Duration = payloads.KEPT,
    ) -> None:
        super().__init__(
            scope,
            f"{settings.deployment}-{id}",
            description="Jamwire: webhooks in, events out",
            # Made anew, it has other topics, and a stack that does not change itself stays subscribed to the old ones.
            termination_protection=True,
        )
        self.deployment = settings.deployment
        self.alarm_names: list[str] = []
        self.subscribers: list[Registration] = []
        self.graphs: list[Graphs] = []
        self.service = f"{self.deployment}-Ingest"
        self.topic = events_topic(self)
        self.alarm_topic = alarm_topic(self, settings.alarm_email)
        self.secret = keyring_secret(self, "Secrets", "Live secrets of Jamwire's endpoints")
        self.payloads = payloads.payloads_bucket(self, payloads_kept)
        self.payloads_kept = payloads_kept
        document = endpoints_document(endpoints)
        self.endpoints = read_endpoints(document)
        configured = self.endpoints.values()
        self._warn_of_account_wide_hooks(configured)
        repetitions = (
            repetitions_table(self) if any(endpoint.needs_repetitions for endpoint in configured) else None
        )
        self.ingest = self._ingest(document, configured, repetitions)
        unpublished = listen_to_eventbridge(self, self.ingest, configured)
        self.api, access_log = webhook_api(
            self, self.ingest, self.service, {name: _rate_limit(of) for name, of in endpoints.items()}
        )
        self._add_alarms()
        if unpublished:
            self._add_unpublished_alarm(unpublished)
        self._tell_of_silence(id, {endpoint.name: endpoint.expect for endpoint in configured})
        write_outputs(
            self,
            {
                HubOutput.URL: self.api.api_endpoint,
                HubOutput.API_ID: self.api.api_id,
                HubOutput.ENDPOINTS: verification_document(document),
                HubOutput.INGEST_FUNCTION: self.ingest.function_name,
                HubOutput.INGEST_LOG: self.ingest.log_group.log_group_name,
                HubOutput.ACCESS_LOG: access_log.log_group_name,
                HubOutput.SECRET_ARN: self.secret.secret_arn,
                HubOutput.TOPIC_ARN: self.topic.topic_arn,
                HubOutput.ALARM_TOPIC_ARN: self.alarm_topic.topic_arn,
                HubOutput.PAYLOADS_BUCKET: self.payloads.bucket_name,
            },
        )

    def register(self, subscriber: Registration) -> None:
        """Remember a subscriber for the dashboard. The template of the hub stays as it is."""
        self.subscribers.append(subscriber)

    def show(self, graphs: Graphs) -> None:
        """Remember a row of graphs for the dashboard. The template of the hub stays as it is."""
        self.graphs.append(graphs)

    def add_alarm(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        metric: cloudwatch.Metric | cloudwatch.MathExpression,
        threshold: float,
        description: str,
        clears_after: Duration = CLEARS_AFTER,
        datapoints: int = 1,
    ) -> str:
        """Add an alarm to a stack of the deployment: published on the alarm topic, and shown on the dashboard.

        Args:
            scope: Where it belongs.
            id: Its id there.
            name: Its whole name, by which the dashboard knows it.
            metric: What is watched.
            threshold: The lowest value that raises it.
            description: What happened, where to look and which command to run (`alarm_description`).
            clears_after: How long it stays up after the last such value.
            datapoints: How many such values within that time raise it.

        Returns:
            The name.
        """
        add_alarm(
            scope,
            id,
            name=name,
            metric=metric,
            threshold=threshold,
            description=description,
            topic=self.alarm_topic,
            clears_after=clears_after,
            datapoints=datapoints,
        )
        self.alarm_names.append(name)
        return name

    def metric(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """A metric of ingest."""
        return service_metric(self.service, name, statistic)

    def _ingest(
        self, document: str, configured: Iterable[ConfiguredEndpoint], repetitions: dynamodb.Table | None
    ) -> Function:
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
            memory_mb=(
                MANY_EVENTS_MEMORY_MB if any(endpoint.may_list_events for endpoint in configured) else None
            ),
            log_retention=REJECTED_KEPT,
            environment=IngestSettings(
                topic_arn=self.topic.topic_arn,
                secret_arn=self.secret.secret_arn,
                payloads_bucket=self.payloads.bucket_name,
                endpoints_file=ENDPOINTS_FILE,
                repetitions_table=repetitions.table_name if repetitions else None,
            ).to_environment(),
            documents={ENDPOINTS_FILE: document},
        )
        self.topic.grant_publish(function)
        self.secret.grant_read(function)
        payloads.grant_put(self.payloads, function)
        if repetitions:
            repetitions.grant(function, "dynamodb:UpdateItem")
        return function

    def _tell_of_silence(self, id: str, expected: Mapping[str, float]) -> None:
        if not any(expected.values()):
            return
        function, table = tell_of_silence(
            self,
            stack_id=id,
            service=f"{self.deployment}-Silence",
            ingest=self.ingest,
            topic=self.topic,
            expected=expected,
        )
        self.add_alarm(
            self,
            "SilenceUnknown",
            name=f"{self.deployment}-SilenceUnknown",
            metric=function.metric_errors(statistic="Sum", period=PERIOD),
            threshold=1,
            datapoints=FAILED_LOOKS,
            description=alarm_description(
                f"{self.deployment}: nobody can tell which endpoint is silent, since the look at ingest's log fails.",
                look=f"the errors in {function.log_group.log_group_name}",
                run=f"aws logs tail {function.log_group.log_group_name} --since 1h",
            ),
        )
        write_outputs(self, {HubOutput.SILENCE_TABLE: table.table_name})

    def _warn_of_account_wide_hooks(self, configured: Iterable[ConfiguredEndpoint]) -> None:
        """Without a site, whatever an account deploys counts as a deploy of this site."""
        for endpoint in configured:
            source = endpoint.source
            if source.environment.is_account_wide and not endpoint.sites:
                Annotations.of(self).add_warning_v2(
                    f"jamwire:{endpoint.name}",
                    f"The hooks of {source.name} may tell of every project of an account, and all count as this site. "
                    f"Name yours: {endpoint.name!r}: Endpoint({source.name!r}, site=…).",
                )

    def _add_alarms(self) -> None:
        log = self.ingest.log_group.log_group_name
        # What ingest answers itself, and what API Gateway does where it crashed or was throttled.
        self.ingest_errors_alarm = self.add_alarm(
            self,
            "IngestErrors",
            name=f"{self.deployment}-IngestErrors",
            metric=self.api.metric_server_error(statistic="Sum", period=PERIOD),
            threshold=1,
            description=alarm_description(
                f"{self.deployment}: ingest fails. Senders were asked to try again, and most of them will.",
                look=f"the reasons of outcome unavailable or failed in {log}",
                run=f"aws logs tail {log} --since 1h",
            ),
        )
        self.add_alarm(
            self,
            "RejectionSpike",
            name=f"{self.deployment}-RejectionSpike",
            metric=self.metric("Rejected"),
            threshold=REJECTION_SPIKE,
            description=alarm_description(
                f"{self.deployment}: {REJECTION_SPIKE} requests and more were rejected within five minutes. "
                "Either a secret was changed on one side only, or a stranger is trying, or a sender sends more than "
                "the rate_limit of its endpoint.",
                look="reason, endpoint and address of what was rejected",
                run=command(self.deployment, "rejected list"),
            ),
        )

    def _add_unpublished_alarm(self, unpublished: sqs.Queue) -> None:
        self.add_alarm(
            self,
            "UnpublishedAlarm",
            name=f"{self.deployment}-Unpublished",
            metric=waiting_messages(unpublished, "Maximum"),
            threshold=1,
            description=alarm_description(
                f"{self.deployment}: events of EventBridge could not be published at any of three tries.",
                look=f"the errors in {self.ingest.log_group.log_group_name}, and requestPayload of each message",
                run=f"aws sqs receive-message --queue-url {unpublished.queue_url} --wait-time-seconds 1",
            ),
        )


def _rate_limit(of: "str | Verification | Endpoint") -> RateLimit | None:
    return of.rate_limit if isinstance(of, Endpoint) else None
