"""The termination protection of the hub, without which every subscriber would be deaf after a slip."""

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment


def is_protected(deployment: Deployment) -> bool:
    """Whether CloudFormation refuses to delete the hub.

    Raises:
        OperationError: There is no deployment, or the account cannot be asked.
    """
    with aws_errors():
        [stack] = deployment.client("cloudformation").describe_stacks(StackName=deployment.hub.name)["Stacks"]
    return bool(stack.get("EnableTerminationProtection"))


def unprotect(deployment: Deployment) -> None:
    """Let the hub be deleted, until it is deployed again.

    Raises:
        OperationError: There is no deployment, or the account cannot be asked.
    """
    with aws_errors():
        deployment.client("cloudformation").update_termination_protection(
            StackName=deployment.hub.name, EnableTerminationProtection=False
        )
