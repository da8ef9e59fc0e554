"""The table in which a subscriber remembers what became of each event (`lambdas.contracts.ledger_item`)."""

from typing import Final

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from lambdas.contracts.ledger_item import DEAD_INDEX
from stacks.constructs.ttl_table import ttl_table

LEDGER_ACTIONS: Final = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"]


def ledger_table(scope: Construct) -> dynamodb.Table:
    """A subscriber's ledger, with an index of what is dead: nothing else is in it, or costs a write for it."""
    table = ttl_table(
        scope,
        "Ledger",
        never_restored="It tells what was delivered; restoring an older state would repeat messages.",
    )
    table.add_global_secondary_index(
        index_name=DEAD_INDEX,
        partition_key=dynamodb.Attribute(name="dead", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="updated_at", type=dynamodb.AttributeType.NUMBER),
        projection_type=dynamodb.ProjectionType.KEYS_ONLY,
    )
    return table
