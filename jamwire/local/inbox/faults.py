"""How the inbox misbehaves when it is told to."""

from collections import deque
from dataclasses import dataclass
from typing import Any

MAY_FAIL = ("slack",)


class BadFaultError(ValueError):
    """A fault that cannot be had; the text says what was expected."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One way to misbehave.

    Attributes:
        status: What to answer; none for the ordinary answer.
        retry_after: Seconds to ask for, in `Retry-After`.
        hang: Seconds to wait before answering.
        count: How many requests it is for; none for all, until it is cleared.
    """

    status: int | None = None
    retry_after: int | None = None
    hang: float = 0
    count: int | None = None

    @classmethod
    def of(cls, document: Any) -> "Fault":
        """Read a fault as posted.

        Raises:
            BadFaultError: It is none.
        """
        if not isinstance(document, dict):
            raise BadFaultError('Expected an object such as {"channel": "slack", "status": 429, "count": 5}.')
        values = dict(document)
        channel = values.pop("channel", "slack")
        if channel not in MAY_FAIL:
            raise BadFaultError(
                f"channel is {channel!r}, expected slack: the account itself answers for the others."
            )
        if not values or set(values) - {"status", "retry_after", "hang", "count"}:
            raise BadFaultError("Expected status, retry_after, hang or count.")
        for name, (lowest, highest) in _RANGES.items():
            value = values.get(name, lowest)
            if (
                isinstance(value, bool)
                or not isinstance(value, int | float)
                or not lowest <= value <= highest
            ):
                raise BadFaultError(f"{name} is {value!r}, expected {lowest} to {highest}.")
        return cls(**values)


_RANGES = {"status": (200, 599), "retry_after": (0, 86400), "hang": (0, 600), "count": (1, 1_000_000)}


class Faults:
    """Faults in the order in which they were asked for."""

    def __init__(self) -> None:
        self._faults: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """Put one behind the others."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Behave again."""
        self._faults.clear()

    def next(self) -> Fault | None:
        """The fault for the request at hand."""
        if not self._faults:
            return None
        fault = self._faults[0]
        if fault.count is not None:
            fault.count -= 1
            if fault.count == 0:
                self._faults.popleft()
        return fault
