"""A webhook to an example's endpoint."""

import secrets

from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.send_sample import send
from jamwire.samples.sample import Sample


def tell(deployment: Deployment, endpoint: str, sample: Sample) -> None:
    """Send a webhook, signed as its sender would.

    Raises:
        OperationError: It was not accepted.
    """
    answer = send(deployment, deployment.endpoint(endpoint), sample, fresh=secrets.token_hex(12))
    if answer.status != 200:
        raise OperationError(f"The endpoint {endpoint} answered {answer.status}: {answer.body}")
