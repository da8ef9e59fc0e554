"""The function that CloudFormation calls when an audience is deployed: it fills the secret that nobody types.

CloudFormation waits for an hour for an answer, so there is always one. It holds no secret: the push key that it gives
is the public one.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from lambdas.audience_keys.document import Makers, filled, newest
from lambdas.audience_keys.replies import leave, listen
from lambdas.audience_keys.request import Wanted, answer
from lambdas.audience_keys.secret import fill
from lambdas.clients.aws import client
from lambdas.clients.http import HttpResponse, send
from lambdas.contracts.event import timestamp
from lambdas.contracts.http_request import HttpRequest

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2.client import PinpointSMSVoiceV2Client
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

_TAKEN: Final = range(200, 300)


class UnansweredError(Exception):
    """CloudFormation has not taken the answer: Lambda calls the function again, which does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the function calls; that of text messages only where there are any."""

    secrets: "SecretsManagerClient"
    texts: "Callable[[], PinpointSMSVoiceV2Client]"
    send: Callable[[HttpRequest], HttpResponse] = send
    clock: Callable[[], float] = time.time
    make: Makers = field(default_factory=Makers)


def handle(event: Mapping[str, Any], context: object) -> None:
    """Do what CloudFormation asks, and answer it."""
    fulfil(
        event,
        Services(secrets=client("secretsmanager"), texts=lambda: client("pinpoint-sms-voice-v2")),
    )


def fulfil(event: Mapping[str, Any], services: Services) -> None:
    """Do what is asked, and answer, whatever happened.

    Raises:
        NoResponseError: The answer may not have come.
        UnansweredError: It was refused.
    """
    try:
        said = answer(event, data=_do(event, services))
    except ClientError as error:
        detail = error.response["Error"]
        said = answer(event, f"{error.operation_name}: {detail['Code']}: {detail.get('Message', '')}")
    except Exception as error:  # the kind alone: its words may hold what nobody may read
        said = answer(event, f"The function has failed: {type(error).__name__}")
    response = services.send(said)
    if response.status not in _TAKEN:
        raise UnansweredError(f"The answer was answered with {response.status}")


def _do(event: Mapping[str, Any], services: Services) -> Mapping[str, str]:
    wanted = Wanted.of(event)
    data = {} if event["RequestType"] == "Delete" else _fill(wanted, services)
    if wanted.identity:
        listen(services.texts(), wanted.identity)
    if wanted.left:
        leave(services.texts(), wanted.left)
    return data


def _fill(wanted: Wanted, services: Services) -> Mapping[str, str]:
    now = timestamp(services.clock())
    document = fill(
        services.secrets,
        wanted.secret_arn,
        lambda found: filled(found, wanted.push_key, now, services.make),
    )
    return newest(document)
