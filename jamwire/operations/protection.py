"""The termination protection of stacks that nobody can give back: the hub, and the list of who follows a site."""

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment


def find_protected(deployment: Deployment) -> list[str]:
    """Names of the stacks that CloudFormation refuses to delete.

    Raises:
        OperationError: There is no deployment, or the account cannot be asked.
    """
    client = deployment.client("cloudformation")
    names = [deployment.hub.name, *(stack.name for stack in deployment.stacks if stack != deployment.hub)]
    with aws_errors():
        described = [client.describe_stacks(StackName=name)["Stacks"][0] for name in names]
    return [
        name for name, stack in zip(names, described, strict=True) if stack.get("EnableTerminationProtection")
    ]


def unprotect(deployment: Deployment, names: list[str]) -> None:
    """Let stacks be deleted, until they are deployed again.

    Raises:
        OperationError: The account cannot be asked.
    """
    client = deployment.client("cloudformation")
    with aws_errors():
        for name in names:
            client.update_termination_protection(StackName=name, EnableTerminationProtection=False)
