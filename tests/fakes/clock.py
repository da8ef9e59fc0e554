"""Virtual time: what happens next, and tasks that wait for each other without a thread."""

import heapq
from collections.abc import Callable
from typing import Any

from greenlet import getcurrent, greenlet


class Clock:
    """Runs what is due, in the order of virtual time.

    A task is a greenlet: the runtime's code is synchronous, and every modelled call gives way to whatever is due before
    its answer comes.
    """

    def __init__(self, start: float) -> None:
        self.now = start
        self._due: list[tuple[float, int, Callable[[], Any]]] = []
        self._count = 0
        self._hub = getcurrent()

    def at(self, time: float, action: Callable[[], Any]) -> None:
        """Do something at a time."""
        self._count += 1
        heapq.heappush(self._due, (time, self._count, action))

    def start(self, task: Callable[[], Any]) -> greenlet:
        """Start a task, now."""
        made = greenlet(task, parent=self._hub)
        self.at(self.now, made.switch)
        return made

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass for the task at work."""
        self.at(self.now + seconds, getcurrent().switch)
        self._hub.switch()

    def wait(self, until: float, waiting: list[Callable[[], None]]) -> None:
        """Let the task at work wait for whoever calls what is put into a list, at most until a time."""
        task, over = getcurrent(), False

        def go_on() -> None:
            nonlocal over
            if not over:
                over = True
                task.switch()

        waiting.append(go_on)
        self.at(until, go_on)
        try:
            self._hub.switch()
        finally:
            over = True
            if go_on in waiting:
                waiting.remove(go_on)

    def run(self, until: float) -> bool:
        """Do all that is due up to a time; tells whether nothing is left after it."""
        due = self._due
        while due:
            time, _, action = due[0]
            if time > until:
                return False
            heapq.heappop(due)
            self.now = max(self.now, time)
            action()
        return True
