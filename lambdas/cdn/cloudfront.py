"""CloudFront: invalidations are requested, and looked at until they are completed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from lambdas.cdn.items import EVERYTHING
from lambdas.cdn.plan import Progress
from lambdas.cdn.state import Batch
from lambdas.contracts.outcomes import Retry, Undeliverable

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.client import CloudFrontClient

_GONE: Final = {"NoSuchDistribution"}
_BUSY: Final = {"TooManyInvalidationsInProgress"}
_BAD_ITEMS: Final = {
    "BatchTooLarge",
    "InconsistentQuantities",
    "InvalidArgument",
    "InvalidationBatchAlreadyExists",
    "MissingBody",
}
"""Errors that trying again would not change (CloudFront API reference, `CreateInvalidation`: Errors)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFront:
    """The distributions.

    Attributes:
        client: CloudFront.
        distributions: Their ids.
        count: Counts a metric: `LeftOut`, paths and tags that could not be named; `Unplaced`, entries of which nobody
            knew where they were shown.
    """

    client: "CloudFrontClient"
    distributions: tuple[str, ...]
    count: Callable[[str, int], None]

    def advance(self, wanted: Progress) -> Progress:
        """Request the invalidations that are not requested yet, and look what has become of the others."""
        if wanted.left_out:
            self.count("LeftOut", wanted.left_out)
        if wanted.unplaced:
            self.count("Unplaced", wanted.unplaced)
        batches: dict[str, Batch] = {}
        failures: list[Retry | Undeliverable] = []
        for reference, batch in wanted.batches.items():
            for distribution in self.distributions:
                batch, failure = self._advance(batch, distribution)
                failures += [failure] if failure else []
            batches[reference] = batch
        return Progress(batches=batches, failure=next(iter(failures), None))

    def _advance(self, batch: Batch, distribution: str) -> tuple[Batch, Retry | Undeliverable | None]:
        if distribution in (*batch.done, *batch.failed):
            return batch, None
        try:
            if (
                distribution not in batch.ids
            ):  # it takes seconds at least, and is looked at when they have passed
                return self._request(batch, distribution), None
            if self._is_completed(batch, distribution):
                batch = replace(batch, done=(*batch.done, distribution))
        except ClientError as error:
            return _failed(batch, distribution, error.response["Error"]["Code"])
        return batch, None

    def _request(self, batch: Batch, distribution: str) -> Batch:
        """Request an invalidation; of everything, where CloudFront does not take the items."""
        try:
            id = self._create(batch, distribution)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _BAD_ITEMS or batch.items == (EVERYTHING,):
                raise
            self.count("LeftOut", len(batch.items))
            batch = batch.of_everything()
            id = self._create(batch, distribution)
        return replace(batch, ids={**batch.ids, distribution: id})

    def _create(self, batch: Batch, distribution: str) -> str:
        made = self.client.create_invalidation(
            DistributionId=distribution,
            InvalidationBatch={
                "Paths": {"Quantity": len(batch.items), "Items": list(batch.items)},
                "CallerReference": batch.reference,
            },
        )
        return made["Invalidation"]["Id"]

    def _is_completed(self, batch: Batch, distribution: str) -> bool:
        found = self.client.get_invalidation(DistributionId=distribution, Id=batch.ids[distribution])
        return found["Invalidation"]["Status"] == "Completed"


def _failed(batch: Batch, distribution: str, code: str) -> tuple[Batch, Retry | Undeliverable | None]:
    """What an error of CloudFront means for an invalidation of one distribution."""
    if code in _BUSY:
        return batch, None
    if code in _GONE | _BAD_ITEMS:
        reason = f"CloudFront answered {code} for {distribution}"
        return replace(batch, failed=(*batch.failed, distribution)), Undeliverable(reason)
    return batch, Retry(reason=f"CloudFront answered {code}")
