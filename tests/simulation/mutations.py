"""The runtime with one thing wrong in it: the simulation must notice each of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, Final
from unittest import mock

from lambdas.contracts.outcomes import Retry
from lambdas.contracts.rate_limit import PermitItem
from lambdas.runtime import gathering, ledger, turn, worker
from lambdas.runtime.claims import NOTHING, Claim, ClaimRequest
from lambdas.runtime.delivery import Delivery
from lambdas.runtime.ledger import Claimed, Ledger
from lambdas.runtime.notifier import Arrival
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
        first: A schedule of seed 1 that notices it, from which a short search begins.
    """

    says: str
    patches: Mapping[tuple[type | ModuleType, str], Any] = field(default_factory=dict)
    world: Mapping[str, Any] = field(default_factory=dict)
    first: int = 0

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


def _claims_everything(self: Ledger | Claimed, request: ClaimRequest) -> Claim:
    return Claim.after(NOTHING, request)


def _claims_what_comes_again(self: Ledger, request: ClaimRequest, claim: Any = Ledger.claim) -> Claim:
    made: Claim = Claim.after(NOTHING, request, recorded=False) if request.first else claim(self, request)
    return made


def _names_no_failure(self: Worker, records: Any, invocation: Any, run: Any = Worker.run) -> dict[str, Any]:
    run(self, records, invocation)
    return {"batchItemFailures": []}


def _records_first(self: Delivery, events: Any, call: Any = Delivery._call) -> None:
    self._context.ledger.record([claimed.claim for claimed in events], self._context.clock())
    call(self, events)


def _deletes_at_once(context: Any, *of: Any, drain: Any = gathering.drain) -> Any:
    drained = drain(context, *of)
    context.queue.delete(drained)
    return drained


def _forgets_the_time(
    self: Retry, after: float | None = None, reason: str = "", init: Any = Retry.__init__, **of: Any
) -> None:
    init(self, None, reason, **of)


def _always_permits(self: RateLimiter, keys: tuple[str, ...], *, now: float, **_: Any) -> Permit:
    item = PermitItem(owner="everybody", started_at=round(now * 1000), in_flight=keys)
    return Permit(item, item, due_at=0.0, continued=False)


def _never_lapses(
    self: RateLimiter, keys: Any, *, expires_at: float, acquire: Any = RateLimiter.acquire, **of: Any
) -> Permit:
    permit: Permit = acquire(self, keys, expires_at=expires_at + 30 * 86_400, **of)
    return permit


def _trusts_what_was_read(
    self: RateLimiter, keys: Any, acquire: Any = RateLimiter.acquire, **of: Any
) -> Permit:
    permit: Permit = acquire(self, keys, **of)
    permit.continued = True
    return permit


def _has_ended(self: Ledger, key: str, owner: str) -> int:
    return 0


def _does_nothing(self: Any, *_: Any, **__: Any) -> None:
    """Nothing."""


def _gives_all(context: Any, messages: Any) -> Any:
    return list(messages)


def _when_read(self: Delivery, arrival: Arrival, request: Any = Delivery.request) -> ClaimRequest:
    made: ClaimRequest = request(self, arrival)
    return replace(made, sent_at=made.now)


def _in_milliseconds(self: Table, items: Any, put: Any = Table.put) -> None:
    put(self, [{**item, "ttl": item["ttl"] * 1000} for item in items])


def _says_dead_first(self: Delivery, claimed: Any, reason: str) -> None:
    self._dead_letter(claimed.message, claimed.event, reason, attempts=claimed.claim.attempt)


MUTATIONS: Final[Mapping[str, Mutation]] = {
    "idempotency-off": Mutation(
        "every claim is granted",
        {(Ledger, "claim"): _claims_everything, (Claimed, "claim"): _claims_everything},
    ),
    "idempotent-though-it-is-not": Mutation(
        "what comes for the first time is not claimed, though a repetition does harm",
        {(Ledger, "claim"): _claims_what_comes_again},
    ),
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
        "what was drained leaves the queue before it is delivered",
        {(turn, "drain"): _deletes_at_once},
        first=272,
    ),
    "retry-after-ignored": Mutation(
        "a destination's wish is taken for any failure",
        {(Retry, "__init__"): _forgets_the_time},
        first=322,
    ),
    "rate-limit-off": Mutation(
        "everybody gets a permit",
        {
            (RateLimiter, "acquire"): _always_permits,
            (RateLimiter, "note"): _does_nothing,
            (RateLimiter, "release"): _does_nothing,
        },
    ),
    "retry-after-not-passed-on": Mutation(
        "a destination's wish is not written to the permit",
        {(RateLimiter, "pause"): _does_nothing},
        world={"kinds": ("paced",)},
        first=824,
    ),
    "permit-lost": Mutation(
        "the permit of a function that died never lapses", {(RateLimiter, "acquire"): _never_lapses}
    ),
    "permit-taken-away": Mutation(
        "a delivery in flight is taken for one that has ended", {(Ledger, "ended_at"): _has_ended}
    ),
    "takeover-not-noted": Mutation(
        "a permit is taken over and nobody notes what was in flight",
        {(Ledger, "lapse"): _does_nothing},
        first=145,
    ),
    "in-flight-not-noted": Mutation(
        "what is drained is delivered without being noted on the permit",
        {(RateLimiter, "note"): _does_nothing},
        world={"kinds": ("digest",), "crowd": 14},
        first=722,
    ),
    "stale-read-trusted": Mutation(
        "what was read beside the permit is trusted although another has held it",
        {(RateLimiter, "acquire"): _trusts_what_was_read},
        first=969,
    ),
    "pace-ignored-in-place": Mutation(
        "a call that is due in a moment is made at once",
        {(Permit, "starts_at"): 0.0},
        first=141,
    ),
    "death-not-noted": Mutation(
        "an event is among the dead letters and the ledger does not know",
        {(Delivery, "_give_up"): _says_dead_first},
        first=525,
    ),
    "judged-when-read": Mutation(
        "a repetition is judged by when it is read and not by when it was sent",
        {(Delivery, "request"): _when_read},
    ),
    "expired-at-once": Mutation(
        "the ledger's expiry is in the past", {(ledger, "RETENTION"): -ledger.RETENTION}
    ),
    "expired-early": Mutation("the ledger's expiry is a day too early", {(ledger, "RETENTION"): 2 * 86_400}),
    "expiry-in-milliseconds": Mutation(
        "the ledger's expiry is in milliseconds", {(Table, "put"): _in_milliseconds}
    ),
    "probe-delivered": Mutation(
        "a probe that is received is delivered", {(worker, "without_probes"): _gives_all}
    ),
    "drained-probe-delivered": Mutation(
        "a probe that is drained is delivered",
        {(gathering, "without_probes"): _gives_all},
        first=677,
    ),
    "remembered-too-short": Mutation(
        "a delivery is recognised for two days", {(ledger, "REMEMBERED"): 2 * 86_400}
    ),
}
