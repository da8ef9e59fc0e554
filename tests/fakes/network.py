"""A call of a service: it takes time, and it may go wrong in every way that a call can.

The client's own repetition is part of it (botocore retries what looks passing): a call may take effect twice and be
answered once; it may take effect and its answer be lost; or have none and fail.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError, ReadTimeoutError
from greenlet import getcurrent

from tests.fakes.choices import Choices
from tests.fakes.clock import Clock

Answer = TypeVar("Answer")

LATENCIES: Final = (0.002, 0.004, 0.01, 0.05, 0.4, 3.0)
SLOW_SECONDS: Final = 20.0
_NONE: Final = 33
FAULTS: Final = ("refused", "lost", "twice", "crash before", "crash after", "throttled", "slow")


class Crash(BaseException):
    """The function dies here."""


class Network:
    """Between the functions and the services.

    Args:
        clock: Virtual time.
        choices: What goes wrong.
        faults: How many times something may.
        note: Takes lines of the story.
    """

    def __init__(self, clock: Clock, choices: Choices, faults: int, note: Callable[[str], None]) -> None:
        self.clock = clock
        self.choices = choices
        self.faults_left = faults
        self.faults_made = 0
        self.note = note
        self.incident: Callable[[str], None] = lambda fault: None

    def call(self, name: str, effect: Callable[[], Answer]) -> Answer:
        """Make a call.

        Args:
            name: For the story.
            effect: What the service does, at one instant.

        Raises:
            ClientError: The service refused it, or throttled it.
            ReadTimeoutError: The answer was lost.
            Crash: The function died.
        """
        drawn = self.choices.draw(240)
        latency, kind = LATENCIES[drawn % 6], drawn // 6
        fault = ""
        if kind >= _NONE and self.faults_left:
            self.faults_left -= 1
            self.faults_made += 1
            fault = FAULTS[kind - _NONE]
            self.note(f"{name}: {fault}")
            self.incident(fault)
        self.clock.sleep(latency + (SLOW_SECONDS if fault == "slow" else 0.0))
        if not fault:
            return effect()
        if fault == "crash before":
            raise Crash
        if fault == "refused":
            raise client_error("InternalServerError", name)
        if fault == "throttled":
            raise client_error("ThrottlingException", name)
        if fault == "twice":
            effect()
            self.clock.sleep(latency)
        answer = effect()
        self.clock.sleep(latency)
        if fault == "crash after":
            raise Crash
        if fault == "lost":
            raise ReadTimeoutError(endpoint_url="")
        return answer


class DirectNetwork(Network):
    """Every call is answered at once, or fails where its service is away.

    Args:
        clock: The test's.
        choices: What is left to the services, such as whether what has expired is deleted; nothing by default.

    Attributes:
        failing: Services or operations that are away, such as ``SQS`` or ``DynamoDB UpdateItem``.
    """

    def __init__(self, clock: Clock, choices: Choices | None = None) -> None:
        super().__init__(clock, choices or Choices(given=()), 0, lambda text: None)
        self.failing: set[str] = set()

    def call(self, name: str, effect: Callable[[], Answer]) -> Answer:
        if any(name.startswith(away) for away in self.failing):
            raise ConnectionError(f"{name} is away")
        return effect()


def client_error(code: str, operation: str, **response: Any) -> ClientError:
    """What boto3 raises for an error of a service."""
    return ClientError({"Error": {"Code": code, "Message": ""}, **response}, operation)


def current_task() -> Any:
    """The task at work."""
    return getcurrent()
