"""Where ingest keeps which event a body was, for senders of whom nothing else tells (`lambdas.ingest.repetitions`)."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from stacks.constructs.ttl_table import ttl_table


def repetitions_table(scope: Construct) -> dynamodb.Table:
    """The hub's table, which only a deployment has that has such a sender."""
    return ttl_table(
        scope,
        "Repetitions",
        never_restored="It tells what came within minutes; an older state would tell nothing.",
    )
