"""The secrets of endpoints and destinations, in Secrets Manager: put one beside another, list them, end one."""

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import DeployedEndpoint, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.loopback import is_loopback
from jamwire.samples.signing import generate_secret_for
from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.keyring import DESTINATION, FALLBACK, Key, read_document, write_document
from lambdas.contracts.outputs import DestinationOutput, HubOutput


@dataclass(frozen=True, slots=True)
class SecretLocation:
    """Where a name's secrets are.

    Attributes:
        arn: The secret of Secrets Manager.
        name: The name in its document.
        endpoint: The endpoint; None for a destination.
        target: The build host whose hook is kept there; empty for any other destination.
    """

    arn: str
    name: str
    endpoint: DeployedEndpoint | None
    target: str = ""


def locate_secret(deployment: Deployment, name: str) -> SecretLocation:
    """Where the secrets of an endpoint or of a destination (a stack such as ``slack``) are.

    Raises:
        OperationError: There is no such name.
    """
    endpoints = {endpoint.name: endpoint for endpoint in deployment.endpoints}
    if name in endpoints:
        return SecretLocation(deployment.hub.outputs[HubOutput.SECRET_ARN], name, endpoints[name])
    destinations = find_destinations(deployment)
    if name.lower() in destinations:
        return destinations[name.lower()]
    raise OperationError(
        f"There is no endpoint or destination {name!r}; there are: {', '.join([*endpoints, *destinations])}"
    )


def find_destinations(deployment: Deployment) -> dict[str, SecretLocation]:
    """Where the secrets of each destination are, and of what stands in for it: ``slack``, ``slack-fallback``."""
    stacks = [stack for stack in deployment.stacks if stack.short_name != "Hub"]
    kinds = (
        (DestinationOutput.SECRET_ARN, "", DESTINATION),
        (DestinationOutput.FALLBACK_SECRET_ARN, "-fallback", FALLBACK),
    )
    return {
        f"{stack.short_name.lower()}{ending}": SecretLocation(
            stack.outputs[output], name, None, stack.outputs.get(DestinationOutput.TARGET, "")
        )
        for stack in stacks
        for output, ending, name in kinds
        if output in stack.outputs
    }


def subscriber_of(deployment: Deployment, name: str) -> str:
    """The subscriber that delivers to a destination: ``slack`` for ``slack-fallback``; empty for an endpoint.

    Raises:
        OperationError: There is no such name.
    """
    location = locate_secret(deployment, name)
    if location.endpoint:
        return ""
    return name.lower().removesuffix("-fallback") if location.name == FALLBACK else name.lower()


def list_secrets(deployment: Deployment, name: str) -> list[Key]:
    """A name's live secrets, newest last."""
    location = locate_secret(deployment, name)
    document, _ = _read(deployment, location)
    return document.get(location.name, [])


def list_endpoint_secrets(deployment: Deployment) -> dict[str, list[Key]]:
    """The live secrets of all endpoints by their names, newest last; read at once."""
    hub = SecretLocation(deployment.hub.outputs[HubOutput.SECRET_ARN], "", None)
    return _read(deployment, hub)[0]


def add_secret(
    deployment: Deployment, name: str, value: str, *, clock: Callable[[], dt.datetime] | None = None
) -> Key:
    """Put a secret beside the ones that are live; a destination uses the newest.

    Raises:
        OperationError: There is no such name, or this can be no secret of it.
    """
    location = locate_secret(deployment, name)
    check_secret(location, value)
    now = clock() if clock else dt.datetime.now(dt.UTC)
    key = Key(secrets.token_hex(4), value, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _change(deployment, location, lambda live: [*live, key])
    return key


def remove_secret(deployment: Deployment, name: str, key_id: str) -> None:
    """End a secret; functions that have read it may use it for another minute.

    Raises:
        OperationError: There is no such name or no such secret.
    """
    location = locate_secret(deployment, name)

    def without(live: list[Key]) -> list[Key]:
        if key_id not in {key.id for key in live}:
            raise OperationError(f"{name} has no secret {key_id!r}; `jamwire secret list {name}` shows them")
        return [key for key in live if key.id != key_id]

    _change(deployment, location, without)


def restore_secret(deployment: Deployment, name: str, key: Key, place: int) -> None:
    """Put a secret back that was ended, in its place among the live ones: the newest is still the newest.

    Raises:
        OperationError: There is no such name.
    """

    def with_key(live: list[Key]) -> list[Key]:
        others = [other for other in live if other.id != key.id]
        return [*others[:place], key, *others[place:]]

    _change(deployment, locate_secret(deployment, name), with_key)


def generate_secret(deployment: Deployment, name: str) -> str:
    """A new secret in the form that the endpoint's source wants.

    Raises:
        OperationError: There is no such endpoint, or it is a destination, whose secret others make.
    """
    endpoint = locate_secret(deployment, name).endpoint
    if endpoint is None:
        raise OperationError(
            f"The secret of {name} is made by its service: set it with: jamwire secret add {name}"
        )
    try:
        return generate_secret_for(endpoint.scheme)
    except TypeError:
        raise OperationError(
            f"The secret of {name} is made by its service: set it with: jamwire secret add {name}"
        ) from None


def check_secret(location: SecretLocation, value: str) -> None:
    """Check that this can be a secret of a name.

    Raises:
        OperationError: It can be none; the text does not repeat it.
    """
    if not value or value != value.strip() or len(value.splitlines()) != 1:
        raise OperationError(
            "The secret is empty or has spaces around it or several lines; expected one line of text"
        )
    if location.target:
        host = HOSTS[location.target]
        if not host.is_hook(value):
            raise OperationError(
                f"This is not a valid build hook of {host.name}; expected one as {host.example}"
            )
    elif location.endpoint is None:
        if not value.startswith("https://") and not (value.startswith("http://") and is_loopback(value)):
            raise OperationError("This is not a valid webhook URL; expected one that begins with https://")
    elif not location.endpoint.scheme.is_secret(value):
        raise OperationError(
            f"This is not a valid secret of {location.endpoint.source}; expected it as the service shows it"
        )


def _read(deployment: Deployment, location: SecretLocation) -> tuple[dict[str, list[Key]], str]:
    with aws_errors():
        answer: dict[str, Any] = deployment.client("secretsmanager").get_secret_value(SecretId=location.arn)
    try:
        return read_document(answer["SecretString"]), answer["VersionId"]
    except ValueError as error:
        raise OperationError(f"The secret {location.arn} was not written by Jamwire: {error}") from None


def _change(
    deployment: Deployment, location: SecretLocation, change: Callable[[list[Key]], list[Key]]
) -> None:
    """Change a name's secrets.

    Secrets Manager has no conditional write. Two people who change one keyring in the same second could overwrite each
    other, so the version is read again just before the write, and the change refused where another came between.
    """
    document, version = _read(deployment, location)
    document[location.name] = change(document.get(location.name, []))
    _, current = _read(deployment, location)
    if current != version:
        raise OperationError("Somebody else is changing these secrets; look at them and try again")
    with aws_errors():
        deployment.client("secretsmanager").put_secret_value(
            SecretId=location.arn, SecretString=write_document(document)
        )
