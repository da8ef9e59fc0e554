"""The runtime with one thing wrong in it: the simulation must notice each of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final
from unittest import mock

from lambdas.contracts.outcomes import Retry
from lambdas.runtime import ledger
from lambdas.runtime.delivery import Delivery
from lambdas.runtime.ledger import Claim, Ledger
from lambdas.runtime.rate_limiter import Permit, RateLimiter
from lambdas.runtime.table import Table
from lambdas.runtime.worker import Worker


@dataclass(frozen=True)
class Mutation:
    """One thing wrong.

    Attributes:
        says: What.
        patches: Attributes and what stands in their place; a place is the class or the module, and the name.
        world: How the world is made instead.
    """

    says: str
    patches: Mapping[tuple[type | ModuleType, str], Any] = field(default_factory=dict)
    world: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def made(self) -> Iterator[None]:
        """While the block lasts, it is wrong."""
        patches = [mock.patch.object(owner, name, wrong) for (owner, name), wrong in self.patches.items()]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()


def _claims_everything(self: Ledger, key: str, *, message: str, owner: str, **_: Any) -> Claim:
    return Claim(key=key, message=message, owner=owner)


def _names_no_failure(self: Worker, records: Any, invocation: Any, run: Any = Worker.run) -> dict[str, Any]:
    run(self, records, invocation)
    return {"batchItemFailures": []}


def _records_first(self: Delivery, events: Any, call: Any = Delivery._call) -> None:
    self._context.ledger.record([claimed.claim for claimed in events], self._context.clock())
    call(self, events)


def _deletes_at_once(
    self: Worker, group: Any, invocation: Any, until: float, drain: Any = Worker._drain
) -> Any:
    drained = drain(self, group, invocation, until)
    self.context.queue.delete(drained)
    return drained


def _forgets_the_time(
    self: Retry, after: float | None = None, reason: str = "", init: Any = Retry.__init__, **of: Any
) -> None:
    init(self, None, reason, **of)


def _always_permits(
    self: RateLimiter, owner: str, *, now: float, expires_at: float, draining_until: float = 0.0
) -> Permit:
    return Permit(owner, round(now * 1000), round(now * 1000))


def _does_nothing(self: Any, *_: Any, **__: Any) -> None:
    """Nothing."""


def _when_read(self: Ledger, key: str, *, now: float, claim: Any = Ledger.claim, **of: Any) -> Claim:
    made: Claim = claim(self, key, **{**of, "now": now, "sent_at": now})
    return made


def _in_milliseconds(self: Table, items: Any, put: Any = Table.put) -> None:
    put(self, [{**item, "ttl": item["ttl"] * 1000} for item in items])


def _says_dead_first(self: Delivery, claimed: Any, reason: str) -> None:
    self._dead_letter(claimed.message, claimed.event, reason, attempts=claimed.claim.attempt)


MUTATIONS: Final[Mapping[str, Mutation]] = {
    "idempotency-off": Mutation("every claim is granted", {(Ledger, "claim"): _claims_everything}),
    "failed-item-left-out": Mutation(
        "the batch response names no failed message", {(Worker, "run"): _names_no_failure}
    ),
    "visibility-too-short": Mutation(
        "a message is visible again while its function works", world={"visibility": 2.0}
    ),
    "delete-before-deliver": Mutation(
        "an event is recorded before the destination is called", {(Delivery, "_call"): _records_first}
    ),
    "never-recorded": Mutation("what was delivered is not recorded", {(Ledger, "record"): _does_nothing}),
    "drained-deleted-at-once": Mutation(
        "what was drained leaves the queue before it is delivered", {(Worker, "_drain"): _deletes_at_once}
    ),
    "retry-after-ignored": Mutation(
        "a destination's wish is taken for any failure", {(Retry, "__init__"): _forgets_the_time}
    ),
    "rate-limit-off": Mutation("everybody gets a permit", {(RateLimiter, "acquire"): _always_permits}),
    "death-not-noted": Mutation(
        "an event is among the dead letters and the ledger does not know",
        {(Delivery, "_give_up"): _says_dead_first},
    ),
    "judged-when-read": Mutation(
        "a repetition is judged by when it is read and not by when it was sent",
        {(Ledger, "claim"): _when_read},
    ),
    "expired-at-once": Mutation(
        "the ledger's expiry is in the past", {(ledger, "RETENTION"): -ledger.RETENTION}
    ),
    "expired-early": Mutation("the ledger's expiry is a day too early", {(ledger, "RETENTION"): 2 * 86_400}),
    "expiry-in-milliseconds": Mutation(
        "the ledger's expiry is in milliseconds", {(Table, "put"): _in_milliseconds}
    ),
    "remembered-too-short": Mutation(
        "a delivery is recognised for two days", {(ledger, "REMEMBERED"): 2 * 86_400}
    ),
}
