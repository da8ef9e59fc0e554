"""The circuit breaker: a destination that is down is tried by one event at a time, and the others wait for it.

Two different events that fail in a row open the circuit. One event then probes the destination at the times of the
retry schedule, counted from the opening, each time another one where there is another; so an event that always fails
holds up nobody. The rest wait until a second after the probe, and are not attempted. A call that does not fail as a
whole closes the circuit.

What is known is one item that the functions share, moved on by conditional writes. It costs nothing while all is well:
a function reads it only for messages that come back, and writes it only where something has failed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Final

from lambdas.clients.dynamodb import milliseconds
from lambdas.contracts.circuit_item import CIRCUIT_ID, SECOND, CircuitItem
from lambdas.contracts.ledger_item import RETENTION
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.retry_schedule import delay
from lambdas.runtime.table import ConditionFailedError, Table

MAX_CONFLICTS: Final = 5
"""How often a change is tried anew because another function has written the item in the meantime."""

Change = Callable[[CircuitItem], CircuitItem | None]
"""Gives the item as it is to be, or None where it stays as it is."""


class CircuitBreaker:
    """The circuit breaker of a subscriber, as one function knows it.

    Args:
        table: The subscriber's own.
        random: A number in [0, 1).
        report: Told where the table fails; deliveries then go on as if all were well.
    """

    def __init__(self, table: Table, random: Callable[[], float], report: Callable[..., None]) -> None:
        self._table = table
        self._random = random
        self._report = report
        self._seen = CircuitItem()

    @property
    def failing_since(self) -> float:
        """Since when the destination fails, as far as this function knows, unix seconds; 0 where it does not."""
        return self._seen.failing_since / 1000

    @property
    def is_open(self) -> bool:
        """Whether the destination counts as down, as far as this function knows."""
        return self._seen.is_open

    def allows_call(self, *, now: float, returning: bool) -> bool:
        """Whether the destination may be called now; `admit` says for which events.

        Args:
            now: Unix seconds.
            returning: Whether a message comes back from somewhere, so that something may be wrong.
        """
        if not (returning or self._seen.failing_since) or not self._read():
            return True
        return not self.is_open or self._seen.is_due(milliseconds(now))

    def seconds_to_probe(self, now: float) -> float:
        """Seconds in which an event that is not admitted looks again at the latest; 0 while the circuit is closed."""
        circuit, at = self._seen, milliseconds(now)
        look = circuit.looks_in(at) if circuit.expires_at > at else max(circuit.next_probe_at - at, 0)
        return look / SECOND + 2 if circuit.is_open else 0.0

    def admit(
        self, keys: Sequence[str], *, owner: str, now: float, expires_at: float, returning: bool
    ) -> Sequence[str]:
        """Which events may be delivered now: all of them, or one that probes the destination, or none.

        Args:
            keys: The events'.
            owner: The invocation.
            now: Unix seconds.
            expires_at: When the invocation has ended for certain, unix seconds.
            returning: Whether one of them comes back from somewhere, so that something may be wrong.
        """
        if not (returning or self._seen.failing_since) or not self._read():
            return keys
        at, prober = milliseconds(now), ""

        def probe(circuit: CircuitItem) -> CircuitItem | None:
            nonlocal prober
            prober = next((key for key in keys if circuit.may_probe(key, at)), "")
            probing = replace(circuit, owner=owner, probed_at=at, expires_at=milliseconds(expires_at))
            return probing if prober else None

        written = self._change(probe, now)
        if not self._seen.is_open:
            return keys
        return [prober] if written else []

    def wait(self, key: str, now: float) -> int:
        """Seconds until an event that was not admitted looks again; the first one is given the next turn."""
        circuit, at = self._seen, milliseconds(now)
        early = (circuit.next_probe_at - at) / SECOND
        if not circuit.is_open:
            return 0
        if circuit.expires_at > at:  # it is being tried, and nobody knows for how long
            return max(1, math.ceil(circuit.looks_in(at) / SECOND))
        if early >= 1 and self._take_turn(key, circuit.next_probe_at, now):
            return math.floor(early)  # so that it is not late
        return max(1, math.ceil(early) + 1)

    def hear(self, answers: Sequence[Exception], keys: Sequence[str], *, owner: str, now: float) -> bool:
        """Hear what came of a call; tells whether that opened the circuit.

        A call fails as a whole where an answer is neither final nor for some events only.
        """
        whole = [a for a in answers if not (isinstance(a, Undeliverable) or (isinstance(a, Retry) and a.of))]
        if not whole:
            self.succeeded(now)
            return False
        named = [a.after for a in whole if isinstance(a, Retry) and a.after is not None]
        after = max(named) if len(named) == len(whole) else None
        return self.failed(keys, owner=owner, now=now, after=after)

    def failed(self, keys: Sequence[str], *, owner: str, now: float, after: float | None = None) -> bool:
        """A call has failed as a whole; tells whether that opened the circuit.

        Args:
            keys: The events of the call.
            owner: The invocation.
            now: Unix seconds.
            after: Seconds for which the destination wants to be left alone, where it has said so.
        """
        at, opened = milliseconds(now), False

        def fail(circuit: CircuitItem) -> CircuitItem | None:
            nonlocal opened
            failed = keys[0] if len(keys) == 1 else ""
            opened = not circuit.is_open and after is None and _is_another(circuit, failed)
            if opened:
                return self._open(circuit, failed, since=at, at=at, wait=None)
            if circuit.is_open and circuit.owner == owner:
                return self._open(circuit, failed, since=circuit.failing_since, at=at, wait=after)
            if circuit.failing_since or after is not None:
                return None
            return CircuitItem(version=circuit.version, failing_since=at, failed=failed)

        return self._change(fail, now) and opened

    def succeeded(self, now: float) -> None:
        """A call has not failed as a whole: nothing is wrong any more."""
        self._change(
            lambda circuit: CircuitItem(version=circuit.version) if circuit.failing_since else None, now
        )

    def _open(
        self, circuit: CircuitItem, failed: str, *, since: int, at: int, wait: float | None
    ) -> CircuitItem:
        seconds = delay((at - since) / 1000, self._random) if wait is None else wait
        return CircuitItem(
            version=circuit.version,
            failing_since=since,
            failed=failed,
            next_probe_at=at + milliseconds(seconds),
        )

    def _take_turn(self, key: str, next_probe_at: int, now: float) -> bool:
        def take(circuit: CircuitItem) -> CircuitItem | None:
            free = not circuit.turn and key != circuit.failed and circuit.next_probe_at == next_probe_at
            return replace(circuit, turn=key) if free else None

        return self._change(take, now)

    def _read(self) -> bool:
        """Whether what is known could be read."""
        try:
            self._seen = CircuitItem.of(self._table.get([CIRCUIT_ID]).get(CIRCUIT_ID, {}))
        except Exception as error:  # whatever the table's service says, it must not hold up deliveries
            self._report("circuit_breaker_failed", None, None, reason=type(error).__name__)
            return False
        return True

    def _change(self, change: Change, now: float) -> bool:
        """Change the item, as it is by now; tells whether it was written."""
        for _ in range(MAX_CONFLICTS):
            if (changed := change(self._seen)) is None:
                return False
            try:
                self._write(changed, now)
            except ConditionFailedError as failed:
                self._seen = CircuitItem.of(failed.item)
            except Exception as error:  # the events' own times still hold
                self._report("circuit_breaker_failed", None, None, reason=type(error).__name__)
                return False
            else:
                return True
        return False

    def _write(self, circuit: CircuitItem, now: float) -> None:
        written = replace(circuit, version=circuit.version + 1)
        self._table.update(
            CIRCUIT_ID,
            set={**asdict(written), "ttl": int(now) + RETENTION},
            condition="#version = :version" if circuit.version else "attribute_not_exists(#version)",
            values={"version": circuit.version} if circuit.version else {},
        )
        self._seen = written


def _is_another(circuit: CircuitItem, failed: str) -> bool:
    """Whether a second event has failed; several that failed together (no key) are that by themselves."""
    return not failed or (circuit.failing_since > 0 and circuit.failed != failed)
