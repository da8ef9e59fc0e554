"""Where a subscriber keeps what it must remember between its events (`lambdas.clients.state_store`)."""

from aws_cdk import CfnOutput
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from stacks.constructs.function import Function
from stacks.constructs.ttl_table import ttl_table


def state_table(scope: Construct, function: Function) -> dynamodb.Table:
    """A table of documents, for one function to read and write."""
    table = ttl_table(
        scope,
        "Documents",
        never_restored="It tells what is under way at this moment; an older state would make things twice.",
    )
    table.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
    function.set_variable("DOCUMENTS_TABLE", table.table_name)
    CfnOutput(scope, "DocumentsTable", value=table.table_name)
    return table
