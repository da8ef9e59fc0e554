"""Outputs of a stack, under the names by which `jamwire` reads them."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from lambdas.contracts.outputs import Output


def write_outputs(scope: Construct, outputs: Mapping[Output, str], *, prefix: str = "") -> None:
    """Add outputs to the stack of a construct.

    Args:
        scope: The stack, or a construct in it.
        outputs: The value of each.
        prefix: First part of the names of a construct that a stack may have several of.
    """
    for name, value in outputs.items():
        CfnOutput(Stack.of(scope), f"{prefix}{name}", value=value)
