"""CloudFront invalidations: what has changed is fetched anew."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Protocol

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError

from lambdas.cdn.items import EVERYTHING
from lambdas.cdn.plan import begin, hear
from lambdas.cdn.state import Batch, Rules, State
from lambdas.clients.publisher import Announce, announcement, publish_on
from lambdas.clients.state_store import Document, StateStore, VersionConflictError
from lambdas.contracts.event import Notice, timestamp
from lambdas.runtime import Event, Retry, Undeliverable, subscriber
from lambdas.runtime.report import metrics

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.client import CloudFrontClient

STATE: Final = "invalidations"
LOOK_SECONDS: Final = 10.0
"""How soon to look again whether CloudFront has completed an invalidation, or has room for another."""

AGAIN_SECONDS: Final = 1.0
"""How soon to begin anew where another function was faster."""

SHOWN: Final = 20
"""How many paths are named to people."""

TOLD_BYTES: Final = 100_000
"""How much of the names machines are told: an event has 256 KiB."""

_GONE: Final = {"NoSuchDistribution"}
_BUSY: Final = {"TooManyInvalidationsInProgress"}
_BAD_ITEMS: Final = {
    "BatchTooLarge",
    "InconsistentQuantities",
    "InvalidArgument",
    "InvalidationBatchAlreadyExists",
    "MissingBody",
}
"""Answers that trying again would not change (CloudFront API reference, `CreateInvalidation`: Errors)."""


class Memory(Protocol):
    """Where the state is kept (`lambdas.clients.state_store.StateStore`)."""

    def read(self, id: str) -> tuple[Document, int]:
        """The document and its version."""
        ...

    def write(self, id: str, document: Document, version: int, now: float) -> int:
        """Write over a version; raises `VersionConflictError` where there is another."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """What CloudFront said in place of doing it, and whether that is for good."""

    reason: str
    for_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cdn:
    """The work on a batch of events, with all it depends on.

    Attributes:
        name: Of the subscriber, in what it announces.
        rules: What the rulebook says.
        memory: Where the state is kept.
        cloudfront: The client.
        announce: Tells the other subscribers.
        left_out: Is told how many paths and tags could not be named.
        clock: Unix seconds.
    """

    name: str
    rules: Rules
    memory: Memory
    cloudfront: "CloudFrontClient"
    announce: Announce
    left_out: Callable[[int], None]
    clock: Callable[[], float]

    def handle(self, events: Sequence[Event]) -> None:
        """Take the events in, and see to the invalidations that are due or under way.

        All that must be known of a change is in the state. The last of the batch only stays behind, to look again
        while there is something to do.

        Raises:
            Retry: For the last event: an invalidation is under way or must wait, or CloudFront does not answer well.
            Undeliverable: For the last event: a distribution does not exist.
        """
        last = events[-1:]
        try:
            state, trouble = self._work(events)
        except VersionConflictError:
            raise Retry(AGAIN_SECONDS, "another function was faster", of=events) from None
        if trouble and trouble.for_good:
            raise Undeliverable(trouble.reason, of=last)
        if trouble:
            raise Retry(reason=trouble.reason, of=last)
        if state.batches:
            raise Retry(LOOK_SECONDS, "waiting for CloudFront", of=last)
        if state.ripe():
            wait = state.began + self.rules.window - self.clock()
            raise Retry(max(wait, AGAIN_SECONDS), "waiting for its turn", of=last)
        if state.early:
            raise Retry(LOOK_SECONDS, "waiting for the order of its build", of=last)

    def _work(self, events: Sequence[Event]) -> tuple[State, Trouble | None]:
        known, version = self.memory.read(STATE)
        before = State.from_document(known)
        state, left_out = hear(before, events, self.rules)
        state = begin(state, self.rules, self.clock())
        written = before
        if state.batches != before.batches:  # nothing is asked for that is not written down
            version = self._write(state, version)
            written = state
        if left_out:
            self.left_out(left_out)
        batches: list[Batch] = []
        trouble: Trouble | None = None
        for batch in state.batches:
            for distribution in self.rules.distributions:
                batch, said = self._see_to(batch, distribution)
                trouble = trouble or said
            batches.append(batch)
        distributions = self.rules.distributions
        state = replace(state, batches=tuple(b for b in batches if not b.is_over(distributions)))
        if trouble and trouble.for_good:  # once there is such a distribution, the event can be sent again
            state = state.leave(events, behind=False).forget(events[-1])
        else:
            state = state.leave(events, behind=bool(trouble) or state.is_at_work())
        for batch in batches:
            if batch.is_over(distributions) and batch.done:
                self._tell(batch)  # before it is forgotten: told again, it is the same event
        if state != written:
            self._write(state, version)
        return state, trouble

    def _write(self, state: State, version: int) -> int:
        return self.memory.write(STATE, state.to_document(), version, self.clock())

    def _see_to(self, batch: Batch, distribution: str) -> tuple[Batch, Trouble | None]:
        """Ask for an invalidation of one distribution, or look what has become of it."""
        if distribution in (*batch.done, *batch.failed):
            return batch, None
        try:
            if distribution not in batch.ids:
                batch = self._ask(batch, distribution)
            if self._is_completed(batch, distribution):
                batch = replace(batch, done=(*batch.done, distribution))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _BUSY:
                return batch, None
            if code in _GONE or code in _BAD_ITEMS:
                trouble = Trouble(f"CloudFront answered {code} for {distribution}", for_good=True)
                return replace(batch, failed=(*batch.failed, distribution)), trouble
            return batch, Trouble(f"CloudFront answered {code}")
        return batch, None

    def _ask(self, batch: Batch, distribution: str) -> Batch:
        """Ask for it; where CloudFront does not take the items, all else goes on with everything."""
        try:
            id = self._create(batch, distribution)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _BAD_ITEMS or batch.items == (EVERYTHING,):
                raise
            self.left_out(len(batch.items))
            batch = batch.of_everything()
            id = self._create(batch, distribution)
        return replace(batch, ids={**batch.ids, distribution: id})

    def _create(self, batch: Batch, distribution: str) -> str:
        made = self.cloudfront.create_invalidation(
            DistributionId=distribution,
            InvalidationBatch={
                "Paths": {"Quantity": len(batch.items), "Items": list(batch.items)},
                "CallerReference": batch.reference,
            },
        )
        return made["Invalidation"]["Id"]

    def _is_completed(self, batch: Batch, distribution: str) -> bool:
        found = self.cloudfront.get_invalidation(DistributionId=distribution, Id=batch.ids[distribution])
        return found["Invalidation"]["Status"] == "Completed"

    def _tell(self, batch: Batch) -> None:
        items = batch.items
        told = _first(items, TOLD_BYTES)
        more = [f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
        for correlation in batch.correlations or ("",):
            self.announce(
                announcement(
                    self.name,
                    "cdn.invalidated",
                    f"{batch.reference}/{correlation}",
                    Notice(
                        title="The CDN fetches everything anew"
                        if EVERYTHING in items
                        else f"The CDN fetches {len(items)} path{'s' * (len(items) != 1)} anew",
                        text="\n".join([*told[:SHOWN], *more]),
                        paths=tuple(item for item in told if item.startswith("/")),
                        tags=tuple(item[1:] for item in told if item.startswith("#")),
                    ),
                    now=self.clock(),
                    correlation=correlation,
                    body={
                        "distributions": dict(batch.ids),
                        "began": timestamp(batch.began),
                        "items": len(items),
                    },
                )
            )


def _first(items: Sequence[str], most: int) -> list[str]:
    """The first items, of so many characters together."""
    lengths = accumulate(len(item) for item in items)
    return [item for item, length in zip(items, lengths, strict=True) if length <= most]


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Invalidate what the events have changed, together."""
    _cdn().handle(events)


@cache
def _cdn() -> Cdn:
    """As `stacks/cdn.py` configures it."""
    rules = json.loads(os.environ["RULES"])

    def left_out(count: int) -> None:
        metrics.add_metric("LeftOut", MetricUnit.Count, count)

    return Cdn(
        name=os.environ["DESTINATION"],
        rules=Rules(**{**rules, "distributions": tuple(rules["distributions"])}),
        memory=StateStore(boto3.client("dynamodb"), os.environ["DOCUMENTS_TABLE"]),
        cloudfront=boto3.client("cloudfront"),
        announce=publish_on(boto3.client("sns"), os.environ["TOPIC_ARN"]),
        left_out=left_out,
        clock=time.time,
    )
