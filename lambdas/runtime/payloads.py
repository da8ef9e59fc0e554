"""Payloads too large to travel with their events: read from the hub's bucket, where `dataref` says."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import ClientError

from lambdas.clients.aws import client
from lambdas.contracts.outcomes import Undeliverable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_PLACE: Final = "s3://"

_TRIES: Final = 2
_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = 5
"""So the tries end well within a function's time; after that it is the queue's work to wait."""

_CONFIG: Final = Config(
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=_READ_SECONDS,
    retries={"total_max_attempts": _TRIES, "mode": "standard"},
)
_GONE: Final = {"NoSuchKey", "NoSuchBucket"}
"""Answers that trying again would not change (S3 API reference, `GetObject`: Errors)."""


def fetch(dataref: str) -> Any:
    """The payload, as parsed JSON.

    Raises:
        Undeliverable: It is no longer kept, or was never kept in S3.
        ClientError: S3 does not give it now; the event is tried again on the schedule, as after any exception.
    """
    bucket, _, name = dataref.removeprefix(_PLACE).partition("/")
    if not dataref.startswith(_PLACE) or not bucket or not name:
        raise Undeliverable("its dataref is not a valid address in S3")
    try:
        return json.load(_s3().get_object(Bucket=bucket, Key=name)["Body"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
    raise Undeliverable("its payload is no longer kept")


@cache
def _s3() -> "S3Client":
    return client("s3", config=_CONFIG)
