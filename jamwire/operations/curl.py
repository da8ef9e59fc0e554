"""An event as a line for a shell, which sends it to its endpoint once more as its sender would."""

from dataclasses import dataclass, replace
from typing import Final

from jamwire.operations.deployment import DeployedEndpoint, Deployment
from jamwire.operations.forwarding import ENDPOINT_HEADER, EVENT_HEADER, load_payload, request_of
from jamwire.operations.http_client import curl_line
from jamwire.operations.secrets import list_secrets
from lambdas.contracts.event import Event
from lambdas.ingest.schemes.scheme import VerificationError

LONGEST: Final = 100_000
"""Characters that every shell takes in one argument."""

_OURS: Final = ("user-agent", EVENT_HEADER, ENDPOINT_HEADER)


@dataclass(frozen=True, slots=True)
class Curl:
    """A line for a shell.

    Attributes:
        command: The line.
        signed: Whether the endpoint takes it as it is.
        note: What there is to know of it.
    """

    command: str
    signed: bool
    note: str


def curl_of(deployment: Deployment, event: Event, *, now: float) -> Curl:
    """The line of an event. Only a local account's secret signs it: no secret of AWS leaves Secrets Manager.

    Raises:
        OperationError: The event's endpoint or payload is gone, or the account cannot be asked.
    """
    endpoint = deployment.endpoint(event.endpoint)
    payload = load_payload(deployment, event.dataref) if event.dataref else event.body
    key = _demo_secret(deployment, endpoint)
    try:
        request = request_of(event, payload, endpoint, key, url=endpoint.signed_url, now=now)
    except VerificationError:
        key = ""
        request = request_of(event, payload, endpoint, key, url=endpoint.signed_url, now=now)
    headers = {name: value for name, value in request.headers.items() if name not in _OURS}
    command = curl_line(endpoint.url, replace(request, headers=headers))
    notes = [
        "It is signed by the demo secret of this machine. Where the sender names its events, it is the same one again, "
        "of which nobody is told twice; elsewhere it is a new one."
        if key
        else f"It has no signature, so the endpoint refuses it: sign it as {endpoint.source} does.",
        *(["It is too long for some shells."] if len(command) > LONGEST else []),
    ]
    return Curl(command, bool(key), " ".join(notes))


def _demo_secret(deployment: Deployment, endpoint: DeployedEndpoint) -> str:
    """What signs on this machine; empty where only the sender has the key."""
    scheme = endpoint.scheme
    if not deployment.local_url or scheme.needs_cryptography or not scheme.takes_secrets:
        return ""
    keys = list_secrets(deployment, endpoint.name)
    return keys[-1].value if keys else ""
