"""Where a subscriber keeps what it must remember between its events (`lambdas.documents`)."""

from aws_cdk import CfnOutput
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from stacks.function import Function
from stacks.memory import memory_table


def documents_table(scope: Construct, function: Function) -> dynamodb.Table:
    """A table of documents, for one function to read and write."""
    table = memory_table(
        scope,
        "Documents",
        never_restored="It tells what is under way at this moment; an older state would make things twice.",
    )
    table.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
    function.set_variable("DOCUMENTS_TABLE", table.table_name)
    CfnOutput(scope, "DocumentsTable", value=table.table_name)
    return table
