"""One deployment of Jamwire in an account: its stacks, its endpoints, and clients for its account."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from jamwire.operations.loopback import is_loopback
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.schemes.scheme import Scheme

NAME: Final = "Jamwire"
_GONE: Final = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")


class OperationError(Exception):
    """Something that a person can put right; the text is one line that says how."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack: its full name, its short one without the deployment's, its status and its outputs."""

    name: str
    short_name: str
    status: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as senders know it, and how its calls are verified.

    Attributes:
        name: Its name.
        source: The source that calls it.
        url: Where it is called.
        scheme: How its calls are verified.
        signed_url: Its address as ingest sees it, for senders that sign it; another one on a local account only.
    """

    name: str
    source: str
    url: str
    scheme: Scheme
    signed_url: str = ""


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
        return cls(name, client=_aws_client, local_url=url if is_loopback(url) else "")

    @cached_property
    def stacks(self) -> list[Stack]:
        """Its stacks by name.

        Raises:
            OperationError: The account cannot be asked.
        """
        with explained():
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
        if hub is None or "Endpoints" not in hub.outputs:
            raise OperationError(
                f"There is no deployment {self.name} in this account; deploy one with: make deploy"
            )
        return hub

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints, in the rulebook's order."""
        outputs = self.hub.outputs
        base = seen = outputs["Url"]
        if self.local_url:
            base = f"{self.local_url}/_aws/execute-api/{outputs['ApiId']}"
            seen = f"https://{outputs['ApiId']}.execute-api.localhost"
        return [
            Endpoint(name, endpoint.source.name, f"{base}/{name}", endpoint.scheme, f"{seen}/{name}")
            for name, endpoint in read_endpoints(outputs["Endpoints"]).items()
        ]

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint of this name.

        Raises:
            OperationError: There is none.
        """
        known = {endpoint.name: endpoint for endpoint in self.endpoints}
        if name not in known:
            raise OperationError(f"There is no endpoint {name!r}; there are: {', '.join(known)}")
        return known[name]

    def _is_ours(self, stack: Mapping[str, Any]) -> bool:
        return stack["StackName"].startswith(f"{self.name}-") and stack["StackStatus"] not in _GONE

    def _stack(self, stack: Mapping[str, Any]) -> Stack:
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        name = stack["StackName"]
        return Stack(name, name.removeprefix(f"{self.name}-"), stack["StackStatus"], outputs)


def _aws_client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


class explained:  # noqa: N801 - reads as what it does: with explained()
    """Turns what AWS's client says into one line for a person."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise an `OperationError` for an error of the client."""
        if isinstance(error, ProfileNotFound):
            raise OperationError(str(error)) from None
        if isinstance(error, ClientError):
            detail = error.response["Error"]
            raise OperationError(f"AWS answered {detail['Code']}: {detail.get('Message', '')}") from None
        if isinstance(error, BotoCoreError):
            raise OperationError(f"The account cannot be reached: {error}") from None


def as_document(endpoints: list[Endpoint]) -> list[dict[str, str]]:
    """Endpoints for ``--json``."""
    return [{"name": e.name, "source": e.source, "url": e.url} for e in endpoints]


def to_json(value: object) -> str:
    """What ``--json`` prints."""
    return json.dumps(value, indent=2)
