"""The functions of an audience: what each is made of, and what each may do.

One table says it, so that one look shows who may read the keys, who may send what, and who may change followers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.contracts.audience_settings import WORKERS_AT_ONCE
from lambdas.contracts.audience_topics import ASKING, CHANNELS, Channel
from stacks.constructs.audience_jobs import AudienceJobs
from stacks.constructs.code_asset import ROOT
from stacks.constructs.function import Function, dependencies_layer

REQUIREMENTS: Final = ROOT / "lambdas" / "followers" / "requirements.txt"
"""One layer for all of them."""

_READ: Final = ("GetItem", "Query", "BatchGetItem")
_WRITE: Final = ("PutItem", "UpdateItem", "DeleteItem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a function may do beside writing its own log.

    Attributes:
        table: DynamoDB's actions on the audience's table.
        reads_keys: Whether it reads the audience's keys.
        jobs: The channels into whose queues it may put jobs that tell.
        questions: The channels into whose queues it may put questions.
    """

    table: tuple[str, ...]
    reads_keys: bool = False
    jobs: tuple[Channel, ...] = ()
    questions: tuple[Channel, ...] = ()


PLANNER: Final = Access(table=("GetItem", "PutItem", "Query"), jobs=CHANNELS)
"""The subscriber writes the plan of a fan-out. It needs no key, for it meets no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A function of an audience.

    Attributes:
        id: Its id, and the end of its name in logs and metrics.
        handler: Its handler.
        timeout: How long it may run.
        access: What it may do.
    """

    id: str
    handler: str
    timeout: Duration
    access: Access


WORKERS: Final[Mapping[Channel, Part]] = {
    "push": Part(
        id="Push",
        handler="lambdas.audience_push.handler.handle",
        timeout=Duration.minutes(1),
        access=Access(table=(*_READ, *_WRITE), reads_keys=True, jobs=("push",)),
    ),
    "email": Part(
        id="Email",
        handler="lambdas.audience_email.handler.handle",
        timeout=Duration.minutes(5),
        access=Access(table=(*_READ, *_WRITE), reads_keys=True, jobs=("email",), questions=("email",)),
    ),
    "text": Part(
        id="Text",
        handler="lambdas.audience_text.handler.handle",
        timeout=Duration.minutes(5),
        access=Access(table=(*_READ, *_WRITE), reads_keys=True, jobs=("text",), questions=("text",)),
    ),
}

API: Final = Part(
    id="Api",
    handler="lambdas.audience_api.handler.handle",
    timeout=Duration.seconds(10),
    access=Access(table=("GetItem", *_WRITE), reads_keys=True, questions=ASKING),
)
FEEDBACK: Final = Part(
    id="Feedback",
    handler="lambdas.audience_feedback.handler.handle",
    timeout=Duration.seconds(30),
    access=Access(table=("GetItem", *_WRITE), reads_keys=True),
)
DIGEST: Final = Part(
    id="Digest",
    handler="lambdas.audience_digest.handler.handle",
    timeout=Duration.minutes(1),
    access=Access(table=("GetItem", "Query", "PutItem", "UpdateItem"), jobs=("email",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceFunctions:
    """Makes the functions of one audience.

    Attributes:
        stack: The audience's.
        table: Its table.
        secret: Its keys.
        jobs: Its queues.
        environment: What all of them are told.
        documents: The files that all of them are given, by their names.
    """

    stack: Stack
    table: dynamodb.Table
    secret: secretsmanager.Secret
    jobs: AudienceJobs
    environment: Mapping[str, str]
    documents: Mapping[str, str]

    def make(self, part: Part) -> Function:
        """A function, with what it may do."""
        function = Function(
            Construct(self.stack, part.id),
            "Function",
            handler=part.handler,
            service=f"{self.stack.stack_name}-{part.id}",
            timeout=part.timeout,
            layers=[dependencies_layer(self.stack, REQUIREMENTS)],
            environment=self.environment,
            documents=self.documents,
        )
        self.allow(function, part.access)
        return function

    def make_worker(self, channel: Channel, at_once: int | None = None) -> Function:
        """The function that does a channel's jobs, one at a time each, and asks its questions beside them.

        Questions have no maximum: the endpoint lets so few through in a second that they need none, and with one Lambda
        would poll their queue by five in place of two.

        Args:
            channel: The channel.
            at_once: How many may tell at once, where the channel has no pace of its own; None for any number.
        """
        function = self.make(WORKERS[channel])
        function.add_event_source(
            _one_by_one(self.jobs.queues[channel], WORKERS_AT_ONCE.get(channel, at_once))
        )
        if questions := self.jobs.questions.get(channel):
            function.add_event_source(_one_by_one(questions))
        return function

    def allow(self, function: lambda_.Function, access: Access) -> None:
        """Allow a function what it needs, and no more."""
        actions = [f"dynamodb:{action}" for action in access.table]
        function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[self.table.table_arn]))
        queues = [
            queue.queue_arn
            for kind, channels in ((self.jobs.queues, access.jobs), (self.jobs.questions, access.questions))
            for channel, queue in kind.items()
            if channel in channels
        ]
        if queues:
            function.add_to_role_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=queues))
        if access.reads_keys:
            function.add_to_role_policy(
                iam.PolicyStatement(
                    actions=["secretsmanager:GetSecretValue"], resources=[self.secret.secret_arn]
                )
            )


def _one_by_one(queue: sqs.Queue, at_once: int | None = None) -> event_sources.SqsEventSource:
    return event_sources.SqsEventSource(
        queue, batch_size=1, report_batch_item_failures=True, max_concurrency=at_once
    )
