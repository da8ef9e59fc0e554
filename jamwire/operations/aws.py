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
    return _one_session().client(service, config=_CONFIG)  # type: ignore[call-overload]


def aws_session() -> boto3.Session:
    """A session by the ordinary credential chain; the region may be in ``AWS_REGION``, as the CDK reads it."""
    return boto3.Session(region_name=os.environ.get("AWS_REGION"))


_one_session: Final = cache(aws_session)
"""The one of a command that asks and ends."""


class KeptClients:
    """The clients of a program that runs for long, until their credentials are no longer valid.

    Args:
        make_session: Makes the session whose clients they are.
    """

    def __init__(self, make_session: Callable[[], Any] = aws_session) -> None:
        self._make_session = make_session
        self.forget()

    def __call__(self, service: str) -> Any:
        """The client of a service.

        Raises:
            OperationError: There is no way to the account.
        """
        with aws_errors():
            return self._client(service)

    def forget(self) -> None:
        """Look for credentials anew."""
        session = cache(self._make_session)
        self._client = shared(lambda service: session().client(service, config=_CONFIG))


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


def none_where(code: str, ask: Callable[[], Any]) -> Any:
    """What a service answers; None for an error of this code, which says that there is no such thing.

    Raises:
        OperationError: AWS refuses the call for another reason, or the account cannot be asked.
    """
    with aws_errors():
        try:
            return ask()
        except ClientError as error:
            if error.response["Error"]["Code"] != code:
                raise
            return None


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
