"""AWS's clients for operations, and their errors as a person reads them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from jamwire.operations.errors import OperationError

_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"}
)
"""A person waits: a lost network is told after seconds, not after the minutes that botocore takes by itself. A function
that is invoked answers within 15 s."""


class ConditionFailedError(OperationError):
    """The condition of a write does not hold; nothing was changed."""


class NotAllowedError(OperationError):
    """The credentials do not allow a call.

    Attributes:
        action: What they would have to allow, as IAM calls it: ``lambda:GetAccountSettings``.
    """

    def __init__(self, text: str, action: str) -> None:
        super().__init__(text)
        self.action = action


_DENIED: Final = re.compile("AccessDenied|AuthorizationError|UnauthorizedOperation")
_ACTION: Final = re.compile(r"not authorized to perform: ([\w-]+:\w+)")


def shared(make: Callable[[str], Any]) -> Callable[[str], Any]:
    """Clients that are made once each, whoever asks; threads may use one together, and may not make them together.

    boto3 guide, "Multithreading or multiprocessing with clients".
    """
    made: dict[str, Any] = {}
    lock = Lock()

    def client(service: str) -> Any:
        with lock:
            if service not in made:
                made[service] = make(service)
            return made[service]

    return client


def aws_client(service: str) -> Any:
    """A client of the account that the ordinary credential chain leads to."""
    return boto3.client(service, config=_CONFIG)  # type: ignore[call-overload]


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn an error of AWS's client into one line for a person.

    Raises:
        OperationError: AWS refuses the call, or the account cannot be asked.
    """
    try:
        yield
    except ProfileNotFound as error:
        raise OperationError(str(error)) from None
    except ClientError as error:
        detail = error.response["Error"]
        if detail["Code"] == "ConditionalCheckFailedException":
            raise ConditionFailedError("Somebody else has changed it; try again") from None
        text = f"AWS answered {detail['Code']}: {detail.get('Message', '')}"
        if _DENIED.match(detail["Code"]):
            action = _ACTION.search(detail.get("Message", ""))
            raise NotAllowedError(text, action[1] if action else error.operation_name) from None
        raise OperationError(text) from None
    except BotoCoreError as error:
        raise OperationError(f"The account cannot be reached: {error}") from None
