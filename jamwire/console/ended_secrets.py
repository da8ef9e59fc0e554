"""Secrets that were ended a moment ago, so that they can be put back."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from jamwire.operations.errors import NotFoundError
from lambdas.contracts.keyring import Key

KEPT_SECONDS: Final = 600.0
"""For how long an ended secret can be put back."""


@dataclass(frozen=True, slots=True)
class EndedSecret:
    """A secret that was ended.

    Attributes:
        name: Whose.
        key: The secret.
        place: Its place among the live ones.
    """

    name: str
    key: Key
    place: int


class EndedSecrets:
    """Secrets that were ended a moment ago, in this process's memory only.

    Args:
        clock: Unix time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._ended: dict[str, tuple[float, EndedSecret]] = {}

    def keep(self, handle: str, secret: EndedSecret) -> None:
        """Keep one for some minutes, under a handle that nobody can guess."""
        with self._lock:
            self._ended[handle] = (self._clock() + KEPT_SECONDS, secret)

    def find(self, handle: str) -> EndedSecret:
        """The secret of a handle.

        Raises:
            NotFoundError: It is no longer kept.
        """
        self.forget_old()
        with self._lock:
            if handle in self._ended:
                return self._ended[handle][1]
        raise NotFoundError("The secret is no longer kept here; add it anew")

    def forget(self, handle: str) -> None:
        """Forget one: it is live again."""
        with self._lock:
            self._ended.pop(handle, None)

    def forget_old(self) -> None:
        """Forget those whose time is over."""
        with self._lock:
            for handle in [one for one, (until, _) in self._ended.items() if until <= self._clock()]:
                del self._ended[handle]
