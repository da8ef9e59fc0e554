"""The stack as every stack beside the hub uses it."""

from aws_cdk import Stack
from constructs import Construct

from stacks.hub import HubStack


class JamwireStack(Stack):
    """A stack of the hub's deployment, and named after it: ``Jamwire-Slack``.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The deployment's hub.
        description: What CloudFormation says of it.
    """

    def __init__(self, scope: Construct, id: str, *, hub: HubStack, description: str = "") -> None:
        super().__init__(scope, f"{hub.deployment}-{id}", description=description or f"Jamwire: {id}")
