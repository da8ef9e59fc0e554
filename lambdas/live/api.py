"""AppSync's Event API: publishing over HTTP, signed by the function's role.

AppSync Events developer guide, "Publish events via HTTP"; its answers as outcomes of a delivery.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.exceptions import HTTPClientError, NoCredentialsError

from lambdas.clients.aws import session
from lambdas.clients.http import HttpResponse, lower_case, outcome_of
from lambdas.clients.transport import Transport
from lambdas.contracts.event import to_json
from lambdas.contracts.outcomes import Retry, Undeliverable

TIMEOUTS: Final = (1.5, 2.5)
"""Seconds to connect and to be answered: several calls must end well within the function's time."""

RETRY_SECONDS: Final = 2.0
"""How soon to try again, while it is still news."""

_NOT_YET_ALLOWED: Final = (401, 403)
"""What AppSync answers to a role that is new, until IAM has told it everywhere (IAM user guide, "Changes that I make
are not always immediately visible"). One that is never allowed is given up with the event, minutes later."""

_SERVICE: Final = "appsync"
_WORD: Final = re.compile(r"[A-Za-z]{1,60}")


class Api:
    """The Event API.

    Args:
        url: Where to publish.
        region: Whose.
        endpoint: Another place to connect to instead, as AWS's SDKs take it from ``AWS_ENDPOINT_URL``.
        credentials: What signs; those of the function where they are left out.
    """

    def __init__(
        self,
        url: str,
        region: str,
        *,
        endpoint: str = "",
        credentials: Credentials | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.netloc
        self._url = f"{endpoint.rstrip('/')}{parts.path}" if endpoint else url
        self._region = region
        self._credentials = credentials
        self._http = Transport(*TIMEOUTS)

    @classmethod
    def from_environment(cls, url: str, environment: Mapping[str, str]) -> "Api":
        """The Event API at this URL, in the region and by the endpoint of the function's environment."""
        return cls(
            url,
            environment["AWS_REGION"],
            endpoint=environment.get("AWS_ENDPOINT_URL_APPSYNC") or environment.get("AWS_ENDPOINT_URL", ""),
        )

    def publish(self, channel: str, texts: Sequence[str]) -> Sequence[Retry | Undeliverable | None]:
        """Publish texts on a channel, five at most; tells for each whether it failed, and how."""
        request = AWSRequest(
            method="POST",
            url=self._url,
            headers={"Content-Type": "application/json", "Host": self._host},
            # Not escaped: what is escaped may be six times as long as AppSync allows.
            data=to_json({"channel": channel, "events": list(texts)}).encode(),
        )
        credentials = self._credentials or session().get_credentials()
        if credentials is None:
            raise NoCredentialsError
        SigV4Auth(credentials, _SERVICE, self._region).add_auth(request)
        try:
            answer = self._http.send(request.prepare())
        except (NoConnectionError, HTTPClientError) as error:
            # Whether it was taken, nobody knows; a page that has it knows it again.
            return [Retry(RETRY_SECONDS, f"AppSync does not answer: {type(error).__name__}")] * len(texts)
        document = _document(answer.content)
        response = HttpResponse(answer.status_code, lower_case(answer.headers))
        failure = outcome_of("AppSync", response, detail=_error_type(document), wait=RETRY_SECONDS)
        if failure and response.status in _NOT_YET_ALLOWED:
            failure = Retry(RETRY_SECONDS, failure.reason)
        return [failure] * len(texts) if failure else _failures(document, len(texts))


def _failures(document: Any, many: int) -> Sequence[Retry | Undeliverable | None]:
    """What a 200 says of each event: it may have taken some and not others."""
    failures: list[Retry | Undeliverable | None] = [None] * many
    for failed in document.get("failed") or []:
        response = HttpResponse(int(failed.get("code") or 500))
        failures[failed["index"]] = outcome_of("AppSync", response, wait=RETRY_SECONDS)
    return failures


def _error_type(document: Mapping[str, Any]) -> str:
    """AppSync's word for what is wrong, if it is one word."""
    errors = document.get("errors") or [{}]
    name = _WORD.fullmatch(str(errors[0].get("errorType", "")))
    return name.group() if name else ""


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
