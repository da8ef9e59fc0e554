"""CloudFront as far as invalidations go, with its limits, on a clock of the test's own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from lambdas.cdn.compaction import MAX_PATHS, MAX_WILDCARDS
from lambdas.cdn.items import is_wildcard


@dataclass
class Invalidation:
    id: str
    distribution: str
    reference: str
    items: list[str]
    at: float
    completed_at: float


@dataclass
class CloudFront:
    clock: Callable[[], float]
    takes: float = 30.0
    distributions: tuple[str, ...] = ("E2QWRUHAPOMQZL", "E1AAAAAAAAAAAA")
    made: list[Invalidation] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bad: str = ""  # an item that is refused
    calls: int = 0
    most_wildcards: int = 0
    most_paths: int = 0
    on_made: Callable[[], None] = lambda: None

    def create_invalidation(self, **call: Any) -> dict[str, Any]:
        self.calls += 1
        distribution, batch = call["DistributionId"], call["InvalidationBatch"]
        reference, items = batch["CallerReference"], batch["Paths"]["Items"]
        if self.errors:
            raise _error(self.errors.pop(0))
        if distribution not in self.distributions:
            raise _error("NoSuchDistribution")
        if self.bad in items or batch["Paths"]["Quantity"] != len(items) or not items:
            raise _error("InvalidArgument")
        known = [i for i in self.made if (i.reference, i.distribution) == (reference, distribution)]
        if known:
            if known[0].items != items:
                raise _error("InvalidationBatchAlreadyExists")
            return {"Invalidation": {"Id": known[0].id}}
        wildcards, paths = self._in_progress(distribution)
        wildcards += sum(map(is_wildcard, items))
        paths += sum(not is_wildcard(item) for item in items)
        if wildcards > MAX_WILDCARDS or paths > MAX_PATHS:
            raise _error("TooManyInvalidationsInProgress")
        self.most_wildcards = max(self.most_wildcards, wildcards)
        self.most_paths = max(self.most_paths, paths)
        now = self.clock()
        made = Invalidation(f"I{len(self.made)}", distribution, reference, items, now, now + self.takes)
        self.made.append(made)
        self.on_made()
        return {"Invalidation": {"Id": made.id}}

    def get_invalidation(self, **call: Any) -> dict[str, Any]:
        self.calls += 1
        [found] = [i for i in self.made if i.id == call["Id"] and i.distribution == call["DistributionId"]]
        return {
            "Invalidation": {"Status": "Completed" if found.completed_at <= self.clock() else "InProgress"}
        }

    def _in_progress(self, distribution: str) -> tuple[int, int]:
        items = [
            item
            for i in self.made
            if i.distribution == distribution and i.completed_at > self.clock()
            for item in i.items
        ]
        wildcards = sum(map(is_wildcard, items))
        return wildcards, len(items) - wildcards


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "CreateInvalidation")
