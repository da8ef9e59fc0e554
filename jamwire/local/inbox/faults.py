"""How the inbox misbehaves when it is told to."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from jamwire.local.inbox.deliveries import CHANNELS, Channel

EXAMPLE: Final = '{"channel": "slack", "status": 429, "retry_after": 2, "count": 5}'

Host = Literal["slack", "build", "push"]
"""Who can misbehave here; the account itself answers for the other channels."""

_HOSTS: Final[tuple[Host, ...]] = get_args(Host)
_RANGES: Final = {"status": (200, 599), "retry_after": (0, 86_400), "hang": (0, 600), "count": (1, 1_000_000)}


class BadFaultError(ValueError):
    """A fault that cannot be had; the text says what was given and what was expected."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One way to misbehave.

    Attributes:
        channel: Who misbehaves.
        status: What to answer; none for the ordinary answer.
        retry_after: Seconds to ask for, in `Retry-After`.
        hang: Seconds to wait before answering.
        cut: Whether to cut the connection instead of answering; what was sent is not taken.
        count: How many requests it is for; none for all, until it is cleared.
    """

    channel: Host = "slack"
    status: int | None = None
    retry_after: int | None = None
    hang: float | None = None
    cut: bool | None = None
    count: int | None = None


def read_fault(document: Any) -> Fault:
    """Read a fault as posted.

    Raises:
        BadFaultError: The document is not a valid fault.
    """
    if not isinstance(document, dict):
        raise BadFaultError(f"Expected an object such as {EXAMPLE}.")
    values = dict(document)
    channel = _channel(values.pop("channel", "slack"))
    if unknown := sorted(set(values) - {*_RANGES, "cut"}):
        raise BadFaultError(f"{', '.join(unknown)} is unknown, expected channel, cut, {', '.join(_RANGES)}.")
    if not values.keys() & {"status", "hang", "cut"}:
        raise BadFaultError(f"Neither status nor hang nor cut is given, expected one, as in {EXAMPLE}.")
    if values.get("cut", True) is not True:
        raise BadFaultError(f"cut is {values['cut']!r}, expected true or nothing.")
    if "retry_after" in values and "status" not in values:
        raise BadFaultError("retry_after goes with a status, such as 429; there is none.")
    for name in values.keys() & set(_RANGES):
        _check_number(name, values[name])
    return Fault(channel=channel, **values)


def _channel(channel: Any) -> Host:
    if channel in _HOSTS:
        return channel  # type: ignore[no-any-return]
    known = ", for which the local account answers;" if channel in CHANNELS else ","
    raise BadFaultError(f"channel is {channel!r}{known} expected {', '.join(_HOSTS[:-1])} or {_HOSTS[-1]}.")


def _check_number(name: str, value: Any) -> None:
    lowest, highest = _RANGES[name]
    kinds = (int, float) if name == "hang" else (int,)
    if type(value) not in kinds or not lowest <= value <= highest:
        whole = "a number" if name == "hang" else "a whole number"
        raise BadFaultError(f"{name} is {value!r}, expected {whole} from {lowest} to {highest}.")


class Faults:
    """Faults, of each channel one after the other in the order in which they were asked for."""

    def __init__(self) -> None:
        self._faults: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """Put one behind the others."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Behave again."""
        self._faults.clear()

    def document(self) -> list[dict[str, Any]]:
        """Those that are to come, with the requests they are still for."""
        return [
            {name: value for name, value in asdict(fault).items() if value is not None}
            for fault in self._faults
        ]

    def take(self, channel: Channel) -> Fault | None:
        """The fault for the request at hand, which is thereby counted."""
        fault = next((fault for fault in self._faults if fault.channel == channel), None)
        if fault and fault.count is not None:
            fault.count -= 1
            if not fault.count:
                self._faults.remove(fault)
        return fault
