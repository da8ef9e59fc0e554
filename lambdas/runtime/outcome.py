"""How a delivery ends when it does not end well."""


class Retry(Exception):  # noqa: N818 - it is not an error, it is an answer
    """Try again: at once the destination's wish and the reason for the log.

    Args:
        after: Seconds to wait, as the destination asked; never shortened. Without it the schedule decides.
        reason: Why, in words that hold nothing of the event.
    """

    def __init__(self, after: float | None = None, reason: str = "") -> None:
        super().__init__(reason or "asked to retry")
        self.after = after
        self.reason = str(self)


class Undeliverable(Exception):  # noqa: N818
    """Never try again: the event goes to the dead letters, where a person must look.

    Args:
        reason: What is wrong and, where it is known, what to do; in words that hold nothing of the event.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
