"""Where a stateful subscriber keeps its state between its events (`lambdas.contracts.state_table`)."""

from typing import Final

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from lambdas.contracts.outputs import StatefulOutput
from stacks.constructs.outputs import write_outputs
from stacks.constructs.ttl_table import ttl_table

STATE_ACTIONS: Final = ("dynamodb:GetItem", "dynamodb:PutItem")


def state_table(scope: Construct) -> dynamodb.Table:
    """The state table of a subscriber, which is to be granted `STATE_ACTIONS`."""
    table = ttl_table(
        scope,
        "Documents",
        never_restored="It tells what is under way at this moment; an older state would make things twice.",
    )
    write_outputs(scope, {StatefulOutput.DOCUMENTS_TABLE: table.table_name})
    return table
