"""The tables in which subscribers remember: their own, small, and forgetting by themselves."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from stacks.constructs.nag import acknowledge


def ttl_table(scope: Construct, id: str, *, never_restored: str) -> dynamodb.Table:
    """A table whose key is ``id`` and whose items end at their ``ttl``.

    Args:
        scope: Where it belongs.
        id: Its id there.
        never_restored: Why an older state of it would be worse than none.
    """
    table = dynamodb.Table(
        scope,
        id,
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="ttl",
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(table, "AwsSolutions-DDB3", never_restored)
    return table
