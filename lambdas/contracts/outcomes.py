"""How a delivery ends when it does not end well.

A notifier raises an outcome; a client gives one back, where it was called for several events. A notifier of a batch may
raise several of them in an `ExceptionGroup`, each for the events that it names.
"""

from collections.abc import Sequence

from lambdas.contracts.event import Event


class Retry(Exception):  # noqa: N818 - it is not an error, it is an answer
    """Deliver the event again later: after the destination's own wait, or else on the retry schedule.

    Args:
        after: Seconds to wait; never shortened. Without it the schedule decides.
        reason: Why, in words that hold nothing of the event.
        of: Which events of a batch; the others are delivered. Where it is left out, it is the destination that wants to
            be left alone for so long, and a paced subscriber calls it for no event until then.
        uncertain: Whether the destination may have taken the event all the same. It is counted.
        failing_for: Seconds since the destination began to fail, where `after` is a wait of one's own because of that;
            without `after` the runtime knows. An alarm is raised by it.
    """

    def __init__(
        self,
        after: float | None = None,
        reason: str = "",
        *,
        of: Sequence[Event] = (),
        uncertain: bool = False,
        failing_for: float | None = None,
    ) -> None:
        super().__init__(reason or "asked to retry")
        self.after = after
        self.reason = str(self)
        self.of = of
        self.uncertain = uncertain
        self.failing_for = failing_for


class Undeliverable(Exception):  # noqa: N818
    """Never try again: the event goes to the dead letters, where a person must look.

    Args:
        reason: What is wrong and, where it is known, what to do; in words that hold nothing of the event.
        of: Which events of a batch; the others are delivered. Where it is left out and there are several, one of them
            may be what is wrong with all: each is tried alone before it is given up.
    """

    def __init__(self, reason: str, *, of: Sequence[Event] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.of = of
