"""One deployment of Jamwire in an account: its stacks, its endpoints, and clients for its account."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jamwire.operations.aws import aws_client, aws_errors
from jamwire.operations.errors import NotFoundError
from jamwire.operations.loopback import is_loopback
from lambdas.contracts.outputs import HubOutput
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.schemes.scheme import Scheme

NAME: Final = "Jamwire"
_GONE: Final = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack: its full name, its short one without the deployment's, its status and its outputs."""

    name: str
    short_name: str
    status: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DeployedEndpoint:
    """An endpoint as senders know it, and how its calls are verified.

    Attributes:
        name: Its name.
        source: The source that calls it.
        url: Where it is called.
        scheme: How its calls are verified.
        signed_url: Its address as ingest sees it, for senders that sign it; another one on a local account, and behind
            a proxy.
        expect: Seconds within which it is to be heard; 0 for at no time.
    """

    name: str
    source: str
    url: str
    scheme: Scheme
    signed_url: str = ""
    expect: float = 0.0


class Deployment:
    """A deployment, found through its stacks' outputs.

    Args:
        name: First part of its stacks' names.
        client: Makes a client of its account.
        local_url: Where the account answers, if it is a local one.
    """

    def __init__(self, name: str, *, client: Callable[[str], Any], local_url: str = "") -> None:
        self.name = name
        self.client = client
        self.local_url = local_url

    @classmethod
    def aws(cls, name: str = NAME) -> "Deployment":
        """In the account of the ordinary credential chain; AWS_ENDPOINT_URL may lead to a local one."""
        url = os.environ.get("AWS_ENDPOINT_URL", "")
        return cls(name, client=aws_client, local_url=url if is_loopback(url) else "")

    @cached_property
    def stacks(self) -> list[Stack]:
        """Its stacks by name.

        Raises:
            OperationError: The account cannot be asked.
        """
        with aws_errors():
            pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
            found = [stack for page in pages for stack in page["Stacks"]]
        return sorted((self._stack(s) for s in found if self._is_ours(s)), key=lambda stack: stack.name)

    @property
    def hub(self) -> Stack:
        """Its hub.

        Raises:
            OperationError: There is none.
        """
        hub = next((stack for stack in self.stacks if stack.short_name == "Hub"), None)
        if hub is None or HubOutput.ENDPOINTS not in hub.outputs:
            raise NotFoundError(
                f"There is no deployment {self.name} in this account; deploy one with: make deploy"
            )
        return hub

    @property
    def endpoints(self) -> list[DeployedEndpoint]:
        """Its endpoints, in the rulebook's order."""
        outputs = self.hub.outputs
        base = seen = outputs[HubOutput.URL]
        if self.local_url:
            base = f"{self.local_url}/_aws/execute-api/{outputs[HubOutput.API_ID]}"
            seen = f"https://{outputs[HubOutput.API_ID]}.execute-api.localhost"
        return [
            DeployedEndpoint(
                name,
                endpoint.source.name,
                f"{base}/{name}",
                endpoint.scheme,
                endpoint.public_url or f"{seen}/{name}",
                endpoint.expect,
            )
            for name, endpoint in read_endpoints(outputs[HubOutput.ENDPOINTS]).items()
        ]

    def endpoint(self, name: str) -> DeployedEndpoint:
        """The endpoint of this name.

        Raises:
            OperationError: There is none.
        """
        known = {endpoint.name: endpoint for endpoint in self.endpoints}
        if name not in known:
            raise NotFoundError(f"There is no endpoint {name!r}; there are: {', '.join(known)}")
        return known[name]

    def _is_ours(self, stack: Mapping[str, Any]) -> bool:
        return stack["StackName"].startswith(f"{self.name}-") and stack["StackStatus"] not in _GONE

    def _stack(self, stack: Mapping[str, Any]) -> Stack:
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        name = stack["StackName"]
        return Stack(name, name.removeprefix(f"{self.name}-"), stack["StackStatus"], outputs)
