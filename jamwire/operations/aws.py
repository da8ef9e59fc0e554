"""AWS's clients for operations, and their errors as a person reads them."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from jamwire.operations.errors import AccountError, CredentialsError, OperationError

DENIED: Final = (
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "UnauthorizedOperation",
)
"""What services call it where the credentials may not do something."""

NOT_VALID: Final = (
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "AuthFailure",
)
"""What they call it where the credentials have expired or are none of theirs."""

NO_CREDENTIALS: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    SSOError,
    TokenRetrievalError,
    LoginError,
)

_ACTION: Final = re.compile(r"not authorized to perform: ([\w-]+:\w+)")

_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=32,
)
"""A person waits: a lost network is told after seconds, not after the minutes that botocore takes by itself. A function
that is invoked answers within 15 s. The console asks from as many threads at once."""


class ConditionFailedError(OperationError):
    """The condition of a write does not hold; nothing was changed."""


def aws_client(service: str) -> Any:
    """A client of the account that the ordinary credential chain leads to."""
    return _one_session().client(service, config=_CONFIG)  # type: ignore[call-overload]


def aws_session() -> boto3.Session:
    """A session by the ordinary credential chain; the region may be in ``AWS_REGION``, as the CDK reads it."""
    return boto3.Session(region_name=os.environ.get("AWS_REGION"))


_one_session: Final = cache(aws_session)
"""The one of a command that asks and ends."""


class KeptClients:
    """Clients of an account that are made once, for a program that runs for long and asks from several threads.

    Args:
        make_session: Makes the session whose clients they are.
    """

    def __init__(self, make_session: Callable[[], Any] = aws_session) -> None:
        self._make_session = make_session
        self._making = Lock()
        self._session: Any = None
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of a service.

        Raises:
            OperationError: There is no way to the account.
        """
        with self._making, aws_errors():
            if service not in self._clients:
                self._session = self._session or self._make_session()
                self._clients[service] = self._session.client(service, config=_CONFIG)
            return self._clients[service]

    def forget(self) -> None:
        """Look for credentials anew: those that there were are no longer valid."""
        with self._making:
            self._session = None
            self._clients.clear()


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn an error of AWS's client into one line for a person.

    Raises:
        OperationError: AWS refuses the call, or the account cannot be asked.
    """
    try:
        yield
    except ProfileNotFound as error:
        raise CredentialsError(str(error)) from None
    except NO_CREDENTIALS as error:
        raise CredentialsError(f"There are no credentials that can be used: {error}") from None
    except ClientError as error:
        raise _in_words(error) from None
    except BotoCoreError as error:
        raise AccountError(f"The account cannot be reached: {error}") from None


def _in_words(error: ClientError) -> OperationError:
    detail = error.response["Error"]
    code, text = detail["Code"], detail.get("Message", "")
    if code == "ConditionalCheckFailedException":
        return ConditionFailedError("Somebody else has changed it; try again")
    if code in NOT_VALID:
        return CredentialsError(
            f"The credentials have expired or are not valid ({code}); sign in anew, and try again"
        )
    if code in DENIED:
        said = _ACTION.search(text)
        action = said[1] if said else error.operation_name
        return AccountError(f"The credentials lack the action {action}. AWS answered {code}: {text}", action)
    return AccountError(f"AWS answered {code}: {text}")
