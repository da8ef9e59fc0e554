"""CloudFront invalidations: what has changed is fetched anew."""

import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore.exceptions import ClientError

from lambdas.cdn.invalidation import caller_reference, paths_of
from lambdas.runtime import Event, Retry, Undeliverable, subscriber

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.client import CloudFrontClient

_FOR_GOOD: Final = {
    "NoSuchDistribution",
    "InvalidArgument",
    "BatchTooLarge",
    "InvalidationBatchAlreadyExists",
    "MissingBody",
    "InconsistentQuantities",
}
"""Answers that trying again would not change (CloudFront API reference, `CreateInvalidation`: Errors)."""


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Invalidate what the events have changed, together.

    Raises:
        Retry: CloudFront is busy, for example with as many invalidations as it allows.
        Undeliverable: The distribution does not exist, or CloudFront refuses the paths for good.
    """
    paths = paths_of(events)
    try:
        _cloudfront().create_invalidation(
            DistributionId=os.environ["DISTRIBUTION_ID"],
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": paths},
                "CallerReference": caller_reference(events, paths),
            },
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _FOR_GOOD:
            raise Undeliverable(f"CloudFront answered {code}") from None
        raise Retry(reason=f"CloudFront answered {code}") from None


@cache
def _cloudfront() -> "CloudFrontClient":
    return boto3.client("cloudfront")
