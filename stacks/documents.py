"""Where a subscriber keeps what it must remember between its events (`lambdas.documents`)."""

from aws_cdk import CfnOutput, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.acknowledge import acknowledge


def documents_table(scope: Construct, function: lambda_.Function) -> dynamodb.Table:
    """A table of documents, for one function to read and write."""
    table = dynamodb.Table(
        scope,
        "Documents",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="ttl",
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(
        table,
        "AwsSolutions-DDB3",
        "It tells what is under way at this moment; an older state would make things twice.",
    )
    table.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
    function.add_environment("DOCUMENTS_TABLE", table.table_name)
    CfnOutput(scope, "DocumentsTable", value=table.table_name)
    return table
