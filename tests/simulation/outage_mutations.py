"""The retry schedule and the circuit breaker with one thing wrong in them: the simulated outages must notice each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lambdas.contracts.circuit_item import CircuitItem
from lambdas.runtime import circuit_breaker, delivery
from lambdas.runtime.circuit_breaker import CircuitBreaker
from tests.simulation.mutations import Mutation


def _probes_for_good(
    self: CircuitBreaker,
    keys: Sequence[str],
    *,
    expires_at: float,
    admit: Any = CircuitBreaker.admit,
    **of: Any,
) -> Any:
    return admit(self, keys, expires_at=expires_at + 1e9, **of)


def _gives_no_way(self: CircuitItem, key: str, now: int) -> bool:
    return self.is_due(now)


def _gives_no_turn(self: CircuitBreaker, key: str, next_probe_at: int, now: float) -> bool:
    return False


def _without_bounds(failing_for: float, random: Callable[[], float]) -> int:
    return max(3, int(failing_for))


OUTAGE_MUTATIONS: Final[Mapping[str, Mutation]] = {
    "probe-never-ends": Mutation(
        "a function that dies in a probe keeps its turn", {(CircuitBreaker, "admit"): _probes_for_good}
    ),
    "poisonous-probe": Mutation(
        "the event that has failed last probes again, whoever waits",
        {(CircuitItem, "may_probe"): _gives_no_way, (CircuitBreaker, "_take_turn"): _gives_no_turn},
    ),
    "schedule-without-bounds": Mutation(
        "a wait is as long as the outage, however long that is",
        {(delivery, "delay"): _without_bounds, (circuit_breaker, "delay"): _without_bounds},
    ),
}
