"""Names of the stacks' outputs, by which the `jamwire` command finds its way in an account.

The stacks write them (`stacks.constructs.outputs`), and `jamwire` reads them. They are part of what is deployed: a
renamed output is not found where the older stack is still deployed.
"""

from enum import StrEnum


class HubOutput(StrEnum):
    """The hub's outputs; `SILENCE_TABLE` is there if something is expected of an endpoint."""

    URL = "Url"
    API_ID = "ApiId"
    ENDPOINTS = "Endpoints"
    INGEST_FUNCTION = "IngestFunction"
    INGEST_LOG = "IngestLog"
    ACCESS_LOG = "AccessLogGroup"
    SECRET_ARN = "SecretArn"  # noqa: S105 - an output's name
    TOPIC_ARN = "TopicArn"
    ALARM_TOPIC_ARN = "AlarmTopicArn"
    PAYLOADS_BUCKET = "PayloadsBucket"
    SILENCE_TABLE = "SilenceTable"


class SubscriberOutput(StrEnum):
    """A subscriber's outputs, each after the subscriber's id: ``SubscriberQueueUrl``.

    `LOG` is there if the ledger does not have every delivery; `FUNCTION` since functions know probes
    (`lambdas.contracts.probe`); `RATE_LIMIT` if the destination has one: calls a second.
    """

    QUEUE_URL = "QueueUrl"
    DEAD_LETTERS_URL = "DeadLettersUrl"
    LEDGER_TABLE = "LedgerTable"
    LOG = "Log"
    FUNCTION = "Function"
    RATE_LIMIT = "RateLimit"


class DestinationOutput(StrEnum):
    """Outputs of a stack whose destination needs a secret: a webhook's URL, or a build hook's.

    `FALLBACK_SECRET_ARN` is there if a second webhook stands in for the first, `TARGET` names a build host.
    """

    SECRET_ARN = "SecretArn"  # noqa: S105 - an output's name
    FALLBACK_SECRET_ARN = "FallbackSecretArn"  # noqa: S105 - an output's name
    TARGET = "Target"


class RecoveryOutput(StrEnum):
    """Outputs of a stack that asks senders for failed deliveries; the secret is a token of theirs."""

    TOKEN_ARN = "TokenArn"  # noqa: S105 - an output's name


class StatefulOutput(StrEnum):
    """Outputs of a stack whose subscriber keeps a state; `STORIES_TABLE` is the same table, if it holds stories."""

    DOCUMENTS_TABLE = "DocumentsTable"
    STORIES_TABLE = "StoriesTable"


class ArchiveOutput(StrEnum):
    """The event store's outputs; `EVENTS_KEPT` is in seconds."""

    EVENTS_TABLE = "EventsTable"
    EVENTS_KEPT = "EventsKept"


class LiveOutput(StrEnum):
    """Outputs of a stack to whose pushes open pages listen.

    `STATE_URL` is where the stack's own distribution serves the state, if it has one; `PRIVATE_STATE_URL` is where
    visitors with a token read that of private topics, if there are any.
    """

    HTTP_URL = "HttpUrl"
    REALTIME_URL = "RealtimeUrl"
    API_KEY = "ApiKey"
    STATES_TABLE = "StatesTable"
    PRIVATE_STATE_URL = "PrivateStateUrl"
    STATE_URL = "StateUrl"


class AudienceOutput(StrEnum):
    """Outputs of an audience's stack; the queues' are there for the channels that it has.

    `REPLIES_TOPIC_ARN` is where text messages of followers come in, `PUSH_KEY` the public key that browsers need.
    """

    URL = "AudienceUrl"
    API_ID = "AudienceApiId"
    TABLE = "AudienceTable"
    SECRET_ARN = "AudienceSecretArn"  # noqa: S105 - an output's name
    PUSH_KEY = "PushKey"
    PUSH_QUEUE_URL = "PushQueueUrl"
    EMAIL_QUEUE_URL = "EmailQueueUrl"
    TEXT_QUEUE_URL = "TextQueueUrl"
    EMAIL_QUESTIONS_URL = "EmailQuestionsUrl"
    TEXT_QUESTIONS_URL = "TextQuestionsUrl"
    JOBS_DEAD_LETTERS_URL = "DeadJobsUrl"
    REPLIES_TOPIC_ARN = "RepliesTopicArn"


class DemoSiteOutput(StrEnum):
    """The demonstration site's outputs."""

    BUCKET = "Bucket"
    DISTRIBUTION_ID = "DistributionId"
    URL = "Url"


Output = (
    HubOutput
    | SubscriberOutput
    | DestinationOutput
    | RecoveryOutput
    | StatefulOutput
    | ArchiveOutput
    | LiveOutput
    | AudienceOutput
    | DemoSiteOutput
)
