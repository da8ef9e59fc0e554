"""What the failures of AWS's messaging services mean for a message: read in one place, by each service's own table."""

from collections.abc import Mapping
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)

from lambdas.contracts.not_sent import Fate, NotSentError

_NEVER_CALLED: Final = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)
"""Failures before the service could read the call."""

_SERVER_ERROR: Final = 500
_UNAVAILABLE: Final = 503


def not_sent(service: str, error: ClientError | BotoCoreError, fates: Mapping[str, Fate]) -> NotSentError:
    """What a failed call means for the message.

    A service's own sentence is never repeated: it may hold the address.

    Args:
        service: Its name, for the reason.
        error: What boto3 raised.
        fates: By the error's code and the word that the service gives as its reason, or by the code alone. What is not
            among them is tried later where the service was not there, unknown where it failed, and refused otherwise.
    """
    if isinstance(error, BotoCoreError):
        fate: Fate = "later" if isinstance(error, _NEVER_CALLED) else "unknown"
        return NotSentError(fate, f"{service}: {type(error).__name__}")
    code = error.response.get("Error", {}).get("Code", "")
    said = " ".join(filter(None, (code, str(error.response.get("Reason", "")))))
    return NotSentError(fates.get(said) or fates.get(code) or _by_status(error), f"{service} answered {said}")


def _by_status(error: ClientError) -> Fate:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == _UNAVAILABLE:
        return "later"
    return "unknown" if status >= _SERVER_ERROR else "refused"
