"""How fast one function sends: each call waits for its turn, so many turns a second."""

import time
from collections.abc import Callable
from threading import Lock


class Pace:
    """A pace that all threads of a function share.

    SES counts for the account: its rate is divided among the functions that may tell at once
    (`lambdas.contracts.audience_settings.WORKERS_AT_ONCE`), since one that they shared would cost a write for each
    e-mail. Functions that ask questions run beside them and are not counted: they are few, and what is too fast comes
    later.

    Args:
        per_second: Turns a second.
        clock: Seconds of any clock that goes on.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Wait for the next turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)
