"""What the hub tells ingest. The module is its own: each class that ingest imports is a part of its cold start."""

from dataclasses import dataclass

from lambdas.contracts.environment import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings(Settings):
    """The settings of ingest.

    Attributes:
        topic_arn: The topic on which events are published.
        secret_arn: The secret that holds the endpoints' keyring.
        payloads_bucket: The bucket for payloads too large to travel.
        endpoints_file: Where the endpoints' document is (`lambdas.ingest.endpoint_document`), in the function's own
            folder: an environment holds 4 KB, and a deployment may have more to say.
        repetitions_table: The table that tells repetitions; None where no endpoint needs one.
    """

    topic_arn: str
    secret_arn: str
    payloads_bucket: str
    endpoints_file: str
    repetitions_table: str | None = None
