"""Trying an endpoint of a deployment with a sample, as its sender would call it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import DeployedEndpoint, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.http_client import EndpointResponse, post
from jamwire.operations.secrets import add_secret, list_secrets, remove_secret
from jamwire.samples.request import build_request
from jamwire.samples.sample import Sample
from jamwire.samples.signing import generate_key_pair
from lambdas.contracts.outputs import HubOutput
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.tokens import EventBridge, Token


def endpoint_for(deployment: Deployment, sample: Sample, name: str = "") -> DeployedEndpoint:
    """The endpoint of this name, or the first that takes what the sample's source sends.

    Raises:
        OperationError: There is none.
    """
    if name:
        return deployment.endpoint(name)
    fitting = [endpoint for endpoint in deployment.endpoints if endpoint.source == sample.source]
    if not fitting:
        raise OperationError(
            f"No endpoint takes what {sample.source} sends; name one with --endpoint or --to"
        )
    return fitting[0]


def send(
    deployment: Deployment, endpoint: DeployedEndpoint, sample: Sample, *, fresh: str, tamper: bool = False
) -> EndpointResponse:
    """Send a sample, signed as its sender would, or wrongly.

    Raises:
        OperationError: The endpoint has no secret, or nothing answers.
    """
    if isinstance(endpoint.scheme, EventBridge):
        return _tell_by_eventbridge(deployment, endpoint, sample, fresh=fresh, tamper=tamper)
    with _signing_key(deployment, endpoint) as key:
        return post(endpoint.url, _request(endpoint, sample, key, fresh=fresh, tamper=tamper))


def request_for_curl(
    deployment: Deployment, endpoint: DeployedEndpoint, sample: Sample, *, fresh: str
) -> Request:
    """A signed sample for somebody else to send.

    Raises:
        OperationError: Only the sender has the key, or there is no secret.
    """
    if isinstance(endpoint.scheme, EventBridge) or endpoint.scheme.needs_cryptography:
        raise OperationError(f"What {endpoint.source} sends cannot be signed for curl; leave out --curl")
    return _request(endpoint, sample, _newest(deployment, endpoint), fresh=fresh)


def _request(
    endpoint: DeployedEndpoint, sample: Sample, key: str, *, fresh: str, tamper: bool = False
) -> Request:
    return build_request(
        sample, endpoint.scheme, key, url=endpoint.signed_url, now=time.time(), fresh=fresh, tamper=tamper
    )


@contextmanager
def _signing_key(deployment: Deployment, endpoint: DeployedEndpoint) -> Iterator[str]:
    """The newest secret; where only the sender has the private key, one of ours for as long as the block lasts."""
    if not endpoint.scheme.needs_cryptography:
        yield _newest(deployment, endpoint)
        return
    private, public = generate_key_pair(endpoint.scheme)
    added = add_secret(deployment, endpoint.name, public)
    try:
        yield private
    finally:
        remove_secret(deployment, endpoint.name, added.id)


def _newest(deployment: Deployment, endpoint: DeployedEndpoint) -> str:
    keys = list_secrets(deployment, endpoint.name)
    if not keys:
        raise OperationError(f"{endpoint.name} has no secret; run: jamwire secret add {endpoint.name}")
    return keys[-1].value


def _tell_by_eventbridge(
    deployment: Deployment, endpoint: DeployedEndpoint, sample: Sample, *, fresh: str, tamper: bool
) -> EndpointResponse:
    """Hand the function what EventBridge would; the wrong way is to call the endpoint, which must refuse."""
    body = json.dumps(sample.body).replace("{fresh}", fresh)
    if tamper:
        return post(endpoint.url, build_request(sample, Token(), "x", now=time.time(), fresh=fresh))
    payload = json.dumps({"endpoint": endpoint.name, "event": json.loads(body)})
    with aws_errors():
        answer = deployment.client("lambda").invoke(
            FunctionName=deployment.hub.outputs[HubOutput.INGEST_FUNCTION], Payload=payload.encode()
        )
    return EndpointResponse(500 if answer.get("FunctionError") else 200, answer["Payload"].read().decode())
